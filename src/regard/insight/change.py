"""What changed against the stretch before, as a tile says it: a comparison in short."""

from dataclasses import dataclass, replace
from datetime import date

from regard.core.errors import BadValue
from regard.facts.reader import Reader
from regard.insight.against import BEFORE, before
from regard.insight.ask import ALL, Scope
from regard.insight.compare import UNALIKE, Comparison, compare_at
from regard.insight.desk import Desk, desk
from regard.metrics.query import Query
from regard.stats.difference import UNCLEAR


@dataclass(frozen=True)
class Change:
    """A difference in words: new less old, in the unit.

    word: `up`, `down` or `no detectable change`; detectable: then the smallest change that could
    have been seen. good: whether it is for the better; None where unclear or no matter. against:
    the days compared with, the last excluded; days: those judged, where not all that were asked
    for can be yet. unit: the metric's, but for shares served within a fixed time.
    """

    word: str
    value: float | None
    low: float | None
    high: float | None
    detectable: float | None
    good: bool | None
    against: tuple[date, date]
    days: tuple[date, date] | None = None
    unit: str = ""


def change(query: Query, reader: Reader, scope: Scope = ALL) -> Change | None:
    """How an unsplit query's value differs from that of the equally long stretch before it.

    None where the query has no start or end, where the data do not reach so far back, where it is
    too early to judge, and for metrics of several values.
    """
    return change_at(desk(reader, scope), query)


def change_at(at: Desk, query: Query) -> Change | None:
    """The same as `change`, asked at a desk."""
    if query.since is None or query.until is None:
        return None
    try:
        told = compare_at(at, query, BEFORE)
    except BadValue:
        return None
    return changed(told)


def changed(told: Comparison) -> Change | None:
    """A comparison in short; None where nothing could be said.

    Values on different scales are a change that says nothing: readers are to know why.
    """
    if told.before is not None and told.why is not None and told.why.text == UNALIKE:
        return Change(UNCLEAR, None, None, None, None, None, told.before)
    if not told.judged or told.before is None:
        return None
    gap, cut = told.gap, told.whole_on is not None
    return Change(
        told.word,
        gap.value,
        gap.low,
        gap.high,
        told.detectable,
        told.good,
        told.before,
        (told.since, told.until) if cut else None,
        told.unit,
    )


def earlier(query: Query) -> Query:
    """The unsplit query about the stretch before; whole months compare with whole months."""
    return replace(before(query), by=())
