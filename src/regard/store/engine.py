"""The calculator: DuckDB in process, reading Parquet files as relations of a declared schema."""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

MOMENT = dt.Timestamp(timezone="UTC", scale=6)


def connect(threads: int | None = None, memory: str | None = None) -> Backend:
    """A new DuckDB in memory whose days are UTC days and whose files are only read."""
    settings: dict[str, Any] = {"preserve_insertion_order": False}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    made = ibis.duckdb.connect(":memory:", **settings)
    made.con.execute("SET TimeZone = 'UTC'")
    return made


def read_files(engine: Backend, files: Sequence[str], schema: pa.Schema) -> Relation:
    """The rows of Parquet files with exactly the columns of `schema`; none where no files are.

    A column that older files lack is empty.
    """
    wanted = ibis.Schema.from_pyarrow(schema)
    if not files:
        return ibis.memtable(schema.empty_table()).select(
            **{name: ibis._[name].cast(_engine_type(kind)) for name, kind in wanted.items()}
        )
    found = engine.read_parquet(list(files), union_by_name=True, hive_partitioning=False)
    return found.select(
        **{
            name: (
                found[name].cast(_engine_type(kind))
                if name in found.columns
                else ibis.null(_engine_type(kind))
            )
            for name, kind in wanted.items()
        }
    )


def _engine_type(kind: dt.DataType) -> dt.DataType:
    return MOMENT if kind.is_timestamp() else kind.copy(nullable=True)
