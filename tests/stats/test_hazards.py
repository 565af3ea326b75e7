"""Hazard ratios against statsmodels and lifelines, and the trap of immortal time."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from lifelines.statistics import proportional_hazard_test
from statsmodels.duration.hazard_regression import PHReg

from regard.stats.hazards import Hazards, hazard_ratio


def _chance(seed: int, ratio: float, size: int = 600) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(seed)
    received, plan = dice.random(size) < 0.4, dice.integers(0, 3, size)
    rate = 0.1 * (1 + plan) * np.where(received, ratio, 1.0)
    times, seen = np.ceil(dice.exponential(1 / rate) * 10), np.ceil(dice.uniform(20, 200, size))
    return {
        "leave": np.minimum(times, seen),
        "left": times <= seen,
        "received": received,
        "plan": plan,
    }


def _ours(told: dict[str, np.ndarray]) -> Hazards:
    none = np.zeros(len(told["leave"]))
    return hazard_ratio(none, told["leave"], told["left"], told["received"], told["plan"])


def test_it_says_what_statsmodels_says_by_strata_with_ties() -> None:
    told = _chance(1, 2.0)
    ours = _ours(told)
    model = PHReg(
        told["leave"],
        told["received"].astype(float)[:, None],
        status=told["left"].astype(int),
        strata=told["plan"],
        ties="breslow",
    ).fit()
    low, high = np.exp(model.conf_int()[0])
    assert ours.estimate.value == pytest.approx(float(np.exp(model.params[0])), rel=1e-5)
    assert (ours.estimate.low, ours.estimate.high) == pytest.approx((low, high), rel=1e-4)
    assert ours.events == told["left"].sum()


def test_it_says_what_statsmodels_says_of_those_who_receive_on_the_way() -> None:
    dice = np.random.default_rng(4)
    size = 500
    leave, seen = dice.exponential(20, size), np.full(size, 30.0)
    end, gone = np.minimum(leave, seen), leave <= seen
    entry, stop, left, received = _split(end, gone, dice.exponential(15, size))
    ours = hazard_ratio(entry, stop, left, received, np.zeros(len(entry)))
    model = PHReg(
        stop, received.astype(float)[:, None], status=left.astype(int), entry=entry, ties="breslow"
    ).fit()
    assert ours.estimate.value == pytest.approx(float(np.exp(model.params[0])), rel=1e-5)


def test_the_drift_over_time_is_that_of_lifelines() -> None:
    dice = np.random.default_rng(9)
    received = dice.random(800) < 0.5
    # The received leave late, the others evenly: their ratio drifts.
    times = np.where(received, dice.weibull(2.5, 800) * 30, dice.exponential(30, 800))
    frame = pd.DataFrame({"t": times, "e": 1, "x": received.astype(float)})
    fitted = CoxPHFitter().fit(frame, "t", "e")
    theirs = proportional_hazard_test(fitted, frame, time_transform="rank")
    none = np.zeros(800)
    ours = hazard_ratio(none, times, none == 0, received, none)
    assert ours.p == pytest.approx(float(theirs.p_value[0]), rel=1e-3)
    assert ours.p is not None
    assert ours.p < 0.001
    steady = _ours(_chance(5, 1.5))
    assert steady.p is not None
    assert steady.p > 0.01


def test_equal_rows_may_be_counted_together() -> None:
    told = _chance(2, 0.5)
    twice = {name: np.repeat(each, 2) for name, each in told.items()}
    none = np.zeros(len(told["leave"]))
    weighed = hazard_ratio(
        none, told["leave"], told["left"], told["received"], told["plan"], none + 2
    )
    assert weighed.estimate == _ours(twice).estimate


def test_where_nobody_of_one_group_left_nothing_is_compared() -> None:
    told = hazard_ratio([0, 0], [1, 2], [True, False], [False, True], ["a", "a"])
    assert (told.estimate.value, told.estimate.note) == (None, "TOO_FEW")
    assert hazard_ratio([0], [1], [False], [False], ["a"]).estimate.note == "NO_DATA"


def test_immortal_time_makes_no_service_look_like_a_cure_and_a_landmark_does_not() -> None:
    # Service has no effect: both instants are drawn apart. Who leaves soon cannot have received it.
    dice = np.random.default_rng(26)
    size = 6_000
    leave, served = dice.exponential(12, size), dice.exponential(12, size)
    seen = np.full(size, 36.0)
    end, gone = np.minimum(leave, seen), leave <= seen
    none = np.zeros(size)
    naive = hazard_ratio(none, end, gone, served <= end, none)
    assert naive.estimate.high is not None
    assert naive.estimate.high < 0.45
    moving = hazard_ratio(*_split(end, gone, served), np.zeros(_rows(end, served)))
    there = end > 3
    landmark = hazard_ratio(
        none[there] + 3, end[there], gone[there], served[there] <= 3, none[there]
    )
    for told in (moving, landmark):
        low, high = told.estimate.low or 0, told.estimate.high or 0
        assert low < 1 < high
        assert told.estimate.value == pytest.approx(1, abs=0.1)


def _split(
    end: np.ndarray, gone: np.ndarray, served: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows until the service, and from it on."""
    later = served < end
    entry = np.concatenate([np.zeros(len(end)), served[later]])
    stop = np.concatenate([np.where(later, served, end), end[later]])
    left = np.concatenate([np.where(later, False, gone), gone[later]])
    received = np.concatenate([np.zeros(len(end), bool), np.ones(later.sum(), bool)])
    return entry, stop, left, received


def _rows(end: np.ndarray, served: np.ndarray) -> int:
    return len(end) + int((served < end).sum())
