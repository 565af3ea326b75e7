"""Ratios of two sums: linearised over clusters, or by the delta method for independent halves."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from regard.core.errors import BadValue
from regard.stats.clusters import Fold, Number, degrees, few, standard_error
from regard.stats.estimate import FEW_CLUSTERS, Estimate, nothing
from regard.stats.reach import Z, student


@dataclass(frozen=True)
class Half:
    """A total with the variance of its process; n: the rows behind it."""

    total: float
    variance: float
    n: int


def ratio(
    folds: Sequence[Fold], n: int, lowest: float | None = None, highest: float | None = None
) -> Estimate:
    """Σy/Σx with t limits of the linearised variance, k even clusters less one degrees; n: rows.

    Both halves summed over the same clusters: a cluster that only one half knows has 0 in the
    other. Several folds are several ways to cluster the same sums; the widest interval wins.
    Σx = 0: nothing. Fewer than two clusters: a value without interval.
    """
    if not folds or Fraction(folds[0].x) == 0:
        return nothing(n=n)
    _same_totals(folds)
    value = float(Fraction(folds[0].y) / Fraction(folds[0].x))
    reaches = [_reach(sums) for sums in folds]
    known = [reach for reach in reaches if reach is not None]
    if len(known) < len(folds):
        return Estimate(value, None, None, n, FEW_CLUSTERS)
    reach = max(known)
    low = value - reach if lowest is None else min(value, max(lowest, value - reach))
    high = value + reach if highest is None else max(value, min(highest, value + reach))
    return Estimate(value, low, high, n, few([sums.k for sums in folds], n))


def arriving_half(total: Number, squares: Number, n: int) -> Half:
    """A half made of clusters that arrive at random: a compound Poisson total.

    total and squares: the sums over clusters of their totals and squared totals (both the
    count itself where every event is a cluster of its own). n: the rows behind it.
    """
    return Half(float(total), float(squares), n)


def independent_ratio(top: Half, bottom: Half, per: float = 1.0) -> Estimate:
    """top ÷ bottom times `per`, the halves of different facts that share no cluster.

    Delta method: var(R)/R² = var(top)/top² + var(bottom)/bottom² (Cochran 1977, §6.3 without
    its covariance), normal limits; no lower than 0 when both totals are not negative.
    """
    n = top.n
    if bottom.total == 0:
        return nothing(n=n)
    value = top.total / bottom.total
    reach = Z * sqrt(top.variance + value * value * bottom.variance) / abs(bottom.total)
    low = value - reach
    if top.total >= 0 and bottom.total > 0:
        low = max(0.0, low)
    return Estimate(per * value, per * low, per * (value + reach), n)


def _reach(sums: Fold) -> float | None:
    error = standard_error(sums)
    return None if error is None else student(degrees(sums)) * error


def _same_totals(folds: Sequence[Fold]) -> None:
    totals = {(Fraction(sums.y), Fraction(sums.x)) for sums in folds}
    if len(totals) > 1:
        shown = ", ".join(f"{sums.y}/{sums.x}" for sums in folds)
        raise BadValue("The totals of several folds", shown, "one and the same; fold the same rows")
