"""Opening hours that are edited: what was finished keeps the hours known when its clock stopped.

2 March 2026 is a Monday.
"""

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from regard.core.errors import RegardError
from regard.facts import openings
from regard.facts.build import build
from regard.store.store import open_store
from worlds import at, built, row_of, rows_of, take, ticket

HOUR = 3600
NINE = "2026-03-02 09:00"
SOLVED = ticket("1", NINE).solved("15:00")
OPEN = ticket("2", NINE)


def hours(span: str, more: str = "") -> str:
    """Opening hours of one span on Mondays and Tuesdays."""
    week = f'week = {{ mon = ["{span}"], tue = ["{span}"] }}'
    return f'[calendar.default]\nzone = "UTC"\n{week}\n{more}'


def edited(folder: Path, text: str, when: str, restate: bool = False) -> str:
    """Write other hours and build at an instant; how it was built."""
    (folder / "calendars.toml").write_text(text, encoding="utf-8")
    return build(folder, now=at(when), restate_calendars=restate).how


def opened(folder: Path, name: str = "1") -> int | None:
    """The ticket's open seconds until its first solve."""
    found: int | None = row_of(folder, "ticket_fact", ticket_id=name)["first_solve_open_seconds"]
    return found


def test_hours_edited_later_alter_nothing_finished_and_hold_for_what_follows(
    tmp_path: Path,
) -> None:
    # 9 to 15 within 9 to 17 is six hours.
    folder = built(tmp_path / "w", SOLVED, OPEN, calendars=hours("09:00-17:00"))
    assert opened(folder) == 6 * HOUR
    # From Monday evening on, 12 to 17 is what is known.
    assert edited(folder, hours("12:00-17:00"), "2026-03-02 20:00") == "full"
    assert opened(folder) == 6 * HOUR
    # Solved on Tuesday at 13: five hours of Monday and one of Tuesday, by the hours of then.
    take(folder, OPEN.solved("2026-03-03 13:00"))
    assert build(folder).how == "incremental"
    assert (opened(folder), opened(folder, "2")) == (6 * HOUR, 6 * HOUR)
    assert [row["open_seconds"] for row in rows_of(folder, "status_span_fact", place=0)] == [
        6 * HOUR,
        6 * HOUR,
    ]
    # All at once gives the same.
    build(folder, full=True)
    assert (opened(folder), opened(folder, "2")) == (6 * HOUR, 6 * HOUR)


def test_restating_applies_corrected_hours_to_the_past(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", SOLVED, calendars=hours("09:00-17:00"))
    edited(folder, hours("12:00-17:00"), "2026-03-02 20:00", restate=True)
    assert opened(folder) == 3 * HOUR


def test_an_edit_that_is_taken_back_is_known_from_each_instant_on(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", SOLVED, OPEN, calendars=hours("09:00-17:00"))
    edited(folder, hours("12:00-17:00"), "2026-03-02 20:00")
    edited(folder, hours("09:00-17:00"), "2026-03-03 08:00")
    take(folder, OPEN.solved("2026-03-03 10:00"))
    build(folder)
    assert (opened(folder), opened(folder, "2")) == (6 * HOUR, 9 * HOUR)


def test_the_same_hours_written_otherwise_are_nothing_to_do(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", SOLVED, calendars=hours("09:00-17:00"))
    before = open_store(folder).head().version
    assert edited(folder, "# Ours.\n" + hours("09:00-17:00"), "2026-03-02 20:00") == "nothing"
    assert open_store(folder).head().version == before


def test_announced_hours_that_are_dropped_again_never_hold(tmp_path: Path) -> None:
    week = 'zone = "UTC"\nweek = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }\n'
    other = 'zone = "UTC"\nweek = { tue = ["12:00-17:00"] }\nvalid_from = 2026-03-03\n'
    begun = f"[[calendar.default.version]]\n{week}"
    folder = built(tmp_path / "w", OPEN, calendars=f"{begun}[[calendar.default.version]]\n{other}")
    edited(folder, begun, "2026-03-02 20:00")
    take(folder, OPEN.solved("2026-03-03 13:00"))
    build(folder)
    # Monday's eight hours, and Tuesday from 9: not from 12.
    assert opened(folder, "2") == 12 * HOUR


def test_a_calendar_written_later_holds_since_ever(tmp_path: Path) -> None:
    lost = ticket("3", NINE, calendar_id="late").solved("15:00")
    folder = built(tmp_path / "w", lost, calendars=hours("09:00-17:00"))
    assert opened(folder, "3") is None
    late = hours("14:00-22:00").replace("default", "late")
    edited(folder, hours("09:00-17:00") + late, "2026-03-05 00:00")
    assert opened(folder, "3") == HOUR


def test_hours_are_marked_alike_in_every_process(tmp_path: Path) -> None:
    closed = ", ".join(f"2026-0{month}-1{day}" for month in (3, 4, 5) for day in range(4))
    text = hours("09:00-17:00", f"closed = [{closed}]\n")
    (tmp_path / "calendars.toml").write_text(text, encoding="utf-8")
    code = "import sys, pathlib; from regard.facts import openings; " + (
        "sys.stdout.write(openings.fingerprint(openings.calendars_of(pathlib.Path(sys.argv[1]))))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {openings.fingerprint(openings.calendars_of(tmp_path))}


def test_hours_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", SOLVED, calendars=hours("09:00-17:00"))
    with pytest.raises(RegardError, match=r"calendars\.toml cannot be read"):
        edited(folder, "[calendar.default", "2026-03-02 20:00")
    (folder / "calendars.toml").write_text(hours("09:00-17:00"), encoding="utf-8")
    assert build(folder).how == "nothing"


def test_what_was_known_is_dated_by_the_build_that_met_it(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", SOLVED, calendars=hours("09:00-17:00"))
    edited(folder, hours("12:00-17:00"), "2026-03-02 20:00")
    (calendar,) = openings.calendars_of(folder)
    known: list[datetime | None] = [version.recorded_at for version in calendar.versions]
    assert known == [None, at("2026-03-02 20:00")]
    assert {version.valid_from for version in calendar.versions} == {None} - {date.min}
