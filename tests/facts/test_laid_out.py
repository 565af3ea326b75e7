"""The SQL of facts kept on disk: taken where it is whole, laid out anew where it is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from regard.facts import compute, laid_out
from regard.facts.build import build
from regard.facts.laid_out import FOLDER
from worlds import built, fact_table, ticket

SQL = "SELECT 'ü'\r\nFROM here\r"
KEY = ("ticket_fact", "given_ticket")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).iterdir())


def never() -> str:
    raise AssertionError("it was laid out again")


def test_what_was_laid_out_is_taken_from_disk(tmp_path: Path) -> None:
    assert laid_out.laid_out(tmp_path, KEY, lambda: SQL) == SQL
    assert laid_out.laid_out(tmp_path, KEY, never) == SQL


def test_another_key_is_laid_out_by_itself(tmp_path: Path) -> None:
    laid_out.laid_out(tmp_path, KEY, lambda: SQL)
    assert laid_out.laid_out(tmp_path, (*KEY, "clock"), lambda: "other") == "other"
    assert laid_out.laid_out(tmp_path, KEY, never) == SQL


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[:-1],
        lambda text: text.replace(b"here", b"there"),
        lambda text: b"\xff" + text,
        lambda text: b"",
    ],
)
def test_a_damaged_file_is_laid_out_anew(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    laid_out.laid_out(tmp_path, KEY, lambda: SQL)
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(harm(whole))
    assert laid_out.laid_out(tmp_path, KEY, lambda: SQL) == SQL
    assert file.read_bytes() == whole


def test_what_other_code_laid_out_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out.laid_out(tmp_path, KEY, lambda: SQL)
    monkeypatch.setattr(laid_out, "_mark", lambda: "0" * 16)
    assert laid_out.laid_out(tmp_path, KEY, lambda: "newer") == "newer"
    assert [file.name[:16] for file in kept(tmp_path)] == ["0" * 16]


def test_two_that_are_laid_out_at_once_are_both_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, write = (*KEY, "clock"), Path.write_bytes

    def between(path: Path, told: bytes) -> int:
        done = write(path, told)
        monkeypatch.setattr(Path, "write_bytes", write)
        laid_out.laid_out(tmp_path, other, lambda: "other")
        return done

    monkeypatch.setattr(Path, "write_bytes", between)
    laid_out.laid_out(tmp_path, KEY, lambda: SQL)
    assert laid_out.laid_out(tmp_path, KEY, never) == SQL
    assert laid_out.laid_out(tmp_path, other, never) == "other"


def test_a_folder_that_takes_nothing_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be", encoding="utf-8")
    assert laid_out.laid_out(tmp_path, KEY, lambda: SQL) == SQL


def test_a_build_takes_its_sql_from_disk_and_makes_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compute, "COMPILED", {})
    built(tmp_path, ticket("A", "2026-03-02 09:00"))
    made = fact_table(tmp_path, "ticket_fact")
    monkeypatch.setattr(compute, "COMPILED", {})
    monkeypatch.setattr("regard.facts.compute.conformed", lambda *_: never())
    build(tmp_path, full=True)
    assert fact_table(tmp_path, "ticket_fact").equals(made)
    assert made.num_rows == 1
