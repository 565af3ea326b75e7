"""What a stretch is compared with: the one before, a year ago, another one, others, a figure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from regard.core.errors import BadValue
from regard.core.i18n import N_
from regard.core.period import parse_day
from regard.metrics.query import Query

BEFORE, YEAR, BASELINE, OTHERS, GOAL, BENCHMARK = (
    *("before", "year", "baseline", "others", "goal", "benchmark"),
)
WAYS: Mapping[str, str] = {
    BEFORE: N_("the stretch before"),
    YEAR: N_("the same days a year ago"),
    BASELINE: N_("a chosen stretch"),
    OTHERS: N_("all the others together"),
    GOAL: N_("the goal"),
    BENCHMARK: N_("an outside figure"),
}
"""What a value can be held against, in words."""
WEEKS_A_YEAR = 52
DASH = ".."


def stretch_against(query: Query, said: str) -> tuple[str, Query]:
    """The kind of comparison that some words mean, and the query about the other stretch.

    said: before, year, or two days `FROM..TO`, the second not counted. The query must have a start
    and an end. Anything else: BadValue.
    """
    if query.since is None or query.until is None:
        raise BadValue("The stretch", "without a start or an end", "two days: --from and --to")
    if said == BEFORE:
        return BEFORE, before(query)
    if said == YEAR:
        return YEAR, year_ago(query)
    if DASH in said:
        first, _, last = said.partition(DASH)
        since, until = parse_day("against", first), parse_day("against", last)
        if since and until and since < until:
            return BASELINE, replace(query, since=since, until=until)
    raise BadValue("What to compare with", said, f"before, year or FROM{DASH}TO, two days")


def before(query: Query) -> Query:
    """The query about the stretch before; whole months compare with whole months."""
    assert query.since is not None
    assert query.until is not None
    since, until = query.since, query.until
    if _whole_months(since, until):
        start = _months_before(since, (until.year - since.year) * 12 + until.month - since.month)
    else:
        start = since - (until - since)
    return replace(query, since=start, until=since)


def year_ago(query: Query) -> Query:
    """The query about the same months a year ago; else 52 weeks ago, so that weekdays agree."""
    assert query.since is not None
    assert query.until is not None
    since, until = query.since, query.until
    if _whole_months(since, until):
        return replace(query, since=_months_before(since, 12), until=_months_before(until, 12))
    step = timedelta(weeks=WEEKS_A_YEAR)
    return replace(query, since=since - step, until=until - step)


def _whole_months(since: date, until: date) -> bool:
    return since.day == until.day == 1


def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
