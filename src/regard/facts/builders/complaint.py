"""One row a complaint: what a source recorded, and what was read as one and nobody recorded.

What carries a complaint (a ticket, call, review, post or answer) carries one, unless a source
recorded several. What was only read in words is acknowledged by our first answer after it, and
settled with its ticket or the follow-up of the answer; of a post or review nobody knows when.
"""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.status_span import DEFAULT_CALENDAR
from regard.facts.business_time import add_open_seconds
from regard.facts.carriers import CARRIER, carriers, read_as_complaints
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import CUSTOMER, with_person
from regard.store.engine import MOMENT

COMPLAINT = ("source", "complaint_id")
WHO = ("country", "language", "kind", "plan")
CLOCKS = {
    "acknowledge": "acknowledged_at",
    "unacknowledged": "unacknowledged_at",
    "settle": "settled_at",
    "drop": "dropped_at",
}
TOLD = (
    "complaint_id",
    "recorded",
    "received_at",
    "acknowledged_at",
    "settled_at",
    "dropped_at",
    "acknowledges",
    "settles",
    "cause",
    "remedy",
    "upheld",
)
SETTLING = ("ticket", "response")
"""Carriers of which it is known when a matter that they carry was settled."""


def complaint_fact(
    complaint: Relation,
    reading: Relation,
    message: Relation,
    ticket: Relation,
    ticket_fact: Relation,
    turn_fact: Relation,
    call_fact: Relation,
    review_fact: Relation,
    post_fact: Relation,
    response_fact: Relation,
    customer: Relation,
    person: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Every complaint once, with the person and what became of it."""
    known = carriers(ticket_fact, call_fact, review_fact, post_fact, response_fact)
    recorded = _recorded(complaint, ticket, post_fact)
    read = read_as_complaints(reading, message, post_fact).anti_join(recorded, list(CARRIER))
    rows = ibis.union(
        _completed(recorded, known), _found(read, known, turn_fact, review_fact, post_fact)
    )
    rows = with_person(_with_customer(rows, customer), person)
    rows = _with_again(rows)
    pairs = {f"{name}_open_seconds": ("received_at", end) for name, end in CLOCKS.items()}
    rows = rows.mutate(
        calendar_id=ibis.literal(DEFAULT_CALENDAR),
        unacknowledged_at=ibis.ifelse(
            rows.acknowledged_at.isnull(), ibis.coalesce(rows.settled_at, rows.dropped_at), None
        ),
    )
    took = {
        f"{name}_seconds": seconds_between(rows.received_at, rows[end])
        for name, end in CLOCKS.items()
    }
    return add_open_seconds(rows.mutate(**took), pairs, clock, editions)


def _recorded(complaint: Relation, ticket: Relation, post: Relation) -> Relation:
    """What sources recorded, carried by the ticket that speaks for a merged one, and by the first
    post of a thread.
    """
    rows = complaint.filter(complaint.received_at.notnull())
    merged = ticket.filter(ticket.merged_into.notnull()).select(
        "source", carrier=ibis.literal("ticket"), carrier_id="ticket_id", survivor="merged_into"
    )
    thread = post.filter(post.thread != post.post_id).select(
        "source", carrier=ibis.literal("post"), carrier_id="post_id", survivor="thread"
    )
    rows = joined(rows, ibis.union(merged, thread), CARRIER)
    by_source = ibis.window(group_by="source")
    settles = rows.settled_at.notnull().any().over(by_source)
    acknowledges = rows.acknowledged_at.notnull().any().over(by_source)
    # What was settled had been acknowledged by then, at the latest.
    first = ibis.least(rows.acknowledged_at, rows.settled_at)
    return rows.mutate(
        carrier_id=ibis.coalesce(rows.survivor, rows.carrier_id),
        recorded=ibis.literal(True),
        acknowledges=acknowledges,
        settles=settles,
        acknowledged_at=ibis.ifelse(
            acknowledges, ibis.greatest(first, rows.received_at), ibis.null(MOMENT)
        ),
        acknowledged=acknowledges & first.notnull(),
        settled_at=ibis.ifelse(
            rows.settled_at.notnull(), ibis.greatest(rows.settled_at, rows.received_at), None
        ),
        dropped_at=ibis.null(MOMENT),
    )


def _completed(recorded: Relation, known: Relation) -> Relation:
    """Recorded complaints with what their carrier knows besides."""
    told = known.select(*CARRIER, **{f"of_{name}": known[name] for name in OF_CARRIER})
    rows = joined(recorded, told, CARRIER)
    rows = rows.mutate(
        acknowledged_at=ibis.ifelse(rows.acknowledged, rows.acknowledged_at, None),
        customer_id=ibis.coalesce(rows.customer_id, rows.of_customer_id),
        channel=ibis.coalesce(rows.channel, rows.of_channel),
        team=ibis.coalesce(rows.team, rows.of_team),
        type=ibis.coalesce(rows.type, rows.of_type),
        demand=rows.of_demand,
        country=rows.of_country,
        language=rows.of_language,
    )
    return rows.select(*CARRIER, *OF_CARRIER, *TOLD)


def _found(
    read: Relation, known: Relation, turn: Relation, review: Relation, post: Relation
) -> Relation:
    """What was read as a complaint, with our first answer after it and its end."""
    rows = read.inner_join(known, list(CARRIER))
    rows = rows.mutate(received_at=ibis.coalesce(rows.said_at, rows.began_at))
    rows = joined(rows, _answers(rows, turn, review, post), CARRIER)
    first = ibis.ifelse(rows.settled_at >= rows.received_at, rows.settled_at, None)
    again = ibis.ifelse(rows.solved_at >= rows.received_at, rows.solved_at, None)
    settled = ibis.coalesce(first, again)
    lapsed = settled.isnull() & (rows.lapsed_at >= rows.received_at)
    rows = rows.mutate(
        complaint_id=rows.carrier + ibis.literal("/") + rows.carrier_id,
        recorded=ibis.literal(False),
        acknowledged_at=ibis.ifelse(rows.carrier == "response", rows.replied_at, rows.answer_at),
        settled_at=settled,
        dropped_at=ibis.ifelse(lapsed, rows.lapsed_at, None),
        acknowledges=ibis.literal(True),
        settles=rows.carrier.isin(SETTLING),
        cause=ibis.null("string"),
        remedy=ibis.null("string"),
        upheld=ibis.null("boolean"),
    )
    return rows.select(*CARRIER, *OF_CARRIER, *TOLD)


def _answers(rows: Relation, turn: Relation, review: Relation, post: Relation) -> Relation:
    """By carrier: our first answer by a person at or after the complaint."""
    answers = ibis.union(
        turn.select(
            "source",
            carrier=ibis.literal("ticket"),
            carrier_id=turn.ticket_id,
            answered_at=turn.replied_at,
        ),
        review.select(
            "source",
            carrier=ibis.literal("review"),
            carrier_id=review.review_id,
            answered_at=review.replied_at,
        ),
        post.select(
            "source",
            carrier=ibis.literal("post"),
            carrier_id=post.post_id,
            answered_at=post.replied_at,
        ),
    )
    both = rows.select(*CARRIER, "received_at").inner_join(answers, list(CARRIER))
    both = both.filter(both.answered_at >= both.received_at)
    return both.group_by(*CARRIER).aggregate(answer_at=both.answered_at.min())


def _with_customer(rows: Relation, customer: Relation) -> Relation:
    """What is known of who complained, where it is not known of their ticket alone."""
    told = customer.select(*CUSTOMER, **{f"own_{name}": customer[name] for name in WHO})
    rows = joined(rows, told, CUSTOMER)
    return rows.mutate(
        country=ibis.coalesce(rows.own_country, rows.country),
        language=ibis.coalesce(rows.own_language, rows.language),
        kind=rows.own_kind,
        plan=rows.own_plan,
    )


def _with_again(rows: Relation) -> Relation:
    """When the same person next complained of the same kind of matter."""
    order = [rows.received_at, rows.source, rows.complaint_id]
    following = ibis.window(group_by=[rows.person, rows.type], order_by=order)
    known = rows.person.notnull() & rows.type.notnull()
    rows = rows.mutate(again_at=ibis.ifelse(known, rows.received_at.lead().over(following), None))
    return rows.mutate(again_seconds=seconds_between(rows.received_at, rows.again_at))


OF_CARRIER = ("customer_id", "channel", "team", "type", "demand", "country", "language")

COLUMNS = columns(
    source="text: The system.",
    complaint_id="text: Its id; of one that was only read: what carried it, and the id there.",
    recorded="flag: Whether a source recorded it; else it was read in what somebody wrote.",
    carrier="text: What carried it: ticket, call, review, post, response.",
    carrier_id="text: The id there.",
    customer_id="text: Who, in that system.",
    person="text: Who, over all systems; empty where nobody knows.",
    type="text: The kind of matter.",
    channel="text: How it came.",
    team="text: Who handles it.",
    demand="text: The label of the ticket that carried it.",
    cause="text: Why.",
    remedy="text: What was done.",
    upheld="flag: Whether it was right; empty while that is not decided.",
    received_at="instant: When it came.",
    acknowledged_at="instant: When it was acknowledged; of one that was only read: our first "
    "answer by a person.",
    unacknowledged_at="instant: When it ended without.",
    settled_at="instant: When it was settled.",
    dropped_at="instant: When its ticket ended unsolved.",
    acknowledge_seconds="whole: From its coming to its acknowledgement.",
    acknowledge_open_seconds="whole: From its coming to its acknowledgement, in opening hours.",
    unacknowledged_seconds="whole: From its coming to an end without acknowledgement.",
    unacknowledged_open_seconds="whole: From its coming to an end without acknowledgement, in "
    "opening hours.",
    settle_seconds="whole: From its coming to its settlement.",
    settle_open_seconds="whole: From its coming to its settlement, in opening hours.",
    drop_seconds="whole: From its coming to an end of its ticket unsolved.",
    drop_open_seconds="whole: From its coming to an end of its ticket unsolved, in opening hours.",
    acknowledges="flag: Whether its source keeps when complaints are acknowledged.",
    settles="flag: Whether its source keeps when complaints are settled.",
    again_at="instant: When the same person next complained of the same kind of matter.",
    again_seconds="whole: From its coming until then.",
    country="text: The customer's country, else the ticket's.",
    language="text: The customer's language, else the ticket's.",
    kind="text: person or company.",
    plan="text: The customer's plan.",
    calendar_id="text: The opening hours that hold for it.",
)

FACTS = [
    Fact(
        "complaint_fact",
        "Each complaint over all channels and once, with what became of it.",
        one_row_per="complaint",
        key=COMPLAINT,
        bucket="complaint_id",
        reads=(
            "complaint",
            "reading",
            "message",
            "ticket",
            "ticket_fact",
            "turn_fact",
            "call_fact",
            "review_fact",
            "post_fact",
            "response_fact",
            "customer",
        ),
        made_of=("complaint", "reading"),
        columns=COLUMNS,
        build=complaint_fact,
        dimensions={
            name: name
            for name in (
                "source",
                "type",
                "channel",
                "team",
                "carrier",
                "recorded",
                "cause",
                "remedy",
                "upheld",
                "country",
                "language",
                "kind",
                "plan",
            )
        },
        opening_hours=True,
        merges=True,
        persons=True,
    )
]
