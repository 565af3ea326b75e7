"""The rows behind a number: counted, still open, left out with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest

from regard.core.errors import BadValue, UnknownName
from regard.facts.reader import Reader
from regard.insight.ask import rows
from regard.metrics.query import Query
from regard.report.boards.filled import Desk
from regard.report.cells import say_cell, say_column
from regard.report.format import say_count
from regard.web.addresses import address, metric_path

KINDS = ("counted", "waiting", "excluded")
A_PAGE = 20


@dataclass(frozen=True)
class RowsShown:
    """A page of rows as words, with links to the pages beside it and to the other kinds."""

    kind: str
    columns: tuple[dict[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    total: str
    first: str
    last: str
    before: str
    after: str
    tabs: tuple[dict[str, object], ...]


def rows_shown(request: HttpRequest, query: Query, reader: Reader, desk: Desk) -> RowsShown:
    """The rows of the kind and page in the address, the first page of those counted if none."""
    asked = replace(query, by=())
    kind, page = _kind(request.GET.get("rows", "")), _page(request.GET.get("page", ""))
    offset = (page - 1) * A_PAGE
    totals = {one: rows(asked, reader, kind=one, limit=1).total for one in KINDS if one != kind}
    found = rows(asked, reader, kind=kind, limit=A_PAGE, offset=offset)
    totals[kind] = found.total
    path = metric_path(query.metric)

    def link(number: int) -> str:
        return address(path, query, rows=kind, page=number) + "#rows"

    return RowsShown(
        kind=kind,
        columns=tuple(say_column(name, query.metric) for name in found.columns),
        rows=tuple(_cells(row, found.columns, desk) for row in found.rows),
        total=say_count(found.total, desk.language),
        first=say_count(min(offset + 1, found.total), desk.language),
        last=say_count(offset + len(found.rows), desk.language),
        before=link(page - 1) if page > 1 else "",
        after=link(page + 1) if offset + len(found.rows) < found.total else "",
        tabs=tuple(
            {
                "kind": one,
                "total": say_count(totals[one], desk.language),
                "href": address(path, query, rows=one) + "#rows",
                "chosen": one == kind,
            }
            for one in KINDS
        ),
    )


def _cells(row: dict[str, object], columns: Sequence[str], desk: Desk) -> tuple[str, ...]:
    return tuple(say_cell(name, row.get(name), desk.zone, desk.language) for name in columns)


def _kind(said: str) -> str:
    if not said:
        return KINDS[0]
    if said not in KINDS:
        raise UnknownName("kind of rows", said, KINDS)
    return said


def _page(said: str) -> int:
    if not said:
        return 1
    if not said.isdecimal() or not 1 <= int(said) <= 10**9:
        raise BadValue("The page", said, "a whole number from 1")
    return int(said)
