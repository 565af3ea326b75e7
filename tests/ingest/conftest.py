"""What tests of ingest share: files written from words, mappings, and parcels of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from regard.ingest.grammar import parse_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.tabular import parse

MAPPING = """
form = "events"
source = "desk"
case = "case"
at = "at"
zone = "UTC"
activity = "state"
[ticket]
customer_id = "who"
[[change]]
field = "status"
value.column = "state"
value.map = { New = "new", Open = "open", Wait = "pending", Done = "solved", End = "solved+closed" }
restates = ["solved"]
actor = "by"
actor_kind = { value = "agent" }
[[change]]
field = "team"
value = "team"
[customer]
column = "who"
"""
"""A small event log: case, at, state, team, by, who."""
Log = Callable[..., Parcel]


@pytest.fixture
def real(shared_data: Path) -> Callable[[str], Path]:
    """A real file by its path below ../shared/data."""

    def find(path: str) -> Path:
        return shared_data / path

    return find


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """The parcel of lines `case,at,state,team,by,who`; `more` is added to the mapping's top."""

    def read(*lines: str, more: str = "", mapping: str = MAPPING) -> Parcel:
        path = tmp_path / "log.csv"
        path.write_text("\n".join(["case,at,state,team,by,who", *lines, ""]), encoding="utf-8")
        return parse(path, parse_mapping(more + mapping, "desk"))

    return read


@pytest.fixture
def said() -> Callable[..., list[tuple[str, str]]]:
    """What the changes of a field say: (ticket, value), in order."""

    def read(parcel: Parcel, field: str = "status") -> list[tuple[str, str]]:
        rows = parcel.rows["ticket_change"].to_pylist()
        return [(row["ticket_id"], row["value"]) for row in rows if row["field"] == field]

    return read
