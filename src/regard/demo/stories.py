"""The plants in tickets and calls: when each is, how big, and what it does to pace and numbers."""

from datetime import date, timedelta

import numpy as np

from regard.core.i18n import N_
from regard.demo.chance import Flags, Real, Whole
from regard.demo.clock import Window, instant, months_before
from regard.demo.plants import Days, Plant, Planting, last_full_month, plant, weekday_on_or_after

CALLS_UP = 1.3
HANDLE_TIME = 0.7
REPEATS_UP = 2.0
SLOWEST = 8.0
"""How many times longer an answer takes at the end of the understaffed stretch."""
CATCHING_UP = 12
"""Days from the end of the stretch until answers are as fast as before."""
SLOW_AFTERNOON = 10.0
TUESDAY, FROM_HOUR, TO_HOUR = 1, 13, 17
MISSING = 0.6
"""Of the people who work on the day of the slow afternoon: those not there in it."""
SURGE_TICKETS, SURGE_CALLS = 4.0, 3.0
NEW_SHARE, ENDED_SHARE = 0.12, 0.07
"""Of the contacts: at the end of the new problem, and all through the one that ends."""
REOPENS_UP = 2.5
HARD_UP, QUICKER = 8.0, 0.72
"""At the end of the mix shift: how much more often the hard kinds, how long answers still take."""
FADES = 30
"""Days until the mix of matters is as before."""


def slowness(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How many times longer than usual an answer takes to what came at these instants."""
    slow = np.ones(len(at))
    stretch = plant("understaffed", plants)
    if stretch is not None:
        over = stretch.last_day + timedelta(days=1)
        marks = [stretch.first_day, stretch.first_day + timedelta(days=4), over]
        marks.append(over + timedelta(days=CATCHING_UP))
        heights = [1.0, SLOWEST / 2, SLOWEST, 1.0]
        slow = np.interp(at, [instant(day) for day in marks], heights)
    return np.where(_in_afternoon(plants, at), np.maximum(slow, SLOW_AFTERNOON), slow)


def afternoons(plants: tuple[Plant, ...]) -> tuple[tuple[int, int], ...]:
    """The afternoons on which people are missing, from and until."""
    found = plant("afternoon", plants)
    if found is None:
        return ()
    made = []
    day = weekday_on_or_after(found.first_day, TUESDAY)
    while day <= found.last_day:
        made.append((instant(day, FROM_HOUR), instant(day, TO_HOUR)))
        day += timedelta(days=7)
    return tuple(made)


def _in_afternoon(plants: tuple[Plant, ...], at: Whole) -> Flags:
    inside = np.zeros(len(at), dtype=bool)
    for start, end in afternoons(plants):
        inside |= (at >= start) & (at < end)
    return inside


def quickness(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How long answers take against usual, because work on each kind gets better: 1 or less."""
    return 1 - (1 - QUICKER) * _shifted(plants, at)


def hardness(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How many times more often than usual the hard kinds come up."""
    return 1 + (HARD_UP - 1) * _shifted(plants, at)


def _shifted(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How far the mix has shifted: 0 to 1 over the plant, and back afterwards."""
    found = plant("mix_shift", plants)
    if found is None:
        return np.zeros(len(at))
    length = (found.last_day - found.first_day).days + 1
    full = found.first_day + timedelta(days=length // 3)
    over = found.last_day + timedelta(days=1)
    marks = [found.first_day, full, over, over + timedelta(days=FADES)]
    return np.interp(at, [instant(day) for day in marks], [0.0, 1.0, 1.0, 0.0])


def swelling(window: Window, plants: tuple[Plant, ...], size: float) -> Real:
    """How many times the usual number come on each day, where an outage brings `size` times."""
    return np.where(_within(window, plant("surge", plants)), size, 1.0)


def growth(window: Window, plants: tuple[Plant, ...]) -> Real:
    """The new problem's share of what comes on each day."""
    found = plant("new_problem", plants)
    if found is None:
        return np.zeros(len(window.days))
    age = np.array([(day - found.first_day).days + 1 for day in window.days])
    lasts = (found.last_day - found.first_day).days + 1
    made: Real = np.clip(age / lasts, 0, 1) * NEW_SHARE
    return made


def ending(window: Window, plants: tuple[Plant, ...]) -> Real:
    """The share of what comes on each day that the problem which ends has."""
    return np.where(_within(window, plant("ended_problem", plants)), ENDED_SHARE, 0.0)


def returning(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How many times more often than usual tickets solved at these instants come back."""
    found = plant("reopened", plants)
    if found is None:
        return np.ones(len(at))
    over = instant(found.last_day + timedelta(days=1))
    inside = (at >= instant(found.first_day)) & (at < over)
    return np.where(inside, REOPENS_UP, 1.0)


def _within(window: Window, found: Plant | None) -> Flags:
    days = window.days
    return np.array(
        [found is not None and found.first_day <= day <= found.last_day for day in days]
    )


def _three_weeks(until: date) -> Days:
    first = weekday_on_or_after(months_before(until.replace(day=8), 4))
    return first, first + timedelta(days=20)


def _two_months(until: date) -> Days:
    end = until.replace(day=1)
    return months_before(end, 2), end - timedelta(days=1)


def _three_days(until: date) -> Days:
    first = weekday_on_or_after(months_before(until.replace(day=3), 7), TUESDAY)
    return first, first + timedelta(days=2)


def _last_weeks(until: date) -> Days:
    return until - timedelta(days=45), until - timedelta(days=1)


def _until_new_year(until: date) -> Days:
    end = until.replace(day=1)
    return months_before(end, 9), months_before(end, 5) - timedelta(days=1)


def _three_months(until: date) -> Days:
    end = until.replace(day=1)
    return months_before(end, 10), months_before(end, 7) - timedelta(days=1)


PLANTS = [
    Planting(
        "understaffed",
        N_("Three weeks with too few people: answers slow down and the backlog grows."),
        5,
        _three_weeks,
        {"answer_seconds": SLOWEST},
    ),
    Planting(
        "seed001",
        N_(
            "Calls per opening day +30 %, handle time −30 %, and twice as many callers "
            "had to call again: a failure that looks like success."
        ),
        2,
        last_full_month,
        {"calls": CALLS_UP, "handle_seconds": HANDLE_TIME, "repeat_calls": REPEATS_UP},
    ),
    Planting(
        "afternoon",
        N_(
            "Too few people on Tuesdays from 13:00 to 17:00: what comes then is answered "
            "ten times slower."
        ),
        3,
        _two_months,
        {"answer_seconds": SLOW_AFTERNOON, "from_hour": FROM_HOUR, "to_hour": TO_HOUR},
    ),
    Planting(
        "surge",
        N_("An outage: for three days four times the tickets and three times the calls."),
        8,
        _three_days,
        {"tickets": SURGE_TICKETS, "calls": SURGE_CALLS},
    ),
    Planting(
        "new_problem",
        N_("A kind of matter nobody knew, pairing, appears one day and grows to an eighth."),
        3,
        _last_weeks,
        {"share_at_end": NEW_SHARE},
    ),
    Planting(
        "ended_problem",
        N_("A kind of matter, old-app, that ends one day: the cause was removed."),
        10,
        _until_new_year,
        {"share": ENDED_SHARE},
    ),
    Planting(
        "reopened",
        N_("Tickets solved in the last full month come back two and a half times as often."),
        2,
        last_full_month,
        {"reopened": REOPENS_UP},
    ),
    Planting(
        "mix_shift",
        N_(
            "Hard kinds of matter become more common while every kind is answered faster: "
            "each gets better, and the whole looks worse."
        ),
        11,
        _three_months,
        {"hard_kinds": HARD_UP, "answer_seconds": QUICKER},
    ),
]
