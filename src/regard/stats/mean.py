"""Means over rows that come in clusters, with t limits of the clusters."""

from collections.abc import Sequence

from regard.stats.clusters import Fold, Number
from regard.stats.estimate import Estimate
from regard.stats.ratio import ratio


def mean(
    folds: Sequence[Fold], lowest: float | None = None, highest: float | None = None
) -> Estimate:
    """The mean Σy/Σx, x the rows of a cluster: value in the unit of y, n the rows.

    Several folds are several ways to cluster the same rows; the widest interval wins. lowest and
    highest clip it to what the scale allows. Fewer than two clusters: a value without interval.
    """
    rows: Number = folds[0].x if folds else 0
    return ratio(folds, int(rows), lowest, highest)
