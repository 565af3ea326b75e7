"""How people's time was spent: occupancy, utilisation, adherence."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.i18n import N_
from regard.metrics.metric import Counter, Example, Metric
from regard.metrics.shapes import Pick, Ratio

BUSY = ("handling", "wrap")
READY = (*BUSY, "available")


def _in(states: tuple[str, ...]) -> Pick:
    def seconds(rows: Relation) -> Value:
        return ibis.ifelse(rows.state.isin(states), rows.seconds, 0)

    return seconds


def _state(agent: str, state: str, seconds: int) -> dict[str, object]:
    return {
        "source": "s",
        "agent": agent,
        "state": state,
        "starts_at": "2026-03-02T10:00:00Z",
        "seconds": seconds,
    }


OCCUPANCY = Metric(
    key="occupancy",
    theme=N_("Staffing"),
    label=N_("Occupancy"),
    says=N_("Time on contacts and their after-work, of all time on them or ready for them."),
    raises=N_("Over 85 % is a warning: who has no time to breathe?"),
    fact="presence_fact",
    at="starts_at",
    shape=Ratio(_in(BUSY), _in(READY), highest=1.0),
    unit="share",
    better="none",
    numerator=N_("seconds handling and in after-work"),
    denominator=N_("seconds handling, in after-work and available"),
    requires=("agent_state",),
    waiting=lambda t: t.seconds.isnull(),
    cluster=("agent", "day"),
    counters=(Counter("queue_wait"),),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(_state("ann", "handling", 300), _state("ann", "available", 100)), value=0.75
    ),
)


def _shift(planned: int, handled: int | None, in_state: int | None) -> dict[str, object]:
    return {
        "source": "s",
        "agent": "ann",
        "starts_at": "2026-03-02T08:00:00Z",
        "seconds": planned,
        "paid": True,
        "known_seconds": None if handled is None else planned,
        "handled_seconds": handled,
        "planned_state_seconds": in_state,
    }


SHIFTS = (_shift(28_800, 14_400, 21_600), _shift(28_800, None, None))

UTILISATION = replace(
    OCCUPANCY,
    key="utilisation",
    label=N_("Utilisation"),
    says=N_("Time on contacts and their after-work, of the time paid for."),
    raises=N_("Where does the rest of the day go, and is it well spent?"),
    fact="shift_fact",
    shape=Ratio(lambda t: t.handled_seconds, lambda t: t.seconds, highest=1.0),
    numerator=N_("seconds handling and in after-work"),
    denominator=N_("seconds of paid shifts"),
    requires=("shift", "agent_state"),
    counts=lambda t: t.paid & t.known_seconds.notnull(),
    waiting=None,
    counters=(),
    example=Example(rows=SHIFTS, value=0.5),
)

ADHERENCE = replace(
    UTILISATION,
    key="adherence",
    version=2,
    label=N_("Adherence"),
    says=N_("Time spent in the planned state, of the time planned."),
    raises=N_("Was the plan wrong, or was it not kept?"),
    shape=Ratio(lambda t: t.planned_state_seconds, lambda t: t.seconds, highest=1.0),
    numerator=N_("seconds in the planned state"),
    denominator=N_("seconds planned"),
    counts=lambda t: t.known_seconds.notnull(),
    example=Example(rows=SHIFTS, value=0.75),
)

METRICS = [OCCUPANCY, UTILISATION, ADHERENCE]
