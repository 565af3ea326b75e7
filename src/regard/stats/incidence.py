"""Cumulative incidence (Aalen–Johansen) from exact counts: the reference the engine must match.

Time runs in whole seconds from each row's start. Kinds: 0 censored (still open), 1 the event,
2 a competing event. At a tie events come before censorings, so a row is at risk at its own
time; a row that enters late is at risk from its entry on, that instant included.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regard.core.errors import BadValue
from regard.stats.clusters import design_effect, even_clusters, few
from regard.stats.estimate import UNRIPE, Estimate, nothing
from regard.stats.reach import TAIL, Z

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CENSORED, EVENT, RIVAL = 0, 1, 2
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows behind a curve: when each entered and left, how, and in which cluster.

    first, last: the positions among the curve's times at which the row is first and last at
    risk. cluster: position among `labels`, or None where every row stands alone.
    """

    entries: Ints
    times: Ints
    kinds: Ints
    first: Ints
    last: Ints
    cluster: Ints | None
    labels: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Curve:
    """The cumulative incidence of the event at each distinct time something happened.

    times: seconds, rising. at_risk, events, rivals: whole counts there. before: the share without
    event or rival just before. incidence: the share served up to and at that time. variance: of
    the incidence, rows taken as independent. end: the last instant anybody was seen at.
    """

    times: Ints
    at_risk: Ints
    events: Ints
    rivals: Ints
    before: Floats
    incidence: Floats
    variance: Floats
    end: int
    rows: Rows

    @property
    def n(self) -> int:
        """How many rows stand behind the curve."""
        return len(self.rows.times)


class Steps(NamedTuple):
    """Counts and shares at each time of a curve."""

    at_risk: Ints
    events: Ints
    rivals: Ints
    before: Floats
    incidence: Floats


def curve(
    times: ArrayLike,
    kinds: ArrayLike,
    clusters: ArrayLike | None = None,
    entries: ArrayLike | None = None,
) -> Curve:
    """The curve of rows: seconds to the exit and its kind; a cluster label and an entry each.

    Negative times, unknown kinds or an exit before its entry: BadValue.
    """
    ends, ways = np.asarray(times, dtype=np.int64), np.asarray(kinds, dtype=np.int64)
    starts = np.zeros_like(ends) if entries is None else np.asarray(entries, dtype=np.int64)
    _check(starts, ends, ways)
    moments = np.unique(ends[ways != CENSORED])
    labels, codes = ((), None) if clusters is None else _codes(clusters)
    rows = Rows(
        entries=starts,
        times=ends,
        kinds=ways,
        first=np.searchsorted(moments, starts, side="left").astype(np.int64),
        last=np.searchsorted(moments, ends, side="right").astype(np.int64) - 1,
        cluster=codes,
        labels=labels,
    )
    found = steps(rows, len(moments))
    end = int(ends.max()) if len(ends) else 0
    return Curve(moments, *found, _variance(found), end, rows)


def steps(rows: Rows, m: int, weights: Ints | None = None) -> Steps:
    """Counts and shares at the m times of the rows, each row counted as often as it weighs."""
    entered = np.cumsum(_tally(rows.first, m + 1, weights))[:m]
    left = np.cumsum(_tally(rows.last + 1, m + 1, weights))[:m]
    at_risk = entered - left
    one, two = rows.kinds == EVENT, rows.kinds == RIVAL
    events = _tally(rows.last[one], m, None if weights is None else weights[one])
    rivals = _tally(rows.last[two], m, None if weights is None else weights[two])
    # Where nobody is at risk (all weights 0) nothing happens either.
    risk = np.maximum(at_risk, 1)
    after = np.cumprod((risk - events - rivals) / risk)
    before = np.concatenate(([1.0], after[:-1])) if m else after
    incidence = np.cumsum(before * events / risk)
    # All served is 1, whatever the sum's last bits say; no real share lies so near to it.
    incidence = np.where(incidence > 1 - ROUNDING, 1.0, incidence)
    return Steps(at_risk, events, rivals, before, incidence)


def cluster_variance(seen: Curve, t: float) -> float:
    """The variance of the incidence at t by the infinitesimal jackknife over clusters.

    Each row's influence on the curve is summed within clusters; k/(k−1) times the sum of their
    squares. Rows without clusters are clusters of one. One cluster: infinite.
    """
    sums = cluster_pushes(seen, t)
    k = len(sums)
    return float(k / (k - 1) * np.sum(sums * sums)) if k > 1 else float("inf")


def cluster_pushes(seen: Curve, t: float) -> Floats:
    """What each cluster, in the order of the labels, adds to or takes from the incidence at t."""
    j = _position(seen, t)
    pushes = _influence(seen, j) if j >= 0 else np.zeros(seen.n)
    codes = seen.rows.cluster
    if codes is None:
        return pushes
    sums: Floats = np.bincount(codes, pushes, len(seen.rows.labels)).astype(np.float64)
    return sums


def effect_at(seen: Curve, t: float) -> float:
    """The design effect of the clusters on the incidence at t, at least 1.

    Where the curve has no variance (0 or 1 served), or there is one cluster, rows of a
    cluster count as copies of one another: the mean cluster size a row lives in.
    """
    codes, n = seen.rows.cluster, seen.n
    k = len(seen.rows.labels)
    if codes is None or n < 2:
        return 1.0
    j = _position(seen, t)
    naive = float(seen.variance[j]) if j >= 0 and 0 < seen.incidence[j] < 1 else 0.0
    sizes = np.bincount(codes)
    squares = int(np.sum(sizes * sizes))
    if naive <= 0 or k < 2:
        return squares / n
    # n/(n−1) on both sides, so that clusters of one row are no clusters at all.
    even = even_clusters(k, n, squares)
    return design_effect(cluster_variance(seen, t), naive * n / (n - 1), even, n)


def band(
    incidence: Floats, variance: Floats, independent: Floats, deff: float = 1.0
) -> tuple[Floats, Floats]:
    """The 95 % limits of incidences: log-log of 1 − F (Kalbfleisch and Prentice 1980, §1.3).

    At F = 0 and F = 1 the log-log scale has no limits; there they are the exact ones of a share
    none or all of `independent` rows reached (at risk ÷ share left, Peto's effective number).
    """
    deff = max(1.0, deff)
    inner = (incidence > 0) & (incidence < 1)
    # A harmless stand-in where the scale does not apply; those places are overwritten below.
    left = np.where(inner, 1 - incidence, 0.5)
    error = np.sqrt(np.maximum(variance, 0) * deff) / np.abs(left * np.log(left))
    error = np.minimum(error, 300.0)  # beyond it the limits are 0 and 1, and exp overflows
    low, high = 1 - left ** np.exp(-Z * error), 1 - left ** np.exp(Z * error)
    edge = TAIL ** (deff / np.maximum(independent, 1e-9))
    low = np.where(inner, low, np.where(incidence >= 1, edge, 0.0))
    high = np.where(inner, high, np.where(incidence >= 1, 1.0, 1 - edge))
    return low, high


def at(seen: Curve, t: float) -> Estimate:
    """The share served within t seconds (0 to 1), clusters minded; n is all rows.

    After the last instant anybody was seen at, while some were still waiting: UNRIPE.
    """
    if seen.n == 0:
        return nothing()
    j = _position(seen, t)
    left = _left(seen, j)
    if t > seen.end and left > 0:
        return nothing(UNRIPE, seen.n)
    value = float(seen.incidence[j]) if j >= 0 else 0.0
    variance = float(seen.variance[j]) if j >= 0 else 0.0
    low, high = band(
        np.array([value]),
        np.array([variance]),
        np.array([_independent(seen, j, t)]),
        effect_at(seen, t),
    )
    return Estimate(value, float(low[0]), float(high[0]), seen.n, note(seen))


def served(seen: Curve) -> Estimate:
    """The share served by the end of what was seen: what stands beside "not reached"."""
    return at(seen, seen.end)


def note(seen: Curve) -> str:
    """FEW_CLUSTERS where the curve's clusters are few."""
    return "" if seen.rows.cluster is None else few([len(seen.rows.labels)], seen.n)


def _check(entries: Ints, times: Ints, kinds: Ints) -> None:
    if not len(entries) == len(times) == len(kinds):
        raise BadValue("The number of kinds or entries", len(kinds), f"{len(times)}, as of times")
    early = times < entries
    if early.any():
        raise BadValue("A time", int(times[early][0]), "at or after its entry")
    if (entries < 0).any():
        raise BadValue("A time", int(entries.min()), "0 seconds or more")
    odd = ~np.isin(kinds, (CENSORED, EVENT, RIVAL))
    if odd.any():
        raise BadValue("A kind of exit", int(kinds[odd][0]), "0 censored, 1 event or 2 competing")


def _codes(clusters: ArrayLike) -> tuple[tuple[object, ...], Ints]:
    labels, codes = np.unique(np.asarray(clusters), return_inverse=True)
    return tuple(labels.tolist()), codes.astype(np.int64)


def _tally(places: Ints, m: int, weights: Ints | None) -> Ints:
    # bincount adds weights as floats; whole numbers below 2**53 stay exact.
    return np.bincount(places, weights, m).astype(np.int64)


def _ahead(f: Floats, until: float, at_risk: Ints, exits: Ints) -> Floats:
    """(F(t) − F(s))·Y/(Y − d) at each s; 0 where nobody is left, for F moves no more."""
    staying = at_risk - exits
    rest = np.maximum(staying, 1)
    ahead: Floats = np.where(staying > 0, (until - f) * at_risk / rest, 0.0)
    return ahead


def _variance(found: Steps) -> Floats:
    """Var F at every time (Marubini and Valsecchi 1995, §10), by running sums of its terms.

    The three sums over s ≤ t of (F(t) − F(s))²·a, S(s−)²·b and (F(t) − F(s))·c are expanded in
    powers of F(t), so that one pass serves all t.
    """
    y = np.maximum(found.at_risk, 1).astype(np.float64)
    f, s = found.incidence, found.before
    d1, d = found.events, found.events + found.rivals
    rest = y - d
    a = np.where(rest > 0, d / (y * np.maximum(rest, 1)), 0.0)
    b = s * s * (y - d1) * d1 / y**3
    c = np.where(rest > 0, s * d1 / y**2, 0.0)
    squares = f * f * np.cumsum(a) - 2 * f * np.cumsum(a * f) + np.cumsum(a * f * f)
    crossed = f * np.cumsum(c) - np.cumsum(c * f)
    variance: Floats = np.maximum(squares + np.cumsum(b) - 2 * crossed, 0.0)
    return variance


def _influence(seen: Curve, j: int) -> Floats:
    """What each row adds to or takes from the incidence at position j."""
    upto = slice(0, j + 1)
    y = np.maximum(seen.at_risk[upto], 1).astype(np.float64)
    d1, d2 = seen.events[upto], seen.rivals[upto]
    f = seen.incidence[upto]
    ahead = _ahead(f, float(f[-1]), seen.at_risk[upto], d1 + d2)
    h1, h2 = seen.before[upto] - ahead, -ahead
    expected = np.concatenate(([0.0], np.cumsum((h1 * d1 + h2 * d2) / (y * y))))
    rows = seen.rows
    last = np.minimum(rows.last, j)
    first = np.minimum(rows.first, last + 1)
    own = np.zeros(seen.n)
    for kind, push in ((EVENT, h1 / y), (RIVAL, h2 / y)):
        came = (rows.kinds == kind) & (rows.last <= j)
        own[came] = push[rows.last[came]]
    pushes: Floats = own - (expected[last + 1] - expected[first])
    return pushes


def _position(seen: Curve, t: float) -> int:
    return int(np.searchsorted(seen.times, t, side="right")) - 1


def _left(seen: Curve, j: int) -> float:
    """The share without event or rival after position j."""
    if j < 0:
        return 1.0
    exits = seen.events[j] + seen.rivals[j]
    risk = max(1, int(seen.at_risk[j]))
    return float(seen.before[j]) * (risk - int(exits)) / risk


def _independent(seen: Curve, j: int, t: float) -> float:
    """How many independent rows would tell as much about the share left at t."""
    left = _left(seen, j)
    if left <= 0:
        return float(seen.at_risk[j] / seen.before[j])
    rows = seen.rows
    done = (rows.kinds != CENSORED) & (rows.times <= t)
    watched = (rows.entries <= t) & (rows.times >= t) & ~done
    return float(np.count_nonzero(watched)) / left
