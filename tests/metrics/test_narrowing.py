"""Relations made of the columns that they need alone have the same rows."""

from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

from regard.metrics.narrowing import columns_needed, narrowed
from regard.store.engine import connect

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(("", "a", "a;b"))), max_size=8
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Backend]:
    made = connect(threads=1)
    yield made
    made.disconnect()  # type: ignore[no-untyped-call]


def wide(t: Relation) -> Relation:
    """Ten columns, as a fact has more than a question needs."""
    return t.mutate(**{f"c{place}": t.x + place for place in range(8)}, label=t.z.upper())


def steps(t: Relation) -> dict[str, Relation]:
    """What questions are made of, over rows of many columns."""
    rows = wide(t)
    twice = rows.mutate(half=rows.x // 2)
    other = twice.select("y", "half").distinct()
    met = twice.left_join(other, [twice.y == other.y, twice.half == other.half])
    latest = ibis.row_number().over(group_by=rows.y, order_by=[rows.c3.desc(), rows.x])
    window = rows.mutate(place=latest)
    parts = rows.mutate(part=rows.z.split(";").unnest())
    few = rows.filter(rows.c1 > 1).select("x", "y")
    many = rows.select("y", x=rows.c2).filter(lambda t: t.y < 3).select("x", "y")
    return {
        "filtered": rows.filter(rows.c0 > 0, rows.label != "A").select("x"),
        "summed": twice.group_by("y").aggregate(n=twice.count(), s=twice.half.sum()),
        "counted": twice.aggregate(n=twice.count()),
        "joined": met.group_by("y").aggregate(n=met.count(), m=met.half_right.max()),
        "latest": window.filter(window.place == 0).select("y", "x"),
        "apart": parts.aggregate(n=parts.count()),
        "united": ibis.union(few, many).group_by("x").aggregate(n=lambda t: t.count()),
        "dropped": twice.drop("c1", "c2").order_by("x", "y", "z").select("c5", "half"),
        "limited": rows.order_by("x", "y", "z").limit(3).select("c4"),
        "cast": rows.mutate(x=rows.x.cast("string")).group_by("x").aggregate(n=lambda t: t.count()),
        "within": rows.filter(rows.x.isin(few.x)).select("y"),
    }


@settings(deadline=None)
@given(ROWS)
def test_the_rows_are_the_same(engine: Backend, rows: list[tuple[int, int, str]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    kinds = (pa.int64(), pa.int64(), pa.string())
    names = ("x", "y", "z")
    held = {n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)}
    engine.con.register("given", pa.table(held))
    for name, told in steps(engine.table("given")).items():
        assert found(engine, narrowed(told)) == found(engine, told), name


def found(engine: Backend, told: Relation) -> list[str]:
    return sorted(map(str, engine.to_pyarrow(told).to_pylist()))


def test_only_what_is_needed_is_left_of_a_table() -> None:
    rows = wide(ibis.table({"x": "int64", "y": "int64", "z": "string"}, name="given"))
    told = rows.filter(rows.c0 > 0).group_by("y").aggregate(n=lambda t: t.count())
    sql = str(ibis.to_sql(narrowed(told), dialect="duckdb"))
    assert "label" not in sql
    assert "c5" not in sql
    assert "c5" in str(ibis.to_sql(told, dialect="duckdb"))


def test_a_table_whose_rows_are_counted_keeps_one_column(engine: Backend) -> None:
    engine.con.register("given", pa.table({"x": [1, 2], "y": [3, 4]}))
    rows = engine.table("given")
    told = rows.filter(rows.y > 3).aggregate(n=lambda t: t.count())
    assert columns_needed(told, told.columns) == {"given": frozenset("y")}
    assert columns_needed(rows.aggregate(n=rows.count()), ["n"]) == {"given": frozenset("x")}


def test_columns_come_in_the_order_of_the_rows(engine: Backend) -> None:
    engine.con.register("given", pa.table({"x": [1], "y": [3], "z": [5]}))
    assert narrowed(engine.table("given"), ["z", "x"]).columns == ("x", "z")
