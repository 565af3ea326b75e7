"""One row a promise of service as it ran for a ticket: its deadline, and whether it was kept."""

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.deadlines import LONGEST
from regard.core.schema import columns
from regard.facts.builders.status_span import DIMENSIONS, LASTING, LASTING_COLUMNS, TICKET
from regard.facts.business_time import add_deadline, add_open_seconds
from regard.facts.expressions import (
    any_of,
    count_where,
    is_one_of,
    joined,
    seconds_between,
    whole_second,
)
from regard.facts.fact import Fact
from regard.facts.promises import TERM, state, terms
from regard.facts.speech import answered
from regard.store.engine import MOMENT

RUN = (*TERM, "ordinal")
LEG = (*RUN, "term")
RUNS_IN = {
    "pausable": ("new", "open", "on_hold"),
    "requester_wait": ("new", "open", "on_hold"),
    "agent_work": ("new", "open"),
}
"""In which statuses a promise's clock runs; those not named here never pause."""
WHOLE = ("requester_wait", "agent_work", "resolution")
UPDATES = ("periodic", "pausable")
STOPS = {"solve": "solve", "auto_solve": "lapse", "lapse": "lapse"}
TURNING = (*STOPS, "created", "reopen")
FIXED = (*LASTING, "team", "agent", "tier", "priority", "status")


def sla_fact(
    status_span_fact: Relation,
    turn_fact: Relation,
    ticket_fact: Relation,
    message: Relation,
    agent: Relation,
    call: Relation,
    chat_session: Relation,
    sla_target: Relation,
    sla_policy: Relation,
    ticket_change: Relation,
    clock: Relation,
    editions: Relation,
    deadlines: Relation,
) -> Relation:
    """Every promise with its deadline under the length that held when it fell due."""
    spans = status_span_fact
    promised = terms(sla_target, sla_policy, ticket_change, spans)
    answers = answered(message, agent, call, chat_session)
    runs = ibis.union(_turns(turn_fact), _updates(answers, spans), _whole(spans))
    order = ibis.window(group_by=TERM, order_by=runs.starts_at)
    runs = runs.mutate(ordinal=(ibis.row_number().over(order) + 1).cast("int64"))
    legs = _legs(runs, promised)
    spent = _spent(_stretches(runs.semi_join(legs, list(RUN)), spans), legs, clock, editions)
    due = _due(joined(legs, spent, LEG), clock, editions, deadlines)
    rows = _decided(due)
    rows = rows.inner_join(ticket_fact.select(*TICKET, *FIXED), list(TICKET))
    rows = rows.mutate(
        late_seconds=_late(rows, seconds_between(rows.due_at, rows.done_at)),
        calendar_id=rows.base_calendar,
    )
    late = add_open_seconds(rows, {"late_open_seconds": ("due_at", "done_at")}, clock, editions)
    return late.mutate(late_open_seconds=_late(late, late.late_open_seconds))


def _late(rows: Relation, seconds: Value) -> Value:
    """The seconds where it was done after the deadline."""
    return ibis.ifelse(whole_second(rows.done_at) > whole_second(rows.due_at), seconds, None)


# --- what ran from when until when -----------------------------------------------------------


def _turns(turns: Relation) -> Relation:
    """First and next answers: each turn that is no mere thanks."""
    asked = turns.filter((turns.end_kind != "thanks").fill_null(True))
    return asked.select(
        *TICKET,
        target=ibis.ifelse(asked.first, "first", "next"),
        starts_at=asked.starts_at,
        stopped_at=asked.ends_at,
        stop_kind=asked.end_kind,
        done_at=asked.replied_at,
        done_by=asked.answered_by,
        done_team=asked.answered_team,
    )


def _updates(answers: Relation, spans: Relation) -> Relation:
    """From each public answer to the next one, unless the ticket is solved by then."""
    told = _answers_and_ends(answers, spans)
    order = [told["at"], told.rank, told.ordinal, told.event_id]
    whole = ibis.window(group_by=TICKET, order_by=order)
    before = ibis.window(group_by=TICKET, order_by=order, preceding=(None, 1))
    ahead = ibis.window(group_by=TICKET, order_by=order, following=(1, None))
    stops = told.kind != "open"
    held = ibis.ifelse(told.kind == "reply", None, told.kind)
    rows = told.select(
        *TICKET,
        "kind",
        "at",
        stands=held.last().over(before),
        next_at=ibis.ifelse(stops, told["at"], None).first().over(ahead),
        next_kind=ibis.ifelse(stops, told.kind, None).first().over(ahead),
        next_by=ibis.ifelse(stops, told.by.fill_null(""), None).first().over(ahead),
        place=ibis.row_number().over(whole),
    )
    rows = rows.filter(rows.kind == "reply", (rows.stands == "open").fill_null(True))
    rows = rows.filter(rows.next_at.isnull() | (rows.next_at > rows["at"]))
    replied = (rows.next_kind == "reply").fill_null(False)
    runs = rows.mutate(target=ibis.array(list(UPDATES)).unnest())
    return runs.select(
        *TICKET,
        "target",
        starts_at=runs["at"],
        stopped_at=runs.next_at,
        stop_kind=runs.next_kind,
        done_at=ibis.ifelse(replied, runs.next_at, None),
        done_by=ibis.ifelse(replied, runs.next_by.nullif(""), None),
        done_team=ibis.null("string"),
    )


def _answers_and_ends(answers: Relation, spans: Relation) -> Relation:
    """Answers and what opens or ends a ticket, in one list; creation comes before all else."""
    ends = spans.filter(spans.change.isin(TURNING))
    kind = ibis.cases(*[(ends.change == name, said) for name, said in STOPS.items()], else_="open")
    return ibis.union(
        answers.select(
            *TICKET,
            at=answers["at"],
            rank=ibis.literal(0, "int64"),
            ordinal=answers.ordinal,
            event_id=answers.event_id,
            kind=ibis.literal("reply"),
            by=answers.by,
            team=ibis.null("string"),
        ),
        ends.select(
            *TICKET,
            at=ends.starts_at,
            rank=ibis.ifelse(ends.change == "created", -1, 1).cast("int64"),
            ordinal=ends.place,
            event_id=ibis.literal(""),
            kind=kind,
            by=ends.by,
            team=ends.team,
        ),
    )


def _whole(spans: Relation) -> Relation:
    """From creation to the solve that nothing has undone yet."""
    turning = spans.filter(spans.change.isin(TURNING))
    last = turning.group_by(*TICKET).aggregate(
        starts_at=turning.created_at.max(),
        change=turning.change.argmax(turning.place),
        ended_at=turning.starts_at.max(),
        ended_by=turning.by.argmax(turning.place),
        ended_team=turning.team.argmax(turning.place),
    )
    ended = last.change.isin(tuple(STOPS))
    solved = last.change == "solve"
    kind = ibis.cases(*[(last.change == name, said) for name, said in STOPS.items()])
    rows = last.mutate(target=ibis.array(list(WHOLE)).unnest(), stop_kind=kind)
    return rows.select(
        *TICKET,
        "target",
        "starts_at",
        stopped_at=ibis.ifelse(ended, rows.ended_at, None),
        stop_kind=rows.stop_kind,
        done_at=ibis.ifelse(solved, rows.ended_at, None),
        done_by=ibis.ifelse(solved, rows.ended_by, None),
        done_team=ibis.ifelse(solved, rows.ended_team, None),
    )


# --- how long had passed, and when it fell due -----------------------------------------------


def _legs(runs: Relation, promised: Relation) -> Relation:
    """Each length under which a promise ran, from when until when it held."""
    both = runs.inner_join(promised, list(TERM))
    last = both.changed_at.isnull() | (both.changed_at >= both.stopped_at).fill_null(False)
    both = both.mutate(holds_until=ibis.ifelse(last, None, both.changed_at))
    return both.filter(
        both.stopped_at.isnull()
        | (both.applied_at < both.stopped_at)
        | (both.applied_at <= both.starts_at),
        both.holds_until.isnull() | (both.holds_until > both.starts_at),
    ).drop("changed_at")


def _stretches(runs: Relation, spans: Relation) -> Relation:
    """The parts of a ticket's history that a promise lived through, and whether its clock ran."""
    held = spans.select(
        *TICKET,
        stretch="place",
        part_from="starts_at",
        part_to="ends_at",
        held_status="status",
        part_calendar="calendar_id",
    )
    both = runs.select(*RUN, "starts_at", "stopped_at").inner_join(held, list(TICKET))
    first = both.stretch == 0
    both = both.mutate(
        part_from=ibis.ifelse(first, both.starts_at, ibis.greatest(both.part_from, both.starts_at)),
        part_to=ibis.least(both.part_to, both.stopped_at),
    )
    pauses = [
        (both.target == target) & ~is_one_of(both.held_status, statuses)
        for target, statuses in RUNS_IN.items()
    ]
    at_once = (both.part_to == both.part_from) & (both.part_from == both.starts_at)
    lasts = both.part_to.isnull() | (both.part_to > both.part_from) | at_once
    return both.mutate(runs=~any_of(*pauses)).filter(lasts)


def _spent(parts: Relation, legs: Relation, clock: Relation, editions: Relation) -> Relation:
    """Per length: where its deadline is to be read from, and what was left of it there."""
    parts = add_open_seconds(
        parts,
        {"part_open": ("part_from", "part_to")},
        clock,
        editions,
        calendar="part_calendar",
        stop="starts_at",
    )
    own = legs.select(*LEG, "promised", "opening_hours")
    rows = own.inner_join(parts.drop("starts_at", "stopped_at"), list(RUN))
    length = ibis.ifelse(
        rows.opening_hours, rows.part_open, seconds_between(rows.part_from, rows.part_to)
    )
    rows = rows.mutate(length=ibis.ifelse(rows.runs, length, 0))
    past = ibis.window(group_by=LEG, order_by=rows.stretch, preceding=(None, 1))
    rows = rows.mutate(before=rows.length.sum().over(past).fill_null(0).cast("int64"))
    open_ended = rows.part_to.isnull()
    reached = open_ended | (rows.before + rows.length >= rows.promised)
    hit = rows.runs & (rows.before < rows.promised) & reached.fill_null(False)
    unknown = rows.runs & ~open_ended & rows.length.isnull()
    return rows.group_by(*LEG).aggregate(
        hit_at=rows.part_from.max(where=hit),
        hit_calendar=rows.part_calendar.max(where=hit),
        hit_before=rows.before.max(where=hit),
        all_spent=rows.length.sum().cast("int64"),
        last_calendar=rows.part_calendar.argmax(rows.stretch),
        unknown=count_where(unknown),
    )


def _due(rows: Relation, clock: Relation, editions: Relation, deadlines: Relation) -> Relation:
    """The second at which each length is over; of one that ended before, at which it would be."""
    hit = rows.hit_at.notnull()
    spent = ibis.ifelse(hit, rows.hit_before, rows.all_spent.fill_null(0))
    known = (rows.promised <= LONGEST).fill_null(False) & (rows.unknown.fill_null(0) == 0)
    rows = rows.mutate(
        base_at=ibis.ifelse(hit, rows.hit_at, rows.stopped_at),
        base_calendar=ibis.ifelse(hit, rows.hit_calendar, rows.last_calendar),
        left=ibis.ifelse(known, rows.promised - spent, None).cast("int64"),
    )
    found = add_deadline(
        rows,
        "base_at",
        "left",
        clock,
        editions,
        deadlines,
        to="open_due",
        calendar="base_calendar",
        stop="starts_at",
    )
    plain = whole_second(found.base_at) + found.left
    due = ibis.ifelse(found.opening_hours, found.open_due, plain)
    # A new length never falls due before it was promised.
    return found.mutate(due=ibis.greatest(due, ibis.ifelse(due.isnull(), None, _applied(found))))


def _applied(rows: Relation) -> Value:
    return whole_second(ibis.greatest(rows.applied_at, rows.starts_at))


def _decided(legs: Relation) -> Relation:
    """One row a promise: the first length that fell due while it held, else the last."""
    until = whole_second(legs.holds_until)
    fell = legs.due.notnull() & (legs.holds_until.isnull() | (legs.due < until))
    last = legs.holds_until.isnull()
    rank = ibis.ifelse(fell | last, legs.term, None)
    order = ibis.window(group_by=RUN, order_by=[rank.asc(nulls_first=False), legs.term])
    rows = legs.mutate(place_of_term=ibis.row_number().over(order))
    rows = rows.filter(rows.place_of_term == 0)
    taken_back = rows.promised.isnull()
    stands = rows.stopped_at.isnull() & rows.hit_at.isnull() & ~taken_back
    return rows.mutate(
        due_at=rows.due.as_timestamp("s").cast(MOMENT),
        stop_kind=ibis.ifelse(taken_back, "withdrawn", rows.stop_kind),
        stopped_at=ibis.ifelse(
            taken_back, ibis.coalesce(rows.stopped_at, rows.applied_at), rows.stopped_at
        ),
        is_paused=stands,
        seconds=rows.promised,
    )


COLUMNS = (
    *columns(
        source="text: The system.",
        ticket_id="text: The ticket.",
        target="text: first, next, periodic, pausable, requester_wait, agent_work or resolution.",
        ordinal="whole: Which time, from 1.",
        policy_id="text: By which policy, where known.",
        applied_at="instant: From when this length held for the ticket.",
        seconds="whole: Within how long; empty where it was taken back.",
        opening_hours="flag: Whether opening hours alone count.",
        starts_at="instant: When its clock began.",
        stopped_at="instant: When its clock stopped for good; empty while it may go on.",
        stop_kind="text: reply, solve, lapse or withdrawn; empty while it may go on.",
        due_at="instant: The deadline; of what ended before, the one it would have had; empty "
        "while it is paused or its opening hours are unknown.",
        done_at="instant: When what was promised was done.",
        done_by="text: Who did it.",
        done_team="text: The team that held the ticket then.",
        late_seconds="whole: From the deadline to when it was done, where that was later.",
        late_open_seconds="whole: From the deadline to when it was done later, in opening hours.",
        is_paused="flag: Whether its clock stands now without having reached the deadline.",
    ),
    *LASTING_COLUMNS,
    *columns(
        team="text: Which team holds the ticket now.",
        agent="text: Who holds it now.",
        tier="whole: That team's tier.",
        priority="text: The priority now.",
        status="text: The status now.",
        calendar_id="text: The opening hours that the deadline was read by.",
    ),
)

FACTS = [
    Fact(
        "sla_fact",
        "Each promise of service as it ran for a ticket: its deadline, and when it was kept.",
        one_row_per="promise that ran",
        key=("source", "ticket_id", "target", "ordinal"),
        bucket="ticket_id",
        reads=(
            "status_span_fact",
            "turn_fact",
            "ticket_fact",
            "message",
            "agent",
            "call",
            "chat_session",
            "sla_target",
            "sla_policy",
            "ticket_change",
        ),
        made_of=("sla_target", "sla_policy"),
        columns=COLUMNS,
        build=sla_fact,
        dimensions={
            **DIMENSIONS,
            "target": "target",
            "policy": "policy_id",
            "done_by": "done_by",
            "done_team": "done_team",
        },
        words={"state": lambda rows: state(rows, rows["_as_of"])},
        opening_hours=True,
        merges=True,
        promises=True,
    )
]
