"""A daily or weekly series in its pieces: level, season of the week and year, holidays, rest.

`pieces` describes a whole series and looks both ways (STL, robust; with two years or more MSTL).
`course` looks one way: what was to be expected of a day, from the days before it alone, so that a
warning never knows more than its day did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from statsmodels.tsa.seasonal import STL

from regard.core.errors import BadValue

Real = NDArray[np.float64]
WEEK_DAYS, YEAR_DAYS, YEAR_WEEKS = 7, 364, 52
"""Whole weeks, so that a year's season keeps its weekdays."""
WINDOW = 13
"""Weeks that one weekday's season is smoothed over: it may change, but slowly."""
ROBUST = 5
"""How often STL weighs wild days down anew; more changes nothing to speak of."""
ROUNDS = 2
"""How often seasons and holidays are found in turn: each is clearer without the other."""
MEMORY = 21.0
"""Days after which what was seen counts for the level by 1/e."""
CLASS_MEMORY = 10.0
"""The same for the season, in days of one class."""
SEEN = 2
"""Days of its class that a day needs before anything is expected of it."""
WARM = 14
"""Days with a value before anything is expected at all."""
FAINT = 0.05
"""Factor of a class under which its days say nothing of the level: closed ones."""
REACH = 3.0
"""Standard deviations beyond which a day moves the level no further."""


@dataclass(frozen=True)
class Pieces:
    """A series in pieces that add up to it: each of shape (n,), in the series' unit.

    year: zeros where the series is shorter than two years. holiday: zeros on plain days. rest: NaN
    in gaps; the others have a value there too.
    """

    level: Real
    week: Real
    year: Real
    holiday: Real
    rest: Real


def pieces(
    values: ArrayLike, holidays: Sequence[str] | ArrayLike | None = None, weekly: bool = False
) -> Pieces:
    """The pieces of a series of shape (n,), one value a day, NaN in gaps.

    holidays: for each day 0 or an empty text on plain days, else 1 or the name of its kind; each
    kind gets an effect of its own, the median of what is left on its days. weekly: values are of
    weeks, which have no season of the week. Fewer than two weeks of days, or six weeks: BadValue.
    Series whose seasons multiply (counts) are given as logarithms.
    STL: Cleveland, Cleveland, McRae and Terpenning 1990. MSTL: Bandara, Hyndman and Bergmeir 2021;
    here its inner step, each season by turns, with holidays as one of them.
    """
    told = np.asarray(values, float)
    least = 6 if weekly else 2 * WEEK_DAYS
    if told.ndim != 1 or int(np.isfinite(told).sum()) < least:
        need = f"one value a point, at least {least} of them known"
        raise BadValue("A series to decompose", f"shape {told.shape}", need)
    kinds = _kinds(holidays, len(told))
    periods = [] if weekly else [WEEK_DAYS]
    year = YEAR_WEEKS if weekly else YEAR_DAYS
    if len(told) >= 2 * year:
        periods.append(year)
    whole = _bridged(told)
    seasons = {period: np.zeros(len(told)) for period in periods}
    free = np.zeros(len(told))
    level = np.zeros(len(told))
    for _ in range(ROUNDS):
        for period in periods:
            others = sum((one for p, one in seasons.items() if p != period), np.zeros(len(told)))
            fit = _stl(whole - others - free, period)
            seasons[period], level = np.asarray(fit.seasonal), np.asarray(fit.trend)
        if not periods:
            level = _smooth(whole - free)
        left = told - level - sum(seasons.values(), np.zeros(len(told)))
        free = _effects(left, kinds)
    week = seasons.get(WEEK_DAYS, np.zeros(len(told)))
    yearly = seasons.get(year, np.zeros(len(told)))
    return Pieces(level, week, yearly, free, told - level - week - yearly - free)


@dataclass(frozen=True)
class Course:
    """What was to be expected of each point from those before it; shapes (n,).

    expected: NaN where too little came before. phi: how many times the variance of a count
    exceeded Poisson's by then, at least 1.
    """

    expected: Real
    phi: Real


def course(counts: ArrayLike, classes: Sequence[Sequence[str]]) -> Course:
    """The expected course of daily counts, one-sided: each from the days before it alone.

    counts: shape (n,), NaN in gaps. classes: for each day the names of what it is like, the finest
    first (a holiday of its kind, its weekday); the first that was seen SEEN times is taken.
    A level that forgets (MEMORY) times a factor of the class. A day far off counts only as far as
    REACH standard deviations, so that a surge does not become the rule while it lasts.
    """
    told = np.asarray(counts, float)
    if told.ndim != 1 or len(classes) != len(told):
        raise BadValue("Classes of days", len(classes), f"one for each of the {told.size} counts")
    expected, spread = np.full(len(told), np.nan), np.ones(len(told))
    state = _State()
    for day, (count, names) in enumerate(zip(told, classes, strict=True)):
        expected[day], spread[day] = state.expects(names), state.phi
        if np.isfinite(count):
            state.learns(float(count), names)
    return Course(expected, spread)


class _State:
    """What was learnt so far: a level, factors by class, and how far days were off."""

    def __init__(self) -> None:
        self.level, self.weight, self.days = 0.0, 0.0, 0
        self.tops: dict[str, float] = {}
        self.bottoms: dict[str, float] = {}
        self.seen: dict[str, int] = {}
        self.off: list[float] = []

    @property
    def phi(self) -> float:
        """Pearson's dispersion by the median of squares: a few wild days do not widen it."""
        recent = self.off[-YEAR_DAYS:]
        # The median of a squared standard normal is 0.455.
        return max(1.0, float(np.median(recent)) / 0.455) if len(recent) >= WARM else 1.0

    def factor(self, names: Sequence[str]) -> float | None:
        for name in names:
            if self.seen.get(name, 0) >= SEEN and self.bottoms[name] > 0:
                return self.tops[name] / self.bottoms[name]
        return None

    def expects(self, names: Sequence[str]) -> float:
        factor = self.factor(names)
        return self.level * factor if self.days >= WARM and factor is not None else float("nan")

    def learns(self, count: float, names: Sequence[str]) -> None:
        expected, factor = self.expects(names), self.factor(names)
        taken = count
        if np.isfinite(expected):
            reach = REACH * (self.phi * max(expected, 1.0)) ** 0.5
            taken = min(max(count, expected - reach), expected + reach)
            self.off.append((count - expected) ** 2 / max(expected, 0.5))
        level = self.level if self.days >= WARM else count
        for name in names:
            keep = 1 - 1 / CLASS_MEMORY
            self.tops[name] = keep * self.tops.get(name, 0.0) + taken
            self.bottoms[name] = keep * self.bottoms.get(name, 0.0) + level
            self.seen[name] = self.seen.get(name, 0) + 1
        warm = self.days >= WARM and factor is not None
        # A day with a small factor says little of the level: it weighs by its factor.
        weight = min(factor, 2.0) if warm and factor is not None else 1.0
        if weight > FAINT:
            bare = taken / factor if warm and factor else taken
            kept = self.weight * (1 - 1 / MEMORY)
            self.level = (self.level * kept + bare * weight) / (kept + weight)
            self.weight = kept + weight
        self.days += 1


def _stl(values: Real, period: int) -> Any:
    """Robust STL. Over a year its smooth parts are computed at every tenth place and joined."""
    jump = max(1, period // 10)
    one = STL(
        values,
        period=period,
        seasonal=WINDOW,
        robust=True,
        trend_jump=jump,
        low_pass_jump=jump,
    )
    return one.fit(inner_iter=1, outer_iter=ROBUST)


def _kinds(holidays: Sequence[str] | ArrayLike | None, n: int) -> list[str]:
    if holidays is None:
        return [""] * n
    told = list(np.asarray(holidays).tolist())
    if len(told) != n:
        raise BadValue("A vector of holidays", len(told), f"one for each of the {n} values")
    return ["" if one in (0, "", False, None) else str(one) for one in told]


def _effects(left: Real, kinds: list[str]) -> Real:
    found = np.zeros(len(left))
    for kind in set(kinds) - {""}:
        there = np.array([one == kind for one in kinds])
        known = left[there & np.isfinite(left)]
        if len(known):
            found[there] = float(np.median(known))
    return found


def _bridged(values: Real) -> Real:
    """Gaps bridged in a straight line, for smoothers that know none."""
    places, known = np.arange(len(values)), np.isfinite(values)
    return np.interp(places, places[known], values[known])


def _smooth(values: Real) -> Real:
    """A running median of five, then a mean of five: the level where there is no season."""
    padded = np.pad(values, 2, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    wide = np.pad(medians, 2, mode="edge")
    told: Real = np.lib.stride_tricks.sliding_window_view(wide, 5).mean(axis=1)
    return told
