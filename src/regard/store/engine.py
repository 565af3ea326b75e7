"""The calculator: DuckDB in process, reading Parquet files as relations of a declared schema."""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr.types import Table as Relation

MOMENT = dt.Timestamp(timezone="UTC", scale=6)


class _Compiler(DuckDBCompiler):
    """Ibis 12 says of a window's first and last that they skip nulls, and leaves it out here."""

    __slots__ = ()

    def visit_FirstValue(self, op: Any, *, arg: Any) -> Any:
        """The first value of the window that is there."""
        return sge.IgnoreNulls(this=self.f.first_value(arg))

    def visit_LastValue(self, op: Any, *, arg: Any) -> Any:
        """The last value of the window that is there."""
        return sge.IgnoreNulls(this=self.f.last_value(arg))


def connect(threads: int | None = None, memory: str | None = None) -> Backend:
    """A new DuckDB in memory whose days are UTC days and whose files are only read."""
    settings: dict[str, Any] = {"preserve_insertion_order": False}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    made = ibis.duckdb.connect(":memory:", **settings)
    made.compiler = _Compiler()
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
