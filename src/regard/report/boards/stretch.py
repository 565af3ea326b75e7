"""Which days a board looks at: what was asked for, and the presets, from where the data end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regard.core.i18n import N_
from regard.core.period import day_of
from regard.metrics.query import Query

TREND_MONTHS = 12


@dataclass(frozen=True)
class Preset:
    """A stretch of days to choose: [since, until), None for no bound. title: marked."""

    key: str
    title: str
    since: date | None
    until: date | None


def presets(end: date) -> tuple[Preset, ...]:
    """The usual stretches before the last day with data (never before today)."""
    until = month_after(end) if (end + timedelta(days=1)).day == 1 else end.replace(day=1)
    return (
        Preset("month", N_("Last full month"), months_before(until, 1), until),
        Preset("quarter", N_("Last 3 months"), months_before(until, 3), until),
        Preset("year", N_("Last 12 months"), months_before(until, 12), until),
        Preset("all", N_("All data"), None, None),
    )


def data_end(watermarks: Mapping[str, datetime], zone: str) -> date | None:
    """The last local day of which something is known."""
    return day_of(max(watermarks.values()), zone) if watermarks else None


def period_for(query: Query, end: date) -> str:
    """The kind of period that draws a stretch in a readable number of points."""
    if query.since is None:
        return "month"
    days = ((query.until or end + timedelta(days=1)) - query.since).days
    for most, kind in ((2, "date_hour"), (62, "day"), (200, "week"), (1500, "month")):
        if days <= most:
            return kind
    return "quarter"


def trend_days(query: Query, end: date) -> tuple[date | None, date | None]:
    """The days of a tile's small line: at least the twelve months before the stretch ends."""
    until = query.until or month_after(end)
    back = months_before(until, TREND_MONTHS)
    return (None if query.since is None else min(query.since, back)), until


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months earlier (the same month for day 2 and later)."""
    first = day.replace(day=1)
    index = first.year * 12 + first.month - 1 - months
    return first.replace(year=index // 12, month=index % 12 + 1)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return months_before(day, -1)
