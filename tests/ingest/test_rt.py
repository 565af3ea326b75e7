"""Recorded answers of Request Tracker: its words in ours, its traps, and what is put aside."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.parcel import Parcel
from regard.ingest.sources.rt import parse
from regard.ingest.sources.rt_words import Letter, priority_of, status_of, ticket_of
from regard.ingest.streams import BadFile

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "rt"
FIRST = "GET /ticket/7/history?per_page=100"


def told(parcel: Parcel, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, these columns of them, in order; instants as hours."""
    rows = parcel.rows[name].to_pylist()
    return [
        tuple(f"{v:%H:%M:%S}" if hasattr(v, "hour") else v for v in (row[c] for c in columns))
        for row in rows
    ]


def change(folder: Path, at: str, key: str, **values: Any) -> Parcel:
    """The parcel of the sample with values of its first object under a request changed."""
    answers = json.loads((SAMPLE / "answers.json").read_text())
    listed = answers[at].get("items", [answers[at]])
    listed[int(key)].update(values)
    (folder / "answers.json").write_text(json.dumps(answers))
    return parse(folder)


def test_a_ticket_is_told_with_its_first_values() -> None:
    parcel = parse(SAMPLE, "desk")
    (row,) = parcel.rows["ticket"].to_pylist()
    assert {name: value for name, value in row.items() if isinstance(value, str)} == {
        "source": "desk",
        "ticket_id": "7",
        "number": "7",
        "customer_id": "41",
        "channel": "email",
        "created_by": "41",
        "created_by_kind": "customer",
        "status": "new",
        "priority": "normal",
        "team": "1",
    }
    assert told(parcel, "ticket", "created_at", "updated_at") == [("09:00:00", "09:40:00")]
    assert (parcel.read, parcel.kept, parcel.rejects, parcel.findings) == (20, 20, (), ())


def test_changes_are_told_once_and_by_whom() -> None:
    columns = ("at", "ordinal", "field", "value", "raw_value", "actor", "actor_kind")
    assert told(parse(SAMPLE), "ticket_change", *columns) == [
        ("09:10:00", 52, "team", "3", "3", "31", "agent"),
        ("09:20:00", 53, "agent", "31", "31", "31", "agent"),
        ("09:30:00", 56, "status", "open", "open", "1", "system"),
        ("09:40:00", 58, "status", "solved", "resolved", "31", "agent"),
    ]


def test_auto_replies_are_messages_and_copies_and_mail_to_the_house_are_none() -> None:
    parcel = parse(SAMPLE)
    columns = ("message_id", "author", "author_kind", "public", "automatic", "channel")
    assert told(parcel, "message", *columns) == [
        ("50", "41", "customer", True, False, "email"),
        ("51", "1", "system", True, True, "email"),
        ("55", "31", "agent", True, False, "web"),
    ]
    assert told(parcel, "message_text", "message_id", "subject", "text") == [
        ("50", "Charged twice", "Żółw!"),
        ("51", "Żółw", "Thank you for writing"),
        ("55", None, "We look & see"),
    ]


def test_people_queues_and_the_own_figures_of_rt_are_told() -> None:
    parcel = parse(SAMPLE)
    assert told(parcel, "agent", "agent_id", "name") == [("31", "Ola")]
    assert told(parcel, "customer", "customer_id", "kind") == [("41", "person")]
    identity = told(parcel, "customer_identity", "customer_id", "kind", "address")
    assert identity == [("41", "mail", "ben@customer.test")]
    assert told(parcel, "team", "team_id", "name") == [("3", "Refunds")]
    figures = told(parcel, "vendor_figure", "subject_id", "figure", "value")
    assert figures == [("7", "time_worked_minutes", 15), ("7", "resolved_seconds", 2400)]


def test_what_never_happened_is_no_instant(tmp_path: Path) -> None:
    parcel = change(tmp_path, "GET /ticket/7", "0", Resolved="1970-01-01T00:00:00Z")
    assert told(parcel, "vendor_figure", "figure") == [("time_worked_minutes",)]


def test_nobody_holds_a_ticket_that_was_given_back(tmp_path: Path) -> None:
    parcel = change(tmp_path, FIRST, "4", NewValue="6", OldValue="31", Type="Set")
    agents = [row for row in told(parcel, "ticket_change", "field", "value") if row[0] == "agent"]
    assert agents == [("agent", "31"), ("agent", None)]


@pytest.mark.parametrize(
    ("word", "value", "reason"),
    [
        ("stalled", "pending", None),
        ("rejected", "closed", "unsolved"),
        ("deleted", "closed", "cancelled"),
        ("spam", "closed", "spam"),
    ],
)
def test_statuses_are_told_in_our_words(
    tmp_path: Path, word: str, value: str, reason: str | None
) -> None:
    parcel = change(tmp_path, FIRST, "8", NewValue=word)
    found = told(parcel, "ticket_change", "value", "raw_value", "reason")
    assert found[-1] == (value, word, reason)


def test_a_status_that_is_not_known_is_a_finding_and_no_change(tmp_path: Path) -> None:
    parcel = change(tmp_path, FIRST, "8", NewValue="frobnicated")
    assert len(told(parcel, "ticket_change", "value")) == 3
    assert [(one.kind, one.example) for one in parcel.findings] == [
        ("unknown_value", "frobnicated")
    ]


def test_a_solve_by_rt_itself_is_a_rule(tmp_path: Path) -> None:
    parcel = change(tmp_path, FIRST, "8", Creator={"type": "user", "id": "RT_System"})
    found = told(parcel, "ticket_change", "value", "actor_kind", "reason")
    assert found[-1] == ("solved", "system", "rule")


def test_who_is_not_known_drops_nothing_and_shows_no_address(tmp_path: Path) -> None:
    answers = json.loads((SAMPLE / "answers.json").read_text())
    kept = {key: value for key, value in answers.items() if not key.startswith("GET /user/")}
    (tmp_path / "answers.json").write_text(json.dumps(kept))
    parcel = parse(tmp_path)
    kinds = told(parcel, "message", "author_kind", "public", "automatic")
    assert kinds == [("customer", True, False), ("system", True, True), ("agent", True, False)]
    assert "unknown_author" in {one.kind for one in parcel.findings}
    (customer,) = {row[0] for row in told(parcel, "customer", "customer_id")}
    assert customer not in ("", None)
    assert "@" not in customer
    # The owner is named in the ticket and numbered in the history: one person all the same.
    assert told(parcel, "agent", "agent_id", "name") == [("31", "ola")]


def test_a_merged_ticket_keeps_what_happened_in_it(tmp_path: Path) -> None:
    shutil.copy(SAMPLE / "answers.json", tmp_path)
    row: dict[str, Any] = {
        "type": "ticket",
        "id": "8",
        "Status": "new",
        "Queue": {"id": "3", "type": "queue"},
    }
    row |= {"Created": "2026-03-02T09:05:00Z", "LastUpdated": "2026-03-02T09:05:00Z"}
    row |= {"EffectiveId": "7", "Requestor": [{"type": "user", "id": 41}]}
    link: dict[str, Any] = {
        "type": "transaction",
        "id": "70",
        "Type": "AddLink",
        "Field": "MergedInto",
    }
    link |= {"Created": "2026-03-02T09:35:00Z", "Creator": {"type": "user", "id": "ola"}}
    link |= {"NewValue": "fsck.com-rt://desk.test/ticket/7"}
    more = {
        "GET /tickets?query=EffectiveId>0": {"items": [row]},
        "GET /ticket/7/history?page=2": {
            "items": [link | {"ObjectId": "8"}, link | {"ObjectId": "7", "id": "71"}]
        },
    }
    (tmp_path / "merged.json").write_text(json.dumps(more))
    parcel = parse(tmp_path)
    columns = ("ticket_id", "at", "value", "actor")
    merges = [
        row for row in told(parcel, "ticket_change", *columns, "field") if row[4] == "merged_into"
    ]
    assert merges == [("8", "09:35:00", "7", "31", "merged_into")]
    assert told(parcel, "ticket", "ticket_id", "merged_into") == [("7", None), ("8", None)]


@pytest.mark.parametrize(
    ("at", "key", "values", "kind"),
    [
        (FIRST, "5", {"Created": "1970-01-01T00:00:00Z"}, "no_instant"),
        (FIRST, "5", {"Created": ["now"]}, "no_instant"),
        (FIRST, "5", {"id": {"deep": 1}}, "no_identity"),
        (FIRST, "5", {"id": "7' OR 1=1"}, "no_identity"),
        (FIRST, "5", {"Type": None}, "no_instant"),
        ("GET /ticket/7/attachments?fields=Content", "0", {"id": None}, "no_identity"),
    ],
)
def test_what_cannot_be_told_is_put_aside(
    tmp_path: Path, at: str, key: str, values: dict[str, Any], kind: str
) -> None:
    parcel = change(tmp_path, at, key, **values)
    assert [one.kind for one in parcel.rejects] == [kind]
    assert parcel.kept == parcel.read - 1
    assert told(parcel, "ticket", "ticket_id") == [("7",)]


@pytest.mark.parametrize(
    "values",
    [
        {"Requestor": "x", "Owner": 7, "Creator": [], "Queue": None, "EffectiveId": True},
        {"Requestor": [{"id": {}}, None, 5], "Priority": "-3", "TimeWorked": [], "Subject": 1},
        {"Status": {"a": 1}, "Priority": 10**30, "LastUpdated": "9999-12-31T23:59:59+14:00"},
    ],
)
def test_values_of_a_wrong_kind_leave_a_ticket_that_can_be_told(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    parcel = change(tmp_path, "GET /ticket/7", "0", **values)
    assert told(parcel, "ticket", "ticket_id", "status") == [("7", "new")]
    assert told(parcel, "message", "message_id")[:3] == [("50",), ("51",), ("55",)]


@pytest.mark.parametrize("body", [{"items": 5}, {"items": [[], None, "x"]}, [], {"tickets": []}])
def test_a_folder_without_any_of_rt_is_a_bad_file(tmp_path: Path, body: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(body))
    with pytest.raises(BadFile, match="none of its answers is one of Request Tracker's"):
        parse(tmp_path)


def test_letters_of_any_kind_are_read() -> None:
    odd: list[list[dict[str, Any]]] = [[], [{}], [{"Headers": 5, "Content": {}, "Subject": []}]]
    for parts in [*odd, [{"Headers": "\0:\n"}]]:
        letter = Letter(parts)
        found = (letter.words, letter.subject, letter.channel, letter.automatic)
        assert found == (None, None, None, False)
    file = {"ContentType": "text/plain", "Content": "log", "Filename": "a.log"}
    assert Letter([file, {"ContentType": "text/html", "Content": "<b>hi</b>"}]).words == "hi"
    assert Letter([{"Headers": "Auto-Submitted: no\n"}]).automatic is False
    assert Letter([{"Headers": 'To: "A, B" <A@x.test>,\n c@x.test\n'}]).recipients == {
        "a@x.test",
        "c@x.test",
    }


def test_words_that_are_none_are_none() -> None:
    assert [status_of(word) for word in (None, 5, "", "RESOLVED ")] == [
        None,
        None,
        None,
        ("solved", None),
    ]
    assert [priority_of(n) for n in (None, 0, 49, 50, 100)] == [
        *(None, "low", "low", "normal", "high")
    ]
    assert [ticket_of(uri) for uri in ("x://y/ticket/2", "x://y/ticket/2a", None, "2")] == [
        *("2", None, None, None)
    ]


@pytest.mark.real
def test_the_recorded_answers_are_told_as_counted_by_hand(shared_data: Path) -> None:
    parcel = parse(shared_data / "recorded" / "rt")
    counts = {name: rows.num_rows for name, rows in parcel.rows.items()}
    # Ticket 1 has 13 transactions: 6 are messages, 2 a copy and a role told twice, 5 are changes.
    assert counts == {
        "ticket": 3,
        "ticket_change": 5,
        "message": 6,
        "message_text": 6,
        "customer": 3,
        "customer_identity": 3,
        "agent": 1,
        "team": 2,
        "vendor_figure": 1,
    }
    assert (parcel.read, parcel.kept) == (36, 36)
    findings = {(one.kind, one.where): one.count for one in parcel.findings}
    assert findings["no_history", "ticket_change"] == 2
    automatic = told(parcel, "message", "message_id", "public", "automatic")
    assert automatic == [
        ("39", True, False),
        ("40", True, True),
        ("55", False, False),
        ("56", True, False),
        ("74", True, True),
        ("77", True, True),
    ]
    # Alone in base64, in a list in plain words: the same words.
    assert "Nie mogę się zalogować do konta." in told(parcel, "message_text", "text")[0]
