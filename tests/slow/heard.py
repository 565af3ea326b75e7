"""The slow paths of whether answers are what people meant."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from slow.answers import RIPE, WAITED, answers, waits
from slow.asking import occasions, sent
from slow.curves import part
from slow.telling import Row, took
from slow.world import Slow, World

RATED = ("csat", "nps", "ces")


def responses(world: World) -> list[Row]:
    """The responses that are more than a dismissal, the earliest first."""
    given = [row for row in world.tables["response"] if not row["dismissed"]]
    return sorted(given, key=lambda row: (row["at"], row["response_id"]))


def answered_at(world: World) -> dict[str, datetime]:
    """When each invitation was first answered."""
    found: dict[str, datetime] = {}
    for row in responses(world):
        if row["invitation_id"]:
            found.setdefault(row["invitation_id"], row["at"])
    return found


def scanned(world: World) -> float | None:
    """Of the mails that arrived, those begun within a second of it."""
    rows = [
        row
        for row in world.tables["invitation"]
        if world.inside(row["sent_at"]) and row["delivered_at"] and row["channel"] == "mail"
    ]
    begun = [row for row in rows if row["started_at"]]
    soon = [row for row in begun if took(row["delivered_at"], row["started_at"]) <= 1]
    return part(sum(took(row["sent_at"], row["started_at"]) <= 60 for row in soon), len(rows))


def at_once(world: World) -> float | None:
    """Of the answered, those answered within a second of being opened, where that is kept."""
    when = answered_at(world)
    told = []
    for row in world.tables["invitation"]:
        at = when.get(row["invitation_id"])
        if at and world.inside(at) and (row["opened_at"] or row["started_at"] or at) != at:
            told.append(took(row["opened_at"] or row["started_at"], at) <= 1)
    return part(sum(told), len(told))


def straight(world: World) -> float | None:
    """Of responses with several ratings, those with all at one place of their scales."""
    places: dict[str, list[float]] = defaultdict(list)
    for one in answers(world, *RATED):
        row = one.row
        if world.inside(one.answered) and row["score"] is not None:
            size = row["scale_max"] - row["scale_min"]
            places[row["response_id"]].append((row["score"] - row["scale_min"]) / size)
    several = [each for each in places.values() if len(each) > 1]
    return part(sum(len(set(each)) == 1 for each in several), len(several))


def again(world: World) -> float | None:
    """Of responses, those to an asking that had been answered before."""
    asked = {row["invitation_id"]: row for row in world.tables["invitation"]}
    seen, told = set(), []
    for row in responses(world):
        known = asked.get(row["invitation_id"], {})
        names = ("customer_id", "ticket_id", "call_id", "bot_session_id")
        about = [row["invitation_id"], *(row[name] or known.get(name) for name in names)]
        token = (row["survey_id"] or known.get("survey_id"), *about)
        if any(about) and world.inside(row["at"]):
            told.append(token in seen)
        seen.add(token)
    return part(sum(told), len(told))


def by_wait(rows: Callable[[World], list[Row]], holds: Callable[[Row, World], bool]) -> Slow:
    """The share for which something holds, by how long the customer had waited."""

    def told(world: World) -> dict[str, float | None]:
        bands: dict[str, list[bool]] = defaultdict(list)
        for row in rows(world):
            keys = [(name, row[name]) for name in ("ticket_id", "call_id")]
            known = [waits(world)[key] for key in keys if key in waits(world)]
            if known:
                band = next((name for name, most in WAITED if known[0] < most), "> 3 d")
                bands[band].append(holds(row, world))
        return {name: part(sum(each), len(each)) for name, each in bands.items()}

    return told


def ripe(world: World) -> list[Row]:
    """The occasions a fortnight ago or longer."""
    return [row for row in occasions(world) if took(row["eligible_at"], world.as_of) >= RIPE]


def without_reason(world: World) -> float | None:
    """Of the occasions, those that chance and reasons left to be asked, and nobody was."""
    rows = [row for row in ripe(world) if not row["sampled_out"] and not row["suppressed_reason"]]
    return part(sum(row["sent_at"] is None for row in rows), len(ripe(world)))


SLOW: dict[str, Slow] = {
    "left_out_without_reason": without_reason,
    "surveys_scanned": scanned,
    "answers_at_once": at_once,
    "answers_straight": straight,
    "answers_again": again,
    "asked_share_by_wait": by_wait(ripe, lambda row, world: row["sent_at"] is not None),
    "response_rate_by_wait": by_wait(
        lambda world: [row for row in sent(world) if row["delivered_at"]],
        lambda row, world: row["invitation_id"] in answered_at(world),
    ),
}
