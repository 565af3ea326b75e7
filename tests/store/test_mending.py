"""A file deleted or cut by hand is named with the way back, and the way leads back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from regard.cli.app import app
from regard.cli.checkup import workspace_checks
from regard.core.errors import RegardError
from regard.core.schema import table
from regard.facts.build import build
from regard.facts.fact import fact
from regard.store.deltas import files_of
from regard.store.mending import damage_of, go_back, last_whole, leave_out
from regard.store.snapshot import Snapshot
from regard.store.store import Store, open_store
from store import days, processes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two days, each imported and built."""
    folder = days.begin(tmp_path_factory.mktemp("made") / "work")
    for number in range(2):
        _day(folder, number)
    return folder


@pytest.fixture
def work(made: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    return shutil.copytree(made, tmp_path / "work")


def _day(folder: Path, number: int) -> None:
    with _few_facts():
        days.day(folder, number, few=False)


def _build_all(folder: Path) -> None:
    with _few_facts():
        build(folder, full=True, now=processes.BEGIN)


@contextmanager
def _few_facts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("regard.facts.build.can_be", lambda one, _: one.name in days.FEW)
        yield


def _run(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words), "--workspace", str(folder)])


def _doctor(folder: Path) -> str:
    """What the doctor says of a workspace's store, with the ways back."""
    checks = [one for one in workspace_checks(folder) if one.what == "store"]
    assert {one.verdict for one in checks} in ({"ok"}, {"missing"})
    return "\n".join(f"{one.found}: {one.remedy}" for one in checks)


def _newest_file(store: Store, name: str, former: int) -> Path:
    """A file that the newest version of a table has and a former version had not."""
    then = {str(file) for file in files_of(store.table_path(name), former)}
    now = files_of(store.table_path(name), store.head().tables[name])
    return Path(next(file for file in now if file not in then))


def _spoil(file: Path, how: str) -> None:
    if how == "deleted":
        file.unlink()
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:-20])
    else:
        # As long as before, with an end that is none.
        file.write_bytes(file.read_bytes()[:-20] + b"\0" * 20)


WAYS = ("deleted", "cut", "overwritten")


@pytest.mark.parametrize("how", WAYS)
def test_a_damaged_file_is_named_and_going_back_and_importing_again_mends_it(
    how: str, made: Path, work: Path
) -> None:
    store = open_store(work)
    file = _newest_file(store, "ticket", 0)
    _spoil(file, how)
    (damage,) = damage_of(store, store.head())
    assert (damage.name, damage.file) == ("ticket", file)
    # Two imports and two builds: what the first of each has stands in version 2.
    assert last_whole(store) == 2
    with pytest.raises(RegardError, match=r"of table ticket cannot be read.*`regard doctor`"):
        _day(work, 3)
    assert file.name in _doctor(work)
    assert "`regard doctor --back 2`" in _doctor(work)
    assert _run(work, "doctor", "--back", 2).exit_code == 0
    assert "regard doctor" not in _doctor(work)
    with store.snapshot(5) as then, store.snapshot(2) as former:
        assert _rows(then, "ticket") == _rows(former, "ticket")
    _day(work, 1)
    assert _without_numbers(work) == _without_numbers(made)


def _rows(snapshot: Snapshot, name: str) -> pa.Table:
    rows = snapshot.table(name).to_pyarrow()
    return rows.sort_by([(column, "ascending") for column in table(name).key])


def _without_numbers(folder: Path) -> dict[str, pa.Table]:
    """The rows of all tables and facts, but not the number of the import that brought them."""
    with open_store(folder).snapshot() as snapshot:
        found = {
            name: _rows(snapshot, name).drop_columns(["import_number"])
            for name in snapshot.manifest.tables
        }
        for name in snapshot.manifest.facts:
            rows = snapshot.fact(name, fact(name).schema).to_pyarrow()
            found[name] = rows.sort_by([(column, "ascending") for column in fact(name).key])
    return found


@pytest.mark.parametrize("how", WAYS)
def test_going_on_without_a_damaged_file_and_importing_all_again_gives_the_same_rows(
    how: str, made: Path, work: Path
) -> None:
    store = open_store(work)
    for file in files_of(store.table_path("ticket"), store.head().tables["ticket"])[:3]:
        _spoil(Path(file), how)
    assert _run(work, "doctor", "--mend").exit_code == 0
    assert damage_of(store, store.head()) == ()
    with store.snapshot() as snapshot:
        assert 0 < snapshot.rows_of("ticket") < 2 * processes.BATCH
    for number in range(2):
        _day(work, number)
    assert _without_numbers(work) == _without_numbers(made)


def test_where_nothing_is_damaged_going_on_without_it_changes_nothing(work: Path) -> None:
    head = open_store(work).head()
    assert leave_out(open_store(work)) == (head, 0)
    assert "nothing was changed" in _run(work, "doctor", "--mend").output
    assert open_store(work).head() == head


@pytest.mark.parametrize("how", [*WAYS, "log"])
def test_a_damaged_fact_is_named_and_a_full_build_makes_it_anew(
    how: str, made: Path, work: Path
) -> None:
    store = open_store(work)
    version = store.head().facts["ticket_fact"]
    path = store.fact_path("ticket_fact")
    if how == "log":
        for commit in (path / "_delta_log").glob("*.json"):
            commit.write_text('{"add":{"pa')
    else:
        _spoil(Path(files_of(path, version)[0]), how)
    assert "ticket_fact" in _doctor(work)
    assert "`regard build --full`" in _doctor(work)
    with pytest.raises(RegardError, match="`regard build --full`"), store.snapshot() as snapshot:
        snapshot.fact("ticket_fact", fact("ticket_fact").schema)
    with pytest.raises(RegardError, match="`regard build --full`"):
        _day(work, 2)
    assert store.head().facts["ticket_fact"] == version
    _build_all(work)
    assert damage_of(store, store.head()) == ()
    _day(shutil.copytree(made, work.parent / "calm"), 2)
    mended, calm = _without_numbers(work), _without_numbers(work.parent / "calm")
    assert {name: mended[name] for name in calm} == calm


@pytest.mark.parametrize("text", ["", '{"version": 4, "tab', "[]", '{"version": 4}', "{}"])
def test_a_damaged_manifest_is_a_clear_error_and_the_doctor_leads_back(
    text: str, work: Path
) -> None:
    store = open_store(work)
    (store.manifests / "00000004.json").write_text(text)
    for reading in (store.head, lambda: store.snapshot(4), lambda: store.upsert({})):
        with pytest.raises(RegardError, match=r"manifest 00000004\.json is damaged"):
            reading()
    assert "`regard doctor --back 3`" in _doctor(work)
    assert _run(work, "doctor", "--back", 3).exit_code == 0
    assert store.head().version == 5
    with store.snapshot() as snapshot:
        assert snapshot.rows_of("ticket") == 2 * processes.BATCH
    _day(work, 1)
    assert store.head().facts_of == store.head().imports


def test_going_back_to_a_version_that_is_damaged_changes_nothing(work: Path) -> None:
    store = open_store(work)
    Path(files_of(store.table_path("ticket"), store.head().tables["ticket"])[0]).unlink()
    with pytest.raises(RegardError, match="Version 4 is damaged too: ticket"):
        go_back(store, 4)
    with pytest.raises(RegardError, match="no version 9"):
        go_back(store, 9)
    assert store.head().version == 4


def test_a_copy_of_a_manifest_beside_it_is_no_version(work: Path) -> None:
    store = open_store(work)
    shutil.copy(store.manifests / "00000004.json", store.manifests / "00000004 (copy).json")
    assert store.head().version == 4


def test_a_commit_that_a_power_cut_left_half_written_is_undone(made: Path, work: Path) -> None:
    store = open_store(work)
    for name, version in store.head().tables.items():
        log = store.table_path(name) / "_delta_log"
        (log / f"{version + 1:020}.json").write_text('{"add":{"pa')
    for folder in (work, shutil.copytree(made, work.parent / "calm")):
        _day(folder, 2)
    assert days.state_of(work) == days.state_of(work.parent / "calm")
