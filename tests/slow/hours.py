"""Opening hours told one day after another, and the times that count in them alone."""

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from regard.demo.calendars import CALENDARS_TOML
from slow.complaining import clocks as complaint_clocks
from slow.curves import DONE, RIVAL, WAITS, Exit, reached
from slow.public import mention_clocks, review_clocks
from slow.telling import second
from slow.tickets import answering, answering_by_team, first_solving, last_solving, resolving
from slow.turns import clock as turn_clock
from slow.turns import turns
from slow.world import Slow, World

FIRST, LAST = date(2024, 1, 1), date(2028, 1, 1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Clock = tuple[datetime | None, datetime | None, datetime | None]


@dataclass(frozen=True)
class Hours:
    """The stretches in which a calendar is open, in seconds since 1970, in order."""

    begins: Sequence[int]
    ends: Sequence[int]

    def passed(self, start: int, end: int) -> int:
        """The open seconds between two."""
        total, place = 0, max(0, bisect_right(self.begins, start) - 1)
        while place < len(self.begins) and self.begins[place] < end:
            total += max(0, min(end, self.ends[place]) - max(start, self.begins[place]))
            place += 1
        return total

    def after(self, start: int, seconds: int) -> int:
        """The first second by which so many open ones have passed."""
        if seconds <= 0:
            return start
        for begin, end in zip(self.begins, self.ends, strict=True):
            here = max(0, end - max(start, begin))
            if here >= seconds:
                return max(start, begin) + seconds
            seconds -= here
        raise AssertionError("The hours told here do not reach so far.")


@cache
def hours(name: str) -> Hours:
    """The hours of a calendar of the demo's company, from its calendars.toml."""
    said: Mapping[str, Any] = tomllib.loads(CALENDARS_TOML)["calendar"][name]
    zone = ZoneInfo(said["zone"])
    closed = holidays.country_holidays(said["country"], years=range(FIRST.year, LAST.year + 1))
    begins, ends, day = [], [], FIRST
    while day < LAST:
        for stretch in said["week"].get(DAYS[day.weekday()], ()) if day not in closed else ():
            start, end = (
                datetime.combine(day, time.fromisoformat(clock), zone)
                for clock in stretch.split("-")
            )
            begins.append(int(start.timestamp()))
            ends.append(int(end.timestamp()))
        day += timedelta(days=1)
    return Hours(begins, ends)


def opened(start: datetime, end: datetime, calendar: str = "default") -> int:
    """The open seconds between two instants."""
    return hours(calendar).passed(second(start), second(end))


def exits(world: World, clocks: Sequence[Clock]) -> list[Exit]:
    """How the clocks that began in the days asked about ended, in open seconds."""
    found = []
    for start, done, rival in clocks:
        if start is None or not world.inside(start):
            continue
        if done is not None and (rival is None or done <= rival):
            found.append((0, opened(start, done), DONE))
        elif rival is not None:
            found.append((0, opened(start, rival), RIVAL))
        elif start <= world.as_of:
            found.append((0, opened(start, world.as_of), WAITS))
    return found


def over(clocks: Callable[[World], Sequence[Clock]]) -> Slow:
    """The open time by which half were served."""
    return lambda world: reached(exits(world, clocks(world)))


SLOW: dict[str, Slow] = {
    "time_to_resolve_open": over(lambda w: [resolving(one) for one in w.matters]),
    "time_to_first_solve_open": over(lambda w: [first_solving(one) for one in w.matters]),
    "time_to_last_solve_open": over(lambda w: [last_solving(one) for one in w.matters]),
    "first_response_time_open": over(lambda w: [answering(one) for one in w.matters]),
    "team_first_response_time_open": over(lambda w: [answering_by_team(m) for m in w.matters]),
    "next_response_time_open": over(lambda w: [turn_clock(turn) for turn in turns(w)]),
    "complaint_time_to_acknowledge_open": over(complaint_clocks("acknowledged_at")),
    "complaint_time_to_settle_open": over(complaint_clocks("settled_at")),
    "review_reply_time_open": over(review_clocks),
    "social_response_time_open": over(mention_clocks),
}
