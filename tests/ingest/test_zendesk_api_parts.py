"""Small folders of Zendesk's answers: parts of histories, promises, ratings, and hostile ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.sources.zendesk import parse
from regard.ingest.streams import BadFile
from regard.store.store import open_store

URL = "https://acme.zendesk.com/api/v2/tickets/1.json"
TICKET = {
    "id": 1,
    "url": URL,
    "created_at": "2024-03-04T09:00:00Z",
    "updated_at": "2024-03-04T10:00:00Z",
    "status": "open",
}
Rows = list[dict[str, Any]]


def rows(parcel: Parcel, name: str, **wanted: Any) -> Rows:
    found: Rows = parcel.rows[name].to_pylist() if name in parcel.rows else []
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def counts(parcel: Parcel) -> dict[tuple[str, str], int]:
    return {(found.kind, found.where): found.count for found in parcel.findings}


def clock(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:%m-%d %H:%M}"


def read(folder: Path, *bodies: Any) -> Parcel:
    for place, body in enumerate(bodies):
        text = body if isinstance(body, str) else json.dumps(body)
        (folder / f"{place}.json").write_text(text, encoding="utf-8")
    return parse(folder)


def audit(name: int, at: str, *events: dict[str, Any], author: Any = 7) -> dict[str, Any]:
    made = [{"id": name * 100 + place, **event} for place, event in enumerate(events)]
    told = {"id": name, "ticket_id": 1, "author_id": author, "events": made}
    return told | {"created_at": f"2024-03-04T{at}:00Z"}


def test_the_newest_answer_about_a_ticket_counts(tmp_path: Path) -> None:
    later = TICKET | {"updated_at": "2024-03-05T10:00:00Z", "status": "pending"}
    found = read(tmp_path, {"ticket": later}, {"tickets": [TICKET]})
    assert [row["value"] for row in rows(found, "ticket_change", field="status")] == ["pending"]
    assert len(rows(found, "ticket")) == 1


def test_a_history_that_ends_before_the_row_does_is_completed_by_what_was_seen(
    tmp_path: Path,
) -> None:
    created = audit(1, "09:00", {"type": "Create", "field_name": "status", "value": "new"})
    solved = TICKET | {"status": "solved"}
    found = read(tmp_path, {"tickets": [solved]}, {"audits": [created]})
    told = [(row["change_id"], row["value"]) for row in rows(found, "ticket_change")]
    assert told == [("status solved seen 2024-03-04T10:00:00+00:00", "solved")]
    assert counts(found)["no_history", "ticket_change"] == 1


def test_a_history_without_its_beginning_takes_first_values_from_what_was_before(
    tmp_path: Path,
) -> None:
    change = {"type": "Change", "field_name": "status", "previous_value": "new", "value": "open"}
    moved = {"type": "Change", "field_name": "group_id", "previous_value": "8", "value": "9"}
    found = read(
        tmp_path,
        {"tickets": [TICKET | {"group_id": 9}]},
        {"audits": [audit(1, "09:30", change, moved)]},
    )
    (ticket,) = rows(found, "ticket")
    assert (ticket["status"], ticket["team"]) == ("new", "8")
    assert counts(found)["no_history", "ticket_change"] == 1


def test_a_ticket_is_made_of_its_first_audit_where_no_answer_holds_it(tmp_path: Path) -> None:
    created = audit(
        1,
        "09:00",
        {"type": "Create", "field_name": "status", "value": "open"},
        {"type": "Create", "field_name": "requester_id", "value": "7"},
    )
    (ticket,) = rows(read(tmp_path, {"audits": [created]}), "ticket")
    assert (ticket["status"], ticket["created_by_kind"], clock(ticket, "created_at")) == (
        "open",
        "customer",
        "03-04 09:00",
    )


def test_metric_events_tell_promises_better_than_audits(tmp_path: Path) -> None:
    events = [
        {"id": 1, "ticket_id": 1, "metric": "reply_time", "instance_id": 1, "type": "apply_sla",
         "time": "2024-03-04T09:00:00Z", "sla": {"target": 30, "business_hours": False,
                                                 "policy": {"id": 31}}},
        {"id": 2, "ticket_id": 1, "metric": "reply_time", "instance_id": 2, "type": "apply_sla",
         "time": "2024-03-04T11:00:00Z", "sla": {"target": 45, "business_hours": True}},
        {"id": 3, "ticket_id": 1, "metric": "reply_time", "instance_id": 1, "type": "breach",
         "time": "2024-03-04T09:30:00Z"},
    ]  # fmt: skip
    promise = {"type": "Change", "field_name": "first_reply_time", "value": {"minutes": 99}}
    found = read(
        tmp_path,
        {"tickets": [TICKET]},
        {"ticket_metric_events": events},
        {"audits": [audit(1, "09:00", promise)]},
    )
    told = [
        (row["target"], row["seconds"], row["opening_hours"]) for row in rows(found, "sla_target")
    ]
    assert told == [("first", 1800, False), ("next", 2700, True)]
    assert [row["figure"] for row in rows(found, "vendor_figure")] == ["breach.reply_time.1"]


def test_ratings_are_answers_on_a_scale_of_two(tmp_path: Path) -> None:
    def rating(name: int, score: str) -> dict[str, Any]:
        at = {"created_at": "2024-03-04T09:00:00Z", "updated_at": "2024-03-04T09:00:00Z"}
        return {"id": name, "ticket_id": 1, "requester_id": 7, "score": score, **at}

    scores = ["good", "bad", "offered", "unoffered", "good_with_comment", "splendid"]
    found = read(tmp_path, {"satisfaction_ratings": [rating(n, s) for n, s in enumerate(scores)]})
    answers = [(row["response_id"], row["score"]) for row in rows(found, "answer")]
    assert answers == [("0", 1), ("1", 0), ("4", 1)]
    asked = [row["answered_at"] is not None for row in rows(found, "invitation")]
    assert asked == [True, True, False, True]
    assert counts(found)["unknown_value", "answer.score"] == 1


def test_one_object_a_line_is_known_by_its_address(tmp_path: Path) -> None:
    lines = [
        TICKET,
        {"url": "https://acme.zendesk.com/api/v2/users/7.json", "id": 7, "role": "agent"},
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = parse(tmp_path)
    assert (len(rows(found, "ticket")), len(rows(found, "agent"))) == (1, 1)


def test_a_folder_without_anything_of_zendesk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no answer of Zendesk"):
        read(tmp_path, {"issues": [{"id": 1}]}, "[1, 2]", "{}")


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        ({"id": None}, "id"),
        ({"id": True}, "id"),
        ({"id": 1.5}, "id"),
        ({"id": {"a": 1}}, "id"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at"),
        ({"created_at": 12}, "created_at"),
    ],
)
def test_a_ticket_that_cannot_be_placed_is_put_aside_whole(
    tmp_path: Path, broken: dict[str, Any], column: str
) -> None:
    found = read(tmp_path, {"tickets": [TICKET | {"id": 2}, TICKET | broken]})
    (reject,) = found.rejects
    assert (reject.column, len(rows(found, "ticket"))) == (column, 1)
    assert json.loads(reject.raw["object"]) == TICKET | broken


def test_wrong_types_everywhere_break_nothing(tmp_path: Path) -> None:
    wrong: list[Any] = [None, [], {}, "x", 7, -1, True, 1.5, [[1]], {"a": None}, 10**30, "\0\ud800"]
    tickets = [
        TICKET | {"id": number, name: value}
        for number, (name, value) in enumerate(
            [(name, value) for value in wrong for name in ("via", "status", "tags", "group_id",
             "requester_id", "priority", "type", "brand_id", "subject", "url", "updated_at")],
            start=10**25,
        )
    ]  # fmt: skip
    events = [
        {"type": kind, "field_name": name, "value": value, "previous_value": value,
         "author_id": value, "public": value, "body": value, "via": value, "recipients": value,
         "new_schedule_id": value}
        for value in wrong
        for kind in ("Create", "Change", "Comment", "Notification", "ScheduleAssignment")
        for name in ("status", "tags", "first_reply_time", "group_id", value)
    ]  # fmt: skip
    found = read(
        tmp_path,
        {"tickets": [*tickets, *wrong]},
        {"audits": [audit(1, "09:00", *events), *wrong, audit(2, "09:00") | {"events": 7}]},
        {
            "users": [
                {"id": n, "role": v, "email": v, "phone": v, "locale": v}
                for n, v in enumerate(wrong)
            ]
        },
        {"schedules": [{"id": n, "time_zone": "UTC", "intervals": v} for n, v in enumerate(wrong)]},
        {
            "sla_policies": [
                {"id": n, "policy_metrics": [{"metric": v}]} for n, v in enumerate(wrong)
            ]
        },
        {"ticket_metrics": [{"ticket_id": 1, "reply_time_in_minutes": v} for v in wrong]},
        {"satisfaction_ratings": [{"id": n, "score": v} for n, v in enumerate(wrong)]},
    )
    assert len(rows(found, "ticket")) >= len(tickets)
    run_import([found], open_store(tmp_path / "w"), tmp_path / "w")


def test_the_same_event_twice_is_told_once(tmp_path: Path) -> None:
    said = {"id": 5, "type": "Comment", "body": "Hi", "public": True}
    found = read(tmp_path, {"tickets": [TICKET]}, {"audits": [audit(1, "09:00", said, said)]})
    assert len(rows(found, "message")) == 1
    assert counts(found)["duplicate_id", "ticket_change.change_id"] == 1
