"""What a mapping can say of files that are no plain tables: lines, records, wide rows, repeats."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regard.core.errors import RegardError
from regard.ingest.files import BadFile
from regard.ingest.grammar import parse_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.tabular import parse, parse_rows

ORDERS = """
form = "rows"
zone = "UTC"
[[rows]]
table = "order"
[rows.columns]
order_id = "id"
at = "at"
"""


def read(tmp_path: Path, mapping: str, text: str) -> Parcel:
    path = tmp_path / "rows.txt"
    path.write_text(text, encoding="utf-8")
    return parse(path, parse_mapping(mapping, "rows"))


def of(parcel: Parcel, table: str, *names: str) -> list[tuple[object, ...]]:
    rows = parcel.rows[table].to_pylist()
    return [tuple(row[name] for name in names) for row in rows]


LINES = r"""
pattern = '\s*(?P<who>\d+)\s+(?P<day>\d{8})\s+(?P<sum>[\d.]+)\s*'
numbered = ["who", "day"]
formats = ["%Y%m%d"]
form = "rows"
zone = "UTC"
[[rows]]
table = "order"
needs = ["at"]
[rows.columns]
order_id = { columns = ["who", "day", "@number"], join = "-" }
customer_id = "who"
at = { column = "day", months_back = 12 }
amount_minor = { column = "sum", times = 100 }
"""


def test_lines_are_split_by_a_pattern_and_numbered_where_they_have_no_name(tmp_path: Path) -> None:
    text = " 01 20200229  1.50\r\n 02 20210101  2\r\n\r\n 01 20200229  1.50\r\nend of file\r\n"
    parcel = read(tmp_path, LINES, text)
    assert of(parcel, "order", "order_id", "amount_minor") == [
        ("01-20200229-1", 150),
        ("02-20210101-1", 200),
        ("01-20200229-2", 150),
    ]
    # A year before 29 February is the last day of the February before.
    assert parcel.rows["order"].column("at")[0].as_py() == datetime(2019, 2, 28, tzinfo=UTC)
    assert [(r.line, r.value, r.kind) for r in parcel.rejects] == [(5, "end of file", "broken_row")]
    assert (parcel.read, parcel.kept) == (4, 3)


def test_a_row_tried_again_keeps_the_number_it_had_in_its_file(tmp_path: Path) -> None:
    parcel = read(tmp_path, LINES, "1 20210101 1\n1 20219999 1\n1 20219999 2\n")
    raw = [(reject.line, dict(reject.raw)) for reject in parcel.rejects]
    assert [row["@number"] for _, row in raw] == ["1", "2"]
    (line, row) = raw[1]
    again = parse_rows([(line, row | {"day": "20210102"})], parse_mapping(LINES, "x"), "x", "f")
    assert of(again, "order", "order_id") == [("1-20210102-2",)]


def test_a_line_put_aside_is_tried_again_with_the_pattern_as_it_is_now(tmp_path: Path) -> None:
    parcel = read(tmp_path, LINES, "1 20210101 1\nA7 20210102 1\n")
    (reject,) = parcel.rejects
    wider = parse_mapping(LINES.replace(r"(?P<who>\d+)", r"(?P<who>\w+)"), "x")
    again = parse_rows([(reject.line, reject.raw)], wider, "x", "f")
    assert of(again, "order", "order_id") == [("A7-20210102-1",)]
    assert again.rejects == ()


def test_a_file_of_which_no_line_fits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no line of it has the form"):
        read(tmp_path, LINES, "a,b\n1,2\n")


RECORDS = 'records = "orders"\noptional = ["at"]\n' + ORDERS


@pytest.mark.parametrize(
    "text",
    [
        '{"orders": [{"id": 1, "at": "2024-01-01T10:00:00Z"}, {"id": 2, "at": null}], "next": 7}',
        '[{"id": 1, "at": "2024-01-01T10:00:00Z"},\n {"id": 2}]',
        '{"orders": [{"id": 1, "at": "2024-01-01T10:00:00Z"}]}\n{"orders": [{"id": 2}]}\n{}',
        '{"id": 1, "at": "2024-01-01T10:00:00Z"}\n{"id": 2}',
    ],
)
def test_records_are_read_from_answers_lists_and_single_objects(tmp_path: Path, text: str) -> None:
    parcel = read(tmp_path, RECORDS, text)
    at = datetime(2024, 1, 1, 10, tzinfo=UTC)
    assert of(parcel, "order", "order_id", "at") == [("1", at), ("2", None)]


def test_an_entry_that_is_no_record_is_put_aside_with_its_place(tmp_path: Path) -> None:
    text = json.dumps({"orders": [{"id": 1}, "nothing", {"id": 3}]})
    parcel = read(tmp_path, RECORDS, text)
    assert [(r.line, r.value) for r in parcel.rejects] == [(2, '"nothing"')]
    assert of(parcel, "order", "order_id") == [("1",), ("3",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"orders": [1', "line 1 is not JSON"), ("7", "a table"), ("a,b\n1,2\n", "a table")],
)
def test_what_holds_no_records_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read(tmp_path, RECORDS, text)


WIDE = """
form = "rows"
[[rows]]
table = "answer"
each = ["Speed", "Manner"]
when = { who = { not = "test" } }
[rows.columns]
response_id = "who"
question_id = "@name"
kind = { value = "csat" }
score = { column = "@cell", least = 1, most = "top" }
scale_max = "top"
"""


def test_columns_side_by_side_give_a_row_for_each_cell_that_says_something(tmp_path: Path) -> None:
    text = "who,Speed,Manner,top\na,5,,5\nb,1,4,5\ntest,1,1,5\nc,9,2,5\n"
    parcel = read(tmp_path, WIDE, text)
    assert of(parcel, "answer", "response_id", "question_id", "score") == [
        ("a", "Speed", 5),
        ("b", "Speed", 1),
        ("b", "Manner", 4),
    ]
    # A row that cannot be read in one of its cells is put aside for all of them.
    assert [(r.line, r.kind, r.value) for r in parcel.rejects] == [(5, "out_of_range", "9")]


REPEATS = """
form = "rows"
zone = "UTC"
[[rows]]
table = "response"
repeats = "first"
[rows.columns]
response_id = "who"
channel = "how"
"""


def test_several_rows_may_tell_one_thing_and_only_what_differs_is_noticed(tmp_path: Path) -> None:
    text = "who,how\na,mail\nb,\na,mail\na,sms\nb,\n"
    parcel = read(tmp_path, REPEATS, text)
    assert of(parcel, "response", "response_id", "channel") == [("a", "mail"), ("b", None)]
    assert [(f.kind, f.count, f.example) for f in parcel.findings] == [("told_otherwise", 1, "a")]
    last = read(tmp_path, REPEATS.replace('"first"', '"last"'), text)
    assert of(last, "response", "response_id", "channel") == [("a", "sms"), ("b", None)]
    assert last.findings == ()


AMOUNTS = """
form = "rows"
[[rows]]
table = "cost"
needs = ["on"]
[rows.columns]
cost_id = "id"
on = { column = "day", formats = ["%d.%m.%Y"], zone = "UTC", months = "more" }
amount_minor = { column = "sum", decimal = ",", minor = "cur" }
currency = "cur"
team = { object = { colour = "col", size = "siz" } }
"""


def test_amounts_are_exact_in_the_minor_units_of_their_currency(tmp_path: Path) -> None:
    lines = [
        "id;day;more;sum;cur;col;siz",
        "1;31.01.2024;1;1.234,56;EUR;red;",
        "2;31.01.2024;-2;1 234;JPY;;",
        "3;31.01.2024;0;-0,005;KWD;;9",
        "4;31.01.2024;0;0,005;EUR;;",
        "5;31.01.2024;0;1.23;EUR;;",
        "6;;0;1;EUR;;",
        "7;31.01.2024;;1;EUR;;",
        "8;31.01.2024;0;1.2345;EUR;;",
    ]
    parcel = read(tmp_path, AMOUNTS, "\n".join(lines) + "\n")
    assert of(parcel, "cost", "cost_id", "on", "amount_minor", "team") == [
        ("1", date(2024, 2, 29), 123456, '{"colour": "red"}'),
        ("2", date(2023, 11, 30), 1234, None),
        ("3", date(2024, 1, 31), -5, '{"size": "9"}'),
    ]
    assert [(r.line, r.kind, r.column) for r in parcel.rejects] == [
        (5, "not_whole", "sum"),
        (6, "not_whole", "sum"),
        (7, "missing_value", "on"),
        (8, "missing_value", "more"),
        (9, "not_whole", "sum"),
    ]


FAULTS = {
    "a pattern without groups": ("pattern = 'a'\n" + ORDERS, "named groups"),
    "a pattern and records": ("pattern = '(?P<a>a)'\nrecords = 'a'\n" + ORDERS, "Leave one out"),
    "a pattern Arrow cannot": ("pattern = '(?P<a>a)(?=b)'\n" + ORDERS, "regular expression"),
    "times and minor": (ORDERS + 'units = { column = "a", times = 2, minor = "b" }', "minor"),
    "months twice": (ORDERS + 'x = 1\nunits = { column = "a", months = 2, months_back = 1 }', "x"),
    "a decimal mark": (ORDERS + 'units = { column = "a", decimal = "x" }', "decimal"),
    "repeats": (ORDERS.replace("[rows.columns]", 'repeats = "all"\n[rows.columns]'), "all"),
    "needs": (ORDERS.replace("[rows.columns]", 'needs = ["day"]\n[rows.columns]'), "day"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_such_a_mapping_cannot_mean_is_told(fault: str) -> None:
    text, said = FAULTS[fault]
    with pytest.raises(RegardError, match=said):
        parse_mapping(text, "rows")
