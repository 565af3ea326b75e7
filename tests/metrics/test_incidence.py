"""The curve made in SQL is the one that numpy makes, and the one that lifelines makes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends import BaseBackend as Backend
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from metrics.small import measured
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.picks import Column
from regard.stats import incidence as reference
from regard.stats.estimate import NOT_REACHED, UNRIPE, Estimate
from regard.stats.quantile import crossing, limits, quantile

ALL = Incidence(Column("done"), Column("rival"), Column("waited"))
WITHIN = {"0": 0, "5": 5, "20": 20, "50": 50}
AT = IncidenceAt(Column("done"), Column("rival"), Column("waited"), within=WITHIN)
WAYS = ("customer", "_day")
Case = tuple[int, int, str, str]
"""Seconds, kind (0 waiting, 1 served, 2 ended otherwise), customer, day."""

SECONDS = st.one_of(st.integers(0, 6), st.integers(0, 60))
CASES = st.lists(
    st.tuples(SECONDS, st.integers(0, 2), st.sampled_from("abcdef"), st.sampled_from("xyz")),
    min_size=1,
    max_size=30,
)
PARTS = st.dictionaries(st.sampled_from(("one", "two", "three", "four")), CASES, min_size=1)


def table(parts: Mapping[str, Sequence[Case]]) -> pa.Table:
    """Rows as a metric sees them: seconds in the column that the kind names."""
    rows: list[dict[str, Any]] = []
    for part, cases in parts.items():
        for t, kind, customer, day in cases:
            told = dict.fromkeys(("done", "rival", "waited"), None) | {
                ("waited", "done", "rival")[kind]: t
            }
            rows.append({"part": part, "customer": customer, "_day": day, **told})
    names = ("part", "customer", "_day")
    schema = [(n, pa.string()) for n in names] + [
        (n, pa.int64()) for n in ("done", "rival", "waited")
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(schema))


def curve(cases: Sequence[Case], way: int | None = None) -> reference.Curve:
    """The reference curve, rows in the clusters of a way (2 customers, 3 days) or alone."""
    clusters = None if way is None else [case[way] for case in cases]
    return reference.curve([c[0] for c in cases], [c[1] for c in cases], clusters)


def expected(cases: Sequence[Case], q: float) -> Estimate:
    """The quantile with limits widened by the larger design effect of both ways."""
    seen = curve(cases)
    value = crossing(seen.times, seen.incidence, q)
    spot = seen.end if value is None else value
    deff = max(reference.effect_at(curve(cases, way), spot) for way in (2, 3))
    low, high = limits(seen, q, deff)
    notes = {reference.note(curve(cases, way)) for way in (2, 3)} - {""}
    beyond = value is None or high is None
    note = NOT_REACHED if beyond else "".join(notes)
    return Estimate(value, low, high, len(cases), note)


def agree(found: Estimate, wanted: Estimate) -> None:
    """Both say the same, to the last digits of a float."""
    assert (found.n, found.note) == (wanted.n, wanted.note)
    for one, other in zip(_limits(found), _limits(wanted), strict=True):
        assert one == (None if other is None else pytest.approx(other, abs=1e-7))


def _limits(said: Estimate) -> tuple[float | None, float | None, float | None]:
    return said.value, said.low, said.high


@settings(max_examples=25, deadline=None)
@given(parts=PARTS, q=st.sampled_from((0.5, 0.9, 0.25)))
def test_quantiles_are_those_of_the_reference(
    engine: Backend, parts: dict[str, list[Case]], q: float
) -> None:
    found = measured(engine, ALL, table(parts), clusters=WAYS, quantile=q)
    assert {key for (key,) in found} == set(parts)
    for part, cases in parts.items():
        (one,) = found[(part,)]
        agree(one.estimate, expected(cases, q))
        seen = curve(cases)
        served = float(seen.incidence[-1]) if len(seen.times) else 0.0
        assert one.beside["served"] == pytest.approx(served, abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(cases=CASES, q=st.sampled_from((0.5, 0.9)))
def test_rows_that_stand_alone_have_no_design_effect(
    engine: Backend, cases: list[Case], q: float
) -> None:
    (one,) = measured(engine, ALL, table({"one": cases}), quantile=q)[("one",)]
    agree(one.estimate, quantile(curve(cases), q))


@settings(max_examples=25, deadline=None)
@given(parts=PARTS)
def test_shares_within_a_time_are_those_of_the_reference(
    engine: Backend, parts: dict[str, list[Case]]
) -> None:
    found = measured(engine, AT, table(parts), clusters=("customer",))
    for part, cases in parts.items():
        seen = curve(cases, 2)
        said = {one.by["days"]: one.estimate for one in found[(part,)]}
        assert list(said) == list(WITHIN)
        for label, seconds in WITHIN.items():
            agree(said[label], reference.at(seen, seconds))


def _random(seed: int, n: int, rivals: bool) -> list[Case]:
    """Cases without ties."""
    rng = np.random.default_rng(seed)
    times = rng.choice(np.arange(1, 100_000), n, replace=False)
    kinds = rng.choice([0, 1, 2] if rivals else [0, 1], n, p=[0.2, 0.6, 0.2] if rivals else None)
    return [
        (int(t), int(k), str(i), "x") for i, (t, k) in enumerate(zip(times, kinds, strict=True))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_with_rivals_it_is_the_curve_of_lifelines(engine: Backend, seed: int) -> None:
    cases = _random(seed, 80, rivals=True)
    fitted = AalenJohansenFitter(calculate_variance=False)
    fitted.fit([c[0] for c in cases], [c[1] for c in cases], event_of_interest=1)
    curve_of = fitted.cumulative_density_.iloc[:, 0]
    for q in (0.1, 0.3, 0.5, 0.9):
        (one,) = measured(engine, ALL, table({"one": cases}), quantile=q)[("one",)]
        reached = curve_of[curve_of >= q - 1e-12]
        assert one.estimate.value == (None if reached.empty else pytest.approx(reached.index[0]))
        assert one.beside["served"] == pytest.approx(float(curve_of.iloc[-1]), abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_without_rivals_it_is_kaplan_and_meiers(engine: Backend, seed: int) -> None:
    cases = _random(seed, 81, rivals=False)
    fitted = KaplanMeierFitter().fit([c[0] for c in cases], [c[1] == 1 for c in cases])
    for t in (20_000, 50_000, 80_000):
        shape = IncidenceAt(Column("done"), None, Column("waited"), within={"t": t})
        (one,) = measured(engine, shape, table({"one": cases}))[("one",)]
        assert one.estimate.value == pytest.approx(1 - float(fitted.predict(t)), abs=1e-8)
    (one,) = measured(engine, ALL, table({"one": cases}))[("one",)]
    assert one.estimate.value == pytest.approx(float(fitted.median_survival_time_))


@settings(max_examples=15, deadline=None)
@given(times=st.lists(SECONDS, min_size=1, max_size=25))
def test_the_median_of_the_finished_is_numpys(engine: Backend, times: list[int]) -> None:
    rows = table({"one": [(t, 1, "a", "x") for t in times]})
    (one,) = measured(engine, Incidence(Column("done")), rows)[("one",)]
    assert one.estimate.value == float(np.median(times))
    assert one.beside["served"] == 1.0


def test_a_half_reached_exactly_lasts_until_the_next_event(engine: Backend) -> None:
    cases = [(10, 1, "a", "x"), (20, 1, "b", "x"), (60, 1, "c", "x"), (90, 2, "d", "x")]
    (one,) = measured(engine, ALL, table({"one": cases}))[("one",)]
    assert one.estimate.value == (20 + 60) / 2
    # With no event after it there is no middle to take.
    cases = [(10, 1, "a", "x"), (20, 1, "b", "x"), (60, 2, "c", "x"), (90, 2, "d", "x")]
    (one,) = measured(engine, ALL, table({"one": cases}))[("one",)]
    assert one.estimate.value == 20


def test_nobody_served_is_not_reached_with_none_served(engine: Backend) -> None:
    cases = [(10, 2, "a", "x"), (20, 0, "b", "x"), (60, 0, "c", "x")]
    (one,) = measured(engine, ALL, table({"one": cases}), clusters=WAYS)[("one",)]
    assert (one.estimate.value, one.estimate.note) == (None, NOT_REACHED)
    assert one.beside["served"] == 0.0
    found = measured(engine, AT, table({"one": cases}), clusters=WAYS)[("one",)]
    assert [f.estimate.value for f in found] == [0.0, 0.0, 0.0, 0.0]
    assert found[0].estimate.low == 0.0
    assert found[0].estimate.high is not None
    assert found[0].estimate.high > 0.3


def test_all_served_at_once_is_zero_seconds_and_not_nothing(engine: Backend) -> None:
    cases = [(0, 1, str(n), "x") for n in range(50)]
    (one,) = measured(engine, ALL, table({"one": cases}))[("one",)]
    assert (one.estimate.value, one.estimate.low, one.estimate.high) == (0.0, 0.0, 0.0)
    found = measured(engine, AT, table({"one": cases}))[("one",)]
    assert found[0].estimate.value == 1.0
    assert found[0].estimate.high == 1.0
    assert 0.9 < (found[0].estimate.low or 0) < 1.0


def test_beyond_what_was_seen_it_is_too_early_to_judge(engine: Backend) -> None:
    cases = [(1, 1, "a", "x"), (3, 0, "b", "x"), (30, 0, "c", "x")]
    found = measured(engine, AT, table({"one": cases}))[("one",)]
    assert [f.estimate.note for f in found] == ["", "", "", UNRIPE]


def test_copies_in_one_cluster_say_no_more_than_one_of_them(engine: Backend) -> None:
    once = [(t, 1 + (t % 3 == 0), str(t), "x") for t in range(1, 41)]
    thrice = [case for case in once for _ in range(3)]
    shape = IncidenceAt(Column("done"), Column("rival"), None, within={"t": 20})
    (one,) = measured(engine, shape, table({"p": once}), clusters=("customer",))[("p",)]
    (three,) = measured(engine, shape, table({"p": thrice}), clusters=("customer",))[("p",)]
    assert three.estimate.value == pytest.approx(one.estimate.value)
    assert three.estimate.n == 3 * one.estimate.n
    width = [(f.estimate.high or 0) - (f.estimate.low or 0) for f in (one, three)]
    assert width[1] == pytest.approx(width[0], rel=0.05)


def test_rows_that_know_nothing_are_left_out(engine: Backend) -> None:
    rows = table({"one": [(5, 1, "a", "x"), (7, 1, "b", "x")]})
    empty = pa.Table.from_pylist([{"part": "one", "customer": "c", "_day": "x"}], rows.schema)
    (one,) = measured(engine, ALL, pa.concat_tables([rows, empty]))[("one",)]
    assert (one.estimate.n, one.estimate.value) == (2, 6.0)
