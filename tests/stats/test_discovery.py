"""Many questions at once: adjusted p-values, and p-values from intervals."""

from itertools import pairwise
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from regard.core.errors import BadValue
from regard.stats.clusters import fold
from regard.stats.discovery import adjusted, chance_between, chance_beyond
from regard.stats.estimate import NOT_REACHED, Estimate, nothing
from regard.stats.mean import mean

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(chances=CHANCES)
def test_adjusted_chances_are_those_of_statsmodels(chances: list[float]) -> None:
    wanted = multipletests(chances, method="fdr_bh")[1]
    assert adjusted(chances) == pytest.approx(tuple(wanted))


@given(chances=CHANCES, more=st.integers(0, 200))
def test_questions_without_an_answer_count_as_asked(chances: list[float], more: int) -> None:
    alone = adjusted([*chances, *[1.0] * more])[: len(chances)]
    assert adjusted(chances, len(chances) + more) == pytest.approx(alone)


@given(chances=CHANCES)
def test_the_order_of_chances_stays(chances: list[float]) -> None:
    pairs = sorted(zip(chances, adjusted(chances), strict=True))
    assert all(one[1] <= other[1] for one, other in pairwise(pairs))
    assert all(chance <= told <= 1 for chance, told in pairs)


def test_a_family_smaller_than_its_members_is_refused() -> None:
    with pytest.raises(BadValue, match="at least the 3"):
        adjusted([0.1, 0.2, 0.3], 2)


def test_a_bound_that_touches_a_value_known_exactly_leaves_the_tail_of_one_side() -> None:
    exact = Estimate(10.0, 10.0, 10.0, 1000)
    assert isclose(chance_beyond(Estimate(14.0, 10.0, 30.0, 9), exact), 0.025)
    assert isclose(chance_beyond(Estimate(6.0, 1.0, 10.0, 9), exact, upwards=False), 0.025)
    assert chance_beyond(Estimate(10.0, 5.0, 20.0, 9), exact) == 0.5


def test_the_other_sides_doubt_counts_too() -> None:
    one = Estimate(14.0, 10.0, 30.0, 9)
    # √(4² + 3²) = 5: four of five reaches.
    assert chance_beyond(one, Estimate(10.0, 8.0, 13.0, 50)) == pytest.approx(0.0585, abs=2e-4)


def test_what_was_not_reached_says_no_more_than_its_bound() -> None:
    usual = Estimate(10.0, 9.0, 11.0, 500)
    assert chance_beyond(Estimate(None, 12.0, None, 9, NOT_REACHED), usual) == 0.025
    assert chance_beyond(Estimate(None, 8.0, None, 9, NOT_REACHED), usual) == 1
    assert chance_beyond(nothing(), usual) == 1
    assert chance_beyond(usual, nothing()) == 1


def _mean(values: np.ndarray) -> Estimate:
    return mean([fold(range(len(values)), values)])


def test_two_sides_of_rows_that_stand_alone_have_welchs_p_value() -> None:
    random = np.random.default_rng(3)
    new, old = random.integers(0, 900, 25), random.integers(0, 500, 40)
    wanted = stats.ttest_ind(new, old, equal_var=False).pvalue
    found = chance_between(_mean(new), _mean(old), 25, 40)
    assert found == pytest.approx(wanted, rel=1e-6)
    assert chance_between(_mean(old), _mean(new), 40, 25) == pytest.approx(found)


def test_where_a_side_says_nothing_chance_is_all_there_is() -> None:
    known, open_ended = Estimate(3.0, 2.0, 4.0, 9), Estimate(9.0, None, None, 9)
    assert chance_between(known, nothing(), 9, 9) == 1.0
    assert chance_between(known, open_ended, 9, 9) == 1.0
    assert chance_between(known, known, 9, 9) == 1.0
