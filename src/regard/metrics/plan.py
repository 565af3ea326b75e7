"""From a query to the rows it means: sources, filters, periods, parts, clusters, exclusions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.errors import BadValue
from regard.core.period import PERIODS, Period, day_of, instant_of, periods
from regard.facts.expressions import seconds_between
from regard.facts.fact import Fact, fact
from regard.facts.reader import Reader
from regard.metrics.beginnings import first_event
from regard.metrics.laying import Laying, clock_changes
from regard.metrics.metric import Metric
from regard.metrics.offsets import DAY_SECONDS
from regard.metrics.population import (
    EMPTY,
    WHOLE,
    Population,
    dated,
    first_instant,
    key_of,
    table_of,
    values_of,
)
from regard.metrics.query import Query
from regard.metrics.splits import asked_of
from regard.metrics.week import ANY, WEEK, Cell, Cover, covered, is_weekly

SHORT_DAYS = 10


@dataclass(frozen=True)
class Plan:
    """The rows a query means, before anything is counted.

    laying: how its rows are laid out: in the period and population, with a text column a part
    (`keys`), a column a way to cluster, `_day`, `_hour` (local, since 1970) and `_as_of`. ends: up
    to when each source is read. periods: where the query splits by one, `period` naming its kind.
    start, end: the range, end excluded. began: the first event of what the metric needs. others:
    further facts that the metric reads. currency: the workspace's.
    """

    query: Query
    metric: Metric
    fact: Fact
    laying: Laying
    keys: tuple[str, ...]
    clusters: tuple[str, ...]
    ends: Mapping[str, datetime]
    zone: str
    periods: tuple[Period, ...]
    period: str
    start: datetime
    end: datetime
    others: Mapping[str, Relation]
    currency: str
    began: datetime | None = None

    @cached_property
    def rows(self) -> Relation:
        """The rows, with every value as a literal."""
        return self.laying.plainly()

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
    named = None if adds else str(rows.get_name())
    return plan_rows(query, metric, adds(rows) if adds else rows, sources, named)


def plan_rows(
    query: Query, metric: Metric, rows: Relation, sources: Sources, named: str | None = None
) -> Plan:
    """Lay out a query over rows of the metric's fact.

    named: the name under which the engine knows them, the same in every store version.
    """
    one, ends, zone = fact(metric.fact), sources.ends, sources.zone
    metric = asked_of(metric, query)
    period = _period(query)
    asked = Population(query, metric, one, rows, ends, sources.clock, period, named=named)
    start, end = _range(asked, zone)
    found = periods(period, day_of(start, zone), _after(end, zone), zone) if period else ()
    asked = replace(asked, half_hours=_short(found, start, end))
    values = values_of(query, metric, ends, start, end)
    values = values.also(clock_changes(start, end, zone)).also(table_of(found, period))
    laid = dated(asked, values)
    return Plan(
        query=query,
        metric=metric,
        fact=one,
        laying=Laying(asked.mark(values), values, laid, asked.whole),
        keys=tuple(key_of(name) for name in query.by) or (WHOLE,),
        clusters=asked.ways,
        ends=ends,
        zone=zone,
        periods=found,
        period=period,
        start=start,
        end=end,
        others=sources.others,
        currency=sources.currency,
        began=sources.began,
    )


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


def _range(asked: Population, zone: str) -> tuple[datetime, datetime]:
    """The instants [start, end) meant; what the query leaves open is taken from the rows."""
    query, last = asked.query, max(asked.ends.values(), default=None)
    end = instant_of(query.until, zone) if query.until else None
    start = instant_of(query.since, zone) if query.since else None
    if start is None:
        some = last or instant_of(date(1970, 1, 1), zone)
        values = values_of(query, asked.metric, asked.ends, some, some)
        first = (first_instant(asked, values) if last else None) or some
        start = instant_of(day_of(first, zone), zone)
    if end is None:
        # The last event belongs to its day, though it came at midnight.
        end = instant_of(day_of(last or start, zone) + timedelta(days=1), zone)
    return start, max(end, start + timedelta(seconds=1))


def _after(end: datetime, zone: str) -> date:
    """The first local day not touched by anything before `end`."""
    day = day_of(end, zone)
    return day if instant_of(day, zone) == end else day + timedelta(days=1)


def _short(found: Sequence[Period], start: datetime, end: datetime) -> bool:
    longest = max((p.end - p.start for p in found), default=end - start)
    return longest < timedelta(days=SHORT_DAYS)


def label_of(name: str, text: str) -> Any:
    """The value of a part from its key: None where the row had none, numbers for hours."""
    if name in WEEK:
        return int(text)
    return None if text == EMPTY else text
