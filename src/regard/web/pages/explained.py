"""Why one metric changed: every row accounted for, composition or service, which segments."""

import json
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from regard.core.i18n import translate
from regard.insight.against import BEFORE, WAYS, YEAR
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.report.boards.stretch import presets
from regard.report.explained import show_explanation
from regard.web.addresses import address, metric_path, read_query
from regard.web.pages.board import Choice, choice, desk_for, foot, say_query_days
from regard.web.pages.metric import filters
from regard.web.readers import explanation_here, reader_here

AGAINST = "against"
EVERY = "all"
"""Said with `as`: other definitions are measured too."""


def explain_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page that explains one metric for the days in the address, else the last full month."""
    wanted = metric(key)
    query, against = _read(request, key)
    reader = reader_here()
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html")
    stretches = [one for one in presets(desk.end) if one.since and one.until]
    if query.since is None or query.until is None:
        query = replace(query, since=stretches[0].since, until=stretches[0].until)
    every = request.GET.get("as", "") == EVERY
    found = explanation_here(query, against, every, reader)
    path = f"{metric_path(key)}/explain"
    return render(
        request,
        "explained.html",
        {
            "title": translate(wanted.label, desk.language),
            "shown": show_explanation(found, desk.language),
            "others": _others(query, against, path, desk.language),
            "every": "" if every else address(path, query, **{AGAINST: against, "as": EVERY}),
            "filters": filters(query, path),
            "metric_href": address(metric_path(key), query),
            "query": query,
            "query_text": json.dumps(query.to_json(), indent=2, ensure_ascii=False),
            "api": address(f"/api{path}", query, against=against),
            "stretch": say_query_days(query, desk.language),
            "choices": [choice(path, one, query, desk.language) for one in stretches],
            **foot(reader, desk),
        },
    )


def explain_json(request: HttpRequest, key: str) -> JsonResponse:
    """The explanation for the question in the address, other definitions among it."""
    metric(key)
    query, against = _read(request, key)
    found = explanation_here(query, against, True, reader_here())
    return JsonResponse(found.to_json())


def _read(request: HttpRequest, key: str) -> tuple[Query, str]:
    """The unsplit question in an address, and what it is to be compared with."""
    said = request.GET.copy()
    against = said.pop(AGAINST, [""])
    return replace(read_query(key, said), by=()), str(against[-1]) or BEFORE


def _others(query: Query, against: str, path: str, language: str) -> list[Choice]:
    return [
        Choice(translate(WAYS[name], language), address(path, query, against=name), name == against)
        for name in (BEFORE, YEAR)
    ]
