"""Many questions at once: which answers stand when some would stand out by chance alone."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.special import ndtr, stdtr

from regard.core.errors import BadValue
from regard.stats.estimate import Estimate
from regard.stats.reach import TAIL, Z, student

FALSE_CALLS = 0.05
"""Of all that is named, the share that may be named by chance on average (METRICS §1.6)."""


def adjusted(chances: Sequence[float], family: int | None = None) -> tuple[float, ...]:
    """Benjamini and Hochberg's adjusted p-values, in the order of the p-values given.

    Calling all with an adjusted p of at most q gives on average a share of at most q false calls.
    family: how many questions were asked in all; those without a p-value count as p = 1.
    """
    size = len(chances) if family is None else family
    if size < len(chances):
        raise BadValue("The family", size, f"at least the {len(chances)} p-values given")
    falling = sorted(range(len(chances)), key=lambda place: -chances[place])
    found = [1.0] * len(chances)
    least = 1.0
    for above, place in enumerate(falling):
        rank = len(chances) - above
        # A p-value divided by itself and multiplied again may come out a little smaller.
        least = min(least, max(chances[place], chances[place] * size / rank))
        found[place] = least
    return tuple(found)


def chance_of(gap: Estimate, df: int | None = None) -> float:
    """The two-sided p-value of a difference of 0, from the difference's own 95 % interval.

    df: the degrees of freedom behind the interval (clusters less one): far out in its tails a
    t of few clusters is much wider than a normal. None: normal. 1 where the interval says nothing.
    """
    if gap.value is None:
        return 1.0
    near = gap.low if gap.value > 0 else gap.high
    if near is None:
        return 1.0
    reach = abs(gap.value - near)
    if reach <= 0:
        return 0.0 if gap.value else 1.0
    if df is None:
        return float(2 * ndtr(-Z * abs(gap.value) / reach))
    return float(2 * stdtr(df, -student(df) * abs(gap.value) / reach))


def chance_between(new: Estimate, old: Estimate, new_even: float, old_even: float) -> float:
    """The two-sided p-value of two independent values being one, from both 95 % intervals.

    new_even, old_even: how many clusters stand behind each side, as even ones
    (`clusters.even_clusters`; for counts by day the days). Sides that face each other count, each
    with Student's t of its own; both together have Welch's degrees of freedom (Welch 1947). Of a
    difference's own interval `chance_of` can only take those of one side, which says too little in
    the far tails. 1 where either side says nothing.
    """
    if new.value is None or old.value is None:
        return 1.0
    gap = new.value - old.value
    near, far = (new.low, old.high) if gap > 0 else (new.high, old.low)
    if near is None or far is None or gap == 0:
        return 1.0
    df = (max(1.0, new_even - 1), max(1.0, old_even - 1))
    parts = tuple(
        (reach / student(each)) ** 2
        for reach, each in zip((new.value - near, far - old.value), df, strict=True)
    )
    variance = sum(parts)
    if variance <= 0:
        return 0.0
    both = variance**2 / sum(part**2 / each for part, each in zip(parts, df, strict=True))
    return float(2 * stdtr(both, -abs(gap) / sqrt(variance)))


def chance_of_step(now: tuple[Estimate, Estimate], past: tuple[Estimate, Estimate]) -> float:
    """The two-sided p-value of two steps, each (new, old), being equally large.

    The same step a year ago takes the season, and growth that goes on, out of this year's. Steps
    of values that are all above 0 with limits above 0 are ratios, of others differences; the
    variances are those that the 95 % intervals speak of, the tails normal. 1 where a value or a
    limit is missing.
    """
    sides = (*now, *past)
    known = [(one.value, one.low, one.high) for one in sides]
    if any(number is None for three in known for number in three):
        return 1.0
    told = np.array(known, dtype=np.float64)
    if (told > 0).all() and told[:, 0].max() > 1:
        told = np.log(told)
    spread = float((((told[:, 2] - told[:, 1]) / (2 * Z)) ** 2).sum())
    step = float(told[0, 0] - told[1, 0] - told[2, 0] + told[3, 0])
    if spread <= 0:
        return 0.0 if step else 1.0
    return float(2 * ndtr(-abs(step) / sqrt(spread)))


def chance_beyond(one: Estimate, other: Estimate, upwards: bool = True) -> float:
    """The one-sided p-value of a value not lying beyond another, from both intervals (MOVER).

    upwards: beyond is above, else below. Intervals on the sides that face each other count. A
    value that was not reached, with its bound beyond the other, says no more than that bound: the
    tail of one side. 1 where either says nothing.
    """
    near, far = (one.low, other.high) if upwards else (one.high, other.low)
    if near is None or other.value is None:
        return 1.0
    sign = 1.0 if upwards else -1.0
    if one.value is None:
        return TAIL if sign * (near - other.value) > 0 else 1.0
    gap = sign * (one.value - other.value)
    reach = sqrt((one.value - near) ** 2 + (0.0 if far is None else (far - other.value) ** 2))
    if reach <= 0:
        return 0.0 if gap > 0 else 1.0
    return float(ndtr(-Z * gap / reach))
