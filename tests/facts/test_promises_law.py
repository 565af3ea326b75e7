"""Turns, open seconds and promises of random tickets are what a slow and plain count says."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from facts.oracle import History, promises_of, seconds_of, turns_of
from facts.plans import Plan, calendars, history, plans, policies, rows
from facts.promised import state_by_hand, took
from worlds import agent, built, fact_table

Rows = list[dict[str, Any]]


def _second(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())


def _turns_counted(name: str, told: History) -> Iterable[tuple[Any, ...]]:
    for ordinal, turn in enumerate(turns_of(told), start=1):
        yield (
            name,
            ordinal,
            turn.start,
            turn.end,
            turn.kind,
            len(turn.messages),
            len(turn.chased),
            turn.chased[0] if turn.chased else None,
            turn.end - turn.start if turn.end is not None else None,
            seconds_of(told, turn.start, turn.end) if turn.end is not None else None,
        )


def _turns_built(found: Rows) -> Iterable[tuple[Any, ...]]:
    for row in found:
        yield (
            row["ticket_id"],
            row["ordinal"],
            _second(row["starts_at"]),
            _second(row["ends_at"]),
            row["end_kind"],
            row["messages"],
            row["chasers"],
            _second(row["chased_at"]),
            *took(row),
        )


def _promises_counted(name: str, told: History) -> Iterable[tuple[Any, ...]]:
    for one in promises_of(told):
        yield _judged(name, one.target, one.start, one.stop, one.kind, one.due, one.state)


def _promises_built(found: Rows, as_of: datetime) -> Iterable[tuple[Any, ...]]:
    for row in found:
        yield _judged(
            row["ticket_id"],
            row["target"],
            _second(row["starts_at"]),
            _second(row["stopped_at"]),
            row["stop_kind"],
            _second(row["due_at"]),
            state_by_hand(row, as_of),
        )


def _judged(
    name: str,
    target: str,
    start: int | None,
    stop: int | None,
    kind: str | None,
    due: int | None,
    state: str,
) -> tuple[Any, ...]:
    """A promise as compared: one whose clock stands has no deadline."""
    return (name, target, start, stop, kind, None if state == "paused" else due, state)


def _compare(folder: Path, told: dict[str, Plan], as_of: int, until: str | None) -> None:
    known = {name: history(plan, as_of) for name, plan in told.items() if plan.created <= as_of}
    turns = fact_table(folder, "turn_fact", until).to_pylist()
    promises = fact_table(folder, "sla_fact", until).to_pylist()
    seen = datetime.fromtimestamp(as_of, UTC)
    found = [*_turns_built(turns), *_promises_built(promises, seen)]
    wanted = [
        one
        for name, past in known.items()
        for one in (*_turns_counted(name, past), *_promises_counted(name, past))
    ]
    # Each ticket is on its own: what differs is told by ticket, and needs no shrinking.
    for name, past in known.items():
        mine, theirs = (
            sorted((one for one in listed if _counts(one, name)), key=repr)
            for listed in (found, wanted)
        )
        assert mine == theirs, past


def _counts(row: tuple[Any, ...], name: str) -> bool:
    """Whether it is of this ticket and was not withdrawn, which may as well be absent."""
    return bool(row[0] == name and row[-1] != "withdrawn")


@pytest.mark.heavy
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(plans(), min_size=30, max_size=50), st.integers(0, 100))
def test_random_tickets_are_counted_alike(drawn: list[Plan], part: int) -> None:
    told = {f"{n:02d}": plan for n, plan in enumerate(drawn)}
    instants = sorted(
        at for plan in drawn for at in (plan.created, *(one.at for one in plan.happenings))
    )
    with TemporaryDirectory() as scratch:
        rows_told = [row for name, plan in told.items() for row in rows(name, plan)]
        folder = built(
            Path(scratch) / "w", agent("ann"), *policies(), *rows_told, calendars=calendars()
        )
        _compare(folder, told, instants[-1], None)
        middle = instants[part * (len(instants) - 1) // 100]
        _compare(folder, told, middle, f"{datetime.fromtimestamp(middle, UTC):%Y-%m-%d %H:%M:%S}")
