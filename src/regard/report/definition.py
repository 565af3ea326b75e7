"""A metric's declaration as words: how it is counted, why, by whom it was defined."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regard.core.i18n import N_, translate
from regard.metrics.metric import Counter, Metric, catalogue
from regard.report.format import say_change, say_duration, say_share, say_value
from regard.report.words import BETTER, CLOCKS, UNITS


@dataclass(frozen=True)
class Line:
    """A name and what stands under it."""

    name: str
    text: str


@dataclass(frozen=True)
class Worked:
    """A worked example: rows of the fact and what they come to."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    value: str
    note: str


@dataclass(frozen=True)
class Definition:
    """What a page says of how a metric is counted."""

    key: str
    version: int
    says: str
    raises: str
    lines: tuple[Line, ...]
    cited: str
    beside: tuple[Line, ...]
    worked: Worked


def define(metric: Metric, language: str) -> Definition:
    """The definition of a metric in a language."""
    return Definition(
        key=metric.key,
        version=metric.version,
        says=translate(metric.says, language),
        raises=translate(metric.raises, language),
        lines=tuple(_lines(metric, language)),
        cited=translate(metric.cited, language),
        beside=tuple(
            Line(key, translate(catalogue()[key].label, language))
            for key in metric.beside
            if key in catalogue()
        ),
        worked=_worked(metric, language),
    )


def _lines(metric: Metric, language: str) -> list[Line]:
    said = [
        (N_("Counted above the line"), translate(metric.numerator, language)),
        (N_("Counted below the line"), translate(metric.denominator, language)),
        (N_("Unit"), _known(UNITS, metric.unit, language)),
        (N_("Direction"), _known(BETTER, metric.better, language)),
        (N_("Clock"), _known(CLOCKS, metric.clock, language)),
        (N_("Put into a period by"), metric.at),
        (N_("Can be judged after"), _ripe(metric, language)),
        (N_("Left out"), "; ".join(translate(one.reason, language) for one in metric.excludes)),
        (N_("Must not suffer"), _counters(metric, language)),
        (N_("Needs the tables"), ", ".join(metric.requires).replace("|", " / ")),
    ]
    return [Line(translate(name, language), text) for name, text in said if text]


def _known(words: Mapping[str, str], name: str, language: str) -> str:
    return translate(words.get(name, name), language)


def _ripe(metric: Metric, language: str) -> str:
    return say_duration(metric.ripe_seconds, language) if metric.ripe_seconds else ""


def _counters(metric: Metric, language: str) -> str:
    known = catalogue()
    pairs = [(one, known[one.key]) for one in metric.counters if one.key in known]
    return "; ".join(_counter(one, other, language) for one, other in pairs)


def _counter(counter: Counter, other: Metric, language: str) -> str:
    name = translate(other.label, language)
    if counter.relative:
        margin = say_share(counter.margin, language)
    else:
        margin = say_change(counter.margin, other.unit, language)
    return translate(N_("{name} (by more than {margin})"), language, name=name, margin=margin)


def _worked(metric: Metric, language: str) -> Worked:
    example = metric.example
    columns = tuple(dict.fromkeys(name for row in example.rows for name in row))
    return Worked(
        columns=columns,
        rows=tuple(tuple(_cell(row.get(name)) for name in columns) for row in example.rows),
        value=say_value(example.value, metric.unit, language),
        note=translate(example.note, language),
    )


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)
