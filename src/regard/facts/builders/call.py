"""One row a telephone call, and one a leg of it."""

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.schema import columns
from regard.facts.expressions import count_where, is_one_of, joined, seconds_between
from regard.facts.fact import Fact

CALL = ("source", "call_id")
OFFERED = ("answered", "abandoned", "voicemail", "callback", "flowed_out")


def call_fact(call: Relation, call_leg: Relation) -> Relation:
    """Wait and outcome at the first human queue, handling over all legs."""
    rows = joined(call, _connection(call_leg), CALL)
    rows = joined(rows, _legs(call_leg, rows), CALL)
    return _concluded(rows)


def _connection(legs: Relation) -> Relation:
    """When a person first took the call, who it was, and the queue that it first stood in."""
    spoke = (legs.kind == "agent") & ~is_one_of(legs.outcome, ("no_answer", "abandoned"))
    queued = legs.kind == "queue"
    return legs.group_by(*CALL).aggregate(
        answered_at=legs.starts_at.min(where=spoke),
        agent=legs.agent.argmin(legs.ordinal, where=spoke),
        queue=legs.queue.argmin(legs.ordinal, where=legs.queue.notnull()),
        first_queued_at=legs.starts_at.min(where=queued),
        answered_leg=legs.ordinal.min(where=spoke),
    )


def _legs(legs: Relation, calls: Relation) -> Relation:
    """Seconds by kind; the wait runs over the queues before the first connection."""
    rows = legs.inner_join(calls.select(*CALL, "answered_leg"), list(CALL))
    before = rows.answered_leg.isnull() | (rows.ordinal <= rows.answered_leg)
    waiting = before & (rows.kind == "queue")
    spoke = rows.kind == "agent"
    no_answer = is_one_of(rows.outcome, ("no_answer",))
    totals: dict[str, Value] = {
        "waited_seconds": rows.wait_seconds.sum(where=waiting),
        "ring_seconds": rows.ring_seconds.sum(),
        "holds": rows.holds.sum(),
        "legs": rows.count(),
        "transfers": count_where(rows.outcome == "transferred"),
        "no_answers": count_where(no_answer),
    }
    for name in ("talk_seconds", "hold_seconds", "wrap_seconds"):
        totals[name] = rows[name].sum(where=spoke)
    return rows.group_by(*CALL).aggregate(**totals)


def _concluded(rows: Relation) -> Relation:
    connected = rows.answered_at.notnull()
    asked = (rows.outcome == "callback").fill_null(False)
    queued_at = ibis.coalesce(rows.queued_at, rows.first_queued_at)
    standing = rows.outcome.isnull() & queued_at.notnull()
    # A request for a callback is answered when it is connected, and abandoned if it never was.
    outcome = ibis.cases(
        (asked & connected, "answered"),
        (asked & rows.ended_at.notnull(), "abandoned"),
        (rows.outcome.isnull() & connected & rows.ended_at.notnull(), "answered"),
        else_=rows.outcome,
    )
    wait = ibis.ifelse(
        asked & connected, seconds_between(queued_at, rows.answered_at), rows.waited_seconds
    )
    rows = rows.mutate(
        queued_at=queued_at,
        outcome=outcome,
        callback=asked,
        is_waiting=standing & ~connected,
        wait_seconds=wait,
        handle_seconds=rows.talk_seconds
        + rows.hold_seconds.fill_null(0)
        + rows.wrap_seconds.fill_null(0),
        talking=standing & connected,
    )
    offered = is_one_of(rows.outcome, OFFERED) | rows.is_waiting | rows.talking
    inbound = rows.direction.fill_null("inbound") == "inbound"
    return rows.mutate(
        offered=offered & inbound,
        outcome=ibis.ifelse(rows.talking, "answered", rows.outcome),
    )


def call_leg_fact(call_leg: Relation, call: Relation) -> Relation:
    """Each stay with a queue or a person, dated by the arrival of its call."""
    told = call.select(
        *CALL, "arrived_at", "customer_id", "type", "priority", call_outcome="outcome"
    )
    rows = joined(call_leg, told, CALL)
    handled = rows.talk_seconds + rows.hold_seconds.fill_null(0) + rows.wrap_seconds.fill_null(0)
    return rows.mutate(
        seconds=seconds_between(rows.starts_at, rows.ends_at),
        handle_seconds=ibis.ifelse(rows.kind == "agent", handled, None),
        transferred=is_one_of(rows.outcome, ("transferred",)),
    )


CALL_COLUMNS = columns(
    source="text: The system.",
    call_id="text: The call.",
    customer_id="text: Who called, where identified.",
    direction="text: inbound or outbound.",
    type="text: The kind of matter.",
    priority="text: The priority.",
    number_called="text: The number dialled.",
    article_id="text: The article whose number it was.",
    ticket_id="text: The ticket it belongs to.",
    queue="text: The first human queue.",
    agent="text: Who first took it.",
    arrived_at="instant: When it came in.",
    queued_at="instant: When it entered the first human queue.",
    answered_at="instant: When a person took it.",
    ended_at="instant: When it ended.",
    outcome="text: answered, abandoned, voicemail, callback, flowed_out, ivr_served, ivr_left, "
    "ivr_unknown, blocked, closed_hours, test; empty while it waits.",
    offered="flag: Whether it reached a human queue.",
    is_waiting="flag: Whether it was still waiting.",
    callback="flag: Whether the caller asked to be called back.",
    ivr_seconds="whole: Time in the menu.",
    wait_seconds="whole: Time queued before a person took it or the caller left; a callback's "
    "runs to the connection; empty where unknown.",
    ring_seconds="whole: Ringing at desks.",
    talk_seconds="whole: Talking, over all legs.",
    hold_seconds="whole: On hold in mid-call; empty where the source does not say.",
    holds="whole: How many times put on hold.",
    wrap_seconds="whole: Work after the call; empty where the source does not say.",
    handle_seconds="whole: Talk, hold and wrap, as far as known.",
    legs="whole: How many legs.",
    transfers="whole: How often it was passed on.",
    no_answers="whole: How often it rang without answer.",
)

LEG_COLUMNS = columns(
    source="text: The system.",
    call_id="text: The call.",
    leg_id="text: The leg.",
    ordinal="whole: The order within the call.",
    kind="text: queue, ring, agent or ivr.",
    queue="text: The queue.",
    agent="text: The person.",
    customer_id="text: Who called.",
    type="text: The kind of matter.",
    priority="text: The priority.",
    arrived_at="instant: When the call came in.",
    starts_at="instant: From.",
    ends_at="instant: Until.",
    seconds="whole: How long.",
    wait_seconds="whole: Time in the queue.",
    ring_seconds="whole: Ringing.",
    talk_seconds="whole: Talking.",
    hold_seconds="whole: On hold in mid-call.",
    holds="whole: How many times put on hold.",
    wrap_seconds="whole: Work after the call.",
    handle_seconds="whole: Talk, hold and wrap of a leg with a person, as far as known.",
    outcome="text: How the leg ended.",
    call_outcome="text: How the call ended.",
    transferred="flag: Whether it was passed on.",
    transferred_to="text: Where to.",
)

DIMENSIONS = {
    name: name for name in ("source", "queue", "agent", "type", "priority", "outcome")
}

FACTS = [
    Fact(
        "call_fact",
        "Each call in one row: its wait at the first human queue, its handling, its outcome.",
        one_row_per="call",
        key=CALL,
        bucket="call_id",
        reads=("call", "call_leg"),
        columns=CALL_COLUMNS,
        build=call_fact,
        dimensions={**DIMENSIONS, "team": "queue"},
    ),
    Fact(
        "call_leg_fact",
        "Each stay of a call with a queue or a person.",
        one_row_per="leg of a call",
        key=("source", "call_id", "leg_id"),
        bucket="call_id",
        reads=("call", "call_leg"),
        columns=LEG_COLUMNS,
        build=call_leg_fact,
        dimensions={**DIMENSIONS, "team": "queue", "kind": "kind"},
    ),
]
