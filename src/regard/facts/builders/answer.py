"""One row an answer that a customer gave, and one a response: all answers given at one time."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import count_where, is_one_of, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import with_person
from regard.facts.surveyed import (
    DIMENSIONS,
    OURS,
    SEVERAL,
    SUBJECT_COLUMNS,
    credited,
    is_about_one,
    newest,
    wait_band,
    with_scale,
    with_subject,
    with_survey,
)

RESPONSE = ("source", "response_id")
QUESTION = ("source", "survey_id", "question_id")
INVITATION = ("source", "invitation_id")
RATED = ("csat", "nps", "ces")
"""Kinds of questions whose answers may be bad."""


def response_rows(
    response: Relation,
    survey: Relation,
    invitation: Relation,
    ticket_fact: Relation,
    call_fact: Relation,
    customer: Relation,
) -> Relation:
    """Responses of customers with their survey, how they were asked, and what they are about."""
    asked = invitation.select(
        *INVITATION,
        "sent_at",
        asked_survey="survey_id",
        asked_customer="customer_id",
        asked_ticket="ticket_id",
        asked_call="call_id",
        asked_session="bot_session_id",
        asked_by="channel",
        credited_to=credited(invitation.credited_to),
    )
    rows = joined(response.rename(answered_at="at"), asked, INVITATION)
    rows = rows.mutate(
        survey_id=ibis.coalesce(rows.survey_id, rows.asked_survey),
        customer_id=ibis.coalesce(rows.customer_id, rows.asked_customer),
        ticket_id=ibis.coalesce(rows.ticket_id, rows.asked_ticket),
        call_id=ibis.coalesce(rows.call_id, rows.asked_call),
        bot_session_id=ibis.coalesce(rows.bot_session_id, rows.asked_session),
        channel=ibis.coalesce(rows.channel, rows.asked_by),
        # Who was not asked by us, but answered a link or a widget, was asked when they answered.
        asked_at=ibis.coalesce(rows.sent_at, rows.answered_at),
        dismissed=rows.dismissed.fill_null(False),
    )
    rows = with_survey(rows, survey)
    rows = rows.filter(~is_one_of(rows.survey_kind, OURS))
    rows = with_subject(rows, ticket_fact, call_fact, customer)
    return rows.mutate(transactional=is_about_one(rows))


def answer_fact(
    answer: Relation,
    question: Relation,
    response: Relation,
    survey: Relation,
    invitation: Relation,
    ticket_fact: Relation,
    call_fact: Relation,
    customer: Relation,
    person: Relation,
) -> Relation:
    """Every answer that was given; what was dismissed is no answer, of ours to ours none here."""
    given = response_rows(response, survey, invitation, ticket_fact, call_fact, customer)
    rows = answer.inner_join(given.filter(~given.dismissed), list(RESPONSE))
    rows = _with_question(
        rows.select(*[n for n in rows.columns if not n.endswith("_right")]), question
    )
    rows = with_scale(rows.filter(~is_one_of(rows.kind, OURS)))
    rows = rows.filter(rows.score.notnull() | rows.choice.notnull())
    turned = rows.scale_min + rows.scale_max - rows.goal
    goal = ibis.ifelse(rows.scale_inverted, turned, rows.goal)
    met = ibis.ifelse(rows.goal.notnull(), rows.good >= goal, rows.top_box)
    return with_person(rows.mutate(met_goal=met), person)


def _with_question(rows: Relation, question: Relation) -> Relation:
    """What an answer does not say of its question and scale, the question does."""
    told = newest(question, QUESTION).select(
        *QUESTION,
        asked_kind="kind",
        asked_min="scale_min",
        asked_max="scale_max",
        asked_inverted="scale_inverted",
    )
    own = question.select(
        *QUESTION,
        "version",
        own_kind="kind",
        own_min="scale_min",
        own_max="scale_max",
        own_inverted="scale_inverted",
    )
    both = joined(joined(rows, told, QUESTION), own, (*QUESTION, "version"))
    # A scale is one thing: its parts never come from two places.
    said = both.scale_min.notnull() & both.scale_max.notnull()
    versioned = both.own_min.notnull() & both.own_max.notnull()

    def first(mine: str, own: str, latest: str) -> ibis.Value:
        return ibis.cases((said, both[mine]), (versioned, both[own]), else_=both[latest])

    return both.mutate(
        kind=ibis.coalesce(both.kind, both.own_kind, both.asked_kind),
        scale_min=first("scale_min", "own_min", "asked_min"),
        scale_max=first("scale_max", "own_max", "asked_max"),
        scale_inverted=first("scale_inverted", "own_inverted", "asked_inverted"),
    )


def response_fact(
    response: Relation,
    survey: Relation,
    invitation: Relation,
    ticket_fact: Relation,
    call_fact: Relation,
    customer: Relation,
    answer_fact: Relation,
    case: Relation,
) -> Relation:
    """Every response, those dismissed among them, and what we did about a bad one."""
    rows = response_rows(response, survey, invitation, ticket_fact, call_fact, customer)
    bad = is_one_of(answer_fact.kind, RATED) & answer_fact.bad_box
    told = answer_fact.group_by(*RESPONSE).aggregate(
        answers=answer_fact.count(), bad_answers=count_where(bad)
    )
    rows = joined(joined(rows, told, RESPONSE), _follow_up(case), RESPONSE)
    return rows.mutate(
        answers=rows.answers.fill_null(0),
        is_bad=rows.bad_answers.fill_null(0) > 0,
        follow_up_seconds=seconds_between(rows.answered_at, rows.followed_up_at),
        dropped_seconds=ibis.ifelse(
            rows.followed_up_at.isnull() & (rows.open_cases == 0),
            seconds_between(rows.answered_at, rows.last_closed_at),
            None,
        ),
    )


def _follow_up(case: Relation) -> Relation:
    """By response: its first case, and when one of its cases first ended with an outcome."""
    cases = case.filter(case.response_id.notnull())
    done = cases.closed_at.notnull() & (cases.outcome.fill_null("") != "")
    order = ibis.window(group_by=RESPONSE, order_by=[cases.opened_at, cases.case_id])
    cases = cases.mutate(place=ibis.row_number().over(order), done=done)
    first = cases.place == 0
    return cases.group_by(*RESPONSE).aggregate(
        cases=cases.count(),
        case_opened_at=cases.opened_at.min(),
        owner=cases.owner.max(where=first),
        followed_up_at=cases.closed_at.min(where=cases.done),
        last_closed_at=cases.closed_at.max(),
        open_cases=count_where(cases.closed_at.isnull()),
    )


ANSWER_COLUMNS = (
    *columns(
        source="text: The system.",
        response_id="text: The response.",
        question_id="text: The question.",
        kind="text: csat, nps, ces, pmf, fcr, choice, text.",
        version="whole: The survey's version.",
        invitation_id="text: The invitation, where there was one.",
        session_id="text: The group session, where given in one.",
        asked_at="instant: When it was asked: sent, or where nobody was invited, answered.",
        answered_at="instant: When it was answered.",
        score="whole: The score as given.",
        scale="text: The scale, as 1–5; 5–1 where low is good.",
        scale_min="whole: Lowest.",
        scale_max="whole: Highest.",
        scale_inverted="flag: Whether low is good.",
        good="whole: The score turned so that high is good; empty where it lies outside its scale.",
        top_box="flag: Whether it is among the best boxes of its scale.",
        bad_box="flag: Whether it is among the worst; of recommendations, 0 to 6.",
        met_goal="flag: Whether it meets the survey's goal; without one, whether it is a top box.",
        choice="text: The option chosen.",
        person="text: Who, over all sources: the first of their customers, as source/customer.",
    ),
    *SUBJECT_COLUMNS,
)

RESPONSE_COLUMNS = (
    *columns(
        source="text: The system.",
        response_id="text: The response.",
        version="whole: The survey's version.",
        invitation_id="text: The invitation, where there was one.",
        session_id="text: The group session, where given in one.",
        asked_at="instant: When it was asked: sent, or where nobody was invited, answered.",
        answered_at="instant: When it was answered or dismissed.",
        dismissed="flag: Whether it was closed without an answer: not answered.",
        answers="whole: How many questions were answered.",
        is_bad="flag: Whether any answer is among the worst boxes of its scale.",
        cases="whole: How many follow-ups were opened.",
        case_opened_at="instant: When the first was.",
        owner="text: Whose the first is.",
        followed_up_at="instant: When one first ended with an outcome.",
        follow_up_seconds="whole: From the answer until then.",
        dropped_seconds="whole: From the answer until the last ended, all without an outcome.",
    ),
    *SUBJECT_COLUMNS,
)
SUBJECT = ("invitation", "ticket_fact", "call_fact", "customer")

FACTS = [
    Fact(
        "answer_fact",
        "Each answer of a customer to one question, on its scale, with what it is about.",
        one_row_per="answer to a question",
        key=(*RESPONSE, "question_id"),
        bucket="response_id",
        reads=("answer", "question", "response", "survey", *SUBJECT),
        columns=ANSWER_COLUMNS,
        build=answer_fact,
        dimensions={**DIMENSIONS, "scale": "scale"},
        words={"wait_band": wait_band},
        persons=True,
        several=SEVERAL,
    ),
    Fact(
        "response_fact",
        "Each time a customer answered or dismissed a survey, and our follow-up of a bad answer.",
        one_row_per="response",
        key=RESPONSE,
        bucket="response_id",
        reads=("response", "survey", *SUBJECT, "answer_fact", "case"),
        columns=RESPONSE_COLUMNS,
        build=response_fact,
        dimensions={**DIMENSIONS, "owner": "owner", "dismissed": "dismissed"},
        several=SEVERAL,
    ),
]
