"""Which days of a stretch can be judged: those that are over, seen and ripe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from regard.core.period import day_of
from regard.metrics.metric import Metric
from regard.metrics.query import Query

LEAST_SHARE = 0.5
"""The least share of a stretch's days that must be ripe for a verdict on the ripe ones alone."""
LEAST_DAYS = 7
"""And the fewest days, where the stretch has as many."""
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Span:
    """The days [since, until) of a stretch that can be judged.

    asked: the last day not counted that was asked for. whole_on: the first day on which all of it
    can be judged; None where it can be already.
    """

    since: date
    until: date
    asked: date
    whole_on: date | None = None

    @property
    def days(self) -> int:
        """How many days can be judged."""
        return max(0, (self.until - self.since).days)

    @property
    def enough(self) -> bool:
        """Whether they are enough for a verdict."""
        wanted = (self.asked - self.since).days
        return self.days >= max(1, min(wanted, LEAST_DAYS), round(LEAST_SHARE * wanted))


def ripening(metric: Metric) -> timedelta:
    """How long after a row's instant it can be compared with older ones."""
    ripe = metric.ripe_within or metric.ripe_seconds
    return timedelta(seconds=max(ripe, metric.settle_seconds))


def judged_span(query: Query, metric: Metric, as_of: datetime, zone: str) -> Span:
    """The days of a query's stretch that can be judged at an instant; it has a start and an end.

    A day with data into its second half counts as over. Where rows ripen by what becomes of them,
    only days of which every row is ripe are judged: the others show what was quickly done.
    """
    assert query.since is not None
    assert query.until is not None
    wait = ripening(metric)
    slack = timedelta() if metric.ripe_at else HALF_A_DAY
    over = day_of(as_of - wait + slack, zone)
    until = max(query.since, min(query.until, over))
    whole_on = None if until >= query.until else query.until + _whole_days(wait)
    return Span(query.since, until, query.until, whole_on)


def earliest(spans: Sequence[Span]) -> Span:
    """The days that all of some spans of one stretch can be judged by."""
    until = min(one.until for one in spans)
    dates = [one.whole_on for one in spans if one.whole_on is not None]
    return replace(spans[0], until=until, whole_on=max(dates, default=None))


def _whole_days(wait: timedelta) -> timedelta:
    return timedelta(days=-(-wait // timedelta(days=1)))
