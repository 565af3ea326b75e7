"""The demo's calls: legs that agree with them, and a line that fills up."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from regard.demo.company import company

HUMAN = {"answered", "abandoned", "voicemail", "callback", "flowed_out"}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", name="demo")
def _demo() -> Mapping[str, pa.Table]:
    return company()


@pytest.fixture(scope="module", name="calls")
def _calls(demo: Mapping[str, pa.Table]) -> Rows:
    found: Rows = demo["call"].to_pylist()
    return found


@pytest.fixture(scope="module", name="legs")
def _legs(demo: Mapping[str, pa.Table]) -> dict[str, Rows]:
    found = defaultdict(list)
    for leg in demo["call_leg"].to_pylist():
        found[leg["call_id"]].append(leg)
    return found


def test_there_are_four_calls_to_ten_tickets(calls: Rows) -> None:
    assert len(calls) == pytest.approx(1200, abs=6)


def test_a_call_ends_with_its_last_leg(calls: Rows, legs: dict[str, Rows]) -> None:
    for call in calls:
        assert call["ended_at"] >= call["arrived_at"]
        for leg in legs[call["call_id"]]:
            assert call["arrived_at"] <= leg["starts_at"] <= leg["ends_at"] <= call["ended_at"]


def test_legs_follow_one_another(legs: dict[str, Rows]) -> None:
    for mine in legs.values():
        assert [leg["ordinal"] for leg in mine] == list(range(1, len(mine) + 1))
        assert all(a["ends_at"] <= b["starts_at"] for a, b in pairwise(mine))


def test_a_leg_lasts_as_long_as_its_parts(legs: dict[str, Rows]) -> None:
    for leg in (leg for mine in legs.values() for leg in mine):
        lasts = (leg["ends_at"] - leg["starts_at"]).total_seconds()
        if leg["kind"] == "queue":
            assert lasts == leg["wait_seconds"]
        if leg["kind"] == "ring":
            assert lasts == leg["ring_seconds"]
        if leg["kind"] == "agent":
            assert lasts == leg["ring_seconds"] + leg["talk_seconds"] + leg["hold_seconds"]
            assert (leg["holds"] > 0) == (leg["hold_seconds"] > 0)
            assert min(leg["talk_seconds"], leg["wrap_seconds"]) >= 0
            assert leg["agent"] is not None


def test_the_menu_ends_where_the_queue_begins(calls: Rows, legs: dict[str, Rows]) -> None:
    for call in calls:
        queues = [leg for leg in legs[call["call_id"]] if leg["kind"] == "queue"]
        assert (call["queued_at"] is not None) == (call["outcome"] in HUMAN) == bool(queues)
        if queues:
            menu = timedelta(seconds=call["ivr_seconds"])
            assert call["queued_at"] == call["arrived_at"] + menu == queues[0]["starts_at"]


def test_a_call_and_its_first_queue_agree(calls: Rows, legs: dict[str, Rows]) -> None:
    for call in (call for call in calls if call["outcome"] in HUMAN):
        first = next(leg for leg in legs[call["call_id"]] if leg["kind"] == "queue")
        assert first["outcome"] == call["outcome"]
        spoken = any(leg["kind"] == "agent" for leg in legs[call["call_id"]])
        assert spoken == (call["outcome"] == "answered") or call["outcome"] == "callback"


def test_who_is_passed_on_waits_again_and_speaks_to_someone(legs: dict[str, Rows]) -> None:
    passed = [m for m in legs.values() if any(leg["outcome"] == "transferred" for leg in m)]
    assert len(passed) > 20
    for mine in passed:
        first, queue, second = mine[-3:]
        assert first["transferred_to"] == queue["queue"] == second["queue"]
        assert (first["kind"], queue["kind"], second["kind"]) == ("agent", "queue", "agent")


def test_between_two_and_twenty_in_a_hundred_give_up(calls: Rows) -> None:
    outcomes = Counter(call["outcome"] for call in calls)
    assert 0.02 < outcomes["abandoned"] / sum(outcomes[name] for name in HUMAN) < 0.20


def test_tickets_opened_on_the_line_belong_to_an_answered_call(
    demo: Mapping[str, pa.Table], calls: Rows
) -> None:
    by_ticket = defaultdict(list)
    for call in calls:
        by_ticket[call["ticket_id"]].append(call)
    phone = [row for row in demo["ticket"].to_pylist() if row["channel"] == "phone"]
    assert len(phone) == pytest.approx(360, abs=40)
    for ticket in phone:
        first = by_ticket[ticket["ticket_id"]][0]
        assert first["outcome"] == "answered"
        assert first["customer_id"] == ticket["customer_id"]
        assert first["arrived_at"] < ticket["created_at"] < first["ended_at"]
