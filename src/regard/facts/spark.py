"""Building facts on Spark: the same expressions over the same files, by many machines.

Only what a build reads and computes goes through Spark. What it has computed lies as Parquet files
in a scratch folder of the store, from where this process takes it into the books in the order in
which they are kept, so that readers see the former version until the new one is whole.
"""

import os
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation

from regard.core.errors import BadValue, RegardError
from regard.store import deltas, engine, shelves
from regard.store.snapshot import Snapshot

DUCKDB = "duckdb"
SCRATCH = "scratch"
MASTER = re.compile(r"spark://[^\s/,:]+:\d{1,5}(,[^\s/,:]+:\d{1,5})*|local(\[(\d{1,4}|\*)\])?")
PART = re.compile(r"\s*WITH `(?P<name>\w+)` AS \(")
NEXT_PART = re.compile(r"\s*,\s*`(?P<name>\w+)` AS \(")
SIGNS = re.compile(r"[()]|'(?:[^'\\]|\\.|'')*'|`[^`]*`", re.DOTALL)
LARGE = 10
"""Of how many tables a part of a query must be made to be computed once rather than in place."""
BATCH_ROWS = 100_000
PATIENCE_SECONDS = 5.0
GLOBS = "*?{}"
"""Signs in a path that Spark would take for a pattern, besides those that Delta cannot bear."""
TYPES = {
    pa.string(): "STRING",
    pa.timestamp("us", "UTC"): "TIMESTAMP",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
}
"""Spark's names of the types that columns have."""


def check_engine(name: str) -> None:
    """Raise BadValue unless it names an engine: `duckdb`, `spark://HOST:PORT` or `local[CORES]`."""
    if name != DUCKDB and not MASTER.fullmatch(name):
        raise BadValue("The engine", name, "`duckdb`, `spark://HOST:PORT` or `local[CORES]`")


@contextmanager
def spread(snapshot: Snapshot, master: str) -> Iterator[Snapshot]:
    """The same store version, read and computed by the Spark whose master this is.

    Raises RegardError where there is no pyspark, no Java or no master, where no worker takes up
    work, and where Spark fails on the way; nothing of the store has been changed then.
    """
    try:
        from regard.facts import spark_engine
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pyspark", "py4j"):
            raise
        raise RegardError(
            "Building on Spark needs pyspark, which is not installed. "
            "Run `pip install 'regard[spark]'`, or build without --engine."
        ) from error
    _check_java()
    _check_path(snapshot.folder)
    _reach(master)
    scratch = Path(mkdtemp(prefix="spark-", dir=_made(snapshot.folder / SCRATCH))).absolute()
    # Workers may run under another name than this process.
    scratch.chmod(0o777)
    try:
        with spark_engine.session(master, scratch) as backend:
            spark = SparkSnapshot(snapshot, backend, scratch)
            try:
                yield spark
            finally:
                spark.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def clear_scratch(folder: Path) -> None:
    """Remove what a build that was cut off has left in a store; no build may be running."""
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)


class SparkSnapshot(Snapshot):
    """A store version whose relations Spark computes; what it has computed, DuckDB hands on."""

    def __init__(self, snapshot: Snapshot, backend: Any, scratch: Path) -> None:
        super().__init__(snapshot.folder, snapshot.manifest)
        self.books = self.engine
        self.engine = cast(Any, backend)
        self.session: Any = backend._session
        self.scratch = scratch
        self._written = 0

    def read(self, name: str, files: Sequence[str], schema: pa.Schema) -> Relation:
        """The rows of Parquet files under a name, with exactly the columns of `schema`."""
        if not files:
            return self.empty(name, schema)
        # A column that older files lack is empty: the schema is told, not asked of them.
        told = ", ".join(f"`{one.name}` {TYPES[one.type]}" for one in schema)
        table = Path(files[0]).parents[1 if "=" in Path(files[0]).parent.name else 0]
        reader = self.session.read.schema(told).option("basePath", f"file:{table}")
        rows = reader.parquet(*(f"file:{file}" for file in files)).select(*schema.names)
        return self._named(name, rows, ibis.Schema.from_pyarrow(schema))

    def empty(self, name: str, schema: pa.Schema) -> Relation:
        """No rows of a schema under a name, in place of a former of that name."""
        listed = ", ".join(f"CAST(NULL AS {TYPES[one.type]}) AS `{one.name}`" for one in schema)
        return self._show(name, f"SELECT {listed} WHERE false", ibis.Schema.from_pyarrow(schema))

    def show_sql(self, name: str, sql: str, schema: pa.Schema) -> Relation:
        """SQL of Spark under a name, in the types of `schema`."""
        last = self._cut(name, sql)
        return self._show(name, _conformed(last, schema), ibis.Schema.from_pyarrow(schema))

    def hold(self, name: str, rows: Relation) -> Relation:
        """Rows of this process's memory under a name: they are files already when Spark knows."""
        return self.show(name, rows)

    def hold_sql(self, name: str, sql: str, schema: pa.Schema) -> Relation:
        """SQL computed once and held in files under a name, in place of a former."""
        place = self._place(name)
        last = self._cut(name, sql)
        self.session.sql(_conformed(last, schema)).write.parquet(f"file:{place}")
        return self.read(name, [str(file) for file in _files(place)], schema)

    def sorted_rows(
        self, rows: Relation, order: Sequence[str], bucket: str, shelf: str = "0"
    ) -> pa.RecordBatchReader:
        """The rows with their place, in the order in which they are stored: terms of SQL.

        shelf: DuckDB's SQL for the number of a row's shelf.

        Spark computes them here and now; they are read from its files, a bucket at a time.
        """
        folder = self._place(rows.get_name())
        cut = f"CAST(conv(substr(md5(`{bucket}`), 1, 2), 16, 10) AS INT) % {deltas.BUCKETS}"
        found = self.session.table(rows.get_name()).selectExpr("*", f"{cut} AS {deltas.BUCKET}")
        found.write.partitionBy(deltas.BUCKET).parquet(f"file:{folder}")
        schema = rows.schema().to_pyarrow()
        parts = sorted(folder.glob(f"{deltas.BUCKET}=*"), key=_ordinal)
        place = shelves.place_of(deltas.bucket_of(bucket), shelf)
        readers = (self._sorted(_files(part), schema, order, place) for part in parts)
        first = next(readers, None) or self._sorted([], schema, order, place)
        batches = (batch for reader in chain([first], readers) for batch in reader)
        return pa.RecordBatchReader.from_batches(first.schema, batches)

    def first_event(self) -> datetime | None:
        """The instant of the earliest event of any table."""
        if self._first is None:
            with Snapshot(self.folder, self.manifest) as books:
                self._first = books.first_event()
        return self._first

    def close(self) -> None:
        """Let go of the engine that hands on; the session is its opener's."""
        self.books.disconnect()

    def _cut(self, name: str, sql: str) -> str:
        """SQL without the parts that it reads several times: they are views, or files if large.

        Spark puts such a part in each place where it is read, which makes plans of thousands of
        tables of facts that read parts of parts. A view keeps what its names meant when it was
        made, so that these may be taken again.
        """
        parts, last = shared_parts(sql)
        for part, inner in parts:
            rows = self.session.sql(inner)
            if rows._jdf.queryExecution().analyzed().collectLeaves().size() >= LARGE:
                place = f"file:{self._place(f'{name}-{part}')}"
                rows.write.parquet(place)
                rows = self.session.read.schema(rows.schema).parquet(place)
            rows.createOrReplaceTempView(part)
        return last

    def _sorted(
        self, files: Sequence[Path], schema: pa.Schema, order: Sequence[str], place: str
    ) -> pa.RecordBatchReader:
        con = self.books.con
        told = [str(file) for file in files]
        inner = engine.read_files(con, told, schema) if told else engine.no_rows(schema)
        listed = ", ".join(order)
        found = con.sql(
            f"SELECT *, {place} AS {deltas.BUCKET} FROM ({inner}) "
            f"ORDER BY {deltas.BUCKET}, {listed}"
        )
        return found.to_arrow_reader(batch_size=BATCH_ROWS)

    def _show(self, name: str, sql: str, schema: ibis.Schema) -> Relation:
        return self._named(name, self.session.sql(sql), schema)

    def _named(self, name: str, rows: Any, schema: ibis.Schema) -> Relation:
        rows.createOrReplaceTempView(name)
        return engine.known(self.engine, name, schema)

    def _place(self, name: str) -> Path:
        self._written += 1
        return self.scratch / f"{self._written}-{name}"


def shared_parts(sql: str) -> tuple[list[tuple[str, str]], str]:
    """The parts that SQL says first (WITH), by name and in their order, and what reads them."""
    parts = []
    rest = sql
    opening = PART.match(rest)
    while opening:
        end = _closing(rest, opening.end())
        parts.append((opening["name"], rest[opening.end() : end]))
        rest = rest[end + 1 :]
        opening = NEXT_PART.match(rest)
    return parts, rest.strip()


def _closing(sql: str, start: int) -> int:
    """Where the bracket opened before `start` closes; those within words and names do not count."""
    depth = 1
    for sign in SIGNS.finditer(sql, start):
        depth += {"(": 1, ")": -1}.get(sign.group(), 0)
        if not depth:
            return sign.start()
    raise AssertionError("a bracket of SQL stays open")


def _conformed(sql: str, schema: pa.Schema) -> str:
    listed = ", ".join(f"CAST(`{one.name}` AS {TYPES[one.type]}) AS `{one.name}`" for one in schema)
    return f"SELECT {listed} FROM ({sql})"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _ordinal(folder: Path) -> int:
    """The place of a bucket; rows without an id come last, as the engine sorts them."""
    told = folder.name.partition("=")[2]
    return int(told) if told.isdigit() else deltas.BUCKETS


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _check_path(folder: Path) -> None:
    for sign in GLOBS:
        if sign in str(folder.absolute()):
            raise RegardError(
                f"Spark cannot read a store in {folder.parent}: it would take the sign {sign} in a "
                "folder's name for a pattern. Move the workspace, or build without --engine."
            )


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and not shutil.which("java"):
        raise RegardError(
            "Building on Spark needs Java 17 or newer, and there is no `java` here. Install it "
            "(on Debian: openjdk-17-jre-headless), or build without --engine."
        )


def _reach(master: str) -> None:
    """Raise RegardError unless one of the masters named can be spoken to. Spark tries for long."""
    if not master.startswith("spark://"):
        return
    why = ""
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), PATIENCE_SECONDS).close()
        except (OSError, OverflowError) as error:
            why = str(error)
        else:
            return
    raise RegardError(
        f"No Spark master answers at {master}: {why}. Start it, correct the address, or build "
        "without --engine. The facts stay as they were."
    )
