"""Exporting on the command line: every row, with states and ages as of an instant."""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from .conftest import Run


def _rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {row["ticket_id"]: row for row in csv.DictReader(file)}


def test_every_row_is_there_with_the_age_of_what_is_open(
    filled_once: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "tickets.csv"
    done = run("export", "ticket_fact", "--out", out, "--workspace", filled_once)
    assert done.out == f"3 rows in {out}\n"
    rows = _rows(out)
    assert {name: row["status"] for name, row in rows.items()} == {
        "t1": "solved",
        "t2": "open",
        "t3": "solved",
    }
    # The last event of all is the solve of t3: 3 March, 12:00; t2 came a day before.
    assert {row["as_of"] for row in rows.values()} == {"2026-03-03T12:00:00.000000Z"}
    assert (rows["t1"]["age_seconds"], rows["t2"]["age_seconds"]) == ("", str(24 * 3600))
    assert rows["t3"]["channel"] == "'=2+5"


def test_states_and_ages_are_those_of_the_instant_asked_for(
    filled_once: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "tickets.csv"
    asked = ("export", "ticket_fact", "--out", out, "--workspace", filled_once)
    assert run(*asked, "--as-of", "2026-03-02T09:30:00Z").code == 0
    rows = _rows(out)
    assert set(rows) == {"t1"}
    assert (rows["t1"]["status"], rows["t1"]["age_seconds"]) == ("open", str(30 * 60))
    assert rows["t1"]["resolved_at"] == ""


def test_an_instant_after_the_last_event_adds_no_age(
    filled_once: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "tickets.csv"
    asked = ("export", "ticket_fact", "--out", out, "--workspace", filled_once)
    assert run(*asked, "--as-of", "2030-01-01").code == 0
    assert _rows(out)["t2"]["age_seconds"] == str(24 * 3600)


def test_the_same_export_is_the_same_bytes(filled_once: Path, tmp_path: Path, run: Run) -> None:
    for name in ("a.parquet", "b.parquet"):
        run("export", "status_span_fact", "--out", tmp_path / name, "--workspace", filled_once)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert len(set(pq.read_table(tmp_path / "a.parquet")["ticket_id"].to_pylist())) == 3


def test_a_fact_without_rows_is_a_file_with_a_head(
    filled_once: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "calls.csv"
    assert run("export", "call_fact", "--out", out, "--workspace", filled_once).code == 0
    assert out.read_text().splitlines()[0].startswith('"source","call_id"')


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("ticket_fax", "--out", "x.csv"), "Did you mean 'ticket_fact'?"),
        (("ticket_fact", "--out", "x.pdf"), "There are: .csv, .parquet, .xlsx."),
        (("ticket_fact", "--out", "x.csv", "--as-of", "noon"), "which is not an instant"),
    ],
)
def test_a_wrong_word_leaves_no_file_and_a_hint(
    words: tuple[str, ...],
    hint: str,
    filled_once: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("export", *words, "--workspace", filled_once)
    assert done.code == 2
    assert hint in done.err
    assert list(tmp_path.iterdir()) == []
