"""Ways to split and filter: what a name means for a metric, and the rows a query leaves."""

from collections.abc import Sequence
from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as Relation

from regard.core.errors import UnknownName
from regard.core.period import PERIODS
from regard.facts.expressions import any_of
from regard.facts.fact import Fact, fact
from regard.metrics.laying import Given
from regard.metrics.metric import Metric
from regard.metrics.metric import metric as metric_of
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.metrics.week import WEEK


def splits_of(metric: Metric) -> tuple[str, ...]:
    """The ways to split a metric besides periods; of a quotient those that both halves know."""
    if isinstance(metric.shape, Quotient):
        below = splits_of(metric_of(metric.shape.bottom))
        return tuple(name for name in splits_of(metric_of(metric.shape.top)) if name in below)
    one = fact(metric.fact)
    return (*one.dimensions, *one.words)


def hours_of(metric: Metric) -> tuple[str, ...]:
    """The hours of the week that a metric can be split by: none where it, or a half, is a stock."""
    if isinstance(metric.shape, Quotient):
        below = hours_of(metric_of(metric.shape.bottom))
        return tuple(name for name in hours_of(metric_of(metric.shape.top)) if name in below)
    return () if metric.shape.stock else tuple(WEEK)


def asked_of(metric: Metric, query: Query) -> Metric:
    """The metric with the exclusions that hold for this query."""
    asked = {*query.by, *(name for name, _ in query.where)}
    kept = tuple(one for one in metric.excludes if not asked.intersection(one.unless))
    return metric if kept == metric.excludes else replace(metric, excludes=kept)


def extended(rows: Relation, query: Query, one: Fact, metric: Metric) -> Relation:
    """The rows with the metric's further columns and the words that the query splits by.

    Where it splits by what has several values, a row stands there once for each of them.
    """
    if metric.extend is not None:
        rows = metric.extend(rows)
    named = {*query.by, *(name for name, _ in (*query.where, *query.within))}
    words = {_word(name): say(rows) for name, say in one.words.items() if name in named}
    rows = rows.mutate(**words) if words else rows
    for name in sorted(named):
        if _is_several(name, one, metric):
            rows = rows.mutate(**{_word(name): rows[one.dimensions[name]]})
            rows = _apart(rows, _word(name)) if name in query.by else rows
    return rows


def _apart(rows: Relation, column: str) -> Relation:
    """A row for each of the values parted by `;` in a column; one with none stays as it is."""
    rows = rows.mutate(**{column: rows[column].fill_null("").split(";").unnest()})
    return rows.mutate(**{column: rows[column].nullif("")})


def _is_several(name: str, one: Fact, metric: Metric) -> bool:
    return name in one.several and name not in metric.who


def _word(name: str) -> str:
    return f"_word_{name}"


def columns_of(name: str, one: Fact, metric: Metric) -> tuple[str, ...]:
    """The columns that a way to split means: the first of them in which a row has a value."""
    if name in metric.who:
        said = metric.who[name]
        return (said,) if isinstance(said, str) else said
    if name in one.words or _is_several(name, one, metric):
        return (_word(name),)
    if name not in one.dimensions:
        known = [*one.dimensions, *one.words, *PERIODS, *hours_of(metric)]
        raise UnknownName(f"way to split {metric.key}", name, known)
    return (one.dimensions[name],)


def text_of(rows: Relation, columns: tuple[str, ...]) -> StringValue:
    """The first value that a row has in some columns, as text."""
    told = [rows[column].cast("string") for column in columns]
    return ibis.coalesce(*told) if len(told) > 1 else told[0]


def filters(query: Query, metric: Metric) -> list[tuple[str, tuple[str, ...]]]:
    """What rows are filtered by: names with the values allowed, in order.

    Which hour of the week a row lies in is known once the range is: those are not among them.
    """
    wanted: dict[str, list[str]] = {}
    weekly = hours_of(metric)
    for name, value in query.where:
        if name not in weekly:
            wanted.setdefault(name, []).extend(value.split(","))
    # A scope comes on top of every filter: asking for more must never widen it.
    return [(name, tuple(values)) for name, values in (*wanted.items(), *query.within)]


def texts_of(query: Query, metric: Metric) -> dict[str, str]:
    """The values of the filters by the names under which `filtered` asks for them."""
    return {
        _named(place, which): value
        for place, (_, values) in enumerate(filters(query, metric))
        for which, value in enumerate(values)
    }


def filtered(rows: Relation, query: Query, one: Fact, metric: Metric, given: Given) -> Relation:
    """The rows asked for: either value of one name, all names together, and within the scope."""
    for place, (name, values) in enumerate(filters(query, metric)):
        told = text_of(rows, columns_of(name, one, metric))
        texts = [
            given.text(_named(place, which)) if value else None
            for which, value in enumerate(values)
        ]
        if _is_several(name, one, metric) and name not in query.by:
            rows = rows.filter(_has_among(told, texts))
        else:
            rows = rows.filter(_is_among(told, texts))
    return rows


def _named(place: int, which: int) -> str:
    return f"filter_{place}_{which}"


def _has_among(told: StringValue, texts: Sequence[StringValue | None]) -> BooleanValue:
    """Whether one of several values parted by `;` is among some."""
    ends = ibis.literal(";")
    whole = ends + told.fill_null("") + ends
    held = [whole == ";;" if text is None else whole.contains(ends + text + ends) for text in texts]
    return any_of(*held) if held else ibis.literal(False)


def _is_among(told: StringValue, texts: Sequence[StringValue | None]) -> BooleanValue:
    """Whether a value is one of some; None means rows without a value."""
    bare = [text for text in texts if text is not None]
    keep = told.isin(bare).fill_null(False) if bare else ibis.literal(False)
    return keep | told.isnull() if len(bare) < len(texts) else keep
