"""Computing facts from the events of a snapshot: all of them, or those of some subjects."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation

from regard.core.calendar import Calendar, clock_rows, edition_rows
from regard.core.schema import Table, table, tables
from regard.facts.fact import Fact, fact
from regard.store.snapshot import Snapshot, in_memory

SOME_DAYS = timedelta(days=3)


def compute(
    snapshot: Snapshot,
    calendars: Sequence[Calendar],
    names: Iterable[str],
    *,
    until: datetime | None = None,
    bots: Sequence[str] = (),
    subjects: pa.Table | None = None,
    buckets: Sequence[int] | None = None,
) -> dict[str, Relation]:
    """Facts as relations held in the snapshot's engine, under their names.

    until: only events up to that instant are seen. bots: further ids of machines. subjects: only
    these (`source`, id of the bucket); buckets: only rows of these.
    """
    clock, editions = clock_of(snapshot, calendars)
    made: dict[str, Relation] = {}
    for name in names:
        one = fact(name)
        given: dict[str, Relation] = {}
        for read in one.reads:
            given[read] = made[read] if read in made else _events(
                snapshot, table(read), until, subjects, buckets
            )
        if "agent" in given and bots:
            given["agent"] = _with_bots(given["agent"], snapshot, bots)
        if one.opening_hours:
            given |= {"clock": clock, "editions": editions}
        made[name] = snapshot.hold(f"built_{name}", conformed(one, one.build(**given)))
    return made


def conformed(one: Fact, rows: Relation) -> Relation:
    """The declared columns in their order and types."""
    kinds = ibis.Schema.from_pyarrow(one.schema)
    return rows.select(**{name: rows[name].cast(kind) for name, kind in kinds.items()})


def clock_of(snapshot: Snapshot, calendars: Sequence[Calendar]) -> tuple[Relation, Relation]:
    """The clock and editions of the calendars over the days that the events touch."""
    first = snapshot.first_event() or datetime(1970, 1, 2, tzinfo=UTC)
    last = max(snapshot.watermarks.values(), default=first)
    clock = clock_rows(calendars, (first - SOME_DAYS).date(), (last + SOME_DAYS).date())
    return in_memory(clock), in_memory(edition_rows(calendars))


def _events(
    snapshot: Snapshot,
    declared: Table,
    until: datetime | None,
    subjects: pa.Table | None,
    buckets: Sequence[int] | None,
) -> Relation:
    rows = (
        snapshot.table(declared.name)
        if buckets is None
        else snapshot.table_of(declared.name, buckets)
    )
    if until is not None:
        rows = seen_until(rows, declared, until)
    if subjects is not None and declared.bucket is not None:
        rows = rows.semi_join(in_memory(subjects), ["source", declared.bucket])
    return rows


def seen_until(rows: Relation, declared: Table, until: datetime) -> Relation:
    """What of a table could be seen at an instant: rows that had happened, ends that had come."""
    limit = ibis.literal(until, "timestamp('UTC', 6)")
    instants = [
        c.name
        for c in declared.own_columns
        if c.kind == "instant" and c.name not in (declared.at, *declared.identity)
    ]
    if declared.at is not None:
        rows = rows.filter(rows[declared.at].isnull() | (rows[declared.at] <= limit))
    return rows.mutate(
        **{name: ibis.ifelse(rows[name] <= limit, rows[name], None) for name in instants}
    )


def _with_bots(agent: Relation, snapshot: Snapshot, bots: Sequence[str]) -> Relation:
    declared = table("agent")
    rows = [
        declared.row(source=source, agent_id=name, bot=True)
        for source in snapshot.manifest.covers
        for name in bots
    ]
    named = in_memory(pa.Table.from_pylist(rows, schema=declared.schema))
    return ibis.union(agent, named.select(*[named[c].cast(agent[c].type()) for c in agent.columns]))


def changed_subjects(snapshot: Snapshot, one: Fact, since: int) -> pa.Table | None:
    """The subjects of a fact that imports after number `since` touched; None: all of them may be.

    A change in an undivided table (teams, agents) can reach any row.
    """
    found = []
    for name in _reached(one):
        declared = tables()[name]
        rows = snapshot.table(name)
        fresh = rows.filter(rows.import_number > since)
        if declared.bucket is None:
            if fresh.count().to_pyarrow().as_py():
                return None
            continue
        found.append(fresh.select("source", **{one.bucket: fresh[declared.bucket]}))
    return ibis.union(*found, distinct=True).to_pyarrow() if len(found) > 1 else (
        found[0].distinct().to_pyarrow()
    )


def _reached(one: Fact) -> list[str]:
    names: list[str] = []
    for read in one.reads:
        names += [read] if read in tables() else _reached(fact(read))
    return sorted(set(names))
