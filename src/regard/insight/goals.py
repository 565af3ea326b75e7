"""The goals of a workspace: what is said in goals.toml or brought by sources, held to the data."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from regard.core.errors import BadValue, UnknownName
from regard.core.goal_file import Goal
from regard.core.period import PERIODS, day_of, instant_of, periods
from regard.facts.aims import goals_of, written_goals
from regard.facts.reader import Reader
from regard.insight.aim import Aim, direction_of, judge
from regard.insight.ask import ALL, Result, Scope, ask
from regard.metrics.metric import Metric, catalogue
from regard.metrics.query import Query
from regard.metrics.splits import hours_of, splits_of

WRITTEN = {
    "seconds": ("a duration such as '4 h', or a number of seconds", ("seconds", "number")),
    "share": ("a share such as '85 %' or 0.85", ("share", "number")),
}
A_NUMBER = ("a number", ("number",))
REACH = timedelta(days=400)
"""Farther than any period reaches."""

Answers = Callable[[Query], Result]


def goals(reader: Reader, since: date, until: date, scope: Scope = ALL) -> tuple[Aim, ...]:
    """Every goal that holds in the days [since, until), judged; in the order they are said.

    A goal of every period is judged on the last one that begins in those days, whole. Raises
    UnknownName and BadValue for goals that cannot be, naming their place.
    """

    def answer(query: Query) -> Result:
        return ask(query, reader, scope)

    found = []
    for goal in goals_here(reader):
        days = stretch_of(goal, since, until)
        if days is not None:
            query = Query(goal.metric, *days, where=goal.where)
            found.append(_aim(goal, query, reader.settings.zone, answer))
    return tuple(found)


def goals_here(reader: Reader) -> tuple[Goal, ...]:
    """The goals of a workspace, each of which can be asked about."""
    found = goals_of(reader.workspace, reader.snapshot)
    check_goals(found)
    return found


def check_written(workspace: Path) -> tuple[Goal, ...]:
    """The goals of a workspace's goals.toml, checked; none without one."""
    found = written_goals(workspace)
    check_goals(found)
    return found


def check_goals(told: Iterable[Goal]) -> None:
    """Raises for the first goal whose metric, way to split, unit or direction cannot be."""
    known = {key: one for key, one in catalogue().items() if not one.anonymous}
    for goal in told:
        if goal.metric not in known:
            raise UnknownName(f"metric that may have a goal ({goal.place})", goal.metric, known)
        _check(goal, known[goal.metric])


def stretch_of(goal: Goal, since: date, until: date) -> tuple[date, date] | None:
    """The days on which a goal is judged when [since, until) are asked about; None for none.

    Those asked about, as far as the goal holds; of a goal of every period the last one that begins
    in them, whole.
    """
    first = max(since, goal.since or since)
    after = min(until, goal.until or until)
    if first >= after:
        return None
    return whole(goal.period, after - timedelta(days=1)) if goal.period else (first, after)


def whole(kind: str, day: date) -> tuple[date, date]:
    """The whole day, week, month, quarter or year in which a day lies, its end not counted."""
    noon = instant_of(day, "UTC")
    (found,) = [
        one for one in periods(kind, day - REACH, day + REACH, "UTC") if one.start <= noon < one.end
    ]
    return day_of(found.start, "UTC"), day_of(found.end, "UTC")


def _aim(goal: Goal, query: Query, zone: str, answer: Answers) -> Aim:
    """A goal judged on the days of a query that asks about just that, by answers to queries."""
    asked = replace(query, by=(), quantile=goal.quantile)
    before = None
    if goal.baseline:
        before = answer(replace(asked, since=goal.baseline[0], until=goal.baseline[1]))
    return judge(goal, answer(asked), zone, before)


def aim_for(goals_told: Iterable[Goal], query: Query, zone: str, answer: Answers) -> Aim | None:
    """The first of some goals that is about just what an unsplit query asks, judged.

    It is about the same metric and part of the whole, holds all those days, and where it is a goal
    of every period they are one. None where there is no such goal.
    """
    if query.since is None or query.until is None or query.as_of is not None:
        return None
    for goal in goals_told:
        if goal.metric != query.metric or set(goal.where) != set(query.where):
            continue
        if stretch_of(goal, query.since, query.until) == (query.since, query.until):
            return _aim(goal, query, query.zone or zone, answer)
    return None


def _check(goal: Goal, metric: Metric) -> None:
    known = [*splits_of(metric), *hours_of(metric)]
    for name, _ in goal.where:
        if name not in known:
            raise UnknownName(f"way to split {metric.key} (where of {goal.place})", name, known)
    wanted, ways = WRITTEN.get(metric.unit, A_NUMBER)
    share_beyond = metric.unit == "share" and not 0 <= goal.target <= 1
    if goal.written not in ways or share_beyond:
        raise BadValue(f"target of {goal.place}", _said(goal), wanted)
    own = metric.better if metric.better in ("high", "low") else ""
    if goal.direction and own and goal.direction != own:
        wanted = f"what is good for {metric.key}: '{own}' is; leave it out"
        raise BadValue(f"direction of {goal.place}", goal.direction, wanted)
    if not direction_of(goal, metric):
        wanted = f"'high' or 'low': {metric.key} has no good direction of its own"
        raise BadValue(f"direction of {goal.place}", goal.direction, wanted)
    assert not goal.period or goal.period in PERIODS


def _said(goal: Goal) -> str:
    return {"seconds": f"{goal.target:g} s", "share": f"{goal.target:.4g}"}.get(
        goal.written, f"{goal.target:g}"
    )
