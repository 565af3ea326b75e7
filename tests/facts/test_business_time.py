"""The query and counting minute by minute agree about opening hours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis import Table as Relation

from regard.core.calendar import Calendar, clock_rows, edition_rows
from regard.core.calendar_file import WEEKDAYS, parse
from regard.core.schema import INSTANT
from regard.facts.business_time import add_open_seconds, open_seconds, read_clock

HOUR = 3600
LUNCH = ["08:00-12:00", "13:30-18:00"]
OFFICE = dict.fromkeys(WEEKDAYS[:5], LUNCH)
NIGHTS = {day: ["21:00-05:00"] for day in WEEKDAYS}
ZONES = (
    "Europe/Warsaw",
    "Europe/London",
    "Europe/Sofia",
    "Australia/Sydney",
    "America/New_York",
    "Asia/Riyadh",
    "Asia/Kuala_Lumpur",
)
WORLD = {
    "office": {
        "zone": "Europe/Warsaw",
        "country": "PL",
        "week": OFFICE,
        "special": {"2026-12-24": ["09:00-13:00"]},
    },
    "nights": {"zone": "Europe/Warsaw", "week": NIGHTS},
    "sydney": {"zone": "Australia/Sydney", "week": OFFICE},
    "hotline": {"zone": "Europe/London", "always_open": True},
    "new": {"zone": "Europe/Warsaw", "valid_from": "2026-06-01", "week": OFFICE},
    "corrected": {
        "version": [
            {"zone": "UTC", "week": {day: ["09:00-17:00"] for day in WEEKDAYS}},
            {
                "zone": "UTC",
                "valid_from": "2026-03-03",
                "recorded_at": "2026-03-10T12:00:00Z",
                "week": {day: ["10:00-16:00"] for day in WEEKDAYS},
            },
        ]
    },
}
DAYS = date(2025, 12, 1), date(2027, 1, 31)


def clock_of(calendars: Sequence[Calendar], *days: date) -> tuple[Relation, Relation]:
    return ibis.memtable(clock_rows(calendars, *days)), ibis.memtable(edition_rows(calendars))


@cache
def world() -> tuple[Relation, Relation]:
    return clock_of(parse({"calendar": WORLD}), *DAYS)


@cache
def plain() -> tuple[Relation, Relation]:
    """The same without corrected hours: one edition, which the query then leaves out."""
    one_edition = {name: hours for name, hours in WORLD.items() if name != "corrected"}
    return clock_of(parse({"calendar": one_edition}), *DAYS)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def relation(rows: Sequence[dict[str, Any]], *instants: str) -> Relation:
    fields = [("calendar_id", pa.string()), *((name, INSTANT) for name in instants)]
    others = [(name, pa.string()) for name in rows[0] if name not in (*instants, "calendar_id")]
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=pa.schema([*fields, *others])))


def took(calendar: str | None, start: datetime | None, end: datetime | None) -> int | None:
    """Open seconds by query; with and without editions they are the same."""
    rows = relation([{"calendar_id": calendar, "start": start, "end": end}], "start", "end")
    found = {
        open_seconds(rows, "start", "end", *clocks, to="took").to_pyarrow()["took"][0].as_py()
        for clocks in ((world(), plain()) if calendar != "corrected" else (world(),))
    }
    (seconds,) = found
    return seconds  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param("2026-03-02 09:00", "2026-03-02 09:30", 0.5, id="within a stretch"),
        pytest.param("2026-03-02 11:30", "2026-03-02 14:00", 1.0, id="over lunch"),
        pytest.param("2026-03-02 12:10", "2026-03-02 13:20", 0.0, id="at lunch"),
        pytest.param("2026-03-02 17:30", "2026-03-03 08:30", 1.0, id="over a night"),
        pytest.param("2026-03-07 10:00", "2026-03-08 10:00", 0.0, id="at the weekend"),
        pytest.param("2026-03-27 17:00", "2026-03-30 09:00", 2.0, id="over the change in March"),
        pytest.param("2026-10-23 17:00", "2026-10-26 09:00", 2.0, id="over that in October"),
        pytest.param("2026-10-01 00:00", "2026-11-01 00:00", 22 * 8.5, id="all October"),
        pytest.param("2026-11-10 17:00", "2026-11-12 09:00", 2.0, id="over a holiday"),
        pytest.param("2026-12-24 08:00", "2026-12-28 09:00", 5.0, id="over a short day"),
    ],
)
def test_only_opening_hours_count(start: str, end: str, hours: float) -> None:
    warsaw = "Europe/Warsaw"
    assert took("office", at(start, warsaw), at(end, warsaw)) == hours * HOUR


def test_asked_on_saturday_and_answered_on_sunday_took_nothing_rather_than_being_unknown() -> None:
    asked, answered = at("2026-03-07 10:00"), at("2026-03-08 10:00")
    assert took("office", asked, answered) == 0


def test_a_night_shift_answers_after_midnight() -> None:
    warsaw = "Europe/Warsaw"
    reply = at("2026-03-03 00:30", warsaw)
    assert took("nights", at("2026-03-02 20:00", warsaw), reply) == 3.5 * HOUR
    assert took("nights", at("2026-03-02 23:45", warsaw), reply) == 45 * 60
    # The night of the change lasts seven hours in March and nine in October.
    for evening, hours in (("2026-03-28 20:00", 7), ("2026-10-24 20:00", 9)):
        start = at(evening, warsaw)
        assert took("nights", start, start + timedelta(hours=12)) == hours * HOUR


def test_monday_morning_in_sydney_is_sunday_in_utc() -> None:
    assert took("sydney", at("2026-10-04 20:00"), at("2026-10-04 22:00")) == HOUR
    assert took("sydney", at("2026-09-27 20:00"), at("2026-09-27 23:00")) == HOUR


def test_around_the_clock_every_second_counts_over_a_change_of_clocks() -> None:
    for start in (at("2026-03-28 12:34:56"), at("2026-10-24 12:34:56")):
        assert took("hotline", start, start + timedelta(days=3)) == 3 * 24 * HOUR


@pytest.mark.parametrize(
    ("calendar", "start", "end"),
    [
        pytest.param("office", "2026-03-03 16:00", None, id="it still runs"),
        pytest.param("office", None, "2026-03-03 16:00", id="it never began"),
        pytest.param("offices", "2026-03-03 16:00", "2026-03-03 17:00", id="no such calendar"),
        pytest.param(None, "2026-03-03 16:00", "2026-03-03 17:00", id="no calendar"),
        pytest.param("office", "2025-11-30 16:00", "2026-03-03 17:00", id="before the clock"),
        pytest.param("office", "2026-03-03 16:00", "2027-02-01 00:00", id="after the clock"),
        pytest.param("new", "2026-05-31 21:59", "2026-06-02 10:00", id="before the first version"),
    ],
)
def test_the_unknown_is_unknown_and_not_zero(
    calendar: str | None, start: str | None, end: str | None
) -> None:
    assert took(calendar, start and at(start), end and at(end)) is None  # type: ignore[arg-type]


def test_the_first_version_counts_from_its_first_local_instant() -> None:
    assert took("new", at("2026-05-31 22:00"), at("2026-06-01 07:00")) == HOUR


def test_an_instant_is_cut_down_to_its_second() -> None:
    start, end = at("2026-03-03 09:00:00.999999"), at("2026-03-03 09:00:10.700000")
    assert took("office", start, end) == 10
    assert took("office", end, start) == -10
    late = at("2026-03-03 23:59:59.999999")
    assert took("hotline", late, late + timedelta(microseconds=1)) == 1


def test_days_before_1970_are_days_too() -> None:
    clocks = clock_of(
        parse({"calendar": {"hotline": WORLD["hotline"]}}), date(1969, 12, 1), date(1970, 1, 31)
    )
    start, end = at("1969-12-31 23:59:58.5"), at("1970-01-01 00:00:01.5")
    rows = relation([{"calendar_id": "hotline", "start": start, "end": end}], "start", "end")
    (found,) = open_seconds(rows, "start", "end", *clocks, to="took").to_pyarrow().to_pylist()
    assert found["took"] == 3


@cache
def minutes(zone: str, month: int) -> tuple[list[bool], list[bool], list[int], list[int]]:
    """Counted by hand: of each minute of 30 days, if the office and the night shift are open."""
    start = datetime(2026, month, 10, tzinfo=UTC)
    shown = [(start + timedelta(minutes=n)).astimezone(ZoneInfo(zone)) for n in range(30 * 1440)]
    day = [
        wall.weekday() < 5 and any(s[:5] <= f"{wall:%H:%M}" < s[6:] for s in LUNCH)
        for wall in shown
    ]
    # Neither shift begins or ends within an hour that is skipped or comes twice in these zones.
    night = [f"{wall:%H:%M}" >= "21:00" or f"{wall:%H:%M}" < "05:00" for wall in shown]
    return day, night, _sums(day), _sums(night)


def _sums(is_open: list[bool]) -> list[int]:
    sums = [0]
    for each in is_open:
        sums.append(sums[-1] + 60 * each)
    return sums


@cache
def clock_of_zones(month: int) -> tuple[Relation, Relation]:
    written = {
        f"{zone} {name}": {"zone": zone, "week": week}
        for zone in ZONES
        for name, week in (("day", OFFICE), ("night", NIGHTS))
    }
    return clock_of(parse({"calendar": written}), date(2026, month, 9), date(2026, month + 1, 12))


SECONDS = st.integers(0, 30 * 86400 - 1)


@settings(max_examples=12, deadline=None)
@given(
    month=st.sampled_from([3, 10]),
    pairs=st.lists(
        st.tuples(st.sampled_from(ZONES), SECONDS, SECONDS, st.integers(0, 999_999)),
        min_size=1,
        max_size=60,
    ),
)
def test_the_query_agrees_with_counting_by_hand(
    month: int, pairs: list[tuple[str, int, int, int]]
) -> None:
    origin = datetime(2026, month, 10, tzinfo=UTC)
    rows, counted = [], []
    for zone, start, end, part in pairs:
        begin = origin + timedelta(seconds=start, microseconds=part)
        finish = origin + timedelta(seconds=end, microseconds=999_999 - part)
        day, night, day_sums, night_sums = minutes(zone, month)
        for name, is_open, sums in (("day", day, day_sums), ("night", night, night_sums)):
            rows.append({"calendar_id": f"{zone} {name}", "start": begin, "end": finish})
            until = [sums[at // 60] + is_open[at // 60] * (at % 60) for at in (start, end)]
            counted.append(until[1] - until[0])
    numbered = relation([{**row, "n": f"{n:04}"} for n, row in enumerate(rows)], "start", "end")
    asked = open_seconds(numbered, "start", "end", *clock_of_zones(month), to="took")
    assert asked.order_by("n").to_pyarrow()["took"].to_pylist() == counted


def test_a_later_correction_never_alters_a_finished_value() -> None:
    monday = at("2026-03-09 08:00")
    # The hours were corrected on the tenth at noon, back to the third: six a day instead of eight.
    assert took("corrected", monday, at("2026-03-10 11:59:59")) == 8 * HOUR + 3 * HOUR - 1
    assert took("corrected", monday, at("2026-03-10 12:00")) == 6 * HOUR + 2 * HOUR


def test_restating_reads_everything_with_the_newest_edition() -> None:
    row = {
        "calendar_id": "corrected",
        "start": at("2026-03-09 08:00"),
        "end": at("2026-03-09 18:00"),
    }
    rows = relation([row, {**row, "calendar_id": "hotline"}], "start", "end")
    asked = open_seconds(rows, "start", "end", *world(), to="took", restate=True)
    assert sorted(asked.to_pyarrow()["took"].to_pylist()) == [6 * HOUR, 10 * HOUR]


def test_several_pairs_are_read_at_once_each_with_the_edition_of_its_own_end() -> None:
    rows = relation(
        [
            {
                "calendar_id": "corrected",
                "created_at": at("2026-03-09 08:00"),
                "replied_at": at("2026-03-09 18:00"),
                "solved_at": at("2026-03-10 18:00"),
                "ticket_id": "7",
            }
        ],
        *("created_at", "replied_at", "solved_at"),
    )
    pairs = {"reply": ("created_at", "replied_at"), "solve": ("created_at", "solved_at")}
    asked = add_open_seconds(rows, pairs, *world())
    assert asked.schema()["reply"] == asked.schema()["solve"] == ibis.dtype("int64")
    (found,) = asked.to_pyarrow().to_pylist()
    assert (found.pop("reply"), found.pop("solve")) == (8 * HOUR, 12 * HOUR)
    assert [found] == rows.to_pyarrow().to_pylist()


def test_a_ticket_that_changes_calendar_is_the_sum_of_its_stretches() -> None:
    stretches = [
        ("office", at("2026-03-02 15:00"), at("2026-03-02 18:00")),
        ("corrected", at("2026-03-02 18:00"), at("2026-03-04 12:00")),
    ]
    # It stopped before the correction, or after it: every stretch is read as of the stop.
    for stop, corrected in ((at("2026-03-04 12:00"), 11), (at("2026-03-11 00:00"), 10 - 2)):
        rows = relation(
            [
                {"calendar_id": name, "start": start, "end": end, "stop": stop}
                for name, start, end in stretches
            ],
            *("start", "end", "stop"),
        )
        asked = open_seconds(rows, "start", "end", *world(), to="took", stop="stop")
        assert asked.aggregate(total=asked.took.sum()).to_pyarrow()["total"][0].as_py() == (
            (2 + corrected) * HOUR
        )


def test_time_in_a_status_is_its_exits_less_its_entries() -> None:
    stays = [("2026-03-02 08:00", "2026-03-02 10:00"), ("2026-03-02 11:30", "2026-03-03 08:30")]
    rows = relation(
        [{"calendar_id": "office", "entered": at(a), "left": at(b)} for a, b in stays],
        *("entered", "left"),
    )
    entries = read_clock(rows, "entered", *world(), to="b_in", stop="left")
    both = read_clock(entries, "left", *world(), to="b_out")
    found = both.aggregate(seconds=both.b_out.sum() - both.b_in.sum()).to_pyarrow()
    # In Warsaw: 09:00 to 11:00; 12:30 to the end of the day less lunch; 08:00 to 09:30.
    assert found["seconds"][0].as_py() == (2 + 4.5 + 1.5) * HOUR


def test_rows_stay_as_many_as_they_were() -> None:
    start = at("2026-03-02 08:00")
    rows = relation(
        [{"calendar_id": name, "start": start, "end": start} for name in [*WORLD, None, "x"]],
        *("start", "end"),
    )
    asked = open_seconds(rows, "start", "end", *world(), to="took").to_pyarrow()
    assert asked.num_rows == len(WORLD) + 2
    assert asked.column_names == ["calendar_id", "start", "end", "took"]


@pytest.mark.parametrize("dialect", ["databricks", "duckdb"])
def test_it_is_said_in_equal_joins_without_zones_on_every_engine(dialect: str) -> None:
    schema = {"calendar_id": "string", "start": "timestamp('UTC', 6)", "end": "timestamp('UTC', 6)"}
    tables = [
        ibis.table(face.schema(), name=name)
        for face, name in zip(world(), ("clock", "editions"), strict=True)
    ]
    rows = ibis.table(schema, name="ticket")
    asked = open_seconds(rows, "start", "end", *tables, to="took")
    sql = sqlglot.parse_one(str(ibis.to_sql(asked, dialect=dialect)), dialect=dialect)
    joins = list(sql.find_all(sqlglot.exp.Join))
    assert len(joins) == 3
    for join in joins:
        conditions = (
            join.args["on"].flatten() if join.args["on"].key == "and" else [join.args["on"]]
        )
        assert {condition.key for condition in conditions} == {"eq"}
    assert "zone" not in sql.sql().lower()
