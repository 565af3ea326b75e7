"""The demo's money: subscriptions, purchases without contract, rates, and use of the product."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, around, drawn, happens, stream
from regard.demo.clock import DAY, NEVER, SECOND, Window
from regard.demo.customers import COUNTRIES
from regard.demo.rows import rows_of
from regard.demo.themes.columns import instants, numbered, places, same, text_at, texts
from regard.demo.themes.spans import span_rows
from regard.demo.themes.terms import CURRENCIES, PAYS_IN, Terms, returns, terms
from regard.demo.themes.told import of_money
from regard.demo.themes.whole import common_stream
from regard.demo.world import Theme, World

WEEK = 7 * DAY
BUYERS, BUY_BESIDES = 0.45, 0.2
"""Customers without a plan who only buy; subscribers who buy things too."""
RATE_SHAPE, RATE_WEEKS = 0.5, 13.0
"""Purchases: each buyer's rate is gamma distributed with this shape, and scale of weeks."""
DROP_A, DROP_B = 0.9, 2.8
"""After each purchase but the first a buyer is lost with a chance, beta distributed among them."""
SPEND_P, SPEND_Q, SPEND_SCALE = 6.0, 4.0, 1900.0
"""Amounts are gamma around a buyer's mean, and these means inverse gamma among them."""
MOST_PURCHASES = 40
REFUNDED, WHOLLY = 0.06, 0.6
WORTH = (1.0, 4.27, 0.86)
"""Of one euro in each currency, to set prices by."""
RATES = {"EUR": 1_000_000, "PLN": 234_000, "GBP": 1_165_000}
OBSERVED = 0.08
"""Subscribers whose use of the product is known."""
USES, FADES = 0.8, 0.45
"""Chance of use in a week, and how much of it is left in the last weeks of those who leave."""
USED = ("opened_app", "ran_scene", "watched_stream", "changed_setting")
USED_SHARES = (0.55, 0.2, 0.15, 0.1)


def money(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Subscriptions, orders, rates of exchange, and activity."""
    ids = texts(made["customer"]["customer_id"])
    found = terms(stream(world.seed, "terms"), world, made)
    back = returns(stream(world.seed, "returns"), world.window, found)
    return {
        "subscription": span_rows(stream(world.seed, "spans"), world.window, found, back, ids),
        "order": _order_rows(stream(world.seed, "orders"), world, made),
        "activity": _activity_rows(stream(world.seed, "activity"), world, found, ids),
        "exchange_rate": _rate_rows(common_stream(world, "rates"), world.window),
    }


def _order_rows(rng: np.random.Generator, world: World, made: Mapping[str, pa.Table]) -> pa.Table:
    known = made["customer"]
    free = same(known["plan"], "free")
    buys = np.flatnonzero(happens(rng, np.where(free, BUYERS, BUY_BESIDES), len(free)))
    of, at = _purchases(rng, world.window, instants(known["first_seen_at"])[buys])
    spend = rng.gamma(SPEND_Q, 1.0, len(buys))
    spend = SPEND_P * SPEND_SCALE / np.maximum(spend, 0.2)
    country = places(known["country"], COUNTRIES)[buys[of]]
    pays = np.array([CURRENCIES.index(PAYS_IN.get(name, "EUR")) for name in COUNTRIES])[country]
    amount = rng.gamma(SPEND_P, 1 / SPEND_P, len(of)) * spend[of] * np.array(WORTH)[pays]
    minor = np.maximum(np.rint(amount / 10).astype(np.int64) * 10, 90)
    back = happens(rng, REFUNDED, len(of))
    part = np.where(happens(rng, WHOLLY, len(of)), 1.0, rng.uniform(0.1, 0.9, len(of)))
    return rows_of(
        "order",
        at,
        order_id=numbered(f"o{world.site}", len(of)),
        customer_id=text_at(texts(known["customer_id"]), buys[of]),
        at=at,
        amount_minor=minor,
        currency=text_at(CURRENCIES, pays),
        units=1 + rng.poisson(0.4, len(of)),
        refunded_minor=np.where(back, np.rint(minor * part), 0).astype(np.int64),
    )


def _purchases(rng: np.random.Generator, window: Window, first: Whole) -> tuple[Whole, Whole]:
    """Every purchase, in order of time: whose (a position in `first`), and when."""
    size = len(first)
    rate = rng.gamma(RATE_SHAPE, 1 / RATE_WEEKS, size)
    lost = rng.beta(DROP_A, DROP_B, size)
    of, at = [np.arange(size)], [first]
    alive, now = np.arange(size), first
    for again in range(MOST_PURCHASES):
        # BG/NBD: nobody is lost before having bought again.
        stays = ~happens(rng, lost[alive], len(alive)) | (again == 0)
        alive, now = alive[stays], now[stays]
        weeks = rng.exponential(1.0, len(alive)) / np.maximum(rate[alive], 1e-4)
        now = now + np.rint(np.minimum(weeks, 500.0) * (WEEK // SECOND)).astype(np.int64) * SECOND
        before = now < window.end
        alive, now = alive[before], now[before]
        of.append(alive)
        at.append(now)
    whose, when = np.concatenate(of), np.concatenate(at)
    order = np.lexsort((whose, when))
    return whose[order], when[order]


def _activity_rows(rng: np.random.Generator, world: World, found: Terms, ids: pa.Array) -> pa.Table:
    """What some subscribers did with the product, at most once a week, inside the window."""
    window = world.window
    watched = np.flatnonzero(happens(rng, OBSERVED, len(found.starts)) & ~found.second)
    weeks = (window.end - window.start) // WEEK
    shape = (len(watched), int(weeks))
    offset = rng.integers(0, WEEK // SECOND, shape) * SECOND
    at = window.start + np.arange(weeks)[None, :] * WEEK + offset
    until = np.minimum(found.ends[watched], window.end)[:, None]
    likes = np.clip(around(rng, USES, 0.3, len(watched)), 0.1, 0.97)[:, None]
    fading = (found.ends[watched][:, None] < NEVER) & (until - at < 6 * WEEK)
    chance: Real = np.where(fading, likes * FADES, likes)
    used = (rng.random(shape) < chance) & (at >= found.starts[watched][:, None]) & (at < until)
    who, week = np.nonzero(used)
    when = at[who, week]
    order = np.lexsort((who, when))
    return rows_of(
        "activity",
        when[order],
        activity_id=numbered(f"u{world.site}", len(order)),
        customer_id=text_at(ids, found.customer[watched[who[order]]]),
        at=when[order],
        kind=text_at(USED, drawn(rng, USED_SHARES, len(order))),
    )


def _rate_rows(rng: np.random.Generator, window: Window) -> pa.Table:
    """A rate for each currency on the first of each month, from before anything was sold."""
    months = np.arange(
        np.datetime64(window.first, "M") - 14,
        np.datetime64(window.until - date.resolution, "M") + 1,
    )
    size = len(months)
    currency = np.repeat(np.arange(len(RATES)), size)
    drift = np.exp(np.cumsum(0.006 * rng.standard_normal((len(RATES), size)), axis=1))
    level = np.array(list(RATES.values()))[:, None]
    micro = np.rint(np.where(level == RATES["EUR"], level, level * drift)).astype(np.int64)
    on = np.tile(months.astype("datetime64[D]"), len(RATES))
    return rows_of(
        "exchange_rate",
        on.astype("datetime64[us]").astype(np.int64),
        currency=text_at(tuple(RATES), currency),
        on=on,
        micro=micro.ravel(),
    )


THEMES = [Theme("money", 10, money, of_money)]
