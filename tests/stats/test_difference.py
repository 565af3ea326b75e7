"""Differences against published examples, paired tests and simulation; and their words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.bootstrap import replicates
from regard.stats.clusters import Cross, Fold, fold
from regard.stats.difference import (
    DOWN,
    UNCLEAR,
    UP,
    approximate_quantile_difference,
    cluster_difference,
    incidence_difference,
    mover,
    paired,
    replicated_difference,
    shared_correlation,
    shared_quantile_difference,
    words,
)
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA, NOT_REACHED, Estimate, nothing
from regard.stats.incidence import Curve, curve
from regard.stats.netscore import net_score
from regard.stats.proportion import wilson
from regard.stats.quantile import quantile

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def crossed(new: tuple[np.ndarray, np.ndarray], old: tuple[np.ndarray, np.ndarray]) -> Cross:
    (y1, x1), (y2, x2) = new, old
    return Cross(*(int(a @ b) for a, b in ((y1, y2), (y1, x2), (x1, y2), (x1, x2))))


@pytest.mark.parametrize(
    ("new", "old", "low", "high"),
    [
        # Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_shares_differ_as_newcombe_published(
    new: tuple[int, int], old: tuple[int, int], low: float, high: float
) -> None:
    found = mover(wilson(*new), wilson(*old))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)
    assert found.n == new[1] + old[1]


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS)
def test_turning_the_sides_turns_the_sign(new: tuple[int, int], old: tuple[int, int]) -> None:
    there, back = mover(wilson(*new), wilson(*old)), mover(wilson(*old), wilson(*new))
    assert there.value == -(back.value or 0)
    assert there.low == pytest.approx(-(back.high or 0))
    assert (there.low or 0) - 1e-12 <= (there.value or 0) <= (there.high or 0) + 1e-12


def test_a_side_that_says_nothing_leaves_no_difference() -> None:
    assert mover(wilson(3, 4), nothing()).note == NO_DATA
    assert mover(nothing(NOT_REACHED, 8), wilson(3, 4)) == nothing(NOT_REACHED, 12)


def test_a_missing_limit_leaves_only_its_own_side_open() -> None:
    found = mover(Estimate(30, 20, None, 9), Estimate(10, 8, 14, 9))
    assert found.low == pytest.approx(20 - np.hypot(10, 4))
    assert found.high is None


def test_one_side_compared_with_itself_does_not_differ() -> None:
    found = mover(wilson(30, 40), wilson(30, 40), correlation=1.0)
    assert (found.low, found.high) == pytest.approx((0, 0), abs=1e-1)
    flat = mover(Estimate(5, 4, 6, 9), Estimate(5, 4, 6, 9), correlation=1.0)
    assert (flat.low, flat.high) == (0, 0)


def test_paired_clusters_give_the_paired_t_interval() -> None:
    random = np.random.default_rng(3)
    old = random.integers(0, 100, 30)
    new = old + random.integers(-5, 12, 30)
    expected = stats.ttest_rel(new, old).confidence_interval(0.95)
    change = new - old
    found = paired(30, int(change.sum()), int((change**2).sum()))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))

    ones = np.ones(30, dtype=np.int64)
    sides = fold(range(30), new), fold(range(30), old)
    same = cluster_difference(*sides, crossed((new, ones), (old, ones)))
    assert (same.low, same.high) == pytest.approx((expected.low, expected.high))


def test_nothing_pairs_to_nothing() -> None:
    assert paired(0, 0, 0).note == NO_DATA
    assert cluster_difference(Fold(0, 0, 0, 0, 0, 0), fold([1], [1]), Cross()).note == NO_DATA
    assert cluster_difference(fold([1, 1], [1, 0]), fold([1], [1]), Cross()).note == FEW_CLUSTERS


def test_customers_on_both_sides_make_the_difference_sharper() -> None:
    random = np.random.default_rng(5)
    sizes = random.integers(1, 6, (2, 60))
    mood = random.beta(2, 1, 60)
    happy = random.binomial(sizes, mood)
    new = Fold(60, *_sums(happy[0], sizes[0]))
    old = Fold(60, *_sums(happy[1], sizes[1]))
    cross = crossed((happy[0], sizes[0]), (happy[1], sizes[1]))
    alone, shared = cluster_difference(new, old, Cross()), cluster_difference(new, old, cross)
    assert _width(shared) < 0.9 * _width(alone)
    # The correlation that feeds square-and-add tells the same story.
    factor = (1 - shared_correlation(new, old, cross)) ** 0.5
    assert _width(shared) / _width(alone) == pytest.approx(factor, rel=0.02)


def test_a_side_without_variance_correlates_with_nothing() -> None:
    flat = fold([1, 2, 3], [1, 1, 1])
    assert shared_correlation(flat, fold([1, 2, 3], [1, 0, 1]), Cross(2, 2, 3, 3)) == 0.0


def _sums(y: np.ndarray, x: np.ndarray) -> tuple[int, int, int, int, int]:
    return (int(y.sum()), int(x.sum()), int(y @ y), int(x @ x), int(x @ y))


def _width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def waits(seed: int, typical: float, customers: int = 60) -> Curve:
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), 4)
    slow = np.exp(random.normal(0, 0.5, customers))[who]
    return curve(
        (typical * slow * np.exp(random.normal(0, 0.5, len(who)))).astype(np.int64),
        np.ones(len(who), dtype=np.int64),
        who,
    )


def test_medians_differ_by_their_replicates() -> None:
    new, old = waits(1, 5000), waits(2, 3000)
    found = replicated_difference(
        quantile(new, 0.5),
        quantile(old, 0.5),
        replicates(new, 0.5, "q"),
        replicates(old, 0.5, "q"),
    )
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2000 < found.high
    rough = approximate_quantile_difference(quantile(new, 0.5), quantile(old, 0.5))
    assert _width(found) == pytest.approx(_width(rough), rel=0.35)
    assert words(found, "low").word == UP


def test_replicates_that_never_get_there_leave_the_limit_open() -> None:
    new, old = Estimate(50, 40, None, 9), Estimate(20, 10, 30, 9)
    found = replicated_difference(
        new, old, np.array([45.0] * 90 + [np.inf] * 10), np.array([20.0] * 100)
    )
    assert (found.value, found.low, found.high) == (30, 25, None)
    both = np.array([np.inf] * 10 + [45.0] * 90)
    lost = replicated_difference(new, old, both, both)
    assert (lost.low, lost.high) == (None, None)
    with pytest.raises(BadValue, match="The number of old replicates is '10'"):
        replicated_difference(new, old, both, both[:10])
    assert replicated_difference(nothing(NOT_REACHED), old, both, both).note == NOT_REACHED


def test_unreached_medians_compare_who_was_served_by_then() -> None:
    new = curve([300] * 40 + [180] * 60, [1] * 40 + [2] * 60)
    old = curve([300] * 20 + [180] * 80, [1] * 20 + [2] * 80)
    assert approximate_quantile_difference(quantile(new, 0.5), quantile(old, 0.5)).value is None
    found = incidence_difference(new, old, 3600)
    assert found.value == pytest.approx(0.2)
    assert words(found, "high").word == UP


@pytest.mark.parametrize(
    ("low", "high", "better", "word", "good"),
    [
        pytest.param(0.1, 0.3, "high", UP, True, id="more of the good"),
        pytest.param(0.1, 0.3, "low", UP, False, id="more of the bad"),
        pytest.param(-0.3, -0.1, "low", DOWN, True, id="less of the bad"),
        pytest.param(-0.3, -0.1, "high", DOWN, False, id="less of the good"),
        pytest.param(-0.3, -0.1, "", DOWN, None, id="no direction is good"),
        pytest.param(-0.1, 0.3, "high", UNCLEAR, None, id="it may be nothing"),
        pytest.param(0.0, 0.3, "high", UNCLEAR, None, id="nothing is inside at the edge"),
    ],
)
def test_the_word_is_what_the_whole_interval_says(
    low: float, high: float, better: str, word: str, good: bool | None
) -> None:
    found = words(Estimate((low + high) / 2, low, high, 50), better)
    assert (found.word, found.good) == (word, good)


def test_no_detectable_change_says_what_could_have_been_seen() -> None:
    # Forty answers a month and a fall of ten points: METRICS §11.
    found = words(mover(net_score(18, 12, 10), net_score(21, 11, 8)), "high")
    assert found.word == "no detectable change"
    assert found.detectable is not None
    assert found.detectable > 30


def test_without_a_limit_nothing_could_be_told() -> None:
    assert words(Estimate(3, -1, None, 5)).detectable is None
    assert words(Estimate(3, 1, None, 5)).word == UP
    assert words(nothing()).word == UNCLEAR
    with pytest.raises(BadValue, match="The good direction is 'hgih'"):
        words(Estimate(3, 1, 4, 5), "hgih")


def test_customers_on_both_sides_narrow_the_difference_of_their_quantiles() -> None:
    random = np.random.default_rng(5)
    lasting = random.normal(size=40)
    who = np.repeat(np.arange(40), 5)

    def side(names: np.ndarray) -> Curve:
        times = np.round(1000 * np.exp(lasting[who] + 0.5 * random.normal(size=len(who))))
        return curve(times, np.ones(len(who), int), names)

    new, old, others = side(who), side(who), side(who + 100)
    apart = approximate_quantile_difference(quantile(new, 0.5), quantile(old, 0.5))
    same = shared_quantile_difference(new, old, 0.5)
    paired_up = replicated_difference(
        quantile(new, 0.5),
        quantile(old, 0.5),
        replicates(new, 0.5, "a", 100),
        replicates(old, 0.5, "a", 100),
    )
    assert same.value == apart.value == paired_up.value
    assert _width(same) < 0.8 * _width(apart)
    assert _width(same) == pytest.approx(_width(paired_up), rel=0.5)
    assert shared_quantile_difference(new, others, 0.5) == approximate_quantile_difference(
        quantile(new, 0.5), quantile(others, 0.5)
    )
