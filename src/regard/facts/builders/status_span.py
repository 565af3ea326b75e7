"""One row per stretch of a ticket's history in which nothing about it changed."""

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.core.schema import columns
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import agrees, gathered, is_one_of, joined, latest, seconds_between
from regard.facts.fact import Fact

TICKET = ("source", "ticket_id")
FOLLOWED = ("calendar", "priority", "team", "agent", "status")
MACHINES = ("bot", "system")
DEFAULT_CALENDAR = "default"


def status_span_fact(
    ticket: Relation,
    ticket_change: Relation,
    agent: Relation,
    team: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Every happening of a ticket begins a row that lasts until the next one."""
    rows = _carried(_happenings(ticket, ticket_change, agent))
    rows = _placed(rows)
    rows = _tiered(rows, team)
    rows = _judged(rows)
    rows = _credited(rows)
    rows = joined(rows, _labels(ticket, ticket_change), TICKET)
    rows = rows.mutate(seconds=seconds_between(rows.starts_at, rows.ends_at))
    return add_open_seconds(rows, {"open_seconds": ("starts_at", "ends_at")}, clock, editions)


def _happenings(ticket: Relation, change: Relation, agent: Relation) -> Relation:
    """Creation and changes as one list: who changed which field to what, in which order."""
    created = ticket.select(
        *TICKET,
        starts_at=ticket.created_at,
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
    changed = told.select(
        *TICKET,
        starts_at=ibis.greatest(told.at, told.created_at),
        ordinal=told.ordinal.fill_null(0),
        rank=rank.cast("int64"),
        change_id=told.change_id,
        field=told.field,
        **{f"new_{name}": ibis.ifelse(told.field == name, told.value, None) for name in _new()},
        by=told.actor,
        by_kind=told.actor_kind,
        reason=told.reason,
    )
    return _without_machines(ibis.union(created, changed.select(*created.columns)), agent)


def _new() -> tuple[str, ...]:
    return ("status", "team", "agent", "priority", "calendar")


def _without_machines(rows: Relation, agent: Relation) -> Relation:
    """Say `bot` of whoever the source or the workspace knows to be one."""
    bots = agent.filter(agent.bot.fill_null(False)).select("source", by=agent.agent_id)
    bots = bots.distinct().mutate(is_bot=ibis.literal(True))
    rows = joined(rows, bots, ("source", "by"))
    return rows.mutate(by_kind=ibis.ifelse(rows.is_bot.fill_null(False), "bot", rows.by_kind)).drop(
        "is_bot"
    )


def _carried(rows: Relation) -> Relation:
    """Carry each field's last value forward, and number the rows of a ticket."""
    order = [rows.starts_at, rows.ordinal, rows.rank, rows.change_id]
    whole = ibis.window(group_by=TICKET, order_by=order)
    rows = rows.mutate(
        place=ibis.row_number().over(whole).cast("int64"),
        ends_at=rows.starts_at.lead().over(whole),
    )
    past = ibis.window(group_by=TICKET, order_by=rows.place, preceding=None, following=0)
    return rows.select(
        *(*TICKET, "starts_at", "ends_at", "place", "field", "by", "by_kind", "reason"),
        **{name: latest(rows[f"new_{name}"], rows.place).over(past) for name in _new()},
    )


def _placed(rows: Relation) -> Relation:
    """Look one row back: what was the status, the team, the person before?"""
    whole = ibis.window(group_by=TICKET, order_by=rows.place)
    return rows.mutate(
        **{f"old_{name}": rows[name].lag().over(whole) for name in ("status", "team", "agent")},
        calendar_id=rows.calendar,
    ).drop("calendar")


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
    whole = ibis.window(group_by=TICKET, order_by=rows.place)
    before = ibis.window(group_by=TICKET, order_by=rows.place, preceding=(None, 1))
    person = (rows.by_kind == "agent").fill_null(False) & (rows.place > 0)
    known_tier = latest(rows.tier, rows.place).over(before)
    moved = rows.team.notnull() & rows.old_team.notnull() & (rows.team != rows.old_team)
    handed = rows.agent.notnull() & rows.old_agent.notnull() & (rows.agent != rows.old_agent)
    return rows.mutate(
        change=_change(rows),
        touched=person,
        moved_team=moved,
        handed_over=handed,
        escalated=(moved & (rows.tier > known_tier)).fill_null(False),
        redirected=moved & (person.cast("int64").sum().over(before).fill_null(0) > 0),
        status_since=ibis.ifelse(
            agrees(rows.status, rows.status.lag().over(whole)), None, rows.starts_at
        ),
    )


def _change(rows: Relation) -> Value:
    was_open = is_one_of(rows.old_status, OPEN_STATUSES)
    first = rows.old_status.isnull()
    states = (rows.field == "status") | first
    machine = is_one_of(rows.by_kind, MACHINES)
    solved, closed = rows.status == "solved", rows.status == "closed"
    fresh: BooleanValue = was_open | first
    return ibis.cases(
        (~states, "other"),
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
    past = ibis.window(group_by=TICKET, order_by=rows.place, preceding=None, following=0)
    before = ibis.window(group_by=TICKET, order_by=rows.place, preceding=(None, 1))
    ahead = ibis.window(group_by=TICKET, order_by=rows.place, following=(1, None))
    reopens = ibis.ifelse(rows.change == "reopen", rows.starts_at, None)
    begins = (rows.place == 0) | (rows.change == "reopen")
    opens = ibis.ifelse(begins, rows.starts_at, None)
    waited_from = latest(rows.status_since, rows.place).over(before)
    ended = rows.change.isin(("lapse", "auto_solve"))
    silent = (rows.reason == "inactivity").fill_null(False)
    return rows.mutate(
        reopened_at=ibis.ifelse(
            rows.change.isin(("solve", "auto_solve", "lapse")), reopens.min().over(ahead), None
        ),
        opened_at=latest(opens, rows.place).over(past),
        lapsed_at=ibis.ifelse(ended, ibis.ifelse(silent, waited_from, rows.starts_at), None),
        status_since=latest(rows.status_since, rows.place).over(past),
    )


def _labels(ticket: Relation, change: Relation) -> Relation:
    """What stays with a ticket as a whole: customer, channel, type, product, label."""
    told = change.filter(change.field.isin(("type", "demand", "merged_into")))
    last = gathered(
        told.mutate(key=told.at.epoch_seconds().cast("int64") * 1_000_000 + told.ordinal),
        TICKET,
        **{
            f"last_{name}": ibis._["value"].argmax(ibis._["key"], where=ibis._["field"] == name)
            for name in ("type", "demand", "merged_into")
        },
    )
    rows = joined(ticket, last, TICKET)
    merged = ibis.coalesce(rows.last_merged_into, rows.merged_into)
    label = ibis.coalesce(rows.last_demand, rows.demand)
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
        type=ibis.coalesce(rows.last_type, rows.type),
        demand=demand,
        merged_into=merged,
    )


COLUMNS = columns(
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
    change="text: created, solve, auto_solve, restate, close, lapse, reopen, move or other.",
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
    customer_id="text: Who it is for.",
    channel="text: Where it came in.",
    type="text: The kind of matter.",
    product="text: The product.",
    country="text: The country.",
    language="text: The language.",
    brand="text: The brand.",
    demand="text: test, spam, merged, duplicate, internal, automated or real.",
    created_at="instant: When the ticket began.",
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
        reads=("ticket", "ticket_change", "agent", "team"),
        columns=COLUMNS,
        build=status_span_fact,
        dimensions=DIMENSIONS,
        opening_hours=True,
    )
]
