"""The customers of the demo's company."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, Words, around, drawn, happens, words
from regard.demo.clock import DAY, Window
from regard.demo.rows import named, rows_of

COUNTRIES = ("PL", "DE", "GB", "BG", "MY", "SA")
COUNTRY_SHARES = (0.46, 0.14, 0.12, 0.09, 0.10, 0.09)
LANGUAGES = ("pl", "en", "en", "bg", "ms", "ar")
"""The language in which people of each country write, in the same order."""
ZONES = (
    *("Europe/Warsaw", "Europe/Berlin", "Europe/London"),
    *("Europe/Sofia", "Asia/Kuala_Lumpur", "Asia/Riyadh"),
)
DIALLED = ("+4851", "+491511", "+44740", "+35988", "+60111", "+96650")
"""How a mobile number of each country begins; seven digits follow."""
STEP, NUMBERS = 7_919, 9_000_000
"""Without a common factor, so that every customer's digits are their own."""
PHONES, HANDLES, EXTERNAL = 0.6, 0.15, 0.4
"""Shares of the customers whose number, name on a network, account in the shop is known."""
ENGLISH_ABROAD = 0.08
PLANS = ("free", "basic", "plus", "business")
PLAN_SHARES = (0.30, 0.42, 0.22, 0.06)
COMPANIES = 0.14
PER_TICKET = 0.5


@dataclass(frozen=True)
class Customers:
    """ids, country, language, kind, plan by position; weight: how much each asks for.

    place: of the country, in COUNTRIES. first: how many customers other blocks have before these.
    """

    first: int
    ids: Words
    place: Whole
    country: Words
    language: Words
    kind: Words
    plan: Words
    since: Whole
    weight: Real

    def some(self, rng: np.random.Generator, size: int) -> Whole:
        """Positions of that many customers, those who ask for much more often."""
        return drawn(rng, self.weight, size)


def customers(
    rng: np.random.Generator, window: Window, tickets: int, before: int = 0, site: str = ""
) -> Customers:
    """About one customer for two tickets: most with one or two, some with many.

    before: tickets of the blocks before this one. site: what tells its ids from theirs.
    """
    size = max(40, round(tickets * PER_TICKET))
    where = drawn(rng, COUNTRY_SHARES, size)
    company = happens(rng, COMPANIES, size)
    english = happens(rng, ENGLISH_ABROAD, size)
    seconds = (window.end - window.start) // 1_000_000
    since = window.start - 400 * DAY + rng.integers(0, 400 * 86400 + seconds, size) * 1_000_000
    return Customers(
        first=before,
        ids=named(f"c{site}", size),
        place=where,
        country=words(COUNTRIES)[where],
        language=np.where(english, "en", words(LANGUAGES)[where]),
        kind=np.where(company, "company", "person"),
        plan=words(PLANS)[drawn(rng, PLAN_SHARES, size)],
        since=since,
        weight=around(rng, np.where(company, 2.0, 1.0), 0.8, size),
    )


def customer_rows(
    rng: np.random.Generator, found: Customers, who: Whole, at: Whole
) -> dict[str, pa.Table]:
    """The tables of the customers, known at the latest when they first got in touch.

    who, at: every contact's customer (-1 where unknown) and instant.
    """
    since = found.since.copy()
    known = who >= 0
    np.minimum.at(since, who[known], at[known])
    return {
        "customer": rows_of(
            "customer",
            since,
            customer_id=found.ids,
            first_seen_at=since,
            kind=found.kind,
            country=found.country,
            language=found.language,
            plan=found.plan,
        ),
        "customer_identity": _identity_rows(rng, found, since),
    }


def _identity_rows(rng: np.random.Generator, found: Customers, since: Whole) -> pa.Table:
    """A mail address of everyone, and of some a telephone number, a handle, a shop account."""
    size = len(since)
    everyone = np.arange(size)
    digits = 1_000_000 + (everyone + found.first) * STEP % NUMBERS
    kinds = {
        "mail": (everyone, [f"{name}@mail.example" for name in found.ids]),
        "phone": (
            np.flatnonzero(happens(rng, PHONES, size)),
            [f"{DIALLED[n]}{number}" for n, number in zip(found.place, digits, strict=True)],
        ),
        "handle": (
            np.flatnonzero(happens(rng, HANDLES, size)),
            [f"user_{name[1:].replace('-', '_')}" for name in found.ids],
        ),
        "external": (
            np.flatnonzero(happens(rng, EXTERNAL, size)),
            [f"shop-{name[1:]}" for name in found.ids],
        ),
    }
    who = np.concatenate([mine for mine, _ in kinds.values()])
    order = np.argsort(who, kind="stable")
    kind = words([kind for kind, (mine, _) in kinds.items() for _ in mine])
    address = np.concatenate([words(texts)[mine] for mine, texts in kinds.values()])
    return rows_of(
        "customer_identity",
        since[who[order]],
        customer_id=found.ids[who[order]],
        kind=kind[order],
        address=address[order],
        known_at=since[who[order]],
    )
