"""What is exported runs nothing in a spreadsheet, turns no neighbour, and keeps its numbers."""

import csv
import re
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.report.files import FORMULA, harmless, write_rows
from regard.report.format import isolate, shield

FORMULAS = (
    *("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\u00a0=1"),
    *("＝1+1", '=HYPERLINK("http://x.test")', "\u202e=1"),
)


def written(folder: Path, ending: str, *texts: str) -> Path:
    """A file of texts and numbers."""
    table = pa.table({"text": list(texts), "number": [-5] * len(texts)})
    path = folder / f"rows{ending}"
    write_rows(path, table.schema, table.to_batches())
    return path


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers(text: str, tmp_path: Path) -> None:
    with written(tmp_path, ".csv", text).open(encoding="utf-8", newline="") as file:
        _, (cell, number) = csv.reader(file)
    assert cell.startswith(("'", "\u2068"))
    assert number == "-5"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(text: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, ".xlsx", text)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>-5</v>" in sheet


def test_parquet_keeps_texts_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, ".parquet", *FORMULAS)
    assert pq.read_table(path).column("text").to_pylist() == list(FORMULAS)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="a\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069= \t+1"))
def test_a_shielded_text_leaves_no_direction_open_and_loses_no_letter(text: str) -> None:
    shown = shield(text)
    depth = 0
    for sign in shown:
        depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
        assert depth >= 0
    assert depth == 0
    turns = "[\u202a-\u202e\u2066-\u2069]"
    assert re.sub(turns, "", shown) == re.sub(turns, "", text)
    assert not re.search(FORMULA, harmless(text))


def test_a_text_that_turns_directions_is_isolated_in_every_language() -> None:
    for language in ("en", "ar"):
        assert isolate("a\u202eb", language) == "\u2068a\u202eb\u202c\u2069"
