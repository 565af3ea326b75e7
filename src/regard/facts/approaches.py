"""What approaches us: tickets, calls, chats, posts and chasers as rows of one shape.

Calls that ended as served in the menu, that are tests, or that were given up within 5 seconds in
the queue are no approach to people; a chat that never asked for people is none either. A blocked
caller, or one who rang while we were closed, came to us in vain, and that is one. A ticket that
people of ours opened in writing is our approach to the customer.
"""

from typing import Any

import ibis
from ibis.expr.types import BooleanValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import DAY, any_of, is_one_of, joined, seconds_between
from regard.store.engine import MOMENT

TICKET = ("source", "ticket_id")
CALL = ("source", "call_id")
NO_APPROACH = ("test", "ivr_served", "ivr_unknown")
"""Outcomes of calls that asked nobody of ours, or of which nobody knows whether they did."""
NOT_SERVICE = ("test", "spam", "merged", "internal", "automated")
"""Labels of tickets that are no contacts (METRICS rule 12)."""
SHORT_SECONDS = 5
EARLY, LATE = 300, DAY
"""Seconds before a call or chat began, and after it ended, in which its ticket is opened."""
WRITTEN = ("email", "web", "chat", "social", "marketplace", "api", "other")
SHAPE: dict[str, Any] = {
    "source": "string",
    "contact_kind": "string",
    "contact_id": "string",
    "at": MOMENT,
    "customer_id": "string",
    "channel": "string",
    "own_topic": "string",
    "own_agent": "string",
    "own_team": "string",
    "ticket_id": "string",
    "call_id": "string",
    "article_id": "string",
    "answered": "boolean",
    "abandoned": "boolean",
    "ended_at": MOMENT,
}
"""The columns of every approach. ended_at: when it was over in itself, where somebody answered."""


def approaches(
    tickets: Relation,
    chasers: Relation,
    calls: Relation,
    call: Relation,
    chat: Relation,
    posts: Relation,
) -> Relation:
    """All of them in SHAPE, those that are one approach in two records once.

    tickets, chasers, calls, posts: facts. call, chat: event tables, which name the ticket that
    speaks for a merged one.
    """
    rang = _calls(calls, call)
    chatted = _chats(chat)
    opened = _tickets(tickets)
    carried = ibis.union(
        _carried(opened, rang.mutate(over=rang.stopped_at), ("phone",)),
        _carried(opened, chatted.mutate(over=chatted.stopped_at), ("chat",)),
    )
    opened = opened.anti_join(carried, list(TICKET))
    rows = [_shaped(each) for each in (opened, rang, chatted, _posts(posts))]
    served = tickets.filter(tickets.demand.notin(NOT_SERVICE)).select(*TICKET)
    chased = _shaped(_chasers(chasers)).semi_join(served, list(TICKET))
    return ibis.union(*rows, chased)


def _shaped(rows: Relation) -> Relation:
    """The columns of SHAPE, those that rows lack empty."""
    return rows.select(
        **{
            name: (rows[name] if name in rows.columns else ibis.null()).cast(kind)
            for name, kind in SHAPE.items()
        }
    )


def _tickets(tickets: Relation) -> Relation:
    ours = is_one_of(tickets.created_by_kind, ("agent",)) & is_one_of(tickets.channel, WRITTEN)
    rows = tickets.filter(tickets.demand.notin(NOT_SERVICE), ~ours)
    return rows.mutate(
        contact_kind=ibis.literal("ticket"),
        contact_id=rows.ticket_id,
        at=rows.created_at,
        own_topic=rows.type,
        own_agent=ibis.coalesce(rows.solved_by, rows.first_reply_by, rows.agent),
        own_team=ibis.coalesce(rows.solved_team, rows.first_reply_team, rows.team),
        answered=rows.first_reply_at.notnull() | (rows.answered_calls > 0),
        abandoned=ibis.literal(False),
    )


def _chasers(chasers: Relation) -> Relation:
    return chasers.mutate(
        contact_kind=ibis.literal("chaser"),
        contact_id=chasers.ticket_id + ibis.literal("/") + chasers.message_id,
        own_topic=chasers.type,
        own_agent=ibis.coalesce(chasers.answered_by, chasers.agent),
        own_team=ibis.coalesce(chasers.answered_team, chasers.team),
        answered=chasers.replied_at.notnull(),
        abandoned=ibis.literal(False),
    )


def _calls(calls: Relation, call: Relation) -> Relation:
    """Calls to us, but for those that asked nobody."""
    matter = call.select(*CALL, "ticket_id")
    rows = joined(calls.drop("ticket_id"), matter, CALL)
    left = is_one_of(rows.outcome, ("abandoned",))
    short = left & ~rows.callback & (rows.wait_seconds <= SHORT_SECONDS).fill_null(False)
    inbound = rows.direction.fill_null("inbound") == "inbound"
    rows = rows.filter(inbound, ~is_one_of(rows.outcome, NO_APPROACH), ~short)
    answered = is_one_of(rows.outcome, ("answered",))
    return rows.mutate(
        contact_kind=ibis.literal("call"),
        contact_id=rows.call_id,
        at=rows.arrived_at,
        channel=ibis.literal("phone"),
        own_topic=rows.type,
        own_agent=rows.agent,
        own_team=rows.queue,
        answered=answered,
        abandoned=is_one_of(rows.outcome, ("abandoned",)),
        ended_at=ibis.ifelse(answered, rows.ended_at, None),
        stopped_at=rows.ended_at,
    )


def _chats(chat: Relation) -> Relation:
    """Live chats in which people were asked for."""
    rows = chat.filter(
        any_of(*(chat[name].notnull() for name in ("queued_at", "accepted_at", "first_line_at")))
    )
    answered = rows.first_line_at.notnull()
    over = ibis.coalesce(rows.ended_at, rows.left_at)
    return rows.mutate(
        contact_kind=ibis.literal("chat"),
        contact_id=rows.session_id,
        at=rows.started_at,
        channel=ibis.literal("chat"),
        own_agent=rows.agent,
        own_team=rows.team,
        answered=answered,
        abandoned=~answered & rows.left_at.notnull(),
        ended_at=ibis.ifelse(answered, over, None),
        stopped_at=over,
    )


def _carried(opened: Relation, told: Relation, channels: tuple[str, ...]) -> Relation:
    """The tickets that are but the record of a call or chat: opened by us around it."""
    told = told.filter(told.ticket_id.notnull())
    told = told.select(*TICKET, began="at", over="over")
    record = is_one_of(opened.channel, channels) | is_one_of(
        opened.created_by_kind, ("agent", "bot", "system")
    )
    both = opened.filter(record).select(*TICKET, "created_at").inner_join(told, list(TICKET))
    since: Value = seconds_between(both.began, both.created_at)
    until: Value = seconds_between(ibis.coalesce(both.over, both.began), both.created_at)
    return both.filter(since >= -EARLY, until <= LATE).select(*TICKET).distinct()


def _posts(posts: Relation) -> Relation:
    """What customers write to us on networks: mentions, not their answers to what we replied."""
    rows = posts.filter(posts.is_mention)
    return rows.mutate(
        contact_kind=ibis.literal("post"),
        contact_id=rows.post_id,
        channel=ibis.literal("social"),
        own_agent=rows.replied_by,
        answered=rows.replied_at.notnull(),
        abandoned=ibis.literal(False),
        ended_at=rows.replied_at,
    )


def twice_on_networks(rows: Relation) -> BooleanValue:
    """Whether a ticket of a network's is but the record of a post that its person wrote that day.

    rows: with `person`. No source links the two, so whose it is and when must do.
    """
    order = [rows["at"], rows.contact_kind, rows.contact_id]
    past = ibis.window(group_by=rows.person, order_by=order, preceding=None, following=0)
    wrote = ibis.ifelse(rows.contact_kind == "post", rows["at"], None)
    last: TimestampValue = wrote.max().over(past)
    social = (rows.contact_kind == "ticket") & is_one_of(rows.channel, ("social",))
    near = (seconds_between(last, rows["at"]) <= DAY).fill_null(False)
    return social & rows.person.notnull() & near
