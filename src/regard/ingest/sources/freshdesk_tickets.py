"""Freshdesk's tickets as far as their answers tell of them, and what was said in them.

`resolved_at`, `reopened_at` and `closed_at` are the last of their kind: where a ticket was
reopened before it was last resolved, its earlier solves are not known.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.answers import id_of, instant_of, list_of, object_of, text_of, whole_of
from regard.ingest.sources.freshdesk_words import (
    CHANNELS,
    FORWARDED,
    OUTBOUND,
    PRIORITIES,
    SPOKEN,
    STATUSES,
    word_of,
)
from regard.ingest.sources.zendesk_tags import tags_in

Thing = Mapping[str, Any]
Note = Callable[[str, str, str], None]
ENDED = ("solved", "closed")
DESCRIPTION = "description"
DUES = {"first": ("fr_due_by", "frDueBy"), "resolution": ("due_by",)}
SINCE = ("first_responded_at", "resolved_at", "closed_at")
FLAGS = ("fr_escalated", "is_escalated", "isescalated")


def tickets(
    source: str, found: Iterable[Thing], agents: Set[str], note: Note
) -> dict[str, list[Row]]:
    """Rows of tickets, what is known of their changes, their promises, Freshdesk's figures."""
    rows: dict[str, list[Row]] = {
        "ticket": [], "ticket_change": [], "sla_target": [], "vendor_figure": []
    }  # fmt: skip
    for one in found:
        rows["ticket"].append(_ticket(source, one, agents, note))
        rows["ticket_change"] += _changes(source, one, note)
        rows["sla_target"] += _targets(source, one)
        rows["vendor_figure"] += _figures(source, one)
        note("no_history", "ticket_change", str(id_of(one["id"])))
    return rows


def messages(
    source: str,
    told: Mapping[str, Thing],
    said: Iterable[Thing],
    agents: Set[str],
    note: Note,
) -> dict[str, list[Row]]:
    """Rows of messages and their words: the description first, then the conversations."""
    rows: dict[str, list[Row]] = {"message": [], "message_text": []}
    for one in told.values():
        text = text_of(one.get("description_text")) or text_of(one.get("description"))
        subject = text_of(one.get("subject"))
        if text:
            rows["message"].append(_description(source, one, agents))
            rows["message_text"].append(_text(source, one["id"], DESCRIPTION, one, text, subject))
    for one in sorted(said, key=_place):
        ticket = id_of(one["ticket_id"])
        if ticket not in told:
            note("unknown_ticket", "message", str(ticket))
        rows["message"].append(_message(source, one, agents, note))
        text = text_of(one.get("body_text")) or text_of(one.get("body"))
        if text:
            name = str(id_of(one["id"]))
            rows["message_text"].append(_text(source, one["ticket_id"], name, one, text, None))
    return rows


def _ticket(source: str, one: Thing, agents: Set[str], note: Note) -> Row:
    """The ticket; Freshdesk does not say who opened it, but for mails that went out."""
    outbound = one.get("source") == OUTBOUND
    opener = id_of(one.get("responder_id" if outbound else "requester_id"))
    priority = word_of(PRIORITIES, one.get("priority"))
    channel = word_of(CHANNELS, one.get("source"))
    for name, word in (("priority", priority), ("source", channel)):
        if word is None and one.get(name) is not None:
            note("unknown_value", f"ticket.{name}", str(one.get(name))[:80])
    return table("ticket").row(
        source=source,
        ticket_id=id_of(one["id"]),
        number=id_of(one["id"]),
        customer_id=id_of(one.get("requester_id")),
        channel=channel or ("other" if one.get("source") is not None else None),
        created_at=instant_of(one["created_at"]),
        created_by=opener,
        created_by_kind="agent" if outbound or opener in agents else "customer",
        type=_type(one),
        priority=priority,
        demand="spam" if one.get("spam") is True else None,
        team=id_of(one.get("group_id")),
        agent=id_of(one.get("responder_id")),
        product=id_of(one.get("product_id")),
        # Without its statistics nothing is known but how the ticket stands now.
        observed=not object_of(one.get("stats")),
        updated_at=_updated(one),
    )


def _type(one: Thing) -> str | None:
    found = text_of(one.get("type")) or text_of(one.get("ticket_type"))
    return found.lower() if found else None


def _updated(one: Thing) -> datetime | None:
    return instant_of(one.get("updated_at")) or instant_of(one["created_at"])


def _changes(source: str, one: Thing, note: Note) -> list[Row]:
    """The last solve, reopening and close, what the ticket is now, and its tags of now."""
    told = _told(one, note)
    rows = [
        table("ticket_change").row(
            source=source,
            ticket_id=id_of(one["id"]),
            change_id=f"{value} {at.isoformat()}",
            ordinal=place,
            at=at,
            field="status",
            value=value,
            raw_value=raw,
            reason="cancelled" if raw == "deleted" else None,
            updated_at=_updated(one),
        )
        for place, (at, value, raw) in enumerate(told)
    ]
    tags = tags_in(" ".join(tag for tag in list_of(one.get("tags")) if isinstance(tag, str)))
    if tags:
        rows.append(
            table("ticket_change").row(
                source=source,
                ticket_id=id_of(one["id"]),
                change_id="tags now",
                ordinal=len(told),
                at=_updated(one),
                field="tag",
                value=tags,
                updated_at=_updated(one),
            )
        )
    return rows


def _told(one: Thing, note: Note) -> list[tuple[datetime, str, str | None]]:
    """Statuses that are known: (since when, in our word, in theirs), in order."""
    stats = object_of(one.get("stats"))
    now = word_of(STATUSES, one.get("status"))
    if now is None:
        note("unknown_value", "ticket.status", str(one.get("status"))[:80])
    ends = {"solved": "resolved_at", "open": "reopened_at", "closed": "closed_at"}
    found = [(instant_of(stats.get(theirs)), ours) for ours, theirs in ends.items()]
    told = sorted([(at, ours) for at, ours in found if at], key=lambda pair: pair[0])
    if told and told[0][1] == "open":
        # Reopened before the last solve: from what is not known.
        note("no_history", "ticket.status", str(id_of(one["id"])))
        told = told[1:]
    at = instant_of(stats.get("status_updated_at")) or _updated(one)
    last = told[-1][1] if told else "open"
    if now and now != last and at:
        # Freshdesk counts what is closed as resolved, also where it never said so before.
        silent = now == "closed" and not told
        told += [(at, "solved"), (at, now)] if silent else [(at, now)]
    raw = None if one.get("status") is None else str(one.get("status"))[:80]
    made: list[tuple[datetime, str, str | None]] = [
        (when, value, raw if value == now else None) for when, value in told
    ]
    if one.get("deleted") is True and now not in ENDED and at:
        made.append((max(at, _updated(one) or at), "closed", "deleted"))
    return made


def _targets(source: str, one: Thing) -> list[Row]:
    """Deadlines that Freshdesk set, as seconds of the calendar since the ticket began."""
    began = instant_of(one["created_at"])
    assert began is not None
    rows = []
    for target, names in DUES.items():
        due = next(filter(None, (instant_of(one.get(name)) for name in names)), None)
        if due and due >= began:
            rows.append(
                table("sla_target").row(
                    source=source,
                    ticket_id=id_of(one["id"]),
                    target=target,
                    ordinal=1,
                    applied_at=began,
                    seconds=int((due - began).total_seconds()),
                    opening_hours=False,
                    updated_at=_updated(one),
                )
            )
    return rows


def _figures(source: str, one: Thing) -> list[Row]:
    """Seconds from the beginning to Freshdesk's own instants, and what it says was late."""
    stats = object_of(one.get("stats"))
    began = instant_of(one["created_at"])
    assert began is not None
    found: dict[str, int] = {}
    for name in SINCE:
        at = instant_of(stats.get(name))
        if at and at >= began:
            found[name] = int((at - began).total_seconds())
    for name in FLAGS:
        if isinstance(one.get(name), bool):
            found["is_escalated" if name == "isescalated" else name] = int(one[name])
    return [
        table("vendor_figure").row(
            source=source,
            subject="ticket",
            subject_id=id_of(one["id"]),
            figure=name,
            value=value,
            at=_updated(one),
            updated_at=_updated(one),
        )
        for name, value in found.items()
    ]


def _description(source: str, one: Thing, agents: Set[str]) -> Row:
    """What the ticket began with: the customer's words, or the mail that went out to them."""
    outbound = one.get("source") == OUTBOUND
    author = id_of(one.get("responder_id" if outbound else "requester_id"))
    return table("message").row(
        source=source,
        ticket_id=id_of(one["id"]),
        message_id=DESCRIPTION,
        ordinal=0,
        sent_at=instant_of(one["created_at"]),
        author=author,
        author_kind="agent" if outbound or author in agents else "customer",
        public=True,
        automatic=False,
        channel=word_of(CHANNELS, one.get("source")),
        updated_at=_updated(one),
    )


def _message(source: str, one: Thing, agents: Set[str], note: Note) -> Row:
    author = id_of(one.get("user_id"))
    kind = "customer" if one.get("incoming") is True else "agent"
    if kind == "agent" and author not in agents:
        note("unknown_author", "message.author_kind", str(author))
    # What was forwarded went to others than the customer.
    private = one.get("private") is True or one.get("source") == FORWARDED
    return table("message").row(
        source=source,
        ticket_id=id_of(one["ticket_id"]),
        message_id=id_of(one["id"]),
        ordinal=whole_of(one["id"]) or 1,
        sent_at=instant_of(one["created_at"]),
        author=author,
        author_kind=kind,
        public=not private,
        automatic=False,
        channel=word_of(SPOKEN, one.get("source")),
        updated_at=_updated(one),
    )


def _place(one: Thing) -> tuple[str, int, str]:
    name = str(id_of(one["id"]))
    return str(instant_of(one["created_at"])), len(name), name


def _text(source: str, ticket: Any, name: str, one: Thing, text: str, subject: str | None) -> Row:
    return table("message_text").row(
        source=source,
        ticket_id=id_of(ticket),
        message_id=name,
        subject=subject,
        text=text,
        updated_at=_updated(one),
    )
