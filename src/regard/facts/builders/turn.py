"""One row a turn: a run of customer messages, until a person answers it or it ends otherwise."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.status_span import DIMENSIONS, LASTING, LASTING_COLUMNS, TICKET
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import DAY, count_where, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.speech import answered, asked
from regard.facts.stretches import over_calendars, several_calendars

TURN = (*TICKET, "place")
STEP = (*TICKET, "step")
ENDS = {
    "solve": "solve",
    "restate": "solve",
    "auto_solve": "lapse",
    "lapse": "lapse",
    "close": "lapse",
}
"""What happens to a ticket that ends a turn without an answer, and how the turn then ends."""
CHASING_SECONDS = DAY
"""A message that follows the last so late, while the turn is ours, is a contact of its own."""
HELD = ("team", "agent", "tier", "priority", "status", "calendar_id")
CLOCKS = {"reply": ("starts_at", "replied_at"), "ended": ("starts_at", "ended_at")}


def turn_fact(
    status_span_fact: Relation,
    message: Relation,
    reading: Relation,
    agent: Relation,
    call: Relation,
    chat_session: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Every run of messages with its end."""
    told = steps(
        asked(message, reading, call, chat_session),
        enders(status_span_fact, answered(message, agent, call, chat_session), chat_session),
    )
    rows = _concluded(joined(_runs(told), _ends(told), STEP))
    rows = rows.inner_join(_tickets(status_span_fact), list(TICKET))
    rows = joined(rows, _answering_teams(rows, status_span_fact), TURN)
    took = {name: seconds_between(rows[start], rows[end]) for name, (start, end) in CLOCKS.items()}
    rows = rows.mutate(**{f"{name}_seconds": seconds for name, seconds in took.items()})
    pairs = {f"{name}_open_seconds": pair for name, pair in CLOCKS.items()}
    rows = add_open_seconds(rows, pairs, clock, editions)
    return over_calendars(rows, CLOCKS, status_span_fact, clock, editions, key=TURN)


def enders(spans: Relation, replies: Relation, chat: Relation) -> Relation:
    """What may end a turn. At one instant what was said counts before what was clicked."""
    ends = spans.filter(spans.change.isin(tuple(ENDS)))
    left = chat.filter(chat.ticket_id.notnull(), chat.left_at.notnull())
    return ibis.union(
        replies.mutate(rank=ibis.literal(0, "int64"), end_kind=ibis.literal("reply")),
        ends.select(
            *TICKET,
            at=ends.starts_at,
            ordinal=ends.place,
            event_id=ibis.literal("span"),
            by=ends.by,
            rank=ibis.literal(1, "int64"),
            end_kind=ibis.cases(*[(ends.change == name, kind) for name, kind in ENDS.items()]),
        ),
        left.select(
            *TICKET,
            at=left.left_at,
            ordinal=ibis.literal(0, "int64"),
            event_id=ibis.literal("chat ") + left.session_id,
            by=ibis.null("string"),
            rank=ibis.literal(1, "int64"),
            end_kind=ibis.literal("lapse"),
        ),
    )


def steps(questions: Relation, ends: Relation) -> Relation:
    """Both in order, each with the number of ends before it: `step`."""
    told = ibis.union(
        questions.mutate(
            rank=ibis.literal(0, "int64"), by=ibis.null("string"), end_kind=ibis.null("string")
        ),
        ends.mutate(thanks=ibis.null("boolean")).select(
            *questions.columns, "rank", "by", "end_kind"
        ),
    )
    stops = told.end_kind.notnull().cast("int64")
    order = [told.at, told.rank, told.ordinal, told.event_id]
    before = ibis.window(group_by=TICKET, order_by=order, preceding=(None, 1))
    whole = ibis.window(group_by=TICKET, order_by=order)
    return told.mutate(
        step=stops.sum().over(before).fill_null(0).cast("int64"),
        last_at=told.at.lag().over(whole),
        last_end=stops.lag().over(whole),
    )


def questions_of(told: Relation) -> Relation:
    """The customer's messages among the steps, each with whether it chases an answer."""
    said = told.filter(told.end_kind.isnull())
    thanks = said.thanks.fill_null(False)
    follows = (said.last_end == 0).fill_null(False)
    late = (seconds_between(said.last_at, said.at) >= CHASING_SECONDS).fill_null(False)
    return said.mutate(thanks=thanks, chases=follows & late & ~thanks)


def _runs(told: Relation) -> Relation:
    """The customer's messages between two ends as one row; it begins with the first real one."""
    said = questions_of(told)
    return said.group_by(*STEP).aggregate(
        first_at=said.at.min(),
        real_at=said.at.min(where=~said.thanks),
        last_message_at=said.at.max(),
        messages=said.count(),
        chasers=count_where(said.chases),
        chased_at=said.at.min(where=said.chases),
    )


def _ends(told: Relation) -> Relation:
    ends = told.filter(told.end_kind.notnull())
    return ends.select(*STEP, stopped_at=ends.at, stopped_by=ends.by, stop_kind=ends.end_kind)


def _concluded(rows: Relation) -> Relation:
    """The turns numbered; a mere thanks after the first turn has ended with itself."""
    order = ibis.window(group_by=TICKET, order_by=rows.step)
    rows = rows.mutate(place=ibis.row_number().over(order).cast("int64"))
    first = rows.place == 0
    thanks = ~first & rows.real_at.isnull()
    replied = ~thanks & (rows.stop_kind == "reply").fill_null(False)
    starts = ibis.ifelse(first, rows.first_at, ibis.coalesce(rows.real_at, rows.first_at))
    ends_at = ibis.ifelse(thanks, rows.last_message_at, rows.stopped_at)
    return rows.mutate(
        ordinal=rows.place + 1,
        first=first,
        starts_at=starts,
        ends_at=ends_at,
        end_kind=ibis.ifelse(thanks, "thanks", rows.stop_kind),
        answered_by=ibis.ifelse(replied, rows.stopped_by, None),
        replied_at=ibis.ifelse(replied, rows.stopped_at, None),
        ended_at=ibis.ifelse(replied, None, ends_at),
        is_waiting=ends_at.isnull(),
    )


def _tickets(spans: Relation) -> Relation:
    """What stays with the ticket, and what held when it was last seen."""
    last = spans.filter(spans.ends_at.isnull()).select(*TICKET, *LASTING, *HELD)
    return joined(last, several_calendars(spans), TICKET)


def _answering_teams(rows: Relation, spans: Relation) -> Relation:
    """The team that held the ticket when the turn was answered."""
    replied = rows.filter(rows.replied_at.notnull()).select(*TURN, "replied_at")
    held = spans.select(*TICKET, span="place", began="starts_at", answered_team="team")
    both = replied.inner_join(held, list(TICKET))
    both = both.filter(both.began <= both.replied_at)
    return both.group_by(*TURN).aggregate(answered_team=both.answered_team.argmax(both.span))


COLUMNS = (
    *columns(
        source="text: The system.",
        ticket_id="text: The ticket.",
        ordinal="whole: Which turn of the ticket, from 1.",
        starts_at="instant: The first message of the run that is no mere thanks.",
        ends_at="instant: When it was answered or ended otherwise; empty while it waits.",
        end_kind="text: reply, solve, lapse or thanks; empty while it waits.",
        replied_at="instant: When a person answered it.",
        ended_at="instant: When it ended without an answer by a person.",
        answered_by="text: Who answered it.",
        answered_team="text: The team that held the ticket then.",
        last_message_at="instant: The last message of the run.",
        messages="whole: How many messages, voicemails and missed calls it has.",
        chasers="whole: How many of them came a day or more after the one before.",
        chased_at="instant: The first of these.",
        reply_seconds="whole: From its start to the answer by a person.",
        reply_open_seconds="whole: From its start to the answer by a person, in opening hours.",
        ended_seconds="whole: From its start to an end without an answer.",
        ended_open_seconds="whole: From its start to an end without an answer, in opening hours.",
        first="flag: Whether it is the ticket's first.",
        is_waiting="flag: Whether it waits for our answer.",
    ),
    *LASTING_COLUMNS,
    *columns(
        team="text: Which team holds the ticket now.",
        agent="text: Who holds it now.",
        tier="whole: That team's tier.",
        priority="text: The priority now.",
        status="text: The status now.",
        calendar_id="text: The opening hours that hold for it now.",
    ),
)

FACTS = [
    Fact(
        "turn_fact",
        "Each run of customer messages that waits for an answer, and how it ended.",
        one_row_per="turn of a ticket",
        key=("source", "ticket_id", "ordinal"),
        bucket="ticket_id",
        reads=("status_span_fact", "message", "reading", "agent", "call", "chat_session"),
        columns=COLUMNS,
        build=turn_fact,
        dimensions={
            **DIMENSIONS,
            "end_kind": "end_kind",
            "answered_by": "answered_by",
            "answered_team": "answered_team",
            "first": "first",
        },
        opening_hours=True,
        merges=True,
    )
]
