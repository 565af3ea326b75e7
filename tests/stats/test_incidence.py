"""Cumulative incidence against lifelines, plain definitions, and resampling by leaving out."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from regard.core.errors import BadValue
from regard.stats.clusters import fold, ratio_variance, row_effect
from regard.stats.estimate import FEW_CLUSTERS, NO_DATA, UNRIPE
from regard.stats.incidence import Curve, at, band, cluster_variance, curve, effect_at, served

Row = tuple[int, int, int]  # seconds after entry, kind, entry

ROWS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2), st.just(0)), min_size=1)
LATE = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(0, 5)), min_size=1)

# Remission in weeks of 21 children on 6-MP (Freireich and others 1963), 0 = still in it.
REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def drawn(rows: Sequence[Row]) -> Curve:
    after, kinds, entries = (np.array(column) for column in zip(*rows, strict=True))
    return curve(entries + after, kinds, entries=entries)


def by_definition(rows: Sequence[Row], t: int) -> tuple[float, float]:
    """F and its variance at t, each sum written out as the textbook has it."""
    steps, left, reached = [], 1.0, 0.0
    for s in range(t + 1):
        risk = sum(entry <= s <= entry + after for after, _, entry in rows)
        one = sum(kind == 1 and entry + after == s for after, kind, entry in rows)
        both = sum(kind > 0 and entry + after == s for after, kind, entry in rows)
        if both:
            reached += left * one / risk
            steps.append((risk, one, both, left, reached))
            left *= 1 - both / risk
    variance = 0.0
    for risk, one, both, before, f in steps:
        if risk > both:
            variance += (reached - f) ** 2 * both / (risk * (risk - both))
        variance += before**2 * (risk - one) * one / risk**3
        variance -= 2 * (reached - f) * before * one / risk**2
    return reached, variance


@settings(max_examples=80, deadline=None)
@given(st.one_of(ROWS, LATE))
def test_with_ties_the_curve_is_its_definition(rows: list[Row]) -> None:
    seen = drawn(rows)
    for time, f, variance in zip(seen.times, seen.incidence, seen.variance, strict=True):
        assert (f, variance) == pytest.approx(by_definition(rows, int(time)), abs=1e-10)


def test_without_ties_the_curve_is_that_of_lifelines() -> None:
    random = np.random.default_rng(11)
    times, kinds = random.permutation(10_000)[:150] + 1, random.integers(0, 3, 150)
    seen = curve(times, kinds)
    fitted = AalenJohansenFitter().fit(times, kinds, event_of_interest=1)
    inner = seen.times[seen.at_risk > 1]  # at risk 1 its variance divides by nothing
    expected = fitted.cumulative_density_["CIF_1"].loc[inner]
    assert seen.incidence[: len(inner)] == pytest.approx(expected.to_numpy())
    assert seen.variance[: len(inner)] == pytest.approx(fitted.variance_.loc[inner].to_numpy())


@pytest.mark.parametrize(
    ("week", "left", "error"),
    [
        # The published table (in Lawless 1982, Kleinbaum and Klein 2012).
        (6, 0.857, 0.0764),
        (7, 0.807, 0.0869),
        (10, 0.753, 0.0963),
        (13, 0.690, 0.1068),
        (16, 0.627, 0.1141),
        (22, 0.538, 0.1282),
        (23, 0.448, 0.1346),
    ],
)
def test_with_one_risk_it_is_kaplan_meier_with_greenwood(
    week: int, left: float, error: float
) -> None:
    seen = curve(REMISSION, RELAPSED)
    place = seen.times.tolist().index(week)
    assert 1 - seen.incidence[place] == pytest.approx(left, abs=6e-4)
    assert seen.variance[place] ** 0.5 == pytest.approx(error, abs=6e-5)


def test_the_limits_with_one_risk_are_log_log_ones() -> None:
    seen = curve(REMISSION, RELAPSED)
    fitted = KaplanMeierFitter().fit(REMISSION, RELAPSED)
    table = fitted.confidence_interval_.loc[seen.times].to_numpy()
    for time, (low, high) in zip(seen.times, table, strict=True):
        found = at(seen, time)
        assert (found.low, found.high) == pytest.approx((1 - high, 1 - low))


def test_late_entries_are_at_risk_from_their_entry_on() -> None:
    random = np.random.default_rng(2)
    entries = 2 * random.integers(0, 50, 80)
    times = entries + 2 * random.integers(0, 100, 80) + 1  # odd: never an entry's instant
    kinds = random.integers(0, 2, 80)
    seen = curve(times, kinds, entries=entries)
    fitted = KaplanMeierFitter().fit(times, kinds, entry=entries)
    expected = 1 - fitted.survival_function_at_times(seen.times).to_numpy()
    assert seen.incidence == pytest.approx(expected)


def test_an_event_at_the_instant_of_entry_counts() -> None:
    seen = curve([5, 9], [1, 1], entries=[5, 0])
    assert (seen.at_risk.tolist(), seen.incidence.tolist()) == ([2, 1], [0.5, 1.0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 2)), min_size=1))
def test_with_nobody_waiting_it_is_a_plain_share(rows: list[tuple[int, int]]) -> None:
    times, kinds = zip(*rows, strict=True)
    seen, n = curve(times, kinds), len(rows)
    for time, f, variance in zip(seen.times, seen.incidence, seen.variance, strict=True):
        share = sum(kind == 1 and t <= time for t, kind in rows) / n
        assert f == pytest.approx(share)
        assert variance == pytest.approx(share * (1 - share) / n, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(ROWS.filter(lambda rows: len(rows) > 1), st.integers(0, 12))
def test_clusters_of_one_row_are_no_clusters(rows: list[Row], t: int) -> None:
    n = len(rows)
    plain = drawn(rows)
    place = int(np.searchsorted(plain.times, t, side="right")) - 1
    naive = plain.variance[place] if place >= 0 else 0.0
    assert cluster_variance(plain, t) == pytest.approx(naive * n / (n - 1), abs=1e-10)
    times, kinds = [row[0] for row in rows], [row[1] for row in rows]
    assert effect_at(curve(times, kinds, range(n)), t) == pytest.approx(1.0, abs=1e-6)


def test_with_nobody_waiting_clusters_count_as_in_a_share() -> None:
    random = np.random.default_rng(4)
    who = random.integers(0, 30, 200)
    times = random.integers(0, 50, 200) + who
    seen = curve(times, np.ones(200, dtype=np.int64), who)
    sums = fold(who, (times <= 40).astype(np.int64))
    share = float(np.mean(times <= 40))
    assert cluster_variance(seen, 40) == pytest.approx(ratio_variance(sums))
    assert effect_at(seen, 40) == pytest.approx(row_effect(sums, share * (1 - share)))


def test_the_influence_of_a_cluster_is_what_leaving_it_out_does() -> None:
    random = np.random.default_rng(9)
    who = np.repeat(np.arange(120), 5)
    slow = np.exp(random.normal(0, 0.8, 120))[who]
    times = (1000 * slow * random.exponential(1, 600)).astype(np.int64)
    kinds = random.choice(3, 600, p=[0.3, 0.5, 0.2])
    entries = np.where(random.random(600) < 0.2, times // 3, 0)
    t, k = 900, 120
    without = [
        at(curve(times[who != one], kinds[who != one], entries=entries[who != one]), t).value or 0
        for one in range(k)
    ]
    jackknife = (k - 1) / k * np.sum((np.array(without) - np.mean(without)) ** 2)
    seen = curve(times, kinds, who, entries)
    assert cluster_variance(seen, t) == pytest.approx(jackknife, rel=0.03)
    assert effect_at(seen, t) > 1.2


def test_an_even_band_around_nothing_and_all_is_exact() -> None:
    edges = np.array([0.0, 1.0])
    low, high = band(edges, np.zeros(2), np.array([10.0, 10.0]))
    # Of ten, none or all: Clopper and Pearson.
    assert low == pytest.approx([0, 0.6915], abs=1e-4)
    assert high == pytest.approx([0.3085, 1], abs=1e-4)


def test_strong_clusters_do_not_overflow() -> None:
    low, high = band(np.array([1e-6]), np.array([1e-12]), np.array([1e6]), deff=1e9)
    assert (low[0], high[0]) == pytest.approx((0, 1))


def test_four_of_ten_answered_is_forty_percent_served() -> None:
    # METRICS §11: 4 answered in five minutes, 6 closed unanswered at minute three.
    seen = curve([300] * 4 + [180] * 6, [1] * 4 + [2] * 6)
    assert served(seen).value == pytest.approx(0.4)
    assert at(seen, 299).value == 0
    assert at(seen, 10**6).value == pytest.approx(0.4)


def test_what_nobody_waited_for_is_unripe() -> None:
    seen = curve([10, 20, 30], [1, 1, 0])
    assert at(seen, 30).value == pytest.approx(2 / 3)
    assert at(seen, 31).note == UNRIPE


def test_before_anything_happened_the_limit_is_that_of_those_still_watched() -> None:
    seen = curve([1] * 99 + [50], [0] * 100)
    early, late = at(seen, 0), at(seen, 20)
    assert (early.value, late.value) == (0, 0)
    assert early.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert late.high == pytest.approx(0.975)


def test_few_clusters_are_said_and_one_is_worth_one_row() -> None:
    one = curve([1, 2, 3, 4], [1, 1, 1, 1], [7, 7, 7, 7])
    assert at(one, 2).note == FEW_CLUSTERS
    assert effect_at(one, 2) == 4
    assert cluster_variance(one, 2) == float("inf")


def test_no_rows_say_nothing() -> None:
    assert at(curve([], []), 5).note == NO_DATA


@pytest.mark.parametrize(
    ("times", "kinds", "entries", "said"),
    [
        ([5], [3], [0], "A kind of exit is '3'"),
        ([5], [1], [6], "A time is '5', which is not at or after its entry"),
        ([-1], [1], [-2], "A time is '-2', which is not 0 seconds or more"),
        ([5, 6], [1], [0, 0], "The number of kinds or entries is '1'"),
    ],
)
def test_impossible_rows_are_refused(
    times: list[int], kinds: list[int], entries: list[int], said: str
) -> None:
    with pytest.raises(BadValue, match=said):
        curve(times, kinds, entries=entries)
