"""One row a score that a rater gave to a piece of work, with what the work was."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import joined
from regard.facts.fact import Fact

TICKET = ("source", "ticket_id")
CALL = ("source", "call_id")
WHOLE_SCALE = 10_000
"""A full score in points."""


def quality_fact(quality_review: Relation, ticket_fact: Relation, call_fact: Relation) -> Relation:
    """Each score, in ten-thousandths of its scale, with the channel and kind of the work."""
    rows = quality_review.filter(quality_review.score.notnull(), quality_review.scale_max > 0)
    of_ticket = ticket_fact.select(
        *TICKET,
        ticket_channel="channel",
        ticket_type="type",
        ticket_team=ibis.coalesce(ticket_fact.solved_team, ticket_fact.team),
    )
    of_call = call_fact.select(*CALL, call_type="type", queue="queue")
    rows = joined(joined(rows, of_ticket, TICKET), of_call, CALL)
    called = rows.call_id.notnull()
    points = (rows.score * WHOLE_SCALE) // rows.scale_max
    return rows.mutate(
        work=ibis.ifelse(
            called, ibis.literal("call ") + rows.call_id, ibis.literal("ticket ") + rows.ticket_id
        ),
        points=ibis.ifelse((points >= 0) & (points <= WHOLE_SCALE), points, None).cast("int64"),
        sampled=rows.sampled.fill_null(False),
        channel=ibis.ifelse(called, "phone", rows.ticket_channel),
        type=ibis.coalesce(rows.call_type, rows.ticket_type),
        team=ibis.coalesce(rows.ticket_team, rows.queue),
    )


COLUMNS = columns(
    source="text: The system.",
    review_id="text: The score.",
    work="text: What was judged: the call or the ticket.",
    ticket_id="text: The ticket.",
    call_id="text: The call.",
    agent="text: Whose work.",
    team="text: Which team's.",
    rater="text: Who judged.",
    at="instant: When.",
    score="whole: The score as given.",
    scale_max="whole: The highest there is.",
    points="whole: The score in ten-thousandths of the highest; empty where it lies outside.",
    sampled="flag: Whether the work was drawn by chance.",
    channel="text: By which channel the work came.",
    type="text: The kind of matter.",
)

FACTS = [
    Fact(
        "quality_fact",
        "Each score that a rater gave to a piece of work.",
        one_row_per="score",
        key=("source", "review_id"),
        bucket="review_id",
        reads=("quality_review", "ticket_fact", "call_fact"),
        columns=COLUMNS,
        build=quality_fact,
        dimensions={name: name for name in ("source", "agent", "team", "rater", "channel", "type")},
    )
]
