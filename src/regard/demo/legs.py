"""The legs of the demo's calls: menu, queue, ring and people, one after the other."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from regard.demo.calendars import PHONE
from regard.demo.calls import Calls
from regard.demo.chance import Flags, Whole, Words, around, happens, words
from regard.demo.clock import HOUR, NEVER, SECOND, Openings
from regard.demo.kinds import KINDS, PRIORITIES, QUEUE_TEAMS, TRANSFERS
from regard.demo.people import Staff, team_number
from regard.demo.rows import UNKNOWN, numbers, only, picked, rows_of

MISSED_RINGS = 0.06
TRANSFERRED = 0.08
CALLED_BACK = 0.85
HELD = 0.22
LINE_HANGS_UP = 20
"""Seconds of the announcement out of hours and on a full line."""
AFTER_QUEUE = {"voicemail": 45, "flowed_out": 5}
"""Seconds after the queue for a message, or for going elsewhere."""
QUEUE_ENDS = {"abandoned", "voicemail", "callback", "flowed_out"}
MENU_ENDS = {"ivr_left": "abandoned", "ivr_unknown": None}


@dataclass
class Legs:
    """Legs as they come about; `clock` is where each call stands."""

    clock: Whole
    parts: list[dict[str, Any]] = field(default_factory=list)
    count: Whole = field(init=False)

    def __post_init__(self) -> None:
        self.count = np.zeros(len(self.clock), dtype=np.int64)

    def add(self, call: Whole, seconds: Whole, **columns: Any) -> None:
        """One leg for each of these calls, from where the call stands, that many seconds long."""
        self.count[call] += 1
        starts = self.clock[call]
        self.clock[call] = starts + seconds * SECOND
        part = {"call": call, "ordinal": self.count[call], "starts": starts}
        self.parts.append(part | {"ends": self.clock[call]} | columns)

    def column(self, name: str, empty: Any = UNKNOWN) -> Any:
        """A column over all legs; `empty` where a part does not say it."""
        return np.concatenate(
            [np.broadcast_to(part.get(name, empty), len(part["call"])) for part in self.parts]
        )


@dataclass(frozen=True)
class Line:
    """The calls' tables, and what tickets need: who spoke with whom from when to when."""

    tables: dict[str, pa.Table]
    ids: Words
    agent: Whole
    spoken_at: Whole
    ended: Whole


def lines(
    rng: np.random.Generator, found: Calls, ids: Words, staff: Staff, open_line: Openings, end: int
) -> Line:
    """The legs of calls; none begins at `end` or later: a call back then has not happened.

    ids: of the calls.
    """
    legs = Legs(found.arrived.copy())
    menu = np.flatnonzero(found.ivr > 0)
    outcome = words([MENU_ENDS.get(o, "completed") for o in found.outcome[menu]])
    legs.add(menu, found.ivr[menu], kind="ivr", outcome=outcome)
    offered = np.flatnonzero(found.offered)
    _queue(legs, found, offered)
    connected = _connected(rng, legs, found, open_line, end)
    agent, spoken_at = _speak(rng, legs, found, staff, connected)
    for name, seconds in AFTER_QUEUE.items():
        legs.clock[found.outcome == name] += seconds * SECOND
    legs.clock[np.isin(found.outcome, ("closed_hours", "blocked"))] += LINE_HANGS_UP * SECOND
    tables = {"call_leg": _leg_rows(legs, ids, staff)}
    return Line(tables, ids, agent, spoken_at, legs.clock)


def call_rows(found: Calls, line: Line, customer: Words, ticket: Words) -> pa.Table:
    """The table of calls; customer, ticket: the id or None for each."""
    queued = found.arrived + found.ivr * SECOND
    return rows_of(
        "call",
        line.ended,
        call_id=line.ids,
        customer_id=customer,
        direction="inbound",
        arrived_at=found.arrived,
        ivr_seconds=np.where(found.ivr > 0, found.ivr, UNKNOWN),
        queued_at=np.where(found.offered, queued, NEVER),
        ended_at=line.ended,
        outcome=found.outcome,
        type=words([kind.name for kind in KINDS])[found.kind],
        priority=words(PRIORITIES)[found.priority],
        ticket_id=ticket,
        calendar_id=PHONE,
    )


def _queue(legs: Legs, found: Calls, offered: Whole) -> None:
    outcome = words([o if o in QUEUE_ENDS else "answered" for o in found.outcome[offered]])
    queue = words([kind.queue for kind in KINDS])[found.kind[offered]]
    wait = found.wait[offered]
    legs.add(offered, wait, kind="queue", queue=queue, wait=wait, outcome=outcome)


def _connected(
    rng: np.random.Generator, legs: Legs, found: Calls, open_line: Openings, end: int
) -> Whole:
    """Calls that reach a person: those answered, and most callbacks some time later."""
    asked = np.flatnonzero(found.outcome == "callback")
    asked = asked[happens(rng, CALLED_BACK, len(asked))]
    later = open_line.later(legs.clock[asked], around(rng, 2400.0, 0.8, len(asked)))
    in_time = later < end - 2 * HOUR
    legs.clock[asked[in_time]] = later[in_time]
    answered = np.flatnonzero(found.outcome == "answered")
    return np.sort(np.concatenate([answered, asked[in_time]]))


def _speak(
    rng: np.random.Generator, legs: Legs, found: Calls, staff: Staff, connected: Whole
) -> tuple[Whole, Whole]:
    """Rings and talks; who spoke first (UNKNOWN: nobody) and from when, for every call."""
    queue = words([kind.queue for kind in KINDS])[found.kind[connected]]
    missed = happens(rng, MISSED_RINGS, len(connected))
    late = connected[missed]
    rings = rng.integers(15, 21, len(late))
    absent = _on_duty(legs, staff, late, queue[missed])
    legs.add(
        late, rings, kind="ring", agent=absent, queue=queue[missed], ring=rings, outcome="no_answer"
    )
    agent = _on_duty(legs, staff, connected, queue)
    spoken_at = np.full(len(found.arrived), NEVER, dtype=np.int64)
    by = np.full(len(found.arrived), UNKNOWN, dtype=np.int64)
    spoken_at[connected], by[connected] = legs.clock[connected], agent
    passed = happens(rng, TRANSFERRED, len(connected)) & (found.outcome[connected] == "answered")
    part = np.where(passed, 0.4, 1.0)
    target = words([TRANSFERS[name] for name in queue])
    outcome = np.where(passed, "transferred", "completed")
    handle = np.rint(found.handle[connected] * part).astype(np.int64)
    _talk(
        rng,
        legs,
        connected,
        handle,
        agent=agent,
        queue=queue,
        outcome=outcome,
        transferred_to=only(passed, target),
    )
    on, rest = connected[passed], (found.handle[connected] - handle)[passed]
    wait = np.rint(rng.exponential(25.0, len(on))).astype(np.int64)
    legs.add(on, wait, kind="queue", queue=target[passed], wait=wait, outcome="answered")
    second = _on_duty(legs, staff, on, target[passed])
    _talk(rng, legs, on, rest, agent=second, queue=target[passed], outcome="completed")
    return by, spoken_at


def _talk(rng: np.random.Generator, legs: Legs, call: Whole, handle: Whole, **columns: Any) -> None:
    """A leg with a person; the work after the call lies behind the leg's end."""
    size = len(call)
    ring = rng.integers(2, 9, size)
    wrap = np.rint(handle * rng.uniform(0.10, 0.25, size)).astype(np.int64)
    held: Flags = happens(rng, HELD, size)
    hold = np.where(held, np.rint(handle * rng.uniform(0.05, 0.3, size)), 0).astype(np.int64)
    holds = np.where(hold > 0, rng.integers(1, 3, size), 0)
    talk = handle - wrap - hold
    legs.add(
        call,
        ring + talk + hold,
        kind="agent",
        ring=ring,
        talk=talk,
        hold=hold,
        holds=holds,
        wrap=wrap,
        **columns,
    )


def _on_duty(legs: Legs, staff: Staff, call: Whole, queue: Words) -> Whole:
    team = _team_of(queue)
    return staff.pick_in_turn(team, legs.clock[call])


def _team_of(queue: Words) -> Whole:
    team = np.zeros(len(queue), dtype=np.int64)
    for name, team_id in QUEUE_TEAMS.items():
        team[queue == name] = team_number(team_id)
    return team


def _leg_rows(legs: Legs, ids: Words, staff: Staff) -> pa.Table:
    call, ordinal = legs.column("call"), legs.column("ordinal")
    order = np.lexsort((ordinal, call))
    call, ordinal = call[order], ordinal[order]
    ends = legs.column("ends")[order]
    text = {
        name: legs.column(name, None)[order]
        for name in ("kind", "queue", "outcome", "transferred_to")
    }
    whole = {
        f"{name}_seconds": legs.column(name)[order]
        for name in ("wait", "ring", "talk", "hold", "wrap")
    }
    return rows_of(
        "call_leg",
        ends,
        call_id=ids[call],
        leg_id=numbers(ordinal),
        ordinal=ordinal,
        agent=picked(staff.ids, legs.column("agent")[order]),
        starts_at=legs.column("starts")[order],
        ends_at=ends,
        holds=legs.column("holds")[order],
        **text,
        **whole,
    )
