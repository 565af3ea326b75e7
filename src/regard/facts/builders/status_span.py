"""One row per stretch of a ticket's history in which nothing about it changed."""

from datetime import UTC, datetime
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.core.schema import columns
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import agrees, is_one_of, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.labels import with_last_told
from regard.facts.thanked import with_thanks
from regard.store.engine import MOMENT

TICKET = ("source", "ticket_id")
FOLLOWED = ("calendar", "priority", "team", "agent", "status")
MACHINES = ("bot", "system")
DEFAULT_CALENDAR = "default"
NOBODY = ""
LASTING = (
    "customer_id",
    "channel",
    "type",
    "product",
    "country",
    "language",
    "brand",
    "demand",
    "created_at",
)
"""What stays with a ticket through its history, and what its turns and promises tell of it too."""
EVER = ibis.literal(datetime(1, 1, 1, tzinfo=UTC), MOMENT)
NEW = ("status", "team", "agent", "priority", "calendar")
PAST: dict[str, Any] = {"preceding": None, "following": 0}
BEFORE: dict[str, Any] = {"preceding": (None, 1)}
AHEAD: dict[str, Any] = {"following": (1, None)}


def status_span_fact(
    ticket: Relation,
    ticket_change: Relation,
    agent: Relation,
    team: Relation,
    message: Relation,
    reading: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Every happening of a ticket begins a row that lasts until the next one."""
    rows = _carried(_happenings(ticket, ticket_change, agent))
    rows = with_thanks(_judged(_tiered(rows, team)), message, reading)
    rows = _credited(rows)
    rows = joined(rows, _labels(ticket, ticket_change), TICKET)
    rows = rows.mutate(seconds=seconds_between(rows.starts_at, rows.ends_at))
    return add_open_seconds(rows, {"open_seconds": ("starts_at", "ends_at")}, clock, editions)


def _happenings(ticket: Relation, change: Relation, agent: Relation) -> Relation:
    """Creation and changes as one list: who changed which field to what, in which order."""
    created = ticket.select(
        *TICKET,
        starts_at=ticket.created_at,
        told_at=EVER,
        ordinal=ibis.literal(-1, "int64"),
        rank=ibis.literal(-1, "int64"),
        change_id=ibis.literal(""),
        field=ibis.literal("created"),
        new_status=ticket.status.fill_null("new"),
        new_team=ticket.team,
        new_agent=ticket.agent,
        new_priority=ticket.priority,
        new_calendar=ticket.calendar_id,
        by=ticket.created_by,
        by_kind=ticket.created_by_kind,
        reason=ibis.null("string"),
    )
    told = change.filter(change.field.isin(FOLLOWED))
    told = told.inner_join(ticket.select(*TICKET, "created_at"), list(TICKET))
    rank = ibis.cases(
        *[(told.field == name, place) for place, name in enumerate(FOLLOWED[:-1])],
        (told.value == "closed", len(FOLLOWED)),
        else_=len(FOLLOWED) - 1,
    )
    # No value says of a team or a person that nobody holds the ticket now; of the rest, nothing.
    held = told.field.isin(("team", "agent"))
    value = ibis.ifelse(held, told.value.fill_null(NOBODY), told.value)
    changed = told.select(
        *TICKET,
        starts_at=ibis.greatest(told.at, told.created_at),
        told_at=told.at,
        ordinal=told.ordinal.fill_null(0),
        rank=rank.cast("int64"),
        change_id=told.change_id,
        field=told.field,
        **{f"new_{name}": ibis.ifelse(told.field == name, value, None) for name in NEW},
        by=told.actor,
        by_kind=told.actor_kind,
        reason=told.reason,
    )
    return _without_machines(ibis.union(created, changed.select(*created.columns)), agent)


def _without_machines(rows: Relation, agent: Relation) -> Relation:
    """Say `bot` of whoever the source or the workspace knows to be one."""
    bots = agent.filter(agent.bot.fill_null(False)).select("source", by=agent.agent_id)
    bots = bots.distinct().mutate(is_bot=ibis.literal(True))
    rows = joined(rows, bots, ("source", "by"))
    return rows.mutate(by_kind=ibis.ifelse(rows.is_bot.fill_null(False), "bot", rows.by_kind)).drop(
        "is_bot"
    )


def _carried(rows: Relation) -> Relation:
    """Number the rows of a ticket and carry each field's last value forward.

    All windows share one order, so that the engine sorts once. Told before its creation, a change
    counts from the creation, but stays in the order in which it was told.
    """
    order = [rows.told_at, rows.ordinal, rows.rank, rows.change_id]
    whole, now, before = (
        ibis.window(group_by=TICKET, order_by=order, **frame) for frame in ({}, PAST, BEFORE)
    )
    person = (rows.by_kind == "agent").fill_null(False) & (rows.field != "created")
    named = {name: rows[f"new_{name}"].nullif(NOBODY) for name in ("team", "agent")}
    return rows.select(
        *(*TICKET, "starts_at", "field", "by", "by_kind", "reason"),
        place=ibis.row_number().over(whole).cast("int64"),
        ends_at=rows.starts_at.lead().over(whole),
        **{name: rows[f"new_{name}"].last().over(now) for name in ("status", "priority")},
        **{name: rows[f"new_{name}"].last().over(now).nullif(NOBODY) for name in named},
        calendar_id=rows.new_calendar.last().over(now),
        old_status=rows.new_status.last().over(before),
        **{f"old_{name}": value.last().over(before) for name, value in named.items()},
        states=rows.new_status.notnull(),
        touched=person,
        first_touched_at=ibis.ifelse(person, rows.starts_at, None).first().over(before),
    )


def _tiered(rows: Relation, team: Relation) -> Relation:
    """The tier and opening hours of the row's team, as they were when the row began."""
    after = ibis.window(group_by=("source", "team_id"), order_by=team.valid_from)
    spans = team.select(
        "source",
        "tier",
        team=team.team_id,
        team_calendar=team.calendar_id,
        valid_from=team.valid_from,
        valid_until=team.valid_from.lead().over(after),
    )
    found = rows.left_join(
        spans,
        [
            rows.source == spans.source,
            rows.team == spans.team,
            rows.starts_at >= spans.valid_from,
            spans.valid_until.isnull() | (rows.starts_at < spans.valid_until),
        ],
    ).drop("source_right", "team_right", "valid_from", "valid_until")
    calendar = ibis.coalesce(found.calendar_id, found.team_calendar, DEFAULT_CALENDAR)
    return found.mutate(calendar_id=calendar).drop("team_calendar")


def _judged(rows: Relation) -> Relation:
    """Name what each row did to the ticket, and whether it passed it on."""
    moved = rows.team.notnull() & rows.old_team.notnull() & (rows.team != rows.old_team)
    handed = rows.agent.notnull() & rows.old_agent.notnull() & (rows.agent != rows.old_agent)
    # What one and the same act did first is no earlier touch.
    after_touch = (rows.first_touched_at < rows.starts_at).fill_null(False)
    return rows.mutate(
        change=_change(rows),
        moved_team=moved,
        handed_over=handed,
        redirected=moved & after_touch,
        status_began=ibis.ifelse(agrees(rows.status, rows.old_status), None, rows.starts_at),
    )


def _change(rows: Relation) -> Value:
    was_open = is_one_of(rows.old_status, OPEN_STATUSES)
    first = rows.old_status.isnull()
    machine = is_one_of(rows.by_kind, MACHINES)
    solved, closed = rows.status == "solved", rows.status == "closed"
    fresh: BooleanValue = was_open | first
    return ibis.cases(
        (~rows.states, "other"),
        (solved & fresh & machine, "auto_solve"),
        (solved & fresh, "solve"),
        (closed & fresh, "lapse"),
        (first, "created"),
        (solved, "restate"),
        (closed, "close"),
        (~was_open, "reopen"),
        else_="move",
    )


def _credited(rows: Relation) -> Relation:
    """When a row's solve was undone, since when its status stood, when a lapse began."""
    past, before, ahead = (
        ibis.window(group_by=TICKET, order_by=rows.place, **frame)
        for frame in (PAST, BEFORE, AHEAD)
    )
    reopens = ibis.ifelse(rows.change == "reopen", rows.starts_at, None)
    begins = (rows.place == 0) | (rows.change == "reopen")
    opens = ibis.ifelse(begins, rows.starts_at, None)
    waited_from = rows.status_began.last().over(before)
    ended = rows.change.isin(("lapse", "auto_solve"))
    undone = rows.change.isin(("solve", "auto_solve", "lapse"))
    silent = (rows.reason == "inactivity").fill_null(False) & waited_from.notnull()
    known_tier = rows.tier.last().over(before)
    return rows.mutate(
        reopened_at=ibis.ifelse(undone, reopens.first().over(ahead), None),
        opened_at=opens.last().over(past),
        lapsed_at=ibis.ifelse(ended, ibis.ifelse(silent, waited_from, rows.starts_at), None),
        status_since=rows.status_began.last().over(past),
        escalated=(rows.moved_team & (rows.tier > known_tier)).fill_null(False),
    )


def _labels(ticket: Relation, change: Relation) -> Relation:
    """What stays with a ticket as a whole: customer, channel, type, product, label."""
    rows = with_last_told(ticket, change, "type", "demand", "merged_into")
    label, merged = rows.demand, rows.merged_into
    # First match of METRICS rule 12: test and spam before merged, merged before the rest.
    demand = ibis.cases(
        (is_one_of(label, ("test", "spam")), label),
        (merged.notnull(), "merged"),
        else_=label.fill_null("real"),
    )
    return rows.select(
        *TICKET,
        "customer_id",
        "channel",
        "product",
        "country",
        "language",
        "brand",
        "created_at",
        "created_by_kind",
        observed=rows.observed.fill_null(False),
        type=rows.type,
        demand=demand,
        merged_into=merged,
    )


LASTING_COLUMNS = columns(
    customer_id="text: Who the ticket is for.",
    channel="text: Where it came in.",
    type="text: The kind of matter.",
    product="text: The product.",
    country="text: The country.",
    language="text: The language.",
    brand="text: The brand.",
    demand="text: test, spam, merged, duplicate, internal, automated or real.",
    created_at="instant: When the ticket began.",
)

COLUMNS = (
    *columns(
        source="text: The system.",
        ticket_id="text: The ticket.",
        place="whole: The row's place in the ticket's history, from 0.",
        starts_at="instant: When it began.",
        ends_at="instant: When the next happening ended it; empty for the last.",
        seconds="whole: How long it lasted; a step passed through at one instant lasted 0.",
        open_seconds="whole: The same in opening hours; empty where none are known.",
        status="text: new, open, pending, on_hold, solved or closed.",
        old_status="text: The status before.",
        status_since="instant: Since when this status stood, through changes of other fields.",
        opened_at="instant: When the ticket was created or last reopened, as of then.",
        change="text: created, solve, auto_solve, restate, close, lapse, reopen, thanked (reopened "
        "by a mere thanks), move or other.",
        field="text: The field that changed.",
        team="text: The team then.",
        agent="text: The person then.",
        priority="text: The priority then.",
        tier="whole: The team's tier then.",
        calendar_id="text: The opening hours then.",
        by="text: Who did it.",
        by_kind="text: agent, customer, bot or system.",
        reason="text: Why, for a close.",
        touched="flag: Whether a person of ours did it, after creation.",
        handed_over="flag: Whether it passed from one person to another.",
        moved_team="flag: Whether it passed from one team to another.",
        redirected="flag: Whether it passed to another team after a person had touched it.",
        escalated="flag: Whether it passed to a higher tier.",
        reopened_at="instant: For a solve: when it was next undone.",
        lapsed_at="instant: For an end without a solve by people: the instant it counts from.",
    ),
    *LASTING_COLUMNS,
    *columns(observed="flag: Whether only the ticket's last state is known, and no history of it."),
)

DIMENSIONS = {
    name: name
    for name in (
        "source",
        "team",
        "agent",
        "status",
        "priority",
        "channel",
        "type",
        "product",
        "country",
        "language",
        "brand",
        "demand",
        "tier",
    )
}

FACTS = [
    Fact(
        "status_span_fact",
        "Each stretch of a ticket's history during which nothing about it changed.",
        one_row_per="stretch of a ticket",
        key=("source", "ticket_id", "place"),
        bucket="ticket_id",
        reads=("ticket", "ticket_change", "agent", "team", "message", "reading"),
        columns=COLUMNS,
        build=status_span_fact,
        dimensions=DIMENSIONS,
        opening_hours=True,
        merges=True,
    )
]
