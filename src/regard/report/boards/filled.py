"""A board with its answers: tiles with a small line each, sections with a large chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regard.core.errors import RegardError
from regard.core.goal_file import Goal
from regard.core.i18n import translate
from regard.insight.aim import Aim
from regard.insight.ask import Result
from regard.insight.change import Change
from regard.insight.goals import aim_for
from regard.insight.guard import Guarded
from regard.metrics.metric import Metric, catalogue
from regard.metrics.query import Query
from regard.report.boards.board import Board, Section
from regard.report.boards.stretch import trend_days
from regard.report.charts.chart import Frame, chart
from regard.report.charts.draw import draw
from regard.report.charts.interval import draw_bar
from regard.report.charts.scale import number_format
from regard.report.charts.spark import draw_spark
from regard.report.tile import (
    Answer,
    Tile,
    counters_of,
    improved,
    make_tile,
    with_goal,
    with_verdict,
)


@dataclass(frozen=True)
class Shown:
    """A tile with its drawings (SVG, safe to stand in a page)."""

    tile: Tile
    spark: str = ""
    bar: str = ""


Each = Callable[[Callable[[str], Shown], Sequence[str]], Sequence[Shown]]
MOST_COUNTERS = 2
WIDE, NARROW = (1100, 230), (340, 190)
BESIDE = (800, 280)


def one_by_one(fills: Callable[[str], Shown], keys: Sequence[str]) -> Sequence[Shown]:
    """Tiles filled one after the other."""
    return [fills(key) for key in keys]


@dataclass(frozen=True)
class Desk:
    """Who answers and for whom: the two questions over one store version, and the reader.

    end: the last local day with data; zone: whose days are meant. goals: what tiles are held to.
    guard: whether an improvement was paid for; asked of improvements alone, as it takes long.
    each: how tiles are filled, in order: one after the other, or several at a time.
    """

    ask: Callable[[Query], Result]
    change: Callable[[Query], Change | None]
    language: str
    zone: str
    end: date
    goals: tuple[Goal, ...] = ()
    guard: Callable[[Query], Guarded] | None = None
    each: Each = one_by_one


@dataclass(frozen=True)
class Drawn:
    """One chart in two widths, for wide pages and for telephones.

    name: of the metric. title: what the chart shows, for those who cannot see it. spec: the
    Vega-Lite specification with the number marks, for pages that draw it again with scripts.
    """

    name: str
    title: str
    wide: str
    narrow: str
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class FilledSection:
    """A section's title, its large chart, its tiles, and tiles without data."""

    title: str
    lead: Drawn | None
    tiles: tuple[Shown, ...]
    empty: tuple[Shown, ...]


def fill(board: Board, query: Query, desk: Desk) -> tuple[FilledSection, ...]:
    """The sections of a board; the query's metric is replaced by each tile's."""
    known = catalogue()
    keys = [key for section in board.sections for key in section.metrics if key in known]
    shown = dict(zip(keys, desk.each(lambda key: show(known[key], query, desk), keys), strict=True))
    return tuple(_section(section, shown, query, desk) for section in board.sections)


def show(metric: Metric, query: Query, desk: Desk, line: bool = True) -> Shown:
    """One tile: the number, its change, its counter-metrics and, with `line`, its course."""
    asked = replace(query, metric=metric.key, by=())
    try:
        result = desk.ask(asked)
    except RegardError as error:
        return Shown(_unanswered(metric, error, desk.language))
    beside = tuple(
        answer
        for counter in counters_of(metric, catalogue())[:MOST_COUNTERS]
        if (answer := _answer(replace(asked, metric=counter.key), desk))
    )
    change = _changed(asked, desk)
    tile = make_tile(result, change, beside, desk.language, desk.zone)
    tile = with_goal(tile, _aim(asked, desk), desk.language)
    if metric.counters and improved(change, metric):
        tile = with_verdict(tile, _guarded(asked, desk), desk.language)
    return Shown(
        tile,
        spark=_spark(asked, desk) if line and tile.has_value else "",
        bar=draw_bar(tile.bar, desk.language) if tile.bar else "",
    )


def draw_both(key: str, result: Result, language: str, wide: tuple[int, int] = WIDE) -> Drawn:
    """A chart of a result in two widths."""
    kind, name = chart(key), translate(result.metric.label, language)
    frame = Frame(language, *wide)
    return Drawn(
        name=name,
        title=kind.describe(result, language),
        wide=draw(kind, result, frame),
        narrow=draw(kind, result, Frame(language, *NARROW)),
        spec={"spec": kind.build(result, frame), "marks": number_format(language)},
    )


def _section(
    section: Section, filled: Mapping[str, Shown], query: Query, desk: Desk
) -> FilledSection:
    shown = [filled[key] for key in section.metrics if key in filled]
    lead = None
    if any(one.tile.key == section.lead and one.spark for one in shown):
        result = _trend(replace(query, metric=section.lead, by=()), desk)
        lead = draw_both("trend", result, desk.language)
    return FilledSection(
        translate(section.title, desk.language),
        lead,
        tuple(one for one in shown if one.tile.has_value),
        tuple(one for one in shown if not one.tile.has_value),
    )


def _trend(query: Query, desk: Desk) -> Result:
    since, until = trend_days(query, desk.end)
    return desk.ask(replace(query, since=since, until=until, by=("month",)))


def _spark(query: Query, desk: Desk) -> str:
    result = _trend(query, desk)
    return draw_spark(result, desk.language) if chart("trend").fits(result) else ""


def _changed(query: Query, desk: Desk) -> Change | None:
    """The change against the stretch before; none where that cannot be known."""
    try:
        return desk.change(query)
    except RegardError:
        return None


def _aim(query: Query, desk: Desk) -> Aim | None:
    """The goal that holds for just what a query asks, judged; None where there is none."""
    try:
        return aim_for(desk.goals, query, desk.zone, desk.ask)
    except RegardError:
        return None


def _guarded(query: Query, desk: Desk) -> Guarded | None:
    try:
        return desk.guard(query) if desk.guard else None
    except RegardError:
        return None


def _answer(query: Query, desk: Desk) -> Answer | None:
    try:
        return desk.ask(query), _changed(query, desk)
    except RegardError:
        return None


def _unanswered(metric: Metric, error: RegardError, language: str) -> Tile:
    return Tile(
        key=metric.key,
        name=translate(metric.label, language),
        says=translate(metric.says, language),
        value="",
        has_value=False,
        reason=str(error),
    )
