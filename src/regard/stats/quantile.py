"""The time by which a share of all was served, read off a cumulative incidence curve."""

import numpy as np

from regard.core.errors import BadValue
from regard.stats.estimate import NOT_REACHED, Estimate, nothing
from regard.stats.incidence import ROUNDING, Curve, Floats, Ints, band, effect_at, note


def quantile(seen: Curve, q: float) -> Estimate:
    """The smallest time, in seconds, at which a share q (0 < q < 1) of all was served.

    Where the incidence is q exactly, the midpoint to the next event. Limits after Brookmeyer and
    Crowley (1982): the times at which the log-log band, widened by the design effect at
    the value's time, still holds q. What lies beyond what was seen is None and noted NOT_REACHED.
    """
    if not 0 < q < 1:
        raise BadValue("The share of a quantile", q, "between 0 and 1, both excluded")
    if seen.n == 0:
        return nothing()
    value = crossing(seen.times, seen.incidence, q)
    deff = effect_at(seen, seen.end if value is None else value)
    low, high = limits(seen, q, deff)
    beyond = value is None or high is None
    return Estimate(value, low, high, seen.n, NOT_REACHED if beyond else note(seen))


def crossing(times: Ints, incidence: Floats, q: float) -> float | None:
    """The quantile of a step function: smallest t with F(t) ≥ q, the midpoint where F(t) = q."""
    start = int(np.searchsorted(incidence, q - ROUNDING, side="left"))
    if start == len(times):
        return None
    if incidence[start] > q + ROUNDING:
        return float(times[start])
    beyond = int(np.searchsorted(incidence, q + ROUNDING, side="right"))
    if beyond == len(times):
        return float(times[start])
    return (float(times[start]) + float(times[beyond])) / 2


def limits(seen: Curve, q: float, deff: float = 1.0) -> tuple[float | None, float | None]:
    """The first times at which the upper and the lower band reach q; None where they never do.

    With so few rows that a share q may well have been served before the first time: from 0.
    """
    independent = seen.at_risk / np.maximum(seen.before, ROUNDING)
    lower, upper = band(seen.incidence, seen.variance, independent, deff)
    low, high = _first(seen.times, upper, q), _first(seen.times, lower, q)
    if len(seen.times):
        unseen = np.zeros(1)
        _, start = band(unseen, unseen, independent[:1], deff)
        low = 0.0 if start[0] >= q else low
    return low, high


def _first(times: Ints, shares: Floats, q: float) -> float | None:
    reached = shares >= q - ROUNDING
    return float(times[int(np.argmax(reached))]) if reached.any() else None
