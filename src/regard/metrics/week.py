"""Hours of the week: in which one an instant falls, and how much of a stretch each covers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any

from ibis.expr.types import BooleanValue, IntegerValue, StringValue

from regard.core.errors import BadValue
from regard.metrics.offsets import DAY_SECONDS, HOUR_SECONDS, Changes, local_second, offsets
from regard.metrics.query import Query

WEEK: Mapping[str, tuple[str, ...]] = {
    "weekday": tuple(str(day) for day in range(1, 8)),
    "hour": tuple(f"{hour:02}" for hour in range(24)),
}
"""Ways to split by the local clock, with the keys of their parts: Monday is 1, hours sort."""
THURSDAY = 3
"""Weekdays from Monday of 1970-01-01, the day that is number 0."""
Cell = tuple[str | None, str | None]
ANY: Cell = (None, None)


@dataclass(frozen=True)
class Cover:
    """How many local days, and how many seconds, of a stretch lie in some hours of the week."""

    days: int
    seconds: int


def is_weekly(query: Query) -> bool:
    """Whether a query splits or filters by hours of the week."""
    return any(name in WEEK for name in (*query.by, *(name for name, _ in query.where)))


def allowed(query: Query) -> dict[str, tuple[str, ...]]:
    """The weekdays and the hours that a query's filters leave, as keys; all where none is named."""
    found = {}
    for name, keys in WEEK.items():
        asked = [value for said, values in query.where if said == name for value in _keys(values)]
        wanted = {_key(name, value) for value in asked}
        found[name] = tuple(key for key in keys if key in wanted) if asked else keys
    return found


def week_columns(second: IntegerValue, changes: Changes) -> dict[str, StringValue]:
    """The local weekday and hour, as keys, of a UTC second, by a zone's changes of the clock."""
    local = local_second(second, changes)
    day = (local // DAY_SECONDS).cast("int64")
    hour = ((local - day * DAY_SECONDS) // HOUR_SECONDS).cast("int64")
    since_monday = day + THURSDAY
    # Not the remainder: engines do not agree on that of a negative number.
    weekday = since_monday - (since_monday // 7).cast("int64") * 7 + 1
    return {
        "weekday": weekday.cast("int64").cast("string"),
        "hour": hour.cast("string").lpad(2, "0"),
    }


def is_allowed(columns: Mapping[str, StringValue], query: Query) -> list[BooleanValue]:
    """Conditions that a query's filters by hours of the week put on rows."""
    left = allowed(query)
    return [columns[name].isin(left[name]) for name in WEEK if left[name] != WEEK[name]]


def key_of(name: str, value: Any) -> str:
    """The key of a part's value: the other way round than `plan.label_of`."""
    return f"{value:02}" if name == "hour" else str(value)


def cell_of(by: Sequence[str], key: Sequence[str]) -> Cell:
    """The weekday and the hour in the key of a part; None for what it is not split by."""
    named = dict(zip(by, key, strict=False))
    return named.get("weekday"), named.get("hour")


def covered(query: Query, cell: Cell, start: datetime, end: datetime, zone: str) -> Cover:
    """How much of [start, end) lies in a cell and within the query's filters.

    An hour that the clock skips covers nothing of that day; one that comes twice covers the day
    once and two hours of seconds.
    """
    left = allowed(query)
    weekdays, hours = (
        [key for key in left[name] if wanted in (None, key)]
        for name, wanted in zip(WEEK, cell, strict=True)
    )
    whole = _covers(start, end, zone)
    found = [whole[place] for place in product(weekdays, hours) if place in whole]
    days: set[int] = set().union(*(days for days, _ in found))
    return Cover(len(days), sum(seconds for _, seconds in found))


@lru_cache(maxsize=256)
def _covers(
    start: datetime, end: datetime, zone: str
) -> Mapping[tuple[str, str], tuple[frozenset[int], int]]:
    """The numbers of the local days, and the seconds, that each hour of the week covers."""
    days: dict[tuple[str, str], set[int]] = {}
    seconds: dict[tuple[str, str], int] = {}
    for hour, lasts in _hours(start, end, zone):
        day = hour // 24
        place = (str((day + THURSDAY) % 7 + 1), f"{hour % 24:02}")
        days.setdefault(place, set()).add(day)
        seconds[place] = seconds.get(place, 0) + lasts
    return {place: (frozenset(found), seconds[place]) for place, found in days.items()}


def _hours(start: datetime, end: datetime, zone: str) -> Iterable[tuple[int, int]]:
    """The local hours (since 1970) that [start, end) touches, with the seconds of each."""
    changes = offsets(start, end, zone)
    stop = int(end.timestamp())
    for place, (since, ahead) in enumerate(changes):
        until = min(changes[place + 1][0] if place + 1 < len(changes) else stop, stop)
        at, last = since + ahead, until + ahead
        while at < last:
            after = min((at // HOUR_SECONDS + 1) * HOUR_SECONDS, last)
            yield at // HOUR_SECONDS, after - at
            at = after


def _keys(said: str) -> list[str]:
    return [value.strip() for value in said.split(",")]


def _key(name: str, value: str) -> str:
    known = {str(int(key)): key for key in WEEK[name]}
    plain = value.lstrip("0") or value[:1]
    if plain not in known:
        first, *_, last = known
        need = "the first day is Monday" if name == "weekday" else "on the clock of the zone"
        raise BadValue(f"The {name}", value, f"a whole number from {first} to {last}; {need}")
    return known[plain]
