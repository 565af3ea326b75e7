"""The history of Zendesk's tickets: rows of a field taking a value become changes.

A field's first row, told at or before the ticket's creation, is its first value and lies in the
ticket's row; the others are changes. A field that the history tells of, but not from the start,
was empty before. Rows have no ids: a change goes by its field, instant and place among those of
that instant, which stay the same from import to import.

What the ticket table says of now, and the history does not tell, was so at the ticket's last
update at the latest: it becomes a change by nobody known at that instant. Zendesk closes only what
was solved, so a ticket without any history that is closed now was solved by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.sources import zendesk_words
from regard.ingest.sources.zendesk_folder import (
    Desk,
    ids_of,
    instants_of,
    micros,
    need_ids,
    to_instants,
    whole,
    words,
)
from regard.ingest.sources.zendesk_people import AGENT, CUSTOMER, SYSTEM, UNKNOWN, People, named
from regard.ingest.sources.zendesk_promises import unreadable
from regard.ingest.sources.zendesk_tags import tags_in
from regard.ingest.sources.zendesk_tickets import Tickets

TABLE = "ticket_field_history"
FOLLOWED: Mapping[str, str] = {**zendesk_words.FIELDS, "tags": "tag"}
"""Fields of ours by the field of the history."""
OURS = tuple(FOLLOWED.values())
STATUS, TAG = OURS.index("status"), OURS.index("tag")
CURRENT = {"team": "group_id", "agent": "assignee_id", "priority": "priority", "type": "type"}
"""Columns of the ticket table that say a field's value of now."""


@dataclass(frozen=True)
class Told:
    """The good rows of the history. at: microseconds. field: the name in lower case."""

    frame: Frame
    ids: pa.Array
    at: Whole
    field: pa.Array

    def where(self, mask: Mask) -> "Told":
        """The rows where the mask holds."""
        kept = pa.array(mask)
        ids, field = self.ids.filter(kept), self.field.filter(kept)
        return Told(self.frame.where(mask), ids, self.at[mask], field)


@dataclass(frozen=True)
class Steps:
    """Rows in order of ticket, field and time. place: of the ticket, -1 where there is none.

    starts: the first row of its ticket and field. number: the place among rows of one instant.
    """

    ids: pa.Array
    place: Whole
    field: Whole
    at: Whole
    raw: pa.Array
    value: pa.Array
    user: pa.Array
    kind: Whole
    starts: Mask
    number: Whole

    def __len__(self) -> int:
        return len(self.at)

    def texts(self, field: int) -> tuple[Whole, list[str | None]]:
        """The rows of a field of known tickets, and their values."""
        rows = np.flatnonzero((self.field == field) & (self.place >= 0))
        return rows, self.value.take(pa.array(rows)).to_pylist()


def load(desk: Desk) -> Told:
    """The rows of fields that are followed and of targets of service; bad ones are put aside."""
    log, frame = Log(), whole(desk, TABLE, _is_read)
    ids = need_ids(frame, "ticket_id", log)
    at = micros(instants_of(frame, "updated", log, needed=True))
    field = pc.utf8_lower(frame.text("field_name"))
    log.reject(frame, unreadable(field, frame.text("value")), "bad_target", "value", _value(frame))
    good = desk.settle(TABLE, frame, log)
    return Told(frame, ids, at, field).where(good)


def order(desk: Desk, told: Told, tickets: Tickets, people: People) -> Steps:
    """The rows of followed fields as steps; exact repeats are counted and left out."""
    told = told.where(_among(told.field, FOLLOWED))
    place = tickets.find(told.ids)
    desk.odd.note_rows(told.frame, place < 0, "unknown_ticket", TABLE, told.ids)
    strangers = told.ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    owner = np.where(place >= 0, place, len(tickets) + strangers)
    field = pc.index_in(told.field, pa.array(list(FOLLOWED)))
    code = field.cast(pa.int64()).to_numpy(zero_copy_only=False)
    rows = np.lexsort((np.arange(len(code)), told.at, code, owner))
    raw = _value(told.frame).take(pa.array(rows))
    words_code = raw.fill_null("").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    owner, code, at = owner[rows], code[rows], told.at[rows]
    again = _same(owner, code, at, words_code)
    desk.odd.note("repeated_row", TABLE, int(again.sum()), _example(told, rows[again]))
    kept = np.flatnonzero(~again)
    taken = pa.array(rows[kept])
    owner, code, at, raw = owner[kept], code[kept], at[kept], raw.take(pa.array(kept))
    ids, place = told.ids.take(taken), place[rows[kept]]
    user = ids_of(told.frame, "user_id").take(taken)
    return Steps(
        ids=ids,
        place=place,
        field=code,
        at=at,
        raw=raw,
        value=_values(desk, code, raw),
        user=user,
        kind=_kinds(desk, tickets, people, place, user, at),
        starts=~_same(owner, code),
        number=_numbers(_same(owner, code, at)),
    )


def first_values(steps: Steps, tickets: Tickets) -> tuple[dict[str, pa.Array], Mask]:
    """By field the values at creation, and which steps tell them: those are no changes."""
    known = steps.place >= 0
    born = np.where(known, tickets.created[steps.place], -1) if len(tickets) else steps.at * 0 - 1
    folded = steps.starts & known & (steps.at <= born) & (steps.field != TAG)
    first = {}
    for code, field in enumerate(OURS):
        if code == TAG:
            continue
        now = tickets.said[CURRENT[field]] if field in CURRENT else None
        values = np.full(len(tickets), None, object)
        if now is not None:
            values[:] = now.to_pylist()
        rows, _ = steps.texts(code)
        values[steps.place[rows]] = None
        chosen = np.flatnonzero(folded & (steps.field == code))
        values[steps.place[chosen]] = steps.value.take(pa.array(chosen)).to_pylist()
        first[field] = pa.array(values, pa.string())
    return first, folded


def add_changes(
    desk: Desk, steps: Steps, folded: Mask, tickets: Tickets, merged: Mapping[int, str]
) -> None:
    """The steps that are no first values, as changes."""
    closes = (steps.field == STATUS) & pc.equal(steps.value, "closed").fill_null(False).to_numpy(
        zero_copy_only=False
    )
    gone = pc.equal(pc.utf8_lower(steps.raw), zendesk_words.DELETED).fill_null(False)
    gone = closes & gone.to_numpy(zero_copy_only=False)
    spam = np.zeros(len(steps), bool)
    known = steps.place >= 0
    spam[known] = tickets.spam[steps.place[known]]
    second = np.isin(steps.place, np.fromiter(merged, np.int64, len(merged)))
    reason = np.full(len(steps), None, object)
    reason[closes & (steps.kind == SYSTEM)] = "rule"
    reason[closes & second] = "merged"
    reason[gone] = np.where(spam[gone], "spam", "cancelled")
    kept = ~folded
    rows = pa.array(np.flatnonzero(kept))
    names = pa.array(OURS, pa.string()).take(pa.array(steps.field[kept]))
    instants = to_instants(steps.at[kept])
    columns = {
        "ticket_id": steps.ids.take(rows),
        "change_id": ids_for(names, instants, pa.array(steps.number[kept]).cast(pa.string())),
        "ordinal": pa.array(steps.number[kept], pa.int64()),
        "at": instants,
        "field": names,
        "value": steps.value.take(rows),
        "raw_value": steps.raw.take(rows),
        "actor": steps.user.take(rows),
        "actor_kind": named(steps.kind[kept]),
        "reason": pa.array(reason[kept], pa.string()),
        "updated_at": instants,
    }
    desk.add("ticket_change", columns, len(rows))


def ids_for(names: pa.Array, instants: pa.Array, parts: pa.Array) -> pa.Array:
    """Ids of changes from their field, instant and what tells those of one instant apart."""
    naive = instants.cast(pa.int64()).cast(pa.timestamp("us"))
    stamps = pc.strftime(naive, "%Y-%m-%dT%H:%M:%S")
    return pc.binary_join_element_wise(names, stamps, parts, "/")


def _is_read(rows: pa.RecordBatch) -> pa.Array:
    names = pa.array([*FOLLOWED, *zendesk_words.TARGETS])
    said = pc.utf8_lower(pc.utf8_trim_whitespace(rows.column("field_name").cast(pa.string())))
    return pc.is_in(said, names)


def _among(field: pa.Array, names: Mapping[str, str]) -> Mask:
    found: Mask = pc.is_in(field, pa.array(list(names))).to_numpy(zero_copy_only=False)
    return found


def _value(frame: Frame) -> pa.Array:
    """Values; ids among them may have been written as 12.0."""
    return ids_of(frame, "value")


def _same(*keys: Whole) -> Mask:
    """Which rows agree with the row before them in all keys."""
    same = np.ones(len(keys[0]), bool)
    same[:1] = False
    for key in keys:
        same[1:] &= key[1:] == key[:-1]
    return same


def _numbers(same: Mask) -> Whole:
    """The place of each row in its run, from 0."""
    rows = np.arange(len(same))
    begins = np.maximum.accumulate(np.where(same, 0, rows)) if len(rows) else rows
    return rows - begins


def _values(desk: Desk, code: Whole, raw: pa.Array) -> pa.Array:
    """Values in our words; a status or priority that is not known is empty and counted."""
    readers = {
        "status": lambda word: (
            "closed" if word.lower() == zendesk_words.DELETED else zendesk_words.status_of(word)
        ),
        "priority": zendesk_words.priority_of,
        "tag": tags_in,
    }
    values = raw
    for field, read in readers.items():
        mine = code == OURS.index(field)
        told = words(pc.if_else(pa.array(mine), raw, pa.scalar(None, pa.string())), read)
        values = pc.if_else(pa.array(mine), told, values)
    lost = (values.is_null().to_numpy(zero_copy_only=False)) & raw.is_valid().to_numpy(
        zero_copy_only=False
    )
    for row in np.flatnonzero(lost).tolist():
        desk.odd.note("unknown_value", f"{TABLE}.{OURS[code[row]]}", 1, raw[row].as_py()[:80])
    return values


def _kinds(
    desk: Desk, tickets: Tickets, people: People, place: Whole, user: pa.Array, at: Whole
) -> Whole:
    """What each actor was: nobody is a rule; of unknown users, requesters are customers."""
    kinds = people.kinds(user, at)
    kinds[user.is_null().to_numpy(zero_copy_only=False)] = SYSTEM
    asker = tickets.requester.take(pa.array(place, mask=place < 0))
    own = pc.equal(user, asker).fill_null(False).to_numpy(zero_copy_only=False)
    unknown = kinds == UNKNOWN
    kinds[unknown & own] = CUSTOMER
    kinds[unknown & ~own] = AGENT
    count = int((unknown & ~own).sum())
    example = user[int(np.flatnonzero(unknown & ~own)[0])].as_py() if count else ""
    desk.odd.note("unknown_author", f"{TABLE}.user_id", count, example)
    return kinds


def _example(told: Told, rows: Whole) -> str:
    return f"line {told.frame.lines[rows[0]]}" if len(rows) else ""
