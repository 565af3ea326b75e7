"""Contacts: every approach by a customer once, and nothing that is none."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from regard.core.schema import Row
from regard.facts.build import build
from worlds import ALWAYS, Told, at, built, call, fact_table, rows_of, take, team, thing, ticket

MORNING = "2026-03-02 09:00"
WEEK = timedelta(days=7)


def _who(name: str) -> dict[str, str]:
    return {"customer_id": name}


def _chat(name: str, when: str, **more: Any) -> Told:
    begun = at(when)
    said: dict[str, Any] = {
        "started_at": begun,
        "queued_at": begun,
        "first_line_at": begun + timedelta(minutes=1),
        "ended_at": begun + timedelta(minutes=9),
    }
    return thing("chat_session", session_id=name, **(said | more))


def _bot(name: str, when: str, **more: Any) -> Told:
    begun = at(when)
    said: dict[str, Any] = {"started_at": begun, "ended_at": begun + timedelta(minutes=2)}
    return thing("bot_session", session_id=name, **(said | more))


def _answered(name: str, when: str, **more: Any) -> Told:
    return call(name, when, **more).queued("main", 10).talked("ann", 300).ended("answered")


TOLD: tuple[Told, ...] = (
    team("first", tier=1),
    # Chased: the second of three messages comes a day after the first, then after our answer.
    ticket("chased", MORNING, **_who("eva"), channel="email", type="refund; late")
    .asked(MORNING)
    .asked("+1d")
    .said("+1h")
    .asked("+3d")
    .said("+1h")
    .solved("+1h"),
    # We ask, the customer answers after two days: that is no contact.
    ticket("asked", MORNING, **_who("ola"), channel="email", type="login")
    .asked(MORNING)
    .said("+1h")
    .pending("+1m")
    .asked("+2d")
    .said("+1h")
    .solved("+1m"),
    # One that continues it, and one that continues that, about something else.
    ticket("second", "2026-03-08 09:00", **_who("ola"), type="other", follows="asked").asked("+0s"),
    ticket("third", "2026-03-09 09:00", **_who("ola"), follows="second").asked("+0s"),
    # Two tickets of one person become one.
    ticket("kept", "2026-03-03 09:00", **_who("jan"), type="login").asked("+0s").solved("+1h"),
    ticket("merged", "2026-03-03 08:00", **_who("jan"), type="login")
    .asked("+0s")
    .set("merged_into", "kept", "+2h"),
    # Labelled, written by us, opened on a call, opened by a chat.
    ticket("spam", MORNING, demand="spam"),
    ticket("internal", MORNING, demand="internal"),
    ticket("written by us", MORNING, created_by="ann", channel="email", **_who("ada")).said("+1m"),
    _answered("with ticket", "2026-03-04 09:00", ticket_id="record", **_who("ben")),
    ticket("record", "2026-03-04 09:03", created_by="ann", channel="phone", **_who("ben")).solved(
        "+2h"
    ),
    _answered("days later", "2026-03-09 09:00", ticket_id="record", **_who("ben")),
    _chat("chat", "2026-03-05 09:00", ticket_id="of chat", **_who("cy")),
    ticket("of chat", "2026-03-05 09:00", channel="chat", **_who("cy")).solved("+9m"),
    _chat("with bot alone", "2026-03-05 10:00", queued_at=None, first_line_at=None),
    # Calls that asked nobody, and some that did in vain.
    call("short", MORNING).queued("main", 4).ended("abandoned"),
    call("long", MORNING).queued("main", 60).ended("abandoned"),
    call("self served", MORNING).leg("ivr", 30).ended("ivr_served"),
    call("blocked", MORNING).ended("blocked"),
    call("test", MORNING).ended("test"),
    call("by us", MORNING, direction="outbound").talked("ann", 60).ended("answered"),
    # One that nobody can name, and one of a switchboard.
    _answered("unknown", "2026-03-06 09:00"),
    *(
        _answered(f"desk {n:02d}", f"2026-03-{2 + n // 4:02d} {9 + n % 4:02d}:30", **_who("firm"))
        for n in range(21)
    ),
    # Of which only the last state was seen.
    ticket("seen", "2026-03-10 09:00", **_who("eli"), status="closed", observed=True),
    # A kind of matter that the source does not name, read by two readers.
    _answered("read", "2026-03-07 09:00", **_who("dan")),
    *(
        thing(
            "reading",
            subject="call",
            subject_id="read",
            part="",
            kind="type",
            version=v,
            value=said,
        )
        for v, said in (("1", "login"), ("2", "invoice"))
    ),
    # Conversations with a bot.
    _bot("helped", MORNING, **_who("ida"), confirmed=True),
    _bot("came anyway", "2026-03-01 09:00", **_who("ben")),
    _bot("too late", "2026-02-25 08:59", **_who("ben")),
    _bot("handed", MORNING, **_who("pia"), handed_over_at=at("2026-03-02 09:02")),
    _bot("nobody known", MORNING),
)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("contacts") / "w", *TOLD, calendars=ALWAYS)


@pytest.fixture(scope="module", name="found")
def _found(folder: Path) -> Mapping[str, Row]:
    return {f"{r['contact_kind']} {r['contact_id']}": r for r in rows_of(folder, "contact_fact")}


def test_a_chaser_counts_once_and_is_of_its_ticket(found: Mapping[str, Row]) -> None:
    chasers = [row for name, row in found.items() if name.startswith("chaser")]
    assert [(row["ticket_id"], row["at"]) for row in chasers] == [
        ("chased", at("2026-03-03 09:00"))
    ]
    assert chasers[0]["answered"]
    assert chasers[0]["person"] == "desk/eva"


def test_answering_our_question_is_no_contact(found: Mapping[str, Row]) -> None:
    assert [name for name, row in found.items() if row["ticket_id"] == "asked"] == ["ticket asked"]


def test_merged_tickets_are_one_contact_since_the_first(found: Mapping[str, Row]) -> None:
    assert "ticket merged" not in found
    assert found["ticket kept"]["at"] == at("2026-03-03 08:00")


def test_what_is_no_service_or_our_own_approach_is_none(found: Mapping[str, Row]) -> None:
    assert not {"ticket spam", "ticket internal", "ticket written by us"} & set(found)


def test_a_ticket_that_is_the_record_of_a_call_or_chat_is_not_counted_again(
    found: Mapping[str, Row],
) -> None:
    assert not {"ticket record", "ticket of chat"} & set(found)
    assert found["call with ticket"]["resolved_at"] == at("2026-03-04 11:03")
    assert found["chat chat"]["resolved_at"] == at("2026-03-05 09:09")
    assert found["chat chat"]["matter"] == "of chat"


def test_a_call_about_what_was_solved_before_is_resolved_at_its_own_end(
    found: Mapping[str, Row],
) -> None:
    late = found["call days later"]
    assert late["matter"] == "record"
    assert late["resolved_at"] == at("2026-03-09 09:05:10")


def test_only_calls_and_chats_that_asked_people_are_contacts(found: Mapping[str, Row]) -> None:
    assert {"call long", "call blocked"} <= set(found)
    nobody = {"call short", "call self served", "call test", "call by us", "chat with bot alone"}
    assert not nobody & set(found)
    assert (found["call long"]["outcome"], found["call long"]["abandoned"]) == ("unanswered", True)


def test_who_is_not_known_is_no_person(found: Mapping[str, Row]) -> None:
    assert found["call unknown"]["person"] is None
    assert not found["call unknown"]["identified"]


def test_more_than_twenty_contacts_a_week_are_no_one_persons(found: Mapping[str, Row]) -> None:
    shared = {row["person"] for row in found.values() if row["shared"]}
    assert shared == {"desk/firm"}


def test_the_topic_is_the_first_label_or_what_the_newest_reader_found(
    found: Mapping[str, Row],
) -> None:
    assert found["ticket chased"]["topic"] == "refund"
    assert found["call read"]["topic"] == "invoice"
    assert found["call unknown"]["topic"] is None


def test_what_continues_a_ticket_is_of_the_same_matter(found: Mapping[str, Row]) -> None:
    for name in ("ticket second", "ticket third"):
        assert (found[name]["matter"], found[name]["matter_topic"]) == ("asked", "login")
    assert found["ticket second"]["topic"] == "other"
    assert found["ticket third"]["topic"] is None


def test_a_bot_has_kept_nobody_who_came_to_people_within_a_week(folder: Path) -> None:
    rows = {row["session_id"]: row for row in rows_of(folder, "bot_session_fact")}
    kept = {name: row["contained"] for name, row in rows.items() if row["identified"]}
    assert kept == {"helped": True, "came anyway": False, "too late": True, "handed": False}
    assert rows["came anyway"]["contact_at"] == at("2026-03-04 09:00")
    assert not rows["nobody known"]["contained"]


def test_contacts_and_issues_that_come_in_parts_are_those_that_come_at_once(
    folder: Path, tmp_path: Path
) -> None:
    half = len(TOLD) // 2
    parts = built(tmp_path / "parts", *TOLD[half:], calendars=ALWAYS)
    take(parts, *TOLD[:half])
    assert build(parts).how == "incremental"
    for name in ("contact_fact", "episode_fact", "chaser_fact", "bot_session_fact"):
        assert fact_table(parts, name).equals(fact_table(folder, name)), name


def test_contacts_as_of_an_instant_know_nothing_of_later_ones(folder: Path) -> None:
    early = rows_of(folder, "contact_fact", "2026-03-03 08:59")
    assert {row["at"] <= at("2026-03-03 08:59") for row in early} == {True}
    assert not [row for row in early if row["contact_kind"] == "chaser"]
    assert [row["shared"] for row in early if row["person"] == "desk/firm"] == [False] * 4


def test_how_a_matter_ended_whose_history_nobody_knows_is_not_known(
    folder: Path, found: Mapping[str, Row]
) -> None:
    assert (found["ticket seen"]["observed"], found["ticket seen"]["outcome"]) == (True, None)
    (row,) = rows_of(folder, "episode_fact", contact_id="seen", joining="any")
    assert row["observed"]
