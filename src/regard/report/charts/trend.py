"""A line over time with its interval as a band; gaps stay gaps, unripe points are hollow."""

from typing import Any

import altair as alt

from regard.core.i18n import N_, direction, translate
from regard.core.period import PERIODS
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.chart import Chart, Frame, Spec, axes
from regard.report.charts.scale import Scale, scale_for
from regard.report.charts.theme import BAND_OPACITY, SERIES, configuration
from regard.report.dates import say_period
from regard.report.format import say_estimate, say_interval
from regard.stats.estimate import UNRIPE

PIXELS_A_LABEL = 90


def fits(result: Result) -> bool:
    """Whether the result is split by one kind of period and nothing else."""
    names = axes(result)
    return len(names) == 1 and names[0] in PERIODS and len(result.parts) > 1


def build(result: Result, frame: Frame) -> Spec:
    """The Vega-Lite specification of the trend."""
    scale = _scale(result, frame.language)
    points = [point(part, result, scale, frame.language) for part in result.parts]
    layer = alt.layer(*_marks(_across(result, frame), _up(scale, frame), scale.title))
    drawn = layer.properties(
        data=alt.InlineData(values=points), width=frame.width, height=frame.height
    )
    spec: Spec = drawn.to_dict(validate=False)
    spec["config"] = configuration()
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def describe(result: Result, language: str) -> str:
    """The name, the first and the last known value."""
    known = [part for part in result.parts if part.estimate.value is not None]
    name = translate(result.metric.label, language)
    if not known:
        return translate(N_("{name}: no data in this period"), language, name=name)
    first, last = (_say(part, result, language) for part in (known[0], known[-1]))
    text = N_("{name} over time: from {first} to {last}")
    return translate(text, language, name=name, first=first, last=last)


def point(part: Part, result: Result, scale: Scale, language: str) -> dict[str, Any]:
    """One point as the drawing reads it: label, value and bounds on the scale, words beside."""
    estimate, unit = part.estimate, result.metric.unit
    closed = None not in (estimate.value, estimate.low, estimate.high)
    return {
        "label": _label(part, result, language),
        "value": _on(estimate.value, scale),
        # Half a band would be drawn down to nought: both bounds or none.
        "low": _on(estimate.low, scale) if closed else None,
        "high": _on(estimate.high, scale) if closed else None,
        "hollow": is_hollow(part),
        "said": say_estimate(estimate, unit, language, part.coverage),
        "interval": say_interval(estimate, unit, language),
    }


def is_hollow(part: Part) -> bool:
    """Whether a point must not be judged yet: too recent, or of a period not over."""
    return bool(
        part.estimate.note == UNRIPE or part.coverage.get("unripe") or part.coverage.get("partial")
    )


def _across(result: Result, frame: Frame) -> alt.X:
    # Time runs with the reading: from the right for readers of Arabic.
    mirrored = direction(frame.language) == "rtl"
    labels = [_label(part, result, frame.language) for part in result.parts]
    every = max(1, round(len(labels) / max(2.0, frame.width / PIXELS_A_LABEL)))
    return alt.X(
        "label:O",
        sort=None,
        title=None,
        scale=alt.Scale(reverse=mirrored, type="point", padding=0.4),
        axis=alt.Axis(values=labels[::every], labelAngle=0, grid=False, labelOverlap="greedy"),
    )


def _up(scale: Scale, frame: Frame) -> alt.Y:
    mirrored = direction(frame.language) == "rtl"
    return alt.Y(
        "value:Q",
        title=scale.title,
        scale=alt.Scale(zero=scale.from_nought, nice=True),
        axis=alt.Axis(
            orient="right" if mirrored else "left",
            tickCount=5,
            format=",~f",
            titleAngle=0,
            titleAlign="right" if mirrored else "left",
            titleAnchor="end",
            titleX=0,
            titleY=-14,
        ),
    )


def _marks(x: alt.X, y: alt.Y, title: str) -> list[alt.Chart]:
    words = [alt.Tooltip("label:N"), alt.Tooltip("said:N"), alt.Tooltip("interval:N")]
    high = alt.Y2("high:Q")
    band = (
        alt.Chart()
        .mark_area(color=SERIES, opacity=BAND_OPACITY)
        .encode(x=x, y=alt.Y("low:Q", title=title), y2=high)
    )
    line = alt.Chart().mark_line(color=SERIES, strokeWidth=2.25).encode(x=x, y=y)
    full = (
        alt.Chart()
        .mark_point(color=SERIES, filled=True, size=34, opacity=1)
        .transform_filter("!datum.hollow && isValid(datum.value)")
        .encode(x=x, y=y, tooltip=words)
    )
    hollow = (
        alt.Chart()
        .mark_point(color=SERIES, filled=False, size=46, strokeWidth=1.75, opacity=1)
        .transform_filter("datum.hollow && isValid(datum.value)")
        .encode(x=x, y=y, tooltip=words)
    )
    return [band, line, full, hollow]


def _scale(result: Result, language: str) -> Scale:
    estimates = [part.estimate for part in result.parts]
    values = [one.value for one in estimates] + [one.high for one in estimates]
    return scale_for(result.metric.unit, values, language)


def _label(part: Part, result: Result, language: str) -> str:
    # Days of more than a year need the year, or two of them would share a place.
    return say_period(str(part.by[axes(result)[0]]), language, len(result.parts) <= 365)


def _on(value: float | None, scale: Scale) -> float | None:
    return None if value is None else value / scale.size


def _say(part: Part, result: Result, language: str) -> str:
    value = say_estimate(part.estimate, result.metric.unit, language, part.coverage)
    return f"{value} ({say_period(str(part.by[axes(result)[0]]), language)})"


CHARTS = [Chart("trend", N_("Over time"), fits, build, describe)]
