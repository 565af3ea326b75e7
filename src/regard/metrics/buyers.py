"""What a buyer without a contract brings in over 36 months, from how often and how much so far."""

from dataclasses import dataclass
from math import exp
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import DAY, joined, whole_second
from regard.metrics.retained import CUSTOMER
from regard.metrics.revenue import in_thousandths, rates_of
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.stretch import OverTime, within
from regard.stats.estimate import TOO_FEW, Estimate, nothing
from regard.stats.lifetable import MONTHS, YEARLY
from regard.stats.lifetime import (
    Buyers,
    Fitted,
    Floats,
    buyers,
    expected_purchases,
    expected_spend,
    fit_buying,
    fit_spending,
    spread,
)
from regard.stats.reach import Z
from regard.store.engine import MOMENT

WEEK = 7
QUARTER_WEEKS = 365.25 / 7 / 4
YEAR_DAYS = 365
THOUSAND = 1_000
ENOUGH = 30
"""Buyers of more than one day below which nothing is fitted."""


@dataclass(frozen=True)
class BuyerValue(OverTime):
    """BG/NBD for how often and Gamma–Gamma for how much, fitted by the end of each part.

    Rows are of `order_fact`; who ever paid for a contract is left out. Purchases of one day are
    one. Beside: what a fit of a year earlier expected to be bought since (`expected_orders`), and
    what was (`orders`).
    """

    starts: str = "at"
    ends: str = "_ever"

    def behind(self, rows: Relation, start: Any, end: Any) -> BooleanValue:
        """Purchases until the end of the range."""
        told: BooleanValue = rows["at"] < ibis.literal(end, MOMENT)
        return told

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """How many buyers share a history: days after the first, until the last, until the end."""
        return _histories(rows, frame, 0)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The value of a buyer of each part, on average, in the workspace's currency."""
        told = _books(frame.run("histories", lambda: _histories(rows, frame, 0)), frame)
        past = _books(frame.run("past", lambda: _histories(rows, frame, YEAR_DAYS)), frame)
        found = {}
        for key, book in told.items():
            beside = _tested(past.get(key, []))
            unknown = sum(int(row["n"]) for row in book if row["mean"] is None and row["again"])
            beside |= {"unpriced": unknown} if unknown else {}
            found[key] = [Found(_value(book), beside=beside)]
        return found

    def uses(self, rows: Relation) -> BooleanValue | None:
        """All of them."""
        return None

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody ever bought."""
        return [Found(nothing())]


Book = list[dict[str, Any]]


def _books(told: Book, frame: Frame) -> dict[Key, Book]:
    found: dict[Key, Book] = {}
    # In one order, so that sums of floats are the same however the engine returned them.
    kinds = ("again", "last", "age", "mean", "later")
    for row in sorted(told, key=lambda row: [row[name] or 0 for name in kinds]):
        found.setdefault(frame.key(row), []).append(row)
    return found


def _column(book: Book, name: str, per: float = 1.0) -> Floats:
    return np.array([float(row[name] or 0) for row in book]) / per


def _seen(book: Book) -> Buyers:
    again, n = _column(book, "again"), _column(book, "n")
    return buyers(again, _column(book, "last", WEEK), _column(book, "age", WEEK), n)


def _value(book: Book) -> Estimate:
    seen, n = _seen(book), int(_column(book, "n").sum())
    spent, repeats = _column(book, "mean", THOUSAND), seen.weight * (seen.again > 0)
    if repeats.sum() < ENOUGH or not spent.any():
        return nothing(TOO_FEW, n)
    buying, spending = fit_buying(seen), fit_spending(seen.again, spent, seen.weight)
    if spending.values[1] <= 1:
        # The mean of what is spent is without end: these purchases are too unlike for the model.
        return nothing(TOO_FEW, n)
    counted = np.where(spent > 0, seen.again, 0.0)

    def worth(often: tuple[float, ...], much: tuple[float, ...]) -> float:
        each = _discounted(seen, often) * expected_spend(counted, spent, much)
        return float(np.sum(seen.weight * each)) / n

    value = worth(buying.values, spending.values)
    error = np.hypot(*_spreads(worth, buying, spending))
    reach = exp(min(50.0, Z * float(error)))
    return Estimate(value, value / reach, value * reach, n)


def _spreads(worth: Any, buying: Fitted, spending: Fitted) -> tuple[float, float]:
    one = spread(lambda often: worth(often, spending.values), buying)
    return one, spread(lambda much: worth(buying.values, much), spending)


def _discounted(seen: Buyers, often: tuple[float, ...]) -> Floats:
    """Purchases expected in 36 months, each worth less the later it comes; by quarters."""
    total, before = np.zeros(len(seen.again)), np.zeros(len(seen.again))
    for quarter in range(MONTHS // 3):
        upto = expected_purchases(seen, often, (quarter + 1) * QUARTER_WEEKS)
        total += (upto - before) * (1 + YEARLY) ** (-(quarter + 0.5) / 4)
        before = upto
    return total


def _tested(book: Book) -> dict[str, Any]:
    if not book:
        return {}
    seen = _seen(book)
    if (seen.weight * (seen.again > 0)).sum() < ENOUGH:
        return {}
    ahead = expected_purchases(seen, fit_buying(seen).values, YEAR_DAYS / WEEK)
    later = int(np.sum(seen.weight * _column(book, "later")))
    return {"expected_orders": round(float(np.sum(seen.weight * ahead)), 3), "orders": later}


def _histories(rows: Relation, frame: Frame, back: int) -> Relation:
    """Buyers by history, as known so many days before the end of each part.

    again: days of purchase after the first; last, age: days from the first to the last of them and
    to the end; mean: what was spent on one of them, in thousandths; later: days of purchase since.
    """
    own = rows.anti_join(_under_contract(frame), list(CUSTOMER))
    ever = within(own.mutate(_ever=ibis.null(MOMENT)), frame, "at", "_ever")
    ever = ever.filter(ever["at"] < ever["_until"])
    ever = _valued(ever, frame)
    end = whole_second(ever["_until"]) // DAY - back
    daily = ever.mutate(day=(whole_second(ever["at"]) // DAY).cast("int64"), over=end.cast("int64"))
    days = daily.group_by(*frame.keys, *CUSTOMER, "day", "over").aggregate(
        value=daily.value.sum(), unknown=daily.value.isnull().cast("int64").max()
    )
    known = days.day <= days.over
    each = days.group_by(*frame.keys, *CUSTOMER, "over").aggregate(
        first=days.day.min(),
        last=days.day.max(where=known),
        times=known.cast("int64").sum(),
        all=days.count(),
        total=days.value.sum(where=known),
        begun=days.value.argmin(days.day),
        unknown=days.unknown.max(),
    )
    each = each.filter(each.times > 0)
    again = each.times - 1
    known_mean = (each.unknown == 0) & (again > 0)
    told = each.select(
        *frame.keys,
        again=again,
        last=each["last"] - each["first"],
        age=each.over - each["first"],
        mean=ibis.ifelse(known_mean, (each.total - each.begun) // ibis.greatest(again, 1), None),
        later=each["all"] - each.times,
    )
    kinds = ("again", "last", "age", "mean", "later")
    return told.group_by(*frame.keys, *kinds).aggregate(n=told.count())


def _valued(ever: Relation, frame: Frame) -> Relation:
    priced = ever.mutate(currency=ever.currency.fill_null(frame.currency), minor=ever.net_minor)
    both = joined(priced, rates_of(frame), (frame.moment_key, "currency"))
    return both.mutate(value=in_thousandths(both, frame))


def _under_contract(frame: Frame) -> Relation:
    spans = frame.others["subscription_span_fact"]
    return spans.filter(spans.paid).select(*CUSTOMER).distinct()
