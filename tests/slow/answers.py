"""The slow paths of what customers answer when they are asked."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from slow.contacts import persons
from slow.curves import DONE, RIVAL, WAITS, Exit, average, middle, part, reached
from slow.telling import DAY, Row, matters, took
from slow.world import Slow, World

RIPE = 14 * DAY
HOUR = 3_600
WAITED = (("< 1 h", HOUR), ("1–4 h", 4 * HOUR), ("4–24 h", DAY), ("1–3 d", 3 * DAY))
BOXES = {2: 1, 3: 1, 4: 2, 5: 2, 7: 2, 10: 2}
"""How many boxes of a scale are the best, by how many it has (METRICS §5)."""


@dataclass(frozen=True, eq=False)
class Answer:
    """One answer, with what was asked and who answered."""

    row: Row
    response: Row
    invitation: Row | None
    survey: Row

    @property
    def answered(self) -> datetime:
        """When it was given."""
        at: datetime = self.response["at"]
        return at

    @property
    def asked(self) -> datetime:
        """When it was asked for; what came without being asked for, when it came."""
        sent: datetime | None = self.invitation["sent_at"] if self.invitation else None
        return sent or self.answered

    @property
    def scale(self) -> str:
        """The scale as it is written, from the first box to the last."""
        ends = [str(self.row["scale_min"]), str(self.row["scale_max"])]
        return "–".join(reversed(ends) if self.row["scale_inverted"] else ends)

    @property
    def turned(self) -> int:
        """The score as if high were good."""
        low, high, score = (int(self.row[name]) for name in ("scale_min", "scale_max", "score"))
        return low + high - score if self.row["scale_inverted"] else score

    @property
    def top(self) -> bool:
        """Whether it lies in the best boxes."""
        return bool(self.turned > self.row["scale_max"] - BOXES[self._boxes])

    @property
    def bad(self) -> bool:
        """Whether it lies in the worst boxes: 0 to 6 where it is asked from 0 to 10."""
        if (self.row["scale_min"], self.row["scale_max"]) == (0, 10):
            return self.turned <= 6
        return bool(self.turned < self.row["scale_min"] + BOXES[self._boxes])

    @property
    def _boxes(self) -> int:
        return int(self.row["scale_max"] - self.row["scale_min"] + 1)

    @property
    def with_bot(self) -> bool:
        """Whether it is about a conversation with a bot."""
        about = self.response
        return bool(about["bot_session_id"]) and not (about["ticket_id"] or about["call_id"])


@cache
def answers(world: World, *kinds: str) -> list[Answer]:
    """The answers to questions of some kinds."""
    responses = {row["response_id"]: row for row in world.tables["response"]}
    asked = {row["invitation_id"]: row for row in world.tables["invitation"]}
    surveys = {(row["survey_id"], row["version"]): row for row in world.tables["survey"]}
    found = []
    for row in world.tables["answer"]:
        said = responses[row["response_id"]]
        if row["kind"] in kinds and not said["dismissed"]:
            survey = surveys[said["survey_id"], said["version"]]
            found.append(Answer(row, said, asked.get(said["invitation_id"]), survey))
    return found


def given(world: World, kind: str = "csat", bots: bool = False) -> list[Answer]:
    """The answers of a kind given in the days asked about."""
    rows = answers(world, kind)
    return [one for one in rows if world.inside(one.answered) and one.with_bot == bots]


def best(kind: str, bots: bool = False) -> Slow:
    """The share of answers in the best boxes."""

    def told(world: World) -> float | None:
        rows = given(world, kind, bots)
        return part(sum(one.top for one in rows), len(rows))

    return told


def asked_best(world: World) -> float | None:
    """The same by when it was asked for, of those asked a fortnight ago."""
    rows = [
        one
        for one in answers(world, "csat")
        if world.inside(one.asked) and not one.with_bot and took(one.asked, world.as_of) >= RIPE
    ]
    return part(sum(one.top for one in rows), len(rows))


def by_scale(rows: Sequence[Answer]) -> dict[str, list[Answer]]:
    """The answers on each scale."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for one in rows:
        found[one.scale].append(one)
    return found


def mean(world: World) -> dict[str, float | None]:
    """The mean of each scale."""
    scales = by_scale(given(world))
    return {name: average([one.turned for one in rows]) for name, rows in scales.items()}


def distribution(world: World) -> dict[str, float | None]:
    """The share of each score of each scale."""
    found = {}
    for name, rows in by_scale(given(world)).items():
        for score in range(rows[0].row["scale_min"], rows[0].row["scale_max"] + 1):
            same = sum(one.row["score"] == score for one in rows)
            found[f"{name} {score}"] = part(same, len(rows))
    return found


def ease(world: World) -> dict[str, float | None]:
    """How easy it was from 0 to 100, of each scale."""
    found = {}
    for name, rows in by_scale(given(world, "ces")).items():
        low, high = rows[0].row["scale_min"], rows[0].row["scale_max"]
        found[name] = average([100 * (one.turned - low) / (high - low) for one in rows])
    return found


@cache
def waits(world: World) -> dict[tuple[str, str], int]:
    """How long the customer of a ticket or call waited for a person, where that is known."""
    found = {}
    for name, one in matters(world.tables).items():
        if one.asked and one.replied:
            found["ticket_id", name] = took(one.asked, one.replied)
    for leg in world.tables["call_leg"]:
        if leg["kind"] == "queue" and leg["wait_seconds"] is not None:
            key = "call_id", leg["call_id"]
            found[key] = found.get(key, 0) + leg["wait_seconds"]
    return found


def by_wait(world: World) -> dict[str, float | None]:
    """The share of answers in the best boxes by how long the customer had waited."""
    bands: dict[str, list[bool]] = defaultdict(list)
    for one in given(world):
        keys = [(name, one.response[name]) for name in ("ticket_id", "call_id")]
        known = [waits(world)[key] for key in keys if key in waits(world)]
        if known:
            band = next((name for name, most in WAITED if known[0] < most), "> 3 d")
            bands[band].append(one.top)
    return {name: part(sum(rows), len(rows)) for name, rows in bands.items()}


def latest(rows: Sequence[Answer], at: Callable[[Answer], datetime]) -> list[Answer]:
    """Of each customer the latest answer; nobody knows of the nameless whether they are one."""
    found: dict[str, Answer] = {}
    for one in sorted(rows, key=lambda each: (at(each), each.row["response_id"])):
        found[one.response["customer_id"] or one.row["response_id"]] = one
    return list(found.values())


def at_goal(world: World) -> list[bool]:
    """Of each customer, whether the latest answer meets the survey's goal."""
    found = []
    for one in latest(given(world), lambda each: each.answered):
        goal = one.survey["goal"]
        met = one.top if goal is None else one.row["score"] >= goal
        if goal is not None and one.row["scale_inverted"]:
            met = one.row["score"] <= goal
        found.append(met)
    return found


def net(rows: Sequence[Answer]) -> float | None:
    """The share of 9 and 10 less that of 0 to 6, in points."""
    good, bad = (sum(f(one.row["score"]) for one in rows) for f in (_promotes, _detracts))
    share = part(good - bad, len(rows))
    return None if share is None else 100 * share


def _promotes(score: int) -> bool:
    return score >= 9


def _detracts(score: int) -> bool:
    return score <= 6


def recommending(world: World, transactional: bool) -> list[Answer]:
    """The answers to whether one recommends us, by when they were asked for."""
    return [
        one
        for one in answers(world, "nps")
        if world.inside(one.asked) and bool(one.survey["transactional"]) is transactional
    ]


def missing_us(world: World) -> float | None:
    """The share who would be very disappointed without the product."""
    rows = given(world, "pmf")
    return part(sum(one.row["choice"] == "very" for one in rows), len(rows))


def at_once(world: World) -> float | None:
    """The share who say it was solved at the first contact."""
    rows = given(world, "fcr")
    return part(sum(one.row["score"] == 1 for one in rows), len(rows))


def recovered(world: World) -> float | None:
    """Of bad answers followed by another of the same customer and kind, those then bettered."""
    who = persons(world)
    rows = sorted(answers(world, "csat", "nps", "ces"), key=lambda one: one.answered)
    better = []
    for place, one in enumerate(rows):
        mine = one.response["customer_id"]
        if not (one.bad and mine and world.inside(one.answered)) or one.with_bot:
            continue
        again = [
            other
            for other in rows[place + 1 :]
            if other.response["customer_id"]
            and who[other.response["customer_id"]] == who[mine]
            and other.row["kind"] == one.row["kind"]
        ]
        if again:
            better.append(_height(again[0]) > _height(one))
    return part(sum(better), len(better))


def _height(one: Answer) -> float:
    low, high = one.row["scale_min"], one.row["scale_max"]
    return float((one.turned - low) / (high - low))


def bad_ones(world: World) -> dict[str, datetime]:
    """When each response with a bad answer came, in the days asked about."""
    rows = answers(world, "csat", "nps", "ces")
    return {
        one.row["response_id"]: one.answered
        for one in rows
        if one.bad and world.inside(one.answered)
    }


def followed_up(world: World) -> list[tuple[datetime, datetime | None, datetime | None]]:
    """Of each bad answer: when it came, was followed up, and its case ended without an outcome."""
    found = []
    for name, at in bad_ones(world).items():
        cases = [row for row in world.tables["case"] if row["response_id"] == name]
        ended = [row for row in cases if row["closed_at"]]
        done = min((row["closed_at"] for row in ended if row["outcome"]), default=None)
        given_up = len(ended) == len(cases) and not done
        rival = max((row["closed_at"] for row in ended), default=None) if given_up else None
        found.append((at, done, rival))
    return found


def loop_closed(world: World) -> float | None:
    """The share of bad answers a fortnight old that were followed up."""
    rows = [done for at, done, _ in followed_up(world) if took(at, world.as_of) >= RIPE]
    return part(sum(done is not None for done in rows), len(rows))


def follow_up_exits(world: World) -> list[Exit]:
    """How the wait for a follow-up ended."""
    found = []
    for at, done, rival in followed_up(world):
        end = done or rival or world.as_of
        found.append((0, took(at, end), DONE if done else RIVAL if rival else WAITS))
    return found


def _followed(world: World) -> list[int]:
    return [end for _, end, kind in follow_up_exits(world) if kind == DONE]


SLOW: dict[str, Slow] = {
    "csat": best("csat"),
    "bot_csat": best("csat", bots=True),
    "csat_asked": asked_best,
    "csat_mean": mean,
    "csat_distribution": distribution,
    "csat_by_wait": by_wait,
    "ces": ease,
    "ces_easy": best("ces"),
    "satisfied_against_goal": lambda w: part(sum(at_goal(w)), len(at_goal(w))),
    "customers_at_goal": lambda w: sum(at_goal(w)),
    "nps": lambda w: net(latest(recommending(w, False), lambda one: one.asked)),
    "nps_transactional": lambda w: net(recommending(w, True)),
    "pmf": missing_us,
    "fcr_survey": at_once,
    "recovery_rate": recovered,
    "loop_closed_rate": loop_closed,
    "time_to_follow_up": lambda w: reached(follow_up_exits(w)),
    "time_to_follow_up_finished": lambda w: middle(_followed(w)),
    "time_to_follow_up_finished_mean": lambda w: average(_followed(w)),
}
