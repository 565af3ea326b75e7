"""Writing facts: all rows anew, or the rows of some subjects in place of their former ones."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from regard.core.errors import RegardError
from regard.store import deltas
from regard.store.engine import Room
from regard.store.trouble import first_line, unreadable

BATCH_ROWS = 100_000
GROUP_ROWS = 65_536
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
    gone: Sequence[pa.Table],
    order: Sequence[str],
    bucket: str,
    room: Room | None = None,
) -> tuple[int, int]:
    """Put `rows` in place of all that agree with a row of `gone` in its columns; version and count.

    gone: tables of some columns of the fact, such as `source` and an id. order: what rows are
    stored by within their bucket, as terms of SQL. bucket: the id of it. room: what the engine that
    puts them together may take.

    Raises RegardError, and writes nothing, where a file of the version is gone or cut.
    """
    deltas.check(path, version)
    with duckdb.connect(config=room.settings() if room else {}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("incoming", rows)
        engine.execute("CREATE TEMP TABLE fresh AS SELECT * FROM incoming")
        parting = ""
        for place, named in enumerate(gone):
            engine.register(f"gone_{place}", named)
            same = " AND ".join(f'old."{one}" = gone_{place}."{one}"' for one in named.column_names)
            parting += f" ANTI JOIN gone_{place} ON {same}"
        touched = _touched(engine, path, deltas.files_of(path, version), gone, bucket)
        if not touched:
            return version, 0
        ((count,),) = engine.execute("SELECT count(*) FROM fresh").fetchall()
        # Bucket by bucket: all of them at once would be sorted, and held, together. All are looked
        # at before: the writer asks for rows, and bears no look at the table meanwhile.
        parts = [
            _joined(engine, path, deltas.files_of(path, version, [number]), number, parting, order)
            for number in touched
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
    parting: str,
    order: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    """The rows of a bucket as they shall be, sorted: the `fresh` ones and what stays.

    stored: its files. parting: joins in SQL that leave out of `old` what is gone. order: what rows
    are stored by, in SQL.
    """
    listed = ", ".join(order)
    old = f"SELECT * FROM {_read(stored)} AS old{parting} UNION ALL BY NAME " if stored else ""
    columns = ", ".join(f'"{name}"' for name in engine.table("fresh").columns)
    try:
        return engine.sql(
            f"SELECT {columns} FROM ({old}SELECT * FROM fresh WHERE {deltas.BUCKET} = {number}) "
            f"ORDER BY {listed}"
        )
    except duckdb.Error as error:
        raise unreadable(path, None, first_line(error)) from error


def _touched(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    stored: Sequence[str],
    gone: Sequence[pa.Table],
    bucket: str,
) -> list[int]:
    """The buckets that rows leave or come to; where the id is told, those that it may lie in."""
    asked = [f"SELECT DISTINCT {deltas.BUCKET} FROM fresh"]
    for place, named in enumerate(gone):
        if bucket in named.column_names:
            asked.append(f"SELECT DISTINCT {deltas.bucket_of(bucket)} FROM gone_{place}")
        elif stored:
            names = ", ".join(f'"{one}"' for one in named.column_names)
            asked.append(
                f"SELECT DISTINCT {deltas.BUCKET} FROM {_read(stored)} "
                f"SEMI JOIN gone_{place} USING ({names})"
            )
    try:
        found = engine.execute(" UNION ".join(asked) + " ORDER BY 1").fetchall()
    except duckdb.Error as error:
        raise unreadable(path, None, first_line(error)) from error
    return [number for (number,) in found]


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
