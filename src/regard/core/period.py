"""Days, weeks and months of a zone, and the instants at which they begin and end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from regard.core.errors import BadValue, UnknownName

PERIODS = ("date_hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Period:
    """A stretch of local time: its label and the instants [start, end) in UTC."""

    label: str
    start: datetime
    end: datetime


def instant_of(day: date, zone: str) -> datetime:
    """The first instant of a local day, in UTC (a day may begin at 01:00 where clocks change)."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_of(instant: datetime, zone: str) -> date:
    """The local day in which an instant falls."""
    return instant.astimezone(ZoneInfo(zone)).date()


def periods(kind: str, since: date, until: date, zone: str) -> tuple[Period, ...]:
    """The periods of a kind that touch the days [since, until), clipped to them."""
    if kind not in PERIODS:
        raise UnknownName("kind of period", kind, PERIODS)
    if kind == "date_hour":
        return tuple(_hours(since, until, zone))
    found = []
    first = _first_day(kind, since)
    while first < until:
        after = _next_first(kind, first)
        start, end = max(first, since), min(after, until)
        found.append(Period(label(kind, first), instant_of(start, zone), instant_of(end, zone)))
        first = after
    return tuple(found)


def label(kind: str, first: date) -> str:
    """The name of a period from its first day: 2026-03-01, 2026-W10, 2026-03, 2026-Q1, 2026."""
    if kind == "day":
        return first.isoformat()
    if kind == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == "month":
        return f"{first:%Y-%m}"
    if kind == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return f"{first.year}"


def parse_day(what: str, text: str | date | None) -> date | None:
    """A day written as 2026-03-01; None where nothing is written."""
    if text is None or text == "":
        return None
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadValue(f"'{what}'", text, "a day such as 2026-03-01") from None


def parse_instant(what: str, text: str | datetime | None) -> datetime | None:
    """An instant in ISO form; a bare day means its first instant, no offset means UTC."""
    if text is None or text == "":
        return None
    try:
        found = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    except ValueError:
        raise BadValue(f"'{what}'", text, "an instant such as 2026-03-01T09:00:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def parse_zone(text: str | None) -> str | None:
    """An IANA zone; None where nothing is written."""
    if not text:
        return None
    if text not in available_timezones():
        raise UnknownName("time zone", text, available_timezones())
    return text


def _hours(since: date, until: date, zone: str) -> Iterator[Period]:
    start, end = instant_of(since, zone), instant_of(until, zone)
    local = ZoneInfo(zone)
    while start < end:
        here = start.astimezone(local)
        minutes = timedelta(minutes=here.minute, seconds=here.second)
        after = min(start + timedelta(hours=1) - minutes, end)
        yield Period(f"{here:%Y-%m-%dT%H:00%z}", start, after)
        start = after


def _first_day(kind: str, day: date) -> date:
    if kind == "week":
        return day - timedelta(days=day.weekday())
    if kind == "month":
        return day.replace(day=1)
    if kind == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if kind == "year":
        return day.replace(month=1, day=1)
    return day


def _next_first(kind: str, first: date) -> date:
    if kind == "day":
        return first + timedelta(days=1)
    if kind == "week":
        return first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    month = first.month - 1 + months
    return first.replace(year=first.year + month // 12, month=month % 12 + 1)
