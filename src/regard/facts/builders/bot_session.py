"""One row a conversation with a bot: how it ended, and whether people were needed all the same."""

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.schema import columns
from regard.facts.expressions import DAY, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import CUSTOMER, with_person
from regard.store.engine import MOMENT

SESSION = ("source", "session_id")
TICKET = ("source", "ticket_id")
WHO = ("country", "kind", "plan")
AFTER_SECONDS = 7 * DAY
"""Within how long a contact with people tells that the bot did not do."""


def bot_session_fact(
    bot_session: Relation,
    contact_fact: Relation,
    ticket_fact: Relation,
    customer: Relation,
    person: Relation,
) -> Relation:
    """Each conversation with the contact that followed it and the first words of a person."""
    rows = with_person(bot_session, person)
    rows = joined(rows, customer.select(*CUSTOMER, *WHO), CUSTOMER)
    rows = joined(rows, _next_contacts(rows, contact_fact), SESSION)
    rows = joined(rows, _shared(contact_fact), ("person",))
    rows = joined(rows, _became(ticket_fact), TICKET)
    after = seconds_between(rows.started_at, rows.next_at)
    followed = (after <= AFTER_SECONDS).fill_null(False)
    handed = rows.handed_over_at.notnull()
    human_at = ibis.coalesce(rows.human_at, rows.answered_at)
    spoke = handed & (human_at >= rows.handed_over_at).fill_null(False)
    left_at = ibis.coalesce(rows.gone_at, ibis.ifelse(rows.ticket_id.isnull(), rows.ended_at, None))
    gone = handed & ~spoke & (left_at >= rows.handed_over_at).fill_null(False)
    rows = rows.mutate(
        identified=rows.person.notnull(),
        shared=rows.shared.fill_null(False),
        topic=rows.type,
        contact_at=ibis.ifelse(followed, rows.next_at, None),
        contact_kind=ibis.ifelse(followed, rows.next_kind, None),
        contained=rows.person.notnull() & ~followed & ~handed & rows.ticket_id.isnull(),
        handed_over=handed,
        human_at=ibis.ifelse(spoke, human_at, None),
        left_at=ibis.ifelse(gone, left_at, None),
    )
    return rows.mutate(
        human_seconds=seconds_between(rows.handed_over_at, rows.human_at),
        left_seconds=seconds_between(rows.handed_over_at, rows.left_at),
    )


def _next_contacts(sessions: Relation, contacts: Relation) -> Relation:
    """The first contact with people of the same person from the session's start on."""
    asks = sessions.filter(sessions.person.notnull()).select(
        *SESSION,
        "person",
        at="started_at",
        came=ibis.null(MOMENT),
        contact_kind=ibis.null("string"),
        asks=ibis.literal(0, "int64"),
    )
    known = contacts.filter(contacts.person.notnull())
    came = known.select(
        "source",
        "person",
        "at",
        "contact_kind",
        session_id=known.contact_kind + ibis.literal("/") + known.contact_id,
        came="at",
        asks=ibis.literal(1, "int64"),
    )
    told = ibis.union(asks, came.select(*asks.columns))
    order = [told["at"], told.asks, told.source, told.session_id]
    ahead = ibis.window(group_by=told.person, order_by=order, following=(1, None))
    told = told.mutate(
        next_at=told.came.min().over(ahead), next_kind=told.contact_kind.first().over(ahead)
    )
    return told.filter(told.asks == 0).select(*SESSION, "next_at", "next_kind")


def _shared(contacts: Relation) -> Relation:
    found = contacts.filter(contacts.shared).select("person").distinct()
    return found.mutate(shared=ibis.literal(True))


def _became(tickets: Relation) -> Relation:
    """When the ticket that a session became was answered, or ended without an answer."""
    kept = tickets.filter(tickets.demand != "merged")
    return kept.select(*TICKET, "team", answered_at="first_reply_at", gone_at="unanswered_at")


def answer_of_bot(rows: Relation) -> Value:
    """How it ended: resolved (confirmed), not_resolved, handed_over, abandoned, unconfirmed."""
    return ibis.cases(
        (rows.handed_over, "handed_over"),
        (rows.confirmed, "resolved"),
        ((~rows.confirmed).fill_null(False), "not_resolved"),
        (rows.outcome == "abandoned", "abandoned"),
        else_="unconfirmed",
    )


COLUMNS = columns(
    source="text: The system.",
    session_id="text: The conversation.",
    customer_id="text: Who, where known.",
    person="text: Who, over all systems; empty where nobody knows.",
    identified="flag: Whether it is known who it was.",
    shared="flag: Whether the identity has more than 20 contacts within some week.",
    started_at="instant: When it began.",
    ended_at="instant: When it ended.",
    handed_over_at="instant: When it was handed to people.",
    handed_over="flag: Whether it was.",
    human_at="instant: The first words of a person after that.",
    left_at="instant: When the customer left, or the ticket ended, without such words.",
    human_seconds="whole: From the hand-over to the first words of a person.",
    left_seconds="whole: From the hand-over until it ended without.",
    contact_at="instant: The person's first contact with people within 7 days of its beginning.",
    contact_kind="text: Of which kind: ticket, call, chat, post or chaser.",
    contained="flag: Whether nobody of ours was needed: no hand-over, ticket or contact followed.",
    confirmed="flag: Whether the customer said it was solved; empty where they said nothing.",
    outcome="text: resolved, handed_over, abandoned or unconfirmed, as the source says.",
    ticket_id="text: The ticket it became.",
    team="text: Which team holds that ticket.",
    channel="text: chat, phone, social …",
    topic="text: The kind of matter.",
    language="text: In which language.",
    country="text: The customer's country.",
    kind="text: person or company.",
    plan="text: The customer's plan.",
)

FACTS = [
    Fact(
        "bot_session_fact",
        "Each conversation with a bot: its end, and whether people were needed all the same.",
        one_row_per="conversation with a bot",
        key=SESSION,
        bucket="session_id",
        reads=("bot_session", "contact_fact", "ticket_fact", "customer"),
        columns=COLUMNS,
        build=bot_session_fact,
        dimensions={
            **{
                name: name
                for name in (
                    "source",
                    "channel",
                    "topic",
                    "language",
                    "country",
                    "kind",
                    "plan",
                    "team",
                    "outcome",
                    "contact_kind",
                )
            },
            "type": "topic",
        },
        persons=True,
        words={"bot_end": answer_of_bot},
    )
]
