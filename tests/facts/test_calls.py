"""A call at its first human queue, over all its legs: wait, outcome, handling."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import at, built, call, fact_table, rows_of, some

NINE = "2026-03-02 09:00"
WORLD = (
    call("answered", NINE)
    .leg("ivr", 30)
    .queued("sales", 20)
    .talked("ann", 100, hold_seconds=10, wrap_seconds=5)
    .ended("answered"),
    call("abandoned", NINE).queued("sales", 40, outcome="abandoned").ended("abandoned"),
    # 15 s in the first queue, 25 in the second: 40 until somebody took it. What it waited after
    # that is no part of it.
    call("passed on", NINE)
    .queued("sales", 15, outcome="transferred")
    .queued("help", 25)
    .talked("ann", 60, outcome="transferred", hold_seconds=0, wrap_seconds=0)
    .queued("second", 300)
    .talked("bob", 40, hold_seconds=0, wrap_seconds=0)
    .ended("answered"),
    call("rang first", NINE)
    .queued("sales", 10)
    .leg("agent", 15, agent="ann", ring_seconds=15, outcome="no_answer")
    .leg("ring", 15, agent="bob", ring_seconds=15, outcome="no_answer")
    .talked("zed", 50, ring_seconds=3)
    .ended("answered"),
    call("called back", NINE)
    .queued("sales", 8)
    .leg("agent", 90, "10:00", agent="ann", talk_seconds=90)
    .ended("callback"),
    call("never called back", NINE)
    .queued("sales", 3)
    .leg("agent", 20, "10:00", agent="ann", outcome="no_answer")
    .ended("callback"),
    call("to be called back", NINE, outcome="callback").queued("sales", 8),
    call("waits now", NINE)
    .queued("sales", 15, outcome="transferred")
    .leg("queue", 0, queue="help", ends_at=None),
    call("talks now", NINE).queued("sales", 15).leg("agent", 0, agent="ann", ends_at=None),
    call("ended, outcome unsaid", NINE).queued("sales", 15).ended(None),
    call("ended, outcome unsaid, answered", NINE).queued("sales", 15).talked("ann", 9).ended(None),
    call("left in the menu", NINE).leg("ivr", 60).ended("ivr_left"),
    call("when closed", NINE).ended("closed_hours"),
    call("ours", NINE, direction="outbound").talked("ann", 30).ended("answered"),
    call("hold unknown", NINE)
    .queued("sales", 5)
    .talked("ann", 60, hold_seconds=30)
    .talked("bob", 60, hold_seconds=None)
    .ended("answered"),
    call("wait unknown", NINE)
    .queued("sales", 5)
    .queued("help", 5, wait_seconds=None)
    .talked("ann", 60)
    .ended("answered"),
    # A log without leg numbers: the order is that of time.
    call("without leg numbers", NINE)
    .queued("sales", 12, ordinal=None, leg_id="c")
    .talked("ann", 60, ordinal=None, leg_id="b", outcome="transferred")
    .queued("second", 99, ordinal=None, leg_id="a")
    .talked("bob", 60, ordinal=None, leg_id="0")
    .ended("answered"),
    call("without legs", NINE, queued_at=at("2026-03-02 09:00:10")).ended("answered"),
)
Rows = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("calls"), *WORLD)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Rows:
    """The calls by name."""
    return {row["call_id"]: row for row in fact_table(folder, "call_fact").to_pylist()}


@pytest.mark.parametrize(
    ("name", "outcome", "wait", "queue", "by"),
    [
        ("answered", "answered", 20, "sales", "ann"),
        ("abandoned", "abandoned", 40, "sales", None),
        ("passed on", "answered", 40, "sales", "ann"),
        ("rang first", "answered", 10, "sales", "zed"),
        # Until it was connected, an hour after it was asked for.
        ("called back", "answered", 3600, "sales", "ann"),
        # Failed is abandoned, when that was known: at 10:00:20, not after 3 s in the queue.
        ("never called back", "abandoned", 3620, "sales", None),
        ("to be called back", "callback", None, "sales", None),
        ("waits now", None, None, "sales", None),
        ("talks now", "answered", 15, "sales", "ann"),
        ("ended, outcome unsaid", "abandoned", 15, "sales", None),
        ("ended, outcome unsaid, answered", "answered", 15, "sales", "ann"),
        ("left in the menu", "ivr_left", None, None, None),
        ("wait unknown", "answered", None, "sales", "ann"),
        ("without leg numbers", "answered", 12, "sales", "ann"),
        ("without legs", "answered", None, None, None),
    ],
)
def test_the_wait_is_for_the_first_person(
    rows: Rows, name: str, outcome: str | None, wait: int | None, queue: str | None, by: str | None
) -> None:
    found = some(rows[name], "outcome wait_seconds queue agent")
    assert list(found.values()) == [outcome, wait, queue, by]


def test_only_what_reached_a_human_queue_is_offered(rows: Rows) -> None:
    not_offered = {name for name, row in rows.items() if not row["offered"]}
    assert not_offered == {"left in the menu", "when closed", "ours"}


def test_who_waits_still_is_told_apart(rows: Rows) -> None:
    waiting = {name for name, row in rows.items() if row["is_waiting"]}
    assert waiting == {"to be called back", "waits now"}
    assert {name for name, row in rows.items() if row["callback"]} == {
        "called back",
        "never called back",
        "to be called back",
    }


def test_handling_is_over_all_legs(rows: Rows) -> None:
    names = "talk_seconds hold_seconds wrap_seconds handle_seconds transfers no_answers legs"
    assert list(some(rows["answered"], names).values()) == [100, 10, 5, 115, 0, 0, 3]
    assert list(some(rows["passed on"], names).values()) == [100, 0, 0, 100, 2, 0, 5]
    assert list(some(rows["rang first"], names).values())[-2:] == [2, 4]
    assert rows["rang first"]["ring_seconds"] == 33


def test_a_hold_that_is_unknown_stays_unknown(rows: Rows) -> None:
    row = rows["hold unknown"]
    assert row["hold_seconds"] is None
    # Handle time is what is known of it.
    assert (row["talk_seconds"], row["handle_seconds"]) == (120, 120)


def test_a_call_that_was_not_talked_on_has_no_handle_time(rows: Rows) -> None:
    assert rows["abandoned"]["handle_seconds"] is None
    assert rows["abandoned"]["talk_seconds"] is None
    assert rows["talks now"]["handle_seconds"] is None


def test_every_stay_is_a_leg(folder: Path) -> None:
    legs = rows_of(folder, "call_leg_fact", call_id="passed on")
    assert [(row["kind"], row["queue"], row["seconds"], row["transferred"]) for row in legs] == [
        ("queue", "sales", 15, True),
        ("queue", "help", 25, False),
        ("agent", None, 60, True),
        ("queue", "second", 300, False),
        ("agent", None, 40, False),
    ]
    assert [row["handle_seconds"] for row in legs] == [None, None, 60, None, 40]
    assert {row["arrived_at"] for row in legs} == {at(NINE)}
