"""Comments of Zendesk's tickets as messages, and the lines of its chats.

Who wrote a comment is the ticket's requester, and then a customer whatever their role; else the
role of then says it. Somebody who is no known user is taken for an agent and counted, and in a
ticket that is not there for nobody known: such comments stay, and are counted too.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.sources.zendesk_folder import (
    Desk,
    flags_of,
    ids_of,
    in_parts,
    instants_of,
    micros,
    need_ids,
    to_instants,
)
from regard.ingest.sources.zendesk_people import AGENT, CUSTOMER, SYSTEM, UNKNOWN, People, named
from regard.ingest.sources.zendesk_tickets import Tickets

CHANNELS: Mapping[str, str] = {
    "voice_comment": "phone",
    "facebook_comment": "social",
    "tweet": "social",
}
"""Channels by the flag of a comment that went by them; the channel of others is not said."""


def add_messages(desk: Desk, tickets: Tickets, people: People) -> None:
    """The table `ticket_comment`, part by part."""
    for frame in in_parts(desk, "ticket_comment"):
        _add_part(desk, frame, tickets, people)


def author_kinds(
    desk: Desk,
    tickets: Tickets,
    people: People,
    author: pa.Array,
    place: Whole,
    at: Whole,
    where: str,
) -> Whole:
    """What each author was; place: of the ticket, -1 where it is not there."""
    kinds = people.kinds(author, at)
    asker = tickets.requester.take(pa.array(place, mask=place < 0))
    own = pc.equal(author, asker).fill_null(False).to_numpy(zero_copy_only=False)
    kinds[own & (kinds != SYSTEM)] = CUSTOMER
    strange = (kinds == UNKNOWN) & (place >= 0)
    kinds[strange] = AGENT
    count = int(strange.sum())
    example = str(author[int(np.flatnonzero(strange)[0])].as_py()) if count else ""
    desk.odd.note("unknown_author", where, count, example)
    return kinds


def _add_part(desk: Desk, frame: Frame, tickets: Tickets, people: People) -> None:
    log = Log()
    ids, owner = need_ids(frame, "id", log), need_ids(frame, "ticket_id", log)
    at = micros(instants_of(frame, "created", log, needed=True))
    public = flags_of(frame, "public", log)
    flags = {name: flags_of(frame, name, log) for name in CHANNELS}
    good = desk.settle("ticket_comment", frame, log)
    kept = pa.array(good)
    frame, at = frame.where(good), at[good]
    ids, owner, public = (column.filter(kept) for column in (ids, owner, public))
    author, place = ids_of(frame, "user_id"), tickets.find(owner)
    desk.odd.note_rows(frame, place < 0, "unknown_ticket", "ticket_comment", owner)
    where = "ticket_comment.user_id"
    kinds = author_kinds(desk, tickets, people, author, place, at, where)
    columns = {
        "ticket_id": owner,
        "message_id": ids,
        "ordinal": _ordinals(ids),
        "sent_at": to_instants(at),
        "author": author,
        "author_kind": named(kinds),
        "public": public,
        "automatic": pa.array(kinds == SYSTEM),
        "channel": _channel({name: flag.filter(kept) for name, flag in flags.items()}, len(ids)),
        "updated_at": to_instants(at),
    }
    desk.add("message", columns, len(ids))
    _add_texts(desk, frame, tickets, columns, place, at)


def _add_texts(
    desk: Desk,
    frame: Frame,
    tickets: Tickets,
    columns: Mapping[str, pa.Array],
    place: Whole,
    at: Whole,
) -> None:
    """The words; what opened a ticket carries its subject."""
    opening: Mask = np.zeros(len(at), bool)
    known = place >= 0
    opening[known] = at[known] <= tickets.created[place[known]]
    subject = tickets.said["subject"].take(pa.array(place, mask=~opening))
    texts = {name: columns[name] for name in ("ticket_id", "message_id", "updated_at")}
    texts |= {"subject": subject, "text": frame.text("body")}
    desk.add("message_text", texts, len(at))


def _ordinals(ids: pa.Array) -> pa.Array:
    """Zendesk numbers comments as they come: their ids are their order."""
    numeric = pc.match_substring_regex(ids, r"^\d{1,18}$").fill_null(False)
    numbers = pc.if_else(numeric, ids, pa.scalar(None, pa.string()))
    return numbers.cast(pa.int64())


def _channel(flags: Mapping[str, pa.Array], count: int) -> pa.Array:
    channel = pa.nulls(count, pa.string())
    for name, flag in flags.items():
        channel = pc.if_else(flag.fill_null(False), pa.scalar(CHANNELS[name]), channel)
    return channel
