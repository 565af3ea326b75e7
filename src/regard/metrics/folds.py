"""Cluster sums: one row a cluster, folded to counts, totals and squares of them, in the engine."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeGuard, runtime_checkable

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.metrics.shape import Frame, Key, Lays
from regard.stats.clusters import Fold

WIDE = "decimal(38, 0)"
"""Wide enough for the square of any total: DuckDB keeps a product as narrow as its factors."""
Totals = Mapping[str, Callable[[Relation], Value]]
Halves = tuple[Relation, Value, Value]
"""The rows that count, with the whole-number y and x whose sums a ratio is made of."""


@runtime_checkable
class Linear(Protocol):
    """A shape whose value is made of two sums, Σy and Σx, of the same rows."""

    def halves(self, rows: Relation, frame: Frame) -> Halves | None:
        """The rows with y and x; None where it is not made of sums after all."""


def is_linear(shape: object) -> TypeGuard[Linear]:
    """Whether a shape's value is made of two sums."""
    return isinstance(shape, Linear)


def is_made_of_sums(shape: object) -> bool:
    """The same, and where it counts another shape's groups or latest rows, of that too."""
    then = getattr(shape, "then", None)
    return is_linear(shape) and (then is None or is_made_of_sums(then))


def folded(shape: Linear, rows: Relation, frame: Frame) -> Relation:
    """The two sums of a shape, folded over clusters."""
    halves = shape.halves(rows, frame)
    assert halves is not None
    held, y, x = halves
    return sums(held, frame, y, x)


def sums(rows: Relation, frame: Frame, y: Value, x: Value) -> Relation:
    """One row a part and way to cluster: rows n, and k, y, x, yy, xx, xy of the cluster totals.

    y and x are whole-number columns of `rows`.
    """
    told = rows.select(*frame.keys, *frame.clusters, y=y.cast("int64"), x=x.cast("int64"))
    ways = [
        _folded(clustered(told, frame, cluster), frame).mutate(way=ibis.literal(cluster))
        for cluster in frame.clusters
    ]
    return ibis.union(*ways) if len(ways) > 1 else ways[0]


def read(name: str, lay: Lays, frame: Frame) -> dict[Key, list[Fold]]:
    """The folds of every part, one for each way to cluster, of sums laid out under a name."""
    return folds_of(frame.run(name, lay), frame)


def folds_of(told: list[dict[str, Any]], frame: Frame) -> dict[Key, list[Fold]]:
    """The folds of every part, from rows of sums already read."""
    found: dict[Key, list[Fold]] = {}
    for row in sorted(told, key=lambda row: str(row["way"])):
        found.setdefault(frame.key(row), []).append(fold_of(row))
    return found


def fold_of(row: Mapping[str, Any]) -> Fold:
    """The fold in a row of sums."""
    names = ("k", "y", "x", "yy", "xx", "xy")
    return Fold(**{name: int(row[name] or 0) for name in names})


def clustered(told: Relation, frame: Frame, cluster: str) -> Relation:
    """One row a part and cluster: rows n, and the totals of the columns y and x."""
    return told.group_by(*frame.keys, cluster).aggregate(
        n=told.count(),
        y=told.y.sum().fill_null(0).cast(WIDE),
        x=told.x.sum().fill_null(0).cast(WIDE),
    )


def _folded(by_cluster: Relation, frame: Frame) -> Relation:
    one = by_cluster
    return one.group_by(*frame.keys).aggregate(
        k=one.count(),
        n=one.n.sum(),
        y=one.y.sum(),
        x=one.x.sum(),
        yy=(one.y * one.y).sum(),
        xx=(one.x * one.x).sum(),
        xy=(one.x * one.y).sum(),
    )
