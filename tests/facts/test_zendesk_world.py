"""Some sixty tickets as a warehouse holds Zendesk: who answered, how long it took, what was kept.

The rows are in tests/samples/zendesk_world; what they must come to was worked out by hand, in
zendesk_said.py for messages and turns and below for promises.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import pytest

from facts.promised import state_by_hand, took
from facts.zendesk_said import CLICKED_AWAY, HELPER, SAID
from regard.facts.build import build
from regard.facts.promises import state
from regard.facts.reader import open_reader
from regard.ingest.run import run_import
from regard.ingest.sources.zendesk_tables import parse
from regard.store.store import open_store
from worlds import at, fact_table, some, take, thing

FOLDER = Path(__file__).resolve().parent.parent / "samples" / "zendesk_world"
AS_OF = at("2026-11-06 20:00")
THANKS = {
    "subject": "message",
    "subject_id": "34",
    "part": "5083",
    "kind": "thanks",
    "version": "by hand",
    "value": "yes",
}
"""That the second message of ticket 34 asks for nothing."""
Row = dict[str, Any]
Rows = Mapping[str, Any]
Key = tuple[str, str, int]
Promises = Mapping[Key, Row]

PROMISES: dict[tuple[str, str, int], tuple[str, str | None]] = {
    # 8 h in opening hours, from Mon 10:00 New York: 7 h until 17:00, Tue 09:00 + 1 h = 10:00.
    ("1", "first", 1): ("met", "03-03 15:00"),
    # 30 min in opening hours, from Fri 16:40 EST: 20 min, then Mon 09:00 EDT + 10 min. Answered
    # at the deadline, a second after it, a second before it.
    ("2", "first", 1): ("met", "03-09 13:10"),
    ("3", "first", 1): ("missed", "03-09 13:10"),
    ("4", "first", 1): ("met", "03-09 13:10"),
    # 8 h from Fri 16:00: 1 h; Monday is a holiday; Tue 09:00 + 7 h = 16:00 EDT.
    ("15", "first", 1): ("met", "05-26 20:00"),
    # 4 h from Wed 15:00 New York: 2 h there, and 2 h from Thu 09:00 London (BST) = 11:00.
    ("16", "first", 1): ("met", "04-16 10:00"),
    # Ann wrote first; the clock runs from the customer's first message, Wed 10:00 New York:
    # 7 h, then Thu 09:00 + 1 h.
    ("23", "first", 1): ("met", "05-07 14:00"),
    # 8 h for normal; at 10:00 New York it became high, 2 h: 09:00 + 2 h = 11:00.
    ("27", "first", 1): ("missed", "05-18 15:00"),
    # Urgent, 30 min, at 11:00: 09:30 was long past, and no promise is due before it was made.
    ("28", "first", 1): ("missed", "05-18 15:00"),
    # Urgent: due 09:30. At 10:00 it became normal: what is missed stays missed.
    ("29", "first", 1): ("missed", "05-19 13:30"),
    # Withdrawn after 20 of its 60 min.
    ("30", "first", 1): ("withdrawn", None),
    # 8 h from Fri 16:00: 1 h + Mon 7 h. The 4 h of the policy of Monday 1 June do not reach it.
    ("31", "first", 1): ("met", "06-01 20:00"),
    # 4 h from Tue 09:00.
    ("32", "first", 1): ("missed", "06-02 17:00"),
    # Waited 30 min on Monday and 60 on Tuesday, until 15:00. Of 250 min 160 were left, of 140 min
    # of work 50.
    ("33", "requester_wait", 1): ("met", "06-09 17:40"),
    ("33", "agent_work", 1): ("met", "06-09 15:50"),
    ("34", "first", 1): ("met", "06-10 17:00"),
    # Closed by a rule after 2 of the 4 h; after 9 h.
    ("35", "first", 1): ("withdrawn", "06-15 17:00"),
    ("36", "first", 1): ("missed", "06-16 17:00"),
    # Solved without a reply after 1 of the 4 h; after 5 h.
    ("37", "first", 1): ("withdrawn", "06-18 17:00"),
    ("38", "first", 1): ("missed", "06-22 17:00"),
    # 4 h from Tue 16:30: 30 min, Wed 09:00 + 3 h 30 = 12:30 New York.
    ("39", "first", 1): ("met", "06-24 16:30"),
    # Wait: 13-14 new, 16-17 open, 17-18:30 on hold, 18:30-19 open = 60 + 60 + 90 + 30 = 240 of
    # 250 min: 10 left at 19:00. Work: 60 + 60 + 30 without the hold; 140 reached at 18:50.
    ("40", "requester_wait", 1): ("met", "06-29 19:10"),
    ("40", "agent_work", 1): ("missed", "06-29 18:50"),
    # 120 min from the reply at 13:30: 60 until pending at 14:30, 60 more from 20:30; from the
    # next reply at 21:15 until the solve at 21:45.
    ("41", "pausable", 1): ("met", "06-30 21:30"),
    ("41", "pausable", 2): ("withdrawn", "06-30 23:15"),
    # 24 h from the reply of Wed 14:00; pending does not pause it; the next came on Friday.
    ("42", "periodic", 1): ("missed", "07-02 14:00"),
    # 4 h from Fri 14:00 EST: 3 h, then Mon 09:00 + 1 h: not yet due.
    ("43", "first", 1): ("running", "11-09 15:00"),
    # 4 h from Thu 09:00 EST; nobody has answered.
    ("44", "first", 1): ("missed", "11-05 18:00"),
    ("45", "requester_wait", 1): ("paused", None),
    ("45", "agent_work", 1): ("paused", None),
    # Answered in the same second: kept, and kept in the count.
    ("51", "first", 1): ("met", "07-15 14:00"),
    # 60 min from 13:00, though the promise was made at 13:50.
    ("55", "first", 1): ("missed", "07-21 14:00"),
    # Clicked away after 1 of 4 h; what was asked again is a next: 8 h from Thu 09:00.
    ("57", "first", 1): ("withdrawn", "07-22 17:00"),
    ("57", "next", 1): ("met", "07-23 21:00"),
    # 24 h from creation, pending or not.
    ("59", "resolution", 1): ("missed", "07-28 13:00"),
    # In opening hours: 30 min on Thursday, 60 on Friday until 10:00: 30 of 120 left.
    ("60", "requester_wait", 1): ("met", "07-31 14:30"),
    # 250 min were over at 17:10, 140 at 15:20; pending since 18:00 heals nothing.
    # Updates stood still from the reply on, and the solve ended them: nothing was missed.
    ("62", "pausable", 1): ("withdrawn", None),
    ("61", "requester_wait", 1): ("missed", "08-03 17:10"),
    ("61", "agent_work", 1): ("missed", "08-03 15:20"),
}
"""By ticket, target and ordinal: the state as of the last event, and the deadline."""
IDLE = {("34", "next", 1), ("42", "periodic", 2)}
"""A thanks, and the reply that came with the solve: either promise nothing or are withdrawn."""


def _then(said: str | None) -> Any:
    return at(f"2026-{said}") if said else None


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace after the import and the build."""
    folder = tmp_path_factory.mktemp("zendesk")
    (folder / "regard.toml").write_text(f'bots = ["{HELPER}"]\n', encoding="utf-8")
    parcel = parse(FOLDER, source="acme")
    run_import([parcel], open_store(folder), folder)
    # Whether words are a mere thanks is read elsewhere; here it is told.
    take(folder, thing("reading", source="acme", **THANKS))
    build(folder, now=at("2026-01-01 00:00"))
    return folder


@pytest.fixture(scope="module", name="tickets")
def _tickets(folder: Path) -> Mapping[str, Row]:
    return {row["ticket_id"]: row for row in fact_table(folder, "ticket_fact").to_pylist()}


@pytest.fixture(scope="module", name="turns")
def _turns(folder: Path) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sorted(fact_table(folder, "turn_fact").to_pylist(), key=lambda row: row["ordinal"]):
        found.setdefault(row["ticket_id"], []).append(row)
    return found


@pytest.fixture(scope="module", name="promises")
def _promises(folder: Path) -> Promises:
    rows = fact_table(folder, "sla_fact").to_pylist()
    return {(row["ticket_id"], row["target"], row["ordinal"]): row for row in rows}


def test_what_was_seen_last_is_the_last_event(folder: Path) -> None:
    with open_reader(folder) as reader:
        assert reader.watermarks == {"acme": AS_OF}


def test_every_ticket_is_there(tickets: Rows) -> None:
    assert set(tickets) == {*SAID, "52", "53", "57"}


@pytest.mark.parametrize("name", SAID)
def test_who_answered_first_and_when(tickets: Rows, name: str) -> None:
    row, said = tickets[name], SAID[name]
    found = [row[f"first_reply_{what}"] for what in ("at", "by", "seconds", "open_seconds")]
    assert found == [_then(said.reply), said.by, said.seconds, said.open_seconds]


@pytest.mark.parametrize("name", SAID)
def test_the_counts_of_messages(tickets: Rows, name: str) -> None:
    row, said = tickets[name], SAID[name]
    found = [row[what] for what in ("customer_messages", "agent_touches", "chasers")]
    assert found == [said.customer, said.touches, said.chasers]


@pytest.mark.parametrize("name", SAID)
def test_the_turns_of_a_ticket(turns: Rows, name: str) -> None:
    _same_turns(turns.get(name, []), SAID[name].turns)


def test_a_question_clicked_away_and_asked_again_has_two_turns(turns: Rows) -> None:
    _same_turns(turns["57"], CLICKED_AWAY)


def _same_turns(rows: list[Row], wanted: Any) -> None:
    assert [row["ordinal"] for row in rows] == list(range(1, len(wanted) + 1))
    assert [row["first"] for row in rows] == [n == 0 for n in range(len(wanted))]
    assert [_turn(row) for row in rows] == [
        (
            _then(turn.start), _then(turn.end), turn.kind, turn.seconds, turn.open_seconds,
            turn.messages, turn.chasers, _then(turn.chased),
        )
        for turn in wanted
    ]  # fmt: skip


def _turn(row: Row) -> tuple[Any, ...]:
    ends = row["starts_at"], row["ends_at"], row["end_kind"]
    return (*ends, *took(row), row["messages"], row["chasers"], row["chased_at"])


@pytest.mark.parametrize("name", SAID)
def test_a_turn_that_was_answered_says_by_whom(turns: Rows, name: str) -> None:
    for row in turns.get(name, []):
        assert (row["answered_by"] is not None) == (row["end_kind"] == "reply")
    if name in turns and SAID[name].turns:
        assert turns[name][0]["answered_by"] == SAID[name].by


def test_people_had_half_an_hour_of_what_a_machine_began(tickets: Rows) -> None:
    # 33 min since the question, 30 since the machine passed it on.
    assert tickets["25"]["team_first_reply_seconds"] == 1800


@pytest.mark.parametrize("name", [name for name in SAID if name != "25"])
def test_an_acknowledgement_is_known_by_its_instant(tickets: Rows, name: str) -> None:
    assert tickets[name]["auto_reply_at"] == _then(SAID[name].auto)


def test_labels_of_what_is_no_service(tickets: Rows) -> None:
    labels = {name: tickets[name]["demand"] for name in tickets}
    assert labels["52"] == "spam"
    assert {name for name, label in labels.items() if label == "merged"} == {"18", "20", "22"}


def test_a_deleted_ticket_does_not_wait_for_ever(tickets: Rows, turns: Rows) -> None:
    assert some(tickets["53"], "is_open closed_at first_reply_at") == {
        "is_open": False,
        "closed_at": _then("07-17 14:00"),
        "first_reply_at": None,
    }
    assert [row["end_kind"] for row in turns["53"]] == ["lapse"]


def test_an_answer_belongs_to_the_team_that_held_the_ticket_then(turns: Rows) -> None:
    assert [turns[name][0]["answered_team"] for name in ("1", "8", "16")] == ["11", "13", "12"]


def test_a_thanks_that_opens_a_ticket_is_no_reopening_and_a_question_is(tickets: Rows) -> None:
    # Both came back to open by the customer's letter.
    assert [tickets[name]["reopens"] for name in ("33", "57")] == [1, 1]


def test_each_promise_stands_once(promises: Promises) -> None:
    assert set(promises) - IDLE == set(PROMISES)
    assert {state_by_hand(promises[key], AS_OF) for key in IDLE & set(promises)} <= {"withdrawn"}


@pytest.mark.parametrize("key", [key for key, (_, due) in PROMISES.items() if due], ids=str)
def test_a_promise_has_its_deadline(promises: Promises, key: Key) -> None:
    assert promises[key]["due_at"] == _then(PROMISES[key][1])


@pytest.mark.parametrize("key", PROMISES, ids=str)
def test_a_promise_is_kept_or_not(promises: Promises, key: Key) -> None:
    assert state_by_hand(promises[key], AS_OF) == PROMISES[key][0]


def test_the_states_are_those_of_the_query(folder: Path, promises: Promises) -> None:
    with open_reader(folder) as reader:
        rows = reader.fact("sla_fact")
        said = rows.select(
            "ticket_id", "target", "ordinal", state=state(rows, ibis.literal(AS_OF))
        ).to_pyarrow()
    found = {
        (row["ticket_id"], row["target"], row["ordinal"]): row["state"] for row in said.to_pylist()
    }
    assert found == {key: state_by_hand(row, AS_OF) for key, row in promises.items()}
