"""Coverage of shapes of counts, stocks, averages over time, retention and what customers bring."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from coverage_rows import Case
from coverage_worlds import ZERO, Columns, Ints, Random, Seen, asked, first, seen, table
from numpy.typing import NDArray

from regard.metrics.exposure import MONTH_SECONDS
from regard.metrics.level import Level, LevelAges
from regard.metrics.pertime import PerHour, PerTime
from regard.metrics.picks import Column
from regard.metrics.quotient import Quotient, divide
from regard.metrics.retained import Retained
from regard.metrics.revenue import Revenue
from regard.metrics.shapes import Count, Distinct
from regard.metrics.worth import ContractValue
from regard.stats.lifetable import MONTHS, YEARLY

DAY = 86_400
MONTH = 30
SPANS = [("month", ZERO, ZERO + timedelta(days=MONTH))]
STOCK: dict[str, Any] = {"spans": SPANS, "moments": [("month", ZERO)], "moment_key": "part"}
WEEK = np.array([1.3, 1.3, 1.2, 1.2, 1.2, 0.5, 0.3])


def daily(random: Random, worlds: int, mean: float, lumps: float = 1.0, days: int = MONTH) -> Ints:
    """Counts by world and day whose variance is `lumps` times their mean."""
    if lumps == 1:
        return random.poisson(mean, (worlds, days))
    size = mean / (lumps - 1)
    return random.negative_binomial(size, 1 / lumps, (worlds, days))


def _rows(counts: Ints) -> Columns:
    world, day = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    return {"world": world, "_day": day}


def count_case(world: str, mean: float, lumps: float, asserted: bool, days: int = MONTH) -> Case:
    """How many rows there are in a month."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = table(_rows(daily(random, worlds, mean, lumps, days)))
        return first(asked(Count(), rows, days=days))

    return Case("Count", world, days * mean, sample, asserted)


def weekly_case() -> Case:
    """Counts that go up and down with the days of the week and are Poisson else."""

    def sample(random: Random, worlds: int) -> Seen:
        counts = random.poisson(10 * np.resize(WEEK, 28), (worlds, 28))
        return first(asked(Count(), table(_rows(counts)), days=28))

    return Case("Count", "by weekday, 28 days × 10", 280.0, sample, asserted=False)


def burst_case() -> Case:
    """Customers come at random, each with several rows on days of their own."""

    def sample(random: Random, worlds: int) -> Seen:
        many = random.poisson(60, worlds)
        each = random.geometric(0.25, many.sum())
        world = np.repeat(np.repeat(np.arange(worlds), many), each)
        rows = table({"world": world, "_day": random.integers(0, MONTH, len(world))})
        return first(asked(Count(), rows, days=MONTH))

    return Case("Count", "60 customers × 4, days apart", 240.0, sample, asserted=False)


def regulars_case() -> Case:
    """The same customers in every world, each with a pace of their own, on any day."""
    paces = np.random.default_rng(7).gamma(0.5, 8, 60)

    def sample(random: Random, worlds: int) -> Seen:
        counts = random.poisson(np.full((worlds, MONTH), paces.sum() / MONTH))
        return first(asked(Count(), table(_rows(counts)), days=MONTH))

    told = "60 customers of lasting paces"
    return Case("Count", told, float(paces.sum()), sample, asserted=False)


def distinct_case(lumps: float) -> Case:
    """How many different customers came, of whom each may come again on later days."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = _rows(daily(random, worlds, 6, lumps))
        rows["who"] = np.arange(len(rows["world"]))
        again = random.random(len(rows["who"])) < 0.3
        later = {name: each[again] for name, each in rows.items()}
        later["_day"] = random.integers(0, MONTH, int(again.sum()))
        both = {name: np.concatenate([rows[name], later[name]]) for name in rows}
        return first(asked(Distinct(("who",)), table(both), days=MONTH))

    told = f"30 days × 6, variance × {lumps:g}, 30 % again"
    return Case("Distinct", told, 180.0, sample)


def _instants(seconds: NDArray[np.float64]) -> pa.Array:
    known = ~np.isnan(seconds)
    when = np.datetime64(ZERO.replace(tzinfo=None), "us") + np.where(known, seconds, 0).astype(
        "timedelta64[s]"
    )
    return pa.array(when, pa.timestamp("us"), mask=~known).cast(pa.timestamp("us", "UTC"))


def level_case(each: float, asserted: bool, ages: bool = False) -> Case:
    """How many stretches stand: customers come at random, each with so many that stand at once."""

    def sample(random: Random, worlds: int) -> Seen:
        many = random.poisson(150, worlds)
        world = np.repeat(np.arange(worlds), many)
        sizes = random.geometric(1 / each, len(world)) if each > 1 else np.ones(len(world), int)
        who = np.repeat(np.arange(len(world)), sizes)
        # Of those that came in 40 days, as many stand as are not over: exponential, of 10 days.
        born = random.uniform(-40, 0, len(world))
        keep = random.exponential(10, len(world))
        told = {"world": world[who], "_c_customer": who.astype(str)}
        starts, ends = (_instants(one[who] * DAY) for one in (born, born + keep))
        rows = table(told).append_column("starts_at", starts).append_column("ends_at", ends)
        rows = rows.append_column("opened_at", starts)
        if not ages:
            return first(asked(Level(), rows, ("_c_customer",), **STOCK))
        shape = LevelAges(edges=(("young", 5 * DAY), ("old", 0)))
        return first(asked(shape, rows, ("_c_customer",), **STOCK), age="young")

    truth = 150 * each * 10 * (1 - np.exp(-4)) / 40
    young = (1 - np.exp(-0.5)) / (1 - np.exp(-4))
    told = "each alone" if each == 1 else f"customers with {each:g} at once"
    name, value = ("LevelAges", young) if ages else ("Level", truth)
    return Case(name, told, float(value), sample, asserted)


def presence_case(hourly: bool) -> Case:
    """How many people are there on average, on days of more and of fewer."""

    def sample(random: Random, worlds: int) -> Seen:
        counts = daily(random, worlds, 12, 2)
        rows = _rows(counts)
        n = len(rows["world"])
        rows |= {"who": np.arange(n), "present": random.integers(4, 9, n) * 3_600}
        if not hourly:
            return first(asked(PerTime(Column("present"), ("who",)), table(rows), days=MONTH))
        rows["_hour"] = rows["_day"] * 24 + random.integers(9, 18, n)
        return first(asked(PerHour(("who",)), table(rows), days=MONTH))

    truth = 12 / 24 if hourly else 12 * 6 / 24
    return Case("PerHour" if hourly else "PerTime", "30 days × 12, variance × 2", truth, sample)


def quotient_case() -> Case:
    """One count over another, of different facts, both lumpy by day."""

    def sample(random: Random, worlds: int) -> Seen:
        halves = []
        for mean, lumps in ((6, 2), (15, 3)):
            rows = table(_rows(daily(random, worlds, mean, lumps)))
            halves.append(first(asked(Count(), rows, days=MONTH)).said)
        shape = Quotient("top", "bottom")
        return seen(divide(a, b, MONTH, shape) for a, b in zip(*halves, strict=True))

    return Case("Quotient", "two counts of 30 days, variance × 2, × 3", 6 / 15, sample)


def _spans(random: Random, world: Ints, price: Ints, left: NDArray[np.bool_]) -> pa.Table:
    """One paid stretch a customer that began before the month; who left did so within it."""
    n = len(world)
    begun = -random.uniform(1, 700, n) * DAY
    gone = np.where(left, random.uniform(1, 29, n) * DAY, np.nan)
    told = {"world": world, "source": np.full(n, "s"), "customer_id": np.arange(n).astype(str)}
    told |= {"paid": np.ones(n, bool), "stretch": np.ones(n, np.int64), "monthly_minor": price}
    told |= {"left_voluntary": left, "currency": np.full(n, "EUR"), "is_trial": np.zeros(n, bool)}
    rows = table(told)
    for name, when in (
        ("starts_at", begun),
        ("stretch_starts_at", begun),
        ("first_paid_at", begun),
        ("ends_at", gone),
        ("left_at", gone),
    ):
        rows = rows.append_column(name, _instants(when))
    return rows.append_column("_as_of", _instants(np.full(n, 60.0 * DAY)))


def _rates() -> pa.Table:
    fields = [("currency", pa.string()), ("micro", pa.int64()), ("on", pa.date32())]
    return pa.table({name: pa.array([], kind) for name, kind in (*fields, ("source", pa.string()))})


def retained_case(p: float, n: int, asserted: bool = True) -> Case:
    """The share of customers there who leave within a month."""

    def sample(random: Random, worlds: int) -> Seen:
        world = np.repeat(np.arange(worlds), n)
        rows = _spans(random, world, np.full(len(world), 1000), random.random(len(world)) < p)
        return first(asked(Retained(top="left"), rows, whole=rows, **STOCK))

    return Case("Retained", f"{100 * p:g} % of {n} leave", p, sample, asserted)


def revenue_case(n: int, spread: float, gross: bool, asserted: bool = True) -> Case:
    """What is still paid of what was paid; prices are log-normal, a tenth leaves."""

    def sample(random: Random, worlds: int) -> Seen:
        world = np.repeat(np.arange(worlds), n)
        price = np.round(5000 * np.exp(spread * random.normal(size=len(world)))).astype(np.int64)
        rows = _spans(random, world, price, random.random(len(world)) < 0.1)
        given = {"whole": rows, "others": {"rate_fact": _rates()}, **STOCK}
        return first(asked(Revenue(gross=gross), rows, **given))

    told = f"{n} customers, prices log-normal {spread:g}" + (", gross" if gross else "")
    return Case("Revenue", told, 0.9, sample, asserted)


def contract_case(n: int) -> Case:
    """Life table times price: a twentieth leaves each month, whatever its age."""
    hazard = 0.05
    worth = (1 + YEARLY) ** (-(np.arange(MONTHS) + 0.5) / 12)
    there = np.exp(np.log(1 - hazard) * np.arange(MONTHS + 1))
    truth = 50.0 * float(np.sum(worth * (there[:-1] + there[1:]) / 2))

    def sample(random: Random, worlds: int) -> Seen:
        world = np.repeat(np.arange(worlds), n)
        m = len(world)
        price = np.round(5000 * np.exp(0.5 * random.normal(size=m) - 0.125)).astype(np.int64)
        rows = _spans(random, world, price, np.zeros(m, bool))
        begun = -random.uniform(0, 48, m) * MONTH_SECONDS
        lasted = random.exponential(-1 / np.log(1 - hazard), m) * MONTH_SECONDS
        ends = np.where(begun + lasted < MONTH * DAY, begun + lasted, np.nan)
        for name, when in (
            ("starts_at", begun),
            ("stretch_starts_at", begun),
            ("first_paid_at", begun),
            ("ends_at", ends),
            ("left_at", ends),
        ):
            place = rows.schema.get_field_index(name)
            rows = rows.set_column(place, name, _instants(when))
        given = {"whole": rows, "others": {"rate_fact": _rates()}, **STOCK}
        return first(asked(ContractValue(), rows, **given))

    return Case("ContractValue", f"{n} customers over 48 months", truth, sample, cost=0.5)


def cases() -> Iterator[Case]:
    """All of them."""
    yield count_case("Poisson, 30 days × 10", 10, 1, True)
    yield count_case("Poisson, 30 days × 3.4", 3.4, 1, True)
    yield count_case("lumpy, 30 days × 10, variance × 3", 10, 3, True)
    yield count_case("lumpy, 30 days × 40, variance × 12", 40, 12, True)
    yield count_case("lumpy, 90 days × 10, variance × 3", 10, 3, True, 90)
    yield count_case("lumpy, 7 days × 10, variance × 3", 10, 3, False, 7)
    yield count_case("Poisson, 7 days × 0.5", 0.5, 1, False, 7)
    yield weekly_case()
    yield burst_case()
    yield regulars_case()
    for lumps in (1.0, 2.5):
        yield distinct_case(lumps)
    for each, asserted in ((1.0, True), (3.0, True)):
        yield level_case(each, asserted)
        yield level_case(each, asserted, ages=True)
    yield presence_case(False)
    yield presence_case(True)
    yield quotient_case()
    yield retained_case(0.05, 200)
    yield retained_case(0.3, 100)
    yield retained_case(0.02, 100, asserted=False)
    yield revenue_case(200, 0.5, False)
    yield revenue_case(200, 0.5, True)
    yield revenue_case(200, 1.0, False, asserted=False)
    yield contract_case(300)
