"""The life table and what it is worth, against hand counts and resampling."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from regard.stats.estimate import Estimate
from regard.stats.lifetable import kept_after, life_table, lifetime_value


def test_who_is_last_seen_within_a_month_was_at_risk_for_half_of_it() -> None:
    # Ten begin; two leave in the first month, three are last seen in the second, five go on.
    table = life_table({(0, True): 2, (1, False): 3, (1, True): 1, (2, False): 4})
    assert table.risk.tolist() == [10, 6.5]
    assert table.left.tolist() == [2, 1]
    assert kept_after(table, 0, 2) == pytest.approx(0.8 * (1 - 1 / 6.5))


def test_a_table_ends_where_nobody_has_been_through_a_month() -> None:
    assert len(life_table({(2, False): 5}).risk) == 2
    assert len(life_table({}).risk) == 0
    assert lifetime_value(life_table({}), (3, 30, 300)).note == "NO_DATA"


def test_less_than_a_year_is_too_early_to_tell() -> None:
    young = lifetime_value(life_table({(11, False): 50}), (3, 30, 300))
    assert (young.value, young.note) == (None, "UNRIPE")
    assert lifetime_value(life_table({(12, False): 50}), (3, 30, 300)).value is not None


def test_a_short_table_of_a_steady_hazard_comes_to_the_same_series() -> None:
    counts = {(m, True): round(10**7 * 0.1 * 0.9**m) for m in range(14)}
    counts[(14, False)] = round(10**7 * 0.9**14)
    told = lifetime_value(life_table(counts), (100, 1000, 10_000), yearly=0.0)
    there = [0.9**m for m in range(37)]
    wanted = 10 * sum((a + b) / 2 for a, b in pairwise(there))
    assert told.value == pytest.approx(wanted, rel=1e-4)


def test_a_steady_hazard_comes_to_its_series() -> None:
    # A tenth leave each month; all pay 10; nothing is worth less later.
    counts = {(m, True): round(10**6 * 0.1 * 0.9**m) for m in range(36)}
    counts[(36, False)] = round(10**6 * 0.9**36)
    told = lifetime_value(life_table(counts, 36), (100, 1000, 10_000), yearly=0.0)
    there = [0.9**m for m in range(37)]
    wanted = 10 * sum((a + b) / 2 for a, b in pairwise(there))
    assert told.value == pytest.approx(wanted, rel=1e-4)


def test_money_of_a_year_later_is_worth_a_tenth_less() -> None:
    counts = {(12, False): 100}
    told = lifetime_value(life_table(counts), (10, 100, 1000))
    wanted = 10 * sum(1.1 ** (-(m + 0.5) / 12) for m in range(36))
    assert told.value == pytest.approx(wanted)
    # All pay alike and none ever left: nothing varies.
    assert told.low == told.value == told.high


@pytest.mark.parametrize("most", [40, 20])
def test_the_interval_is_as_wide_as_resampling_says(most: int) -> None:
    # Over twenty months only, those beyond are told by all of them.
    dice = np.random.default_rng(11)
    months = np.floor(dice.exponential(14, 400)).astype(int)
    seen = dice.integers(6, most, 400)
    pays = dice.gamma(4, 5, 400)

    def value(rows: np.ndarray) -> Estimate:
        m, s, p = months[rows], seen[rows], pays[rows]
        counts = Counter(zip(np.minimum(m, s).tolist(), (m < s).tolist(), strict=True))
        sums = (float(len(rows)), float(p.sum()), float((p**2).sum()))
        return lifetime_value(life_table(counts), sums)

    whole = value(np.arange(400))
    width = (whole.high or 0) - (whole.low or 0)
    resampled = [value(dice.integers(0, 400, 400)).value or 0 for _ in range(400)]
    assert width == pytest.approx(2 * 1.96 * float(np.std(resampled)), rel=0.15)


def test_beyond_the_table_all_its_months_together_speak() -> None:
    table = life_table({(0, True): 1, (1, True): 2, (2, False): 7})
    pooled = 3 / (10 + 9)
    assert kept_after(table, 2, 1) == pytest.approx(1 - pooled)
