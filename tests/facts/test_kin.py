"""Merged tickets: of one customer they are one matter, of several they stay apart."""

from pathlib import Path

import pytest

from regard.facts.build import build
from regard.facts.fact import facts
from regard.facts.kin import kin_of
from regard.store.store import open_store
from worlds import (
    ALWAYS,
    Ticket,
    Told,
    at,
    built,
    fact_table,
    row_of,
    rows_of,
    some,
    take,
    thing,
    ticket,
)

NINE = "2026-03-02 09:00"


def merged(name: str, into: str, when: str) -> Told:
    """Somebody merges a ticket into another."""
    return thing(
        "ticket_change",
        ticket_id=name,
        change_id="merge",
        ordinal=99,
        at=at(when),
        field="merged_into",
        value=into,
        actor="ann",
        actor_kind="agent",
    )


def letter(name: str, when: str, customer: str = "eve") -> Ticket:
    """A ticket in which the customer wrote."""
    return ticket(name, when, customer_id=customer).asked(when)


WORLD = (
    letter("first", NINE),
    letter("second", "2026-03-02 11:00").said("2026-03-02 12:00").solved("2026-03-02 13:00"),
    merged("first", "second", "2026-03-02 11:30"),
    letter("bo", NINE, "bo").said("2026-03-02 10:00"),
    letter("cy", "2026-03-02 11:00", "cy").said("2026-03-02 12:00"),
    merged("bo", "cy", "2026-03-02 11:30"),
    letter("one", NINE, "dee"),
    letter("two", "2026-03-02 10:00", "dee"),
    letter("three", "2026-03-02 11:00", "dee").said("2026-03-02 15:00"),
    merged("one", "two", "2026-03-02 12:00"),
    merged("two", "three", "2026-03-02 13:00"),
    letter("ring a", NINE, "fay"),
    letter("ring b", "2026-03-02 10:00", "fay"),
    merged("ring a", "ring b", "2026-03-02 12:00"),
    merged("ring b", "ring a", "2026-03-02 13:00"),
)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("kin"), *WORLD, calendars=ALWAYS)


def test_the_survivors_clock_starts_at_the_earliest(folder: Path) -> None:
    row = row_of(folder, "ticket_fact", ticket_id="second")
    assert some(row, "first_reply_seconds resolve_seconds customer_messages") == {
        "first_reply_seconds": 3 * 3600,
        "resolve_seconds": 4 * 3600,
        "customer_messages": 2,
    }
    (turn,) = rows_of(folder, "turn_fact", ticket_id="second")
    assert (turn["messages"], turn["starts_at"]) == (2, at(NINE))
    assert rows_of(folder, "turn_fact", ticket_id="first") == []


def test_a_merge_of_different_customers_is_a_link_and_each_keeps_its_clock(folder: Path) -> None:
    for name in ("bo", "cy"):
        assert row_of(folder, "ticket_fact", ticket_id=name)["first_reply_seconds"] == 3600


def test_a_chain_of_merges_ends_in_one_matter(folder: Path) -> None:
    row = row_of(folder, "ticket_fact", ticket_id="three")
    assert some(row, "customer_messages first_reply_seconds") == {
        "customer_messages": 3,
        "first_reply_seconds": 6 * 3600,
    }


def test_a_merge_of_tickets_whose_creation_is_not_known_takes_what_is_known(
    tmp_path: Path,
) -> None:
    unknown = [
        thing("ticket", ticket_id=name, customer_id=who)
        for name, who in (("a", "gus"), ("b", "gus"), ("c", "hal"))
    ]
    known = thing("ticket", ticket_id="d", customer_id="hal", created_at=at(NINE))
    links = [merged("a", "b", NINE), merged("c", "d", NINE)]
    take(tmp_path, *unknown, known, *links)
    with open_store(tmp_path).snapshot() as snapshot:
        found = kin_of(snapshot).to_pylist()
    assert [(row["merged_id"], row["survivor"], row["began_at"]) for row in found] == [
        ("a", "b", None),
        ("c", "d", at(NINE)),
    ]


def test_a_ring_of_merges_loses_nobody(folder: Path) -> None:
    told = [row["messages"] for row in rows_of(folder, "turn_fact", customer_id="fay")]
    assert sum(told) == 2


def test_before_the_merge_both_stood_by_themselves(folder: Path) -> None:
    then = row_of(folder, "ticket_fact", "2026-03-02 11:15", ticket_id="second")
    assert (then["created_at"], then["customer_messages"]) == (at("2026-03-02 11:00"), 1)


def test_a_late_word_in_a_merged_ticket_reaches_the_survivor_in_any_build(tmp_path: Path) -> None:
    late = [one for one in WORLD if one.rows[0][1].get("ticket_id") in ("first", "one")]
    folder = built(tmp_path / "w", *[o for o in WORLD if o not in late], calendars=ALWAYS)
    take(folder, *late)
    assert build(folder).how == "incremental"
    whole = built(tmp_path / "whole", *WORLD, calendars=ALWAYS)
    for name in ("status_span_fact", "turn_fact", "ticket_fact", "sla_fact"):
        assert fact_table(folder, name).equals(fact_table(whole, name)), name


@pytest.mark.parametrize("pieces", [1, 4])
def test_a_build_lot_by_lot_gives_the_same(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    """In whole buckets, and in pieces of them."""
    monkeypatch.setattr("regard.facts.division.MANY_ROWS", 1)
    monkeypatch.setattr("regard.facts.division.BYTES_A_ROW", 10**12)
    monkeypatch.setattr("regard.facts.division.PIECES", pieces)
    monkeypatch.setattr("regard.store.snapshot.OF_IDS", 1)
    parted = built(tmp_path / "w", *WORLD, calendars=ALWAYS)
    for name in facts():
        assert fact_table(parted, name).equals(fact_table(folder, name)), name
