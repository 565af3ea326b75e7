"""Turns and promises counted slowly and plainly, with nothing of ours but what was written here.

Time is whole seconds since 1970. Opening hours are found by asking a zone, minute by minute, what
its wall clock shows; everything else is lists of stretches, cut and added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY, CHASE = 86400, 86400
Stretch = tuple[int, int]
Length = tuple[int, int | None, bool]
"""From when, seconds (None: withdrawn), whether in opening hours."""
RUNNING = {
    "requester_wait": ("new", "open", "on_hold"),
    "agent_work": ("new", "open"),
    "pausable": ("new", "open", "on_hold"),
}
"""The statuses in which a clock runs; the other targets' never stands still."""


@dataclass(frozen=True)
class Hours:
    """Opening hours: the zone, and for each weekday from Monday spans in seconds of the wall."""

    zone: str
    week: tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True)
class Event:
    """Something that happened to a ticket.

    kind: asks, thanks, replies; solves, lapses (an end by a machine), status, calendar, length.
    value: the status after a solve, a lapse or a status; the name of the calendar; for a length
    (target, seconds or None when it is withdrawn, whether in opening hours).
    """

    at: int
    kind: str
    value: str | tuple[str, int | None, bool] = ""


@dataclass(frozen=True)
class Turn:
    """A turn: from, until (None: open), how it ended, the instants of its messages and chasers."""

    start: int
    end: int | None
    kind: str | None
    messages: tuple[int, ...]
    chased: tuple[int, ...] = ()


@dataclass(frozen=True)
class Promise:
    """A promise: which, since when, until when and how it stopped, its deadline and state."""

    target: str
    start: int
    stop: int | None
    kind: str | None
    due: int | None
    state: str


@dataclass(frozen=True)
class History:
    """A ticket: when it began, under which calendar, what happened in order, until when we know."""

    created: int
    calendar: str
    events: tuple[Event, ...]
    as_of: int
    hours: tuple[tuple[str, Hours], ...]


def shown_open(hours: Hours, instant: int) -> bool:
    """Whether the wall clock of that instant lies in a span of its day, or of the day before."""
    wall = datetime.fromtimestamp(instant, ZoneInfo(hours.zone))
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    today, before = hours.week[wall.weekday()], hours.week[(wall - timedelta(days=1)).weekday()]
    spans = [*today, *((start - DAY, end - DAY) for start, end in before)]
    return any(start <= second < end for start, end in spans)


@cache
def open_stretches(hours: Hours, first: int, last: int) -> tuple[Stretch, ...]:
    """The open stretches between two instants, both on the minute."""
    found: list[list[int]] = []
    for minute in range(first, last, 60):
        if not shown_open(hours, minute):
            continue
        if found and found[-1][1] == minute:
            found[-1][1] = minute + 60
        else:
            found.append([minute, minute + 60])
    return tuple((start, end) for start, end in found)


def cut(stretches: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    """What of the stretches lies between two instants."""
    pieces = [(max(a, start), min(b, end)) for a, b in stretches]
    return [(a, b) for a, b in pieces if a < b]


def reach(stretches: Sequence[Stretch], seconds: int) -> int | None:
    """The first instant at which so many seconds of the stretches have passed; None: never."""
    for start, end in stretches:
        if seconds <= end - start:
            return start + seconds
        seconds -= end - start
    return None


def horizon(history: History) -> tuple[int, int]:
    """The days looked at: from before the ticket until long after the last event."""
    return history.created // DAY * DAY - DAY, history.as_of // DAY * DAY + 60 * DAY


def running(
    history: History, start: int, stop: int | None, opening: bool, states: Sequence[str] | None
) -> list[Stretch]:
    """The stretches from `start` on during which a clock runs, without end after `stop`.

    opening: only opening hours, of the calendar that held then. states: only while the ticket was
    in one of these. After a stop nothing changes any more: the clock would have gone on.
    """
    first, last = horizon(history)
    named = dict(history.hours)
    found: list[Stretch] = []
    before = [event for event in history.events if event.at < start]
    during = [event for event in history.events if event.at >= start]
    calendar, status, since = history.calendar, "new", start

    def add(until: int, always: bool = False) -> None:
        if always or states is None or status in states:
            spans = open_stretches(named[calendar], first, last) if opening else [(first, last)]
            found.extend(cut(spans, since, until))

    for event in before:
        calendar = str(event.value) if event.kind == "calendar" else calendar
        status = str(event.value) if event.kind in ("status", "solves", "lapses") else status
    for event in during:
        if stop is not None and event.at >= stop:
            break
        add(event.at)
        since = event.at
        calendar = str(event.value) if event.kind == "calendar" else calendar
        status = str(event.value) if event.kind in ("status", "solves", "lapses") else status
    if stop is not None:
        add(stop)
        since = max(stop, start)
        add(last, always=True)
    else:
        add(last)
    return found


def seconds_of(history: History, start: int, end: int) -> int:
    """Open seconds between two instants."""
    return sum(b - a for a, b in cut(running(history, start, end, True, None), start, end))


def turns_of(history: History) -> list[Turn]:
    """The turns of a ticket, in order."""
    found: list[Turn] = []
    said: list[Event] = []

    def close(end: int | None, kind: str | None) -> None:
        if not said:
            return
        instants = tuple(event.at for event in said)
        # The first message of a ticket is a question whatever it says.
        if found and all(event.kind == "thanks" for event in said):
            end, kind = instants[-1], "thanks"
        # Who thanks chases nobody, but has spoken.
        pairs = pairwise(said)
        chased = [b.at for a, b in pairs if b.at - a.at >= CHASE and b.kind == "asks"]
        # Thanks said before the question are of the run, but nothing was asked until then.
        real = [event.at for event in said if event.kind == "asks"]
        start = real[0] if found and real else instants[0]
        found.append(Turn(start, end, kind, instants, tuple(chased)))
        said.clear()

    ends = {"replies": "reply", "solves": "solve", "lapses": "lapse"}
    for event in history.events:
        if event.kind in ("asks", "thanks"):
            said.append(event)
        elif event.kind in ends:
            close(event.at, ends[event.kind])
    close(None, None)
    return found


def spans_of(history: History) -> list[tuple[str, int, int | None, str | None]]:
    """What may be promised: target, from, until, how it stopped."""
    turns = turns_of(history)
    found: list[tuple[str, int, int | None, str | None]] = [
        ("next" if n else "first", turn.start, turn.end, turn.kind)
        for n, turn in enumerate(turns)
        if turn.kind != "thanks"
    ]
    last: tuple[int, str] | None = None
    since: int | None = None
    for event in history.events:
        if event.kind in ("solves", "lapses"):
            last = last or (event.at, {"solves": "solve", "lapses": "lapse"}[event.kind])
        elif event.kind == "status":
            last = None
        if event.kind in ("replies", "solves", "lapses") and since is not None:
            ended = {"replies": "reply", "solves": "solve", "lapses": "lapse"}[event.kind]
            found += [(name, since, event.at, ended) for name in ("periodic", "pausable")]
            since = None
        if event.kind == "replies":
            since = event.at
    if since is not None:
        found += [(name, since, None, None) for name in ("periodic", "pausable")]
    stop, kind = last or (None, None)
    whole = ("requester_wait", "agent_work", "resolution")
    return [*found, *((name, history.created, stop, kind) for name in whole)]


def promises_of(history: History) -> list[Promise]:
    """What was promised, with deadline and state."""
    found = []
    for target, start, stop, kind in spans_of(history):
        lengths = lengths_of(history, target, start, stop)
        if any(seconds is not None for _, seconds, _ in lengths):
            due, holds = deadline(history, target, start, stop, lengths)
            state = state_of(due, holds, stop, kind, target, history.as_of)
            found.append(Promise(target, start, stop, kind, due, state))
    return found


def lengths_of(history: History, target: str, start: int, stop: int | None) -> list[Length]:
    """The length that held at the start of a clock, as from then, and those until its stop."""
    found: list[Length] = []
    for event in history.events:
        if isinstance(event.value, str) or event.value[0] != target:
            continue
        _, seconds, opening = event.value
        if event.at <= start:
            found = [(start, seconds, opening)]
        elif stop is None or event.at < stop:
            found.append((event.at, seconds, opening))
    return found


def deadline(
    history: History,
    target: str,
    start: int,
    stop: int | None,
    lengths: Sequence[Length],
) -> tuple[int | None, bool]:
    """The deadline, None where there is none or it is not known; and whether any promise holds."""
    due: int | None = None
    promised = False
    for at, seconds, opening in lengths:
        if due is not None and due <= at and at > start:
            break
        promised, due = seconds is not None, None
        if seconds is not None:
            states = RUNNING.get(target)
            due = reach(running(history, start, stop, opening, states), seconds)
            due = None if due is None else max(due, at)
    return due, promised


def state_of(
    due: int | None, promised: bool, stop: int | None, kind: str | None, target: str, as_of: int
) -> str:
    """met, missed, running, paused or withdrawn."""
    if not promised:
        return "withdrawn"
    if stop is None:
        return "paused" if due is None else "missed" if due <= as_of else "running"
    assert due is not None
    by = "solve" if target in ("requester_wait", "agent_work", "resolution") else "reply"
    if kind == by:
        return "met" if stop <= due else "missed"
    return "missed" if due <= stop else "withdrawn"
