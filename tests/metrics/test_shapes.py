"""Each shape on the real engine against the same number worked out another way."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends import BaseBackend as Backend
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.small import at, measured
from regard.metrics.level import Level, LevelAges
from regard.metrics.picks import Column
from regard.metrics.shapes import (
    Count,
    Distinct,
    Distribution,
    Grouped,
    Mean,
    Net,
    Rate,
    Ratio,
    Share,
)
from regard.stats.estimate import FEW_CLUSTERS, Estimate
from regard.stats.proportion import wilson
from regard.stats.rate import count

Row = Mapping[str, Any]
CUSTOMERS = tuple("abcdefghijkl")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "part": st.sampled_from(("one", "two")),
            "customer": st.sampled_from(CUSTOMERS),
            "_day": st.sampled_from(("1", "2", "3", "4")),
            "n": st.one_of(st.none(), st.integers(0, 9)),
            "m": st.integers(0, 5),
        }
    ),
    min_size=1,
    max_size=40,
)
MODEST = settings(max_examples=15, deadline=None)


def table(rows: Sequence[Row]) -> pa.Table:
    """Rows with a part, a customer, a day and two numbers."""
    texts = ("part", "customer", "_day")
    schema = [(name, pa.string()) for name in texts] + [("n", pa.int64()), ("m", pa.int64())]
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(schema))


def by_part(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each part."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["part"]].append(row)
    return found


def _crowd(seed: int = 1, n: int = 400) -> list[Row]:
    """Rows of forty customers, each with a leaning of their own."""
    rng = np.random.default_rng(seed)
    leaning = {f"c{i}": rng.beta(2, 2) for i in range(40)}
    who = rng.choice(list(leaning), n)
    return [
        {
            "part": "one",
            "customer": str(c),
            "_day": str(rng.integers(0, 20)),
            "n": int(rng.random() < leaning[str(c)]),
            "m": int(rng.integers(1, 9)),
        }
        for c in who
    ]


def _linearised(rows: Sequence[Row], top: str, bottom: str | None, way: str) -> tuple[float, float]:
    """A ratio's standard error from the residuals of its clusters, and how many even ones."""
    y: dict[str, float] = defaultdict(float)
    x: dict[str, float] = defaultdict(float)
    for row in rows:
        y[row[way]] += row[top]
        x[row[way]] += row[bottom] if bottom else 1
    k, total = len(y), sum(x.values())
    ratio = sum(y.values()) / total
    spread = sum((y[c] - ratio * x[c]) ** 2 for c in y)
    return float(np.sqrt(k / (k - 1) * spread)) / total, total**2 / sum(v * v for v in x.values())


@MODEST
@given(rows=ROWS)
def test_counts_are_counts_with_an_interval_of_their_days(engine: Backend, rows: list[Row]) -> None:
    found = measured(engine, Count(lambda t: t.m > 2), table(rows), days=7)
    for part, mine in by_part(rows).items():
        days = Counter(row["_day"] for row in mine if row["m"] > 2)
        n = sum(days.values())
        if not n:
            # What is made of no row is 0 by the shape's `empty`.
            assert (part,) not in found
            continue
        daily = np.array([*days.values(), *[0] * (7 - len(days))])
        phi = max(1.0, float(np.var(daily, ddof=1) / np.mean(daily)))
        phi = 1 + (phi - 1) * (stats.t.ppf(0.975, 6) / stats.norm.ppf(0.975)) ** 2
        (one,) = found[(part,)]
        low = phi * stats.chi2.ppf(0.025, 2 * n / phi) / 2
        high = phi * stats.chi2.ppf(0.975, 2 * n / phi + 2) / 2
        assert (one.estimate.value, one.estimate.n) == (n, n)
        assert (one.estimate.low, one.estimate.high) == pytest.approx((low, high), rel=1e-6)


@MODEST
@given(rows=ROWS)
def test_a_thing_that_comes_often_is_one_different_thing(engine: Backend, rows: list[Row]) -> None:
    found = measured(engine, Distinct(("customer",)), table(rows), days=5)
    for part, mine in by_part(rows).items():
        (one,) = found[(part,)]
        assert one.estimate.value == len({row["customer"] for row in mine})


@MODEST
@given(rows=ROWS)
def test_values_of_shares_means_and_ratios_are_plain_arithmetic(
    engine: Backend, rows: list[Row]
) -> None:
    told = table(rows)
    ways = ("customer", "_day")
    shares = measured(engine, Share(lambda t: t.n > 4), told, clusters=ways)
    means = measured(engine, Mean(Column("n")), told, clusters=ways)
    ratios = measured(engine, Ratio(Column("n"), Column("m")), told, clusters=ways)
    for part, mine in by_part(rows).items():
        known = [row["n"] for row in mine if row["n"] is not None]
        (one,) = shares[(part,)]
        assert one.estimate.value == pytest.approx(sum(n > 4 for n in known) / len(mine))
        assert one.estimate.n == len(mine)
        if known:
            (one,) = means[(part,)]
            assert one.estimate.n == len(known)
            assert one.estimate.value == pytest.approx(np.mean(known))
        else:
            assert (part,) not in means
        below = sum(row["m"] for row in mine)
        (one,) = ratios[(part,)]
        wanted = pytest.approx(sum(known) / below) if below else None
        assert one.estimate.value == wanted


def test_a_share_of_rows_that_stand_alone_has_wilsons_interval(engine: Backend) -> None:
    rows = [{"part": "one", "customer": str(i), "n": int(i < 30)} for i in range(100)]
    (one,) = measured(engine, Share(lambda t: t.n == 1), table(rows), clusters=("customer",))[
        ("one",)
    ]
    wanted = proportion_confint(30, 100, method="wilson")
    assert (one.estimate.low, one.estimate.high) == pytest.approx(wanted, abs=1e-4)


def test_a_share_of_clustered_rows_is_wilsons_on_fewer_rows(engine: Backend) -> None:
    rows = _crowd()
    (one,) = measured(engine, Share(lambda t: t.n == 1), table(rows), clusters=("customer",))[
        ("one",)
    ]
    n, p = len(rows), np.mean([row["n"] for row in rows])
    error, k = _linearised(rows, "n", None, "customer")
    few = (stats.t.ppf(0.975, k - 1) / stats.t.ppf(0.975, n - 1)) ** 2
    deff = error**2 / (p * (1 - p) / (n - 1)) * few
    assert deff > 1.3
    wanted = proportion_confint(p * n / deff, n / deff, method="wilson")
    assert one.estimate.value == pytest.approx(p)
    assert (one.estimate.low, one.estimate.high) == pytest.approx(wanted, abs=1e-9)


def test_the_wider_of_two_ways_to_cluster_wins(engine: Backend) -> None:
    told = table(_crowd(2))
    widths = [
        (one.estimate.high or 0) - (one.estimate.low or 0)
        for ways in (("customer",), ("_day",), ("customer", "_day"))
        for one in measured(engine, Share(lambda t: t.n == 1), told, clusters=ways)[("one",)]
    ]
    assert widths[2] == pytest.approx(max(widths[:2]))
    assert widths[0] != pytest.approx(widths[1])


@pytest.mark.parametrize("bottom", [None, "m"], ids=["mean", "ratio"])
def test_means_and_ratios_have_linearised_t_intervals(engine: Backend, bottom: str | None) -> None:
    rows = _crowd(3)
    shape = Ratio(Column("n"), Column("m")) if bottom else Mean(Column("n"))
    (one,) = measured(engine, shape, table(rows), clusters=("customer",))[("one",)]
    error, k = _linearised(rows, "n", bottom, "customer")
    below = sum(row["m"] for row in rows) if bottom else len(rows)
    ratio = sum(row["n"] for row in rows) / below
    reach = float(stats.t.ppf(0.975, k - 1)) * error
    assert one.estimate.value == pytest.approx(ratio)
    assert (one.estimate.low, one.estimate.high) == pytest.approx((ratio - reach, ratio + reach))


def test_a_rate_is_events_for_so_much_exposure(engine: Backend) -> None:
    rows = _crowd(4)
    shape = Rate(Column("n"), Column("m"), per=1000.0)
    (one,) = measured(engine, shape, table(rows), clusters=("customer",))[("one",)]
    events, months = sum(row["n"] for row in rows), sum(row["m"] for row in rows)
    error, k = _linearised(rows, "n", "m", "customer")
    reach = 1000 * float(stats.t.ppf(0.975, k - 1)) * error
    value = 1000 * events / months
    assert (one.estimate.value, one.estimate.n) == pytest.approx((value, events))
    assert (one.estimate.low, one.estimate.high) == pytest.approx((value - reach, value + reach))


def test_a_net_score_is_that_of_the_book(engine: Backend) -> None:
    # METRICS §5: 19 promoters, 8 passives, 9 detractors: 27.8 [−0.4, 51.7].
    scores = [10] * 19 + [7] * 8 + [3] * 9
    rows = [{"part": "one", "customer": str(i), "n": n} for i, n in enumerate(scores)]
    shape = Net(lambda t: t.n >= 9, lambda t: t.n <= 6)
    (one,) = measured(engine, shape, table(rows), clusters=("customer",))[("one",)]
    said = one.estimate
    assert [round(x or 0, 1) for x in (said.value, said.low, said.high)] == [27.8, -0.4, 51.7]
    assert said.n == 36


@MODEST
@given(rows=ROWS)
def test_the_shares_of_a_distribution_make_one(engine: Backend, rows: list[Row]) -> None:
    shape = Distribution(lambda t: t.m.cast("string"), tuple("012345"))
    found = measured(engine, shape, table(rows))
    for part, mine in by_part(rows).items():
        said = {one.by["bucket"]: one.estimate.value for one in found[(part,)]}
        assert list(said) == list("012345")
        assert sum(value or 0 for value in said.values()) == pytest.approx(1.0)
        assert said["3"] == pytest.approx(sum(row["m"] == 3 for row in mine) / len(mine))


@MODEST
@given(rows=ROWS)
def test_groups_are_counted_once_whatever_their_size(engine: Backend, rows: list[Row]) -> None:
    shape = Grouped(
        group={"who": lambda t: t.customer},
        totals={"all": lambda t: t.count(), "big": lambda t: (t.m > 2).cast("int64").sum()},
        then=Share(lambda t: t.big * 2 >= t["all"]),
    )
    found = measured(engine, shape, table(rows), clusters=("_day",))
    for part, mine in by_part(rows).items():
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in mine:
            groups[row["_day"], row["customer"]].append(row["m"])
        good = [sum(m > 2 for m in ms) * 2 >= len(ms) for ms in groups.values()]
        (one,) = found[(part,)]
        assert (one.estimate.value, one.estimate.n) == pytest.approx((np.mean(good), len(good)))


STRETCHES = st.lists(
    st.tuples(st.integers(0, 48), st.one_of(st.none(), st.integers(0, 30))), min_size=1, max_size=25
)


def _stretches(stretches: Sequence[tuple[int, int | None]]) -> pa.Table:
    zero = at("2026-03-01 00:00")
    kinds = [("part", pa.string())] + [
        (name, pa.timestamp("us", "UTC")) for name in ("starts_at", "ends_at", "opened_at")
    ]
    return pa.Table.from_pylist(
        [
            {
                "part": "?",
                "starts_at": zero + timedelta(hours=start),
                "ends_at": None if length is None else zero + timedelta(hours=start + length),
                "opened_at": zero + timedelta(hours=start),
            }
            for start, length in stretches
        ],
        schema=pa.schema(kinds),
    )


@MODEST
@given(stretches=STRETCHES)
def test_a_level_is_what_covers_each_instant(
    engine: Backend, stretches: list[tuple[int, int | None]]
) -> None:
    hours = (0, 7, 24, 47, 80)
    moments = [(f"{h:02d}", at("2026-03-01 00:00") + timedelta(hours=h)) for h in hours]
    found = measured(engine, Level(), _stretches(stretches), moments=moments)
    for hour in hours:
        stood = [s <= hour and (n is None or s + n > hour) for s, n in stretches]
        said = found.get((f"{hour:02d}",))
        assert (said[0].estimate.value if said else 0) == sum(stood)


@MODEST
@given(stretches=STRETCHES)
def test_ages_are_those_of_what_stands(
    engine: Backend, stretches: list[tuple[int, int | None]]
) -> None:
    shape = LevelAges(edges=(("young", 3 * 3600), ("grown", 10 * 3600), ("old", 0)))
    moments = [("end", at("2026-03-01 00:00") + timedelta(hours=30))]
    found = measured(engine, shape, _stretches(stretches), moments=moments)
    ages = [30 - s for s, n in stretches if s <= 30 and (n is None or s + n > 30)]
    wanted = {
        "young": sum(age < 3 for age in ages),
        "grown": sum(3 <= age < 10 for age in ages),
        "old": sum(age >= 10 for age in ages),
    }
    said = {one.by["age"]: one for one in found.get(("end",), [])}
    assert {label: one.beside["stock"] for label, one in said.items()} == (wanted if ages else {})
    for label, one in said.items():
        assert one.estimate.value == pytest.approx(wanted[label] / len(ages))


def test_few_clusters_are_said(engine: Backend) -> None:
    rows = [{"part": "one", "customer": "ab"[i % 2], "n": i % 3} for i in range(30)]
    for shape in (Share(lambda t: t.n == 1), Mean(Column("n"))):
        (one,) = measured(engine, shape, table(rows), clusters=("customer",))[("one",)]
        assert one.estimate.note == FEW_CLUSTERS


def test_sums_beyond_a_float_are_exact(engine: Backend) -> None:
    # 2**53 + 1 is the first whole number that a float cannot hold.
    big = 2**53 + 1
    rows = [{"part": "one", "customer": str(i), "n": n} for i, n in enumerate((big, -big, 3))]
    (one,) = measured(engine, Mean(Column("n"), lowest=None), table(rows), clusters=("customer",))[
        ("one",)
    ]
    assert one.estimate.value == 1.0


def test_nothing_counted_is_nothing_said(engine: Backend) -> None:
    empty = table([{"part": "one", "customer": "a", "n": None, "m": 0}])
    nobody = measured(engine, Mean(Column("n")), empty, clusters=("customer",))
    assert nobody == {}
    (one,) = measured(engine, Ratio(Column("n"), Column("m")), empty, clusters=("customer",))[
        ("one",)
    ]
    assert one.estimate == Estimate(None, n=1, note="NO_DATA")


def test_a_stock_of_customers_with_several_each_comes_in_lumps(engine: Backend) -> None:
    # Twenty customers with one open ticket, five with four: Σy²/Σy = (20 + 80) / 40.
    held = [name for name in range(25) for _ in range(4 if name < 5 else 1)]
    rows = _stretches([(0, None)] * 40).append_column(
        "_c_customer", pa.array([str(name) for name in held])
    )
    moments = [("end", at("2026-03-01 00:00") + timedelta(hours=30))]
    found = measured(engine, Level(), rows, clusters=("_c_customer",), moments=moments)
    alone = measured(engine, Level(), rows, moments=moments)
    assert found[("end",)][0].estimate == count(40, 2.5)
    assert alone[("end",)][0].estimate == count(40)


def test_buckets_and_ages_of_the_same_customers_are_copies_of_one_another(engine: Backend) -> None:
    rows = [{"part": "one", "customer": str(i // 4), "n": i, "m": i // 4 % 2} for i in range(120)]
    shape = Distribution(lambda t: t.m.cast("string"), tuple("01"))
    said = measured(engine, shape, table(rows), clusters=("customer",))[("one",)]
    (whole,) = measured(engine, Share(lambda t: t.m == 1), table(rows), clusters=("customer",))[
        ("one",)
    ]
    assert said[1].estimate == whole.estimate
    # A hundred and twenty rows of thirty customers are thirty rows, and a little less.
    assert (whole.estimate.low or 0) < (wilson(15, 30).low or 0)
