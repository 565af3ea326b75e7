"""An erasure that is killed anywhere leaves all as it was, or is finished by the next command."""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import LOG, MAPPING, Run, run
from erase import killed
from erase.people import ANNA, JOANNA, SOUGHT, import_all, mailbox, network
from erase.searching import found_on_disk, rows_left
from regard.cli.checkup import MISSING, workspace_checks
from regard.core.settings import Settings
from regard.ingest.erasing import pending
from regard.ingest.pseudonyms import key_of
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from store.days import Forks

__all__ = ["run"]
KILLED = -signal.SIGKILL
SAMPLE = int(os.environ.get("REGARD_KILLS", "3"))
NETWORK = {"quaxanna", "ann-7734", "wexorable"}
KNOWN = tuple(text for text in SOUGHT if "601" not in text and text.lower() not in NETWORK)
"""Nothing joins her account on the network to her mail here: it is left alone."""
searched = partial(found_on_disk, sought=KNOWN, but=(JOANNA,))
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Course:
    """A workspace before an erasure, its rows before and after, papers, and how many steps."""

    start: Path
    before: Rows
    after: Rows
    papers: dict[str, str]
    steps: int


def rows_of(folder: Path) -> Rows:
    """All rows; of who was erased only that it was, not when."""
    rows = rows_left(folder)
    for row in rows["customer"]:
        row["erased_at"] = bool(row["erased_at"])
    return rows


def papers_of(folder: Path) -> dict[str, str]:
    """What lies beside the store."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for part in ("quarantine", "imports")
        for path in sorted((folder / part).iterdir())
    }


@pytest.fixture(name="forks", scope="module")
def _forks() -> Iterator[Forks]:
    with Forks(killed.__file__) as started:
        yield started


@pytest.fixture(name="course", scope="module")
def _course(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Course:
    """A workspace with facts, and what an erasure makes of it that nobody disturbs."""
    start = tmp_path_factory.mktemp("killed") / "start"
    init_workspace(start, Settings(name="Killed"))
    import_all(start, (mailbox, network))
    key_of(start)
    assert forks.run(start, "none", "build").code == 0
    calm = shutil.copytree(start, start.with_name("calm"))
    ended = forks.run(calm, "count:0", "erase", ANNA, "--yes")
    assert ended.code == 0, ended.said
    assert searched(calm) == set()
    return Course(
        start, rows_of(start), rows_of(calm), papers_of(calm), int(ended.said.split()[-1])
    )


def faults(steps: int) -> list[str]:
    """Some of all steps, the first and the last among them; before, in or after it."""
    chosen = sorted({round(1 + place * (steps - 1) / (SAMPLE - 1)) for place in range(SAMPLE)})
    moments = ("before", "within", "after")
    return [f"{moments[place % 3]}:{step}" for place, step in enumerate(chosen)]


def test_killed_at_any_step_it_has_not_begun_or_is_finished_by_the_next_command(
    course: Course, forks: Forks, tmp_path: Path
) -> None:
    assert course.steps > 3 * SAMPLE
    begun = 0
    for place, fault in enumerate(faults(course.steps)):
        folder = shutil.copytree(course.start, tmp_path / fault.replace(":", " "))
        assert forks.run(folder, fault, "erase", ANNA, "--yes").code == KILLED
        assert rows_of(folder) in (course.before, course.after)
        if pending(folder) is None and rows_of(folder) == course.before:
            again = forks.run(folder, "none", "erase", ANNA, "--yes")
        else:
            begun += 1
            if begun == 1:
                assert forks.run(folder, f"after:{course.steps // 3}", "erase").code == KILLED
            again = forks.run(folder, "none", ("erase", "build")[place % 2])
        if "no erasure was interrupted" not in again.said:
            assert again.code == 0, again.said
        assert searched(folder) == set(), fault
        assert rows_of(folder) == course.after
        assert papers_of(folder) == course.papers
        assert pending(folder) is None
        assert [path.name for path in folder.rglob("*.draft")] == []
        last = folder
    assert MISSING not in {one.verdict for one in workspace_checks(last)}
    assert begun > SAMPLE / 2


def test_what_is_imported_after_a_kill_is_erased_too(
    course: Course, forks: Forks, tmp_path: Path, run: Run
) -> None:
    """Killed before even the marks are there, by which an import knows who was erased."""
    folder = shutil.copytree(course.start, tmp_path / "w")
    assert forks.run(folder, "before:2", "erase", ANNA, "--yes").code == KILLED
    assert pending(folder) is not None
    # A program that knows nothing of erasures imports meanwhile.
    import_all(folder, (mailbox,))
    log, mapping = tmp_path / "log.csv", tmp_path / "map.toml"
    log.write_text(LOG)
    mapping.write_text(MAPPING)
    words = ("tabular", log, "--map", mapping, "--no-build", "--workspace", folder)
    said = run("import", *words)
    assert said.code == 0
    assert "An erasure was interrupted; it is finished first." in said.err
    assert searched(folder) == set()
    assert len(rows_left(folder)["ticket"]) == len(course.after["ticket"]) + 3
    assert "already" in run("erase", ANNA, "--workspace", folder).out
    assert open_store(folder).head().covers["desk"]
