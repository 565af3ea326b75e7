"""Companies of subscribers and buyers made by chance, and what the numbers say in plain Python."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from metrics.small import Row, at

BEGIN = at("2026-01-01 00:00")
GRACE = timedelta(days=3)
BUYER = timedelta(days=90)
FAR = at("2999-01-01 00:00")
COVERS = ("subscription", "order", "customer", "exchange_rate")


@dataclass(frozen=True)
class Stretch:
    """A stretch of paying, worked out by hand: [starts, ends), FAR where it goes on."""

    who: str
    starts: datetime
    ends: datetime


def company(seed: int, customers: int = 30) -> dict[str, list[Row]]:
    """Customers with several subscriptions of any kind, and what they bought."""
    dice = random.Random(seed)
    told: dict[str, list[Row]] = {name: [] for name in COVERS}
    for n in range(customers):
        who = f"c{n}"
        told["customer"].append({"customer_id": who, "country": dice.choice(("PL", "BG"))})
        for place in range(dice.randrange(5)):
            begins = _day(dice.randrange(120))
            lasts = timedelta(days=dice.choice((1, 3, 4, 30, 45, 90)))
            told["subscription"].append(
                {
                    "customer_id": who,
                    "subscription_id": f"{who}/{dice.randrange(3)}",
                    "span_id": str(place),
                    "starts_at": begins,
                    "ends_at": begins + lasts if dice.random() < 0.8 else None,
                    "trial": dice.random() < 0.2,
                    "paused": dice.random() < 0.1,
                    "voluntary": dice.choice((True, False, None)),
                    "plan": dice.choice(("silver", "gold")),
                    "amount_minor": dice.choice((900, 1900, 4900)),
                    "currency": "EUR",
                }
            )
        for place in range(dice.randrange(3)):
            told["order"].append(
                {
                    "customer_id": who,
                    "order_id": f"{who}/{place}",
                    "at": _day(dice.randrange(180)),
                    "amount_minor": dice.randrange(100, 9_000),
                    "currency": "EUR",
                }
            )
    return told


def paying(events: dict[str, list[Row]]) -> list[Stretch]:
    """Every customer's stretches of paying, after the grace."""
    found = []
    for who in {row["customer_id"] for row in events["subscription"]}:
        spans = [
            (row["starts_at"], _plus(row["ends_at"], GRACE))
            for row in events["subscription"]
            if row["customer_id"] == who and not row["trial"]
        ]
        found += [Stretch(who, *each) for each in united(spans)]
    return found


def active(events: dict[str, list[Row]]) -> list[Stretch]:
    """Every customer's stretches of paying or having bought within 90 days."""
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for one in paying(events):
        spans.setdefault(one.who, []).append((one.starts, one.ends))
    for row in events["order"]:
        spans.setdefault(row["customer_id"], []).append((row["at"], row["at"] + BUYER))
    return [Stretch(who, *each) for who, told in spans.items() for each in united(told)]


def united(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches joined where they overlap or touch."""
    found: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def last_event(events: dict[str, list[Row]]) -> datetime:
    """The watermark: the last beginning or purchase."""
    begun = [row["starts_at"] for row in events["subscription"]]
    last: datetime = max([*begun, *(row["at"] for row in events["order"])])
    return last


def _plus(at_: datetime | None, more: timedelta) -> datetime:
    return FAR if at_ is None else at_ + more


def _day(n: int) -> Any:
    return BEGIN + timedelta(days=n)
