"""The slow paths of turns: the runs of a customer's messages, and how each of them ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from slow.curves import part
from slow.telling import DAY, Matter, took
from slow.tickets import ages, in_period, timed
from slow.world import Slow, World

ENDS = {"solve": "solve", "restate": "solve", "auto_solve": "lapse", "lapse": "lapse"}
ENDS |= {"close": "lapse"}


@dataclass(frozen=True)
class Turn:
    """A run of messages from its first until a person answers or the ticket ends."""

    asked: datetime
    end: datetime | None
    how: str | None
    chasers: int
    first: bool


@cache
def turns(world: World) -> list[Turn]:
    """The turns of all tickets of service."""
    return [turn for one in world.matters for turn in cut(told_of(one))]


def told_of(one: Matter) -> list[tuple[datetime, int, int, str, str]]:
    """What asks and what ends, by instant, rank, place, id and kind.

    What was said counts before what was clicked at the same instant; in the order said.
    """
    told: list[tuple[datetime, int, int, str, str]] = []
    queued = min((c["queued_at"] for c in one.chats if c["queued_at"]), default=None)
    for row in one.messages:
        public = row["public"] in (None, True) and not row["automatic"]
        kind = {"customer": "asks", "agent": "reply"}.get(row["author_kind"] or "")
        late = kind != "asks" or queued is None or row["sent_at"] >= queued
        if public and kind and late:
            told.append((row["sent_at"], 0, row["ordinal"], row["message_id"], kind))
    for chat in one.chats:
        if chat["first_line_at"]:
            told.append((chat["first_line_at"], 0, 0, "chat", "reply"))
        if chat["left_at"]:
            told.append((chat["left_at"], 1, 0, chat["session_id"], "lapse"))
    if queued:
        told.append((queued, 0, -1, "chat", "asks"))
    for call in one.calls:
        back = call["direction"] == "outbound" and call["outcome"] == "answered"
        missed = call["outcome"] in ("voicemail", "abandoned", "closed_hours", "blocked")
        if back or (missed and call["direction"] in (None, "inbound")):
            kind = "reply" if back else "asks"
            told.append((call["arrived_at"], 0, 0, "call", kind))
    for place, span in enumerate(one.spans):
        if span.what in ENDS:
            told.append((span.start, 1, place, "span", ENDS[span.what]))
    return sorted(told)


def cut(told: list[Any]) -> list[Turn]:
    """The turns of a ticket, from what asks and what ends."""
    found: list[Turn] = []
    open_run: list[datetime] = []
    chasers = 0
    for at, _, _, _, kind in told:
        if kind == "asks":
            chasers += bool(open_run) and took(open_run[-1], at) >= DAY
            open_run.append(at)
            continue
        if open_run:
            found.append(Turn(open_run[0], at, kind, chasers, not found))
        open_run, chasers = [], 0
    if open_run:
        found.append(Turn(open_run[0], None, None, chasers, not found))
    return found


def clock(turn: Turn) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Of a later turn: asked, answered, ended otherwise."""
    if turn.first:
        return None, None, None
    answered = turn.end if turn.how == "reply" else None
    return turn.asked, answered, turn.end if answered is None else None


def _as_tickets(slow: Slow) -> Slow:
    """A slow path over tickets, said of turns."""

    class Turned:
        def __init__(self, world: World) -> None:
            self.world, self.matters = world, turns(world)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.world, name)

    def told(world: World) -> Any:
        seen: Any = Turned(world)
        return slow(seen)

    return told


def waiting(world: World) -> list[datetime]:
    """Since when each turn waits that stands unanswered at the end of the days."""
    at = min(world.end - timedelta(microseconds=1), world.as_of)
    return [t.asked for t in turns(world) if t.asked <= at and (t.end is None or t.end > at)]


def chaser_rate(world: World) -> float | None:
    """Turns in which the customer had to write again after a day."""
    rows = [turn for turn in turns(world) if world.inside(turn.asked)]
    return part(sum(turn.chasers > 0 for turn in rows), len(rows))


def _next() -> dict[str, Slow]:
    of_turn: Callable[[Any], Any] = clock
    return {key: _as_tickets(slow) for key, slow in timed("next_response_time", of_turn).items()}


SLOW: dict[str, Slow] = {
    **_next(),
    "next_response_time_in_period": lambda w: in_period(w, [clock(t) for t in turns(w)]),
    "chaser_rate": chaser_rate,
    "waiting_now": lambda w: len(waiting(w)),
    "waiting_age": lambda w: ages(w, waiting(w)),
}
