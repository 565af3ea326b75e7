"""The course of a metric: its points, what was expected of each, limits, and where it drifts off.

Limits come from a stretch of days before the points they judge. Those kept in the workspace
(`freeze`) stay as they are; without any, the year before the period is taken and the trend says
that they are provisional. Counts grow with a company: their expected course follows them,
one-sided, and only how far they stray from it is judged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, inf, isfinite, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regard.core.errors import BadValue
from regard.core.period import day_of
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Scope, ask
from regard.insight.frozen import Kept, keep, kept, thaw
from regard.insight.lacking import givers_of, say_why
from regard.insight.series import COUNT, Series, series
from regard.metrics.beginnings import first_event
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.stats.control import LEAST, WIDTH, Charted, Limits, charted, clearer, lasting, limits
from regard.stats.drift import SLACK, Drift, drifts
from regard.stats.season import course

__all__ = ["Point", "Trend", "freeze", "thaw", "trend"]

BASE_DAYS = 364
"""Days before a period from which provisional limits come: whole weeks."""
FIRST_DAYS = 90
"""The first days of data from which limits are frozen where no others are named."""
LEAD_DAYS = 91
"""Days before a period in which what drifts in it may have set out."""
CALM = 2.0
"""Residuals count for a drift no further than this: one wild day is no slow burn."""
CENTRE_SLACK = 1.5
"""Standard errors of the centre that are added to a drift's slack: it is not known exactly."""
AROUND_DAYS, AROUND_WEEKS, LEAST_AROUND = 10, 14, 4
"""Days before and after the same day (or week) a year before that say its season; points needed."""
SHIFTS_DAYS, GROWS = 14, 1.5
"""By how much a season may come sooner or later, and how much stronger it may come back."""
WILD = 4.0
"""Standard deviations beyond which a day of the year before says no more of its season."""
MASS = 5.0
"""How many times the usual cases make a day another matter."""
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """The days [since, until): value, and what was expected of it, None where nothing was.

    known: the local day at whose end it could be told. judged: whether it has limits.
    """

    since: date
    until: date
    value: float | None
    n: int
    expected: float | None
    low: float | None
    high: float | None
    beyond: bool
    known: date

    @property
    def judged(self) -> bool:
        """Whether anything was expected of it."""
        return self.value is not None and self.low is not None


@dataclass(frozen=True)
class Trend:
    """The points of a query's days, with their limits.

    grain: `day` or `week`; why: the reason for it, marked, with a hole for `usual`, the cases that
    a day usually has. limits: None for counts, whose course is followed, and where fewer than 20
    points came before. provisional: they are not kept, but of the stretch before. drifts: where it
    left its course for long, (onset, day it was told on, upwards).
    """

    query: Query
    metric: Metric
    grain: str
    why: str
    usual: int
    points: tuple[Point, ...]
    limits: Limits | None
    provisional: bool
    drifts: tuple[tuple[date, date, bool], ...]
    store_version: int
    reason: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def beyond(self) -> tuple[Point, ...]:
        """The points outside their limits."""
        return tuple(point for point in self.points if point.beyond)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, days in ISO form."""
        return {
            "metric": self.metric.key,
            "version": self.metric.version,
            "query": self.query.to_json(),
            "store_version": self.store_version,
            "reason": say_why(self.reason, self.lacking, "en"),
            "givers": givers_of(self.lacking),
            "grain": self.grain,
            "why": self.why.replace("{n}", str(self.usual)),
            "limits": self.limits.to_json() if self.limits else None,
            "provisional": self.provisional,
            "points": [_point_json(point) for point in self.points],
            "drifts": [
                {"onset": onset.isoformat(), "told": told.isoformat(), "upwards": upwards}
                for onset, told, upwards in self.drifts
            ],
        }


@dataclass(frozen=True)
class Held:
    """A series held against what was expected: the shared ground of trends and watches.

    z: residuals in standard deviations, as normal ones. limits: None for counts; phi: of counts
    their dispersion as known by each point, ones for the rest.
    """

    series: Series
    charted: Charted
    z: Real
    limits: Limits | None
    provisional: bool
    phi: Real


def trend(query: Query, reader: Reader, scope: Scope = ALL) -> Trend:
    """The course of a query over its days; its splits are set aside.

    Without a start, the first event; without an end, the last day that is over. Nothing is said of
    days that are not over or not ripe. A metric of several values: BadValue.
    """
    wanted = metric(query.metric)
    asked = replace(query, by=("day",))
    within = _within(asked, reader)
    found = None
    if within is not None:
        early = timedelta(days=BASE_DAYS + LEAD_DAYS)
        since, until = within
        past = max(since - early, first_day(query, reader) or since)
        found = series(replace(query, since=past, until=until, by=()), reader, scope)
    if within is None or found is None:
        told = ask(asked, reader, scope)
        if not told.reason:
            raise BadValue("The metric", wanted.key, "one with a single value a day")
        return Trend(
            asked, wanted, "day", "", 0, (), None, False, (), reader.version, told.reason,
            told.lacking,
        )  # fmt: skip
    held = hold(found, within[0], frozen_for(query, found, reader, scope))
    points = tuple(one for one in _points(held) if within[0] <= one.since < within[1])
    return Trend(
        query=replace(query, since=within[0], until=within[1], by=()),
        metric=wanted,
        grain=found.grain,
        why=found.why,
        usual=found.usual,
        points=points,
        limits=held.limits,
        provisional=held.provisional,
        drifts=_drifts(held, within[0]),
        store_version=found.result.store_version,
    )


def freeze(query: Query, reader: Reader, scope: Scope = ALL) -> Limits | None:
    """Compute limits from a query's days and keep them; None (nothing kept) with too few points.

    Without days: from the first 90 of the data, or as many more as LEAST weeks take. A scope must
    be whole, for what is kept stands for everybody. A count has no limits: BadValue.
    """
    if scope != ALL:
        raise BadValue("The scope", scope.teams or scope.agents, "everything, to keep limits")
    stretch = _stretch(query, reader)
    found = series(replace(query, since=stretch[0], until=stretch[1], by=()), reader)
    if found is not None and found.grain == "week" and query.until is None:
        until = stretch[0] + timedelta(days=7 * (LEAST + 2))
        found = series(replace(query, since=stretch[0], until=until, by=()), reader)
        stretch = stretch[0], until
    if found is None:
        return None
    if found.kind == COUNT:
        raise BadValue("The metric", query.metric, "a share, a rate, a time or a mean")
    made = limits(found.kind, found.values, found.sizes, stretch, found.classes)
    if made is not None:
        keep(reader.workspace, query, Kept(found.grain, made))
    return made


def hold(found: Series, since: date, frozen: Limits | None = None) -> Held:
    """A series held against frozen limits, else against those of the year before a day."""
    if found.kind == COUNT:
        return _followed(found)
    made = frozen or before(found, since)
    if made is None:
        none = np.full(len(found.values), nan)
        return Held(found, Charted(none, none, none, none), none, None, False, none)
    told = _seasoned(charted(made, found.values, found.sizes, found.classes), found)
    ones = np.ones(len(found.values))
    return Held(found, told, clearer(told.z, made), made, frozen is None, ones)


def before(found: Series, day: date) -> Limits | None:
    """Limits from the points of the year before a day that were known by then."""
    first = day - timedelta(days=BASE_DAYS)
    held = [
        value if first <= start and known < day else nan
        for value, start, known in zip(found.values, found.starts, found.known, strict=True)
    ]
    days = [start for start, value in zip(found.starts, held, strict=True) if isfinite(value)]
    stretch = (days[0] if days else first), day
    return limits(found.kind, held, found.sizes, stretch, found.classes)


def slack_of(found: Limits) -> float:
    """A drift's slack: more where the centre comes from few points."""
    return SLACK + CENTRE_SLACK / sqrt(found.points)


def calm(held: Held) -> Real:
    """Residuals as a CUSUM takes them: wild days cut, those that repeat each other shrunk."""
    assert held.limits is not None
    told: Real = np.clip(held.z / lasting(held.limits), -CALM, CALM)
    return told


def _seasoned(told: Charted, found: Series) -> Charted:
    """The same with limits opened to the side on which the same weeks of the year before lay off.

    A December that was worse a year before is a season: it may come back half as strong again, and
    two weeks sooner or later. A day with far more cases than usual is not judged at all: it is
    another matter, such as a survey sent to all at once.
    """
    reach = (told.high - told.expected) / WIDTH
    usual = _year_before(np.clip(told.z, -WILD, WILD), found)
    starts = np.array([one.toordinal() for one in found.starts])
    near = [usual[np.abs(starts - day) <= SHIFTS_DAYS] for day in starts]
    up = GROWS * np.array([max(0.0, one.max()) for one in near])
    down = GROWS * np.array([min(0.0, one.min()) for one in near])
    z = np.where(told.z > 0, np.maximum(0.0, told.z - up), np.minimum(0.0, told.z - down))
    sizes = np.asarray(found.sizes, float)
    known = sizes[np.isfinite(told.z)]
    gone = np.isnan(told.z) | (sizes > MASS * (float(np.median(known)) if len(known) else 0.0))
    low, high = told.low + down * reach, told.high + up * reach
    expected, low, high, z = (np.where(gone, nan, one) for one in (told.expected, low, high, z))
    return Charted(expected, low, high, z)


def _year_before(z: Real, found: Series) -> Real:
    """The mean residual around the same day a year before, (n,), shrunk (James and Stein).

    Nothing of it is left where it lies within two standard errors of none.
    """
    starts = np.array([one.toordinal() for one in found.starts])
    known = np.array([one.toordinal() for one in found.known])
    half = AROUND_DAYS if found.grain == "day" else AROUND_WEEKS
    shift = np.zeros(len(z))
    for place, day in enumerate(starts):
        near = np.abs(starts - (day - BASE_DAYS)) <= half
        told = z[near & (known < day) & np.isfinite(z)]
        if len(told) >= LEAST_AROUND:
            clear = float(told.mean() ** 2 * len(told))
            shift[place] = told.mean() * max(0.0, 1 - 4 / clear) if clear > 4 else 0.0
    return shift


def _followed(found: Series) -> Held:
    told = course(found.values, found.classes)
    x = np.asarray(found.values, float)
    reach = np.sqrt(told.phi * np.maximum(told.expected, 1.0))
    z = (x - told.expected) / reach
    low = np.maximum(0.0, told.expected - WIDTH * reach)
    return Held(
        found,
        Charted(told.expected, low, told.expected + WIDTH * reach, z),
        z,
        None,
        False,
        told.phi,
    )


def first_day(query: Query, reader: Reader) -> date | None:
    """The local day of the first event that a query's metric needs; None without any."""
    first = first_event(metric(query.metric), reader)
    return day_of(first, query.zone or reader.settings.zone) if first else None


def _within(query: Query, reader: Reader) -> tuple[date, date] | None:
    """The days meant, cut at what has been seen; None where there is nothing."""
    first = first_day(query, reader)
    last = max(reader.watermarks.values(), default=None)
    if first is None or last is None:
        return None
    since = query.since or first
    seen = day_of(query.as_of or last, query.zone or reader.settings.zone) + timedelta(days=1)
    until = min(query.until or seen, seen)
    return (since, until) if since < until else None


def _stretch(query: Query, reader: Reader) -> tuple[date, date]:
    since = query.since or first_day(query, reader)
    if since is None:
        raise BadValue("The metric", query.metric, "one with data, to keep limits of it")
    return since, query.until or since + timedelta(days=FIRST_DAYS)


def frozen_for(query: Query, found: Series, reader: Reader, scope: Scope) -> Limits | None:
    """The limits kept for this; those of other grains, or of all for somebody's part, are not."""
    told = kept(reader.workspace, query) if scope == ALL else None
    same = told is not None and told.grain == found.grain and told.limits.kind == found.kind
    return told.limits if told is not None and same else None


def _drifts(held: Held, since: date) -> tuple[tuple[date, date, bool], ...]:
    if held.limits is None:
        return ()
    first = max(since, held.limits.until)
    places = [place for place, start in enumerate(held.series.starts) if start >= first]
    if not places:
        return ()
    z = calm(held)[places]
    found: Sequence[Drift] = drifts(z, slack_of(held.limits))
    starts, known = held.series.starts[places[0] :], held.series.known[places[0] :]
    return tuple((starts[one.onset], known[one.alarm], one.upwards) for one in found)


def _points(held: Held) -> list[Point]:
    said, told = held.charted, held.series
    unscaled: Callable[[float], float] = exp if told.logs else float

    most = 1.0 if told.metric.unit == "share" and told.kind != COUNT else inf

    def shown(number: float) -> float | None:
        return min(most, float(unscaled(number))) if isfinite(number) else None

    return [
        Point(
            since=told.starts[place],
            until=told.ends[place],
            value=shown(told.values[place]),
            n=int(told.sizes[place]) if isfinite(told.sizes[place]) else 0,
            expected=shown(said.expected[place]),
            low=shown(said.low[place]),
            high=shown(said.high[place]),
            beyond=bool(said.beyond[place]),
            known=told.known[place],
        )
        for place in range(len(told.starts))
    ]


def _point_json(point: Point) -> dict[str, Any]:
    return {
        "from": point.since.isoformat(),
        "to": point.until.isoformat(),
        "value": point.value,
        "n": point.n,
        "expected": point.expected,
        "low": point.low,
        "high": point.high,
        "beyond": point.beyond,
        "known": point.known.isoformat(),
    }
