"""Single hostile files, each a clear error or a quarantined row, in bounded time and memory."""

import gzip
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from letters import OURS, box, mail
from memory import held_from_now, peak
from regard.core.schema import table
from regard.ingest.files import BadFile, open_rows
from regard.ingest.grammar import load_mapping
from regard.ingest.sources.events import parse as parse_events
from regard.ingest.sources.mbox import parse as parse_mails
from regard.ingest.streams import MOST_COLUMNS
from regard.ingest.tabular import parse

SECONDS, BYTES = 10, 150e6
"""What one of these may take."""


def bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../rows.csv", b"0" * (8 << 20))
    return out.getvalue()


def sparse() -> bytes:
    return b"\n".join(b'{"c%d": 1}' % place for place in range(20_000))


def deep_tags() -> bytes:
    return b"<log>" + b"<a>" * 100_000


def page(depth: int) -> bytes:
    return b'{"a": ' * depth + b"1" + b"}" * depth + b'\n{"ticket": "1"}\n'


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million columns": (lambda: b",".join([b"a"] * 10**6) + b"\n", "1,000,000 columns"),
    "a million nameless columns": (lambda: b"," * 10**6 + b"\n", "columns"),
    "rows that share no column": (sparse, f"{MOST_COLUMNS:,} are the most"),
    "a line of 100 MB": (lambda: gzip.compress(b"a,b\n" + b"x" * (100 << 20), 1), "longer than 8"),
    "a zip bomb": (bomb, "a zip archive"),
    "a NUL": (lambda: b"a,b\n1,\0\n", "NUL"),
    "a foreign entity": (
        lambda: b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><log>&a;</log>',
        "entities or a DTD",
    ),
    "tags without end": (deep_tags, "not whole XML"),
    "a wrong footer": (lambda: b"PAR1" + b"\0" * 64 + b"\xff\xff\xff\x7fPAR1", "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_trap_is_refused_in_bounded_time_and_memory(name: str, tmp_path: Path) -> None:
    make, said = REFUSED[name]
    path = tmp_path / "trap.csv"
    path.write_bytes(make())
    before, start = held_from_now(), process_time()
    with pytest.raises(BadFile, match=said):
        for _ in open_rows(path).batches:
            pass
    assert peak() - before < BYTES
    assert process_time() - start < SECONDS


@pytest.mark.parametrize("depth", [900, 100_000])
def test_json_that_is_too_deep_costs_its_own_line(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    path.write_bytes(page(depth))
    (batch,) = open_rows(path).batches
    assert "ticket" in batch.rows.schema.names
    assert batch.rows.num_rows + len(batch.rejects) == 2


def test_half_a_character_and_a_nul_of_json_become_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps({"a\ud800": "b\0", "c": ["\udfff"]}), encoding="utf-8")
    (batch,) = open_rows(path).batches
    assert batch.rows.to_pylist() == [{"a\ufffd": "b\ufffd", "c": '["\ufffd"]'}]


def test_columns_of_one_name_in_parquet_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), path)
    rows = open_rows(path)
    assert rows.columns == ("a", "a#2")
    assert [batch.rows.to_pylist() for batch in rows.batches] == [[{"a": "1", "a#2": "2"}]]


def test_parquet_text_that_is_no_text_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "bytes.parquet"
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"]).buffers())
    pq.write_table(pa.table({"a": bad}), path)
    with pytest.raises(BadFile, match="damaged"):
        list(open_rows(path).batches)


@pytest.mark.parametrize("year", ["0001", "0000", "9999", "10000"])
def test_a_year_that_cannot_be_puts_its_row_aside(year: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    good = "1,a,2024-01-01T10:00:00Z,ann,customer,Hello\n"
    path.write_text(
        "ticket,message,at,author,author_kind,text\n"
        + good
        + good.replace("2024", year).replace("1,a", "2,b"),
        encoding="utf-8",
    )
    parcel = parse(path, load_mapping("messages"))
    assert [(one.line, one.kind) for one in parcel.rejects] == [(3, "impossible_date")]
    assert parcel.rows["message"].num_rows == 1


@pytest.mark.parametrize("at", [-(2**62), 2**62, -62_135_596_800_000_000, 253_402_300_800_000_000])
def test_an_instant_of_no_year_is_put_aside_of_the_models_own_tables(
    at: int, tmp_path: Path
) -> None:
    stored = table("ticket")
    created = pa.array([at, 1_700_000_000_000_000], pa.int64()).view(pa.timestamp("us", "UTC"))
    rows = {"source": ["s", "s"], "ticket_id": ["1", "2"], "created_at": created}
    pq.write_table(pa.table(rows), tmp_path / f"{stored.name}.parquet")
    parcel = parse_events(tmp_path)
    assert [(one.line, one.kind) for one in parcel.rejects] == [(1, "impossible_date")]
    assert parcel.rows["ticket"].column("ticket_id").to_pylist() == ["2"]


@pytest.mark.parametrize("day", [-(2**31), 2**31 - 1, -719_162, 2_932_897])
def test_a_day_of_no_year_is_put_aside_of_the_models_own_tables(day: int, tmp_path: Path) -> None:
    on = pa.array([day, 19_800], pa.int32()).cast(pa.date32())
    rows = {"source": ["s", "s"], "currency": ["EUR", "PLN"], "on": on, "micro": [1, 2]}
    pq.write_table(pa.table(rows), tmp_path / "exchange_rate.parquet")
    parcel = parse_events(tmp_path)
    assert [(one.line, one.kind) for one in parcel.rejects] == [(1, "impossible_date")]
    assert parcel.rows["exchange_rate"].column("currency").to_pylist() == ["PLN"]


def test_words_that_turn_directions_are_kept_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    text = "ticket,message,at,author,author_kind,text\n1,a,2024-01-01T10:00:00Z,ann,customer,"
    path.write_text(f"{text}a\u202eb\n", encoding="utf-8")
    parcel = parse(path, load_mapping("messages"))
    assert parcel.rows["message_text"].column("text").to_pylist() == ["a\u202eb"]


def test_a_name_with_folders_in_it_is_a_value_and_never_a_place(tmp_path: Path) -> None:
    path = tmp_path / "in" / "messages.csv"
    path.parent.mkdir()
    text = "ticket,message,at,author,author_kind,text\n../../x,/etc/y,2024-01-01T10:00:00Z,"
    path.write_text(f"{text}../z,customer,Hi\n", encoding="utf-8")
    parcel = parse(path, load_mapping("messages"))
    assert parcel.rows["ticket"].column("ticket_id").to_pylist() == ["../../x"]
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["in", "messages.csv"]


def test_a_header_of_quotes_without_end_is_read_in_bounded_time(tmp_path: Path) -> None:
    header = "Content-Type: text/plain; " + '"a' * 40_000
    start = process_time()
    parcel = parse_mails(box(tmp_path, mail("1", "bob@example.org", OURS[0], header)), ours=OURS)
    assert process_time() - start < SECONDS
    assert parcel.kept == 1
