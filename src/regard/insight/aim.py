"""A goal judged: met, missed or open as the whole interval says, and how far the way is."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, inf
from typing import Any

from regard.core.goal_file import Goal
from regard.core.i18n import N_
from regard.core.period import day_of
from regard.insight.ask import Result
from regard.insight.sentence import Amount, Filling, Measured, Named, Piece, Sentence
from regard.metrics.engine import Part
from regard.metrics.metric import Metric
from regard.metrics.query import Query
from regard.stats.difference import mover
from regard.stats.estimate import NOT_REACHED, Estimate, nothing

MET, MISSED, OPEN, EARLY, NO_DATA = "met", "missed", "open", "too early", "no data"
STATES = {
    MET: N_("met"),
    MISSED: N_("not met"),
    OPEN: N_("cannot be told yet"),
    EARLY: N_("too early to judge"),
    NO_DATA: N_("no data"),
}
"""What a goal can be, in words. Open: the interval holds the target."""
DAY = 86_400
MONTH = 30
"""Days of the month that a pace is given for."""
SAYS = {
    MET: N_("{metric}: the goal of {target} is met: {value}."),
    MISSED: N_("{metric}: the goal of {target} is missed: {value}."),
    OPEN: N_("{metric}: it cannot be told whether the goal of {target} is met: {value}."),
    EARLY: N_("{metric}: the goal of {target} is judged on {day}; so far {value}."),
    NO_DATA: N_("{metric}: there are no data for the goal of {target}."),
}
OF_PART = {
    MET: N_("{metric}, {part}: the goal of {target} is met: {value}."),
    MISSED: N_("{metric}, {part}: the goal of {target} is missed: {value}."),
    OPEN: N_("{metric}, {part}: it cannot be told whether the goal of {target} is met: {value}."),
    EARLY: N_("{metric}, {part}: the goal of {target} is judged on {day}; so far {value}."),
    NO_DATA: N_("{metric}, {part}: there are no data for the goal of {target}."),
}


@dataclass(frozen=True)
class Aim:
    """A goal and how it stands over the days of the query.

    value: what was measured; baseline: the same over the days the goal starts from; change: value
    less baseline. state: one of STATES. verdict_on: the day from which on it can be judged, where
    that is too early now. far: how far the value lies from the target, below nought where it lies
    beyond it. progress: the share of the way from the baseline's value to the target that is
    gone, the interval that of the change. pace: the change a month (30 days) that is still needed
    until the goal is due; paced: the one since the baseline, both with their sign.
    """

    goal: Goal
    metric: Metric
    query: Query
    state: str
    value: Estimate
    baseline: Estimate = field(default_factory=nothing)
    change: Estimate = field(default_factory=nothing)
    verdict_on: date | None = None
    far: float | None = None
    progress: Estimate = field(default_factory=nothing)
    pace: float | None = None
    paced: float | None = None

    @property
    def says(self) -> Sentence:
        """How the goal stands, in a sentence."""
        filled: dict[str, Filling] = {
            "metric": Named(self.metric.key),
            "target": Amount(self.goal.target, self.metric.unit),
            "value": Measured(self.value, self.metric.unit),
        }
        if self.verdict_on:
            filled["day"] = self.verdict_on
        if not self.goal.where:
            return Sentence(SAYS[self.state], filled)
        return Sentence(OF_PART[self.state], filled | {"part": self.part})

    @property
    def part(self) -> Filling:
        """The part of the whole that the goal is for, to fill a sentence."""
        if len(self.goal.where) == 1:
            return Piece(*self.goal.where[0])
        return ", ".join(f"{name}={value}" for name, value in self.goal.where)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """How it stands; then how far off it is, how far it has come and what is still needed."""
        return (self.says, *_distance(self), *_way(self), *_paces(self))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; seconds and shares as numbers."""
        goal = self.goal
        return {
            "metric": self.metric.key,
            "target": goal.target,
            "direction": direction_of(goal, self.metric),
            "by": goal.by.isoformat() if goal.by else None,
            "period": goal.period or None,
            "where": dict(goal.where),
            "quantile": goal.quantile,
            "place": goal.place,
            "state": self.state,
            "verdict_on": self.verdict_on.isoformat() if self.verdict_on else None,
            "query": self.query.to_json(),
            "value": self.value.to_json(),
            "baseline": self.baseline.to_json(),
            "change": self.change.to_json(),
            "far": self.far,
            "progress": self.progress.to_json(),
            "pace": self.pace,
            "paced": self.paced,
            "says": [one.to_json() for one in self.sentences],
        }


def judge(goal: Goal, result: Result, zone: str, before: Result | None = None) -> Aim:
    """A goal judged on an answer about whole days of a zone; before: that about its baseline.

    result, before: unsplit; a metric of several numbers has no data for one goal.
    """
    metric, query = result.metric, result.query
    part = _only(result)
    value = part.estimate
    start = _baseline(part, before)
    change = mover(value, start)
    low_is_good = direction_of(goal, metric) == "low"
    state, day = _state(goal, result, part, zone)
    far = None
    if value.value is not None:
        far = (value.value - goal.target) * (1 if low_is_good else -1)
    due = goal.by is not None and query.until is not None and query.until < goal.by
    return Aim(
        goal,
        metric,
        query,
        state,
        value,
        start,
        change,
        day,
        far,
        _progress(goal, start, change, low_is_good),
        _needed(goal, query, value) if due and state != MET else None,
        _gone(goal, query, change),
    )


def direction_of(goal: Goal, metric: Metric) -> str:
    """Which direction is good: the metric's own, else the one that the goal says."""
    return metric.better if metric.better in ("high", "low") else goal.direction


def stands(target: float, value: Estimate, low_is_good: bool) -> str:
    """Met or missed where the whole interval lies on one side of the target, else open.

    A value without limits is open; the target itself counts as met.
    """
    if value.value is None and value.note != NOT_REACHED:
        return NO_DATA
    low = -inf if value.low is None else value.low
    high = inf if value.high is None else value.high
    if not low_is_good:
        low, high, target = -high, -low, -target
    return MET if high <= target else MISSED if low > target else OPEN


def ripe_days(metric: Metric) -> int:
    """How many days after a row it can be judged, as far as that is one number."""
    return ceil(metric.ripe_seconds / DAY)


def _state(goal: Goal, result: Result, part: Part, zone: str) -> tuple[str, date | None]:
    """How the goal stands, and from when on it can be told where that is too early."""
    query, metric = result.query, result.metric
    assert query.until is not None
    if result.as_of is None:
        return NO_DATA, None
    ready = query.until + timedelta(days=ripe_days(metric))
    found = stands(goal.target, part.estimate, direction_of(goal, metric) == "low")
    seen = day_of(result.as_of, zone) + timedelta(days=1)
    unripe = bool(metric.ripe_at and part.coverage.get("unripe"))
    if seen < ready or unripe:
        return EARLY, max(ready, goal.by or ready)
    if goal.by and query.until < goal.by and found in (MISSED, OPEN):
        return EARLY, goal.by + timedelta(days=ripe_days(metric))
    return found, None


def _only(result: Result) -> Part:
    return result.parts[0] if len(result.parts) == 1 else Part({}, nothing(), {})


def _baseline(part: Part, before: Result | None) -> Estimate:
    if before is None:
        return nothing()
    other = _only(before)
    scales = [(one.by.get("scale"), one.coverage.get("scales")) for one in (part, other)]
    # A new scale starts a new series.
    return other.estimate if scales[0] == scales[1] else nothing()


def _progress(goal: Goal, start: Estimate, change: Estimate, low_is_good: bool) -> Estimate:
    """The share of the way that is gone; nothing where the baseline had met the target."""
    if start.value is None or change.value is None:
        return nothing()
    way = goal.target - start.value
    if way == 0 or (way < 0) != low_is_good:
        return nothing()
    ends = [None if one is None else one / way for one in (change.low, change.high)]
    low, high = ends if way > 0 else reversed(ends)
    return Estimate(change.value / way, low, high, change.n, change.note)


def _needed(goal: Goal, query: Query, value: Estimate) -> float | None:
    if goal.by is None or query.until is None or value.value is None:
        return None
    return (goal.target - value.value) * MONTH / (goal.by - query.until).days


def _gone(goal: Goal, query: Query, change: Estimate) -> float | None:
    """The change a month, from the end of the baseline to the end of what was measured."""
    if goal.baseline is None or query.until is None or change.value is None:
        return None
    days = (query.until - goal.baseline[1]).days
    return change.value * MONTH / days if days > 0 else None


def _distance(aim: Aim) -> tuple[Sentence, ...]:
    if aim.far is None or aim.state not in (OPEN, MISSED):
        return ()
    filled: dict[str, Filling] = {"far": Amount(aim.far, aim.metric.unit, change=True)}
    if aim.far > 0:
        return (Sentence(N_("It lies {far} off the goal."), filled),)
    return (Sentence(N_("It lies {far} beyond the goal, less than its uncertainty."), filled),)


def _way(aim: Aim) -> tuple[Sentence, ...]:
    if aim.progress.value is None:
        return ()
    told: dict[str, Filling] = {
        "share": Measured(aim.progress, "share"),
        "start": Measured(aim.baseline, aim.metric.unit),
    }
    return (Sentence(N_("Of the way from {start} to the goal, {share} is gone."), told),)


def _paces(aim: Aim) -> tuple[Sentence, ...]:
    if aim.pace is None or aim.goal.by is None:
        return ()
    unit = aim.metric.unit
    told: dict[str, Filling] = {"day": aim.goal.by, "pace": Amount(aim.pace, unit, change=True)}
    need = N_("To be there by {day} it must change by {pace} a month.")
    if aim.paced is None:
        return (Sentence(need, told),)
    if aim.paced * aim.pace <= 0:
        so_far = N_("So far it has gone the other way, or nowhere.")
        return (Sentence(need, told), Sentence(so_far))
    gone: dict[str, Filling] = {"paced": Amount(aim.paced, unit, change=True)}
    return (Sentence(need, told), Sentence(N_("So far it was {paced} a month."), gone))
