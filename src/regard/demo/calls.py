"""Calls to the demo's line: who called when, how it ended, and who had to call again."""

from dataclasses import dataclass

import numpy as np

from regard.demo.arrivals import HOURS, WEEKDAYS, month_level
from regard.demo.calendars import LINE_CLOSES, OPENS
from regard.demo.chance import Flags, Real, Whole, Words, around, drawn, happens, words
from regard.demo.clock import SECOND, Openings, Window
from regard.demo.kinds import PRIORITY_SHARES
from regard.demo.mix import kinds_at
from regard.demo.openings import workdays
from regard.demo.plants import Plant, plant
from regard.demo.rows import UNKNOWN
from regard.demo.stories import (
    CALLS_UP,
    HANDLE_TIME,
    REPEATS_UP,
    SURGE_CALLS,
    slowness,
    swelling,
)

PER_TICKET = 0.4
CALL_AGAIN = 0.15
"""Calls that repeat an earlier one, for each that does not."""
CLOSED_HOURS = 0.05
EARLY_AND_LATE = (6, 7, 20, 21)
UNIDENTIFIED = 0.12
IN_MENU = ("ivr_served", "ivr_left", "ivr_unknown", "blocked", "test")
IN_MENU_SHARES = (0.08, 0.03, 0.01, 0.008, 0.003)
WAITS, WAIT_SECONDS, PATIENCE_SECONDS = 0.34, 38.0, 190.0
VOICEMAIL, FLOWED_OUT, CALLBACK = 0.02, 0.007, 0.25
"""Shares of the offered; callbacks of those who would wait longer than LONG_WAIT seconds."""
LONG_WAIT = 75
SHORT_OF_PEOPLE = 0.2
"""How much of the slowness in writing the line feels too."""
HANDLE_SECONDS = 420.0


@dataclass(frozen=True)
class Calls:
    """One position a call, in order of arrival; wait and handle in seconds.

    wait: in the first queue. handle: talk, hold and wrap over all its people, 0 where nobody
    spoke. repeats: the position of the call it repeats, else UNKNOWN.
    """

    arrived: Whole
    customer: Whole
    kind: Whole
    priority: Whole
    outcome: Words
    ivr: Whole
    wait: Whole
    handle: Whole
    repeats: Whole

    @property
    def offered(self) -> Flags:
        """Whether it came to a human queue."""
        return np.isin(
            self.outcome, ("answered", "abandoned", "voicemail", "callback", "flowed_out")
        )


def calls(
    rng: np.random.Generator,
    window: Window,
    line: Openings,
    plants: tuple[Plant, ...],
    weight: Real,
    tickets: int,
) -> Calls:
    """The calls of a company with that many tickets; weight: how often each customer calls."""
    level = _call_level(window, plants)
    days = _line_days(window) * swelling(window, plants, SURGE_CALLS)
    monthly = level * np.bincount(window.month, days)
    total = np.rint(tickets * PER_TICKET * monthly / monthly.sum()).astype(np.int64)
    again = np.full(len(level), CALL_AGAIN)
    if plant("seed001", plants):
        again[_planted_month(window)] *= REPEATS_UP
    repeats = np.rint(total * again / (1 + again)).astype(np.int64)
    first = _first_calls(rng, window, plants, days, total - repeats, weight)
    second = _repeats(rng, window, line, plants, first, repeats)
    return _in_order(rng, window, plants, first, second)


def _planted_month(window: Window) -> int:
    """The last full month's position."""
    return int(window.month[-1]) - (0 if window.until.day == 1 else 1)


def _call_level(window: Window, plants: tuple[Plant, ...]) -> Real:
    level = month_level(window)
    if plant("seed001", plants):
        month = _planted_month(window)
        level[month] = level[month - 1] * CALLS_UP
    return level


def _line_days(window: Window) -> Real:
    weekday = np.array([WEEKDAYS[day.weekday()] for day in window.days])
    return np.where(workdays(window), weekday, 0.0)


def _first_calls(
    rng: np.random.Generator,
    window: Window,
    plants: tuple[Plant, ...],
    days: Real,
    counts: Whole,
    weight: Real,
) -> Calls:
    chosen = []
    for month, count in enumerate(counts):
        mine = np.flatnonzero(window.month == month)
        if days[mine].sum() > 0:
            chosen.append(mine[drawn(rng, days[mine], int(count))])
    day = np.concatenate(chosen)
    size = len(day)
    open_hours = np.arange(OPENS, LINE_CLOSES)
    hour = open_hours[drawn(rng, np.array(HOURS)[open_hours], size)]
    shut = happens(rng, CLOSED_HOURS, size)
    hour = np.where(shut, rng.choice(EARLY_AND_LATE, size), hour)
    # The line's last minutes stay free, so that the last call of a day ends on it.
    arrived = window.instants(day, hour, rng.integers(0, 3480, size))
    customer = np.where(happens(rng, UNIDENTIFIED, size), UNKNOWN, drawn(rng, weight, size))
    kind = kinds_at(rng, window, plants, arrived, SURGE_CALLS)
    return _answered(rng, window, plants, arrived, customer, kind, shut)


def _repeats(
    rng: np.random.Generator,
    window: Window,
    line: Openings,
    plants: tuple[Plant, ...],
    first: Calls,
    counts: Whole,
) -> Calls:
    """Calls by those who were answered in the month and have to call again within a week."""
    day = window.day_of(first.arrived)
    served = (first.outcome == "answered") & (first.customer != UNKNOWN)
    parents, latest = [], []
    for month, count in enumerate(counts):
        in_month = np.flatnonzero(window.month == month)
        # Who calls on the last two days has no time left in the month to call again.
        mine = np.flatnonzero(served & (window.month[day] == month) & (day < in_month[-1] - 1))
        some = rng.permutation(mine)[: int(count)]
        parents.append(some)
        latest.append(np.full(len(some), window.hours[in_month[-1], LINE_CLOSES]))
    parent = np.concatenate(parents)
    begun = line.elapsed(first.arrived[parent])
    room = np.minimum(line.elapsed(np.concatenate(latest)) - begun, 54 * 3600 * SECOND)
    waited = room * rng.uniform(0.08, 0.97, len(parent))
    arrived = line.reached(begun + np.rint(waited / SECOND).astype(np.int64) * SECOND)
    shut = np.zeros(len(parent), dtype=bool)
    made = _answered(rng, window, plants, arrived, first.customer[parent], first.kind[parent], shut)
    return _with_repeats(made, parent)


def _with_repeats(made: Calls, parent: Whole) -> Calls:
    return Calls(**{**vars(made), "repeats": parent})


def _answered(
    rng: np.random.Generator,
    window: Window,
    plants: tuple[Plant, ...],
    arrived: Whole,
    customer: Whole,
    kind: Whole,
    shut: Flags,
) -> Calls:
    """What became of callers: the fuller the line, the longer the wait, the more give up."""
    size = len(arrived)
    load = _load(window, plants, arrived)
    waits = happens(rng, np.minimum(WAITS * load, 0.92), size)
    wait = np.where(waits, rng.exponential(WAIT_SECONDS * load), rng.uniform(0, 4, size))
    patience = rng.exponential(PATIENCE_SECONDS, size)
    outcome = words(["answered"] * size)
    outcome[happens(rng, FLOWED_OUT, size)] = "flowed_out"
    outcome[happens(rng, VOICEMAIL, size)] = "voicemail"
    outcome[(wait > LONG_WAIT) & happens(rng, CALLBACK, size)] = "callback"
    gave_up = patience < wait
    outcome[gave_up] = "abandoned"
    menu = drawn(rng, (*IN_MENU_SHARES, 1 - sum(IN_MENU_SHARES)), size)
    ended_early = menu < len(IN_MENU)
    outcome[ended_early] = words(IN_MENU)[menu[ended_early]]
    outcome[shut] = "closed_hours"
    # Who is asked to leave a message or a number is asked within the first minute.
    wait = np.where(np.isin(outcome, ("voicemail", "callback")), np.minimum(wait, 60), wait)
    in_queue = ~ended_early & ~shut
    silent = shut | (outcome == "blocked")
    return Calls(
        arrived=arrived,
        customer=customer,
        kind=kind,
        priority=drawn(rng, PRIORITY_SHARES, size),
        outcome=outcome,
        ivr=np.where(silent, 0, np.rint(around(rng, 24.0, 0.5, size))).astype(np.int64),
        wait=np.where(in_queue, np.rint(np.minimum(wait, patience)), 0).astype(np.int64),
        handle=np.zeros(size, dtype=np.int64),
        repeats=np.full(size, UNKNOWN, dtype=np.int64),
    )


def _load(window: Window, plants: tuple[Plant, ...], arrived: Whole) -> Real:
    """How full the line is, 1 on a usual hour; over twice as full when people are missing."""
    day = window.day_of(arrived)
    hour = np.clip((arrived - window.hours[day, 0]) // (3600 * SECOND), 0, 23)
    usual = np.array(HOURS) / np.mean(HOURS[OPENS:LINE_CLOSES])
    weekday = np.array([WEEKDAYS[found.weekday()] for found in window.days])[day]
    season = month_level(window)
    busy = (season / season.mean())[window.month[day]]
    short = 1 + (slowness(plants, arrived) - 1) * SHORT_OF_PEOPLE
    made: Real = usual[hour] * weekday * busy * short
    return made


def _in_order(
    rng: np.random.Generator, window: Window, plants: tuple[Plant, ...], first: Calls, second: Calls
) -> Calls:
    """First calls and repeats as one, by arrival, with the time spent on each."""
    joined = {name: np.concatenate([vars(first)[name], vars(second)[name]]) for name in vars(first)}
    order = np.argsort(joined["arrived"], kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    made = {name: values[order] for name, values in joined.items()}
    repeats = made["repeats"]
    made["repeats"] = np.where(repeats == UNKNOWN, UNKNOWN, place[np.maximum(repeats, 0)])
    made["handle"] = _handle(rng, window, plants, made["arrived"], made["outcome"])
    return Calls(**made)


def _handle(
    rng: np.random.Generator,
    window: Window,
    plants: tuple[Plant, ...],
    arrived: Whole,
    outcome: Words,
) -> Whole:
    """Seconds of talk, hold and wrap.

    A month's mean comes out as meant, so that what was planted is there in a small demo too.
    """
    spoken = np.isin(outcome, ("answered", "callback"))
    seconds = np.clip(around(rng, 1.0, 0.6, len(arrived)), 0.15, 6.0)
    month = window.month[window.day_of(arrived)]
    for number in range(int(window.month[-1]) + 1):
        mine = spoken & (month == number)
        if mine.any():
            meant = HANDLE_SECONDS
            if plant("seed001", plants) and number == _planted_month(window):
                meant *= HANDLE_TIME
            seconds[mine] *= meant / seconds[mine].mean()
    return np.where(spoken, np.rint(seconds), 0).astype(np.int64)
