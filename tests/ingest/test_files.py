"""Files are what they are by content, and one that lies is one clear error."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from memory import held_from_now, peak
from regard.core.errors import BadValue, RegardError
from regard.ingest.files import BadFile, open_rows, require
from regard.ingest.parcel import Reject

XES = """<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/">
 <global scope="event"><string key="concept:name" value="never"/></global>
 <trace><string key="concept:name" value="Case 1"/>
  <event>
   <string key="concept:name" value="Open &amp; shut"/><date key="at" value="2024-01-01"/>
  </event>
  <event><int key="cost" value="7"/></event>
 </trace>
</log>
"""


def rows_of(path: Path, **how: str) -> tuple[list[dict[str, Any]], list[int], list[Reject]]:
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    rejects: list[Reject] = []
    for batch in open_rows(path, **how).batches:
        rows += batch.rows.to_pylist()
        lines += batch.lines.tolist()
        rejects += batch.rejects
    return rows, lines, rejects


def put(tmp_path: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_delimiter_is_seen_in_the_header(tmp_path: Path, delimiter: str) -> None:
    path = put(tmp_path, "a,b c\n1,x\n2,y\n".replace(",", delimiter))
    assert rows_of(path) == ([{"a": "1", "b c": "x"}, {"a": "2", "b c": "y"}], [2, 3], [])


def test_gzip_is_seen_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(b"a,b\n1,2\n"), "plain.csv")
    assert rows_of(path)[0] == [{"a": "1", "b": "2"}]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = put(tmp_path, b"\xef\xbb\xbfa,b\r\n1,\xc5\x82\r\n")
    assert rows_of(path)[0] == [{"a": "1", "b": "ł"}]


def test_an_encoding_may_be_said(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,łódź\n".encode("cp1250"))
    assert rows_of(path, encoding="cp1250")[0] == [{"a": "1", "b": "łódź"}]
    path = put(tmp_path, "a,b\n1,łódź\n".encode("utf-16"))
    assert rows_of(path, encoding="utf-16")[0] == [{"a": "1", "b": "łódź"}]
    with pytest.raises(BadValue, match="utf-9"):
        open_rows(path, encoding="utf-9")


def test_nameless_and_repeated_columns_get_names(tmp_path: Path) -> None:
    assert open_rows(put(tmp_path, "a,,a\n1,2,3\n")).columns == ("a", "column 2", "a#2")


def test_blank_lines_are_no_rows_and_keep_line_numbers_right(tmp_path: Path) -> None:
    assert rows_of(put(tmp_path, "a,b\n1,2\n\n3,4\n"))[1] == [2, 4]


def test_rows_with_a_wrong_number_of_fields_are_put_aside(tmp_path: Path) -> None:
    rows, lines, rejects = rows_of(put(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n"))
    assert [row["a"] for row in rows] == ["1", "7"]
    assert lines == [2, 5]
    assert [(r.line, r.reason) for r in rejects] == [
        (3, "the row has 1 fields where the header has 2"),
        (4, "the row has 3 fields where the header has 2"),
    ]
    assert rejects[1].raw == {"": "4,5,6"}


def test_a_file_of_broken_rows_alone_is_all_rejects(tmp_path: Path) -> None:
    rows, _, rejects = rows_of(put(tmp_path, "a,b\n1\n2\n"))
    assert (rows, [r.line for r in rejects]) == ([], [2, 3])


def test_values_may_run_over_lines(tmp_path: Path) -> None:
    text = 'id,text,by\n1,"first\nsecond, ""quoted""\n\nfourth",ann\n2,plain,bob\n3\n'
    rows, lines, rejects = rows_of(put(tmp_path, text))
    assert rows[0] == {"id": "1", "text": 'first\nsecond, "quoted"\n\nfourth', "by": "ann"}
    assert lines == [2, 6]
    assert [r.line for r in rejects] == [7]


def test_a_stray_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    lines = [f"{n},text {n},ann" for n in range(1000)]
    lines[10] = '10,"text 10,ann'
    lines[500] = '500,6" pipe,ann'
    lines[700] = '700,"two\nlines",ann'
    rows, _, rejects = rows_of(put(tmp_path, "\n".join(["id,text,by", *lines, ""])))
    assert len(rows) == 999
    assert [r.line for r in rejects] == [12]
    assert rejects[0].reason == "a quote is opened and not closed where it should be"
    assert next(row for row in rows if row["id"] == "500")["text"] == '6" pipe'


def test_json_lines_are_flattened_and_bad_ones_put_aside(tmp_path: Path) -> None:
    lines = ['{"a": 1, "b": {"c": "x", "d": null}, "e": [1, "y"]}', "", "{broken", '{"f": true}']
    rows, numbers, rejects = rows_of(put(tmp_path, "\n".join(lines), "rows.log"))
    assert rows[0] == {"a": "1", "b.c": "x", "e": '[1, "y"]', "f": None}
    assert rows[1]["f"] == "true"
    assert numbers == [1, 4]
    assert [(r.line, r.raw) for r in rejects] == [(3, {"": "{broken"})]


def test_one_json_array_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"one JSON array\. Write one object a line"):
        rows_of(put(tmp_path, json.dumps([{"a": 1}])))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_xes_gives_a_row_an_event_with_its_case(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    rows, lines, _ = rows_of(put(tmp_path, pack(XES.encode()), "log.csv"))
    assert rows[0]["concept:name"] == "Open & shut"
    assert rows[1] == {
        "concept:name": None,
        "at": None,
        "cost": "7",
        "case:concept:name": "Case 1",
    }
    assert lines == [5, 8]


def test_xes_of_many_cases_keeps_memory_small(tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="Open"/></event>' * 100
    trace = f'<trace><string key="concept:name" value="c"/>{event}</trace>'
    path = tmp_path / "log.xes.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("<log>")
        for _ in range(1500):
            file.write(trace + "\n")
        file.write("</log>")
    before = held_from_now()
    assert sum(batch.rows.num_rows for batch in open_rows(path).batches) == 150_000
    assert peak() - before < 100e6


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_parquet_keeps_instants_and_offers_the_rest_as_text(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    table = pa.table(
        {
            "n": pa.array([1.0, None, 2.5]),
            "at": pa.array([0, 1, None], pa.timestamp("ms")),
            "yes": [True, False, None],
            "word": pa.array(["a", "b", "a"]).dictionary_encode(),
            "tags": [["x"], None, []],
        }
    )
    plain = tmp_path / "plain"
    pq.write_table(table, plain)
    rows = open_rows(put(tmp_path, pack(plain.read_bytes()), "rows.csv"))
    assert (rows.kind, rows.columns) == ("parquet", ("n", "at", "yes", "word", "tags"))
    (batch,) = rows.batches
    assert pa.types.is_timestamp(batch.rows.column("at").type)
    assert batch.rows.column("n").to_pylist() == ["1", None, "2.5"]
    assert batch.rows.column("yes").to_pylist() == ["true", "false", None]
    assert batch.rows.column("word").to_pylist() == ["a", "b", "a"]
    assert batch.rows.column("tags").to_pylist() == ['["x"]', None, "[]"]
    assert batch.lines.tolist() == [1, 2, 3]


BOMB = gzip.compress(b"1,2\n" * (4 << 20), 9) * 20
LIES = {
    "nothing in it": (b"", "the file is empty"),
    "only white space": (b"\n \n\n", "no header and no rows"),
    "binary junk": (bytes(range(1, 256)) * 50, "not utf-8 text|control characters"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "byte 0 is not utf-8 text"),
    "a NUL in a row": (b"a,b\n1,2\n3,\x00\n", "line 3 holds a NUL byte"),
    "another encoding": ("a,b\n1,łódź\n".encode("cp1250"), 'byte 6 is not utf-8 .*encoding = "'),
    "a cut gzip": (gzip.compress(b"a,b\n" + b"1,2\n" * 9999)[:-20], "ends too early"),
    "a damaged gzip": (gzip.compress(b"a,b\n1,2\n")[:-8] + b"12345678", "gzip file is damaged"),
    "a gzip of nothing": (gzip.compress(b""), "the file is empty"),
    "a bomb": (gzip.compress(b"a,b\n") + BOMB, "more than 250 times its size"),
    "a line without end": (gzip.compress(b"a,b\n" + b"x" * (64 << 20)), "line 2 is longer than 8"),
    "a header without end": (gzip.compress(b"x" * (64 << 20)), "line 1 is longer than 8 MiB"),
    "a spreadsheet": (b"PK\x03\x04junk", "a zip archive or a spreadsheet. Unpack it"),
    "a PDF": (b"%PDF-1.7", "a PDF document"),
    "a page": (b"<html><body/></html>", "not an XES log"),
    "cut XML": (XES.encode()[:300], "not whole XML"),
    "XML with entities": (
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log>&b;</log>',
        "entities or a DTD",
    ),
    "an endless attribute": (
        gzip.compress(b'<log><string key="k" value="' + b"x" * (64 << 20)),
        "longer than 8 MiB",
    ),
    "cut Parquet": (b"PAR1" + b"\x15\x04" * 50, "Parquet file is damaged or cut off"),
    "no JSON at all": (b"{oops\n{oops\n", "no line of it is a JSON object"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_lies_is_one_clear_error(tmp_path: Path, lie: str) -> None:
    content, said = LIES[lie]
    path = put(tmp_path, content)
    before = held_from_now()
    with pytest.raises(BadFile, match=said) as caught:
        for _ in open_rows(path).batches:
            pass
    assert peak() - before < 150e6
    assert str(caught.value).startswith("file.csv: ")
    assert str(caught.value).endswith("nothing was changed.")
    assert isinstance(caught.value, RegardError)


def test_a_bad_byte_is_named_by_its_place_even_deep_in_the_file(tmp_path: Path) -> None:
    good = b"a,b\n" + b"1,2\n" * 600_000
    with pytest.raises(BadFile, match=f"byte {len(good) + 2} is not utf-8 text"):
        rows_of(put(tmp_path, good + b"3,\xff\n"))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="there is no such file"):
        open_rows(tmp_path / "none.csv")
    with pytest.raises(BadFile, match="that is a folder"):
        open_rows(tmp_path)


def test_missing_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = put(tmp_path, "case_id,status\n1,New\n")
    with pytest.raises(BadFile) as caught:
        require(path, open_rows(path), ["case_id", "statsu", "zebra"])
    said = str(caught.value)
    assert "'statsu', 'zebra'" in said
    assert "Did you mean 'status'?" in said


def test_a_header_alone_is_a_file_of_no_rows(tmp_path: Path) -> None:
    assert rows_of(put(tmp_path, "a,b\n")) == ([], [], [])
