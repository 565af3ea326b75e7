"""Worlds by accident: seeded companies small enough to build in a moment, with ties and gaps."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from facts.asked import surveys
from regard.core.schema import Row, table
from worlds import Call, Ticket, Told, agent, at, call, shift, state, team, ticket

BEGIN, DAYS = at("2026-03-02 00:00"), 21
PEOPLE = ("ann", "bob", "cid", "zoe")
TEAMS = ("first", "second", "third")
STATUSES = ("new", "open", "open", "pending", "on_hold", "solved", "solved", "closed")
REASONS = (None, None, "inactivity", "unsolved")
LEARNT = {"call": "ended_at", "call_leg": "ends_at", "case": "closed_at"}
"""What of these tables is known at the end only, besides the end: all that no row begins with."""
BEGUN = {
    "call": ("source", "call_id", "arrived_at", "queued_at", "direction", "customer_id"),
    "call_leg": ("source", "call_id", "leg_id", "ordinal", "kind", "queue", "agent", "starts_at"),
    "case": ("source", "case_id", "response_id", "customer_id", "opened_at", "due_at", "owner"),
}


def company(seed: int, tickets: int = 25) -> tuple[Told, ...]:
    """Teams, people, tickets with their histories, calls, shifts, states and surveys."""
    dice = random.Random(seed)
    return (
        *(team(name, tier=n, calendar_id=dice.choice((None, "night"))) for n, name in _teams()),
        team("first", tier=2, since=_said(_instant(dice))),
        *(agent(name, bot=name == "zoe") for name in PEOPLE),
        *(_ticket(dice, f"t{n}") for n in range(tickets)),
        *(_call(dice, f"c{n}") for n in range(tickets // 2)),
        *_presence(dice),
        *surveys(dice, _instant, tickets),
    )


def altered(told: Sequence[Told], seed: int, share: float = 0.2) -> list[tuple[str, Row]]:
    """Every row as first sent, and later versions of some changes and tickets, in any order."""
    dice = random.Random(seed)
    rows: list[tuple[str, Row]] = []
    for name, row in (pair for one in told for pair in one.rows):
        rows.append((name, row | {"updated_at": BEGIN}))
        if name in ("ticket", "ticket_change") and dice.random() < share:
            later = row | {"updated_at": BEGIN + timedelta(days=1)}
            if name == "ticket_change" and row["field"] == "status":
                later["value"] = dice.choice(STATUSES)
            else:
                later["customer_id" if name == "ticket" else "actor"] = "somebody else"
            rows.append((name, later))
    dice.shuffle(rows)
    return rows


def seen(told: Sequence[Told], until: datetime) -> list[Told]:
    """What a store would hold that had been filled until an instant, and never later."""
    return [replace(one, rows=_rows_seen(one, until)) for one in told]


def _rows_seen(told: Told, until: datetime) -> tuple[tuple[str, Row], ...]:
    found = []
    for name, row in told.rows:
        begun = table(name).at
        if begun is None:
            found.append((name, row))
        elif row[begun] <= until:
            found.append((name, _cut(name, row, until)))
    return tuple(found)


def _cut(name: str, row: Row, until: datetime) -> Row:
    end = LEARNT.get(name)
    if end and row[end] is not None and row[end] > until:
        row = {key: value if key in BEGUN[name] else None for key, value in row.items()}
    return {
        key: None if isinstance(value, datetime) and value > until else value
        for key, value in row.items()
    }


def _teams() -> list[tuple[int, str]]:
    return list(enumerate(TEAMS, start=1))


def _instant(dice: random.Random) -> datetime:
    # Few minutes, so that many things happen at one instant.
    minutes = dice.choice((0, 0, 30, 600, 605, 606, 1020, 1439))
    return BEGIN + timedelta(days=dice.randrange(DAYS), minutes=minutes)


def _said(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"


def _ticket(dice: random.Random, name: str) -> Ticket:
    created = _instant(dice)
    told = ticket(
        name,
        _said(created),
        team=dice.choice((*TEAMS, None)),
        agent=dice.choice((*PEOPLE, None)),
        status=dice.choice(("new", "new", "open", "solved", None)),
        demand=dice.choice((None, None, None, "spam", "internal")),
        created_by=dice.choice(("customer", "ann", "robot")),
    )
    instants = sorted(_instant(dice) for _ in range(dice.randrange(9)))
    for instant in instants:
        told = _changed(dice, told, max(instant, created - timedelta(hours=1)))
    for instant in sorted(_instant(dice) for _ in range(dice.randrange(5))):
        by = dice.choice(("customer", "ann", "bob", "robot", "zoe"))
        told = told.said(
            _said(max(instant, created)),
            by=by,
            public=dice.choice((True, True, None, False)),
            ordinal=dice.choice((1, 2, None)),
        )
    return told


def _changed(dice: random.Random, told: Ticket, instant: datetime) -> Ticket:
    field = dice.choice(("status",) * 5 + ("team", "agent", "priority", "demand", "calendar"))
    values: dict[str, tuple[str | None, ...]] = {
        "status": STATUSES,
        "team": (*TEAMS, None),
        "agent": (*PEOPLE, None),
        "priority": ("low", "high"),
        "demand": ("spam", "real", None),
        "calendar": ("night", "default"),
    }
    return told.set(
        field,
        dice.choice(values[field]),
        _said(instant),
        by=dice.choice((*PEOPLE, "customer", "robot", "rule", None)),
        ordinal=dice.choice((1, 2, 3, None)),
        reason=dice.choice(REASONS),
    )


def _call(dice: random.Random, name: str) -> Call:
    told = call(name, _said(_instant(dice)), direction=dice.choice(("inbound", None)))
    for n in range(dice.randrange(4)):
        if n % 2 == 0:
            told = told.queued("sales", dice.choice((0, 5, 40, 900)))
        else:
            told = told.talked(
                dice.choice(PEOPLE),
                dice.choice((30, 300)),
                hold_seconds=dice.choice((None, 0, 10)),
                outcome=dice.choice(("completed", "no_answer", "transferred")),
            )
    return told.ended(dice.choice((None, "answered", "abandoned", "callback", "ivr_left")))


def _presence(dice: random.Random) -> list[Told]:
    told: list[Told] = []
    for who in PEOPLE:
        for n in range(6):
            begun = _instant(dice)
            kind = dice.choice(("available", "handling", "wrap", "break", "offline"))
            until = dice.choice(("+1h", "+8h", "+2d"))
            told.append(state(who, kind, _said(begun), until, state_id=f"s{n}"))
        begun = _instant(dice)
        told.append(shift(who, _said(begun), "+8h", activity=dice.choice(("work", "break"))))
    return told
