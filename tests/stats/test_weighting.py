"""Weighted shares against sums written out, and what silence could hide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from regard.stats.weighting import LEAST, Stratum, collapsed, weighted_share


def stratum(asked: int, answered: int, good: int) -> Stratum:
    """One answer a person."""
    return Stratum(asked, answered, answered, good)


@st.composite
def strata(draw: st.DrawFn) -> dict[tuple[str, ...], Stratum]:
    """A few groups by channel and kind."""
    found: dict[tuple[str, ...], Stratum] = {}
    for key in draw(st.sets(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1)):
        asked = draw(st.integers(1, 40))
        answered = draw(st.integers(0, asked))
        found[key] = stratum(asked, answered, draw(st.integers(0, answered)))
    return found


def test_each_group_counts_by_those_asked_not_by_those_who_answered() -> None:
    # 900 asked by mail, 90 answer, 80 % content; 100 by telephone, 90 answer, 20 % content.
    said = weighted_share({("mail",): stratum(900, 90, 72), ("phone",): stratum(100, 90, 18)})
    assert said.raw == pytest.approx(0.5)
    assert said.estimate.value == pytest.approx(0.9 * 0.8 + 0.1 * 0.2)
    weights = [900 / 90] * 90 + [100 / 90] * 90
    kish = sum(weights) ** 2 / sum(w * w for w in weights)
    assert said.kish == pytest.approx(kish)
    assert said.estimate.n == 180
    # 820 were silent: like those on the telephone 20 %, like those by mail 80 %.
    assert said.if_worst == pytest.approx((72 + 18 + 820 * 0.2) / 1000)
    assert said.if_best == pytest.approx((72 + 18 + 820 * 0.8) / 1000)


def test_the_interval_is_wilsons_on_kishs_number_of_answers() -> None:
    said = weighted_share({("mail",): stratum(80, 40, 30), ("phone",): stratum(80, 40, 10)})
    # Equal weights: nothing is lost, 40 of 80.
    low, high = proportion_confint(40, 80, method="wilson")
    assert said.kish == pytest.approx(80)
    assert said.estimate.low == pytest.approx(low)
    assert said.estimate.high == pytest.approx(high)


def test_where_all_answered_alike_the_weighted_share_is_the_raw_one() -> None:
    said = weighted_share({("a",): stratum(30, 10, 4), ("b",): stratum(60, 20, 19)})
    assert said.estimate.value == pytest.approx(said.raw)
    assert said.kish == pytest.approx(30)


@given(strata())
def test_small_groups_are_joined_and_nobody_is_lost(
    found: dict[tuple[str, ...], Stratum],
) -> None:
    told = collapsed(found)
    assert sum(s.asked for s in told) == sum(s.asked for s in found.values())
    assert sum(s.good for s in told) == sum(s.good for s in found.values())
    if sum(s.answered for s in found.values()) >= LEAST:
        assert all(one.answered >= LEAST for one in told)
    else:
        assert len(told) == 1


@given(strata())
def test_the_share_lies_within_what_silence_could_make_and_its_interval(
    found: dict[tuple[str, ...], Stratum],
) -> None:
    said = weighted_share(found)
    if said.estimate.value is None:
        assert sum(one.answered for one in found.values()) == 0
        return
    value, slack = said.estimate.value, 1e-12
    assert said.if_worst is not None
    assert said.if_best is not None
    assert said.if_worst - slack <= value <= said.if_best + slack
    assert said.estimate.low is not None
    assert said.estimate.high is not None
    assert 0 <= said.estimate.low <= value <= said.estimate.high <= 1
    assert said.kish <= said.estimate.n + slack


def test_nobody_answered_is_no_data() -> None:
    assert weighted_share({("a",): stratum(10, 0, 0)}).estimate.value is None
