"""What an audit of a Zendesk ticket tells: what was said in it, then what it set and promised."""

from datetime import datetime
from typing import Any

from regard.core.schema import table
from regard.ingest.answers import id_of, instant_of, list_of, object_of, text_of, whole_of
from regard.ingest.sources.zendesk_api_account import Thing
from regard.ingest.sources.zendesk_api_story import Story, label_of, value_of
from regard.ingest.sources.zendesk_tags import tags_in
from regard.ingest.sources.zendesk_words import (
    DELETED,
    FIELDS,
    SYSTEM_USERS,
    channel_of,
    target_of,
)

SAYING = ("Comment", "VoiceComment", "FacebookComment", "TweetComment")
NOTICES = ("Notification", "NotificationWithCcs")
SETTING = ("Create", "Change")
RULES = ("rule", "system")
RULE_LINKS = ("trigger", "automation", "sla_target_change")


def take(story: Story, audit: Thing) -> None:
    """What was said in an audit, then what it set and promised."""
    at = instant_of(audit["created_at"])
    assert at is not None
    fresh = []
    for place, event in enumerate(map(object_of, list_of(audit.get("events")))):
        name = id_of(event.get("id")) or f"{id_of(audit['id'])}.{place}"
        if name in story.seen:
            story.note("duplicate_id", "ticket_change.change_id", name)
            continue
        story.seen.add(name)
        fresh.append((name, event))
    spoken = [(name, event) for name, event in fresh if event.get("type") in SAYING]
    for name, event in spoken:
        _say(story, audit, name, event, at)
    if not any(event.get("public", True) for _, event in spoken if _of_ours(story, audit, event)):
        for name, event in fresh:
            _notify(story, name, event, at)
    _merge(story, audit, at)
    for name, event in fresh:
        if event.get("type") in SETTING:
            _set(story, audit, name, event, at)
        elif event.get("type") == "ScheduleAssignment":
            _reschedule(story, audit, name, event, at)


def _of_ours(story: Story, audit: Thing, event: Thing) -> bool:
    author = id_of(event.get("author_id")) or id_of(audit.get("author_id"))
    return author != story.requester and story.roles.get(str(author)) != "customer"


def _via(audit: Thing, event: Thing) -> tuple[str | None, dict[str, Any]]:
    """The channel and the source that an event came by: its own, else its audit's."""
    via = object_of(event.get("via")) or object_of(audit.get("via"))
    channel = via.get("channel")
    return (str(channel) if isinstance(channel, str | int) else None), object_of(via.get("source"))


def _by_rule(audit: Thing, event: Thing) -> bool:
    channel, source = _via(audit, event)
    return channel in RULES or source.get("rel") in RULE_LINKS


def _say(story: Story, audit: Thing, name: str, event: Thing, at: datetime) -> None:
    author = id_of(event.get("author_id")) or id_of(audit.get("author_id"))
    rule = _by_rule(audit, event) or author in SYSTEM_USERS
    public = event.get("public")
    story.add(
        "message",
        message_id=name,
        ordinal=story.next(),
        sent_at=at,
        author=author,
        author_kind="system" if rule else story.kind_of(author, "message.author_kind"),
        public=public if isinstance(public, bool) else True,
        automatic=rule,
        channel="phone"
        if event.get("type") == "VoiceComment"
        else channel_of(_via(audit, event)[0]),
        updated_at=at,
    )
    text = text_of(event.get("plain_body")) or text_of(event.get("body"))
    _word(story, name, text, at)


def _word(story: Story, name: str, text: str | None, at: datetime) -> None:
    first = len(story.rows["message"]) == 1
    if text or (first and story.subject):
        subject = story.subject if first else None
        story.add("message_text", message_id=name, subject=subject, text=text, updated_at=at)


def _notify(story: Story, name: str, event: Thing, at: datetime) -> None:
    """A mail by a rule that reached the requester, where nobody of ours spoke in the same act."""
    reached = {id_of(one) for one in list_of(event.get("recipients"))}
    text = text_of(event.get("body"))
    if event.get("type") not in NOTICES or not text or story.requester not in reached:
        return
    story.add(
        "message",
        message_id=name,
        ordinal=story.next(),
        sent_at=at,
        author_kind="system",
        public=True,
        automatic=True,
        channel="email",
        updated_at=at,
    )
    _word(story, name, text, at)


def _set(story: Story, audit: Thing, name: str, event: Thing, at: datetime) -> None:
    what, creates = text_of(event.get("field_name")), event.get("type") == "Create"
    if target_of(what):
        _promise(story, audit, event, at)
        return
    if what == "tags":
        _tag(story, audit, name, event, at)
        return
    if what is None or what not in FIELDS:
        return
    own = FIELDS[what]
    raw = event.get("value")
    value = value_of(own, raw, story.note)
    if own not in story.firsts:
        before = raw if creates else event.get("previous_value")
        story.firsts[own] = value_of(own, before, story.note)
    story.nows[own] = value
    if not creates:
        reason = _reason(story, audit, event, raw, value) if own == "status" else None
        _change(story, audit, event, at, name, field=own, value=value, raw=raw, reason=reason)


def _change(
    story: Story,
    audit: Thing,
    event: Thing,
    at: datetime,
    name: str,
    *,
    field: str,
    value: str | None,
    raw: Any = None,
    reason: str | None = None,
) -> None:
    author = id_of(audit.get("author_id"))
    rule = _by_rule(audit, event)
    story.add(
        "ticket_change",
        change_id=name,
        ordinal=story.next(),
        at=at,
        field=field,
        value=value,
        raw_value=None if raw is None else str(raw)[:200],
        actor=None if rule else author,
        actor_kind="system" if rule else story.kind_of(author, "ticket_change.actor_kind"),
        reason=reason,
        updated_at=at,
    )


def _reason(story: Story, audit: Thing, event: Thing, raw: Any, value: str | None) -> str | None:
    if raw == DELETED:
        return "cancelled"
    if value != "closed":
        return None
    if _via(audit, event)[1].get("rel") == "merge" or "merged" in (story.nows.get("demand") or ""):
        return "merged"
    return "rule" if _by_rule(audit, event) else None


def _tag(story: Story, audit: Thing, name: str, event: Thing, at: datetime) -> None:
    """All tags of now as one text; and the label that they make of the ticket."""
    now = [one for one in list_of(event.get("value")) if isinstance(one, str)]
    if event.get("type") == "Create":
        story.firsts["demand"] = story.nows["demand"] = label_of(now)
        story.nows["tag"] = tags_in(" ".join(now))
        return
    before = [one for one in list_of(event.get("previous_value")) if isinstance(one, str)]
    story.nows["tag"] = tags_in(" ".join(now))
    _change(story, audit, event, at, name, field="tag", value=story.nows["tag"])
    if label_of(before) != label_of(now):
        story.firsts.setdefault("demand", label_of(before))
        story.nows["demand"] = label_of(now)
        _change(story, audit, event, at, f"{name} demand", field="demand", value=label_of(now))


def _promise(story: Story, audit: Thing, event: Thing, at: datetime) -> None:
    """A target of service that was set, or with no value withdrawn."""
    told = object_of(event.get("value"))
    minutes = whole_of(told.get("minutes"))
    if event.get("value") is not None and minutes is None:
        story.note("unknown_value", "sla_target.seconds", str(event.get("value"))[:80])
        return
    hours = told.get("in_business_hours")
    story.add(
        "sla_target",
        target=target_of(text_of(event.get("field_name"))),
        ordinal=story.next(),
        policy_id=id_of(object_of(_via(audit, event)[1].get("from")).get("id")),
        applied_at=at,
        seconds=None if minutes is None else minutes * 60,
        opening_hours=hours if isinstance(hours, bool) else None,
        updated_at=at,
    )


def _reschedule(story: Story, audit: Thing, name: str, event: Thing, at: datetime) -> None:
    new, old = id_of(event.get("new_schedule_id")), id_of(event.get("previous_schedule_id"))
    if old:
        story.firsts.setdefault("calendar", f"{story.source}/{old}")
    value = f"{story.source}/{new}" if new else None
    _change(story, audit, event, at, name, field="calendar", value=value)


def _merge(story: Story, audit: Thing, at: datetime) -> None:
    """Tickets merged into this one, or this one into another."""
    source = _via(audit, {})[1]
    if source.get("rel") != "merge":
        return
    came, went = object_of(source.get("from")), object_of(source.get("to"))
    others = [id_of(came.get("ticket_id")), *map(id_of, list_of(came.get("ticket_ids")))]
    pairs = {(other, story.ticket_id) for other in others if other}
    pairs |= {(story.ticket_id, into) for into in [id_of(went.get("ticket_id"))] if into}
    for ticket_id, into in sorted(pair for pair in pairs if pair[0] != pair[1]):
        story.rows.setdefault("ticket_change", []).append(
            table("ticket_change").row(
                source=story.source,
                ticket_id=ticket_id,
                change_id=f"merged into {into}",
                ordinal=story.next(),
                at=at,
                field="merged_into",
                value=into,
                actor=id_of(audit.get("author_id")),
                actor_kind=story.kind_of(id_of(audit.get("author_id")), "ticket_change.actor_kind"),
                updated_at=at,
            )
        )
