"""BG/NBD and Gamma–Gamma against CDNOW's published figures and simulated buyers."""

import csv
import gzip
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import beta as beta_of
from scipy.stats import beta, gamma

from regard.core.errors import BadValue
from regard.stats.lifetime import (
    Buyers,
    alive,
    buyers,
    expected_purchases,
    expected_spend,
    fit_buying,
    fit_spending,
    spread,
)

SPENDING = (6.25, 3.74, 15.45)
CDNOW = (0.243, 4.414, 0.793, 2.426)


def _cdnow(folder: Path) -> Buyers:
    with (folder / "retention" / "cdnow_customers_summary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    again = [float(row["frequency"]) for row in rows]
    return buyers(again, [float(r["recency"]) for r in rows], [float(r["T"]) for r in rows])


def _spent(folder: Path) -> tuple[list[int], list[float]]:
    """How often those bought again, and for how much, whom history alone finds in the raw file.

    The summary names 946 buyers of more than one day without what they spent; 806 have a history
    (days to the last purchase and to the end) that all who share it in the raw file have there too.
    """
    end = date(2021, 9, 30)
    days: dict[str, dict[date, float]] = {}
    with gzip.open(folder / "retention" / "cdnow_master.txt.gz", "rt") as raw:
        for who, on, _, value in (line.split() for line in raw):
            day = datetime.strptime(on, "%Y%m%d").replace(tzinfo=UTC).date()
            if day <= end:
                book = days.setdefault(who, {})
                book[day] = book.get(day, 0.0) + float(value)
    told = {who: _history(book, end) for who, book in days.items() if len(book) > 1}
    seen = _cdnow(folder)
    columns = (seen.again, np.rint(seen.last * 7), np.rint(seen.age * 7))
    named = Counter(zip(*(column.astype(int).tolist() for column in columns), strict=True))
    have = Counter(told.values())
    sure = [who for who, history in told.items() if have[history] == named[history]]
    means = [float(np.mean([days[who][day] for day in sorted(days[who])[1:]])) for who in sure]
    return [told[who][0] for who in sure], means


def _history(book: dict[date, float], end: date) -> tuple[int, int, int]:
    first, last = min(book), max(book)
    return len(book) - 1, (last - first).days, (end - first).days


@pytest.mark.real
def test_buyers_of_cds_come_to_the_published_parameters(shared_data: Path) -> None:
    seen = _cdnow(shared_data)
    found = fit_buying(seen)
    assert tuple(round(each, 3) for each in found.values) == CDNOW
    assert round(found.likelihood, 2) == -9582.43


@pytest.mark.real
def test_what_they_spend_agrees_with_the_published_parameters(shared_data: Path) -> None:
    # Published for all 946: p 6.25, q 3.74, v 15.45.
    again, spent = _spent(shared_data)
    assert len(again) == 806
    found = fit_spending(again, spent)
    errors = np.sqrt(np.diag(found.covariance))
    off = np.log(np.array(found.values) / np.array(SPENDING)) / errors
    assert np.all(np.abs(off) < 1)
    ours, theirs = (p * v / (q - 1) for p, q, v in (found.values, SPENDING))
    assert ours == pytest.approx(theirs, rel=0.02)


@pytest.mark.real
def test_a_buyer_of_two_in_30_weeks_of_39_will_buy_1_23_more(shared_data: Path) -> None:
    # Fader, Hardie and Lee: x = 2, t_x = 30.43, T = 38.86, over the next 39 weeks: 1.226.
    seen = _cdnow(shared_data)
    one = buyers([2], [30.43], [38.86])
    (told,) = expected_purchases(one, fit_buying(seen).values, 39.0)
    assert round(float(told), 3) == 1.226


def test_what_is_expected_is_the_mean_over_all_rates_and_chances_of_leaving() -> None:
    # E[purchases in t | rate, chance] of one alive, integrated over both gammas and betas.
    r, alpha, a, b = 0.8, 3.0, 1.7, 2.9
    t = 5.0

    def inner(p: float) -> float:
        # Rate ~ Gamma(r, alpha): the mean of (1 − exp(−λpt))/p is in closed form.
        return float((1 - (alpha / (alpha + p * t)) ** r) / p)

    wanted, _ = quad(lambda p: inner(p) * beta.pdf(p, a, b), 0, 1)
    fresh = buyers([0], [0.0], [0.0])
    (told,) = expected_purchases(fresh, (r, alpha, a, b), t)
    assert float(told) == pytest.approx(wanted, rel=1e-6)
    assert beta_of(a, b) > 0


def test_simulated_buyers_give_back_what_made_them() -> None:
    dice = np.random.default_rng(3)
    made = (0.9, 6.0, 1.2, 4.0)
    seen = _simulated(dice, made, 8_000, 60.0)
    found = fit_buying(seen)
    for value, truth, error in zip(
        found.values, made, np.sqrt(np.diag(found.covariance)), strict=True
    ):
        assert abs(np.log(value / truth)) < 4 * error
        assert error < 0.3


def test_equal_histories_may_be_counted_together() -> None:
    dice = np.random.default_rng(5)
    seen = _simulated(dice, (0.9, 6.0, 1.2, 4.0), 400, 30.0)
    twice = buyers(*(np.repeat(each, 2) for each in (seen.again, seen.last, seen.age)))
    weighed = buyers(seen.again, seen.last, seen.age, np.full(400, 2.0))
    assert fit_buying(weighed).values == pytest.approx(fit_buying(twice).values, rel=1e-4)


def test_a_unit_of_time_changes_only_alpha() -> None:
    dice = np.random.default_rng(5)
    weeks = _simulated(dice, (0.9, 6.0, 1.2, 4.0), 400, 30.0)
    days = buyers(weeks.again, weeks.last * 7, weeks.age * 7)
    one, other = fit_buying(weeks), fit_buying(days)
    assert other.values[1] == pytest.approx(one.values[1] * 7, rel=1e-3)
    assert other.values[0] == pytest.approx(one.values[0], rel=1e-3)


def test_whoever_has_been_silent_long_is_less_likely_there() -> None:
    told = alive(buyers([3, 3, 0], [1.0, 20.0, 0.0], [21.0, 21.0, 21.0]), CDNOW)
    assert told[0] < 0.2 < told[1] < told[2] == 1.0


def test_spending_is_drawn_towards_all_the_more_the_less_is_known() -> None:
    few, many = expected_spend([1, 50], [100.0, 100.0], (6.25, 3.74, 15.45))
    mean = 6.25 * 15.45 / (3.74 - 1)
    assert mean < few < many < 100


def test_simulated_spending_gives_back_what_made_it() -> None:
    dice = np.random.default_rng(8)
    p, q, v = 4.0, 5.0, 20.0
    count = dice.integers(1, 12, 5_000)
    nu = gamma.rvs(q, scale=1 / v, random_state=dice, size=5_000)
    mean = gamma.rvs(p * count, scale=1 / (nu * count), random_state=dice)
    found = fit_spending(count, mean)
    told = p * v / (q - 1)
    ours = found.values[0] * found.values[2] / (found.values[1] - 1)
    assert ours == pytest.approx(told, rel=0.03)
    error = spread(lambda values: values[0] * values[2] / (values[1] - 1), found)
    assert abs(np.log(ours / told)) < 4 * error


def test_a_last_purchase_after_the_age_is_refused() -> None:
    with pytest.raises(BadValue, match="within the age"):
        buyers([1], [5.0], [4.0])


def _simulated(
    dice: np.random.Generator, made: tuple[float, ...], customers: int, most: float
) -> Buyers:
    r, alpha, a, b = made
    rows = []
    for rate, leaves in zip(
        dice.gamma(r, 1 / alpha, customers), dice.beta(a, b, customers), strict=True
    ):
        age = dice.uniform(most / 2, most)
        now = last = 0.0
        again = 0
        while dice.random() >= (leaves if again else 0.0):
            now += dice.exponential(1 / rate) if rate > 1e-12 else np.inf
            if now > age:
                break
            again, last = again + 1, now
        rows.append((again, last, age))
    return buyers(*(np.array(column) for column in zip(*rows, strict=True)))
