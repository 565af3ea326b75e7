"""Customers of several sources who are one person, and joins that are undone."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.schema import table
from regard.facts.persons import SHARED, persons_of
from regard.store.store import open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Held = tuple[str, str, str, str]
"""source, customer, kind, address."""


def persons(
    folder: Path, held: list[Held], apart: tuple[str, ...] = (), until: datetime | None = None
) -> dict[str, str]:
    """Who is whom: the person of every customer who is joined with another."""
    identity = table("customer_identity")
    rows = [
        identity.row(source=source, customer_id=who, kind=kind, address=address, known_at=NOON)
        for source, who, kind, address in dict.fromkeys(held)
    ]
    store = open_store(folder)
    for source in sorted({row["source"] for row in rows}):
        own = [row for row in rows if row["source"] == source]
        written = pa.Table.from_pylist(own, schema=identity.schema)
        store.upsert({identity.name: written}, {source: (identity.name,)})
    with store.snapshot() as snapshot:
        found = persons_of(snapshot, apart, until).to_pyarrow().to_pylist()
    return {f"{row['source']}/{row['customer_id']}": row["person"] for row in found}


def test_one_mail_address_in_two_sources_is_one_person(tmp_path: Path) -> None:
    held = [("desk", "7", "mail", "Ann@Mail.example "), ("shop", "x", "mail", "ann@mail.example")]
    assert persons(tmp_path, held) == {"desk/7": "desk/7", "shop/x": "desk/7"}


def test_a_chain_of_addresses_joins_its_ends(tmp_path: Path) -> None:
    held = [
        ("desk", "7", "mail", "a@m.example"),
        ("shop", "x", "mail", "a@m.example"),
        ("shop", "x", "phone", "+48123"),
        ("line", "+48123", "phone", "+48123"),
    ]
    assert set(persons(tmp_path, held).values()) == {"desk/7"}
    assert len(persons(tmp_path, held)) == 3


def test_a_handle_joins_nobody(tmp_path: Path) -> None:
    assert persons(tmp_path, [("x", "1", "handle", "ann"), ("y", "1", "handle", "ann")]) == {}


def test_the_same_address_of_another_kind_is_not_the_same(tmp_path: Path) -> None:
    assert persons(tmp_path, [("x", "1", "phone", "123"), ("y", "1", "external", "123")]) == {}


def test_an_address_of_many_customers_joins_nobody(tmp_path: Path) -> None:
    held = [("desk", str(n), "phone", "+48100") for n in range(SHARED + 1)]
    assert persons(tmp_path, [*held, ("shop", "x", "phone", "+48100")]) == {}


def test_a_join_that_is_undone_leaves_the_others_joined(tmp_path: Path) -> None:
    held = [(source, "1", "mail", "a@m.example") for source in ("a", "b", "c")]
    assert persons(tmp_path, held, apart=("b/1",)) == {"a/1": "a/1", "c/1": "a/1"}


def test_before_an_address_was_known_nobody_was_joined_by_it(tmp_path: Path) -> None:
    held = [(source, "1", "mail", "a@m.example") for source in ("a", "b")]
    assert persons(tmp_path, held, until=datetime(2026, 3, 1, tzinfo=UTC)) == {}


HELD = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(["mail", "phone", "handle"]),
    st.sampled_from(["p", "q", "r", "s"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(HELD, min_size=1, max_size=12))
def test_it_is_as_walking_from_address_to_address(held: list[Held]) -> None:
    links: dict[str, set[str]] = {}
    for source, who, kind, address in held:
        if kind != "handle":
            links.setdefault(f"{source}/{who}", set()).add(f"{kind} {address}")
    walked = {}
    for one in links:
        near, seen = {one}, set[str]()
        while near - seen:
            seen = set(near)
            known = {address for name in seen for address in links[name]}
            near = {name for name, addresses in links.items() if addresses & known}
        if len(near) > 1:
            walked[one] = min(near)
    with TemporaryDirectory() as folder:
        assert persons(Path(folder), held) == walked
