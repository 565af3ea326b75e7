"""One row a telephone call, and one a leg of it."""

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Value
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import count_where, is_one_of, joined, seconds_between
from regard.facts.fact import Fact

CALL = ("source", "call_id")
OFFERED = ("answered", "abandoned", "voicemail", "callback", "flowed_out")


def call_fact(call: Relation, call_leg: Relation) -> Relation:
    """Wait and outcome at the first human queue, handling over all legs."""
    legs = _ordered(call_leg)
    rows = joined(call, _connection(legs), CALL)
    rows = joined(rows, _spent(legs, _connection(legs)), CALL)
    return _concluded(rows)


def _ordered(legs: Relation) -> Relation:
    """The legs with their place in the call, also where a source does not number them."""
    order = [legs.ordinal.fill_null(0), legs.starts_at, legs.leg_id]
    return legs.mutate(place=ibis.row_number().over(ibis.window(group_by=CALL, order_by=order)))


def _connection(legs: Relation) -> Relation:
    """When a person first took the call, who it was, and the queue that it first stood in."""
    spoke = (legs.kind == "agent") & ~is_one_of(legs.outcome, ("no_answer", "abandoned"))
    queued = legs.kind == "queue"
    return legs.group_by(*CALL).aggregate(
        answered_at=legs.starts_at.min(where=spoke),
        agent=legs.agent.argmin(legs.place, where=spoke),
        queue=legs.queue.argmin(legs.place, where=legs.queue.notnull()),
        first_queued_at=legs.starts_at.min(where=queued),
        answered_place=legs.place.min(where=spoke),
    )


def _spent(legs: Relation, connection: Relation) -> Relation:
    """Seconds by kind; the wait runs over the queues before the first connection.

    A sum of which a part is unknown is unknown.
    """
    rows = legs.inner_join(connection.select(*CALL, "answered_place"), list(CALL))
    before = rows.answered_place.isnull() | (rows.place <= rows.answered_place)
    spoke = (rows.kind == "agent").fill_null(False)
    totals: dict[str, Value] = {
        "waited_seconds": _sum_known(rows.wait_seconds, before & (rows.kind == "queue")),
        "ring_seconds": rows.ring_seconds.sum(),
        "holds": rows.holds.sum(),
        "legs": rows.count(),
        "transfers": count_where(rows.outcome == "transferred"),
        "no_answers": count_where(rows.outcome == "no_answer"),
    }
    for name in ("talk_seconds", "hold_seconds", "wrap_seconds"):
        totals[name] = _sum_known(rows[name], spoke)
    return rows.group_by(*CALL).aggregate(**totals)


def _sum_known(seconds: IntegerValue, where: BooleanValue) -> Value:
    unknown = count_where(where & seconds.isnull())
    return ibis.ifelse(unknown == 0, seconds.sum(where=where), None)


def _concluded(rows: Relation) -> Relation:
    """How the call ended. A callback is answered when connected, abandoned if it ended without."""
    connected, ended = rows.answered_at.notnull(), rows.ended_at.notnull()
    unsaid = rows.outcome.isnull()
    asked = (rows.outcome == "callback").fill_null(False)
    queued_at = ibis.coalesce(rows.queued_at, rows.first_queued_at)
    queued = queued_at.notnull()
    outcome = ibis.cases(
        ((asked | (unsaid & queued)) & connected, "answered"),
        (unsaid & connected & ended, "answered"),
        ((asked | (unsaid & queued)) & ended, "abandoned"),
        else_=rows.outcome,
    )
    waiting = (asked | (unsaid & queued)) & ~connected & ~ended
    # Who asked to be called back waits until they are, or until that fails.
    until = ibis.coalesce(rows.answered_at, rows.ended_at)
    wait = ibis.ifelse(asked, seconds_between(queued_at, until), rows.waited_seconds)
    inbound = rows.direction.fill_null("inbound") == "inbound"
    return rows.mutate(
        queued_at=queued_at,
        outcome=outcome,
        callback=asked,
        is_waiting=waiting,
        offered=(is_one_of(outcome, OFFERED) | waiting) & inbound,
        wait_seconds=ibis.ifelse(waiting, None, wait),
        handle_seconds=rows.talk_seconds
        + rows.hold_seconds.fill_null(0)
        + rows.wrap_seconds.fill_null(0),
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

DIMENSIONS = {name: name for name in ("source", "queue", "agent", "type", "priority", "outcome")}

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
