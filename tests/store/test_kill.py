"""Killed at any step, a write leaves the former version, and running it again mends all."""

import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from regard.core.schema import table
from regard.facts.fact import fact, facts
from regard.facts.reader import open_reader
from regard.store.store import open_store
from store import processes

SCRIPT = Path(processes.__file__)
TABLES = ("ticket", "ticket_change")


def _run(*said: object) -> int:
    """What a process of its own ends with."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, said)], check=False, stderr=subprocess.DEVNULL
    ).returncode


def _rows(folder: Path, version: int | None = None) -> dict[str, pa.Table]:
    with open_store(folder).snapshot(version) as snapshot:
        found = {name: snapshot.table(name).to_pyarrow() for name in TABLES}
    return {
        name: rows.sort_by([(column, "ascending") for column in table(name).key])
        for name, rows in found.items()
    }


def _facts(folder: Path) -> dict[str, pa.Table]:
    with open_reader(folder) as reader:
        found = {name: reader.fact(name).to_pyarrow() for name in facts()}
    return {
        name: rows.sort_by([(column, "ascending") for column in fact(name).key])
        for name, rows in found.items()
    }


# The second import merges two tables and links one manifest: three steps that last.
@pytest.mark.parametrize("fault", ["within:1", "after:1", "within:2", "after:2", "before:3"])
def test_a_killed_import_leaves_the_former_version_and_a_second_run_mends_it(
    tmp_path: Path, fault: str
) -> None:
    for folder in ("killed", "calm"):
        processes.main("import", str(tmp_path / folder), "0", "none")
    before = _rows(tmp_path / "killed")
    assert _run("import", tmp_path / "killed", 1, fault) == -signal.SIGKILL
    assert open_store(tmp_path / "killed").head().version == 1
    assert _rows(tmp_path / "killed") == before
    processes.main("import", str(tmp_path / "killed"), "1", "none")
    processes.main("import", str(tmp_path / "calm"), "1", "none")
    assert _rows(tmp_path / "killed") == _rows(tmp_path / "calm")
    assert _rows(tmp_path / "killed", 1) == before


def test_a_first_import_killed_before_its_manifest_leaves_an_empty_store(tmp_path: Path) -> None:
    for fault in ("after:1", "within:2", "before:3"):
        assert _run("import", tmp_path, 0, fault) == -signal.SIGKILL
        assert open_store(tmp_path).head().version == 0
    processes.main("import", str(tmp_path), "0", "none")
    assert _rows(tmp_path)["ticket"].num_rows == processes.BATCH


def test_a_manifest_that_was_linked_counts_though_its_writer_was_killed(tmp_path: Path) -> None:
    assert _run("import", tmp_path, 0, "after:3") == -signal.SIGKILL
    assert open_store(tmp_path).head().version == 1
    assert _rows(tmp_path)["ticket"].num_rows == processes.BATCH


def test_killed_and_killed_again_and_then_nothing_new_makes_no_versions(tmp_path: Path) -> None:
    processes.main("import", str(tmp_path), "0", "none")
    assert _run("import", tmp_path, 1, "after:1") == -signal.SIGKILL
    log = open_store(tmp_path).table_path("ticket") / "_delta_log"
    for _ in range(3):
        processes.main("import", str(tmp_path), "0", "none")
    # The first of the three brings the table back once; the others find nothing to do.
    assert len(list(log.glob("*.json"))) == 3
    assert open_store(tmp_path).head().version == 1


@pytest.mark.parametrize("fault", ["after:1", "within:2", "before:4"])
def test_a_killed_build_leaves_the_former_facts_and_a_second_run_mends_them(
    tmp_path: Path, fault: str
) -> None:
    processes.main("import", str(tmp_path), "0", "none")
    processes.main("build", str(tmp_path), "none")
    before = _facts(tmp_path)
    # Agents reach every ticket: the second build makes three facts whole, and a manifest.
    agents = [table("agent").row(source="desk", agent_id="ann", bot=False)]
    rows = {"agent": pa.Table.from_pylist(agents, schema=table("agent").schema)}
    open_store(tmp_path).upsert(processes.batch(1) | rows)
    assert _run("build", tmp_path, fault) == -signal.SIGKILL
    assert _facts(tmp_path) == before
    processes.main("build", str(tmp_path), "none")
    found = _facts(tmp_path)
    assert found["ticket_fact"].num_rows == 2 * processes.BATCH
    calm = tmp_path / "calm"
    open_store(calm).upsert(processes.batch(0))
    open_store(calm).upsert(processes.batch(1) | rows)
    processes.main("build", str(calm), "none")
    assert found == _facts(calm)
