"""What the demo's people were doing from one moment to the next, in keeping with their calls."""

import numpy as np
import pyarrow as pa

from regard.demo.arrivals import day_weights
from regard.demo.chance import Real, Whole, around, happens, words
from regard.demo.clock import HOUR, NEVER, SECOND, whole_seconds
from regard.demo.deeds import Talks
from regard.demo.layers import Axis, Layer, axis, seen
from regard.demo.log import ordinals
from regard.demo.people import Staff
from regard.demo.plants import Plant
from regard.demo.rows import UNKNOWN, numbers, rows_of
from regard.demo.shifts import LASTS, RESTS, Shifts, strain
from regard.demo.stories import MISSING, afternoons

OCCUPIED, STRAINED = 0.73, 0.14
"""Share of the time at hand that is spent on customers, and how much more at the worst."""
BUSIER = 0.12
"""How much more on a day with twice the usual demand."""
BY_PERSON, BY_DAY = 0.03, 0.04
LEAST, MOST = 0.45, 0.95
CYCLE_SECONDS, CYCLES = 80 * 60.0, 14
"""A stretch of tickets and the pause after it; enough of them for the longest day."""
AT_HAND = 60 * SECOND
"""How long before a call's ring its person is there at the latest."""
OVERTIME = HOUR
STEPS_OUT = 2


def state_rows(
    rng: np.random.Generator,
    staff: Staff,
    plants: tuple[Plant, ...],
    planned: Shifts,
    taken: Talks,
) -> pa.Table:
    """The table of states: for each person one after the other, all over before the end.

    A call is handled from the end of its ring until it ends, then wrapped up; a call outside
    the shift finds its person there too. A person rings and waits for work as `available`.
    """
    line = axis(planned.window)
    come, gone = _presence(rng, planned, taken)
    layers = [
        *_ground(line, planned, taken, come, gone),
        _on_tickets(rng, line, plants, planned, taken, come, gone),
        _away(rng, line, planned, gone),
        _missing(rng, line, plants, planned, gone),
        _breaks(rng, line, planned, taken, gone),
        Layer(
            "wrap",
            "phone",
            line.along(taken.who, taken.ended),
            line.along(taken.who, taken.wrapped),
        ),
        Layer(
            "handling",
            "phone",
            line.along(taken.who, taken.spoke),
            line.along(taken.who, taken.ended),
        ),
    ]
    shown = seen(layers)
    who, starts = line.back(shown.starts)
    ends = line.back(shown.ends)[1]
    return rows_of(
        "agent_state",
        ends,
        agent_id=staff.ids[who],
        state_id=numbers(ordinals(who)),
        state=words([layer.state for layer in layers])[shown.layer],
        starts_at=starts,
        ends_at=ends,
        channel=words([layer.channel for layer in layers])[shown.layer],
    )


def _drift(rng: np.random.Generator, mean: float, spread: float, size: int) -> Whole:
    """Microseconds by which people miss the plan, mostly late, within three deviations."""
    off = np.clip(rng.standard_normal(size), -3, 3)
    return whole_seconds(mean + spread * off)


def _presence(rng: np.random.Generator, planned: Shifts, taken: Talks) -> tuple[Whole, Whole]:
    """When people log in and out: about as planned, and for calls at the edges of the shift."""
    size = len(planned.who)
    come = planned.starts + _drift(rng, 60.0, 120.0, size)
    gone = planned.ends + _drift(rng, 90.0, 200.0, size)
    place = planned.place_of(taken.who, taken.rang)
    near = place != UNKNOWN
    near &= (taken.rang > planned.starts[place] - OVERTIME) & (
        taken.rang < planned.ends[place] + OVERTIME
    )
    np.minimum.at(come, place[near], taken.rang[near] - AT_HAND)
    np.maximum.at(gone, place[near], taken.wrapped[near])
    return come, np.minimum(gone, planned.until)


def _ground(
    line: Axis, planned: Shifts, taken: Talks, come: Whole, gone: Whole
) -> tuple[Layer, Layer]:
    """Offline from a person's first day to the last, and available while there."""
    starts = np.concatenate(
        [line.along(planned.who, come), line.along(taken.who, taken.rang - AT_HAND)]
    )
    ends = np.concatenate([line.along(planned.who, gone), line.along(taken.who, taken.wrapped)])
    who = np.concatenate([planned.who, taken.who])
    people = int(who.max(initial=0)) + 1
    first, last = np.full(people, NEVER), np.zeros(people, dtype=np.int64)
    np.minimum.at(first, who, starts)
    np.maximum.at(last, who, ends)
    return Layer("offline", None, first, last), Layer("available", None, starts, ends)


def _on_tickets(
    rng: np.random.Generator,
    line: Axis,
    plants: tuple[Plant, ...],
    planned: Shifts,
    taken: Talks,
    come: Whole,
    gone: Whole,
) -> Layer:
    """Stretches of work on tickets, so many that with the calls people are as busy as meant."""
    size = len(planned.who)
    part = _ticket_part(rng, plants, planned, taken)
    cycle = around(rng, CYCLE_SECONDS, 0.35, size * CYCLES).reshape(size, CYCLES)
    begins = np.cumsum(cycle, axis=1) - cycle
    work = cycle * np.clip(part[:, None] * rng.uniform(0.85, 1.15, cycle.shape), 0.0, 0.98)
    begins = begins + (cycle - work) * rng.uniform(0, 1, cycle.shape)
    starts = come[:, None] + whole_seconds(begins)
    ends = np.minimum(starts + whole_seconds(work), gone[:, None])
    who = np.repeat(planned.who, CYCLES)
    starts, ends = starts.ravel(), np.maximum(starts, ends).ravel()
    lasts = ends > starts
    return Layer(
        "handling",
        "ticket",
        line.along(who[lasts], starts[lasts]),
        line.along(who[lasts], ends[lasts]),
    )


def _ticket_part(
    rng: np.random.Generator,
    plants: tuple[Plant, ...],
    planned: Shifts,
    taken: Talks,
) -> Real:
    """Share of the time between calls that goes to tickets, on each day of each person."""
    size, people = len(planned.who), len(planned.place)
    meant = OCCUPIED + BY_PERSON * np.clip(rng.standard_normal(people), -2, 2)[planned.who]
    meant = meant + BY_DAY * np.clip(rng.standard_normal(size), -2, 2)
    demand = day_weights(planned.window)[planned.window.day_of(planned.starts)]
    meant = meant + BUSIER * (demand / demand.mean() - 1)
    meant = np.clip(meant + STRAINED * strain(plants, planned.starts), LEAST, MOST)
    place = planned.place_of(taken.who, taken.rang)
    known = place != UNKNOWN
    spent = (taken.wrapped - taken.spoke)[known]
    calls = np.bincount(place[known], spent, minlength=size)
    at_hand = LASTS - RESTS - (planned.trained - planned.trains)
    between = np.maximum(at_hand - calls, 1.0)
    made: Real = np.clip((meant * at_hand - calls) / between, 0.0, 1.0)
    return made


def _away(rng: np.random.Generator, line: Axis, planned: Shifts, gone: Whole) -> Layer:
    """In training, and out for some minutes now and then."""
    size = len(planned.who)
    learns = planned.trained > planned.trains
    begun = planned.trains + _drift(rng, 30.0, 90.0, size)
    over = np.where(learns, planned.trained + _drift(rng, 60.0, 150.0, size), begun)
    who, starts, ends = [planned.who], [begun], [over]
    for _ in range(STEPS_OUT):
        left = planned.starts + whole_seconds(rng.uniform(1800, 27000, size))
        long = whole_seconds(rng.uniform(300, 900, size))
        who.append(planned.who)
        starts.append(left)
        ends.append(left + np.where(happens(rng, 0.5, size), long, 0))
    everyone = np.concatenate(who)
    until = np.minimum(np.concatenate(ends), np.tile(gone, STEPS_OUT + 1))
    return Layer(
        "away", None, line.along(everyone, np.concatenate(starts)), line.along(everyone, until)
    )


def _missing(
    rng: np.random.Generator,
    line: Axis,
    plants: tuple[Plant, ...],
    planned: Shifts,
    gone: Whole,
) -> Layer:
    """Away on the afternoons on which people are missing."""
    who, starts, ends = [planned.who[:0]], [gone[:0]], [gone[:0]]
    for start, end in afternoons(plants):
        there = np.flatnonzero((planned.starts < start) & (gone > start))
        mine = there[happens(rng, MISSING, len(there))]
        who.append(planned.who[mine])
        starts.append(np.full(len(mine), start))
        ends.append(np.minimum(end, gone[mine]))
    everyone = np.concatenate(who)
    from_, until = np.concatenate(starts), np.concatenate(ends)
    return Layer("away", None, line.along(everyone, from_), line.along(everyone, until))


def _breaks(
    rng: np.random.Generator, line: Axis, planned: Shifts, taken: Talks, gone: Whole
) -> Layer:
    """Breaks about when they were planned; a call that comes between puts them off."""
    size = len(planned.who)
    starts = line.along(planned.who, planned.rests + _drift(rng, 150.0, 270.0, size))
    lasts = RESTS + _drift(rng, 45.0, 150.0, size)
    order = np.argsort(line.along(taken.who, taken.rang), kind="stable")
    rang = np.append(-1, line.along(taken.who, taken.rang)[order])
    free = np.maximum.accumulate(np.append(-1, line.along(taken.who, taken.wrapped)[order]))
    call = np.searchsorted(rang, starts + lasts) - 1
    starts = np.maximum(starts, free[call])
    return Layer("break", None, starts, np.minimum(starts + lasts, line.along(planned.who, gone)))
