"""The store as it stood at one version, read through DuckDB."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.operations import DatabaseTable
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as Relation

from regard.core.schema import INSTANT, Table, table
from regard.store import deltas, engine
from regard.store.manifest import Manifest

TYPES = {
    pa.string(): "VARCHAR",
    INSTANT: "TIMESTAMP WITH TIME ZONE",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
}
"""The engine's names of the types that columns have."""


class Snapshot:
    """One version of every table, for one thread: relations over its files, and their engine."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.engine: Backend = engine.connect()
        self._read: dict[tuple[str, str], Relation] = {}

    @property
    def watermarks(self) -> dict[str, datetime]:
        """The last event seen of each source."""
        marks = self.manifest.watermarks
        return {source: datetime.fromisoformat(marks[source]) for source in sorted(marks)}

    def covered(self, name: str) -> tuple[str, ...]:
        """The sources that fill a table."""
        covers = self.manifest.covers
        return tuple(source for source in sorted(covers) if name in covers[source])

    def table(self, name: str) -> Relation:
        """The rows of an event table, with its declared columns."""
        if ("table", name) not in self._read:
            files = self._files("tables", name, self.manifest.tables.get(name))
            self._read["table", name] = self._view(f"table_{name}", files, table(name).schema)
        return self._read["table", name]

    def table_of(self, name: str, buckets: Iterable[int]) -> Relation:
        """The rows of an event table in some buckets; all of them where it is undivided."""
        declared: Table = table(name)
        if declared.bucket is None:
            return self.table(name)
        files = self._files("tables", name, self.manifest.tables.get(name), buckets)
        return engine.read_files(self.engine, files, declared.schema)

    def fact(self, name: str, schema: pa.Schema) -> Relation:
        """The rows of a stored fact."""
        if ("fact", name) not in self._read:
            files = self._files("facts", name, self.manifest.facts.get(name))
            self._read["fact", name] = self._view(f"fact_{name}", files, schema)
        return self._read["fact", name]

    def empty(self, name: str, schema: pa.Schema) -> Relation:
        """No rows of a schema, held under a name, in place of a former of that name."""
        listed = ", ".join(f'"{one.name}" {TYPES[one.type]}' for one in schema)
        self.engine.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({listed})')
        return self.engine.table(name, database=("temp", "main"))

    def fact_at(self, name: str, version: int | None, schema: pa.Schema) -> Relation:
        """The rows of a fact in one version of its own, which this manifest may not name yet."""
        return engine.read_files(self.engine, self._files("facts", name, version), schema)

    def rows_of(self, name: str) -> int:
        """How many rows an event table holds."""
        return int(self.table(name).count().to_pyarrow().as_py())

    def bytes_of(self, name: str) -> int:
        """How many bytes the files of an event table have together."""
        files = self._files("tables", name, self.manifest.tables.get(name))
        return sum(Path(file).stat().st_size for file in files)

    def rows_like(self, name: str, wanted: pa.Table) -> pa.Table:
        """The rows of an event table that agree with a row of `wanted` in all of its columns."""
        self.engine.con.register("wanted", wanted)
        same = " AND ".join(f'stored."{one}" = wanted."{one}"' for one in wanted.column_names)
        stored = self.compiled(self.table(name))
        found = self.engine.con.sql(
            f"SELECT * FROM ({stored}) AS stored WHERE EXISTS (FROM wanted WHERE {same})"
        ).to_arrow_table()
        self.engine.con.unregister("wanted")
        return found.cast(table(name).schema)

    def show(self, name: str, rows: Relation | str) -> Relation:
        """The relation, or its SQL, under a name, in place of a former one of that name."""
        if isinstance(rows, str):
            self.engine.con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {rows}')
            return self.engine.table(name)
        # Ibis would ask the engine for the columns that it has just told it.
        self.engine._run_pre_execute_hooks(rows)
        self.engine.con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {self.compiled(rows)}')
        return self._known(name, rows)

    def _known(self, name: str, rows: Relation) -> Relation:
        """The view of that name, which has the columns of `rows`."""
        made = DatabaseTable(name=name, schema=rows.schema(), source=self.engine)
        shown: Relation = made.to_expr()
        return shown

    def compiled(self, rows: Relation) -> str:
        """The relation in the engine's SQL; it may read only what the engine knows by name."""
        return str(self.engine.compile(rows))

    def hold(self, name: str, rows: Relation | str) -> Relation:
        """The relation, or its SQL, computed once and held under a name, in place of a former.

        Ibis replaces a temporary table by writing it twice, so this asks the engine.
        """
        if not isinstance(rows, str):
            self.show(f"making_{name}", rows)
            rows = f'SELECT * FROM "making_{name}"'
        self.engine.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {rows}')
        return self.engine.table(name, database=("temp", "main"))

    def sorted_rows(self, rows: Relation, key: Sequence[str], bucket: str) -> pa.RecordBatchReader:
        """The rows with their bucket, in the order in which they are stored."""
        listed = ", ".join(f'"{name}"' for name in key)
        inner = ibis.to_sql(rows, dialect="duckdb")
        found = self.engine.con.sql(
            f"SELECT *, {deltas.bucket_of(bucket)} AS {deltas.BUCKET} FROM ({inner}) "
            f"ORDER BY {deltas.BUCKET}, {listed}"
        )
        return found.to_arrow_reader(batch_size=100_000)

    def first_event(self) -> datetime | None:
        """The instant of the earliest event of any table."""
        found = []
        for name in self.manifest.tables:
            at = table(name).at
            if at is not None:
                found.append(self.table(name)[at].min().to_pyarrow().as_py())
        known = [at for at in found if at is not None]
        return min(known) if known else None

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.disconnect()

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _view(self, name: str, files: Sequence[str], schema: pa.Schema) -> Relation:
        """The files under a name: what is built on it then compiles without their casts."""
        rows = engine.read_files(self.engine, files, schema)
        return self.show(name, rows) if files else rows

    def _files(
        self, kind: str, name: str, version: int | None, buckets: Iterable[int] | None = None
    ) -> list[str]:
        if version is None:
            return []
        return deltas.files_of(self.folder / kind / name, version, buckets)


def in_buckets(id_: StringValue, buckets: Iterable[int]) -> BooleanValue:
    """Whether an id lies in some buckets: as `deltas.bucket_of` says, in any engine."""
    wanted = set(buckets)
    bytes_ = [f"{byte:02x}" for byte in range(256) if byte % deltas.BUCKETS in wanted]
    found: BooleanValue = id_.hexdigest("md5").substr(0, 2).isin(bytes_)
    return found


def in_memory(rows: pa.Table) -> Relation:
    """A relation over rows in memory."""
    return ibis.memtable(rows)
