"""Rows are suspected of naming what another row names wherever one does, however many there are."""

from collections import Counter
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.schema import INSTANT
from regard.store.repeats import FEW, alike, suspects

KEY = ("source", "ticket_id", "valid_from")
PART = st.sampled_from(["", "a", "b", "\x1f", "\x00", "a\x1f", None])
ROW = st.tuples(PART, PART, st.sampled_from([None, 0, 1]))
DTYPES = (pa.string(), pa.string(), INSTANT)


def table_of(rows: list[tuple[Any, ...]], cut: int = 0) -> pa.Table:
    """The rows, in two chunks where they are cut."""
    arrays = [pa.array(list(v), t) for v, t in zip(zip(*rows, strict=True), DTYPES, strict=True)]
    whole = pa.table(arrays, names=list(KEY))
    return pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=30), cut=st.integers(0, 30))
def test_of_many_rows_exactly_those_that_share_their_key_are_suspect(
    rows: list[tuple[Any, ...]], cut: int
) -> None:
    with duckdb.connect() as engine:
        engine.register("told", table_of(rows, min(cut, len(rows))))
        found = alike(engine, "told", KEY).tolist()
    times = Counter(rows)
    assert found == [place for place, row in enumerate(rows) if times[row] > 1]


def test_of_few_rows_all_are_suspect_and_none_of_many_that_differ() -> None:
    few = [("a", str(number), None) for number in range(FEW)]
    assert len(suspects(table_of(few), KEY)) == FEW
    assert len(suspects(table_of([*few, ("b", "0", None)]), KEY)) == 0
