"""What the watches of a metric's course share: the series to look at, and how a stray is told."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp

import numpy as np

from regard.insight.ask import ask
from regard.insight.sentence import Amount, Filling, Measured, Named, Sentence, Stretch
from regard.insight.series import COUNT, LATE_DAYS, Series, series, watched_metrics
from regard.insight.signal import Signal
from regard.insight.strays import Stray
from regard.insight.trends import BASE_DAYS, LEAD_DAYS, Held, first_day, frozen_for, hold
from regard.insight.watch import Watched
from regard.metrics.metric import Metric, catalogue
from regard.metrics.query import Query
from regard.metrics.splits import splits_of
from regard.stats.control import expectations
from regard.stats.estimate import Estimate, nothing


@dataclass(frozen=True)
class Words:
    """What a kind of stray is told in: marked texts.

    up, down: holes {metric}, {days}, {began}, {seen} and {usual}; why: also {base} (the days that
    the limits are from), {points} (how many) and {far} (standard deviations of the farthest).
    """

    up: str
    down: str
    why: str


def courses(watched: Watched, counts: bool) -> Iterator[Series]:
    """The series of every metric with data, counts or all others, from a year and a half back.

    One question to the engine a metric, where days are thin a second; `ask` keeps the answers, so
    that watches of one workspace share them. What was not known on the last day is a gap.
    """
    since = watched.since - timedelta(days=BASE_DAYS + LEAD_DAYS + LATE_DAYS)
    for one in watched_metrics(watched.reader, list(catalogue().values())):
        if counts != (one.unit == "count"):
            continue
        query = Query(one.key, since, watched.until)
        first = first_day(query, watched.reader)
        if first is None or first >= watched.until:
            continue
        query = replace(query, since=max(since, first))
        found = series(query, watched.reader, watched.scope)
        if found is not None and (found.kind == COUNT) == counts:
            yield found.until(watched.until - timedelta(days=1))


def held(watched: Watched, found: Series) -> Held:
    """A series held against the limits kept for it, else those of the year before the days."""
    query = Query(found.metric.key)
    return hold(found, watched.since, frozen_for(query, found, watched.reader, watched.scope))


def signal(kind: str, held: Held, stray: Stray, watched: Watched, words: Words) -> Signal:
    """A stray as a signal; its value over the whole stretch is asked anew."""
    found, wanted = held.series, held.series.metric
    since, until = found.starts[stray.first], found.ends[stray.last]
    query = Query(wanted.key, since, until)
    parts = ask(query, watched.reader, watched.scope).parts
    seen = parts[0].estimate if len(parts) == 1 else nothing()
    usual = Estimate(_usual(held, stray))
    says: dict[str, Filling] = {
        "metric": Named(wanted.key),
        "days": Stretch(since, until),
        "began": since,
        "seen": Measured(seen, wanted.unit),
        "usual": Amount(usual.value, wanted.unit),
    }
    far = float(np.nanmax(np.abs(held.z[stray.first : stray.last + 1])))
    why: dict[str, Filling] = {**says, "far": round(far)}
    if held.limits is not None:
        why |= {"base": Stretch(held.limits.since, held.limits.until)}
        why |= {"points": held.limits.points}
    first = next(iter(splits_of(wanted)), "")
    return Signal(
        kind=kind,
        metric=wanted.key,
        since=since,
        until=until,
        says=Sentence(words.up if stray.upwards else words.down, says),
        why=Sentence(words.why, why),
        evidence=query,
        began=since,
        told=stray.told,
        seen=seen,
        usual=usual,
        chance=stray.chance,
        good=None if wanted.better == "none" else stray.upwards == (wanted.better == "high"),
        cost=_cost(wanted, seen, usual.value),
        then=replace(query, by=(first,)) if first else None,
    )


def _usual(held: Held, stray: Stray) -> float:
    """What was to be expected of the whole stretch: the sum of counts, the mean of the rest."""
    told = held.series
    places = [k for k in range(stray.first, stray.last + 1) if np.isfinite(held.z[k])]
    if held.limits is None:
        expected = held.charted.expected[places]
        return float(expected[-1] if told.metric.shape.stock else expected.sum())
    # Without what a point says of the next: that is of the stretch itself.
    bare = expectations(held.limits, [told.classes[k] for k in places])
    mean = float(np.average(bare, weights=[told.sizes[k] for k in places]))
    return exp(mean) if told.logs else mean


def _cost(wanted: Metric, seen: Estimate, usual: float | None) -> float | None:
    """Cases beyond the usual; where these cannot be told apart, all cases of the stretch."""
    if seen.value is None or usual is None:
        return float(seen.n) or None
    if wanted.unit == "share":
        return abs(seen.value - usual) * seen.n
    if wanted.unit == "count" and not wanted.shape.stock:
        return abs(seen.value - usual)
    return float(seen.n) or None
