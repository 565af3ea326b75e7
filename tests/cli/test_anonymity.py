"""What our own people answered, on the command line: as a whole; the rest is a plain error."""

from pathlib import Path

import pytest

from insight.test_anonymity import CLOSED, later, wave
from metrics.small import workspace
from metrics.surveyed import COVERS

from .conftest import Run


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = wave("spring", CLOSED, {"north": [5, 4, 2, 4, 1, 5], "south": [5] * 8 + [1] * 4})
    events["response"] += later()["response"]
    made: Path = workspace(tmp_path_factory.mktemp("ours") / "w", events, covers=COVERS)
    return made


def test_a_wave_is_shown_by_unit_with_bands(folder: Path, run: Run) -> None:
    done = run("ask", "agent_satisfaction", "--workspace", folder)
    assert done.code == 0
    for said in ("spring", "all units", "north", "south", "10–19", "5–9"):
        assert said in done.out


def test_a_table_for_sheets_names_wave_and_unit(folder: Path, run: Run) -> None:
    done = run("ask", "agent_satisfaction", "--workspace", folder, "--format", "csv")
    assert done.out.splitlines()[0].startswith("wave,unit,value,low,high,n,note")
    assert "spring,north,0.67," in done.out


@pytest.mark.parametrize(
    "words",
    [("--sql",), ("--from", "2026-03-01"), ("--by", "month"), ("--where", "unit=north")],
    ids=str,
)
def test_whatever_would_choose_is_refused(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    done = run("ask", "agent_satisfaction", "--workspace", folder, *words)
    assert done.code != 0
    assert done.out == ""
    assert "nobody can be made out" in " ".join(done.err.split())


def test_their_answers_are_not_exported(folder: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "ours.csv"
    done = run("export", "agent_answer_fact", "--out", out, "--workspace", folder)
    assert done.code != 0
    assert "agent_answer_fact" in done.err
    assert list(tmp_path.iterdir()) == []
