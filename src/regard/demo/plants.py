"""What was planted in the demo: the stories that its numbers must tell."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regard.core.i18n import N_
from regard.demo.chance import Real, Whole
from regard.demo.clock import instant, months_before

MONTHS = 12
UNTIL = date(2026, 6, 1)
CALLS_UP = 1.3
HANDLE_TIME = 0.7
REPEATS_UP = 2.0
SLOWEST = 8.0
"""How many times longer an answer takes at the end of the understaffed stretch."""
CATCHING_UP = 12
"""Days from the end of the stretch until answers are as fast as before."""


@dataclass(frozen=True)
class Plant:
    """Something put into the demo on purpose, from its first day to its last, both in it."""

    name: str
    says: str
    first_day: date
    last_day: date


def planted(months: int = MONTHS, until: date = UNTIL) -> tuple[Plant, ...]:
    """What a company of that length holds; a short one has no room for all of it.

    understaffed: from five months on. more_calls: from two on, against the month before it.
    """
    found = []
    if months >= 5:
        first = _monday_on_or_after(months_before(until.replace(day=8), 4))
        found.append(
            Plant(
                "understaffed",
                N_("Three weeks with too few people: answers slow down and the backlog grows."),
                first,
                first + timedelta(days=20),
            )
        )
    if months >= 2:
        end = until.replace(day=1)
        found.append(
            Plant(
                "more_calls",
                N_(
                    "Calls per opening day +30 %, handle time −30 %, and twice as many callers "
                    "had to call again: a failure that looks like success."
                ),
                months_before(end, 1),
                end - timedelta(days=1),
            )
        )
    return tuple(found)


def plant(name: str, plants: tuple[Plant, ...]) -> Plant | None:
    """The plant of that name, where there was room for it."""
    return next((found for found in plants if found.name == name), None)


def slowness(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How many times longer than usual an answer takes to what came at these instants."""
    stretch = plant("understaffed", plants)
    if stretch is None:
        return np.ones(len(at))
    over = stretch.last_day + timedelta(days=1)
    marks = [stretch.first_day, stretch.first_day + timedelta(days=4), over]
    marks.append(over + timedelta(days=CATCHING_UP))
    heights = [1.0, SLOWEST / 2, SLOWEST, 1.0]
    return np.interp(at, [instant(day) for day in marks], heights)


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
