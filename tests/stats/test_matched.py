"""Volumes matched day by day: exactness where nothing changed, and coverage by simulation."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regard.core.errors import BadValue
from regard.stats.difference import words
from regard.stats.estimate import FEW_CLUSTERS
from regard.stats.matched import Days, MatchedVolume, matched

WEEK = (40, 36, 32, 31, 28, 9, 7)
"""What each weekday brings when nothing changes."""


def flat(first: int, days: int, times: int = 1) -> Days:
    """Days of a constant rate by weekday, the first on that weekday."""
    places = [(first + k) % 7 for k in range(days)]
    return Days([WEEK[d] * times for d in places], labels(places))


def labels(places: Sequence[int]) -> list[tuple[str, ...]]:
    return [(f"{'rest' if d > 4 else 'open'} {d}", "rest" if d > 4 else "open") for d in places]


@pytest.mark.parametrize("days", [1, 7, 30, 31, 90])
def test_a_flat_series_differs_by_exactly_nothing(days: int) -> None:
    old = flat(0, 91)
    found = matched(flat(3, days), old)
    assert (found.gap.value, found.ratio.value, found.chance) == (0.0, 1.0, 1.0)
    assert found.seen.value == found.expected.value
    assert found.left_out == found.coarser == ()


def test_february_against_march_2026_differs_by_a_tenth_for_nothing_but_weekdays() -> None:
    # February 2026 begins on a Sunday and has 28 days, March begins on a Sunday and has 31.
    february, march = flat(6, 28), flat(6, 31)
    grown = march.total(range(31)) / february.total(range(28))
    assert float(grown) == pytest.approx(1.10, abs=0.03)
    found = matched(march, february)
    assert (found.gap.value, found.ratio.value) == (0.0, 1.0)


def test_thirty_percent_more_a_day_is_thirty_percent_more_whatever_the_weekdays() -> None:
    found = matched(flat(2, 30, times=13), flat(5, 31, times=10))
    assert found.ratio.value == pytest.approx(1.3)
    assert found.gap.value == pytest.approx((found.expected.value or 0) * 0.3)
    assert words(found.gap).word == "up"


def test_a_worked_example_by_hand() -> None:
    # Two Mondays of 10 and 14 and a Sunday of 3, against a Monday of 8 and Sundays of 2 and 6:
    # expected 2 × 8 + 1 × 4 = 20, seen 27.
    new = Days([10, 14, 3], [("mon",), ("mon",), ("sun",)])
    old = Days([8, 2, 6], [("mon",), ("sun",), ("sun",)])
    found = matched(new, old)
    assert (found.seen.value, found.expected.value, found.gap.value) == (27, 20, 7)
    assert found.ratio.value == pytest.approx(1.35)
    assert [(one.label, one.expected) for one in found.classes] == [("mon", 16), ("sun", 4)]
    # Levels: 24 + 8 over 2 × 1.35 + 1 Mondays, 3 + 8 over 1.35 + 2 Sundays; six days, two
    # levels and a ratio leave three degrees of freedom.
    mon, sun = 32 / 3.7, 11 / 3.35
    means = [1.35 * mon, 1.35 * mon, 1.35 * sun, mon, sun, sun]
    counts = [10, 14, 3, 8, 2, 6]
    squares = sum((y - m) ** 2 for y, m in zip(counts, means, strict=True))
    assert found.dispersion == pytest.approx(max(1.0, 6 / 3 * squares / sum(means)))
    assert found.freedom == pytest.approx(3 * sum(means) ** 2 / (6 * sum(m * m for m in means)))


def test_against_a_long_past_the_limits_are_those_of_the_new_count_alone() -> None:
    new = Days([30] * 20, [("open",)] * 20)
    old = Days([30] * 4_000, [("open",)] * 4_000)
    found = matched(new, old)
    assert found.gap.low == pytest.approx(stats.gamma.ppf(0.025, 600.5) - 600, abs=1)
    assert found.gap.high == pytest.approx(stats.gamma.ppf(0.975, 600.5) - 600, abs=1)


def test_days_with_no_like_in_any_class_are_left_out_and_told() -> None:
    new = Days([10, 500, 12], [("open",), ("feast",), ("open",)])
    old = Days([11, 11, 90], [("open",), ("open",), ("holiday",)])
    found = matched(new, old)
    assert (found.left_out, found.unused, found.exposure) == ((1,), (2,), 2.0)
    assert (found.seen.value, found.expected.value) == (22, 22)


def test_a_class_of_one_side_only_is_compared_in_the_next_coarser_one() -> None:
    new = Days([20, 21], [("open 1", "open"), ("open 2", "open")])
    old = Days([10, 30], [("open 1", "open"), ("open 3", "open")])
    found = matched(new, old)
    assert found.coarser == (1,)
    assert found.expected.value == 10 + 20


def test_nothing_alike_says_nothing() -> None:
    found = matched(Days([4], [("open",)]), Days([4], [("rest",)]))
    assert found.ratio.value is found.gap.value is None
    assert (found.left_out, found.unused, found.chance) == ((0,), (0,), 1.0)


def test_too_few_days_give_a_value_and_no_limits() -> None:
    found = matched(Days([400], [("open",)]), Days([100], [("open",)]))
    assert (found.gap.value, found.gap.low, found.gap.high, found.chance) == (300, None, None, 1.0)
    assert found.gap.note == FEW_CLUSTERS
    assert words(found.gap).word == "no detectable change"


def test_nothing_before_has_a_gap_and_no_ratio() -> None:
    found = matched(Days([5] * 30, [("open",)] * 30), Days([0] * 30, [("open",)] * 30))
    assert found.ratio.value is None
    assert found.gap.value == 150
    assert found.chance < 1e-6


def test_nothing_on_either_side_is_no_change() -> None:
    found = matched(Days([0] * 30, [("open",)] * 30), Days([0] * 30, [("open",)] * 30))
    assert (found.gap.value, found.chance) == (0.0, 1.0)


def test_exposure_makes_it_a_comparison_of_rates() -> None:
    # Twice the customers and twice the contacts: the same rate.
    new = Days([20] * 14, [("open",)] * 14, [2.0] * 14)
    old = Days([10] * 14, [("open",)] * 14, [1.0] * 14)
    found = matched(new, old)
    assert (found.gap.value, found.ratio.value, found.exposure) == (0.0, 1.0, 28.0)


def test_sides_of_different_lengths_and_counts_below_nothing_are_refused() -> None:
    with pytest.raises(BadValue, match="number of days"):
        Days([1, 2], [("open",)])
    with pytest.raises(BadValue, match="daily count"):
        Days([-1], [("open",)])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=8, max_size=40),
    st.lists(st.integers(0, 60), min_size=8, max_size=40),
)
def test_gap_ratio_and_chance_always_say_the_same(new: list[int], old: list[int]) -> None:
    found = matched(
        Days(new, labels([k % 7 for k in range(len(new))])),
        Days(old, labels([k % 7 for k in range(len(old))])),
    )
    gap, ratio = found.gap, found.ratio
    assert gap.value is not None
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low <= gap.value <= gap.high
    apart = not gap.low <= 0 <= gap.high
    assert (found.chance < 0.05) == apart
    if ratio.value is not None:
        assert ratio.low is not None
        assert ratio.low <= ratio.value
        above = ratio.high is not None and ratio.high < 1
        assert (ratio.low > 1 or above) == apart


def simulated(
    rng: np.random.Generator, times: int, lumpy: float, truth: float = 1.0
) -> Iterator[MatchedVolume]:
    """A month against the month before, strong weekdays, gamma-lumpy days (0: Poisson)."""
    places = [k % 7 for k in range(61)]
    means = np.array([WEEK[d] for d in places]) * np.repeat([1.0, truth], [31, 30])
    for _ in range(times):
        levels = means * rng.gamma(1 / lumpy, lumpy, 61) if lumpy else means
        counts = rng.poisson(levels).tolist()
        old, new = (Days(counts[a:b], labels(places[a:b])) for a, b in ((0, 31), (31, 61)))
        yield matched(new, old)


@pytest.mark.parametrize(("lumpy", "truth"), [(0.0, 1.0), (0.2, 1.3)])
def test_limits_cover_the_truth_with_strong_weekdays_and_lumpy_days(
    lumpy: float, truth: float
) -> None:
    rng = np.random.default_rng(11)
    held = [
        one.ratio.low <= truth <= one.ratio.high
        for one in simulated(rng, 600, lumpy, truth)
        if one.ratio.low is not None and one.ratio.high is not None
    ]
    assert len(held) == 600
    assert 0.93 <= np.mean(held) <= 0.97


def test_small_chances_are_as_rare_as_they_say() -> None:
    rng = np.random.default_rng(12)
    chances = np.array([one.chance for one in simulated(rng, 1000, 0.2)])
    assert np.mean(chances < 0.001) <= 0.002
    assert 0.03 <= np.mean(chances < 0.05) <= 0.07
