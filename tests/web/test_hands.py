"""Tiles that are filled side by side: the same as one by one, by readers of the same version."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pyarrow as pa
import pytest

from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.metrics.query import Query
from regard.report.boards.board import Board, Section
from regard.report.boards.filled import fill, one_by_one
from regard.report.boards.stretch import presets
from regard.store.store import open_store
from regard.web import hands, readers
from regard.web.pages.board import desk_for

TILES = ("tickets_new", "backlog", "time_to_resolve", "reopen_rate")


@pytest.fixture(autouse=True)
def three_hands(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three at a time, whatever the machine has; nothing is remembered."""
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(readers, "_answers", type(readers._answers)())
    hands._hands.cache_clear()
    yield
    hands._hands().shutdown()
    hands._hands.cache_clear()


@pytest.fixture
def reader(small_demo: Path) -> Iterator[Reader]:
    with open_reader(small_demo) as opened:
        yield opened


def test_three_are_done_at_a_time_and_told_in_order() -> None:
    meeting = threading.Barrier(3, timeout=60)

    def meets(n: int) -> int:
        meeting.wait()
        return n * n

    assert hands.each(meets, range(6)) == [0, 1, 4, 9, 16, 25]


def test_a_hand_does_what_it_gives_to_many_by_itself() -> None:
    def many(n: int) -> tuple[int, set[str]]:
        names = hands.each(lambda _: threading.current_thread().name, range(20))
        return n, {threading.current_thread().name, *names}

    assert [(n, len(names)) for n, names in hands.each(many, range(9))] == [
        (n, 1) for n in range(9)
    ]


def test_where_there_is_one_core_nobody_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    here = threading.current_thread()
    assert hands.each(lambda _: threading.current_thread(), range(3)) == [here] * 3


def test_the_first_error_is_raised() -> None:
    def fails(n: int) -> int:
        if n % 2:
            raise ValueError(n)
        return n

    with pytest.raises(ValueError, match="1"):
        hands.each(fails, range(4))


def test_hands_read_the_same_version_with_an_engine_of_their_own(reader: Reader) -> None:
    meeting = threading.Barrier(3, timeout=60)

    def met(_: int) -> Reader:
        meeting.wait()
        return hands.own_reader(reader)

    assert hands.own_reader(reader) is reader
    own = hands.each(met, range(3))
    assert len({id(one.snapshot.engine) for one in (*own, reader)}) == 4
    assert {(one.workspace, one.version) for one in own} == {(reader.workspace, reader.version)}
    assert {id(one) for one in hands.each(met, range(3))} == {id(one) for one in own}


def test_hands_follow_a_reader_to_another_version(reader: Reader, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copytree(reader.workspace, copy)

    def version_of(one: Reader) -> int:
        return hands.own_reader(one).version

    with open_reader(copy) as old:
        assert hands.each(version_of, [old] * 9) == [old.version] * 9
        rows = old.snapshot.table("ticket").limit(1).to_pyarrow()
        changed = [row | {"country": "elsewhere"} for row in rows.to_pylist()]
        open_store(copy).upsert({"ticket": pa.Table.from_pylist(changed, rows.schema)})
        build(copy)
        with open_reader(copy) as new:
            assert new.version > old.version
            for one in (new, old):
                assert hands.each(version_of, [one] * 9) == [one.version] * 9


def test_a_board_filled_by_many_hands_is_the_board_filled_by_one(reader: Reader) -> None:
    desk = desk_for(reader, Query("tickets_new"))
    assert desk is not None
    first = presets(desk.end)[0]
    query = replace(Query("tickets_new"), since=first.since, until=first.until)
    shown = Board("some", "", "", (Section("", TILES[:2]), Section("", TILES[2:], lead=TILES[2])))
    many = fill(shown, query, desk)
    readers._answers.clear()
    assert fill(shown, query, replace(desk, each=one_by_one)) == many
    assert [[one.tile.key for one in section.tiles] for section in many] == [
        list(TILES[:2]),
        list(TILES[2:]),
    ]
