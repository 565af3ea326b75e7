"""When customers come: weekday, hour, season and growth."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from regard.demo.chance import Real, Whole, drawn
from regard.demo.clock import HOUR, PLACE, Window
from regard.demo.customers import ZONES
from regard.demo.openings import workdays
from regard.demo.plants import Plant
from regard.demo.stories import SURGE_TICKETS, swelling

WEEKDAYS = (1.25, 1.12, 1.0, 0.98, 0.9, 0.45, 0.38)
SEASON = (1.10, 0.95, 0.95, 1.0, 1.0, 0.95, 0.9, 0.88, 1.0, 1.05, 1.3, 1.65)
"""January to December."""
GROWTH = 1.015
"""A month against the one before it."""
HOLIDAY = 0.45
HOURS = (
    *(0.6, 0.4, 0.3, 0.2, 0.3, 0.6, 1.4, 3.0, 5.5, 7.5, 8.2, 8.0),
    *(7.0, 6.8, 7.0, 6.6, 6.0, 5.4, 5.0, 5.2, 5.4, 4.8, 3.2, 1.6),
)


def month_level(window: Window) -> Real:
    """What a plain day of each month of the window weighs: season times growth."""
    months = np.arange(int(window.month[-1]) + 1)
    season = np.array(SEASON)[(window.first.month - 1 + months) % 12]
    made: Real = season * GROWTH**months
    return made


def day_weights(window: Window) -> Real:
    """What each day weighs, in writing: people write on every day, less at weekends."""
    weekday = np.array([WEEKDAYS[day.weekday()] for day in window.days])
    free = ~workdays(window) & np.array([day.weekday() < 5 for day in window.days])
    made: Real = weekday * np.where(free, HOLIDAY, 1.0) * month_level(window)[window.month]
    return made


def written(
    rng: np.random.Generator, window: Window, plants: tuple[Plant, ...], size: int
) -> Whole:
    """That many instants, by the company's own hours, at which customers write, in no order."""
    day = drawn(rng, day_weights(window) * swelling(window, plants, SURGE_TICKETS), size)
    return window.instants(day, drawn(rng, HOURS, size), rng.integers(0, 3600, size))


def abroad(window: Window, at: Whole, country: Whole) -> Whole:
    """The instants at which it is that local hour for people of these countries (positions).

    Where that lies outside the window, the instant stays.
    """
    behind = np.array(
        [[_hours_behind(day, zone) for day in window.days] for zone in ZONES], dtype=np.int64
    )
    moved = at + behind[country, window.day_of(at)] * HOUR
    return np.where((moved >= window.start) & (moved < window.end), moved, at)


def _hours_behind(day: date, zone: str) -> int:
    """By how many hours a zone's clocks are behind the company's at noon of that day."""
    noon = datetime.combine(day, time(12))
    own = noon.replace(tzinfo=PLACE).utcoffset() or timedelta()
    theirs = noon.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return round((own - theirs) / timedelta(hours=1))
