"""How long tickets take, and whether they stay solved."""

from collections.abc import Callable
from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import seconds_between
from regard.metrics.catalogue.volume import DAY, SHARE_MARGIN, TICKETS, WITH_HISTORY, solves
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.metric import Counter, Example, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Mean, Share
from regard.metrics.twins import in_period, with_twins

SEVEN_DAYS = 7 * DAY
HOUR = 3_600
SPEED = N_("Speed")
CARE = N_("Care")


def is_open(rows: Relation) -> BooleanValue:
    """Whether the ticket still stands open."""
    return rows.is_open


def not_resolved(rows: Relation) -> BooleanValue:
    """Whether the ticket was neither resolved nor ended otherwise."""
    return rows.resolved_at.isnull() & rows.lapsed_at.isnull()


def young_solve(rows: Relation) -> BooleanValue:
    """Whether the solve is younger than the seven days in which it may be undone."""
    age = seconds_between(rows.resolved_at, rows["_as_of"])
    return rows.resolved_at.notnull() & (age < SEVEN_DAYS)


def reopened_in_time(rows: Relation) -> BooleanValue:
    """Whether a solve was undone within seven days."""
    return seconds_between(rows.starts_at, rows.reopened_at) <= SEVEN_DAYS


def _waited(name: str, statuses: tuple[str, ...]) -> Callable[[Relation], Value]:
    """Time spent so far in some statuses by a ticket that has not ended."""

    def so_far(rows: Relation) -> Value:
        running = seconds_between(rows.waiting_since, rows["_as_of"])
        now = ibis.ifelse(rows.status.isin(statuses), running, 0)
        return ibis.ifelse(rows.is_open, rows[f"{name}_spent_seconds"] + now, None)

    return so_far


def _time(done: str) -> Incidence:
    return Incidence(Column(done), Column("lapse_seconds"), Column("_age"))


def _ticket(ticket_id: str, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "ticket_id": ticket_id,
        "created_at": "2026-03-02T10:00:00Z",
        "demand": "real",
        "is_open": False,
        "status": "solved",
        **said,
    }


FOUR = (
    _ticket("1", resolve_seconds=HOUR, resolved_at="2026-03-02T11:00:00Z"),
    _ticket("2", resolve_seconds=2 * HOUR, resolved_at="2026-03-02T12:00:00Z"),
    _ticket("3", lapse_seconds=30, lapsed_at="2026-03-02T10:00:30Z", status="closed"),
    _ticket("4", is_open=True, status="open"),
)

TIME_TO_RESOLVE = Metric(
    key="time_to_resolve",
    theme=SPEED,
    label=N_("Time to resolve"),
    says=N_(
        "The time by which half of all tickets were solved for good: from creation to the first "
        "solve not reopened within 7 days. Those still open and those closed without a solve count."
    ),
    raises=N_("What makes the slow half slow?"),
    fact="ticket_fact",
    at="created_at",
    shape=_time("resolve_seconds"),
    unit="seconds",
    better="low",
    numerator=N_("tickets solved for good by that time"),
    denominator=N_("all tickets created, open ones and those closed unsolved among them"),
    requires=TICKETS,
    excludes=WITH_HISTORY,
    waiting=not_resolved,
    provisional=young_solve,
    counters=(
        Counter("reopen_rate", SHARE_MARGIN, relative=False),
        Counter("repeat_contact_rate", SHARE_MARGIN, relative=False),
    ),
    # Whoever solved it, else whoever holds it: a team's unsolved tickets stay in its curve.
    who={"agent": ("solved_by", "agent"), "team": ("solved_team", "team")},
    cited=N_("Regard's own definition; Aalen and Johansen 1978"),
    example=Example(rows=FOUR, value=2 * HOUR, note=N_("2 of 4 are a half, reached at 2 h")),
)

FIRST = replace(
    TIME_TO_RESOLVE,
    key="time_to_first_solve",
    variant_of="time_to_resolve",
    label=N_("Time to first solve"),
    says=N_("The time by which half of all tickets were first called solved, reopened or not."),
    raises=N_("How much of this speed is taken back by reopenings?"),
    shape=_time("first_solve_seconds"),
    waiting=lambda t: t.first_solved_at.isnull() & t.lapsed_at.isnull(),
    provisional=None,
    numerator=N_("tickets called solved by that time"),
    example=Example(
        rows=tuple({**row, "first_solve_seconds": row.get("resolve_seconds")} for row in FOUR),
        value=2 * HOUR,
    ),
)

LAST = replace(
    TIME_TO_RESOLVE,
    key="time_to_last_solve",
    variant_of="time_to_resolve",
    label=N_("Time to last solve"),
    says=N_("The time by which half of all tickets were solved for the last time seen."),
    raises=N_("How long did customers wait in the end?"),
    shape=_time("last_solve_seconds"),
    waiting=lambda t: t.last_solved_at.isnull() & t.lapsed_at.isnull(),
    provisional=None,
    numerator=N_("tickets solved for the last time by that time"),
    example=Example(
        rows=tuple({**row, "last_solve_seconds": row.get("resolve_seconds")} for row in FOUR),
        value=2 * HOUR,
    ),
)

WITHIN = replace(
    TIME_TO_RESOLVE,
    key="resolved_within_days",
    label=N_("Resolved within days"),
    says=N_("The share of all tickets solved for good within 1, 3, 7 and 30 days."),
    raises=N_("Who is still waiting after a month, and why?"),
    shape=IncidenceAt(
        Column("resolve_seconds"),
        Column("lapse_seconds"),
        Column("_age"),
        within={"1": DAY, "3": 3 * DAY, "7": 7 * DAY, "30": 30 * DAY},
    ),
    unit="share",
    better="high",
    example=Example(
        rows=(*FOUR[:3], _ticket("4", resolve_seconds=2 * DAY)), value=0.5, by={"days": "1"}
    ),
)


def _wait(
    key: str, name: str, statuses: tuple[str, ...], label: str, says: str, raises: str
) -> Metric:
    return replace(
        TIME_TO_RESOLVE,
        key=key,
        label=label,
        says=says,
        raises=raises,
        shape=Incidence(Column(f"{name}_seconds"), None, _waited(name, statuses)),
        waiting=is_open,
        provisional=None,
        numerator=N_("tickets that ended having waited no longer"),
        denominator=N_("all tickets created; open ones with what they have waited so far"),
        counters=(),
        who={},
        example=Example(
            rows=(
                _ticket("1", **{f"{name}_seconds": 600}),
                _ticket("2", **{f"{name}_seconds": 1200}),
                _ticket("3", **{f"{name}_seconds": 1800}),
            ),
            value=1200,
        ),
    )


WAITS = (
    *with_twins(
        _wait(
            "requester_wait",
            "requester_wait",
            ("new", "open", "on_hold"),
            N_("Customer's wait"),
            N_("How long customers waited for us in all: time in new, open and on hold."),
            N_("Where do tickets lie while nobody works on them?"),
        ),
        N_("Customer's wait, finished only"),
        N_("Customer's wait, mean of finished"),
    ),
    *with_twins(
        _wait(
            "agent_wait",
            "agent_wait",
            ("pending",),
            N_("Wait for the customer"),
            N_("How long we waited for customers in all: time in pending."),
            N_("Do we ask for what we could have known?"),
        ),
        N_("Wait for the customer, finished only"),
        N_("Wait for the customer, mean of finished"),
    ),
    *with_twins(
        _wait(
            "on_hold_time",
            "on_hold",
            ("on_hold",),
            N_("Time on hold"),
            N_("How long tickets stood on hold for somebody else."),
            N_("Whom do we wait for, and could we do without?"),
        ),
        N_("Time on hold, finished only"),
        N_("Time on hold, mean of finished"),
    ),
)


def _solve(ticket: str, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "ticket_id": ticket,
        "change": "solve",
        "starts_at": "2026-03-02T10:00:00Z",
        "demand": "real",
        **said,
    }


REOPEN = Metric(
    key="reopen_rate",
    theme=CARE,
    label=N_("Reopen rate"),
    says=N_(
        "The share of solves undone within 7 days; solves younger than that are not judged, and a "
        "mere thanks undoes nothing."
    ),
    version=2,
    raises=N_("What do we call solved that customers do not?"),
    fact="status_span_fact",
    at="starts_at",
    shape=Share(reopened_in_time),
    unit="share",
    better="low",
    numerator=N_("solves reopened within 7 days"),
    denominator=N_("solves at least 7 days old"),
    requires=TICKETS,
    counts=solves,
    excludes=WITH_HISTORY,
    ripe_seconds=SEVEN_DAYS,
    who={"agent": "by"},
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _solve("1", reopened_at="2026-03-09T10:00:00Z"),
            _solve("2", reopened_at="2026-03-09T10:00:01Z"),
            _solve("3"),
            _solve("4", starts_at="2026-03-30T10:00:00Z", reopened_at="2026-03-30T11:00:00Z"),
        ),
        value=1 / 3,
    ),
)

REDIRECTED = Metric(
    key="redirected_share",
    settle_seconds=14 * DAY,
    theme=CARE,
    label=N_("Redirected tickets"),
    says=N_("The share of new tickets that passed to another team after somebody had begun."),
    raises=N_("Why did they not come to the right team at once?"),
    fact="ticket_fact",
    at="created_at",
    shape=Share(lambda t: t.redirected | (t.demand == "redirected")),
    unit="share",
    better="low",
    numerator=N_("tickets moved to another team after the first touch"),
    denominator=N_("tickets created"),
    requires=TICKETS,
    excludes=WITH_HISTORY,
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _ticket("1", redirected=True),
            _ticket("2", redirected=False),
            _ticket("3", redirected=False),
            _ticket("4", redirected=False),
        ),
        value=0.25,
    ),
)

HANDOFFS = replace(
    REDIRECTED,
    key="handoffs",
    settle_seconds=14 * DAY,
    label=N_("Hand-offs per ticket"),
    says=N_("How often a ticket passed from one person to another."),
    raises=N_("How often must customers explain themselves again?"),
    shape=Mean(Column("handoffs")),
    unit="number",
    numerator=N_("changes of person"),
    waiting=is_open,
    example=Example(rows=(_ticket("1", handoffs=0), _ticket("2", handoffs=3)), value=1.5),
)

ESCALATION = replace(
    REDIRECTED,
    key="escalation_rate",
    settle_seconds=14 * DAY,
    label=N_("Escalation rate"),
    says=N_("The share of new tickets that passed to a higher tier."),
    raises=N_("What could the first line settle if it were allowed to?"),
    shape=Share(lambda t: t.escalations > 0),
    numerator=N_("tickets passed to a higher tier"),
    requires=(*TICKETS, "team"),
    waiting=is_open,
    counters=(Counter("repeat_contact_rate", SHARE_MARGIN, relative=False),),
    example=Example(rows=(_ticket("1", escalations=0), _ticket("2", escalations=2)), value=0.5),
)

METRICS = [
    *with_twins(
        TIME_TO_RESOLVE,
        N_("Time to resolve, finished only"),
        N_("Time to resolve, mean of finished"),
        N_("Time to resolve, opening hours"),
    ),
    in_period(TIME_TO_RESOLVE, N_("Time to resolve, in the period")),
    *with_twins(
        FIRST,
        N_("Time to first solve, finished only"),
        N_("Time to first solve, mean of finished"),
        N_("Time to first solve, opening hours"),
    ),
    *with_twins(
        LAST,
        N_("Time to last solve, finished only"),
        N_("Time to last solve, mean of finished"),
        N_("Time to last solve, opening hours"),
    ),
    WITHIN,
    *WAITS,
    REOPEN,
    REDIRECTED,
    HANDOFFS,
    ESCALATION,
]
