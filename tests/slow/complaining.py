"""The slow paths of complaints, each once, by when they came or were settled."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from slow.contacts import inside as approached
from slow.contacts import persons
from slow.curves import part
from slow.paying import months
from slow.public import clocked
from slow.telling import DAY, Row, took
from slow.world import OUT, Slow, World

RIPE = 90 * DAY


def every(world: World) -> list[Row]:
    """The complaints, without those in tickets that are no service."""
    # Nothing of this company's texts has been read, so that recorded complaints are all there are.
    demand = {row["ticket_id"]: row["demand"] for row in world.tables["ticket"]}
    return [
        row
        for row in world.tables["complaint"]
        if row["carrier"] != "ticket" or demand.get(row["carrier_id"]) not in OUT
    ]


def received(world: World) -> list[Row]:
    """Those that came in the days asked about."""
    return [row for row in every(world) if world.inside(row["received_at"])]


def settled(world: World) -> list[Row]:
    """Those that were settled in them."""
    return [row for row in every(world) if world.inside(row["settled_at"])]


def shares(rows: Callable[[World], Sequence[Row]], column: str) -> Slow:
    """The share of each value, of those of which it is known."""

    def told(world: World) -> dict[str, float | None]:
        known = [row[column] for row in rows(world) if row[column]]
        return {name: part(n, len(known)) for name, n in Counter(known).items()}

    return told


def clocks(column: str) -> Callable[[World], list[tuple[datetime, datetime | None, None]]]:
    """When each complaint came, and when what a column says was done.

    What was settled had been acknowledged by then, at the latest.
    """

    def done(row: Row) -> datetime | None:
        return min((at for at in (row[column], row["settled_at"]) if at is not None), default=None)

    return lambda world: [(row["received_at"], done(row), None) for row in every(world)]


def upheld(world: World) -> float | None:
    """The share settled in which the customer was right, of those decided."""
    rows = [row["upheld"] for row in settled(world) if row["upheld"] is not None]
    return part(sum(rows), len(rows))


def repeated(world: World) -> float | None:
    """The share followed by another of the same person and kind within 90 days."""
    who = persons(world)
    came: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in every(world):
        if row["customer_id"] and row["type"]:
            came[who[row["customer_id"]], row["type"]].append(row["received_at"])
    found = []
    for times in came.values():
        for at in times:
            if world.inside(at) and took(at, world.as_of) >= RIPE:
                found.append(any(at < other and took(at, other) <= RIPE for other in times))
    return part(sum(found), len(found))


def a_thousand_months(count: Callable[[World], int]) -> Slow:
    """A count for each thousand months of active customers."""

    def told(world: World) -> float | None:
        of = months(world)
        return 1000 * count(world) / of if of else None

    return told


SLOW: dict[str, Slow] = {
    "complaints": lambda w: len(received(w)),
    "complaint_rate": a_thousand_months(lambda w: len(received(w))),
    "contact_rate": a_thousand_months(lambda w: len(approached(w))),
    **clocked("complaint_time_to_acknowledge", clocks("acknowledged_at"), in_period=False),
    **clocked("complaint_time_to_settle", clocks("settled_at")),
    "complaint_upheld_share": upheld,
    "complaint_causes": shares(received, "cause"),
    "complaint_remedies": shares(settled, "remedy"),
    "complaint_repeat_share": repeated,
}
