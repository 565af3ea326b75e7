"""One row a chaser: a message that came a day or more after the last while the turn was ours."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.status_span import DIMENSIONS, LASTING, LASTING_COLUMNS, TICKET
from regard.facts.builders.turn import STEP, enders, questions_of, steps
from regard.facts.fact import Fact
from regard.facts.speech import answered, asked


def chaser_fact(
    turn_fact: Relation,
    status_span_fact: Relation,
    message: Relation,
    reading: Relation,
    agent: Relation,
    call: Relation,
    chat_session: Relation,
) -> Relation:
    """Each message that chases an answer, in the turn that it belongs to.

    Only tickets that have any are gone through again. A call or chat that chases is no row here:
    it is an approach of its own.
    """
    chased = turn_fact.filter(turn_fact.chasers > 0).select(*TICKET).distinct()
    told = steps(
        asked(message, reading, call, chat_session).semi_join(chased, list(TICKET)),
        enders(
            status_span_fact, answered(message, agent, call, chat_session), chat_session
        ).semi_join(chased, list(TICKET)),
    )
    said = questions_of(told)
    runs = said.group_by(*STEP).aggregate(messages=said.count())
    placed = ibis.window(group_by=TICKET, order_by=runs.step)
    runs = runs.select(*STEP, ordinal=(ibis.row_number().over(placed) + 1).cast("int64"))
    said = said.filter(said.chases).select(*STEP, "at", message_id="event_id")
    found = said.inner_join(runs, list(STEP))
    found = found.semi_join(message, [*TICKET, "message_id"])
    held = turn_fact.select(*TICKET, "ordinal", "replied_at", *LASTING, *HELD)
    return found.inner_join(held, [*TICKET, "ordinal"])


HELD = ("answered_by", "answered_team", "team", "agent", "priority", "tier", "status")

COLUMNS = (
    *columns(
        source="text: The system.",
        ticket_id="text: The ticket.",
        message_id="text: The message.",
        ordinal="whole: Which turn of the ticket it belongs to, from 1.",
        at="instant: When it was sent.",
        replied_at="instant: When a person answered the turn.",
        answered_by="text: Who answered it.",
        answered_team="text: The team that held the ticket then.",
    ),
    *LASTING_COLUMNS,
    *columns(
        team="text: Which team holds the ticket now.",
        agent="text: Who holds it now.",
        tier="whole: That team's tier.",
        priority="text: The priority now.",
        status="text: The status now.",
    ),
)

FACTS = [
    Fact(
        "chaser_fact",
        "Each message by which a customer asked again, a day or more after the last.",
        one_row_per="chaser of a turn",
        key=("source", "ticket_id", "message_id"),
        bucket="ticket_id",
        reads=(
            "turn_fact",
            "status_span_fact",
            "message",
            "reading",
            "agent",
            "call",
            "chat_session",
        ),
        columns=COLUMNS,
        build=chaser_fact,
        dimensions=DIMENSIONS,
        merges=True,
    )
]
