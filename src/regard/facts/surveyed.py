"""What answers to surveys have in common: their scale, their subject, whom they credit."""

import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as Relation

from regard.core.schema import Column, columns
from regard.facts.expressions import is_one_of, joined

SURVEY = ("source", "survey_id")
TICKET = ("source", "ticket_id")
CALL = ("source", "call_id")
CUSTOMER = ("source", "customer_id")
OURS = ("agent", "agent_csat", "agent_nps")
"""Kinds of surveys and questions that people of ours answer: never among what customers say."""
FEW_POINTS, MOST_POINTS = 3, 11
"""Up to so many points the top box is one box; up to so many it is two; beyond, none is defined."""
HOUR = 3_600
WAITS = (
    ("< 1 h", HOUR),
    ("1–4 h", 4 * HOUR),
    ("4–24 h", 24 * HOUR),
    ("1–3 d", 72 * HOUR),
    ("> 3 d", 0),
)
"""Bands of waiting for the first answer: each up to so many seconds, the last without end."""
DETRACTOR = 6
"""The highest answer to a question of recommendation, 0 to 10, that counts against us."""


def newest(rows: Relation, key: tuple[str, ...]) -> Relation:
    """One row a key: that of the highest version."""
    order = ibis.window(group_by=key, order_by=[rows.version.fill_null(0).desc()])
    told = rows.mutate(_place=ibis.row_number().over(order))
    return told.filter(told["_place"] == 0).drop("_place")


def with_survey(rows: Relation, survey: Relation) -> Relation:
    """The rows with what their survey is: its newest version where they name none.

    Adds survey_kind, survey_transactional, survey_name, wave, closed_at and goal.
    """
    told = survey.select(
        *SURVEY,
        "version",
        survey_kind="kind",
        survey_transactional="transactional",
        survey_name="name",
        wave="wave",
        closed_at="closed_at",
        goal="goal",
    )
    added = told.columns[3:]
    latest = newest(told, SURVEY).drop("version").rename({f"{n}_latest": n for n in added})
    if "version" not in rows.columns:
        return joined(rows, latest, SURVEY).rename({n: f"{n}_latest" for n in added})
    both = joined(joined(rows, latest, SURVEY), told, (*SURVEY, "version"))
    both = both.mutate(**{n: ibis.coalesce(both[n], both[f"{n}_latest"]) for n in added})
    return both.drop(*[f"{name}_latest" for name in added])


def with_scale(rows: Relation) -> Relation:
    """The rows with `scale`, `good`, `top_box` and `bad_box`.

    rows: `kind`, `score`, and `scale_min`, `scale_max`, `scale_inverted` as far as they are known.
    good: the score turned so that high is good; empty where it lies outside its scale or the scale
    is not known. Boxes: METRICS §5.
    """
    recommends = is_one_of(rows.kind, ("nps", "agent_nps"))
    unsaid = recommends & rows.scale_min.isnull() & rows.scale_max.isnull()
    rows = rows.mutate(
        scale_min=ibis.ifelse(unsaid, 0, rows.scale_min),
        scale_max=ibis.ifelse(unsaid, 10, rows.scale_max),
        scale_inverted=rows.scale_inverted.fill_null(False),
    )
    low, high, score = rows.scale_min, rows.scale_max, rows.score
    inside = ((score >= low) & (score <= high) & (high > low)).fill_null(False)
    good = ibis.ifelse(inside, ibis.ifelse(rows.scale_inverted, low + high - score, score), None)
    rows = rows.mutate(good=good, scale=_scale_name(rows))
    points = rows.scale_max - rows.scale_min + 1
    more = ibis.ifelse(points <= FEW_POINTS, 0, 1)
    known = points <= MOST_POINTS
    net = is_one_of(rows.kind, ("nps", "agent_nps"))
    worst = ibis.ifelse(net, DETRACTOR, rows.scale_min + more)
    return rows.mutate(
        top_box=ibis.ifelse(known, rows.good >= rows.scale_max - more, None),
        bad_box=ibis.ifelse(known, rows.good <= worst, None),
    )


def _scale_name(rows: Relation) -> StringValue:
    """The scale as people read it, such as 1–5; 5–1 where low is good."""
    low, high = rows.scale_min.cast("string"), rows.scale_max.cast("string")
    dash = ibis.literal("–")
    return ibis.ifelse(rows.scale_inverted, high + dash + low, low + dash + high)


def credited(listed: StringValue) -> StringValue:
    """Ids in a JSON list, parted by `;`; empty where there are none."""
    told = listed
    for said, meant in (('", "', ";"), ('","', ";"), ('["', ""), ('"]', ""), ("[]", "")):
        told = told.replace(said, meant)
    return told.nullif("")


def with_subject(
    rows: Relation, ticket_fact: Relation, call_fact: Relation, customer: Relation
) -> Relation:
    """The rows with what they are about: the ticket or call, and the customer."""
    ticket = ticket_fact.select(
        *TICKET,
        "type",
        "priority",
        "product",
        "brand",
        ticket_country="country",
        ticket_language="language",
        ticket_channel="channel",
        ticket_team=ibis.coalesce(ticket_fact.solved_team, ticket_fact.team),
        solver=ibis.coalesce(ticket_fact.solved_by, ticket_fact.first_reply_by),
        ticket_wait="first_reply_seconds",
        solved_at="resolved_at",
    )
    call = call_fact.select(
        *CALL,
        call_type="type",
        call_priority="priority",
        call_queue="queue",
        call_agent="agent",
        call_wait=ibis.ifelse(call_fact.outcome == "answered", call_fact.wait_seconds, None),
    )
    who = customer.select(
        *CUSTOMER,
        "plan",
        customer_country="country",
        customer_language="language",
        customer_kind="kind",
    )
    told = joined(joined(joined(rows, ticket, TICKET), call, CALL), who, CUSTOMER)
    return told.mutate(
        type=ibis.coalesce(told.type, told.call_type),
        priority=ibis.coalesce(told.priority, told.call_priority),
        team=ibis.coalesce(told.ticket_team, told.call_queue),
        country=ibis.coalesce(told.customer_country, told.ticket_country),
        language=ibis.coalesce(told.customer_language, told.ticket_language),
        credited_to=ibis.coalesce(told.credited_to, told.solver, told.call_agent),
        wait_seconds=ibis.coalesce(told.ticket_wait, told.call_wait),
        resolved=ibis.ifelse(told.ticket_id.notnull(), told.solved_at.notnull(), None),
    )


def wait_band(rows: Relation) -> StringValue:
    """The band that the wait for the first answer lies in; empty where it is not known."""
    *bands, (last, _) = WAITS
    upto = [(rows.wait_seconds < seconds, name) for name, seconds in bands]
    return ibis.cases((rows.wait_seconds.isnull(), ibis.null("string")), *upto, else_=last)


def is_about_one(rows: Relation) -> BooleanValue:
    """Whether a survey asks about one contact: as declared, else by whether it names one."""
    about = rows.ticket_id.notnull() | rows.call_id.notnull() | rows.bot_session_id.notnull()
    return rows.survey_transactional.fill_null(about)


SUBJECT_COLUMNS: tuple[Column, ...] = columns(
    survey_id="text: The survey.",
    survey_kind="text: csat, nps, ces, pmf, other.",
    transactional="flag: Whether it asks about one contact; else about the whole.",
    customer_id="text: Who.",
    ticket_id="text: About which ticket.",
    call_id="text: About which call.",
    bot_session_id="text: About which conversation with a bot.",
    channel="text: mail, sms, web, widget, link, phone: how it was asked.",
    credited_to="text: The people credited, frozen at sending, parted by `;`; where nobody said, "
    "who solved the ticket or took the call.",
    team="text: The team that solved the ticket, else holds it; the queue of a call.",
    type="text: The kind of matter.",
    priority="text: The priority.",
    product="text: The product.",
    brand="text: The brand.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    plan="text: The plan paid for.",
    resolved="flag: Whether the ticket was solved for good; empty where it is about none.",
    wait_seconds="whole: From the customer's first message to the first answer by a person; of a "
    "call, its wait.",
)

DIMENSIONS = {
    "source": "source",
    "survey": "survey_id",
    "agent": "credited_to",
    **{
        name: name
        for name in (
            "channel",
            "team",
            "type",
            "priority",
            "product",
            "brand",
            "country",
            "language",
            "plan",
            "transactional",
            "resolved",
        )
    },
}
SEVERAL = ("agent",)
