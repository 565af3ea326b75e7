"""From a query to the rows it means: sources, filters, periods, parts, clusters, exclusions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.errors import BadValue
from regard.core.period import PERIODS, Period, day_of, instant_of, periods
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import seconds_between, whole_second
from regard.facts.fact import Fact, fact
from regard.facts.reader import Reader
from regard.metrics.beginnings import first_event
from regard.metrics.metric import Metric
from regard.metrics.offsets import DAY_SECONDS, HOUR_SECONDS, local_second
from regard.metrics.query import Query
from regard.metrics.splits import asked_of, columns_of, extended, filtered, text_of
from regard.metrics.week import ANY, WEEK, Cell, Cover, covered, is_allowed, is_weekly, week_columns
from regard.store.engine import MOMENT

EMPTY = "\x00"
WHOLE = "_all"
HALF_HOUR = 1_800
SHORT_DAYS = 10


@dataclass(frozen=True)
class Plan:
    """The rows a query means, before anything is counted.

    rows: in the period and population, with a text column a part (`keys`), a column a way to
    cluster, `_day`, `_hour` (local, since 1970) and `_as_of`. ends: up to when each source is
    read. periods: where the query splits by one, `period` naming its kind. start, end: the range,
    end excluded. began: the first event of what the metric needs. whole: the fact's rows before
    any filter, with `_as_of`: what a customer does elsewhere than the query looks. others: further
    facts that the metric reads. currency: the workspace's.
    """

    query: Query
    metric: Metric
    fact: Fact
    rows: Relation
    keys: tuple[str, ...]
    clusters: tuple[str, ...]
    ends: Mapping[str, datetime]
    zone: str
    periods: tuple[Period, ...]
    period: str
    start: datetime
    end: datetime
    whole: Relation
    others: Mapping[str, Relation]
    currency: str
    began: datetime | None = None

    @property
    def as_of(self) -> datetime | None:
        """The latest instant that any source is read up to."""
        return max(self.ends.values(), default=None)

    def days(self, period: Period | None = None, cell: Cell = ANY) -> int:
        """How many days a period covers until the as-of; the whole range without one.

        cell: of these only the days on which that hour of the week comes.
        """
        start, end = (period.start, period.end) if period else (self.start, self.end)
        if self.as_of:
            end = min(end, self.as_of)
        if is_weekly(self.query):
            return max(1, covered(self.query, cell, start, end, self.zone).days)
        return max(1, round((end - start).total_seconds() / DAY_SECONDS))

    def cover(self, period: Period | None = None, cell: Cell = ANY, ahead: bool = False) -> Cover:
        """The days and seconds of a part of which anything can be known.

        From the local day of the first event on, until the as-of: what lies outside is unknown.
        ahead: to the end of the part, for what is planned.
        """
        start, end = (period.start, period.end) if period else (self.start, self.end)
        if self.began:
            start = max(start, instant_of(day_of(self.began, self.zone), self.zone))
        end = min(end, self.as_of) if self.as_of and not ahead else end
        return covered(self.query, cell, start, end, self.zone) if start < end else Cover(0, 0)

    def seen(self, period: Period | None = None) -> bool:
        """Whether anything can be known of a period (the whole range without one).

        What ended before the first event, or begins after the as-of, is not 0 but unknown.
        """
        start, end = (period.start, period.end) if period else (self.start, self.end)
        limit = self.as_of or self.end
        begun = self.began is None or (self.began < end and self.began <= limit)
        return begun and start <= limit


def missing(metric: Metric, reader: Reader) -> tuple[str, ...]:
    """The event tables that the metric needs and no source fills."""
    needed = (each for name in metric.requires for each in name.split("|"))
    return unfilled(metric, {each for each in needed if reader.covered(each)})


def unfilled(metric: Metric, filled: Collection[str]) -> tuple[str, ...]:
    """What the metric needs besides some event tables that are filled."""
    return tuple(
        name for name in metric.requires if not any(each in filled for each in name.split("|"))
    )


def fillers(name: str, reader: Reader) -> tuple[str, ...]:
    """The sources that fill a table; of `one|other`, either."""
    found = [source for each in name.split("|") for source in reader.covered(each)]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Sources:
    """Where rows come from: up to when each source is read, the zone meant, the opening hours.

    began: the first event seen of what the metric needs. others: further facts that it reads.
    currency: the workspace's.
    """

    ends: Mapping[str, datetime]
    zone: str
    clock: Callable[[], tuple[Relation, Relation]]
    began: datetime | None = None
    others: Mapping[str, Relation] = field(default_factory=dict)
    currency: str = "EUR"


def plan(
    query: Query,
    metric: Metric,
    reader: Reader,
    adds: Callable[[Relation], Relation] | None = None,
) -> Plan:
    """Lay out a query. Unknown ways to split or filter are errors with a hint.

    adds: further columns of the fact's rows, from wherever the caller has them.
    """
    zone = query.zone or reader.settings.zone
    began = first_event(metric, reader)
    others = {name: reader.fact(name, query.as_of) for name in metric.reads}
    sources = Sources(
        _ends(query, metric, reader), zone, reader.clock, began, others, reader.settings.currency
    )
    rows = reader.fact(metric.fact, query.as_of)
    return plan_rows(query, metric, adds(rows) if adds else rows, sources)


def plan_rows(query: Query, metric: Metric, rows: Relation, sources: Sources) -> Plan:
    """Lay out a query over rows of the metric's fact."""
    one, ends, zone = fact(metric.fact), sources.ends, sources.zone
    metric = asked_of(metric, query)
    period = _period(query)
    weekly = () if metric.shape.stock else tuple(WEEK)
    others = [name for name in query.by if name != period and name not in weekly]
    columns = {name: columns_of(name, one, metric) for name in others}
    rows = read = rows.filter(rows.source.isin(list(ends))) if ends else rows.limit(0)
    rows = whole = extended(rows.mutate(_as_of=_as_of(rows, ends)), query, one, metric)
    rows = filtered(rows, query, one, metric)
    rows = aged(rows, metric, sources.clock)
    if metric.counts is not None:
        rows = rows.filter(metric.counts(rows))
    # Without a filter the first row is the same, and is found sooner where nothing was added.
    plain = not query.where and not query.within and metric.counts is None
    start, end = _range(query, metric, read if plain else rows, ends, zone)
    found = periods(period, day_of(start, zone), _after(end, zone), zone) if period else ()
    rows = _dated(rows, metric, found, period, start, end)
    told = week_columns(whole_second(rows[metric.at]), start, end, zone) if weekly else {}
    asked_hours = is_allowed(told, query) if weekly else []
    rows = rows.filter(*asked_hours) if asked_hours else rows
    keys = tuple(_key(name) for name in query.by) or (WHOLE,)
    local = local_second(whole_second(rows[metric.at]), start, end, zone)
    made = _clusters(rows, one, metric, _short(found, start, end))
    days = ("_day",) if "day" in metric.cluster and "_c_half_hour" not in made else ()
    # One step for all of them: every step names each column of the fact anew.
    named = _keyed(rows, query, columns)
    named |= {_key(name): said for name, said in told.items() if name in query.by}
    day, hour = ((local // size).cast("int64") for size in (DAY_SECONDS, HOUR_SECONDS))
    rows = rows.mutate(_day=day.cast("string"), _hour=hour, **named, **made)
    return Plan(
        query=query,
        metric=metric,
        fact=one,
        rows=rows,
        keys=keys,
        clusters=(*made, *days),
        ends=ends,
        zone=zone,
        periods=found,
        period=period,
        start=start,
        end=end,
        whole=whole,
        others=sources.others,
        currency=sources.currency,
        began=sources.began,
    )


def aged(
    rows: Relation, metric: Metric, clock: Callable[[], tuple[Relation, Relation]]
) -> Relation:
    """Add `_age`: seconds from the metric's instant until `_as_of`, in the metric's clock."""
    if metric.clock == "opening":
        return add_open_seconds(rows, {"_age": (metric.at, "_as_of")}, *clock())
    return rows.mutate(_age=seconds_between(rows[metric.at], rows["_as_of"]))


def ripe(plan_: Plan) -> Relation:
    """The rows old enough to be judged."""
    rows, metric = plan_.rows, plan_.metric
    return rows.filter(is_ripe(rows, metric)) if metric.ripens else rows


def is_ripe(rows: Relation, metric: Metric) -> BooleanValue:
    """Whether a row's instant lies as long before its as-of as the metric asks."""
    if metric.ripe_at:
        return (rows[metric.ripe_at] <= rows["_as_of"]).fill_null(False)
    return seconds_between(rows[metric.at], rows["_as_of"]) >= metric.ripe_seconds


def counted(plan_: Plan) -> Relation:
    """The rows that are counted: ripe, and not excluded for any reason."""
    rows = ripe(plan_)
    kept = [~exclusion.when(rows).fill_null(False) for exclusion in plan_.metric.excludes]
    return rows.filter(*kept) if kept else rows


def excluded(plan_: Plan) -> Relation:
    """The rows left out, with the first reason that applies as `reason`."""
    rows = plan_.rows
    cases = [
        (exclusion.when(rows).fill_null(False), exclusion.reason)
        for exclusion in plan_.metric.excludes
    ]
    if not cases:
        return rows.mutate(_reason=ibis.null("string")).limit(0)
    named = rows.mutate(_reason=ibis.cases(*cases, else_=None))
    return named.filter(named["_reason"].notnull())


def moments(plan_: Plan) -> list[tuple[str, datetime]]:
    """The instants at which a stock is read: the end of each period, or of the whole range."""
    limit = plan_.as_of or plan_.end
    last = timedelta(microseconds=1)
    if not plan_.periods:
        return [("all", min(plan_.end - last, limit))]
    return [
        (found.label, min(found.end - last, limit))
        for found in plan_.periods
        if found.start <= limit
    ]


def spans(plan_: Plan) -> list[tuple[str, datetime, datetime]]:
    """From when until when each period runs as far as it is known, or the whole range."""
    # What happens at the very as-of is known.
    limit = (plan_.as_of + timedelta(microseconds=1)) if plan_.as_of else plan_.end
    told = [(found.label, found.start, found.end) for found in plan_.periods]
    if not plan_.periods:
        told = [("all", plan_.start, plan_.end)]
    return [(name, start, min(end, limit)) for name, start, end in told if start <= limit]


def _ends(query: Query, metric: Metric, reader: Reader) -> dict[str, datetime]:
    able = [set(fillers(name, reader)) for name in metric.requires]
    sources = set.intersection(*able) if able else set(reader.watermarks)
    marks = {name: at for name, at in reader.watermarks.items() if name in sources}
    if query.as_of is None:
        return marks
    return {name: min(at, query.as_of) for name, at in marks.items()}


def _period(query: Query) -> str:
    found = [name for name in query.by if name in PERIODS]
    if len(found) > 1:
        raise BadValue("The split", ",".join(found), "one kind of period; choose one of them")
    return found[0] if found else ""


def _as_of(rows: Relation, ends: Mapping[str, datetime]) -> Value:
    """Up to when a row's source is read; rows are of these sources alone."""
    if not ends:
        return ibis.null(MOMENT)
    if len(set(ends.values())) == 1:
        return ibis.literal(next(iter(ends.values())), MOMENT)
    cases = [(rows.source == name, ibis.literal(at, MOMENT)) for name, at in sorted(ends.items())]
    return ibis.cases(*cases, else_=None)


def _range(
    query: Query, metric: Metric, rows: Relation, ends: Mapping[str, datetime], zone: str
) -> tuple[datetime, datetime]:
    """The instants [start, end) meant; what the query leaves open is taken from the rows."""
    last = max(ends.values(), default=None)
    end = instant_of(query.until, zone) if query.until else None
    start = instant_of(query.since, zone) if query.since else None
    if start is None:
        first = rows[metric.at].min().to_pyarrow().as_py() if last else None
        first = first or last or instant_of(date(1970, 1, 1), zone)
        start = instant_of(day_of(first, zone), zone)
    if end is None:
        # The last event belongs to its day, though it came at midnight.
        end = instant_of(day_of(last or start, zone) + timedelta(days=1), zone)
    return start, max(end, start + timedelta(seconds=1))


def _after(end: datetime, zone: str) -> date:
    """The first local day not touched by anything before `end`."""
    day = day_of(end, zone)
    return day if instant_of(day, zone) == end else day + timedelta(days=1)


def _dated(
    rows: Relation,
    metric: Metric,
    found: Sequence[Period],
    period: str,
    start: datetime,
    end: datetime,
) -> Relation:
    """The rows of the range, each with the label of its period; stocks keep all rows."""
    if metric.shape.stock:
        return rows.mutate(**{_key(period): ibis.literal("")}) if period else rows
    at = rows[metric.at]
    rows = rows.filter(at >= ibis.literal(start, MOMENT), at < ibis.literal(end, MOMENT))
    if not period:
        return rows
    schema = pa.schema(
        [
            (_key(period), pa.string()),
            ("_from", pa.timestamp("us", "UTC")),
            ("_until", pa.timestamp("us", "UTC")),
        ]
    )
    told = [{_key(period): p.label, "_from": p.start, "_until": p.end} for p in found]
    given = ibis.memtable(pa.Table.from_pylist(told, schema=schema))
    given = given.mutate(_from=given["_from"].cast(MOMENT), _until=given["_until"].cast(MOMENT))
    both = rows.inner_join(
        given, [rows[metric.at] >= given["_from"], rows[metric.at] < given["_until"]]
    )
    return both.drop("_from", "_until")


def _keyed(
    rows: Relation, query: Query, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, Value]:
    """The columns that name a part, but for the period's."""
    if not query.by:
        return {WHOLE: ibis.literal("all")}
    return {_key(name): text_of(rows, held).fill_null(EMPTY) for name, held in columns.items()}


def _key(name: str) -> str:
    return f"_by_{name}"


def _short(found: Sequence[Period], start: datetime, end: datetime) -> bool:
    longest = max((p.end - p.start for p in found), default=end - start)
    return longest < timedelta(days=SHORT_DAYS)


def _clusters(rows: Relation, one: Fact, metric: Metric, short: bool) -> dict[str, Value]:
    """The columns that name what rows come in; calls within ten days come in half-hours.

    Days are not among them: `_day` is there in any case.
    """
    made: dict[str, Value] = {}
    # Who is unknown is somebody of their own for each ticket or call, not all one person.
    alone = ibis.literal("?") + rows[one.bucket]
    for way in metric.cluster:
        if way == "day" and short and metric.cluster == ("day",):
            half_hour = whole_second(rows[metric.at]) // HALF_HOUR
            made["_c_half_hour"] = half_hour.cast("string")
        elif way != "day":
            columns = ("customer_id",) if way == "customer" else columns_of("agent", one, metric)
            known = all(column in rows.columns for column in columns)
            named = text_of(rows, columns) if known else ibis.null("string")
            made[f"_c_{way}"] = ibis.coalesce(named, alone)
    return made


def label_of(name: str, text: str) -> Any:
    """The value of a part from its key: None where the row had none, numbers for hours."""
    if name in WEEK:
        return int(text)
    return None if text == EMPTY else text
