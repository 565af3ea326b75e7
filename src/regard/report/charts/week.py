"""A week as a map of hours: the stronger the colour, the larger the value; gaps stay gaps.

Wide pages have a row a weekday, narrow ones a column, for hours must be wide enough to touch.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import altair as alt

from regard.core.i18n import N_, direction, translate
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.chart import Chart, Frame, Spec
from regard.report.charts.theme import CONTRAST, INK, SERIES, configuration
from regard.report.format import say_estimate, say_interval, say_value
from regard.report.weekdays import say_cell, say_weekday, weekdays

NARROWEST = 560
"""Pixels under which 24 hours do not stand side by side."""
ROW, WIDE_ROW = 22, 26
STEPS = (0.12, 0.3, 0.5, 0.75, 1.0)
"""How strongly each class of values is drawn; the palest still stands out from the page."""
Cell = tuple[int, int]


def fits(result: Result) -> bool:
    """Whether the result is split by weekday and hour and nothing else."""
    return set(result.query.by) == {"weekday", "hour"} and all(
        set(part.by) == {"weekday", "hour"} for part in result.parts
    )


def build(result: Result, frame: Frame, marked: Collection[Cell] = ()) -> Spec:
    """The Vega-Lite specification of the week; marked: hours drawn with a frame and a dot."""
    steps = _steps(result.parts)
    rows = [_row(part, result, steps, frame.language, marked) for part in result.parts]
    layer = alt.layer(*_marks(result, steps, frame))
    tall = frame.width < NARROWEST
    height = ROW * 24 if tall else WIDE_ROW * 7
    drawn = layer.properties(
        data=alt.InlineData(values=rows), width=frame.width, height=height + 90
    )
    spec: Spec = drawn.to_dict(validate=False)
    spec["config"] = configuration()
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def describe(result: Result, language: str) -> str:
    """The name, the hour with the largest value and the one with the smallest."""
    known = [part for part in result.parts if part.estimate.value is not None]
    name = translate(result.metric.label, language)
    if not known:
        return translate(N_("{name}: no data in this period"), language, name=name)
    ends = (found(known, key=lambda part: part.estimate.value or 0.0) for found in (max, min))
    first, last = (_say(part, result, language) for part in ends)
    text = N_("{name} by hour of the week: most at {first}, least at {last}")
    return translate(text, language, name=name, first=first, last=last)


def marking(marked: Collection[Cell]) -> Chart:
    """The chart with some hours marked."""
    return Chart("week", TITLE, fits, partial(build, marked=frozenset(marked)), describe)


def _steps(parts: Sequence[Part]) -> list[float]:
    """Where the classes above the palest begin: parting evenly what lies above the least value.

    Where many hours share the least (nobody there at night), they alone are the palest.
    """
    values = sorted(part.estimate.value for part in parts if part.estimate.value is not None)
    above = [value for value in values if value > values[0]]
    if not above:
        return []
    many = len(values) - len(above) > len(values) / len(STEPS)
    among, classes = (above, len(STEPS) - 1) if many else (values, len(STEPS))
    found = {among[len(among) * place // classes] for place in range(0 if many else 1, classes)}
    return sorted(found - {values[0]})


def _row(
    part: Part, result: Result, steps: list[float], language: str, marked: Collection[Cell]
) -> dict[str, Any]:
    estimate, unit = part.estimate, result.metric.unit
    weekday, hour = part.by["weekday"], part.by["hour"]
    value = estimate.value
    return {
        "day": say_weekday(weekday, language, short=True),
        "hour": f"{hour:02}",
        "step": None if value is None else sum(value >= bound for bound in steps),
        "marked": (weekday, hour) in marked,
        "label": say_cell(weekday, hour, language),
        "said": say_estimate(estimate, unit, language, part.coverage),
        "interval": say_interval(estimate, unit, language),
    }


def _marks(result: Result, steps: list[float], frame: Frame) -> list[alt.Chart]:
    across, down = _axes(frame)
    words = [alt.Tooltip("label:N"), alt.Tooltip("said:N"), alt.Tooltip("interval:N")]
    gaps = (
        alt.Chart()
        .mark_point(color=INK, filled=True, size=5, opacity=0.35)
        .transform_filter("!isValid(datum.step)")
        .encode(x=across, y=down, tooltip=words)
    )
    cells = (
        alt.Chart()
        .mark_rect(cornerRadius=2)
        .transform_filter("isValid(datum.step)")
        .encode(x=across, y=down, color=_strength(result, steps, frame), tooltip=words)
    )
    frames = (
        alt.Chart()
        .mark_rect(filled=False, stroke=CONTRAST, strokeWidth=2.5, cornerRadius=2)
        .transform_filter("datum.marked")
        .encode(x=across, y=down, tooltip=words)
    )
    dots = (
        alt.Chart()
        .mark_point(shape="triangle-up", filled=True, color=CONTRAST, size=50, opacity=1)
        .transform_filter("datum.marked")
        .encode(x=across, y=down, tooltip=words)
    )
    return [gaps, cells, frames, dots]


def _axes(frame: Frame) -> tuple[alt.X, alt.Y]:
    """Hours along and days down, or the other way round; hour 0 where reading begins."""
    mirrored = direction(frame.language) == "rtl"
    days = [say_weekday(day, frame.language, short=True) for day in weekdays(frame.language)]
    clock = [f"{hour:02}" for hour in range(24)]
    tall = frame.width < NARROWEST
    across, down = (("day", days), ("hour", clock)) if tall else (("hour", clock), ("day", days))
    gap = alt.Scale(paddingInner=0.12, paddingOuter=0.02, reverse=mirrored, domain=across[1])
    x = alt.X(
        f"{across[0]}:O",
        title=None,
        sort=across[1],
        scale=gap,
        axis=alt.Axis(labelAngle=0, grid=False, orient="top", labelOverlap="greedy"),
    )
    y = alt.Y(
        f"{down[0]}:O",
        title=None,
        sort=down[1],
        scale=alt.Scale(paddingInner=0.12, paddingOuter=0.02, domain=down[1]),
        axis=alt.Axis(orient="right" if mirrored else "left", grid=False),
    )
    return x, y


def _strength(result: Result, steps: list[float], frame: Frame) -> alt.Color:
    """Classes of values by strength, named by where they begin; they let the page through."""
    unit, language = result.metric.unit, frame.language
    values = [part.estimate.value for part in result.parts if part.estimate.value is not None]
    bounds = [min(values, default=0.0), *steps]
    from_here = N_("from {value}")
    names = [
        translate(from_here, language, value=say_value(bound, unit, language)) for bound in bounds
    ]
    last = max(1, len(bounds) - 1)
    chosen = [STEPS[(len(STEPS) - 1) * place // last] for place in range(len(bounds))]
    named = dict(enumerate(names))
    return alt.Color(
        "step:O",
        scale=alt.Scale(domain=list(named), range=[_shade(share) for share in chosen]),
        legend=alt.Legend(
            title=None,
            orient="bottom",
            columns=2 if frame.width < NARROWEST else len(bounds),
            symbolType="square",
            symbolSize=150,
            symbolStrokeWidth=0,
            labelColor=INK,
            labelExpr=_chosen(list(named.values())),
            labelLimit=160,
            labelFontSize=12,
        ),
    )


def _shade(share: float) -> str:
    """The colour of the series, so strong: on a light page pale, on a dark one dim."""
    red, green, blue = (int(SERIES[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"


def _chosen(names: list[str]) -> str:
    """The label of each step as an expression that the drawing can read."""
    listed = ", ".join("'" + name.replace("\\", "").replace("'", "’") + "'" for name in names)
    return f"[{listed}][datum.value]"


def _say(part: Part, result: Result, language: str) -> str:
    value = say_estimate(part.estimate, result.metric.unit, language, part.coverage)
    return f"{say_cell(part.by['weekday'], part.by['hour'], language)}: {value}"


TITLE = N_("Hours of the week")
CHARTS = [Chart("week", TITLE, fits, build, describe)]
