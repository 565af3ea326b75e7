"""One row a ticket: when it began, was first answered, solved, reopened and closed, and by whom."""

import ibis
from ibis.expr.types import BooleanValue, StringValue, Value
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.core.schema import Column, columns
from regard.facts.builders.status_span import DIMENSIONS, TICKET
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import DAY, any_of, count_where, is_one_of, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.speech import (
    UNANSWERED_CALLS,
    answered,
    said_by_machines,
    said_by_people,
)
from regard.facts.stretches import over_calendars, several_calendars

REOPEN_DAYS = 7
LATE = 1_000_000_000
"""More than any place in a ticket's history."""
WAITS = {
    "requester_wait": ("new", "open", "on_hold"),
    "agent_wait": ("pending",),
    "on_hold": ("on_hold",),
}
CLOCKS = {
    "first_reply": ("first_message_at", "first_reply_at"),
    "first_solve": ("created_at", "first_solved_at"),
    "resolve": ("created_at", "resolved_at"),
    "last_solve": ("created_at", "last_solved_at"),
    "lapse": ("created_at", "lapsed_at"),
    "unanswered": ("first_message_at", "unanswered_at"),
    "team_first_reply": ("team_asked_at", "first_reply_at"),
    "team_unanswered": ("team_asked_at", "unanswered_at"),
}


def ticket_fact(
    status_span_fact: Relation,
    turn_fact: Relation,
    ticket: Relation,
    message: Relation,
    agent: Relation,
    call: Relation,
    chat_session: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """The history of each ticket in one row."""
    rows = joined(_last(status_span_fact), _told(status_span_fact), TICKET)
    answers = answered(message, agent, call, chat_session)
    for part in (
        ticket.select(*TICKET, "number", "created_by", "created_by_kind", "follows"),
        _turns(turn_fact),
        _customer_messages(message),
        _touches(message, agent),
        _calls(call),
        _with_team(_first_reply(answers, turn_fact), status_span_fact),
        _auto_reply(message, agent, turn_fact),
    ):
        rows = joined(rows, part, TICKET)
    rows = _concluded(rows)
    took = {name: seconds_between(rows[start], rows[end]) for name, (start, end) in CLOCKS.items()}
    rows = rows.mutate(**{f"{name}_seconds": seconds for name, seconds in took.items()})
    pairs = {f"{name}_open_seconds": pair for name, pair in CLOCKS.items()}
    rows = add_open_seconds(rows, pairs, clock, editions)
    return _waits(over_calendars(rows, CLOCKS, status_span_fact, clock, editions))


def _last(spans: Relation) -> Relation:
    """What stays with a ticket, and what holds for it now: its last stretch says both."""
    fixed = ("customer_id", "channel", "type", "product", "country", "language", "brand", "demand")
    held = ("status", "status_since", "team", "agent", "tier", "priority", "calendar_id")
    last = spans.filter(spans.ends_at.isnull())
    rows = last.select(
        *TICKET, *fixed, *held, "observed", "created_at", waiting_since=last.starts_at
    )
    return joined(rows, several_calendars(spans), TICKET)


def _told(spans: Relation) -> Relation:
    """What the stretches of a ticket add up to."""
    solve = spans.change == "solve"
    stays = solve & ~reopened_within(spans, REOPEN_DAYS)
    ended = spans.lapsed_at.notnull() & spans.reopened_at.isnull()
    closes = spans.change.isin(("lapse", "close"))
    # Credit goes to the first solve that held, else to the last of all.
    credit = ibis.ifelse(stays, spans.place - LATE, -spans.place)
    totals: dict[str, Value] = {
        "first_solved_at": spans.starts_at.min(where=solve),
        "resolved_at": spans.starts_at.min(where=stays),
        "solved_by": spans.by.argmin(credit, where=solve),
        "solved_team": spans.team.argmin(credit, where=solve),
        "last_solved_at": spans.starts_at.max(where=_solving(spans)),
        "lapsed_at": spans.lapsed_at.min(where=ended),
        "lapse_reason": spans.reason.max(where=ended),
        "close_reason": spans.reason.argmax(spans.place, where=closes),
        "last_event_at": spans.starts_at.max(),
        "handoffs": count_where(spans.handed_over),
        "team_moves": count_where(spans.moved_team),
        "escalations": count_where(spans.escalated),
        "redirects": count_where(spans.redirected),
        "touches": count_where(spans.touched),
        "handed_over_at": spans.starts_at.min(where=_passed_by_bot(spans)),
        "reopens": count_where(spans.change == "reopen"),
        "solves": count_where(solve),
    }
    for name, statuses in WAITS.items():
        spent = spans.status.isin(statuses)
        unknown = spent & spans.ends_at.notnull() & spans.open_seconds.isnull()
        totals[f"{name}_spent_seconds"] = spans.seconds.sum(where=spent).cast("int64").fill_null(0)
        totals[f"{name}_spent_open_seconds"] = spans.open_seconds.sum(where=spent).cast("int64")
        totals[f"{name}_unclocked"] = count_where(unknown)
    return spans.group_by(*TICKET).aggregate(**totals)


def _passed_by_bot(spans: Relation) -> BooleanValue:
    """Whether a bot passed the ticket to a team or a person."""
    given = is_one_of(spans.field, ("team", "agent"))
    return given & (spans.by_kind == "bot").fill_null(False)


def _solving(spans: Relation) -> BooleanValue:
    person = ~is_one_of(spans.by_kind, ("bot", "system"))
    return spans.change.isin(("solve", "restate")) & (spans.status == "solved") & person


def reopened_within(spans: Relation, days: int) -> BooleanValue:
    """Whether a solve was undone at most so many days after it; false while nothing undid it."""
    until = seconds_between(spans.starts_at, spans.reopened_at)
    return (until <= days * DAY).fill_null(False)


def _turns(turns: Relation) -> Relation:
    """When the customer first asked, and how often they had to ask again."""
    return turns.group_by(*TICKET).aggregate(
        first_message_at=turns.starts_at.min(where=turns.first),
        chasers=turns.chasers.sum(),
        turns=turns.count(),
        turns_waiting=count_where(turns.is_waiting),
    )


def _customer_messages(message: Relation) -> Relation:
    """How often the customer spoke in public; an automatic reply of theirs is no word of theirs."""
    said = message.filter(
        message.public.fill_null(True),
        message.author_kind == "customer",
        ~message.automatic.fill_null(False),
    )
    return said.group_by(*TICKET).aggregate(customer_messages=said.count())


def _touches(message: Relation, agent: Relation) -> Relation:
    """How often people of ours spoke in public."""
    said = said_by_people(message, agent)
    return said.group_by(*TICKET).aggregate(agent_touches=said.count())


def _calls(call: Relation) -> Relation:
    """How many answered calls belong to the ticket, and how many that nobody took."""
    rang = call.filter(call.ticket_id.notnull())
    missed = is_one_of(rang.outcome, UNANSWERED_CALLS)
    return rang.group_by(*TICKET).aggregate(
        answered_calls=count_where(rang.outcome == "answered"), missed_calls=count_where(missed)
    )


def _first_reply(answers: Relation, turns: Relation) -> Relation:
    """The first answer by a person after the customer first asked; by id on a tie."""
    asked = turns.filter(turns.first).select(*TICKET, asked_at="starts_at")
    after = answers.inner_join(asked, list(TICKET))
    after = after.filter(after["at"] >= after.asked_at)
    order = [after["at"], after.ordinal, after.event_id]
    place = ibis.row_number().over(ibis.window(group_by=TICKET, order_by=order))
    rows = after.mutate(place=place)
    first = rows.filter(rows.place == 0)
    return first.select(*TICKET, first_reply_at=first["at"], first_reply_by=first.by)


def _auto_reply(message: Relation, agent: Relation, turns: Relation) -> Relation:
    """The first acknowledgement by a machine after the customer first asked."""
    asked = turns.filter(turns.first).select(*TICKET, asked_at="starts_at")
    said = said_by_machines(message, agent).inner_join(asked, list(TICKET))
    said = said.filter(said.sent_at >= said.asked_at)
    return said.group_by(*TICKET).aggregate(auto_reply_at=said.sent_at.min())


def _with_team(replied: Relation, spans: Relation) -> Relation:
    """First replies with the team that held the ticket then."""
    held = spans.select(*TICKET, "place", began="starts_at", held_by="team")
    both = replied.left_join(
        held,
        [
            replied.source == held.source,
            replied.ticket_id == held.ticket_id,
            held.began <= replied.first_reply_at,
        ],
    )
    return both.group_by(*TICKET).aggregate(
        first_reply_at=both.first_reply_at.max(),
        first_reply_by=both.first_reply_by.max(),
        first_reply_team=both.held_by.argmax(both.place),
    )


def _concluded(rows: Relation) -> Relation:
    """Labels, and clocks that stop only when the ticket does."""
    still = is_one_of(rows.status, OPEN_STATUSES)
    closed = rows.status == "closed"
    lapse_holds = rows.lapsed_at.notnull() & ~still
    real = (rows.demand == "real") & (rows.redirects > 0)
    ended_at = ibis.ifelse(lapse_holds, rows.lapsed_at, None)
    # People are asked when a bot passes the ticket to them, if it had it.
    passed = ibis.greatest(rows.handed_over_at, rows.first_message_at)
    by_bot = rows.handed_over_at.notnull() & (
        rows.first_reply_at.isnull() | (passed <= rows.first_reply_at)
    )
    # Whoever confirms what a machine solved has not solved it.
    last_solved_at = ibis.ifelse(rows.solves > 0, rows.last_solved_at, None)
    unsolved = ibis.ifelse(lapse_holds, ibis.coalesce(rows.lapse_reason, "unsolved"), None)
    return rows.mutate(
        demand=ibis.ifelse(real, "redirected", rows.demand),
        is_open=still,
        redirected=rows.redirects > 0,
        last_solved_at=last_solved_at,
        lapsed_at=ended_at,
        closed_at=ibis.ifelse(closed, rows.status_since, None),
        close_reason=ibis.ifelse(closed, ibis.coalesce(rows.close_reason, unsolved), None),
        unanswered_at=ibis.ifelse(
            rows.first_message_at.notnull() & rows.first_reply_at.isnull() & ~still,
            ibis.greatest(
                ibis.coalesce(ended_at, last_solved_at, rows.status_since),
                rows.first_message_at,
            ),
            None,
        ),
        team_asked_at=ibis.ifelse(
            by_bot & rows.first_message_at.notnull(), passed, rows.first_message_at
        ),
        customer_messages=rows.customer_messages.fill_null(0),
        chasers=rows.chasers.fill_null(0),
        turns=rows.turns.fill_null(0),
        turns_waiting=rows.turns_waiting.fill_null(0),
        answered_calls=rows.answered_calls.fill_null(0),
        missed_calls=rows.missed_calls.fill_null(0),
        agent_touches=rows.agent_touches.fill_null(0),
    )


def _waits(rows: Relation) -> Relation:
    """Time spent waiting; empty while the ticket is open, and in opening hours nobody knows."""
    clocked = any_of(*(rows[f"{name}_open_seconds"].notnull() for name in CLOCKS))
    waits: dict[str, Value] = {}
    for name in WAITS:
        spent = rows[f"{name}_spent_open_seconds"]
        none = ibis.ifelse(clocked, 0, None).cast("int64")
        known = ~rows.is_open & (rows[f"{name}_unclocked"] == 0)
        waits[f"{name}_seconds"] = ibis.ifelse(rows.is_open, None, rows[f"{name}_spent_seconds"])
        waits[f"{name}_open_seconds"] = ibis.ifelse(known, ibis.coalesce(spent, none), None)
    return rows.mutate(**waits)


def answer_state(rows: Relation) -> StringValue:
    """answered, waiting, never_answered, or unknown where the customer never asked in writing."""
    return ibis.cases(
        (rows.first_message_at.isnull(), "unknown"),
        (rows.first_reply_at.notnull(), "answered"),
        (rows.unanswered_at.notnull(), "never_answered"),
        else_="waiting",
    )


def _clock_columns() -> tuple[Column, ...]:
    said = {
        "first_reply": "From the customer's first message to the first answer by a person",
        "first_solve": "From creation to the first solve",
        "resolve": "From creation to the solve that held",
        "last_solve": "From creation to the last solve",
        "lapse": "From creation to an end without a solve by people",
        "unanswered": "From the customer's first message to an end without any answer",
        "team_first_reply": "From when people were asked to the first answer by a person",
        "team_unanswered": "From when people were asked to an end without any answer",
        "requester_wait": "Time in new, open and on hold",
        "agent_wait": "Time pending on the customer",
        "on_hold": "Time on hold",
    }
    found: dict[str, str] = {}
    for name, says in said.items():
        found[f"{name}_seconds"] = f"whole: {says}; empty while it runs."
        found[f"{name}_open_seconds"] = f"whole: {says}, in opening hours."
    for name in WAITS:
        found[f"{name}_spent_seconds"] = f"whole: {said[name]}, in stretches that have ended."
    return columns(**found)


COLUMNS = (
    *columns(
        source="text: The system.",
        ticket_id="text: The ticket.",
        number="text: The number people know it by.",
        customer_id="text: Who it is for.",
        channel="text: Where it came in.",
        type="text: The kind of matter.",
        priority="text: The priority now.",
        product="text: The product.",
        country="text: The country.",
        language="text: The language.",
        brand="text: The brand.",
        demand="text: test, spam, merged, duplicate, internal, automated, redirected or real.",
        created_at="instant: When it began.",
        created_by="text: Who opened it.",
        created_by_kind="text: customer, agent, bot or system.",
        follows="text: The earlier ticket that it continues.",
        first_message_at="instant: When the customer first asked: by a message, a voicemail, a "
        "missed call or in the queue of a chat.",
        first_reply_at="instant: The first public answer by a person.",
        first_reply_by="text: Who gave it.",
        first_reply_team="text: The team that held the ticket then.",
        team_asked_at="instant: When people were asked: by the customer's first message, or when "
        "a bot passed the ticket to them.",
        auto_reply_at="instant: The first automatic reply to the customer.",
        first_solved_at="instant: The first solve by a person.",
        resolved_at="instant: The first solve not reopened within 7 days.",
        last_solved_at="instant: The last time a person said it was solved.",
        closed_at="instant: When it was closed, while it is.",
        close_reason="text: inactivity, bot, rule, merged, spam, cancelled or unsolved.",
        lapsed_at="instant: When it ended without a solve by people; for inactivity, when the "
        "waiting began.",
        unanswered_at="instant: When it ended without any answer by a person.",
        solved_by="text: Who is credited with the solve.",
        solved_team="text: Whose team that was.",
        status="text: The status now.",
        status_since="instant: Since when.",
        waiting_since="instant: When the running stretch began.",
        agent="text: Who holds it now.",
        team="text: Which team holds it now.",
        tier="whole: That team's tier.",
        calendar_id="text: The opening hours that hold for it now.",
        last_event_at="instant: The last thing that happened to it.",
        handoffs="whole: How often it passed from one person to another.",
        team_moves="whole: How often it passed from one team to another.",
        redirects="whole: How often it did so after a person had touched it.",
        escalations="whole: How often it passed to a higher tier.",
        touches="whole: Changes made by people of ours.",
        reopens="whole: How often it was reopened.",
        solves="whole: How often it was solved.",
        customer_messages="whole: Public messages by the customer.",
        chasers="whole: Messages sent a day or more after the last while the turn was ours.",
        turns="whole: Runs of customer messages that waited for an answer.",
        turns_waiting="whole: Those that wait still: 0 or 1.",
        answered_calls="whole: Answered calls that belong to it.",
        missed_calls="whole: Voicemails and missed calls that belong to it.",
        agent_touches="whole: Public messages by people of ours.",
        observed="flag: Whether only its last state is known, and no history of it.",
        is_open="flag: Whether it is new, open, pending or on hold.",
        redirected="flag: Whether it passed to another team after a person had touched it.",
    ),
    *_clock_columns(),
)

FACTS = [
    Fact(
        "ticket_fact",
        "Each ticket in one row: when it began, was answered, solved and closed, and by whom.",
        one_row_per="ticket",
        key=("source", "ticket_id"),
        bucket="ticket_id",
        reads=(
            "status_span_fact",
            "turn_fact",
            "ticket",
            "message",
            "agent",
            "call",
            "chat_session",
        ),
        columns=COLUMNS,
        build=ticket_fact,
        dimensions={
            **DIMENSIONS,
            "solved_by": "solved_by",
            "solved_team": "solved_team",
            "first_reply_by": "first_reply_by",
            "first_reply_team": "first_reply_team",
            "close_reason": "close_reason",
        },
        words={"answer_state": answer_state},
        opening_hours=True,
        merges=True,
    )
]
