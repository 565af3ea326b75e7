"""Rows that come in clusters (customers, days): their folded sums and what these do to variance.

A ratio R = Σy/Σx over clusters has the linearised variance
k/(k−1) · Σ(y_c − R x_c)² / (Σx)²; the folded sums are all it needs (Cochran 1977, §6 and §9A).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regard.core.errors import BadValue
from regard.stats.estimate import FEW_CLUSTERS
from regard.stats.reach import student

Number = int | float | Decimal | Fraction

ENOUGH = 10


@dataclass(frozen=True)
class Fold:
    """What the engine keeps of one row a cluster.

    k: clusters. y, x: the totals over clusters. yy, xx, xy: the sums over clusters of the squared
    and crossed cluster totals. Whole numbers are exact; so is everything folded from them.
    """

    k: int
    y: Number
    x: Number
    yy: Number
    xx: Number
    xy: Number


@dataclass(frozen=True)
class Cross:
    """The sums over the clusters two folds share of new total times old total; 0 if none."""

    yy: Number = 0
    yx: Number = 0
    xy: Number = 0
    xx: Number = 0


def fold(clusters: ArrayLike, y: ArrayLike, x: ArrayLike | None = None) -> Fold:
    """Fold rows: a cluster label, y and x (1 where not given) for each row."""
    labels, codes = np.unique(np.asarray(clusters), return_inverse=True)
    ups = np.asarray(y)
    downs = np.ones(len(ups), dtype=np.int64) if x is None else np.asarray(x)
    tops, bottoms = _sums(codes, ups, len(labels)), _sums(codes, downs, len(labels))
    return Fold(
        k=len(labels),
        y=sum(tops),
        x=sum(bottoms),
        yy=sum(top * top for top in tops),
        xx=sum(bottom * bottom for bottom in bottoms),
        xy=sum(top * bottom for top, bottom in zip(tops, bottoms, strict=True)),
    )


def ratio_variance(sums: Fold) -> float | None:
    """The linearised variance of Σy/Σx; None with fewer than two clusters or Σx = 0.

    Computed in fractions: with long durations the three terms cancel beyond a float's reach.
    """
    x = Fraction(sums.x)
    if sums.k < 2 or x == 0:
        return None
    ratio = Fraction(sums.y) / x
    spread = Fraction(sums.yy) - 2 * ratio * Fraction(sums.xy) + ratio * ratio * Fraction(sums.xx)
    if spread < -Fraction(sums.yy) / 10**9:
        raise BadValue("A sum of squares", str(sums), "possible for any clusters; fold them again")
    return float(max(spread, Fraction(0)) / (x * x) * Fraction(sums.k, sums.k - 1))


def standard_error(sums: Fold) -> float | None:
    """The square root of the linearised variance of Σy/Σx; None where that is None."""
    variance = ratio_variance(sums)
    return None if variance is None else variance**0.5


def ratio_covariance(new: Fold, old: Fold, cross: Cross) -> float:
    """The covariance of two ratios through the clusters they share; k ≥ 2, Σx not 0 in both."""
    x1, x2 = Fraction(new.x), Fraction(old.x)
    r1, r2 = Fraction(new.y) / x1, Fraction(old.y) / x2
    shared = (
        Fraction(cross.yy)
        - r2 * Fraction(cross.yx)
        - r1 * Fraction(cross.xy)
        + r1 * r2 * Fraction(cross.xx)
    )
    corrections = new.k / (new.k - 1) * old.k / (old.k - 1)
    return float(shared / (x1 * x2)) * sqrt(corrections)


def even_clusters(k: int, total: Number, squares: Number) -> float:
    """How many clusters of one size would tell as much as these k: (Σx)²/Σx², from 2 to k.

    Kish's number, and that of Carter, Schnepel and Steigerwald (2017) where rows of a cluster are
    alike: a variance over clusters of unlike sizes is known from fewer than k of them, and t with
    k − 1 degrees of freedom then covers up to a percent too little.
    """
    if not squares:
        return float(k)
    return max(2.0, min(float(k), float(Fraction(total) ** 2 / Fraction(squares))))


def degrees(sums: Fold) -> float:
    """The degrees of freedom of the variance of Σy/Σx: even clusters less one, at least 1."""
    return even_clusters(sums.k, sums.x, sums.xx) - 1


def design_effect(variance: float, naive: float, k: float, n: int) -> float:
    """How many times k clusters of n rows widen what n independent rows would say, at least 1.

    The ratio of the variances, times (t(k − 1)/t(n − 1))² for a variance known from k (even)
    clusters only (Korn and Graubard 1998); exactly 1 for clusters of size one. Without it,
    intervals from 30 clusters cover about a percent too little.
    """
    if naive <= 0:
        return 1.0
    return max(1.0, variance / naive * (student(k - 1) / student(n - 1)) ** 2)


def row_effect(sums: Fold, spread: float) -> float:
    """The design effect of a mean over Σx rows whose variance a row is `spread`.

    Independent rows have the variance spread/(n − 1), so that clusters of size one give
    exactly 1. Where all rows agree (spread 0), or there is one cluster, the data say nothing about
    how alike a cluster's rows are: then rows of a cluster count as copies of one another, and
    the effect is the mean cluster size a row lives in, Σx²/Σx (Kish), 1 for clusters of size one.
    """
    n = int(sums.x)
    variance = ratio_variance(sums)
    if n <= 1:
        return 1.0
    if spread <= 0 or variance is None:
        return max(1.0, float(sums.xx) / n)
    return design_effect(variance, spread / (n - 1), degrees(sums) + 1, n)


def largest_effect(folds: Sequence[Fold], spread: float) -> float:
    """The largest design effect over several ways to cluster the same rows; 1 with none."""
    return max((row_effect(sums, spread) for sums in folds), default=1.0)


def few(ks: Sequence[int], n: int) -> str:
    """The note FEW_CLUSTERS where fewer than ten clusters carry more rows than clusters."""
    fewest = min(ks, default=n)
    return FEW_CLUSTERS if fewest < ENOUGH and n > fewest else ""


def _sums(codes: NDArray[np.intp], values: NDArray[Any], k: int) -> list[Any]:
    # Python's own whole numbers and fractions: no overflow, nothing lost.
    exact = Fraction if values.dtype.kind == "f" else int
    totals = [exact(0)] * k
    for code, value in zip(codes.tolist(), values.tolist(), strict=True):
        totals[code] += exact(value)
    return totals
