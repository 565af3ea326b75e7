"""All metrics by theme."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regard.core.i18n import translate
from regard.metrics.metric import Metric, catalogue
from regard.web.addresses import metric_path
from regard.web.surroundings import language_here


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Every metric with its sentence, under its theme."""
    language = language_here()
    found = sorted(catalogue().values(), key=lambda one: one.theme)
    themes = [
        {
            "title": translate(theme, language),
            "metrics": [_line(one, language) for one in members],
        }
        for theme, members in groupby(found, key=lambda one: one.theme)
    ]
    return render(request, "metrics.html", {"themes": themes})


def _line(one: Metric, language: str) -> dict[str, str]:
    return {
        "key": one.key,
        "name": translate(one.label, language),
        "says": translate(one.says, language),
        "href": metric_path(one.key),
    }
