"""The store: newer wins, the same is dropped, versions stay, and what is missing is said."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.schema import Row, table
from regard.store import deltas
from regard.store.manifest import Manifest, write
from regard.store.store import Changes, open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tickets(*rows: dict[str, Any]) -> dict[str, pa.Table]:
    """Rows of tickets by what differs from a plain one."""
    plain = {"source": "desk", "created_at": NOON}
    made = [table("ticket").row(**(plain | row)) for row in rows]
    return {"ticket": pa.Table.from_pylist(made, schema=table("ticket").schema)}


def take(folder: Path, *rows: dict[str, Any]) -> Changes:
    """Import tickets."""
    return open_store(folder).upsert(tickets(*rows))


def stored(folder: Path, name: str = "ticket", version: int | None = None) -> list[Row]:
    """The rows of a table, sorted by key."""
    with open_store(folder).snapshot(version) as snapshot:
        rows = snapshot.table(name).to_pyarrow()
    found: list[Row] = rows.sort_by(
        [(column, "ascending") for column in table(name).key]
    ).to_pylist()
    return found


def numbers(folder: Path, version: int | None = None) -> dict[str, str]:
    """The number of each ticket."""
    return {row["ticket_id"]: row["number"] for row in stored(folder, version=version)}


def test_importing_twice_makes_no_version(tmp_path: Path) -> None:
    rows = ({"ticket_id": "1", "updated_at": NOON}, {"ticket_id": "2"})
    first, second = take(tmp_path, *rows), take(tmp_path, *rows)
    assert (first.version, first.number, first.any) == (1, 1, True)
    assert (second.version, second.number, second.any) == (1, 1, False)
    assert (second.tables["ticket"].same, second.tables["ticket"].new) == (2, 0)
    assert open_store(tmp_path).head().imports == 1


def test_the_newer_row_wins_and_an_older_one_never_replaces_it(tmp_path: Path) -> None:
    take(tmp_path, {"ticket_id": "1", "updated_at": NOON, "number": "noon"})
    older = take(tmp_path, {"ticket_id": "1", "updated_at": NOON - HOUR, "number": "older"})
    assert (older.any, older.tables["ticket"].older) == (False, 1)
    assert numbers(tmp_path) == {"1": "noon"}
    newer = take(tmp_path, {"ticket_id": "1", "updated_at": NOON + HOUR, "number": "newer"})
    assert newer.tables["ticket"].changed == 1
    assert numbers(tmp_path) == {"1": "newer"}


def test_of_rows_equally_new_the_later_import_wins(tmp_path: Path) -> None:
    for number in ("first", "second"):
        take(tmp_path, {"ticket_id": "1", "updated_at": NOON, "number": number})
    assert numbers(tmp_path) == {"1": "second"}
    take(tmp_path, {"ticket_id": "1", "number": "third, undated"})
    assert numbers(tmp_path) == {"1": "third, undated"}
    assert [row["import_number"] for row in stored(tmp_path)] == [3]


def test_two_rows_of_one_key_in_one_import_keep_the_newest(tmp_path: Path) -> None:
    take(
        tmp_path,
        {"ticket_id": "1", "updated_at": NOON + HOUR, "number": "newest"},
        {"ticket_id": "1", "updated_at": NOON, "number": "older"},
        {"ticket_id": "1", "number": "undated"},
        {"ticket_id": "2", "updated_at": NOON, "number": "once"},
        {"ticket_id": "2", "updated_at": NOON, "number": "again"},
    )
    assert numbers(tmp_path) == {"1": "newest", "2": "again"}


def test_a_former_version_has_the_former_rows(tmp_path: Path) -> None:
    take(tmp_path, {"ticket_id": "1", "number": "a"})
    take(tmp_path, {"ticket_id": "1", "number": "b"}, {"ticket_id": "2", "number": "c"})
    take(tmp_path, {"ticket_id": "3", "number": "d"})
    assert numbers(tmp_path, 1) == {"1": "a"}
    assert numbers(tmp_path, 2) == {"1": "b", "2": "c"}
    assert numbers(tmp_path) == {"1": "b", "2": "c", "3": "d"}


def test_a_version_that_is_not_there_says_which_are(tmp_path: Path) -> None:
    take(tmp_path, {"ticket_id": "1"})
    with pytest.raises(RegardError, match=r"no version 7\. It holds 1 to 1"):
        open_store(tmp_path).snapshot(7)


def test_the_watermark_is_the_last_event_of_each_source(tmp_path: Path) -> None:
    calls = [
        table("call").row(
            source="phone", call_id="1", arrived_at=NOON, ended_at=NOON + HOUR, outcome="answered"
        )
    ]
    rows = tickets({"ticket_id": "1"}, {"ticket_id": "2", "created_at": NOON - HOUR})
    # A plan and a person are no events.
    plan = [table("shift").row(source="desk", agent_id="a", shift_id="1", starts_at=NOON + HOUR)]
    store = open_store(tmp_path)
    store.upsert(
        rows
        | {"call": pa.Table.from_pylist(calls, schema=table("call").schema)}
        | {"shift": pa.Table.from_pylist(plan, schema=table("shift").schema)}
    )
    with store.snapshot() as snapshot:
        assert snapshot.watermarks == {"desk": NOON, "phone": NOON + HOUR}
    take(tmp_path, {"ticket_id": "0", "created_at": NOON - 2 * HOUR})
    with store.snapshot() as snapshot:
        assert snapshot.watermarks["desk"] == NOON


def test_what_a_source_covers_adds_up(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.upsert(tickets({"ticket_id": "1"}), {"desk": ("ticket",)})
    store.upsert({}, {"desk": ("message",), "phone": ("call",)})
    with store.snapshot() as snapshot:
        assert snapshot.manifest.covers == {"desk": ("ticket", "message"), "phone": ("call",)}
        assert snapshot.covered("call") == ("phone",)
        assert snapshot.covered("survey") == ()
    with pytest.raises(UnknownName, match="Did you mean 'message'"):
        store.upsert({}, {"desk": ("mesage",)})


def test_a_row_without_its_identity_names_the_column(tmp_path: Path) -> None:
    with pytest.raises(RegardError, match="1 rows for table ticket have no ticket_id"):
        take(tmp_path, {"ticket_id": "1"}, {"ticket_id": None})
    with pytest.raises(RegardError, match="have no source"):
        take(tmp_path, {"ticket_id": "1", "source": None})
    assert open_store(tmp_path).head() == Manifest()


def test_an_identity_that_holds_for_ever_has_no_instant(tmp_path: Path) -> None:
    team = table("team").row(source="desk", team_id="first", tier=1)
    rows = {"team": pa.Table.from_pylist([team], schema=table("team").schema)}
    assert open_store(tmp_path).upsert(rows).tables["team"].new == 1
    assert open_store(tmp_path).upsert(rows).tables["team"].same == 1


def test_an_unknown_column_gets_a_hint(tmp_path: Path) -> None:
    rows = tickets({"ticket_id": "1"})["ticket"].append_column("chanel", pa.array(["web"]))
    with pytest.raises(UnknownName, match=r"column of table ticket.*Did you mean 'channel'"):
        open_store(tmp_path).upsert({"ticket": rows})


def test_an_unknown_table_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ticket'"):
        open_store(tmp_path).upsert({"tickets": tickets({"ticket_id": "1"})["ticket"]})


def test_a_value_of_another_kind_names_the_column(tmp_path: Path) -> None:
    rows = pa.table({"source": ["desk"], "ticket_id": ["1"], "created_at": ["yesterday"]})
    with pytest.raises(BadValue, match="created_at for table ticket"):
        open_store(tmp_path).upsert({"ticket": rows})


def test_columns_left_out_are_empty_and_others_are_brought_to_their_kind(tmp_path: Path) -> None:
    rows = pa.table(
        {
            "ticket_id": pa.array(["1"]).dictionary_encode(),
            "source": ["desk"],
            "created_at": pa.array([NOON.replace(tzinfo=None)], pa.timestamp("ms")),
        }
    )
    open_store(tmp_path).upsert({"ticket": rows})
    (row,) = stored(tmp_path)
    assert (row["created_at"], row["channel"]) == (NOON, None)


def test_a_wide_row_comes_back_as_it_went_in(tmp_path: Path) -> None:
    full = {
        column.name: {
            "text": 'zażółć \n "gęślą" ✓',
            "instant": NOON + timedelta(microseconds=1),
            "date": date(2026, 3, 2),
            "whole": 2**62,
            "flag": True,
        }[column.kind]
        for column in table("message").own_columns
    }
    row = table("message").row(source="o'brien", updated_at=NOON, **full)
    rows = {"message": pa.Table.from_pylist([row], schema=table("message").schema)}
    open_store(tmp_path).upsert(rows)
    assert stored(tmp_path, "message") == [row | {"import_number": 1}]


def test_a_column_added_later_is_empty_in_old_rows_and_filled_in_new_ones(tmp_path: Path) -> None:
    store, schema = open_store(tmp_path), table("ticket").schema
    take(tmp_path, *({"ticket_id": str(n)} for n in range(3)))
    # As an older release would have written it: without the column.
    path = store.table_path("ticket")
    with store.snapshot() as snapshot:
        held = (
            snapshot.table("ticket")
            .to_pyarrow()
            .select([name for name in schema.names if name != "brand"])
        )
    buckets = pa.array([0] * held.num_rows, pa.int32())
    version = deltas.replace(path, held.append_column(deltas.BUCKET, buckets), divided=True)
    head = store.head()
    write(store.manifests, Manifest(version=2, tables={"ticket": version}, imports=head.imports))
    assert {row["brand"] for row in stored(tmp_path)} == {None}
    assert take(tmp_path, {"ticket_id": "9", "brand": "new"}).tables["ticket"].new == 1
    found = {row["ticket_id"]: row["brand"] for row in stored(tmp_path)}
    assert found == {"0": None, "1": None, "2": None, "9": "new"}


def test_a_value_in_a_column_added_later_is_a_change(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    bare = table("team").row(source="desk", team_id="first", tier=1)
    without = [name for name in table("team").schema.names if name != "calendar_id"]
    rows = pa.Table.from_pylist([bare], schema=table("team").schema)
    store.upsert({"team": rows})
    held = store.snapshot().table("team").to_pyarrow().select(without)
    version = deltas.replace(store.table_path("team"), held, divided=False)
    write(store.manifests, Manifest(version=2, tables={"team": version}, imports=1))
    assert store.upsert({"team": rows}).tables["team"].same == 1
    told = pa.Table.from_pylist([bare | {"calendar_id": "night"}], schema=table("team").schema)
    assert store.upsert({"team": told}).tables["team"].changed == 1
    assert [row["calendar_id"] for row in stored(tmp_path, "team")] == ["night"]


def test_a_file_that_is_gone_names_its_table_and_what_to_do(tmp_path: Path) -> None:
    take(tmp_path, *({"ticket_id": str(n)} for n in range(30)))
    next(open_store(tmp_path).table_path("ticket").rglob("*.parquet")).unlink()
    with (
        open_store(tmp_path).snapshot() as snapshot,
        pytest.raises(RegardError, match=r"table ticket cannot be read.*`regard doctor`"),
    ):
        snapshot.table("ticket")


def test_a_table_whose_log_is_gone_names_it_and_what_to_do(tmp_path: Path) -> None:
    take(tmp_path, {"ticket_id": "1"})
    log = open_store(tmp_path).table_path("ticket") / "_delta_log"
    for file in log.iterdir():
        file.unlink()
    with (
        open_store(tmp_path).snapshot() as snapshot,
        pytest.raises(RegardError, match=r"table ticket cannot be read.*`regard doctor`"),
    ):
        snapshot.table("ticket")


def test_folding_many_files_keeps_the_rows_and_the_former_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deltas, "MANY_FILES", 4)
    for n in range(6):
        take(tmp_path, {"ticket_id": "1", "number": f"{n}"}, {"ticket_id": f"new {n}"})
    path = open_store(tmp_path).table_path("ticket")
    head = open_store(tmp_path).head()
    assert len(deltas.files_of(path, head.tables["ticket"])) <= deltas.BUCKETS
    assert set(numbers(tmp_path)) == {"1", *(f"new {n}" for n in range(6))}
    assert numbers(tmp_path)["1"] == "5"
    assert numbers(tmp_path, 3) == {"1": "2", "new 0": None, "new 1": None, "new 2": None}


@pytest.mark.parametrize("name", ["with a space", "o'brien", "zażółć", "50 #1?", "st*r {a,b}"])
def test_a_workspace_may_lie_in_a_folder_of_any_usual_name(tmp_path: Path, name: str) -> None:
    take(tmp_path / name, {"ticket_id": "1", "number": "a"})
    take(tmp_path / name, {"ticket_id": "1", "number": "b"}, {"ticket_id": "2"})
    assert numbers(tmp_path / name) == {"1": "b", "2": None}


@pytest.mark.parametrize("name", ["a[1]", "50%20", "back\\slash"])
def test_a_folder_whose_name_delta_cannot_keep_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RegardError, match="Move the workspace to another folder"):
        take(tmp_path / name, {"ticket_id": "1"})


def test_a_manifest_is_never_written_over(tmp_path: Path) -> None:
    write(tmp_path, Manifest(version=1, imports=1))
    with pytest.raises(RegardError, match="written by somebody else"):
        write(tmp_path, Manifest(version=1, imports=2))
    assert [path.name for path in tmp_path.iterdir()] == ["00000001.json"]
