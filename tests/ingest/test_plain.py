"""Plain rows become rows of the event model, whole or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regard.ingest.grammar import parse_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.tabular import parse

CALLS = """
form = "rows"
source = "exchange"
zone = "Europe/Warsaw"
formats = ["%Y-%m-%d %H:%M:%S"]
missing = ["-"]
[[rows]]
table = "call"
when = { id = { not = "skip" } }
[rows.columns]
call_id = { columns = ["line", "id"], join = "-" }
customer_id = { column = "who", null_when = ["0"] }
arrived_at = { date = "day", time = "in" }
ended_at = { latest = [
  { date = "day", time = "in" },
  { date = "day", time = "out", rolls_after = "in", when = { out = { not = "00:00:00" } } },
] }
ivr_seconds = { column = "menu", times = 60 }
outcome = [
  { value = "answered", when = { out = { not = "00:00:00" }, menu = { below = 5 } } },
  { value = "ivr_left", when = { out = { is = ["00:00:00"] } } },
]
[[rows]]
table = "call_leg"
when = { out = { not = "00:00:00" } }
[rows.columns]
call_id = { columns = ["line", "id"], join = "-" }
leg_id = { value = "1" }
ordinal = { value = "1" }
kind = { value = "agent" }
"""


def read(tmp_path: Path, text: str, *lines: str) -> Parcel:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return parse(path, parse_mapping(text, "rows"))


HEAD = "line,id,who,day,in,out,menu"


def test_a_row_becomes_rows_of_several_tables(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        CALLS,
        HEAD,
        "L1,7,0,2024-07-01,23:59:00,00:01:30,1.5",
        "L1,8,c9,2024-01-01,10:00:00,00:00:00,-",
        "L1,skip,c9,2024-01-01,10:00:00,00:00:00,-",
    )
    first, second = parcel.rows["call"].to_pylist()
    assert first["call_id"] == "L1-7"
    assert first["customer_id"] is None
    assert first["arrived_at"] == datetime(2024, 7, 1, 21, 59, tzinfo=UTC)
    assert first["ended_at"] == datetime(2024, 7, 1, 22, 1, 30, tzinfo=UTC)
    assert (first["ivr_seconds"], first["outcome"]) == (90, "answered")
    assert second["ended_at"] == second["arrived_at"] == datetime(2024, 1, 1, 9, tzinfo=UTC)
    assert (second["ivr_seconds"], second["outcome"]) == (None, "ivr_left")
    assert parcel.rows["call_leg"].column("call_id").to_pylist() == ["L1-7"]
    assert (parcel.covers, parcel.kept) == (("call", "call_leg"), 3)


def test_a_row_that_cannot_be_read_is_put_aside_from_all_tables(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        CALLS,
        HEAD,
        "L1,7,0,2024-07-01,25:00:00,00:01:30,1",
        "L1,-,0,2024-07-01,10:00:00,10:01:00,1",
        "L1,9,0,2024-07-01,10:00:00,10:01:00,many",
    )
    assert {name: rows.num_rows for name, rows in parcel.rows.items()} == {
        "call": 0,
        "call_leg": 0,
    }
    assert [(r.line, r.kind, r.column, r.value) for r in parcel.rejects] == [
        (2, "impossible_date", "day in", "2024-07-01 25:00:00"),
        (3, "no_identity", "call_id", ""),
        (4, "not_whole", "menu", "many"),
    ]
    assert parcel.kept == 0


def test_a_length_below_nothing_is_not_known_and_said(tmp_path: Path) -> None:
    parcel = read(tmp_path, CALLS, HEAD, "L1,7,0,2024-07-01,10:00:00,00:00:00,-2")
    assert parcel.rows["call"].column("ivr_seconds").to_pylist() == [None]
    (found,) = parcel.findings
    assert (found.kind, found.count, found.where) == ("impossible_order", 1, "call.ivr_seconds")
    assert found.example == "line 2: -2"


def test_an_identity_that_stands_twice_counts_once_the_last_time(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        CALLS,
        HEAD,
        "L1,7,a,2024-07-01,10:00:00,00:00:00,1",
        "L1,8,b,2024-07-01,10:00:00,00:00:00,1",
        "L1,7,c,2024-07-01,10:00:00,00:00:00,1",
    )
    rows = parcel.rows["call"].to_pylist()
    assert [(row["call_id"], row["customer_id"]) for row in rows] == [("L1-8", "b"), ("L1-7", "c")]
    assert [(f.kind, f.count, f.example) for f in parcel.findings] == [("duplicate_id", 1, "L1-7")]


def test_days_flags_and_amounts_are_read(tmp_path: Path) -> None:
    text = """
form = "rows"
[[rows]]
table = "cost"
[rows.columns]
cost_id = "id"
on = { column = "day", formats = ["%d.%m.%Y"] }
amount_minor = { column = "sum", times = 100 }
[[rows]]
table = "complaint"
[rows.columns]
complaint_id = "id"
upheld = "right"
received_at = { column = "day", formats = ["%d.%m.%Y"], zone = "UTC" }
"""
    parcel = read(
        tmp_path, text, "id,day,sum,right", "1,31.12.2023,12.34,Yes", "2,1.1.2024,7,perhaps"
    )
    (cost,) = parcel.rows["cost"].to_pylist()
    assert (cost["on"], cost["amount_minor"]) == (date(2023, 12, 31), 1234)
    assert parcel.rows["complaint"].column("upheld").to_pylist() == [True]
    assert [(r.kind, r.value) for r in parcel.rejects] == [("not_flag", "perhaps")]


def test_instants_of_parquet_keep_their_type(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    at = [datetime(2024, 1, 1, 9, tzinfo=UTC), None]
    pq.write_table(pa.table({"id": [1, 2], "at": pa.array(at, pa.timestamp("ns", "UTC"))}), path)
    text = 'form = "rows"\n[[rows]]\ntable = "review"\n[rows.columns]\nreview_id = "id"\n'
    parcel = parse(path, parse_mapping(text + 'posted_at = "at"', "x"))
    assert parcel.rows["review"].column("review_id").to_pylist() == ["1", "2"]
    assert parcel.rows["review"].column("posted_at").to_pylist() == at
    assert parcel.findings == ()


@pytest.mark.parametrize("rows", [1, 40_000])
def test_many_batches_give_the_same_as_one(tmp_path: Path, rows: int) -> None:
    lines = [f'{{"id": {n}, "team": "t{n % 3}"}}' for n in range(rows)]
    text = 'form = "rows"\n[[rows]]\ntable = "cost"\n[rows.columns]\ncost_id = "id"\nteam = "team"'
    parcel = read(tmp_path, text, *lines)
    assert parcel.rows["cost"].num_rows == parcel.kept == rows
    assert parcel.rows["cost"].column("team")[rows - 1].as_py() == f"t{(rows - 1) % 3}"
