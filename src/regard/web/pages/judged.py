"""What changed: the verdicts of guards, changes and warnings of a month, with their evidence."""

from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from regard.core.errors import UnknownName
from regard.core.i18n import translate
from regard.facts.reader import Reader
from regard.insight.against import BEFORE
from regard.insight.versus import versus
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.metrics.segments import adds_up
from regard.report.boards.filled import Desk
from regard.report.boards.stretch import month_after, months_before, presets
from regard.report.dates import say_stretch
from regard.report.judged import (
    GuardShown,
    SignalShown,
    say_failures,
    show_guards,
    show_signal,
)
from regard.web.addresses import address, metric_path, read_query
from regard.web.judging import GUARD, JUDGINGS, Made, judged, judged_already
from regard.web.pages.board import FIRST, Choice, desk_for, foot, say_query_days
from regard.web.readers import answer_guard, desk_here, reader_here

PATH = "/judgement"
AGAINST = "against"
PART = "part"
"""Said with `as`: the section alone, for the script that fills the page."""
MONTHS = 6


@dataclass(frozen=True)
class Entry:
    """A verdict or a signal with where to go from it; empty addresses where there is nothing."""

    shown: GuardShown | SignalShown
    rows: str
    explain: str
    then: str


@dataclass(frozen=True)
class SectionShown:
    """A section: its words, and its entries; None where they are still to be made.

    pressing: entries that stand first; calm: the others; still: those without a change, folded
    away. alarm: one of the first is a failure.
    href: the page of this section alone; part: what the script asks for.
    """

    name: str
    title: str
    says: str
    headline: str
    pressing: tuple[Entry, ...] | None
    href: str
    part: str
    calm: tuple[Entry, ...] = ()
    still: tuple[Entry, ...] = ()
    alarm: bool = False


def judgement_page(request: HttpRequest) -> HttpResponse:
    """What was judged already, and links to what takes longer, for the month in the address."""
    return _page(request, "")


def judgement_part(request: HttpRequest, name: str) -> HttpResponse:
    """One section of the page, made now; with `as=part` without a page around it."""
    if name not in JUDGINGS:
        raise UnknownName("judgement", name, JUDGINGS)
    if request.GET.get("as") != PART:
        return _page(request, name)
    reader = reader_here()
    query = _query(request.GET)
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html")
    query = _with_days(query, desk)
    section = _section(name, query, reader, desk, make=True)
    return render(request, "parts/judged.html", {"section": section})


def _page(request: HttpRequest, name: str) -> HttpResponse:
    reader = reader_here()
    query = _query(request.GET)
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html")
    query = _with_days(query, desk)
    names = (name,) if name else tuple(JUDGINGS)
    return render(
        request,
        "judged.html",
        {
            "alone": bool(name),
            "whole": address(PATH, query),
            "sections": [_section(one, query, reader, desk, make=bool(name)) for one in names],
            "query": query,
            "stretch": say_query_days(query, desk.language),
            "choices": _months(query, desk, f"{PATH}/{name}" if name else PATH),
            "api": [address(f"/api/{one}", query) for one in names],
            **foot(reader, desk),
        },
    )


def compare_json(request: HttpRequest, key: str) -> JsonResponse:
    """A metric against what `against` names (before, year, days, others, goal, benchmark)."""
    query, against = _read(request.GET, key)
    return JsonResponse(versus(desk_here(reader_here()), query, against).to_json())


def guard_json(request: HttpRequest, key: str) -> JsonResponse:
    """A metric's change with its counter-metrics, against the stretch before."""
    query, _ = _read(request.GET, key)
    return JsonResponse(answer_guard(replace(query, by=()), reader_here()).to_json())


def judgements_json(request: HttpRequest, name: str) -> JsonResponse:
    """What one kind of judgement finds: guard, changes or warnings."""
    if name not in JUDGINGS:
        raise UnknownName("judgement", name, JUDGINGS)
    query, _ = _read(request.GET, FIRST)
    assert query.since is not None
    assert query.until is not None
    found = judged(name, reader_here(), query.since, query.until)
    told = {"from": query.since.isoformat(), "to": query.until.isoformat()}
    return JsonResponse(told | {name: [one.to_json() for one in found]})


def _read(said: QueryDict, key: str) -> tuple[Query, str]:
    """The question in an address, of the last full month if none is said, and what against."""
    metric(key)
    parts = said.copy()
    against = str(parts.pop(AGAINST, [""])[-1]) or BEFORE
    query = read_query(key, parts)
    desk = desk_for(reader_here(), query)
    return (query if desk is None else _with_days(query, desk)), against


def _query(said: QueryDict) -> Query:
    """The days in an address; what else a question has is no matter here."""
    query = read_query(FIRST, said)
    return Query(FIRST, query.since, query.until)


def _with_days(query: Query, desk: Desk) -> Query:
    """The days said; without any the last full month."""
    last = presets(desk.end)[0]
    assert last.until is not None
    until = query.until or (month_after(query.since) if query.since else last.until)
    return replace(query, since=query.since or months_before(until, 1), until=until)


def _months(query: Query, desk: Desk, path: str) -> list[Choice]:
    """The last full months."""
    last = presets(desk.end)[0].until
    assert last is not None
    ends = [months_before(last, back) for back in range(MONTHS)]
    return [
        Choice(
            say_stretch(months_before(end, 1), end, desk.language),
            address(path, replace(query, since=months_before(end, 1), until=end)),
            (query.since, query.until) == (months_before(end, 1), end),
        )
        for end in ends
    ]


def _section(name: str, query: Query, reader: Reader, desk: Desk, make: bool) -> SectionShown:
    since, until = _days(query)
    found = (judged if make else judged_already)(name, reader, since, until)
    one, path = JUDGINGS[name], f"{PATH}/{name}"
    bare = SectionShown(
        name,
        translate(one.title, desk.language),
        translate(one.says, desk.language),
        "",
        None,
        address(path, query),
        address(path, query, **{"as": PART}),
    )
    return bare if found is None else _filled(bare, found, desk.language)


def _filled(bare: SectionShown, found: Made, language: str) -> SectionShown:
    if bare.name != GUARD:
        return replace(bare, pressing=tuple(_signal(show_signal(s, language)) for s in found))
    shown = show_guards(found, language)
    return replace(
        bare,
        headline=say_failures(shown, language),
        pressing=tuple(_guard(one) for one in shown if one.failure),
        calm=tuple(_guard(one) for one in shown if not (one.failure or one.still)),
        still=tuple(_guard(one) for one in shown if one.still),
        alarm=any(one.failure for one in shown),
    )


def _guard(shown: GuardShown) -> Entry:
    told = shown.told.comparison
    query = replace(told.query, since=told.since, until=told.until)
    paid = [one for one in shown.told.counters if one.counter.key in shown.told.paid]
    asked = paid[0].comparison if paid else None
    then = replace(asked.query, since=asked.since, until=asked.until) if asked else None
    return Entry(shown, _rows(query), _explain(query), _explain(then) if then else "")


def _signal(shown: SignalShown) -> Entry:
    told = shown.told
    then = address(metric_path(told.then.metric), told.then) + "#split" if told.then else ""
    return Entry(shown, _rows(told.evidence), _explain(told.evidence), then)


def _rows(query: Query) -> str:
    if metric(query.metric).anonymous:
        return ""
    return address(metric_path(query.metric), replace(query, by=())) + "#rows"


def _explain(query: Query) -> str:
    if not adds_up(metric(query.metric)):
        return ""
    return address(f"{metric_path(query.metric)}/explain", replace(query, by=()))


def _days(query: Query) -> tuple[date, date]:
    assert query.since is not None
    assert query.until is not None
    return query.since, query.until
