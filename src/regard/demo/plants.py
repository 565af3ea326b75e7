"""What is planted in the demo: the stories that its numbers must tell, each declared once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared
from regard.demo.clock import months_before

MONTHS = 12
UNTIL = date(2026, 6, 1)
ALL = "all"
"""Said in place of names: every plant."""

Days = tuple[date, date]


@dataclass(frozen=True)
class Plant:
    """Something put into the demo on purpose, from its first day to its last, both in it.

    sizes: how big it was meant, by what is meant: factors and shares of 1.
    """

    name: str
    says: str
    first_day: date
    last_day: date
    sizes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Planting:
    """A plant as declared, in a list called PLANTS of any module of the demo.

    says: one sentence, marked for translation. months: how long a company must be to have room
    for it. when: from the first day that has not happened to its first and last day.
    """

    name: str
    says: str
    months: int
    when: Callable[[date], Days]
    sizes: Mapping[str, float]


@cache
def plantings() -> Mapping[str, Planting]:
    """Every plant that there can be, by name."""
    return by_key(declared("regard.demo", "PLANTS"), lambda one: one.name)


def planted(
    months: int = MONTHS, until: date = UNTIL, without: Sequence[str] = ()
) -> tuple[Plant, ...]:
    """What a company of that length holds, by first day; a short one has no room for all of it.

    without: names to leave out; `all` leaves out every one.
    """
    known = plantings()
    for name in without:
        if name != ALL and name not in known:
            raise UnknownName("plant", name, [*known, ALL])
    if ALL in without:
        return ()
    found = [
        Plant(one.name, one.says, *one.when(until), one.sizes)
        for one in known.values()
        if one.months <= months and one.name not in without
    ]
    return tuple(sorted(found, key=lambda one: (one.first_day, one.name)))


def plant(name: str, plants: tuple[Plant, ...]) -> Plant | None:
    """The plant of that name, where there was room for it."""
    return next((found for found in plants if found.name == name), None)


def last_full_month(until: date) -> Days:
    """The last whole month before that day."""
    end = until.replace(day=1)
    return months_before(end, 1), end - timedelta(days=1)


def weekday_on_or_after(day: date, weekday: int = 0) -> date:
    """The first such weekday (0: Monday) from that day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
