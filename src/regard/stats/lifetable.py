"""What customers bring in over months to come: a life table times what they pay a month.

The table is actuarial: who is last seen within a month was at risk for half of it (Cutler and
Ederer 1958). Months that nobody has lived through yet are left out, never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regard.stats.estimate import Estimate, nothing
from regard.stats.reach import Z

Floats = NDArray[np.float64]
MONTHS = 36
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


def lifetime_value(table: LifeTable, monthly: Sequence[float], yearly: float = YEARLY) -> Estimate:
    """What a customer brings in over the months of the table, each worth less the later it comes.

    monthly: how many customers pay, the sum of what they pay a month, and the sum of its squares.
    The interval is that of both halves, which are taken as independent.
    """
    n, total, squares = monthly
    if n < 1 or not len(table.risk):
        return nothing(n=int(n))
    pays = total / n
    months, spread = _worth(table, yearly)
    value = pays * months
    if n < 2:
        return Estimate(value, None, None, int(n))
    variance = max(0.0, (squares - total * pays) / (n - 1) / n)
    reach = Z * float(np.sqrt(months**2 * variance + pays**2 * spread))
    return Estimate(value, max(0.0, value - reach), value + reach, int(n))


def kept_after(table: LifeTable, age: int, months: int) -> float:
    """The chance that a customer of an age in months is still there so many months on.

    Months beyond the table have the chance to leave of all its months together.
    """
    pooled = float(table.left.sum() / table.risk.sum()) if table.risk.sum() else 0.0
    hazard = table.hazard
    ahead = [hazard[m] if m < len(hazard) else pooled for m in range(age, age + months)]
    return float(np.prod(1 - np.asarray(ahead))) if ahead else 1.0


def _worth(table: LifeTable, yearly: float) -> tuple[float, float]:
    """The discounted months a customer stays, and their variance by the delta method."""
    hazard = table.hazard
    size = len(hazard)
    there = np.concatenate([[1.0], np.cumprod(1 - hazard)])
    worth = (1 + yearly) ** (-(np.arange(size) + 0.5) / 12)
    parts = worth * (there[:-1] + there[1:]) / 2
    value = float(parts.sum())
    # One who leaves in month m loses half of it and all that comes after.
    variance = 0.0
    for month in range(size):
        lost = worth[month] * there[month] / 2
        if hazard[month] < 1:
            lost += parts[month + 1 :].sum() / (1 - hazard[month])
        variance += lost**2 * hazard[month] * (1 - hazard[month]) / table.risk[month]
    return value, float(variance)
