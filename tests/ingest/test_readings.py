"""Customers' words are read with the import that brings them, and again by a newer reader."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow as pa
import pytest

from regard.cli.builds import build_facts
from regard.core.schema import Row, table
from regard.facts.reader import open_reader
from regard.ingest.parcel import Parcel
from regard.ingest.plain import stored_schema
from regard.ingest.readings import read_messages, refresh
from regard.ingest.run import run_import
from regard.store.store import Store, open_store
from regard.text import reading as readers
from regard.text import thanks
from regard.text.reading import Reading, TextReader
from worlds import at, take_tables

Told = tuple[str, str, str]
"""Ticket, message and words."""


def message(ticket: str, name: str, kind: str = "customer", **more: Any) -> Row:
    sent = at("2026-03-02 09:00")
    said = {"ticket_id": ticket, "message_id": name, "author_kind": kind, "sent_at": sent}
    return table("message").row(source="desk", **(said | more))


def words(ticket: str, name: str, text: str | None, **more: Any) -> Row:
    return table("message_text").row(
        source="desk", ticket_id=ticket, message_id=name, text=text, **more
    )


def parcel(**rows: list[Row]) -> Parcel:
    made = {
        name: pa.Table.from_pylist(
            [{key: row[key] for key in stored_schema(name).names} for row in listed],
            schema=stored_schema(name),
        )
        for name, listed in rows.items()
    }
    return Parcel("desk", tuple(made), made, 1, 1)


def readings(store: Store, kind: str) -> list[Row]:
    """Every reading of a kind."""
    with store.snapshot() as snapshot:
        rows = snapshot.table("reading").to_pyarrow().to_pylist()
    return [row for row in rows if row["kind"] == kind]


def found(store: Store) -> dict[tuple[str, str, str], str | None]:
    """Every reading of thanks: its value by ticket, message and version."""
    rows = readings(store, "thanks")
    assert {(row["subject"], row["source"]) for row in rows} <= {("message", "desk")}
    return {(row["subject_id"], row["part"], row["version"]): row["value"] for row in rows}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[TextReader], None]]:
    """Declares another reader of thanks."""

    def declare(one: TextReader) -> None:
        monkeypatch.setattr(thanks, "READERS", [one])
        readers.text_readers.cache_clear()

    yield declare
    readers.text_readers.cache_clear()


NEWER = TextReader("thanks", "002", lambda text: Reading("yes", 1.0))
"""A later reader, which takes every word for a thanks."""
NOW = thanks.VERSION


def test_words_are_read_in_the_version_that_brings_them(store: Store, tmp_path: Path) -> None:
    brought = parcel(
        message=[message("1", "a"), message("1", "b"), message("1", "c")],
        message_text=[
            words("1", "a", "Thanks!"),
            words("1", "b", "Where is it?"),
            words("1", "c", "ok"),
        ],
    )
    report = run_import([brought], store, tmp_path)
    assert found(store) == {("1", "a", NOW): "yes", ("1", "b", NOW): "no", ("1", "c", NOW): None}
    assert (report.version, store.head().version) == (1, 1)
    assert set(report.tables) == {"message", "message_text"}
    assert report.new == 6
    assert set(store.head().covers["desk"]) == {"message", "message_text", "reading"}
    sure = {row["certainty_micro"] for row in readings(store, "thanks")}
    assert sure == {970_000, 990_000, 500_000}


def test_an_import_made_again_reads_nothing_new(store: Store, tmp_path: Path) -> None:
    brought = parcel(message=[message("1", "a")], message_text=[words("1", "a", "Thanks!")])
    run_import([brought], store, tmp_path)
    assert not run_import([brought], store, tmp_path).new
    assert store.head().version == 1


def test_only_words_of_customers_who_are_people_are_read(store: Store, tmp_path: Path) -> None:
    brought = parcel(
        message=[
            message("1", "a", "agent"),
            message("1", "b", "bot"),
            message("1", "c", automatic=True),
            message("1", "d", automatic=False),
            message("1", "e"),
            table("message").row(source="desk", ticket_id="1", message_id="f"),
        ],
        message_text=[words("1", name, "Thanks!") for name in "abcdf"] + [words("1", "e", None)],
    )
    run_import([brought], store, tmp_path)
    assert found(store) == {("1", "d", NOW): "yes"}


def test_halves_that_come_apart_are_read_when_the_second_comes(
    store: Store, tmp_path: Path
) -> None:
    run_import(
        [parcel(message_text=[words("1", "a", "Thanks!"), words("2", "a", "Where?")])],
        store,
        tmp_path,
    )
    assert found(store) == {}
    run_import([parcel(message=[message("1", "a")])], store, tmp_path)
    assert found(store) == {("1", "a", NOW): "yes"}
    run_import([parcel(message=[message("3", "x")])], store, tmp_path)
    run_import([parcel(message_text=[words("3", "x", "Dzięki")])], store, tmp_path)
    assert found(store) == {("1", "a", NOW): "yes", ("3", "x", NOW): "yes"}


def test_words_that_changed_are_read_anew_and_older_ones_are_not(
    store: Store, tmp_path: Path
) -> None:
    first, second = at("2026-03-02 10:00"), at("2026-03-02 11:00")
    told = {"message": [message("1", "a")]}
    run_import(
        [parcel(**told, message_text=[words("1", "a", "Thanks", updated_at=first)])],
        store,
        tmp_path,
    )
    run_import(
        [parcel(**told, message_text=[words("1", "a", "Why?", updated_at=second)])], store, tmp_path
    )
    assert found(store) == {("1", "a", NOW): "no"}
    run_import(
        [parcel(**told, message_text=[words("1", "a", "Thanks", updated_at=first)])],
        store,
        tmp_path,
    )
    assert found(store) == {("1", "a", NOW): "no"}


def test_a_newer_reader_reads_all_once_more_and_the_old_readings_stay(
    store: Store, tmp_path: Path, use: Callable[[TextReader], None]
) -> None:
    brought = parcel(
        message=[message("1", "a"), message("1", "b", "agent")],
        message_text=[words("1", "a", "Where?"), words("1", "b", "There.")],
    )
    run_import([brought], store, tmp_path)
    assert refresh(store, tmp_path) == 0
    use(NEWER)
    assert refresh(store, tmp_path) == 1
    assert found(store) == {("1", "a", NOW): "no", ("1", "a", NEWER.version): "yes"}
    version = store.head().version
    assert (refresh(store, tmp_path), store.head().version) == (0, version)


def test_a_build_reads_first_what_nobody_has_read(
    tmp_path: Path, use: Callable[[TextReader], None]
) -> None:
    take_tables(
        tmp_path,
        {
            "message": pa.Table.from_pylist([message("1", "a")], schema=table("message").schema),
            "message_text": pa.Table.from_pylist(
                [words("1", "a", "Thanks")], schema=table("message_text").schema
            ),
        },
    )
    build_facts(tmp_path, "en")
    store = open_store(tmp_path)
    assert found(store) == {("1", "a", NOW): "yes"}
    assert set(store.head().covers["desk"]) == {"message", "message_text", "reading"}
    use(NEWER)
    build_facts(tmp_path, "en")
    assert len(found(store)) == 2
    with open_reader(tmp_path) as reader:
        reader.fact("turn_fact")


def test_an_empty_store_has_nothing_to_read(store: Store, tmp_path: Path) -> None:
    assert refresh(store, tmp_path) == 0
    assert store.head().version == 0


def test_a_hundred_thousand_messages_take_seconds() -> None:
    count = 100_000
    keys = {
        "source": ["desk"] * count,
        "ticket_id": [str(n // 5) for n in range(count)],
        "message_id": [str(n) for n in range(count)],
    }
    none = pa.nulls(count, table("message").column("updated_at").type)
    told = pa.table(keys | {"author_kind": ["customer"] * count, "automatic": [False] * count})
    said = [
        f"Thank you for order {n}" if n % 5 == 0 else f"Thanks, all is well {'!' * (n % 9)}"
        for n in range(count)
    ]
    begun = perf_counter()
    read = read_messages(
        told, pa.table(keys | {"text": said}).append_column("updated_at", none), [thanks.READERS[0]]
    )
    took = perf_counter() - begun
    values = read.column("value").to_pylist()
    assert (values.count("no"), values.count("yes")) == (20_000, 80_000)
    assert took < 30, f"{took:.1f} s"
