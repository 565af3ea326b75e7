"""The parts of a split as a table in words."""

from dataclasses import dataclass

from regard.core.period import PERIODS
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.bars import say_part
from regard.report.charts.chart import axes
from regard.report.charts.interval import draw_bar, make_bar
from regard.report.coverage import say_coverage, say_size
from regard.report.dates import say_period
from regard.report.format import say_estimate, say_interval, say_note
from regard.report.words import split_name
from regard.stats.estimate import NO_DATA, NOT_REACHED


@dataclass(frozen=True)
class PartLine:
    """One part: its labels, value, interval (with a bar), cases, coverage and cautions."""

    labels: tuple[str, ...]
    value: str
    interval: str
    bar: str
    cases: str
    coverage: tuple[str, ...]
    known: bool


@dataclass(frozen=True)
class PartTable:
    """The heads of the columns that say what a part is, and the parts."""

    heads: tuple[str, ...]
    lines: tuple[PartLine, ...]


def say_parts(result: Result, language: str) -> PartTable:
    """The parts of a result in its own order."""
    return PartTable(
        tuple(split_name(name, language) for name in axes(result)),
        tuple(_line(part, result, language) for part in result.parts),
    )


def _line(part: Part, result: Result, language: str) -> PartLine:
    estimate, unit = part.estimate, result.metric.unit
    bar = make_bar(estimate, unit) if unit == "share" else None
    caution = say_note(estimate.note, language) if estimate.note not in SPOKEN else ""
    return PartLine(
        labels=tuple(_label(part, name, language) for name in axes(result)),
        value=say_estimate(estimate, unit, language, part.coverage),
        interval=say_interval(estimate, unit, language),
        bar=draw_bar(bar, language) if bar else "",
        cases=say_size(part, language),
        coverage=tuple(said for said in (*say_coverage(part, language), caution) if said),
        known=estimate.value is not None,
    )


SPOKEN = (NO_DATA, NOT_REACHED)
"""Notes that the value's own words say already."""


def _label(part: Part, name: str, language: str) -> str:
    if name in PERIODS and part.by.get(name):
        return say_period(str(part.by[name]), language)
    return say_part(part, name, language)
