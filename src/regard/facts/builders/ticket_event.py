"""One row per thing that happened to a ticket: its creation, a change, a message."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.fact import Fact
from regard.facts.labels import with_last_told

TICKET = ("source", "ticket_id")


def ticket_event_fact(
    ticket: Relation, ticket_change: Relation, message: Relation, agent: Relation
) -> Relation:
    """Creations, changes and messages in one list."""
    created = ticket.select(
        *TICKET,
        event_id=ibis.literal("created"),
        at="created_at",
        kind=ibis.literal("created"),
        field=ibis.null("string"),
        by="created_by",
        by_kind="created_by_kind",
        public=ibis.null("boolean"),
        automatic=ibis.null("boolean"),
    )
    changed = ticket_change.select(
        *TICKET,
        event_id=ibis.literal("change ") + ticket_change.change_id,
        at="at",
        kind=ibis.literal("change"),
        field="field",
        by="actor",
        by_kind="actor_kind",
        public=ibis.null("boolean"),
        automatic=ibis.null("boolean"),
    )
    said = message.select(
        *TICKET,
        event_id=ibis.literal("message ") + message.message_id,
        at="sent_at",
        kind=ibis.literal("message"),
        field=ibis.null("string"),
        by="author",
        by_kind="author_kind",
        public=message.public.fill_null(True),
        automatic=message.automatic.fill_null(False),
    )
    events = ibis.union(created, changed, said)
    # Merged tickets keep their label: messages count once.
    told = with_last_told(ticket, ticket_change, "demand").select(
        *TICKET, "customer_id", "channel", "type", "product", "country", "demand"
    )
    rows = events.inner_join(told, list(TICKET))
    bots = agent.filter(agent.bot.fill_null(False)).select("source", by=agent.agent_id).distinct()
    named = rows.left_join(bots.mutate(is_bot=ibis.literal(True)), ["source", "by"])
    kind = ibis.ifelse(named.is_bot.fill_null(False), "bot", named.by_kind)
    return named.mutate(by_kind=kind, demand=named.demand.fill_null("real"))


COLUMNS = columns(
    source="text: The system.",
    ticket_id="text: The ticket.",
    event_id="text: Which of its events.",
    at="instant: When it happened.",
    kind="text: created, change or message.",
    field="text: The field that changed.",
    by="text: Who did it.",
    by_kind="text: agent, customer, bot or system.",
    public="flag: For a message: whether the customer could read it.",
    automatic="flag: For a message: whether a rule sent it.",
    customer_id="text: Who the ticket is for.",
    channel="text: Where the ticket came in.",
    type="text: The kind of matter at first.",
    product="text: The product.",
    country="text: The country.",
    demand="text: test, spam, duplicate, internal, automated or real; merged ones keep theirs.",
)

FACTS = [
    Fact(
        "ticket_event_fact",
        "Each thing that happened to a ticket: its creation, a change, a message.",
        one_row_per="event of a ticket",
        key=("source", "ticket_id", "event_id"),
        bucket="ticket_id",
        reads=("ticket", "ticket_change", "message", "agent"),
        columns=COLUMNS,
        build=ticket_event_fact,
        merges=True,
        dimensions={
            n: n for n in ("source", "channel", "type", "product", "country", "by_kind", "kind")
        }
        | {"agent": "by"},
    )
]
