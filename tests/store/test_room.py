"""How much of the machine an engine may take."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regard.store import deltas, engine
from regard.store.engine import Room, connect, half_of_memory
from regard.store.store import Store

ROWS = 3_000_000


def test_an_engine_holds_no_more_than_it_may_and_spills_the_rest(tmp_path: Path) -> None:
    """Rows of 100 MB and more are sorted in 60 MB."""
    made = connect(threads=1, room=Room("60 MB", tmp_path / "spill")).con
    made.execute(
        f"CREATE TABLE told AS SELECT hash(n) AS a, hash(n, 1) AS b FROM range({ROWS}) t(n)"
    )
    made.execute("CREATE TABLE sorted AS FROM told ORDER BY a, b")
    assert any((tmp_path / "spill").iterdir())
    assert made.execute("SELECT count(*) FROM sorted").fetchall() == [(ROWS,)]


def test_half_of_a_container_is_half_of_what_it_may_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = tmp_path / "memory.max"
    monkeypatch.setattr(engine, "ALLOWED", allowed)
    machine = half_of_memory()
    allowed.write_text("max\n", encoding="ascii")
    assert half_of_memory() == machine
    allowed.write_text("800000000\n", encoding="ascii")
    assert half_of_memory() == "400 MB"


def test_what_a_killed_import_has_spilt_goes_with_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left = store.spill_of("importing") / "duckdb_temp_storage_DEFAULT-0.tmp"
    left.parent.mkdir(parents=True)
    left.write_text("words", encoding="utf-8")
    store.upsert({"team": pa.table({"source": ["desk"], "team_id": ["billing"]})})
    assert not left.exists()
    assert not store.spilt()


def test_what_readers_spill_lies_in_the_store_and_apart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert({"team": pa.table({"source": ["desk"], "team_id": ["billing"]})})
    with store.snapshot() as one, store.snapshot() as other:
        said = [
            Path(
                each.engine.con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]
            )
            for each in (one, other)
        ]
    assert [place.parent for place in said] == [store.folder] * 2
    assert said[0] != said[1]
    assert not store.spilt()


@pytest.mark.parametrize("way", ["append", "replace", "merge"])
def test_no_more_rows_stand_together_than_a_few_subjects_may_cost(way: str, tmp_path: Path) -> None:
    many = 2 * deltas.TOGETHER + 1
    ids = pa.array([f"{n:07}" for n in range(many)])
    rows = pa.table({"id": ids, deltas.BUCKET: pa.array([0] * many, pa.int32())})
    path = tmp_path / "some"
    deltas.append(path, rows[:1] if way == "merge" else rows, divided=True)
    if way == "merge":
        deltas.merge(path, rows, ("id",), divided=True)
    if way == "replace":
        deltas.replace(path, rows, divided=True)
    groups = [
        file.row_group(place).num_rows
        for file in map(pq.read_metadata, deltas.files_of(path, deltas.newest(path)))
        for place in range(file.num_row_groups)
    ]
    assert max(groups) <= deltas.TOGETHER
    assert sum(groups) == many
