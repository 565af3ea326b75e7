"""Spark as an engine of Ibis: what it must be told so that it counts as DuckDB does."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.dialects import PySpark
from py4j.protocol import Py4JError  # type: ignore[import-not-found,import-untyped,unused-ignore]
from pyspark.errors import PySparkException  # type: ignore[import-not-found,unused-ignore]
from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]

from regard.core.errors import RegardError

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Overflows and what is no number are errors, as in DuckDB.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Days before 1582 as they stand, without the leap to another calendar.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
WORKERS_SECONDS = 60.0
"""How long a build waits for a first worker, and for another where the last has gone."""
STEP_SECONDS = 0.1
DRIVER_MEMORY = ("SPARK_DRIVER_MEMORY", "2g")
"""What the plans of the larger facts need, unless the settings of Spark say otherwise."""
STOPPED = "stopped SparkContext"
"""What Spark says of whatever is asked of it once its master has not answered for a minute."""
HELD = "_held"


class _Dialect(PySpark):
    """Spark's words, of which Spark reads some signs only as they stand, not by a letter."""


_Dialect.ESCAPED_SEQUENCES = {
    sign: said for sign, said in PySpark.ESCAPED_SEQUENCES.items() if sign not in "\a\f\v"
}


class _Compiler(PySparkCompiler):
    """Ibis 12 goes over text between instants and seconds, and cuts those before 1970 upwards.

    For rows kept by a window, its SQL generator writes names that Spark does not find.
    """

    __slots__ = ()
    dialect = _Dialect

    def visit_Select(self, op: Any, **parts: Any) -> Any:
        """A selection; what is kept by a window is told within and kept without."""
        if not parts["qualified"] or parts["sort_keys"] or parts["distinct"]:
            return super().visit_Select(op, **parts)
        columns = self._cleanup_names(parts["selections"]) if parts["selections"] else [sge.Star()]
        held = sg.and_(*parts["qualified"]).as_(HELD, quoted=True)
        inner = sg.select(*columns, held).from_(parts["parent"])
        if parts["predicates"]:
            inner = inner.where(*parts["predicates"])
        names = [sg.column(name, quoted=True) for name in op.schema.names]
        return sg.select(*names).from_(inner.subquery(HELD)).where(sg.column(HELD, quoted=True))

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:
        """The second since 1970 in which an instant falls."""
        return self.f.unix_seconds(self.cast(arg, dt.timestamp))

    def visit_TimestampFromUNIX(self, op: Any, *, arg: Any, unit: Any) -> Any:
        """The instant of a second since 1970, of any year."""
        if unit is not None and unit.short != "s":
            return super().visit_TimestampFromUNIX(op, arg=arg, unit=unit)
        return self.f.timestamp_seconds(arg)

    def visit_ArrayIndex(self, op: Any, *, arg: Any, index: Any) -> Any:
        """The element at a place from 0; nothing where there is none."""
        return self.f.anon.get(arg, sge.Paren(this=index))


class _Backend(Backend):
    """Rows in memory travel as files of the scratch folder, answers as Arrow: never by pandas."""

    compiler = _Compiler()
    scratch: Path

    def _register_in_memory_table(self, op: Any) -> None:
        file = self.scratch / f"{op.name}.parquet"
        pq.write_table(op.data.to_pyarrow(op.schema), file)
        told = PySparkSchema.from_ibis(op.schema)
        rows = self._session.read.schema(told).parquet(f"file:{file}")
        rows.createOrReplaceTempView(op.name)

    def _make_memtable_finalizer(self, name: str) -> None:  # type: ignore[override]
        """The session ends soon, and its views with it."""

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """The rows of an expression as Arrow."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        sql = self.compile(table, params=params, limit=limit)
        wanted = table.schema().to_pyarrow()
        found: pa.Table = self._session.sql(sql).toArrow()
        return expr.__pyarrow_result__(found.rename_columns(wanted.names).cast(wanted))


@contextmanager
def session(master: str, scratch: Path) -> Iterator[Backend]:
    """A session on a Spark master, whose files of passage go to `scratch`; it ends with the block.

    Raises RegardError where Spark does not start, where no worker takes up work within
    WORKERS_SECONDS or all are gone for as long, and for whatever fails in Spark within the block.
    """
    gone = Event()
    try:
        spark = _started(master, scratch)
        try:
            _await_workers(spark, master)
            backend = _Backend()
            backend.scratch = scratch
            backend.do_connect(spark)
            with _attended(spark, master, gone):
                yield backend
        finally:
            spark.stop()
    except (PySparkException, Py4JError) as error:
        if gone.is_set():
            raise RegardError(
                f"No worker of {master} was left for {WORKERS_SECONDS:.0f} seconds. Start one and "
                "build again, or build without --engine. The facts stay as they were."
            ) from error
        why = _first_line(error)
        if STOPPED in str(error):
            why = f"{master} is no Spark master, or has let go of the build."
        raise RegardError(
            f"Spark could not build the facts: {why} "
            "They stay as they were. Mend it and build again, or build without --engine."
        ) from error


def _started(master: str, scratch: Path) -> Any:
    os.environ.setdefault(*DRIVER_MEMORY)
    builder = SparkSession.builder.master(master).appName("regard build")
    settings = SETTINGS | {"spark.sql.warehouse.dir": str(scratch / "warehouse")}
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def _await_workers(spark: Any, master: str) -> None:
    """Spark itself would wait for ever where no worker has room."""
    until = time.monotonic() + WORKERS_SECONDS
    while not _workers(spark, master):
        if time.monotonic() > until:
            raise RegardError(
                f"No worker of {master} took up work within {WORKERS_SECONDS:.0f} seconds. Start "
                "one, or give it cores and memory that are free. The facts stay as they were."
            )
        time.sleep(STEP_SECONDS)


@contextmanager
def _attended(spark: Any, master: str, gone: Event) -> Iterator[None]:
    """Ends what Spark does, and says so in `gone`, where no worker is left for too long."""
    over = Event()

    def attend() -> None:
        seen = time.monotonic()
        while not over.wait(STEP_SECONDS * 10):
            try:
                if _workers(spark, master):
                    seen = time.monotonic()
                elif time.monotonic() - seen > WORKERS_SECONDS:
                    gone.set()
                    # What is begun after this is ended at the next look.
                    spark.sparkContext.cancelAllJobs()
            except (PySparkException, Py4JError):
                return

    watch = Thread(target=attend, name="spark workers", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _workers(spark: Any, master: str) -> int:
    """How many processes compute for this session."""
    if not master.startswith("spark://"):
        return 1
    # The driver counts as one.
    return int(spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = next((line for line in lines if not line.startswith("An error occurred")), "")
    return (told.removeprefix(": ") or type(error).__name__)[:400]
