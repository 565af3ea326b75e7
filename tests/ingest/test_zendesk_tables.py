"""Zendesk's warehouse tables tell tickets as they were: each rule on nine written by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from regard.core.schema import Row
from regard.facts.build import build
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.source import sources
from regard.ingest.sources.zendesk_tables import parse
from regard.store.store import open_store
from worlds import at, fact_table

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "zendesk_tables"
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module", name="parcel")
def _parcel() -> Parcel:
    return parse(SAMPLE, "desk")


@pytest.fixture(scope="module", name="rows")
def _rows(parcel: Parcel) -> Tables:
    return {name: table.to_pylist() for name, table in parcel.rows.items()}


@pytest.fixture(scope="module", name="workspace")
def _workspace(tmp_path_factory: pytest.TempPathFactory, parcel: Parcel) -> Path:
    folder = tmp_path_factory.mktemp("zendesk_tables")
    run_import([parcel], open_store(folder), folder)
    build(folder, now=at("2026-07-01 00:00"))
    return folder


@pytest.fixture(scope="module", name="facts")
def _facts(workspace: Path) -> dict[str, Row]:
    return {row["ticket_id"]: row for row in fact_table(workspace, "ticket_fact").to_pylist()}


def changes(rows: Tables, ticket: str, field: str) -> list[tuple[Any, ...]]:
    return [
        (row["at"], row["value"], row["actor"], row["actor_kind"], row["reason"])
        for row in sorted(rows["ticket_change"], key=lambda row: (row["at"], row["ordinal"]))
        if (row["ticket_id"], row["field"]) == (ticket, field)
    ]


def one(rows: Tables, name: str, **wanted: Any) -> Row:
    (found,) = [row for row in rows[name] if all(row[k] == v for k, v in wanted.items())]
    return found


def found(parcel: Parcel, kind: str) -> dict[str, int]:
    return {one.where: one.count for one in parcel.findings if one.kind == kind}


# --- tickets and changes ---------------------------------------------------------------------


def test_the_source_is_declared_and_reads_folders() -> None:
    declared = sources()["zendesk-tables"]
    assert (declared.takes, declared.parse) == ("DIR", parse)


def test_a_ticket_row_holds_what_was_so_at_its_creation(rows: Tables) -> None:
    first = one(rows, "ticket", ticket_id="1")
    said = [first[name] for name in ("status", "team", "agent", "priority", "type")]
    assert said == ["new", "12", None, "normal", "question"]
    assert (first["customer_id"], first["created_by_kind"]) == ("201", "customer")
    assert (first["channel"], first["brand"], first["number"]) == ("email", "Acme", "1")
    assert first["updated_at"] == at("2026-03-06 09:00")


def test_later_values_are_changes_by_whom_the_history_names(rows: Tables) -> None:
    assert changes(rows, "1", "status") == [
        (at("2026-03-02 08:20"), "open", "100", "agent", None),
        (at("2026-03-02 09:00"), "solved", "100", "agent", None),
        (at("2026-03-06 09:00"), "closed", None, "system", "rule"),
    ]
    assert changes(rows, "1", "team") == [(at("2026-03-02 08:20"), "11", "100", "agent", None)]
    assert changes(rows, "1", "agent") == [(at("2026-03-02 08:20"), "100", "100", "agent", None)]
    assert changes(rows, "1", "priority") == [
        (at("2026-03-02 08:20"), "high", "100", "agent", None)
    ]


def test_words_of_status_are_ours_and_the_customers_turn_is_theirs(rows: Tables) -> None:
    told = [change[1:4] for change in changes(rows, "3", "status")]
    assert told == [("on_hold", "101", "agent"), ("open", "203", "customer")]


def test_a_field_that_is_told_only_later_was_empty_before(rows: Tables) -> None:
    assert one(rows, "ticket", ticket_id="3")["priority"] is None
    assert one(rows, "ticket", ticket_id="9")["agent"] is None
    # Of a field without any history, what holds now has held since the start.
    assert one(rows, "ticket", ticket_id="9")["priority"] == "urgent"


def test_tags_are_one_sorted_text(rows: Tables) -> None:
    assert [change[1] for change in changes(rows, "1", "tag")] == ["delivery vip"]
    assert [change[:2] for change in changes(rows, "3", "tag")] == [
        (at("2026-03-03 09:00"), "night")
    ]


def test_a_ticket_without_history_was_solved_by_its_last_update(
    rows: Tables, parcel: Parcel
) -> None:
    then = at("2026-01-09 09:00")
    assert changes(rows, "8", "status") == [
        (then, "solved", None, None, None),
        (then, "closed", None, None, None),
    ]
    assert one(rows, "ticket", ticket_id="8")["status"] is None
    assert found(parcel, "no_history")["ticket"] == 1


def test_a_deleted_ticket_is_cancelled_and_stays_a_matter(
    rows: Tables, facts: dict[str, Row], parcel: Parcel
) -> None:
    assert changes(rows, "6", "status") == [
        (at("2026-03-04 12:00"), "closed", "100", "agent", "cancelled")
    ]
    assert (facts["6"]["demand"], facts["6"]["close_reason"]) == ("real", "cancelled")
    assert facts["6"]["resolved_at"] is None
    assert found(parcel, "deleted_ticket") == {"ticket": 2}


def test_a_deleted_ticket_of_a_suspended_requester_is_spam(
    rows: Tables, facts: dict[str, Row]
) -> None:
    then = at("2026-03-04 09:10")
    assert changes(rows, "7", "status") == [(then, "closed", None, None, "spam")]
    assert changes(rows, "7", "demand") == [(then, "spam", None, None, None)]
    assert facts["7"]["demand"] == "spam"


def test_a_merged_ticket_names_the_survivor_when_it_was_closed(
    rows: Tables, facts: dict[str, Row], parcel: Parcel
) -> None:
    then = at("2026-03-03 10:00")
    assert changes(rows, "4", "merged_into") == [(then, "5", "100", "agent", None)]
    assert changes(rows, "4", "status") == [(then, "closed", "100", "agent", "merged")]
    assert (facts["4"]["demand"], facts["5"]["demand"]) == ("merged", "real")
    assert found(parcel, "unknown_ticket")["ticket.merged_ticket_ids"] == 1


def test_a_follow_up_names_the_earlier_ticket_whoever_says_so(rows: Tables) -> None:
    assert [row["follows"] for row in rows["ticket"] if row["follows"]] == ["1", "5"]
    assert one(rows, "ticket", ticket_id="6")["follows"] == "5"


def test_a_row_repeated_exactly_counts_once(rows: Tables, parcel: Parcel) -> None:
    assert len(changes(rows, "5", "status")) == 1
    assert found(parcel, "repeated_row") == {"ticket_field_history": 1}


# --- messages --------------------------------------------------------------------------------


def test_authors_are_what_they_were_then(rows: Tables) -> None:
    kinds = {row["message_id"]: row["author_kind"] for row in rows["message"]}
    assert (kinds["9001"], kinds["9003"]) == ("customer", "agent")
    # Zendesk's own user; the agent who opened the ticket; who was an agent until June.
    assert (kinds["9002"], kinds["9005"], kinds["9014"]) == ("system", "agent", "agent")
    # The requester 205 is no known user, and 777 is not even a requester.
    assert (kinds["9012"], kinds["9015"]) == ("customer", "agent")


def test_an_unknown_author_is_counted_and_nothing_is_lost(rows: Tables, parcel: Parcel) -> None:
    assert found(parcel, "unknown_author") == {"ticket_comment.user_id": 1}
    assert len(rows["message"]) == 16


def test_comments_keep_what_they_are(rows: Tables) -> None:
    note, call = (one(rows, "message", message_id=name) for name in ("9004", "9005"))
    assert (note["public"], note["channel"]) == (False, None)
    assert (call["public"], call["channel"]) == (True, "phone")
    assert one(rows, "message", message_id="9012")["channel"] == "social"
    assert one(rows, "message", message_id="9002")["automatic"] is True


def test_words_lie_apart_and_the_first_carries_the_subject(rows: Tables) -> None:
    first, answer = (one(rows, "message_text", message_id=name) for name in ("9001", "9003"))
    assert (first["subject"], first["text"]) == ("Where is it?", "Where is it?")
    assert (answer["subject"], answer["text"]) == (None, "Dear customer,\nit leaves today.")


def test_comments_of_tickets_that_are_gone_stay_and_are_counted(
    rows: Tables, parcel: Parcel
) -> None:
    assert one(rows, "message", ticket_id="4711")["message_id"] == "9016"
    assert found(parcel, "unknown_ticket")["ticket_comment"] == 1


# --- hours -----------------------------------------------------------------------------------


def test_schedules_become_opening_hours_of_local_days(rows: Tables) -> None:
    desk = one(rows, "calendar", calendar_id="desk/900")
    assert (desk["zone"], desk["version"], desk["valid_from"]) == ("Europe/Warsaw", 1, None)
    # Pieces that touch are one, a lunch stays, and a deleted row or holiday is nothing.
    assert json.loads(desk["rules"]) == {
        "week": {
            "mon": ["09:00-17:00"],
            "tue": ["09:00-17:00"],
            "wed": ["09:00-12:00", "13:00-17:00"],
        },
        "closed": ["2026-03-04", "2026-03-05"],
    }


def test_hours_of_the_audit_log_are_versions_and_the_week_may_wrap(rows: Tables) -> None:
    before, now = (row for row in rows["calendar"] if row["calendar_id"] == "desk/901")
    assert (before["zone"], before["valid_from"]) == ("America/New_York", None)
    assert json.loads(before["rules"]) == {"week": {"mon": ["08:00-12:00"]}}
    assert str(now["valid_from"]) == "2026-02-10"
    assert now["recorded_at"] == at("2026-02-10 14:00")
    assert json.loads(now["rules"]) == {
        "week": {
            "sat": ["20:00-24:00"],
            "sun": ["00:00-04:00", "22:00-24:00"],
            "mon": ["00:00-02:00"],
        }
    }


def test_hours_of_no_known_zone_are_left_out_and_counted(rows: Tables, parcel: Parcel) -> None:
    assert "desk/902" not in {row["calendar_id"] for row in rows["calendar"]}
    assert found(parcel, "unknown_value")["schedule.time_zone"] == 1


def test_a_schedule_of_the_first_minute_held_from_the_start(rows: Tables) -> None:
    assert one(rows, "ticket", ticket_id="3")["calendar_id"] == "desk/901"
    assert changes(rows, "3", "calendar") == [
        (at("2026-03-03 09:00"), "desk/900", None, "system", None)
    ]
    # Without a row, the oldest schedule that can be read holds.
    assert one(rows, "ticket", ticket_id="1")["calendar_id"] == "desk/900"


def test_hours_of_a_schedule_that_is_not_there_are_not_known(
    facts: dict[str, Row], parcel: Parcel
) -> None:
    assert found(parcel, "unknown_schedule") == {"ticket_schedule.schedule_id": 1}
    assert (facts["9"]["calendar_id"], facts["9"]["resolve_open_seconds"]) == ("desk/999", None)
    assert facts["9"]["resolve_seconds"] == 7200


# --- promises --------------------------------------------------------------------------------


def test_targets_of_the_history_are_what_was_promised(rows: Tables) -> None:
    told = [
        (row["ticket_id"], row["target"], row["ordinal"], row["seconds"], row["opening_hours"])
        for row in rows["sla_target"]
    ]
    assert told == [
        ("1", "first", 1, 3600, True),
        ("1", "first", 2, 1800, True),
        ("1", "first", 3, None, None),
    ]
    assert {row["policy_id"] for row in rows["sla_target"]} == {"501"}


def test_a_policy_is_applied_only_where_no_target_is_told(rows: Tables) -> None:
    assert changes(rows, "1", "sla_policy") == []
    assert changes(rows, "3", "sla_policy") == [
        (at("2026-03-02 11:00"), "501", None, "system", None)
    ]


def test_policies_promise_from_each_update_on(rows: Tables) -> None:
    told = [
        (row["target"], row["priority"], row["valid_from"], row["seconds"], row["opening_hours"])
        for row in rows["sla_policy"]
    ]
    assert told == [
        ("first", "normal", at("2025-01-01 00:00"), 3600, True),
        ("requester_wait", "urgent", at("2025-01-01 00:00"), 86400, False),
        ("first", "normal", at("2026-03-05 00:00"), 5400, True),
    ]


# --- people ----------------------------------------------------------------------------------


def test_agents_who_left_are_still_known(rows: Tables) -> None:
    told = {row["agent_id"]: (row["name"], row["role"], row["left_at"]) for row in rows["agent"]}
    assert told == {
        "100": ("Ann", "agent", None),
        "101": ("Bob", "admin", at("2026-04-01 00:00")),
        "103": ("Dan", "agent", at("2026-06-01 09:00")),
    }
    assert [row["name"] for row in rows["team"]] == ["Front desk", "Night desk"]


def test_customers_have_their_organisation_and_plain_addresses(rows: Tables) -> None:
    cecil = one(rows, "customer", customer_id="201")
    assert (cecil["language"], cecil["kind"]) == ("pl", "person")
    assert json.loads(cecil["attributes"]) == {"organization": "Northwind", "organization_id": "41"}
    told = {(row["customer_id"], row["kind"]): row["address"] for row in rows["customer_identity"]}
    assert (told["201", "mail"], told["201", "phone"]) == ("cecil@example.com", "+48225550102")
    assert (told["201", "external"], told["202", "phone"]) == ("shop-7", "+48225550103")
    # What is neither a mail address nor a number is none.
    assert not [key for key in told if key[0] == "203"]


def test_no_words_and_addresses_stand_outside_their_tables(parcel: Parcel) -> None:
    told = {name: str(table.to_pylist()) for name, table in parcel.rows.items()}
    elsewhere = {n for n, text in told.items() if "cecil" in text.lower() or "leaves" in text}
    assert elsewhere == {"customer_identity", "message_text"}


# --- end to end ------------------------------------------------------------------------------


def test_clocks_run_in_the_schedule_of_the_ticket(facts: dict[str, Row]) -> None:
    one, two, five = facts["1"], facts["2"], facts["5"]
    assert (one["first_reply_seconds"], one["first_reply_open_seconds"]) == (1800, 1800)
    assert (one["first_reply_by"], one["solved_by"]) == ("100", "100")
    assert one["close_reason"] == "rule"
    # Opened by an agent: from the customer's first answer.
    assert two["first_message_at"] == at("2026-03-02 11:00")
    assert (two["first_reply_seconds"], two["is_open"]) == (3600, True)
    assert five["first_reply_at"] is None


def test_importing_again_changes_nothing(workspace: Path) -> None:
    report = run_import([parse(SAMPLE, "desk")], open_store(workspace), workspace)
    assert (report.new, report.changed) == (0, 0)
    assert report.same > 0


def test_every_table_that_was_there_is_covered(parcel: Parcel) -> None:
    assert set(parcel.covers) == set(parcel.rows)
    assert (parcel.read, parcel.kept, parcel.rejects) == (99, 99, ())
