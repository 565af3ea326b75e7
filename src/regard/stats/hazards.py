"""How much faster those leave who received something: Cox's model with one yes or no, by strata.

From counts alone: at each time of each stratum who was at risk and who left (Cox 1972, ties after
Breslow 1974). Whether the ratio stays the same over time is tested after Grambsch and Therneau
(1994) on the ranks of time. It is an association, never an effect.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, rankdata

from regard.stats.estimate import TOO_FEW, Estimate, nothing
from regard.stats.reach import Z

Floats = NDArray[np.float64]
ROUNDS = 50


@dataclass(frozen=True)
class Hazards:
    """estimate: the ratio of hazards. events: how many left. p: how often chance alone would make
    the ratio drift as much over time; None where nothing can be said.
    """

    estimate: Estimate
    events: int
    p: float | None = None


@dataclass(frozen=True)
class _Steps:
    """At each time and stratum at which somebody left: left, left of the received, at risk."""

    moment: Floats
    left: Floats
    left1: Floats
    risk0: Floats
    risk1: Floats


def hazard_ratio(
    entry: ArrayLike,
    leave: ArrayLike,
    left: ArrayLike,
    received: ArrayLike,
    strata: ArrayLike,
    weight: ArrayLike | None = None,
) -> Hazards:
    """The hazard of those who received, over that of the others, with Wald's interval.

    A row is watched in (entry, leave]; left: whether it ended so. Somebody who receives on the way
    is two rows: until then, and from then on. weight: how many share a row. Without anybody who
    left in both groups there is nothing to compare.
    """
    start, end = np.asarray(entry, dtype=np.float64), np.asarray(leave, dtype=np.float64)
    gone, given = np.asarray(left, dtype=bool), np.asarray(received, dtype=bool)
    many = np.ones(len(start)) if weight is None else np.asarray(weight, dtype=np.float64)
    steps = _steps(start, end, gone, given, np.asarray(strata), many)
    n, events = int(many.sum()), int(steps.left.sum())
    if not steps.left1.sum() or steps.left1.sum() == steps.left.sum():
        return Hazards(nothing(TOO_FEW if events else "NO_DATA", n), events)
    slope, information = _solved(steps)
    if information <= 0:
        return Hazards(nothing(TOO_FEW, n), events)
    reach = Z / sqrt(information)
    told = Estimate(exp(slope), exp(slope - reach), exp(slope + reach), n)
    return Hazards(told, events, _drift(steps, slope, 1 / information))


def _steps(
    start: Floats,
    end: Floats,
    gone: NDArray[np.bool_],
    given: NDArray[np.bool_],
    strata: NDArray[np.generic],
    many: Floats,
) -> _Steps:
    found: list[tuple[float, ...]] = []
    for stratum in np.unique(strata):
        here = strata == stratum
        times = np.unique(end[here & gone])
        risk0, risk1 = (
            _at_risk(start[rows], end[rows], many[rows], times)
            for rows in (here & ~given, here & given)
        )
        left = _at(end, many, here & gone, times)
        left1 = _at(end, many, here & gone & given, times)
        found += zip(times, left, left1, risk0, risk1, strict=True)
    columns = np.array(found, dtype=np.float64).reshape(-1, 5).T
    return _Steps(*columns)


def _at_risk(start: Floats, end: Floats, many: Floats, times: Floats) -> Floats:
    """Of rows watched in (start, end], how many are at each time."""
    return _upto(start, many, times, "left") - _upto(end, many, times, "left")


def _upto(at: Floats, many: Floats, times: Floats, side: str) -> Floats:
    """How many have an instant before each time."""
    order = np.argsort(at, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(many[order])])
    places = np.searchsorted(at[order], times, side="left" if side == "left" else "right")
    return np.asarray(sums[places], dtype=np.float64)


def _at(end: Floats, many: Floats, which: NDArray[np.bool_], times: Floats) -> Floats:
    """How many of some leave at each time."""
    found = np.zeros(len(times))
    np.add.at(found, np.searchsorted(times, end[which]), many[which])
    return found


def _expected(steps: _Steps, slope: float) -> Floats:
    """The chance that one who leaves at each time is of those who received."""
    weighed = steps.risk1 * np.exp(slope)
    return np.asarray(weighed / (steps.risk0 + weighed), dtype=np.float64)


def _solved(steps: _Steps) -> tuple[float, float]:
    """The slope at which the score is nought, by Newton with halving, and the information there."""
    slope = 0.0
    for _ in range(ROUNDS):
        chance = _expected(steps, slope)
        score = float(np.sum(steps.left1 - steps.left * chance))
        information = float(np.sum(steps.left * chance * (1 - chance)))
        if information <= 0:
            return slope, 0.0
        step = max(-2.0, min(2.0, score / information))
        slope += step
        if abs(step) < 1e-12:
            break
    chance = _expected(steps, slope)
    return slope, float(np.sum(steps.left * chance * (1 - chance)))


def _drift(steps: _Steps, slope: float, variance: float) -> float | None:
    """How likely a drift as large is by chance: correlation of residuals with ranks of time."""
    events = float(np.sum(steps.left))
    ranks = rankdata(np.repeat(steps.moment, steps.left.astype(int)))
    # One rank a time: those who leave at once share it.
    place = dict(zip(np.repeat(steps.moment, steps.left.astype(int)), ranks, strict=True))
    at = np.array([place[time] for time in steps.moment])
    centred = at - float(np.sum(steps.left * at)) / events
    spread = float(np.sum(steps.left * centred**2))
    if spread <= 0:
        return None
    residual = steps.left1 - steps.left * _expected(steps, slope)
    statistic = events * variance * float(np.sum(centred * residual)) ** 2 / spread
    return float(chi2.sf(statistic, 1))
