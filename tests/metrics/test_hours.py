"""Hours of the week hold against plain Python on the clock of the zone, over changes of clocks."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.small import MARCH, Row, laid, parts
from regard.core.errors import BadValue, UnknownName
from regard.core.period import instant_of
from regard.metrics.engine import Part
from regard.metrics.query import Query
from regard.metrics.week import covered

WARSAW, KOLKATA, KUALA_LUMPUR = "Europe/Warsaw", "Asia/Kolkata", "Asia/Kuala_Lumpur"
ZONES = (WARSAW, KOLKATA, KUALA_LUMPUR)
CHANGES = {
    "the last Sunday of March": (date(2026, 3, 24), date(2026, 4, 3)),
    "the last Sunday of October": (date(2026, 10, 20), date(2026, 10, 31)),
}
YEARS_END = "2027-01-01 00:00"
BOTH = "weekday,hour"
HALF = timedelta(minutes=30)


def _tickets(*instants: datetime) -> list[Row]:
    return [
        {
            "ticket_id": str(n),
            "customer_id": f"c{n}",
            "created_at": instant,
            "demand": "real",
            "resolved_seconds": 60 * (n + 1),
        }
        for n, instant in enumerate(instants)
    ]


def _slots(*told: tuple[str, datetime, int, int]) -> list[Row]:
    return [
        {
            "agent_id": who,
            "agent": who,
            "team": "desk" if who < "c" else "lab",
            "starts_at": at,
            "present_seconds": present,
            "planned_seconds": planned,
        }
        for who, at, present, planned in told
    ]


def _local(instant: datetime, zone: str) -> tuple[int, int]:
    there = instant.astimezone(ZoneInfo(zone))
    return there.isoweekday(), there.hour


def _said(since: date, until: date, **more: Any) -> dict[str, Any]:
    return {"from": since.isoformat(), "to": until.isoformat(), "by": BOTH, **more}


def _by_cell(found: tuple[Part, ...]) -> dict[tuple[int, int], Part]:
    return {(part.by["weekday"], part.by["hour"]): part for part in found}


def _minutes(since: date, until: date, zone: str) -> list[datetime]:
    """Every quarter of an hour: no clock here changes or stands within one."""
    start, end = instant_of(since, zone), instant_of(until, zone)
    return [
        start + timedelta(minutes=15 * n) for n in range(int((end - start).total_seconds() // 900))
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("stretch", CHANGES.values(), ids=CHANGES)
def test_each_hour_holds_what_came_while_the_clock_showed_it(
    zone: str, stretch: tuple[date, date]
) -> None:
    first, last = instant_of(stretch[0], zone), instant_of(stretch[1], zone)
    # 47 minutes go round the clock without a pattern; some lie outside the range.
    every = [first + timedelta(minutes=47 * n) for n in range(-9, 330)]
    inside = [instant for instant in every if first <= instant < last]
    found = _by_cell(
        parts("tickets_new", _tickets(*every), _said(*stretch), zone=zone, as_of=YEARS_END)
    )
    wanted = Counter(_local(instant, zone) for instant in inside)
    known = {cell: part.estimate.value for cell, part in found.items() if part.estimate.n}
    assert known == dict(wanted)
    assert sum(wanted.values()) == len(inside) > 250


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("stretch", CHANGES.values(), ids=CHANGES)
def test_an_hour_covers_the_days_and_seconds_that_the_clock_shows(
    zone: str, stretch: tuple[date, date]
) -> None:
    days: dict[tuple[int, int], set[date]] = defaultdict(set)
    seconds: Counter[tuple[int, int]] = Counter()
    for instant in _minutes(*stretch, zone):
        cell = _local(instant, zone)
        days[cell].add(instant.astimezone(ZoneInfo(zone)).date())
        seconds[cell] += 900
    start, end = (instant_of(day, zone) for day in stretch)
    for weekday, hour in product(range(1, 8), range(24)):
        found = covered(Query("any"), (str(weekday), f"{hour:02}"), start, end, zone)
        assert found.days == len(days[weekday, hour])
        assert found.seconds == seconds[weekday, hour]
    for weekday in range(1, 8):
        whole = covered(Query("any"), (str(weekday), None), start, end, zone)
        every = set().union(*(days[weekday, hour] for hour in range(24)))
        assert whole.days == len(every)
        assert whole.seconds == sum(seconds[weekday, hour] for hour in range(24))


def test_the_hour_that_was_skipped_is_a_gap_and_not_nought() -> None:
    day = _said(date(2026, 3, 29), date(2026, 3, 30), zone=WARSAW)
    found = _by_cell(parts("tickets_new", _tickets(datetime(2026, 3, 29, 1, tzinfo=UTC)), day))
    assert found[7, 3].estimate.value == 1
    assert found[7, 2].estimate.value is None
    assert found[7, 1].estimate.value == 0
    # Of that range nothing is a Monday.
    assert found[1, 3].estimate.value is None


def test_the_hour_that_comes_twice_holds_both_and_is_one_day() -> None:
    twice = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    day = _said(date(2026, 10, 25), date(2026, 10, 26), zone=WARSAW)
    found = _by_cell(parts("tickets_new", _tickets(*twice), day, as_of=YEARS_END))
    assert found[7, 2].estimate.value == 2
    plan = laid("tickets_new", _tickets(*twice), day, as_of=YEARS_END)
    assert plan.days(None, ("7", "02")) == 1
    assert plan.cover(None, ("7", "02")).seconds == 7200


def test_hours_run_from_monday_at_midnight_on() -> None:
    found = parts(
        "tickets_new", _tickets(datetime(2026, 3, 2, 9, tzinfo=UTC)), {**MARCH, "by": BOTH}
    )
    cells = [(part.by["weekday"], part.by["hour"]) for part in found]
    assert cells == list(product(range(1, 8), range(24)))
    turned = parts(
        "tickets_new", _tickets(datetime(2026, 3, 2, 9, tzinfo=UTC)), {**MARCH, "by": "hour"}
    )
    assert [part.by["hour"] for part in turned] == list(range(24))


def test_counts_without_rows_are_nought_and_times_without_rows_are_gaps() -> None:
    rows = _tickets(datetime(2026, 3, 2, 9, tzinfo=UTC))
    for key, empty in (("tickets_new", 0), ("time_to_resolve", None)):
        found = _by_cell(parts(key, rows, {**MARCH, "by": BOTH}))
        assert found[1, 9].estimate.n == 1
        assert found[1, 10].estimate.value == empty


def test_the_limit_of_a_count_knows_how_many_such_days_there_were() -> None:
    """None in five Sundays says less than none in thirty-one days."""
    rows = _tickets(datetime(2026, 3, 3, 9, tzinfo=UTC))
    said = {**MARCH, "by": "weekday"}
    assert laid("tickets_new", rows, said).days(None, ("7", None)) == 5
    assert laid("tickets_new", rows, said).days(None, ("1", None)) == 5
    assert laid("tickets_new", rows, said).days(None, ("2", None)) == 5
    assert laid("tickets_new", rows, said).days(None, ("3", None)) == 4
    filtered = {**MARCH, "where": ["weekday=3,4"]}
    assert laid("tickets_new", rows, filtered).days() == 8


@given(
    hours=st.lists(st.integers(0, 24 * 40), min_size=1, max_size=60), zone=st.sampled_from(ZONES)
)
@settings(max_examples=8, deadline=None)
def test_the_hours_add_up_to_the_whole(hours: list[int], zone: str) -> None:
    first = datetime(2026, 3, 1, 0, 10, tzinfo=UTC)
    rows = _tickets(*(first + timedelta(hours=hour) for hour in hours))
    said = {"from": "2026-03-01", "to": "2026-04-10"}
    ((whole), *_) = parts("tickets_new", rows, said, zone=zone)
    for by in ("weekday", "hour", BOTH, "hour,month", "week,weekday"):
        split = parts("tickets_new", rows, {**said, "by": by}, zone=zone)
        assert sum(part.estimate.value or 0 for part in split) == whole.estimate.value


def test_filters_by_hour_keep_the_rows_of_those_hours() -> None:
    every = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 14)]
    for where, wanted in (
        (["weekday=1"], 48),
        (["weekday=6,7"], 96),
        (["hour=9"], 14),
        (["hour=09", "hour=10"], 28),
        (["weekday=1", "hour=0,23"], 4),
    ):
        (part,) = parts("tickets_new", _tickets(*every), {**MARCH, "where": where})
        assert part.estimate.value == wanted
    found = parts("tickets_new", _tickets(*every), {**MARCH, "where": ["weekday=1"], "by": BOTH})
    assert [(part.by["weekday"], part.by["hour"]) for part in found] == [(1, n) for n in range(24)]


@pytest.mark.parametrize(
    ("where", "told"), [("weekday=8", "1 to 7"), ("hour=24", "0 to 23"), ("hour=nine", "0 to 23")]
)
def test_an_hour_there_is_not_is_said(where: str, told: str) -> None:
    with pytest.raises(BadValue, match=told):
        parts("tickets_new", _tickets(datetime(2026, 3, 2, tzinfo=UTC)), {"where": [where]})


def test_what_stands_has_no_hours_and_unknown_ways_still_hint() -> None:
    with pytest.raises(UnknownName, match="weekday"):
        parts("backlog", [{"ticket_id": "1", "status": "open"}], {"by": "weekday"})
    with pytest.raises(UnknownName, match="Did you mean 'weekday'"):
        parts("tickets_new", [], {"by": "weekdays"})


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("stretch", CHANGES.values(), ids=CHANGES)
def test_people_on_duty_are_seconds_over_the_seconds_of_the_hour(
    zone: str, stretch: tuple[date, date]
) -> None:
    first, last = (instant_of(day, zone) for day in stretch)
    told = [
        (who, first + n * HALF, (n * 137 + 400 * place) % 1801, (n * 71) % 1801)
        for place, who in enumerate(("ann", "bob", "cat"))
        for n in range(place * 7, int((last - first) / HALF), place + 1)
    ]
    length = Counter[tuple[int, int]]()
    for instant in _minutes(*stretch, zone):
        length[_local(instant, zone)] += 900
    rows = _slots(*told)
    for key, column in (("people_on_duty", "present"), ("people_planned", "planned")):
        spent: Counter[tuple[int, int]] = Counter()
        for row in rows:
            spent[_local(row["starts_at"], zone)] += row[f"{column}_seconds"]
        found = parts(key, rows, _said(*stretch), zone=zone, as_of=YEARS_END)
        for cell, part in _by_cell(found).items():
            if length[cell]:
                assert part.estimate.value == pytest.approx(spent[cell] / length[cell], abs=1e-12)
            else:
                assert part.estimate.value is None


def test_people_are_told_by_week_team_and_person_and_until_the_as_of_alone() -> None:
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    told = [("ann", monday + n * HALF, 1800, 0) for n in range(16, 32)]
    told += [("cat", monday + n * HALF, 900, 0) for n in range(16, 32)]
    rows, week = _slots(*told), 7 * 86_400
    said = {"from": "2026-03-02", "to": "2026-03-16"}
    for by, wanted in (
        ("team", {"desk": 28_800 / (2 * week), "lab": 14_400 / (2 * week)}),
        ("agent", {"ann": 28_800 / (2 * week), "cat": 14_400 / (2 * week)}),
        ("week", {"2026-W10": 43_200 / week, "2026-W11": 0.0}),
    ):
        found = parts("people_on_duty", rows, {**said, "by": by})
        assert {part.by[by]: part.estimate.value for part in found} == pytest.approx(wanted)
    (half,) = parts("people_on_duty", rows, said, as_of="2026-03-03 00:00")
    assert half.estimate.value == pytest.approx(43_200 / 86_400)
    assert half.estimate.n == 2


def test_the_interval_of_people_is_that_of_the_days() -> None:
    """Eight hours on the first of two days: a third and nought, t with one degree of freedom."""
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    rows = _slots(*(("ann", monday + n * HALF, 1800, 0) for n in range(16, 32)))
    (part,) = parts("people_on_duty", rows, {"from": "2026-03-02", "to": "2026-03-04"})
    assert part.estimate.value == pytest.approx(1 / 6)
    assert part.estimate.low == 0
    # 1/6 + 12.706 · s/√2 with s/√2 = 1/6.
    assert part.estimate.high == pytest.approx((1 + 12.706204736) / 6)


@pytest.mark.parametrize("zone", ZONES)
def test_active_people_are_counted_once_an_hour_of_the_local_clock(zone: str) -> None:
    first, last = date(2026, 10, 20), date(2026, 10, 31)
    start = instant_of(first, zone)
    told = [(f"p{n % 3}", start + timedelta(minutes=23 * n)) for n in range(500)]
    rows: list[Row] = [
        {
            "ticket_id": "1",
            "event_id": str(n),
            "at": at,
            "kind": "change" if n % 2 else "message",
            "public": True,
            "automatic": False,
            "by": who,
            "by_kind": "agent",
            "demand": "real",
        }
        for n, (who, at) in enumerate(told)
    ]
    seen: dict[tuple[int, int], set[Any]] = defaultdict(set)
    for who, at in told:
        there = at.astimezone(ZoneInfo(zone))
        seen[_local(at, zone)].add((who, there.date(), there.hour))
    length = Counter(_local(instant, zone) for instant in _minutes(first, last, zone))
    found = parts("people_active", rows, _said(first, last), zone=zone, as_of=YEARS_END)
    for cell, part in _by_cell(found).items():
        assert part.estimate.value == pytest.approx(len(seen[cell]) / (length[cell] / 4))
