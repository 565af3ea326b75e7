"""Distributions: the share of every bucket, each with its own interval."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from regard.stats.clusters import Fold
from regard.stats.estimate import Estimate
from regard.stats.proportion import share

Bucket = TypeVar("Bucket")


def distribution(
    counts: Mapping[Bucket, int], folds: Mapping[Bucket, Sequence[Fold]] | None = None
) -> dict[Bucket, Estimate]:
    """The share of each bucket (0 to 1, n = all rows), in the order given.

    folds: for each bucket its clusters, with y = rows in the bucket and x = all rows of the
    cluster. The intervals are one bucket's each, not simultaneous.
    """
    total = sum(counts.values())
    known = folds or {}
    return {bucket: share(rows, total, known.get(bucket, ())) for bucket, rows in counts.items()}
