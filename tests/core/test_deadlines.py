"""The clock read backwards agrees with walking through the open hours one after the other."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.calendar import DAY, Calendar, open_spans
from regard.core.calendar_file import parse
from regard.core.deadlines import AHEAD, deadline_rows

FIRST, LAST = date(2026, 3, 23), date(2026, 4, 5)
ZONES = ("UTC", "Europe/Warsaw", "America/New_York", "Australia/Sydney", "Asia/Kolkata")
WEEKS: tuple[dict[str, list[str]], ...] = (
    {"mon": ["08:00-12:00", "13:30-18:00"], "thu": ["09:00-17:00"]},
    {day: ["21:00-05:00"] for day in ("mon", "tue", "wed", "sat", "sun")},
    {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    {"wed": ["10:00-10:01", "10:02-10:03", "23:59-24:00"]},
)


def walked(calendar: Calendar, wanted: int) -> int:
    """The second at which so many open seconds are over, hour by hour."""
    for opens, closes in open_spans(calendar, FIRST, LAST + AHEAD).tolist():
        if wanted <= closes - opens:
            return int(opens + wanted)
        wanted -= closes - opens
    raise AssertionError("the walk was too short")


def read(rows: list[dict[str, Any]], wanted: int) -> int:
    """The same from the table, as the query reads it."""
    (row,) = (
        row
        for row in rows
        if row["open_hour"] == (wanted - 1) // 3600
        and row["opens_after"] < wanted <= row["opens_until"]
    )
    return int(row["begins"] + wanted - row["opens_after"])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(WEEKS), st.data())
def test_every_deadline_is_where_walking_through_the_open_hours_ends(
    zone: str, week: dict[str, list[str]], data: st.DataObject
) -> None:
    (calendar,) = parse({"calendar": {"x": {"zone": zone, "week": week}}})
    rows = deadline_rows([calendar], FIRST, LAST).to_pylist()
    last = min(rows[-1]["opens_until"], 60 * DAY // 4)
    for wanted in data.draw(st.lists(st.integers(1, last), min_size=1, max_size=12)):
        assert read(rows, wanted) == walked(calendar, wanted)


def test_what_is_due_at_closing_time_is_due_then_and_not_next_morning() -> None:
    (calendar,) = parse(
        {
            "calendar": {
                "x": {"zone": "UTC", "week": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}}
            }
        }
    )
    rows = deadline_rows([calendar], FIRST, LAST).to_pylist()
    monday = (date(2026, 3, 23) - date(1970, 1, 1)).days * DAY
    assert read(rows, 8 * 3600) == monday + 17 * 3600
    assert read(rows, 8 * 3600 + 1) == monday + DAY + 9 * 3600 + 1


def test_a_calendar_that_never_opens_has_no_deadline() -> None:
    (calendar,) = parse({"calendar": {"x": {"zone": "UTC", "week": {}}}})
    assert deadline_rows([calendar], FIRST, LAST).num_rows == 0
