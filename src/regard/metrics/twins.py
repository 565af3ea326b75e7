"""Twins of a time: finished rows alone, their mean, in opening hours, and as a period saw it."""

from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import any_of
from regard.metrics.entering import PeriodIncidence
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Example, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Mean

NAIVE = N_("The median over those that have finished. It hides whoever is still waiting.")
NAIVE_MEAN = N_("The mean over those that have finished. A few long ones move it much.")
OPEN = N_("The same, counted in opening hours alone.")
PERIOD = N_(
    "How fast it went in the period itself: all that was open in it counts, what came before it "
    "from the age it had reached by then."
)


def with_twins(one: Metric, finished: str, mean: str, opening: str = "") -> tuple[Metric, ...]:
    """The metric of a time and its twins `_finished`, `_finished_mean` and, if named, `_open`.

    finished, mean, opening: the twins' labels.
    """
    shape = one.shape
    assert isinstance(shape, Incidence)
    assert isinstance(shape.done, Column)
    took = sorted(
        float(row[shape.done.name])
        for row in one.example.rows
        if row.get(shape.done.name) is not None
    )
    middle = (took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2
    naive = replace(
        one,
        key=f"{one.key}_finished",
        label=finished,
        says=NAIVE,
        shape=Incidence(shape.done),
        counters=(),
        beside=(one.key,),
        variant_of=one.key,
        example=Example(one.example.rows, middle),
    )
    average = replace(
        naive,
        key=f"{one.key}_finished_mean",
        label=mean,
        says=NAIVE_MEAN,
        shape=Mean(shape.done),
        example=Example(one.example.rows, sum(took) / len(took)),
    )
    return (one, naive, average, *((_opened(one, opening),) if opening else ()))


def in_period(one: Metric, label: str) -> Metric:
    """The twin `_in_period` of the metric of a time: all open in a period (METRICS §1.4)."""
    shape = one.shape
    assert isinstance(shape, Incidence)
    return replace(
        one,
        key=f"{one.key}_in_period",
        label=label,
        says=PERIOD,
        raises=N_("Did this month itself go faster, or do we only see last month's luck?"),
        shape=PeriodIncidence(shape.done, shape.rival, shape.waited, at=one.at),
        denominator=N_("all whose clock ran in the period, each from the age it had by then"),
        counters=(),
        beside=(one.key,),
        variant_of=one.key,
    )


def _opened(one: Metric, label: str) -> Metric:
    shape = one.shape
    assert isinstance(shape, Incidence)
    assert isinstance(shape.done, Column)
    done, rival = shape.done, shape.rival
    assert rival is None or isinstance(rival, Column)
    ends = [column.name for column in (done, rival) if column is not None]

    def ended(rows: Relation) -> BooleanValue:
        return any_of(*(rows[name].notnull() for name in ends))

    def waited(rows: Relation) -> Value:
        # What has ended waits no longer, even where its opening hours are not known.
        return ibis.ifelse(ended(rows), None, rows["_age"])

    def unknown(rows: Relation) -> BooleanValue:
        known = any_of(*(rows[_open_name(name)].notnull() for name in ends))
        return ibis.ifelse(ended(rows), ~known, rows["_age"].isnull())

    rows = tuple(
        dict(row) | {_open_name(name): row[name] for name in ends if name in row}
        for row in one.example.rows
    )
    return replace(
        one,
        key=f"{one.key}_open",
        label=label,
        says=OPEN,
        clock="opening",
        shape=Incidence(
            Column(_open_name(done.name)),
            Column(_open_name(rival.name)) if rival is not None else None,
            waited,
        ),
        unknown=unknown,
        beside=(one.key,),
        variant_of=one.key,
        example=Example(rows, one.example.value),
    )


def _open_name(name: str) -> str:
    return name.replace("_seconds", "_open_seconds") if name.endswith("_seconds") else name
