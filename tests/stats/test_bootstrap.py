"""Resampling is the same every time, draws Poisson weights, and agrees with the formulas."""

import numpy as np
import pytest
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.bootstrap import percentiles, replicates, resampled_quantile, weights
from regard.stats.estimate import NO_DATA, NOT_REACHED, Estimate
from regard.stats.incidence import Curve, curve
from regard.stats.quantile import quantile


def calls(seed: int, customers: int = 150) -> Curve:
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), 6)
    slow = np.exp(random.normal(0, 0.6, customers))[who]
    times = (3000 * slow * random.weibull(1.5, len(who))).astype(np.int64)
    return curve(times, random.choice(3, len(who), p=[0.1, 0.8, 0.1]), who)


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_the_same_question_draws_the_same_weights_in_any_order() -> None:
    names = [f"customer {i}" for i in range(50)]
    once, again = weights("csat by team", 3, names), weights("csat by team", 3, names[::-1])
    assert once.tolist() == again[::-1].tolist()
    assert once.tolist() != weights("csat by team", 4, names).tolist()
    assert once.tolist() != weights("csat by channel", 3, names).tolist()


def test_the_weights_are_those_once_drawn() -> None:
    # Frozen: another hash would change every published interval.
    assert weights("q", 0, range(12)).tolist() == [0, 2, 1, 1, 2, 1, 0, 0, 1, 2, 0, 0]


def test_the_weights_are_poisson_with_mean_one() -> None:
    drawn = weights("q", 1, range(50_000))
    seen = np.bincount(drawn, minlength=8)[:6]
    expected = 50_000 * stats.poisson.pmf(np.arange(6), 1)
    assert (
        stats.chisquare(
            np.append(seen, 50_000 - seen.sum()), np.append(expected, 50_000 - expected.sum())
        ).pvalue
        > 0.001
    )
    one, two = weights("q", 1, range(5000)), weights("q", 2, range(5000))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05


@pytest.mark.parametrize("q", [0.5, 0.75])
def test_resampling_agrees_with_the_log_log_limits_widened_by_clusters(q: float) -> None:
    seen = calls(1)
    resampled, formula = resampled_quantile(seen, q, "q"), quantile(seen, q)
    assert resampled.value == formula.value
    assert width(resampled) == pytest.approx(width(formula), rel=0.2)
    rows = seen.rows
    assert width(formula) > 1.25 * width(quantile(curve(rows.times, rows.kinds), q))


def test_replicates_spread_as_the_jackknife_says() -> None:
    seen = calls(2)
    found = replicates(seen, 0.5, "q")
    formula = quantile(seen, 0.5)
    assert np.std(found) == pytest.approx(width(formula) / 3.92, rel=0.2)


def test_rows_without_clusters_resample_alone() -> None:
    seen = curve(range(1, 102), [1] * 101)
    assert width(resampled_quantile(seen, 0.5, "q")) == pytest.approx(20, abs=5)


def test_a_quantile_that_resampling_seldom_reaches_is_open() -> None:
    seen = curve([10] * 26 + [20] * 24, [1] * 26 + [2] * 24)
    found = resampled_quantile(seen, 0.5, "q")
    assert (found.value, found.low, found.high, found.note) == (10, 10, None, NOT_REACHED)


def test_no_rows_and_few_replicates() -> None:
    assert resampled_quantile(curve([], []), 0.5, "q").note == NO_DATA
    with pytest.raises(BadValue, match="The number of replicates is '39'"):
        percentiles(np.zeros(39))
