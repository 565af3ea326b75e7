"""A metric's points in their order, by day or by week, with what each is like and when it is known.

Days are taken where days hold enough to be judged by, else weeks: an answer by day says it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, log, nan
from statistics import median

from regard.core.day_kinds import HOLIDAY, REST, DayKind, day_kinds, likeness
from regard.core.i18n import N_
from regard.core.period import label
from regard.facts.openings import hours_of
from regard.facts.reader import Reader
from regard.insight.aim import ripe_days
from regard.insight.ask import ALL, Result, Scope, ask
from regard.metrics.engine import Part
from regard.metrics.folds import is_linear
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.level import Level, LevelAges
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import missing
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Distinct
from regard.stats.control import PLAIN, RATE, SHARE

COUNT = "count"
"""What has no good direction by itself and grows with the company: held against a course."""
LEAST_CASES = 20
"""Cases usually behind a day, under which weeks are looked at instead."""
LEAST_RARE = 1.0
"""Of a share, the cases of its rarer side that a day should usually have."""
LEAST_COUNT = 5
"""What a day usually counts, under which weeks are counted instead."""
SETTLES_DAYS = 7
"""Days until most of what may still alter a ticket's day has happened; calls end the same day."""
LATE_DAYS = 37
"""The same where each row says itself when it is ripe: an issue is over after 30 days, and 7."""
LONG_FACTS = (
    "subscription_span_fact",
    "paying_fact",
    "active_span_fact",
    "loyal_span_fact",
    "landmark_fact",
    "trial_fact",
)
"""Facts of what is had for months."""
OUR_SURVEYS = "invitation_fact"
"""Whom we ask and how many at once is our own doing: a wave of surveys is no surge."""
EVE_DAYS = 2
"""Days before a holiday from which on what comes may wait over it."""
UNITS = ("share", "seconds", "number", "points", "count")
BY_DAY = N_("By day: a day usually has {n} cases.")
BY_WEEK = N_("By week: a day usually has only {n} cases, too few to judge it by.")


@dataclass(frozen=True)
class Series:
    """Points [starts[i], ends[i]) of a metric, all of the same length.

    kind: SHARE, RATE, PLAIN (of limits) or COUNT. values: NaN in gaps: no data, not ripe, not
    over; of times their logarithm (`logs`). sizes: trials, exposure or cases. classes: what each
    day is like, the finest name first. known: the local day at whose end a point can be told.
    result: the answer the points were read from. usual: the cases that a day usually has.
    """

    metric: Metric
    result: Result
    grain: str
    usual: int
    kind: str
    logs: bool
    starts: tuple[date, ...]
    ends: tuple[date, ...]
    values: tuple[float, ...]
    sizes: tuple[float, ...]
    classes: tuple[tuple[str, ...], ...]
    known: tuple[date, ...]

    @property
    def why(self) -> str:
        """Why days or weeks, marked for translation, with a hole for `usual`."""
        return BY_DAY if self.grain == "day" else BY_WEEK

    def until(self, day: date) -> "Series":
        """The series as it was known at the end of a day: what was not known then is a gap."""
        kept = sum(1 for start in self.starts if start <= day)
        values = tuple(
            value if known <= day else nan
            for value, known in zip(self.values[:kept], self.known[:kept], strict=True)
        )
        return replace(
            self,
            starts=self.starts[:kept],
            ends=self.ends[:kept],
            values=values,
            sizes=self.sizes[:kept],
            classes=self.classes[:kept],
            known=self.known[:kept],
        )


def suits(wanted: Metric) -> bool:
    """Whether a metric has a value a day that can be held against what was expected.

    What is had for months, such as a subscription, is not: a day of it says next to nothing. Nor
    is what has several values, needs a model, or has no direction that anybody wishes for.
    """
    shape = wanted.shape
    plain = isinstance(shape, Count | Distinct | Level | Incidence | Quotient) or is_linear(shape)
    several = isinstance(shape, IncidenceAt | LevelAges)
    wished = bool(wanted.improves) or isinstance(shape, Count)
    if isinstance(shape, Count) and wanted.fact == OUR_SURVEYS:
        return False
    known = wanted.unit in UNITS and not wanted.anonymous and wanted.fact not in LONG_FACTS
    return known and plain and wished and not several


def watched_metrics(reader: Reader, found: Sequence[Metric]) -> list[Metric]:
    """Of some metrics those that stand for their question, suit, and have data here."""
    return [one for one in found if not one.variant_of and suits(one) and not missing(one, reader)]


def series(query: Query, reader: Reader, scope: Scope = ALL) -> Series | None:
    """The points of a query over its days [since, until), both given; its splits are set aside.

    None where there is no data or not one value a day.
    """
    wanted = metric(query.metric)
    asked = replace(query, by=("day",))
    daily = ask(asked, reader, scope)
    if daily.reason or any(set(part.by) != {"day"} for part in daily.parts):
        return None
    assert query.since is not None
    assert query.until is not None
    kind = _kind(wanted, daily.parts)
    usual, by_day = _enough(kind, daily.parts)
    calendars = hours_of(reader.workspace, reader.snapshot)
    zone = query.zone or reader.settings.zone
    if by_day:
        # Opening hours are known ahead: on the eve of a holiday one knows that it is one.
        kinds = day_kinds(query.since, query.until + timedelta(days=EVE_DAYS), zone, calendars)
        points = _daily(daily.parts, kinds, kind == COUNT)
        return _made(wanted, daily, "day", usual, kind, points)
    if kind == SHARE or (kind == COUNT and wanted.shape.additive):
        return _made(wanted, daily, "week", usual, kind, _summed(daily.parts, kind))
    weekly = ask(replace(query, by=("week",)), reader, scope)
    return _made(wanted, weekly, "week", usual, kind, _weekly(weekly.parts, query))


def late_days(wanted: Metric) -> int:
    """How many days after its end a day can be judged, times aside: those say it themselves."""
    if wanted.ripe_at:
        return LATE_DAYS
    if wanted.ripe_seconds:
        return ripe_days(wanted)
    if isinstance(wanted.shape, Incidence) or wanted.cluster == ("day",):
        return 0
    alters = wanted.waiting is not None or wanted.provisional is not None
    return SETTLES_DAYS if alters else 0


@dataclass(frozen=True)
class _Point:
    since: date
    until: date
    value: float
    size: float
    names: tuple[str, ...]


def _made(
    wanted: Metric, result: Result, grain: str, usual: int, kind: str, points: list[_Point]
) -> Series:
    logs = isinstance(wanted.shape, Incidence) and kind == PLAIN and wanted.unit == "seconds"
    return Series(
        metric=wanted,
        result=result,
        grain=grain,
        usual=usual,
        kind=kind,
        logs=logs,
        starts=tuple(one.since for one in points),
        ends=tuple(one.until for one in points),
        values=tuple(_scaled(one.value, logs) for one in points),
        sizes=tuple(_exposures(points) if kind == RATE else (one.size for one in points)),
        classes=tuple(one.names for one in points),
        known=tuple(_known(one, wanted, logs) for one in points),
    )


def _scaled(value: float, logs: bool) -> float:
    return log(max(value, 1.0)) if logs and value == value else value


def _known(point: _Point, wanted: Metric, logs: bool) -> date:
    """The local day at whose end a point can be told: a time when so long has passed."""
    waits = ceil(point.value / 86_400) if logs and point.value == point.value else 0
    return point.until - timedelta(days=1) + timedelta(days=max(waits, late_days(wanted)))


def _exposures(points: list[_Point]) -> Iterator[float]:
    """What stood below each rate; where nothing happened, as much as usually."""
    known = [one.size / one.value for one in points if one.value > 0]
    usual = median(known) if known else nan
    for one in points:
        yield one.size / one.value if one.value > 0 else usual


def _kind(wanted: Metric, parts: Sequence[Part]) -> str:
    if wanted.unit == "count":
        return COUNT
    told = [(part.estimate.value, part.estimate.n) for part in parts]
    known = [(value, n) for value, n in told if value is not None and n]
    if wanted.unit == "share" and all(abs(v * n - round(v * n)) < 1e-6 * n for v, n in known):
        return SHARE
    is_rate = isinstance(wanted.shape, Quotient) and isinstance(
        metric(wanted.shape.top).shape, Count
    )
    whole = all(v >= 0 and isinstance(n, int) for v, n in known)
    return RATE if is_rate and whole else PLAIN


def _enough(kind: str, parts: Sequence[Part]) -> tuple[int, bool]:
    """The cases that a day with any usually has, and whether these suffice."""
    known = [part.estimate for part in parts if part.estimate.value is not None]
    cases = [one.n for one in known if one.n] or [0]
    usual = int(median(cases))
    if kind == COUNT:
        return usual, usual >= LEAST_COUNT
    if kind == SHARE:
        n = sum(cases)
        share = sum((one.value or 0.0) * one.n for one in known) / n if n else 0.0
        return usual, usual >= LEAST_CASES and usual * min(share, 1 - share) >= LEAST_RARE
    return usual, usual >= LEAST_CASES


def _daily(parts: Sequence[Part], kinds: Sequence[DayKind], counts: bool) -> list[_Point]:
    by_day = {str(part.by["day"]): part for part in parts}
    found = []
    for place, kind in enumerate(kinds[:-EVE_DAYS]):
        value, n = _value(by_day.get(kind.day.isoformat()))
        near = kinds[place + 1 : place + 1 + EVE_DAYS]
        eve = not counts and any(one.opens == HOLIDAY for one in near)
        names = _count_names(kind) if counts else _names(kind, eve)
        found.append(_Point(kind.day, kind.day + timedelta(days=1), value, n, names))
    return found


def _names(kind: DayKind, eve: bool) -> tuple[str, ...]:
    """What a day is like: only days of its own kind and weekday.

    A holiday on a Friday waits otherwise than one on a Tuesday, and so does the day before it.
    """
    return (f"eve {kind.opens} {kind.day.isoweekday()}",) if eve else likeness(kind)[:1]


def _count_names(kind: DayKind) -> tuple[str, ...]:
    """The same for what is counted: where no such day was seen, a closed one is like a Sunday."""
    like = likeness(kind)
    if kind.opens in (HOLIDAY, REST):
        return (*like, f"{REST} 7", "open 7")
    return (*like, f"open {kind.day.isoweekday()}")


def _value(part: Part | None) -> tuple[float, float]:
    """The value and cases of a point; NaN where it is not over, not ripe, or without data."""
    if part is None or part.estimate.value is None:
        return nan, 0.0
    if part.coverage.get("partial") or part.coverage.get("unripe"):
        return nan, 0.0
    return part.estimate.value, float(part.estimate.n)


def _summed(parts: Sequence[Part], kind: str) -> list[_Point]:
    """Weeks from days: cases and successes add up. Weeks cut off at either end are left out."""
    days = sorted((date.fromisoformat(str(part.by["day"])), *_value(part)) for part in parts)
    weeks: dict[date, list[tuple[float, float]]] = {}
    for day, value, n in days:
        # A day without cases is nothing to a share; a day not over makes its week not over.
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append((value, n))
    open_days = {
        date.fromisoformat(str(part.by["day"]))
        for part in parts
        if part.coverage.get("partial") or part.coverage.get("unripe")
    }
    found = []
    for monday, told in sorted(weeks.items()):
        until = monday + timedelta(days=7)
        if len(told) < 7 or any(monday <= day < until for day in open_days):
            continue
        known = [(value, n) for value, n in told if value == value]
        total = sum(n for _, n in known)
        successes = sum(value if kind == COUNT else value * n for value, n in known)
        value = successes if kind == COUNT else successes / total if total else nan
        gone = not known or (kind == COUNT and len(known) < 7)
        found.append(_Point(monday, until, nan if gone else value, total, ("week",)))
    return found


def _weekly(parts: Sequence[Part], query: Query) -> list[_Point]:
    assert query.since is not None
    assert query.until is not None
    by_week = {str(part.by["week"]): part for part in parts if "week" in part.by}
    first = query.since + timedelta(days=-query.since.weekday() % 7)
    edges = [first + timedelta(days=7 * k) for k in range((query.until - first).days // 7 + 1)]
    return [
        _Point(since, until, *_value(by_week.get(label("week", since))), ("week",))
        for since, until in pairwise(edges)
    ]
