"""Addresses: what a request asks for, and links that ask for something else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from regard.metrics.query import Query

# Parts of an address that belong to the page, not to the question.
PAGE_ONLY = ("lang", "rows", "page", "as")


def read_query(metric: str, said: QueryDict) -> Query:
    """The question in an address; an unknown part is an error with a hint."""
    found: dict[str, Any] = {}
    for name in said:
        if name not in PAGE_ONLY:
            found[name] = said.getlist(name) if name == "where" else said.get(name, "")
    if "where" in found:
        found["where"] = [text for text in found["where"] if text]
    return Query.parse(metric, found)


def asked(query: Query) -> list[tuple[str, str]]:
    """The parts of an address that ask this question, without the metric."""
    said = query.to_json()
    pairs = [(name, said[name]) for name in ("from", "to", "by", "as_of", "zone") if said[name]]
    if query.quantile != Query(query.metric).quantile:
        pairs.append(("quantile", f"{query.quantile:g}"))
    return [*pairs, *(("where", text) for text in said["where"])]


def address(path: str, query: Query, **more: object) -> str:
    """A link to a path that asks the query; `more`: parts of the page, such as rows and page."""
    pairs = asked(query) + [(name, str(value)) for name, value in more.items() if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def metric_path(key: str) -> str:
    """The page of a metric."""
    return f"/metrics/{key}"


def without(query: Query, place: int) -> Query:
    """The query without the filter at that place."""
    kept = [pair for index, pair in enumerate(query.where) if index != place]
    return replace(query, where=tuple(kept))


def language_links(request: HttpRequest, names: Mapping[str, str]) -> list[dict[str, str]]:
    """A link to the same page in each language, under the language's own name."""
    links = []
    for code, name in names.items():
        said = request.GET.copy()
        said["lang"] = code
        links.append({"code": code, "name": name, "href": f"{request.path}?{said.urlencode()}"})
    return links
