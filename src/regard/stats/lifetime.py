"""What buyers without a contract will still buy: BG/NBD for how often, Gamma–Gamma for how much.

BG/NBD (Fader, Hardie and Lee 2005): while alive a customer buys as a Poisson process, and after
each purchase leaves for ever with some chance; both vary over customers. Gamma–Gamma (Fader and
Hardie 2013): purchases vary about a customer's own mean, and the means over customers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

from regard.core.errors import BadValue

Floats = NDArray[np.float64]
STEP = 1e-4
ENOUGH = 1e-9


@dataclass(frozen=True)
class Buyers:
    """Histories of buyers, each with how many customers share it.

    again: purchases after the first. last: time from the first to the last purchase. age: time
    from the first until last seen, in the same unit. weight: customers.
    """

    again: Floats
    last: Floats
    age: Floats
    weight: Floats


@dataclass(frozen=True)
class Fitted:
    """Parameters found by maximum likelihood.

    values: in the order of the model; covariance: of their logarithms; likelihood: its logarithm.
    """

    values: tuple[float, ...]
    covariance: Floats
    likelihood: float


def buyers(
    again: ArrayLike, last: ArrayLike, age: ArrayLike, weight: ArrayLike | None = None
) -> Buyers:
    """Histories as arrays. Raises BadValue for a last purchase after the age."""
    x, t, whole = (np.asarray(each, dtype=np.float64) for each in (again, last, age))
    if np.any(t > whole) or np.any(t < 0):
        raise BadValue("A time of the last purchase", float(np.max(t - whole)), "within the age")
    told = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=np.float64)
    return Buyers(x, t, whole, told)


def fit_buying(seen: Buyers) -> Fitted:
    """BG/NBD parameters r, α (in the unit of time), a, b."""
    # In units of the mean age all parameters are of a like size.
    unit = float(np.average(seen.age, weights=seen.weight)) or 1.0
    scaled = Buyers(seen.again, seen.last / unit, seen.age / unit, seen.weight)
    found = _fit(lambda p: _buying(scaled, p), 4)
    r, alpha, a, b = found.values
    # The likelihood of counts and of instants of purchase depends on the unit of time.
    shift = float(np.sum(seen.weight * seen.again)) * np.log(unit)
    return Fitted((r, alpha * unit, a, b), found.covariance, found.likelihood - shift)


def fit_spending(count: ArrayLike, mean: ArrayLike, weight: ArrayLike | None = None) -> Fitted:
    """Gamma–Gamma parameters p, q, v from purchases counted and their mean, over buyers again."""
    x, m = np.asarray(count, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    kept = (x > 0) & (m > 0)
    told = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=np.float64)
    x, m, told = x[kept], m[kept], told[kept]
    unit = float(np.average(m, weights=told)) if len(m) else 1.0
    found = _fit(lambda p: _spending(x, m / unit, told, p), 3)
    p, q, v = found.values
    shift = float(np.sum(told)) * np.log(unit)
    return Fitted((p, q, v * unit), found.covariance, found.likelihood - shift)


def expected_purchases(seen: Buyers, values: tuple[float, ...], ahead: float) -> Floats:
    """How many more purchases each history promises within a time ahead (their equation 10)."""
    r, alpha, a, b = values
    x, t, age = seen.again, seen.last, seen.age
    z = ahead / (alpha + age + ahead)
    shrunk = ((alpha + age) / (alpha + age + ahead)) ** (r + x)
    inner = 1 - shrunk * hyp2f1(r + x, b + x, a + b + x - 1, z)
    told = (a + b + x - 1) / (a - 1) * inner
    odds = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t)) ** (r + x), 0.0
    )
    return np.asarray(told / (1 + odds), dtype=np.float64)


def alive(seen: Buyers, values: tuple[float, ...]) -> Floats:
    """The chance that each customer has not left."""
    r, alpha, a, b = values
    x = seen.again
    odds = np.where(
        x > 0,
        a / (b + np.maximum(x, 1) - 1) * ((alpha + seen.age) / (alpha + seen.last)) ** (r + x),
        0.0,
    )
    return np.asarray(1 / (1 + odds), dtype=np.float64)


def expected_spend(count: ArrayLike, mean: ArrayLike, values: tuple[float, ...]) -> Floats:
    """What a customer with so many purchases of a mean will spend at one (their equation 5)."""
    p, q, v = values
    x, m = np.asarray(count, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    return np.asarray(p * (v + x * m) / (p * x + q - 1), dtype=np.float64)


def spread(of: Callable[[tuple[float, ...]], float], found: Fitted) -> float:
    """The standard error of a logarithm, by the delta method over the logarithms of parameters."""
    at = np.log(np.asarray(found.values))
    slopes = np.empty(len(at))
    for place in range(len(at)):
        step = np.zeros(len(at))
        step[place] = STEP
        up, down = (float(of(tuple(np.exp(at + sign * step).tolist()))) for sign in (1, -1))
        slopes[place] = (log(max(up, ENOUGH)) - log(max(down, ENOUGH))) / (2 * STEP)
    return sqrt(max(0.0, float(slopes @ found.covariance @ slopes)))


def _buying(seen: Buyers, parameters: Floats) -> float:
    """Minus the logarithm of the likelihood (their equation 6)."""
    r, alpha, a, b = parameters
    x = seen.again
    one = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    two = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    stays = -(r + x) * np.log(alpha + seen.age)
    leaves = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + seen.last)
    both = np.where(x > 0, np.logaddexp(stays, leaves), stays)
    return -float(np.sum(seen.weight * (one + two + both)))


def _spending(x: Floats, m: Floats, weight: Floats, parameters: Floats) -> float:
    p, q, v = parameters
    told = (
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(v)
        + (p * x - 1) * np.log(m)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * m + v)
    )
    return -float(np.sum(weight * told))


def _fit(minus: Callable[[Floats], float], size: int) -> Fitted:
    """Parameters over 0 by maximum likelihood, searched for by their logarithms."""

    def of(logs: Floats) -> float:
        value = minus(np.exp(np.clip(logs, -30, 30)))
        return value if np.isfinite(value) else 1e300

    begun = minimize(of, np.zeros(size), method="Nelder-Mead", options={"maxiter": 4_000})
    done = minimize(of, begun.x, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-8})
    best = done if done.fun <= begun.fun else begun
    values = tuple(float(each) for each in np.exp(best.x))
    return Fitted(values, _covariance(of, best.x), -float(best.fun))


def _covariance(of: Callable[[Floats], float], at: Floats) -> Floats:
    """The inverse of the curvature at the best point, by differences."""
    size, step = len(at), 1e-3
    curve = np.empty((size, size))
    units = np.eye(size) * step
    for i in range(size):
        for j in range(i + 1):
            told = (
                of(at + units[i] + units[j])
                - of(at + units[i] - units[j])
                - of(at - units[i] + units[j])
                + of(at - units[i] - units[j])
            ) / (4 * step * step)
            curve[i, j] = curve[j, i] = told
    return np.asarray(np.linalg.pinv(curve), dtype=np.float64)
