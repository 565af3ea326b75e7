"""The demo's people: when they were to work, and what they were doing in between."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.demo.clock import window
from regard.demo.company import company
from regard.demo.openings import workdays
from regard.demo.plants import plant, planted

WARSAW = ZoneInfo("Europe/Warsaw")
NONE = timedelta(0)
BUSY, AT_WORK = ("handling", "wrap"), ("handling", "wrap", "available")
ON_LINE = {"first_line", "billing", "technical"}

Rows = list[dict[str, Any]]
ByPerson = dict[str, Rows]


@pytest.fixture(scope="module", name="demo", params=[7, 8], ids=["seed 7", "seed 8"])
def _demo(request: pytest.FixtureRequest) -> Mapping[str, pa.Table]:
    return company(seed=request.param)


@pytest.fixture(scope="module", name="days")
def _days(demo: Mapping[str, pa.Table]) -> dict[tuple[str, date], Rows]:
    """The shifts of each person and local day."""
    found = defaultdict(list)
    for row in demo["shift"].to_pylist():
        found[row["agent_id"], row["starts_at"].astimezone(WARSAW).date()].append(row)
    return found


@pytest.fixture(scope="module", name="states")
def _states(demo: Mapping[str, pa.Table]) -> ByPerson:
    return by_person(demo["agent_state"].to_pylist(), "agent_id")


@pytest.fixture(scope="module", name="taken")
def _taken(demo: Mapping[str, pa.Table]) -> ByPerson:
    legs = [leg for leg in demo["call_leg"].to_pylist() if leg["kind"] == "agent"]
    return by_person(legs, "agent")


def test_shifts_are_eight_hours_with_one_break_on_opening_days(
    days: dict[tuple[str, date], Rows],
) -> None:
    year = window(12, date(2026, 6, 1))
    opening = {day for day, works in zip(year.days, workdays(year), strict=True) if works}
    assert {day for _, day in days} == opening
    for mine in days.values():
        assert all(a["ends_at"] == b["starts_at"] for a, b in pairwise(mine))
        assert mine[-1]["ends_at"] - mine[0]["starts_at"] == timedelta(hours=8)
        assert [row["activity"] for row in mine].count("break") == 1
        assert {row["activity"] for row in mine} <= {"work", "break", "training"}
    trained = sum(any(row["activity"] == "training" for row in mine) for mine in days.values())
    assert 0.02 < trained / len(days) < 0.10


def test_only_the_line_is_worked_after_the_desk_closes(demo: Mapping[str, pa.Table]) -> None:
    late = set()
    for row in demo["shift"].to_pylist():
        begun, over = (row[name].astimezone(WARSAW) for name in ("starts_at", "ends_at"))
        assert 8 <= begun.hour < over.hour + over.minute / 60 <= 20
        if over.hour + over.minute / 60 > 18:
            late.add(row["team"])
    assert late == ON_LINE


def test_nobody_works_for_a_team_that_is_not_theirs(demo: Mapping[str, pa.Table]) -> None:
    teams = defaultdict(set)
    for row in demo["agent"].to_pylist():
        teams[row["agent_id"]].add(row["team"])
    for row in demo["shift"].to_pylist():
        assert row["team"] in teams[row["agent_id"]]
    assert "bot" not in demo["shift"]["agent_id"].to_pylist()


def test_who_left_is_neither_planned_nor_there(demo: Mapping[str, pa.Table]) -> None:
    left = {r["agent_id"]: r["left_at"] for r in demo["agent"].to_pylist() if r["left_at"]}
    assert len(left) == 2
    for name in ("shift", "agent_state"):
        for row in demo[name].to_pylist():
            assert row["agent_id"] not in left or row["ends_at"] <= left[row["agent_id"]]


def test_who_took_a_call_or_wrote_on_an_opening_day_was_there(
    demo: Mapping[str, pa.Table], days: dict[tuple[str, date], Rows]
) -> None:
    opening = {day for _, day in days}
    did = [(leg["agent"], leg["starts_at"]) for leg in demo["call_leg"].to_pylist()]
    for row in demo["message"].to_pylist():
        did.append((row["author"] if row["author_kind"] == "agent" else None, row["sent_at"]))
    for who, at in did:
        day = at.astimezone(WARSAW).date()
        assert who is None or day not in opening or (who, day) in days


def test_calls_are_taken_in_the_shift(taken: ByPerson, days: dict[tuple[str, date], Rows]) -> None:
    inside = []
    for who, legs in taken.items():
        for leg in legs:
            mine = days[who, leg["starts_at"].astimezone(WARSAW).date()]
            inside.append(mine[0]["starts_at"] <= leg["starts_at"] < mine[-1]["ends_at"])
    assert mean(inside) > 0.95


def test_fewer_people_are_there_while_people_are_missing(
    days: dict[tuple[str, date], Rows],
) -> None:
    short = plant("understaffed", planted())
    assert short is not None
    usual = people_a_day(days, short.first_day - timedelta(28), short.first_day)
    missing = people_a_day(days, short.first_day + timedelta(7), short.last_day)
    assert missing < 0.85 * usual


def test_states_of_a_person_follow_one_another_and_are_over(states: ByPerson) -> None:
    for mine in states.values():
        assert [row["state_id"] for row in mine] == [str(n) for n in range(1, len(mine) + 1)]
        assert all(row["starts_at"] < row["ends_at"] for row in mine)
        assert all(a["ends_at"] == b["starts_at"] for a, b in pairwise(mine))
        assert "offline" not in {mine[0]["state"], mine[-1]["state"]}


def test_all_states_and_no_others_occur(states: ByPerson) -> None:
    found = {(row["state"], row["channel"]) for mine in states.values() for row in mine}
    assert found == {
        ("available", None),
        ("handling", "phone"),
        ("handling", "ticket"),
        ("wrap", "phone"),
        ("break", None),
        ("away", None),
        ("offline", None),
    }


def test_a_call_is_handled_from_the_end_of_its_ring_until_it_ends(
    taken: ByPerson, states: ByPerson
) -> None:
    for who, legs in taken.items():
        for leg in legs:
            state = state_at(states[who], spoken(leg)[0])
            assert (state["state"], state["channel"]) == ("handling", "phone")
            assert state["starts_at"] <= spoken(leg)[0] < leg["ends_at"] <= state["ends_at"]


def test_the_line_is_handled_as_long_as_calls_last(taken: ByPerson, states: ByPerson) -> None:
    for who, mine in states.items():
        handled = [row for row in mine if (row["state"], row["channel"]) == ("handling", "phone")]
        assert total(handled) == united([spoken(leg) for leg in taken.get(who, [])])


def test_a_wrap_follows_its_call_and_lasts_as_long_unless_another_call_comes(
    taken: ByPerson, states: ByPerson
) -> None:
    as_said = []
    for who, legs in taken.items():
        wraps = {row["starts_at"]: row for row in states[who] if row["state"] == "wrap"}
        assert set(wraps) <= {leg["ends_at"] for leg in legs}
        for leg in legs:
            wrap, meant = wraps.get(leg["ends_at"]), timedelta(seconds=leg["wrap_seconds"])
            as_said.append(wrap is not None and wrap["ends_at"] - wrap["starts_at"] == meant)
    assert mean(as_said) > 0.98


def test_breaks_are_near_the_break_planned_but_not_on_the_second(
    days: dict[tuple[str, date], Rows], states: ByPerson
) -> None:
    late, long, parts = [], [], []
    for (who, day), mine in days.items():
        plan = next(row for row in mine if row["activity"] == "break")
        taken = [row for row in breaks(states[who]) if same_day(row, day)]
        assert taken
        late.append((taken[0]["starts_at"] - plan["starts_at"]) / timedelta(minutes=1))
        long.append(total(taken) / timedelta(minutes=1))
        parts.append(len(taken))
    assert 0 < median(late) < 6
    assert mean(abs(minutes) < 15 for minutes in late) > 0.95
    assert len(set(late)) > 500
    assert 28 < median(long) < 34
    assert mean(parts) < 1.001  # a call puts a break off instead of cutting it in two


def test_people_are_at_work_when_it_is_planned_most_of_the_time(
    days: dict[tuple[str, date], Rows], states: ByPerson
) -> None:
    meant, kept = NONE, NONE
    for mine in days.values():
        for plan in (row for row in mine if row["activity"] == "work"):
            meant += plan["ends_at"] - plan["starts_at"]
            there = during(states[plan["agent_id"]], plan["starts_at"], plan["ends_at"])
            kept += sum((end - start for s, start, end in there if s in AT_WORK), NONE)
    assert 0.90 < kept / meant < 0.985


def test_people_on_the_line_are_busy_but_not_always(
    demo: Mapping[str, pa.Table], states: ByPerson
) -> None:
    on_line = {r["agent_id"] for r in demo["shift"].to_pylist() if r["team"] in ON_LINE}
    shares = [occupancy(states[who]) for who in on_line]
    assert len(shares) == 17
    assert min(shares) > 0.60
    assert max(shares) < 0.85
    assert max(shares) - min(shares) > 0.05


def test_people_are_busier_while_people_are_missing(states: ByPerson) -> None:
    short = plant("understaffed", planted())
    assert short is not None
    before, then = [], []
    for row in (row for mine in states.values() for row in mine):
        day = row["starts_at"].astimezone(WARSAW).date()
        if short.first_day + timedelta(7) <= day <= short.last_day:
            then.append(row)
        if timedelta(0) < short.first_day - day <= timedelta(28):
            before.append(row)
    assert occupancy(before) + 0.06 < occupancy(then) < 0.95


def by_person(rows: Rows, key: str) -> ByPerson:
    """The rows of each person in order of time."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["starts_at"]):
        found[row[key]].append(row)
    return dict(found)


def people_a_day(days: dict[tuple[str, date], Rows], first: date, until: date) -> float:
    """How many people were planned on a day of the stretch."""
    mine = [day for _, day in days if first <= day < until]
    return len(mine) / len(set(mine))


def spoken(leg: dict[str, Any]) -> tuple[datetime, datetime]:
    """From when to when the person spoke."""
    return leg["starts_at"] + timedelta(seconds=leg["ring_seconds"]), leg["ends_at"]


def state_at(mine: Rows, at: datetime) -> dict[str, Any]:
    """The state of a person at that instant."""
    return mine[bisect_right(mine, at, key=lambda row: row["starts_at"]) - 1]


def during(mine: Rows, start: datetime, end: datetime) -> list[tuple[str, datetime, datetime]]:
    """The states of a person in that stretch, cut to it."""
    place = max(bisect_right(mine, start, key=lambda row: row["starts_at"]) - 1, 0)
    found = []
    while place < len(mine) and mine[place]["starts_at"] < end:
        row = mine[place]
        cut = max(row["starts_at"], start), min(row["ends_at"], end)
        found.append((row["state"], *cut))
        place += 1
    return [(state, begun, over) for state, begun, over in found if over > begun]


def breaks(mine: Rows) -> Rows:
    """The breaks among a person's states."""
    return [row for row in mine if row["state"] == "break"]


def same_day(row: dict[str, Any], day: date) -> bool:
    """Whether a row begins on that local day."""
    found: date = row["starts_at"].astimezone(WARSAW).date()
    return found == day


def total(rows: Rows) -> timedelta:
    """How long the rows last together."""
    return sum((row["ends_at"] - row["starts_at"] for row in rows), NONE)


def united(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """How long spans last together, what overlaps counted once."""
    found, reached = NONE, None
    for start, end in sorted(spans):
        begun = start if reached is None else max(start, reached)
        found += max(end - begun, NONE)
        reached = end if reached is None else max(reached, end)
    return found


def occupancy(rows: Rows) -> float:
    """The share of the time at work that was spent on customers."""
    busy = total([row for row in rows if row["state"] in BUSY])
    return busy / total([row for row in rows if row["state"] in AT_WORK])
