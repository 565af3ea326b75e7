"""All metrics by theme."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regard.core.i18n import translate
from regard.insight.ask import NO_SOURCE
from regard.insight.lacking import lacking_here, name_tables
from regard.metrics.metric import Metric, catalogue
from regard.web.addresses import metric_path
from regard.web.readers import workspace
from regard.web.surroundings import language_here


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Every metric with its sentence, under its theme."""
    language, here = language_here(), lacking_here(workspace())
    found = sorted(catalogue().values(), key=lambda one: one.theme)
    themes = [
        {
            "title": translate(theme, language),
            "metrics": [_line(one, language, (here or {}).get(one.key, ())) for one in members],
        }
        for theme, members in groupby(found, key=lambda one: one.theme)
    ]
    return render(request, "metrics.html", {"themes": themes})


def _line(one: Metric, language: str, lacking: tuple[str, ...]) -> dict[str, str]:
    tables = name_tables(lacking)
    return {
        "key": one.key,
        "name": translate(one.label, language),
        "says": translate(one.says, language),
        "href": metric_path(one.key),
        "lacking": translate(NO_SOURCE, language, tables=tables) if lacking else "",
    }
