"""Delta tables: rows of a schema in a folder, cut into buckets by a frozen hash of an id."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from regard.core.errors import RegardError
from regard.store.trouble import first_line, unreadable, writing

BUCKETS = 8
BUCKET = "bucket"
MANY_FILES = 12 * BUCKETS
TOGETHER = 65_536
"""Rows are read, or passed over, so many together: what a few subjects need is read without all."""
UNKEPT = "[]%\\"
"""Signs that Delta cannot keep in the path of a folder."""
LOG = "_delta_log"
SPOILT = ".spoilt"
"""What the name of a file ends with that was left out because it could not be read."""
HANDS = 8
"""Files are brought to the disk so many at once: it takes them together."""


def bucket_of(column: str) -> str:
    """SQL for the bucket of an id: the first byte of its MD5, so that any engine agrees."""
    return f"(('0x' || substr(md5({column}), 1, 2))::INTEGER % {BUCKETS})"


@dataclass(frozen=True)
class Lot:
    """The subjects of a bucket whose ids lie in a stretch: from `since` on, before `until`."""

    bucket: int
    since: str | None = None
    until: str | None = None


def files_of(path: Path, version: int, buckets: Iterable[int] | None = None) -> list[str]:
    """The Parquet files of a version, of some buckets or all.

    Raises RegardError, which names the table, where the version or one of its files is gone.
    """
    files = sorted(str(_file(path, uri)) for uri in _opened(path, version).file_uris())
    if buckets is not None:
        files = files_in(files, buckets)
    for file in map(Path, files):
        if not file.exists():
            raise unreadable(path, version, f"the file {file.name} is gone")
    return files


def files_in(files: Iterable[str], buckets: Iterable[int]) -> list[str]:
    """Those of the files that lie in some buckets."""
    wanted = {f"{BUCKET}={bucket}" for bucket in buckets}
    return [file for file in files if Path(file).parent.name in wanted]


def sql_list(files: Iterable[str]) -> str:
    """The files as a list in SQL."""
    return "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"


def settle(path: Path, version: int | None) -> None:
    """Bring a table back to the version that the manifest names, undoing an interrupted write."""
    if not (path / LOG).exists():
        return
    with writing(path):
        if version is None:
            shutil.rmtree(path)
            return
        table = _settled(path, version)
        if table.version() != version and not _restored(table, version):
            files_of(path, version)
            table.restore(version)


def _settled(path: Path, version: int) -> DeltaTable:
    """The newest version of a table, without the commits that an interrupted write has cut."""
    try:
        return DeltaTable(_place(path))
    except (DeltaError, OSError):
        # No manifest names what comes after the version that counts. The newest goes first.
        _opened(path, version)
        (path / LOG / "_last_checkpoint").unlink(missing_ok=True)
        for commit in reversed(_commits(path, version)):
            commit.unlink()
        return _opened(path, None)


def _restored(table: DeltaTable, version: int) -> bool:
    """Whether the last thing done to the table was to bring it back to that version."""
    last = table.history(1)[0]
    told = str(last.get("operationParameters", {}).get("version"))
    return last.get("operation") == "RESTORE" and told == str(version)


def keep(path: Path, former: int | None, version: int) -> None:
    """Bring to the disk what a table has had since its former version: files, and its log.

    A power cut after that takes nothing away. None: the table had no former version.
    """
    anew = former is None or version <= former
    commits = _commits(path, -1 if anew or former is None else former)
    files = {path / added for commit in commits for added in _added(commit)}
    places = {file.parent for file in files} | {path.parent, path, path / LOG}
    with writing(path), ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(_sync, sorted({*files, *commits} | places)))


def damage(path: Path, version: int, ends: bool = True) -> dict[Path, str]:
    """The files of a version that are gone, cut, or not what they should be, each with what.

    ends: read the end of each file too, where a Parquet file says what it holds. Raises RegardError
    where the version itself cannot be read.
    """
    actions = pa.table(_opened(path, version).get_add_actions())
    wanted = [
        name for name in ("path", "size_bytes", "num_records") if name in actions.schema.names
    ]
    found = {}
    for told in actions.select(wanted).to_pylist():
        file = path / told["path"]
        what = _fault(file, told["size_bytes"], told.get("num_records"), ends)
        if what:
            found[file] = what
    return found


def _fault(file: Path, size: int, rows: int | None, ends: bool) -> str:
    from pyarrow.parquet import read_metadata

    if not file.exists():
        return "is gone"
    there = file.stat().st_size
    if there != size:
        return f"has {there:,} bytes and should have {size:,}"
    if not ends:
        return ""
    try:
        held = read_metadata(file).num_rows
    except (pa.ArrowException, OSError) as error:
        return f"cannot be read: {first_line(error)}"
    if rows is not None and held != rows:
        return f"has {held:,} rows and should have {rows:,}"
    return ""


def check(path: Path, version: int) -> None:
    """Raise RegardError unless every file of a version is there in its full size."""
    for file, what in damage(path, version, ends=False).items():
        raise unreadable(path, version, f"the file {file.name} {what}")


def is_broken(path: Path, version: int) -> bool:
    """Whether a version of a table cannot be read whole."""
    try:
        return bool(damage(path, version))
    except RegardError:
        return True


def clear_unless_table(path: Path) -> None:
    """Take away what is no table that can be opened, so that one can be written there."""
    if not (path / LOG).exists():
        return
    try:
        DeltaTable(_place(path))
    except DeltaError:
        with writing(path):
            shutil.rmtree(path)


def leave_out(path: Path, version: int, files: Iterable[Path]) -> int:
    """Make a version without these files, whose rows are lost; what is left of them is kept."""
    settle(path, version)
    with writing(path):
        for file in files:
            if file.exists():
                file.rename(file.with_name(file.name + SPOILT))
        _opened(path, None).repair()
    return _opened(path, None).version()


def append_all(path: Path, rows: pa.RecordBatchReader, group: int = TOGETHER) -> int:
    """Add the rows of a reader to a divided table; the new version.

    group: how many rows are read, or passed over, together.
    """
    return _write(path, rows, True, group, mode="append", schema_mode="merge")


def append(path: Path, rows: pa.Table, divided: bool) -> int:
    """Add rows, and columns that the table has not had yet; its new version."""
    return _write(path, rows, divided, mode="append", schema_mode="merge")


def replace(
    path: Path, rows: pa.Table | pa.RecordBatchReader, divided: bool, group: int = TOGETHER
) -> int:
    """Put these rows in place of all; the new version. group: as of `append_all`."""
    return _write(path, rows, divided, group, mode="overwrite", schema_mode="overwrite")


def replace_buckets(
    path: Path,
    rows: pa.Table | pa.RecordBatchReader,
    buckets: Sequence[int],
    group: int = TOGETHER,
) -> int:
    """Put these rows in place of all rows of some buckets; the new version.

    group: as of `append_all`.
    """
    listed = ", ".join(str(bucket) for bucket in sorted(buckets))
    where = f"{BUCKET} IN ({listed})"
    return _write(path, rows, True, group, mode="overwrite", predicate=where)


def merge(path: Path, rows: pa.Table, key: Sequence[str], divided: bool) -> int:
    """Put rows in place of those with the same key and add the others; the new version."""
    names = [*key, BUCKET] if divided else list(key)
    same = " AND ".join(f'old."{name}" = new."{name}"' for name in names)
    with writing(path):
        table = DeltaTable(_place(path))
        merger = table.merge(
            rows,
            same,
            source_alias="new",
            target_alias="old",
            merge_schema=True,
            writer_properties=_encoded(rows.schema),
        )
        merger.when_matched_update_all().when_not_matched_insert_all().execute()
        return DeltaTable(_place(path)).version()


def compact(path: Path) -> int:
    """Fold many small files into few where there are too many; the version after."""
    with writing(path):
        table = DeltaTable(_place(path))
        if len(table.file_uris()) > MANY_FILES:
            stored = pa.schema(table.schema().to_arrow())
            table.optimize.compact(writer_properties=_encoded(stored))
        return table.version()


def newest(path: Path) -> int:
    """The version of a table that was written last, whether a manifest names it or not."""
    return _opened(path, None).version()


def forget(path: Path, version: int) -> None:
    """Leave of a table one version alone: no log and no file of any other, whatever their names.

    It can be interrupted at any instant and run again; the version can be read all the while. No
    other process may write the table meanwhile.
    """
    log = path / LOG
    with writing(path):
        later = _commits(path, version)
        if later:
            (log / "_last_checkpoint").unlink(missing_ok=True)
        for commit in reversed(later):
            commit.unlink()
        _opened(path, version).create_checkpoint()
        own = f"{version:020d}."
        for file in log.iterdir():
            if file.is_file() and (file.name.startswith(own) or file.name == "_last_checkpoint"):
                _sync(file)
        _sync(log)
        kept = set(files_of(path, version))
        _drop(path, [file for file in _files_below(path) if not _stays(file, log, own, kept)])


def _stays(file: Path, log: Path, own: str, kept: set[str]) -> bool:
    if log in file.parents:
        return file.name.startswith(own) or file.name == "_last_checkpoint"
    return str(file) in kept


def _files_below(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if not file.is_dir() or file.is_symlink()]


def _drop(path: Path, files: Iterable[Path]) -> None:
    """Take files away, logs oldest first, and bring that to the disk."""
    places = set()
    for file in sorted(files):
        file.unlink(missing_ok=True)
        places.add(file.parent)
    for place in sorted(places | {path}):
        _sync(place)


def _write(path: Path, rows: Any, divided: bool, group: int = TOGETHER, **how: Any) -> int:
    place = _place(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_deltalake(
            place,
            rows,
            partition_by=[BUCKET] if divided else None,
            writer_properties=_encoded(rows.schema, group),
            **how,
        )
        return DeltaTable(place).version()


def _encoded(schema: pa.Schema, group: int = TOGETHER) -> WriterProperties:
    """How rows lie in files: numbers and instants by their differences, texts by a dictionary.

    Few numbers or instants come twice, and a dictionary of them takes as long again to write and as
    much room again. group: how many rows stand together.
    """
    packed = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    counted = (pa.types.is_integer, pa.types.is_timestamp)
    names = [one.name for one in schema if any(is_so(one.type) for is_so in counted)]
    return WriterProperties(
        compression="SNAPPY",
        max_row_group_size=group,
        column_properties={name: packed for name in names if name != BUCKET},
    )


def _opened(path: Path, version: int | None) -> DeltaTable:
    try:
        return DeltaTable(_place(path), version=version)
    except (DeltaError, OSError) as error:
        raise unreadable(path, version, first_line(error)) from error


def _commits(path: Path, after: int) -> list[Path]:
    """What the log says of the versions after one, oldest first."""
    named = ((file.name.partition(".")[0], file) for file in (path / LOG).glob("[0-9]*"))
    return sorted(file for stem, file in named if stem.isdecimal() and int(stem) > after)


def _added(commit: Path) -> Iterator[str]:
    """The addresses within the table of the files that a commit adds."""
    if commit.suffix != ".json":
        return
    with commit.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"add"'):
                yield json.loads(line)["add"]["path"]


def _sync(place: Path) -> None:
    try:
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        # What one commit has added the next may have taken away, and another process swept.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
