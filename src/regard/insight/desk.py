"""Who answers the questions that judgements ask: one at a time, or read off courses asked once.

A judgement of one metric asks few questions. One of every metric over many months asks thousands:
then each metric is asked once by month and once by day, and months and days are read off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask, within_scope
from regard.insight.course import read_parts
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import missing, plan
from regard.metrics.query import Query
from regard.metrics.shape import Key
from regard.metrics.sides import Pair, Tie, ties

WHOLE: Key = ("all",)
MONTH, DAY = "month", "day"


@dataclass(frozen=True)
class Desk:
    """One store version, a scope, and who answers.

    answer: a query's result. tie: what binds the two unsplit sides of a comparison of one metric.
    """

    reader: Reader
    scope: Scope
    answer: Callable[[Query], Result]
    tie: Callable[[Query, Query], Tie]

    def zone(self, query: Query) -> str:
        """Whose days are meant."""
        return query.zone or self.reader.settings.zone


def desk(reader: Reader, scope: Scope = ALL) -> Desk:
    """Every question is asked by itself; answers are kept as `ask` keeps them."""
    return Desk(
        reader,
        scope,
        lambda query: ask(query, reader, scope),
        lambda new, old: _tied(new, old, reader, scope),
    )


def _tied(new: Query, old: Query, reader: Reader, scope: Scope) -> Tie:
    wanted = metric(new.metric)
    if missing(wanted, reader):
        return Tie()
    sides = [plan(within_scope(replace(one, by=()), scope), wanted, reader) for one in (new, old)]
    pair = (WHOLE, WHOLE)
    return ties(sides[0], sides[1], [pair], reader.snapshot.engine)[pair]


def long_desk(reader: Reader, since: date, until: date, scope: Scope = ALL) -> Desk:
    """Whole months and days of [since, until), whole months both, are read off courses."""
    told: dict[Query, Result] = {}
    tied: dict[tuple[str, Query], dict[Pair, Tie]] = {}
    near = desk(reader, scope)

    def course(query: Query, by: str) -> Query:
        # The period comes first or last as it did in the query, so that parts keep their names.
        return replace(query, since=since, until=until, by=_with(query.by, by))

    def answer(query: Query) -> Result:
        by = _grain(query, since, until)
        if not by:
            return near.answer(query)
        asked = course(query, by)
        if asked not in told:
            told[asked] = near.answer(asked)
        return told[asked] if asked == query else read_parts(told[asked], query, by)

    def tie(new: Query, old: Query) -> Tie:
        if MONTH not in (_grain(new, since, until), _grain(old, since, until)) or not _follows(
            old, new
        ):
            return near.tie(new, old)
        asked = course(replace(new, by=()), MONTH)
        if (MONTH, asked) not in tied:
            tied[MONTH, asked] = _course_ties(asked, metric(new.metric), reader, scope)
        return tied[MONTH, asked].get((_label(new), _label(old)), Tie())

    return Desk(reader, scope, answer, tie)


def _with(by: tuple[str, ...], period: str) -> tuple[str, ...]:
    return by if period in by else (period, *by)


def _grain(query: Query, since: date, until: date) -> str:
    """By what a query can be read off a course: one month by month, days by day; else empty."""
    first, last = query.since, query.until
    if first is None or last is None or first < since or last > until or query.as_of:
        return ""
    if DAY in query.by:
        return DAY
    whole = first.day == last.day == 1
    if MONTH in query.by:
        return MONTH if whole else ""
    return MONTH if whole and last == _next_month(first) else ""


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _follows(old: Query, new: Query) -> bool:
    """Whether both are single months, one right after the other."""
    assert old.since is not None
    assert new.since is not None
    single = _next_month(new.since) == new.until and _next_month(old.since) == old.until
    return single and old.until == new.since


def _label(query: Query) -> Key:
    assert query.since is not None
    return (f"{query.since:%Y-%m}",)


def _course_ties(course: Query, wanted: Metric, reader: Reader, scope: Scope) -> dict[Pair, Tie]:
    """The tie of every month of a course with the month before it."""
    if missing(wanted, reader):
        return {}
    laid = plan(within_scope(course, scope), wanted, reader)
    labels = [(period.label,) for period in laid.periods]
    pairs = list(zip(labels[1:], labels, strict=False))
    return ties(laid, laid, pairs, reader.snapshot.engine)
