"""New York's complaints to its council: how long they took to settle, by an independent count."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.ingest.grammar import load_mapping
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.insight.ask import ask
from regard.metrics.engine import Part
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace

pytestmark = pytest.mark.real
DAY = 86_400
FILE = "tickets/nycomplaints.csv.gz"


@pytest.fixture(scope="module", name="city")
def _city(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The city's complaints in a workspace."""
    folder = tmp_path_factory.mktemp("city")
    init_workspace(folder, Settings(zone="America/New_York"))
    parcel = parse(shared_data / FILE, load_mapping("complaints_nyc"))
    run_import([parcel], open_store(folder), folder)
    build(folder)
    with open_reader(folder) as reader:
        yield reader


def asked(city: Reader, key: str, **said: str) -> list[Part]:
    """The parts of an answer."""
    return list(ask(Query.parse(key, said), city).parts)


def days(city: Reader, key: str, **said: str) -> float:
    """A time in days: a change of clocks moves midnights by an hour."""
    (part,) = asked(city, key, **said)
    assert part.estimate.value is not None
    return round(part.estimate.value / DAY)


def test_finished_complaints_took_7_days_and_a_quarter_more_than_73(city: Reader) -> None:
    assert days(city, "complaint_time_to_settle_finished") == 7
    assert days(city, "complaint_time_to_settle_finished", quantile="0.75") == 73


def test_the_open_ones_are_in_the_headline(city: Reader, shared_data: Path) -> None:
    (part,) = asked(city, "complaint_time_to_settle")
    done = part.estimate.n - part.coverage["open"]
    assert part.estimate.n == 341299 - 105
    assert done / part.estimate.n == pytest.approx(0.959, abs=0.0005)
    wanted = {q: kaplan_meier(shared_data / FILE, q) for q in (0.5, 0.75, 0.9)}
    found = {q: days(city, "complaint_time_to_settle", quantile=str(q)) for q in wanted}
    assert found == wanted
    assert found[0.75] > 73


def kaplan_meier(path: Path, q: float) -> int:
    """The day by which a share was settled, counted by hand over whole days."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = {row["unique_key"]: row for row in csv.DictReader(file)}
    opened = {key: date.fromisoformat(row["opendate"]) for key, row in rows.items()}
    closed = {
        key: date.fromisoformat(row["closedate"]) for key, row in rows.items() if row["closedate"]
    }
    last = max(*opened.values(), *closed.values())
    settled = Counter((closed[key] - opened[key]).days for key in closed)
    waiting = Counter((last - opened[key]).days for key in opened if key not in closed)
    at_risk, stays = len(rows), 1.0
    for day in sorted({*settled, *waiting}):
        stays *= 1 - settled[day] / at_risk
        if 1 - stays >= q:
            return day
        at_risk -= settled[day] + waiting[day]
    raise AssertionError("never reached")


def test_a_city_that_keeps_no_acknowledgements_lets_nobody_wait_for_one(city: Reader) -> None:
    (part,) = asked(city, "complaint_time_to_acknowledge")
    assert part.estimate.value is None
    assert part.coverage["excluded"] == {"its source keeps no acknowledgements": 341299 - 105}


def test_causes_are_shares_of_what_is_known(city: Reader) -> None:
    found = asked(city, "complaint_causes")
    values = [part.estimate.value or 0 for part in found]
    assert values == sorted(values, reverse=True)
    assert sum(values) >= 1
