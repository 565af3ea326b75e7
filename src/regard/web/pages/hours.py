"""The hours of a week of one metric: which lack people, and maps of response, messages, people."""

import json
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regard.core.i18n import translate
from regard.insight.hours import LEAST_CASES, SOMEBODY
from regard.insight.lacking import say_why
from regard.metrics.metric import Metric, catalogue, metric
from regard.metrics.query import Query
from regard.report.boards.stretch import presets
from regard.report.format import say_number, say_share
from regard.report.hours import show_week
from regard.stats.discovery import FALSE_CALLS
from regard.web.addresses import address, metric_path, read_query
from regard.web.pages.board import choice, desk_for, foot, say_query_days
from regard.web.pages.metric import filters
from regard.web.readers import hours_here, reader_here

OPEN = "_open"


def hours_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page of the hours of one metric for the question in the address."""
    wanted = metric(key)
    query = replace(read_query(key, request.GET), by=())
    reader = reader_here()
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html")
    week = hours_here(query, reader)
    path = f"{metric_path(key)}/hours"
    return render(
        request,
        "hours.html",
        {
            "title": translate(wanted.label, desk.language),
            "week": show_week(week, desk.language),
            "reason": say_why(week.reason, week.lacking, desk.language),
            "rule": _rule(desk.language),
            "twin": twin(wanted, query, desk.language),
            "filters": filters(query, path),
            "metric_href": address(metric_path(key), query),
            "query": query,
            "query_text": json.dumps(query.to_json(), indent=2, ensure_ascii=False),
            "api": address(f"/api{path}", query),
            "stretch": say_query_days(query, desk.language),
            "choices": [choice(path, one, query, desk.language) for one in presets(desk.end)],
            **foot(reader, desk),
        },
    )


def twin(wanted: Metric, query: Query, language: str) -> dict[str, str] | None:
    """The same in the other clock: what comes in before closing waits overnight in one of them."""
    key = wanted.key.removesuffix(OPEN) if wanted.clock == "opening" else wanted.key + OPEN
    other = catalogue().get(key)
    if other is None or other.key == wanted.key:
        return None
    href = address(f"{metric_path(key)}/hours", replace(query, metric=key))
    return {"name": translate(other.label, language), "href": href}


def _rule(language: str) -> dict[str, str]:
    """The thresholds in words."""
    return {
        "cases": say_number(LEAST_CASES, language, 0),
        "calls": say_share(FALSE_CALLS, language),
        "somebody": say_number(SOMEBODY, language, 1),
    }
