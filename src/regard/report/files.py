"""Rows of any number as a Parquet, CSV or XLSX file that appears whole or not at all."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from regard.core.errors import RegardError, UnknownName
from regard.report.format import TURNS, shield

SHEET_ROWS = 1_000_000
"""Rows of a sheet beneath its header; a workbook's own limit is 1,048,576."""
CELL_SIGNS = 32_767
"""The longest text a cell may hold."""
EXACT = 2**53
"""Whole numbers beyond this lose digits in a cell, so they are written as text."""
FORMULA = "^[\\s\u00a0\u2000-\u200b\u3000]*[=+\\-@＝＋－＠]|^[\t\r]"
"""What a spreadsheet may take for the start of a formula, also in full width or after blanks."""

Batches = Iterable[pa.RecordBatch]
Told = Callable[[int], None]


@dataclass(frozen=True)
class Written:
    """A file that was written: its rows, and how many texts were cut to what a cell may hold."""

    path: Path
    rows: int
    cut: int = 0


def write_rows(
    path: Path, schema: pa.Schema, batches: Batches, told: Told | None = None
) -> Written:
    """Write all rows to `path`, in the format of its suffix: .parquet, .csv or .xlsx.

    told: called with the number of rows after each batch. The file is written under another name
    beside it and renamed at the end, so that what was killed leaves nothing half. CSV: UTF-8,
    instants in ISO form with Z, empty for null, an apostrophe before any text that a
    spreadsheet would take for a formula, and texts that turn directions isolated. XLSX:
    sheets of 1,000,000 rows, instants in UTC.
    """
    write = writer_of(path)
    with _draft(path) as draft:
        rows, cut = write(draft, schema, _counted(batches, told or (lambda _: None)))
    return Written(path, rows, cut)


def writer_of(path: Path) -> Callable[[Path, pa.Schema, Batches], tuple[int, int]]:
    """The writer for a file's suffix; another suffix is an error that names those there are."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise UnknownName("export format", suffix or path.name, WRITERS)
    return WRITERS[suffix]


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{shield(text)}" if re.search(FORMULA, text) else shield(text)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    draft = path.with_name(f".{path.stem}.{os.getpid()}.draft{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise RegardError(
            f"{path} cannot be written: {error.strerror or error}. Nothing was left there; choose "
            "another place or make room."
        ) from error
    finally:
        if draft.exists():
            draft.unlink()


def _counted(batches: Batches, told: Told) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        yield batch
        rows += batch.num_rows
        told(rows)


def _write_parquet(draft: Path, schema: pa.Schema, batches: Batches) -> tuple[int, int]:
    rows = 0
    with pa.parquet.ParquetWriter(draft, schema, compression="zstd") as file:
        for batch in batches:
            file.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows, 0


def _write_csv(draft: Path, schema: pa.Schema, batches: Batches) -> tuple[int, int]:
    rows = 0
    plain = pa.schema([(field.name, _plain_type(field.type)) for field in schema])
    with pa.csv.CSVWriter(draft, plain) as file:
        for batch in batches:
            columns = [_plain(column) for column in batch.columns]
            file.write_batch(pa.RecordBatch.from_arrays(columns, schema=plain))
            rows += batch.num_rows
    return rows, 0


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_timestamp(kind) else kind


def _plain(column: pa.Array) -> pa.Array:
    """The column as a CSV holds it: instants as text, texts harmless."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_string(column.type):
        turned = pc.match_substring_regex(column, TURNS)
        if pc.any(turned).as_py():
            texts = [None if one is None else harmless(one) for one in column.to_pylist()]
            return pa.array(texts, pa.string())
        risky = pc.match_substring_regex(column, FORMULA)
        return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
    return column


def _write_xlsx(draft: Path, schema: pa.Schema, batches: Batches) -> tuple[int, int]:
    book = _Workbook(draft, schema)
    try:
        for batch in batches:
            book.add(batch)
    finally:
        book.close()
    return book.rows, book.cut


class _Workbook:
    """A workbook being written row after row in constant memory, over as many sheets as needed."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.rows = self.cut = 0
        self._names = schema.names
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        self._file = xlsxwriter.Workbook(path, options)
        self._file.use_zip64()
        self._head = self._file.add_format({"bold": True})
        self._day = self._file.add_format({"num_format": "yyyy-mm-dd"})
        self._open_sheet()

    def add(self, batch: pa.RecordBatch) -> None:
        """Write a batch's rows beneath the others."""
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            if self._row > SHEET_ROWS:
                self._open_sheet()
            for column, value in enumerate(values):
                if value is not None:
                    self._write(column, value)
            self._row += 1
            self.rows += 1

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _open_sheet(self) -> None:
        self._sheet = self._file.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(self._names):
            self._sheet.write_string(0, column, name, self._head)
        self._row = 1

    def _write(self, column: int, value: Any) -> None:
        """Write one cell by its kind; texts as texts, so that none becomes a formula."""
        sheet, row = self._sheet, self._row
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, float | int) and _fits(value):
            sheet.write_number(row, column, value)
        elif isinstance(value, datetime) and value.year >= 1900:
            sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None))
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
            sheet.write_datetime(row, column, datetime.combine(value, time()), self._day)
        else:
            text = value.isoformat() if isinstance(value, date) else shield(str(value))
            self.cut += len(text) > CELL_SIGNS
            sheet.write_string(row, column, text[:CELL_SIGNS])


def _fits(value: float | int) -> bool:
    """Whether a cell holds the number as it is."""
    return isfinite(value) if isinstance(value, float) else abs(value) <= EXACT


WRITERS: Mapping[str, Callable[[Path, pa.Schema, Batches], tuple[int, int]]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}
