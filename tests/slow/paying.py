"""The slow paths of customers: who pays, who leaves, who is active, and for how long."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from slow.contacts import persons
from slow.curves import DONE, WAITS, part, served_by
from slow.telling import Row, took
from slow.world import Slow, World

GRACE = timedelta(days=3)
MONTH = 2_629_800
"""The seconds of 30.4375 days."""
MILLION = 1_000_000
RECENT, LOYAL = timedelta(days=90), timedelta(days=365)


@dataclass(frozen=True)
class Stretch:
    """A stretch from an instant until another; None: it lasts. wished: of those that ended."""

    start: datetime
    end: datetime | None
    wished: bool = False

    def holds(self, at: datetime) -> bool:
        """Whether it lasts at an instant."""
        return self.start <= at and (self.end is None or self.end > at)


@cache
def subscriptions(world: World) -> dict[str, list[Row]]:
    """Each person's stretches of subscriptions that are paid for, or paused."""
    who = persons(world)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in world.tables["subscription"]:
        if not row["trial"]:
            found[who[row["customer_id"]]].append(row)
    return found


@cache
def stretches(world: World) -> dict[str, list[Stretch]]:
    """How long each person paid without leaving: gaps up to three days are none.

    A stretch ends three days after access did, if that has passed; else it lasts.
    """
    return {name: joined(rows, world.as_of) for name, rows in subscriptions(world).items()}


def joined(rows: Iterable[Row], as_of: datetime) -> list[Stretch]:
    """The stretches of one person, one after the other."""
    found: list[Stretch] = []
    start, end, wished = None, None, False
    for row in sorted(rows, key=lambda each: each["starts_at"]):
        if start is not None and end is not None and row["starts_at"] > end + GRACE:
            found.append(Stretch(start, end + GRACE, wished))
            start, end = None, None
        if start is None:
            start, end, wished = row["starts_at"], row["ends_at"], bool(row["voluntary"])
        elif end is not None and (row["ends_at"] is None or row["ends_at"] >= end):
            end, wished = row["ends_at"], bool(row["voluntary"])
    if start is not None:
        left = end is not None and end + GRACE <= as_of
        found.append(Stretch(start, end + GRACE if left and end else None, wished))
    return found


def last(world: World) -> datetime:
    """The last instant of the days that has been."""
    return min(world.end - timedelta(microseconds=1), world.as_of)


def paying(world: World, at: datetime) -> set[str]:
    """Who pays at an instant."""
    return {name for name, rows in stretches(world).items() if any(each.holds(at) for each in rows)}


def share(holds: Callable[[World, str], bool]) -> Slow:
    """Of those paying as the days began, the share of whom something holds."""

    def told(world: World) -> float | None:
        rows = paying(world, world.start)
        return part(sum(holds(world, name) for name in rows), len(rows))

    return told


def stayed(world: World, name: str) -> bool:
    """Whether a person pays as the days end."""
    return name in paying(world, min(world.end, world.as_of))


def leavings(world: World, name: str) -> list[Stretch]:
    """The stretches of a person that ended in the days asked about."""
    return [each for each in stretches(world)[name] if world.inside(each.end)]


def first_wish(world: World, name: str, wished: bool) -> bool:
    """Whether a person left first by a wish of their own, or without."""
    found = leavings(world, name)
    return bool(found) and found[0].wished is wished


def trials(world: World, ripe: timedelta = GRACE) -> list[bool]:
    """Of each trial that ended in the days, whether nobody paid by three days after.

    Whoever had paid for anything when it began is not among them.
    """
    who = persons(world)
    found = []
    for row in world.tables["subscription"]:
        end = row["ends_at"]
        if not (row["trial"] and end and world.inside(end) and end + ripe <= world.as_of):
            continue
        mine = subscriptions(world).get(who[row["customer_id"]], [])
        if not any(each["starts_at"] < row["starts_at"] for each in mine):
            found.append(not any(each["starts_at"] <= end + GRACE for each in mine))
    return found


def lost_of_all(world: World) -> float | None:
    """Those who left and trials that came to nothing, of those paying and trials ended."""
    rows, ended = paying(world, world.start), trials(world)
    left = sum(bool(leavings(world, name)) for name in rows)
    return part(left + sum(ended), len(rows) + len(ended))


def returns(world: World) -> int:
    """Stretches begun in the days that are not a person's first."""
    return sum(world.inside(each.start) for rows in stretches(world).values() for each in rows[1:])


def curve(world: World) -> dict[str, float | None]:
    """The share still paying after some months, of those who began in the days."""
    firsts = [rows[0] for rows in stretches(world).values() if world.inside(rows[0].start)]
    exits = [
        (0, took(each.start, each.end or world.as_of), DONE if each.end else WAITS)
        for each in firsts
    ]
    found: dict[str, float | None] = {}
    for months in (1, 12, 24, 48, 72):
        left = served_by(exits, months * MONTH)
        found[str(months)] = None if left is None else 1 - left
    return found


def rate(world: World, currency: str) -> int:
    """The last rate known as the days begin, in millionths."""
    day = world.local_day(world.start)
    rows = [r for r in world.tables["exchange_rate"] if r["currency"] == currency]
    known = [row for row in rows if row["on"] <= day]
    return int(max(known, key=lambda row: row["on"])["micro"])


def monthly(world: World, name: str, at: datetime) -> int:
    """What a person pays a month at an instant, in tenths of a cent; nothing who pays no longer."""
    return sum(
        (row["amount_minor"] * 10 * rate(world, row["currency"]) + MILLION // 2) // MILLION
        for row in subscriptions(world)[name]
        if row["starts_at"] <= at
        and (row["ends_at"] is None or row["ends_at"] + GRACE > at)
        and not superseded(world, name, row, at)
    )


def superseded(world: World, name: str, row: Row, at: datetime) -> bool:
    """Whether a later stretch of the same subscription has taken its place."""
    return any(
        other["subscription_id"] == row["subscription_id"]
        and row["starts_at"] < other["starts_at"] <= at
        for other in subscriptions(world)[name]
    )


def kept(world: World, most: Callable[[int, int], int]) -> float | None:
    """What those paying at the start pay at the end, of what they paid."""
    end = min(world.end, world.as_of)
    pairs = [
        (monthly(world, name, world.start), monthly(world, name, end))
        for name in paying(world, world.start)
    ]
    return part(sum(most(*pair) for pair in pairs), sum(first for first, _ in pairs))


def purchases(world: World) -> dict[str, list[datetime]]:
    """When each person bought."""
    who = persons(world)
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in world.tables["order"]:
        found[who[row["customer_id"]]].append(row["at"])
    return found


@cache
def active(world: World) -> dict[str, list[Stretch]]:
    """The stretches in which each person pays, or bought within ninety days; joined."""
    found: dict[str, list[Stretch]] = {}
    bought = purchases(world)
    for name in {*stretches(world), *bought}:
        rows = [*stretches(world).get(name, ())]
        rows += [Stretch(at, at + RECENT) for at in bought.get(name, ())]
        found[name] = merged(rows)
    return found


def merged(rows: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that touch or overlap, as one."""
    found: list[Stretch] = []
    for each in sorted(rows, key=lambda one: one.start):
        before = found[-1] if found else None
        if before and (before.end is None or each.start <= before.end):
            later = None if None in (before.end, each.end) else max(before.end, each.end)  # type: ignore[type-var]
            found[-1] = Stretch(before.start, later)
        else:
            found.append(each)
    return found


def months(world: World) -> float:
    """For how long persons were active in the days, in months."""
    end, total = min(world.end, world.as_of), 0
    for rows in active(world).values():
        for each in rows:
            start, stop = max(each.start, world.start), min(each.end or end, end)
            total += max(0, took(start, stop)) if start < stop else 0
    return total / MONTH


def actives(world: World) -> set[str]:
    """Who is active at the last instant."""
    at = last(world)
    return {name for name, rows in active(world).items() if any(each.holds(at) for each in rows)}


def loyal(world: World) -> int:
    """Who has paid for a year without a break, or bought three times in one, and is active."""
    at, bought = last(world), purchases(world)
    found = 0
    for name in actives(world):
        held = any(
            each.holds(at) and each.start + LOYAL <= at for each in stretches(world).get(name, ())
        )
        lately = [when for when in bought.get(name, ()) if at - LOYAL < when <= at]
        found += held or len(lately) >= 3
    return found


SLOW: dict[str, Slow] = {
    "retention_rate": share(stayed),
    "churn_paid": share(lambda world, name: bool(leavings(world, name))),
    "churn_voluntary": share(lambda world, name: first_wish(world, name, True)),
    "churn_involuntary": share(lambda world, name: first_wish(world, name, False)),
    "churn_all": lost_of_all,
    "trial_not_converted": lambda w: part(sum(trials(w)), len(trials(w))),
    "reactivations": returns,
    "retention_curve": curve,
    "paying_customers": lambda w: len(paying(w, last(w))),
    "revenue_retention_gross": lambda w: kept(w, min),
    "revenue_retention_net": lambda w: kept(w, lambda first, end: end),
    "active_customers": lambda w: len(actives(w)),
    "customer_months": months,
    "loyal_customers": loyal,
}
