"""The stretches of the demo's subscriptions: trial, plan, price and pause, one after the other."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Flags, Whole, happens
from regard.demo.clock import DAY, NEVER, Window, instant, months_before
from regard.demo.customers import PLANS
from regard.demo.log import ordinals
from regard.demo.rows import rows_of
from regard.demo.themes.columns import flags_where, joined, numbered, text_at
from regard.demo.themes.terms import CURRENCIES, Returns, Terms, months_later

PRICES = ((0, 499, 999, 2999), (0, 1999, 3999, 11999), (0, 449, 899, 2699))
"""A month, in minor units, by currency and plan."""
YEAR_COSTS = 10
"""Months paid for a year."""
RISE, RISEN = 5, 106
"""Months before the end from which on prices are higher, and how high of a hundred."""
CHANGES, UP = 0.14, 0.7
"""Subscriptions that change their plan, and those of them that go up."""
PAUSES, UNPAID = 0.05, 0.04
"""Subscriptions that pause; those whose payment fails and is made good within the grace."""


@dataclass(frozen=True)
class Marks:
    """Instants at which a stretch begins. gap: how long before it the former one had ended."""

    of: Whole
    at: Whole
    gap: Whole
    paused: Flags
    until: Whole

    def plus(self, other: "Marks") -> "Marks":
        """Both."""
        mine, theirs = vars(self), vars(other)
        return Marks(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})

    def at_places(self, keep: Whole) -> "Marks":
        """Those at these positions."""
        return Marks(**{name: values[keep] for name, values in vars(self).items()})


def span_rows(
    rng: np.random.Generator, window: Window, found: Terms, come_back: Returns, ids: pa.Array
) -> pa.Table:
    """The table of subscriptions; ids: of the customers."""
    rise = _rises(window, found)
    changed, former = _plan_changes(rng, found)
    marks = _begun(rng, window, found, come_back)
    for at in (rise, changed):
        some = np.flatnonzero((at < found.ends) & (at < window.end))
        marks = marks.plus(_marks(some, at[some], found.ends[some]))
    marks = _in_order(marks)
    of, at = marks.of, marks.at
    ends, last = _ends(marks, window)
    plan = np.where(at >= changed[of], found.plan[of], former[of])
    trial = at < found.paid[of]
    price = np.array(PRICES)[found.currency[of], plan]
    price = np.where(at >= rise[of], (price * RISEN + 50) // 100, price)
    price = np.where(found.yearly[of], price * YEAR_COSTS // 12, price)
    failed = (ends < NEVER) & ~last
    second = text_at(("", "-2"), found.second[of].astype(np.int64))
    return rows_of(
        "subscription",
        np.where(ends < NEVER, ends, at),
        subscription_id=joined("s-", text_at(ids, found.customer[of]), second),
        span_id=numbered("", ordinals(of), 2),
        customer_id=text_at(ids, found.customer[of]),
        plan=text_at(PLANS, plan),
        trial=trial,
        starts_at=at,
        ends_at=ends,
        paused=marks.paused,
        voluntary=flags_where(last | failed & (marks_gap(marks) > 0), found.voluntary[of] & last),
        amount_minor=np.where(trial | marks.paused, 0, price),
        currency=text_at(CURRENCIES, found.currency[of]),
    )


def _marks(of: Whole, at: Whole, until: Whole) -> Marks:
    size = len(of)
    return Marks(of, at, np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool), until)


def _begun(rng: np.random.Generator, window: Window, found: Terms, come_back: Returns) -> Marks:
    """Beginnings, first payments, pauses, failed payments made good, and returns."""
    everyone = np.arange(len(found.starts))
    marks = _marks(everyone, found.starts, found.ends)
    paying = np.flatnonzero((found.paid < NEVER) & (found.paid > found.starts))
    marks = marks.plus(_marks(paying, found.paid[paying], found.ends[paying]))
    until = np.minimum(found.ends, window.end)
    pays = np.flatnonzero((found.paid < NEVER) & ~found.yearly)
    rests = pays[happens(rng, PAUSES, len(pays))]
    at = months_later(found.paid[rests], rng.integers(2, 18, len(rests)))
    over = months_later(at, rng.integers(1, 3, len(rests)))
    fits = over < until[rests]
    rests, at, over = rests[fits], at[fits], over[fits]
    pause = _marks(rests, at, found.ends[rests])
    pause = Marks(pause.of, pause.at, pause.gap, ~pause.paused, pause.until)
    marks = marks.plus(pause).plus(_marks(rests, over, found.ends[rests]))
    late = np.setdiff1d(pays[happens(rng, UNPAID, len(pays))], rests)
    gap = rng.integers(1, 3, len(late)) * DAY
    at = months_later(found.paid[late], rng.integers(1, 16, len(late))) + gap
    fits = at < until[late]
    late, at, gap = late[fits], at[fits], gap[fits]
    marks = marks.plus(Marks(late, at, gap, np.zeros(len(late), dtype=bool), found.ends[late]))
    back, at, stays = come_back
    return marks.plus(_marks(back, at, stays))


def _rises(window: Window, found: Terms) -> Whole:
    """From when each pays the higher price: its first renewal after the rise, or its beginning."""
    rise = instant(months_before(window.until.replace(day=1), RISE))
    paid = np.minimum(found.paid, window.end)
    month = np.array([rise]).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    months = month - paid.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    months = np.maximum(months, 0)
    months = months + (months_later(paid, months) < rise)
    months = np.where(found.yearly, -(-months // 12) * 12, months)
    made: Whole = np.where(found.paid < NEVER, months_later(paid, months), NEVER)
    return made


def _plan_changes(rng: np.random.Generator, found: Terms) -> tuple[Whole, Whole]:
    """When each comes to its present plan (NEVER: it always had it), and the plan before."""
    size = len(found.plan)
    up = happens(rng, UP, size)
    former = np.where(up, found.plan - 1, found.plan + 1)
    changes = happens(rng, CHANGES, size) & (former > 0) & (former < len(PLANS))
    changes &= found.paid < NEVER
    months = rng.integers(1, 20, size)
    months = np.where(found.yearly, 12, months)
    paid = np.where(changes, found.paid, 0)
    return np.where(changes, months_later(paid, months), NEVER), np.where(
        changes, former, found.plan
    )


def _in_order(marks: Marks) -> Marks:
    """By subscription and time; a mark whose stretch would be empty is left out."""
    order = np.lexsort((marks.paused, marks.at, marks.of))
    found = marks.at_places(order)
    again = np.zeros(len(order), dtype=bool)
    again[:-1] = (found.of[1:] == found.of[:-1]) & (found.at[1:] - found.gap[1:] <= found.at[:-1])
    return found.at_places(np.flatnonzero(~again))


def _ends(marks: Marks, window: Window) -> tuple[Whole, Flags]:
    """Where each stretch ends, and whether the customer left with it."""
    following = np.append(marks.at[1:] - marks.gap[1:], NEVER)
    goes_on = np.append(marks.of[1:] == marks.of[:-1], False)
    ends = np.where(goes_on, np.minimum(following, marks.until), marks.until)
    ends = np.where(ends < window.end, ends, NEVER)
    return ends, (ends == marks.until) & (ends < NEVER)


def marks_gap(marks: Marks) -> Whole:
    """How long each stretch's successor was late, 0 for none."""
    made: Whole = np.append(marks.gap[1:], 0)
    return made
