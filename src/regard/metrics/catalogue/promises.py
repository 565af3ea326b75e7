"""Whether promises of service were kept, and by how much they were missed."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.i18n import N_
from regard.facts.expressions import seconds_between
from regard.facts.promises import judged, state
from regard.metrics.catalogue.volume import NOT_SERVICE
from regard.metrics.incidence import Incidence
from regard.metrics.level import Level
from regard.metrics.metric import Condition, Counter, Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Share
from regard.metrics.twins import with_twins

PROMISED = ("ticket", "sla_target|sla_policy")


def stands(*names: str) -> Condition:
    """The condition that a promise stands in one of some states at the as-of."""
    return lambda rows: state(rows, rows["_as_of"]).isin(names)


def _promise(number: int, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "ticket_id": str(number),
        "target": "first",
        "ordinal": 1,
        "starts_at": "2026-03-02T10:00:00Z",
        "due_at": "2026-03-02T12:00:00Z",
        "is_paused": False,
        "demand": "real",
        **said,
    }


ROWS = (
    _promise(1, done_at="2026-03-02T12:00:00Z", stopped_at="2026-03-02T12:00:00Z"),
    _promise(
        2, done_at="2026-03-02T13:00:00Z", stopped_at="2026-03-02T13:00:00Z", late_seconds=3600
    ),
    _promise(3),
    _promise(4, stopped_at="2026-03-02T11:00:00Z", stop_kind="solve"),
    _promise(5, due_at="2026-03-31T00:00:01Z", done_at="2026-03-30T12:00:00Z"),
)

ATTAINMENT = Metric(
    key="sla_attainment",
    theme=N_("Promises"),
    label=N_("Promises kept"),
    says=N_(
        "Of the promises that have fallen due, the share kept in time. Those nobody has kept yet "
        "count as missed from their deadline on; those not due yet stand in neither half."
    ),
    raises=N_("To whom did we break our word, and did we know it in time?"),
    fact="sla_fact",
    at="due_at",
    shape=Share(stands("met")),
    unit="share",
    better="high",
    numerator=N_("promises kept by their deadline"),
    denominator=N_("promises whose deadline has passed"),
    requires=PROMISED,
    excludes=(
        *NOT_SERVICE,
        Exclusion(N_("ended before it was due, or taken back"), stands("withdrawn")),
        Exclusion(N_("not due yet"), lambda t: ~judged(t, t["_as_of"])),
    ),
    counters=(Counter("next_response_time"), Counter("csat_asked", 0.02, relative=False)),
    beside=("sla_lateness", "sla_running"),
    who={"agent": ("done_by", "agent"), "team": ("done_team", "team")},
    cited=N_("Regard's own definition"),
    example=Example(rows=ROWS, value=1 / 3, note=N_("1 of 3 due: kept on the second")),
)


def _given_up(rows: Relation) -> Value:
    """Seconds from the deadline to an end at which the promise was still not kept."""
    ended = rows.stopped_at.notnull() & rows.done_at.isnull()
    return ibis.ifelse(ended, seconds_between(rows.due_at, rows.stopped_at), None)


LATENESS = replace(
    ATTAINMENT,
    key="sla_lateness",
    label=N_("Lateness of missed promises"),
    says=N_("By how much half of all missed promises were late at most, those still waiting too."),
    raises=N_("Do we give up on what is late already?"),
    shape=Incidence(Column("late_seconds"), _given_up, Column("_age")),
    unit="seconds",
    better="low",
    numerator=N_("missed promises kept so long after their deadline"),
    denominator=N_("promises missed"),
    counts=stands("missed", "met"),
    excludes=(*NOT_SERVICE, Exclusion(N_("kept in time"), stands("met"))),
    waiting=lambda t: t.stopped_at.isnull(),
    counters=(),
    beside=("sla_attainment",),
    example=Example(
        rows=(
            _promise(1, late_seconds=60, done_at="2026-03-02T12:01:00Z"),
            _promise(2, late_seconds=3600, done_at="2026-03-02T13:00:00Z"),
            _promise(3, late_seconds=7200, done_at="2026-03-02T14:00:00Z"),
        ),
        value=3600,
    ),
)

OPEN = replace(
    ATTAINMENT,
    key="sla_running",
    label=N_("Promises running"),
    says=N_("Promises whose clock had neither been stopped nor taken back at the instant."),
    raises=N_("What falls due next, and what is overdue?"),
    at="starts_at",
    shape=Level(starts="starts_at", ends="stopped_at"),
    unit="count",
    better="none",
    numerator=N_("promises running, paused or overdue at the instant"),
    denominator=N_("none: a stock; it is never summed over time"),
    excludes=NOT_SERVICE,
    counters=(),
    beside=("sla_attainment",),
    example=Example(rows=ROWS[:4], value=1),
)

METRICS = [
    ATTAINMENT,
    *with_twins(
        LATENESS,
        N_("Lateness of missed promises, finished only"),
        N_("Lateness of missed promises, mean of finished"),
    ),
    OPEN,
]
