"""The ticket table of Zendesk: what it says of now, and the rows of tickets as they began.

A deleted ticket is closed as `cancelled` and stays a matter that a customer brought: deleting must
not improve a figure. It is spam, and leaves service, only where the source says so: marking a
ticket as spam deletes it and suspends its requester, and a tag may name it spam. Zendesk's own
sample ticket is a test.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Log
from regard.ingest.sources.zendesk_folder import (
    Desk,
    ids_of,
    instants_of,
    micros,
    need_ids,
    places,
    to_instants,
    whole,
    words,
)
from regard.ingest.sources.zendesk_people import CUSTOMER, People, named, names_of
from regard.ingest.sources.zendesk_words import (
    DELETED,
    SPAM_TAGS,
    channel_of,
    priority_of,
    status_of,
)

SAMPLE = "sample_ticket"


@dataclass(frozen=True)
class Tickets:
    """The tickets, each once. ids: theirs. created, updated: microseconds since 1970.

    requester, submitter: ids of users. said: other columns by name, as text. status: our word of
    now (deleted tickets are closed), deleted and spam: whether they are. tags: of now, by place.
    """

    ids: pa.Array
    created: Whole
    updated: Whole
    requester: pa.Array
    submitter: pa.Array
    status: pa.Array
    deleted: Mask
    spam: Mask
    said: Mapping[str, pa.Array]
    tags: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, ids: pa.Array) -> Whole:
        """The place of each ticket; -1 of those that are not there."""
        return places(ids, self.ids)


def read_tickets(desk: Desk, people: People) -> Tickets:
    """The ticket table. A ticket that stands twice counts as its last row."""
    log, frame = Log(), whole(desk, "ticket")
    ids = need_ids(frame, "id", log)
    created = micros(instants_of(frame, "created_at", log, needed=True))
    updated = micros(instants_of(frame, "updated_at", log))
    good = desk.settle("ticket", frame, log)
    last = np.zeros(len(ids), bool)
    held = {name: row for row, name in enumerate(ids.to_pylist()) if good[row]}
    last[list(held.values())] = True
    desk.odd.note("duplicate_id", "ticket", int((good & ~last).sum()), "")
    kept = pa.array(last)
    frame, ids = frame.where(last), ids.filter(kept)
    created, updated = created[last], updated[last]
    said = {name: frame.text(name) for name in ("subject", "type", "via_channel")}
    said |= {name: ids_of(frame, name) for name in ("assignee_id", "brand_id", "group_id")}
    lists = ("merged_ticket_ids", "followup_ids")
    said |= {name: frame.text(name) for name in lists}
    said["via_followup_source_id"] = ids_of(frame, "via_followup_source_id")
    said["priority"] = words(frame.text("priority"), priority_of)
    raw = pc.utf8_lower(frame.text("status"))
    deleted = pc.equal(raw, DELETED).fill_null(False).to_numpy(zero_copy_only=False)
    status = words(raw, lambda word: "closed" if word == DELETED else status_of(word))
    strange = status.is_null().to_numpy(zero_copy_only=False)
    desk.odd.note_rows(frame, strange, "unknown_value", "ticket.status", raw)
    desk.odd.note("deleted_ticket", "ticket", int(deleted.sum()), _first(ids, deleted))
    requester = ids_of(frame, "requester_id")
    tags = _tags(desk, ids)
    suspended = people.ids.filter(pa.array(people.suspended))
    spam = pc.is_in(requester, suspended).to_numpy(zero_copy_only=False).copy()
    spam[[place for place, held_tags in tags.items() if SPAM_TAGS & set(held_tags)]] = True
    return Tickets(
        ids=ids,
        created=created,
        updated=np.maximum(updated, created),
        requester=requester,
        submitter=ids_of(frame, "submitter_id"),
        status=status,
        deleted=deleted,
        spam=spam & deleted,
        said=said,
        tags=tags,
    )


def add_tickets(
    desk: Desk, tickets: Tickets, people: People, first: Mapping[str, pa.Array]
) -> None:
    """The rows of tickets. first: status, team, agent, priority, type and calendar at creation,
    and whether the ticket was but `observed`."""
    brands = names_of(desk, "brand")
    opener = pc.coalesce(tickets.submitter, tickets.requester)
    kinds = people.kinds(opener, tickets.created)
    own = pc.equal(opener, tickets.requester).fill_null(False).to_numpy(zero_copy_only=False)
    kinds = np.where(own, CUSTOMER, kinds)
    via = tickets.said["via_channel"]
    columns = {
        "ticket_id": tickets.ids,
        "number": tickets.ids,
        "customer_id": tickets.requester,
        "channel": words(via, channel_of),
        "created_at": to_instants(tickets.created),
        "created_by": opener,
        "created_by_kind": named(kinds),
        "demand": words(via, lambda word: "test" if word.lower() == SAMPLE else None),
        "brand": words(tickets.said["brand_id"], lambda brand: brands.get(brand, brand)),
        "follows": _follows(desk, tickets),
        "updated_at": to_instants(tickets.updated),
        **first,
    }
    desk.add("ticket", columns, len(tickets))


def listed(desk: Desk, tickets: Tickets, column: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The tickets that name others in a JSON list, by place, with the ids of those."""
    texts = tickets.said[column]
    empty = pc.is_in(texts, pa.array(["[]", "null"]))
    wanted = pc.and_(texts.is_valid(), pc.invert(empty)).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(wanted).tolist():
        text = texts[place].as_py()
        found = _ids_in(text)
        if found is None:
            desk.odd.note("unknown_value", f"ticket.{column}", 1, text[:80])
        else:
            yield place, found


def _ids_in(text: str) -> tuple[str, ...] | None:
    """The ids of a JSON list; None where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    return tuple(str(one) for one in found if isinstance(one, int | str))


def _follows(desk: Desk, tickets: Tickets) -> pa.Array:
    """The earlier ticket, as the later one says it, else as the earlier one does."""
    said = tickets.said["via_followup_source_id"].to_pylist()
    earlier, later = [], []
    for place, others in listed(desk, tickets, "followup_ids"):
        earlier += [tickets.ids[place].as_py()] * len(others)
        later += list(others)
    for place, one in zip(
        tickets.find(pa.array(later, pa.string())).tolist(), earlier, strict=True
    ):
        if place >= 0 and said[place] is None:
            said[place] = one
    return pa.array(said, pa.string())


def _tags(desk: Desk, ids: pa.Array) -> dict[int, tuple[str, ...]]:
    """The tags of now, by the ticket's place, sorted; tags of unknown tickets are counted."""
    log, frame = Log(), whole(desk, "ticket_tag")
    owner, tag = need_ids(frame, "ticket_id", log), frame.text("tag")
    good = desk.settle("ticket_tag", frame, log) & tag.is_valid().to_numpy(zero_copy_only=False)
    place = places(owner, ids)
    desk.odd.note_rows(frame, good & (place < 0), "unknown_ticket", "ticket_tag", owner)
    rows = np.flatnonzero(good & (place >= 0))
    found: dict[int, set[str]] = {}
    said = tag.take(pa.array(rows)).to_pylist()
    for at, word in zip(place[rows].tolist(), said, strict=True):
        found.setdefault(at, set()).add(word.lower())
    return {at: tuple(sorted(held)) for at, held in found.items()}


def _first(ids: pa.Array, mask: Mask) -> str:
    rows = np.flatnonzero(mask)
    return str(ids[int(rows[0])].as_py()) if len(rows) else ""
