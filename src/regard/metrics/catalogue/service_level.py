"""The service level on the telephone, in six formulas, and by half-hours."""

from dataclasses import replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import seconds_between, whole_second
from regard.metrics.catalogue.calls import (
    POINTS,
    SHORT,
    WAIT,
    answered,
    call,
    gone_within,
    unknown_wait,
)
from regard.metrics.catalogue.contacts import CALLERS
from regard.metrics.metric import Counter, Example, Exclusion
from regard.metrics.shapes import Grouped, Share

TARGET = 20
HALF_HOUR = 1_800


def in_time(rows: Relation) -> BooleanValue:
    """Whether a person took the call within 20 s; a request for a callback never is."""
    return (
        answered(rows)
        & ~rows.callback.fill_null(False)
        & (rows.wait_seconds <= TARGET).fill_null(False)
    )


def fresh_wait(rows: Relation) -> BooleanValue:
    """Whether the caller had waited no longer than 20 s when the data end."""
    waited = seconds_between(rows.queued_at, rows["_as_of"])
    return rows.is_waiting & (waited <= TARGET)


# METRICS §4's day: 1,000 answered, 860 of them within 20 s; 60 abandoned, 20 within 20 s, 10
# of these within 5 s.
DAY = (
    *(call(n, "answered", 20) for n in range(860)),
    *(call(n, "answered", 21) for n in range(860, 1000)),
    *(call(n, "abandoned", 5) for n in range(1000, 1010)),
    *(call(n, "abandoned", 20) for n in range(1010, 1020)),
    *(call(n, "abandoned", 21) for n in range(1020, 1060)),
)

F4 = replace(
    WAIT,
    key="service_level",
    label=N_("Service level"),
    says=N_(
        "The share of callers answered within 20 s; those who left within 20 s are in neither half."
    ),
    raises=N_("Is the target met by answering, or by callers leaving?"),
    shape=Share(in_time),
    unit="share",
    better="high",
    numerator=N_("calls answered within 20 s"),
    denominator=N_("calls offered, without those abandoned within 20 s"),
    excludes=(
        Exclusion(N_("had waited less than 20 seconds when the data end"), fresh_wait),
        Exclusion(N_("wait unknown"), unknown_wait),
        Exclusion(N_("left within 20 seconds"), lambda t: gone_within(TARGET, t)),
    ),
    unknown=None,
    counters=(
        Counter("abandon_rate", POINTS, relative=False),
        Counter("repeat_contact_rate", POINTS, relative=False, where=CALLERS),
    ),
    example=Example(rows=DAY, value=860 / 1040),
)

F1 = replace(
    F4,
    key="service_level_f1",
    variant_of="service_level",
    label=N_("Service level F1"),
    says=N_("Answered or left within 20 s, of all offered."),
    shape=Share(lambda t: in_time(t) | gone_within(TARGET, t)),
    numerator=N_("calls answered within 20 s or abandoned within 20 s"),
    denominator=N_("calls offered"),
    excludes=F4.excludes[:2],
    example=Example(rows=DAY, value=880 / 1060),
)

F2 = replace(
    F4,
    key="service_level_f2",
    variant_of="service_level",
    label=N_("Service level F2"),
    says=N_("Answered within 20 s, of the answered alone. It hides those who left."),
    counts=lambda t: t.offered & answered(t),
    denominator=N_("calls answered"),
    excludes=F4.excludes[1:2],
    beside=("abandon_rate",),
    waiting=None,
    example=Example(rows=DAY, value=860 / 1000),
)

F3 = replace(
    F1,
    key="service_level_f3",
    variant_of="service_level",
    label=N_("Service level F3"),
    says=N_("Answered within 20 s, of all offered."),
    shape=Share(in_time),
    numerator=N_("calls answered within 20 s"),
    example=Example(rows=DAY, value=860 / 1060),
)

F5 = replace(
    F1,
    key="service_level_f5",
    variant_of="service_level",
    label=N_("Service level F5"),
    says=N_("Answered within 20 s or left within 5 s, of all offered."),
    shape=Share(lambda t: in_time(t) | gone_within(SHORT, t)),
    numerator=N_("calls answered within 20 s or abandoned within 5 s"),
    example=Example(rows=DAY, value=870 / 1060),
)

F6 = replace(
    F4,
    key="service_level_f6",
    variant_of="service_level",
    label=N_("Service level F6"),
    says=N_("Answered within 20 s, of all offered but those who left within 5 s."),
    denominator=N_("calls offered, without those abandoned within 5 s"),
    excludes=(
        *F4.excludes[:2],
        Exclusion(N_("left within 5 seconds"), lambda t: gone_within(SHORT, t)),
    ),
    example=Example(rows=DAY, value=860 / 1050),
)

INTERVALS = replace(
    F4,
    key="intervals_met",
    variant_of="service_level",
    label=N_("Half-hours at target"),
    says=N_("The share of half-hours with calls in which 80 % were answered within 20 s."),
    raises=N_("Does a good average hide bad hours?"),
    shape=Grouped(
        group={"half_hour": lambda t: whole_second(t.arrived_at) // HALF_HOUR},
        totals={
            "good": lambda t: in_time(t).cast("int64").sum(),
            "all": lambda t: t.count(),
        },
        then=Share(lambda t: t.good * 100 >= t["all"] * 80),
    ),
    numerator=N_("half-hours in which at least 80 % were answered within 20 s"),
    denominator=N_("half-hours with calls offered"),
    example=Example(
        rows=(
            *(call(n, "answered", 5) for n in range(8)),
            *(call(n, "answered", 50) for n in range(8, 10)),
            call(10, "answered", 50, arrived_at="2026-03-02T10:30:00Z"),
        ),
        value=0.5,
    ),
)

METRICS = [
    F4,
    F1,
    F2,
    F3,
    replace(
        F4,
        key="service_level_f4",
        variant_of="service_level",
        label=N_("Service level F4"),
        says=N_("The same as the service level: the default of the six formulas."),
    ),
    F5,
    F6,
    INTERVALS,
]
