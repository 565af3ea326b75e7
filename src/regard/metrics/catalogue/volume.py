"""How many tickets come, go and stand."""

from dataclasses import replace

from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.core.i18n import N_
from regard.metrics.labels import Labelled
from regard.metrics.level import Level, LevelAges
from regard.metrics.metric import Condition, Counter, Example, Exclusion, Metric
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Distinct, Grouped, Mean

DAY = 86_400
SHARE_MARGIN = 0.02
TICKETS = ("ticket", "ticket_change")
AGES = (
    ("< 1 d", DAY),
    ("1–3 d", 3 * DAY),
    ("3–7 d", 7 * DAY),
    ("7–30 d", 30 * DAY),
    ("> 30 d", 0),
)
"""How old what stands may be, in classes: each up to so many seconds, the last without end."""


def labelled(name: str) -> Condition:
    """The condition that a ticket carries a demand label."""
    return lambda rows: rows.demand == name


NOT_SERVICE = (
    Exclusion(N_("test ticket"), labelled("test")),
    Exclusion(N_("spam"), labelled("spam")),
    Exclusion(N_("merged into another ticket"), labelled("merged")),
    Exclusion(N_("internal ticket"), labelled("internal")),
    Exclusion(N_("automated ticket"), labelled("automated")),
)
"""What leaves the population of tickets (METRICS rule 12): real, redirected, duplicate stay."""
NO_HISTORY = Exclusion(N_("history not known"), lambda t: t.observed)
"""A ticket of which a source told only the last state: when anything happened to it is unknown."""
WITH_HISTORY = (*NOT_SERVICE, NO_HISTORY)


def stands_open(rows: Relation) -> BooleanValue:
    """Whether a stretch is one of an open ticket."""
    return rows.status.isin(OPEN_STATUSES)


def solves(rows: Relation) -> BooleanValue:
    """Whether a row is a solve by a person or the customer."""
    return rows.change == "solve"


def ended_unsolved(rows: Relation) -> BooleanValue:
    """Whether a row ends a ticket without a solve by people."""
    return rows.change.isin(("lapse", "auto_solve"))


def worked(rows: Relation) -> BooleanValue:
    """Whether a person of ours did it."""
    return rows.touched


def _tickets(rows: Relation) -> Value:
    return rows.ticket_id.nunique()


def _t(day: str, **said: object) -> dict[str, object]:
    return {"source": "s", "ticket_id": "1", "created_at": day, "demand": "real", **said}


def _span(start: str, end: str | None, status: str, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "ticket_id": "1",
        "starts_at": start,
        "ends_at": end,
        "status": status,
        "demand": "real",
        "opened_at": start,
        **said,
    }


SOLVES = Metric(
    key="solve_events",
    theme=N_("Volume"),
    label=N_("Solves"),
    says=N_("How often tickets were solved; one solved twice counts twice."),
    raises=N_("How much of the work is done a second time?"),
    fact="status_span_fact",
    at="starts_at",
    shape=Count(solves),
    unit="count",
    better="none",
    numerator=N_("solves by people"),
    denominator=N_("none: a count"),
    requires=TICKETS,
    excludes=WITH_HISTORY,
    who={"agent": "by"},
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _span("2026-03-02T10:00:00Z", None, "solved", change="solve"),
            _span("2026-03-03T10:00:00Z", None, "open", change="reopen"),
            _span("2026-03-05T10:00:00Z", None, "solved", change="solve"),
        ),
        value=2,
    ),
)

METRICS = [
    Metric(
        key="tickets_new",
        theme=N_("Volume"),
        label=N_("New tickets"),
        says=N_("Tickets created in the period; spam, tests and merged ones are not among them."),
        raises=N_("Do more customers come, or do the same ones come more often?"),
        fact="ticket_fact",
        at="created_at",
        shape=Count(),
        unit="count",
        better="none",
        numerator=N_("tickets created"),
        denominator=N_("none: a count"),
        requires=("ticket",),
        excludes=NOT_SERVICE,
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _t("2026-03-01T10:00:00Z", ticket_id="1"),
                _t("2026-03-02T10:00:00Z", ticket_id="2", demand="spam"),
                _t("2026-03-02T11:00:00Z", ticket_id="3", demand="duplicate"),
            ),
            value=2,
        ),
    ),
    Metric(
        key="tickets_solved",
        theme=N_("Volume"),
        label=N_("Solved tickets"),
        says=N_("Tickets with a solve in the period, each once, however often it was solved."),
        raises=N_("Were they solved for the customer, or only closed for us?"),
        fact="status_span_fact",
        at="starts_at",
        shape=Distinct(("source", "ticket_id")),
        unit="count",
        better="high",
        numerator=N_("different tickets with a solve by a person"),
        denominator=N_("none: a count of different tickets; it does not add over days"),
        requires=TICKETS,
        counts=solves,
        excludes=WITH_HISTORY,
        counters=(Counter("reopen_rate", SHARE_MARGIN, relative=False),),
        who={"agent": "by"},
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", None, "solved", change="solve"),
                _span("2026-03-05T10:00:00Z", None, "solved", change="solve", place=3),
                _span("2026-03-06T10:00:00Z", None, "solved", change="auto_solve", ticket_id="2"),
            ),
            value=1,
        ),
    ),
    Metric(
        key="tickets_active",
        theme=N_("Volume"),
        label=N_("Active tickets"),
        says=N_("Tickets with any message or change in the period."),
        raises=N_("How much is really being worked on?"),
        fact="ticket_event_fact",
        at="at",
        shape=Distinct(("source", "ticket_id")),
        unit="count",
        better="none",
        numerator=N_("different tickets with an event"),
        denominator=N_("none: a count of different tickets; it does not add over days"),
        requires=("ticket",),
        excludes=NOT_SERVICE,
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                {"ticket_id": "1", "at": "2026-03-02T10:00:00Z", "demand": "real"},
                {"ticket_id": "1", "at": "2026-03-03T10:00:00Z", "demand": "real"},
                {"ticket_id": "2", "at": "2026-03-03T10:00:00Z", "demand": "real"},
            ),
            value=2,
        ),
    ),
    SOLVES,
    replace(
        SOLVES,
        key="reopen_events",
        label=N_("Reopenings"),
        says=N_("How often a solved or closed ticket was opened again."),
        raises=N_("What had we called solved that was not?"),
        shape=Count(lambda t: t.change == "reopen"),
        better="low",
        who={},
        numerator=N_("reopenings"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", None, "solved", change="solve"),
                _span("2026-03-03T10:00:00Z", None, "open", change="reopen"),
            ),
            value=1,
        ),
    ),
    replace(
        SOLVES,
        key="closed_without_solve",
        label=N_("Closed without a solve"),
        says=N_("Tickets that ended without a solve by people: silence, a rule, a bot."),
        raises=N_("Did these customers get what they came for?"),
        shape=Count(ended_unsolved),
        better="low",
        who={},
        numerator=N_("ends without a solve by people"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", None, "closed", change="lapse"),
                _span("2026-03-03T10:00:00Z", None, "closed", change="close"),
            ),
            value=1,
        ),
    ),
    Metric(
        key="backlog",
        theme=N_("Backlog"),
        label=N_("Open tickets"),
        says=N_("Tickets new, open, pending or on hold at the end of the period."),
        raises=N_("Does more come in than goes out, and who waits the longest?"),
        fact="status_span_fact",
        at="starts_at",
        shape=Level(),
        unit="count",
        better="low",
        numerator=N_("tickets open at the instant"),
        denominator=N_("none: a stock; it is never summed over time"),
        requires=TICKETS,
        counts=stands_open,
        excludes=NOT_SERVICE,
        counters=(Counter("closed_without_reply"), Counter("closed_without_solve")),
        beside=("backlog_age",),
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z", "open"),
                _span("2026-03-02T10:00:00Z", None, "pending", ticket_id="2"),
                _span("2026-03-02T10:00:00Z", None, "solved", ticket_id="3"),
            ),
            value=1,
        ),
    ),
    Metric(
        key="backlog_age",
        theme=N_("Backlog"),
        label=N_("Age of open tickets"),
        says=N_("How long the open tickets have stood since they came or were reopened."),
        raises=N_("Which customers have we forgotten?"),
        fact="status_span_fact",
        at="starts_at",
        shape=LevelAges(edges=AGES),
        unit="share",
        better="none",
        numerator=N_("open tickets of an age"),
        denominator=N_("open tickets at the instant"),
        requires=TICKETS,
        counts=stands_open,
        excludes=NOT_SERVICE,
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _span("2026-03-30T10:00:00Z", None, "open"),
                _span("2026-03-02T00:00:00Z", None, "pending", ticket_id="2"),
                _span("2026-02-01T00:00:00Z", None, "pending", ticket_id="3"),
                _span("2026-02-01T00:00:00Z", None, "new", ticket_id="4"),
            ),
            value=0.5,
            by={"age": "> 30 d"},
        ),
    ),
    Metric(
        key="days_to_clear",
        theme=N_("Backlog"),
        label=N_("Days to clear"),
        says=N_("How many days the open tickets would take at the present pace of solving."),
        raises=N_("When would the last of them be answered if nothing new came?"),
        fact="status_span_fact",
        at="starts_at",
        shape=Quotient("backlog", "tickets_solved", by_day=True),
        unit="days",
        better="low",
        numerator=N_("tickets open at the end"),
        denominator=N_("tickets solved a day in the period"),
        requires=TICKETS,
        excludes=NOT_SERVICE,
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", None, "open"),
                _span("2026-03-02T10:00:00Z", None, "open", ticket_id="2"),
                _span("2026-03-02T12:00:00Z", None, "solved", ticket_id="3", change="solve"),
            ),
            value=60.0,
            as_of="2026-04-01T00:00:00+00:00",
        ),
    ),
    Metric(
        key="tickets_by_type",
        theme=N_("Volume"),
        label=N_("Tickets by type"),
        says=N_(
            "The share of new tickets of each type; a ticket of several types counts in each, and "
            "one of a part counts in the whole."
        ),
        raises=N_("What do customers come for, and which of it could be spared them?"),
        fact="ticket_fact",
        at="created_at",
        shape=Labelled("type"),
        unit="share",
        better="none",
        numerator=N_("tickets created of the type"),
        denominator=N_("tickets created, those without a type among them"),
        requires=("ticket",),
        excludes=NOT_SERVICE,
        unknown=lambda t: t.type.isnull(),
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _t("2026-03-01T10:00:00Z", ticket_id="1", type="billing/refund"),
                _t("2026-03-02T10:00:00Z", ticket_id="2", type="billing/late; account"),
                _t("2026-03-02T10:00:00Z", ticket_id="3", type="account"),
                _t("2026-03-02T10:00:00Z", ticket_id="4"),
            ),
            value=0.5,
            by={"type": "billing"},
        ),
    ),
    Metric(
        key="tickets_per_agent",
        theme=N_("Volume"),
        label=N_("Tickets per agent and day"),
        says=N_("Different tickets a person worked on, for each day the person was active."),
        raises=N_("Is the load shared, and can it be borne?"),
        fact="status_span_fact",
        at="starts_at",
        shape=Grouped(
            group={"who": lambda t: t.by},
            totals={"tickets": _tickets},
            then=Mean(lambda t: t.tickets),
        ),
        unit="number",
        better="none",
        numerator=N_("different tickets worked on by a person on a day"),
        denominator=N_("days on which a person was active"),
        requires=TICKETS,
        counts=worked,
        excludes=NOT_SERVICE,
        cluster=("agent", "day"),
        who={"agent": "by"},
        cited=N_("Regard's own definition"),
        example=Example(
            rows=(
                _span("2026-03-02T10:00:00Z", None, "open", by="ann", touched=True),
                _span("2026-03-02T11:00:00Z", None, "open", by="ann", touched=True, ticket_id="2"),
                _span("2026-03-03T11:00:00Z", None, "open", by="ann", touched=True, ticket_id="2"),
            ),
            value=1.5,
        ),
    ),
]
