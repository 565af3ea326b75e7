"""Of contacts and issues a rebuild makes only what the change reaches, and that exactly."""

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.changing import change, world
from regard.core.schema import Row, table
from regard.facts import build as building
from regard.facts import contact_reach
from regard.facts.build import build
from regard.facts.compute import compute
from regard.facts.fact import fact, facts
from regard.facts.openings import hours_of
from regard.store.store import open_store
from worlds import ALWAYS, built, fact_table, take_tables

OF_PERSONS = ("contact_fact", "episode_fact")


@pytest.fixture(scope="module", autouse=True)
def _always_in_part() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "FEW_ROWS", 0)
        patch.setattr(contact_reach, "MOST", 1.0)
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
    needed: list[str] = []
    for name in reversed(facts()):
        if name in OF_PERSONS or any(name in fact(other).reads for other in needed):
            needed.insert(0, name)
    with open_store(folder).snapshot() as snapshot:
        made = compute(snapshot, hours_of(folder, snapshot), needed)
        return {
            name: made[name].to_pyarrow().sort_by([(one, "ascending") for one in fact(name).key])
            for name in OF_PERSONS
        }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_whatever_changes_the_part_built_makes_the_whole(seed: int) -> None:
    dice = random.Random(seed)
    with TemporaryDirectory() as place:
        folder = built(Path(place) / "w", calendars=ALWAYS)
        take_tables(folder, brought(world(dice)))
        build(folder)
        for _ in range(3):
            rows = change(dice)
            take_tables(folder, brought(rows))
            build(folder)
            for name, wanted in anew(folder).items():
                found = fact_table(folder, name)
                if not found.equals(wanted):
                    ours, theirs = found.to_pylist(), wanted.to_pylist()
                    extra = [row for row in ours if row not in theirs]
                    lacking = [row for row in theirs if row not in ours]
                    raise AssertionError((name, rows, extra, lacking))
