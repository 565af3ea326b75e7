"""Goals missed: the whole interval of a finished period lies on the bad side of the target."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from regard.core.goal_file import Goal
from regard.core.i18n import N_
from regard.core.period import label
from regard.insight.aim import DAY, MISSED, Aim, direction_of, judge, ripe_days
from regard.insight.ask import ask
from regard.insight.goals import goals_here, whole
from regard.insight.sentence import Amount, Filling, Measured, Sentence
from regard.insight.signal import Signal
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.discovery import chance_beyond
from regard.stats.estimate import Estimate

MONTHLY = "month"
"""In which periods a goal without one is looked at."""
WHY = N_("The whole 95 % interval lies on the wrong side of the goal of {target}: {value}.")


@dataclass(frozen=True)
class _Judged:
    """A goal in one period, and the first day at whose end that could be told."""

    aim: Aim
    since: date
    until: date
    told: date


def look(watched: Watched) -> Looked:
    """Every goal in every period that ends in the days looked at; misses in a row are one."""
    signals: list[Signal] = []
    asked = 0
    for goal in goals_here(watched.reader):
        judged = list(_judged(goal, watched))
        asked += len(judged)
        signals += [_signal(goal, run) for run in _runs(judged)]
    return Looked(tuple(signals), asked)


def _judged(goal: Goal, watched: Watched) -> Iterator[_Judged]:
    """The goal in each whole period of which the verdict falls into the days looked at."""
    kind = goal.period or MONTHLY
    late = _late(goal)
    days = [
        (since, until)
        for since, until in _periods(kind, watched.since - timedelta(days=late), watched.until)
        if watched.since <= until + timedelta(days=late - 1) < watched.until
        and (goal.since is None or since >= goal.since)
        and (goal.until is None or until <= goal.until)
        and (goal.by is None or until >= goal.by)
    ]
    if not days:
        return
    query = Query(
        goal.metric,
        days[0][0],
        days[-1][1],
        by=(kind,),
        where=goal.where,
        zone=watched.zone,
        quantile=goal.quantile,
    )
    course = ask(query, watched.reader, watched.scope)
    for since, until in days:
        parts = [one for one in course.parts if one.by.get(kind) == label(kind, since)]
        asked = replace(query, since=since, until=until, by=())
        aim = judge(goal, replace(course, query=asked, parts=tuple(parts)), watched.zone)
        yield _Judged(aim, since, until, until + timedelta(days=late - 1))


def _late(goal: Goal) -> int:
    """How many days after its end a period can be judged.

    A time is judged when the target has passed for the last who came: whether it was missed does
    not depend on what happens after that.
    """
    wanted = metric(goal.metric)
    waits = ceil(goal.target / DAY) if wanted.unit == "seconds" else 0
    return max(waits, ripe_days(wanted))


def _periods(kind: str, since: date, until: date) -> Iterator[tuple[date, date]]:
    first, after = whole(kind, since)
    while after <= until:
        yield first, after
        first, after = whole(kind, after)


def _runs(judged: list[_Judged]) -> Iterator[list[_Judged]]:
    """The misses, those of periods in a row together."""
    run: list[_Judged] = []
    for one in judged:
        if one.aim.state == MISSED:
            run.append(one)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _signal(goal: Goal, run: list[_Judged]) -> Signal:
    last = run[-1]
    low_is_good = direction_of(goal, last.aim.metric) == "low"
    edge = Estimate(goal.target, goal.target, goal.target)
    unit = last.aim.metric.unit
    chances = [chance_beyond(one.aim.value, edge, upwards=low_is_good) for one in run]
    told: dict[str, Filling] = {
        "target": Amount(goal.target, unit),
        "value": Measured(last.aim.value, unit),
    }
    return Signal(
        kind="goal",
        metric=goal.metric,
        since=last.since,
        until=last.until,
        says=last.aim.says,
        why=Sentence(WHY, told),
        evidence=last.aim.query,
        where=goal.where,
        began=run[0].since,
        told=run[0].told,
        seen=last.aim.value,
        usual=edge,
        chance=min(chances),
        good=False,
        cost=float(last.aim.value.n) or None,
        then=replace(last.aim.query, by=("week",)),
    )


WATCHES = [Watch("goals", N_("Goals that are missed beyond chance"), look)]
