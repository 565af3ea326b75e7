"""Which segments moved a metric, and how much of a change is composition, along many splits.

A time is taken apart as the share served by one fixed time, the old quantile: times themselves
do not average, shares do. What is composition and what happened within is Kitagawa's (stats.mix).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.against import before as stretch_before
from regard.insight.ask import ALL, Scope, ask, within_scope
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import missing
from regard.metrics.query import Query
from regard.metrics.segments import (
    NEW,
    OLD,
    WHOLE,
    Held,
    Segments,
    adds_up,
    is_time,
    segments,
    served_by,
    single,
    weighs,
)
from regard.metrics.splits import splits_of
from regard.stats.difference import mover
from regard.stats.discovery import FALSE_CALLS, adjusted, chance_of
from regard.stats.estimate import Estimate, nothing
from regard.stats.mix import CAME, STAYED, UNTOLD, WENT, Mix, Moved, Segment, taken_apart

MOST_SPLITS = 8
"""Ways to split that are looked at: the first of the metric's own that part its rows at all."""
MOST_SEGMENTS = 60
"""More than so many segments are a list of names, not a composition."""
LEAST_CASES = 20
"""Cases that a segment needs on both sides (a count: on one) before it is asked about."""
CAME_OF_IT = frozenset(
    {
        "status",
        "close_reason",
        "answer_state",
        "solved_by",
        "solved_team",
        "first_reply_by",
        "first_reply_team",
        "end_kind",
        "outcome",
        "demand",
    }
)
"""Splits by what came of a row: they are results of service, no make-up of what came in."""
SEVERAL = N_("This metric has several values or is a whole that segments do not add up to.")
UNREACHED = N_("So few were served in both stretches that no time can be fixed to compare at.")
NO_DATA_THERE = N_("One of the two stretches has no data.")


@dataclass(frozen=True)
class Driver:
    """A segment that moved. chance: of so much by chance, minded that all were asked about."""

    split: str
    value: str | None
    moved: Moved
    chance: float


@dataclass(frozen=True)
class SplitMix:
    """A change along one way to split. mix: None where no composition can be told (a count)."""

    split: str
    mix: Mix | None
    segments: Mapping[str | None, Moved]


@dataclass(frozen=True)
class Drivers:
    """What moved a metric between two stretches.

    against: the old stretch's days, the last excluded. unit: of everything here; seconds: where
    the metric is a time, the fixed one by which shares are served. old, new, change: the wholes.
    splits: by how much of the change is composition, the most first. found: the segments that
    stand, by how much they moved the whole; asked: how many were asked about. reason: why
    nothing could be taken apart, marked for translation.
    """

    query: Query
    against: tuple[date, date]
    unit: str
    seconds: float | None = None
    old: Estimate = field(default_factory=nothing)
    new: Estimate = field(default_factory=nothing)
    change: Estimate = field(default_factory=nothing)
    splits: tuple[SplitMix, ...] = ()
    found: tuple[Driver, ...] = ()
    asked: int = 0
    reason: str = ""


def drivers(
    query: Query,
    reader: Reader,
    scope: Scope = ALL,
    against: tuple[date, date] | None = None,
) -> Drivers:
    """What moved an unsplit query's metric since another stretch (else the one before it).

    The query needs a start and an end; the stretches must not overlap (BadValue).
    """
    wanted = metric(query.metric)
    stretches = _stretches(query, against)
    bare = within_scope(replace(query, by=()), scope)
    told = Drivers(query, stretches[0], wanted.unit)
    if missing(wanted, reader):
        return replace(told, reason=NO_DATA_THERE)
    if not adds_up(wanted):
        return replace(told, reason=SEVERAL)
    if is_time(wanted):
        seconds = _fixed_time(query, reader, scope, stretches[0])
        if not seconds:
            return replace(told, reason=UNREACHED)
        told = replace(told, unit="share", seconds=seconds)
        wanted = served_by(wanted, seconds)
    most = (MOST_SPLITS, MOST_SEGMENTS)
    names, found = segments(bare, wanted, reader, stretches, _splits(bare, wanted), most)
    return _judged(told, wanted, names, found)


def _stretches(
    query: Query, against: tuple[date, date] | None
) -> tuple[tuple[date, date], tuple[date, date]]:
    """The old and the new stretch."""
    assert query.since is not None
    assert query.until is not None
    if against is None:
        before = stretch_before(query)
        assert before.since is not None
        assert before.until is not None
        against = (before.since, before.until)
    return against, (query.since, query.until)


def _fixed_time(query: Query, reader: Reader, scope: Scope, old: tuple[date, date]) -> float | None:
    """The old value in seconds; where it was not reached the new one."""
    before = ask(replace(query, by=(), since=old[0], until=old[1]), reader, scope)
    value = before.parts[0].estimate.value
    if value is None:
        value = ask(replace(query, by=()), reader, scope).parts[0].estimate.value
    return value


def _splits(query: Query, wanted: Metric) -> list[str]:
    """The ways to split that say what a row was, without those that a filter has fixed."""
    fixed = {name for name, _ in query.where}
    return [
        name
        for name in splits_of(metric(query.metric))
        if name not in CAME_OF_IT and name not in fixed and single(wanted, name)
    ]


def _judged(told: Drivers, wanted: Metric, names: tuple[str, ...], found: Segments) -> Drivers:
    wholes = [found.get((side, WHOLE, "all")) for side in (OLD, NEW)]
    old, new = (one.value if one else nothing() for one in wholes)
    change = mover(new, old)
    told = replace(told, old=old, new=new, change=change)
    if change.value is None:
        return replace(told, reason=NO_DATA_THERE)
    count = not weighs(wanted)
    tried = (_split_mix(name, found, change, count) for name in names)
    made = [one for one in tried if one is not None]
    asked = [
        (one.split, value, moved)
        for one in made
        for value, moved in one.segments.items()
        if _is_asked(moved, count)
    ]
    chances = adjusted([chance_of(moved.own) for _, _, moved in asked])
    stand = [
        Driver(*one, chance=chance)
        for one, chance in zip(asked, chances, strict=True)
        if chance <= FALSE_CALLS
    ]
    stand.sort(key=lambda one: (-abs(one.moved.rate.value or 0), one.split, str(one.value)))
    made.sort(key=lambda one: -abs((one.mix.mix.value if one.mix else 0) or 0))
    return replace(told, splits=tuple(made), found=tuple(stand), asked=len(asked))


def _is_asked(moved: Moved, count: bool) -> bool:
    """Whether a segment has the cases to be asked about: that says nothing of its answer."""
    sizes = (moved.old.n, moved.new.n)
    if count:
        return max(sizes) >= LEAST_CASES
    return moved.fate == STAYED and min(sizes) >= LEAST_CASES


def _split_mix(name: str, found: Segments, change: Estimate, count: bool) -> SplitMix | None:
    sides: list[dict[str | None, Held]] = [
        {key[2]: held for key, held in found.items() if key[:2] == (side, name)}
        for side in (OLD, NEW)
    ]
    if not all(any(held.weight > 0 for held in side.values()) for side in sides):
        return None
    if count:
        return SplitMix(name, None, _counted(*sides))
    old, new = (
        {value: Segment(held.weight, held.value) for value, held in side.items()} for side in sides
    )
    mix, moved = taken_apart(old, new, change)
    return SplitMix(name, mix, moved)


def _counted(
    old: Mapping[str | None, Held], new: Mapping[str | None, Held]
) -> dict[str | None, Moved]:
    """Counts and stocks: a segment's own difference is all that it adds to the whole's."""
    totals = [sum(held.value.value or 0 for held in side.values()) or 1.0 for side in (old, new)]
    made = {}
    for name in sorted({*old, *new}, key=lambda one: (one is None, str(one))):
        before, now = (side[name].value if name in side else nothing() for side in (old, new))
        fate = UNTOLD
        if before.value is not None and now.value is not None:
            fate = STAYED if before.value and now.value else CAME if now.value else WENT
        own = mover(now, before)
        was, is_now = (before.value or 0.0) / totals[0], (now.value or 0.0) / totals[1]
        made[name] = Moved(fate, was, is_now, before, now, own, nothing(), own, own.value or 0.0)
    return made


def driver_json(one: Driver) -> dict[str, Any]:
    """A segment that moved as plain values."""
    return {"split": one.split, "value": one.value, "chance": one.chance} | moved_json(one.moved)


def moved_json(one: Moved) -> dict[str, Any]:
    """A segment's part in a change as plain values."""
    return {
        "fate": one.fate,
        "old_share": one.old_share,
        "new_share": one.new_share,
        "old": one.old.to_json(),
        "new": one.new.to_json(),
        "own": one.own.to_json(),
        "mix": one.mix.to_json(),
        "rate": one.rate.to_json(),
        "both": one.both,
    }
