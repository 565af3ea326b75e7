"""The history of Zendesk's tickets: first values, changes, what was said and promised.

All events of an audit share its instant; what was said in it counts before what it changed. A
ticket without audits has no history: what its row says is one observation, at the instant when
the row last changed, and what came before is not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.answers import id_of, instant_of, list_of, object_of, text_of
from regard.ingest.sources.zendesk_api_account import Account, Note, Thing
from regard.ingest.sources.zendesk_api_audits import take
from regard.ingest.sources.zendesk_api_story import Story, label_of, value_of
from regard.ingest.sources.zendesk_tags import tags_in
from regard.ingest.sources.zendesk_words import DELETED, FIELDS, channel_of

SAMPLE = "sample_ticket"


@dataclass
class Told:
    """Rows by table, and the promises that audits tell of."""

    rows: dict[str, list[Row]]
    targets: list[Row]


def histories(source: str, account: Account, schedules: Sequence[str], note: Note) -> Told:
    """Tickets with changes, messages and promises. schedules: ids of calendars, oldest first.

    Findings: tickets of which no or only part of the history is known, events of tickets that
    are not there, authors and words that are not known.
    """
    tickets = account.objects.get("tickets", {})
    audits = _audits_of(account)
    brands = {
        name: text_of(one.get("name")) for name, one in account.objects.get("brands", {}).items()
    }
    roles = account.roles()
    stories = []
    for ticket_id in sorted({*tickets, *audits}):
        ticket = tickets.get(ticket_id)
        told = audits.get(ticket_id, [])
        story = _story(source, ticket_id, ticket, told, roles, note)
        stories.append(story)
        for audit in told:
            take(story, audit)
        row = _ticket_row(story, ticket, schedules, brands)
        if row is None:
            note("unknown_ticket", "ticket_change", ticket_id)
            continue
        story.rows["ticket"] = [row]
        _observe(story, ticket, told)
    names = ("ticket", "ticket_change", "message", "message_text", "sla_target")
    rows = {name: [row for one in stories for row in one.rows.get(name, [])] for name in names}
    merged = {(row["ticket_id"], row["change_id"]): row for row in rows["ticket_change"]}
    rows["ticket_change"] = list(merged.values())
    return Told(rows, rows.pop("sla_target"))


def _audits_of(account: Account) -> dict[str, list[Thing]]:
    """The audits of each ticket in their order; comments alone count as audits that say them."""
    found: dict[str, list[Thing]] = {}
    for audit in account.all("audits"):
        found.setdefault(str(id_of(audit["ticket_id"])), []).append(audit)
    told = {ticket: {e for a in audits for e in _ids(a)} for ticket, audits in found.items()}
    for comment in account.all("comments"):
        ticket = str(id_of(comment["ticket_id"]))
        if id_of(comment["id"]) not in told.get(ticket, ()):
            saying = {"type": "Comment", **comment}
            found.setdefault(ticket, []).append({**comment, "events": [saying]})
    return {ticket: sorted(audits, key=_place) for ticket, audits in found.items()}


def _ids(audit: Thing) -> Iterator[str | None]:
    return (id_of(object_of(event).get("id")) for event in list_of(audit.get("events")))


def _place(audit: Thing) -> tuple[str, int, str]:
    name = str(id_of(audit["id"]))
    return str(instant_of(audit["created_at"])), len(name), name


def _story(
    source: str,
    ticket_id: str,
    ticket: Thing | None,
    audits: Sequence[Thing],
    roles: dict[str, str],
    note: Note,
) -> Story:
    known = ticket or {}
    requester = id_of(known.get("requester_id"))
    subject = text_of(known.get("raw_subject")) or text_of(known.get("subject"))
    story = Story(source, ticket_id, requester, roles, subject, note)
    for audit in audits:
        for event in map(object_of, list_of(audit.get("events"))):
            if event.get("type") == "Create":
                story.created = story.created or audit
                if event.get("field_name") == "requester_id":
                    story.requester = story.requester or id_of(event.get("value"))
                if event.get("field_name") == "subject":
                    story.subject = story.subject or text_of(event.get("value"))
    return story


def _ticket_row(
    story: Story,
    ticket: Thing | None,
    schedules: Sequence[str],
    brands: Mapping[str, str | None],
) -> Row | None:
    """The ticket as it began, as far as that is known; None where nothing says when it began."""
    begun = story.created or {}
    known = ticket or begun
    created_at = instant_of(known.get("created_at"))
    if created_at is None:
        return None
    via = object_of(known.get("via"))
    source = object_of(via.get("source"))
    channel = via.get("channel")
    opened_by = id_of(known.get("submitter_id")) or id_of(begun.get("author_id"))
    brand = id_of(known.get("brand_id"))
    earlier = object_of(source.get("from")).get("ticket_id")
    firsts = _firsts(story, ticket or {})
    if channel == SAMPLE:
        firsts["demand"] = "test"
    hours = f"{story.source}/{schedules[0]}" if schedules else None
    return table("ticket").row(
        source=story.source,
        ticket_id=story.ticket_id,
        number=story.ticket_id,
        customer_id=story.requester,
        channel=channel_of(channel if isinstance(channel, str | int) else None),
        created_at=created_at,
        created_by=opened_by,
        created_by_kind=story.kind_of(opened_by, "ticket.created_by_kind"),
        brand=(brands.get(brand) or brand) if brand else text_of(known.get("brand")),
        follows=id_of(earlier) if source.get("rel") == "follow_up" else None,
        calendar_id=story.firsts.get("calendar", hours),
        observed=story.created is None and known.get("status") != "new",
        updated_at=instant_of(known.get("updated_at")) or created_at,
        **firsts,
    )


def _firsts(story: Story, ticket: Thing) -> dict[str, str | None]:
    """First values: as the history says, else as the row says, but for a status it came to."""
    found = {}
    for theirs, ours in FIELDS.items():
        now = None if ours == "status" else value_of(ours, ticket.get(theirs), _quiet)
        found[ours] = story.firsts.get(ours, now)
    tags = [one for one in list_of(ticket.get("tags")) if isinstance(one, str)]
    found["demand"] = story.firsts.get("demand", label_of(tags))
    return found


def _quiet(kind: str, where: str, example: str) -> None:
    """Words that are not known are counted once, where the row is compared with the history."""


def _observe(story: Story, ticket: Thing | None, audits: Sequence[Thing]) -> None:
    """Where the row says otherwise than the history: seen at the instant of its last change."""
    if ticket is None:
        return
    at = instant_of(ticket.get("updated_at"))
    whole = story.created is not None
    for theirs, ours in FIELDS.items():
        raw = ticket.get(theirs)
        now = value_of(ours, raw, story.note)
        began = "new" if ours == "status" else now
        if at is None or now == story.nows.get(ours, began) or (ours == "status" and now is None):
            continue
        whole = False
        cancelled = ours == "status" and raw == DELETED
        # Zendesk closes only what was solved.
        before = (
            ["solved"] if now == "closed" and not cancelled and not story.nows.get(ours) else []
        )
        for value in [*before, now]:
            _see(story, at, ours, value, raw, "cancelled" if cancelled else None)
    tags = tags_in(" ".join(tag for tag in list_of(ticket.get("tags")) if isinstance(tag, str)))
    if at is not None and tags != (story.nows.get("tag") or ""):
        whole = False
        _see(story, at, "tag", tags, None)
    if not whole:
        story.note("no_history", "ticket_change", story.ticket_id)


def _see(
    story: Story, at: datetime, field: str, value: str | None, raw: Any, reason: str | None = None
) -> None:
    story.add(
        "ticket_change",
        change_id=f"{field} {value} seen {at.isoformat()}" if field != "tag" else "tag seen",
        ordinal=story.next(),
        at=at,
        field=field,
        value=value,
        raw_value=None if raw is None else str(raw)[:200],
        reason=reason,
        updated_at=at,
    )
