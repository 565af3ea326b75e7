"""The rows that a query means: its sources, filters, days, parts and clusters."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.period import Period
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import seconds_between, whole_second
from regard.facts.fact import Fact
from regard.metrics.laying import Given, Plainly, Values, Zoned, changes_of, mark_of
from regard.metrics.metric import Metric
from regard.metrics.offsets import DAY_SECONDS, HOUR_SECONDS, local_second
from regard.metrics.query import Query
from regard.metrics.splits import columns_of, extended, filtered, filters, text_of, texts_of
from regard.metrics.week import WEEK, is_allowed, week_columns
from regard.store.engine import MOMENT

EMPTY = "\x00"
WHOLE = "_all"
HALF_HOUR = 1_800
HALF_HOURS = "_c_half_hour"
DECLARED = (
    *("key", "shape", "at", "clock", "counts", "excludes", "waiting", "unknown", "provisional"),
    *("ripe_seconds", "ripe_at", "cluster", "who", "extend"),
)
"""What of a metric's declaration its rows, and what is counted of them, depend on."""


@dataclass(frozen=True)
class Population:
    """What decides which rows a query means, apart from instants and other values.

    rows: the fact's. ends: up to when each source is read. clock: the opening hours. period: the
    kind that it splits by. half_hours: whether rows come in half-hours, and not in days. named:
    what tells `rows` from others of the fact; None where nothing does.
    """

    query: Query
    metric: Metric
    fact: Fact
    rows: Relation
    ends: Mapping[str, datetime]
    clock: Callable[[], tuple[Relation, Relation]]
    period: str
    half_hours: bool = False
    named: Hashable | None = None

    @property
    def weekly(self) -> tuple[str, ...]:
        """The hours of the week that rows can be told apart by."""
        return () if self.metric.shape.stock else tuple(WEEK)

    @property
    def ways(self) -> tuple[str, ...]:
        """The columns that name what rows come in."""
        made = tuple(f"_c_{way}" for way in self.metric.cluster if way != "day")
        if self.half_hours and self.metric.cluster == ("day",):
            return (HALF_HOURS,)
        return (*made, "_day") if "day" in self.metric.cluster else made

    def read(self) -> Relation:
        """The rows of the sources that are read."""
        held = self.rows
        return held.filter(held.source.isin(list(self.ends))) if self.ends else held.limit(0)

    def whole(self, given: Given) -> Relation:
        """The same with `_as_of` and further columns."""
        rows = self.read()
        told = {"_as_of": _as_of(rows, self.ends, given)}
        if self.metric.extend is not None:
            told["_asked"] = self._is_asked(rows, given)
        return extended(rows.mutate(**told), self.query, self.fact, self.metric)

    def _is_asked(self, rows: Relation, given: Given) -> Value:
        """Whether a row lies in the range: of a stock all do."""
        if self.metric.shape.stock:
            return ibis.literal(True)
        at = rows[self.metric.at]
        return ((at >= given.moment("start")) & (at < given.moment("end"))).fill_null(False)

    def undated(self, given: Given) -> Relation:
        """Those of them that the filters leave and the metric is about, of all times."""
        rows = filtered(self.whole(given), self.query, self.fact, self.metric, given)
        rows = _aged(rows, self.metric, self.clock)
        return rows.filter(self.metric.counts(rows)) if self.metric.counts is not None else rows

    def mark(self, values: Values) -> Hashable | None:
        """What tells the SQL of these rows from any other, values aside."""
        if self.named is None:
            return None
        query, told = self.query, filters(self.query, self.metric)
        return (
            *(self.named, tuple(sorted(self.ends)), len(set(self.ends.values())) == 1),
            tuple(mark_of(getattr(self.metric, name)) for name in DECLARED),
            *(query.by, tuple(query.where) if self._by_week() else ()),
            tuple((name, tuple(bool(value) for value in values_)) for name, values_ in told),
            *(self.period, self.half_hours, tuple(values.numbers), self._hours()),
        )

    def _hours(self) -> tuple[str, ...]:
        """The columns of the opening hours, which differ with the calendars that there are."""
        opens = self.metric.clock == "opening"
        return tuple(name for rows in self.clock() for name in rows.columns) if opens else ()

    def _by_week(self) -> bool:
        return any(name in WEEK for name, _ in self.query.where)


def dated(asked: Population, values: Values) -> Callable[[Given], Relation]:
    """The rows of the range, with their period, parts, local day and hour, and clusters.

    values: with `start` and `end`, the zone's changes of the clock, and `periods` where the query
    splits by one.
    """
    query, metric, one = asked.query, asked.metric, asked.fact
    others = [name for name in query.by if name != asked.period and name not in asked.weekly]
    columns = {name: columns_of(name, one, metric) for name in others}

    def laid(given: Given) -> Relation:
        rows = _in_range(asked.undated(given), asked, given)
        changes = changes_of(values, given)
        told = week_columns(whole_second(rows[metric.at]), changes) if asked.weekly else {}
        asked_hours = is_allowed(told, query) if asked.weekly else []
        rows = rows.filter(*asked_hours) if asked_hours else rows
        local = local_second(whole_second(rows[metric.at]), changes)
        # One step for all of them: every step names each column of the fact anew.
        named = _keyed(rows, query, columns)
        named |= {key_of(name): said for name, said in told.items() if name in query.by}
        day, hour = ((local // size).cast("int64") for size in (DAY_SECONDS, HOUR_SECONDS))
        made = _clusters(rows, asked)
        return rows.mutate(_day=day.cast("string"), _hour=hour, **named, **made)

    return laid


def values_of(
    query: Query, metric: Metric, ends: Mapping[str, datetime], start: datetime, end: datetime
) -> Values:
    """The as-of of each source, the range, and what is filtered by."""
    places = {f"as_of_{place}": at for place, (_, at) in enumerate(sorted(ends.items()))}
    return Values({**places, "start": start, "end": end}, texts=texts_of(query, metric))


def table_of(found: Sequence[Period], period: str) -> Values:
    """The periods as a table: label, from when, until when."""
    if not period:
        return Values()
    names = [("_from", Zoned), ("_until", Zoned)]
    schema = pa.schema([(key_of(period), pa.string()), *names])
    told = [{key_of(period): p.label, "_from": p.start, "_until": p.end} for p in found]
    return Values(tables={"periods": pa.Table.from_pylist(told, schema=schema)})


def first_instant(asked: Population, values: Values) -> datetime | None:
    """When the first of the rows happened, whatever the range."""
    query, metric = asked.query, asked.metric
    # Without a filter the first row is the same, and is found sooner where nothing was added.
    plain = not query.where and not query.within and metric.counts is None
    rows = asked.read() if plain else asked.undated(Plainly(values))
    first: datetime | None = rows[metric.at].min().to_pyarrow().as_py()
    return first


def _aged(
    rows: Relation, metric: Metric, clock: Callable[[], tuple[Relation, Relation]]
) -> Relation:
    """Add `_age`: seconds from the metric's instant until `_as_of`, in the metric's clock."""
    if metric.clock == "opening":
        return add_open_seconds(rows, {"_age": (metric.at, "_as_of")}, *clock())
    return rows.mutate(_age=seconds_between(rows[metric.at], rows["_as_of"]))


def _as_of(rows: Relation, ends: Mapping[str, datetime], given: Given) -> Value:
    """Up to when a row's source is read; rows are of these sources alone."""
    if not ends:
        return ibis.null(MOMENT)
    if len(set(ends.values())) == 1:
        return given.moment("as_of_0")
    cases = [
        (rows.source == name, given.moment(f"as_of_{place}"))
        for place, name in enumerate(sorted(ends))
    ]
    return ibis.cases(*cases, else_=None)


def _in_range(rows: Relation, asked: Population, given: Given) -> Relation:
    """The rows of the range, each with the label of its period; stocks keep all rows."""
    if asked.metric.shape.stock:
        return rows.mutate(**{key_of(asked.period): ibis.literal("")}) if asked.period else rows
    at = rows[asked.metric.at]
    rows = rows.filter(at >= given.moment("start"), at < given.moment("end"))
    if not asked.period:
        return rows
    return given.within(rows, asked.metric.at, "periods")


def _keyed(
    rows: Relation, query: Query, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, Value]:
    """The columns that name a part, but for the period's."""
    if not query.by:
        return {WHOLE: ibis.literal("all")}
    return {key_of(name): text_of(rows, held).fill_null(EMPTY) for name, held in columns.items()}


def key_of(name: str) -> str:
    """The column that names a part by a way to split."""
    return f"_by_{name}"


def _clusters(rows: Relation, asked: Population) -> dict[str, Value]:
    """The columns that name what rows come in; calls within ten days come in half-hours.

    Days are not among them: `_day` is there in any case.
    """
    metric, one = asked.metric, asked.fact
    made: dict[str, Value] = {}
    # Who is unknown is somebody of their own for each ticket or call, not all one person.
    alone = ibis.literal("?") + rows[one.bucket]
    for way in metric.cluster:
        if f"_c_{way}" in asked.ways:
            columns = ("customer_id",) if way == "customer" else columns_of("agent", one, metric)
            known = all(column in rows.columns for column in columns)
            named = text_of(rows, columns) if known else ibis.null("string")
            made[f"_c_{way}"] = ibis.coalesce(named, alone)
    if HALF_HOURS in asked.ways:
        half_hour = whole_second(rows[metric.at]) // HALF_HOUR
        made[HALF_HOURS] = half_hour.cast("string")
    return made
