"""Hours that lack people are found, and no others."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from metrics.small import Row, message, ticket, workspace
from regard.core.errors import BadValue
from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ALL, Scope, ask
from regard.insight.hours import (
    CALM,
    FEW,
    SLOW,
    UNATTENDED,
    UNDERSTAFFED,
    UNKNOWN,
    HourWeek,
    hours,
)
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST = date(2026, 2, 2)
WEEKS = 12
"""Until 27 April: the clock changes on the way."""
ANSWER = "first_response_time"
CELLS = list(product(range(1, 8), range(24)))
SHORT = {(1, 9), (1, 10)}
"""Monday mornings: answers come hours late, and one of four is there."""
BUSY = (3, 14)
"""Wednesdays at two: as late, though everybody is there."""
ALONE = (6, 12)
"""Saturdays at noon: as late, and nobody is there."""


def _hour(week: int, weekday: int, hour: int, minutes: int = 0) -> datetime:
    day = FIRST + timedelta(days=7 * week + weekday - 1)
    local = datetime(day.year, day.month, day.day, hour, tzinfo=WARSAW)
    return (local + timedelta(minutes=minutes)).astimezone(UTC)


def _open() -> Iterator[tuple[int, int]]:
    yield from product(range(1, 6), range(8, 17))


def _wait(cell: tuple[int, int], n: int, late: bool) -> timedelta:
    slow = late and cell in {*SHORT, BUSY, ALONE}
    return timedelta(minutes=(240 if slow else 20) + n * 37 % 25)


def _written(late: bool) -> dict[str, list[Row]]:
    tickets: list[Row] = []
    messages: list[Row] = []
    for week, cell, nth in product(range(WEEKS), [*_open(), ALONE], range(2)):
        name = f"{week}-{cell[0]}-{cell[1]}-{nth}"
        came = _hour(week, *cell, 10 + 25 * nth)
        replied = came + _wait(cell, len(tickets), late)
        tickets.append(ticket(name, came, channel="email", team="desk"))
        messages.append(message(name, 1, came, "customer"))
        messages.append(message(name, 2, replied, "agent"))
    return {"ticket": tickets, "message": messages}


def _present(late: bool) -> list[Row]:
    rows = []
    for week, (weekday, hour), who in product(range(WEEKS), _open(), range(4)):
        if late and (weekday, hour) in SHORT and who:
            continue
        starts = _hour(week, weekday, hour)
        rows.append(
            {
                "agent_id": f"p{who}",
                "state_id": f"{starts:%m%d%H}",
                "state": "available",
                "starts_at": starts,
                "ends_at": starts + timedelta(hours=1),
            }
        )
    return rows


def _built(folder: Path, late: bool, present: bool = True) -> Path:
    events = _written(late) | ({"agent_state": _present(late)} if present else {})
    covers = ["ticket", "ticket_change", "message", *(["agent_state"] if present else [])]
    return workspace(folder, events, zone="Europe/Warsaw", covers=covers)


@pytest.fixture(scope="module", name="short")
def _short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A desk that lacks people on Monday mornings."""
    with open_reader(_built(tmp_path_factory.mktemp("hours") / "short", late=True)) as reader:
        yield reader


@pytest.fixture(scope="module", name="calm")
def _calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The same desk with everybody there."""
    with open_reader(_built(tmp_path_factory.mktemp("hours") / "calm", late=False)) as reader:
        yield reader


def _cells(week: HourWeek, judgement: str) -> set[tuple[int | None, int | None]]:
    return {(hour.weekday, hour.hour) for hour in week.judged(judgement)}


def test_hours_that_lack_people_are_found_and_told_from_those_that_do_not(short: Reader) -> None:
    week = hours(Query(ANSWER), short)
    assert [(hour.weekday, hour.hour) for hour in week.hours] == CELLS
    assert _cells(week, UNDERSTAFFED) == SHORT
    assert _cells(week, SLOW) == {BUSY}
    assert _cells(week, UNATTENDED) == {ALONE}
    assert _cells(week, CALM) == set(_open()) - SHORT - {BUSY}
    assert len(week.judged(FEW)) == 168 - 46


def test_where_nobody_lacks_nothing_is_found(calm: Reader) -> None:
    week = hours(Query(ANSWER), calm)
    for family in (week.hours, week.clock, week.days):
        assert {hour.judgement for hour in family} <= {CALM, FEW}


def test_few_cases_raise_no_alarm(short: Reader) -> None:
    """Of five Mondays one hour has ten cases: not enough, however late they are."""
    week = hours(Query(ANSWER, date(2026, 2, 2), date(2026, 3, 9)), short)
    assert {hour.judgement for hour in week.hours} == {FEW}
    assert any(hour.response.n for hour in week.hours)


def test_each_hour_says_what_came_who_was_there_and_how_much_each_had_to_do(short: Reader) -> None:
    week = hours(Query(ANSWER), short)
    by_cell = {(hour.weekday, hour.hour): hour for hour in week.hours}
    early, later = by_cell[1, 9], by_cell[1, 12]
    assert week.people_from == "people_on_duty"
    # The last Monday of all data, 27 April, lies past the last event.
    assert (early.times, early.arrivals.value, early.each.value) == (12, 24, 2)
    assert (early.people.value, later.people.value) == (1, 4)
    assert (early.load, later.load, week.usual_load) == (2, 0.5, 0.5)
    assert by_cell[7, 3].load is None
    assert early.chance < 1e-6 < later.chance


def test_the_hours_add_up_to_the_whole(short: Reader) -> None:
    week = hours(Query(ANSWER), short)
    (messages,) = ask(Query("messages_in"), short).parts
    (answers,) = ask(Query(ANSWER), short).parts
    for family in (week.hours, week.clock, week.days):
        assert sum(hour.arrivals.value or 0 for hour in family) == messages.estimate.value
        assert sum(hour.response.n for hour in family) == answers.estimate.n
    spent = sum((hour.people.value or 0) * hour.times for hour in week.hours)
    assert spent == pytest.approx(len(_present(late=True)))


def test_without_presence_and_plan_people_are_known_by_what_they_did(tmp_path: Path) -> None:
    with open_reader(_built(tmp_path / "w", late=False, present=False)) as reader:
        week = hours(Query(ANSWER), reader)
    assert week.people_from == "people_active"
    assert {hour.people.value for hour in week.hours if hour.weekday == 2 and hour.hour == 12} == {
        1
    }


def test_a_filter_that_people_do_not_know_leaves_them_unknown(short: Reader) -> None:
    week = hours(Query(ANSWER, where=(("channel", "email"),)), short)
    assert week.people_from == "people_active"
    lab = hours(Query(ANSWER, where=(("priority", ""),)), short)
    assert lab.people_from == ""
    assert _cells(lab, UNKNOWN) == {*SHORT, BUSY, ALONE}
    assert lab.usual_load is None


def test_a_scope_narrows_every_row_of_the_week(short: Reader) -> None:
    nobody: Sequence[tuple[Scope, int]] = [
        (ALL, 1104),
        (Scope(teams=("desk",)), 1104),
        (Scope(teams=()), 0),
    ]
    for scope, wanted in nobody:
        week = hours(Query(ANSWER), short, scope)
        assert sum(hour.response.n for hour in week.hours) == wanted
    assert all(not hour.arrivals.n and not hour.people.n for hour in week.hours)


@pytest.mark.parametrize("key", ["tickets_new", "backlog", "messages_per_ticket"])
def test_only_times_and_shares_have_hours(short: Reader, key: str) -> None:
    with pytest.raises(BadValue, match="a time or a share"):
        hours(Query(key), short)


def test_a_metric_of_several_values_an_hour_is_refused(short: Reader) -> None:
    with pytest.raises(BadValue, match="a single value"):
        hours(Query("resolved_within_days"), short)


def test_shares_are_worse_when_low(tmp_path: Path) -> None:
    calls, legs = [], []
    for nr, cell, nth in product(range(WEEKS), [(1, 9), (1, 10), (1, 11), (1, 12)], range(3)):
        name, came = f"{nr}-{cell[1]}-{nth}", _hour(nr, *cell, 10 * nth)
        waited = 90 if cell in SHORT else 5
        spoke, over = came + timedelta(seconds=waited), came + timedelta(seconds=waited + 200)
        of = {"call_id": name, "starts_at": came}
        queue = {"leg_id": "1", "ordinal": 1, "kind": "queue", "queue": "line"}
        agent = {"leg_id": "2", "ordinal": 2, "kind": "agent", "agent": "ann"}
        calls.append({"call_id": name, "arrived_at": came, "ended_at": over, "outcome": "answered"})
        legs.append(of | queue | {"ends_at": spoke, "wait_seconds": waited})
        legs.append(of | agent | {"starts_at": spoke, "ends_at": over, "talk_seconds": 200})
    events = {"call": calls, "call_leg": legs}
    folder = workspace(tmp_path / "w", events, zone="Europe/Warsaw", covers=tuple(events))
    with open_reader(folder) as reader:
        week = hours(Query("service_level"), reader)
    # No messages here, so nothing is known of what each person had to do.
    assert _cells(week, UNKNOWN) == SHORT
    assert week.people_from == ""


@pytest.fixture(scope="module", name="demo")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Five months of the demo's company, with three weeks of too few people in February."""
    folder = tmp_path_factory.mktemp("hours") / "demo"
    init_workspace(folder, Settings(zone="Europe/Warsaw", sources=("demo",)), CALENDARS_TOML)
    rows = company(tickets=9_000, months=5)
    open_store(folder).upsert(rows, covers={"demo": tuple(rows)})
    build(folder)
    with open_reader(folder) as reader:
        yield reader


def test_the_demos_understaffed_stretch_is_found_and_the_weeks_before_are_not(
    demo: Reader,
) -> None:
    """Three Mondays are too few to judge one hour of the week by: its hours of the day tell."""
    key = f"{ANSWER}_open"
    stretch = hours(Query(key, date(2026, 2, 9), date(2026, 3, 2)), demo)
    worse = [hour.hour for hour in stretch.clock if hour.judgement not in (CALM, FEW)]
    assert len(set(range(8, 20)) & set(worse)) >= 9
    assert stretch.usual.value is not None
    before = hours(Query(key, date(2026, 1, 12), date(2026, 2, 2)), demo)
    every = (*before.hours, *before.clock, *before.days)
    assert [hour for hour in every if hour.judgement not in (CALM, FEW)] == []


def test_the_demos_slow_afternoon_is_found_and_no_other_hour(demo: Reader) -> None:
    week = hours(Query(f"{ANSWER}_open", date(2026, 4, 1), date(2026, 6, 1)), demo)
    cells = {(one.weekday, one.hour) for one in week.hours if one.judgement not in (CALM, FEW)}
    assert cells
    assert cells <= {(2, hour) for hour in range(13, 17)}
