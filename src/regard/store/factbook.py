"""Writing facts: all rows anew, or the rows of some subjects in place of their former ones."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from regard.core.errors import RegardError
from regard.store import deltas, shelves
from regard.store.engine import Room
from regard.store.trouble import first_line, unreadable

BATCH_ROWS = 100_000
GROUP_ROWS = 16_384
"""Rows are read, or passed over, so many together: those of a month of a big desk."""


def settle(path: Path, version: int | None) -> None:
    """Undo what an interrupted build wrote to a fact.

    One that cannot be read is left as it is: `put` makes it anew, `update` says so.
    """
    try:
        deltas.settle(path, version)
    except RegardError:
        if version is None or not deltas.is_broken(path, version):
            raise


def put(path: Path, rows: pa.RecordBatchReader, fresh: bool) -> tuple[int, int]:
    """Write rows, in place of all where `fresh`, else beside those there; version and count.

    What was there need not be whole, or a table at all, to be replaced.
    """
    if fresh:
        deltas.clear_unless_table(path)
    counted = _Counted(rows)
    reader = pa.RecordBatchReader.from_batches(rows.schema, counted)
    version = (
        deltas.replace(path, reader, True, GROUP_ROWS)
        if fresh
        else deltas.append_all(path, reader, GROUP_ROWS)
    )
    return version, counted.rows


def update(
    path: Path,
    version: int,
    rows: pa.RecordBatchReader,
    gone: pa.Table,
    order: Sequence[str],
    first: str | None,
    room: Room | None = None,
) -> tuple[int, int]:
    """Put `rows` in place of all that agree with a row of `gone` in its columns; version and count.

    Only the shelves are written that rows leave or come to. gone: some columns of the fact, such as
    `source` and an id. order: what rows are stored by in their place, as terms of SQL. first: the
    column of the instant at which a row begins, if any. room: what the engine that puts them
    together may take.

    Raises RegardError, and writes nothing, where a file of the version is gone or cut.
    """
    deltas.check(path, version)
    with duckdb.connect(config=room.settings() if room else {}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("incoming", rows)
        engine.execute("CREATE TEMP TABLE fresh AS SELECT * FROM incoming")
        engine.unregister("incoming")
        engine.register("gone", gone)
        ((count,),) = engine.execute("SELECT count(*) FROM fresh").fetchall()
        stored = deltas.files_of(path, version)
        names = ", ".join(f'"{name}"' for name in gone.column_names)
        try:
            touched, placed = _touched(engine, stored, names, first)
        except duckdb.Error as error:
            raise unreadable(path, None, first_line(error)) from error
        if not touched:
            return version, 0
        # Place by place: all of them at once would be sorted, and held, together. All are looked
        # at before: the writer asks for rows, and bears no look at the table meanwhile.
        parts = [
            _joined(engine, path, deltas.files_in(stored, [one]), one, names, placed, order)
            for one in touched
        ]
        batches = (
            batch.cast(rows.schema)
            for part in parts
            for batch in part.to_arrow_reader(batch_size=BATCH_ROWS)
        )
        stream = pa.RecordBatchReader.from_batches(rows.schema, batches)
        return deltas.replace_buckets(path, stream, touched, GROUP_ROWS), int(count)


def _joined(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    stored: Sequence[str],
    number: int,
    names: str,
    placed: str,
    order: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    """The rows of a place as they shall be, sorted: the `fresh` ones and what stays.

    stored: its files. names: the columns of `gone`. placed: SQL for the number of a row's place
    now. order: what rows are stored by, in SQL.
    """
    listed = ", ".join(order)
    stays = f"{_read(stored)} ANTI JOIN gone USING ({names})" if stored else ""
    old = f"SELECT * FROM {stays} UNION ALL BY NAME " if stored else ""
    columns = ", ".join(
        f'{placed} AS "{name}"' if name == deltas.BUCKET else f'"{name}"'
        for name in engine.table("fresh").columns
    )
    try:
        return engine.sql(
            f"SELECT {columns} FROM ({old}SELECT * FROM fresh WHERE {deltas.BUCKET} = {number}) "
            f"ORDER BY {deltas.BUCKET}, {listed}"
        )
    except duckdb.Error as error:
        raise unreadable(path, None, first_line(error)) from error


def _touched(
    engine: duckdb.DuckDBPyConnection,
    stored: Sequence[str],
    names: str,
    first: str | None,
) -> tuple[list[int], str]:
    """The places that rows leave or come to, and SQL for the number of a row's place.

    The `fresh` rows are given their places.
    """
    old = _read(stored) if stored else "(FROM fresh LIMIT 0)"
    own = f"{deltas.BUCKET} % {deltas.BUCKETS}"
    shelf = f"{deltas.BUCKET} // {deltas.BUCKETS}"
    starts, counts = shelves.stored_starts(engine, old, first)
    placed = shelves.place_of(own, shelves.shelf_of(first, starts))
    engine.execute(f"UPDATE fresh SET {deltas.BUCKET} = {placed}")
    asked = (
        f"SELECT DISTINCT {deltas.BUCKET} FROM fresh UNION "
        f"SELECT DISTINCT {deltas.BUCKET} FROM {old} SEMI JOIN gone USING ({names})"
    )
    found = {number for (number,) in engine.execute(asked).fetchall()}
    newest = max(counts, default=0)
    if first is None or not any(number // deltas.BUCKETS >= newest for number in found):
        return sorted(found), deltas.BUCKET
    rows = f"(FROM {old} WHERE {shelf} = {newest})"
    then = shelves.divided(engine, rows, first, starts, counts)
    if then == starts:
        return sorted(found), deltas.BUCKET
    found |= set(range(deltas.BUCKETS * newest, deltas.BUCKETS * (max(then) + 1)))
    moved = shelves.place_of(own, f"greatest({newest}, {shelves.shelf_of(first, then)})")
    return sorted(found), f"CASE {shelf} WHEN {newest} THEN {moved} ELSE {deltas.BUCKET} END"


def _read(stored: Sequence[str]) -> str:
    return (
        f"read_parquet({deltas.sql_list(stored)}, union_by_name => true, "
        f"hive_partitioning => true, hive_types => {{'{deltas.BUCKET}': INTEGER}})"
    )


class _Counted:
    """Batches that count their rows as they pass."""

    def __init__(self, reader: pa.RecordBatchReader) -> None:
        self.reader, self.rows = reader, 0

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> pa.RecordBatch:
        batch = self.reader.read_next_batch()
        self.rows += batch.num_rows
        return batch
