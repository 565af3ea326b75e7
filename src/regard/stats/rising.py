"""Kinds of matter that come more often for good: weeks against the year before, one-sided."""

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from regard.stats.emergence import LEAST, Emerged, Table, tail
from regard.stats.forecast import WEEK, YEAR, YOUNG

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

RISER = "riser"
STRETCHES = (28, 56, 91)
"""Days held against the year before them."""
LOOKS = 4
"""One question is a kind and 28 days: a look each week, over each stretch."""
MATERIAL = 1.25
"""A share that grew by less than this factor is no rise, however certain it is."""
OWN = 0.01
"""The chance of its own number that must be beaten beside."""
RISES = 5e-3
"""The chance at which a rise is told, all looks of its question minded."""
OLD = 182
"""Days before a stretch that must be known."""
POOLED = 6.0
"""How many blocks of its own a kind's spread is worth less than that of all kinds."""


def rise_chances(table: Table, day: int) -> Real:
    """The chance of each kind's latest days by its year before: kinds, one for each stretch.

    The null is a share MATERIAL times that of the year before. The spread is that of blocks of the
    same length in that year, drawn to the median of all kinds (Smyth 2004), with Student's t of its
    blocks. Where the year before that is known, the same stretch of it says how much of a rise its
    season is. 1 where its own number has not grown too (OWN): it is the others that fell.
    """
    made = np.ones((len(table.counts), len(STRETCHES)))
    for place, length in enumerate(STRETCHES):
        if day + 1 < OLD + length:
            continue
        grown = _chance(table, day, length, share=False) <= OWN
        made[:, place] = np.where(grown, _chance(table, day, length, share=True), 1.0)
    known = (table.first <= day - YOUNG - max(STRETCHES))[:, None]
    return np.where(known, made, 1.0)


def risers(table: Table, since: int = 0) -> tuple[Emerged, ...]:
    """Rises told from a day on, looked for at the end of each seventh day of the table.

    A kind that is told has to have fallen back, or a quarter to have passed, to be told again.
    """
    found = []
    days = range(WEEK - 1, table.counts.shape[1], WEEK)
    last = np.full(len(table.counts), -(10**6))
    for day in days:
        chances = rise_chances(table, day).min(axis=1) * LOOKS * len(STRETCHES)
        told = chances <= RISES
        for kind in np.flatnonzero(told & (day - last > max(STRETCHES))):
            if day >= since:
                found.append(_emerged(table, int(kind), day, float(chances[kind])))
        last = np.where(told, day, last)
    return tuple(found)


def _emerged(table: Table, kind: int, day: int, chance: float) -> Emerged:
    stretch = max(STRETCHES)
    start = day + 1 - stretch
    past = slice(max(0, start - YEAR), start)
    others = table.totals - table.counts[kind]
    rate = table.counts[kind, past].sum() / max(1, others[past].sum())
    usual = np.maximum(rate * others, 1e-6)
    grown = max(
        MATERIAL,
        float(table.counts[kind, day - 27 : day + 1].sum() / usual[day - 27 : day + 1].sum()),
    )
    # Where the sum to the end of gains from a raised rate is largest, it was raised (Page 1954).
    gains = table.counts[kind, start : day + 1] * np.log(grown) - usual[start : day + 1] * (
        grown - 1
    )
    began = start + int(np.argmax(np.cumsum(gains[::-1])[::-1]))
    seen = int(table.counts[kind, began : day + 1].sum())
    return Emerged(RISER, kind, began, day, None, seen, float(usual[began : day + 1].sum()), chance)


def _chance(table: Table, day: int, length: int, share: bool) -> Real:
    """Of each kind: the chance of its cases in the days to one, against the year before them.

    share: against others' cases, and MATERIAL times the year before; else by its own number.
    """
    _, old, blocks, exposed = _parts(table, day, length, share)
    new = _without_largest_week(table.counts[:, day + 1 - length : day + 1])
    rate = old / np.maximum(exposed[:, :-1].sum(axis=1), 1e-9)
    usual = rate[:, None] * exposed
    errors = (blocks[:, :-1] - usual[:, :-1]) ** 2 / np.maximum(usual[:, :-1], 0.5)
    number = errors.shape[1] - 1
    own = errors.sum(axis=1) / max(1, number)
    common = float(np.median(own[old >= LEAST])) if bool((old >= LEAST).any()) else 1.0
    spread = np.maximum(1.0, (POOLED * common + number * own) / (POOLED + number))
    mean = usual[:, -1]
    if share:
        mean = MATERIAL * mean * _season(table, day, length)
    variance = spread * (mean + mean * mean / np.maximum(old, 0.5))
    reach = (new - mean) / np.sqrt(np.maximum(variance, 1e-9))
    chance = np.maximum(stdtr(number + POOLED, -reach), tail(new, mean, variance))
    return np.where((new >= LEAST) & (new > mean), chance, 1.0)


def _without_largest_week(counts: Whole) -> Real:
    """Cases as if the largest week had been as the others: one bad week is no rise."""
    weeks = counts.reshape(len(counts), -1, WEEK).sum(axis=2)
    rest = weeks.sum(axis=1) - weeks.max(axis=1)
    return np.asarray(rest * (weeks.shape[1] / (weeks.shape[1] - 1)))


def _parts(
    table: Table, day: int, length: int, share: bool = True
) -> tuple[Real, Real, Real, Real]:
    """New cases, those of the year before, and cases and exposure by block, the newest last."""
    number = min(YEAR, day + 1 - length) // length + 1
    start = day + 1 - number * length
    shape = (len(table.counts), number, length)
    blocks = table.counts[:, start : day + 1].reshape(shape).sum(axis=2).astype(float)
    every = table.totals[start : day + 1].reshape(number, length).sum(axis=1)
    exposed = every[None] - blocks if share else np.full_like(blocks, float(length))
    return blocks[:, -1], blocks[:, :-1].sum(axis=1), blocks, exposed


def _season(table: Table, day: int, length: int) -> Real:
    """By how much the same stretch a year before stood above its own year before; at least 1."""
    past = day - YEAR
    if past + 1 < OLD + length:
        return np.ones(len(table.counts))
    new, old, _, exposed = _parts(table, past, length)
    usual = old / np.maximum(exposed[:, :-1].sum(axis=1), 1e-9) * exposed[:, -1]
    # A kind that was hardly known then has no season.
    known = table.first <= past - YOUNG - length
    return np.where(known, np.maximum(1.0, (new + 2) / (usual + 2)), 1.0)
