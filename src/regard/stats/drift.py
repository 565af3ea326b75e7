"""Slow burns: a tabular CUSUM of standardised residuals, and the point at which one set out."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, expm1, inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regard.core.errors import BadValue

Real = NDArray[np.float64]
SLACK = 0.5
"""k: half the shift to be found, in standard deviations; one of a whole one is found soonest."""
LINE = 6.0
"""h: a run of independent residuals crosses it in one direction once in 2,600 points on average,
seven years of days (checked by simulation)."""


@dataclass(frozen=True)
class Drift:
    """A stretch in which a series left its course in one direction.

    onset: the point at which it seems to have set out, the one after the sum was last 0. alarm: the
    first beyond the line. peak: the point at which the sum is highest, height: the sum there.
    upwards: the direction.
    """

    onset: int
    alarm: int
    peak: int
    height: float
    upwards: bool


def cusum(z: ArrayLike, slack: float = SLACK) -> tuple[Real, Real]:
    """The upper and lower sums of standardised residuals, both of shape (n,), neither below 0.

    z: shape (n,), NaN in gaps, which move nothing. slack: in standard deviations, above 0.
    Page 1954; in tabular form as in Montgomery 2013, §9.1.
    """
    if slack <= 0:
        raise BadValue("The slack of a CUSUM", slack, "above 0, such as 0.5")
    told = np.asarray(z, float)
    sums = np.zeros((2, len(told)))
    up = down = 0.0
    for place, one in enumerate(told):
        if np.isfinite(one):
            up, down = max(0.0, up + one - slack), max(0.0, down - one - slack)
        sums[0, place], sums[1, place] = up, down
    return sums[0], sums[1]


def drifts(z: ArrayLike, slack: float = SLACK, line: float = LINE) -> tuple[Drift, ...]:
    """The stretches in which either sum lies beyond the line, in the order of their alarms.

    A stretch lasts until its sum is back at 0. What is said of a point's alarm and onset does not
    depend on later points; peak and height do.
    """
    up, down = cusum(z, slack)
    found = [*_above(up, line, True), *_above(down, line, False)]
    return tuple(sorted(found, key=lambda one: (one.alarm, one.upwards)))


def run_length(line: float, slack: float = SLACK) -> float:
    """Points on average until one sum crosses a line, where residuals are standard normal.

    Siegmund's approximation (1985): (exp(2kb) − 2kb − 1) / 2k², b = h + 1.166.
    """
    reach = 2 * slack * (line + 1.166)
    return inf if reach > 700 else (exp(reach) - reach - 1) / (2 * slack * slack)


def chance_of_height(height: float, points: int, slack: float = SLACK) -> float:
    """How likely a sum comes so high within some points by chance: waiting is exponential."""
    return -expm1(-points / run_length(height, slack))


def _above(sums: Real, line: float, upwards: bool) -> Iterator[Drift]:
    onset, alarm = 0, None
    for place, height in enumerate([*sums.tolist(), 0.0]):
        if height > 0:
            if alarm is None and height > line:
                alarm = place
            continue
        if alarm is not None:
            peak = onset + int(np.argmax(sums[onset:place]))
            yield Drift(onset, alarm, peak, float(sums[peak]), upwards)
        onset, alarm = place + 1, None
