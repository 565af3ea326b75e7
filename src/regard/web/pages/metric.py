"""A metric's own page: the number, its course, its parts, the rows behind it, its definition."""

import json
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regard.core.i18n import translate
from regard.core.period import PERIODS
from regard.facts.reader import Reader
from regard.insight.ask import Result, sql
from regard.insight.hours import has_hours
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.metrics.segments import adds_up
from regard.metrics.splits import hours_of, splits_of
from regard.metrics.vendor import ways_of
from regard.report.boards.filled import BESIDE, Desk, Drawn, draw_both, show
from regard.report.boards.stretch import period_for, presets
from regard.report.charts.chart import chart, chart_for
from regard.report.definition import define
from regard.report.others import Compared, say_beside
from regard.report.parts import say_parts
from regard.report.words import split_name
from regard.web.addresses import address, metric_path, read_query, without
from regard.web.pages.board import choice, desk_for, foot, say_query_days
from regard.web.pages.rows import rows_shown
from regard.web.readers import beside_here, reader_here


def metric_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page of one metric for the question in the address."""
    wanted = metric(key)
    # What is published as a whole has no question to read in the address.
    query = Query(key) if wanted.anonymous else read_query(key, request.GET)
    reader = reader_here()
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html")
    result = desk.ask(query)
    path = metric_path(key)
    return render(
        request,
        "metric.html",
        {
            "title": translate(wanted.label, desk.language),
            "shown": show(wanted, query, desk, line=False),
            "anonymous": wanted.anonymous,
            "course": None if wanted.anonymous else course(query, desk),
            "split": split_chart(result, desk.language),
            "parts": say_parts(result, desk.language) if len(result.parts) > 1 else None,
            "splits": [] if wanted.anonymous else splits(wanted, query, path, desk.language),
            "filters": filters(query, path),
            "hours": address(f"{path}/hours", replace(query, by=())) if has_hours(wanted) else "",
            "why": address(f"{path}/explain", replace(query, by=())) if adds_up(wanted) else "",
            "rows": None if wanted.anonymous else rows_shown(request, query, reader, desk),
            "definition": define(wanted, desk.language),
            "others": others(query, request.GET.get("as", ""), path),
            "compared": compared(query, request.GET.get("as", ""), reader, desk),
            "sql": "" if wanted.anonymous else sql(query, reader),
            "query": query,
            "query_text": json.dumps(query.to_json(), indent=2, ensure_ascii=False),
            "query_string": address("", replace(query, by=())),
            "query_days": address("", replace(query, by=(), where=())),
            "path": path,
            "api": address(f"/api{path}", query),
            "stretch": say_query_days(query, desk.language),
            "choices": [choice(path, one, query, desk.language) for one in presets(desk.end)],
            **foot(reader, desk),
        },
    )


def others(query: Query, chosen: str, path: str) -> list[dict[str, object]]:
    """A link for each product whose way of counting this metric is known."""
    return [
        {
            "title": one.vendor.name,
            "href": address(path, query, **{"as": one.vendor.key}),
            "chosen": one.vendor.key == chosen,
        }
        for one in ways_of(query.metric)
    ]


def compared(query: Query, product: str, reader: Reader, desk: Desk) -> Compared | None:
    """Our value beside the product's that the address names; None where it names none."""
    return say_beside(beside_here(query, product, reader), desk.language) if product else None


def course(query: Query, desk: Desk) -> Drawn | None:
    """The unsplit metric over the days asked for, by a fitting kind of period."""
    result = desk.ask(replace(query, by=(period_for(query, desk.end),)))
    known = sum(part.estimate.value is not None for part in result.parts)
    if known < 2 or not chart("trend").fits(result):
        return None
    return draw_both("trend", result, desk.language, BESIDE)


def split_chart(result: Result, language: str) -> Drawn | None:
    """The chart of the split that was asked for; none for a single number."""
    kind = chart_for(result)
    return draw_both(kind.key, result, language) if kind else None


def splits(wanted: Metric, query: Query, path: str, language: str) -> list[dict[str, object]]:
    """A link for each way to split the metric."""
    names = [
        *splits_of(wanted),
        *(kind for kind in PERIODS if kind != "date_hour"),
    ]
    names += hours_of(wanted)
    return [
        {
            "title": split_name(name, language),
            "href": address(path, replace(query, by=(name,))),
            "chosen": query.by == (name,),
        }
        for name in names
    ]


def filters(query: Query, path: str) -> list[dict[str, str]]:
    """The filters in force, each with a link that takes it away."""
    return [
        {"name": name, "value": value, "href": address(path, without(query, place))}
        for place, (name, value) in enumerate(query.where)
    ]
