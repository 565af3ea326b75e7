"""What customers are worth, against the models fed by hand."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from metrics.payers import FAR, Stretch
from metrics.small import Row, at, parts
from metrics.test_retention import rows_of
from regard.metrics.engine import Part
from regard.metrics.exposure import MONTH_SECONDS
from regard.stats.lifetable import life_table, lifetime_value
from regard.stats.lifetime import buyers, expected_purchases, fit_buying, fit_spending

MONTH = timedelta(seconds=MONTH_SECONDS)
DAY = timedelta(days=1)
NOW = at("2026-05-01 00:00")


def _asked(key: str, rows: list[Row], **said: Any) -> Part:
    (part,) = parts(key, rows, said, as_of="2026-05-01 00:00")
    return part


def _contracts(seed: int, size: int = 600) -> list[Stretch]:
    """Customers who begin over four years and leave at one pace."""
    dice = np.random.default_rng(seed)
    found = []
    for n in range(size):
        begins = NOW - dice.uniform(1, 48) * MONTH
        ends = begins + dice.exponential(20) * MONTH
        found.append(Stretch(f"c{n}", begins, ends if ends < NOW else FAR))
    return found


def test_a_customer_is_worth_the_months_of_the_table_times_the_price() -> None:
    stretches = _contracts(1)
    prices = {one.who: 500 + 100 * (n % 7) for n, one in enumerate(stretches)}
    rows = [
        {**row, "monthly_minor": prices[row["customer_id"]], "currency": "EUR"}
        for row in rows_of(stretches)
    ]
    told = _asked("customer_value", rows)
    counts: dict[tuple[int, bool], int] = {}
    for one in stretches:
        place = (int((min(one.ends, NOW) - one.starts) / MONTH), one.ends < FAR)
        counts[place] = counts.get(place, 0) + 1
    pays = [prices[one.who] / 100 for one in stretches if one.ends == FAR]
    wanted = lifetime_value(
        life_table(counts), (len(pays), sum(pays), sum(each**2 for each in pays))
    )
    assert told.estimate.value == pytest.approx(wanted.value)
    assert (told.estimate.low, told.estimate.high) == pytest.approx((wanted.low, wanted.high))
    assert told.coverage["months"] == 36
    # What a year ago would have been said of those there then is about what came.
    assert told.coverage["expected_kept"] == pytest.approx(told.coverage["kept"], abs=0.08)
    assert 0.4 < told.coverage["kept"] < 0.7


def _orders(seed: int, size: int = 900) -> list[Row]:
    """Buyers by BG/NBD over two years, each spending about a mean of their own."""
    dice = np.random.default_rng(seed)
    rows: list[Row] = []
    for n in range(size):
        rate, leaves, mean = dice.gamma(0.9, 1 / 9), dice.beta(1.2, 4), dice.gamma(6, 500)
        now, place = NOW - dice.uniform(400, 730) * DAY, 0
        while now < NOW:
            spent = max(1, int(dice.gamma(4, mean / 4)))
            rows.append(
                {
                    "customer_id": f"b{n}",
                    "order_id": f"b{n}/{place}",
                    "at": now,
                    "net_minor": spent,
                    "currency": "EUR",
                }
            )
            place += 1
            if place > 1 and dice.random() < leaves:
                break
            now += max(1.0, float(dice.exponential(1 / rate) * 7)) * DAY
    return rows


def test_a_buyer_is_worth_what_the_models_say_of_each_history() -> None:
    rows = _orders(2)
    told = _asked("customer_value_buyers", rows)
    days: dict[str, dict[Any, int]] = {}
    for row in rows:
        book = days.setdefault(row["customer_id"], {})
        day = row["at"].date()
        book[day] = book.get(day, 0) + row["net_minor"]
    # The as-of is the last instant known, and its day the last day.
    end = NOW.date()
    again = [len(book) - 1 for book in days.values()]
    last = [(max(book) - min(book)).days / 7 for book in days.values()]
    age = [(end - min(book)).days / 7 for book in days.values()]
    mean = [
        sum(v for d, v in book.items() if d != min(book)) / 100 / max(1, len(book) - 1)
        for book in days.values()
    ]
    seen = buyers(again, last, age)
    often, much = fit_buying(seen).values, fit_spending(again, mean).values
    x, m, (p, q, v) = np.array(again), np.array(mean), much
    spend = p * (v + x * m) / (p * x + q - 1)
    upto = [expected_purchases(seen, often, 365.25 / 7 / 4 * k) for k in range(1, 13)]
    parts_ = np.diff(np.array([np.zeros(len(x)), *upto]), axis=0)
    worth = sum(part * 1.1 ** (-(k + 0.5) / 4) for k, part in enumerate(parts_))
    assert told.estimate.n == len(days)
    assert told.estimate.value == pytest.approx(float(np.mean(worth * spend)), rel=0.002)
    low, high = told.estimate.low or 0, told.estimate.high or 0
    assert 0 < low < (told.estimate.value or 0) < high < 2 * low
    expected, came = told.coverage["expected_orders"], told.coverage["orders"]
    assert expected == pytest.approx(came, rel=0.15)


def test_a_few_buyers_are_not_enough_to_fit_anything() -> None:
    told = _asked("customer_value_buyers", _orders(3, size=20))
    assert (told.estimate.value, told.estimate.note) == (None, "TOO_FEW")


def test_who_has_a_contract_is_no_mere_buyer() -> None:
    rows = _orders(4, size=300)
    contracts = [{**row, "customer_id": "b0"} for row in rows_of([Stretch("b0", NOW - DAY, FAR)])]
    told = parts(
        "customer_value_buyers",
        rows,
        as_of="2026-05-01 00:00",
        others={"subscription_span_fact": contracts},
    )
    assert told[0].estimate.n == 299
