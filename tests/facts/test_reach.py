"""Of contacts and issues a rebuild makes only what the change reaches, and that exactly."""

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.changing import beside, change, world
from regard.core.schema import Row, table
from regard.facts import build as building
from regard.facts import contact_reach
from regard.facts.build import build
from regard.facts.compute import compute
from regard.facts.fact import Fact, fact, facts
from regard.facts.openings import hours_of
from regard.facts.persons import SHARED
from regard.store import shelves
from regard.store.store import open_store
from worlds import ALWAYS, Told, at, built, call, fact_table, take, take_tables, thing, ticket

OF_PERSONS = ("contact_fact", "episode_fact")
MORNING = "2026-03-02 09:00"


def _needed() -> dict[str, Fact]:
    """The facts of persons and all that they are made of."""
    needed = set(OF_PERSONS)
    for name in reversed(facts()):
        if any(name in fact(one).reads for one in needed):
            needed.add(name)
    return {name: one for name, one in facts().items() if name in needed}


NEEDED = _needed()


@pytest.fixture(scope="module", autouse=True)
def _always_in_part() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "FEW_ROWS", 0)
        patch.setattr(building, "facts", lambda: NEEDED)
        patch.setattr(contact_reach, "MOST", 1.0)
        patch.setattr(shelves, "MANY_ROWS", 1)
        yield


def brought(rows: list[tuple[str, Row]]) -> dict[str, pa.Table]:
    """Rows as event tables."""
    names = sorted({name for name, _ in rows})
    return {
        name: pa.Table.from_pylist([r for n, r in rows if n == name], schema=table(name).schema)
        for name in names
    }


def anew(folder: Path) -> dict[str, pa.Table]:
    """The facts of persons, computed of all events, sorted by their keys."""
    with open_store(folder).snapshot() as snapshot:
        made = compute(snapshot, hours_of(folder, snapshot), list(NEEDED))
        return {
            name: made[name].to_pyarrow().sort_by([(one, "ascending") for one in fact(name).key])
            for name in OF_PERSONS
        }


def is_as_anew(folder: Path) -> None:
    """Fail with the rows by which the stored facts of persons are other than those made anew."""
    for name, wanted in anew(folder).items():
        found = fact_table(folder, name)
        if not found.equals(wanted):
            ours, theirs = found.to_pylist(), wanted.to_pylist()
            assert [row for row in ours if row not in theirs] == [], name
            assert [row for row in theirs if row not in ours] == [], name
            raise AssertionError(f"{name} has rows twice")


@pytest.mark.heavy
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_whatever_changes_the_part_that_is_built_makes_the_whole(seed: int) -> None:
    dice = random.Random(seed)
    with TemporaryDirectory() as place:
        folder = built(Path(place) / "w", calendars=ALWAYS)
        take_tables(folder, brought(beside(dice, world)))
        build(folder)
        for _ in range(2):
            take_tables(folder, brought(beside(dice, change)))
            build(folder)
            is_as_anew(folder)


def _mail(source: str, who: str, address: str = "a@m.example") -> Told:
    return thing(
        "customer_identity",
        source,
        customer_id=who,
        kind="mail",
        address=address,
        known_at=at(MORNING),
    )


def _contacts(folder: Path, *told: Told) -> int:
    """How many contacts a build makes anew after an import; all must be as they would be anew."""
    take(folder, *told)
    made = build(folder).facts.get("contact_fact", 0)
    is_as_anew(folder)
    return made


BASE: tuple[Told, ...] = (
    *(ticket(f"t{n}", MORNING, customer_id=f"c{n % 10}").solved("10:00") for n in range(20)),
    *(call(f"k{n}", "2026-03-04 09:00", source="line", customer_id=f"l{n}") for n in range(9)),
    *(ticket(f"n{n}", MORNING) for n in range(3)),
    ticket("next", "2026-03-09 09:00", customer_id="far", follows="t1"),
    call("about", "2026-03-09 09:00", customer_id="friend", ticket_id="t1"),
    thing("customer", customer_id="c0", country="PL"),
    _mail("desk", "c0"),
    thing("article", article_id="a", title="How", topic="login"),
)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return built(tmp_path / "w", *BASE, calendars=ALWAYS)


def test_a_ticket_reaches_the_contacts_of_its_person_and_of_those_who_follow_or_ring(
    folder: Path,
) -> None:
    again = ticket("t1", MORNING, customer_id="c1").solved("11:00")
    # t1 and t11 of its person, the ticket that follows it, the call about it.
    assert _contacts(folder, again) == 4


def test_a_contact_of_nobody_is_reached_alone(folder: Path) -> None:
    assert _contacts(folder, ticket("n1", MORNING).solved("11:00")) == 1


def test_who_turns_out_to_be_one_person_is_reached_in_all_sources(folder: Path) -> None:
    # Two tickets and a call of who is one now.
    assert _contacts(folder, _mail("line", "l3")) == 3


def test_a_person_who_turns_out_to_be_several_is_reached_whole(folder: Path) -> None:
    _contacts(folder, _mail("line", "l3"))
    assert fact_table(folder, "contact_fact")["person"].to_pylist().count("desk/c0") == 3
    # The address becomes one of too many.
    _contacts(folder, *(_mail("line", f"l{n}") for n in range(SHARED + 2)))
    assert fact_table(folder, "contact_fact")["person"].to_pylist().count("desk/c0") == 2


def test_a_ticket_that_passes_to_somebody_else_reaches_both(folder: Path) -> None:
    # c3 and c4 have two tickets each.
    assert _contacts(folder, ticket("t3", MORNING, customer_id="c4").solved("10:00")) == 4


def test_a_call_that_turns_out_to_be_about_another_ticket_reaches_both(folder: Path) -> None:
    def about(name: str) -> Told:
        rang = call("about", "2026-03-09 09:00", customer_id="friend", ticket_id=name)
        return rang.queued("main", 5).talked("ann", 60).ended("answered")

    _contacts(folder, about("t2"))
    _contacts(folder, about("t1"))
    rows = fact_table(folder, "ticket_fact").to_pylist()
    found = {row["ticket_id"]: row["answered_calls"] for row in rows}
    assert (found["t1"], found["t2"]) == (1, 0)


def test_a_ticket_that_is_merged_no_more_reaches_what_it_was_merged_into(folder: Path) -> None:
    early = "2026-03-01 09:00"
    born = []
    for merged in ("t11", None):
        _contacts(folder, ticket("t1", early, customer_id="c1", merged_into=merged))
        rows = fact_table(folder, "ticket_fact").to_pylist()
        born += [row["created_at"] for row in rows if row["ticket_id"] == "t11"]
    assert born == [at(early), at(MORNING)]


def test_a_customer_reaches_the_contacts_of_the_person_in_other_sources(folder: Path) -> None:
    _contacts(folder, _mail("line", "l3"))
    assert _contacts(folder, thing("customer", customer_id="c0", country="DE")) == 3
    rows = fact_table(folder, "contact_fact").to_pylist()
    assert [row["country"] for row in rows if row["contact_id"] == "k3"] == ["DE"]


def test_what_a_complaint_was_about_before_is_refunded_no_more(folder: Path) -> None:
    said: dict[str, Any] = {"complaint_id": "x", "carrier": "ticket", "received_at": at(MORNING)}
    _contacts(folder, thing("complaint", **said, carrier_id="t5", remedy="refund"))
    # Tickets of c5 and c6.
    moved = thing("complaint", **said, carrier_id="t6", remedy="refund")
    assert _contacts(folder, moved) == 4


def test_an_article_or_more_than_can_be_told_makes_all_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = fact_table(folder, "contact_fact").num_rows
    article = thing("article", article_id="b", title="Why", topic="refund")
    assert _contacts(folder, article) == every
    monkeypatch.setattr(contact_reach, "MOST", 0.1)
    assert _contacts(folder, ticket("t1", MORNING, customer_id="c1").solved("12:00")) == every
    assert _contacts(folder, ticket("n1", MORNING).solved("11:00")) == 1


def test_of_few_contacts_all_are_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = fact_table(folder, "contact_fact").num_rows
    monkeypatch.setattr(building, "FEW_ROWS", every + 1)
    assert _contacts(folder, ticket("n1", MORNING).solved("11:00")) == every
