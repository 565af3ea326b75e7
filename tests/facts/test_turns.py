"""Runs of customer messages: where they begin, what ends them, and what is none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import Told, agent, at, built, rows_of, some, thing, ticket

NINE = "2026-03-02 09:00"


def thanks(name: str, message: int, value: str | None = "yes", version: str = "1") -> Told:
    """What was read in a message."""
    return thing(
        "reading",
        subject="message",
        subject_id=name,
        part=f"{message:04d}",
        kind="thanks",
        version=version,
        value=value,
    )


def rang(name: str, of: str, when: str, **more: Any) -> Told:
    """A call that belongs to a ticket."""
    said = {"direction": "inbound", "outcome": "voicemail"} | more
    return thing("call", call_id=name, ticket_id=of, arrived_at=at(when), **said)


WORLD = (
    agent("ann", team="care"),
    agent("zoe", bot=True),
    ticket("runs", NINE)
    .asked("09:00")
    .asked("09:05")
    .said("09:30")
    .said("09:40")
    .asked("11:00")
    .said("12:00", by="bob"),
    ticket("chased", NINE).asked("09:00").asked("+2h").asked("+24h").asked("+23h 59m").said("+1h"),
    ticket("after our question", NINE).asked("09:00").said("09:10").asked("+3d").said("+1h"),
    ticket("note and bot", NINE)
    .asked("09:00")
    .said("09:01", by="zoe")
    .said("09:02", by="ann", public=False)
    .said("09:03", by="rule", automatic=True)
    .said("10:00"),
    ticket("solved in silence", NINE).asked("09:00").solved("10:00"),
    ticket("gave up", NINE).asked("09:00").closed("+3d", by="rule", reason="inactivity"),
    ticket("one act", NINE).asked("09:00").solved("10:00").said("10:00"),
    ticket("thanked", NINE)
    .asked("09:00")
    .said("09:30")
    .solved("09:30")
    .asked("11:00")
    .reopened("11:00")
    .solved("12:00"),
    thanks("thanked", 3),
    ticket("thanked twice", NINE)
    .asked("09:00")
    .said("09:30")
    .solved("09:30")
    .asked("11:00")
    .reopened("11:00")
    .asked("11:30")
    .said("12:30")
    .solved("12:30"),
    thanks("thanked twice", 3),
    ticket("unsure", NINE).asked("09:00").said("09:30").solved("09:30").asked("11:00"),
    thanks("unsure", 3, value=None),
    ticket("read again", NINE).asked("09:00").said("09:30").solved("09:30").asked("11:00"),
    thanks("read again", 3, version="1"),
    thanks("read again", 3, value="no", version="2"),
    ticket("first is real", NINE).asked("09:00").said("09:30"),
    thanks("first is real", 1),
    ticket("out of office", NINE).asked("09:00").said("09:30").asked("09:31", automatic=True),
    ticket("voicemail", NINE, channel="phone"),
    rang("v1", "voicemail", "2026-03-02 09:00"),
    rang("v2", "voicemail", "2026-03-02 10:00", direction="outbound", outcome="abandoned"),
    rang("v3", "voicemail", "2026-03-02 11:00", direction="outbound", outcome="answered"),
    ticket("chat", NINE, channel="chat").asked("09:00").asked("09:06").said("09:08"),
    thing(
        "chat_session",
        session_id="c1",
        ticket_id="chat",
        started_at=at(NINE),
        queued_at=at("2026-03-02 09:05"),
        first_line_at=at("2026-03-02 09:08"),
        agent="ann",
    ),
    ticket("left the chat", NINE, channel="chat").asked("09:00"),
    thing(
        "chat_session",
        session_id="c2",
        ticket_id="left the chat",
        started_at=at(NINE),
        queued_at=at("2026-03-02 09:05"),
        left_at=at("2026-03-02 09:07"),
    ),
)
Turns = Mapping[str, list[Mapping[str, Any]]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("turns"), *WORLD)


@pytest.fixture(scope="module", name="turns")
def _turns(folder: Path) -> Turns:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(folder, "turn_fact"):
        found.setdefault(row["ticket_id"], []).append(row)
    return found


def told(turns: Turns, name: str, columns: str = "end_kind reply_seconds") -> list[tuple[Any, ...]]:
    """Some columns of the turns of a ticket."""
    return [tuple(some(row, columns).values()) for row in turns[name]]


def test_a_run_of_messages_is_one_turn_until_a_person_answers(turns: Turns) -> None:
    assert told(turns, "runs", "messages reply_seconds answered_by first") == [
        (2, 1800, "ann", True),
        (1, 3600, "bob", False),
    ]


def test_a_chaser_comes_a_day_or_more_after_the_last_while_the_turn_is_ours(turns: Turns) -> None:
    assert told(turns, "chased", "messages chasers") == [(4, 1)]
    assert told(turns, "chased", "chased_at") == [(at("2026-03-03 11:00"),)]


def test_an_answer_to_our_question_is_no_chaser(turns: Turns) -> None:
    assert told(turns, "after our question", "chasers") == [(0,), (0,)]


def test_bots_notes_and_rules_end_no_turn(turns: Turns) -> None:
    assert told(turns, "note and bot") == [("reply", 3600)]


def test_a_solve_or_a_closing_without_an_answer_ends_a_turn_as_what_it_is(turns: Turns) -> None:
    assert told(turns, "solved in silence", "end_kind reply_seconds ended_seconds") == [
        ("solve", None, 3600)
    ]
    assert told(turns, "gave up", "end_kind ended_seconds") == [("lapse", 3 * 86_400)]


def test_what_was_said_in_the_act_of_solving_counts_before_it(turns: Turns) -> None:
    assert told(turns, "one act") == [("reply", 3600)]


def test_a_mere_thanks_ends_with_itself_and_reopens_nothing(turns: Turns, folder: Path) -> None:
    assert told(turns, "thanked", "end_kind ended_seconds is_waiting") == [
        ("reply", None, False),
        ("thanks", 0, False),
    ]
    (row,) = rows_of(folder, "ticket_fact", ticket_id="thanked")
    assert some(row, "reopens solves resolved_at") == {
        "reopens": 0,
        "solves": 1,
        "resolved_at": at("2026-03-02 09:30"),
    }


def test_a_real_message_after_the_thanks_is_a_reopening(turns: Turns, folder: Path) -> None:
    assert told(turns, "thanked twice", "end_kind starts_at")[1:] == [
        ("reply", at("2026-03-02 11:30"))
    ]
    (row,) = rows_of(folder, "ticket_fact", ticket_id="thanked twice")
    assert some(row, "reopens solves") == {"reopens": 1, "solves": 2}


def test_whoever_is_unsure_takes_it_for_a_question(turns: Turns) -> None:
    assert told(turns, "unsure", "end_kind is_waiting")[1:] == [(None, True)]


def test_the_newest_reading_counts(turns: Turns) -> None:
    assert told(turns, "read again", "end_kind is_waiting")[1:] == [(None, True)]


def test_the_first_message_of_a_ticket_is_always_a_question(turns: Turns) -> None:
    assert told(turns, "first is real") == [("reply", 1800)]


def test_a_customers_automatic_reply_asks_for_nothing(turns: Turns) -> None:
    assert told(turns, "out of office") == [("reply", 1800)]


def test_a_voicemail_opens_a_turn_that_only_a_connected_call_back_ends(turns: Turns) -> None:
    assert told(turns, "voicemail") == [("reply", 2 * 3600)]


def test_a_chat_asks_people_from_their_queue_on(turns: Turns) -> None:
    assert told(turns, "chat", "starts_at reply_seconds") == [(at("2026-03-02 09:05"), 180)]
    assert told(turns, "left the chat", "end_kind ended_seconds") == [("lapse", 120)]


def test_calls_and_chats_of_a_ticket_reach_it_in_a_build_of_what_changed(
    tmp_path: Path, turns: Turns
) -> None:
    """They lie in other parts of the store, and still the ticket is built again."""
    from regard.facts.build import build
    from worlds import take

    calls = [one for one in WORLD if one.rows[0][0] in ("call", "chat_session")]
    folder = built(tmp_path / "w", *[one for one in WORLD if one not in calls])
    before = rows_of(folder, "turn_fact", ticket_id="voicemail")
    take(folder, *calls)
    assert build(folder).how == "incremental"
    assert before == []
    after = rows_of(folder, "turn_fact")
    assert after == [row for name in sorted(turns) for row in turns[name]]


def test_who_answered_first_and_for_which_team_stands_on_the_ticket(folder: Path) -> None:
    (row,) = rows_of(folder, "ticket_fact", ticket_id="note and bot")
    assert row["auto_reply_at"] == at("2026-03-02 09:01")
    assert some(row, "first_reply_by agent_touches chasers turns") == {
        "first_reply_by": "ann",
        "agent_touches": 1,
        "chasers": 0,
        "turns": 1,
    }


def test_a_ticket_passed_on_by_a_bot_asks_people_from_then_on(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        agent("zoe", bot=True),
        ticket("passed", NINE, agent="zoe")
        .asked("09:00")
        .said("09:01", by="zoe")
        .to_team("care", "09:20", by="zoe")
        .said("10:20"),
        ticket("never passed", NINE).asked("09:00").said("10:00"),
    )
    rows = {row["ticket_id"]: row for row in rows_of(folder, "ticket_fact")}
    names = "first_reply_seconds team_first_reply_seconds first_reply_team"
    assert list(some(rows["passed"], names).values()) == [4800, 3600, "care"]
    assert list(some(rows["never passed"], names).values()) == [3600, 3600, None]
