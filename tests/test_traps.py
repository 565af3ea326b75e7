"""TRAPS.md names every trap, and every test that it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT.parent / "shared" / "METRICS.md"
SECTIONS = {"§11": 27, "§12": 21}
LATER = re.compile(r"later: needs our own (surveys|pages)|[2-5] of 5")
EVERY = pytest.mark.parametrize("section", SECTIONS, ids=["11", "12"])
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _rows(section: str) -> list[tuple[str, str]]:
    text = (ROOT / "tests" / "TRAPS.md").read_text(encoding="utf-8")
    part = text.partition(f"## {section} ")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [(trap, held) for trap, held in cells]


@EVERY
def test_every_trap_has_a_line(section: str) -> None:
    traps = [trap for trap, _ in _rows(section)]
    assert len(traps) == len(set(traps)) == SECTIONS[section]


@EVERY
def test_every_trap_is_held_by_a_test_or_has_its_turn(section: str) -> None:
    idle = [trap for trap, held in _rows(section) if not (TEST.search(held) or LATER.match(held))]
    assert idle == []


@EVERY
def test_every_named_test_exists(section: str) -> None:
    missing = []
    for _, held in _rows(section):
        for path, name in TEST.findall(held):
            file = ROOT / path
            if not file.exists() or f"def {name}(" not in file.read_text(encoding="utf-8"):
                missing.append(f"{path}::{name}")
    assert missing == []


@pytest.mark.real
def test_the_lines_are_those_of_the_book() -> None:
    book = BOOK.read_text(encoding="utf-8")
    eleven = book.partition("## 11.")[2].partition("\n## ")[0]
    named = [line.strip("|").split("|")[0].strip() for line in eleven.splitlines()[1:]]
    twelve = book.partition("## 12.")[2].partition("\n")[2].replace("\n", " ").rstrip(". ")
    assert [trap for trap, _ in _rows("§11")] == named[2:]
    assert [trap for trap, _ in _rows("§12")] == [part.strip() for part in twelve.split(";")]
