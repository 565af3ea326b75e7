"""Recorded answers of Redmine: journals become changes and messages, and who is who is judged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.parcel import Parcel
from regard.ingest.sources.redmine import parse
from regard.ingest.streams import BadFile

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "redmine"
ISSUE = "GET /issues/7.json?include=journals"


def told(parcel: Parcel, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, these columns of them, in order; instants as hours."""
    return [
        tuple(f"{v:%H:%M}" if hasattr(v, "hour") else v for v in (row[c] for c in columns))
        for row in parcel.rows[name].to_pylist()
    ]


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Parcel:
    """The parcel of the sample after a change of its answers."""
    answers = json.loads((SAMPLE / "answers.json").read_text())
    change(answers)
    (folder / "answers.json").write_text(json.dumps(answers))
    return parse(folder)


def test_an_issue_is_told_with_its_first_values() -> None:
    columns = ("ticket_id", "customer_id", "created_by", "created_by_kind", "status", "priority")
    parcel = parse(SAMPLE)
    assert told(parcel, "ticket", *columns) == [
        ("8", None, "20", "agent", "new", "urgent"),
        ("7", "40", "40", "customer", "new", "normal"),
    ]
    assert told(parcel, "ticket", "team", "agent", "type", "updated_at") == [
        ("2", None, "Support", "09:00"),
        ("1", None, "Support", "12:00"),
    ]


def test_journals_are_changes_in_our_words() -> None:
    columns = ("at", "field", "value", "raw_value", "actor", "actor_kind")
    assert told(parse(SAMPLE), "ticket_change", *columns) == [
        ("09:30", "status", "pending", "4", "20", "agent"),
        ("09:30", "agent", "20", "20", "20", "agent"),
        ("11:00", "agent", "21", "21", "21", "agent"),
        ("11:00", "team", "2", "2", "21", "agent"),
        ("11:00", "priority", "urgent", "4", "21", "agent"),
        ("11:00", "status", "open", "9", "21", "agent"),
        ("12:00", "status", "solved", "5", "21", "agent"),
    ]


def test_notes_are_messages_before_what_changes_with_them() -> None:
    parcel = parse(SAMPLE)
    columns = ("message_id", "sent_at", "author", "author_kind", "public")
    assert told(parcel, "message", *columns) == [
        ("description", "09:00", "20", "agent", False),
        ("description", "09:00", "40", "customer", True),
        ("11", "09:30", "20", "agent", True),
        ("12", "09:40", "20", "agent", False),
        ("13", "10:00", "40", "customer", True),
        ("14", "10:10", "50", "agent", True),
        ("16", "12:00", "21", "agent", True),
    ]
    said = dict(told(parcel, "message", "message_id", "ordinal"))
    changes = told(parcel, "ticket_change", "change_id", "ordinal")
    assert all(ordinal > said["16"] for name, ordinal in changes if name.startswith("16-"))


def test_what_is_not_known_is_said() -> None:
    found = {(one.kind, one.where): (one.count, one.example) for one in parse(SAMPLE).findings}
    assert found == {
        # Cyd may be a colleague or a stranger: nothing says it.
        ("unknown_author", "message.author_kind"): (1, "50"),
        ("unknown_value", "ticket_change.status"): (1, "Testing"),
        ("unknown_value", "ticket_change.priority"): (1, "2"),
        ("no_history", "ticket_change"): (1, "8"),
    }


def test_a_close_after_a_solve_is_a_close_and_a_rejection_no_solve(tmp_path: Path) -> None:
    def resolve_first(answers: dict[str, Any]) -> None:
        details = answers[ISSUE]["issue"]["journals"][4]["details"]
        details[3]["new_value"] = "3"

    parcel = changed(tmp_path, resolve_first)
    status = [row[1:] for row in told(parcel, "ticket_change", "field", "value", "reason")]
    assert status[-2:] == [("solved", None), ("closed", None)]

    def reject(answers: dict[str, Any]) -> None:
        answers[ISSUE]["issue"]["journals"][5]["details"][0]["new_value"] = 6

    parcel = changed(tmp_path, reject)
    status = [row[1:] for row in told(parcel, "ticket_change", "field", "value", "reason")]
    assert status[-1] == ("closed", "unsolved")


def test_an_issue_that_duplicates_another_is_labelled(tmp_path: Path) -> None:
    def relate(answers: dict[str, Any]) -> None:
        relation = {"id": 1, "issue_id": 7, "issue_to_id": 8, "relation_type": "duplicates"}
        answers[ISSUE]["issue"]["relations"] = [relation]

    parcel = changed(tmp_path, relate)
    assert told(parcel, "ticket", "demand") == [(None,), ("duplicate",)]


@pytest.mark.parametrize(
    "journal",
    [5, None, {"id": 1}, {"id": [], "created_on": "2026-03-02T09:00:00Z"}, {"created_on": "x"}],
)
def test_a_journal_that_cannot_be_told_is_put_aside(tmp_path: Path, journal: Any) -> None:
    parcel = changed(tmp_path, lambda answers: answers[ISSUE]["issue"]["journals"].append(journal))
    assert [one.kind for one in parcel.rejects] == ["no_instant"]
    assert (parcel.read, parcel.kept) == (9, 8)
    assert len(told(parcel, "message", "message_id")) == 7


@pytest.mark.parametrize(
    "values",
    [
        {"author": 5, "status": None, "priority": [], "project": "x", "tracker": {}},
        {"assigned_to": {"id": {}}, "subject": 7, "description": [], "relations": {"a": 1}},
        {"updated_on": "0001-01-01T00:00:00+23:00", "is_private": "no", "journals": {}},
    ],
)
def test_values_of_a_wrong_kind_leave_an_issue_that_can_be_told(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    parcel = changed(tmp_path, lambda answers: answers[ISSUE]["issue"].update(values))
    assert [row[0] for row in told(parcel, "ticket", "ticket_id")] == ["8", "7"]
    assert parcel.rejects == ()


@pytest.mark.parametrize("body", [{"issues": 5}, [], {"issue": {"id": 7}}, {"projects": [{}]}])
def test_a_folder_without_an_issue_is_a_bad_file(tmp_path: Path, body: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(body))
    with pytest.raises(BadFile, match="none of its answers holds an issue"):
        parse(tmp_path)


@pytest.mark.real
def test_the_recorded_answers_are_told_as_counted_by_hand(shared_data: Path) -> None:
    parcel = parse(shared_data / "recorded" / "redmine")
    assert {name: rows.num_rows for name, rows in parcel.rows.items()} == {
        "ticket": 1,
        "ticket_change": 2,
        "message": 3,
        "message_text": 3,
        "customer": 0,
        "agent": 1,
        "team": 1,
    }
    # Its one person changes the status, so works there: the description is no customer's.
    assert told(parcel, "ticket_change", "value") == [("open",), ("solved",)]
    assert {row[0] for row in told(parcel, "message", "author_kind")} == {"agent"}
    assert (parcel.read, parcel.kept) == (4, 4)
