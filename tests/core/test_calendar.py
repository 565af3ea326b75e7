"""Opening hours agree with watching the clock on the wall, minute by minute."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.calendar import (
    ALWAYS,
    Calendar,
    clock_rows,
    edition_rows,
    editions,
    open_spans,
)
from regard.core.calendar_file import WEEKDAYS, parse
from regard.core.errors import RegardError

Wall = tuple[datetime, datetime]
HOUR = 3600
CHANGES = {
    "Europe/Warsaw": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Sofia": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Sydney": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Riyadh": (date(2026, 3, 29),),
    "Asia/Kuala_Lumpur": (date(2026, 10, 25),),
}


def one(**version: Any) -> Calendar:
    """A calendar of one version; Warsaw unless said."""
    (made,) = parse({"calendar": {"default": {"zone": "Europe/Warsaw", "week": {}, **version}}})
    return made


def several(*versions: dict[str, Any]) -> Calendar:
    """A calendar of several versions; Warsaw, Monday to Friday nine to five unless said."""
    usual = {"zone": "Europe/Warsaw", "week": weekdays("09:00-17:00")}
    (made,) = parse({"calendar": {"default": {"version": [{**usual, **v} for v in versions]}}})
    return made


def weekdays(*spans: str) -> dict[str, list[str]]:
    return {day: list(spans) for day in WEEKDAYS[:5]}


def opened(calendar: Calendar, first: date, last: date, edition: int | None = None) -> list[str]:
    """Open stretches in UTC, as 'MM-DD HH:MM > MM-DD HH:MM'."""
    spans = open_spans(calendar, first, last, edition).tolist()
    return [" > ".join(f"{datetime.fromtimestamp(t, UTC):%m-%d %H:%M}" for t in s) for s in spans]


def hours(calendar: Calendar, first: date, last: date, edition: int | None = None) -> float:
    spans = open_spans(calendar, first, last, edition)
    return int((spans[:, 1] - spans[:, 0]).sum()) / HOUR


@cache
def walls(zone: str, first: date, last: date) -> tuple[datetime, ...]:
    """What the wall showed at each minute of the UTC days, in order."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    count = ((last - first).days + 1) * 24 * 60
    place = ZoneInfo(zone)
    shown = (start + timedelta(minutes=n) for n in range(count))
    return tuple(at.astimezone(place).replace(tzinfo=None) for at in shown)


def minutes_by_hand(zone: str, shifts: list[Wall], first: date, last: date) -> list[bool]:
    """Open or not, by minute: each shift from the first to the last minute the wall allows it."""
    shown = walls(zone, first, last)
    is_open = [False] * len(shown)
    for opens, closes in shifts:
        begun = [n for n, wall in enumerate(shown) if wall >= opens]
        running = [n for n, wall in enumerate(shown) if wall < closes]
        if begun and running:
            for n in range(begun[0], running[-1] + 1):
                is_open[n] = True
    return is_open


def minutes_by_calendar(calendar: Calendar, first: date, last: date) -> list[bool]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    is_open = [False] * (((last - first).days + 1) * 24 * 60)
    for opens, closes in open_spans(calendar, first, last).tolist():
        for n in range(int(opens - start) // 60, int(closes - start) // 60):
            is_open[n] = True
    return is_open


def shift(day: date, text: str) -> Wall:
    opens, closes = text.split("-")
    midnight = datetime.combine(day, datetime.min.time())
    begin, end = (
        midnight + timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in (opens, closes)
    )
    return begin, end if end > begin else end + timedelta(days=1)


TIMES = st.integers(0, 23 * 4 + 3).map(lambda q: f"{q // 4:02}:{q % 4 * 15:02}")


@settings(max_examples=60, deadline=None)
@given(
    place=st.sampled_from([(z, day) for z, days in CHANGES.items() for day in days]),
    cuts=st.dictionaries(
        st.sampled_from(WEEKDAYS), st.lists(TIMES, min_size=2, max_size=4, unique=True)
    ),
    night=st.booleans(),
)
def test_any_week_agrees_with_the_wall_over_a_change_of_clocks(
    place: tuple[str, date], cuts: dict[str, list[str]], night: bool
) -> None:
    zone, change = place
    week = {}
    for day, times in cuts.items():
        ordered = sorted(times)
        pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
        week[day] = [f"{opens}-{closes}" for opens, closes in pairs]
    if night and not cuts.keys() & {"sat", "sun"}:
        week["sat"], week["sun"] = ["21:00-05:00"], ["21:00-24:00"]
    first, last = change - timedelta(days=2), change + timedelta(days=2)
    days = [first + timedelta(days=n) for n in range(-2, 7)]
    shifts = [shift(d, s.replace("24:", "00:")) for d in days for s in week.get(_name(d), [])]
    # The wall is watched from earlier on, so that a shift begun before is seen from its start.
    wide = first - timedelta(days=3), last + timedelta(days=3)
    seen = minutes_by_hand(zone, shifts, *wide)[3 * 1440 : -3 * 1440]
    assert minutes_by_calendar(one(zone=zone, week=week), first, last) == seen


def _name(day: date) -> str:
    return WEEKDAYS[day.weekday()]


@pytest.mark.parametrize("zone", CHANGES)
def test_around_the_clock_loses_nothing_over_a_change_of_clocks(zone: str) -> None:
    days = date(2026, 1, 1), date(2026, 12, 31)
    week = {day: ["00:00-24:00"] for day in WEEKDAYS}
    assert hours(one(zone=zone, week=None, always_open=True), *days) == 365 * 24
    assert hours(one(zone=zone, week=week), *days) == 365 * 24
    assert one(zone=zone, week=week).versions[0].week == ALWAYS


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Warsaw", date(2026, 3, 29), 23),
        ("Europe/Warsaw", date(2026, 10, 25), 25),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Europe/Sofia", date(2026, 3, 29), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/Havana", date(2026, 11, 1), 25),
        ("America/Havana", date(2026, 3, 8), 23),
        ("Australia/Sydney", date(2026, 10, 4), 23),
        ("Asia/Riyadh", date(2026, 3, 29), 24),
        ("Asia/Kuala_Lumpur", date(2026, 10, 25), 24),
    ],
)
def test_a_day_has_as_many_hours_as_it_has(zone: str, day: date, length: int) -> None:
    sundays = one(zone=zone, week={"sun": ["00:00-24:00"]})
    assert hours(sundays, day - timedelta(days=2), day + timedelta(days=2)) == length


@pytest.mark.parametrize(
    ("span", "day", "stretch"),
    [
        # In March the wall jumps from 02:00 to 03:00, which is 01:00 UTC.
        pytest.param("02:30-06:00", date(2026, 3, 29), "01:00 > 03-29 04:00", id="start skipped"),
        pytest.param("00:30-02:30", date(2026, 3, 29), "23:30 > 03-29 01:00", id="end skipped"),
        # In October it shows 02:00 to 03:00 twice, from 00:00 and from 01:00 UTC.
        pytest.param("02:30-06:00", date(2026, 10, 25), "00:30 > 10-25 05:00", id="start twice"),
        pytest.param("00:30-02:30", date(2026, 10, 25), "22:30 > 10-25 01:30", id="end twice"),
        pytest.param("00:30-02:00", date(2026, 10, 25), "22:30 > 10-25 00:00", id="ends before"),
        pytest.param("03:00-05:00", date(2026, 10, 25), "02:00 > 10-25 04:00", id="starts after"),
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_has_one_meaning(
    span: str, day: date, stretch: str
) -> None:
    found = opened(one(week={"sun": [span]}), day - timedelta(days=1), day)
    assert [text.split(" ", 1)[1] for text in found] == [stretch]


def test_a_time_wholly_within_the_jump_is_no_time() -> None:
    sundays = one(week={"sun": ["02:10-02:50"]})
    assert opened(sundays, date(2026, 3, 28), date(2026, 3, 30)) == []


def test_a_day_that_an_island_skipped_has_no_hours() -> None:
    apia = one(zone="Pacific/Apia", week={"fri": ["08:00-18:00"]})
    assert hours(apia, date(2011, 12, 28), date(2012, 1, 3)) == 0


def test_a_lunch_gap_is_closed() -> None:
    office = one(week={"mon": ["08:00-12:00", "13:30-18:00"]})
    assert opened(office, date(2026, 3, 2), date(2026, 3, 2)) == [
        "03-02 07:00 > 03-02 11:00",
        "03-02 12:30 > 03-02 17:00",
    ]


def test_a_holiday_keeps_the_morning_of_the_night_shift_begun_before_it() -> None:
    nights = one(country="PL", week={day: ["21:00-05:00"] for day in WEEKDAYS})
    # The eleventh of November is a holiday: its own night falls out whole.
    assert opened(nights, date(2026, 11, 10), date(2026, 11, 12)) == [
        "11-10 00:00 > 11-10 04:00",
        "11-10 20:00 > 11-11 04:00",
        "11-12 20:00 > 11-13 00:00",
    ]


def test_special_hours_stand_instead_of_a_holiday_and_closed_days_beside_it() -> None:
    office = one(
        country="PL",
        week=weekdays("09:00-17:00"),
        closed=[date(2026, 12, 23)],
        special={"2026-12-24": ["09:00-13:00"], "2026-12-27": ["10:00-11:00"]},
    )
    assert opened(office, date(2026, 12, 22), date(2026, 12, 28)) == [
        "12-22 08:00 > 12-22 16:00",
        "12-24 08:00 > 12-24 12:00",
        "12-27 09:00 > 12-27 10:00",
        "12-28 08:00 > 12-28 16:00",
    ]


def test_hours_within_a_long_shift_begun_the_day_before_count_once() -> None:
    office = one(
        week={"wed": ["09:00-10:00", "12:00-13:00"]}, special={"2026-03-03": ["20:00-18:00"]}
    )
    assert opened(office, date(2026, 3, 3), date(2026, 3, 4)) == ["03-03 19:00 > 03-04 17:00"]


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    usual = {"zone": "Europe/Berlin", "country": "DE", "week": weekdays("09:00-17:00")}
    epiphany = date(2026, 1, 6), date(2026, 1, 6)
    assert hours(one(**usual), *epiphany) == 8
    assert hours(one(**usual, subdivision="BY"), *epiphany) == 0


def test_a_version_holds_from_its_local_day_on_and_the_night_before_ends_its_own_way() -> None:
    nights = several(
        {"week": {"sat": ["21:00-05:00"]}},
        {"valid_from": date(2026, 3, 8), "week": {"sun": ["12:00-14:00"]}, "zone": "Asia/Riyadh"},
    )
    assert opened(nights, date(2026, 3, 7), date(2026, 3, 15)) == [
        "03-07 20:00 > 03-08 04:00",
        "03-08 09:00 > 03-08 11:00",
        "03-15 09:00 > 03-15 11:00",
    ]


def test_before_the_first_version_nothing_is_known() -> None:
    office = several({"valid_from": "2026-03-04"})
    rows = clock_rows([office], date(2026, 3, 1), date(2026, 3, 6)).to_pylist()
    # Midnight in Warsaw is 23:00 UTC of the day before.
    assert [(row["utc_day"] - 20513, row["unknown_until"]) for row in rows] == [
        (2, 23 * HOUR),
        (3, 0),
        (4, 0),
        (5, 0),
    ]
    assert clock_rows([office], date(2026, 2, 1), date(2026, 3, 1)).num_rows == 0


def test_the_clock_adds_up_to_the_open_stretches() -> None:
    calendars = parse(
        {
            "calendar": {
                "office": {
                    "zone": "Europe/Sofia",
                    "country": "BG",
                    "week": {**weekdays("08:00-12:00", "13:30-18:00"), "sat": ["21:00-05:00"]},
                },
                "hotline": {"zone": "UTC", "always_open": True},
            }
        }
    )
    days = date(2006, 1, 1), date(2025, 12, 31)
    rows = clock_rows(calendars, *days).to_pylist()
    for calendar in calendars:
        mine = [row for row in rows if row["calendar_id"] == calendar.id]
        total = 0
        for n, row in enumerate(mine):
            assert (row["utc_day"], row["open_before"]) == (mine[0]["utc_day"] + n, total)
            edges = [row[f"piece{k}_{edge}"] for k in (1, 2) for edge in ("from", "to")]
            total += edges[1] - edges[0] + edges[3] - edges[2]
        assert total == hours(calendar, *days) * HOUR
    assert len(rows) == 2 * 7305


def test_the_clock_is_as_wide_as_its_fullest_day_and_no_wider_than_six() -> None:
    six = [f"{hour:02}:00-{hour:02}:30" for hour in range(6, 12)]
    monday = date(2026, 3, 2), date(2026, 3, 2)
    rows = clock_rows([one(week={"mon": six})], *monday)
    assert rows.schema.names[-1] == "piece6_to"
    with pytest.raises(RegardError, match=r"'default' opens 7 times on 2026-03-02 \(UTC\), and 6"):
        clock_rows([one(week={"mon": [*six, "13:00-14:00"]})], *monday)


def test_without_calendars_there_is_an_empty_clock() -> None:
    assert parse({}) == ()
    assert clock_rows([], date(2026, 1, 1), date(2026, 1, 2)).num_rows == 0
    assert edition_rows([]).schema.names == ["calendar_id"]


def test_two_calendars_of_one_name_are_refused() -> None:
    with pytest.raises(RegardError, match="Two calendars are called 'default'"):
        clock_rows([one(), one()], date(2026, 1, 1), date(2026, 1, 2))


FIRST = {"recorded_at": "2026-03-01T00:00:00Z"}
CORRECTION = {
    "recorded_at": "2026-03-10T12:00:00+01:00",
    "valid_from": date(2026, 3, 2),
    "week": weekdays("10:00-16:00"),
}


def test_the_first_recorded_version_counts_as_known_since_ever() -> None:
    corrected = several(CORRECTION, FIRST)
    assert editions(corrected) == (datetime(2026, 3, 10, 11, tzinfo=UTC),)
    assert edition_rows([corrected, Calendar("plain", one().versions)]).to_pylist() == [
        {"calendar_id": "default", "known_from_1": datetime(2026, 3, 10, 11, tzinfo=UTC)},
        {"calendar_id": "plain", "known_from_1": None},
    ]


def test_each_edition_knows_what_was_recorded_until_then() -> None:
    again = {**CORRECTION, "recorded_at": "2026-03-20T00:00:00Z", "week": weekdays("10:00-11:00")}
    corrected = several(FIRST, CORRECTION, again)
    monday = date(2026, 3, 2), date(2026, 3, 2)
    assert [hours(corrected, *monday, edition) for edition in (0, 1, 2)] == [8, 6, 1]
    assert hours(corrected, *monday) == 1
    rows = clock_rows([corrected], *monday).to_pylist()
    assert [row["edition"] for row in rows] == [0, 1, 2]
