"""Writing facts: all rows anew, or the rows of some subjects in place of their former ones."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from regard.core.errors import RegardError
from regard.store import deltas
from regard.store.trouble import first_line, unreadable

BATCH_ROWS = 100_000


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
    version = deltas.replace(path, reader, True) if fresh else deltas.append_all(path, reader)
    return version, counted.rows


def update(
    path: Path,
    version: int,
    rows: pa.RecordBatchReader,
    subjects: pa.Table,
    key: Sequence[str],
    bucket: str,
) -> tuple[int, int]:
    """Put `rows` in place of all rows of the subjects (`source`, id); version and count.

    Raises RegardError, and writes nothing, where a file of the version is gone or cut.
    """
    deltas.check(path, version)
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("incoming", rows)
        engine.execute("CREATE TEMP TABLE fresh AS SELECT * FROM incoming")
        engine.register("subject", subjects)
        touched = [
            row[0]
            for row in engine.execute(
                f"SELECT DISTINCT {deltas.bucket_of(bucket)} FROM subject ORDER BY 1"
            ).fetchall()
        ]
        stored = deltas.files_of(path, version, touched)
        listed = ", ".join(f'"{name}"' for name in key)
        old = (
            f"SELECT * FROM read_parquet({deltas.sql_list(stored)}, union_by_name => true, "
            f"hive_partitioning => true, hive_types => {{'{deltas.BUCKET}': INTEGER}}) AS old "
            f"ANTI JOIN subject AS s ON old.source = s.source AND old.{bucket} = s.{bucket} "
            "UNION ALL BY NAME "
            if stored
            else ""
        )
        ((count,),) = engine.execute("SELECT count(*) FROM fresh").fetchall()
        try:
            found = engine.sql(f"{old}SELECT * FROM fresh ORDER BY {deltas.BUCKET}, {listed}")
        except duckdb.Error as error:
            raise unreadable(path, version, first_line(error)) from error
        shown = found.select(*rows.schema.names).to_arrow_reader(batch_size=BATCH_ROWS)
        batches = (batch.cast(rows.schema) for batch in shown)
        stream = pa.RecordBatchReader.from_batches(rows.schema, batches)
        return deltas.replace_buckets(path, stream, touched), int(count)


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
