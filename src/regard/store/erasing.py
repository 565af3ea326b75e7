"""Erasing persons: rows stay, their words are blanked, pseudonyms stand for their addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from regard.core.privacy import (
    BY,
    CUSTOMER,
    MESSAGE,
    VISITOR,
    carriers,
    ids_of,
    names_of,
    owners,
    words_of,
)
from regard.core.schema import Table, table, tables
from regard.store import deltas, marks
from regard.store.deltas import BUCKET
from regard.store.manifest import Manifest
from regard.store.marks import GAP, Needles, listed, quoted, stand_in_sql
from regard.store.store import Store

Engine = duckdb.DuckDBPyConnection
Subject = tuple[str, str, str]
IDENTITY = "customer_identity"
ROUNDS = 2
WIDTH = 100_000


@dataclass(frozen=True)
class Gone:
    """What is erased. at: when, as an ISO instant.

    subjects: (source, kind, id) of the customers themselves and of all that is theirs. values:
    ids that are addresses, wherever they stand. needles: addresses looked for in texts.
    addresses: (kind, address) that only they have. since: (source, customer, instant) of those
    who were erased at another time.
    """

    at: str
    subjects: tuple[Subject, ...] = ()
    values: tuple[str, ...] = ()
    needles: Needles = field(default_factory=Needles)
    addresses: tuple[tuple[str, str], ...] = ()
    since: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.subjects or self.values or self.needles)

    @property
    def customers(self) -> tuple[tuple[str, str], ...]:
        """The customers among the subjects."""
        return tuple((source, id_) for source, kind, id_ in self.subjects if kind == CUSTOMER)


def engine_with(subjects: Iterable[Subject], since: Iterable[tuple[str, str, str]] = ()) -> Engine:
    """An engine that knows these subjects as gone."""
    made = duckdb.connect()
    made.execute("SET TimeZone = 'UTC'")
    made.execute("CREATE TABLE gone (source VARCHAR, kind VARCHAR, id VARCHAR)")
    made.execute("CREATE TABLE since (source VARCHAR, id VARCHAR, since_at VARCHAR)")
    for name, rows in (("gone", list(subjects)), ("since", list(since))):
        if rows:
            columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            made.register("told", pa.table(columns, names=["one", "two", "three"]))
            made.execute(f"INSERT INTO {name} SELECT DISTINCT * FROM told")
            made.unregister("told")
    return made


def gone_subjects(engine: Engine) -> tuple[Subject, ...]:
    """The subjects that the engine knows as gone."""
    return tuple(engine.execute("SELECT * FROM gone ORDER BY ALL").fetchall())


def is_gone(name: str) -> str:
    """SQL for whether a row of a table is somebody's who is gone: by whom it names, else by what
    it belongs to."""
    ways = []
    for kind, columns in owners(name):
        if kind == CUSTOMER:
            continue
        shown = "subject" if not kind else quoted(kind)
        ways.append(f"(source, {shown}, {_id(columns)}) IN (FROM gone)")
    links = " OR ".join(ways) or "false"
    if any(kind == CUSTOMER for kind, _ in owners(name)):
        own = f"(source, '{CUSTOMER}', \"{BY}\") IN (FROM gone)"
        links = f'CASE WHEN "{BY}" IS NOT NULL THEN {own} ELSE {links} END'
    return f"coalesce({links}, false)"


def spread(engine: Engine, names: Iterable[str]) -> None:
    """From the subjects that are gone to all that is theirs among rows shown as `rows_TABLE`."""
    there = [name for name in names if name in carriers() or _has_visitors(name)]
    for _ in range(ROUNDS):
        for name in there:
            if name in carriers() and name != MESSAGE:
                _gather(engine, name, quoted(name), carriers()[name], is_gone(name))
            if _has_visitors(name) and BY in _columns(name):
                _gather(engine, name, quoted(VISITOR), (VISITOR,), is_gone(name))
    if MESSAGE in there:
        own = f"author_kind = 'customer' AND (source, '{CUSTOMER}', author) IN (FROM gone)"
        _gather(engine, MESSAGE, quoted(MESSAGE), carriers()[MESSAGE], f"coalesce({own}, false)")


def veiled(declared: Table, gone: Gone, key: str, rows: str) -> tuple[str, str]:
    """SQL for the rows of a table as they are left, and for whether a row of it is touched."""
    kinds = {column.name: column.personal for column in declared.columns}
    ids, words, names = ids_of(declared), words_of(declared), names_of(declared)
    within = quoted(gone.needles.pattern) if gone.needles else ""
    shown, touched = [], []
    for name in kinds:
        column = f'"{name}"'
        if name in ids and gone.values:
            hit = f"{column} IN {listed(gone.values)}"
            shown.append(f"CASE WHEN {hit} THEN {stand_in_sql(key, column)} ELSE {column} END")
            touched.append(f"coalesce({hit}, false)")
        elif name in names:
            told = f"lower(trim({column}))"
            stood = f"starts_with({column}, '{marks.STANDS}')"
            hit = f"is_gone AND {column} IS NOT NULL AND NOT {stood}"
            shown.append(f"CASE WHEN {hit} THEN {stand_in_sql(key, told)} ELSE {column} END")
            touched.append(f"({hit})")
        elif name in words:
            hit = f"regexp_matches({column}, {within}, 'i')" if within else "false"
            kept = f"regexp_replace({column}, {within}, '\\1{GAP}', 'gi')" if within else column
            shown.append(f"CASE WHEN is_gone THEN NULL WHEN {hit} THEN {kept} ELSE {column} END")
            touched.append(f"coalesce({column} IS NOT NULL AND (is_gone OR {hit}), false)")
        elif name == "erased_at":
            at = (
                "coalesce((SELECT max(since_at) FROM since WHERE since.source = told.source "
                f"AND since.id = told.{BY}), {quoted(gone.at)})::TIMESTAMPTZ"
            )
            shown.append(f"CASE WHEN is_gone THEN coalesce({column}, {at}) ELSE {column} END")
            touched.append(f"(is_gone AND {column} IS NULL)")
        else:
            shown.append(column)
    listed_ = ", ".join(f'{sql} AS "{name}"' for name, sql in zip(kinds, shown, strict=True))
    within_ = f"(SELECT *, {is_gone(declared.name)} AS is_gone FROM {rows})"
    return f"SELECT {listed_} FROM {within_} AS told", (
        f"SELECT count(*) FROM {within_} WHERE {' OR '.join(touched) or 'false'}"
    )


def find(store: Store, head: Manifest, customers: Iterable[tuple[str, str]], at: str) -> Gone:
    """All that there is of some customers: their doings, their words, their addresses."""
    with engine_with((source, CUSTOMER, id_) for source, id_ in customers) as engine:
        show_stored(engine, store, head, head.tables)
        spread(engine, head.tables)
        subjects = gone_subjects(engine)
        addresses = _addresses(engine, head)
        needles, handles = _needles(addresses, subjects)
        values: set[str] = set()
        for name in head.tables:
            for column in ids_of(table(name)):
                values |= _values(engine, name, column, needles, handles)
    return Gone(at, subjects, tuple(sorted(values)), needles, addresses)


def counted(store: Store, head: Manifest, gone: Gone) -> dict[str, tuple[int, int]]:
    """By table: how many rows are theirs, and how many of all rows will change."""
    found = {}
    with engine_with(gone.subjects, gone.since) as engine:
        show_stored(engine, store, head, head.tables)
        for name in head.tables:
            ((mine,),) = engine.execute(
                f"SELECT count(*) FROM rows_{name} WHERE {is_gone(name)}"
            ).fetchall()
            ((touched,),) = engine.execute(
                veiled(table(name), gone, "", f"rows_{name}")[1]
            ).fetchall()
            if mine or touched:
                found[name] = (int(mine), int(touched))
    return found


def rewrite(store: Store, gone: Gone, key: str) -> Manifest:
    """Write all tables that hold anything of what is gone anew, as one version of the store."""

    def change(head: Manifest) -> Manifest:
        versions = dict(head.tables)
        for name, version in head.tables.items():
            written = _rewritten(store.table_path(name), table(name), version, gone, key)
            versions[name] = written
        return replace(head, tables=versions)

    return store.publish(change)


def show_stored(engine: Engine, store: Store, head: Manifest, names: Iterable[str]) -> None:
    """Let the engine know the stored rows of tables as `rows_TABLE`, with all declared columns."""
    for name in names:
        _show(engine, name, deltas.files_of(store.table_path(name), head.tables[name]))


def veil(
    rows: Mapping[str, pa.Table], gone: Gone, key: str
) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Rows of an import without what is gone, and how many rows of each table were touched."""
    made, touched = dict(rows), {}
    with engine_with(gone.subjects, gone.since) as engine:
        for name, told in rows.items():
            engine.register("incoming", whole(told, table(name)))
            shown, asked = veiled(table(name), gone, key, "incoming")
            ((count,),) = engine.execute(asked).fetchall()
            if count:
                found = engine.sql(shown).to_arrow_table().select(told.column_names)
                made[name], touched[name] = found.cast(told.schema), int(count)
            engine.unregister("incoming")
    return made, touched


def _rewritten(path: Path, declared: Table, version: int, gone: Gone, key: str) -> int:
    """The version of a table after it was written anew; the same where that is not needed."""
    deltas.settle(path, version)
    with engine_with(gone.subjects, gone.since) as engine:
        rows = f"rows_{declared.name}"
        _show(engine, declared.name, deltas.files_of(path, version))
        shown, asked = veiled(declared, gone, key, rows)
        ((count,),) = engine.execute(asked).fetchall()
        if not count and deltas.newest(path) == version:
            return version
        divided = declared.bucket is not None
        bucket = deltas.bucket_of(f'"{declared.bucket}"') if divided else "0"
        order = ", ".join(f'"{name}"' for name in declared.key)
        cut = f", {bucket}::INTEGER AS {BUCKET}" if divided else ""
        extra = [pa.field(BUCKET, pa.int32())] if divided else []
        schema = pa.schema([*declared.schema, *extra])
        found = engine.sql(f"SELECT *{cut} FROM ({shown}) ORDER BY {bucket}, {order}")
        batches = (one.cast(schema) for one in found.to_arrow_reader(batch_size=WIDTH))
        stream = pa.RecordBatchReader.from_batches(schema, batches)
        return deltas.replace(path, stream, divided)


def _show(engine: Engine, name: str, files: list[str]) -> None:
    declared = table(name)
    if files:
        read = (
            f"read_parquet({deltas.sql_list(files)}, union_by_name => true, "
            "hive_partitioning => false)"
        )
        there = set(engine.sql(f"SELECT * FROM {read} LIMIT 0").columns)
    else:
        engine.register(f"none_{name}", declared.schema.empty_table())
        read, there = f"none_{name}", set(declared.schema.names)
    empty = {"text": "VARCHAR", "instant": "TIMESTAMPTZ", "whole": "BIGINT"}
    empty |= {"date": "DATE", "flag": "BOOLEAN"}
    listed_ = ", ".join(
        f'"{one.name}"' if one.name in there else f'NULL::{empty[one.kind]} AS "{one.name}"'
        for one in declared.columns
    )
    engine.execute(f"CREATE OR REPLACE VIEW rows_{name} AS SELECT {listed_} FROM {read}")


def whole(rows: pa.Table, declared: Table) -> pa.Table:
    """The rows with every declared column."""
    for column in declared.columns:
        if column.name not in rows.column_names:
            rows = rows.append_column(column.name, pa.nulls(rows.num_rows, column.type))
    return rows.select(declared.schema.names)


def _gather(engine: Engine, name: str, kind: str, columns: tuple[str, ...], which: str) -> None:
    engine.execute(
        f"INSERT INTO gone SELECT DISTINCT source, {kind}, {_id(columns)} FROM rows_{name} "
        f"WHERE {which} AND {_id(columns)} IS NOT NULL EXCEPT SELECT * FROM gone"
    )


def _addresses(engine: Engine, head: Manifest) -> tuple[tuple[str, str], ...]:
    """The addresses that nobody has but who is gone: (kind, address) as they are compared."""
    if IDENTITY not in head.tables:
        return ()
    found = engine.execute(
        f"SELECT kind, lower(trim(address)) FROM rows_{IDENTITY} WHERE address IS NOT NULL "
        f"GROUP BY ALL HAVING bool_and((source, '{CUSTOMER}', {BY}) IN (FROM gone)) ORDER BY ALL"
    ).fetchall()
    return tuple((kind, text) for kind, text in found if not text.startswith(marks.STANDS))


def _needles(
    addresses: Iterable[tuple[str, str]], subjects: Iterable[Subject]
) -> tuple[Needles, tuple[str, ...]]:
    """What to look for in texts; and handles, which are ids as a whole."""
    told = [*addresses, *(("", id_) for _, kind, id_ in subjects if kind == CUSTOMER)]
    mails = {text.strip().lower() for _, text in told if "@" in text.strip("@")}
    phones = {
        marks.digits_of(text) for kind, text in told if kind == "phone" or text.startswith("+")
    }
    handles = {text for kind, text in told if kind == "handle"}
    return Needles(tuple(sorted(mails)), tuple(sorted(phones - {""}))), tuple(sorted(handles))


def _values(
    engine: Engine, name: str, column: str, needles: Needles, handles: tuple[str, ...]
) -> set[str]:
    """Ids in a column that are, or hold, an address."""
    ways = [f"regexp_matches(told, {quoted(needles.pattern)}, 'i')"] if needles else []
    if handles:
        ways.append(f"ltrim(lower(trim(told)), '@') IN {listed(handles)}")
    if not ways:
        return set()
    found = engine.execute(
        f'SELECT DISTINCT told FROM (SELECT "{column}" AS told FROM rows_{name}) '
        f"WHERE {' OR '.join(ways)}"
    ).fetchall()
    return {text for (text,) in found}


def _id(columns: tuple[str, ...]) -> str:
    return " || chr(10) || ".join(f'"{name}"' for name in columns)


def _columns(name: str) -> set[str]:
    return {column.name for column in tables()[name].columns}


def _has_visitors(name: str) -> bool:
    return VISITOR in _columns(name)
