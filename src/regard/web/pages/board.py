"""The boards: each one page of tiles, the first of them at `/`.

It is served on the loopback without accounts, which come with the site's sign-in; until then
whoever reaches the port may read the numbers, but no words of customers.
"""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regard.core.errors import RegardError
from regard.core.goal_file import Goal
from regard.core.i18n import translate
from regard.facts.reader import Reader
from regard.insight.goals import goals_here
from regard.metrics.query import Query
from regard.report.boards.board import board, boards
from regard.report.boards.filled import Desk, fill
from regard.report.boards.stretch import Preset, data_end, presets
from regard.report.dates import say_stretch
from regard.report.tile import say_age
from regard.web.addresses import address, read_query
from regard.web.hands import each
from regard.web.readers import answer, answer_change, answer_guard, reader_here
from regard.web.surroundings import language_here

FIRST = "tickets_new"


@dataclass(frozen=True)
class Choice:
    """A link to another stretch of days, or to another board."""

    title: str
    href: str
    chosen: bool


def board_page(request: HttpRequest, key: str = "") -> HttpResponse:
    """A board for the days asked for, else for the last full month."""
    shown = board(key or next(iter(boards())))
    reader = reader_here()
    query = read_query(FIRST, request.GET)
    desk = desk_for(reader, query)
    if desk is None:
        return render(request, "empty.html", status=200)
    stretches = presets(desk.end)
    if query.since is None and query.until is None and "from" not in request.GET:
        query = replace(query, since=stretches[0].since, until=stretches[0].until)
    return render(
        request,
        "board.html",
        {
            "title": translate(shown.title, desk.language),
            "says": translate(shown.says, desk.language),
            "sections": fill(shown, query, desk),
            "query": query,
            "query_string": address("", query),
            "stretch": say_query_days(query, desk.language),
            "choices": [
                choice(board_path(shown.key), preset, query, desk.language) for preset in stretches
            ],
            "boards": [
                Choice(
                    translate(one.title, desk.language),
                    address(board_path(one.key), query),
                    one.key == shown.key,
                )
                for one in boards().values()
            ],
            **foot(reader, desk),
        },
    )


def board_path(key: str) -> str:
    """The page of a board."""
    return "/" if key == next(iter(boards())) else f"/boards/{key}"


def desk_for(reader: Reader, query: Query) -> Desk | None:
    """Who answers this request; None where no source has sent anything."""
    zone = query.zone or reader.settings.zone
    end = data_end(reader.watermarks, zone)
    if end is None:
        return None
    return Desk(
        ask=lambda asked: answer(asked, reader),
        change=lambda asked: answer_change(asked, reader),
        language=language_here(),
        zone=zone,
        end=end,
        goals=_goals(reader),
        guard=lambda asked: answer_guard(asked, reader),
        each=each,
    )


def _goals(reader: Reader) -> tuple[Goal, ...]:
    """What tiles are held to; none while goals.toml has a mistake: `regard doctor` names it."""
    try:
        return goals_here(reader)
    except RegardError:
        return ()


def choice(path: str, preset: Preset, query: Query, language: str) -> Choice:
    """A preset as a link that keeps the rest of the question."""
    asked = replace(query, since=preset.since, until=preset.until)
    href = address(path, asked)
    if preset.since is None:
        # Without a `from` the board would take its default.
        href += ("&" if "?" in href else "?") + "from="
    here = (preset.since, preset.until) == (query.since, query.until)
    return Choice(translate(preset.title, language), href, here)


def say_query_days(query: Query, language: str) -> str:
    """The days of a query in words."""
    if query.since and query.until:
        return say_stretch(query.since, query.until, language)
    return _("All data")


def foot(reader: Reader, desk: Desk) -> dict[str, object]:
    """What the foot of a page says about the data."""
    marks = reader.watermarks
    newest = max(marks.values()) if marks else None
    return {
        "version": reader.version,
        "age": say_age(newest, marks, desk.zone, desk.language),
        "zone": desk.zone,
    }
