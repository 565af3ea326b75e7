"""Issue episodes: against a slow path over contacts by chance, and case by case."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.issues import DAY, Contact, Episode, episodes_of, shared_persons
from regard.facts.builders.episode import episode_fact
from regard.facts.fact import fact
from regard.store.engine import connect

JOININGS = ("topic", "linked", "any")
BEGIN = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def instant(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(BEGIN + second, UTC)


def rows_of(contacts: Sequence[Contact]) -> pa.Table:
    """The contacts as rows of the fact."""
    shared = shared_persons(contacts)
    schema = fact("contact_fact").schema
    told = [
        dict.fromkeys(schema.names)
        | {
            "source": "desk",
            "contact_kind": "ticket" if one.matter else "call",
            "contact_id": one.name,
            "at": instant(one.at),
            "person": one.person,
            "identified": one.person is not None,
            "shared": one.person in shared,
            "observed": False,
            "topic": one.topic,
            "matter": one.matter,
            "matter_topic": one.topic,
            "resolved_at": instant(one.resolved),
            "channel": "email" if one.matter else "phone",
        }
        for one in contacts
    ]
    return pa.Table.from_pylist(told, schema=schema)


@cache
def statement() -> str:
    """The fact in SQL over a table of contacts; compiling it takes longer than running it."""
    engine = connect(threads=1)
    try:
        return str(engine.compile(episode_fact(engine.create_table("contacts", rows_of([])))))
    finally:
        engine.disconnect()  # type: ignore[no-untyped-call]


def found(contacts: Sequence[Contact]) -> dict[str, dict[str, dict[str, Any]]]:
    """Episodes by way of joining and first contact."""
    engine = connect(threads=1)
    try:
        engine.create_table("contacts", rows_of(contacts))
        made = engine.con.sql(statement()).to_arrow_table().to_pylist()
    finally:
        engine.disconnect()  # type: ignore[no-untyped-call]
    return {
        joining: {row["contact_id"]: row for row in made if row["joining"] == joining}
        for joining in JOININGS
    }


def summed(one: Episode) -> dict[str, Any]:
    return {
        "contacts": len(one.contacts),
        "resolved_at": instant(one.resolved),
        "ripe_at": instant(one.over),
        "repeats": one.repeats,
        "one_contact": len(one.contacts) == 1 and one.resolved is not None,
    }


def agree(contacts: Sequence[Contact]) -> None:
    made = found(contacts)
    for joining in JOININGS:
        slow = {one.contacts[0]: summed(one) for one in episodes_of(contacts, joining)}
        keys = next(iter(slow.values()), {})
        assert {
            name: {key: row[key] for key in keys} for name, row in made[joining].items()
        } == slow, joining


@st.composite
def contact(draw: st.DrawFn) -> Contact:
    at = draw(st.integers(0, 130)) * DAY + draw(st.sampled_from([0, 0, 1, 3600]))
    took = draw(st.sampled_from([None, 0, 600, DAY, 7 * DAY, 29 * DAY, 30 * DAY, 31 * DAY]))
    return Contact(
        name="",
        at=at,
        person=draw(st.sampled_from(["ann", "ann", "ann", "bob", None])),
        topic=draw(st.sampled_from(["refund", "refund", "login", None])),
        matter=draw(st.sampled_from([None, None, "m1", "m2"])),
        resolved=None if took is None else at + took,
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(contact(), max_size=30))
def test_episodes_are_those_of_the_slow_path(told: list[Contact]) -> None:
    # A call is named before a ticket, as its kind is: ties on one instant fall the same way.
    kinds = {True: "b", False: "a"}
    agree(
        [
            Contact(
                f"{kinds[bool(one.matter)]}{n:03d}",
                one.at,
                one.person,
                one.topic,
                one.matter,
                one.resolved,
            )
            for n, one in enumerate(told)
        ]
    )


def test_what_comes_within_seven_days_of_the_resolution_is_of_the_issue() -> None:
    week = 7 * DAY
    one = Contact("a", 0, "ann", "refund", None, 600)
    for last, contacts in ((600 + week, 2), (600 + week + 1, 1)):
        rows = found([one, Contact("b", last, "ann", "refund", None, None)])["topic"]
        assert rows["a"]["contacts"] == contacts
        assert rows["a"]["repeats"] == contacts - 1


def test_an_issue_never_resolved_is_over_after_thirty_days_and_another_begins() -> None:
    told = [Contact(f"c{n:02d}", n * 10 * DAY, "ann", "refund") for n in range(9)]
    rows = found(told)["topic"]
    # Days 0 to 30, 40 to 70, and the rest.
    assert {name: row["contacts"] for name, row in rows.items()} == {"c00": 4, "c04": 4, "c08": 1}
    assert {row["resolved_at"] for row in rows.values()} == {None}


def test_hundreds_of_issues_in_a_row_are_told_apart() -> None:
    told = [Contact(f"c{n:04d}", n * 29 * DAY, "ann", "refund") for n in range(200)]
    agree(told)


def test_a_follow_up_is_of_the_issue_it_follows_whatever_it_is_about() -> None:
    told = [
        Contact("a", 0, "ann", "refund", "m", DAY),
        Contact("b", 2 * DAY, "ann", "refund", "m", 3 * DAY),
        Contact("c", 2 * DAY, "ann", "login", None, 3 * DAY),
    ]
    assert {
        joining: sorted(row["contacts"] for row in rows.values())
        for joining, rows in found(told).items()
    } == {"topic": [1, 2], "linked": [1, 2], "any": [3]}
