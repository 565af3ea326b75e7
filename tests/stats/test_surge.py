"""Counts above their course: the tails against Poisson's own, and what a season may do."""

import pytest
from scipy.stats import poisson

from regard.core.errors import BadValue
from regard.stats.surge import chance_of_count


@pytest.mark.parametrize(("count", "expected"), [(0, 3.0), (7, 3.0), (120, 30.0)])
def test_without_dispersion_or_tolerance_the_tails_are_poisson(count: int, expected: float) -> None:
    up = chance_of_count(count, expected, 1.0, upwards=True, tolerated=1.0)
    down = chance_of_count(count, expected, 1.0, upwards=False, tolerated=1.0)
    assert up == pytest.approx(poisson.sf(count - 1, expected))
    assert down == pytest.approx(poisson.cdf(count, expected))


def test_half_as_many_again_is_a_season_and_four_times_is_a_surge() -> None:
    assert chance_of_count(45, 30, 1.0, upwards=True) > 0.4
    assert chance_of_count(120, 30, 1.0, upwards=True) < 1e-12


def test_lumps_make_a_surge_less_sure() -> None:
    sure, lumpy = (chance_of_count(80, 30, phi, upwards=True) for phi in (1.0, 4.0))
    assert sure < lumpy


def test_a_dispersion_under_one_is_refused() -> None:
    with pytest.raises(BadValue):
        chance_of_count(1, 1, 0.5, upwards=True)
