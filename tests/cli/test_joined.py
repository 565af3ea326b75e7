"""`regard customers`: coverage, who is joined, one person's time line, joins undone."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from regard.core.schema import Row, table
from regard.core.settings import Settings, parse_settings
from regard.store.store import open_store
from regard.store.workspace import SETTINGS, init_workspace

from .conftest import Run


def at(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC)


ROWS: dict[str, list[Row]] = {
    "desk": [
        table("ticket").row(source="desk", ticket_id="t1", customer_id="7", created_at=at(9)),
        table("ticket").row(source="desk", ticket_id="t2", created_at=at(10)),
    ],
    "shop": [table("order").row(source="shop", order_id="o1", customer_id="x", at=at(8))],
}
ADDRESSES = (("desk", "7", "mail"), ("shop", "x", "mail"), ("shop", "y", "handle"))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "w", Settings(name="Joined"))
    store = open_store(tmp_path / "w")
    identity = table("customer_identity")
    for source, name in (("desk", "ticket"), ("shop", "order")):
        held = [
            identity.row(source=of, customer_id=who, kind=kind, address="a@m.example")
            for of, who, kind in ADDRESSES
            if of == source
        ]
        rows = {
            name: pa.Table.from_pylist(ROWS[source], schema=table(name).schema),
            identity.name: pa.Table.from_pylist(held, schema=identity.schema),
        }
        store.upsert(rows, {source: tuple(rows)})
    return tmp_path / "w"


def test_how_many_are_known_and_joined_is_said_for_each_source(folder: Path, run: Run) -> None:
    said = run("customers", "--workspace", folder).out
    assert said.splitlines()[1].split() == ["desk", "1", "1", "1", "2", "1"]
    assert said.splitlines()[2].split() == ["shop", "1", "1", "1", "1", "1"]


def test_who_is_joined_is_listed_with_the_kind_of_address(folder: Path, run: Run) -> None:
    (line,) = run("customers", "joined", "--workspace", folder).out.splitlines()[1:]
    assert line.split("  ")[:2] == ["desk/7, shop/x", "mail"]


def test_one_person_is_shown_over_all_channels(folder: Path, run: Run) -> None:
    lines = run("customers", "show", "shop/x", "--workspace", folder).out.splitlines()[1:]
    assert [line.split()[2:] for line in lines] == [
        ["order", "shop", "o1"],
        ["ticket", "desk", "t1"],
    ]


def test_a_join_is_undone_and_made_again(folder: Path, run: Run) -> None:
    run("customers", "part", "shop/x", "--no-build", "--workspace", folder)
    assert parse_settings((folder / SETTINGS).read_text()).apart == ("shop/x",)
    assert "No two" in run("customers", "joined", "--workspace", folder).out
    run("customers", "join", "shop/x", "--no-build", "--workspace", folder)
    assert "desk/7, shop/x" in run("customers", "joined", "--workspace", folder).out


def test_an_unknown_customer_is_refused_with_a_hint(folder: Path, run: Run) -> None:
    said = run("customers", "part", "shop/z", "--workspace", folder)
    assert said.code == 2
    assert "shop/z" in said.err
    assert parse_settings((folder / SETTINGS).read_text()).apart == ()
