"""Days, weeks and months are those of the zone asked for, over changes of clocks too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.small import DAY, HOUR, around_the_clock, at, laid, parts
from regard.facts.fact import fact
from regard.metrics.examples import example_rows
from regard.metrics.metric import metric
from regard.metrics.offsets import offsets
from regard.metrics.plan import Sources, plan_rows
from regard.metrics.query import Query

ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "UTC")
YEAR = {"from": "2026-01-01", "to": "2027-01-01"}
NEXT_YEAR = "2027-02-01 00:00"
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
INSTANTS = st.builds(
    lambda day, seconds: at(f"{day} 00:00") + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-86_400, 2 * 86_400),
)


def _new(*instants: datetime) -> list[dict[str, Any]]:
    return [
        {"ticket_id": str(n), "created_at": when, "demand": "real", "source": "s"}
        for n, when in enumerate(instants)
    ]


def _label(by: str, day: date) -> str:
    year, week, _ = day.isocalendar()
    return {"day": day.isoformat(), "week": f"{year}-W{week:02d}", "month": f"{day:%Y-%m}"}[by]


@settings(max_examples=4, deadline=None)
@given(instants=st.lists(INSTANTS, min_size=1, max_size=30))
@pytest.mark.parametrize("zone", ZONES)
def test_rows_fall_into_the_local_day_week_and_month(zone: str, instants: list[datetime]) -> None:
    for by in ("day", "week", "month"):
        found = parts(
            "tickets_new", _new(*instants), {**YEAR, "by": by, "zone": zone}, as_of=NEXT_YEAR
        )
        told = {part.by[by]: part.estimate.value for part in found if part.estimate.value}
        wanted: dict[str, int] = {}
        for instant in instants:
            label = _label(by, instant.astimezone(ZoneInfo(zone)).date())
            wanted[label] = wanted.get(label, 0) + 1
        assert told == wanted


@settings(max_examples=60, deadline=None)
@given(instant=INSTANTS, zone=st.sampled_from(ZONES))
def test_local_days_in_whole_numbers_are_those_of_the_zone(instant: datetime, zone: str) -> None:
    told = offsets(at("2026-01-01 00:00"), at("2027-01-01 00:00"), zone)
    (ahead,) = [seconds for since, seconds in told if since <= instant.timestamp()][-1:]
    day = (int(instant.timestamp()) + ahead) // 86_400
    assert date(1970, 1, 1) + timedelta(days=day) == instant.astimezone(ZoneInfo(zone)).date()


def test_a_report_of_the_year_has_october_and_every_other_month() -> None:
    found = parts(
        "tickets_new",
        _new(at("2026-10-25 00:30"), at("2026-10-25 01:30"), at("2026-10-31 23:30")),
        {**YEAR, "by": "month", "zone": "Europe/Warsaw"},
        as_of=NEXT_YEAR,
    )
    told = {part.by["month"]: part.estimate.value for part in found}
    assert list(told) == [f"2026-{month:02d}" for month in range(1, 13)]
    # Half past midnight on 1 November in Warsaw is still October in UTC.
    assert (told["2026-10"], told["2026-11"]) == (2.0, 1.0)


def test_the_day_of_the_change_of_clocks_has_twenty_five_hours() -> None:
    said = {"from": "2026-10-25", "to": "2026-10-26", "by": "date_hour", "zone": "Europe/Warsaw"}
    twice = (at("2026-10-25 00:30"), at("2026-10-25 01:30"))
    found = parts("tickets_new", _new(*twice), said, as_of=NEXT_YEAR)
    assert len(found) == 25
    told = [part.by["date_hour"] for part in found if part.estimate.value]
    assert told == ["2026-10-25T02:00+0100", "2026-10-25T02:00+0200"]


def test_winter_days_keep_winter_time_whatever_the_clock_says_today() -> None:
    said = {**YEAR, "by": "day", "zone": "Europe/Warsaw"}
    winter, summer = at("2026-01-14 23:30"), at("2026-07-14 22:30")
    found = parts("tickets_new", _new(winter, summer), said, as_of=NEXT_YEAR)
    told = [part.by["day"] for part in found if part.estimate.value]
    assert told == ["2026-01-15", "2026-07-15"]
    almost = parts("tickets_new", _new(at("2026-01-14 22:30")), said, as_of=NEXT_YEAR)
    assert [part.by["day"] for part in almost if part.estimate.value] == ["2026-01-14"]


def test_the_end_of_a_period_is_the_first_day_not_counted() -> None:
    rows = _new(
        at("2026-02-28 23:59"),
        at("2026-03-01 00:00"),
        at("2026-03-31 23:59"),
        at("2026-04-01 00:00"),
    )
    (part,) = parts("tickets_new", rows, {"from": "2026-03-01", "to": "2026-04-01"})
    assert part.estimate.value == 2


def test_the_last_event_counts_though_it_came_at_midnight() -> None:
    rows = _new(at("2026-03-30 10:00"), at("2026-04-01 00:00"))
    (part,) = parts("tickets_new", rows, as_of="2026-04-01 00:00")
    assert part.estimate.value == 2


def test_a_person_in_sydney_has_one_working_day_and_not_two() -> None:
    # Nine to five in Sydney lies on two days of UTC.
    rows = [
        {
            "source": "s",
            "ticket_id": str(n),
            "demand": "real",
            "touched": True,
            "by": "ann",
            "starts_at": at("2026-03-01 22:00") + timedelta(hours=n),
            "status": "open",
        }
        for n in range(8)
    ]
    said = {"from": "2026-03-01", "to": "2026-03-10"}
    (local,) = parts("tickets_per_agent", rows, {**said, "zone": "Australia/Sydney"})
    assert (local.estimate.value, local.estimate.n) == (8.0, 1)
    (utc,) = parts("tickets_per_agent", rows, {**said, "zone": "UTC"})
    assert (utc.estimate.value, utc.estimate.n) == (4.0, 2)


def test_a_duration_over_the_change_of_clocks_is_what_passed() -> None:
    # From 01:30 to 03:30 on the wall of Warsaw passed one hour in March, three in October.
    hours = []
    for day in ("2026-03-29", "2026-10-25"):
        wall = [datetime.fromisoformat(f"{day} {t}") for t in ("01:30", "03:30")]
        start, end = (w.replace(tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC) for w in wall)
        row = {**_new(start)[0], "resolve_seconds": int((end - start).total_seconds())}
        (part,) = parts("time_to_resolve", [row], YEAR, as_of=NEXT_YEAR)
        hours.append((part.estimate.value or 0) / HOUR)
    assert hours == [1.0, 3.0]


def test_what_is_before_the_first_event_or_after_the_last_is_not_zero() -> None:
    plan = laid("tickets_new", _new(at("2026-03-10 10:00")), YEAR, as_of="2026-03-20 00:00")
    assert plan.seen()
    after = parts(
        "tickets_new",
        _new(at("2026-03-10 10:00")),
        {"from": "2026-05-01", "to": "2026-06-01"},
        as_of="2026-03-20 00:00",
    )
    assert [part.estimate.note for part in after] == ["NO_DATA"]


def test_a_period_that_is_not_over_says_so() -> None:
    said = {"from": "2026-02-01", "to": "2026-05-01", "by": "month"}
    found = parts("tickets_new", _new(at("2026-02-10 10:00")), said, as_of="2026-03-20 00:00")
    told = {p.by["month"]: (p.estimate.value, p.coverage.get("partial", False)) for p in found}
    assert told == {"2026-02": (1.0, False), "2026-03": (0.0, True), "2026-04": (None, True)}


def test_each_source_is_seen_until_its_own_last_event() -> None:
    rows = [
        {
            "source": name,
            "ticket_id": name,
            "created_at": at("2026-03-01 00:00"),
            "demand": "real",
            "is_open": True,
            "status": "open",
        }
        for name in ("early", "late", "elsewhere")
    ]
    one = metric("time_to_resolve")
    ends = {"early": at("2026-03-02 00:00"), "late": at("2026-03-11 00:00")}
    given = example_rows(
        fact(one.fact), tuple(row | {"created_at": "2026-03-01T00:00:00Z"} for row in rows)
    )
    sources = Sources(ends, "UTC", around_the_clock)
    found = plan_rows(Query("time_to_resolve"), one, given, sources)
    ages = found.rows.select("source", "_age").to_pyarrow().to_pylist()
    assert {row["source"]: row["_age"] for row in ages} == {"early": DAY, "late": 10 * DAY}
    assert found.as_of == at("2026-03-11 00:00")
