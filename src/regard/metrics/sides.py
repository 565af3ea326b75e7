"""Two sides of a comparison: how far the same customers on both make them rise and fall together.

The variance of a difference is that of both sides less twice their covariance, and only clusters
that stand on both sides have any. The engine sums; no row leaves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

from regard.metrics.folds import WIDE, clustered, fold_of, is_linear, is_made_of_sums, sums
from regard.metrics.framing import Framed, framed
from regard.metrics.plan import Plan
from regard.metrics.shape import Frame, Key
from regard.stats.clusters import Cross, Fold, even_clusters, ratio_covariance, ratio_variance

Pair = tuple[Key, Key]
"""The parts of the new side and of the old that are compared."""


@dataclass(frozen=True)
class Tie:
    """What binds two sides: the correlation of their values, −1 to 1.

    new_even, old_even: how many even clusters stand behind each side; None where not known.
    """

    correlation: float = 0.0
    new_even: float | None = None
    old_even: float | None = None


def ties(new: Plan, old: Plan, pairs: Iterable[Pair], engine: Backend) -> dict[Pair, Tie]:
    """The tie of each pair of parts of two plans of one metric (the same plan twice will do).

    A metric that is not made of two sums: no correlation and no number of clusters, which is
    cautious where the same customers are on both sides.
    """
    wanted = tuple(dict.fromkeys(pairs))
    if not is_made_of_sums(new.metric.shape) or not wanted:
        return dict.fromkeys(wanted, Tie())
    with framed(new, engine, "new") as one, framed(old, engine, "old") as other:
        halves = [_halved(one), _halved(other)]
        folds = [_folds(side, each.frame) for side, each in zip(halves, (one, other), strict=True)]
        crosses = _crosses(halves[0], halves[1], wanted, one.frame, other.frame)
    return {pair: _tie(pair, folds[0], folds[1], crosses) for pair in wanted}


def _halved(side: Framed) -> Relation:
    """The rows as y and x, with the names of parts and clusters."""
    shape, frame = side.laid.metric.shape, side.frame
    assert is_linear(shape)

    def told() -> Relation:
        halves = shape.halves(side.counted, frame)
        assert halves is not None
        rows, y, x = halves
        return rows.select(*frame.keys, *frame.clusters, y=y.cast("int64"), x=x.cast("int64"))

    return frame.hold("halves", told)


def _folds(told: Relation, frame: Frame) -> dict[Key, dict[str, Fold]]:
    found: dict[Key, dict[str, Fold]] = {}
    for row in frame.run("sums", lambda: sums(told, frame, told.y, told.x)):
        found.setdefault(frame.key(row), {})[row["way"]] = fold_of(row)
    return found


def _crosses(
    new: Relation, old: Relation, pairs: tuple[Pair, ...], frame: Frame, old_frame: Frame
) -> dict[tuple[Pair, str], Cross]:
    names = (
        [f"new_{n}" for n in range(len(frame.keys))],
        [f"old_{n}" for n in range(len(frame.keys))],
    )
    schema = pa.schema([(name, pa.string()) for name in (*names[0], *names[1])])
    told = [dict(zip((*names[0], *names[1]), (*one, *other), strict=True)) for one, other in pairs]
    given = frame.given("pairs", pa.Table.from_pylist(told, schema=schema))
    found: dict[tuple[Pair, str], Cross] = {}
    for way in frame.clusters:
        if way not in old_frame.clusters:
            continue
        meet = partial(_met, new, old, given, names, way, frame)
        for row in frame.run(f"met {way} {old.get_name()}", meet):
            pair = tuple(row[name] for name in names[0]), tuple(row[name] for name in names[1])
            found[pair, way] = _cross(row)
    return found


def _met(
    new: Relation,
    old: Relation,
    given: Relation,
    names: tuple[list[str], list[str]],
    way: str,
    frame: Frame,
) -> Relation:
    """The products of cluster totals over the clusters on both sides of a pair."""
    one = clustered(new, frame, way)
    one = one.select(
        **{name: one[key] for name, key in zip(names[0], frame.keys, strict=True)},
        cluster=one[way],
        y1=one.y,
        x1=one.x,
    )
    other = clustered(old, frame, way)
    other = other.select(
        **{name: other[key] for name, key in zip(names[1], frame.keys, strict=True)},
        cluster=other[way],
        y2=other.y,
        x2=other.x,
    )
    both = one.inner_join(given, names[0]).inner_join(other, [*names[1], "cluster"])
    keys = [*names[0], *names[1]]
    return both.group_by(*keys).aggregate(
        yy=(both.y1 * both.y2).sum().cast(WIDE),
        yx=(both.y1 * both.x2).sum().cast(WIDE),
        xy=(both.x1 * both.y2).sum().cast(WIDE),
        xx=(both.x1 * both.x2).sum().cast(WIDE),
    )


def _cross(row: Mapping[str, Any]) -> Cross:
    return Cross(**{name: int(row[name] or 0) for name in ("yy", "yx", "xy", "xx")})


def _tie(
    pair: Pair,
    new: Mapping[Key, Mapping[str, Fold]],
    old: Mapping[Key, Mapping[str, Fold]],
    crosses: Mapping[tuple[Pair, str], Cross],
) -> Tie:
    """As every side's interval is that of its worst way to cluster, so is the difference's."""
    one, other = new.get(pair[0], {}), old.get(pair[1], {})
    ways = [way for way in one if way in other]
    if not ways:
        return Tie()
    even = tuple(min(_even(side[way]) for way in ways) for side in (one, other))
    spread: list[tuple[float, float, float]] = []
    for way in ways:
        first, second = ratio_variance(one[way]), ratio_variance(other[way])
        if first is None or second is None:
            return Tie(0.0, *even)
        cross = crosses.get((pair, way), Cross())
        shared = ratio_covariance(one[way], other[way], cross)
        spread.append((first, second, first + second - 2 * shared))
    first, second, apart = (max(one[place] for one in spread) for place in range(3))
    if not first or not second:
        return Tie(0.0, *even)
    correlation = (first + second - apart) / (2 * sqrt(first * second))
    return Tie(round(max(-1.0, min(1.0, correlation)), 9), *even)


def _even(sums: Fold) -> float:
    return even_clusters(sums.k, sums.x, sums.xx)
