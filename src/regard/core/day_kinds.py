"""What kind of day a local day is, so that days are compared with their like.

A day is open as usual, shortened, closed by a holiday, closed as every week, or opened out of turn:
that is read from a calendar, against the same calendar without its holidays and special days. A
day may lie in a feast that moves between years or stands at their turn; only feasts that a
calendar's country keeps count. Feasts are days of that country's public holidays, as the
`holidays` library has them; days that it cannot know yet, it estimates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import holidays
import numpy as np

from regard.core.calendar import Calendar, Numbers, open_spans
from regard.core.i18n import N_
from regard.core.period import day_of, instant_of

OPEN, SHORT, HOLIDAY, REST, EXTRA = "open", "short", "holiday", "rest", "extra"
EASTER, RAMADAN, EID_AL_FITR, EID_AL_ADHA, TURN_OF_YEAR = (
    "easter",
    "ramadan",
    "eid_al_fitr",
    "eid_al_adha",
    "turn_of_year",
)
FEASTS = {
    EASTER: N_("Easter"),
    RAMADAN: N_("Ramadan"),
    EID_AL_FITR: N_("Eid al-Fitr"),
    EID_AL_ADHA: N_("Eid al-Adha"),
    TURN_OF_YEAR: N_("the turn of the year"),
}
"""The feasts by name, in words."""
DEFAULT = "default"
WHOLE = 0.999
"""The share of the usual open time from which on a day counts as open as usual."""
FAST_DAYS = 29
"""Days from the first of Ramadan to Eid, 29 or 30: the first may be called a day too late."""
APART = 20
"""Holidays of one name with more days between them belong to two feasts."""
IN_ENGLISH = "en_US"


@dataclass(frozen=True)
class DayKind:
    """A local day and its kind.

    opens: OPEN (as usual), SHORT, HOLIDAY (closed, though usually open), REST (closed as every
    week) or EXTRA (open, though usually closed). share: of the usual open time of that weekday;
    0 on days of rest. feast: one of FEASTS, or empty.
    """

    day: date
    opens: str = OPEN
    share: float = 1.0
    feast: str = ""

    @property
    def is_opening(self) -> bool:
        """Whether it opens at all."""
        return self.opens in (OPEN, SHORT, EXTRA)


def day_kinds(
    since: date, until: date, zone: str, calendars: Sequence[Calendar]
) -> tuple[DayKind, ...]:
    """The kinds of the local days [since, until) of a zone, in order.

    Opening days are those of the calendar `default`, else of the first. Without calendars, and
    before the first day of which hours are known, every day is open as usual.
    """
    days = [since + timedelta(days=k) for k in range((until - since).days)]
    ruling = ruling_calendar(calendars)
    if ruling is None:
        return tuple(DayKind(day) for day in days)
    kept = feasts(since, until, calendars)
    real, usual = (
        _open_seconds(ruling, days, zone),
        _open_seconds(_without_breaks(ruling), days, zone),
    )
    known = min((v.valid_from or date.min for v in ruling.versions), default=date.min)
    found = []
    for day, now, ever in zip(days, real, usual, strict=True):
        opens, share = _opens(now, ever) if day >= known else (OPEN, 1.0)
        found.append(DayKind(day, opens, share, kept.get(day, "")))
    return tuple(found)


def ruling_calendar(calendars: Sequence[Calendar]) -> Calendar | None:
    """The calendar whose opening days count: `default`, else the first; None without any."""
    named = {calendar.id: calendar for calendar in calendars}
    return named.get(DEFAULT) or next(iter(calendars), None)


def shut_for_the_day(at: datetime, zone: str, calendars: Sequence[Calendar]) -> bool:
    """Whether no opening time is left after an instant until its local day ends.

    Without calendars it never is.
    """
    ruling = ruling_calendar(calendars)
    if ruling is None:
        return False
    day = day_of(at, zone)
    end = instant_of(day + timedelta(days=1), zone)
    spans = open_spans(ruling, day - timedelta(days=2), day + timedelta(days=2))
    return not int(np.diff(_opened_until(spans, _seconds([at, end])))[0])


def likeness(kind: DayKind) -> tuple[str, ...]:
    """The classes that a day is alike in, the finest first, each within the next.

    Days of a feast are like days of that feast alone, and closed ones never like open ones.
    """
    weekday = f"{kind.day.isoweekday()}"
    if kind.feast in (EID_AL_FITR, EID_AL_ADHA):
        return (f"{kind.feast} {kind.opens}",)
    if kind.feast == TURN_OF_YEAR:
        return f"{kind.feast} {kind.opens} {kind.day:%m-%d}", f"{kind.feast} {kind.opens}"
    if kind.opens == SHORT:
        place = f"{kind.feast} {SHORT} {round(kind.share * 4) / 4:g}".strip()
        return f"{place} {weekday}", place
    place = f"{kind.feast} {kind.opens}".strip()
    return f"{place} {weekday}", place


def feasts(since: date, until: date, calendars: Sequence[Calendar]) -> dict[date, str]:
    """The days of [since, until) that lie in a feast kept by a country of the calendars."""
    countries = sorted(
        {(v.country, v.subdivision or "") for c in calendars for v in c.versions if v.country}
    )
    found: dict[date, str] = {}
    for country, subdivision in countries:
        for day, feast in _feasts(country, subdivision, since.year, until.year):
            # A holy day within a longer feast is more than that: the shorter come last.
            if since <= day < until:
                found[day] = feast
    return found


def _opens(now: int, usual: int) -> tuple[str, float]:
    if usual == 0:
        return (EXTRA, 1.0) if now else (REST, 0.0)
    share = now / usual
    return (OPEN if share >= WHOLE else SHORT if now else HOLIDAY), share


def _without_breaks(calendar: Calendar) -> Calendar:
    bare = [
        replace(v, country=None, subdivision=None, closed=frozenset(), special=())
        for v in calendar.versions
    ]
    return replace(calendar, versions=tuple(bare))


def _open_seconds(calendar: Calendar, days: Sequence[date], zone: str) -> list[int]:
    """The open seconds within each local day."""
    if not days:
        return []
    around = days[0] - timedelta(days=2), days[-1] + timedelta(days=2)
    spans = open_spans(calendar, *around)
    edges = [instant_of(day, zone) for day in (*days, days[-1] + timedelta(days=1))]
    return [int(n) for n in np.diff(_opened_until(spans, _seconds(edges)))]


def _seconds(instants: Sequence[datetime]) -> Numbers:
    return np.array([int(at.timestamp()) for at in instants], np.int64)


def _opened_until(spans: Numbers, at: Numbers) -> Numbers:
    """The open seconds before each instant, from the first span on."""
    if not len(spans):
        return np.zeros(len(at), np.int64)
    lasts = spans[:, 1] - spans[:, 0]
    before = np.concatenate([[0], np.cumsum(lasts)])
    place = np.searchsorted(spans[:, 0], at, side="right") - 1
    within = np.minimum(at, spans[place, 1]) - spans[place, 0]
    told: Numbers = np.where(place < 0, 0, before[place] + within)
    return told


@lru_cache(maxsize=256)
def _feasts(country: str, subdivision: str, first: int, last: int) -> tuple[tuple[date, str], ...]:
    """The days of feasts that a country keeps, longer feasts before shorter ones."""
    years = range(first - 1, last + 2)
    told = holidays.country_holidays(country, subdivision or None, years=years, language=IN_ENGLISH)
    named = sorted(told.items())
    fitr = _runs([day for day, name in named if "Eid al-Fitr" in name])
    adha = _runs([day for day, name in named if "Eid al-Adha" in name])
    found: list[tuple[date, str]] = []
    for begins, _ in fitr:
        found += [(day, RAMADAN) for day in _days(begins - timedelta(days=FAST_DAYS), begins)]
    if any((day.month, day.day) in ((12, 25), (1, 1)) for day, _ in named):
        for year in years:
            found += [
                (day, TURN_OF_YEAR) for day in _days(date(year, 12, 24), date(year + 1, 1, 2))
            ]
    for name, runs in ((EID_AL_FITR, fitr), (EID_AL_ADHA, adha)):
        found += [(day, name) for begins, ends in runs for day in _days(begins, ends)]
    for sunday in _easters(
        {day for day, name in named if "Easter" in name or "Good" in name}, years
    ):
        span = _days(sunday - timedelta(days=2), sunday + timedelta(days=2))
        found += [(day, EASTER) for day in span]
    return tuple(found)


def _easters(kept: set[date], years: range) -> Iterator[date]:
    """The Easter Sundays, western or Orthodox, around which holidays are kept."""
    for keepers in ("PL", "GR"):
        told = holidays.country_holidays(keepers, years=years, language=IN_ENGLISH)
        for monday in told.get_named("Easter Monday"):
            around = _days(monday - timedelta(days=3), monday + timedelta(days=1))
            if kept.intersection(around):
                yield monday - timedelta(days=1)


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """The stretches [first, last) of days that lie close together."""
    if not days:
        return []
    breaks = [(one, other) for one, other in pairwise(days) if (other - one).days > APART]
    begins = [days[0], *(other for _, other in breaks)]
    ends = [*(one for one, _ in breaks), days[-1]]
    return [(a, b + timedelta(days=1)) for a, b in zip(begins, ends, strict=True)]


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=k) for k in range((until - since).days)]
