"""Bars of the parts of a split, with the interval as a whisker, the largest first."""

from typing import Any

import altair as alt

from regard.core.i18n import N_, direction, translate
from regard.core.period import PERIODS
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.metrics.week import WEEK
from regard.report.charts.chart import Chart, Frame, Spec, axes
from regard.report.charts.scale import Scale, scale_for
from regard.report.charts.theme import INK, SERIES, configuration
from regard.report.format import say_estimate, say_interval
from regard.report.weekdays import say_hour, say_weekday
from regard.report.words import value_name

MOST = 20
ROW = 30


def fits(result: Result) -> bool:
    """Whether the result is split by one dimension that is no period."""
    names = axes(result)
    return len(names) == 1 and names[0] not in PERIODS and len(result.parts) > 1


def shown(result: Result) -> tuple[Part, ...]:
    """The parts drawn: those with a value, at most twenty.

    The largest first, but hours, weekdays and parts that are the metric's own (ages, days) keep
    their order, and all of them are drawn.
    """
    known = [part for part in result.parts if part.estimate.value is not None]
    if not result.query.by or axes(result)[0] in WEEK:
        return tuple(known[: len(WEEK["hour"])])
    return tuple(sorted(known, key=lambda part: -(part.estimate.value or 0.0))[:MOST])


def build(result: Result, frame: Frame) -> Spec:
    """The Vega-Lite specification of the bars."""
    parts = shown(result)
    highs = [part.estimate.high for part in parts]
    values = [part.estimate.value for part in parts] + highs
    scale = scale_for(result.metric.unit, values, frame.language)
    rows = [_row(part, result, scale, frame.language) for part in parts]
    layer = alt.layer(*_marks(_along(scale, frame), _down(frame), scale.title))
    drawn = layer.properties(
        data=alt.InlineData(values=rows), width=frame.width, height=ROW * max(1, len(rows)) + 36
    )
    spec: Spec = drawn.to_dict(validate=False)
    spec["config"] = configuration()
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def describe(result: Result, language: str) -> str:
    """The name, the largest and the smallest part."""
    parts = shown(result)
    if axes(result)[0] in WEEK:
        parts = tuple(sorted(parts, key=lambda part: -(part.estimate.value or 0.0)))
    name = translate(result.metric.label, language)
    if not parts:
        return translate(N_("{name}: no data in this period"), language, name=name)
    first, last = (_say(part, result, language) for part in (parts[0], parts[-1]))
    text = N_("{name}: from {first} down to {last}")
    return translate(text, language, name=name, first=first, last=last)


def say_part(part: Part, name: str, language: str) -> str:
    """The label of a part of a split; a part without a name says so."""
    value = part.by.get(name)
    if name in WEEK:
        told = int(value or 0)
        return say_weekday(told, language) if name == "weekday" else say_hour(told, language)
    if value in (None, ""):
        return translate(N_("not said"), language)
    return value_name(name, value, language)


def _row(part: Part, result: Result, scale: Scale, language: str) -> dict[str, Any]:
    estimate, unit = part.estimate, result.metric.unit
    bounds = (estimate.low, estimate.high)
    return {
        "label": say_part(part, axes(result)[0], language),
        "value": None if estimate.value is None else estimate.value / scale.size,
        "low": None if None in bounds else (estimate.low or 0.0) / scale.size,
        "high": None if None in bounds else (estimate.high or 0.0) / scale.size,
        "said": say_estimate(estimate, unit, language, part.coverage),
        "interval": say_interval(estimate, unit, language),
    }


def _along(scale: Scale, frame: Frame) -> alt.X:
    mirrored = direction(frame.language) == "rtl"
    return alt.X(
        "value:Q",
        title=scale.title,
        scale=alt.Scale(zero=True, nice=True, reverse=mirrored),
        axis=alt.Axis(tickCount=5, format=",~f"),
    )


def _down(frame: Frame) -> alt.Y:
    mirrored = direction(frame.language) == "rtl"
    return alt.Y(
        "label:N",
        sort=None,
        title=None,
        axis=alt.Axis(
            orient="right" if mirrored else "left",
            grid=False,
            labelLimit=min(220, frame.width // 3),
        ),
    )


def _marks(x: alt.X, y: alt.Y, title: str) -> list[alt.Chart]:
    words = [alt.Tooltip("label:N"), alt.Tooltip("said:N"), alt.Tooltip("interval:N")]
    bars = (
        alt.Chart()
        .mark_bar(color=SERIES, opacity=0.75, height=14, cornerRadiusEnd=2)
        .encode(x=x, y=y, tooltip=words)
    )
    whiskers = (
        alt.Chart()
        .mark_rule(color=INK, strokeWidth=1.5)
        .transform_filter("isValid(datum.low)")
        .encode(x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"), y=y)
    )
    return [bars, whiskers]


def _say(part: Part, result: Result, language: str) -> str:
    value = say_estimate(part.estimate, result.metric.unit, language, part.coverage)
    return f"{say_part(part, axes(result)[0], language)} {value}"


CHARTS = [Chart("bars", N_("Split"), fits, build, describe)]
