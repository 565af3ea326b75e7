"""Control limits: Laney's charts against examples by hand, AR(1) charts against simulation."""

import json
from datetime import date
from math import sqrt

import numpy as np
import pytest

from regard.core.errors import BadValue
from regard.stats.control import (
    LEAST,
    PLAIN,
    RATE,
    SHARE,
    Limits,
    chance_of_run,
    charted,
    clearer,
    expectations,
    laney,
    limits,
)

STRETCH = (date(2026, 1, 1), date(2026, 4, 1))


def test_laney_of_shares_by_hand() -> None:
    # p̄ = 0.15, σ = √(0.15·0.85/100) = 0.035707; z = ∓1.40028; ranges 2.80056 ÷ 1.128 = 2.48277.
    centre, sigma = laney(SHARE, [0.1, 0.2, 0.1, 0.2], [100] * 4)
    assert centre == pytest.approx(0.15)
    assert sigma == pytest.approx(2.48277, abs=1e-5)


def test_laney_of_rates_by_hand() -> None:
    # ū = 2, σ = √(2/4) = 0.70711; z = ∓1.41421; ranges 2.82843 ÷ 1.128 = 2.50747.
    centre, sigma = laney(RATE, [1.0, 3.0, 1.0, 3.0], [4] * 4)
    assert centre == pytest.approx(2.0)
    assert sigma == pytest.approx(2.50747, abs=1e-5)


def test_the_limits_of_a_share_lie_three_widened_deviations_off() -> None:
    found = limits(SHARE, [0.1, 0.2] * 10, [100] * 20, STRETCH)
    assert found is not None
    told = charted(found, [0.15, 0.43], [100, 100])
    assert told.high[0] == pytest.approx(0.15 + 3 * 0.0357071 * 2.48277, abs=1e-5)
    assert told.low[0] == 0.0
    assert told.beyond.tolist() == [False, True]


def test_more_behind_a_point_brings_its_limits_closer() -> None:
    found = limits(SHARE, [0.1, 0.2] * 10, [100] * 20, STRETCH)
    assert found is not None
    told = charted(found, [0.15, 0.15], [100, 400])
    reach = told.high - told.expected
    assert reach[0] == pytest.approx(2 * reach[1])


@pytest.mark.parametrize("kind", [SHARE, RATE, PLAIN])
def test_fewer_than_twenty_points_have_no_limits(kind: str) -> None:
    values = [0.1, 0.2] * 10
    values[3] = float("nan")
    assert limits(kind, values, [100] * LEAST, STRETCH) is None


def test_the_days_of_a_class_are_expected_where_they_lay_and_unknown_days_nowhere() -> None:
    rng = np.random.default_rng(2)
    names = [("mon",) if k % 7 == 0 else ("other",) for k in range(140)]
    x = np.array([5.0 if one == ("mon",) else 1.0 for one in names]) + rng.normal(0, 0.1, 140)
    found = limits(PLAIN, x, np.ones(140), STRETCH, names)
    assert found is not None
    told = expectations(found, [("mon",), ("other",), ("holiday",)])
    np.testing.assert_allclose(told[:2], [5, 1], atol=0.1)
    assert np.isnan(told[2])


def _autoregressive(rng: np.random.Generator, n: int, carry: float) -> np.ndarray:
    found, last = np.zeros(n), 0.0
    for place, new in enumerate(rng.normal(0, 1, n)):
        found[place] = last = carry * last + new
    return found


def test_points_that_repeat_each_other_get_residuals_that_do_not() -> None:
    x = _autoregressive(np.random.default_rng(3), 1200, 0.6)
    found = limits(PLAIN, x[:600], np.ones(600), STRETCH)
    assert found is not None
    assert found.carry == pytest.approx(0.6, abs=0.08)
    assert found.sigma == pytest.approx(1.0, abs=0.08)
    z = charted(found, x[600:], np.ones(600)).z[1:]
    assert abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 0.1
    assert np.mean(np.abs(z) > 3) < 0.01


def test_limits_that_are_computed_stay_when_later_points_come() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(5, 1, 200)
    found = limits(PLAIN, x[:90], np.ones(90), STRETCH)
    assert found is not None
    some, all_ = charted(found, x[:120], np.ones(120)), charted(found, x, np.ones(200))
    np.testing.assert_array_equal(some.z, all_.z[:120])
    np.testing.assert_array_equal(some.high, all_.high[:120])


def test_a_wild_day_of_the_stretch_does_not_widen_the_limits() -> None:
    x = np.random.default_rng(5).normal(0, 1, 100)
    calm = limits(PLAIN, x, np.ones(100), STRETCH)
    x[50] = 40
    wild = limits(PLAIN, x, np.ones(100), STRETCH)
    assert calm is not None
    assert wild is not None
    assert wild.sigma == pytest.approx(calm.sigma, rel=0.1)


def test_chances_of_runs_are_kept_where_nothing_happens() -> None:
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(400):
        x = rng.normal(0, 1, 150)
        found = limits(PLAIN, x[:100], np.ones(100), STRETCH)
        assert found is not None
        z = clearer(charted(found, x[100:], np.ones(50)).z, found)
        hits += min(chance_of_run([one], found, 50) for one in z) <= 0.05
    assert hits / 400 < 0.05 + 3 * sqrt(0.05 * 0.95 / 400)


def test_limits_come_back_from_their_plain_values() -> None:
    found = limits(
        SHARE, [0.1, 0.2] * 15, [100] * 30, STRETCH, [("a",), ("a",), ("b",), ("b",), ("b",)] * 6
    )
    assert found is not None
    assert Limits.parse(json.loads(json.dumps(found.to_json()))) == found
    with pytest.raises(BadValue):
        Limits.parse({"kind": SHARE})


def test_values_without_their_sizes_are_refused() -> None:
    with pytest.raises(BadValue):
        limits(SHARE, [0.1] * 20, [10] * 19, STRETCH)
