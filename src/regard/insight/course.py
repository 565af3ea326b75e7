"""Reading months off a course already asked: twenty-five months answer a board's questions at once.

A month asked for alone and the same month as a part of a course are the same rows counted the
same way, so one question a metric serves the value, the month before and the small line.
"""

from dataclasses import replace
from datetime import date

from regard.insight.ask import NO_ROWS, Result
from regard.metrics.engine import Part
from regard.metrics.query import Query

MONTHS = 25


def course_of(query: Query, end: date) -> Query | None:
    """The course of twenty-five months until the last day with data from which a query can be read.

    None where it cannot: the query is not about whole months in it, or is split otherwise.
    """
    last = _month_after(end)
    first = _months_before(last, MONTHS)
    since, until = query.since, query.until
    if since is None or until is None or since.day != 1 or until.day != 1:
        return None
    alone = query.by == () and until == _month_after(since)
    if not (alone or query.by == ("month",)) or since < first or until > last:
        return None
    return replace(query, since=first, until=last, by=("month",))


def read_off(course: Result, query: Query) -> Result:
    """The answer to a query whose `course_of` was asked."""
    # Where no source fills it, there is one part, of no month, that says so.
    return read_parts(course, query, "month")


def read_parts(course: Result, query: Query, period: str) -> Result:
    """The answer to a query over [since, until) from a longer one split by a period as well.

    period: month or day, whose labels tell which parts lie in the query's stretch. Where the query
    is not split by it, it must be about a single one.
    """
    assert query.since is not None
    assert query.until is not None
    if course.lacking:
        return replace(course, query=query)
    form = "%Y-%m" if period == "month" else "%Y-%m-%d"
    since, until = query.since.strftime(form), query.until.strftime(form)
    parts = [part for part in course.parts if since <= part.by.get(period, "") < until]
    if period not in query.by:
        parts = [_alone(part, period) for part in parts]
    empty = all(part.estimate.value is None and not part.estimate.n for part in parts)
    reason = course.reason or (NO_ROWS if empty else "")
    return replace(course, query=query, parts=tuple(parts), reason=reason)


def _alone(part: Part, period: str = "month") -> Part:
    by = {name: value for name, value in part.by.items() if name != period}
    cover = {name: told for name, told in part.coverage.items() if name != "partial"}
    return replace(part, by=by, coverage=cover)


def _month_after(day: date) -> date:
    return _months_before(day, -1)


def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
