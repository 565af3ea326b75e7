"""Several processes at one store: readers see whole versions, writers take turns."""

import json
from pathlib import Path

from regard.store.lock import held
from regard.store.store import open_store
from store import processes
from store.processes import end, start


def test_readers_see_one_version_whole_while_another_process_imports(tmp_path: Path) -> None:
    open_store(tmp_path).upsert(processes.batch(0))
    readers = [start("read", tmp_path, 4) for _ in range(2)]
    writer = start("write", tmp_path, 1, 12)
    told = [json.loads(said) for said in end(*readers, writer)[:2]]
    assert [each["torn"] for each in told] == [[], []]
    assert max(len(each["versions"]) for each in told) > 1
    assert open_store(tmp_path).head().version == 13


def test_two_importers_at_once_both_land(tmp_path: Path) -> None:
    end(*(start("write", tmp_path, first, 3) for first in (10, 20)))
    head = open_store(tmp_path).head()
    assert (head.version, head.imports) == (6, 6)
    with open_store(tmp_path).snapshot() as snapshot:
        # Three batches of 20 new tickets each, and the 20 before the first of them.
        assert snapshot.rows_of("ticket") == 2 * 4 * processes.BATCH
        assert snapshot.rows_of("ticket_change") == 2 * 3 * 2 * processes.BATCH


def test_two_builds_at_once_take_turns_and_one_finds_nothing_to_do(tmp_path: Path) -> None:
    open_store(tmp_path).upsert(processes.batch(0))
    with held(open_store(tmp_path).folder / "build.lock"):
        builders = [start("build", tmp_path, "none") for _ in range(2)]
        with_nothing = open_store(tmp_path).head().facts
    assert with_nothing == {}
    end(*builders)
    # One import and one build.
    assert open_store(tmp_path).head().version == 2
