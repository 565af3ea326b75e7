"""How each plant of the demo is looked for: which judgement must say what, and by when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from regard.demo.plants import Plant
from regard.facts.reader import Reader
from regard.insight.ask import ask
from regard.insight.drivers import drivers
from regard.insight.hours import SLOW, UNDERSTAFFED, hours
from regard.insight.signal import Signal
from regard.metrics.query import Query
from regard.stats.mix import HIDDEN, REVERSED

AFTER = timedelta(days=21)
"""A warning counts for a plant until so long after it ends."""


@dataclass(frozen=True)
class Hit:
    """Whether a plant was found; told: the first day it could be told on; by: what said so."""

    found: bool
    told: date | None = None
    by: str = ""


@dataclass(frozen=True)
class Seen:
    """What was judged of a company: the warnings of the year, and its store."""

    reader: Reader
    warnings: tuple[Signal, ...]


Look = Callable[[Plant, Seen], Hit]


def warned(kinds: tuple[str, ...], about: Callable[[Signal], bool]) -> Look:
    """A warning of one of these kinds about it, told while it lasts or soon after."""

    def look(plant: Plant, seen: Seen) -> Hit:
        until = plant.last_day + AFTER
        told = sorted(
            (one.told or one.until, one.kind)
            for one in seen.warnings
            if one.kind in kinds
            and about(one)
            and plant.first_day <= (one.told or one.until) <= until
        )
        return Hit(True, told[0][0], told[0][1]) if told else Hit(False)

    return look


def is_about(*words: str) -> Callable[[Signal], bool]:
    """A signal whose metric or part holds one of these words."""

    def holds(one: Signal) -> bool:
        values = (str(value) for _, value in one.where)
        said = " ".join((one.metric, *one.others, *values))
        return any(word in said for word in words)

    return holds


def slow_cells(plant: Plant, seen: Seen) -> Hit:
    """The hours of the week that are named slow lie in the planted ones."""
    query = Query("first_response_time", since=plant.first_day, until=_after(plant))
    week = hours(query, seen.reader)
    named = [*week.judged(SLOW), *week.judged(UNDERSTAFFED)]
    first, last = int(plant.sizes["from_hour"]), int(plant.sizes["to_hour"])
    inside = [one for one in named if one.weekday == 1 and first <= (one.hour or 0) < last]
    return Hit(bool(inside), None, f"{len(inside)} of {len(named)} hours named")


def reversed_mix(plant: Plant, seen: Seen) -> Hit:
    """Simpson's case, or composition that hides the rate, named for a time."""
    for key in ("time_to_resolve", "time_to_resolve_open"):
        found = drivers(Query(key, since=plant.first_day, until=_after(plant)), seen.reader)
        for split in found.splits:
            if split.mix is not None and split.mix.verdict in (REVERSED, HIDDEN):
                return Hit(True, None, f"{key} by {split.split}: {split.mix.verdict}")
    return Hit(False)


def left_faster(plant: Plant, seen: Seen) -> Hit:
    """Those served slowly leave faster, clear of chance, as retention by service says."""
    (part,) = ask(Query("retention_by_service"), seen.reader).parts
    low = part.estimate.low
    return Hit(low is not None and low > 1, None, f"hazard ratio {part.estimate.value or 0:.1f}")


def begins(plant: Plant) -> date:
    """The day from which on a plant could be told: what ends can be told only once it has ended."""
    return _after(plant) if plant.name == "ended_problem" else plant.first_day


def _after(plant: Plant) -> date:
    return plant.last_day + timedelta(days=1)


LOOKS: Mapping[str, Look] = {
    "mix_shift": reversed_mix,
    "ended_problem": warned(("vanished",), is_about("old-app")),
    "surge": warned(("surge", "newcomer"), lambda one: True),
    "quiet_team": warned(("unasked",), is_about("billing")),
    "unread_article": warned(("article",), lambda one: True),
    "understaffed": warned(
        ("limits", "drift", "hours"), is_about("response", "answered", "backlog", "sla", "wait")
    ),
    "scanners": warned(("answers",), lambda one: True),
    "afternoon": slow_cells,
    "campaign": warned(("limits", "drift", "surge"), is_about("voice", "mentions", "followers")),
    "new_problem": warned(("newcomer", "riser", "surge", "unnamed"), is_about("pairing")),
    "reopened": warned(("limits", "drift", "surge"), is_about("reopen")),
    "slow_churn": left_faster,
}
"""seed001 is not among them: it is the guard's, a failure that looks like a success."""
