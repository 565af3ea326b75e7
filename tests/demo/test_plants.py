"""What was planted in the demo can be dug up again, in a small company too."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.core.errors import UnknownName
from regard.demo.calendars import PHONE, WRITTEN
from regard.demo.clock import SECOND, months_before, window
from regard.demo.company import company
from regard.demo.openings import openings, workdays
from regard.demo.plants import Plant, plant, planted

WARSAW = ZoneInfo("Europe/Warsaw")
APRIL, MAY = (2026, 4), (2026, 5)


@pytest.fixture(scope="module", name="demo", params=[7, 8], ids=["seed 7", "seed 8"])
def _demo(request: pytest.FixtureRequest) -> Mapping[str, pa.Table]:
    return company(seed=request.param)


DAYS = {
    "understaffed": (date(2026, 2, 9), date(2026, 3, 1)),
    "seed001": (date(2026, 5, 1), date(2026, 5, 31)),
    "afternoon": (date(2026, 4, 1), date(2026, 5, 31)),
    "surge": (date(2025, 11, 4), date(2025, 11, 6)),
    "new_problem": (date(2026, 4, 17), date(2026, 5, 31)),
    "ended_problem": (date(2025, 9, 1), date(2025, 12, 31)),
    "reopened": (date(2026, 5, 1), date(2026, 5, 31)),
    "mix_shift": (date(2025, 8, 1), date(2025, 10, 31)),
}


@pytest.mark.parametrize("name", DAYS)
def test_a_plant_says_when_it_is(name: str) -> None:
    found = plant(name, planted())
    assert found is not None
    assert (found.first_day, found.last_day) == DAYS[name]
    assert found.says
    assert found.sizes


def test_in_the_middle_of_a_month_the_one_before_is_the_last_full_one() -> None:
    more = plant("seed001", planted(12, date(2026, 6, 15)))
    assert more is not None
    assert (more.first_day, more.last_day) == (date(2026, 5, 1), date(2026, 5, 31))


def test_a_short_company_holds_fewer_plants() -> None:
    found = {plant.name for plant in planted(months=3)} & {*DAYS}
    assert found == {"seed001", "afternoon", "new_problem", "reopened"}
    assert planted(months=1) == ()


def test_what_was_planted_lies_inside_the_window() -> None:
    for months in range(1, 25):
        for until in (date(2026, 6, 1), date(2026, 3, 30), date(2026, 3, 31)):
            first = months_before(until, months)
            for found in planted(months, until):
                assert first <= found.first_day <= found.last_day < until, (found, months)


def test_a_plant_that_is_not_known_is_an_error_with_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'surge'"):
        planted(without=["serge"])


def test_one_plant_or_all_of_them_can_be_left_out() -> None:
    assert plant("surge", planted(without=["surge", "seed001"])) is None
    assert plant("reopened", planted(without=["surge", "seed001"])) is not None
    assert planted(without=["all"]) == ()


def test_calls_rise_by_three_tenths_per_opening_day(demo: Mapping[str, pa.Table]) -> None:
    days = opening_days()
    calls = by_month(demo["call"].to_pylist())
    change = (len(calls[MAY]) / days[MAY]) / (len(calls[APRIL]) / days[APRIL])
    assert change == pytest.approx(1.3, abs=0.05)


def test_handle_time_falls_by_three_tenths(demo: Mapping[str, pa.Table]) -> None:
    handled: dict[str, int] = defaultdict(int)
    for leg in demo["call_leg"].to_pylist():
        if leg["kind"] == "agent":
            parts = ("talk_seconds", "hold_seconds", "wrap_seconds")
            handled[leg["call_id"]] += sum(leg[part] for part in parts)
    calls = by_month(demo["call"].to_pylist())
    month = {
        key: mean(handled[call["call_id"]] for call in calls[key] if call["call_id"] in handled)
        for key in (APRIL, MAY)
    }
    assert month[MAY] / month[APRIL] == pytest.approx(0.7, abs=0.03)


def test_twice_as_many_callers_call_again(demo: Mapping[str, pa.Table]) -> None:
    rate = {}
    for key, calls in by_month(demo["call"].to_pylist()).items():
        again = repeats(calls)
        rate[key] = again / (len(calls) - again)
    assert 0.10 < rate[APRIL] < 0.22
    assert rate[MAY] / rate[APRIL] == pytest.approx(2.0, abs=0.35)


def test_answers_are_slower_while_people_are_missing(demo: Mapping[str, pa.Table]) -> None:
    short = plant("understaffed", planted())
    assert short is not None
    before = Plant("before", "", short.first_day - timedelta(21), short.first_day - timedelta(1))
    assert wait(demo, short) > 1.5 * wait(demo, before)


def test_the_backlog_grows_while_people_are_missing(demo: Mapping[str, pa.Table]) -> None:
    short = plant("understaffed", planted())
    assert short is not None
    begun, over = backlog(demo, short.first_day), backlog(demo, short.last_day)
    assert over > 1.3 * begun
    assert backlog(demo, short.last_day + timedelta(days=28)) < 0.9 * over


def test_the_calendars_are_read_as_they_are_meant() -> None:
    days = window(12, date(2026, 6, 1))
    desk, line = openings(days, WRITTEN), openings(days, PHONE)
    assert set((desk.closes - desk.opens).tolist()) == {10 * 3600 * SECOND}
    assert set((line.closes - line.opens).tolist()) == {12 * 3600 * SECOND}
    assert workdays(days).sum() == 250


def opening_days() -> dict[tuple[int, int], int]:
    """Opening days by month."""
    days = window(12, date(2026, 6, 1))
    found: dict[tuple[int, int], int] = defaultdict(int)
    for day, works in zip(days.days, workdays(days), strict=True):
        found[day.year, day.month] += bool(works)
    return found


def by_month(calls: list[dict[str, Any]]) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """Calls by the local month of their arrival."""
    found = defaultdict(list)
    for call in calls:
        local = call["arrived_at"].astimezone(WARSAW)
        found[local.year, local.month].append(call)
    return found


def repeats(calls: list[dict[str, Any]]) -> int:
    """Calls by someone who called about the same kind of matter in the week before."""
    last: dict[tuple[str, str], datetime] = {}
    found = 0
    for call in sorted(calls, key=lambda call: call["arrived_at"]):
        if call["customer_id"]:
            key = (call["customer_id"], call["type"])
            found += key in last and call["arrived_at"] - last[key] <= timedelta(days=7)
            last[key] = call["arrived_at"]
    return found


def wait(demo: Mapping[str, pa.Table], plant: Plant) -> float:
    """Median seconds to the first public reply by a person to what was mailed in these days."""
    reply: dict[str, datetime] = {}
    for said in demo["message"].to_pylist():
        if said["author_kind"] == "agent" and said["public"]:
            reply.setdefault(said["ticket_id"], said["sent_at"])
    waits: list[float] = [
        (reply[ticket["ticket_id"]] - ticket["created_at"]).total_seconds()
        for ticket in demo["ticket"].to_pylist()
        if ticket["channel"] == "email"
        and plant.first_day <= ticket["created_at"].astimezone(WARSAW).date() <= plant.last_day
        and ticket["ticket_id"] in reply
    ]
    return median(waits)


def backlog(demo: Mapping[str, pa.Table], day: date) -> int:
    """Tickets open at the local noon of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=WARSAW)
    created = demo["ticket"].to_pylist()
    done = {ticket_id for ticket_id, status in statuses(demo, noon) if status}
    return sum(t["created_at"] <= noon and t["ticket_id"] not in done for t in created)


def statuses(demo: Mapping[str, pa.Table], noon: datetime) -> Iterator[tuple[str, bool]]:
    """Each ticket that changed before the instant, and whether it was done then."""
    last: dict[str, bool] = {}
    for row in demo["ticket_change"].to_pylist():
        if row["field"] == "status" and row["at"] <= noon:
            last[row["ticket_id"]] = row["value"] in {"solved", "closed"}
    yield from last.items()
