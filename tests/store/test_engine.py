"""The engine: Parquet files as one relation of declared columns, and the seconds of instants."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.core.errors import RegardError
from regard.core.schema import INSTANT
from regard.facts.expressions import whole_second
from regard.store.engine import compiled, connect, read_files

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WANTED = pa.schema([("id", pa.string()), ("n", pa.int64()), ("at", INSTANT)])
Rows = dict[str, list[Any]]
WHOLE: Rows = {"id": ["a"], "n": [1], "at": [NOON]}


def written(folder: Path, *files: Rows) -> list[str]:
    """Files of such columns, in such an order."""
    paths = []
    for place, columns in enumerate(files):
        fields = [WANTED.field(name) for name in columns]
        rows = pa.table(columns, schema=pa.schema(fields))
        # As in a store, no file is written again.
        paths.append(str(folder / f"{len(list(folder.iterdir()))}-{place}.parquet"))
        pq.write_table(rows, paths[-1])
    return paths


def rows_of(sql: str, con: Any) -> set[tuple[Any, ...]]:
    """The rows of SQL, with instants as instants."""
    return {tuple(row.values()) for row in con.sql(sql).to_arrow_table().to_pylist()}


def test_files_of_the_same_columns_are_not_put_together_by_name_or_cast(tmp_path: Path) -> None:
    con = connect().con
    sql = read_files(con, written(tmp_path, WHOLE, WHOLE | {"id": ["b"]}), WANTED)
    assert rows_of(sql, con) == {("a", 1, NOON), ("b", 1, NOON)}
    assert "union" not in sql
    assert "CAST" not in sql


def test_a_column_that_an_older_file_lacks_is_empty_there(tmp_path: Path) -> None:
    con = connect().con
    for files in ((WHOLE, {"id": ["b"], "at": [NOON]}), ({"id": ["b"], "at": [NOON]}, WHOLE)):
        sql = read_files(con, written(tmp_path, *files), WANTED)
        assert rows_of(sql, con) == {("a", 1, NOON), ("b", None, NOON)}


def test_a_column_that_every_file_lacks_is_empty(tmp_path: Path) -> None:
    con = connect().con
    sql = read_files(con, written(tmp_path, {"id": ["b"], "at": [NOON]}), WANTED)
    assert rows_of(sql, con) == {("b", None, NOON)}


def test_columns_in_another_order_are_found_by_their_names(tmp_path: Path) -> None:
    con = connect().con
    turned: Rows = {"at": [NOON], "n": [2], "id": ["b"]}
    for files in ((WHOLE, turned), (turned, WHOLE), (turned,)):
        found = rows_of(read_files(con, written(tmp_path, *files), WANTED), con)
        assert found == {("b", 2, NOON)} | ({("a", 1, NOON)} if len(files) == 2 else set())


def test_a_column_of_another_type_is_cast(tmp_path: Path) -> None:
    con = connect().con
    paths = [*written(tmp_path, WHOLE), str(tmp_path / "other.parquet")]
    pq.write_table(pa.table({"id": ["b"], "n": pa.array([2], pa.int32())}), paths[1])
    for files, expected in (
        (paths, {("a", 1, NOON), ("b", 2, None)}),
        (paths[1:], {("b", 2, None)}),
    ):
        sql = read_files(con, files, WANTED)
        assert con.sql(sql).to_arrow_table().schema.field("n").type == pa.int64()
        assert rows_of(sql, con) == expected


def test_a_file_that_is_cut_is_named(tmp_path: Path) -> None:
    paths = written(tmp_path, WHOLE, WHOLE)
    whole = Path(paths[1]).read_bytes()
    Path(paths[1]).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RegardError, match=r"1-1\.parquet is damaged"):
        read_files(connect().con, paths, WANTED)


@given(
    st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=30),
    st.sampled_from(["UTC", "Asia/Kathmandu", "Africa/Monrovia", "America/St_Johns"]),
)
def test_the_second_of_an_instant_is_cut_down_and_the_same_in_every_zone(
    instants: list[datetime], zone: str
) -> None:
    engine = connect()
    engine.con.execute(f"SET TimeZone = '{zone}'")
    rows = ibis.memtable(pa.table({"at": pa.array(instants, INSTANT)}))
    rows = rows.select(second=whole_second(rows["at"]))
    sql = compiled(engine, rows)
    found = [row["second"] for row in engine.con.sql(sql).to_arrow_table().to_pylist()]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert sorted(found) == sorted((at - epoch) // timedelta(seconds=1) for at in instants)
