"""Courses, limits and types on the command line."""

import json
from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.facts.build import build
from regard.store.store import open_store
from regard.store.workspace import init_workspace

from .conftest import Run

SPAN = ("--from", "2026-04-01", "--to", "2026-06-01")


@pytest.fixture(name="desk_here", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of tickets, so that there are weeks enough for limits."""
    folder = tmp_path_factory.mktemp("course") / "w"
    rows = company(tickets=1500, months=12)
    kept = {name: rows[name] for name in ("ticket", "ticket_change", "agent", "team")}
    settings = Settings(zone="Europe/Warsaw", sources=("demo",))
    init_workspace(folder, settings, CALENDARS_TOML)
    open_store(folder).upsert(kept, covers={"demo": tuple(kept)})
    build(folder)
    return folder


def test_a_course_shows_what_was_expected_and_limits_stand_until_they_are_let_go(
    desk_here: Path, run: Run
) -> None:
    first = json.loads(run("trend", "reopen_rate", *SPAN, "--format", "json", "-w", desk_here).out)
    assert first["points"]
    assert all(point["high"] is None or point["high"] <= 1 for point in first["points"])
    words = ("2025-07-01", "--to", "2026-03-01", "-w", desk_here)
    kept = run("limits", "freeze", "reopen_rate", "--from", *words)
    assert kept.code == 0
    assert "stand, from" in kept.out
    shown = run("trend", "reopen_rate", *SPAN, "-w", desk_here).out
    assert "they stand until" in shown
    assert "No data" not in shown
    assert "1." in run("limits", "thaw", "-w", desk_here).out
    assert "makes them stand" in run("trend", "reopen_rate", *SPAN, "-w", desk_here).out


def test_types_are_listed_with_what_has_come_over_them(desk_here: Path, run: Run) -> None:
    said = run("types", *SPAN, "-w", desk_here).out
    assert "delivery" in said
    assert "pairing" in said
    told = json.loads(run("types", *SPAN, "--format", "json", "-w", desk_here).out)
    assert sum(one["tickets"] for one in told["types"]) > 100


def test_a_count_has_no_limits_to_keep(desk_here: Path, run: Run) -> None:
    ran = run("limits", "freeze", "tickets_new", "-w", desk_here)
    assert ran.code == 2
    assert "a share, a rate, a time or a mean" in ran.err
