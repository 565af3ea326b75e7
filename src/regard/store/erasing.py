"""Erasing persons: rows stay, their words are blanked, pseudonyms stand for their addresses."""

from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa

from regard.core.privacy import ACCOUNT, BY, CUSTOMER, IDENTITY, ids_of
from regard.core.schema import Table, table
from regard.store import deltas, marks
from regard.store.belonging import (
    Engine,
    Gone,
    Subject,
    engine_with,
    gone_subjects,
    is_gone,
    spread,
)
from regard.store.deltas import BUCKET
from regard.store.engine import no_rows, read_files
from regard.store.manifest import Manifest
from regard.store.marks import Needles, listed, quoted
from regard.store.store import Store
from regard.store.veiling import veiled

WIDTH = 100_000
LEAST_SIGNS = 3
"""The name of an account that is shorter is no sign of somebody in a text."""


def find(store: Store, head: Manifest, customers: Iterable[tuple[str, str]], at: str) -> Gone:
    """All that there is of some customers: their doings, their words, their addresses."""
    asked = [(source, CUSTOMER, id_) for source, id_ in customers]
    with engine_with(asked, spill=store.spill_of("erasing")) as engine:
        show_stored(engine, store, head, head.tables)
        spread(engine, head.tables)
        subjects = gone_subjects(engine)
        addresses = _addresses(engine, head)
        needles = _needles(addresses, subjects)
        values: set[str] = set()
        for name in head.tables:
            for column in ids_of(table(name)):
                values |= _values(engine, name, column, needles)
    return Gone(at, subjects, tuple(sorted(values)), needles, addresses)


def counted(store: Store, head: Manifest, gone: Gone) -> dict[str, tuple[int, int]]:
    """By table: how many rows are theirs, and how many of all rows will change."""
    found = {}
    with engine_with(gone.subjects, gone.since, store.spill_of("erasing")) as engine:
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


def namesakes(store: Store, head: Manifest, gone: Gone) -> tuple[tuple[str, str], ...]:
    """Other customers, as (source, id), whose id is an address that goes with who is gone."""
    if not gone.values:
        return ()
    found: set[tuple[str, str]] = set()
    with engine_with(gone.subjects, spill=store.spill_of("erasing")) as engine:
        named = [name for name in head.tables if BY in table(name).schema.names]
        show_stored(engine, store, head, named)
        for name in named:
            found |= set(
                engine.execute(
                    f"SELECT DISTINCT source, {BY} FROM rows_{name} WHERE {BY} IN "
                    f"{listed(gone.values)} AND (source, '{CUSTOMER}', {BY}) NOT IN (FROM gone)"
                ).fetchall()
            )
    return tuple(sorted(found))


def rewrite(store: Store, gone: Gone, key: str) -> Manifest:
    """Write all tables that hold anything of what is gone anew, as one version of the store."""

    def change(head: Manifest) -> Manifest:
        versions = dict(head.tables)
        for name, version in head.tables.items():
            versions[name] = _rewritten(store, table(name), version, gone, key)
        return replace(head, tables=versions)

    return store.publish(change)


def show_stored(engine: Engine, store: Store, head: Manifest, names: Iterable[str]) -> None:
    """Let the engine know the stored rows of tables as `rows_TABLE`, with all declared columns."""
    for name in names:
        _show(engine, name, deltas.files_of(store.table_path(name), head.tables[name]))


def _rewritten(store: Store, declared: Table, version: int, gone: Gone, key: str) -> int:
    """The version of a table after it was written anew; the same where that is not needed."""
    path = store.table_path(declared.name)
    deltas.settle(path, version)
    with engine_with(gone.subjects, gone.since, store.spill_of("erasing")) as engine:
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
    schema = table(name).schema
    rows = read_files(engine, files, schema) if files else no_rows(schema)
    engine.execute(f"CREATE OR REPLACE VIEW rows_{name} AS {rows}")


def _addresses(engine: Engine, head: Manifest) -> tuple[tuple[str, str], ...]:
    """The addresses that nobody has but who is gone: (kind, address) as they are compared."""
    if IDENTITY not in head.tables:
        return ()
    found = engine.execute(
        f"SELECT kind, lower(trim(address)) FROM rows_{IDENTITY} WHERE address IS NOT NULL "
        f"GROUP BY ALL HAVING bool_and((source, '{CUSTOMER}', {BY}) IN (FROM gone)) ORDER BY ALL"
    ).fetchall()
    return tuple((kind, text) for kind, text in found if not text.startswith(marks.STANDS))


def _needles(addresses: Iterable[tuple[str, str]], subjects: Iterable[Subject]) -> Needles:
    """What to look for in texts."""
    told = [*addresses, *(("", id_) for _, kind, id_ in subjects if kind == CUSTOMER)]
    told += [("handle", id_.lstrip("@").lower()) for _, kind, id_ in subjects if kind == ACCOUNT]
    mails = {text.strip().lower() for _, text in told if "@" in text.strip("@")}
    phones = {
        marks.digits_of(text) for kind, text in told if kind == "phone" or text.startswith("+")
    }
    handles = {text for kind, text in told if kind == "handle" and len(text) >= LEAST_SIGNS}
    return Needles(tuple(sorted(mails)), tuple(sorted(phones - {""})), tuple(sorted(handles)))


def _values(engine: Engine, name: str, column: str, needles: Needles) -> set[str]:
    """Ids in a column, or in its lines, that are or hold an address."""
    if not needles:
        return set()
    found = engine.execute(
        f"SELECT DISTINCT line FROM (SELECT unnest(string_split(told, chr(10))) AS line FROM "
        f'(SELECT DISTINCT "{column}" AS told FROM rows_{name})) '
        f"WHERE regexp_matches(line, {quoted(needles.pattern)}, 'i')"
    ).fetchall()
    return {text for (text,) in found}
