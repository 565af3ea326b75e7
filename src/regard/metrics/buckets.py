"""Shares of buckets, each folded over the clusters that rows come in."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from ibis.expr.types import Table as Relation

from regard.metrics.folds import fold_of
from regard.metrics.shape import Frame, Key
from regard.stats.clusters import Fold
from regard.stats.estimate import Estimate
from regard.stats.proportion import share

ALONE = ""
"""The way in which every row is a cluster of its own."""
WHOLE = "all"
"""The one bucket of what is not divided."""
Folds = Mapping[str, Sequence[Fold]]


def bucketed(
    rows: Relation, given: Relation, bucket: str, keys: tuple[str, ...], ways: tuple[str, ...]
) -> Relation:
    """Per part, bucket and way to cluster: the folded sums that a share needs.

    given: what is counted, by part, clusters and bucket: the rows themselves, or more or fewer of
    them. x are the rows of a cluster, y those given in the bucket. A bucket that nobody gave has
    no row. ways: without any, every row stands alone.
    """
    told = [_way(rows, given, bucket, keys, way) for way in ways] or [
        _alone(rows, given, bucket, keys)
    ]
    return ibis.union(*told) if len(told) > 1 else told[0]


def undivided(
    rows: Relation, bucket: str, keys: tuple[str, ...], ways: tuple[str, ...]
) -> Relation:
    """The same of rows that are all in one bucket, `WHOLE`: grouped once, for x is y."""
    told = [_undivided(rows, bucket, keys, way) for way in ways or (ALONE,)]
    return ibis.union(*told) if len(told) > 1 else told[0]


def lasting(frame: Frame) -> tuple[str, ...]:
    """The ways to cluster of what stands at an instant: the day it began is no cluster of it."""
    return tuple(way for way in frame.clusters if way != frame.day)


def folds_by(
    told: Sequence[Mapping[str, Any]], bucket: str, keys: tuple[str, ...]
) -> dict[Key, dict[str, list[Fold]]]:
    """By part and bucket: a fold for each way to cluster."""
    found: dict[Key, dict[str, list[Fold]]] = {}
    for row in sorted(told, key=lambda row: str(row["way"])):
        key = tuple(row[name] for name in keys)
        found.setdefault(key, {}).setdefault(row[bucket], []).append(fold_of(row))
    return found


def shares(folds: Folds, buckets: Sequence[str]) -> dict[str, Estimate]:
    """The share of each bucket in the order given; those that nobody gave have nought."""
    some = next(iter(folds.values()), ())
    empty = [Fold(one.k, 0, one.x, 0, one.xx, 0) for one in some]
    told = {bucket: folds.get(bucket, empty) for bucket in buckets}
    whole = int(some[0].x) if some else 0
    return {
        bucket: share(int(each[0].y) if each else 0, whole, each) for bucket, each in told.items()
    }


def _way(rows: Relation, given: Relation, bucket: str, keys: tuple[str, ...], way: str) -> Relation:
    sizes = rows.group_by(*keys, way).aggregate(x=rows.count())
    whole = sizes.group_by(*keys).aggregate(
        k=sizes.count(), x=sizes.x.sum(), xx=(sizes.x * sizes.x).sum()
    )
    held = given.group_by(*keys, way, bucket).aggregate(y=given.count())
    both = held.inner_join(sizes, [*keys, way])
    folded = both.group_by(*keys, bucket).aggregate(
        y=both.y.sum(), yy=(both.y * both.y).sum(), xy=(both.x * both.y).sum()
    )
    return _named(folded.inner_join(whole, list(keys)), bucket, keys, way)


def _undivided(rows: Relation, bucket: str, keys: tuple[str, ...], way: str) -> Relation:
    named = [way] if way != ALONE else []
    sizes = rows.group_by(*keys, *named).aggregate(x=rows.count())
    if named:
        squares = (sizes.x * sizes.x).sum()
        sizes = sizes.group_by(*keys).aggregate(k=sizes.count(), x=sizes.x.sum(), xx=squares)
    else:
        sizes = sizes.mutate(k=sizes.x, xx=sizes.x)
    told = sizes.mutate(y=sizes.x, yy=sizes.xx, xy=sizes.xx, **{bucket: ibis.literal(WHOLE)})
    return _named(told, bucket, keys, way)


def _alone(rows: Relation, given: Relation, bucket: str, keys: tuple[str, ...]) -> Relation:
    whole = rows.group_by(*keys).aggregate(k=rows.count(), x=rows.count(), xx=rows.count())
    held = given.group_by(*keys, bucket).aggregate(
        y=given.count(), yy=given.count(), xy=given.count()
    )
    return _named(held.inner_join(whole, list(keys)), bucket, keys, ALONE)


def _named(told: Relation, bucket: str, keys: tuple[str, ...], way: str) -> Relation:
    names = ("k", "y", "x", "yy", "xx", "xy")
    sums = {name: told[name].cast("int64") for name in names}
    return told.select(*keys, bucket, **sums, way=ibis.literal(way))
