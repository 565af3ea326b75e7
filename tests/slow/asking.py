"""The slow paths of who was asked, and of who answered."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from slow.answers import RIPE, Answer, answers
from slow.curves import part
from slow.telling import Row, matters, took
from slow.world import Slow, World

FEW = 5
"""Answers that a group needs to stand by itself."""


def occasions(world: World) -> list[Row]:
    """The occasions of the days on which a customer could be asked."""
    return [row for row in world.tables["invitation"] if world.inside(row["eligible_at"])]


def sent(world: World) -> list[Row]:
    """The invitations sent in the days, a fortnight ago or longer."""
    return [
        row
        for row in world.tables["invitation"]
        if world.inside(row["sent_at"]) and took(row["sent_at"], world.as_of) >= RIPE
    ]


def answered(world: World) -> set[str]:
    """The invitations to which there is a response that is more than a dismissal."""
    return {
        row["invitation_id"]
        for row in world.tables["response"]
        if row["invitation_id"] and not row["dismissed"]
    }


def step(holds: Callable[[Row, World], bool]) -> Slow:
    """How many occasions came to a step of the funnel."""
    return lambda world: sum(holds(row, world) for row in occasions(world))


def arrived(row: Row, world: World) -> bool:
    """Whether it was delivered."""
    return row["delivered_at"] is not None


def opened(row: Row, world: World) -> bool:
    """Whether it was opened: nobody begins what is not."""
    return row["opened_at"] is not None or started(row, world)


def started(row: Row, world: World) -> bool:
    """Whether it was begun, or dismissed."""
    begun = row["started_at"] or row["answered_at"]
    return begun is not None or row["invitation_id"] in {
        each["invitation_id"] for each in world.tables["response"]
    }


def response_rate(world: World) -> float | None:
    """Of the invitations that arrived, the share answered."""
    rows = [row for row in sent(world) if row["delivered_at"]]
    return part(sum(row["invitation_id"] in answered(world) for row in rows), len(rows))


def asked_share(world: World) -> float | None:
    """Of the occasions a fortnight ago or longer, the share on which one was asked."""
    rows = [row for row in occasions(world) if took(row["eligible_at"], world.as_of) >= RIPE]
    return part(sum(row["sent_at"] is not None for row in rows), len(rows))


@dataclass(frozen=True, eq=False)
class Asked:
    """One who was asked, in which group, and what was answered."""

    group: tuple[str, ...]
    heard: list[Answer]


def all_asked(world: World) -> list[Asked]:
    """Those whom a question about satisfaction reached, by channel, kind and outcome."""
    said: dict[str, list[Answer]] = defaultdict(list)
    for one in answers(world, "csat"):
        said[one.response["invitation_id"]].append(one)
    told = matters(world.tables)
    calls = {row["call_id"]: row for row in world.tables["call"]}
    surveys = {row["survey_id"] for row in world.tables["survey"] if row["kind"] == "csat"}
    found = []
    for row in sent(world):
        if row["survey_id"] not in surveys or row["bot_session_id"] or not row["delivered_at"]:
            continue
        matter, call = told.get(row["ticket_id"]), calls.get(row["call_id"], {})
        kind = matter.row["type"] if matter else call.get("type")
        outcome = str(matter.resolved is not None) if matter else ""
        found.append(Asked((row["channel"], kind or "", outcome), said[row["invitation_id"]]))
    return found


def groups(rows: list[Asked]) -> list[list[Asked]]:
    """The groups with five answers or more; smaller ones join their like.

    First the outcome is let go, then the kind, then the channel; the rest joins the largest.
    """
    stand: list[list[Asked]] = []
    for names in (3, 2, 1, 0):
        pools: dict[tuple[str, ...], list[Asked]] = defaultdict(list)
        for one in rows:
            pools[one.group[:names]].append(one)
        big = [each for _, each in sorted(pools.items()) if sum(bool(o.heard) for o in each) >= FEW]
        stand += big
        rows = [one for one in rows if not any(one in each for each in big)]
    if rows and stand:
        max(stand, key=len).extend(rows)
    return stand or [rows]


def weighted(world: World) -> float | None:
    """The share of best boxes as if every group had answered in proportion to those asked."""
    rows = all_asked(world)
    total = Fraction(0)
    for group in groups(rows):
        heard = [answer for one in group for answer in one.heard]
        if not heard:
            return None
        total += len(group) * Fraction(sum(answer.top for answer in heard), len(heard))
    return float(total / len(rows))


SLOW: dict[str, Slow] = {
    "surveys_eligible": step(lambda row, world: True),
    "surveys_sampled_out": step(lambda row, world: bool(row["sampled_out"])),
    "surveys_suppressed": step(lambda row, world: row["suppressed_reason"] is not None),
    "surveys_sent": step(lambda row, world: row["sent_at"] is not None),
    "surveys_delivered": step(arrived),
    "surveys_opened": step(opened),
    "surveys_started": step(started),
    "surveys_answered": step(lambda row, world: row["invitation_id"] in answered(world)),
    "surveys_commented": step(lambda row, world: row["commented_at"] is not None),
    "response_rate": response_rate,
    "asked_share": asked_share,
    "csat_weighted": weighted,
}
