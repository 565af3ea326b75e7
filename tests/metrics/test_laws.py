"""What must hold between answers, in companies made by chance."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from metrics import chance
from metrics.small import MARCH, Row, at, value, values, workspace
from regard.core.period import PERIODS
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask, rows
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Mean, Share

FACTS = ("ticket_fact", "status_span_fact", "ticket_event_fact")
ALL_TIME = {"from": "2026-01-30", "to": "2026-06-01"}
MONTHS = ("2026-02", "2026-03", "2026-04")
TICKET_METRICS = sorted(key for key, one in catalogue().items() if one.fact in FACTS)
AS_OF = (
    "tickets_new",
    "tickets_solved",
    "backlog_age",
    "time_to_resolve_open",
    "resolved_within_days",
    "reopen_rate",
    "first_response_time",
    "requester_wait",
)
FLOWS = [
    key
    for key in TICKET_METRICS
    if not catalogue()[key].shape.stock and not isinstance(catalogue()[key].shape, Quotient)
]
SIMPLE = [key for key in FLOWS if isinstance(catalogue()[key].shape, Count | Share | Mean)]


@dataclass(frozen=True)
class World:
    """A workspace, a reader of it, and the events that it was made of."""

    folder: Path
    reader: Reader
    events: dict[str, list[Row]]


@pytest.fixture(scope="module", name="world", params=[1, 2], ids=["seed 1", "seed 2"])
def _world(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[World]:
    events = chance.company(request.param)
    folder = workspace(tmp_path_factory.mktemp("world") / "w", events)
    with open_reader(folder) as reader:
        yield World(folder, reader, events)


def _months(instants: list[datetime]) -> dict[str, int]:
    return {month: sum(f"{i:%Y-%m}" == month for i in instants) for month in MONTHS}


def _said(world: World, key: str, by: str) -> dict[Any, float | None]:
    return values(world.reader, key, by, **ALL_TIME)


def test_flows_are_those_counted_by_hand(world: World) -> None:
    events = world.events
    by_hand = {
        "tickets_new": [chance.began(events, row["ticket_id"]) for row in chance.service(events)],
        "solve_events": [when for _, when in chance.done(events, "solve")],
        "reopen_events": [when for _, when in chance.done(events, "reopen")],
        "closed_without_solve": [w for _, w in chance.done(events, "lapse", "auto_solve")],
    }
    for key, instants in by_hand.items():
        found = _said(world, key, "month")
        assert {month: found[month] for month in MONTHS} == _months(instants), key
        assert len(instants) > 3


def test_tickets_solved_count_once_a_period(world: World) -> None:
    solves = chance.done(world.events, "solve")
    found = _said(world, "tickets_solved", "month")
    for month in MONTHS:
        assert found[month] == len({name for name, when in solves if f"{when:%Y-%m}" == month})
    assert value(world.reader, "tickets_solved", **ALL_TIME) == len({name for name, _ in solves})


def test_the_backlog_is_what_stood_open_at_each_end(world: World) -> None:
    last = chance.last_event(world.events)
    found = _said(world, "backlog", "day")
    first = min(row["created_at"] for row in world.events["ticket"])
    before = [day for day in found if at(day) + timedelta(days=1) <= first]
    after = [day for day in found if at(day) > last]
    # Before the first event and after the last nothing is known, which is not 0.
    assert {found[day] for day in (*before, *after)} == {None}
    days = [day for day in found if day not in (*before, *after)]
    assert len(days) > 60
    for day in days:
        end = min(at(day) + timedelta(days=1) - timedelta(microseconds=1), last)
        assert found[day] == len(chance.open_at(world.events, end)), day


def test_the_backlog_of_a_week_or_month_is_that_of_its_last_day(world: World) -> None:
    daily = _said(world, "backlog", "day")
    monthly = _said(world, "backlog", "month")
    weekly = _said(world, "backlog", "week")
    assert monthly["2026-02"] == daily["2026-02-28"]
    assert monthly["2026-03"] == daily["2026-03-31"]
    assert weekly["2026-W10"] == daily["2026-03-08"]
    assert monthly["2026-03"] != sum(v or 0 for day, v in daily.items() if day[:7] == "2026-03")


def test_start_and_flows_come_to_the_end(world: World) -> None:
    told = {
        key: _said(world, key, "month")
        for key in (
            "backlog",
            "tickets_new",
            "reopen_events",
            "solve_events",
            "closed_without_solve",
        )
    }
    for before, month in pairwise(MONTHS):
        came = (told["tickets_new"][month] or 0) + (told["reopen_events"][month] or 0)
        went = (told["solve_events"][month] or 0) + (told["closed_without_solve"][month] or 0)
        assert (told["backlog"][before] or 0) + came - went == told["backlog"][month]


# Nobody has a product: one part without a name.
@pytest.mark.parametrize("by", ["channel", "team", "product", *PERIODS[1:]])
def test_parts_of_a_count_add_up_to_the_whole(world: World, by: str) -> None:
    for key in ("tickets_new", "solve_events", "closed_without_solve"):
        whole = value(world.reader, key, **ALL_TIME)
        assert sum(part or 0 for part in _said(world, key, by).values()) == whole


def test_weeks_of_counts_are_the_sums_of_their_days(world: World) -> None:
    additive = [key for key in FLOWS if catalogue()[key].shape.additive]
    assert additive
    for key in additive:
        daily, weekly = _said(world, key, "day"), _said(world, key, "week")
        summed: dict[str, float] = {}
        for day, said in daily.items():
            year, week, _ = datetime.fromisoformat(day).isocalendar()
            label = f"{year}-W{week:02d}"
            summed[label] = summed.get(label, 0) + (said or 0)
        assert {label: said or 0 for label, said in weekly.items()} == summed


def test_what_does_not_add_is_never_added(world: World) -> None:
    daily, whole = (
        _said(world, "tickets_solved", "day"),
        value(world.reader, "tickets_solved", **ALL_TIME),
    )
    assert sum(said or 0 for said in daily.values()) > (whole or 0)
    assert all(not catalogue()[key].shape.additive for key in ("tickets_solved", "backlog"))
    rates = [said for said in _said(world, "reopen_rate", "day").values() if said is not None]
    assert fmean(rates) != pytest.approx(value(world.reader, "reopen_rate", **ALL_TIME))


def test_a_filter_on_a_rate_cuts_both_halves(world: World) -> None:
    last = chance.last_event(world.events)
    week = timedelta(days=7)
    # Labels and teams stay with a ticket here, so its first team is its team.
    for team in chance.TEAMS:
        mine = {row["ticket_id"] for row in chance.service(world.events) if row["team"] == team}
        trials = back = 0
        for name in mine:
            told = chance.steps(world.events, name)
            for n, step in enumerate(told):
                if step.did != "solve" or last - step.at < week:
                    continue
                trials += 1
                undone = [s.at for s in told[n:] if s.did == "reopen"]
                back += bool(undone) and undone[0] - step.at <= week
        found = ask(Query.parse("reopen_rate", {**ALL_TIME, "where": f"team={team}"}), world.reader)
        (part,) = found.parts
        assert part.estimate.n == trials
        assert part.estimate.value == (pytest.approx(back / trials) if trials else None)


@pytest.mark.parametrize("key", SIMPLE)
def test_a_tile_is_its_rows(world: World, key: str) -> None:
    query = Query.parse(key, ALL_TIME)
    (part,) = ask(query, world.reader).parts
    page = rows(query, world.reader, limit=1_000)
    assert page.total == len(page.rows) == part.estimate.n
    shape = catalogue()[key].shape
    if isinstance(shape, Count):
        assert part.estimate.value == page.total
    elif part.estimate.value is not None:
        numbers = [_number(key, row) for row in page.rows]
        assert part.estimate.value == pytest.approx(fmean(numbers))


def _number(key: str, row: Row) -> float:
    """What a row gives to a share or a mean, read off its columns."""
    if key == "reopen_rate":
        undone = row["reopened_at"]
        return float(undone is not None and undone - row["starts_at"] <= timedelta(days=7))
    if key == "messages_per_ticket":
        return float(row["customer_messages"] + row["agent_touches"])
    if key == "escalation_rate":
        return float(row["escalations"] > 0)
    if key == "redirected_share":
        return float(row["redirected"])
    if key == "one_touch_share":
        return float(row["agent_touches"] + row["answered_calls"] == 1)
    if key == "follow_up_share":
        # Nobody here says which ticket a later one continues.
        return float(row["follows"] is not None)
    instant = {
        "answered_share": "first_reply_at",
        "never_answered_share": "unanswered_at",
        "auto_reply_share": "auto_reply_at",
    }.get(key)
    if instant:
        return float(row[instant] is not None)
    name = {
        "requester_wait_finished_mean": "requester_wait_seconds",
        "agent_wait_finished_mean": "agent_wait_seconds",
        "on_hold_time_finished_mean": "on_hold_seconds",
        "first_response_time_finished_mean": "first_reply_seconds",
        "team_first_response_time_finished_mean": "team_first_reply_seconds",
        "time_to_resolve_finished_mean": "resolve_seconds",
        "time_to_first_solve_finished_mean": "first_solve_seconds",
        "time_to_last_solve_finished_mean": "last_solve_seconds",
    }.get(key, key)
    return float(row[name])


@pytest.mark.parametrize("key", FLOWS)
def test_what_is_covered_comes_to_all_there_is(world: World, key: str) -> None:
    query = Query.parse(key, MARCH)
    part = ask(query, world.reader).parts[0]
    cover = dict(part.coverage)
    out = rows(query, world.reader, kind="excluded", limit=1_000)
    waiting = rows(query, world.reader, kind="waiting")
    assert sum(cover.get("excluded", {}).values()) == out.total
    assert {row["reason"] for row in out.rows} == set(cover.get("excluded", {}))
    assert cover.get("open", 0) == waiting.total
    counted = sum(cover.get(name, 0) for name in ("done", "open", "unknown", "provisional"))
    one, at_column = catalogue()[key], catalogue()[key].at
    found = world.reader.fact(one.fact)
    if one.counts is not None:
        found = found.filter(one.counts(found))
    inside = found.filter(
        found[at_column] >= at("2026-03-01 00:00"), found[at_column] < at("2026-04-01 00:00")
    )
    everything = int(inside.count().to_pyarrow().as_py())
    assert counted + cover.get("unripe", 0) + out.total == everything


def test_an_answer_as_of_then_is_the_answer_of_a_store_that_ended_then(
    world: World, tmp_path: Path
) -> None:
    then = sorted(row["at"] for row in world.events["ticket_change"])[-60]
    ended = workspace(tmp_path / "then", chance.until(world.events, then))
    different = 0
    with open_reader(ended) as past:
        for key in AS_OF:
            said = {"from": "2026-02-01", "to": "2026-06-01", "by": "month"}
            now = ask(Query.parse(key, said), world.reader).to_json()["parts"]
            as_of = ask(Query.parse(key, {**said, "as_of": then.isoformat()}), world.reader)
            assert as_of.to_json()["parts"] == ask(Query.parse(key, said), past).to_json()["parts"]
            different += as_of.to_json()["parts"] != now
    assert different >= len(AS_OF) - 2


def test_the_same_question_gives_the_same_bytes(world: World) -> None:
    said = {**ALL_TIME, "by": "month,channel"}
    for key in ("time_to_resolve", "resolved_within_days", "reopen_rate"):
        told = set()
        for _ in range(2):
            with open_reader(world.folder) as fresh:
                told.add(json.dumps(ask(Query.parse(key, said), fresh).to_json()))
        assert len(told) == 1
