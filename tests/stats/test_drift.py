"""The CUSUM: by hand, its run length against simulation and Montgomery's table, no look-ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.errors import BadValue
from regard.stats.drift import LINE, chance_of_height, cusum, drifts, run_length


def test_the_sums_by_hand() -> None:
    up, down = cusum([1.0, 2.0, -1.0, np.nan, -2.0], slack=0.5)
    assert up.tolist() == [0.5, 2.0, 0.5, 0.5, 0.0]
    assert down.tolist() == [0.0, 0.0, 0.5, 0.5, 2.0]


def test_a_drift_sets_out_where_its_sum_left_zero() -> None:
    (found,) = drifts([0.0] * 10 + [2.0] * 6 + [-1.0] * 8, slack=0.5, line=6.0)
    assert (found.onset, found.alarm, found.peak, found.upwards) == (10, 14, 15, True)
    assert found.height == pytest.approx(9.0)


@pytest.mark.parametrize(("line", "both"), [(4.0, 168), (5.0, 465)])
def test_run_lengths_agree_with_the_published_table(line: float, both: int) -> None:
    # Montgomery 2013, table 9.3: k = 0.5, both sides together; one side takes twice as long.
    assert run_length(line) / 2 == pytest.approx(both, rel=0.02)


def test_the_line_is_crossed_by_chance_as_seldom_as_said() -> None:
    rng = np.random.default_rng(11)
    runs, points = 600, 6000
    sums, waiting, time = np.zeros(runs), np.ones(runs, bool), 0
    for _ in range(points):
        sums = np.maximum(0, sums + rng.standard_normal(runs) - 0.5)
        time += int(waiting.sum())
        waiting &= sums <= LINE
    assert time / (~waiting).sum() == pytest.approx(run_length(LINE), rel=0.12)


def test_the_chance_of_a_height_is_no_smaller_than_simulated() -> None:
    z = np.random.default_rng(12).standard_normal((400, 100))
    highest = np.array([cusum(one)[0].max() for one in z])
    share = float((highest >= 4.0).mean())
    assert share < chance_of_height(4.0, 100) + 0.05


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(1, 60))
def test_what_a_day_tells_does_not_change_with_later_days(seed: int, cut: int) -> None:
    z = np.random.default_rng(seed).normal(0.4, 1, 60)
    whole = [(one.onset, one.alarm) for one in drifts(z, line=3.0) if one.alarm < cut]
    assert [(one.onset, one.alarm) for one in drifts(z[:cut], line=3.0)] == whole


def test_a_slack_of_nothing_is_refused() -> None:
    with pytest.raises(BadValue):
        cusum([1.0], slack=0.0)
