"""Who paid when, what a trial came to, and when a customer counts as active."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from regard.facts import division
from regard.facts.build import build
from worlds import Ticket, Told, at, built, fact_table, row_of, rows_of, some, take, thing, ticket

NEW_YEAR = "2026-01-01"
FACTS = (
    "subscription_span_fact",
    "paying_fact",
    "trial_fact",
    "order_fact",
    "active_span_fact",
    "loyal_span_fact",
    "landmark_fact",
)


def span(
    who: str,
    since: str,
    until: str | None,
    name: str = "",
    price: int | None = 1000,
    **more: Any,
) -> Told:
    """A stretch of a customer's subscription."""
    return thing(
        "subscription",
        customer_id=who,
        subscription_id=more.pop("subscription", f"of {who}"),
        span_id=name or since,
        starts_at=at(since),
        ends_at=at(until) if until else None,
        amount_minor=price,
        currency="EUR",
        **more,
    )


def bought(who: str, when: str, **more: Any) -> Told:
    """A purchase."""
    return thing("order", customer_id=who, order_id=f"{who} {when}", at=at(when), **more)


def test_a_customer_leaves_three_days_after_the_end_of_access(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", span("a", "2026-01-01", "2026-03-01", voluntary=True))
    row = row_of(folder, "paying_fact")
    assert some(row, "ordinal starts_at access_ends_at ends_at voluntary") == {
        "ordinal": 1,
        "starts_at": at("2026-01-01"),
        "access_ends_at": at("2026-03-01"),
        "ends_at": at("2026-03-04"),
        "voluntary": True,
    }


def test_a_renewal_within_three_days_is_no_leaving_and_a_later_one_is_a_return(
    tmp_path: Path,
) -> None:
    folder = built(
        tmp_path / "w",
        span("a", "2026-01-01", "2026-02-01"),
        span("a", "2026-02-03 23:00", "2026-03-01"),
        span("a", "2026-03-04", "2026-04-01"),
        span("a", "2026-04-04 00:01", None),
    )
    found = rows_of(folder, "paying_fact")
    assert [(row["ordinal"], row["starts_at"], row["ends_at"]) for row in found] == [
        (1, at("2026-01-01"), at("2026-04-04")),
        (2, at("2026-04-04 00:01"), None),
    ]
    assert found[1]["previous_ended_at"] == at("2026-04-04")
    spans = rows_of(folder, "subscription_span_fact")
    # Until the renewal the old price stands.
    assert [row["ends_at"] for row in spans] == [
        at("2026-02-03 23:00"),
        at("2026-03-04"),
        at("2026-04-04"),
        None,
    ]


def test_a_customer_leaves_with_the_last_subscription(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        span("a", "2026-01-01", "2026-03-01", subscription="s1", voluntary=True),
        span("a", "2026-02-01", "2026-02-10", subscription="s2", voluntary=True),
        span("a", "2026-02-20", "2026-05-01", subscription="s3", voluntary=False),
    )
    row = row_of(folder, "paying_fact")
    assert (row["ends_at"], row["voluntary"]) == (at("2026-05-04"), False)
    ends = {row["subscription_id"]: row for row in rows_of(folder, "subscription_span_fact")}
    # Only what ends with nothing after it has the grace.
    assert ends["s1"]["ends_at"] == at("2026-03-01")
    assert ends["s2"]["ends_at"] == at("2026-02-10")
    assert ends["s3"]["ends_at"] == at("2026-05-04")
    assert {row["left_at"] for row in ends.values()} == {at("2026-05-04")}


def test_a_pause_is_no_leaving_and_brings_in_nothing(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        span("a", "2026-01-01", "2026-02-01"),
        span("a", "2026-02-01", "2026-04-01", paused=True),
        span("a", "2026-04-01", None),
    )
    assert row_of(folder, "paying_fact")["ends_at"] is None
    found = rows_of(folder, "subscription_span_fact")
    assert [row["monthly_minor"] for row in found] == [1000, 0, 1000]


def test_trials_and_free_plans_are_no_paying_and_an_unknown_price_is(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        span("a", "2026-01-01", "2026-02-01", trial=True),
        span("b", "2026-01-01", None, price=0),
        span("c", "2026-01-01", None, price=None),
        # No stretch at all, and nobody's.
        span("d", "2026-01-01", "2026-01-01"),
        thing("subscription", subscription_id="x", span_id="x", starts_at=at("2026-01-01")),
    )
    assert [row["customer_id"] for row in rows_of(folder, "paying_fact")] == ["c"]
    found = {row["customer_id"]: row["paid"] for row in rows_of(folder, "subscription_span_fact")}
    assert found == {"a": False, "b": False, "c": True}


def test_a_trial_converts_when_its_customer_pays_by_three_days_after_it(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        span("paid", "2026-01-01", "2026-01-15", trial=True),
        span("paid", "2026-01-18", None),
        span("late", "2026-01-01", "2026-01-15", trial=True),
        span("late", "2026-01-18 00:01", None),
        span("early", "2026-01-01", "2026-01-15", trial=True),
        span("early", "2026-01-05", None, subscription="other"),
        span("never", "2026-01-01", "2026-01-10", name="1", trial=True),
        span("never", "2026-01-10", "2026-01-15", name="2", trial=True, plan="gold"),
        span("still", "2026-01-20", None, trial=True),
        span("old", "2025-01-01", None, subscription="other"),
        span("old", "2026-01-01", "2026-01-15", trial=True),
    )
    found = {row["customer_id"]: row for row in rows_of(folder, "trial_fact")}
    told = {name: (row["ended_at"], row["converted"]) for name, row in found.items()}
    assert told == {
        "paid": (at("2026-01-15"), True),
        "late": (at("2026-01-15"), False),
        "early": (at("2026-01-05"), True),
        "never": (at("2026-01-15"), False),
        "still": (None, False),
        "old": (at("2026-01-15"), False),
    }
    assert {name for name, row in found.items() if row["was_paying"]} == {"old"}


def test_a_purchase_keeps_a_customer_active_for_90_days(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        thing("customer", customer_id="a", country="PL", plan="gold", first_seen_at=at(NEW_YEAR)),
        bought("a", "2026-01-01", amount_minor=500, refunded_minor=100),
        bought("a", "2026-02-01", amount_minor=700),
        bought("a", "2026-06-01"),
        span("a", "2026-08-01", "2026-09-01"),
        bought("b", "2026-01-01"),
        span("b", "2026-01-10", None),
    )
    found = rows_of(folder, "active_span_fact")
    assert [(r["customer_id"], r["starts_at"], r["ends_at"]) for r in found] == [
        ("a", at("2026-01-01"), at("2026-05-02")),
        ("a", at("2026-06-01"), at("2026-09-04")),
        ("b", at("2026-01-01"), None),
    ]
    assert [(r["country"], r["plan"]) for r in found] == [("PL", "gold")] * 2 + [(None, None)]
    orders = rows_of(folder, "order_fact", customer_id="a")
    assert [(r["ordinal"], r["net_minor"]) for r in orders] == [(1, 400), (2, 700), (3, None)]
    assert orders[1]["previous_at"] == at("2026-01-01")


def test_a_customer_is_loyal_after_a_year_or_three_purchases_in_one_while_active(
    tmp_path: Path,
) -> None:
    folder = built(
        tmp_path / "w",
        span("payer", "2025-01-01", "2026-03-01"),
        span("young", "2025-06-01", "2026-03-01"),
        *(bought("buyer", day) for day in ("2025-01-01", "2025-06-01", "2025-12-01", "2026-05-01")),
        *(bought("rare", day) for day in ("2024-01-01", "2025-01-01", "2026-01-01")),
    )
    found = rows_of(folder, "loyal_span_fact")
    assert [(row["customer_id"], row["starts_at"], row["ends_at"]) for row in found] == [
        # Three from January to December, until the first is a year old; then three again.
        ("buyer", at("2025-12-01"), at("2026-01-01")),
        ("buyer", at("2026-05-01"), at("2026-06-01")),
        ("payer", at("2026-01-01"), at("2026-03-04")),
    ]


def test_by_day_90_a_customer_was_served_well_or_badly_or_asked_for_nothing(
    tmp_path: Path,
) -> None:
    def asks(who: str, day: str) -> Ticket:
        return ticket(f"{who} {day}", f"{day} 09:00", customer_id=who).asked("+1m")

    folder = built(
        tmp_path / "w",
        *(span(who, "2026-01-01", None) for who in ("well", "late", "never", "after", "silent")),
        span("gone", "2026-01-01", "2026-02-01"),
        asks("well", "2026-02-01").said("+23h", by="ann"),
        asks("late", "2026-02-01").said("+25h", by="ann"),
        asks("late", "2026-02-10").said("+1h", by="ann"),
        asks("never", "2026-02-01").solved("+1h"),
        # What happens after day 90 tells nothing.
        asks("after", "2026-04-02"),
        asks("gone", "2026-01-10").said("+1h", by="ann"),
        asks("well", "2026-12-01"),
    )
    found = {row["customer_id"]: row for row in rows_of(folder, "landmark_fact")}
    told = {who: (row["contacts"], row["failures"]) for who, row in found.items()}
    assert told == {
        "well": (1, 0),
        "late": (2, 1),
        "never": (1, 1),
        "after": (0, 0),
        "silent": (0, 0),
        "gone": (1, 0),
    }
    assert found["well"]["landmark_at"] == at("2026-04-01")
    assert {who for who, row in found.items() if not row["stayed"]} == {"gone"}


def by_chance(seed: int, customers: int = 12) -> list[Told]:
    """Customers with several subscriptions of any kind, and what they bought."""
    dice = random.Random(seed)
    told: list[Told] = []
    for n in range(customers):
        who = f"c{n}"
        told.append(thing("customer", customer_id=who, country=dice.choice(("PL", "BG", None))))
        for place in range(dice.randrange(6)):
            day = dice.randrange(120)
            ends = day + dice.choice((0, 1, 3, 4, 30, 90)) if dice.random() < 0.8 else None
            told.append(
                span(
                    who,
                    _day(day),
                    None if ends is None else _day(ends),
                    name=str(place),
                    price=dice.choice((0, None, 900, 1900)),
                    subscription=f"{who}/{dice.randrange(3)}",
                    trial=dice.choice((True, False, False, None)),
                    paused=dice.choice((True, False, False, None)),
                    voluntary=dice.choice((True, False, None)),
                    plan=dice.choice(("silver", "gold")),
                )
            )
        for _ in range(dice.randrange(3)):
            told.append(bought(who, _day(dice.randrange(300)), amount_minor=dice.randrange(9_000)))
    dice.shuffle(told)
    return told


def _day(n: int) -> str:
    return f"{at(NEW_YEAR) + timedelta(days=n):%Y-%m-%d}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_parts_and_bucket_by_bucket_the_same_rows_are_built(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = by_chance(seed)
    once = built(tmp_path / "once", *told)
    parts = built(tmp_path / "parts", *told[::2])
    take(parts, *told[1::2])
    assert build(parts).how == "incremental"
    monkeypatch.setattr(division, "MANY_ROWS", 1)
    cut = built(tmp_path / "cut", *told)
    for name in FACTS:
        wanted = fact_table(once, name)
        assert wanted.num_rows > 0
        assert fact_table(parts, name).equals(wanted)
        assert fact_table(cut, name).equals(wanted)


@pytest.mark.parametrize("day", [20, 61, 100])
def test_as_of_an_instant_nothing_later_is_known(day: int, tmp_path: Path) -> None:
    told, until = by_chance(4), _day(day)
    seen = []
    for one in told:
        ((name, row),) = one.rows
        begun = row.get("starts_at") or row.get("at")
        if begun is not None and begun > at(until):
            continue
        end = row.get("ends_at")
        if end is not None and end > at(until):
            row = {**row, "ends_at": None, "voluntary": None}
        seen.append(Told(((name, row),), one.last, one.source))
    whole = built(tmp_path / "whole", *told)
    then = built(tmp_path / "then", *seen)
    for name in FACTS:
        assert fact_table(whole, name, until).equals(fact_table(then, name)), name
