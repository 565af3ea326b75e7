"""The calculator: DuckDB in process, reading Parquet files as relations of a declared schema."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.common.patterns import replace
from ibis.expr.operations import DatabaseTable, DropColumns, Namespace, Project
from ibis.expr.types import Table as Relation

from regard.core.errors import RegardError
from regard.core.schema import INSTANT
from regard.store.deltas import sql_list
from regard.store.trouble import first_line, unreadable

ALLOWED = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says how many bytes a container may hold: a number, or `max`."""
MOMENT = dt.Timestamp(timezone="UTC", scale=6)
TEMPORARY = ("temp", "main")
HELD = Namespace(*TEMPORARY)
"""Where an engine keeps what is held."""
TYPES = {
    pa.string(): "VARCHAR",
    INSTANT: "TIMESTAMP WITH TIME ZONE",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
}
"""The engine's names of the types that columns have."""


@replace(DropColumns)  # type: ignore[untyped-decorator]
def _chosen(_: Any, **kwargs: Any) -> Any:
    """Choose the columns that stay.

    Of what it drops Ibis 12 makes no step that two readers could share: each computed it again.
    """
    return Project(_.parent, _.values)


class _Compiler(DuckDBCompiler):
    """Ibis 12 says of a window's first and last that they skip nulls, and leaves it out here.

    And it takes the zone off an instant before it asks for its seconds, which are UTC's in any
    zone: that took twelve times as long as the seconds themselves.
    """

    __slots__ = ()
    rewrites = (_chosen, *DuckDBCompiler.rewrites)

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:
        """The seconds since 1970, with a fraction."""
        return self.f.epoch(arg)

    def visit_FirstValue(self, op: Any, *, arg: Any) -> Any:
        """The first value of the window that is there."""
        return sge.IgnoreNulls(this=self.f.first_value(arg))

    def visit_LastValue(self, op: Any, *, arg: Any) -> Any:
        """The last value of the window that is there."""
        return sge.IgnoreNulls(this=self.f.last_value(arg))


SPILL = "spill-"
"""How folders of a store are called that hold what had no room in memory."""
UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class Room:
    """What an engine may take: memory, such as `2 GB`, and a folder for what has no room in it.

    Without memory it takes what it takes by itself.
    """

    memory: str
    spill: Path

    @property
    def bytes(self) -> int:
        """The memory in bytes."""
        number, unit = self.memory[:-2], self.memory[-2:]
        return int(float(number) * UNITS[unit])

    def settings(self) -> dict[str, Any]:
        """The same in the engine's words."""
        most = {"memory_limit": self.memory.replace(" ", "")} if self.memory else {}
        return {**most, "temp_directory": str(self.spill)}


def half_of_memory() -> str:
    """Half of what this machine has, or of what this process may have of it."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        most = min(most, int(ALLOWED.read_text(encoding="ascii")))
    return f"{most // 2_000_000} MB"


def connect(threads: int | None = None, room: Room | None = None) -> Backend:
    """A new DuckDB in memory whose days are UTC days and whose files are only read."""
    settings: dict[str, Any] = {"preserve_insertion_order": False}
    if threads:
        settings["threads"] = threads
    if room:
        settings |= room.settings()
    made = ibis.duckdb.connect(":memory:", **settings)
    made.compiler = _Compiler()
    made.con.execute("SET TimeZone = 'UTC'")
    # A served process may look like a terminal to the engine.
    made.con.execute("SET enable_progress_bar = false")
    # No file of the store is ever written again, so that what its end says is read once.
    made.con.execute("SET parquet_metadata_cache = true")
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


def held_here(engine: Backend, name: str, schema: ibis.Schema | None = None) -> Relation:
    """A temporary table by its name; without its columns the engine is asked for them."""
    if schema is None:
        return engine.table(name, database=TEMPORARY)
    return known(engine, name, schema, HELD)


def read_files(con: Any, files: Sequence[str], schema: pa.Schema) -> str:
    """SQL for the rows of Parquet files, with exactly the columns of `schema`.

    A column that older files lack is empty. `con` is asked which columns they have. Raises
    RegardError, which names the file, where one is cut or is no such file.
    """
    told, read = sql_list(files), "hive_partitioning = false"
    try:
        first, *others = _kinds(con, told)
        if any(one != first for one in others):
            # Columns of files that differ are put together anew by every query that reads them.
            read = f"union_by_name = true, {read}"
            rows = con.sql(f"SELECT * FROM read_parquet({told}, {read})")
            first = dict(zip(rows.columns, map(str, rows.types), strict=True))
    except duckdb.Error as error:
        raise _cut(files, error) from error
    return f"SELECT {_columns(schema, first)} FROM read_parquet({told}, {read})"


def _kinds(con: Any, files: str) -> list[dict[str, str]]:
    """The columns of each file and their types; one entry for each file."""
    found: dict[str, dict[str, str]] = {}
    for file, name, kind in con.execute(
        f"SELECT file_name, name, duckdb_type FROM parquet_schema({files}) WHERE type IS NOT NULL"
    ).fetchall():
        found.setdefault(file, {})[name] = kind
    return list(found.values())


def conformed(sql: str, schema: pa.Schema) -> str:
    """SQL for the same rows in exactly the types of `schema`.

    Ibis takes a sum of whole numbers for such a number; the engine makes a wider one of it.
    """
    return f"SELECT {_columns(schema, dict.fromkeys(schema.names, ''))} FROM ({sql})"


def no_rows(schema: pa.Schema) -> str:
    """SQL for no rows of a schema."""
    return f"SELECT {_columns(schema, {})} WHERE false"


def _cut(files: Sequence[str], error: duckdb.Error) -> RegardError:
    said = first_line(error)
    file = Path(next((one for one in files if one in said), files[0]))
    folder = file.parent.parent if file.parent.name.startswith("bucket=") else file.parent
    return unreadable(folder, None, f"{file.name} is damaged ({said})")


def _columns(schema: pa.Schema, there: Mapping[str, str]) -> str:
    """The columns of a schema out of those that are there, of which types are told."""
    return ", ".join(_column(one.name, TYPES[one.type], there.get(one.name)) for one in schema)


def _column(name: str, wanted: str, found: str | None) -> str:
    """A column in the type wanted: every cast costs each query that reads the rows."""
    if found == wanted:
        return _quoted(name)
    return f"CAST({_quoted(name) if found is not None else 'NULL'} AS {wanted}) AS {_quoted(name)}"


def _quoted(name: str) -> str:
    return f'"{name}"'
