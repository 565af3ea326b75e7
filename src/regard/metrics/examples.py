"""Working a metric's example: its rows through the same plan and shape as real ones."""

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation

from regard.core.calendar import ALWAYS, Calendar, CalendarVersion, clock_rows, edition_rows
from regard.facts.fact import Fact, fact
from regard.metrics.engine import values
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import Sources, plan_rows
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient, divide
from regard.metrics.shape import Found
from regard.stats.estimate import nothing
from regard.store.engine import MOMENT, connect

CALENDAR = Calendar("default", (CalendarVersion("UTC", ALWAYS),))
"""Examples in opening hours are worked around the clock."""


def work(one: Metric) -> list[Found]:
    """What a metric's example comes to: one value, or one for each of several names."""
    as_of = datetime.fromisoformat(one.example.as_of)
    if isinstance(one.shape, Quotient):
        return [_divided(one, as_of)]
    return _worked(one, one, as_of)[0]


def _worked(one: Metric, of: Metric, as_of: datetime) -> tuple[list[Found], int]:
    engine = connect(threads=1)
    try:
        said = one.example
        told = said.rows if of.fact == one.fact else said.others.get(of.fact, ())
        rows = example_rows(fact(of.fact), told)
        others = {name: example_rows(fact(name), said.others.get(name, ())) for name in of.reads}
        sources = Sources({"s": as_of}, "UTC", _clock, others=others)
        query = Query.parse(of.key, {"from": said.since} if said.since else {})
        laid = plan_rows(query, of, rows, sources)
        found, _ = values(laid, engine)
        return found.get(("all",), [Found(nothing())]), laid.days()
    finally:
        engine.disconnect()


def _divided(one: Metric, as_of: datetime) -> Found:
    shape = one.shape
    assert isinstance(shape, Quotient)
    top, _ = _worked(one, metric(shape.top), as_of)
    bottom, days = _worked(one, metric(shape.bottom), as_of)
    return Found(divide(top[0].estimate, bottom[0].estimate, days, shape))


def example_rows(one: Fact, rows: tuple[Any, ...]) -> Relation:
    """Example rows as rows of the fact: instants are ISO texts, what is left out is empty."""
    schema = one.schema
    made = [
        {
            field.name: _value(
                field.type, row.get(field.name, "s" if field.name == "source" else None)
            )
            for field in schema
        }
        for row in rows
    ]
    held = ibis.memtable(pa.Table.from_pylist(made, schema=schema))
    instants = [field.name for field in schema if pa.types.is_timestamp(field.type)]
    return held.mutate(**{n: held[n].cast(MOMENT) for n in instants})


def _value(kind: pa.DataType, said: Any) -> Any:
    if pa.types.is_date(kind) and isinstance(said, str):
        return date.fromisoformat(said)
    return datetime.fromisoformat(said) if pa.types.is_timestamp(kind) and said else said


def _clock() -> tuple[Relation, Relation]:
    first, last = date(2025, 12, 1), date(2026, 6, 1)
    return (
        ibis.memtable(clock_rows([CALENDAR], first, last)),
        ibis.memtable(edition_rows([CALENDAR])),
    )
