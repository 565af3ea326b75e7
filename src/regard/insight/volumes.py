"""Volumes compared fairly: per opening day, each day with its like (METRICS §1.14).

Weekday, opening hours, holidays and feasts that move (Easter, Ramadan, Eid) say which days are
alike. It works for what is counted by day and for its rates per customer-month; what is a level,
a share or a time is no volume.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regard.core.calendar import Calendar
from regard.core.day_kinds import (
    FEASTS,
    RAMADAN,
    DayKind,
    day_kinds,
    likeness,
    ruling_calendar,
    shut_for_the_day,
)
from regard.core.i18n import N_
from regard.core.period import day_of
from regard.facts.openings import hours_of
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask
from regard.insight.sentence import Amount, Filling, Marked, Measured, Sentence, Stretch
from regard.metrics.beginnings import first_event
from regard.metrics.exposure import Exposure
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Distinct
from regard.stats.estimate import Estimate, nothing
from regard.stats.matched import Days, MatchedVolume
from regard.stats.matched import matched as compare_days

MOST = 0.5
"""Where Ramadan leaves out more of the new days than this, they are compared with ordinary ones."""

HELD = N_("{seen} against the {expected} expected from days of the same kinds in {before}.")
EACH = N_("Per opening day: {seen} against {expected}.")
OPENINGS = N_("Opening days: {new} against {old}.")
ONE_HAS = N_("Only one of the two stretches contains {feast}.")
ORDINARY = N_("Most of these days lie in Ramadan; they are compared with ordinary days.")
LEFT_OUT = N_("Days left out, as the other stretch has none of their kind: {days}.")
COARSER = N_("Days compared with other weekdays, as the other stretch lacks theirs: {days}.")
UNKNOWN = N_("Days without data, or not over yet: {days}.")
NO_HOURS = N_("No opening hours are known, so every day counts as an opening day.")
AGAIN = N_("What comes on several days counts on each of them.")


@dataclass(frozen=True)
class Matched:
    """A volume against what days of the same kinds brought in the stretch before.

    query, before: unsplit. ratio: seen ÷ expected. gap: seen − expected. seen, expected: over the
    new days that were matched, in the metric's unit (events; for a rate, the rate over these days).
    seen_each, expected_each, gap_each: the same for each opening day among them; nothing for
    rates, and where none of them opens. opening_days, opening_days_before: of both stretches as
    far as they are known. compared: what statistics found, its places counted among the known
    days. left_out, coarser, unknown: days of the new stretch (unknown: of both). adds: whether
    daily numbers add up to the metric's own; where not, `seen` is their sum and no value of the
    metric. chance: the unadjusted two-sided p-value of no change.
    """

    query: Query
    before: Query
    metric: Metric
    ratio: Estimate
    gap: Estimate
    seen: Estimate
    expected: Estimate
    seen_each: Estimate
    expected_each: Estimate
    gap_each: Estimate
    opening_days: int
    opening_days_before: int
    compared: MatchedVolume
    left_out: tuple[date, ...]
    coarser: tuple[date, ...]
    unknown: tuple[date, ...]
    adds: bool
    says: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]

    @property
    def chance(self) -> float:
        """The unadjusted two-sided p-value of no change; 1 where too few days tell."""
        return self.compared.chance

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; sentences with their holes and what fills them."""
        names = ("ratio", "gap", "seen", "expected", "seen_each", "expected_each", "gap_each")
        return {
            "metric": self.metric.key,
            "query": self.query.to_json(),
            "before": self.before.to_json(),
            **{name: getattr(self, name).to_json() for name in names},
            "opening_days": self.opening_days,
            "opening_days_before": self.opening_days_before,
            "left_out": [day.isoformat() for day in self.left_out],
            "coarser": [day.isoformat() for day in self.coarser],
            "unknown": [day.isoformat() for day in self.unknown],
            "adds": self.adds,
            "dispersion": self.compared.dispersion,
            "chance": self.chance,
            "says": [one.to_json() for one in self.says],
            "notes": [one.to_json() for one in self.notes],
        }


def is_volume(wanted: Metric) -> bool:
    """Whether a metric is counted by day, or is such a count for each customer-month."""
    shape = wanted.shape
    if isinstance(shape, Quotient):
        top, bottom = metric(shape.top), metric(shape.bottom)
        return isinstance(top.shape, Count) and isinstance(bottom.shape, Exposure)
    return isinstance(shape, Count | Distinct) and not wanted.anonymous


def matched(
    query: Query,
    before: Query,
    reader: Reader,
    scope: Scope = ALL,
    answer: Callable[[Query], Result] | None = None,
) -> Matched | None:
    """The volume of a query against the pace of another stretch, day matched with its like.

    Splits of the queries are set aside. answer: who is asked, else `ask`. None for metrics that
    are no volume, for queries without start and end, and where no day of a stretch is known.
    Raises as `ask` does.
    """
    wanted = metric(query.metric)
    ends = (query.since, query.until, before.since, before.until)
    if not is_volume(wanted) or None in ends:
        return None
    query, before = replace(query, by=()), replace(before, by=())
    asked = answer or (lambda one: ask(one, reader, scope))
    desk = _Desk(wanted, reader, asked, hours_of(reader.workspace, reader.snapshot))
    new, old = _stretches(query, before, desk)
    if not new.known or not old.known:
        return None
    return _concluded(query, before, desk, new, old)


@dataclass(frozen=True)
class _Desk:
    """What is asked, of whom, and by which opening hours."""

    metric: Metric
    reader: Reader
    answer: Callable[[Query], Result]
    calendars: tuple[Calendar, ...]

    def zone(self, query: Query) -> str:
        """Whose days are meant."""
        return query.zone or self.reader.settings.zone

    def kinds(self, query: Query) -> tuple[DayKind, ...]:
        """The kinds of the days of a query."""
        since, until = _ends(query)
        return day_kinds(since, until, self.zone(query), self.calendars)


@dataclass(frozen=True)
class _Known:
    """The days of a stretch of which the number is known; unknown: the others."""

    known: tuple[DayKind, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...] | None
    unknown: tuple[date, ...]

    @property
    def opening_days(self) -> int:
        """How many of the known days open."""
        return sum(kind.is_opening for kind in self.known)

    def days(self, fast_apart: bool = True) -> Days:
        """The days for statistics; fast_apart: whether days of Ramadan are like no others."""
        kinds = self.known
        if not fast_apart:
            kinds = tuple(replace(k, feast="") if k.feast == RAMADAN else k for k in kinds)
        return Days(self.counts, [likeness(kind) for kind in kinds], self.exposure)


def _stretches(query: Query, before: Query, desk: _Desk) -> tuple[_Known, _Known]:
    """Both stretches by day: one question where the one follows on the other."""
    shape = desk.metric.shape
    rate = isinstance(shape, Quotient)
    top_key, bottom_key = (
        (shape.top, shape.bottom) if isinstance(shape, Quotient) else (query.metric, "")
    )
    tops = _asked(top_key, query, before, desk)
    bottoms = _asked(bottom_key, query, before, desk) if rate else tops
    told = []
    for one, top, bottom in zip((query, before), tops, bottoms, strict=True):
        kinds = desk.kinds(one)
        lies = [kind.day in top and kind.day in bottom for kind in kinds]
        known = tuple(kind for kind, there in zip(kinds, lies, strict=True) if there)
        unknown = tuple(kind.day for kind, there in zip(kinds, lies, strict=True) if not there)
        counts = tuple(round(top[kind.day]) for kind in known)
        exposure = tuple(bottom[kind.day] for kind in known) if rate else None
        told.append(_Known(known, counts, exposure, unknown))
    return told[0], told[1]


def _asked(
    key: str, query: Query, before: Query, desk: _Desk
) -> tuple[Mapping[date, float], Mapping[date, float]]:
    """The daily numbers of a metric over both stretches."""
    query, before = (replace(one, metric=key, by=("day",)) for one in (query, before))
    if replace(before, since=query.since, until=query.until) == query:
        apart = before.until != query.since
        union = query if apart else replace(query, since=before.since)
        numbers = _numbers(union, desk)
        return numbers, _numbers(before, desk) if apart else numbers
    return _numbers(query, desk), _numbers(before, desk)


def _numbers(query: Query, desk: _Desk) -> Mapping[date, float]:
    """The number of each day that is known and over."""
    result = desk.answer(query)
    first = first_event(result.metric, desk.reader)
    if first is None or result.lacking:
        return {}
    begun, last = day_of(first, desk.zone(query)), _last_day(query, result, desk)
    found = {}
    for part in result.parts:
        day, value = date.fromisoformat(str(part.by["day"])), part.estimate.value
        over = not part.coverage.get("partial") or day == last
        if value is not None and over and day >= begun:
            found[day] = value
    return found


def _last_day(query: Query, result: Result, desk: _Desk) -> date | None:
    """The day in which the data end, if they end after its opening hours: it is as good as over.

    Not so for what is there all day, as the time of customers.
    """
    limit = query.as_of or result.as_of
    if limit is None or isinstance(result.metric.shape, Exposure):
        return None
    if not shut_for_the_day(limit, desk.zone(query), desk.calendars):
        return None
    return day_of(limit, desk.zone(query))


def _concluded(query: Query, before: Query, desk: _Desk, new: _Known, old: _Known) -> Matched:
    compared = compare_days(new.days(), old.days())
    ordinary = _lost_to_ramadan(compared, new) > MOST * len(new.known)
    if ordinary:
        compared = compare_days(new.days(fast_apart=False), old.days(fast_apart=False))
    opened = _opened(compared, new) if new.exposure is None else 0
    unit = _per(desk.metric) / compared.exposure if new.exposure and compared.exposure else 1.0
    found = Matched(
        query=query,
        before=before,
        metric=desk.metric,
        ratio=compared.ratio,
        gap=_times(compared.gap, unit),
        seen=_times(compared.seen, unit),
        expected=_times(compared.expected, unit),
        seen_each=_times(compared.seen, 1 / opened) if opened else nothing(),
        expected_each=_times(compared.expected, 1 / opened) if opened else nothing(),
        gap_each=_times(compared.gap, 1 / opened) if opened else nothing(),
        opening_days=new.opening_days,
        opening_days_before=old.opening_days,
        compared=compared,
        left_out=_days_at(compared.left_out, new),
        coarser=_days_at(compared.coarser, new),
        unknown=(*new.unknown, *old.unknown),
        adds=not isinstance(desk.metric.shape, Distinct),
        says=(),
        notes=(),
    )
    notes = _notes(found, desk, new, old, ordinary)
    return replace(found, says=_says(found), notes=notes)


def _per(wanted: Metric) -> float:
    return wanted.shape.per if isinstance(wanted.shape, Quotient) else 1.0


def _lost_to_ramadan(compared: MatchedVolume, new: _Known) -> int:
    return sum(new.known[place].feast == RAMADAN for place in compared.left_out)


def _opened(compared: MatchedVolume, new: _Known) -> int:
    """The opening days among those that were matched."""
    left = set(compared.left_out)
    return sum(kind.is_opening for place, kind in enumerate(new.known) if place not in left)


def _days_at(places: Sequence[int], side: _Known) -> tuple[date, ...]:
    return tuple(side.known[place].day for place in places)


def _says(found: Matched) -> tuple[Sentence, ...]:
    """What was held against what, in words."""
    if found.gap.value is None:
        return ()
    unit = found.metric.unit
    filled: dict[str, Filling] = {
        "seen": Amount(found.seen.value, unit),
        "expected": Measured(found.expected, unit),
        "before": Stretch(*_ends(found.before)),
    }
    told = [Sentence(HELD, filled)]
    if found.seen_each.value is not None:
        each: dict[str, Filling] = {
            "seen": Amount(found.seen_each.value, "number"),
            "expected": Measured(found.expected_each, "number"),
        }
        told.append(Sentence(EACH, each))
    return tuple(told)


def _notes(
    found: Matched, desk: _Desk, new: _Known, old: _Known, ordinary: bool
) -> tuple[Sentence, ...]:
    """What a reader has to know to judge the comparison."""
    told = []
    if ruling_calendar(desk.calendars) is None:
        told.append(Sentence(NO_HOURS))
    elif found.opening_days != found.opening_days_before:
        opened: dict[str, Filling] = {"new": found.opening_days, "old": found.opening_days_before}
        told.append(Sentence(OPENINGS, opened))
    ours, theirs = ({kind.feast for kind in side.known} for side in (new, old))
    told += [Sentence(ONE_HAS, {"feast": Marked(FEASTS[f])}) for f in FEASTS if f in ours ^ theirs]
    told += [Sentence(ORDINARY)] if ordinary else []
    counted = ((LEFT_OUT, found.left_out), (COARSER, found.coarser), (UNKNOWN, found.unknown))
    told += [Sentence(text, {"days": len(days)}) for text, days in counted if days]
    return (*told, Sentence(AGAIN)) if not found.adds else tuple(told)


def _ends(query: Query) -> tuple[date, date]:
    assert query.since is not None
    assert query.until is not None
    return query.since, query.until


def _times(said: Estimate, unit: float) -> Estimate:
    value, low, high = (None if x is None else x * unit for x in (said.value, said.low, said.high))
    return replace(said, value=value, low=low, high=high)
