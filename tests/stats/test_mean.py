"""Means and ratios against regression with clustered errors and a simulation."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.clusters import fold
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA
from regard.stats.mean import mean
from regard.stats.ratio import Half, arriving_half, independent_ratio, ratio

RANDOM = np.random.default_rng(20260301)
CLUSTERS = RANDOM.integers(0, 25, 120)
SECONDS = (60 * RANDOM.lognormal(2, 1, 120) + 100 * CLUSTERS).astype(np.int64)


def test_the_interval_is_that_of_regression_with_clustered_errors() -> None:
    fitted = sm.OLS(SECONDS, np.ones(120)).fit(
        cov_type="cluster", cov_kwds={"groups": CLUSTERS}, use_t=True
    )
    found = mean([fold(CLUSTERS, SECONDS)])
    assert found.value == pytest.approx(SECONDS.mean())
    # Its t has k − 1 degrees of freedom; ours has those of as many even clusters.
    sizes = np.bincount(CLUSTERS)
    reach = stats.t.ppf(0.975, 120**2 / np.sum(sizes**2) - 1) * fitted.bse[0]
    expected = (SECONDS.mean() - reach, SECONDS.mean() + reach)
    assert (found.low, found.high) == pytest.approx(expected)
    assert (found.n, found.note) == (120, "")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=50))
def test_with_clusters_of_one_it_is_students(values: list[int]) -> None:
    found = mean([fold(range(len(values)), values)])
    reach = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    expected = (np.mean(values) - reach, np.mean(values) + reach)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_of_two_ways_to_cluster_the_widest_wins() -> None:
    customer, single = fold(CLUSTERS, SECONDS), fold(range(120), SECONDS)
    assert mean([single, customer]) == mean([customer, single]) == mean([customer])


def test_a_scale_clips_the_interval() -> None:
    found = mean([fold([1, 2, 3], [100, 100, 0])], lowest=0, highest=100)
    assert (found.low, found.high) == (0, 100)


def test_one_cluster_gives_a_value_without_an_interval() -> None:
    found = mean([fold([1, 1, 1], [4, 5, 9])])
    assert (found.value, found.low, found.high, found.note) == (6, None, None, FEW_CLUSTERS)


def test_no_rows_say_nothing() -> None:
    assert mean([]).note == NO_DATA
    assert mean([fold([], [])]).note == NO_DATA


def test_folds_of_different_rows_are_refused() -> None:
    with pytest.raises(BadValue, match="fold the same rows"):
        ratio([fold([1, 2], [3, 4]), fold([1, 2], [3, 5])], 2)


def test_a_ratio_counts_the_rows_it_is_told() -> None:
    found = ratio([fold([1, 2, 3], [10, 20, 40], [1, 2, 3])], n=17)
    assert (found.value, found.n) == (70 / 6, 17)


def test_independent_halves_spread_as_simulated() -> None:
    random = np.random.default_rng(7)
    drawn = random.poisson(400, 40_000) / random.poisson(900, 40_000)
    found = independent_ratio(arriving_half(400, 400, 400), arriving_half(900, 900, 900))
    expected = tuple(np.quantile(drawn, [0.025, 0.975]))
    assert (found.low, found.high) == pytest.approx(expected, rel=0.015)
    assert (found.value, found.n) == (400 / 900, 400)


def test_halves_stop_at_zero_and_need_a_lower_one() -> None:
    assert independent_ratio(Half(1, 1, 1), Half(5, 5, 5), per=100).low == 0
    assert independent_ratio(Half(1, 1, 1), Half(0, 0, 0)).note == NO_DATA
