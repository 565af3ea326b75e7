"""Wilson's interval against statsmodels, and shares in clusters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from regard.core.errors import BadValue
from regard.stats.clusters import fold, row_effect
from regard.stats.distribution import distribution
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA, Estimate
from regard.stats.proportion import share, wilson

COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def ends(estimate: Estimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


@settings(max_examples=80, deadline=None)
@given(COUNTS)
def test_wilson_is_that_of_statsmodels(counts: tuple[int, int]) -> None:
    expected = proportion_confint(*counts, alpha=0.05, method="wilson")
    assert ends(wilson(*counts)) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(COUNTS, st.floats(1, 50))
def test_the_value_lies_inside_and_clusters_only_widen(
    counts: tuple[int, int], deff: float
) -> None:
    plain, clustered = wilson(*counts), wilson(*counts, deff=deff)
    (low, high), (wide_low, wide_high) = ends(plain), ends(clustered)
    assert plain.value == clustered.value == counts[0] / counts[1]
    assert 0 <= low <= counts[0] / counts[1] <= high <= 1
    assert wide_low <= low + 1e-12
    assert wide_high >= high - 1e-12


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_more_trials_are_narrower(counts: tuple[int, int]) -> None:
    low, high = ends(wilson(*counts))
    closer_low, closer_high = ends(wilson(2 * counts[0], 2 * counts[1]))
    assert closer_high - closer_low < high - low


def test_none_of_none_says_nothing() -> None:
    assert wilson(0, 0).note == NO_DATA
    assert share(0, 0).value is None


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(BadValue, match="A number of successes is '5'"):
        wilson(5, 4)


def test_a_share_in_clusters_is_wilson_on_what_is_independent() -> None:
    clusters = [day for day in range(20) for _ in range(10)]
    answers = [int(day % 4 > 0 or i == 0) for day in range(20) for i in range(10)]
    sums = fold(clusters, answers)
    found = share(sum(answers), 200, [sums])
    deff = row_effect(sums, 155 / 200 * 45 / 200)
    expected = proportion_confint(155 / deff, 200 / deff, method="wilson")
    assert deff > 8
    assert ends(found) == pytest.approx(expected)
    assert (found.value, found.n, found.note) == (0.775, 200, "")


def test_clusters_of_size_one_are_independent_trials() -> None:
    answers = [1] * 30 + [0] * 15
    single = share(30, 45, [fold(range(45), answers)])
    assert ends(single) == pytest.approx(ends(wilson(30, 45)))


def test_no_failure_on_seven_days_proves_less_than_no_failure_in_700_calls() -> None:
    days = [day for day in range(7) for _ in range(100)]
    found = share(700, 700, [fold(days, [1] * 700)])
    assert ends(found) == pytest.approx(ends(wilson(7, 7)))
    assert found.note == FEW_CLUSTERS


def test_the_shares_of_a_distribution_are_of_all_rows() -> None:
    found = distribution({"1": 2, "2": 0, "3": 6})
    assert [(bucket, one.value, one.n) for bucket, one in found.items()] == [
        ("1", 0.25, 8),
        ("2", 0.0, 8),
        ("3", 0.75, 8),
    ]
    assert found["3"] == wilson(6, 8)


def test_each_bucket_minds_its_own_clusters() -> None:
    clusters = [1, 1, 1, 2, 2, 2]
    folds = {"a": [fold(clusters, [1, 1, 1, 0, 0, 0])]}
    found = distribution({"a": 3, "b": 3}, folds)
    assert ends(found["a"])[0] < ends(found["b"])[0]


def test_a_distribution_of_nothing_says_nothing() -> None:
    assert distribution({"a": 0})["a"].note == NO_DATA
