"""The demo's days, in the zone of its company, and arithmetic inside its opening hours."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from regard.core.errors import BadValue
from regard.demo.calendars import ZONE
from regard.demo.chance import Real, Whole

PLACE = ZoneInfo(ZONE)
SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
NEVER = np.iinfo(np.int64).max
"""The instant of what has not happened: it becomes an empty value in the tables."""
AFTERMATH = timedelta(days=400)
"""How far past the end opening hours are known: what would happen then is dropped, not bent."""


@dataclass(frozen=True)
class Window:
    """The days of the demo. Instants are microseconds since 1970, UTC.

    hours[d, h]: the instant of local hour h of day d. month[d]: months since the first one.
    """

    first: date
    until: date
    start: int
    end: int
    days: tuple[date, ...]
    hours: Whole
    month: Whole

    def day_of(self, at: Whole) -> Whole:
        """The position of the local day in which each instant lies."""
        found = np.searchsorted(self.hours[:, 0], at, side="right") - 1
        return np.clip(found, 0, len(self.days) - 1).astype(np.int64)

    def instants(self, day: Whole, hour: Whole, seconds: Whole) -> Whole:
        """Instants from day position, local hour and seconds into that hour."""
        made: Whole = self.hours[day, hour] + seconds * SECOND
        return made


@dataclass(frozen=True)
class Openings:
    """Stretches of open time, in order: from, until, and the open time before each."""

    opens: Whole
    closes: Whole
    before: Whole

    def elapsed(self, at: Whole) -> Whole:
        """Open microseconds since the first opening."""
        piece = np.maximum(np.searchsorted(self.opens, at, side="right") - 1, 0)
        inside = np.clip(at - self.opens[piece], 0, (self.closes - self.opens)[piece])
        made: Whole = self.before[piece] + inside
        return made

    def reached(self, elapsed: Whole) -> Whole:
        """The instant at which that much open time has passed."""
        piece = np.maximum(np.searchsorted(self.before, elapsed, side="right") - 1, 0)
        made: Whole = np.minimum(
            self.opens[piece] + elapsed - self.before[piece], self.closes[piece]
        )
        return made

    def later(self, at: Whole, seconds: Real) -> Whole:
        """The instants that many open seconds after these."""
        late = self.reached(self.elapsed(at) + whole_seconds(np.maximum(seconds, 1.0)))
        made: Whole = np.maximum(late, at)
        return made

    def between(self, start: Whole, end: Whole, part: Real) -> Whole:
        """The instants at a part (0 to 1) of the open time from start to end."""
        begun, over = self.elapsed(start), self.elapsed(end)
        inside = self.reached(begun + whole_seconds((over - begun) / SECOND * part))
        outside = start + whole_seconds((end - start) / SECOND * part)
        made: Whole = np.clip(np.where(over > begun, inside, outside), start, end)
        return made


def whole_seconds(seconds: Real) -> Whole:
    """Seconds as microseconds, on the full second."""
    return np.rint(seconds).astype(np.int64) * SECOND


def instant(day: date, hour: int = 0) -> int:
    """The instant of that local hour."""
    local = datetime.combine(day, time(hour), PLACE)
    return round(local.timestamp()) * SECOND


def window(months: int, until: date) -> Window:
    """The days of that many months before `until`, which is the first day not in it."""
    if months < 1:
        raise BadValue("The number of months", months, "1 or more")
    first = months_before(until, months)
    days = tuple(day_range(first, until))
    hours = np.array([[instant(day, hour) for hour in range(24)] for day in days], dtype=np.int64)
    month = [(day.year - first.year) * 12 + day.month - first.month for day in days]
    return Window(
        first, until, instant(first), instant(until), days, hours, np.array(month, dtype=np.int64)
    )


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_range(first: date, until: date) -> Iterable[date]:
    """The days from first, `until` not in it."""
    return (first + timedelta(days=n) for n in range((until - first).days))
