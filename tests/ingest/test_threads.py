"""Rows that answer one another become threads, whatever the order and however often asked."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.core.errors import RegardError
from regard.ingest import quarantine
from regard.ingest.frame import Frame, Log
from regard.ingest.grammar import parse_mapping
from regard.ingest.mapping import FileMap, Links, Value
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.ingest.threads import Threads, find
from regard.store.store import open_store

LINKS = Links((Value(("parent",)),), (Value(("children",)),))
POSTS = """
form = "events"
source = "network"
case = "id"
at = "at"
zone = "UTC"
[links]
parent = { column = "parent", without = '\\.0$' }
children = "children"
between = " "
[ticket]
customer_id = { column = "who", when = { ours = "no" } }
[message]
message_id = "id"
author = "who"
author_kind = { column = "ours", map = { yes = "agent", no = "customer" } }
in_reply_to = { column = "parent", without = '\\.0$' }
text = "text"
[[change]]
field = "team"
value = { column = "who", when = { ours = "yes" } }
[agent]
column = "who"
when = { ours = "yes" }
[customer]
column = "who"
when = { ours = "no" }
"""
HEAD = "id,parent,children,at,who,ours,text"


def threads(*rows: tuple[str | None, str | None, str | None]) -> tuple[Threads, Log]:
    """Threads of (id, parent, children)."""
    names = ("id", "parent", "children")
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(3)]
    count = np.arange(len(rows))
    mapping = FileMap("", "", "", ())
    frame, log = (
        Frame(pa.table(dict(zip(names, columns, strict=True))), count, mapping, count),
        Log(),
    )
    return find(LINKS, frame.text("id"), frame, log), log


def ids(*rows: tuple[str | None, str | None, str | None]) -> list[str | None]:
    found: list[str | None] = threads(*rows)[0].ids.to_pylist()
    return found


def read(tmp_path: Path, *lines: str) -> Parcel:
    path = tmp_path / "posts.csv"
    path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return parse(path, parse_mapping(POSTS, "posts"))


def test_a_thread_is_named_by_what_answers_nothing() -> None:
    assert ids(("3", "2", None), ("2", "1", None), ("1", None, None), ("9", None, None)) == [
        "1",
        "1",
        "1",
        "9",
    ]


def test_children_link_as_parents_do_even_over_a_row_that_is_missing() -> None:
    assert ids(("1", None, "2,5"), ("2", None, None)) == ["1", "1"]
    assert ids(("1", None, "2"), ("3", "2", None)) == ["1", "1"]


def test_a_missing_root_gives_its_name_and_keeps_it_when_it_comes() -> None:
    without = (("11", "9", None), ("10", "9", None), ("12", "11", None))
    assert ids(*without) == ["9", "9", "9"]
    assert ids(*without, ("9", None, None)) == ["9"] * 4
    found, log = threads(*without)
    assert [(one.kind, one.count, one.example) for one in log.findings()] == [
        ("missing_parent", 2, "line 0: 9")
    ]
    assert found.depth.tolist() == [0, 0, 1]


def test_circles_and_rows_without_an_id_do_no_harm() -> None:
    assert ids(("10", "9", None), ("9", "10", None), (None, "9", None)) == ["9", "9", None]
    assert ids(("1", "1", "1")) == ["1"]
    assert ids() == []


@given(st.lists(st.integers(-1, 30), min_size=1, max_size=30), st.randoms())
def test_threads_do_not_depend_on_the_order_of_rows(parents: list[int], chance: object) -> None:
    rows: list[tuple[str | None, str | None, str | None]] = [
        (str(at), None if parent < 0 or parent == at else str(parent), None)
        for at, parent in enumerate(parents)
    ]
    told = dict(zip((row[0] for row in rows), ids(*rows), strict=True))
    mixed = rows[:]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert dict(zip((row[0] for row in mixed), ids(*mixed), strict=True)) == told
    for row, parent, _ in rows:
        if parent in told:
            assert told[row] == told[parent]


def test_a_long_thread_takes_no_longer_than_many_short_ones() -> None:
    long = [(str(n), str(n - 1) if n else None, None) for n in range(20_000)]
    found, _ = threads(*reversed(long))
    assert set(found.ids.to_pylist()) == {"0"}
    assert found.depth.max() == 19_999


def test_a_thread_becomes_a_ticket_with_its_messages(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        "3,1.0,,2024-01-01 10:05,shop,yes,On our way.",
        "2,,1,2024-01-01 09:59,shop,yes,We are open!",
        "1,2.0,3 4,2024-01-01 10:00,ann,no,Where is it?",
        "4,1.0,,2024-01-01 10:05,bob,no,",
    )
    (ticket,) = parcel.rows["ticket"].to_pylist()
    assert (ticket["ticket_id"], ticket["customer_id"]) == ("2", "ann")
    assert f"{ticket['created_at']:%H:%M}" == "09:59"
    messages = parcel.rows["message"].to_pylist()
    assert [(m["message_id"], m["author_kind"], m["in_reply_to"]) for m in messages] == [
        ("2", "agent", None),
        ("1", "customer", "2"),
        ("3", "agent", "1"),
        ("4", "customer", "1"),
    ]
    assert [m["ordinal"] for m in messages] == sorted({m["ordinal"] for m in messages})
    assert parcel.rows["message_text"].column("text").to_pylist() == [
        "We are open!",
        "Where is it?",
        "On our way.",
    ]
    assert parcel.rows["customer"].column("customer_id").to_pylist() == ["ann", "bob"]
    assert parcel.rows["agent"].column("agent_id").to_pylist() == ["shop"]
    assert {"message", "message_text", "ticket", "agent", "customer"} <= set(parcel.covers)


def test_of_one_instant_what_is_answered_comes_first(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        "2,1,,2024-01-01 10:00,shop,yes,Here.",
        "1,,2,2024-01-01 10:00,ann,no,Where?",
    )
    assert parcel.rows["message"].column("message_id").to_pylist() == ["1", "2"]


def test_a_row_put_aside_is_tried_again_with_its_whole_thread(tmp_path: Path) -> None:
    lines = [
        "1,,2,2024-01-01 10:00,ann,no,Where?",
        "2,1,3,2024-01-01 11:00,shop,perhaps,There.",
        "3,2,,2024-01-01 12:00,ann,no,Thanks!",
        "8,,,2024-01-01 12:00,eve,no,Hello?",
    ]
    store = open_store(tmp_path)
    first = read(tmp_path, *lines)
    assert [(one.line, one.value) for one in first.rejects] == [(3, "perhaps")]
    assert [line for line, _ in first.beside] == [2, 4]
    report = run_import([first], store, tmp_path)
    mended = parse_mapping(POSTS.replace("map = {", 'map = { perhaps = "agent",'), "posts")
    run_import(quarantine.retry(tmp_path, report.number, mended), store, tmp_path)
    with store.snapshot() as snapshot:
        rows = snapshot.table("message").order_by("message_id").to_pyarrow().to_pylist()
        tickets = snapshot.rows_of("ticket")
    assert [(row["ticket_id"], row["message_id"]) for row in rows] == [
        ("1", "1"),
        ("1", "2"),
        ("1", "3"),
        ("8", "8"),
    ]
    whole = read(tmp_path, *(line.replace("perhaps", "yes") for line in lines))
    assert [row["ordinal"] for row in rows] == whole.rows["message"].column("ordinal").to_pylist()
    assert tickets == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[links]\nchildren = 'b'", "does not say 'parent'"),
        ("[links]\nparents = 'b'", "parents"),
        ("[message]\nmessage = 'b'", "message"),
        ("[message]\nauthor_kind = { value = 'robot' }", "robot"),
        ("[message]\nchannel = { value = 'twitter' }", "twitter"),
    ],
)
def test_a_mapping_of_messages_says_where_it_errs(said: str, why: str) -> None:
    with pytest.raises(RegardError, match=why):
        parse_mapping(f'form = "events"\ncase = "a"\nat = "b"\n{said}', "wrong")
