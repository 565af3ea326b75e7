"""What service a customer had in the first 90 days of paying, and whether they stayed after them.

Only what happened before day 90 tells the groups apart, and only what came after it is the
outcome: else those who stayed long would have had more of any service (immortal time).
"""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.subscription import CUSTOMER, OF_CUSTOMER, after
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import with_person

DAY = 86_400
LANDMARK_SECONDS = 90 * DAY
NO_SERVICE = ("test", "spam", "merged", "internal", "automated")


def landmark_fact(paying_fact: Relation, ticket_fact: Relation, person: Relation) -> Relation:
    """Each customer's first stretch of paying, with how they were served in its first 90 days."""
    rows = paying_fact.filter(paying_fact.ordinal == 1)
    rows = with_person(rows, person)
    rows = rows.mutate(landmark_at=after(rows.starts_at, LANDMARK_SECONDS))
    asked = ticket_fact.filter(
        ticket_fact.customer_id.notnull(),
        ticket_fact.first_message_at.notnull(),
        ticket_fact.demand.notin(NO_SERVICE).fill_null(True),
    )
    asked = with_person(asked, person)
    # A day without an answer is known when it is over, and an end without one when it comes.
    limit = after(asked.first_message_at, DAY)
    failed = ibis.least(limit, asked.unanswered_at.fill_null(limit))
    answered = (asked.first_reply_at <= failed).fill_null(False)
    told = asked.select(
        "person", asked_at="first_message_at", failed_at=ibis.ifelse(answered, None, failed)
    )
    place = (*CUSTOMER, "person", "starts_at", "landmark_at")
    both = rows.select(*place).inner_join(told, ["person"])
    both = both.filter(both.asked_at >= both.starts_at, both.asked_at < both.landmark_at)
    counted = both.group_by(*CUSTOMER).aggregate(
        contacts=both.count(),
        failures=(both.failed_at <= both.landmark_at).fill_null(False).cast("int64").sum(),
    )
    found = joined(rows, counted, CUSTOMER)
    stayed = found.ends_at.isnull() | (found.ends_at > found.landmark_at)
    return found.mutate(
        contacts=found.contacts.fill_null(0),
        failures=found.failures.fill_null(0),
        stayed=stayed,
        after_seconds=ibis.ifelse(stayed, seconds_between(found.landmark_at, found.ends_at), None),
    )


COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Who.",
    person="text: The person over all systems.",
    plan="text: The plan at the start.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    starts_at="instant: When the customer first paid.",
    landmark_at="instant: 90 days later.",
    ends_at="instant: When the customer left, after the grace; empty while it lasts.",
    stayed="flag: Whether the customer still paid after 90 days.",
    after_seconds="whole: How long after that the customer left; empty while it lasts.",
    contacts="whole: Tickets in which the customer asked for something in the first 90 days.",
    failures="whole: Of these, how many were not answered within a day, or never.",
)

FACTS = [
    Fact(
        "landmark_fact",
        "Each customer's first stretch of paying, with the service had in its first 90 days.",
        one_row_per="customer who ever paid",
        key=CUSTOMER,
        bucket="customer_id",
        reads=("paying_fact", "ticket_fact"),
        columns=COLUMNS,
        build=landmark_fact,
        dimensions={"source": "source", "plan": "plan", **OF_CUSTOMER},
        persons=True,
    )
]
