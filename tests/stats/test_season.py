"""A series in pieces adds up to itself; what was expected of a day knows no day after it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.errors import BadValue
from regard.stats.season import WARM, course, pieces

WEEK = np.array([3.0, 1.0, 0.0, 0.0, -1.0, -1.0, -2.0])


def _series(days: int, seed: int = 1, noise: float = 0.3) -> np.ndarray:
    places = np.arange(days)
    told: np.ndarray = 20 + 0.01 * places + WEEK[places % 7]
    return told + np.random.default_rng(seed).normal(0, noise, days)


def test_the_pieces_add_up_to_the_series_and_gaps_stay_gaps() -> None:
    told = _series(120)
    told[[10, 11, 60]] = np.nan
    found = pieces(told)
    known = np.isfinite(told)
    whole = found.level + found.week + found.year + found.holiday + found.rest
    np.testing.assert_allclose(whole[known], told[known], atol=1e-9)
    assert np.isnan(found.rest[~known]).all()
    assert not found.year.any()


def test_weekdays_and_holidays_planted_are_found() -> None:
    told = _series(140)
    free = np.zeros(140, int)
    free[[20, 55, 90, 125]] = 1
    told[free == 1] -= 8
    found = pieces(told, free)
    by_weekday = np.array([found.week[k::7].mean() for k in range(7)])
    np.testing.assert_allclose(by_weekday, WEEK - WEEK.mean(), atol=0.3)
    assert found.holiday[20] == pytest.approx(-8, abs=0.6)
    assert not found.holiday[free == 0].any()


def test_two_years_have_a_season_of_the_year() -> None:
    places = np.arange(728)
    wave = 5 * np.sin(2 * np.pi * places / 364)
    found = pieces(_series(728) + wave)
    assert np.corrcoef(found.year, wave)[0, 1] > 0.97
    assert np.std(found.rest) < 1.0


def test_weeks_have_no_season_of_the_week() -> None:
    found = pieces(np.linspace(1, 2, 30), weekly=True)
    assert not found.week.any()
    np.testing.assert_allclose(found.level[4:-4], np.linspace(1, 2, 30)[4:-4], atol=1e-9)


def test_too_little_to_take_apart_is_said() -> None:
    with pytest.raises(BadValue):
        pieces([1.0] * 13)
    with pytest.raises(BadValue):
        pieces(_series(30), [0, 1])


def _classes(days: int) -> list[tuple[str, ...]]:
    return [(f"day {k % 7}",) for k in range(days)]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(20, 79))
def test_what_is_expected_of_a_day_does_not_change_with_later_days(seed: int, cut: int) -> None:
    counts = np.random.default_rng(seed).poisson(9, 80).astype(float)
    whole, known = course(counts, _classes(80)), course(counts[:cut], _classes(cut))
    np.testing.assert_array_equal(whole.expected[:cut], known.expected)
    np.testing.assert_array_equal(whole.phi[:cut], known.phi)


def test_a_pattern_that_repeats_is_expected_and_closed_days_pull_nothing_down() -> None:
    week = np.array([40.0, 30, 30, 30, 20, 0, 0])
    counts = np.tile(week, 20)
    counts[100:110] = 0
    names = _classes(140)
    names[100:110] = [("holiday", "day 6")] * 10
    found = course(counts, names)
    assert np.isnan(found.expected[:WARM]).all()
    np.testing.assert_allclose(found.expected[70:98], np.tile(week, 4), rtol=0.06)
    np.testing.assert_allclose(found.expected[112:119], week, rtol=0.06)


def test_a_surge_does_not_become_the_rule_while_it_lasts() -> None:
    counts = np.full(60, 30.0)
    counts[50:53] = 120
    found = course(counts, _classes(60))
    assert found.expected[52] < 36
    assert found.phi[55] == 1.0
