"""The hours of a week in words and drawings: which lack people, and the three maps."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regard.core.i18n import N_, translate, translate_count
from regard.insight.ask import Result
from regard.insight.hours import (
    ARRIVALS,
    BY,
    CALM,
    FEW,
    UNDERSTAFFED,
    Hour,
    HourWeek,
)
from regard.metrics.engine import Part
from regard.metrics.metric import Metric, metric
from regard.report.boards.filled import NARROW, WIDE, Drawn
from regard.report.charts.chart import Frame
from regard.report.charts.draw import draw
from regard.report.charts.scale import number_format
from regard.report.charts.week import Cell, marking
from regard.report.dates import say_stretch
from regard.report.format import say_count, say_estimate, say_interval, say_value
from regard.report.weekdays import say_cell, say_hour, say_weekday, weekdays
from regard.stats.estimate import Estimate

PEOPLE_NAMES = {
    "people_on_duty": N_("People on duty"),
    "people_planned": N_("People planned"),
    "people_active": N_("People active"),
}


@dataclass(frozen=True)
class HourLine:
    """One hour in words: when, its response with interval, and what stands beside it."""

    when: str
    response: str
    interval: str
    cases: str
    arrivals: str
    people: str
    load: str
    judgement: str
    marked: bool


@dataclass(frozen=True)
class WeekMap:
    """One map: its title, the drawing, and the same as a table of hours by weekday."""

    key: str
    title: str
    drawn: Drawn
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class WeekShown:
    """What the page of the hours says.

    summary: how many hours lack people. lines: those, then the others that are worse than usual.
    people: the name of what says who is there. usual: what was compared with.
    """

    summary: str
    lines: tuple[HourLine, ...]
    maps: tuple[WeekMap, ...]
    people: str
    usual: str


def show_week(week: HourWeek, language: str) -> WeekShown:
    """The week for a reader of a language."""
    every = (*week.hours, *week.clock, *week.days)
    found = [hour for hour in every if hour.judgement not in (CALM, FEW)]
    found.sort(key=lambda hour: hour.judgement != UNDERSTAFFED)
    people = translate(PEOPLE_NAMES.get(week.people_from, N_("People")), language)
    return WeekShown(
        summary=_summary(week, language),
        lines=tuple(_line(hour, week, language) for hour in found),
        maps=tuple(_maps(week, people, language)),
        people=people,
        usual=_usual(week, language),
    )


def _summary(week: HourWeek, language: str) -> str:
    known = sum(hour.judgement != FEW for hour in week.hours)
    if not known:
        text = N_("No hour of the week has enough cases to be judged; see the hours of the day.")
        return translate(text, language)
    n = len(week.judged(UNDERSTAFFED))
    return translate_count(
        "{count} hour of the week looks understaffed, of {known} with enough cases.",
        "{count} hours of the week look understaffed, of {known} with enough cases.",
        n,
        language,
        count=say_count(n, language),
        known=say_count(known, language),
    )


def _usual(week: HourWeek, language: str) -> str:
    said = say_estimate(week.usual, week.metric.unit, language)
    since, until = week.against.since, week.against.until
    if since is None or until is None:
        return translate(N_("{value} over all data"), language, value=said)
    stretch = say_stretch(since, until, language)
    return translate(N_("{value} over {stretch}"), language, value=said, stretch=stretch)


def _line(hour: Hour, week: HourWeek, language: str) -> HourLine:
    unit = week.metric.unit
    return HourLine(
        when=say_cell(hour.weekday, hour.hour, language),
        response=say_estimate(hour.response, unit, language, hour.coverage),
        interval=say_interval(hour.response, unit, language),
        cases=say_count(hour.response.n, language),
        arrivals=say_estimate(hour.each, "number", language),
        people=say_estimate(hour.people, "number", language),
        load="" if hour.load is None else say_value(hour.load, "number", language),
        judgement=translate(hour.said, language),
        marked=hour.judgement == UNDERSTAFFED,
    )


def _maps(week: HourWeek, people: str, language: str) -> list[WeekMap]:
    marked = {
        (hour.weekday, hour.hour)
        for hour in week.judged(UNDERSTAFFED)
        if hour.weekday is not None and hour.hour is not None
    }
    arrivals = replace(metric(ARRIVALS), label=N_("Messages in, an hour"), unit="number")
    made = [
        ("response", _result(week, week.metric, lambda hour: hour.response), marked),
        ("arrivals", _result(week, arrivals, lambda hour: hour.each), set()),
    ]
    if week.people_from:
        there = replace(metric(week.people_from), label=PEOPLE_NAMES[week.people_from])
        made.append(("people", _result(week, there, lambda hour: hour.people), set()))
    return [_map(key, result, chosen, language) for key, result, chosen in made]


def _result(week: HourWeek, of: Metric, pick: Callable[[Hour], Estimate]) -> Result:
    """A row of the week's numbers as the answer that a chart reads."""
    parts = tuple(
        Part({"weekday": hour.weekday, "hour": hour.hour}, pick(hour), hour.coverage)
        for hour in week.hours
    )
    query = replace(week.query, by=BY)
    return Result(query, of, parts, week.store_version, week.as_of, {})


def _map(key: str, result: Result, marked: set[Cell], language: str) -> WeekMap:
    kind, name = marking(marked), translate(result.metric.label, language)
    wide, narrow = Frame(language, *WIDE), Frame(language, *NARROW)
    marks = number_format(language)
    spec = {"spec": kind.build(result, wide), "narrow": kind.build(result, narrow), "marks": marks}
    days = weekdays(language)
    said = {
        (part.by["weekday"], part.by["hour"]): _said(part, result, marked, language)
        for part in result.parts
    }
    return WeekMap(
        key=key,
        title=name,
        drawn=Drawn(
            name=name,
            title=kind.describe(result, language),
            wide=draw(kind, result, wide),
            narrow=draw(kind, result, narrow),
            spec=spec,
        ),
        heads=tuple(say_weekday(day, language) for day in days),
        rows=tuple(
            (say_hour(hour, language), tuple(said[day, hour] for day in days)) for hour in range(24)
        ),
    )


def _said(part: Part, result: Result, marked: set[Cell], language: str) -> str:
    value = say_estimate(part.estimate, result.metric.unit, language, part.coverage)
    if (part.by["weekday"], part.by["hour"]) not in marked:
        return value
    return translate(N_("{value}, too few people"), language, value=value)
