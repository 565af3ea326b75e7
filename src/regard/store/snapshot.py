"""The store as it stood at one version, read through DuckDB."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as Relation

from regard.core.errors import RegardError
from regard.core.schema import Table, table
from regard.store import deltas, engine, shelves
from regard.store.engine import SPILL
from regard.store.manifest import MANIFESTS, Manifest, erased_before, read, versions

NUMBERS = count()
OF_IDS = 32
"""One of so many ids says where pieces of all of them begin."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Snapshot:
    """One version of every table, for one thread: relations over its files, and their engine."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        room: engine.Room | None = None,
        threads: int | None = None,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        # Two engines may not spill into one folder.
        alone = folder / f"{SPILL}reading-{os.getpid()}-{next(NUMBERS)}"
        room = room or engine.Room("", alone)
        self.engine: Backend = engine.connect(threads, room)
        self._read: dict[tuple[str, str], Relation] = {}
        self._held: set[str] = set()
        self._first: datetime | None = None
        self._starts: shelves.Starts | None = None

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
            self._read["table", name] = self.read(f"table_{name}", files, table(name).schema)
        return self._read["table", name]

    def table_of(self, name: str, buckets: Iterable[int]) -> Relation:
        """The rows of an event table in some buckets; all of them where it is undivided."""
        declared: Table = table(name)
        if declared.bucket is None:
            return self.table(name)
        files = self._files("tables", name, self.manifest.tables.get(name), buckets)
        return self.read(f"part_{name}", files, declared.schema)

    def fact(self, name: str, schema: pa.Schema) -> Relation:
        """The rows of a stored fact."""
        if ("fact", name) not in self._read:
            files = self._files("facts", name, self.manifest.facts.get(name))
            self._read["fact", name] = self.read(f"fact_{name}", files, schema)
        return self._read["fact", name]

    def former(self, imports: int) -> Manifest | None:
        """The newest version before this one with so many imports; None where there is none.

        One whose manifest is damaged counts as not there.
        """
        folder = self.folder / MANIFESTS
        for version in reversed(versions(folder)):
            with suppress(RegardError):
                found = read(folder, version)
                if version <= self.manifest.version and found.imports == imports:
                    return found
        return None

    def table_in(self, manifest: Manifest, name: str) -> Relation:
        """The rows of an event table in another version of the store."""
        files = self._files("tables", name, manifest.tables.get(name))
        return self.read(f"former_{name}", files, table(name).schema)

    def empty(self, name: str, schema: pa.Schema) -> Relation:
        """No rows of a schema under a name, in place of a former of that name."""
        return self._show(name, engine.no_rows(schema), ibis.Schema.from_pyarrow(schema))

    def fact_at(self, name: str, version: int | None, schema: pa.Schema) -> Relation:
        """The rows of a fact in one version of its own, which this manifest may not name yet.

        They are there under the name `stored_` and that of the fact.
        """
        return self.read(f"stored_{name}", self._files("facts", name, version), schema)

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

    def show(self, name: str, rows: Relation) -> Relation:
        """The relation under a name, in place of a former one of that name."""
        return self._show(name, self.compiled(rows), rows.schema())

    def show_sql(self, name: str, sql: str, schema: pa.Schema) -> Relation:
        """The same of SQL, in the types of `schema`."""
        given = engine.conformed(sql, schema)
        return self._show(name, given, ibis.Schema.from_pyarrow(schema))

    def hold(self, name: str, rows: Relation) -> Relation:
        """The relation computed once and held under a name, in place of a former."""
        return self._hold(name, self.compiled(rows), rows.schema())

    def hold_sql(self, name: str, sql: str, schema: pa.Schema) -> Relation:
        """The same of SQL, in the types of `schema`."""
        given = engine.conformed(sql, schema)
        return self._hold(name, given, ibis.Schema.from_pyarrow(schema))

    def read(self, name: str, files: Sequence[str], schema: pa.Schema) -> Relation:
        """The rows of Parquet files under a name, with exactly the columns of `schema`."""
        if not files:
            return self.empty(name, schema)
        sql = engine.read_files(self.engine.con, files, schema)
        return self._show(name, sql, ibis.Schema.from_pyarrow(schema))

    def compiled(self, rows: Relation) -> str:
        """The relation in the engine's SQL, whose tables in memory the engine then knows."""
        return engine.compiled(self.engine, rows)

    def _first_ids(self, files: Sequence[str], column: str, pieces: int) -> list[str]:
        """The ids at which each next piece of the rows of files begins: by some of them."""
        shares = [place / pieces for place in range(1, pieces)]
        rows = f"read_parquet({deltas.sql_list(files)}, hive_partitioning => false)"
        ((cuts,),) = self.engine.con.execute(
            f'SELECT quantile_disc("{column}", {shares}) FROM {rows} '
            f'WHERE hash("{column}") % {OF_IDS} = 0'
        ).fetchall()
        return sorted(set(cuts or ()))

    def _show(self, name: str, sql: str, schema: ibis.Schema) -> Relation:
        if name in self._held:
            # What is held stands before what is shown under the same name.
            self.engine.con.execute(f'DROP TABLE temp.main."{name}"')
            self._held.remove(name)
        return engine.show(self.engine, name, sql, schema)

    def _hold(self, name: str, sql: str, schema: ibis.Schema) -> Relation:
        # Ibis replaces a temporary table by writing it twice, so this asks the engine.
        self.engine.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        self._held.add(name)
        return engine.held_here(self.engine, name, schema)

    def sorted_rows(
        self, rows: Relation, order: Sequence[str], bucket: str, shelf: str = "0"
    ) -> pa.RecordBatchReader:
        """The rows with their place, in the order in which they are stored: terms of SQL.

        shelf: SQL for the number of a row's shelf.
        """
        listed = ", ".join(order)
        place = shelves.place_of(deltas.bucket_of(bucket), shelf)
        inner = self.compiled(rows)
        found = self.engine.con.sql(
            f"SELECT *, {place} AS {deltas.BUCKET} FROM ({inner}) "
            f"ORDER BY {deltas.BUCKET}, {listed}"
        )
        return found.to_arrow_reader(batch_size=100_000)

    def first_event(self) -> datetime | None:
        """The instant of the earliest event of any table."""
        if self._first is None:
            found = [(self.table(name), table(name).at) for name in self.manifest.tables]
            firsts = " UNION ALL ".join(
                f'SELECT min("{at}") AS first FROM "{rows.get_name()}"' for rows, at in found if at
            )
            if firsts:
                asked = f"SELECT epoch_us(min(first)) FROM ({firsts})"
                ((micros,),) = self.engine.con.execute(asked).fetchall()
                self._first = None if micros is None else EPOCH + timedelta(microseconds=micros)
        return self._first

    def starts(self) -> shelves.Starts:
        """The days on which the shelves of facts begin: by the rows of the largest event table."""
        if self._starts is None:
            dated = [name for name in self.manifest.tables if table(name).at]
            largest = max(dated, key=self.rows_of)
            at, part = table(largest).at, [0] if table(largest).bucket else None
            files = self._files("tables", largest, self.manifest.tables[largest], part)
            self._starts = shelves.starts_of(files, at) if at and files else {}
        return self._starts

    def lots(self, name: str, column: str, pieces: int = 1) -> list[deltas.Lot]:
        """All subjects, in as many pieces of each bucket as hold equally many rows of a table.

        column: the id of the subject. Files are sorted by ids, so that a piece is read without the
        rest.
        """
        found = []
        for bucket in range(deltas.BUCKETS):
            files = self._files("tables", name, self.manifest.tables.get(name), [bucket])
            cuts = self._first_ids(files, column, pieces) if files and pieces > 1 else []
            found += [deltas.Lot(bucket, *pair) for pair in pairwise([None, *cuts, None])]
        return found

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.disconnect()

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _files(
        self, kind: str, name: str, version: int | None, buckets: Iterable[int] | None = None
    ) -> list[str]:
        if version is None:
            return []
        try:
            return deltas.files_of(self.folder / kind / name, version, buckets)
        except RegardError:
            # A version that was opened before its files were erased: say so, not that it is broken.
            if self.manifest.version < erased_before(self.folder / MANIFESTS):
                read(self.folder / MANIFESTS, self.manifest.version)
            raise


def in_bucket(id_: StringValue, bucket: int) -> BooleanValue:
    """Whether an id falls into a bucket: as `deltas.bucket_of` hashes it."""
    first = range(bucket, 256, deltas.BUCKETS)
    found: BooleanValue = id_.hexdigest("md5").substr(0, 2).isin([f"{byte:02x}" for byte in first])
    return found


def in_stretch(id_: StringValue, lot: deltas.Lot) -> list[BooleanValue]:
    """What an id of a lot's bucket fulfils that falls into the lot."""
    since = [] if lot.since is None else [id_ >= lot.since]
    return since if lot.until is None else [*since, id_ < lot.until]


def in_memory(rows: pa.Table) -> Relation:
    """A relation over rows in memory."""
    return ibis.memtable(rows)
