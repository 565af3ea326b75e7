"""The slow paths of promises: each clock run through its history until its deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from slow.curves import DONE, RIVAL, WAITS, Exit, average, middle, part, reached
from slow.hours import hours
from slow.paying import last
from slow.telling import Matter, second
from slow.turns import cut, told_of
from slow.world import Slow, World

RUNNING = ("new", "open", "on_hold")
ENDS = {"solve": "solve", "auto_solve": "lapse", "lapse": "lapse"}
Stretch = tuple[int, int | None]
"""From which second until which a clock runs; None: on."""


@dataclass(frozen=True)
class Promise:
    """A promise: when its clock began and stopped, when it was kept, and its deadline.

    due: None while it is paused, so that no deadline is known.
    """

    start: datetime
    stopped: datetime | None
    done: datetime | None
    due: int | None

    def state(self, now: int) -> str:
        """How it stands."""
        if self.due is None:
            return "paused"
        if self.done is not None and second(self.done) <= self.due:
            return "met"
        if self.stopped is not None and second(self.stopped) < self.due:
            return "withdrawn"
        return "missed" if self.due <= now else "running"


@cache
def promises(world: World) -> list[Promise]:
    """Every promise given."""
    return [each for one in world.matters for each in given(world, one)]


def given(world: World, one: Matter) -> Iterator[Promise]:
    """The promises of a ticket: its first answer, the next ones, how long the customer waits."""
    for turn in cut(told_of(one)):
        stop, done = turn.end, turn.end if turn.how == "reply" else None
        due = deadline(world, one, "first" if turn.first else "next", [(second(turn.asked), None)])
        yield Promise(turn.asked, stop, done, due)
    turning = [s for s in one.spans if s.what in ("created", "reopen", *ENDS)][-1]
    stop = turning.start if turning.what in ENDS else None
    due = deadline(world, one, "requester_wait", waits(one, stop))
    yield Promise(one.created, stop, stop if turning.what == "solve" else None, due)


def waits(one: Matter, stop: datetime | None) -> list[Stretch]:
    """When the customer's wait runs; from where it stopped on as if it had not."""
    found: list[Stretch] = []
    for span in one.spans:
        if stop is not None and span.start >= stop:
            break
        if span.status in RUNNING:
            end = span.end if stop is None or (span.end and span.end < stop) else stop
            found.append((second(span.start), second(end) if end else None))
    if stop is not None:
        found.append((second(stop), None))
    return found


def lengths(world: World, one: Matter, target: str) -> list[tuple[int, int]]:
    """From which second which length holds: the policy's for the priority of the moment."""
    policy = {
        row["priority"]: row["seconds"]
        for row in world.tables["sla_policy"]
        if row["target"] == target
    }
    changes = [
        row
        for row in world.tables["ticket_change"]
        if row["ticket_id"] == one.row["ticket_id"] and row["field"] == "priority"
    ]
    told = [(second(one.created), one.row["priority"])]
    told += [(second(row["at"]), row["value"]) for row in sorted(changes, key=lambda r: r["at"])]
    return [(at, policy.get(priority, policy[""])) for at, priority in told]


def deadline(world: World, one: Matter, target: str, runs: list[Stretch]) -> int | None:
    """The deadline under the first length that fell due while it held, else under the last."""
    held = lengths(world, one, target)
    begun = runs[0][0] if runs else second(one.created)
    for place, (since, length) in enumerate(held):
        until = held[place + 1][0] if place + 1 < len(held) else None
        if until is not None and until <= begun:
            continue
        due = falls_due(one, runs, length)
        if due is not None:
            due = max(due, since)
            if until is None or due < until:
                return due
        elif until is None:
            return None
    return None


def falls_due(one: Matter, runs: list[Stretch], length: int) -> int | None:
    """The second at which the clock has run so long; None while it does not run."""
    clock = hours(one.row["calendar_id"] or "default")
    for start, end in runs:
        if end is None:
            return clock.after(start, length)
        spent = clock.passed(start, end)
        if spent >= length:
            return clock.after(start, length)
        length -= spent
    return None


def judged(world: World, *states: str) -> list[Promise]:
    """The promises fallen due in the days that stand so."""
    now = second(world.as_of)
    return [
        each
        for each in promises(world)
        if each.due is not None
        and second(world.start) <= each.due < second(world.end)
        and each.due <= now
        and each.state(now) in states
    ]


def late(world: World) -> list[Exit]:
    """By how much missed promises were late."""
    found = []
    for each in judged(world, "missed"):
        assert each.due is not None
        end = second(each.done or each.stopped or world.as_of)
        kind = DONE if each.done else RIVAL if each.stopped else WAITS
        found.append((0, end - each.due, kind))
    return found


def kept_late(world: World) -> list[int]:
    """By how much those kept late were."""
    return [seconds for _, seconds, kind in late(world) if kind == DONE]


def running(world: World) -> int:
    """Promises whose clock had begun and not stopped at the last instant."""
    at = last(world)
    return sum(
        each.start <= at and (each.stopped is None or each.stopped > at) for each in promises(world)
    )


SLOW: dict[str, Slow] = {
    "sla_attainment": lambda w: part(len(judged(w, "met")), len(judged(w, "met", "missed"))),
    "sla_lateness": lambda w: reached(late(w)),
    "sla_lateness_finished": lambda w: middle(kept_late(w)),
    "sla_lateness_finished_mean": lambda w: average(kept_late(w)),
    "sla_running": running,
}
