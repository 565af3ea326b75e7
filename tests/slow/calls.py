"""The slow paths of telephone calls."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from slow.curves import DONE, RIVAL, WAITS, average, middle, part, reached
from slow.telling import Row, second, took
from slow.world import Slow, World

SHORT, TARGET, HALF_HOUR = 5, 20, 1_800
OFFERED = ("answered", "abandoned", "voicemail", "callback", "flowed_out")


@dataclass(frozen=True)
class Call:
    """A call and what became of it. wait, hold, handle: seconds, None where unknown."""

    arrived: datetime
    queued: datetime | None
    outcome: str | None
    offered: bool
    waiting: bool
    callback: bool
    wait: int | None
    hold: int | None
    handle: int | None
    transfers: int

    @property
    def answered(self) -> bool:
        """Whether a person took it."""
        return self.outcome == "answered"

    @property
    def in_time(self) -> bool:
        """Whether a person took it within 20 s."""
        return self.answered and not self.callback and self.wait is not None and self.wait <= TARGET

    def gone(self, seconds: int) -> bool:
        """Whether the caller left within so many seconds."""
        return self.outcome == "abandoned" and self.wait is not None and self.wait <= seconds


@cache
def calls(world: World) -> list[Call]:
    """The calls that came in the days asked about."""
    legs: dict[str, list[Row]] = defaultdict(list)
    for leg in world.tables["call_leg"]:
        legs[leg["call_id"]].append(leg)
    rows = [row for row in world.tables["call"] if world.inside(row["arrived_at"])]
    return [told_of(row, sorted(legs[row["call_id"]], key=_place)) for row in rows]


def _place(leg: Row) -> tuple[int, datetime, str]:
    return leg["ordinal"] or 0, leg["starts_at"], leg["leg_id"]


def told_of(row: Row, legs: Sequence[Row]) -> Call:
    """A call from its row and legs."""
    spoke = [
        n
        for n, leg in enumerate(legs)
        if leg["kind"] == "agent" and leg["outcome"] not in ("no_answer", "abandoned")
    ]
    taken = legs[spoke[0]]["starts_at"] if spoke else None
    queues = [leg for leg in legs[: spoke[0] + 1 if spoke else None] if leg["kind"] == "queue"]
    stood = [leg["starts_at"] for leg in legs if leg["kind"] == "queue"]
    queued = row["queued_at"] or min(stood, default=None)
    asked = row["outcome"] == "callback"
    unsaid = row["outcome"] is None
    outcome = row["outcome"]
    ended = row["ended_at"] is not None
    if asked or (unsaid and queued):
        outcome = "answered" if taken else "abandoned" if ended else outcome
    elif unsaid and taken and ended:
        outcome = "answered"
    waiting = (asked or (unsaid and queued is not None)) and not taken and not ended
    wait = _sum(leg["wait_seconds"] for leg in queues)
    if asked:
        until = taken or row["ended_at"]
        wait = took(queued, until) if queued and until else None
    talks = [leg for leg in legs if leg["kind"] == "agent"]
    talk, hold, wrap = (
        _sum(leg[f"{name}_seconds"] for leg in talks) for name in ("talk", "hold", "wrap")
    )
    inbound = row["direction"] in (None, "inbound")
    return Call(
        arrived=row["arrived_at"],
        queued=queued,
        outcome=outcome,
        offered=(outcome in OFFERED or waiting) and inbound,
        waiting=waiting,
        callback=asked,
        wait=None if waiting else wait,
        hold=hold,
        handle=None if talk is None else talk + (hold or 0) + (wrap or 0),
        transfers=sum(leg["outcome"] == "transferred" for leg in legs),
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    """The sum; None where there is none or a part is unknown."""
    rows = list(numbers)
    known = [number for number in rows if number is not None]
    return sum(known) if known and len(known) == len(rows) else None


def offered(world: World) -> list[Call]:
    """The calls that reached a human queue."""
    return [call for call in calls(world) if call.offered]


def taken(world: World) -> list[Call]:
    """The calls that a person took."""
    return [call for call in offered(world) if call.answered]


def level(
    good: Callable[[Call], bool], out: Callable[[Call], bool], only_taken: bool = False
) -> Slow:
    """A service level: calls that are good, of those that are not out."""

    def told(world: World) -> float | None:
        return part(*_counted(world, good, out, only_taken))

    return told


def _counted(
    world: World, good: Callable[[Call], bool], out: Callable[[Call], bool], only_taken: bool
) -> tuple[int, int]:
    rows = [call for call in offered(world) if not only_taken or call.answered]
    rows = [call for call in rows if not _unclear(world, call) and not out(call)]
    return sum(good(call) for call in rows), len(rows)


def _unclear(world: World, call: Call) -> bool:
    young = call.waiting and call.queued and took(call.queued, world.as_of) <= TARGET
    unknown = call.outcome in ("answered", "abandoned") and call.wait is None
    return bool(young or unknown)


def queue_wait(world: World) -> float | None:
    """The time by which half of all callers were answered."""
    ends = []
    for call in offered(world):
        if call.waiting and call.queued is not None:
            ends.append((0, took(call.queued, world.as_of), WAITS))
        elif call.wait is not None:
            ends.append((0, call.wait, DONE if call.answered else RIVAL))
    return reached(ends)


def intervals(world: World) -> float | None:
    """Half-hours in which at least 80 % were answered in time."""
    slots: dict[int, list[bool]] = defaultdict(list)
    for call in offered(world):
        if not _unclear(world, call) and not call.gone(TARGET):
            slots[second(call.arrived) // HALF_HOUR].append(call.in_time)
    met = [sum(good) * 100 >= len(good) * 80 for good in slots.values()]
    return part(sum(met), len(met))


def abandon_rate(world: World) -> float | None:
    """Callers who left, of those who did not within five seconds."""
    rows = [call for call in offered(world) if not call.gone(SHORT)]
    return part(sum(call.outcome == "abandoned" for call in rows), len(rows))


def abandon_rate_with_ivr(world: World) -> float | None:
    """The same with those who left in the menu."""
    rows = [c for c in calls(world) if c.offered or c.outcome == "ivr_left"]
    rows = [call for call in rows if not call.gone(SHORT)]
    return part(sum(c.outcome in ("abandoned", "ivr_left") for c in rows), len(rows))


def over_taken(pick: Callable[[Call], int | None]) -> tuple[Slow, Slow]:
    """The median and the mean of a number over the calls taken."""

    def numbers(world: World) -> list[int]:
        return [n for n in map(pick, taken(world)) if n is not None]

    return (lambda world: middle(numbers(world))), (lambda world: average(numbers(world)))


def _never(_: Call) -> bool:
    return False


SPEED, HOLD, HANDLE = (
    over_taken(pick) for pick in (lambda c: c.wait, lambda c: c.hold, lambda c: c.handle)
)
SLOW: dict[str, Slow] = {
    "calls_offered": lambda w: len(offered(w)),
    "calls_answered": lambda w: len(taken(w)),
    "abandon_rate": abandon_rate,
    "abandon_rate_with_ivr": abandon_rate_with_ivr,
    "queue_wait": queue_wait,
    "speed_of_answer": SPEED[0],
    "speed_of_answer_mean": SPEED[1],
    "hold_time": HOLD[0],
    "hold_time_mean": HOLD[1],
    "handle_time": HANDLE[0],
    "handle_time_mean": HANDLE[1],
    "transfer_rate": lambda w: part(sum(c.transfers > 0 for c in taken(w)), len(taken(w))),
    "callback_rate": lambda w: part(sum(c.callback for c in offered(w)), len(offered(w))),
    "service_level": level(lambda c: c.in_time, lambda c: c.gone(TARGET)),
    "service_level_f1": level(lambda c: c.in_time or c.gone(TARGET), _never),
    "service_level_f2": level(lambda c: c.in_time, _never, only_taken=True),
    "service_level_f3": level(lambda c: c.in_time, _never),
    "service_level_f4": level(lambda c: c.in_time, lambda c: c.gone(TARGET)),
    "service_level_f5": level(lambda c: c.in_time or c.gone(SHORT), _never),
    "service_level_f6": level(lambda c: c.in_time, lambda c: c.gone(SHORT)),
    "intervals_met": intervals,
}
