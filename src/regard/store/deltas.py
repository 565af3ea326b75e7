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
UNKEPT = "[]%\\"
"""Signs that Delta cannot keep in the path of a folder."""


def bucket_of(column: str) -> str:
    """SQL for the bucket of an id: the first byte of its MD5, so that any engine agrees."""
    return f"(('0x' || substr(md5({column}), 1, 2))::INTEGER % {BUCKETS})"


def files_of(path: Path, version: int, buckets: Iterable[int] | None = None) -> list[str]:
    """The Parquet files of a version, of some buckets or all.

    Raises RegardError, which names the table, where the version or one of its files is gone.
    """
    try:
        found = DeltaTable(_place(path), version=version).file_uris()
    except (DeltaError, OSError) as error:
        raise _unreadable(path, version, _first_line(error)) from error
    files = sorted(_file(path, uri) for uri in found)
    if buckets is not None:
        wanted = {f"{BUCKET}={bucket}" for bucket in buckets}
        files = [file for file in files if file.parent.name in wanted]
    for file in files:
        if not file.exists():
            raise _unreadable(path, version, f"the file {file.name} is gone.")
    return [str(file) for file in files]


def sql_list(files: Iterable[str]) -> str:
    """The files as a list in SQL."""
    return "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"


def settle(path: Path, version: int | None) -> None:
    """Bring a table back to the version that the manifest names, undoing an interrupted write."""
    if not (path / "_delta_log").exists():
        return
    if version is None:
        shutil.rmtree(path)
        return
    table = DeltaTable(_place(path))
    if table.version() != version and not _restored(table, version):
        table.restore(version)


def _restored(table: DeltaTable, version: int) -> bool:
    """Whether the last thing done to the table was to bring it back to that version."""
    last = table.history(1)[0]
    told = str(last.get("operationParameters", {}).get("version"))
    return last.get("operation") == "RESTORE" and told == str(version)


def append_all(path: Path, rows: pa.RecordBatchReader) -> int:
    """Add the rows of a reader to a divided table; the new version."""
    return _write(path, rows, divided=True, mode="append", schema_mode="merge")


def append(path: Path, rows: pa.Table, divided: bool) -> int:
    """Add rows, and columns that the table has not had yet; its new version."""
    return _write(path, rows, divided, mode="append", schema_mode="merge")


def replace(path: Path, rows: pa.Table | pa.RecordBatchReader, divided: bool) -> int:
    """Put these rows in place of all; the new version."""
    return _write(path, rows, divided, mode="overwrite", schema_mode="overwrite")


def replace_buckets(
    path: Path, rows: pa.Table | pa.RecordBatchReader, buckets: Sequence[int]
) -> int:
    """Put these rows in place of all rows of some buckets; the new version."""
    listed = ", ".join(str(bucket) for bucket in sorted(buckets))
    where = f"{BUCKET} IN ({listed})"
    return _write(path, rows, divided=True, mode="overwrite", predicate=where)


def merge(path: Path, rows: pa.Table, key: Sequence[str], divided: bool) -> int:
    """Put rows in place of those with the same key and add the others; the new version."""
    names = [*key, BUCKET] if divided else list(key)
    same = " AND ".join(f'old."{name}" = new."{name}"' for name in names)
    table = DeltaTable(_place(path))
    merger = table.merge(rows, same, source_alias="new", target_alias="old", merge_schema=True)
    merger.when_matched_update_all().when_not_matched_insert_all().execute()
    return DeltaTable(_place(path)).version()


def compact(path: Path) -> int:
    """Fold many small files into few where there are too many; the version after."""
    table = DeltaTable(_place(path))
    if len(table.file_uris()) > MANY_FILES:
        table.optimize.compact()
    return table.version()


def newest(path: Path) -> int:
    """The version of a table that was written last, whether a manifest names it or not."""
    return DeltaTable(_place(path)).version()


def forget(path: Path, version: int) -> None:
    """Leave of a table's past nothing that came before a version: no log, no file."""
    DeltaTable(_place(path), version=version).create_checkpoint()
    log = path / "_delta_log"
    for file in log.iterdir():
        number = file.name.split(".")[0]
        if file.suffix == ".tmp" or (number.isdigit() and int(number) < version):
            file.unlink()
    kept = {*files_of(path, version), *files_of(path, newest(path))}
    for file in path.rglob("*.parquet"):
        if log not in file.parents and str(file) not in kept:
            file.unlink()


def _write(path: Path, rows: Any, divided: bool, **how: Any) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_deltalake(_place(path), rows, partition_by=[BUCKET] if divided else None, **how)
    return DeltaTable(_place(path)).version()


def _place(path: Path) -> str:
    """The address of a folder as Delta wants it."""
    whole = path.absolute()
    for sign in UNKEPT:
        if sign in str(whole):
            raise RegardError(
                f"The store cannot lie in {path.parent}: the sign {sign} in a folder's name is "
                "more than its tables can bear. Move the workspace to another folder."
            )
    return whole.as_uri()


def _file(path: Path, uri: str) -> Path:
    """The file behind an address within the table, whatever signs its folders have."""
    *_, folder, name = uri.split("/")
    return path / folder / name if folder.startswith(f"{BUCKET}=") else path / name


def _unreadable(path: Path, version: int, why: str) -> RegardError:
    return RegardError(
        f"Version {version} of table {path.name} cannot be read: {why} "
        "Run `regard doctor` to see what is missing, then import it again."
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
