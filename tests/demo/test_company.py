"""The demo's company: whole, of one piece, and the same for the same seed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regard.core.errors import BadValue
from regard.core.events.calls import OUTCOMES
from regard.core.events.tickets import (
    ACTORS,
    CHANGE_FIELDS,
    CHANNELS,
    CLOSE_REASONS,
    DEMANDS,
    STATUSES,
)
from regard.core.schema import table
from regard.demo.company import company

UNTIL = date(2026, 6, 1)
END = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC)
TABLES = (
    "agent",
    "agent_state",
    "call",
    "call_leg",
    "customer",
    "customer_identity",
    "message",
    "shift",
    "sla_policy",
    "team",
    "ticket",
    "ticket_change",
)

Company = Mapping[str, pa.Table]
Found = dict[str, Any]


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


def test_it_fills_what_tickets_and_calls_need(demo: Company) -> None:
    assert set(TABLES) <= set(demo)


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_the_schema_of_the_event_model(name: str, demo: Company) -> None:
    assert demo[name].schema == table(name).schema
    demo[name].validate(full=True)
    assert set(demo[name]["source"].to_pylist()) == {"demo"}
    assert demo[name]["updated_at"].null_count == 0


@pytest.mark.parametrize("name", TABLES)
def test_an_identity_names_one_row(name: str, demo: Company) -> None:
    rows = demo[name].select(table(name).key).to_pylist()
    assert len({tuple(row.values()) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", TABLES)
def test_nothing_happens_at_the_end_or_later(name: str, demo: Company) -> None:
    for column in table(name).columns:
        if column.kind == "instant" and demo[name][column.name].null_count < len(demo[name]):
            assert pc.max(demo[name][column.name]).as_py() < END


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = company(seed=3, tickets=200), company(seed=3, tickets=200)
    for name in TABLES:
        assert written(one[name]) == written(two[name])


def test_another_seed_gives_another_company() -> None:
    one, two = company(seed=3, tickets=200), company(seed=4, tickets=200)
    assert one["ticket"] != two["ticket"]
    assert one["call"] != two["call"]


@pytest.mark.parametrize("tickets", [1, 7, 60])
def test_a_tiny_company_is_one_too(tickets: int) -> None:
    small = company(tickets=tickets, months=1, until=date(2026, 3, 15))
    assert small["ticket"].num_rows == tickets
    assert small["shift"].num_rows > 200
    assert pc.max(small["agent_state"]["ends_at"]).as_py() < datetime(2026, 3, 14, 23, tzinfo=UTC)
    assert pc.min(small["ticket"]["created_at"]).as_py() >= datetime(2026, 2, 14, 23, tzinfo=UTC)


def test_no_tickets_are_no_company() -> None:
    with pytest.raises(BadValue, match="number of tickets is '0'"):
        company(tickets=0)


def test_no_months_are_no_company() -> None:
    with pytest.raises(BadValue, match="number of months is '0'"):
        company(months=0)


def test_words_are_those_of_the_event_model(demo: Company) -> None:
    changes, calls = demo["ticket_change"], demo["call"]
    statuses = changes.filter(pc.equal(changes["field"], "status"))["value"]
    assert set(statuses.to_pylist()) == set(STATUSES) - {"new"}
    demands = changes.filter(pc.equal(changes["field"], "demand"))["value"]
    assert set(demands.to_pylist()) == {"spam", "duplicate", "merged"}
    assert known(changes["field"]) <= set(CHANGE_FIELDS)
    assert known(changes["actor_kind"]) == set(ACTORS)
    assert known(changes["reason"]) <= set(CLOSE_REASONS)
    assert known(demo["ticket"]["demand"]) <= set(DEMANDS)
    assert known(demo["ticket"]["channel"]) <= set(CHANNELS)
    assert known(demo["message"]["author_kind"]) == set(ACTORS)
    assert known(calls["outcome"]) == set(OUTCOMES)


def test_changes_and_messages_come_after_their_ticket(demo: Company) -> None:
    created = by_id(demo["ticket"], "ticket_id", "created_at")
    for name, at in (("ticket_change", "at"), ("message", "sent_at")):
        rows = demo[name].select(["ticket_id", at]).to_pylist()
        assert all(row[at] >= created[row["ticket_id"]] for row in rows)


def test_every_ticket_says_something(demo: Company) -> None:
    assert known(demo["message"]["ticket_id"]) == known(demo["ticket"]["ticket_id"])


def test_customers_are_known_before_they_write_or_call(demo: Company) -> None:
    since = by_id(demo["customer"], "customer_id", "first_seen_at")
    for name, at in (("ticket", "created_at"), ("call", "arrived_at")):
        rows = demo[name].select(["customer_id", at]).to_pylist()
        assert all(r["customer_id"] is None or since[r["customer_id"]] <= r[at] for r in rows)


def test_who_left_does_nothing_more(demo: Company) -> None:
    left = by_id(demo["agent"], "agent_id", "left_at")
    assert sum(at is not None for at in left.values()) == 2
    for name, who, at in (
        ("ticket_change", "actor", "at"),
        ("message", "author", "sent_at"),
        ("call_leg", "agent", "starts_at"),
    ):
        for row in demo[name].select([who, at]).to_pylist():
            gone = left.get(row[who])
            assert gone is None or row[at] <= gone


def test_a_ticket_moves_as_tickets_do(demo: Company) -> None:
    allowed = {
        "new": {"open", "closed"},
        "open": {"pending", "on_hold", "solved", "closed"},
        "on_hold": {"open"},
        "pending": {"open", "closed"},
        "solved": {"open", "closed"},
        "closed": set(),
    }
    status = by_id(demo["ticket"], "ticket_id", "status")
    for row in demo["ticket_change"].to_pylist():
        if row["field"] == "status":
            assert row["value"] in allowed[status[row["ticket_id"]]]
            status[row["ticket_id"]] = row["value"]


def test_what_was_merged_points_to_a_ticket_of_the_same_customer(demo: Company) -> None:
    customer = by_id(demo["ticket"], "ticket_id", "customer_id")
    changes = demo["ticket_change"].to_pylist()
    merges = [row for row in changes if row["field"] == "merged_into"]
    assert merges
    for row in merges:
        assert row["value"] != row["ticket_id"]
        assert customer[row["value"]] == customer[row["ticket_id"]]


def test_a_ticket_that_follows_comes_from_the_same_customer(demo: Company) -> None:
    customer = by_id(demo["ticket"], "ticket_id", "customer_id")
    later = [row for row in demo["ticket"].to_pylist() if row["follows"]]
    assert later
    assert all(customer[row["follows"]] == row["customer_id"] for row in later)


def test_closed_five_days_after_the_last_solve_by_the_system(demo: Company) -> None:
    solved: Found = {}
    closed = 0
    for row in demo["ticket_change"].to_pylist():
        if row["field"] == "status" and row["value"] == "solved":
            solved[row["ticket_id"]] = row["at"]
        if row["value"] == "closed" and row["ticket_id"] in solved:
            closed += 1
            assert row["at"] - solved[row["ticket_id"]] == timedelta(days=5)
            assert row["actor_kind"] == "system"
    assert closed > 2000


def test_shares_are_those_of_a_real_company(demo: Company) -> None:
    changes = demo["ticket_change"].to_pylist()
    statuses = [row for row in changes if row["field"] == "status"]
    solves = sum(row["value"] == "solved" for row in statuses)
    former: Found = {}
    reopens = 0
    for row in statuses:
        reopens += row["value"] == "open" and former.get(row["ticket_id"]) == "solved"
        former[row["ticket_id"]] = row["value"]
    assert 0.03 < reopens / solves < 0.10
    ended = sum(value == "closed" for value in former.values())
    assert 0.9 < ended / demo["ticket"].num_rows < 0.995
    for reason in ("inactivity", "bot", "spam"):
        share = sum(row["reason"] == reason for row in changes) / demo["ticket"].num_rows
        assert 0.01 < share < 0.08
    teams = by_id(demo["team"], "team_id", "tier")
    assert sorted(teams.values()) == [1, 1, 1, 2, 3]
    moved = [row for row in changes if row["field"] == "team"]
    assert sum(teams[row["value"]] > 1 for row in moved) > 100


def test_automatic_replies_are_flagged_and_not_by_people(demo: Company) -> None:
    for row in demo["message"].to_pylist():
        assert row["automatic"] == (row["author_kind"] in {"system", "bot"})


def by_id(rows: pa.Table, key: str, value: str) -> Found:
    """The last row's value by id."""
    return dict(zip(rows[key].to_pylist(), rows[value].to_pylist(), strict=True))


def known(values: Any) -> set[Any]:
    """The different values, without the empty one."""
    return set(values.to_pylist()) - {None}


def written(rows: pa.Table) -> bytes:
    """The table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as out:
        out.write_table(rows)
    return bytes(sink.getvalue())
