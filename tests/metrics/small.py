"""Small worlds for metrics: rows of a fact asked at once, or events built into a workspace."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from ibis.backends import BaseBackend as Backend
from ibis.expr.types import Table as Relation

from regard.core.calendar import ALWAYS, Calendar, CalendarVersion, clock_rows, edition_rows
from regard.core.schema import table
from regard.core.settings import Settings
from regard.facts.build import build
from regard.facts.fact import fact
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Result, ask
from regard.metrics.engine import Part, parts_of
from regard.metrics.examples import example_rows
from regard.metrics.framing import instants, plain_frame
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import Plan, Sources, plan_rows
from regard.metrics.query import Query
from regard.metrics.shape import Found, Frame, Key, Shape
from regard.store.engine import connect
from regard.store.snapshot import in_memory
from regard.store.store import open_store
from regard.store.workspace import init_workspace

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
DAY = 86_400
HOUR = 3_600
Row = dict[str, Any]
Events = Mapping[str, Sequence[Row]]


def at(text: str) -> datetime:
    """An instant in UTC, written `2026-03-02 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def later(text: str, seconds: float) -> datetime:
    """So many seconds after an instant."""
    return at(text) + timedelta(seconds=seconds)


def around_the_clock() -> tuple[Relation, Relation]:
    """Opening hours without end."""
    days = (date(2025, 12, 1), date(2027, 1, 1))
    told = [Calendar("default", (CalendarVersion("UTC", ALWAYS),))]
    return in_memory(clock_rows(told, *days)), in_memory(edition_rows(told))


def laid(
    one: Metric | str,
    rows: Sequence[Row],
    said: Mapping[str, Any] | None = None,
    *,
    as_of: str = "2026-05-01 00:00",
    zone: str = "UTC",
    others: Mapping[str, Sequence[Row]] | None = None,
) -> Plan:
    """A query over rows of the metric's fact, as if they were all that is known at `as_of`."""
    wanted = metric(one) if isinstance(one, str) else one
    given = example_rows(fact(wanted.fact), tuple(_texts(row) for row in rows))
    query = Query.parse(wanted.key, said or {})
    read = {
        name: example_rows(fact(name), tuple(_texts(row) for row in (others or {}).get(name, ())))
        for name in wanted.reads
    }
    sources = Sources({"s": at(as_of)}, query.zone or zone, around_the_clock, others=read)
    return plan_rows(query, wanted, given, sources)


def parts(
    one: Metric | str, rows: Sequence[Row], said: Mapping[str, Any] | None = None, **more: Any
) -> tuple[Part, ...]:
    """The parts of an answer over rows of a fact."""
    engine = connect(threads=1)
    try:
        return parts_of(laid(one, rows, said, **more), engine)
    finally:
        engine.disconnect()  # type: ignore[no-untyped-call]


def measured(
    engine: Backend,
    shape: Shape,
    rows: pa.Table,
    *,
    keys: tuple[str, ...] = ("part",),
    clusters: tuple[str, ...] = (),
    quantile: float = 0.5,
    days: int = 1,
    moments: Sequence[tuple[str, datetime]] = (),
    spans: Sequence[tuple[str, datetime, datetime]] = (),
) -> dict[Key, list[Found]]:
    """What a shape makes of rows with columns `part`, those of `clusters`, and `_day`."""
    held: list[str] = []

    make = partial(
        Frame,
        keys=keys,
        clusters=clusters,
        quantile=quantile,
        days=lambda _: days,
        moments=moments,
        spans=spans,
        moment_key="part",
    )
    frame = plain_frame(engine, make, instants(moments, spans), held)
    try:
        return shape.measure(in_memory(rows), frame)
    finally:
        for name in held:
            engine.drop_table(name)


def workspace(
    folder: Path,
    events: Events,
    *,
    zone: str = "UTC",
    covers: Sequence[str] = ("ticket", "ticket_change", "message", "agent", "team"),
    calendars: str = "",
    source: str = "s",
) -> Path:
    """A built workspace that holds these events of one source."""
    init_workspace(folder, Settings(zone=zone, sources=(source,)), calendars)
    add(folder, events, covers=covers, source=source)
    return folder


def add(folder: Path, events: Events, *, covers: Sequence[str] = (), source: str = "s") -> None:
    """Import more events and build."""
    tables = {
        name: pa.Table.from_pylist(
            [table(name).row(**{"source": source, **row}) for row in rows],
            schema=table(name).schema,
        )
        for name, rows in events.items()
    }
    open_store(folder).upsert(tables, covers={source: tuple(covers)})
    build(folder)


def answer(folder: Path, key: str, said: Mapping[str, Any] | None = None) -> Result:
    """What a fresh reader says."""
    with open_reader(folder) as reader:
        return ask(Query.parse(key, said or {}), reader)


def value(reader: Reader, key: str, **said: Any) -> float | None:
    """The value of an unsplit question."""
    (part,) = ask(Query.parse(key, said), reader).parts
    return part.estimate.value


def values(reader: Reader, key: str, by: str, **said: Any) -> dict[Any, float | None]:
    """The values of a question split one way."""
    found = ask(Query.parse(key, {**said, "by": by}), reader)
    return {part.by[by]: part.estimate.value for part in found.parts}


def change(ticket: str, n: int, when: str | datetime, to: str, **said: Any) -> Row:
    """A change of a ticket's status, by a person unless said otherwise."""
    instant = at(when) if isinstance(when, str) else when
    return {
        "ticket_id": ticket,
        "change_id": str(n),
        "ordinal": n,
        "at": instant,
        "field": "status",
        "value": to,
        "actor": "ann",
        "actor_kind": "agent",
        **said,
    }


def ticket(name: str, when: str | datetime, **said: Any) -> Row:
    """A ticket by its name and the instant it was created."""
    instant = at(when) if isinstance(when, str) else when
    return {"ticket_id": name, "created_at": instant, "customer_id": f"of {name}", **said}


def message(of: str, n: int, when: str | datetime, kind: str, **said: Any) -> Row:
    """Something said in a ticket by a customer, an agent, a bot or the system."""
    instant = at(when) if isinstance(when, str) else when
    who = {"agent": "ann", "customer": f"of {of}"}.get(kind, kind)
    return {
        "ticket_id": of,
        "message_id": f"{of}-{n}",
        "ordinal": n,
        "sent_at": instant,
        "author": who,
        "author_kind": kind,
        "public": True,
        "automatic": False,
        **said,
    }


def _texts(row: Row) -> Row:
    return {
        name: told.isoformat() if isinstance(told, datetime) else told for name, told in row.items()
    }
