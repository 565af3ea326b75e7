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
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from slow.own_people import OWN, cells
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
FEWEST = 5
"""Under how many answers nothing is said of our own people (METRICS §5)."""
ELSEWHERE = {
    "customer_value_buyers": "two fitted models: tests/metrics/test_value.py, test_retention.py",
    "retention_by_service": "a hazard model: tests/metrics/test_traps_retention.py",
    "sentiment": "what is read in words; nothing is read here: tests/metrics/test_reputation.py",
}
"""Metrics that are checked against something else than counting one by one, and where."""
RANGES = {
    "all of it": (date(2025, 11, 1), date(2026, 7, 1)),
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


@pytest.mark.parametrize("key", OWN)
def test_what_is_published_of_our_people_is_what_they_said(
    told: tuple[Reader, World], key: str
) -> None:
    reader, world = told
    kind, value = OWN[key]
    said = cells(world, kind)
    found = {
        (str(part.by["wave"]), str(part.by["unit"])): part.estimate
        for part in ask(Query(key), reader).parts
    }
    assert found.keys() == said.keys()
    shown = {name: each for name, each in found.items() if each.value is not None}
    assert shown
    for name, each in shown.items():
        assert each.value == pytest.approx(value(said[name])), name
        assert len(said[name]) >= FEWEST
        assert each.n <= len(said[name])
    for wave, unit in shown:
        # Two that are shown, one within the other, never tell of the few between them.
        for other in (name for week, name in shown if week == wave and name != unit):
            if unit == "all" or other.startswith(f"{unit}/"):
                between = len(said[wave, unit]) - len(said[wave, other])
                assert between == 0 or between >= FEWEST


def test_every_metric_has_a_slow_path() -> None:
    assert not [key for key in ELSEWHERE if key in SLOW]
    assert {*SLOW, *OWN, *ELSEWHERE} == {*catalogue()}


def _label(by: Any) -> str:
    return " ".join(str(label) for label in by.values())
