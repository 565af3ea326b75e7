"""What changed: one ranked list for a workspace and a period, silent when nothing did.

The family of questions is fixed before any is asked: every declared metric that has a good
direction or is counted by day, as a whole and along its first split; every guarded metric with
each of its counter-metrics; every question that the watches ask. What stands after Benjamini and
Hochberg is told, the worst and likeliest first, kindred changes as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from regard.core.errors import BadValue, UnknownName
from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Scope
from regard.insight.compare import Comparison, compare_at
from regard.insight.desk import Desk, desk
from regard.insight.guard import Guarded, guarded, guards_at
from regard.insight.season import a_year_ago, chance_beyond_season
from regard.insight.segments import moved_segments
from regard.insight.sentence import (
    Amount,
    Filling,
    Listed,
    Marked,
    Measured,
    Named,
    Sentence,
    Stretch,
)
from regard.insight.series import OUR_SURVEYS
from regard.insight.signal import Signal
from regard.insight.volumes import is_volume
from regard.insight.watch import Watched, watches
from regard.metrics.metric import Metric, catalogue
from regard.metrics.query import Query
from regard.stats.discovery import FALSE_CALLS, adjusted

MOVED = N_("{metric} went {word}: {new} against {old}, {stretch}.")
SERVED = N_("{metric}: {new} served within {time}, {old} before, {stretch}.")
MORE = N_("{metric} went {word}: {new} where {old} were expected, {stretch}.")
AGAINST = N_("Compared with {before}; the difference is {gap}.")
BEYOND = N_(
    "Compared with {before}; the difference is {gap}. The same step a year ago was not like it."
)
AT_PRICE = N_("What looks like success was paid for; look at {metrics} before it is praised.")


COURSE = frozenset({"change", "limits", "drift", "surge"})
"""Kinds of signals that say in different ways that a metric is not as it was."""


@dataclass(frozen=True)
class Asked:
    """What the questions of one kind found, and how many they were, whatever they found."""

    signals: tuple[Signal, ...]
    asked: int


def changes(
    reader: Reader, since: date, until: date, scope: Scope = ALL, watching: bool = True
) -> tuple[Signal, ...]:
    """What changed in the local days [since, until) against the stretch before, ranked.

    watching: whether the watches look as well (they take longest).
    """
    found = changes_at(desk(reader, scope), since, until)
    looked = _watched(reader, since, until, scope) if watching else []
    return ranked([found, *looked])


def changes_at(at: Desk, since: date, until: date) -> Asked:
    """The changes of metrics, unadjusted, with how many questions were asked."""
    wholes = [one for wanted in family() for one in _whole(at, wanted, since, until)]
    parts = moved_segments(at, [w for w in family() if not is_volume(w)], since, until)
    prices = _prices(guards_at(at, Query("", since=since, until=until)), since, until)
    pairs = sum(len(one.counters) for one in guarded())
    found = [one for one, _ in wholes]
    return Asked((*found, *parts.signals, *prices), len(wholes) + parts.asked + pairs)


def family() -> tuple[Metric, ...]:
    """The metrics whose changes are looked at: declared, not chosen by what they show.

    Not among them: variants of a question, what is published as a whole or not at all, what
    neither direction speaks for unless it is counted by day, and how many we ask ourselves.
    """
    return tuple(
        one
        for one in catalogue().values()
        if not (one.variant_of or one.anonymous)
        and (one.better != "none" or (is_volume(one) and one.fact != OUR_SURVEYS))
    )


def ranked(found: Iterable[Asked]) -> tuple[Signal, ...]:
    """What stands when every question is minded: worse before better, then by how unlikely."""
    told = list(found)
    signals = [signal for one in told for signal in one.signals]
    chances = adjusted([one.chance for one in signals], sum(one.asked for one in told))
    kept = [
        replace(signal, chance=chance)
        for signal, chance in zip(signals, chances, strict=True)
        if chance <= FALSE_CALLS
    ]
    return tuple(_once(sorted(_kindred(kept), key=_rank)))


def _rank(one: Signal) -> tuple[int, int, float, str]:
    bad = {False: 0, None: 1, True: 2}[one.good]
    return (0 if one.kind == "price" else 1, bad, one.chance, f"{one.metric} {one.where}")


def _once(found: Sequence[Signal]) -> list[Signal]:
    """Of one metric and part the first alone: that it changed, drifts and lies beyond its limits
    is one matter. What one metric shows and what it costs another are two.
    """
    told: dict[object, Signal] = {}
    for one in found:
        kind = one.kind if one.kind not in COURSE else ""
        told.setdefault((kind, one.metric, one.where), one)
    return list(told.values())


def _kindred(kept: Sequence[Signal]) -> list[Signal]:
    """Changes of kindred metrics as one: counts of one fact that went the same way together.

    A segment of a metric that changed as a whole in the same direction is the same change.
    """
    wholes = {(s.metric, s.good, _up(s)) for s in kept if s.kind == "change" and not s.where}
    left = [
        s
        for s in kept
        if not (s.kind == "change" and s.where and (s.metric, s.good, _up(s)) in wholes)
    ]
    groups: dict[object, list[Signal]] = {}
    for place, one in enumerate(left):
        groups.setdefault(_kin(one) or place, []).append(one)
    return [_together(sorted(group, key=lambda s: s.chance)) for group in groups.values()]


def _kin(one: Signal) -> tuple[object, ...] | None:
    if one.kind != "change" or one.where:
        return None
    wanted = catalogue()[one.metric]
    return (wanted.theme, wanted.unit, one.good, _up(one)) if wanted.unit == "count" else None


def _up(one: Signal) -> bool:
    return (one.seen.value or 0.0) > (one.usual.value or 0.0)


def _together(group: Sequence[Signal]) -> Signal:
    first, *others = group
    if not others:
        return first
    return replace(first, others=tuple(one.metric for one in others))


def _whole(at: Desk, wanted: Metric, since: date, until: date) -> list[tuple[Signal, int]]:
    """The change of a metric as a whole, where it can be judged: one question, else none."""
    query = Query(wanted.key, since=since, until=until, where=wanted.judged)
    try:
        told = compare_at(at, query)
    except (BadValue, UnknownName):
        return []
    if not told.judged or told.gap.low is None or told.gap.high is None:
        return []
    if told.gap.low == told.gap.high:
        # Known, not sampled: that it differs is no finding.
        return []
    back = a_year_ago(at, told)
    chance = told.chance
    if back is not None:
        chance = max(chance, chance_beyond_season(told, back))
    return [(_signal(query, told, chance, back is not None), 1)]


def _signal(query: Query, told: Comparison, chance: float, seasonal: bool) -> Signal:
    filled: dict[str, Filling] = {
        "metric": Named(query.metric),
        "word": Marked("up" if (told.gap.value or 0) > 0 else "down"),
        "new": Measured(told.new, told.unit),
        "old": Amount(told.old.value, told.unit),
        "stretch": Stretch(told.since, told.until),
    }
    assert told.before is not None
    if told.within is not None:
        filled["time"] = Amount(float(told.within), "seconds")
    gap = Amount(told.gap.value, told.unit, change=True)
    against: dict[str, Filling] = {"before": Stretch(*told.before), "gap": gap}
    why = Sentence(BEYOND if seasonal else AGAINST, against)
    judged = replace(query, since=told.since, until=told.until)
    return Signal(
        kind="change",
        metric=query.metric,
        since=told.since,
        until=told.until,
        says=Sentence(_text(told), filled),
        why=why,
        evidence=judged,
        seen=told.new,
        usual=told.old,
        chance=chance,
        good=told.good,
        cost=_cost(told),
        then=replace(judged, by=("week",)),
    )


def _text(told: Comparison) -> str:
    if told.within is not None:
        return SERVED
    return MORE if told.ratio is not None else MOVED


def _cost(told: Comparison) -> float | None:
    """How many cases more or fewer there were than there would have been."""
    gap = abs(told.gap.value or 0.0)
    if told.unit == "count":
        return gap
    return gap * told.new.n if told.unit == "share" else float(told.new.n)


def _prices(found: Sequence[Guarded], since: date, until: date) -> tuple[Signal, ...]:
    """Improvements that were paid for. The chance is that of the less sure of the two changes."""
    told = []
    for one in found:
        for fared in one.counters:
            if not one.failure or fared.state != "price":
                continue
            main, other = one.comparison, fared.comparison
            told.append(
                Signal(
                    kind="price",
                    metric=main.metric.key,
                    since=main.since,
                    until=main.until,
                    says=one.says(),
                    why=Sentence(AT_PRICE, {"metrics": Listed((fared.counter.key,))}),
                    evidence=other.query,
                    seen=other.new,
                    usual=other.old,
                    chance=max(main.chance, other.chance),
                    good=False,
                    cost=_cost(other),
                    then=main.query,
                )
            )
    return tuple(told)


def _watched(reader: Reader, since: date, until: date, scope: Scope) -> list[Asked]:
    watched = Watched(reader, since, until, scope)
    looked = [one.look(watched) for one in watches().values()]
    return [Asked(one.signals, one.asked) for one in looked]


def by_kind(found: Sequence[Signal]) -> Mapping[str, int]:
    """How many signals there are of each kind."""
    told: dict[str, int] = {}
    for one in found:
        told[one.kind] = told.get(one.kind, 0) + 1
    return told
