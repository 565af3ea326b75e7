"""`regard explain KEY --from --to`: why a value differs from another stretch's."""

import json
from pathlib import Path

from .conftest import Run

KEY = "one_touch_share"
DAYS = ("--from", "2026-05-01", "--to", "2026-06-01")


def test_it_says_the_change_the_ledger_and_the_parts(small_demo: Path, run: Run) -> None:
    ran = run("explain", KEY, *DAYS, "-w", small_demo)
    said = ran.out.replace("\N{NO-BREAK SPACE}", " ")
    assert (ran.code, ran.err) == (0, "")
    assert said.startswith("Solved in one touch was ")
    for title in (
        "Every row accounted for",
        "Composition or service",
        "Definitions side by side",
    ):
        assert f"\n{title}\n" in said
    assert "All rows" in said
    assert "store version" in said


def test_programs_get_plain_values_and_the_other_stretch(small_demo: Path, run: Run) -> None:
    against = ("--against", "2026-03-01..2026-04-01")
    ran = run("explain", KEY, *DAYS, *against, "--format", "json", "-w", small_demo)
    told = json.loads(ran.out)
    assert told["metric"] == KEY
    assert told["compared"]["against"] == "baseline"
    assert [book["from"] for book in told["ledgers"]] == ["2026-03-01", "2026-05-01"]


def test_without_days_it_is_the_definition_still(small_demo: Path, run: Run) -> None:
    assert run("explain", KEY, "-w", small_demo).out.startswith(f"Solved in one touch ({KEY}, v")


def test_what_cannot_be_explained_is_said_with_what_to_do(small_demo: Path, run: Run) -> None:
    cases = {
        ("--from", "2026-05-01"): "needs both --from and --to",
        (*DAYS, "--by", "team"): "looks at all splits",
        (*DAYS, "--against", "yesterday"): "before, year or FROM..TO",
        (*DAYS, "--format", "csv"): "table, json",
        ("--against", "year"): "A definition needs no question",
    }
    for said, hint in cases.items():
        ran = run("explain", KEY, *said, "-w", small_demo)
        assert ran.code != 0
        assert hint in " ".join(ran.err.split())
