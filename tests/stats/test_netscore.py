"""Net scores: the example of METRICS §5, and what clusters do to them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.errors import BadValue
from regard.stats.clusters import fold
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA, Estimate
from regard.stats.netscore import net_score

ANSWERS = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).filter(any)


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_nineteen_promoters_eight_passives_nine_detractors() -> None:
    found = net_score(19, 8, 9)
    assert found.value == pytest.approx(27.8, abs=0.05)
    assert found.low == pytest.approx(-0.4, abs=0.05)
    assert found.high == pytest.approx(51.7, abs=0.05)
    assert (found.n, found.note) == (36, "")


@settings(max_examples=80, deadline=None)
@given(ANSWERS)
def test_the_score_lies_inside_and_turns_with_the_sides(answers: tuple[int, int, int]) -> None:
    found, turned = net_score(*answers), net_score(*answers[::-1])
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert turned.low == pytest.approx(-found.high)


def test_five_answers_by_each_customer_are_worth_a_fifth() -> None:
    clusters = [customer for customer in range(40) for _ in range(5)]
    scores = [score for score in [1] * 20 + [0] * 8 + [-1] * 12 for _ in range(5)]
    found = net_score(100, 40, 60, [fold(clusters, scores)])
    assert found.value == 20
    # A little wider still, for a design effect known from 40 customers only.
    assert width(found) == pytest.approx(width(net_score(20, 8, 12)), rel=0.05)
    assert found.n == 200


def test_one_answer_a_customer_is_independent() -> None:
    scores = [1] * 20 + [0] * 8 + [-1] * 12
    assert width(net_score(20, 8, 12, [fold(range(40), scores)])) == pytest.approx(
        width(net_score(20, 8, 12))
    )


def test_only_promoters_of_three_customers_are_not_certain() -> None:
    found = net_score(30, 0, 0, [fold([1, 2, 3] * 10, [1] * 30)])
    assert width(found) == pytest.approx(width(net_score(3, 0, 0)))
    assert found.note == FEW_CLUSTERS


def test_no_answers_say_nothing_and_impossible_ones_are_refused() -> None:
    assert net_score(0, 0, 0).note == NO_DATA
    with pytest.raises(BadValue, match="A count of answers is '-2'"):
        net_score(3, -2, 1)
