"""Files of rows: whole, harmless in a spreadsheet, or not there at all."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regard.core.errors import RegardError
from regard.core.schema import INSTANT
from regard.report import files

# A reader of workbooks that says nothing of its types.
openpyxl: Any = import_module("openpyxl")
escape: Any = import_module("openpyxl.utils.escape")
SCHEMA = pa.schema([("id", pa.string()), ("n", pa.int64()), ("at", INSTANT), ("open", pa.bool_())])
NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
MANY = 50_001


def batches(count: int, size: int = 10_000) -> Iterator[pa.RecordBatch]:
    """Rows 0 … count − 1 in batches."""
    for start in range(0, count, size):
        numbers = range(start, min(start + size, count))
        rows = [{"id": f"t{n}", "n": n, "at": NOON, "open": n % 2 == 0} for n in numbers]
        yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def one(**values: object) -> list[pa.RecordBatch]:
    """A batch of one row; what is left out is null."""
    return [pa.RecordBatch.from_pylist([{"id": None} | values], schema=SCHEMA)]


def sheets(path: Path) -> list[list[tuple[object, ...]]]:
    """The rows of every sheet of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    finally:
        book.close()


def ids(path: Path) -> list[object]:
    """The ids in a file of any kind."""
    if path.suffix == ".parquet":
        return list(pq.read_table(path)["id"].to_pylist())
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return [row["id"] for row in csv.DictReader(file)]
    return [row[0] for sheet in sheets(path) for row in sheet[1:]]


@pytest.mark.parametrize("suffix", files.WRITERS)
def test_fifty_thousand_and_one_rows_are_all_there(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows{suffix}"
    seen: list[int] = []
    written = files.write_rows(path, SCHEMA, batches(MANY), seen.append)
    assert (written.rows, seen[-1]) == (MANY, MANY)
    assert ids(path) == [f"t{n}" for n in range(MANY)]


def test_a_workbook_goes_on_over_as_many_sheets_as_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SHEET_ROWS", 1_000)
    path = tmp_path / "rows.xlsx"
    files.write_rows(path, SCHEMA, batches(2_500))
    found = sheets(path)
    assert [len(sheet) for sheet in found] == [1_001, 1_001, 501]
    assert {sheet[0] for sheet in found} == {("id", "n", "at", "open")}
    assert ids(path) == [f"t{n}" for n in range(2_500)]


@pytest.mark.parametrize(
    "text", ["=2+5", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
)
def test_a_text_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.csv", SCHEMA, one(id=text))
    assert ids(tmp_path / "rows.csv") == [f"'{text}"]
    assert files.harmless(text) == f"'{text}"
    files.write_rows(tmp_path / "rows.xlsx", SCHEMA, one(id=text))
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    assert book.active is not None
    cell = book.active["A2"]
    assert (cell.data_type, escape.unescape(str(cell.value))) == ("s", text)


def test_numbers_below_nought_stay_numbers_in_csv(tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.csv", SCHEMA, one(id="a", n=-5))
    assert (tmp_path / "rows.csv").read_text().splitlines()[1] == '"a",-5,,'


def test_parquet_keeps_every_value_as_it_is(tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.parquet", SCHEMA, one(id="=1", n=2**60, at=NOON))
    (row,) = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert row == {"id": "=1", "n": 2**60, "at": NOON, "open": None}


def test_csv_says_instants_in_utc_to_the_microsecond(tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.csv", SCHEMA, one(id="a", at=NOON))
    assert "2026-03-02T12:00:00.250000Z" in (tmp_path / "rows.csv").read_text()


def test_a_workbook_loses_no_digit_of_a_large_number(tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.xlsx", SCHEMA, one(id="a", n=2**60, at=NOON))
    ((_, row),) = sheets(tmp_path / "rows.xlsx")
    assert row[1] == str(2**60)
    assert row[2] == datetime(2026, 3, 2, 12, 0, 0, 250_000)  # noqa: DTZ001


def test_a_workbook_says_days_and_instants_before_1900_as_text(tmp_path: Path) -> None:
    schema = pa.schema([("on", pa.date32()), ("at", INSTANT)])
    rows = [
        {"on": date(2026, 3, 2), "at": datetime(1850, 1, 1, tzinfo=UTC)},
        {"on": date(1850, 1, 1), "at": None},
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    files.write_rows(tmp_path / "rows.xlsx", schema, [batch])
    ((_, first, second),) = sheets(tmp_path / "rows.xlsx")
    assert first == (datetime(2026, 3, 2), "1850-01-01T00:00:00+00:00")  # noqa: DTZ001
    assert second[0] == "1850-01-01"


def test_a_text_too_long_for_a_cell_is_cut_and_counted(tmp_path: Path) -> None:
    text = "x" * (files.CELL_SIGNS + 1)
    assert files.write_rows(tmp_path / "rows.xlsx", SCHEMA, one(id=text)).cut == 1
    assert files.write_rows(tmp_path / "rows.csv", SCHEMA, one(id=text)).cut == 0


@pytest.mark.parametrize("suffix", files.WRITERS)
def test_what_is_stopped_half_way_leaves_nothing(suffix: str, tmp_path: Path) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from batches(10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_rows(tmp_path / f"rows{suffix}", SCHEMA, broken())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", files.WRITERS)
def test_what_is_stopped_half_way_leaves_the_former_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows{suffix}"
    files.write_rows(path, SCHEMA, batches(10))
    before = path.read_bytes()

    def broken() -> Iterator[pa.RecordBatch]:
        yield from batches(10)
        raise RegardError("It ended too early.")

    with pytest.raises(RegardError):
        files.write_rows(path, SCHEMA, broken())
    assert path.read_bytes() == before


def test_an_unknown_ending_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        RegardError, match=r"called '\.pdf'\. There are: \.csv, \.parquet, \.xlsx\."
    ):
        files.write_rows(tmp_path / "rows.pdf", SCHEMA, batches(1))


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegardError, match="cannot be written"):
        files.write_rows(tmp_path / "file" / "rows.csv", SCHEMA, batches(1))


@pytest.mark.parametrize("suffix", files.WRITERS)
def test_no_rows_make_a_file_with_a_head(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows{suffix}"
    assert files.write_rows(path, SCHEMA, []).rows == 0
    assert ids(path) == []
