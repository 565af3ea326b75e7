"""Patients' answers to the Friends and Family Test, counted beside a plain reading of the file."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

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
FILE = "feedback/nhs_friends_and_family.csv.gz"
SCORES = ("1", "2", "3", "4", "5")
"""1 is very good; 6 and 7 are no score."""


@pytest.fixture(scope="module", name="reader")
def _reader(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("nhs")
    init_workspace(folder, Settings(zone="Europe/London"))
    parcel = parse(shared_data / FILE, load_mapping("nhs_friends_and_family"))
    run_import([parcel], open_store(folder), folder)
    build(folder)
    with open_reader(folder) as reader:
        yield reader


@pytest.fixture(scope="module", name="scores")
def _scores(shared_data: Path) -> Counter[str]:
    """Respondents by their score, each once however many comments they wrote."""
    first: dict[str, str] = {}
    with gzip.open(shared_data / FILE, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            said = row["FFT categorical answer"].strip()
            if said in SCORES:
                first.setdefault(row["Respondent ID"].strip(), said)
    return Counter(first.values())


def _parts(reader: Reader, key: str) -> tuple[Part, ...]:
    return ask(Query(key), reader).parts


def test_the_scale_upside_down_is_turned(reader: Reader, scores: Counter[str]) -> None:
    (part,) = _parts(reader, "csat")
    content, all_of_them = scores["1"] + scores["2"], sum(scores.values())
    assert (part.estimate.n, part.coverage["scales"]) == (all_of_them, ["5–1"])
    assert part.estimate.value == pytest.approx(content / all_of_them)
    # Nobody is named, so every answer is somebody of their own.
    low, high = proportion_confint(content, all_of_them, method="wilson")
    assert part.estimate.low == pytest.approx(low)
    assert part.estimate.high == pytest.approx(high)


def test_scores_are_shown_as_they_were_given(reader: Reader, scores: Counter[str]) -> None:
    found = {part.by["score"]: part.estimate.value for part in _parts(reader, "csat_distribution")}
    total = sum(scores.values())
    assert found == {score: pytest.approx(scores[score] / total) for score in SCORES}


def test_the_mean_is_high_where_patients_are_content(reader: Reader, scores: Counter[str]) -> None:
    (part,) = _parts(reader, "csat_mean")
    turned = sum((6 - int(score)) * n for score, n in scores.items()) / sum(scores.values())
    assert part.by == {"scale": "5–1"}
    assert part.estimate.value == pytest.approx(turned)


def test_nobody_was_invited_so_there_is_no_response_rate(reader: Reader) -> None:
    result = ask(Query("response_rate"), reader)
    assert result.parts[0].estimate.value is None
    assert result.lacking == ("invitation",)
