"""One row a person who was asked, or could have been and was not, with the steps of the funnel."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import count_where, is_one_of, joined
from regard.facts.fact import Fact
from regard.facts.surveyed import (
    DIMENSIONS,
    OURS,
    SEVERAL,
    SUBJECT_COLUMNS,
    credited,
    is_about_one,
    with_subject,
    with_survey,
)

INVITATION = ("source", "invitation_id")
STEPS = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at", "commented_at")
"""The steps in their order: a later one implies all before it, where a source kept no instant."""


def invitation_fact(
    invitation: Relation,
    survey: Relation,
    response: Relation,
    answer_fact: Relation,
    ticket_fact: Relation,
    call_fact: Relation,
    customer: Relation,
) -> Relation:
    """Each invitation with how far it came; what was only dismissed was not answered."""
    rows = with_survey(invitation, survey)
    rows = rows.filter(~is_one_of(rows.survey_kind, OURS))
    rows = joined(joined(rows, _responses(response), INVITATION), _rating(answer_fact), INVITATION)
    only_dismissed = (rows.dismissals.fill_null(0) > 0) & rows.responded_at.isnull()
    answered = ibis.coalesce(rows.responded_at, rows.answered_at)
    rows = rows.mutate(
        answered_at=ibis.ifelse(only_dismissed, None, answered),
        started_at=ibis.coalesce(rows.started_at, rows.dismissed_at),
        credited_to=credited(rows.credited_to),
        sampled_out=rows.sampled_out.fill_null(False),
    )
    implied = {
        name: ibis.coalesce(*[rows[later] for later in STEPS[place:]])
        for place, name in enumerate(STEPS)
    }
    rows = rows.mutate(**implied)
    rows = rows.mutate(eligible_at=ibis.coalesce(rows.eligible_at, rows.sent_at))
    rows = with_subject(rows, ticket_fact, call_fact, customer)
    return rows.mutate(transactional=is_about_one(rows))


def _responses(response: Relation) -> Relation:
    """By invitation: when it was first answered, and whether it was dismissed."""
    rows = response.filter(response.invitation_id.notnull())
    dismissed = rows.dismissed.fill_null(False)
    return rows.group_by(*INVITATION).aggregate(
        responded_at=rows["at"].min(where=~dismissed),
        dismissed_at=rows["at"].min(where=dismissed),
        dismissals=count_where(dismissed),
    )


def _rating(answers: Relation) -> Relation:
    """By invitation: how many answers on satisfaction there are, and how many in the top boxes."""
    rows = answers.filter(
        answers.invitation_id.notnull(), answers.kind == "csat", answers.top_box.notnull()
    )
    return rows.group_by(*INVITATION).aggregate(
        ratings=rows.count(), top_ratings=count_where(rows.top_box)
    )


COLUMNS = (
    *columns(
        source="text: The system.",
        invitation_id="text: The invitation.",
        eligible_at="instant: When the person could be asked; where unknown, when they were.",
        sampled_out="flag: Whether they were left out by chance.",
        suppressed_reason="text: quiet_time, opt_out, bounced: why they were not asked.",
        sent_at="instant: When it was sent; a later step implies this and those between.",
        delivered_at="instant: When it was delivered.",
        opened_at="instant: When it was opened.",
        started_at="instant: When answering began, or it was dismissed.",
        answered_at="instant: When it was answered; empty where it was only dismissed.",
        commented_at="instant: When words were added.",
        ratings="whole: How many answers on satisfaction came of it.",
        top_ratings="whole: How many of them are in the top boxes.",
    ),
    *SUBJECT_COLUMNS,
)

FACTS = [
    Fact(
        "invitation_fact",
        "Each person asked, or not asked and why, and how far the invitation came.",
        one_row_per="invitation",
        key=INVITATION,
        bucket="invitation_id",
        reads=(
            "invitation",
            "survey",
            "response",
            "answer_fact",
            "ticket_fact",
            "call_fact",
            "customer",
        ),
        columns=COLUMNS,
        build=invitation_fact,
        dimensions={**DIMENSIONS, "suppressed_reason": "suppressed_reason"},
        several=SEVERAL,
    )
]
