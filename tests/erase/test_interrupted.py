"""An erasure that is interrupted anywhere is finished by running it again, with the same end."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run, run
from erase.people import ANNA, found_on_disk, import_all, rows_left
from regard.core.settings import Settings
from regard.ingest import erasing, quarantine
from regard.store import deltas, manifest, purging
from regard.store import erasing as store_erasing
from regard.store.store import open_store
from regard.store.workspace import init_workspace

__all__ = ["run"]


class PlugPulledError(BaseException):
    """The machine went off: nothing may catch this and go on."""


STEPS: list[tuple[Any, str, int]] = [
    (erasing, "write_whole", 0),
    (erasing, "enter", 0),
    (erasing, "rewrite", 0),
    (store_erasing.deltas, "replace", 0),
    (store_erasing.deltas, "replace", 3),
    (manifest, "write", 0),
    (erasing, "_wipe_quarantine", 0),
    (quarantine, "write_whole", 0),
    (erasing, "write_whole", 2),
    (erasing, "_wipe_reports", 0),
    (erasing, "purge", 0),
    (manifest, "erase_before", 0),
    (purging.deltas, "forget", 0),
    (purging.deltas, "forget", 5),
    (deltas, "files_of", 40),
    (erasing, "_strangers", 0),
]


@contextmanager
def pulled(where: Any, name: str, after: int) -> Iterator[list[str]]:
    """The plug is pulled at the call of that number of a function; whether it was."""
    real: Callable[..., Any] = getattr(where, name)
    calls = 0
    hit: list[str] = []

    def counting(*args: Any, **named: Any) -> Any:
        nonlocal calls
        if calls == after:
            hit.append(name)
            raise PlugPulledError
        calls += 1
        return real(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, counting)
        yield hit


@pytest.fixture(name="start", scope="module")
def _start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pulled") / "start"
    init_workspace(folder, Settings(name="Pulled"))
    import_all(folder)
    return folder


@pytest.fixture(name="undisturbed", scope="module")
def _undisturbed(start: Path) -> Path:
    from regard.cli import main

    folder = start.with_name("undisturbed")
    shutil.copytree(start, folder)
    with pytest.raises(SystemExit):
        main(["erase", ANNA, "--yes", "--workspace", str(folder)])
    return folder


def state(folder: Path) -> dict[str, Any]:
    """All that an erasure leaves, but for the instant of it and versions."""
    rows = rows_left(folder)
    for row in rows["customer"]:
        row["erased_at"] = bool(row["erased_at"])
    texts = {
        path.relative_to(folder).as_posix(): path.read_text()
        for part in ("quarantine", "imports")
        for path in sorted((folder / part).iterdir())
    }
    marks = sorted((folder / "erased.json").read_text().split('"')[1::4])
    return {"rows": rows, "texts": texts, "marks": len(marks)}


@pytest.mark.parametrize(("where", "name", "after"), STEPS)
def test_run_again_it_ends_as_an_undisturbed_one(
    start: Path, undisturbed: Path, tmp_path: Path, run: Run, where: Any, name: str, after: int
) -> None:
    folder = tmp_path / "w"
    shutil.copytree(start, folder)
    shutil.copy(undisturbed / "pseudonym.key", folder)
    from regard.cli import main

    with pulled(where, name, after) as hit, pytest.raises(PlugPulledError):
        main(["erase", ANNA, "--yes", "--workspace", str(folder)])
    assert hit
    assert sum(len(rows) for rows in rows_left(folder).values()) == sum(
        len(rows) for rows in rows_left(start).values()
    )
    assert run("erase", ANNA, "--yes", "--workspace", folder).code == 0
    assert found_on_disk(folder) == set()
    assert state(folder) == state(undisturbed)
    assert [path.name for path in folder.rglob("*.draft")] == []


def test_what_is_imported_after_the_plug_was_pulled_is_erased_too(
    start: Path, tmp_path: Path, run: Run
) -> None:
    from regard.cli import main

    folder = tmp_path / "w"
    shutil.copytree(start, folder)
    with pulled(manifest, "write", 0), pytest.raises(PlugPulledError):
        main(["erase", ANNA, "--yes", "--workspace", str(folder)])
    import_all(folder)
    version = open_store(folder).head().version
    said = run("erase", ANNA, "--workspace", folder)
    assert "interrupted is finished first" in said.err
    assert "already" in said.out
    assert open_store(folder).head().version >= version
    assert found_on_disk(folder) == set()
