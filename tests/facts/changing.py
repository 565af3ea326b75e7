"""Worlds that change: persons of several sources, chains of tickets, calls on tickets of others."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from regard.core.schema import Row, table
from worlds import at

BEGIN = at("2026-03-02 00:00")
SOURCES = ("desk", "desk", "desk", "shop")
COMPANIES = 12
"""A build costs as much for so many as for one."""
Said = tuple[str, Row]


def world(dice: random.Random) -> list[Said]:
    """The rows of a first import: something of everything."""
    crowd = [
        _call(dice, f"k{n}", "desk") | {"customer_id": "c0", "arrived_at": _day(4, n * 60)}
        for n in range(dice.choice((0, 18, 20)))
    ]
    rows = [("call", row) for row in crowd]
    for kind, count in (("ticket", 16), ("customer", 8), ("customer_identity", 7), ("call", 9)):
        rows += [one for _ in range(count) for one in KINDS[kind](dice)]
    for kind in ("message", "chat_session", "post", "reading", "complaint"):
        rows += [one for _ in range(5) for one in KINDS[kind](dice)]
    return _once(rows)


def change(dice: random.Random) -> list[Said]:
    """The rows of an import after it: one to four things that are new, or other than before."""
    kinds = dice.choices(list(KINDS), k=dice.randrange(1, 5))
    return _once([one for kind in kinds for one in KINDS[kind](dice)])


def beside(dice: random.Random, make: Callable[[random.Random], list[Said]]) -> list[Said]:
    """The rows of several companies that have nothing in common: no source and no address."""
    rows: list[Said] = []
    for place in range(COMPANIES):
        for name, row in make(dice):
            own = {"source": f"{row['source']}{place}"}
            if row.get("address"):
                own["address"] = f"{row['address']}{place}"
            rows.append((name, {**row, **own}))
    return rows


def _once(rows: list[Said]) -> list[Said]:
    """The last row of each key."""
    found = {(name, *(row[key] for key in table(name).key)): (name, row) for name, row in rows}
    return list(found.values())


def _day(day: int, minutes: int) -> datetime:
    return BEGIN + timedelta(days=day, minutes=minutes)


def _instant(dice: random.Random) -> datetime:
    return _day(dice.randrange(9), dice.choice((540, 541, 544, 600, 1200)))


def _who(dice: random.Random) -> str | None:
    return dice.choice((*(f"c{n}" for n in range(8)), None))


def _ticket_id(dice: random.Random) -> str:
    return f"t{dice.randrange(12)}"


def _row(dice: random.Random, name: str, **values: Any) -> Said:
    return name, table(name).row(source=dice.choice(SOURCES), **values)


def _tickets(dice: random.Random) -> Iterator[Said]:
    name = _ticket_id(dice)
    by = dice.choice(("customer", "customer", "agent"))
    yield _row(
        dice,
        "ticket",
        ticket_id=name,
        created_at=_instant(dice),
        created_by=by,
        created_by_kind=by,
        customer_id=_who(dice),
        channel=dice.choice(("email", "phone", "chat", "social", "web")),
        status=dice.choice(("new", "solved", "closed")),
        type=dice.choice(("refund", "login", "refund; late", None)),
        demand=dice.choice((None, None, None, "spam")),
        country=dice.choice(("PL", None)),
        follows=dice.choice((_ticket_id(dice), None, None)),
        merged_into=dice.choice((_ticket_id(dice), None, None, None, None)),
        observed=dice.choice((False, False, True)),
    )


def _messages(dice: random.Random) -> Iterator[Said]:
    begun = _instant(dice)
    name, source = _ticket_id(dice), dice.choice(SOURCES)
    for n, kind in enumerate(dice.choice((("customer",) * 3, ("customer", "agent")))):
        said = {
            "ticket_id": name,
            "message_id": f"m{n}",
            "ordinal": n,
            "sent_at": begun + timedelta(days=n, hours=1),
            "author": kind,
            "author_kind": kind,
            "public": True,
        }
        yield "message", table("message").row(source=source, **said)


def _changes(dice: random.Random) -> Iterator[Said]:
    yield _row(
        dice,
        "ticket_change",
        ticket_id=_ticket_id(dice),
        change_id=f"h{dice.randrange(4)}",
        ordinal=1,
        at=_instant(dice),
        field="status",
        value=dice.choice(("open", "solved", "closed")),
        actor="ann",
        actor_kind="agent",
    )


def _call(dice: random.Random, name: str, source: str) -> Row:
    arrived = _instant(dice)
    row: Row = table("call").row(
        source=source,
        call_id=name,
        customer_id=_who(dice),
        direction="inbound",
        arrived_at=arrived,
        queued_at=arrived,
        ended_at=arrived + timedelta(minutes=2),
        outcome=dice.choice(("answered", "answered", "abandoned", "ivr_served")),
        type=dice.choice(("login", None)),
    )
    return row | {"ticket_id": dice.choice((None, _ticket_id(dice)))}


def _calls(dice: random.Random) -> Iterator[Said]:
    yield "call", _call(dice, f"p{dice.randrange(12)}", dice.choice(SOURCES))


def _chats(dice: random.Random) -> Iterator[Said]:
    begun = _instant(dice)
    yield _row(
        dice,
        "chat_session",
        session_id=f"s{dice.randrange(6)}",
        ticket_id=dice.choice((None, _ticket_id(dice))),
        customer_id=_who(dice),
        started_at=begun,
        queued_at=dice.choice((begun, None)),
        first_line_at=dice.choice((begun + timedelta(minutes=1), None)),
        ended_at=begun + timedelta(minutes=9),
    )


def _posts(dice: random.Random) -> Iterator[Said]:
    side = dice.choice(("customer", "customer", "ours"))
    yield _row(
        dice,
        "post",
        post_id=f"p{dice.randrange(9)}",
        network="x",
        account="us" if side == "ours" else "them",
        side=side,
        at=_instant(dice),
        in_reply_to=dice.choice((f"p{dice.randrange(9)}", None)),
        customer_id=_who(dice),
        agent=dice.choice(("ann", None)),
        automatic=False,
    )


def _readings(dice: random.Random) -> Iterator[Said]:
    subject = dice.choice(("ticket", "call", "post"))
    name = _ticket_id(dice) if subject == "ticket" else f"p{dice.randrange(12)}"
    yield _row(
        dice,
        "reading",
        subject=subject,
        subject_id=name,
        part="",
        kind="type",
        version=dice.choice(("1", "2")),
        value=dice.choice(("login", "invoice", None)),
    )


def _complaints(dice: random.Random) -> Iterator[Said]:
    yield _row(
        dice,
        "complaint",
        complaint_id=f"x{dice.randrange(4)}",
        carrier="ticket",
        carrier_id=_ticket_id(dice),
        received_at=_instant(dice),
        remedy=dice.choice(("refund", "refund", None)),
    )


def _customers(dice: random.Random) -> Iterator[Said]:
    yield _row(
        dice,
        "customer",
        customer_id=f"c{dice.randrange(8)}",
        country=dice.choice(("PL", "DE", None)),
        plan=dice.choice(("free", "pro", None)),
    )


def _identities(dice: random.Random) -> Iterator[Said]:
    yield _row(
        dice,
        "customer_identity",
        customer_id=f"c{dice.randrange(8)}",
        kind="mail",
        address=dice.choice(("a@m.example", "a@m.example", "b@m.example", "c@m.example")),
        known_at=_instant(dice),
    )


KINDS: dict[str, Callable[[random.Random], Iterator[Said]]] = {
    "ticket": _tickets,
    "message": _messages,
    "ticket_change": _changes,
    "call": _calls,
    "chat_session": _chats,
    "post": _posts,
    "reading": _readings,
    "complaint": _complaints,
    "customer": _customers,
    "customer_identity": _identities,
}
