"""The first answer by a person, who gave it, and what ends a wait for one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import agent, at, built, fact_table, rows_of, some, ticket

NINE = "2026-03-02 09:00"
WORLD = (
    agent("ann"),
    agent("zoe", bot=True),
    ticket("answered", NINE).asked("09:00").said("09:30", by="ann").said("10:00", by="bob"),
    ticket("by bots and rules first", NINE)
    .asked("09:00")
    .said("09:01", by="robot")
    .said("09:02", by="zoe")
    .said("09:03", by="rule")
    .said("09:04", by="ann", automatic=True)
    .said("09:05", by="ann", public=False)
    .said("09:30", by="bob"),
    ticket("whether public is not said", NINE)
    .asked("09:00", public=None)
    .said("09:30", public=None),
    # We wrote first: the clock begins with the customer's first message.
    ticket("ours first", NINE, created_by="ann")
    .said("09:00", by="ann")
    .asked("10:00")
    .said("11:00", by="bob"),
    ticket("never asked", NINE, created_by="ann").said("09:00", by="ann").said("10:00", by="ann"),
    ticket("at the same instant", NINE).asked("09:00").said("09:00", by="ann"),
    # Two answers at one instant: the order of the source, then the id.
    ticket("a tie by order", NINE)
    .asked("09:00")
    .said("10:00", by="ann", ordinal=2)
    .said("10:00", by="bob", ordinal=1),
    ticket("a tie by id", NINE)
    .asked("09:00")
    .said("10:00", by="zed", ordinal=None, message_id="a")
    .said("10:00", by="ann", ordinal=None, message_id="b"),
    ticket("a status is no answer", NINE).asked("09:00").opened("09:10").solved("10:00"),
    ticket("left unanswered", NINE)
    .asked("09:00")
    .pending("10:00")
    .closed("+3d", by="rule", reason="inactivity"),
    ticket("waits for an answer", NINE).asked("09:00"),
    ticket("asked after it was solved", NINE).solved("10:00").asked("11:00"),
)
Rows = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("replies"), *WORLD)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Rows:
    """The tickets by name."""
    return {row["ticket_id"]: row for row in fact_table(folder, "ticket_fact").to_pylist()}


@pytest.mark.parametrize(
    ("name", "asked", "replied", "by"),
    [
        ("answered", "09:00", "09:30", "ann"),
        ("by bots and rules first", "09:00", "09:30", "bob"),
        ("whether public is not said", "09:00", "09:30", "ann"),
        ("ours first", "10:00", "11:00", "bob"),
        ("never asked", None, None, None),
        ("at the same instant", "09:00", "09:00", "ann"),
        ("a tie by order", "09:00", "10:00", "bob"),
        ("a tie by id", "09:00", "10:00", "zed"),
        ("a status is no answer", "09:00", None, None),
        ("waits for an answer", "09:00", None, None),
    ],
)
def test_the_first_answer_is_public_and_by_a_person(
    rows: Rows, name: str, asked: str | None, replied: str | None, by: str | None
) -> None:
    instants = [at(said, at(NINE)) if said else None for said in (asked, replied)]
    found = some(rows[name], "first_message_at first_reply_at first_reply_by")
    assert list(found.values()) == [*instants, by]


@pytest.mark.parametrize(
    ("name", "unanswered"),
    [
        ("answered", None),
        ("a status is no answer", "10:00"),
        # The silence began when the customer had to speak.
        ("left unanswered", "10:00"),
        ("waits for an answer", None),
        # An end before the question cannot end the wait for an answer to it.
        ("asked after it was solved", "11:00"),
    ],
)
def test_an_end_without_an_answer_has_its_instant(
    rows: Rows, name: str, unanswered: str | None
) -> None:
    wanted = at(unanswered, at(NINE)) if unanswered else None
    assert rows[name]["unanswered_at"] == wanted


@pytest.mark.parametrize(
    ("name", "customer", "agents"),
    [
        ("answered", 1, 2),
        ("by bots and rules first", 1, 1),
        # What we say to a customer who never wrote counts as said.
        ("never asked", 0, 2),
        ("ours first", 1, 2),
        ("waits for an answer", 1, 0),
    ],
)
def test_public_messages_are_counted_by_side(
    rows: Rows, name: str, customer: int, agents: int
) -> None:
    found = some(rows[name], "customer_messages agent_touches")
    assert found == {"customer_messages": customer, "agent_touches": agents}


def test_a_reply_before_the_merge_counts_for_its_own_ticket(tmp_path: Path) -> None:
    world = (
        ticket("kept", NINE).asked("09:00").said("12:00", by="bob"),
        ticket("merged", NINE)
        .asked("09:00")
        .said("09:30", by="ann")
        .set("merged_into", "kept", "10:00"),
    )
    rows = rows_of(built(tmp_path / "w", *world), "ticket_fact")
    assert {row["ticket_id"]: row["first_reply_by"] for row in rows} == {
        "kept": "bob",
        "merged": "ann",
    }


def test_everything_that_happened_is_an_event(folder: Path) -> None:
    found = rows_of(folder, "ticket_event_fact", ticket_id="left unanswered")
    assert [(row["event_id"], row["kind"], row["by_kind"]) for row in found] == [
        ("change 0001", "change", "agent"),
        ("change 0002", "change", "system"),
        ("created", "created", "customer"),
        ("message 0001", "message", "customer"),
    ]


def test_a_known_bot_is_a_bot_in_every_event(folder: Path) -> None:
    kinds = {row["by_kind"] for row in rows_of(folder, "ticket_event_fact", by="zoe")}
    assert kinds == {"bot"}


def test_bots_named_in_the_settings_are_bots(tmp_path: Path) -> None:
    world = ticket("1", NINE).asked("09:00").said("09:10", by="hal").solved("10:00", by="hal")
    folder = built(tmp_path / "w", world, bots="hal")
    row = rows_of(folder, "ticket_fact")[0]
    assert some(row, "first_reply_at solved_by agent_touches") == {
        "first_reply_at": None,
        "solved_by": None,
        "agent_touches": 0,
    }
    assert row["lapsed_at"] == at("2026-03-02 10:00")


def test_what_is_told_of_no_ticket_changes_no_ticket(tmp_path: Path) -> None:
    stray = ticket("stray", NINE).asked("09:00").solved("10:00")
    world = (ticket("1", NINE), type(stray)(stray.rows[1:], stray.last, "desk", "stray"))
    folder = built(tmp_path / "w", *world)
    for fact in ("ticket_fact", "status_span_fact", "ticket_event_fact"):
        assert {row["ticket_id"] for row in rows_of(folder, fact)} == {"1"}
