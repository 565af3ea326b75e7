"""Which rows are dropped as repeats does not hang on how the repeats were looked for."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.ingest.frame import Log
from regard.ingest.plain import build, drop_repeats
from regard.store import repeats

NAME = st.sampled_from(["", "a", "b", "c", "a b"])
ROW = st.tuples(NAME, NAME, st.sampled_from([None, "new", "solved"]))


def dropped(rows: pa.Table, ways: str, few: int) -> tuple[pa.Table, Log]:
    """What is left of the rows and what was noticed, where so many rows count as few."""
    log = Log()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "FEW", few)
        return drop_repeats("ticket", rows, log, ways), log


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=20), ways=st.sampled_from(["", "first", "last"]))
def test_many_rows_are_dropped_as_few_would_be(
    rows: list[tuple[str, str, str | None]], ways: str
) -> None:
    sources, tickets, statuses = (pa.array(list(v), pa.string()) for v in zip(*rows, strict=True))
    told = build("ticket", "", {"ticket_id": tickets, "status": statuses}, len(rows))
    told = told.set_column(0, told.schema.field(0), sources)
    few, noticed = dropped(told, ways, len(rows))
    many, seen = dropped(told, ways, 0)
    assert many.equals(few)
    assert seen == noticed
    kept = few.select(["source", "ticket_id"]).to_pylist()
    assert sorted(tuple(row.values()) for row in kept) == sorted({row[:2] for row in rows})
