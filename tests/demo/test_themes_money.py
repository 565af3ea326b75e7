"""The demo's subscriptions and purchases behave like those of a real company."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any

import pyarrow as pa
import pytest

from regard.demo.company import company
from regard.demo.plants import plantings
from regard.demo.themes import money
from regard.demo.themes.terms import CURRENCIES
from regard.stats.lifetime import buyers, fit_buying, fit_spending

Company = Mapping[str, pa.Table]
Row = dict[str, Any]


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


@pytest.fixture(scope="module", name="spans")
def _spans(demo: Company) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in demo["subscription"].to_pylist():
        found.setdefault(row["subscription_id"], []).append(row)
    return found


def test_the_stretches_of_a_subscription_follow_one_another(spans: dict[str, list[Row]]) -> None:
    for rows in spans.values():
        assert [row["span_id"] for row in rows] == sorted(row["span_id"] for row in rows)
        for one, other in pairwise(rows):
            assert one["starts_at"] < one["ends_at"] <= other["starts_at"]
        assert rows[-1]["ends_at"] is None or rows[-1]["starts_at"] < rows[-1]["ends_at"]


def test_a_trial_is_free_and_what_follows_is_paid(spans: dict[str, list[Row]]) -> None:
    for rows in spans.values():
        for row in rows:
            assert (row["amount_minor"] == 0) == (row["trial"] or row["paused"])
            assert not (row["trial"] and row["paused"])
        if rows[0]["trial"] and rows[0]["ends_at"]:
            assert rows[0]["ends_at"] - rows[0]["starts_at"] == timedelta(days=14)


def test_trials_convert_as_often_as_real_ones(spans: dict[str, list[Row]]) -> None:
    over = [rows for rows in spans.values() if rows[0]["trial"] and rows[0]["ends_at"]]
    assert 0.5 < mean(len(rows) > 1 for rows in over) < 0.8


def test_everything_that_can_happen_to_a_subscription_does(spans: dict[str, list[Row]]) -> None:
    rows = [row for found in spans.values() for row in found]
    assert {row["currency"] for row in rows} == {"EUR", "PLN", "GBP"}
    assert {row["plan"] for row in rows} == {"basic", "plus", "business"}
    assert {row["voluntary"] for row in rows} == {True, False, None}
    assert any(row["paused"] for row in rows)
    steps = [pair for found in spans.values() for pair in pairwise(found)]
    gaps = [(other["starts_at"] - one["ends_at"]).days for one, other in steps]
    assert any(0 < gap <= 2 for gap in gaps), "a failed payment made good within the grace"
    assert any(gap >= 20 for gap in gaps), "someone came back"
    assert any(one["plan"] != other["plan"] for one, other in steps)
    assert any(
        one["amount_minor"] < other["amount_minor"] and one["plan"] == other["plan"]
        for one, other in steps
        if one["amount_minor"]
    ), "a price rose"


def test_about_one_in_fifty_leaves_in_a_month(demo: Company) -> None:
    assert 0.01 < mean(churn(demo, month) for month in range(1, 12)) < 0.035


def test_slow_service_makes_people_leave_only_where_it_was_planted() -> None:
    first = plantings()["slow_churn"].when(date(2026, 6, 1))[0]
    assert first.isoformat() == "2026-01-01"
    demo, without = company(tickets=9000), company(tickets=9000, without=["slow_churn"])
    bad = twice_bad(demo)
    planted, plain = left(demo, bad), left(without, bad)
    assert planted[True] > 2.2 * planted[False]
    assert plain[True] < 1.5 * plain[False]


def test_buyers_without_contract_buy_again_or_are_lost(demo: Company) -> None:
    orders = demo["order"].to_pylist()
    counts: dict[str, int] = {}
    for order in orders:
        counts[order["customer_id"]] = counts.get(order["customer_id"], 0) + 1
        assert 0 <= order["refunded_minor"] <= order["amount_minor"]
        assert order["units"] >= 1
    once = mean(count == 1 for count in counts.values())
    assert 0.25 < once < 0.7
    assert max(counts.values()) > 8
    assert 0.03 < mean(order["refunded_minor"] > 0 for order in orders) < 0.1


def test_how_buyers_were_made_is_found_again_by_the_models() -> None:
    bought: dict[str, list[Row]] = {}
    orders = company(tickets=20_000, months=24)["order"].to_pylist()
    for order in orders:
        bought.setdefault(order["customer_id"], []).append(order)
    week = timedelta(weeks=1)
    first = [rows[0]["at"] for rows in bought.values()]
    last = [rows[-1]["at"] for rows in bought.values()]
    end = max(last)
    again = [len(rows) - 1 for rows in bought.values()]
    seen = buyers(
        again,
        [(b - a) / week for a, b in zip(first, last, strict=True)],
        [(end - a) / week for a in first],
    )
    shape, weeks, drop_a, drop_b = fit_buying(seen).values
    assert shape == pytest.approx(money.RATE_SHAPE, rel=0.15)
    assert weeks == pytest.approx(money.RATE_WEEKS, rel=0.2)
    assert drop_a / (drop_a + drop_b) == pytest.approx(
        money.DROP_A / (money.DROP_A + money.DROP_B), abs=0.04
    )
    worth = dict(zip(CURRENCIES, money.WORTH, strict=True))
    spent = [
        mean(row["amount_minor"] / worth[row["currency"]] for row in rows)
        for rows in bought.values()
    ]
    p, q, scale = fit_spending([count + 1 for count in again], spent).values
    assert p == pytest.approx(money.SPEND_P, rel=0.2)
    assert p * scale / (q - 1) == pytest.approx(
        money.SPEND_P * money.SPEND_SCALE / (money.SPEND_Q - 1), rel=0.1
    )


def test_every_month_of_sales_has_a_rate(demo: Company) -> None:
    rates = {(row["currency"], row["on"]) for row in demo["exchange_rate"].to_pylist()}
    sold = {(row["currency"], row["at"].date().replace(day=1)) for row in demo["order"].to_pylist()}
    assert sold <= rates
    micro = {row["micro"] for row in demo["exchange_rate"].to_pylist() if row["currency"] == "EUR"}
    assert micro == {1_000_000}


def test_who_leaves_uses_the_product_less_before(demo: Company) -> None:
    seen = {row["customer_id"] for row in demo["activity"].to_pylist()}
    rows = [row for row in demo["subscription"].to_pylist() if row["customer_id"] in seen]
    access: dict[str, list[Row]] = {}
    for row in rows:
        access.setdefault(row["customer_id"], []).append(row)
    for row in demo["activity"].to_pylist():
        assert any(
            span["starts_at"] <= row["at"] and (not span["ends_at"] or row["at"] < span["ends_at"])
            for span in access[row["customer_id"]]
        ) or within_grace(access[row["customer_id"]], row["at"])


def within_grace(spans: list[Row], at: datetime) -> bool:
    """Whether the instant lies in the days between a failed payment and the next."""
    return any(
        one["ends_at"] <= at < other["starts_at"] <= one["ends_at"] + timedelta(days=3)
        for one, other in pairwise(spans)
    )


def paying(demo: Company, at: datetime) -> set[str]:
    """Customers with paid access at the instant."""
    return {
        row["customer_id"]
        for row in demo["subscription"].to_pylist()
        if not row["trial"]
        and row["starts_at"] <= at
        and (row["ends_at"] is None or row["ends_at"] > at)
    }


def churn(demo: Company, month: int) -> float:
    """Share of the paying lost within a month of the window."""
    bounds = [datetime(2025 + (5 + n) // 12, (5 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(13)]
    start, end = paying(demo, bounds[month - 1]), paying(demo, bounds[month])
    return 1 - len(start & end) / len(start)


def twice_bad(demo: Company) -> set[str]:
    """Customers with two tickets before 2026 that waited two days or were not solved in a week."""
    reply: dict[str, datetime] = {}
    for said in demo["message"].to_pylist():
        if said["author_kind"] == "agent" and said["public"]:
            reply.setdefault(said["ticket_id"], said["sent_at"])
    solved: dict[str, datetime] = {}
    for change in demo["ticket_change"].to_pylist():
        if change["field"] == "status" and change["value"] == "solved":
            solved.setdefault(change["ticket_id"], change["at"])
    late = datetime(2026, 5, 1, tzinfo=UTC)
    bad: dict[str, int] = {}
    for ticket in demo["ticket"].to_pylist():
        name, created = ticket["ticket_id"], ticket["created_at"]
        slow = reply.get(name, late) - created > timedelta(hours=48)
        slow |= solved.get(name, late) - created > timedelta(days=7)
        if slow and created < datetime(2025, 12, 25, tzinfo=UTC):
            bad[ticket["customer_id"]] = bad.get(ticket["customer_id"], 0) + 1
    return {customer for customer, count in bad.items() if count >= 2}


def left(demo: Company, bad: set[str]) -> dict[bool, float]:
    """Share lost from January to May of those who were served badly twice before, and others."""
    start = paying(demo, datetime(2026, 1, 1, tzinfo=UTC))
    end = paying(demo, datetime(2026, 5, 31, 20, tzinfo=UTC))
    gone = {True: start & bad, False: start - bad}
    assert len(gone[True]) > 100
    return {key: 1 - len(who & end) / len(who) for key, who in gone.items()}
