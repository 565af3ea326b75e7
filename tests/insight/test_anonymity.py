"""What our own people answered: no choice, and no two answers that differ by a few people."""

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.small import Row, add, at, workspace
from metrics.surveyed import COVERS
from regard.core.errors import RegardError
from regard.facts.fact import facts
from regard.facts.reader import Reader, open_reader
from regard.insight.anonymity import LEDGER, Anonymous, kept
from regard.insight.ask import Result, Scope, ask, rows, sql
from regard.insight.change import change
from regard.insight.hours import hours
from regard.insight.listing import exported
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.metrics.waves import Waves
from regard.stats.disclosure import LEAST, Tally, publishable
from regard.stats.disclosure import Path as Unit

KEYS = [key for key, one in catalogue().items() if one.anonymous]
CLOSED = "2026-03-31 00:00"


def wave(name: str, closed: str | None, units: dict[str, list[int]]) -> dict[str, list[Row]]:
    """A wave of our people's satisfaction: the scores of each unit, 1 to 5."""
    told: dict[str, list[Row]] = {"survey": [], "response": [], "answer": []}
    said = {"survey_id": name, "version": 1, "kind": "agent", "wave": name}
    told["survey"].append(said | {"closed_at": at(closed) if closed else None})
    for unit, scores in units.items():
        for place, score in enumerate(scores):
            of = f"{name} {unit} {place}"
            given = {"survey_id": name, "version": 1, "at": at("2026-03-20 09:00"), "unit": unit}
            told["response"].append({"response_id": of, **given})
            scale = {"scale_min": 1, "scale_max": 5, "scale_inverted": False}
            own = {"response_id": of, "question_id": "q", "kind": "agent_csat", "score": score}
            told["answer"].append(own | scale)
    return told


def later() -> dict[str, list[Row]]:
    """Something that happens well after every wave."""
    given = {"survey_id": "customers", "version": 1, "at": at("2026-05-01 09:00")}
    return {"response": [{"response_id": "now", **given}]}


def told(folder: Path, key: str = "agent_satisfaction") -> Result:
    """What may be known, read anew."""
    with open_reader(folder) as reader:
        return ask(Query(key), reader)


def cells(result: Result) -> dict[tuple[str, str], tuple[float | None, int, str]]:
    """Value, n and band by wave and unit."""
    return {
        (part.by["wave"], part.by["unit"]): (
            part.estimate.value,
            part.estimate.n,
            part.coverage.get("people", ""),
        )
        for part in result.parts
    }


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    units = {"north/a": [5, 4, 2, 4, 1, 5, 5], "north/b": [4, 2, 3], "south": [5] * 8 + [1] * 4}
    events = wave("spring", CLOSED, units)
    for name, more in wave("summer", None, {"south": [1, 5, 5, 5, 5, 5]}).items():
        events[name] += more
    events["response"] += later()["response"]
    return workspace(tmp_path_factory.mktemp("ours") / "w", events, covers=COVERS)


@pytest.fixture(name="reader")
def _reader(folder: Path) -> Iterator[Reader]:
    with open_reader(folder) as reader:
        yield reader


def test_a_closed_wave_is_told_by_unit_in_bands(folder: Path) -> None:
    # north/a without north/b would give three people away, so both north and north/a are withheld.
    assert cells(told(folder)) == {
        ("spring", "all"): (0.64, 20, "20–49"),
        ("spring", "north"): (None, 0, ""),
        ("spring", "north/a"): (None, 0, ""),
        ("spring", "north/b"): (None, 0, ""),
        ("spring", "south"): (0.67, 10, "10–19"),
    }


def test_only_the_band_and_whole_percents_leave_the_house(folder: Path) -> None:
    said = json.dumps(told(folder).to_json())
    for exact in ("22", "0.6363", "0.6667", "done", "excluded"):
        assert exact not in said
    for part in told(folder).parts:
        for number in (part.estimate.value, part.estimate.low, part.estimate.high):
            assert number is None or number == round(number, 2)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "said",
    [
        {"from": "2026-01-01"},
        {"to": "2026-04-01"},
        {"by": "month"},
        {"by": "source"},
        {"where": "source=s"},
        {"as_of": "2026-04-15"},
    ],
    ids=str,
)
def test_anonymity_leaves_nothing_to_choose(reader: Reader, key: str, said: dict[str, str]) -> None:
    with pytest.raises(Anonymous, match="as a whole"):
        ask(Query.parse(key, said), reader)


@pytest.mark.parametrize("key", KEYS)
def test_anonymity_holds_in_every_door(reader: Reader, key: str) -> None:
    query = Query(key)
    for scope in (Scope(teams=("north",)), Scope(agents=("ann",))):
        with pytest.raises(Anonymous):
            ask(query, reader, scope)
    for kind in ("counted", "waiting", "excluded"):
        with pytest.raises(Anonymous):
            rows(query, reader, kind=kind)
    with pytest.raises(Anonymous):
        sql(query, reader)
    with pytest.raises(RegardError):
        hours(query, reader)
    march = Query.parse(key, {"from": "2026-03-01", "to": "2026-04-01"})
    with pytest.raises(Anonymous):
        change(march, reader)
    fact = catalogue()[key].fact
    assert facts()[fact].anonymous
    with pytest.raises(Anonymous):
        exported(reader, fact)


def test_a_metric_over_an_anonymous_fact_is_anonymous() -> None:
    hidden = {name for name, one in facts().items() if one.anonymous}
    assert hidden
    for key, one in catalogue().items():
        assert one.anonymous == (one.fact in hidden), key
    for name, each in facts().items():
        assert not hidden.intersection(each.reads), name


def test_what_is_imported_after_a_wave_was_told_does_not_move_it(tmp_path: Path) -> None:
    units = {"north": [5, 4, 2, 4, 1, 5], "south": [5] * 8 + [1] * 4}
    events = wave("spring", CLOSED, units)
    events["response"] += later()["response"]
    folder = workspace(tmp_path / "w", events, covers=COVERS)
    first = told(folder)
    before = cells(first)
    assert before["spring", "south"] == (0.67, 10, "10–19")
    # One more of the south, who was content, and one of the north who was erased.
    late = wave("spring", CLOSED, {"south": [0] * 12 + [5], "north": []})
    add(folder, {name: each[-1:] for name, each in late.items() if name != "survey"}, covers=COVERS)
    assert cells(told(folder)) == before
    with open_reader(folder, first.store_version) as reader:
        assert cells(ask(Query("agent_satisfaction"), reader)) == before
    assert (folder / LEDGER).stat().st_mode & 0o077 == 0


def test_a_wave_of_which_nothing_could_be_told_may_still_grow(tmp_path: Path) -> None:
    few = wave("spring", CLOSED, {"north": [5, 1, 4]})
    few["response"] += later()["response"]
    folder = workspace(tmp_path / "w", few, covers=COVERS)
    assert {value for value, _, _ in cells(told(folder)).values()} == {None}
    add(folder, wave("spring", CLOSED, {"north": [5, 1, 4, 4, 5, 2]}), covers=COVERS)
    assert cells(told(folder))["spring", "north"] == (0.67, 5, "5–9")


SIZES = st.integers(0, 6)
TALLIES = st.builds(lambda up, down: Tally(up + down, up, down, 0), SIZES, SIZES)
UNITS = st.dictionaries(
    st.sampled_from([("a",), ("b",), ("a", "x"), ("a", "y"), ("c",)]), TALLIES, min_size=1
)
IMPORTS = st.lists(UNITS, min_size=1, max_size=5)


@given(IMPORTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_two_permitted_answers_differ_by_one_to_four_people(
    states: list[dict[Unit, Tally]],
) -> None:
    """Whatever is imported between two askings, no difference of any two cells is of a few."""
    wave_of = ("s", "survey", "spring")
    people: set[tuple[Unit, int]] = set()
    found: list[tuple[Unit, Tally]] = []
    with TemporaryDirectory() as folder:
        for leaves in states:
            waves: Waves = kept(Path(folder), "agent_satisfaction", {wave_of: leaves})
            found += publishable(waves[wave_of]).items()
    sizes: dict[Unit, Tally] = {}
    for unit, tally in found:
        people.add((unit, tally.people))
        assert sizes.setdefault(unit, tally) == tally, "one cell was told twice, and differently"
    for (one, mine), (other, theirs) in combinations(people, 2):
        nested = one[: len(other)] == other or other[: len(one)] == one
        gap = abs(mine - theirs)
        assert not nested or gap == 0 or gap >= LEAST
