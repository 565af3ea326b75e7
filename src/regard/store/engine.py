"""The calculator: DuckDB in process, reading Parquet files as relations of a declared schema."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr.operations import DatabaseTable, Namespace
from ibis.expr.types import Table as Relation

from regard.core.errors import RegardError
from regard.core.schema import INSTANT
from regard.store.trouble import first_line, unreadable

MOMENT = dt.Timestamp(timezone="UTC", scale=6)
TYPES = {
    pa.string(): "VARCHAR",
    INSTANT: "TIMESTAMP WITH TIME ZONE",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
}
"""The engine's names of the types that columns have."""


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
    # A served process may look like a terminal to the engine.
    made.con.execute("SET enable_progress_bar = false")
    return made


def compiled(engine: Backend, rows: Relation) -> str:
    """The relation in the engine's SQL, whose tables in memory the engine then knows."""
    engine._run_pre_execute_hooks(rows)
    return str(engine.compile(rows))


def show(engine: Backend, name: str, sql: str, schema: ibis.Schema) -> Relation:
    """SQL that gives what `schema` says, under a name, in place of a former of that name."""
    engine.con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {sql}')
    return known(engine, name, schema)


def known(
    engine: Backend, name: str, schema: ibis.Schema, where: Namespace | None = None
) -> Relation:
    """What is there under a name. Ibis would ask the engine for columns that are known."""
    place = where or Namespace()
    made: Relation = DatabaseTable(name, schema, engine, place).to_expr()
    return made


def read_files(con: Any, files: Sequence[str], schema: pa.Schema) -> str:
    """SQL for the rows of Parquet files, with exactly the columns of `schema`.

    A column that older files lack is empty. `con` is asked which columns they have. Raises
    RegardError, which names the file, where one is cut or is no such file.
    """
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    read = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    try:
        there = con.sql(f"SELECT * FROM {read}").columns
    except duckdb.Error as error:
        raise _cut(files, error) from error
    return f"SELECT {_columns(schema, there)} FROM {read}"


def conformed(sql: str, schema: pa.Schema) -> str:
    """SQL for the same rows in exactly the types of `schema`.

    Ibis takes a sum of whole numbers for such a number; the engine makes a wider one of it.
    """
    return f"SELECT {_columns(schema, schema.names)} FROM ({sql})"


def no_rows(schema: pa.Schema) -> str:
    """SQL for no rows of a schema."""
    return f"SELECT {_columns(schema, ())} WHERE false"


def _cut(files: Sequence[str], error: duckdb.Error) -> RegardError:
    said = first_line(error)
    file = Path(next((one for one in files if one in said), files[0]))
    folder = file.parent.parent if file.parent.name.startswith("bucket=") else file.parent
    return unreadable(folder, None, f"{file.name} is damaged ({said})")


def _columns(schema: pa.Schema, there: Collection[str]) -> str:
    return ", ".join(
        f"CAST({_quoted(one.name) if one.name in there else 'NULL'} AS {TYPES[one.type]}) "
        f"AS {_quoted(one.name)}"
        for one in schema
    )


def _quoted(name: str) -> str:
    return f'"{name}"'
