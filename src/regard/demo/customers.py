"""The customers of the demo's company."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, Words, around, drawn, happens, words
from regard.demo.clock import DAY, Window
from regard.demo.rows import named, rows_of

COUNTRIES = ("PL", "DE", "GB", "BG", "MY", "SA")
COUNTRY_SHARES = (0.46, 0.14, 0.12, 0.09, 0.10, 0.09)
LANGUAGES = ("pl", "de", "en", "bg", "ms", "ar")
"""The language of each country, in the same order."""
ENGLISH_ABROAD = 0.08
PLANS = ("free", "basic", "plus", "business")
PLAN_SHARES = (0.30, 0.42, 0.22, 0.06)
COMPANIES = 0.14
PER_TICKET = 0.5


@dataclass(frozen=True)
class Customers:
    """ids, country, language, kind, plan by position; weight: how much each asks for."""

    ids: Words
    country: Words
    language: Words
    kind: Words
    plan: Words
    since: Whole
    weight: Real

    def some(self, rng: np.random.Generator, size: int) -> Whole:
        """Positions of that many customers, those who ask for much more often."""
        return drawn(rng, self.weight, size)


def customers(rng: np.random.Generator, window: Window, tickets: int) -> Customers:
    """About one customer for two tickets: most with one or two, some with many."""
    size = max(40, round(tickets * PER_TICKET))
    where = drawn(rng, COUNTRY_SHARES, size)
    company = happens(rng, COMPANIES, size)
    english = happens(rng, ENGLISH_ABROAD, size)
    seconds = (window.end - window.start) // 1_000_000
    since = window.start - 400 * DAY + rng.integers(0, 400 * 86400 + seconds, size) * 1_000_000
    return Customers(
        ids=named("c", size),
        country=words(COUNTRIES)[where],
        language=np.where(english, "en", words(LANGUAGES)[where]),
        kind=np.where(company, "company", "person"),
        plan=words(PLANS)[drawn(rng, PLAN_SHARES, size)],
        since=since,
        weight=around(rng, np.where(company, 2.0, 1.0), 0.8, size),
    )


def customer_rows(found: Customers, who: Whole, at: Whole) -> dict[str, pa.Table]:
    """The tables of the customers, known at the latest when they first got in touch.

    who, at: every contact's customer (-1 where unknown) and instant.
    """
    since = found.since.copy()
    known = who >= 0
    np.minimum.at(since, who[known], at[known])
    address = words([f"{name}@mail.example" for name in found.ids])
    size = len(since)
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
        "customer_identity": rows_of(
            "customer_identity",
            since,
            customer_id=found.ids,
            kind=words(["mail"] * size),
            address=address,
            known_at=since,
        ),
    }
