"""Quantiles of time against lifelines, textbook data and the rules of METRICS §1.3."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA, NOT_REACHED
from regard.stats.incidence import curve
from regard.stats.quantile import quantile

# Remission in weeks (Freireich and others 1963): 21 children on placebo, 21 on 6-MP.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_median_of_the_placebo_children() -> None:
    # R: survfit(Surv(weeks) ~ 1, conf.type = "log-log"); SAS PROC LIFETEST: 8 (4, 11).
    found = quantile(curve(PLACEBO, [1] * 21), 0.5)
    assert (found.value, found.low, found.high, found.n) == (8, 4, 11, 21)


def test_the_median_of_the_treated_children_has_no_upper_limit() -> None:
    # SAS PROC LIFETEST: 23 (13, .).
    found = quantile(curve(REMISSION, RELAPSED), 0.5)
    assert (found.value, found.low, found.high) == (23, 13, None)
    assert found.note == NOT_REACHED


# Not further up: where all were served lifelines takes the last time for certain, we do not.
@pytest.mark.parametrize("q", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("seed", range(4))
def test_the_limits_are_where_lifelines_band_crosses(seed: int, q: float) -> None:
    random = np.random.default_rng(seed)
    times, kinds = random.integers(1, 400, 101), random.integers(0, 3, 101).clip(0, 1)
    found = quantile(curve(times, kinds), q)
    fitted = KaplanMeierFitter().fit(times, kinds)
    limits = qth_survival_times(1 - q, fitted.confidence_interval_).to_numpy().ravel()
    assert found.value == qth_survival_times(1 - q, fitted.survival_function_)
    assert found.low == limits[0]
    assert found.high == (None if np.isinf(limits[1]) else limits[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=80), st.sampled_from([0.1, 0.5, 0.9]))
def test_with_nobody_waiting_it_is_the_averaged_sample_quantile(times: list[int], q: float) -> None:
    found = quantile(curve(times, [1] * len(times)), q)
    assert found.value == np.quantile(times, q, method="averaged_inverted_cdf")
    assert found.value is not None
    assert (found.low or 0) <= found.value
    assert found.high is None or found.value <= found.high


def test_more_of_the_same_is_narrower() -> None:
    times = list(range(0, 1000, 10))
    few, many = (quantile(curve(times * m, [1] * 100 * m), 0.5) for m in (1, 9))
    assert few.value == many.value == 495
    assert few.low is not None
    assert few.high is not None
    assert many.low is not None
    assert many.high is not None
    assert few.low < many.low < 495 < many.high < few.high


def test_the_limits_hold_the_order_statistics_they_should() -> None:
    # The exact interval of a median of 100 independent rows: 40th to 61st of them.
    rank = int(stats.binom.ppf(0.025, 100, 0.5))
    found = quantile(curve(range(1, 101), [1] * 100), 0.5)
    assert found.low == pytest.approx(rank, abs=1)
    assert found.high == pytest.approx(101 - rank, abs=1)


def test_where_half_is_exact_the_midpoint_to_the_next_event() -> None:
    assert quantile(curve([10, 20, 30, 40], [1, 1, 1, 1]), 0.5).value == 25
    # The next time nothing of ours happens: a censoring, then a rival, then the event.
    assert quantile(curve([10, 20, 25, 30, 40], [1, 1, 2, 2, 1]), 0.4).value == 30


def test_where_half_is_exact_and_nothing_follows_it_stays() -> None:
    assert quantile(curve([10, 20, 30, 40], [1, 1, 2, 2]), 0.5).value == 20


def test_three_tenths_are_three_tenths_whatever_the_float() -> None:
    found = quantile(curve(range(10), [1] * 10), 0.3)
    assert found.value == 2.5


def test_answers_at_once_are_kept() -> None:
    found = quantile(curve([0] * 40 + [60] * 10, [1] * 50), 0.5)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert quantile(curve([0] * 40, [1] * 40), 0.9).high == 0


def test_the_never_answered_are_not_averaged_away() -> None:
    # METRICS §11: four answered in five minutes, six closed unanswered at minute three.
    found = quantile(curve([300] * 4 + [180] * 6, [1] * 4 + [2] * 6), 0.5)
    assert (found.value, found.note, found.n) == (None, NOT_REACHED, 10)


def test_to_stop_closing_does_not_look_faster() -> None:
    # METRICS §11, survivorship: the slow half is left open instead of solved at an hour.
    solved = quantile(curve([60] * 40 + [3600] * 60, [1] * 100), 0.5)
    left_open = quantile(curve([60] * 40 + [3600] * 60, [1] * 40 + [0] * 60), 0.5)
    assert solved.value == 3600
    assert left_open.value is None
    assert left_open.low == 60


def test_five_rows_know_little_of_a_median() -> None:
    # Exact: five of five on one side of the median has a chance of 1/32, more than 2.5 %.
    few = quantile(curve([10, 20, 30, 40, 50], [1] * 5), 0.5)
    assert (few.value, few.low, few.high) == (30, 0, None)
    six = quantile(curve([10, 20, 30, 40, 50, 60], [1] * 6), 0.5)
    assert (six.low, six.high) == (10, 60)


def test_ten_calls_of_one_customer_are_not_ten_customers() -> None:
    random = np.random.default_rng(1)
    typical = random.integers(100, 10_000, 40)
    times, who = np.repeat(typical, 10), np.repeat(np.arange(40), 10)
    copies = quantile(curve(times, [1] * 400, who), 0.5)
    single = quantile(curve(typical, [1] * 40, range(40)), 0.5)
    naive = quantile(curve(times, [1] * 400), 0.5)
    assert copies.value == single.value == naive.value
    assert copies.low is not None
    assert naive.low is not None
    assert copies.low <= (single.low or 0) < naive.low
    assert copies.note == ""
    assert quantile(curve(times[:90], [1] * 90, who[:90]), 0.5).note == FEW_CLUSTERS


def test_nothing_happened_and_nothing_at_all() -> None:
    still = quantile(curve([5, 6, 7], [0, 0, 0]), 0.5)
    assert (still.value, still.low, still.note) == (None, None, NOT_REACHED)
    assert quantile(curve([], []), 0.5).note == NO_DATA
    with pytest.raises(BadValue, match="The share of a quantile is '50'"):
        quantile(curve([1], [1]), 50)
