"""A folder of the event model's own tables comes in as it is, or says what is wrong with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regard.core.schema import INSTANT, table, tables
from regard.demo.company import company
from regard.demo.files import Recipe, write_company
from regard.facts.openings import hours_of
from regard.ingest.run import run_import
from regard.ingest.source import sources
from regard.ingest.sources.events import parse
from regard.ingest.streams import BadFile
from regard.store.store import open_store

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module", name="demo")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events") / "demo"
    write_company(folder, Recipe(tickets=60, months=2))
    return folder


def test_it_is_a_source_that_takes_folders() -> None:
    declared = sources()["events"]
    assert (declared.takes, declared.parse) == ("DIR", parse)


def test_the_demos_files_come_in_whole(demo: Path) -> None:
    rows = company(tickets=60, months=2)
    parcel = parse(demo)
    assert parcel.source == "demo"
    assert set(parcel.covers) == set(rows) == set(parcel.rows)
    for name, found in rows.items():
        assert parcel.rows[name].equals(found.drop_columns(["import_number"])), name
    assert parcel.read == parcel.kept == sum(found.num_rows for found in rows.values())
    assert parcel.rejects == ()


def test_importing_twice_changes_nothing(demo: Path, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    parcel = parse(demo)
    # Reading words is another test's matter.
    kept = {name: found for name, found in parcel.rows.items() if name != "message_text"}
    plain = replace(parcel, covers=tuple(kept), rows=kept)
    first = run_import([plain], store, tmp_path)
    again = run_import([plain], store, tmp_path)
    assert first.new == sum(found.num_rows for found in kept.values())
    assert (again.new, again.changed, again.same) == (0, 0, first.new)


def test_the_demo_brings_its_opening_hours(demo: Path, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    parcel = parse(demo)
    store.upsert({"calendar": parcel.rows["calendar"]}, {"demo": ("calendar",)})
    with store.snapshot() as snapshot:
        assert {one.id for one in hours_of(tmp_path, snapshot)} == {"default", "phone"}


def test_parts_of_a_table_lie_in_a_folder_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "ticket").mkdir()
    for number in (1, 2):
        write(tmp_path / "ticket" / f"part-{number}.parquet", ticket_id=[f"t{number}"])
    (tmp_path / "notes.txt").write_text("of no matter")
    (tmp_path / "_SUCCESS").write_text("")
    assert parse(tmp_path).rows["ticket"]["ticket_id"].to_pylist() == ["t1", "t2"]


def test_columns_that_are_left_out_are_empty_and_types_that_fit_are_taken(tmp_path: Path) -> None:
    millis = pa.array([NOON], pa.timestamp("ms", tz="Europe/Warsaw"))
    channel = pa.array(["email"]).dictionary_encode()
    write(tmp_path / "ticket.parquet", ticket_id=["t1"], created_at=millis, channel=channel)
    (row,) = parse(tmp_path).rows["ticket"].to_pylist()
    assert (row["created_at"], row["channel"], row["priority"]) == (NOON, "email", None)


def test_rows_without_what_names_them_are_put_aside(tmp_path: Path) -> None:
    write(tmp_path / "ticket.parquet", ticket_id=["t1", None, ""], created_at=[NOON] * 3)
    parcel = parse(tmp_path)
    assert parcel.rows["ticket"]["ticket_id"].to_pylist() == ["t1"]
    assert (parcel.read, parcel.kept) == (3, 1)
    assert [(one.line, one.kind, one.column) for one in parcel.rejects] == [
        (2, "no_identity", "ticket.ticket_id"),
        (3, "no_identity", "ticket.ticket_id"),
    ]
    assert parcel.rejects[0].reason == "the row of ticket has no ticket_id, which names it"
    assert parcel.rejects[0].raw["created_at"] == NOON.isoformat()


def test_an_empty_later_part_of_a_name_is_one(tmp_path: Path) -> None:
    write(
        tmp_path / "sla_policy.parquet",
        policy_id=["default"],
        target=["first"],
        priority=[""],
        valid_from=pa.array([None], INSTANT),
        seconds=[3600],
    )
    assert parse(tmp_path).rows["sla_policy"].num_rows == 1


def test_rows_of_several_systems_come_with_their_names(tmp_path: Path) -> None:
    write(tmp_path / "ticket.parquet", source=["b", "a"], ticket_id=["t1", "t1"])
    parcel = parse(tmp_path)
    assert [part.source for part in parcel.each] == ["a", "b"]
    assert all(part.covers == ("ticket",) for part in parcel.each)
    assert parcel.rows["ticket"]["source"].to_pylist() == ["b", "a"]


def test_a_source_that_is_said_takes_the_place_of_the_rows_own(tmp_path: Path) -> None:
    pq.write_table(pa.table({"ticket_id": ["t1"]}), tmp_path / "ticket.parquet")
    parcel = parse(tmp_path, source="desk")
    assert parcel.source == "desk"
    assert parcel.rows["ticket"]["source"].to_pylist() == ["desk"]


def test_an_identity_that_stands_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "ticket.parquet", ticket_id=["t1", "t1"], channel=["email", "web"])
    parcel = parse(tmp_path)
    assert parcel.rows["ticket"]["channel"].to_pylist() == ["web"]
    (found,) = parcel.findings
    assert (found.kind, found.count, found.where) == ("duplicate_id", 1, "ticket")


def test_a_misspelt_table_is_named_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "tikets.parquet", ticket_id=["t1"])
    with pytest.raises(BadFile, match=r"no table 'tikets'. Did you mean 'ticket'.*nothing was"):
        parse(tmp_path)


def test_a_misspelt_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "ticket.parquet", ticket_id=["t1"], chanel=["email"])
    with pytest.raises(BadFile, match=r"table ticket has no column 'chanel'. Did you mean"):
        parse(tmp_path)


def test_a_table_without_its_identity_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "ticket.parquet", number=["1"])
    with pytest.raises(BadFile, match="lacks the column 'ticket_id', which names a row of ticket"):
        parse(tmp_path)


def test_a_table_without_a_source_says_how_to_name_one(tmp_path: Path) -> None:
    pq.write_table(pa.table({"ticket_id": ["t1"]}), tmp_path / "ticket.parquet")
    with pytest.raises(BadFile, match="or say --source NAME"):
        parse(tmp_path)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("created_at", ["2026-05-04"], r"holds string, not instants with a zone"),
        (
            "created_at",
            pa.array([NOON], pa.timestamp("us")),
            r"holds timestamp\[us\], not instants",
        ),
        ("channel", [1], "holds int64, not text"),
        ("observed", [1], "holds int64, not yes or no"),
    ],
)
def test_a_column_of_another_type_is_an_error(
    tmp_path: Path, name: str, values: Any, said: str
) -> None:
    write(tmp_path / "ticket.parquet", ticket_id=["t1"], **{name: values})
    with pytest.raises(BadFile, match=f"column '{name}' {said}"):
        parse(tmp_path)


def test_a_number_with_a_fraction_is_no_whole_number(tmp_path: Path) -> None:
    write(tmp_path / "call_leg.parquet", call_id=["k"], leg_id=["1"], wait_seconds=[1.5])
    with pytest.raises(BadFile, match="holds double, not whole numbers"):
        parse(tmp_path)


def test_a_folder_without_tables_and_no_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no table of the event model lies in it"):
        parse(tmp_path)
    with pytest.raises(BadFile, match="there is no such folder"):
        parse(tmp_path / "nowhere")
    (tmp_path / "ticket.parquet").write_text("no Parquet")
    with pytest.raises(BadFile, match="damaged or cut off"):
        parse(tmp_path)
    with pytest.raises(BadFile, match="that is a file"):
        parse(tmp_path / "ticket.parquet")


def test_every_table_of_the_event_model_can_come(tmp_path: Path) -> None:
    for described in tables().values():
        empty = pa.schema(list(described.schema)[:-1]).empty_table()
        pq.write_table(empty, tmp_path / f"{described.name}.parquet")
    parcel = parse(tmp_path)
    assert set(parcel.rows) == set(tables())
    assert parcel.source == tmp_path.name


def write(path: Path, **columns: Any) -> None:
    """A file of one table; the source is `desk` where none is said."""
    size = len(next(iter(columns.values())))
    assert path.stem in tables() or path.parent.name in tables() or path.stem == "tikets"
    told = {"source": ["desk"] * size} | columns
    pq.write_table(pa.table(told), path)


def test_the_schema_is_that_of_a_parcel(demo: Path) -> None:
    for name, rows in parse(demo).rows.items():
        assert rows.schema == pa.schema(list(table(name).schema)[:-1])
