"""What a workspace can teach its readers: texts whose reading somebody has said already."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regard.core.schema import table
from regard.ingest.first_words import texts_by_ticket, types_told
from regard.ingest.plain import build
from regard.store.deltas import BUCKETS
from regard.text import complaint, sentiment
from regard.text.lessons import Lesson

if TYPE_CHECKING:
    from regard.store.snapshot import Snapshot

Rows = Mapping[str, pa.Table]
Key = tuple[str, str]
REAL = (None, "", "real")
"""Labels of demand that a ticket may have: spam and tests teach nothing."""
SCORED = ("csat", "nps", "ces", "agent_csat", "agent_nps")
CARRIERS = ("review", "post", "response")


def type_lessons(rows: Rows) -> Iterator[Lesson]:
    """First words of tickets whose source tells a type; `a;b` are two labels."""
    texts = texts_by_ticket(rows)
    told = types_told(rows["ticket"], rows["ticket_change"])
    types = {(row["source"], row["ticket_id"]): row["type"] for row in told.to_pylist()}
    for row in _listed(rows["ticket"], "source", "ticket_id", "demand", "created_at"):
        key = row["source"], row["ticket_id"]
        if key in texts and key in types and row["demand"] in REAL:
            labels = tuple(part.strip() for part in types[key].split(";") if part.strip())
            yield Lesson(texts[key], labels, row["created_at"])


def sentiment_lessons(rows: Rows) -> Iterator[Lesson]:
    """Words of answers and reviews beside a score; where scores of one answer differ, none."""
    scores: dict[Key, set[str]] = {}
    for row in _listed(rows["answer"]):
        if row["kind"] in SCORED and None not in (row["score"], row["scale_min"], row["scale_max"]):
            worst, best = row["scale_min"], row["scale_max"]
            if row["scale_inverted"]:
                worst, best = best, worst
            if worst != best:
                key = row["source"], row["response_id"]
                said = sentiment.sentiment_of(row["score"], worst, best, row["kind"])
                scores.setdefault(key, set()).add(said)
    stars: dict[Key, set[str]] = {}
    for row in _listed(rows["review"]):
        if row["stars"] is not None and (row["scale_max"] or 0) > 1:
            said = sentiment.sentiment_of(row["stars"], 1, row["scale_max"])
            stars[row["source"], row["review_id"]] = {said}
    known = {"response": scores, "review": stars}
    for row in _listed(rows["words"]):
        found = known.get(row["subject"], {}).get((row["source"], row["subject_id"]), set())
        if len(found) == 1 and row["text"]:
            yield Lesson(row["text"], tuple(found), row["updated_at"])


def complaint_lessons(rows: Rows) -> Iterator[Lesson]:
    """Words of complaints and of what carried them, and what others wrote in the same places."""
    carried: dict[str, set[Key]] = {}
    for row in _listed(rows["complaint"], "source", "carrier", "carrier_id"):
        carried.setdefault(row["carrier"] or "", set()).add((row["source"], row["carrier_id"]))
    for row in _listed(rows["words"]):
        key = row["source"], row["subject_id"]
        if row["text"] and (row["subject"] == "complaint" or row["subject"] in carried):
            yes = row["subject"] == "complaint" or key in carried[row["subject"]]
            yield _complains(row["text"], yes, row["updated_at"])
    if "ticket" in carried:
        at = {
            (row["source"], row["ticket_id"]): row["created_at"]
            for row in _listed(rows["ticket"], "source", "ticket_id", "created_at")
        }
        for key, text in texts_by_ticket(rows).items():
            yield _complains(text, key in carried["ticket"], at.get(key))


def _complains(text: str, yes: bool, at: Any) -> Lesson:
    return Lesson(text, (complaint.YES if yes else complaint.NO,), at)


def _listed(rows: pa.Table, *names: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (rows.select(list(names)) if names else rows).to_pylist()
    return found


TEACHERS: Mapping[str, tuple[Callable[[Rows], Iterator[Lesson]], tuple[str, ...]]] = {
    "type": (type_lessons, ("ticket", "ticket_change", "message", "message_text")),
    complaint.KIND: (
        complaint_lessons,
        ("complaint", "words", "ticket", "message", "message_text"),
    ),
    sentiment.KIND: (sentiment_lessons, ("answer", "review", "words")),
}
"""Of each kind that can be learnt: how its lessons are made, and of which tables."""
WHOLE = frozenset({"complaint"})
"""Tables of which every bucket needs all rows: they lie by an id of their own."""


def lessons_of(kind: str, snapshot: "Snapshot") -> Iterator[Lesson]:
    """The lessons of a kind in a workspace's store; what is said of one subject lies together."""
    teach, names = TEACHERS[kind]
    whole = {name: _stored(snapshot, name, None) for name in names if name in WHOLE}
    for bucket in range(BUCKETS):
        own = {name: _stored(snapshot, name, bucket) for name in names if name not in WHOLE}
        yield from teach(whole | own)


def with_all(kind: str, rows: Rows) -> Rows:
    """The rows, and none of the tables that a kind needs and that are not among them."""
    return {name: rows.get(name, build(name, "", {}, 0)) for name in TEACHERS[kind][1]}


def _stored(snapshot: "Snapshot", name: str, bucket: int | None) -> pa.Table:
    rows = snapshot.table(name) if bucket is None else snapshot.table_of(name, [bucket])
    if name == "message":
        rows = rows.filter(rows.author_kind == "customer")
    if name == "ticket_change":
        rows = rows.filter(rows.field == "type")
    return rows.to_pyarrow().cast(table(name).schema)
