"""What a chart is: a declaration that turns a result into a drawing specification."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared
from regard.insight.ask import Result

Spec = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """For whom a chart is drawn: language, and the width and height in pixels."""

    language: str
    width: int = 760
    height: int = 240


@dataclass(frozen=True)
class Chart:
    """One kind of chart.

    title: its name, marked for translation. fits: whether it can show a result. build: the
    Vega-Lite specification of a result. describe: one sentence for those who cannot see it.
    """

    key: str
    title: str
    fits: Callable[[Result], bool]
    build: Callable[[Result, Frame], Spec]
    describe: Callable[[Result, str], str]


def axes(result: Result) -> tuple[str, ...]:
    """The names that tell the parts apart: those split by, and the metric's own (such as ages)."""
    return tuple(result.parts[0].by) if result.parts else result.query.by


@cache
def charts() -> dict[str, Chart]:
    """Every chart by key."""
    return by_key(declared("regard.report.charts", "CHARTS"), lambda one: one.key)


def chart(key: str) -> Chart:
    """The chart of that key."""
    if key not in charts():
        raise UnknownName("chart", key, charts())
    return charts()[key]


def chart_for(result: Result) -> Chart | None:
    """The first chart that fits a result; None for a single number."""
    return next((one for one in charts().values() if one.fits(result)), None)
