"""Recorded answers of Freshdesk's interface: what they say of now and of the last, and no more."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import worlds
from regard.facts.build import build
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.sources.freshdesk import parse
from regard.ingest.streams import BadFile
from regard.store.store import open_store

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "freshdesk"
TICKET = {
    "id": 1,
    "requester_id": 3,
    "status": 2,
    "priority": 1,
    "created_at": "2024-03-04T09:00:00Z",
    "updated_at": "2024-03-04T10:00:00Z",
}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    return parse(SAMPLE)


@pytest.fixture(scope="module")
def workspace(parcel: Parcel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("freshdesk")
    (folder / "regard.toml").write_text("", encoding="utf-8")
    run_import([parcel], open_store(folder), folder)
    build(folder, now=datetime(2024, 6, 1, tzinfo=UTC))
    return folder


def rows(parcel: Parcel, name: str, **wanted: Any) -> Rows:
    found: Rows = parcel.rows[name].to_pylist() if name in parcel.rows else []
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def counts(parcel: Parcel) -> dict[tuple[str, str], int]:
    return {(found.kind, found.where): found.count for found in parcel.findings}


def told(parcel: Parcel, ticket: str) -> list[tuple[str, str]]:
    found = rows(parcel, "ticket_change", ticket_id=ticket, field="status")
    return [(f"{row['at']:%m-%d %H:%M}", row["value"]) for row in found]


def read(folder: Path, *bodies: Any) -> Parcel:
    for place, body in enumerate(bodies):
        text = body if isinstance(body, str) else json.dumps(body)
        (folder / f"{place}.json").write_text(text, encoding="utf-8")
    return parse(folder)


def test_the_last_solve_and_close_are_told_and_nobody_is_credited(parcel: Parcel) -> None:
    assert told(parcel, "1") == [("03-05 09:00", "solved"), ("03-09 12:00", "closed")]
    assert {row["actor_kind"] for row in rows(parcel, "ticket_change")} == {None}


def test_a_status_of_now_holds_since_it_last_changed(parcel: Parcel) -> None:
    assert told(parcel, "2") == [("03-05 10:00", "pending")]


def test_solves_before_the_last_reopening_are_not_known(parcel: Parcel) -> None:
    assert told(parcel, "3") == [("03-08 11:00", "solved")]
    assert counts(parcel)["no_history", "ticket.status"] == 1


def test_what_is_closed_without_a_word_of_how_was_solved_and_closed_at_its_last_change(
    parcel: Parcel,
) -> None:
    assert told(parcel, "6") == [("03-07 14:00", "solved"), ("03-07 14:00", "closed")]


def test_spam_is_labelled_and_what_was_deleted_is_cancelled(parcel: Parcel) -> None:
    assert rows(parcel, "ticket", ticket_id="4")[0]["demand"] == "spam"
    assert told(parcel, "4") == [("03-04 12:30", "closed")]
    assert rows(parcel, "ticket_change", ticket_id="4")[0]["reason"] == "cancelled"


def test_every_history_is_said_to_be_unknown(parcel: Parcel) -> None:
    assert counts(parcel)["no_history", "ticket_change"] == 7


def test_numbers_that_are_not_known_are_counted(parcel: Parcel) -> None:
    found = counts(parcel)
    for where in ("ticket.status", "ticket.source", "ticket.priority"):
        assert found["unknown_value", where] == 1
    assert told(parcel, "7") == []
    assert rows(parcel, "ticket", ticket_id="7")[0]["channel"] == "other"


def test_a_conversation_is_told_in_order_with_who_could_read_it(parcel: Parcel) -> None:
    said = [
        (row["message_id"], row["author"], row["author_kind"], row["public"])
        for row in rows(parcel, "message", ticket_id="1")
    ]
    assert said == [
        ("description", "300", "customer", True),
        ("10", "400", "agent", False),
        ("11", "400", "agent", True),
        ("12", "300", "customer", True),
        ("13", "401", "agent", False),
    ]
    assert counts(parcel)["unknown_author", "message.author_kind"] == 1
    assert counts(parcel)["unknown_ticket", "message"] == 1


def test_a_mail_that_went_out_was_opened_by_us(parcel: Parcel) -> None:
    (ticket,) = rows(parcel, "ticket", ticket_id="5")
    assert (ticket["created_by"], ticket["created_by_kind"]) == ("400", "agent")
    assert rows(parcel, "message", ticket_id="5")[0]["author_kind"] == "agent"


def test_people_teams_and_plans(parcel: Parcel) -> None:
    (customer,) = rows(parcel, "customer")
    assert (customer["customer_id"], customer["plan"]) == ("300", "Premium")
    known = {(row["kind"], row["address"]) for row in rows(parcel, "customer_identity")}
    assert known == {("mail", "ann@customer.test"), ("phone", "+442079460000")}
    (agent,) = rows(parcel, "agent")
    assert (agent["agent_id"], agent["name"], agent["team"]) == ("400", "Bea", "500")
    assert [row["name"] for row in rows(parcel, "team")] == ["First line"]


def test_deadlines_are_promises_and_stats_are_the_vendors(parcel: Parcel) -> None:
    targets = {row["target"]: row["seconds"] for row in rows(parcel, "sla_target")}
    assert targets == {"first": 3600, "resolution": 172800}
    figures = {row["figure"]: row["value"] for row in rows(parcel, "vendor_figure", subject_id="1")}
    assert figures == {
        "first_responded_at": 1200,
        "resolved_at": 86400,
        "closed_at": 442800,
        "fr_escalated": 0,
        "is_escalated": 1,
    }


def test_a_refusal_is_put_aside_and_roles_are_no_teams(parcel: Parcel) -> None:
    assert [reject.raw["file"] for reject in parcel.rejects] == ["refused.json"]
    unread = [found.example for found in parcel.findings if found.kind == "unknown_answer"]
    assert unread == ["roles.json"]


def test_the_facts_hold_what_the_answers_say(workspace: Path) -> None:
    ticket = worlds.row_of(workspace, "ticket_fact", ticket_id="1")
    names = "status first_reply_by first_reply_seconds resolve_seconds solved_by customer_messages"
    assert worlds.some(ticket, names) == {
        "status": "closed",
        "first_reply_by": "400",
        "first_reply_seconds": 1200,
        "resolve_seconds": 86400,
        "solved_by": None,
        "customer_messages": 2,
    }
    # Opened by us: the clock starts with the customer's answer.
    outbound = worlds.row_of(workspace, "ticket_fact", ticket_id="5")
    assert (outbound["created_by_kind"], outbound["first_reply_seconds"]) == ("agent", 1800)


def test_importing_answers_again_changes_nothing(parcel: Parcel, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_import([parcel], store, tmp_path)
    again = run_import([parse(SAMPLE)], store, tmp_path)
    assert (again.version, again.new, again.changed) == (1, 0, 0)


def test_answers_about_one_ticket_are_joined_and_the_newest_counts(tmp_path: Path) -> None:
    later = TICKET | {"updated_at": "2024-03-05T09:00:00Z", "status": 4}
    full = TICKET | {"stats": {"resolved_at": "2024-03-05T09:00:00Z"}}
    found = read(tmp_path, [later], full)
    assert told(found, "1") == [("03-05 09:00", "solved")]
    assert ("duplicate_id", "ticket") not in counts(found)


def test_two_tickets_of_one_id_are_not_mixed(tmp_path: Path) -> None:
    other = {"created_at": "2025-03-04T09:00:00Z", "updated_at": "2025-03-04T09:00:00Z"}
    found = read(tmp_path, [TICKET | {"group_id": 9}, TICKET | other])
    (ticket,) = rows(found, "ticket")
    assert (ticket["created_at"].year, ticket["team"]) == (2025, None)
    assert counts(found)["duplicate_id", "ticket"] == 1


def test_conversations_may_come_with_their_ticket(tmp_path: Path) -> None:
    said = {"id": 5, "incoming": True, "private": False, "created_at": "2024-03-04T09:30:00Z"}
    found = read(tmp_path, TICKET | {"conversations": [said]})
    assert [row["message_id"] for row in rows(found, "message")] == ["5"]
    assert found.read == 2


def test_a_folder_without_anything_of_freshdesk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no answer of Freshdesk"):
        read(tmp_path, {"issues": [{"id": 1}]}, "[1, 2]", "{}")


@pytest.mark.parametrize("broken", [{"id": True}, {"id": []}, {"created_at": None}])
def test_a_ticket_without_its_essentials_is_put_aside_whole(
    tmp_path: Path, broken: dict[str, Any]
) -> None:
    found = read(tmp_path, [TICKET | {"id": 2}, TICKET | broken])
    (reject,) = found.rejects
    assert json.loads(reject.raw["object"]) == TICKET | broken
    assert (found.read, found.kept) == (2, 1)


def test_wrong_types_break_nothing(tmp_path: Path) -> None:
    wrong: list[Any] = [None, [], {}, "x", 7, -1, True, 1.5, [[1]], {"a": None}, 10**30, "\0\ud800"]
    names = (
        *("status", "priority", "source", "spam", "deleted", "tags", "stats", "group_id", "type"),
        *("requester_id", "responder_id", "subject", "description_text", "updated_at", "due_by"),
        *("is_escalated", "conversations", "product_id"),
    )
    tickets = [
        TICKET | {"id": number, name: value}
        for number, (name, value) in enumerate(((n, v) for v in wrong for n in names), 10**25)
    ]
    stats = [TICKET | {"id": n + 50, "stats": {"resolved_at": v}} for n, v in enumerate(wrong)]
    said: dict[str, Any] = {"id": 5, "ticket_id": 1, "incoming": True, "private": False}
    said |= {"created_at": "2024-03-04T09:30:00Z"}
    keys = ("incoming", "private", "user_id", "source", "body", "body_text", "updated_at")
    conversations = [said | {"id": 100 + n, key: v} for key in keys for n, v in enumerate(wrong)]
    contacts = [{"id": n, "email": v, "mobile": v, "active": v} for n, v in enumerate(wrong)]
    agents = [
        {"id": n, "contact": v, "ticket_scope": v, "group_ids": v} for n, v in enumerate(wrong)
    ]
    found = read(tmp_path, [*tickets, *stats, *wrong], conversations, contacts, agents)
    assert len(rows(found, "ticket")) == len(tickets) + len(stats)
    run_import([found], open_store(tmp_path / "w"), tmp_path / "w")


@pytest.mark.real
def test_real_answers_are_read_and_their_mixture_is_told(shared_data: Path) -> None:
    found = parse(shared_data / "recorded" / "freshdesk")
    assert (found.rejects, found.read) == ((), found.kept)
    # Six answers hold a ticket 1: of 2014, 2016, 2014, 2020, 2016, 2016 in the order of files.
    (ticket,) = rows(found, "ticket")
    assert (ticket["created_at"], ticket["priority"]) == (
        datetime(2020, 1, 1, 6, 21, 45, tzinfo=UTC),
        "low",
    )
    assert counts(found)["duplicate_id", "ticket"] == 5
    said = [(row["message_id"], row["public"]) for row in rows(found, "message")]
    assert said == [("description", True), ("1", False), ("2", True)]
    assert {row["agent_id"] for row in rows(found, "agent")} == {"1", "432"}
    assert {row["name"] for row in rows(found, "team")} == {"Entertainers", "Helpdesk"}
