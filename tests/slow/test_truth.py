"""Every metric on a company of 500 tickets, against the same counted slowly and plainly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.rows import DEMO
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from slow.world import Slow, World

MODULES = [
    import_module(f"slow.{each.name}")
    for each in iter_modules([str(Path(__file__).parent)])
    if not each.name.startswith("test_")
]
SLOW: dict[str, Slow] = {
    key: slow for module in MODULES for key, slow in getattr(module, "SLOW", {}).items()
}
SEED, TICKETS, MONTHS = 11, 500, 6
RANGES = {
    "all of it": (date(2025, 11, 1), date(2026, 7, 1)),
    "a month": (date(2026, 4, 1), date(2026, 5, 1)),
    "the last month": (date(2026, 5, 1), date(2026, 6, 1)),
}


@pytest.fixture(scope="module", name="told")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, World]]:
    folder = tmp_path_factory.mktemp("truth") / "w"
    init_workspace(folder, Settings(name="Truth", zone="Europe/Warsaw"), CALENDARS_TOML)
    made = company(SEED, TICKETS, MONTHS)
    open_store(folder).upsert(made, covers={DEMO: tuple(made)})
    build(folder)
    with open_reader(folder) as reader:
        as_of = reader.watermarks[DEMO]
        rows = {name: table.to_pylist() for name, table in made.items()}
        yield reader, World(rows, as_of, *RANGES["all of it"])


@pytest.mark.parametrize("days", RANGES)
@pytest.mark.parametrize("key", SLOW)
def test_it_is_what_counting_one_by_one_gives(
    told: tuple[Reader, World], key: str, days: str
) -> None:
    reader, whole = told
    since, until = RANGES[days]
    world = replace(whole, since=since, until=until)
    query = Query(key, since=since, until=until, zone="Europe/Warsaw")
    found = ask(query, reader)
    wanted = SLOW[key](world)
    assert found.reason == "" or wanted in (None, 0, {})
    if isinstance(wanted, dict):
        said = {_label(part.by): part.estimate.value for part in found.parts}
        assert {name: value for name, value in said.items() if value is not None} == (
            pytest.approx({name: value for name, value in wanted.items() if value is not None})
        )
    else:
        (part,) = found.parts
        assert part.estimate.value == (None if wanted is None else pytest.approx(wanted))


def _label(by: Any) -> str:
    return " ".join(str(label) for label in by.values())
