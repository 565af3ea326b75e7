"""Chats in Zendesk's tables: sessions by what happened in them, and their lines as messages.

An actor is `agent:ID`, an id of a user, or a rule (`__system`, `__trigger`); a line that Zendesk's
own answer bot sent says so in its original. When somebody entered the queue for people is only
told where the chat was passed to a department.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from regard.ingest.batch import Whole
from regard.ingest.frame import Log
from regard.ingest.sources.zendesk_comments import author_kinds
from regard.ingest.sources.zendesk_folder import (
    Desk,
    instants_of,
    micros,
    need_ids,
    to_instants,
    whole,
    words,
)
from regard.ingest.sources.zendesk_people import AGENT, BOT, CUSTOMER, SYSTEM, People, named
from regard.ingest.sources.zendesk_tickets import Tickets
from regard.ingest.sources.zendesk_words import channel_of

EVENTS = "ticket_chat_event"
BOT_SOURCE = "zd:answerBot"
LINES = frozenset({"chatmessage", "chatfileattachment"})
SESSION = ("queued_at", "accepted_at", "first_line_at", "left_at", "ended_at")


@dataclass
class Chat:
    """A chat being read. at: microseconds by column of `chat_session`."""

    ticket: str
    at: dict[str, int] = field(default_factory=dict)
    agent: str | None = None


@dataclass(frozen=True)
class Lines:
    """Events in order of chat and time, as columns."""

    chat: pa.Array
    at: Whole
    type: list[str | None]
    author: pa.Array
    text: pa.Array
    number: pa.Array
    original: pa.Array


def add_chats(desk: Desk, tickets: Tickets, people: People) -> None:
    """The tables `ticket_chat` and `ticket_chat_event`."""
    if not (desk.has("ticket_chat") and desk.has(EVENTS)):
        return
    chats, channels = _read_chats(desk, tickets)
    lines = _read_lines(desk)
    owners = words(lines.chat, lambda one: chats[one].ticket if one in chats else None)
    place = tickets.find(owners)
    where = f"{EVENTS}.actor_id"
    kinds = author_kinds(desk, tickets, people, lines.author, place, lines.at, where)
    bots = words(lines.original, _is_bot).is_valid().to_numpy(zero_copy_only=False)
    kinds[bots] = BOT
    _add_lines(desk, lines, owners, kinds, channels)
    _add_sessions(desk, chats, lines, kinds, tickets)


def _read_chats(desk: Desk, tickets: Tickets) -> tuple[dict[str, Chat], dict[str, str | None]]:
    """The chats with their ticket: of several, the first that is there."""
    log, frame = Log(), whole(desk, "ticket_chat")
    ids, owner = need_ids(frame, "chat_id", log), need_ids(frame, "ticket_id", log)
    good = desk.settle("ticket_chat", frame, log)
    place = tickets.find(owner)
    desk.odd.note_rows(frame, good & (place < 0), "unknown_ticket", "ticket_chat", owner)
    via = words(frame.text("channel"), channel_of).to_pylist()
    names, owners = ids.to_pylist(), owner.to_pylist()
    chats: dict[str, Chat] = {}
    channels: dict[str, str | None] = {}
    rows = np.flatnonzero(good)
    for row in [*rows[place[rows] >= 0].tolist(), *rows[place[rows] < 0].tolist()]:
        chats.setdefault(names[row], Chat(owners[row]))
        channels.setdefault(names[row], via[row])
    return chats, channels


def _read_lines(desk: Desk) -> Lines:
    log, frame = Log(), whole(desk, EVENTS)
    chat = need_ids(frame, "chat_id", log)
    at = micros(instants_of(frame, "created_at", log, needed=True))
    good = np.flatnonzero(desk.settle(EVENTS, frame, log))
    numbers = frame.text("chat_index")
    whole_numbers = words(numbers, lambda text: text if text.isdigit() else None).cast(pa.int64())
    index = whole_numbers.fill_null(0).to_numpy(zero_copy_only=False)
    code = chat.dictionary_encode().indices.fill_null(0).to_numpy(zero_copy_only=False)
    rows = pa.array(good[np.lexsort((index[good], at[good], code[good]))])
    return Lines(
        chat=chat.take(rows),
        at=at[rows.to_numpy()],
        type=[one and one.lower() for one in frame.text("type").take(rows).to_pylist()],
        author=words(frame.text("actor_id").take(rows), _actor),
        text=frame.text("message").take(rows),
        number=whole_numbers.take(rows),
        original=frame.text("original_message").take(rows),
    )


def _actor(text: str) -> str | None:
    """The id of a user; rules act as the system's user, and nobody is nobody."""
    if text.startswith("__"):
        return "-1"
    return text.rpartition(":")[2].strip() or None


def _is_bot(text: str) -> str | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    source = said.get("source") if isinstance(said, dict) else None
    return "bot" if isinstance(source, dict) and source.get("type") == BOT_SOURCE else None


def _add_lines(
    desk: Desk, lines: Lines, owners: pa.Array, kinds: Whole, channels: dict[str, str | None]
) -> None:
    said = np.array([one in LINES for one in lines.type], bool)
    said &= owners.is_valid().to_numpy(zero_copy_only=False)
    rows = pa.array(np.flatnonzero(said))
    chat, at = lines.chat.take(rows), lines.at[said]
    parts = zip(chat.to_pylist(), at.tolist(), lines.number.take(rows).to_pylist(), strict=True)
    kind = kinds[said]
    own = {
        "ticket_id": owners.take(rows),
        "message_id": pa.array([f"{one}/{then}/{n or 0}" for one, then, n in parts], pa.string()),
        "updated_at": to_instants(at),
    }
    columns = {
        **own,
        "ordinal": lines.number.take(rows),
        "sent_at": to_instants(at),
        "author": lines.author.take(rows),
        "author_kind": named(kind),
        "public": pa.array(np.ones(len(rows), bool)),
        "automatic": pa.array(np.isin(kind, (SYSTEM, BOT))),
        "channel": pa.array([channels.get(one) for one in chat.to_pylist()], pa.string()),
    }
    desk.add("message", columns, len(rows))
    desk.add("message_text", {**own, "text": lines.text.take(rows)}, len(rows))


def _add_sessions(
    desk: Desk, chats: dict[str, Chat], lines: Lines, kinds: Whole, tickets: Tickets
) -> None:
    names, authors = lines.chat.to_pylist(), lines.author.to_pylist()
    for row, name in enumerate(names):
        if name in chats:
            event, at = lines.type[row] or "", int(lines.at[row])
            _take(chats[name], event, at, int(kinds[row]), authors[row])
    told = [(name, chat) for name, chat in sorted(chats.items()) if "started_at" in chat.at]
    place = tickets.find(pa.array([chat.ticket for _, chat in told], pa.string()))
    askers = tickets.requester.take(pa.array(place, mask=place < 0))
    columns: dict[str, Any] = {
        "session_id": pa.array([name for name, _ in told], pa.string()),
        "ticket_id": pa.array([chat.ticket for _, chat in told], pa.string()),
        "customer_id": askers,
        "agent": pa.array([chat.agent for _, chat in told], pa.string()),
    }
    for column in ("started_at", *SESSION):
        found = [chat.at.get(column, -1) for _, chat in told]
        columns[column] = to_instants(np.array(found, np.int64))
    last = [chat.at.get("last", -1) for _, chat in told]
    columns["updated_at"] = to_instants(np.array(last, np.int64))
    desk.add("chat_session", columns, len(told))


def _take(chat: Chat, event: str, at: int, kind: int, author: str | None) -> None:
    """Let an event tell what it has to; events come in order of time."""
    chat.at.setdefault("started_at", at)
    chat.at["last"] = at
    chat.at.pop("ended_at", None)
    if event == "chatdepartmenttransfer":
        chat.at.setdefault("queued_at", at)
    if kind == AGENT and event in ("chatjoin", *LINES):
        chat.at.setdefault("accepted_at", at)
        chat.agent = chat.agent or author
        if event in LINES:
            chat.at.setdefault("first_line_at", at)
    if event == "chatleave":
        if kind == CUSTOMER:
            chat.at.setdefault("left_at", at)
        chat.at["ended_at"] = at
