"""The slow paths of how contacts on one topic end by one channel and by another."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import sqrt

from scipy.stats import chi2

from slow.contacts import Approach, approaches, everything, resolved, topics
from slow.curves import part
from slow.world import Slow, World

LEAST, RARE, FALSE = 10, 1.0, 0.05
BY = {"call": "phone", "chat": "chat", "post": "social"}
Table = Mapping[str, Mapping[str, int]]
"""By channel, by outcome: how many contacts."""


def ending(world: World, one: Approach) -> str:
    """How a contact ended: the first that holds."""
    matter = everything(world).get(one.ticket or "")
    refunds = {
        row["carrier_id"]
        for row in world.tables["complaint"]
        if row["carrier"] == "ticket" and row["remedy"] == "refund" and row["settled_at"]
    }
    spoke = one.kind in ("call", "chat")
    if matter and one.ticket in refunds:
        return "refunded"
    if matter and matter.escalations:
        return "escalated"
    if one.over is None if spoke or not matter else matter.unanswered is not None:
        return "unanswered"
    if matter and any(span.what == "reopen" for span in matter.spans):
        return "reopened"
    if resolved(world, one):
        return "solved"
    return "unsolved" if matter and not matter.is_open else "open"


def tables(world: World) -> dict[str, Table]:
    """The outcomes of each topic that two channels with ten contacts each had."""
    told: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in approaches(world):
        topic = one.topic or topics(world).get(one.ticket or "")
        end = ending(world, one) if topic and one.kind != "chaser" else "open"
        if topic and end != "open" and world.inside(one.at):
            told[topic][one.channel or BY.get(one.kind, "")][end] += 1
    found = {name: pooled(book) for name, book in told.items()}
    return {name: table for name, table in found.items() if table}


def pooled(book: Mapping[str, Counter[str]]) -> Table:
    """The channels with enough contacts, outcomes expected less than once taken together."""
    ways = {way: ends for way, ends in book.items() if ends.total() >= LEAST}
    if len(ways) < 2:
        return {}
    totals: Counter[str] = sum(ways.values(), Counter())
    smallest = min(ends.total() for ends in ways.values())
    names = {
        name: name if n * smallest / totals.total() >= RARE else "other"
        for name, n in totals.items()
    }
    if len({*names.values()}) < 2:
        return {}
    found: dict[str, Counter[str]] = {way: Counter() for way in ways}
    for way, ends in ways.items():
        for name, n in ends.items():
            found[way][names[name]] += n
    return found


def expected(table: Table) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Of each channel and outcome: what to expect, and the shares that both have of all."""
    total = sum(sum(ends.values()) for ends in table.values())
    names = {name for ends in table.values() for name in ends}
    found = {}
    for way, ends in table.items():
        row = sum(ends.values())
        for name in names:
            column = sum(other.get(name, 0) for other in table.values())
            found[way, name] = row * column / total, row / total, column / total
    return found


def chance(table: Table) -> float:
    """The p-value of χ² over all channels and outcomes."""
    cells = expected(table)
    value = sum((table[w].get(n, 0) - e) ** 2 / e for (w, n), (e, _, _) in cells.items())
    outcomes = len({name for _, name in cells})
    return float(chi2.sf(value, (len(table) - 1) * (outcomes - 1)))


def conflicting(world: World) -> float | None:
    """The share of topics that differ beyond noise, the share of false calls held at 5 %."""
    chances = sorted(chance(table) for table in tables(world).values())
    n = len(chances)
    held = [place for place, p in enumerate(chances, 1) if p <= FALSE * place / n]
    return part(max(held, default=0), n)


def gaps(world: World) -> dict[str, float | None]:
    """Of each topic, the outcome of one channel that stands out most, and by how much."""
    found: dict[str, float | None] = {}
    for topic, table in tables(world).items():
        cells = expected(table)
        way, name = max(
            cells,
            key=lambda cell: _stands_out(table[cell[0]].get(cell[1], 0), *cells[cell]),
        )
        size = sum(table[way].values())
        others = [ends for other, ends in table.items() if other != way]
        elsewhere = sum(ends.get(name, 0) for ends in others)
        share = elsewhere / sum(sum(ends.values()) for ends in others)
        found[f"{topic} {way} {name}"] = table[way].get(name, 0) / size - share
    return found


def _stands_out(seen: int, wanted: float, row: float, column: float) -> float:
    spread = sqrt(wanted * (1 - row) * (1 - column))
    return (seen - wanted) / spread if spread else 0.0


SLOW: dict[str, Slow] = {"cross_channel_conflict": conflicting, "cross_channel_gap": gaps}
