"""Looking again and again at the last days of a course: windows of its periods, alarms, runs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from regard.core.period import label
from regard.insight.ask import Result
from regard.stats.estimate import Estimate

Course = Mapping[str, Estimate]
"""What was measured in each period, by its label."""
STEPS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Alarm:
    """What one look saw by a metric: in the days [since, until), told at the end of a day."""

    metric: str

    told: date
    since: date
    until: date
    seen: Estimate
    usual: Estimate
    chance: float


def courses(result: Result, kind: str, split: str = "") -> dict[str, Course]:
    """The course of each part that has a name, of an answer by `kind` and a split.

    Without a split there is one, under the empty name.
    """
    found: dict[str, dict[str, Estimate]] = {}
    for part in result.parts:
        name = part.by.get(split) if split else ""
        if name is not None and kind in part.by:
            found.setdefault(str(name), {})[str(part.by[kind])] = part.estimate
    return dict(found)


def window(course: Course, kind: str, since: date, until: date) -> list[Estimate]:
    """What a course says of the days or weeks that begin in [since, until)."""
    step = timedelta(days=STEPS[kind])
    found, first = [], since
    while first < until:
        one = course.get(label(kind, first))
        if one is not None:
            found.append(one)
        first += step
    return found


def looks(since: date, until: date, kind: str, late: int) -> Iterator[tuple[date, date]]:
    """The ends (not counted) of the days or Monday weeks judged in [since, until), and when.

    late: how many days after its last day a period can be judged. Pairs of that end and the day
    at whose end it is told.
    """
    first = since - timedelta(days=late)
    end = first if kind == "day" else first - timedelta(days=first.weekday())
    while True:
        told = end + timedelta(days=late - 1)
        if told >= until:
            return
        if told >= since:
            yield end, told
        end += timedelta(days=STEPS[kind])


def runs(alarms: Iterable[Alarm], apart: int) -> list[list[Alarm]]:
    """Alarms in the order told, those less than `apart` days after the last together."""
    found: list[list[Alarm]] = []
    for one in sorted(alarms, key=lambda each: each.told):
        if found and (one.told - found[-1][-1].told).days <= apart:
            found[-1].append(one)
        else:
            found.append([one])
    return found
