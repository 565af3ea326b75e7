"""The slow paths of people's time: what they were planned for, and what they did."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from slow.curves import part
from slow.telling import Row, took
from slow.world import ZONE, Slow, World

HOUR = 3_600
BUSY = ("handling", "wrap")
READY = (*BUSY, "available")
EVERY = (*READY, "break", "away", "offline")
IN_PLAN = {"work": READY, "break": ("break",)}
"""The states in which a person keeps to an activity; those of any other are away from contacts."""


def seconds(rows: Iterable[Row]) -> int:
    """How long some stretches are together."""
    return sum(took(row["starts_at"], row["ends_at"]) for row in rows)


def states(world: World) -> list[Row]:
    """The stretches of people's states that are over and began in the days asked about."""
    rows = world.tables["agent_state"]
    return [row for row in rows if row["ends_at"] and world.inside(row["starts_at"])]


def occupancy(world: World) -> float | None:
    """The time on contacts, of that on them or ready for them."""
    ready = [row for row in states(world) if row["state"] in READY]
    return part(seconds(row for row in ready if row["state"] in BUSY), seconds(ready))


@cache
def by_person(world: World) -> dict[str, list[Row]]:
    """Each person's states."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in world.tables["agent_state"]:
        if row["ends_at"]:
            found[row["agent_id"]].append(row)
    return found


def spent(world: World, shift: Row, wanted: Collection[str] = EVERY) -> int:
    """The seconds of a planned stretch that its person was in one of some states."""
    total = 0
    for row in by_person(world)[shift["agent_id"]]:
        start = max(row["starts_at"], shift["starts_at"])
        end = min(row["ends_at"], shift["ends_at"])
        if start < end and row["state"] in wanted:
            total += took(start, end)
    return total


def shifts(world: World) -> list[Row]:
    """The planned stretches begun in the days whose person's states are known."""
    return [
        row
        for row in world.tables["shift"]
        if world.inside(row["starts_at"]) and row["ends_at"] <= world.as_of and spent(world, row)
    ]


def utilisation(world: World) -> float | None:
    """The time on contacts, of the time paid."""
    rows = [row for row in shifts(world) if row["activity"] != "unpaid"]
    return part(sum(spent(world, r, BUSY) for r in rows), seconds(rows))


def adherence(world: World) -> float | None:
    """The time in the planned state, of the time planned."""
    rows = shifts(world)
    kept = sum(spent(world, row, IN_PLAN.get(row["activity"], ("away",))) for row in rows)
    return part(kept, seconds(rows))


def within(world: World, rows: Iterable[Row], until: datetime) -> int:
    """The seconds of some stretches that lie in the days."""
    total = 0
    for row in rows:
        start, end = max(row["starts_at"], world.start), min(row["ends_at"], until)
        total += took(start, end) if start < end else 0
    return total


def known(world: World, table: str) -> datetime:
    """The first instant of the days of which a table can tell: before its first day is no data."""
    first = min(row["starts_at"] for row in world.tables[table])
    return max(world.start, datetime.combine(world.local_day(first), datetime.min.time(), ZONE))


def on_duty(world: World) -> float | None:
    """How many people were there on average."""
    until = min(world.end, world.as_of)
    rows = [r for r in world.tables["agent_state"] if r["ends_at"] and r["state"] in READY]
    return part(within(world, rows, until), took(known(world, "agent_state"), until))


def planned(world: World) -> float | None:
    """How many people are to work on average."""
    rows = [row for row in world.tables["shift"] if row["activity"] == "work"]
    return part(within(world, rows, world.end), took(known(world, "shift"), world.end))


def active(world: World) -> float | None:
    """How many different people answered or changed tickets in an hour, on average."""
    bots = {row["agent_id"] for row in world.tables["agent"] if row["bot"]}
    deeds: list[tuple[datetime, Any, Any]] = [
        (row["sent_at"], row["author_kind"], row["author"])
        for row in world.tables["message"]
        if row["public"] is not False and not row["automatic"]
    ]
    deeds += [(r["at"], r["actor_kind"], r["actor"]) for r in world.tables["ticket_change"]]
    seen = {
        (at.astimezone(UTC).replace(minute=0, second=0, microsecond=0), who)
        for at, kind, who in deeds
        if kind == "agent" and who and who not in bots and world.inside(at)
    }
    until = min(world.end, world.as_of)
    first = min(row["created_at"] for row in world.tables["ticket"])
    midnight = datetime.combine(world.local_day(first), datetime.min.time(), ZONE)
    return len(seen) / (took(max(world.start, midnight), until) / HOUR)


SLOW: dict[str, Slow] = {
    "occupancy": occupancy,
    "utilisation": utilisation,
    "adherence": adherence,
    "people_on_duty": on_duty,
    "people_planned": planned,
    "people_active": active,
}
