"""A search of a whole workspace for words and addresses, and what is left of its rows."""

import gzip
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from regard.core.schema import Row, table
from regard.store.store import open_store


def found_on_disk(
    folder: Path, sought: Iterable[str], but: Iterable[str] = ()
) -> set[tuple[str, str]]:
    """What of the words sought stands in which file, however it is packed.

    but: words of others of which one sought is a part.
    """
    wanted = [text.lower() for text in sought]
    return {
        (path.relative_to(folder).as_posix(), word)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for told in _readings(path)
        for word in wanted
        if word in _without(told, but)
    }


def _without(told: str, but: Iterable[str]) -> str:
    for word in but:
        told = told.replace(word.lower(), "")
    return told


def _readings(path: Path) -> Iterator[str]:
    """A file's name, its bytes, and what is packed in it, as small letters."""
    data = path.read_bytes()
    yield path.name.lower()
    yield data.decode("latin-1").lower()
    yield data.decode("utf-8", "replace").lower()
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data).decode("utf-8", "replace").lower()
    if data[:4] == b"PAR1":
        rows = pq.ParquetFile(path).read().to_pylist()
        yield json.dumps(rows, default=str, ensure_ascii=False).lower()
        footer = pq.read_metadata(path)
        groups = [footer.row_group(place).to_dict() for place in range(footer.num_row_groups)]
        yield json.dumps(groups, default=str, ensure_ascii=False).lower()
    if path.suffix == ".json":
        # A log of Delta has one a line, whose statistics are JSON in a text once more.
        texts = [data.decode()] if data.startswith(b"{\n") else data.decode().splitlines()
        told = json.dumps([json.loads(text) for text in texts], ensure_ascii=False).lower()
        yield told
        yield told.replace("\\", "")
    if data[:15] == b"SQLite format 3":
        with sqlite3.connect(path) as base:
            yield "\n".join(base.iterdump()).lower()


def rows_left(folder: Path) -> dict[str, list[Row]]:
    """All rows of all event tables in the newest version, in the order of their keys."""
    found = {}
    with open_store(folder).snapshot() as snapshot:
        for name in snapshot.manifest.tables:
            key = [(column, "ascending") for column in table(name).key]
            found[name] = snapshot.table(name).to_pyarrow().sort_by(key).to_pylist()
    return found
