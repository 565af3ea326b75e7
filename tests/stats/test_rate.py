"""Counts and rates against published tables, χ² and a quasi-Poisson regression."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA
from regard.stats.rate import cluster_dispersion, count, day_dispersion, garwood, level, rate

DAYS = [3, 0, 12, 7, 1, 0, 9, 14, 2, 0, 5, 4]


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        # Garwood 1936, as reprinted in every table of exact Poisson limits.
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.242, 7.225),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (50, 37.111, 65.919),
    ],
)
def test_the_limits_are_those_of_the_tables(events: int, low: float, high: float) -> None:
    assert garwood(events) == pytest.approx((low, high), abs=6e-4)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 10**6), st.floats(1, 100))
def test_lumps_widen_the_exact_limits(events: int, phi: float) -> None:
    low, high = garwood(events, phi)
    lumps = events / phi
    assert low == pytest.approx(phi * stats.chi2.ppf(0.025, 2 * lumps) / 2, rel=1e-6, abs=1e-9)
    assert high == pytest.approx(phi * stats.chi2.ppf(0.975, 2 * lumps + 2) / 2, rel=1e-6)
    plain_low, plain_high = garwood(events)
    assert low <= plain_low * (1 + 1e-9)
    assert plain_low < events < plain_high <= high * (1 + 1e-9)


def test_the_dispersion_is_that_of_a_quasi_poisson_regression() -> None:
    model = sm.GLM(DAYS, np.ones(len(DAYS)), family=sm.families.Poisson())
    expected = model.fit(scale="X2").scale
    found = day_dispersion(sum(DAYS), sum(day * day for day in DAYS), len(DAYS))
    assert found == pytest.approx(expected)
    assert found > 4


def test_days_without_events_count() -> None:
    busy = [5, 5, 5]
    assert day_dispersion(15, 75, 3) == 1.0
    padded = busy + [0] * 4
    assert day_dispersion(15, 75, 7) == pytest.approx(np.var(padded, ddof=1) / np.mean(padded))


def test_one_day_or_no_events_tell_nothing_about_lumps() -> None:
    assert day_dispersion(40, 1600, 1) == 1.0
    assert day_dispersion(0, 0, 30) == 1.0


def test_customers_who_write_five_times_are_lumps_of_five() -> None:
    assert cluster_dispersion(500, 100 * 25) == 5.0
    assert cluster_dispersion(500, 500) == 1.0
    assert cluster_dispersion(0, 0) == 1.0


def test_a_count_of_few_days_says_so() -> None:
    assert count(70, 2.0, periods=7).note == FEW_CLUSTERS
    assert count(70, 2.0, periods=30).note == ""
    assert count(3, 1.0, periods=7).note == ""


def test_a_dispersion_known_from_few_days_widens_as_students_t_does() -> None:
    widened = 1 + (2.446912 / 1.959964) ** 2
    found, known = count(70, 2.0, periods=7), count(70, widened)
    assert (found.low, found.high) == pytest.approx((known.low, known.high), rel=1e-5)
    assert count(70, 1.0, periods=30) == count(70)


def test_no_event_in_known_exposure_is_zero_with_an_upper_limit() -> None:
    found = rate(0, 500, per=1000)
    assert (found.value, found.low, found.n) == (0.0, 0.0, 0)
    assert found.high == pytest.approx(2 * 3.6889, abs=1e-3)


def test_a_rate_is_its_count_by_exposure() -> None:
    found, counted = rate(30, 12_000, phi=3.0), count(30, phi=3.0)
    assert found.value == pytest.approx(2.5)
    assert counted.low is not None
    assert found.low == pytest.approx(counted.low / 12)


def test_no_exposure_says_nothing() -> None:
    assert rate(4, 0).note == NO_DATA
    with pytest.raises(BadValue, match="An exposure is '-1'"):
        rate(4, -1)


def test_a_stock_has_the_limits_of_its_count() -> None:
    assert level(50) == count(50)
    with pytest.raises(BadValue, match="A number of events is '-3'"):
        level(-3)
