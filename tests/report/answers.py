"""Answers made by hand, for tests of how they are shown."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from regard.insight.ask import Result
from regard.insight.change import Change
from regard.metrics.engine import Part
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.estimate import Estimate

HOUR, DAY = 3600.0, 86400.0
MARCH = (date(2026, 3, 1), date(2026, 4, 1))
FEBRUARY = (date(2026, 2, 1), date(2026, 3, 1))
NEWEST = datetime(2026, 3, 31, 16, 4, tzinfo=UTC)


def answer(
    key: str,
    parts: list[Part] | None = None,
    *,
    by: tuple[str, ...] = (),
    value: Estimate | None = None,
    coverage: Mapping[str, Any] | None = None,
    reason: str = "",
    ends: Mapping[str, datetime] | None = None,
) -> Result:
    """A result for March 2026, of the parts or of one value."""
    if parts is None:
        parts = [Part({}, value or Estimate(10.0, 8.0, 12.0, 100), coverage or {})]
    return Result(
        query=Query(key, *MARCH, by=by),
        metric=metric(key),
        parts=tuple(parts),
        store_version=1,
        as_of=NEWEST,
        ends=ends or {"helpdesk": NEWEST},
        reason=reason,
    )


def months(key: str, *values: float | None, **last: Any) -> Result:
    """A result by month from January 2026; `last`: the coverage of the last month."""
    parts = [
        Part(
            {"month": f"2026-{place:02d}"},
            Estimate(value, value * 0.9, value * 1.1, 50)
            if value is not None
            else Estimate(None, note="NO_DATA"),
            last if place == len(values) else {},
        )
        for place, value in enumerate(values, start=1)
    ]
    return answer(key, parts, by=("month",))


def teams(key: str, **values: float) -> Result:
    """A result by team; the names may hold anything."""
    parts = [
        Part({"team": name}, Estimate(value, value * 0.9, value * 1.1, 50))
        for name, value in values.items()
    ]
    return answer(key, parts, by=("team",))


def moved(
    word: str, value: float | None, detectable: float | None = None, good: bool | None = None
) -> Change:
    """A change from February to March 2026."""
    return Change(
        word, value, low=None, high=None, detectable=detectable, good=good, against=FEBRUARY
    )
