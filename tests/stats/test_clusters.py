"""Folded cluster sums against regression with clustered errors, and the laws they keep."""

from decimal import Decimal

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.clusters import (
    Cross,
    Fold,
    degrees,
    even_clusters,
    few,
    fold,
    largest_effect,
    ratio_covariance,
    ratio_variance,
    row_effect,
)
from regard.stats.estimate import FEW_CLUSTERS

CLUSTERS = [1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 5, 5]
ANSWERS = [1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1]

ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 500)), min_size=2, max_size=60)


def test_rows_fold_to_the_sums_counted_by_hand() -> None:
    # Clusters of (y, x): (2, 3), (0, 2), (1, 1), (3, 4), (1, 2).
    assert fold(CLUSTERS, ANSWERS) == Fold(k=5, y=7, x=12, yy=15, xx=34, xy=21)


def test_the_variance_is_that_of_regression_on_a_constant_with_clustered_errors() -> None:
    fitted = sm.OLS(ANSWERS, np.ones(12)).fit(cov_type="cluster", cov_kwds={"groups": CLUSTERS})
    # Its correction for one parameter, G/(G−1)·(N−1)/(N−1), is ours.
    assert ratio_variance(fold(CLUSTERS, ANSWERS)) == pytest.approx(fitted.bse[0] ** 2)


def test_a_ratio_of_amounts_is_weighted_regression_on_a_constant() -> None:
    spent, hours = np.array([5, 9, 2, 8, 7, 7]), np.array([2, 3, 1, 2, 4, 2])
    groups = np.array([1, 1, 2, 3, 3, 4])
    fitted = sm.WLS(spent / hours, np.ones(6), weights=hours).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    assert ratio_variance(fold(groups, spent, hours)) == pytest.approx(fitted.bse[0] ** 2)


def test_the_design_effect_is_the_ratio_of_clustered_to_plain_errors() -> None:
    plain = sm.OLS(ANSWERS, np.ones(12)).fit()
    clustered = sm.OLS(ANSWERS, np.ones(12)).fit(cov_type="cluster", cov_kwds={"groups": CLUSTERS})
    # Sizes 3, 2, 1, 4, 2 tell as much as 144/34 even clusters.
    few_degrees = (stats.t.ppf(0.975, 144 / 34 - 1) / stats.t.ppf(0.975, 11)) ** 2
    expected = (clustered.bse[0] / plain.bse[0]) ** 2 * few_degrees
    assert row_effect(fold(CLUSTERS, ANSWERS), 7 / 12 * 5 / 12) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("sizes", "even"),
    [
        pytest.param([4] * 30, 30.0, id="all of one size"),
        pytest.param([100] + [1] * 99, 199**2 / 10_099, id="one has half of all"),
        pytest.param([1000, 1], 2.0, id="never fewer than two"),
    ],
)
def test_clusters_of_unlike_sizes_tell_as_much_as_fewer_even_ones(
    sizes: list[int], even: float
) -> None:
    sums = fold(np.repeat(range(len(sizes)), sizes), [0] * sum(sizes))
    assert even_clusters(sums.k, sums.x, sums.xx) == pytest.approx(even)
    assert degrees(sums) == pytest.approx(even - 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=50))
def test_clusters_of_size_one_are_no_clusters(answers: list[bool]) -> None:
    ups, n = [int(answer) for answer in answers], len(answers)
    p = sum(ups) / n
    assert row_effect(fold(range(n), ups), p * (1 - p)) == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_copying_every_row_within_its_cluster_changes_no_variance(
    rows: list[tuple[int, int]],
) -> None:
    clusters, values = zip(*rows, strict=True)
    once, twice = fold(clusters, values), fold(clusters * 2, values * 2)
    assert ratio_variance(twice) == ratio_variance(once)


def test_where_all_rows_agree_clusters_count_by_the_size_a_row_lives_in() -> None:
    # Sizes 3, 2, 1, 4, 2: (9 + 4 + 1 + 16 + 4) / 12.
    assert row_effect(fold(CLUSTERS, [0] * 12), 0.0) == pytest.approx(34 / 12)


def test_one_cluster_leaves_one_independent_row() -> None:
    assert row_effect(fold([7] * 12, ANSWERS), 0.24) == 12
    assert ratio_variance(fold([7] * 12, ANSWERS)) is None


def test_long_durations_do_not_cancel() -> None:
    base = 10**15
    sums = fold([1, 2, 3], [base, base + 1, base + 2])
    assert ratio_variance(sums) == pytest.approx(1 / 3)
    exact = Fold(3, *(Decimal(int(total)) for total in (sums.y, sums.x, sums.yy, sums.xx, sums.xy)))
    assert ratio_variance(exact) == ratio_variance(sums)


def test_sums_no_clusters_can_have_are_refused() -> None:
    with pytest.raises(BadValue, match="fold them again"):
        ratio_variance(Fold(k=3, y=30, x=3, yy=100, xx=3, xy=30))


def test_the_larger_of_customer_and_day_wins() -> None:
    customer, day = fold(CLUSTERS, ANSWERS), fold(range(12), ANSWERS)
    spread = 7 / 12 * 5 / 12
    assert largest_effect([day, customer], spread) == row_effect(customer, spread)
    assert largest_effect([], spread) == 1.0


def test_a_side_shared_with_itself_covaries_as_it_varies() -> None:
    side = fold(CLUSTERS, ANSWERS)
    same = Cross(yy=side.yy, yx=side.xy, xy=side.xy, xx=side.xx)
    assert ratio_covariance(side, side, same) == pytest.approx(ratio_variance(side))


@pytest.mark.parametrize(
    ("k", "n", "note"),
    [
        pytest.param(9, 100, FEW_CLUSTERS, id="nine customers, many answers"),
        pytest.param(10, 100, "", id="ten are enough"),
        pytest.param(5, 5, "", id="five answers of five customers are just few answers"),
    ],
)
def test_few_clusters_are_said(k: int, n: int, note: str) -> None:
    assert few([k, 50], n) == note
