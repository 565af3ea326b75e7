"""Recorded answers of Zendesk's interface: accounts stay apart, and only what is said is told."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import worlds
from regard.core.calendar_file import parse as calendars_of
from regard.facts.build import build
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.sources.zendesk import parse
from regard.ingest.streams import BadFile
from regard.store.store import open_store

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "zendesk_api"
ACME = "acme.zendesk.com"
OTHER = "other.zendesk.com"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    return parse(SAMPLE)


@pytest.fixture(scope="module")
def workspace(parcel: Parcel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acme")
    (folder / "regard.toml").write_text("", encoding="utf-8")
    run_import([parcel], open_store(folder), folder)
    build(folder, now=datetime(2024, 6, 1, tzinfo=UTC))
    return folder


def rows(parcel: Parcel, name: str, **wanted: Any) -> Rows:
    found: Rows = parcel.rows[name].to_pylist() if name in parcel.rows else []
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def counts(parcel: Parcel) -> dict[tuple[str, str], int]:
    return {(found.kind, found.where): found.count for found in parcel.findings}


def clock(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:%m-%d %H:%M}"


def test_each_account_is_a_source_though_their_ids_are_alike(parcel: Parcel) -> None:
    assert [part.source for part in parcel.each] == [ACME, OTHER]
    one, other = (rows(part, "ticket", ticket_id="1")[0] for part in parcel.each)
    assert (one["priority"], other["priority"]) == (None, "urgent")
    assert len(parcel.rows["ticket"]) == 5


def test_a_name_for_several_accounts_is_refused() -> None:
    with pytest.raises(BadFile, match="several accounts") as refused:
        parse(SAMPLE, source="desk")
    assert "Leave --source out" in str(refused.value)


def test_a_name_replaces_the_host_of_one_account() -> None:
    found = parse(SAMPLE / "other", source="desk")
    assert (found.source, found.also) == ("desk", ())


def test_a_history_gives_first_values_and_changes_in_order(parcel: Parcel) -> None:
    (ticket,) = rows(parcel, "ticket", ticket_id="1")
    names = "status team agent priority created_by_kind channel brand customer_id calendar_id"
    assert worlds.some(ticket, names) == {
        "status": "new",
        "team": "5",
        "agent": None,
        "priority": None,
        "created_by_kind": "customer",
        "channel": "email",
        "brand": "Acme",
        "customer_id": "100",
        "calendar_id": f"{ACME}/77",
    }
    told = [
        (clock(row, "at"), row["field"], row["value"], row["actor_kind"], row["reason"])
        for row in rows(parcel, "ticket_change", ticket_id="1")
    ]
    assert told == [
        ("03-04 09:00", "priority", "normal", "system", None),
        ("03-04 09:30", "status", "pending", "agent", None),
        ("03-04 09:30", "agent", "200", "agent", None),
        ("03-04 10:00", "status", "open", "system", None),
        ("03-04 11:00", "team", "6", "agent", None),
        ("03-04 11:00", "tag", "lost parcel", "agent", None),
        ("03-04 11:00", "calendar", f"{ACME}/78", "agent", None),
        ("03-04 12:00", "status", "solved", "agent", None),
        ("03-04 12:00", "agent", "201", "agent", None),
        ("04-01 12:00", "status", "closed", "system", "rule"),
    ]


def test_what_was_said_counts_before_what_changed_in_the_same_audit(parcel: Parcel) -> None:
    reply = rows(parcel, "message", message_id="513")[0]
    pending = rows(parcel, "ticket_change", change_id="511")[0]
    assert reply["sent_at"] == pending["at"]
    assert reply["ordinal"] < pending["ordinal"]


def test_a_notice_is_a_message_only_where_nobody_of_ours_spoke(parcel: Parcel) -> None:
    said = [
        (clock(row, "sent_at"), row["author"], row["author_kind"], row["public"], row["automatic"])
        for row in rows(parcel, "message", ticket_id="1")
    ]
    assert said == [
        ("03-04 09:00", "100", "customer", True, False),
        ("03-04 09:00", None, "system", True, True),
        ("03-04 09:30", "200", "agent", True, False),
        ("03-04 10:00", "100", "customer", True, False),
        ("03-04 10:30", "200", "agent", False, False),
        ("03-04 11:00", "200", "agent", False, False),
        ("03-04 12:00", "201", "agent", True, False),
    ]


def test_words_lie_apart_with_the_subject_on_the_first(parcel: Parcel) -> None:
    texts = {row["message_id"]: row for row in rows(parcel, "message_text", ticket_id="1")}
    assert (texts["501"]["subject"], texts["501"]["text"]) == ("Matter 1", "My parcel is lost")
    assert (texts["513"]["subject"], texts["513"]["text"]) == (None, "Which parcel?")


def test_a_ticket_without_audits_is_one_observation(parcel: Parcel) -> None:
    (ticket,) = rows(parcel, "ticket", ticket_id="2")
    assert (ticket["status"], ticket["created_by_kind"]) == (None, "customer")
    (seen,) = rows(parcel, "ticket_change", ticket_id="2")
    assert (clock(seen, "at"), seen["value"], seen["actor_kind"]) == ("03-07 09:00", "solved", None)
    assert counts(parcel)["no_history", "ticket_change"] == 2


def test_a_deleted_ticket_is_cancelled_and_spam_is_spam(parcel: Parcel) -> None:
    (ticket,) = rows(parcel, "ticket", ticket_id="3")
    (change,) = rows(parcel, "ticket_change", ticket_id="3", field="status")
    assert ticket["demand"] == "spam"
    assert (change["value"], change["reason"], change["raw_value"]) == (
        "closed",
        "cancelled",
        "deleted",
    )


def test_a_merge_told_from_both_sides_is_one_change(parcel: Parcel) -> None:
    merged = rows(parcel, "ticket_change", field="merged_into")
    assert [(row["ticket_id"], row["value"]) for row in merged] == [("4", "1")]
    told = rows(parcel, "ticket_change", ticket_id="4", field="status")
    assert [(row["value"], row["reason"]) for row in told] == [("closed", "merged")]
    assert rows(parcel, "ticket_change", ticket_id="4", field="demand")[0]["value"] == "merged"


def test_a_missing_user_drops_no_message(parcel: Parcel) -> None:
    said = [(row["author"], row["author_kind"]) for row in rows(parcel, "message", ticket_id="5")]
    assert said == [("999", "customer"), ("998", "agent")]
    assert counts(parcel)["unknown_author", "message.author_kind"] == 1


def test_events_of_a_ticket_that_is_not_there_are_kept_and_told(parcel: Parcel) -> None:
    assert rows(parcel, "ticket", ticket_id="77777") == []
    assert len(rows(parcel, "ticket_change", ticket_id="77777")) == 1
    assert counts(parcel)["unknown_ticket", "ticket_change"] == 1


def test_people_teams_and_addresses(parcel: Parcel) -> None:
    agents = {
        row["agent_id"]: (row["name"], row["role"], row["team"]) for row in rows(parcel, "agent")
    }
    assert agents == {"200": ("Bea", "agent", "5"), "201": ("Cyd", "admin", "6")}
    assert [row["customer_id"] for row in rows(parcel, "customer")] == ["100"]
    known = {(row["kind"], row["address"]) for row in rows(parcel, "customer_identity")}
    assert known == {("mail", "ann@customer.test"), ("phone", "+442079460000")}
    assert {row["team_id"]: row["name"] for row in rows(parcel, "team")} == {
        "5": "First line",
        "6": "Second line",
    }


def test_the_vendors_minutes_are_seconds_and_stay_the_vendors(parcel: Parcel) -> None:
    figures = {row["figure"]: row["value"] for row in rows(parcel, "vendor_figure")}
    assert figures == {
        "reopens": 0,
        "replies": 2,
        "reply_time.calendar": 1800,
        "reply_time.business": 1740,
        "first_resolution_time.calendar": 10800,
    }


def test_schedules_become_opening_hours(parcel: Parcel) -> None:
    office, always = rows(parcel, "calendar")
    assert (office["calendar_id"], office["zone"]) == (f"{ACME}/77", "Europe/Berlin")
    days = {key: ["09:00-17:00"] for key in ("mon", "tue", "wed", "thu", "fri")}
    assert json.loads(office["rules"]) == {"week": days, "closed": ["2024-05-01", "2024-05-02"]}
    week = {key: ["00:00-24:00"] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert json.loads(always["rules"]) == {"week": week}
    for row in (office, always):
        written = json.loads(row["rules"]) | {"zone": row["zone"]}
        assert calendars_of({"calendar": {"one": {"version": [written]}}})


def test_promises_are_policies_and_targets(parcel: Parcel) -> None:
    found = {(row["target"], row["priority"]): row for row in rows(parcel, "sla_policy")}
    assert {key: (row["seconds"], row["opening_hours"]) for key, row in found.items()} == {
        ("first", "normal"): (3600, True),
        ("requester_wait", "high"): (1800, False),
    }
    (target,) = rows(parcel, "sla_target")
    assert (target["target"], target["seconds"], target["policy_id"]) == ("first", 3600, "31")


def test_what_is_no_answer_is_put_aside_and_what_is_not_read_is_told(parcel: Parcel) -> None:
    aside = sorted(reject.raw["file"] for reject in parcel.rejects)
    assert aside == ["other/cut.json", "other/missing.json"]
    assert counts(parcel)["unknown_answer", ""] == 1
    assert (parcel.read, parcel.kept) == (31, 29)


def test_the_facts_of_a_ticket_are_those_of_its_audits(workspace: Path) -> None:
    ticket = worlds.row_of(workspace, "ticket_fact", source=ACME, ticket_id="1")
    names = "status first_reply_by solved_by agent team close_reason reopens customer_messages"
    assert worlds.some(ticket, names) == {
        "status": "closed",
        "first_reply_by": "200",
        "solved_by": "201",
        "agent": "201",
        "team": "6",
        "close_reason": "rule",
        "reopens": 0,
        # Two of its own, and the letter of the ticket that was merged into it.
        "customer_messages": 3,
    }
    # 09:00–09:30 and 09:00–12:00 UTC on a Monday, all of it in the hours of Berlin.
    seconds = "first_reply_seconds first_reply_open_seconds resolve_seconds"
    assert list(worlds.some(ticket, seconds).values()) == [1800, 1800, 10800]


def test_the_facts_of_both_accounts_stand_side_by_side(workspace: Path) -> None:
    ones = worlds.rows_of(workspace, "ticket_fact", ticket_id="1")
    assert [(row["source"], row["status"]) for row in ones] == [(ACME, "closed"), (OTHER, "open")]
    assert worlds.row_of(workspace, "ticket_fact", ticket_id="4")["demand"] == "merged"
    assert worlds.row_of(workspace, "ticket_fact", ticket_id="3")["demand"] == "spam"


def test_covers_are_kept_for_each_account(workspace: Path, parcel: Parcel) -> None:
    covers = open_store(workspace).head().covers
    assert "message" in covers[ACME]
    assert "message" not in covers[OTHER]


def test_importing_again_changes_nothing(parcel: Parcel, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = run_import([parcel], store, tmp_path)
    again = run_import([parse(SAMPLE)], store, tmp_path)
    assert (first.version, again.version, again.new, again.changed) == (1, 1, 0, 0)


@pytest.mark.real
def test_real_answers_of_two_accounts_stay_apart(shared_data: Path) -> None:
    found = parse(shared_data / "recorded" / "zendesk")
    mine, theirs = found.each
    assert (mine.source, theirs.source) == (
        "z3n-jteitelbaum.zendesk.com",
        "zendeskapi.zd-staging.com",
    )
    assert (len(mine.rows["ticket"]), len(theirs.rows["ticket"])) == (122, 1004)
    assert (len(mine.rows["message"]), len(theirs.rows["message"])) == (118, 22)
    assert (found.rejects, found.read) == ((), found.kept)


@pytest.mark.real
def test_the_real_ticket_with_metrics_and_audits_is_told_whole(shared_data: Path) -> None:
    theirs = parse(shared_data / "recorded" / "zendesk").each[1]
    (ticket,) = rows(theirs, "ticket", ticket_id="1")
    assert (ticket["status"], ticket["priority"], ticket["team"]) == ("open", "normal", "20001662")
    told = rows(theirs, "ticket_change", ticket_id="1")
    # 78 changes of tags in the 100 audits that were recorded of 6,310; the row has none any more.
    assert Counter(row["field"] for row in told) == {"tag": 79, "status": 1, "priority": 1}
    status = next(row for row in told if row["field"] == "status")
    assert (status["value"], status["actor_kind"]) == ("pending", "agent")
    figures = {row["figure"]: row["value"] for row in rows(theirs, "vendor_figure", subject_id="1")}
    assert figures["reply_time.calendar"] == 120
    assert (figures["replies"], figures["on_hold_time.business"]) == (555, 0)
    statuses = Counter(
        row["raw_value"] for row in rows(theirs, "ticket_change", field="status") if row["value"]
    )
    assert statuses["deleted"] == 652


@pytest.mark.real
def test_real_samples_of_the_documentation_are_read(shared_data: Path) -> None:
    found = parse(shared_data / "recorded" / "zendesk_samples")
    (hours,) = rows(found, "calendar")
    assert json.loads(hours["rules"]) == {"week": {"mon": ["09:00-17:00"]}}
    (policy,) = rows(found, "sla_policy")
    assert (policy["target"], policy["priority"], policy["seconds"]) == ("first", "normal", 28800)
    assert [(found.kind, found.example) for found in found.findings] == [
        ("unknown_answer", "votes")
    ]
