"""The hour of the week: response, what comes in and who is there, and which hours lack people.

An hour is called understaffed when four things hold: it has at least LEAST_CASES cases; its
response is worse than usual by its interval; that still stands when all 168 hours are asked at
once (Benjamini and Hochberg at FALSE_CALLS); and each person there has more to do than in the
median hour of the usual weeks. The usual is the same question over the YEAR_DAYS days before the
end of the range, or over all of the range where that is longer. Some weeks hold too few Mondays
to tell one of their hours from chance, so the 24 hours of the day and the 7 weekdays are judged
beside them, each as a family of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from statistics import median

from regard.core.errors import BadValue, UnknownName
from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask
from regard.insight.lacking import givers_of, say_why
from regard.metrics.metric import Metric, metric
from regard.metrics.offsets import HOUR_SECONDS
from regard.metrics.plan import plan
from regard.metrics.query import Query
from regard.metrics.week import WEEK
from regard.stats.discovery import FALSE_CALLS, adjusted, chance_beyond
from regard.stats.estimate import Estimate, nothing

LEAST_CASES = 20
"""Cases that an hour of the week needs before it is judged at all."""
SOMEBODY = 0.5
"""People on average under which an hour counts as one in which nobody is there."""
YEAR_DAYS = 364
"""Whole weeks, so that each weekday comes equally often in the usual."""
ARRIVALS = "messages_in"
PEOPLE = ("people_on_duty", "people_planned", "people_active")
"""Metrics that say who is there, the best first."""
BY = ("weekday", "hour")
Cells = dict[tuple[int | None, int | None], tuple[Estimate, Mapping[str, object]]]

UNDERSTAFFED, UNATTENDED, SLOW, UNKNOWN, FEW, CALM = (
    "understaffed",
    "unattended",
    "slow",
    "people_unknown",
    "few",
    "calm",
)
JUDGEMENTS: Mapping[str, str] = {
    UNDERSTAFFED: N_("Too few people: worse than usual, with more to do for each person."),
    UNATTENDED: N_("Nobody there: worse than usual, and hardly anybody is on duty."),
    SLOW: N_("Worse than usual, though people have no more to do than usual: look elsewhere."),
    UNKNOWN: N_("Worse than usual; how much each person had to do is not known."),
    FEW: N_("Too few cases to judge."),
    CALM: N_("No worse than usual, as far as can be told."),
}
"""What is said of an hour, marked for translation."""


NOTHING: tuple[Estimate, Mapping[str, object]] = (nothing(), {})


@dataclass(frozen=True)
class Hour:
    """One hour of the week, of the day, or one weekday.

    weekday: 1 to 7, Monday is 1; None: every day. hour: 0 to 23, of the local clock; None: all
    day. times: how many such hours
    the range holds. response: the metric's value, coverage beside it. arrivals: messages by
    customers in all; each: in one such hour. people: how many are there. load: arrivals of an
    hour for each person; None where nobody is there or it is not known. chance: the adjusted
    p-value of being no worse than usual. judgement: one of JUDGEMENTS.
    """

    weekday: int | None
    hour: int | None
    times: float
    response: Estimate
    coverage: Mapping[str, object]
    arrivals: Estimate
    each: Estimate
    people: Estimate
    load: float | None
    chance: float = 1.0
    judgement: str = CALM

    @property
    def said(self) -> str:
        """The judgement in words, marked for translation."""
        return JUDGEMENTS[self.judgement]


@dataclass(frozen=True)
class HourWeek:
    """The 168 hours of a week, from Monday at 0 on.

    clock: the 24 hours of the day. days: the 7 weekdays. people_from: the metric that says who
    is there; empty where none can. usual: the metric over the usual weeks; usual_load: what a
    person has to do in the median hour of them. against: the query that the usual answers.
    """

    query: Query
    metric: Metric
    hours: tuple[Hour, ...]
    clock: tuple[Hour, ...]
    days: tuple[Hour, ...]
    people_from: str
    usual: Estimate
    usual_load: float | None
    against: Query
    store_version: int
    as_of: datetime | None
    reason: str = ""
    lacking: tuple[str, ...] = ()

    def judged(self, judgement: str) -> tuple[Hour, ...]:
        """The hours of which this is said."""
        return tuple(hour for hour in self.hours if hour.judgement == judgement)

    def to_json(self) -> dict[str, object]:
        """The week as plain values."""
        return {
            "metric": self.metric.key,
            "version": self.metric.version,
            "query": replace(self.query, by=()).to_json(),
            "store_version": self.store_version,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "reason": say_why(self.reason, self.lacking, "en"),
            "givers": givers_of(self.lacking),
            "people_from": self.people_from,
            "usual": self.usual.to_json(),
            "usual_load": self.usual_load,
            "against": {name: self.against.to_json()[name] for name in ("from", "to")},
            "hours": [_hour_json(hour) for hour in self.hours],
            "clock": [_hour_json(hour) for hour in self.clock],
            "days": [_hour_json(hour) for hour in self.days],
        }


def hours(
    query: Query,
    reader: Reader,
    scope: Scope = ALL,
    answer: Callable[[Query], Result] | None = None,
) -> HourWeek:
    """The hours of the week of a time or a share; splits of the query are set aside.

    answer: where answers are kept, if not asked anew. A filter that arrivals or people do not
    know leaves them unknown.
    """
    wanted = metric(query.metric)
    _check(wanted)
    query = replace(query, by=())
    desk = _Desk(query, reader, answer or (lambda one: ask(one, reader, scope)))
    response = desk.asked(replace(query, by=BY))
    _one_value(response)
    against = _usual(query)
    usual = desk.asked(against).parts[0].estimate
    people_from, bare = _bare(query, desk)
    before = bare if against == query else _bare(against, desk)[1]
    week, clock, days = (_family(bare, before, by, desk, usual) for by in (BY, BY[1:], BY[:1]))
    return HourWeek(
        query=query,
        metric=wanted,
        hours=week[0],
        clock=clock[0],
        days=days[0],
        people_from=people_from,
        usual=usual,
        usual_load=week[1],
        against=against,
        store_version=response.store_version,
        as_of=response.as_of,
        reason=response.reason,
        lacking=response.lacking,
    )


@dataclass(frozen=True)
class _Desk:
    """What is asked, and who answers."""

    query: Query
    reader: Reader
    asked: Callable[[Query], Result]


def _family(
    bare: Sequence[Hour], before: Sequence[Hour], by: tuple[str, ...], desk: _Desk, usual: Estimate
) -> tuple[tuple[Hour, ...], float | None]:
    """Hours judged together, and what a person has to do in the median one of the usual weeks."""
    said = _by_cell(desk.asked(replace(desk.query, by=by)))
    cells = []
    for hour in _together(bare, by):
        response, coverage = said.get((hour.weekday, hour.hour), NOTHING)
        cells.append(replace(hour, response=response, coverage=coverage))
    loads = [hour.load for hour in _together(before, by) if hour.load is not None]
    usual_load = median(loads) if loads else None
    low_is_good = metric(desk.query.metric).better == "low"
    return _judged(cells, usual, usual_load, low_is_good), usual_load


def has_hours(wanted: Metric) -> bool:
    """Whether a metric is a time or a share that can be worse at one hour than at another."""
    known = wanted.unit in ("seconds", "share") and wanted.better != "none"
    return known and not wanted.shape.stock and not wanted.anonymous


def _check(wanted: Metric) -> None:
    """Only what can be better or worse, one value an hour, has hours to lack people in."""
    if not has_hours(wanted):
        need = "a time or a share that is better high or low, such as first_response_time"
        raise BadValue("The metric", wanted.key, need)


def _usual(query: Query) -> Query:
    """The same question over the year before the end of the range, or all of a longer range."""
    if query.since is None or query.until is None:
        return query
    return replace(query, since=min(query.since, query.until - timedelta(days=YEAR_DAYS)))


def _one_value(response: Result) -> None:
    if any(set(part.by) - set(BY) for part in response.parts):
        raise BadValue("The metric", response.metric.key, "one with a single value an hour")


def _bare(query: Query, desk: _Desk) -> tuple[str, list[Hour]]:
    """The 168 hours without their response, and which metric says who is there."""
    split = replace(query, by=BY)
    arrivals = _by_cell(_known(replace(split, metric=ARRIVALS), desk))
    people_from, people = _people(split, desk)
    within = tuple(pair for pair in query.where if pair[0] in WEEK)
    laid = plan(replace(query, metric=ARRIVALS, where=within), metric(ARRIVALS), desk.reader)
    made = []
    for weekday, hour in product(*WEEK.values()):
        place = (int(weekday), int(hour))
        came, there = (found.get(place, NOTHING)[0] for found in (arrivals, people))
        times = laid.cover(None, (weekday, hour)).seconds / HOUR_SECONDS
        made.append(_hour(*place, times, came, there))
    return people_from, made


def _hour(
    weekday: int | None, hour: int | None, times: float, came: Estimate, there: Estimate
) -> Hour:
    each = _over(came, times)
    return Hour(weekday, hour, times, *NOTHING, came, each, there, _load(each, there))


def _together(bare: Sequence[Hour], by: tuple[str, ...]) -> list[Hour]:
    """The same by less: counts add up, people are averaged over the hours; without intervals."""
    if by == BY:
        return list(bare)
    groups: dict[tuple[int | None, int | None], list[Hour]] = {}
    for hour in bare:
        place = tuple(getattr(hour, name) if name in by else None for name in BY)
        groups.setdefault((place[0], place[1]), []).append(hour)
    return [_summed(*place, groups[place]) for place in groups]


def _summed(weekday: int | None, hour: int | None, hours: list[Hour]) -> Hour:
    times = sum(one.times for one in hours)
    known = [one for one in hours if one.arrivals.value is not None]
    came = sum(one.arrivals.value or 0 for one in known)
    manned = [one for one in hours if one.people.value is not None]
    spent = sum((one.people.value or 0) * one.times for one in manned)
    over = sum(one.times for one in manned)
    # How many different people there were cannot be added; at least as many as in one hour.
    most = max((one.people.n for one in manned), default=0)
    arrivals = Estimate(came, n=sum(one.arrivals.n for one in known)) if known else nothing()
    people = Estimate(spent / over, n=most) if over else nothing()
    return _hour(weekday, hour, times, arrivals, people)


def _people(split: Query, desk: _Desk) -> tuple[str, Cells]:
    """Who is there by the best metric that knows of anybody in the range."""
    for key in PEOPLE:
        found = _by_cell(_known(replace(split, metric=key), desk))
        if any(estimate.n for estimate, _ in found.values()):
            return key, found
    return "", {}


def _known(query: Query, desk: _Desk) -> Result | None:
    """The answer; None where the metric does not know one of the filters."""
    try:
        return desk.asked(query)
    except UnknownName:
        return None


def _by_cell(result: Result | None) -> Cells:
    if result is None or result.lacking:
        return {}
    return {
        (part.by.get("weekday"), part.by.get("hour")): (part.estimate, part.coverage)
        for part in result.parts
        if part.by
    }


def _over(came: Estimate, times: float) -> Estimate:
    """A count for each of so many hours."""
    if came.value is None or not times:
        return nothing()
    value, low, high = (
        None if number is None else number / times for number in (came.value, came.low, came.high)
    )
    return replace(came, value=value, low=low, high=high)


def _load(each: Estimate, there: Estimate) -> float | None:
    if each.value is None or there.value is None or there.value < SOMEBODY:
        return None
    return each.value / there.value


def _judged(
    cells: list[Hour], usual: Estimate, usual_load: float | None, low_is_good: bool
) -> tuple[Hour, ...]:
    chances = [
        chance_beyond(hour.response, usual, upwards=low_is_good)
        if hour.response.n >= LEAST_CASES
        else 1.0
        for hour in cells
    ]
    return tuple(
        replace(hour, chance=chance, judgement=_judge(hour, chance, usual, usual_load, low_is_good))
        for hour, chance in zip(cells, adjusted(chances), strict=True)
    )


def _judge(
    hour: Hour, chance: float, usual: Estimate, usual_load: float | None, low_is_good: bool
) -> str:
    if hour.response.n < LEAST_CASES:
        return FEW
    if chance > FALSE_CALLS or not _beyond(hour.response, usual, low_is_good):
        return CALM
    if hour.people.value is not None and hour.people.value < SOMEBODY:
        return UNATTENDED
    if hour.load is None or usual_load is None:
        return UNKNOWN
    return UNDERSTAFFED if hour.load > usual_load else SLOW


def _beyond(response: Estimate, usual: Estimate, low_is_good: bool) -> bool:
    """Whether even the better end of the interval is worse than usual."""
    bound = response.low if low_is_good else response.high
    if bound is None or usual.value is None:
        return False
    return bound > usual.value if low_is_good else bound < usual.value


def _hour_json(hour: Hour) -> dict[str, object]:
    return {
        "weekday": hour.weekday,
        "hour": hour.hour,
        "times": hour.times,
        "response": hour.response.to_json(),
        "arrivals": hour.arrivals.to_json(),
        "arrivals_each": hour.each.to_json(),
        "people": hour.people.to_json(),
        "load": hour.load,
        "chance": hour.chance,
        "judgement": hour.judgement,
    }
