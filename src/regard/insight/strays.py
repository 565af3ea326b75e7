"""Stretches of a series that chance does not explain: beyond limits, drifting off, surging.

Each has the chance of its own series: of anything as unlikely in all the points that were looked
at. `told` is the first day at whose end that chance was below ENOUGH, from what was known by then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

import numpy as np

from regard.insight.trends import Held, calm, slack_of
from regard.stats.control import WIDTH, chance_of_run
from regard.stats.drift import chance_of_height, cusum
from regard.stats.surge import chance_of_count

ENOUGH = 0.05
"""The chance within its own series from which on a daily look would have spoken of it."""
UNLIKELY = 0.001
"""The chance of a count by itself from which on its day belongs to a surge or fall."""
LEVEL_DAYS = 21
"""Points that the level of a course rests on: all points of a surge share what it is off by."""
CLOSE_DAYS = 7
"""Days between two strays to one side under which they are one."""
LEAST_POINTS = 5
"""Points that a drift lasts: what is over sooner is a matter of limits."""


@dataclass(frozen=True)
class Stray:
    """The points of a series from first to last, both included, that lie off together."""

    first: int
    last: int
    upwards: bool
    chance: float
    told: date


def looked_at(held: Held, since: date, until: date) -> list[int]:
    """The places of points told on the days [since, until) and not part of their own baseline."""
    told = held.series
    first = held.limits.until if held.limits else date.min
    return [
        place
        for place, (start, known) in enumerate(zip(told.starts, told.known, strict=True))
        if since <= known < until and start >= min(first, since) and isfinite(held.z[place])
    ]


def beyond(held: Held, since: date, until: date) -> list[Stray]:
    """Runs of points beyond their limits, all on one side, told on the days [since, until)."""
    if held.limits is None:
        return []
    places = looked_at(held, since, until)
    found: list[Stray] = []
    for run in _runs(places, [_side(held.z[place], WIDTH) for place in places]):
        chances = [_chance_of(held, run[: k + 1], len(places)) for k in range(len(run))]
        found += _told(held, run, chances, bool(held.z[run[0]] > 0))
    return _together(found, held)


def burns(held: Held, since: date, until: date, lead: date, upwards: bool) -> list[Stray]:
    """Slow drifts in one direction, their sum begun on `lead`, told on the days [since, until)."""
    if held.limits is None:
        return []
    places = looked_at(held, lead, until)
    if not places:
        return []
    z, slack = calm(held)[places], slack_of(held.limits)
    sums = cusum(z, slack)[0 if upwards else 1]
    found: list[Stray] = []
    for first, last in _above_zero(sums.tolist()):
        chances = [chance_of_height(sums[k], len(places)) for k in range(first, last + 1)]
        run = places[first : last + 1]
        peak = int(np.argmin(chances))
        if peak + 1 < LEAST_POINTS:
            continue
        for one in _told(held, run[: peak + 1], chances[: peak + 1], upwards):
            if since <= one.told < until:
                found.append(one)
    return found


def swells(held: Held, since: date, until: date) -> list[Stray]:
    """Runs of days with far more than expected, or far fewer, told on the days [since, until)."""
    if held.limits is not None:
        return []
    places = looked_at(held, since, until)
    found: list[Stray] = []
    for upwards in (True, False):
        alone = [_chance_of_counts(held, [place], upwards) for place in places]
        marks = [1 if one < UNLIKELY else 0 for one in alone]
        for run in _runs(places, marks):
            # What stands is the same on both of two days: only what happened adds up.
            firsts = [0 if not held.series.metric.shape.stock else k for k in range(len(run))]
            chances = [
                2 * len(places) * (k + 1) * _chance_of_counts(held, run[firsts[k] : k + 1], upwards)
                for k in range(len(run))
            ]
            found += _told(held, run, chances, upwards)
    return _together(sorted(found, key=lambda one: one.first), held)


def _chance_of(held: Held, run: Sequence[int], points: int) -> float:
    assert held.limits is not None
    return chance_of_run(held.z[list(run)], held.limits, points * len(run))


def _chance_of_counts(held: Held, run: Sequence[int], upwards: bool) -> float:
    """What a run of counts comes to, against all that was expected of it."""
    expected = held.charted.expected[list(run)]
    total = float(sum(held.series.values[place] for place in run))
    phi = float(np.max(held.phi[list(run)])) * (1 + len(run) / LEVEL_DAYS)
    return chance_of_count(total, float(expected.sum()), phi, upwards)


def _together(found: list[Stray], held: Held) -> list[Stray]:
    """Strays to one side that lie close to each other as one: the chance of the least likely."""
    made: list[Stray] = []
    for one in found:
        last = made[-1] if made else None
        near = timedelta(days=CLOSE_DAYS)
        starts, ends = held.series.starts, held.series.ends
        if last and last.upwards == one.upwards and starts[one.first] - ends[last.last] <= near:
            chance, told = min(last.chance, one.chance), min(last.told, one.told)
            made[-1] = Stray(last.first, one.last, one.upwards, chance, told)
        else:
            made.append(one)
    return made


def _told(held: Held, run: list[int], chances: list[float], upwards: bool) -> Iterator[Stray]:
    """The run as one stray from the first point on at which it would have been spoken of."""
    for place, chance in zip(run, chances, strict=True):
        if chance <= ENOUGH:
            known = max(held.series.known[one] for one in run if one <= place)
            yield Stray(run[0], run[-1], upwards, min(1.0, *chances), known)
            return


def _runs(places: list[int], sides: list[int]) -> Iterator[list[int]]:
    """Neighbours among the points looked at that lie on one side."""
    run: list[int] = []
    side = 0
    for place, mark in zip(places, sides, strict=True):
        if run and mark != side:
            yield run
            run = []
        if mark:
            run.append(place)
        side = mark
    if run:
        yield run


def _side(z: float, width: float) -> int:
    return 1 if z > width else -1 if z < -width else 0


def _above_zero(sums: list[float]) -> Iterator[tuple[int, int]]:
    first = None
    for place, height in enumerate([*sums, 0.0]):
        if height > 0 and first is None:
            first = place
        if height <= 0 and first is not None:
            yield first, place - 1
            first = None
