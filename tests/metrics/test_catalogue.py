"""What every metric must be able to say of itself. A new metric is tested by being declared."""

import re
from pathlib import Path

import ibis
import pytest
from ibis.backends.duckdb import Backend

from metrics.small import around_the_clock, at
from regard.core.schema import tables
from regard.facts.fact import fact
from regard.metrics.engine import _frame
from regard.metrics.examples import example_rows, work
from regard.metrics.metric import Metric, catalogue
from regard.metrics.plan import Sources, counted, plan_rows
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient

BOOK = Path(__file__).resolve().parents[3] / "shared" / "METRICS.md"
UNITS = ("seconds", "share", "count", "per_agent", "points", "number", "days")
EVERY = pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.key)


@EVERY
def test_the_example_comes_to_what_it_says(metric: Metric) -> None:
    found = {tuple(one.by.items()): one.estimate.value for one in work(metric)}
    said = metric.example.value
    wanted = None if said is None else pytest.approx(said)
    assert found[tuple(metric.example.by.items())] == wanted


@EVERY
def test_it_reads_columns_that_exist(metric: Metric) -> None:
    read = fact(metric.fact)
    columns = {column.name for column in read.columns}
    assert metric.at in columns
    for said in metric.who.values():
        assert {said} if isinstance(said, str) else set(said) <= columns
    needed = {each for name in metric.requires for each in name.split("|")}
    assert needed <= set(tables())
    assert set(read.dimensions.values()) <= columns


@EVERY
def test_its_rows_say_which_of_the_facts_columns_they_fill(metric: Metric) -> None:
    columns = {column.name for column in fact(metric.fact).columns}
    assert {name for row in metric.example.rows for name in row} <= columns


@EVERY
def test_its_counters_and_neighbours_are_known(metric: Metric) -> None:
    named = {counter.key for counter in metric.counters} | set(metric.beside)
    assert named <= set(catalogue())
    assert metric.key not in named
    assert all(counter.margin > 0 for counter in metric.counters)


@EVERY
def test_it_speaks_for_itself(metric: Metric) -> None:
    for said in (metric.label, metric.numerator, metric.denominator, metric.theme, metric.cited):
        assert said.strip() == said != ""
    assert metric.says.endswith(".")
    assert metric.raises.endswith("?")
    assert not metric.label.endswith(".")


@EVERY
def test_its_name_and_numbers_are_in_order(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.key)
    assert metric.version >= 1
    assert metric.unit in UNITS
    assert metric.better in ("high", "low", "none")
    assert metric.clock in ("calendar", "opening")
    assert metric.key.endswith("_open") == (metric.clock == "opening")
    assert set(metric.cluster) <= {"customer", "day", "agent"}
    assert metric.cluster


@EVERY
def test_it_can_be_said_in_spark_sql(metric: Metric, engine: Backend) -> None:
    shape = metric.shape
    halves = (shape.top, shape.bottom) if isinstance(shape, Quotient) else (metric.key,)
    for key in halves:
        one = catalogue()[key]
        rows = example_rows(fact(one.fact), one.example.rows)
        others = {name: example_rows(fact(name), ()) for name in one.reads}
        sources = Sources(
            {"s": at("2026-03-31 00:00")}, "Europe/Warsaw", around_the_clock, others=others
        )
        said = {"from": "2026-03-01", "to": "2026-04-01", "by": "month,source"}
        laid = plan_rows(Query.parse(one.key, said), one, rows, sources)
        with _frame(laid, engine) as frame:
            told = ibis.to_sql(one.shape.moments(counted(laid), frame), dialect="databricks")
        assert told.lstrip().upper().startswith(("SELECT", "WITH"))


def test_times_have_their_naive_twins_beside_them() -> None:
    keys = set(catalogue())
    times = [key for key in keys if f"{key}_finished" in keys]
    assert len(times) >= 7
    for key in times:
        assert f"{key}_finished_mean" in keys
        assert catalogue()[f"{key}_finished"].beside == (key,)


INSTEAD = {"asked_share": "left_out_without_reason"}
"""What guards in the place of a metric that the book names."""


@pytest.mark.real
def test_every_pair_of_the_book_stands_in_the_declarations() -> None:
    book = " ".join(BOOK.read_text(encoding="utf-8").split())
    told = book[book.index("Pairs: ") :].removeprefix("Pairs: ")
    pairs = told[: told.index(". A pair naming")].split(" · ")
    assert len(pairs) >= 14
    for pair in pairs:
        mains, others = (re.findall(r"`([a-z0-9_]+)`", side) for side in pair.split("→"))
        for key in mains:
            named = {counter.key for counter in catalogue()[key].counters}
            # DECISIONS: a quiet time lowers the share asked, and nobody has chosen anyone.
            assert {INSTEAD.get(other, other) for other in others} <= named, key
