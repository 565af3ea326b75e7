"""Counter-metrics by non-inferiority: whether an improvement was paid for (METRICS §1.7).

A metric has improved only where the bad end of the 95 % interval of each counter-metric's change
stays within its declared margin. All are judged over the same days, ripe for every one of them.
What the season brought a year ago as well is neither a success nor the price of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regard.core.errors import BadValue, UnknownName
from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.against import BEFORE
from regard.insight.ask import ALL, Scope
from regard.insight.compare import AT_A_TIME, Comparison, compare_at
from regard.insight.desk import Desk, desk
from regard.insight.season import is_season
from regard.insight.sentence import (
    Amount,
    Listed,
    Marked,
    Measured,
    Named,
    Sentence,
    Stretch,
)
from regard.metrics.metric import Counter, Metric, catalogue, metric
from regard.metrics.query import Query
from regard.stats.difference import DOWN, UP

NONE, BETTER = "none", "better"
KEPT, PRICE, SEASON, UNKNOWN, LATER, ABSENT = (
    *("kept", "price", "season", "unknown", "later", "absent"),
)
STATES: Mapping[str, str] = {
    KEPT: N_("within its margin"),
    PRICE: N_("got worse"),
    SEASON: N_("got worse, as a year ago"),
    UNKNOWN: N_("not yet known"),
    LATER: N_("too early to judge"),
    ABSENT: N_("no data"),
}
"""How a counter-metric fared, in words."""

IMPROVED, PAID, USUAL, UNSURE, WAITING, WORSE, SAME, SILENT, BARE = (
    *("improved", "paid", "usual", "unsure", "waiting", "worse", "same", "silent", "bare"),
)
VERDICTS: Mapping[str, str] = {
    IMPROVED: N_("{metric} improved, and nothing that guards it got worse."),
    PAID: N_("{metric} improved at the price of {counters}."),
    USUAL: N_("{metric} improved while {counters} got worse; a year ago it was no different."),
    UNSURE: N_("{metric} improved; what it cost is not yet known."),
    WAITING: N_("{metric} improved; the verdict on its cost comes on {day}."),
    WORSE: N_("{metric} got worse."),
    SAME: N_("{metric}: no detectable change."),
    SILENT: N_("{metric} cannot be compared."),
    BARE: N_("{metric} improved; it has no counter-metric to be held against."),
}
"""What is said of a metric with its guards."""
HAILED: Mapping[str, str] = {
    IMPROVED: N_("{metric} went {word}, and nothing that guards it got worse."),
    PAID: N_("{metric} went {word} at the price of {counters}: no success."),
    USUAL: N_("{metric} went {word} while {counters} got worse; a year ago it was no different."),
    UNSURE: N_("{metric} went {word}; what it cost is not yet known."),
    WAITING: N_("{metric} went {word}; the verdict on its cost comes on {day}."),
    WORSE: N_("{metric} went {word}."),
}
"""The same of a metric of which neither direction is good in itself."""
FARED: Mapping[str, str] = {
    KEPT: N_(
        "{counter}: from {old} to {new}; at worst {worst} the bad way, within the margin of "
        "{margin}."
    ),
    BETTER: N_("{counter}: from {old} to {new}. That is no worse."),
    PRICE: N_("{counter}: from {old} to {new}. That is worse beyond chance."),
    SEASON: N_(
        "{counter}: from {old} to {new}. That is worse, and no more so than in the same days a "
        "year ago."
    ),
    UNKNOWN: N_(
        "{counter}: from {old} to {new}; it may be {worst} the bad way, and the margin is {margin}."
    ),
    LATER: N_("{counter}: {state}; the verdict comes on {day}."),
    ABSENT: N_("{counter}: {state}, so nobody knows what the change cost."),
}
HEADLINE = N_("{metric}: from {old} to {new}, {stretch}.")


@dataclass(frozen=True)
class Fared:
    """A counter-metric beside a change. worst: the bad end of its change, towards the bad side
    positive, in its unit; margin: how far that may go. state: of STATES.
    """

    counter: Counter
    comparison: Comparison
    state: str
    worst: float | None
    margin: float | None

    def says(self) -> Sentence:
        """How it fared, with its figures."""
        told, unit = self.comparison, self.comparison.unit
        filled: dict[str, Any] = {
            "counter": Named(self.counter.key),
            "old": Amount(told.old.value, unit),
            "new": Measured(told.new, unit),
            "worst": Amount(self.worst, unit, change=True),
            "margin": Amount(self.margin, unit, change=True),
            "state": Marked(STATES[self.state]),
        }
        if told.whole_on is not None:
            filled["day"] = told.whole_on
        fine = self.state == KEPT and self.worst is not None and self.worst <= 0
        return Sentence(FARED[BETTER if fine else self.state], filled)


@dataclass(frozen=True)
class Guarded:
    """A change and what guards it. verdict: of VERDICTS. failure: it looks like a success and is
    none: it was paid for.
    """

    comparison: Comparison
    counters: tuple[Fared, ...]
    verdict: str

    @property
    def metric(self) -> Metric:
        """The metric judged."""
        return self.comparison.metric

    @property
    def failure(self) -> bool:
        """Whether it looks like a success and was paid for."""
        return self.verdict == PAID

    def says(self) -> Sentence:
        """The verdict."""
        told = self.comparison
        hailed = self.metric.better == NONE and self.verdict in HAILED
        text = HAILED[self.verdict] if hailed else VERDICTS[self.verdict]
        filled: dict[str, Any] = {"metric": Named(self.metric.key), "word": Marked(told.word)}
        filled["counters"] = Listed(self.paid)
        day = self.verdict_on
        return Sentence(text, filled | ({"day": day} if day else {}))

    @property
    def paid(self) -> tuple[str, ...]:
        """The counter-metrics that got worse; where all did so by season alone, those."""
        worse = [one for one in self.counters if one.state == PRICE]
        seasonal = [one for one in self.counters if one.state == SEASON]
        return tuple(one.counter.key for one in worse or seasonal)

    @property
    def verdict_on(self) -> date | None:
        """The first day on which all that guards the change can be judged, if still to come."""
        dates = [one.comparison.whole_on for one in self.counters if one.state == LATER]
        return max((day for day in dates if day), default=None)

    def lines(self) -> tuple[Sentence, ...]:
        """The change, then every counter-metric, in figures."""
        told = self.comparison
        first = Sentence(
            HEADLINE,
            {
                "metric": Named(self.metric.key),
                "old": Amount(told.old.value, told.unit),
                "new": Measured(told.new, told.unit),
                "stretch": Stretch(told.since, told.until),
            },
        )
        head = (told.why,) if told.why else (first,)
        return (*head, *(one.says() for one in self.counters))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "metric": self.metric.key,
            "verdict": self.verdict,
            "failure": self.failure,
            "verdict_on": self.verdict_on.isoformat() if self.verdict_on else None,
            "says": self.says().to_json(),
            "comparison": self.comparison.to_json(),
            "counters": [
                {
                    "metric": one.counter.key,
                    "state": one.state,
                    "worst": one.worst,
                    "margin": one.margin,
                    "says": one.says().to_json(),
                    "comparison": one.comparison.to_json(),
                }
                for one in self.counters
            ],
        }


def guard(query: Query, reader: Reader, against: str = BEFORE, scope: Scope = ALL) -> Guarded:
    """Whether a metric improved over a stretch, and what guards it says to that."""
    return guard_at(desk(reader, scope), query, against)


def guards(
    query: Query, reader: Reader, against: str = BEFORE, scope: Scope = ALL
) -> tuple[Guarded, ...]:
    """Every metric that has counter-metrics and data; the query's metric is replaced by each."""
    at = desk(reader, scope)
    return guards_at(at, query, against)


def guarded() -> tuple[Metric, ...]:
    """The metrics with counter-metrics that stand for their question."""
    return tuple(one for one in catalogue().values() if one.counters and not one.variant_of)


def guard_at(at: Desk, query: Query, against: str = BEFORE) -> Guarded:
    """The same as `guard`, asked at a desk.

    The change and those counter-metrics that can be judged by now are judged over the same days;
    a counter-metric that cannot be yet does not hold the others up.
    """
    wanted = metric(query.metric)
    first = [_first(at, query, counter, against) for counter in wanted.counters]
    ready = [told for _, told in first if told is not None and told.judged]
    together = tuple(dict.fromkeys(told.metric.key for told in ready))
    told = compare_at(at, query, against, together)
    fared = []
    for counter, one in first:
        again = one
        if one is not None and one.judged:
            others = (wanted.key, *(key for key in together if key != counter.key))
            again = compare_at(at, _asked(query, counter), against, others)
        fared.append(_fared(counter, again, told))
    verdict = _verdict(told, fared)
    if verdict == PAID and told.way == BEFORE:
        fared = [_by_season(at, one) for one in fared]
        verdict = USUAL if is_season(at, told) else _verdict(told, fared)
    return Guarded(told, tuple(fared), verdict)


def _by_season(at: Desk, one: Fared) -> Fared:
    """What got worse, and a year ago no less, is marked as such."""
    return (
        replace(one, state=SEASON) if one.state == PRICE and is_season(at, one.comparison) else one
    )


def guards_at(at: Desk, query: Query, against: str = BEFORE) -> tuple[Guarded, ...]:
    """The same as `guards`, asked at a desk."""
    found = []
    for one in guarded():
        try:
            told = guard_at(at, replace(query, metric=one.key), against)
        except (UnknownName, BadValue):
            # A filter that it does not know, or several values: it cannot be asked so.
            continue
        if told.verdict != SILENT or told.comparison.whole_on is not None:
            found.append(told)
    return tuple(found)


def _asked(query: Query, counter: Counter) -> Query:
    return replace(query, metric=counter.key, where=(*query.where, *counter.where), by=())


def _first(
    at: Desk, query: Query, counter: Counter, against: str
) -> tuple[Counter, Comparison | None]:
    """A counter-metric over its own ripe days; None where it cannot be asked so.

    Where no source says whom the guarded metric is about, the counter-metric is asked of all.
    """
    try:
        told = compare_at(at, _asked(query, counter), against)
        if counter.where and not (told.judged or told.whole_on or told.new.n):
            counter = replace(counter, where=())
            told = compare_at(at, _asked(query, counter), against)
        return counter, told
    except (UnknownName, BadValue):
        return counter, None


def _fared(counter: Counter, one: Comparison | None, told: Comparison) -> Fared:
    if one is None:
        return Fared(counter, told, ABSENT, None, None)
    if not one.judged:
        return Fared(counter, one, LATER if one.whole_on is not None else ABSENT, None, None)
    worse = counter.worse or ("high" if one.metric.better == "low" else "low")
    end = one.gap.high if worse == "high" else one.gap.low
    best = one.gap.low if worse == "high" else one.gap.high
    sign = 1.0 if worse == "high" else -1.0
    margin = counter.margin
    if counter.relative and one.method != AT_A_TIME:
        margin = counter.margin * abs(one.old.value or 0.0)
    worst = None if end is None else sign * end
    if worst is not None and worst <= margin:
        return Fared(counter, one, KEPT, worst, margin)
    bad = best is not None and sign * best > 0
    return Fared(counter, one, PRICE if bad else UNKNOWN, worst, margin)


def _verdict(told: Comparison, fared: Sequence[Fared]) -> str:
    if not told.judged:
        return SILENT
    way = {UP: "high", DOWN: "low"}.get(told.word, "")
    if told.method == AT_A_TIME and way:
        way = "low" if way == "high" else "high"
    if not way or not told.metric.improves:
        return SAME
    if way != told.metric.improves:
        return WORSE
    states = {one.state for one in fared}
    if not states:
        return BARE
    if PRICE in states:
        return PAID
    if SEASON in states:
        return USUAL
    if states == {KEPT}:
        return IMPROVED
    return WAITING if LATER in states and states <= {KEPT, LATER} else UNSURE
