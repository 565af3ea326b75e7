"""Delta tables: rows of a schema in a folder, cut into buckets by a frozen hash of an id."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from regard.core.errors import RegardError

BUCKETS = 8
BUCKET = "bucket"
MANY_FILES = 12 * BUCKETS


def bucket_of(column: str) -> str:
    """SQL for the bucket of an id: the first byte of its MD5, so that any engine agrees."""
    return f"(('0x' || substr(md5({column}), 1, 2))::INTEGER % {BUCKETS})"


def files_of(path: Path, version: int, buckets: Iterable[int] | None = None) -> list[str]:
    """The Parquet files of a version, of some buckets or all."""
    try:
        table = DeltaTable(path, version=version)
        if buckets is None:
            return sorted(table.file_uris())
        wanted = [str(bucket) for bucket in buckets]
        return sorted(table.file_uris(partition_filters=[(BUCKET, "in", wanted)]))
    except (DeltaError, OSError) as error:
        raise RegardError(
            f"Version {version} of table {path.name} cannot be read: {_first_line(error)} "
            "Run `regard doctor` to see which file is missing."
        ) from error


def settle(path: Path, version: int | None) -> None:
    """Bring a table back to the version that the manifest names, undoing an interrupted write."""
    if not (path / "_delta_log").exists():
        return
    if version is None:
        shutil.rmtree(path)
        return
    table = DeltaTable(path)
    if table.version() != version:
        table.restore(version)


def append_all(path: Path, rows: pa.RecordBatchReader) -> int:
    """Add the rows of a reader to a divided table; the new version."""
    _write(path, rows, divided=True, mode="append")
    return DeltaTable(path).version()


def append(path: Path, rows: pa.Table, divided: bool) -> int:
    """Add rows; the table's new version."""
    _write(path, rows, divided, mode="append")
    return DeltaTable(path).version()


def replace(path: Path, rows: pa.Table | pa.RecordBatchReader, divided: bool) -> int:
    """Put these rows in place of all; the new version."""
    _write(path, rows, divided, mode="overwrite", schema_mode="overwrite")
    return DeltaTable(path).version()


def replace_buckets(path: Path, rows: pa.Table, buckets: Sequence[int]) -> int:
    """Put these rows in place of all rows of some buckets; the new version."""
    listed = ", ".join(str(bucket) for bucket in sorted(buckets))
    _write(path, rows, divided=True, mode="overwrite", predicate=f"{BUCKET} IN ({listed})")
    return DeltaTable(path).version()


def merge(path: Path, rows: pa.Table, key: Sequence[str], divided: bool) -> int:
    """Put rows in place of those with the same key and add the others; the new version."""
    names = [*key, BUCKET] if divided else list(key)
    same = " AND ".join(f'old."{name}" = new."{name}"' for name in names)
    merger = DeltaTable(path).merge(rows, same, source_alias="new", target_alias="old")
    merger.when_matched_update_all().when_not_matched_insert_all().execute()
    return DeltaTable(path).version()


def compact(path: Path) -> int:
    """Fold many small files into few where there are too many; the version after."""
    table = DeltaTable(path)
    if len(table.file_uris()) > MANY_FILES:
        table.optimize.compact()
    return DeltaTable(path).version()


def _write(path: Path, rows: Any, divided: bool, **how: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_deltalake(path, rows, partition_by=[BUCKET] if divided else None, **how)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
