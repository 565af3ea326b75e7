"""What customers bring in over months to come: a life table times what they pay a month.

The table is actuarial: who is last seen within a month was at risk for half of it (Cutler and
Ederer 1958). In months that nobody has been through yet customers leave as in all months together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regard.stats.estimate import UNRIPE, Estimate, nothing
from regard.stats.reach import Z

Floats = NDArray[np.float64]
MONTHS = 36
ENOUGH = 12
"""A table of fewer months says nothing of those to come."""
YEARLY = 0.10
"""By how much money of next year is worth less than money of today."""


@dataclass(frozen=True)
class LifeTable:
    """For each month since the start: how many were at risk in it, and how many left."""

    risk: Floats
    left: Floats

    @property
    def hazard(self) -> Floats:
        """The chance to leave within each month, for those there as it began."""
        return np.asarray(np.minimum(1.0, self.left / self.risk), dtype=np.float64)


def life_table(counts: Mapping[tuple[int, bool], int], months: int | None = None) -> LifeTable:
    """From how many were last seen in their month m, having left or not, by (m, left).

    months: how many at most; fewer where nobody was at risk so long.
    """
    size = 1 + max((month for month, _ in counts), default=-1)
    left, last = np.zeros(size), np.zeros(size)
    for (month, gone), n in counts.items():
        (left if gone else last)[month] += n
    both = left + last
    began = both[::-1].cumsum()[::-1]
    risk = began - last / 2
    # A month that nobody has been through but for its beginning tells nothing.
    seen = int(np.sum(np.cumprod(began - last > 0))) if size else 0
    seen = seen if months is None else min(seen, months)
    return LifeTable(risk[:seen], left[:seen])


def lifetime_value(
    table: LifeTable, monthly: Sequence[float], yearly: float = YEARLY, months: int = MONTHS
) -> Estimate:
    """What a customer brings in over so many months, each worth less the later it comes.

    monthly: how many customers pay, the sum of what they pay a month, and the sum of its squares.
    The interval is that of both halves, which are taken as independent. A table of less than
    twelve months is too young to tell.
    """
    n, total, squares = monthly
    if n < 1 or not len(table.risk):
        return nothing(n=int(n))
    if len(table.risk) < min(ENOUGH, months):
        return nothing(UNRIPE, int(n))
    pays = total / n
    worth, spread = _worth(table, yearly, months)
    value = pays * worth
    if n < 2:
        return Estimate(value, None, None, int(n))
    variance = max(0.0, (squares - total * pays) / (n - 1) / n)
    reach = Z * float(np.sqrt(worth**2 * variance + pays**2 * spread))
    return Estimate(value, max(0.0, value - reach), value + reach, int(n))


def kept_after(table: LifeTable, age: int, months: int) -> float:
    """The chance that a customer of an age in months is still there so many months on."""
    ahead = _hazards(table, age + months)[age:]
    return float(np.prod(1 - ahead))


def _hazards(table: LifeTable, months: int) -> Floats:
    """The chance to leave in each month; beyond the table that of all its months together."""
    risk = float(table.risk.sum())
    pooled = float(table.left.sum()) / risk if risk else 0.0
    seen = table.hazard[:months]
    return np.concatenate([seen, np.full(months - len(seen), pooled)])


def _worth(table: LifeTable, yearly: float, months: int) -> tuple[float, float]:
    """The discounted months a customer stays, and their variance by the delta method."""
    hazard = _hazards(table, months)
    seen = min(months, len(table.risk))
    there = np.concatenate([[1.0], np.cumprod(1 - hazard)])
    worth = (1 + yearly) ** (-(np.arange(months) + 0.5) / 12)
    parts = worth * (there[:-1] + there[1:]) / 2
    later = np.concatenate([parts[::-1].cumsum()[::-1][1:], [0.0]])
    stays = np.maximum(1 - hazard, 1e-12)
    # One who leaves in a month loses half of it and all that comes after.
    slope = worth * there[:-1] / 2 + np.where(hazard < 1, later / stays, 0.0)
    # Every month of the table tells of those beyond it, by how many were at risk in it.
    risk, left = table.risk, table.hazard
    told = slope[seen:].sum() * risk / risk.sum()
    told[:seen] += slope[:seen]
    variance = float(np.sum(told**2 * left * (1 - left) / risk))
    return float(parts.sum()), variance
