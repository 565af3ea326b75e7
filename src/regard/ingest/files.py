"""Files of rows of any kind: what a file is by its content, and its rows in batches."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from regard.core.errors import BadValue, did_you_mean
from regard.ingest import delimited, jsonl, lined, parquet, records, xes
from regard.ingest.batch import Batch, name_columns
from regard.ingest.streams import LINE_LIMIT, BadFile, Checked, check_width, open_bytes

__all__ = ["BadFile", "Rows", "open_rows", "require", "sniff"]

HEAD = 1 << 16
DELIMITERS = ",\t;|"
FOREIGN = {
    b"PK\x03\x04": ("a zip archive or a spreadsheet", "Unpack it, or save it as CSV"),
    b"%PDF": ("a PDF document", "Export the rows as CSV"),
    b"\xd0\xcf\x11\xe0": ("an old Office document", "Save it as CSV"),
    b"BZh": ("a bzip2 archive", "Unpack it"),
    b"\xfd7zXZ": ("an xz archive", "Unpack it"),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", "Unpack it"),
}


@dataclass(frozen=True)
class Rows:
    """An opened file. kind: csv, jsonl, json, lines, xes, parquet. columns: known at the start."""

    kind: str
    columns: tuple[str, ...]
    batches: Iterator[Batch]


def sniff(path: Path) -> str:
    """csv, jsonl, xes or parquet, by content; anything else is a BadFile that says what it is."""
    with open_bytes(path) as file:
        head = file.read(HEAD)
    if not head:
        raise BadFile(path, "the file is empty", "Export it again")
    if head.startswith(parquet.MAGIC):
        return "parquet"
    for magic, (what, step) in FOREIGN.items():
        if head.startswith(magic):
            raise BadFile(path, f"this is {what}", step)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"<"):
        return "xes"
    return "jsonl" if start.startswith((b"{", b"[")) else "csv"


def open_rows(path: Path, encoding: str = "utf-8", delimiter: str = "") -> Rows:
    """The file's rows, in batches of text columns with the line of each row.

    A file that is not what it says raises BadFile, at once or while its batches are read.
    """
    check_encoding(encoding)
    kind = sniff(path)
    if kind == "parquet":
        return Rows(kind, parquet.columns(path), parquet.read(path))
    if kind == "csv":
        return _open_delimited(path, encoding, delimiter)
    batches = xes.read(path) if kind == "xes" else jsonl.read(path, encoding)
    first = next(batches, None)
    if first is None:
        return Rows(kind, (), iter(()))
    return Rows(kind, tuple(first.rows.schema.names), _again(first, batches))


def open_lines(path: Path, pattern: str, encoding: str = "utf-8") -> Rows:
    """The file's lines as rows, split by the named groups of a pattern."""
    _refuse(path, ("xes", "parquet"))
    return Rows("lines", lined.columns(pattern), lined.read(path, pattern, encoding))


def open_records(path: Path, name: str, encoding: str = "utf-8") -> Rows:
    """The records of JSON documents as rows."""
    _refuse(path, ("csv", "xes", "parquet"))
    batches = records.read(path, name, encoding)
    first = next(batches, None)
    if first is None:
        return Rows("json", (), iter(()))
    return Rows("json", tuple(first.rows.schema.names), _again(first, batches))


def check_encoding(encoding: str) -> None:
    """Raise BadValue where Python knows no such encoding."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise BadValue("The encoding", encoding, "one that Python knows, like utf-8") from None


def require(path: Path, rows: Rows, wanted: Iterable[str]) -> None:
    """Raise BadFile that names every wanted column the file lacks, with the nearest it has."""
    missing = sorted(set(wanted) - set(rows.columns))
    if not missing or (not rows.columns and rows.kind != "csv"):
        return
    hints = " ".join(dict.fromkeys(did_you_mean(name, rows.columns) for name in missing[:3]))
    named = ", ".join(f"'{name}'" for name in missing)
    noun = "a column" if len(missing) == 1 else "columns"
    raise BadFile(
        path,
        f"it lacks {noun} that the mapping reads: {named}. {hints}".rstrip("."),
        "Choose another mapping, or mend this one",
    )


def _open_delimited(path: Path, encoding: str, delimiter: str) -> Rows:
    header, lines = _read_header(path, encoding)
    delimiter = delimiter or max(DELIMITERS, key=lambda mark: _outside_quotes(header).count(mark))
    names = name_columns(_split_header(path, header, delimiter))
    layout = delimited.Layout(path, encoding, delimiter, names, lines)
    return Rows("csv", names, delimited.read(layout))


def _read_header(path: Path, encoding: str) -> tuple[str, int]:
    """The header's text and how many lines it takes."""
    with Checked(path, encoding) as stream:
        file = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline=None)
        header, lines = "", 0
        # A header of quoted names may run over lines; one of a thousand lines is no header.
        while lines < 100 and (not header.strip() or header.count('"') % 2):
            line = file.readline()
            if not line:
                break
            header, lines = header + line, lines + 1
    if not header.strip():
        raise BadFile(path, "the file holds no header and no rows", "Export it again")
    if any(ord(sign) < 32 and sign not in "\t\n\r" for sign in header):
        raise BadFile(path, "its first line holds control characters, so it is not a table")
    return header.strip("\r\n"), lines


def _split_header(path: Path, header: str, delimiter: str) -> Sequence[str]:
    """The header's fields; more of them than a table has are a BadFile."""
    csv.field_size_limit(LINE_LIMIT)
    try:
        found = next(csv.reader(io.StringIO(header), delimiter=delimiter))
    except csv.Error as error:
        raise BadFile(path, f"its first line is no header ({error})") from None
    check_width(path, len(found))
    return found


def _outside_quotes(header: str) -> str:
    return "".join(header.split('"')[::2])


def _refuse(path: Path, kinds: Sequence[str]) -> None:
    kind = sniff(path)
    if kind in kinds:
        named = {"csv": "a table", "xes": "XML", "parquet": "Parquet"}[kind]
        raise BadFile(path, f"it is {named}, which the mapping does not read", "Choose another")


def _again(first: Batch, rest: Iterator[Batch]) -> Iterator[Batch]:
    yield first
    yield from rest
