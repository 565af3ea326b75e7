"""The terms of the demo's subscriptions: who begins when, pays what, and leaves when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regard.core.i18n import N_
from regard.demo.chance import Flags, Real, Whole, drawn, happens
from regard.demo.clock import DAY, NEVER, Window, instant, months_before
from regard.demo.customers import COUNTRIES, PLANS
from regard.demo.plants import Days, Planting, plant
from regard.demo.themes.columns import instants, places, same
from regard.demo.themes.service import second_bad
from regard.demo.world import World

TRIAL = 14 * DAY
TRIES, CONVERTS_AFTER_TRIAL = 0.6, 0.55
"""Customers without a plan who had a trial; subscribers who began with one."""
YEARLY = 0.3
SECOND_ONE = 0.06
"""Companies with two subscriptions."""
LEAVES_MONTHLY = (0.0, 0.026, 0.019, 0.011)
LEAVES_YEARLY = (0.0, 0.17, 0.13, 0.09)
"""Chances to leave at the end of a month and of a year, by plan."""
FIRST_MONTHS, LATER = 1.5, 0.8
"""How much more often people leave in the first three months, and after the first year."""
INVOLUNTARY, RETURNS = 0.24, 0.11
CURRENCIES = ("EUR", "PLN", "GBP")
PAYS_IN = {"PL": "PLN", "GB": "GBP"}
"""Euros elsewhere."""


Returns = tuple[Whole, Whole, Whole]


@dataclass(frozen=True)
class Terms:
    """One position a subscription. customer, plan, currency: their numbers.

    starts: of the trial, where there is one; paid: from when it is paid for, NEVER for a trial
    that leads to nothing. ends: of access, NEVER while it lasts.
    """

    customer: Whole
    plan: Whole
    currency: Whole
    yearly: Flags
    second: Flags
    starts: Whole
    paid: Whole
    ends: Whole
    voluntary: Flags


def terms(rng: np.random.Generator, world: World, made: Mapping[str, pa.Table]) -> Terms:
    """Every subscription that anybody had."""
    known = made["customer"]
    plan = places(known["plan"], PLANS)
    country = places(known["country"], COUNTRIES)
    pays = np.array([CURRENCIES.index(PAYS_IN.get(name, "EUR")) for name in COUNTRIES])[country]
    twice = same(known["kind"], "company") & (plan > 0) & happens(rng, SECOND_ONE, len(plan))
    tries = (plan == 0) & happens(rng, TRIES, len(plan))
    customer = np.concatenate([np.flatnonzero((plan > 0) | tries), np.flatnonzero(twice)])
    size = len(customer)
    second = np.arange(size) >= size - int(twice.sum())
    seen = instants(known["first_seen_at"])[customer]
    starts = whole_days(seen + (rng.exponential(5.0, size) * DAY).astype(np.int64))
    starts = np.where(second, starts + rng.integers(30, 200, size) * DAY, starts)
    begun = starts < world.window.end
    customer, second, starts = customer[begun], second[begun], starts[begun]
    return _ended(rng, world, made, customer, plan[customer], pays[customer], second, starts)


def _ended(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    customer: Whole,
    plan: Whole,
    currency: Whole,
    second: Flags,
    starts: Whole,
) -> Terms:
    """The subscriptions with their ends; what is only tried is tried for a plan one can have."""
    size = len(customer)
    only_tried = plan == 0
    plan = np.where(only_tried, 1 + drawn(rng, (0.7, 0.25, 0.05), size), plan)
    tried = only_tried | (happens(rng, CONVERTS_AFTER_TRIAL, size) & ~second)
    paid = np.where(tried, starts + TRIAL, starts)
    undecided = paid >= world.window.end
    paid = np.where(only_tried | undecided, NEVER, paid)
    yearly = happens(rng, YEARLY, size) & ~only_tried
    upset = second_bad(made)[customer]
    ends = _leaves(rng, world, plan, yearly, paid, upset)
    ends = np.where(only_tried & ~undecided, starts + TRIAL, ends)
    voluntary = only_tried | ~happens(rng, INVOLUNTARY, size)
    return Terms(customer, plan, currency, yearly, second, starts, paid, ends, voluntary)


def _leaves(
    rng: np.random.Generator, world: World, plan: Whole, yearly: Flags, paid: Whole, upset: Whole
) -> Whole:
    """When each leaves, at the end of a month or year that is paid for."""
    ends = np.full(len(plan), NEVER, dtype=np.int64)
    by_month, by_year = np.array(LEAVES_MONTHLY)[plan], np.array(LEAVES_YEARLY)[plan]
    begun = np.flatnonzero(paid < NEVER)
    longest = 2 + int((world.window.end - paid[begun].min(initial=world.window.end)) // (28 * DAY))
    for month in range(1, longest):
        stays = begun[ends[begun] == NEVER]
        at = months_later(paid[stays], month)
        due = ~yearly[stays] | (month % 12 == 0)
        tenure = FIRST_MONTHS if month <= 3 else LATER if month > 12 else 1.0
        chance = np.where(yearly[stays], by_year[stays], by_month[stays] * tenure)
        chance = chance * _more_likely(world, at, upset[stays])
        gone = happens(rng, np.minimum(chance, 0.9), len(stays)) & due & (at < world.window.end)
        ends[stays[gone]] = at[gone]
    return ends


def _more_likely(world: World, at: Whole, upset: Whole) -> Real:
    """How much likelier they leave who were served badly twice before."""
    cause = plant("slow_churn", world.plants)
    if cause is None:
        return np.ones(len(at))
    holds = (at >= instant(cause.first_day)) & (upset < at)
    return np.where(holds, cause.sizes["churn"], 1.0)


def months_later(at: Whole, months: Any) -> Whole:
    """The same day and time of a later month; days after the 28th do not occur."""
    stamp = at.astype("datetime64[us]")
    month = stamp.astype("datetime64[M]")
    rest = stamp - month.astype("datetime64[us]")
    made: Whole = ((month + months).astype("datetime64[us]") + rest).astype(np.int64)
    return made


def whole_days(at: Whole) -> Whole:
    """The instants, those after a month's 28th put back to it."""
    stamp = at.astype("datetime64[us]")
    month = stamp.astype("datetime64[M]").astype("datetime64[us]")
    past = (stamp - month).astype(np.int64) // DAY - 27
    made: Whole = at - np.maximum(past, 0) * DAY
    return made


def returns(rng: np.random.Generator, window: Window, found: Terms) -> Returns:
    """Who comes back: the subscription's number, from when, until when (NEVER: still there)."""
    gone = np.flatnonzero((found.ends < NEVER) & (found.paid < NEVER))
    back = gone[happens(rng, RETURNS, len(gone))]
    at = whole_days(found.ends[back] + rng.integers(20, 150, len(back)) * DAY)
    stays = months_later(at, rng.geometric(0.035, len(back)))
    some = at < window.end
    until = np.where(stays < window.end, stays, NEVER)
    return back[some], at[some], until[some]


def _last_months(until: date) -> Days:
    return months_before(until.replace(day=1), 5), until - timedelta(days=1)


PLANTS = [
    Planting(
        "slow_churn",
        N_(
            "Customers who were served slowly or not at all at least twice leave five times as "
            "often as the others: a cause that works slowly."
        ),
        8,
        _last_months,
        {"churn": 5.0},
    )
]
