"""Killed at every step that lasts, or at any instant: the store stands, and a second run mends."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import crashes, days

KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def forks() -> Iterator[days.Forks]:
    """Processes that start at once."""
    with days.Forks() as started:
        yield started


@pytest.fixture(scope="module")
def course(forks: days.Forks, tmp_path_factory: pytest.TempPathFactory) -> crashes.Course:
    """A workspace of one day, and what an undisturbed second day makes of it."""
    return crashes.undisturbed(forks, tmp_path_factory.mktemp("course"), "few")


def test_a_day_killed_in_any_of_its_steps_leaves_a_whole_version_and_is_mended(
    forks: days.Forks, course: crashes.Course, tmp_path: Path
) -> None:
    calm = shutil.copytree(course.base, tmp_path / "counted")
    steps = int(forks.run("day", calm, 1, "count:0", "few").said)
    # Two tables, the manifest, rejects, the report, two facts with the SQL that is kept of each,
    # and the manifest that names them.
    assert steps == 10
    stages = []
    for fault in [*(f"within:{step}" for step in range(1, steps + 1)), f"after:{steps}"]:
        place = shutil.copytree(course.base, tmp_path / fault.replace(":", " "))
        assert forks.run("day", place, 1, fault, "few").code == KILLED
        stages.append(course.states.index(days.state_of(place)))
        assert forks.run("day", place, 1, "none", "few").code == 0
        assert days.state_of(place) == course.states[2]
        assert days.papers_of(place) == course.papers
        assert days.left_behind(place) == []
    assert stages == [0, 0, 0, *[1] * 7, 2]


def test_an_import_killed_in_any_step_of_a_compaction_is_mended(
    forks: days.Forks, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    for number in (1, 5):
        assert forks.run("take", base, number).code == 0
    calm = shutil.copytree(base, tmp_path / "calm")
    # Writing and folding of two tables, and the manifest.
    assert forks.run("take", calm, 9, "count:0", 4).said == "5"
    log = calm / "store" / "tables" / "ticket" / "_delta_log"
    assert '"OPTIMIZE"' in sorted(log.glob("*.json"))[-1].read_text()
    states = [days.state_of(base), days.state_of(calm)]
    for fault in ("after:1", "after:2", "after:3", "after:4", "after:5"):
        place = shutil.copytree(base, tmp_path / fault)
        assert forks.run("take", place, 9, fault, 4).code == KILLED
        assert days.state_of(place) == states[fault == "after:5"]
        assert forks.run("take", place, 9, "none", 4).code == 0
        assert days.state_of(place) == states[1]


@pytest.mark.parametrize("second", ["within:1", "after:1", "after:2"])
def test_killed_while_undoing_what_a_killed_import_left_it_is_mended(
    forks: days.Forks, tmp_path: Path, second: str
) -> None:
    place, calm = tmp_path / "killed", tmp_path / "calm"
    for folder in (place, calm):
        assert forks.run("take", folder, 0).code == 0
    before = days.state_of(place)
    assert forks.run("take", place, 1, "after:2").code == KILLED
    assert forks.run("take", place, 1, second).code == KILLED
    assert days.state_of(place) == before
    for folder in (place, calm):
        assert forks.run("take", folder, 1).code == 0
    assert days.state_of(place) == days.state_of(calm)


def test_killed_while_a_first_import_is_taken_away_it_is_mended(
    forks: days.Forks, tmp_path: Path
) -> None:
    place, calm = tmp_path / "killed", tmp_path / "calm"
    assert forks.run("take", place, 0, "after:2").code == KILLED
    # The first step of the second run takes the folder away, and dies when half of it is gone.
    assert forks.run("take", place, 0, "within:1").code == KILLED
    for folder in (place, calm):
        assert forks.run("take", folder, 0).code == 0
    assert days.state_of(place) == days.state_of(calm)


def test_killed_at_random_instants_nothing_is_lost_or_doubled(
    forks: days.Forks, tmp_path: Path
) -> None:
    counts = crashes.campaign(forks, tmp_path, 8, seed=7, facts="few")
    assert counts.wrong == []
    assert counts.kills + counts.too_late == 8
    assert counts.before + counts.imported + counts.built == counts.kills > 3
