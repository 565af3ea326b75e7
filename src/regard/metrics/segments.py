"""The segments of two stretches, along many ways to split, in one question to the engine.

Asked one by one, eight ways to split over two stretches are sixteen queries, most of whose time
is spent on making them. Here each row stands once for every way, under its segment's name, so
that one query counts them all; the rows of a stretch are the same as for the stretch alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.errors import BadValue
from regard.core.period import Period, instant_of
from regard.facts.expressions import any_of
from regard.facts.fact import fact
from regard.facts.reader import Reader
from regard.metrics.engine import parts_of
from regard.metrics.entering import PeriodIncidence
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.latest import Latest
from regard.metrics.laying import Given, Values
from regard.metrics.metric import Metric
from regard.metrics.metric import metric as metric_of
from regard.metrics.plan import Plan, counted, plan
from regard.metrics.population import EMPTY
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient, divide
from regard.metrics.shape import Shape
from regard.metrics.shapes import Count, Distinct, Mean, Net, Rate, Ratio, Share
from regard.metrics.splits import asked_of
from regard.stats.estimate import Estimate, nothing

OLD, NEW = "old", "new"
STRETCH, SPLIT, VALUE = "stretch", "split", "value"
WHOLE = ""
"""In place of a way to split: all rows together."""
Stretch = tuple[date, date]


@dataclass(frozen=True)
class Held:
    """A segment in a stretch: its value, what it weighs in the whole, and who is missing from it.

    weight: cases, or what the metric divides by. The whole is the weighted mean of its segments
    where the shape says so (`weighs`).
    """

    value: Estimate
    weight: float
    coverage: Mapping[str, Any] = field(default_factory=dict)


Segments = dict[tuple[str, str, str | None], Held]
"""By stretch (OLD, NEW), way to split (WHOLE: all together) and the segment's name."""


def weighs(wanted: Metric) -> bool:
    """Whether a whole is the weighted mean of its segments: composition can be told from rate."""
    shape = wanted.shape
    shape = shape.then if isinstance(shape, Latest) else shape
    known = isinstance(shape, Share | Mean | Net | Rate | Ratio | Quotient)
    return (known or is_time(wanted) or _at_one_time(shape)) and not wanted.anonymous


def _at_one_time(shape: Shape) -> bool:
    return isinstance(shape, IncidenceAt) and len(shape.within or {}) == 1


def is_time(wanted: Metric) -> bool:
    """Whether its value is a quantile of times, which `served_by` makes a share of."""
    shape = wanted.shape
    several = isinstance(shape, IncidenceAt | PeriodIncidence)
    return isinstance(shape, Incidence) and not several


def adds_up(wanted: Metric) -> bool:
    """Whether segments have values that can be set beside the whole: counts and stocks too."""
    shape = wanted.shape
    stock = shape.stock and wanted.unit == "count"
    return not wanted.anonymous and (weighs(wanted) or stock or isinstance(shape, Count | Distinct))


def single(wanted: Metric, name: str) -> bool:
    """Whether a row has one value of that way to split: segments that overlap make no whole."""
    if isinstance(wanted.shape, Quotient):
        return all(single(metric_of(key), name) for key in (wanted.shape.top, wanted.shape.bottom))
    one = fact(wanted.fact)
    return name not in one.several or name in wanted.who


def served_by(wanted: Metric, seconds: float) -> Metric:
    """The metric of a time as the share served within so many seconds; its unit is a share."""
    shape = wanted.shape
    assert isinstance(shape, Incidence)
    within = {"t": int(seconds)}
    told = IncidenceAt(shape.done, shape.rival, shape.waited, within=within)
    return replace(wanted, shape=told, unit="share")


def segments(
    query: Query,
    wanted: Metric,
    reader: Reader,
    stretches: tuple[Stretch, Stretch],
    names: Sequence[str],
    most: tuple[int, int],
) -> tuple[tuple[str, ...], Segments]:
    """The whole and every segment of some ways to split, in both stretches (old, new).

    query: unsplit; its days are set aside. Stretches that overlap: BadValue. Of the names those
    are taken, in their order, that part the rows at all. most: so many ways, of so many segments
    each. A metric of several values, or of a fact that no source fills, has none.
    """
    shape = wanted.shape
    keys = (shape.top, shape.bottom) if isinstance(shape, Quotient) else ()
    halves = [metric_of(key) for key in keys] or [wanted]
    laid = [_laid(query, half, reader, stretches, names) for half in halves]
    if not all(one.ends for one in laid):
        return (), {}
    sizes = _sizes(laid[0], names, reader)
    ways = tuple(name for name in names if 1 < sizes[name] <= most[1])[: most[0]]
    spread = [_spread(one, stretches, ways) for one in laid]
    if not isinstance(shape, Quotient):
        return ways, _held(spread[0], reader)
    return ways, _divided(spread, shape, reader)


def _sizes(laid: Plan, names: Sequence[str], reader: Reader) -> dict[str, int]:
    """How many segments each way to split has in both stretches and between them."""
    if not names:
        return {}
    rows = counted(laid)
    told = rows.aggregate(**{name: rows[f"_by_{name}"].nunique() for name in names})
    (row,) = reader.snapshot.engine.to_pyarrow(told).to_pylist()
    return {name: int(row[name] or 0) for name in names}


def _divided(halves: Sequence[Plan], shape: Quotient, reader: Reader) -> Segments:
    """Each segment's first half over its second, which is its weight."""
    top, bottom = (_held(half, reader) for half in halves)
    days = {one.label: halves[1].days(one) for one in halves[1].periods}
    found = {}
    for key in {**top, **bottom}:
        above, below = (side[key].value if key in side else nothing() for side in (top, bottom))
        weight = (below.value or 0.0) * (days[key[0]] if shape.by_day else 1)
        cover = top[key].coverage if key in top else {}
        found[key] = Held(divide(above, below, days[key[0]], shape), weight, cover)
    return found


def _laid(
    query: Query,
    wanted: Metric,
    reader: Reader,
    stretches: tuple[Stretch, Stretch],
    names: Sequence[str],
) -> Plan:
    """The plan over both stretches and all between, with a column for each way to split."""
    (old_since, old_until), (new_since, new_until) = stretches
    if max(old_since, new_since) < min(old_until, new_until):
        raise BadValue("The stretch to compare with", f"{old_since}..{old_until}", "days before")
    # What a split would let in again stays out: these are the parts of the unsplit answer.
    bare = asked_of(wanted, replace(query, by=()))
    bare = replace(bare, excludes=tuple(replace(one, unless=()) for one in bare.excludes))
    since, until = min(old_since, new_since), max(old_until, new_until)
    return plan(replace(query, since=since, until=until, by=tuple(names)), bare, reader)


def _spread(laid: Plan, stretches: tuple[Stretch, Stretch], names: Sequence[str]) -> Plan:
    """The plan in which each row of a stretch stands once for the whole and for every way."""
    made = tuple(
        Period(label, instant_of(since, laid.zone), instant_of(until, laid.zone))
        for label, (since, until) in zip((OLD, NEW), stretches, strict=True)
    )
    edges = {f"{one.label}_since": one.start for one in made}
    edges |= {f"{one.label}_until": one.end for one in made}
    ways = pa.table({f"_by_{SPLIT}": pa.array([WHOLE, *names], pa.string())})
    stock, at = laid.metric.shape.stock, laid.metric.at
    keys = (STRETCH, SPLIT, VALUE)
    return replace(
        laid,
        query=replace(laid.query, by=keys),
        laying=laid.laying.then(
            ("spread", names),
            Values(edges, tables={"ways": ways}),
            lambda rows, given: _spread_rows(rows, given, "" if stock else at, names),
        ),
        keys=tuple(f"_by_{name}" for name in keys),
        periods=made,
        period=STRETCH,
    )


def _spread_rows(rows: Relation, given: Given, at: str, names: Sequence[str]) -> Relation:
    """Each row of a stretch once for the whole and for every way.

    at: the column of its instant; empty for stocks, which stand in both.
    """
    stretch: Value = ibis.literal("")
    if at:
        inside = {
            label: (rows[at] >= given.moment(f"{label}_since"))
            & (rows[at] < given.moment(f"{label}_until"))
            for label in (OLD, NEW)
        }
        rows = rows.filter(any_of(*inside.values()))
        stretch = ibis.ifelse(inside[NEW], NEW, OLD)
    rows = rows.mutate(**{f"_by_{STRETCH}": stretch}).cross_join(given.table("ways"))
    way = rows[f"_by_{SPLIT}"]
    cases = [(way == name, rows[f"_by_{name}"]) for name in names]
    value = ibis.cases(*cases, else_="all") if cases else ibis.literal("all")
    return rows.mutate(**{f"_by_{VALUE}": value})


def _held(laid: Plan, reader: Reader) -> Segments:
    engine = reader.snapshot.engine
    parts = parts_of(laid, engine)
    weights = _weights(laid, reader)
    found = {}
    for part in parts:
        key = (part.by[STRETCH], part.by[SPLIT] or WHOLE, part.by[VALUE])
        weight = float(part.estimate.n) if weights is None else weights.get(key, 0.0)
        found[key] = Held(part.estimate, weight, part.coverage)
    return found


def _weights(laid: Plan, reader: Reader) -> dict[tuple[str, str, str | None], float] | None:
    """What a ratio or a rate divides by, for each segment; None where the cases are the weight."""
    shape = laid.metric.shape
    below: Callable[[Relation], Value] | None = None
    if isinstance(shape, Ratio):
        below = shape.bottom
    elif isinstance(shape, Rate):
        below = shape.exposure
    if below is None:
        return None
    rows = counted(laid)
    total = below(rows).fill_null(0).cast("int64").sum()
    told = rows.group_by(*laid.keys).aggregate(weight=total)
    found = {}
    for row in reader.snapshot.engine.to_pyarrow(told).to_pylist():
        stretch, split, value = (row[key] for key in laid.keys)
        found[stretch, split, None if value == EMPTY else value] = float(row["weight"] or 0)
    return found
