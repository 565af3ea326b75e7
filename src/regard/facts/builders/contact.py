"""One row a contact: a ticket, call, chat, post, or a chaser, each approach once."""

import ibis
from ibis.expr.types import StringValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.approaches import approaches, twice_on_networks
from regard.facts.contact_reach import contact_reach
from regard.facts.expressions import DAY, is_one_of, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import CUSTOMER, with_person
from regard.facts.shelves import with_has_article

TICKET = ("source", "ticket_id")
CONTACT = ("source", "contact_kind", "contact_id")
MANY, WEEK_SECONDS = 20, 7 * DAY
"""More contacts than that within a week make an identity a shared one."""
WHO = ("country", "language", "kind", "plan")
HELD = ("resolved_at", "last_solved_at", "unanswered_at", "is_open", "observed")
CHAIN = 6
"""Doublings by which chains of tickets that follow one another are walked: up to 64 of them."""


def contact_fact(
    ticket_fact: Relation,
    chaser_fact: Relation,
    call_fact: Relation,
    call: Relation,
    chat_session: Relation,
    post_fact: Relation,
    reading: Relation,
    complaint: Relation,
    customer: Relation,
    article: Relation,
    person: Relation,
) -> Relation:
    """Every approach of customers with its person, its matter and how that ended."""
    rows = approaches(ticket_fact, chaser_fact, call_fact, call, chat_session, post_fact)
    rows = with_person(rows, person)
    rows = rows.filter(~twice_on_networks(rows))
    rows = joined(rows, _matters(ticket_fact), TICKET)
    rows = _with_topic(rows, reading)
    rows = joined(rows, _refunds(complaint), TICKET)
    rows = rows.mutate(resolved_at=_resolved_at(rows))
    rows = rows.mutate(observed=rows.observed.fill_null(False))
    rows = rows.mutate(outcome=ibis.ifelse(rows.observed, None, _outcome(rows)))
    rows = _with_shared(_with_customer(rows, customer, person))
    rows = with_has_article(rows, article)
    return rows.mutate(
        identified=rows.person.notnull(),
        agent=ibis.coalesce(rows.own_agent, rows.ticket_agent),
        team=ibis.coalesce(rows.own_team, rows.ticket_team),
    )


def _matters(tickets: Relation) -> Relation:
    """What is known of the ticket that a contact belongs to, and the first one of its chain."""
    rows = joined(tickets, _roots(tickets), TICKET)
    rows = rows.mutate(root=ibis.coalesce(rows.root, rows.ticket_id))
    first = tickets.select("source", root="ticket_id", root_topic="type")
    rows = joined(rows, first, ("source", "root"))
    return rows.select(
        *TICKET,
        *HELD,
        "root_topic",
        "product",
        matter="root",
        ticket_topic="type",
        ticket_agent=ibis.coalesce(rows.solved_by, rows.first_reply_by, rows.agent),
        ticket_team=ibis.coalesce(rows.solved_team, rows.first_reply_team, rows.team),
        ticket_country="country",
        ticket_language="language",
        escalated=rows.escalations > 0,
        reopened=rows.reopens > 0,
    )


def _roots(tickets: Relation) -> Relation:
    """The first ticket of the chain that each ticket which follows another belongs to."""
    links = tickets.filter(tickets.follows.notnull()).select(*TICKET, root="follows")
    for _ in range(CHAIN):
        ahead = links.select("source", root="ticket_id", beyond="root")
        both = joined(links, ahead, ("source", "root"))
        links = both.select(*TICKET, root=ibis.coalesce(both.beyond, both.root))
    return links


def _with_topic(rows: Relation, reading: Relation) -> Relation:
    """The source's own kind of matter, else what the newest reader found."""
    read = reading.filter(
        reading.kind == "type",
        reading.subject.isin(("ticket", "call", "post")),
        reading.value.notnull(),
    )
    newest = ibis.window(
        group_by=("source", "subject", "subject_id"), order_by=[read.version.desc(), read.part]
    )
    read = read.mutate(back=ibis.row_number().over(newest))
    read = read.filter(read.back == 0)
    of_own = read.select(
        "source", contact_kind="subject", contact_id="subject_id", own_read="value"
    )
    of_ticket = read.filter(read.subject == "ticket")
    of_ticket = of_ticket.select("source", ticket_id="subject_id", ticket_read="value")
    rows = joined(joined(rows, of_own, CONTACT), of_ticket, TICKET)
    own = ibis.coalesce(rows.own_topic, rows.ticket_topic, rows.own_read, rows.ticket_read)
    linked = ibis.coalesce(rows.root_topic, own)
    return rows.mutate(topic=_first_label(own), matter_topic=_first_label(linked))


def _first_label(told: StringValue) -> StringValue:
    """The first of several labels parted by `;`."""
    label: StringValue = told.split(";")[0].strip()
    return label.nullif("")


def _refunds(complaint: Relation) -> Relation:
    """The tickets of complaints that were made good in money."""
    given = complaint.filter(complaint.carrier == "ticket", complaint.remedy == "refund")
    return given.select("source", ticket_id="carrier_id", refunded=ibis.literal(True)).distinct()


def _resolved_at(rows: Relation) -> TimestampValue:
    """When the matter was resolved: by its ticket, else with the end of what was answered.

    Of a ticket solved before this contact came, the last solve counts, if it still stands.
    """
    known = rows.is_open.notnull()
    stays = ibis.ifelse(rows.resolved_at >= rows["at"], rows.resolved_at, None)
    again = ~rows.is_open & (rows.last_solved_at >= rows["at"])
    later = ibis.ifelse(again, rows.last_solved_at, None)
    alone = ibis.ifelse(rows.answered, ibis.coalesce(rows.ended_at, None), None)
    told = ibis.coalesce(stays, later)
    spoken = rows.contact_kind.isin(("call", "chat"))
    after = ~rows.is_open & (rows.last_solved_at < rows["at"])
    # Somebody who rings about what is solved is served by the call itself.
    own = ibis.ifelse(spoken & after.fill_null(False), alone, None)
    found: TimestampValue = ibis.ifelse(known, ibis.coalesce(told, own), alone)
    return found


def _outcome(rows: Relation) -> StringValue:
    """The first that holds of refunded, escalated, unanswered, reopened, solved, unsolved, open."""
    on_ticket = rows.is_open.notnull()
    over = ~rows.is_open.fill_null(False)
    spoke = is_one_of(rows.contact_kind, ("call", "chat"))
    nobody = ibis.ifelse(
        spoke | ~on_ticket, ~rows.answered & (over | spoke), rows.unanswered_at.notnull()
    )
    return ibis.cases(
        (rows.refunded.fill_null(False), "refunded"),
        (rows.escalated.fill_null(False), "escalated"),
        (nobody, "unanswered"),
        (rows.reopened.fill_null(False), "reopened"),
        (rows.resolved_at.notnull(), "solved"),
        (on_ticket & over, "unsolved"),
        else_="open",
    )


def _with_customer(rows: Relation, customer: Relation, person: Relation) -> Relation:
    """What is known of who it was: by their own row, another of the same person's, the ticket."""
    own = customer.select(*CUSTOMER, **{f"own_{name}": customer[name] for name in WHO})
    known = with_person(customer, person)
    whole = known.group_by("person").aggregate(**{f"any_{name}": known[name].max() for name in WHO})
    rows = joined(joined(rows, own, CUSTOMER), whole, ("person",))
    told: dict[str, Value] = {
        name: ibis.coalesce(rows[f"own_{name}"], rows[f"any_{name}"]) for name in WHO
    }
    for name in ("country", "language"):
        told[name] = ibis.coalesce(told[name], rows[f"ticket_{name}"])
    return rows.mutate(**told)


def _with_shared(rows: Relation) -> Relation:
    """Whether the person had more than MANY contacts within some week: then it is no one person."""
    placed = ibis.window(group_by=rows.person, order_by=[rows["at"], *(rows[k] for k in CONTACT)])
    before = rows["at"].lag(MANY).over(placed)
    dense = (seconds_between(before, rows["at"]) < WEEK_SECONDS).fill_null(False)
    rows = rows.mutate(dense=(dense & rows.person.notnull()).cast("int64"))
    many = rows.dense.max().over(ibis.window(group_by=rows.person))
    return rows.mutate(shared=(many > 0).fill_null(False) & rows.person.notnull())


COLUMNS = columns(
    source="text: The system.",
    contact_kind="text: ticket, call, chat, post or chaser.",
    contact_id="text: Its id: of the ticket, call, chat or post; of a chaser ticket/message.",
    at="instant: When the customer came.",
    customer_id="text: Who, in that system.",
    person="text: Who, over all systems; empty where nobody knows.",
    identified="flag: Whether it is known who it was.",
    shared="flag: Whether the identity has more than 20 contacts within some week.",
    channel="text: How they came: email, web, chat, phone, social …",
    topic="text: What about, in the source's words or as read; of several the first.",
    matter="text: The first ticket of those linked to this one; empty without a ticket.",
    matter_topic="text: What that first ticket is about, else this contact's topic.",
    ticket_id="text: The ticket.",
    call_id="text: The call.",
    article_id="text: The article it was started from.",
    has_article="flag: Whether an article on its topic stood in a help centre then; empty without "
    "a topic, or without articles on any.",
    team="text: The team credited: that solved or answered it, or took the call.",
    agent="text: The person credited.",
    answered="flag: Whether a person of ours answered.",
    abandoned="flag: Whether they left the call or chat before.",
    resolved_at="instant: When the matter was resolved: its ticket, else the answered call or "
    "chat at its end, the post at our reply.",
    outcome="text: refunded, escalated, unanswered, reopened, solved, unsolved or open; empty "
    "where the history of its ticket is not known.",
    observed="flag: Whether only the last state of its ticket is known, and no history of it.",
    product="text: The product.",
    country="text: The customer's country, else the ticket's.",
    language="text: The customer's language, else the ticket's.",
    kind="text: person or company.",
    plan="text: The customer's plan.",
)

DIMENSIONS = {
    name: name
    for name in (
        "source",
        "contact_kind",
        "channel",
        "topic",
        "team",
        "agent",
        "product",
        "country",
        "language",
        "kind",
        "plan",
        "outcome",
        "article_id",
    )
}

FACTS = [
    Fact(
        "contact_fact",
        "Each approach by a customer, over all channels and once: what rates of contact count.",
        one_row_per="contact",
        key=CONTACT,
        bucket="contact_id",
        reads=(
            "ticket_fact",
            "chaser_fact",
            "call_fact",
            "call",
            "chat_session",
            "post_fact",
            "reading",
            "complaint",
            "customer",
            "article",
        ),
        made_of=("ticket_fact", "call_fact", "chat_session", "post_fact"),
        columns=COLUMNS,
        build=contact_fact,
        dimensions={**DIMENSIONS, "type": "topic", "has_article": "has_article"},
        merges=True,
        persons=True,
        whose="person",
        reach=contact_reach,
    )
]
