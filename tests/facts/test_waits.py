"""How long a ticket took and who waited: in all time and in opening hours, as counted by hand.

2 March 2026 is a Monday. Opening hours are Mon-Fri 9 to 17 unless a test says otherwise.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import ALWAYS, NINE_TO_FIVE, built, fact_table, row_of, some, team, ticket

HOUR, DAY = 3600, 86400
FRIDAY = "2026-03-06 16:00"
NIGHT = """
[calendar.night]
zone = "UTC"
[calendar.night.week]
mon = ["17:00-20:00"]
tue = ["17:00-20:00"]
"""
WORLD = (
    team("late", calendar_id="night"),
    ticket("over the weekend", FRIDAY).pending("16:30").opened("+3d", by="customer").solved("+1h"),
    ticket("on and off hold", FRIDAY)
    .on_hold("16:15")
    .opened("16:45")
    .on_hold("16:50")
    .solved("17:30"),
    ticket("still waiting", FRIDAY).pending("16:30"),
    ticket("solved and reopened", FRIDAY).solved("16:30").reopened("16:40"),
    ticket("solved and reopened and solved", FRIDAY)
    .solved("16:10")
    .reopened("16:40")
    .solved("16:50"),
    ticket("came solved", FRIDAY, status="solved"),
    ticket("on Saturday", "2026-03-07 10:00").solved("2026-03-08 12:00"),
    # Monday 15:00 to 18:00 under nine to five: 2 h; then until Tuesday 18:30 under the night's
    # hours: Monday 18 to 20 and Tuesday 17 to 18:30, 3.5 h.
    ticket("changed hours", "2026-03-02 15:00").to_team("late", "18:00").solved("2026-03-03 18:30"),
    ticket("hours of its own", "2026-03-02 15:00", calendar_id="night", team="late").solved(
        "18:00"
    ),
    ticket("hours nobody knows", "2026-03-02 15:00", calendar_id="lost").solved("16:00"),
    # Half an hour under hours that nobody knows makes the whole unknown.
    ticket("hours lost on the way", "2026-03-02 15:00")
    .set("calendar", "lost", "15:30")
    .set("calendar", "default", "16:00")
    .solved("16:30"),
    ticket("changed at once", "2026-03-02 15:00").to_team("late", "15:00").solved("15:00"),
    # Written before the ticket was made: the clock of the reply starts then.
    ticket("asked before it began", "2026-03-02 15:00")
    .asked("14:00")
    .to_team("late", "16:00")
    .said("18:00", by="ann"),
    ticket("under a second", "2026-03-02 10:00:00.900").solved("10:00:01.100"),
)
Rows = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("waits"), *WORLD, calendars=NINE_TO_FIVE + NIGHT)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Rows:
    """The tickets by name."""
    return {row["ticket_id"]: row for row in fact_table(folder, "ticket_fact").to_pylist()}


WAITS = "requester_wait_seconds agent_wait_seconds on_hold_seconds"


@pytest.mark.parametrize(
    ("name", "requester", "agents", "hold"),
    [
        # New for half an hour, pending three days, open an hour.
        ("over the weekend", HOUR // 2 + HOUR, 3 * DAY, 0),
        # New 15 min, held 30, open 5, held 40.
        ("on and off hold", 90 * 60, 0, 70 * 60),
        ("solved and reopened and solved", 10 * 60 + 10 * 60, 0, 0),
        ("came solved", 0, 0, 0),
        # It waits still, so nobody can say how long.
        ("still waiting", None, None, None),
        ("solved and reopened", None, None, None),
    ],
)
def test_waits_are_those_of_the_status(
    rows: Rows, name: str, requester: int | None, agents: int | None, hold: int | None
) -> None:
    assert list(some(rows[name], WAITS).values()) == [requester, agents, hold]


OPEN_WAITS = "requester_wait_open_seconds agent_wait_open_seconds on_hold_open_seconds"


@pytest.mark.parametrize(
    ("name", "requester", "agents", "hold"),
    [
        # Friday 16:30 to Monday 16:30 is open from 16:30 to 17 and from 9 to 16:30; the hour
        # after that is open until 17 only.
        ("over the weekend", HOUR // 2 + HOUR // 2, HOUR // 2 + int(7.5 * HOUR), 0),
        # 16:00 to 17:00, less nothing; on hold 30 min and from 16:50 to 17.
        ("on and off hold", HOUR, 0, 40 * 60),
        # Never pending, never on hold: that is nought, and known.
        ("came solved", 0, 0, 0),
        ("on Saturday", 0, 0, 0),
        # As long as the hours are unknown, so are these: not nought.
        ("hours nobody knows", None, None, None),
        ("still waiting", None, None, None),
        ("hours lost on the way", None, None, None),
    ],
)
def test_waits_in_opening_hours(
    rows: Rows, name: str, requester: int | None, agents: int | None, hold: int | None
) -> None:
    assert list(some(rows[name], OPEN_WAITS).values()) == [requester, agents, hold]


def test_what_a_running_ticket_has_waited_so_far_is_kept(rows: Rows) -> None:
    row = rows["solved and reopened"]
    assert row["requester_wait_seconds"] is None
    assert row["requester_wait_spent_seconds"] == 30 * 60


@pytest.mark.parametrize(
    ("name", "seconds", "opened"),
    [
        ("on Saturday", 26 * HOUR, 0),
        ("changed hours", 27 * HOUR + HOUR // 2, int((2 + 2 + 1.5) * HOUR)),
        # A ticket's own hours go before its team's.
        ("hours of its own", 3 * HOUR, HOUR),
        ("hours nobody knows", HOUR, None),
        ("hours lost on the way", 90 * 60, None),
        ("changed at once", 0, 0),
        # Seconds are cut, not rounded, so that parts add up.
        ("under a second", 1, 1),
        ("came solved", 0, 0),
        ("still waiting", None, None),
    ],
)
def test_time_to_a_solve(rows: Rows, name: str, seconds: int | None, opened: int | None) -> None:
    assert rows[name]["first_solve_seconds"] == seconds
    assert rows[name]["first_solve_open_seconds"] == opened


def test_a_reply_may_be_timed_from_before_the_ticket_was_made(rows: Rows) -> None:
    # 14 to 16 under nine to five, then 17 to 18 under the night's.
    row = rows["asked before it began"]
    assert (row["first_reply_seconds"], row["first_reply_open_seconds"]) == (4 * HOUR, 3 * HOUR)


def test_open_time_under_several_calendars_is_the_sum_over_the_stretches(folder: Path) -> None:
    spans = fact_table(folder, "status_span_fact").to_pylist()
    parts = [row["open_seconds"] for row in spans if row["ticket_id"] == "changed hours"]
    # The stretch after the solve runs on.
    assert parts == [2 * HOUR, int(3.5 * HOUR), None]


def test_without_opening_hours_open_time_is_unknown_and_never_nought(tmp_path: Path) -> None:
    told = (*WORLD, ticket("two names", FRIDAY, calendar_id="a").set("calendar", "b", "16:00"))
    folder = built(tmp_path / "w", *told, calendars="")
    for fact in ("ticket_fact", "status_span_fact"):
        rows = fact_table(folder, fact)
        names = [name for name in rows.column_names if name.endswith("open_seconds")]
        assert names
        assert {name for name in names if rows[name].null_count < rows.num_rows} == set()


def test_around_the_clock_open_time_is_all_time(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", *WORLD, calendars=ALWAYS)
    row = row_of(folder, "ticket_fact", ticket_id="over the weekend")
    for name in ("first_solve", "requester_wait", "agent_wait", "on_hold"):
        assert row[f"{name}_open_seconds"] == row[f"{name}_seconds"]
