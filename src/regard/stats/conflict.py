"""Whether the same thing ends otherwise by one way than by another, beyond noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from scipy.stats import chi2_contingency

from regard.stats.difference import mover
from regard.stats.discovery import adjusted
from regard.stats.estimate import Estimate
from regard.stats.proportion import wilson

LEAST = 10
"""Under how many cases a way is not compared."""
EXPECTED = 1.0
"""Outcomes expected less often than that by some way are taken together (Cochran 1954)."""
LEVEL = 0.05
REST = "other"
Book = Mapping[str, Mapping[str, int]]
"""By way, by outcome: how many cases."""


@dataclass(frozen=True)
class Conflict:
    """What stands out most of one thing.

    way, outcome: where the outcome is furthest above the other ways, by standardised residual.
    gap: its share there less its share by all other ways, with Newcombe's interval. chance: the
    p-value of χ² over all ways and outcomes; adjusted: the same by Benjamini and Hochberg over
    everything compared. n: the cases compared.
    """

    way: str
    outcome: str
    gap: Estimate
    chance: float
    adjusted: float
    n: int

    @property
    def beyond_noise(self) -> bool:
        """Whether outcomes differ by way beyond what chance does, at a false share of 5 %."""
        return self.adjusted <= LEVEL


def conflicts(books: Mapping[str, Book]) -> dict[str, Conflict]:
    """By thing: how outcomes differ by way; things with one way or one outcome are left out."""
    tables = {name: table for name, book in books.items() if (table := _table(book))}
    chances = [_chance(table) for table in tables.values()]
    return {
        name: _conflict(table, chance, corrected)
        for (name, table), chance, corrected in zip(
            tables.items(), chances, adjusted(chances), strict=True
        )
    }


def _table(book: Book) -> dict[str, dict[str, int]]:
    """The ways with enough cases, each with every outcome; empty where nothing can be compared."""
    ways = {way: told for way, told in sorted(book.items()) if sum(told.values()) >= LEAST}
    if len(ways) < 2:
        return {}
    totals: dict[str, int] = {}
    for told in ways.values():
        for outcome, n in told.items():
            totals[outcome] = totals.get(outcome, 0) + n
    everything = sum(totals.values())
    smallest = min(sum(told.values()) for told in ways.values())
    rare = {name for name, n in totals.items() if n * smallest < EXPECTED * everything}
    names = [name for name in sorted(totals) if totals[name] and name not in rare]
    names += [REST] if sum(totals[name] for name in rare) else []
    if len(names) < 2:
        return {}
    return {
        way: {
            name: sum(told.get(each, 0) for each in rare) if name == REST else told.get(name, 0)
            for name in names
        }
        for way, told in ways.items()
    }


def _chance(table: Mapping[str, Mapping[str, int]]) -> float:
    cells = [list(told.values()) for told in table.values()]
    return float(chi2_contingency(cells, correction=False).pvalue)


def _conflict(table: Mapping[str, Mapping[str, int]], chance: float, corrected: float) -> Conflict:
    sizes = {way: sum(told.values()) for way, told in table.items()}
    n = sum(sizes.values())
    best: tuple[float, str, str] | None = None
    for way, told in table.items():
        for outcome, here in told.items():
            total = sum(other[outcome] for other in table.values())
            expected = sizes[way] * total / n
            spread = sqrt(expected * (1 - sizes[way] / n) * (1 - total / n))
            residual = (here - expected) / spread if spread else 0.0
            if best is None or residual > best[0]:
                best = (residual, way, outcome)
    assert best is not None
    _, way, outcome = best
    total = sum(told[outcome] for told in table.values())
    here, there = table[way][outcome], total - table[way][outcome]
    gap = mover(wilson(here, sizes[way]), wilson(there, n - sizes[way]))
    return Conflict(way, outcome, gap, chance, corrected, n)
