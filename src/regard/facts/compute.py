"""Computing facts from the events of a snapshot: all of them, or those of some subjects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.calendar import Calendar, clock_rows, edition_rows
from regard.core.deadlines import deadline_rows
from regard.core.schema import Table, table, tables
from regard.facts.fact import Fact, can_be, fact, facts
from regard.facts.kin import PASSED_ON, SCHEMA, kin_of, related, with_kin
from regard.facts.laid_out import laid_out
from regard.facts.persons import IDENTITY, persons_of
from regard.store.deltas import Lot
from regard.store.engine import MOMENT
from regard.store.snapshot import Snapshot, in_bucket, in_memory, in_stretch

SOME_DAYS = timedelta(days=3)
LEG = ("wait_seconds", "ring_seconds", "talk_seconds", "hold_seconds", "holds", "wrap_seconds")
LEARNT: Mapping[str, Mapping[str, str]] = {
    "call": {"outcome": "ended_at"},
    "call_leg": dict.fromkeys((*LEG, "outcome", "transferred_to"), "ends_at"),
    "case": {"outcome": "closed_at"},
    "bot_session": dict.fromkeys(("confirmed", "outcome", "ticket_id"), "ended_at"),
    "subscription": {"voluntary": "ends_at"},
    "complaint": dict.fromkeys(("remedy", "upheld"), "settled_at"),
}
"""By table: columns that are not known before an instant of the row has come, and that instant."""
Giving = Callable[[Fact, Mapping[str, Relation]], dict[str, Relation]]
COMPILED: dict[tuple[str, ...], str] = {}


@dataclass(frozen=True)
class Scope:
    """Which events facts are computed of, and what else is known.

    until: only events up to that instant are seen. bots: further ids of machines. apart: customers
    never joined with others. subjects: only these (`source`, id of the bucket). lot: only those
    of it. stored: by name, facts that are read and not made along with the others.
    """

    until: datetime | None = None
    bots: Sequence[str] = ()
    apart: Sequence[str] = ()
    subjects: pa.Table | None = None
    lot: Lot | None = None
    stored: Callable[[str], Relation] | None = None


ALL = Scope()


def compute(
    snapshot: Snapshot, calendars: Sequence[Calendar], names: Iterable[str], scope: Scope = ALL
) -> dict[str, Relation]:
    """Facts as relations in the snapshot's engine, good until the next are computed there."""
    wanted = [fact(name) for name in names]
    giving = given_by(snapshot, calendars, wanted, scope)
    made: dict[str, Relation] = {}
    for one in wanted:
        if not can_be(one, snapshot.manifest.tables):
            made[one.name] = snapshot.empty(f"built_{one.name}", one.schema)
            continue
        # What another fact reads is computed once; the rest passes through.
        read_again = any(one.name in other.reads for other in wanted)
        keep = snapshot.hold_sql if read_again else snapshot.show_sql
        made[one.name] = keep(
            f"built_{one.name}", sql_of(snapshot, one, giving(one, made)), one.schema
        )
    return made


def given_by(
    snapshot: Snapshot, calendars: Sequence[Calendar], wanted: Sequence[Fact], scope: Scope = ALL
) -> Giving:
    """What gives each of the facts `wanted` the relations that its `build` takes.

    It is told the fact and what has been made of the others by then.
    """
    clock, editions = clock_of(snapshot, calendars)
    hours = {
        "clock": snapshot.hold("given_clock", clock),
        "editions": snapshot.hold("given_editions", editions),
    }
    merging = any(one.merges for one in wanted)
    kin = kin_of(snapshot, scope.until) if merging else SCHEMA.empty_table()
    part = _Part(scope, kin, {})

    def giving(one: Fact, made: Mapping[str, Relation]) -> dict[str, Relation]:
        given = {read: _read(snapshot, one, read, made, part) for read in one.reads}
        if one.opening_hours:
            given |= hours
        if one.promises:
            given["deadlines"] = snapshot.hold("given_deadlines", _deadlines(snapshot, calendars))
        if one.persons:
            persons = persons_of(snapshot, scope.apart, scope.until)
            given["person"] = snapshot.hold("given_person", persons)
        return given

    return giving


@dataclass(frozen=True)
class _Part:
    """The events of a scope. kin: which tickets were merged.

    shown: what facts have been given of them, by name and by what tells it apart.
    """

    scope: Scope
    kin: pa.Table
    shown: dict[tuple[str, str | None], Relation]


def _read(
    snapshot: Snapshot, one: Fact, name: str, made: Mapping[str, Relation], part: _Part
) -> Relation:
    """What a fact reads under a name: a fact just made or stored before, else an event table."""
    if name in made:
        return made[name]
    if name in facts():
        assert part.scope.stored is not None, f"{one.name} reads {name}"
        return part.scope.stored(name)
    # Facts are read later than they are laid out: what differs needs a name of its own.
    shown = f"given_{name}" if one.merges else f"given_{name}_unmerged"
    key = (shown, subject_of(table(name), one.bucket))
    if key not in part.shown:
        rows = _events(snapshot, table(name), one, part)
        if name == "agent" and part.scope.bots:
            rows = _with_bots(rows, snapshot, part.scope.bots)
        part.shown[key] = snapshot.show(shown, rows)
    return part.shown[key]


def sql_of(snapshot: Snapshot, one: Fact, given: Mapping[str, Relation]) -> str:
    """The fact in SQL. Compiling takes longer than computing little, so it is done once."""
    # The names of what is given change only where a fact is stored or just made; of its columns,
    # only those of the opening hours.
    key = (
        one.name,
        snapshot.engine.name,
        *(column for rows in given.values() for column in (_named(rows), *rows.columns)),
    )
    if key not in COMPILED:
        COMPILED[key] = laid_out(
            snapshot.folder.parent / "cache",
            key,
            lambda: snapshot.compiled(conformed(one, one.build(**given))),
        )
    return COMPILED[key]


def _named(rows: Relation) -> str:
    return str(rows.get_name())


def conformed(one: Fact, rows: Relation) -> Relation:
    """The declared columns in their order and types."""
    kinds = ibis.Schema.from_pyarrow(one.schema)
    return rows.select(**{name: rows[name].cast(kind) for name, kind in kinds.items()})


def clock_of(snapshot: Snapshot, calendars: Sequence[Calendar]) -> tuple[Relation, Relation]:
    """The clock and editions of the calendars over the days that the events touch."""
    clock = clock_rows(calendars, *_days_of(snapshot))
    return in_memory(clock), in_memory(edition_rows(calendars))


def _deadlines(snapshot: Snapshot, calendars: Sequence[Calendar]) -> Relation:
    """The clock read backwards; without any promise there is nothing to read it for."""
    promised = any(name in snapshot.manifest.tables for name in ("sla_target", "sla_policy"))
    return in_memory(deadline_rows(calendars if promised else (), *_days_of(snapshot)))


def _days_of(snapshot: Snapshot) -> tuple[date, date]:
    first = snapshot.first_event() or datetime(1970, 1, 2, tzinfo=UTC)
    last = max(snapshot.watermarks.values(), default=first)
    return (first - SOME_DAYS).date(), (last + SOME_DAYS).date()


def _events(snapshot: Snapshot, declared: Table, one: Fact, part: _Part) -> Relation:
    """The rows of a table that a fact may read, those of merged tickets with their survivor."""
    scope, own = part.scope, subject_of(declared, one.bucket)
    merges = one.merges and part.kin.num_rows > 0
    # A table divided by another id (calls, for tickets) is read whole, and one whose rows pass on.
    whole = own != declared.bucket or (merges and declared.name in PASSED_ON)
    rows = (
        snapshot.table(declared.name)
        if scope.lot is None or whole
        else snapshot.table_of(declared.name, [scope.lot.bucket])
    )
    if scope.until is not None:
        rows = seen_until(rows, declared, scope.until)
    if merges:
        rows = with_kin(declared.name, rows, part.kin)
    if scope.lot is not None and own is not None and whole:
        # Else what is divided by another id would come with every lot.
        rows = rows.filter(in_bucket(rows[own], scope.lot.bucket))
    ends = in_stretch(rows[own], scope.lot) if scope.lot is not None and own is not None else []
    rows = rows.filter(*ends) if ends else rows
    if scope.subjects is not None and own is not None:
        named = in_memory(scope.subjects)
        subject = named[scope.subjects.schema.names[1]]
        rows = rows.semi_join(named, [rows.source == named.source, rows[own] == subject])
    return rows


def subject_of(declared: Table, bucket: str) -> str | None:
    """The column of a table that names the subject of facts divided by `bucket`.

    A call's own id divides calls, but a fact of tickets finds it by its ticket. None: undivided.
    """
    names = [column.name for column in declared.own_columns]
    return bucket if declared.bucket and bucket in names else declared.bucket


def seen_until(rows: Relation, declared: Table, until: datetime) -> Relation:
    """What of a table could be seen at an instant: rows that had happened, ends that had come.

    A table whose rows hold since ever (plans, people) is seen whole.
    """
    if declared.at is None:
        return rows
    limit = ibis.literal(until, MOMENT)
    rows = rows.filter(rows[declared.at].isnull() | (rows[declared.at] <= limit))
    learnt = LEARNT.get(declared.name, {})
    hidden: dict[str, Value] = {
        name: ibis.ifelse(rows[at] > limit, None, rows[name]) for name, at in learnt.items()
    }
    for column in declared.own_columns:
        if column.kind == "instant" and column.name not in (declared.at, *declared.identity):
            at = rows[column.name]
            hidden[column.name] = ibis.ifelse(at <= limit, at, None)
    return rows.mutate(**hidden)


def _with_bots(agent: Relation, snapshot: Snapshot, bots: Sequence[str]) -> Relation:
    declared = table("agent")
    sources = sorted({*snapshot.manifest.covers, *snapshot.manifest.watermarks})
    rows = [
        declared.row(source=source, agent_id=name, bot=True) for source in sources for name in bots
    ]
    named = in_memory(pa.Table.from_pylist(rows, schema=declared.schema))
    return ibis.union(agent, named.select(*[named[c].cast(agent[c].type()) for c in agent.columns]))


def changed_subjects(snapshot: Snapshot, group: Sequence[Fact], since: int) -> pa.Table | None:
    """The subjects of facts that imports after number `since` touched; None: all of them may be.

    group: facts of one bucket. A change in an undivided table (teams, agents) can reach any row.
    """
    found = []
    bucket = group[0].bucket
    before = snapshot.former(since)
    for name in sorted({name for one in group for name in _reached(one)}):
        declared = tables()[name]
        rows = snapshot.table(name)
        fresh = rows.filter(rows.import_number > since)
        if declared.bucket is None:
            if fresh.count().to_pyarrow().as_py():
                return None
            continue
        own = subject_of(declared, bucket)
        found.append(fresh.select("source", **{bucket: fresh[own]}).filter(fresh[own].notnull()))
        if own not in declared.key and fresh.count().to_pyarrow().as_py():
            # What belongs to another subject now, a call to another ticket, reaches the former too.
            if before is None:
                return None
            was = snapshot.table_in(before, name).semi_join(fresh, list(declared.key))
            found.append(was.select("source", **{bucket: own}).drop_null(bucket))
    if not found:
        # Of what is undivided alone, nothing has changed.
        return pa.table({name: pa.array([], pa.string()) for name in ("source", bucket)})
    every = found[0] if len(found) == 1 else ibis.union(*found)
    subjects = every.distinct().to_pyarrow()
    if not subjects.num_rows or not any(one.merges for one in group):
        return subjects
    if before is None:
        return None
    # Who was merged before and is no more, is reached as who is now.
    known = related(snapshot, subjects, partial(snapshot.table_in, before))
    return _either(related(snapshot, subjects), known)


def _either(one: pa.Table, other: pa.Table) -> pa.Table:
    both = pa.concat_tables([one, other.select(one.column_names)])
    return both.group_by(one.column_names).aggregate([])


def touched(snapshot: Snapshot, group: Sequence[Fact], since: int) -> bool:
    """Whether imports after number `since` brought anything that these facts are made of."""
    for name in sorted({name for one in group for name in _reached(one)}):
        rows = snapshot.table(name)
        if rows.filter(rows.import_number > since).count().to_pyarrow().as_py():
            return True
    return False


def _reached(one: Fact) -> list[str]:
    names = [IDENTITY] if one.persons else []
    for read in one.reads:
        names += [read] if read in tables() else _reached(fact(read))
    return sorted(set(names))
