"""Who spoke in a ticket: what asks for an answer, and what is one.

A customer asks by a public message, a voicemail, a missed call, or by entering the queue of a live
chat. A person of ours answers by a public message, by the first line of a chat, or by a call back
that was connected. Machines (bots, rules, automatic replies) neither ask nor answer.
"""

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import is_one_of, joined

TICKET = ("source", "ticket_id")
UNANSWERED_CALLS = ("voicemail", "abandoned", "closed_hours", "blocked")


def asked(message: Relation, reading: Relation, call: Relation, chat: Relation) -> Relation:
    """What asks for an answer: ticket, `at`, `ordinal`, `event_id`, whether it is a mere `thanks`.

    In a live chat only what is said from the human queue on asks people; before, a bot is asked.
    """
    said = said_by_customers(message, reading)
    queued = chat.filter(chat.ticket_id.notnull(), chat.queued_at.notnull())
    entries = queued.group_by(*TICKET).aggregate(queued_at=queued.queued_at.min())
    said = joined(said, entries, TICKET)
    said = said.filter(said.queued_at.isnull() | (said.sent_at >= said.queued_at))
    rang = call.filter(
        call.ticket_id.notnull(),
        call.direction.fill_null("inbound") == "inbound",
        is_one_of(call.outcome, UNANSWERED_CALLS),
    )
    return ibis.union(
        said.select(
            *TICKET,
            at=said.sent_at,
            ordinal=said.ordinal.fill_null(0),
            event_id=said.message_id,
            thanks=said.thanks,
        ),
        entries.select(
            *TICKET,
            at=entries.queued_at,
            ordinal=ibis.literal(-1, "int64"),
            event_id=ibis.literal("chat"),
            thanks=ibis.literal(False),
        ),
        rang.select(
            *TICKET,
            at=rang.arrived_at,
            ordinal=ibis.literal(0, "int64"),
            event_id=ibis.literal("call ") + rang.call_id,
            thanks=ibis.literal(False),
        ),
    )


def answered(message: Relation, agent: Relation, call: Relation, chat: Relation) -> Relation:
    """What answers: ticket, `at`, `ordinal`, `event_id`, and `by` whom."""
    said = said_by_people(message, agent)
    lines = chat.filter(chat.ticket_id.notnull(), chat.first_line_at.notnull())
    back = call.filter(
        call.ticket_id.notnull(), call.direction == "outbound", call.outcome == "answered"
    )
    return ibis.union(
        said.select(
            *TICKET,
            at=said.sent_at,
            ordinal=said.ordinal.fill_null(0),
            event_id=said.message_id,
            by=said.author,
        ),
        lines.select(
            *TICKET,
            at=lines.first_line_at,
            ordinal=ibis.literal(0, "int64"),
            event_id=ibis.literal("chat"),
            by=lines.agent,
        ),
        back.select(
            *TICKET,
            at=back.arrived_at,
            ordinal=ibis.literal(0, "int64"),
            event_id=ibis.literal("call ") + back.call_id,
            by=ibis.null("string"),
        ),
    )


def said_by_customers(message: Relation, reading: Relation) -> Relation:
    """Public messages by customers, each with whether it is a mere `thanks`."""
    said = message.filter(
        message.public.fill_null(True),
        message.author_kind == "customer",
        ~message.automatic.fill_null(False),
    )
    said = joined(said, _thanks(reading), (*TICKET, "message_id"))
    return said.mutate(thanks=said.thanks.fill_null(False))


def said_by_people(message: Relation, agent: Relation) -> Relation:
    """Public messages by people of ours: no bots, no rules, no automatic replies."""
    said = message.filter(
        message.public.fill_null(True),
        message.author_kind == "agent",
        ~message.automatic.fill_null(False),
    )
    return said.anti_join(_bots(agent), ["source", "author"])


def said_by_machines(message: Relation, agent: Relation) -> Relation:
    """Public messages by bots, rules and auto-replies of ours."""
    bots = _bots(agent).mutate(is_bot=ibis.literal(True))
    said = joined(message.filter(message.public.fill_null(True)), bots, ("source", "author"))
    ours = (said.author_kind != "customer").fill_null(True)
    machine = (
        said.automatic.fill_null(False)
        | is_one_of(said.author_kind, ("bot", "system"))
        | said.is_bot.fill_null(False)
    )
    return said.filter(ours & machine)


def _bots(agent: Relation) -> Relation:
    bots = agent.filter(agent.bot.fill_null(False))
    return bots.select("source", author=bots.agent_id).distinct()


def _thanks(reading: Relation) -> Relation:
    """Whether a message is a mere thanks, by the newest reading; unsure is no."""
    read = reading.filter(reading.subject == "message", reading.kind == "thanks")
    newest = ibis.window(group_by=("source", "subject_id", "part"), order_by=[read.version.desc()])
    last = read.mutate(back=ibis.row_number().over(newest))
    last = last.filter(last.back == 0)
    return last.select(
        "source",
        ticket_id=last.subject_id,
        message_id=last.part,
        thanks=(last.value == "yes").fill_null(False),
    )
