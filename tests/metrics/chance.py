"""A small company by chance, and what its events come to, counted by hand."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from metrics.small import Row, at, change, message, ticket

OPEN = ("new", "open", "pending", "on_hold")
TEAMS = ("billing", "sales", "repairs")
ZERO = at("2026-01-30 00:00")
LABELS = (None,) * 8 + ("spam", "test", "duplicate", "internal", "automated")
MERGED = 0.05
KINDS = (("agent", 0.7), ("customer", 0.15), ("bot", 0.1), ("system", 0.05))
COUNTED_LABELS = ("real", "duplicate")


@dataclass(frozen=True)
class Step:
    """A status taken: what it did to the ticket, when, by whom."""

    at: datetime
    status: str
    did: str
    by: str


def company(seed: int, tickets: int = 60) -> dict[str, list[Row]]:
    """Tickets with changes and messages over about a hundred days."""
    dice = random.Random(seed)
    events: dict[str, list[Row]] = {"ticket": [], "ticket_change": [], "message": []}
    for n in range(tickets):
        name = f"t{n:03d}"
        born = ZERO + timedelta(seconds=dice.randrange(90 * 86_400), microseconds=dice.randrange(9))
        label = dice.choice(LABELS)
        events["ticket"].append(
            ticket(
                name,
                born,
                customer_id=dice.choice((None, *"abcdefghij")),
                demand=label,
                team=dice.choice(TEAMS),
                channel=dice.choice(("email", "web", "chat")),
                merged_into="t000" if dice.random() < MERGED and n else None,
            )
        )
        events["ticket_change"] += _changes(dice, name, born)
        events["message"] += _said(dice, name, born)
    return events


def _kind(dice: random.Random) -> str:
    return dice.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]


def _changes(dice: random.Random, name: str, born: datetime) -> Iterator[Row]:
    when = born
    for n in range(dice.randrange(7)):
        # Sometimes two things happen at one instant: then the order in the file decides.
        when += timedelta(seconds=dice.choice((0, 40, 3_600, 86_400, 400_000)))
        kind = _kind(dice)
        to = dice.choice((*OPEN, "solved", "solved", "closed"))
        yield change(name, n, when, to, actor=f"{kind} 1", actor_kind=kind)


def _said(dice: random.Random, name: str, born: datetime) -> Iterator[Row]:
    when = born
    for n in range(dice.randrange(5)):
        when += timedelta(seconds=dice.choice((0, 60, 5_000, 90_000)))
        kind = "customer" if n == 0 else _kind(dice)
        yield message(name, n, when, kind, public=dice.random() < 0.8, automatic=kind == "system")


def until(events: dict[str, list[Row]], end: datetime) -> dict[str, list[Row]]:
    """The events that had happened by an instant."""
    instants = {"ticket": "created_at", "ticket_change": "at", "message": "sent_at"}
    return {
        name: [row for row in rows if row[instants[name]] <= end] for name, rows in events.items()
    }


def service(events: dict[str, list[Row]]) -> list[Row]:
    """The tickets that are service: no spam, tests, merged, internal or automated ones."""
    return [
        row
        for row in events["ticket"]
        if (row["demand"] or "real") in COUNTED_LABELS and row["merged_into"] is None
    ]


def began(events: dict[str, list[Row]], name: str) -> datetime:
    """When a ticket's matter began: with the first of those of its customer merged into it."""
    (own,) = [row for row in events["ticket"] if row["ticket_id"] == name]
    kin = [
        row["created_at"]
        for row in events["ticket"]
        if row["merged_into"] == name and row["customer_id"] == own["customer_id"] is not None
    ]
    first: datetime = min([own["created_at"], *kin])
    return first


def steps(events: dict[str, list[Row]], name: str) -> list[Step]:
    """The history of a ticket, one step a status."""
    found = [Step(began(events, name), "new", "created", "")]
    changes = [row for row in events["ticket_change"] if row["ticket_id"] == name]
    for row in sorted(changes, key=lambda row: (row["at"], row["ordinal"])):
        found.append(_step(found[-1].status, row))
    return found


def _step(old: str, row: Row) -> Step:
    new, machine = row["value"], row["actor_kind"] in ("bot", "system")
    if old in OPEN:
        did = {"solved": "auto_solve" if machine else "solve", "closed": "lapse"}.get(new, "move")
    else:
        did = {"solved": "restate", "closed": "close"}.get(new, "reopen")
    return Step(row["at"], new, did, row["actor"])


def done(events: dict[str, list[Row]], *dids: str) -> list[tuple[str, datetime]]:
    """The tickets and instants of some kinds of step, of service tickets."""
    return [
        (row["ticket_id"], step.at)
        for row in service(events)
        for step in steps(events, row["ticket_id"])
        if step.did in dids
    ]


def open_at(events: dict[str, list[Row]], when: datetime) -> set[str]:
    """The service tickets that stand open at an instant."""
    found = set()
    for row in service(events):
        passed = [s for s in steps(events, row["ticket_id"]) if s.at <= when]
        if passed and passed[-1].status in OPEN:
            found.add(row["ticket_id"])
    return found


def last_event(events: dict[str, list[Row]]) -> datetime:
    """The last thing that happened."""
    instants: list[datetime] = [row["created_at"] for row in events["ticket"]]
    instants += [row["at"] for row in events["ticket_change"]]
    instants += [row["sent_at"] for row in events["message"]]
    return max(instants)
