"""Recorded answers of django-helpdesk: follow-ups told, and what it does not tell said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.parcel import Parcel
from regard.ingest.sources.django_helpdesk import parse
from regard.ingest.streams import BadFile

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "django_helpdesk"


def told(parcel: Parcel, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, these columns of them, in order; instants as hours."""
    return [
        tuple(f"{v:%H:%M}" if hasattr(v, "hour") else v for v in (row[c] for c in columns))
        for row in parcel.rows[name].to_pylist()
    ]


def changed(folder: Path, change: Callable[[list[dict[str, Any]]], Any]) -> Parcel:
    """The parcel of the sample after a change of its tickets."""
    answer = json.loads((SAMPLE / "tickets.json").read_text())
    change(answer["results"])
    (folder / "tickets.json").write_text(json.dumps(answer))
    return parse(folder)


def test_a_ticket_begins_with_its_first_follow_up() -> None:
    parcel = parse(SAMPLE)
    columns = ("ticket_id", "created_at", "created_by_kind", "status", "priority", "team", "agent")
    assert told(parcel, "ticket", *columns) == [
        ("1", "09:00", "customer", "open", "urgent", "2", "5"),
        ("2", "09:00", "customer", "open", "normal", "2", None),
    ]
    assert told(parcel, "ticket", "demand", "merged_into") == [(None, None), ("duplicate", "1")]


def test_a_ticket_without_a_date_is_put_aside() -> None:
    parcel = parse(SAMPLE)
    assert [(one.kind, json.loads(one.raw["object"])["id"]) for one in parcel.rejects] == [
        ("no_instant", 3)
    ]
    assert (parcel.read, parcel.kept) == (11, 10)


def test_follow_ups_are_messages_and_changes_of_status() -> None:
    parcel = parse(SAMPLE)
    said = told(parcel, "message", "message_id", "sent_at", "author_kind", "public")
    assert said == [
        ("11", "09:00", "customer", True),
        ("12", "09:30", "agent", True),
        ("13", "09:40", "agent", False),
        ("14", "10:00", "agent", True),
        ("15", "11:00", "customer", True),
        ("16", "11:30", "customer", True),
        ("21", "09:00", "customer", True),
    ]
    columns = ("ticket_id", "at", "value", "raw_value", "actor_kind")
    assert told(parcel, "ticket_change", *columns) == [
        ("1", "10:00", "solved", "3", "agent"),
        ("1", "11:00", "open", "2", "customer"),
        ("1", "12:00", "closed", "4", "agent"),
        # No follow-up says it: it holds at the last one, and nobody is named.
        ("2", "09:00", "closed", "5", None),
    ]
    assert [(one.kind, one.example) for one in parcel.findings] == [("no_history", "2")]


def test_a_message_counts_before_the_status_that_it_was_sent_with() -> None:
    parcel = parse(SAMPLE)
    messages = dict(told(parcel, "message", "message_id", "ordinal"))
    changes = dict(told(parcel, "ticket_change", "change_id", "ordinal"))
    assert messages["14"] < changes["14"]


def test_one_address_is_one_customer_and_no_id() -> None:
    parcel = parse(SAMPLE)
    (identity,) = told(parcel, "customer_identity", "customer_id", "kind", "address")
    assert identity[1:] == ("mail", "ben@customer.test")
    assert {row[0] for row in told(parcel, "ticket", "customer_id")} == {identity[0]}
    assert "@" not in identity[0]
    assert sorted(told(parcel, "agent", "agent_id")) == [("5",), ("6",)]


def test_follow_ups_alone_and_within_a_ticket_are_the_same(tmp_path: Path) -> None:
    answer = json.loads((SAMPLE / "tickets.json").read_text())
    alone = {"count": 7, "results": answer["results"][0].pop("followup_set")}
    (tmp_path / "followups.json").write_text(json.dumps(alone))
    (tmp_path / "tickets.json").write_text(json.dumps(answer))
    assert parse(tmp_path).rows == parse(SAMPLE).rows


def test_a_ticket_on_hold_is_on_hold_from_the_last_follow_up(tmp_path: Path) -> None:
    def hold(tickets: list[dict[str, Any]]) -> None:
        tickets[0].update(status=2, on_hold=True)
        del tickets[0]["followup_set"][-1]

    found = told(changed(tmp_path, hold), "ticket_change", "at", "value")
    assert found[:3] == [("10:00", "solved"), ("11:00", "open"), ("11:30", "on_hold")]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"date": None}, "no_instant"),
        ({"date": "1970-01-01T00:00:00Z"}, "no_instant"),
        ({"id": "\N{SUPERSCRIPT TWO}"}, "no_instant"),
        ({"id": "9" * 40}, "no_instant"),
        ({"id": True}, "no_instant"),
    ],
)
def test_a_follow_up_that_cannot_be_told_is_put_aside(
    tmp_path: Path, values: dict[str, Any], kind: str
) -> None:
    parcel = changed(tmp_path, lambda tickets: tickets[0]["followup_set"][0].update(values))
    assert [one.kind for one in parcel.rejects] == [kind, "no_instant"]
    assert len(told(parcel, "message", "message_id")) == 6


@pytest.mark.parametrize(
    "values",
    [
        {"queue": {}, "assigned_to": [], "status": "x", "priority": None, "merged_to": True},
        {"submitter_email": 5, "title": [], "status": 99, "on_hold": "yes"},
    ],
)
def test_values_of_a_wrong_kind_leave_a_ticket_that_can_be_told(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    parcel = changed(tmp_path, lambda tickets: tickets[0].update(values))
    assert [row[0] for row in told(parcel, "ticket", "ticket_id")] == ["1", "2"]
    assert len(told(parcel, "message", "message_id")) == 7


@pytest.mark.parametrize("body", [{"results": 5}, [], {"count": 0, "results": []}, {"a": 1}])
def test_a_folder_without_any_of_it_is_a_bad_file(tmp_path: Path, body: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(body))
    with pytest.raises(BadFile, match="none of its answers is one of django-helpdesk's"):
        parse(tmp_path)


@pytest.mark.real
def test_the_recorded_answers_are_told_as_counted_by_hand(shared_data: Path) -> None:
    parcel = parse(shared_data / "recorded" / "djhelpdesk")
    assert {name: rows.num_rows for name, rows in parcel.rows.items()} == {
        "ticket": 1,
        "ticket_change": 1,
        "message": 3,
        "message_text": 3,
        "customer": 1,
        "customer_identity": 1,
        "agent": 1,
        "team": 1,
    }
    # The ticket and three follow-ups, which stand in both files.
    assert (parcel.read, parcel.kept) == (4, 4)
    assert [one.kind for one in parcel.findings] == ["no_history"]
