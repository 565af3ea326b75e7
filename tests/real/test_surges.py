"""The surges of New Yorkers' complaints in the spring of 2020, with their weeks."""

import importlib.util
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from regard.stats.emergence import Table, surges

pytestmark = pytest.mark.real
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "surges.py"
FILE = "tickets/nycomplaints.csv.gz"


@pytest.fixture(scope="module", name="benchmark")
def _benchmark() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("surges", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules["surges"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["surges"]


@pytest.fixture(scope="module", name="city")
def _city(benchmark: ModuleType, shared_data: Path) -> Any:
    return benchmark.read_city(shared_data / FILE)


def test_covid_and_jobs_surge_in_the_weeks_in_which_they_did(
    benchmark: ModuleType, city: Any
) -> None:
    low, high = ((day - benchmark.FIRST).days for day in benchmark.SPRING)
    told = {city.types[o.kind]: o for o in surges(city.table) if low <= o.told < high}

    def day(place: int) -> date:
        return date.fromisoformat(benchmark._day(place))

    assert set(told) == {"COVID-19", "Economy/Jobs"}
    covid, jobs = told["COVID-19"], told["Economy/Jobs"]
    # New York closed its schools on 16 March; claims of the unemployed broke its lines in April.
    assert date(2020, 3, 9) <= day(covid.told) <= date(2020, 3, 22)
    assert date(2020, 4, 20) <= day(jobs.told) <= date(2020, 5, 3)
    assert covid.seen > 1_000
    assert covid.seen > 20 * covid.expected
    assert jobs.seen > 5 * jobs.expected


def test_over_nine_years_alarms_are_few_and_large(city: Any) -> None:
    found = surges(city.table)
    assert len(found) <= 8 * 9
    assert sum(one.seen >= 3 * one.expected for one in found) >= 0.9 * len(found)


def test_unemployment_meals_and_health_surge_by_their_descriptors(
    benchmark: ModuleType, shared_data: Path
) -> None:
    finer = benchmark.read_city(shared_data / FILE, finer=True)
    wanted = {
        "Economy/Jobs/Unemployment Insuran": (date(2020, 3, 30), date(2020, 4, 26)),
        "Aging/Meals On Wheels": (date(2020, 3, 23), date(2020, 4, 12)),
        "COVID-19/Health": (date(2020, 3, 16), date(2020, 4, 5)),
        "Public Safety/Fireworks": (date(2020, 6, 8), date(2020, 6, 28)),
    }
    names = sorted(wanted)
    rows = [finer.types.index(name) for name in names]
    table = Table(finer.table.counts[rows], finer.table.totals)
    low, high = ((day - benchmark.FIRST).days for day in benchmark.SPRING)
    told = {names[o.kind]: o.told for o in surges(table) if low <= o.told < high}
    assert set(told) == set(wanted)
    for name, (first, last) in wanted.items():
        assert first <= date.fromisoformat(benchmark._day(told[name])) <= last
