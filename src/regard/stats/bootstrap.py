"""Resampling clusters by Poisson weights hashed from names: same question, same answer.

Every cluster of a replicate weighs a Poisson(1) number drawn from a hash of (query text, replicate,
cluster), so no order of rows, engine or thread changes a bit, and a cluster seen on both sides
of a difference weighs the same on both.
"""

from collections.abc import Iterable
from hashlib import blake2b
from math import exp, factorial

import numpy as np
from numpy.typing import NDArray

from regard.core.errors import BadValue
from regard.stats.estimate import NOT_REACHED, Estimate, nothing
from regard.stats.incidence import Curve, Floats, Ints, note, steps
from regard.stats.quantile import crossing, quantile
from regard.stats.reach import TAIL

REPLICATES = 400

_POISSON = np.cumsum([exp(-1) / factorial(i) for i in range(18)])


def weights(text: str, replicate: int, labels: Iterable[object]) -> Ints:
    """The weight of each label's cluster in a replicate of the query `text`."""
    return _draw(_hashes(labels), text, replicate)


def replicates(seen: Curve, q: float, text: str, count: int = REPLICATES) -> Floats:
    """The quantile q of `count` resampled curves, in seconds; infinite where not reached.

    Rows without clusters are named by their position: then their order matters.
    """
    codes = seen.rows.cluster
    keys = _hashes(range(seen.n) if codes is None else seen.rows.labels)
    found = np.empty(count)
    for replicate in range(count):
        drawn = _draw(keys, text, replicate)
        row_weights = drawn if codes is None else drawn[codes]
        again = steps(seen.rows, len(seen.times), row_weights)
        value = crossing(seen.times, again.incidence, q)
        found[replicate] = np.inf if value is None else value
    return found


def resampled_quantile(seen: Curve, q: float, text: str, count: int = REPLICATES) -> Estimate:
    """The quantile with the percentile interval of its replicates."""
    if seen.n == 0:
        return nothing()
    value = quantile(seen, q).value
    low, high = percentiles(replicates(seen, q, text, count))
    beyond = value is None or high is None
    return Estimate(value, low, high, seen.n, NOT_REACHED if beyond else note(seen))


def percentiles(found: Floats) -> tuple[float | None, float | None]:
    """The central 95 % of replicates; None for a limit that is infinite."""
    if len(found) < 40:
        raise BadValue("The number of replicates", len(found), "40 or more")
    # Not interpolated: between a number and infinity there is nothing to interpolate.
    low = float(np.quantile(found, TAIL, method="inverted_cdf"))
    high = float(np.quantile(found, 1 - TAIL, method="inverted_cdf"))
    return (low if np.isfinite(low) else None), (high if np.isfinite(high) else None)


def _hashes(labels: Iterable[object]) -> NDArray[np.uint64]:
    digests = (blake2b(str(label).encode(), digest_size=8).digest() for label in labels)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _draw(keys: NDArray[np.uint64], text: str, replicate: int) -> Ints:
    seed = blake2b(f"{replicate}:{text}".encode(), digest_size=8).digest()
    mixed = _mix(keys ^ np.uint64(int.from_bytes(seed, "little")))
    uniform = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.searchsorted(_POISSON, uniform, side="right").astype(np.int64)


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others (the finisher of splitmix64, Steele and others 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
