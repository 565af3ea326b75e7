"""Shares put together and taken apart give back what they were made of."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from regard.stats.estimate import FEW_CLUSTERS, Estimate, nothing
from regard.stats.pooling import effect_of, pooled, rest
from regard.stats.proportion import wilson

SIZES = st.integers(2, 400)


@given(st.data(), SIZES, st.floats(1, 30))
def test_the_design_effect_is_read_off_the_interval(
    data: st.DataObject, trials: int, deff: float
) -> None:
    hits = data.draw(st.integers(1, trials - 1))
    assert effect_of(wilson(hits, trials, deff)) == pytest.approx(deff)


@settings(max_examples=40)
@given(st.data(), SIZES, SIZES)
def test_the_rest_of_two_parts_is_the_other_one(data: st.DataObject, n: int, m: int) -> None:
    one = wilson(data.draw(st.integers(0, n)), n)
    other = wilson(data.draw(st.integers(0, m)), m)
    whole = pooled([one, other])
    hits = round((one.value or 0) * n) + round((other.value or 0) * m)
    assert (whole.value, whole.n) == (hits / (n + m), n + m)
    assert whole.high == pytest.approx(wilson(hits, n + m).high)
    assume(0 < (whole.value or 0) < 1)
    left = rest(whole, one)
    assert left.value == other.value
    assert left.low == pytest.approx(other.low, abs=1e-9)
    assert left.high == pytest.approx(other.high, abs=1e-9)


def test_what_has_no_rows_is_nothing_and_adds_nothing() -> None:
    one = wilson(3, 9)
    assert pooled([nothing(), one]) == one
    assert pooled([]) == pooled([nothing()]) == nothing()
    assert rest(one, one) == rest(one, nothing()) == nothing()


def test_few_groups_are_said_where_every_part_has_few() -> None:
    few = Estimate(0.5, 0.2, 0.8, 10, FEW_CLUSTERS)
    assert pooled([few, few]).note == FEW_CLUSTERS
    assert pooled([few, wilson(5, 10)]).note == ""


def test_a_whole_wider_than_its_rows_leaves_a_rest_as_wide() -> None:
    whole, part = wilson(60, 100, 4.0), wilson(20, 50)
    assert rest(whole, part) == wilson(40, 50, effect_of(whole))
