"""Laws of taking rows: whatever comes in whatever order, the store holds what a dict would."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.core.schema import table
from regard.store.store import open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHAPES = {"ticket": ("ticket_id", "number"), "team": ("team_id", "name")}
Told = tuple[str, str, int | None, str | None]
"""A row: source, id, hours after noon when it was updated, a value."""

ROWS: st.SearchStrategy[Told] = st.tuples(
    st.sampled_from(["desk", "phone"]),
    st.sampled_from(["1", "2", "3", "ą'\"", ""]),
    st.none() | st.integers(min_value=0, max_value=3),
    st.none() | st.sampled_from(["a", "b"]),
)
BATCHES = st.lists(st.lists(ROWS, max_size=6), min_size=1, max_size=4)


def _tabled(name: str, batch: Iterable[Told]) -> pa.Table:
    key, value = SHAPES[name]
    rows = [
        table(name).row(
            **{"source": source, key: each, value: said},
            updated_at=None if hours is None else NOON + timedelta(hours=hours),
        )
        for source, each, hours, said in batch
    ]
    return pa.Table.from_pylist(rows, schema=table(name).schema)


def _newest(batch: Iterable[Told]) -> dict[tuple[str, str], Told]:
    """Of a batch, the newest row of each key; of equally new ones the last."""
    found: dict[tuple[str, str], Told] = {}
    for row in batch:
        before = found.get(row[:2])
        if before is None or _age(row) >= _age(before):
            found[row[:2]] = row
    return found


def _age(row: Told) -> int:
    return -1 if row[2] is None else row[2]


def _taken(held: dict[tuple[str, str], Told], batch: Iterable[Told]) -> None:
    for key, row in _newest(batch).items():
        before = held.get(key)
        # An undated row is as new as its import.
        dated = before is not None and before[2] is not None and row[2] is not None
        if not dated or _age(row) >= _age(held[key]):
            held[key] = row


def _stored(folder: Path, name: str) -> dict[tuple[str, str], Told]:
    key, value = SHAPES[name]
    with open_store(folder).snapshot() as snapshot:
        rows: list[dict[str, Any]] = snapshot.table(name).to_pyarrow().to_pylist()
    found: dict[tuple[str, str], Told] = {}
    for row in rows:
        at = row["updated_at"]
        hours = None if at is None else int((at - NOON).total_seconds()) // 3600
        assert (row["source"], row[key]) not in found
        found[row["source"], row[key]] = (row["source"], row[key], hours, row[value])
    return found


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=BATCHES)
def test_a_store_holds_what_a_dict_would(name: str, batches: list[list[Told]]) -> None:
    held: dict[tuple[str, str], Told] = {}
    with TemporaryDirectory() as place:
        store = open_store(Path(place))
        for batch in batches:
            before = dict(held)
            _taken(held, batch)
            changes = store.upsert({name: _tabled(name, batch)})
            assert changes.any == (held != before)
            assert _stored(Path(place), name) == held
        assert not store.upsert({name: _tabled(name, held.values())}).any
