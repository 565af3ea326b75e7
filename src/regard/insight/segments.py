"""Segments that moved: a metric along its first split, each part against itself before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from regard.core.errors import BadValue, UnknownName
from regard.core.i18n import N_
from regard.insight.against import before, year_ago
from regard.insight.compare import GOOD, alike
from regard.insight.desk import Desk
from regard.insight.sentence import (
    Amount,
    Filling,
    Marked,
    Measured,
    Named,
    Piece,
    Sentence,
    Stretch,
)
from regard.insight.signal import Signal
from regard.insight.span import judged_span
from regard.metrics.engine import Part
from regard.metrics.metric import Metric
from regard.metrics.query import Query
from regard.metrics.splits import splits_of
from regard.stats.difference import mover, words
from regard.stats.discovery import chance_between, chance_of_step
from regard.stats.estimate import Estimate

FIRST = ("team", "queue", "channel", "survey", "network", "site", "plan", "article")
"""Ways to split by which people are led: the first of these that a metric knows is its first."""
LEAST = 20
"""Cases that a segment needs on both sides before it is asked about."""
MOVED = N_("{part}: {metric} went {word}, {new} against {old}, {stretch}.")
AGAINST = N_("Compared with {before}; the difference is {gap}.")


@dataclass(frozen=True)
class Segments:
    """Signals of segments, unadjusted, and how many segments were asked about."""

    signals: tuple[Signal, ...]
    asked: int


def first_split(wanted: Metric) -> str | None:
    """A metric's first split; None where it has none that people are led by."""
    known = splits_of(wanted)
    return next((name for name in FIRST if name in known), None)


def moved_segments(at: Desk, family: Iterable[Metric], since: date, until: date) -> Segments:
    """Every segment of every metric, each against itself in the stretch before."""
    found: list[Signal] = []
    for wanted in family:
        split = first_split(wanted)
        if split is not None and wanted.shape.stock is False:
            found += _segments(at, wanted, split, since, until)
    return Segments(tuple(found), len(found))


def _segments(at: Desk, wanted: Metric, split: str, since: date, until: date) -> list[Signal]:
    query = Query(wanted.key, since=since, until=until, by=(split,), where=wanted.judged)
    try:
        return _moved(at, wanted, query, split)
    except (BadValue, UnknownName):
        return []


def _moved(at: Desk, wanted: Metric, query: Query, split: str) -> list[Signal]:
    one = at.answer(query)
    if one.lacking or one.as_of is None:
        return []
    new_span = judged_span(query, wanted, one.as_of, at.zone(query))
    old = before(query)
    if not new_span.enough:
        return []
    if new_span.whole_on is not None:
        assert old.since is not None
        query = replace(query, until=new_span.until)
        old = replace(old, until=old.since + (new_span.until - new_span.since))
    past = (year_ago(query), year_ago(old))
    parts = [_by_value(at.answer(each).parts, split) for each in (query, old, *past)]
    told = []
    # Rows without a value are nobody's: they are no segment that anybody leads.
    for value in sorted((set(parts[0]) & set(parts[1])) - {None}, key=str):
        sides = (parts[0][value], parts[1][value])
        signal = _signal(wanted, (query, old), (split, value), sides)
        if signal is not None:
            ago = [each.get(value) for each in parts[2:]]
            told.append(replace(signal, chance=_beyond_season(signal, sides, ago)))
    return told


def _beyond_season(signal: Signal, now: tuple[Part, Part], ago: Sequence[Part | None]) -> float:
    """The chance, minded that the same step a year ago may have been like it."""
    past = [one.estimate for one in ago if one is not None and one.estimate.n >= LEAST]
    if len(past) < len(now):
        return signal.chance
    new, old = (one.estimate for one in now)
    return max(signal.chance, chance_of_step((new, old), (past[0], past[1])))


def _by_value(parts: Sequence[Part], split: str) -> dict[str | None, Part]:
    """The parts of single values; those of several are left out."""
    found: dict[str | None, list[Part]] = {}
    for part in parts:
        found.setdefault(part.by.get(split), []).append(part)
    return {value: those[0] for value, those in found.items() if len(those) == 1}


def _signal(
    wanted: Metric,
    queries: tuple[Query, Query],
    where: tuple[str, str | None],
    parts: tuple[Part, Part],
) -> Signal | None:
    """The difference of a segment; None where it cannot be asked about."""
    new, old = parts[0].estimate, parts[1].estimate
    if min(new.n, old.n) < LEAST or not alike(*parts):
        return None
    gap = mover(new, old)
    if gap.value is None or gap.low is None or gap.high is None or gap.low == gap.high:
        return None
    query, earlier = queries
    split, value = where
    verdict = words(gap, GOOD[wanted.better])
    narrowed = replace(query, by=(), where=(*query.where, (split, value or "")))
    stretch, past = _days(query), _days(earlier)
    filled: dict[str, Filling] = {
        "part": Piece(split, value),
        "metric": Named(wanted.key),
        "word": Marked("up" if gap.value > 0 else "down"),
        "new": Measured(new, wanted.unit),
        "old": Amount(old.value, wanted.unit),
        "stretch": stretch,
    }
    amount = Amount(gap.value, wanted.unit, change=True)
    return Signal(
        kind="change",
        metric=wanted.key,
        since=stretch.since,
        until=stretch.until,
        says=Sentence(MOVED, filled),
        why=Sentence(AGAINST, {"before": past, "gap": amount}),
        evidence=narrowed,
        where=(where,),
        seen=new,
        usual=old,
        chance=chance_between(new, old, *_even(wanted, new, old, stretch)),
        good=verdict.good,
        cost=abs(gap.value) * new.n if wanted.unit == "share" else float(new.n),
        then=replace(narrowed, by=("week",)),
    )


def _even(wanted: Metric, new: Estimate, old: Estimate, stretch: Stretch) -> tuple[float, float]:
    """Independent groups of each side: its cases, at most the days where days are groups."""
    most = float((stretch.until - stretch.since).days) if "day" in wanted.cluster else inf
    return min(most, float(new.n)), min(most, float(old.n))


def _days(query: Query) -> Stretch:
    assert query.since is not None
    assert query.until is not None
    return Stretch(query.since, query.until)
