"""Full disks, folders that may only be read, wrong clocks, crowds: a clear error, or it works."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from regard.core.errors import RegardError
from regard.facts.openings import FILE, calendars_of, record
from regard.store.lock import is_held
from regard.store.store import open_store
from regard.store.trouble import writing
from store import days, processes
from store.processes import end, start

YEAR = timedelta(days=365)
PAGE = 4096


@pytest.fixture(scope="module")
def forks() -> Iterator[days.Forks]:
    """Processes that start at once."""
    with days.Forks() as started:
        yield started


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of its own that can be made full or kept from being written."""
    place = tmp_path_factory.mktemp("disk")
    if os.geteuid() != 0 or not _mounts("-t", "tmpfs", "-o", "size=64m", "tmpfs", place):
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mounts(*said: object) -> bool:
    if shutil.which("mount") is None:
        return False
    done = subprocess.run(["mount", *map(str, said)], check=False, capture_output=True)
    return done.returncode == 0


def _remount(place: Path, how: str) -> None:
    assert _mounts("-o", f"remount,{how}", place)


@pytest.fixture(scope="module")
def calm(forks: days.Forks, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A workspace after one day, and after two."""
    folder = tmp_path_factory.mktemp("calm")
    one = days.begin(folder / "one")
    assert forks.run("day", one, 0, "none", "few").code == 0
    two = shutil.copytree(one, folder / "two")
    assert forks.run("day", two, 1, "none", "few").code == 0
    return [one, two]


def _room(folder: Path) -> int:
    """How many bytes a folder takes on a disk of pages."""
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(-(-size // PAGE) * PAGE for size in sizes)


def _free(place: Path, kept: int) -> None:
    """Fill the disk until so many bytes are free."""
    free = shutil.disk_usage(place).free
    (place / "ballast").write_bytes(b"\0" * max(0, free - kept))


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.6, 0.85])
def test_a_full_disk_is_a_clear_error_and_room_and_a_second_run_mend_all(
    share: float, forks: days.Forks, calm: list[Path], small_disk: Path
) -> None:
    states = [days.state_of(each) for each in calm]
    place = shutil.copytree(calm[0], small_disk / "work")
    _free(small_disk, int(share * (_room(calm[1]) - _room(calm[0]))))
    ended = forks.run("day", place, 1, "none", "few")
    assert ended.code in (days.REGARDED, days.DISK), ended.said
    if ended.code == days.REGARDED:
        assert "The disk is full. Make room and run this again." in ended.said
    else:
        assert "No space left on device" in ended.said
    with open_store(place).snapshot() as snapshot:
        assert snapshot.rows_of("ticket") in (processes.BATCH, 2 * processes.BATCH)
    (small_disk / "ballast").unlink()
    assert forks.run("day", place, 1, "none", "few").code == 0
    assert days.state_of(place) == states[1]
    assert days.papers_of(place) == days.papers_of(calm[1])
    shutil.rmtree(place)


def test_a_folder_that_may_only_be_read_can_be_read_and_says_so_when_written(
    forks: days.Forks, calm: list[Path], small_disk: Path
) -> None:
    place = shutil.copytree(calm[0], small_disk / "still")
    _remount(small_disk, "ro")
    try:
        assert days.state_of(place) == days.state_of(calm[0])
        assert not is_held(place / "store" / "write.lock")
        ended = forks.run("day", place, 1, "none", "few")
        assert ended.code == days.REGARDED
        assert "This folder may only be read. Let this user write to it" in ended.said
        assert str(place / "store") in ended.said
    finally:
        _remount(small_disk, "rw")
    assert forks.run("day", place, 1, "none", "few").code == 0
    assert days.state_of(place) == days.state_of(calm[1])


def test_a_clock_that_went_back_a_year_between_two_days_changes_nothing(
    forks: days.Forks, calm: list[Path], tmp_path: Path
) -> None:
    place = shutil.copytree(calm[0], tmp_path / "ahead")
    # What was written yesterday carries the instants of next year.
    later = (datetime.now(UTC) + YEAR).timestamp()
    for log in place.rglob("_delta_log/*.json"):
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        for line in lines:
            for told, name in (("commitInfo", "timestamp"), ("add", "modificationTime")):
                if told in line:
                    line[told][name] = int(later * 1000)
        log.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    for file in place.rglob("*"):
        os.utime(file, (later, later))
    assert forks.run("day", place, 1, "none", "few").code == 0
    assert days.state_of(place) == days.state_of(calm[1])


def test_opening_hours_changed_after_the_clock_went_back_count_once_and_as_the_last(
    tmp_path: Path,
) -> None:
    days.begin(tmp_path)
    record(tmp_path, processes.BEGIN)
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace("17:00", "16:00"))
    for hour in range(3):
        record(tmp_path, processes.BEGIN - YEAR + timedelta(hours=hour))
    assert len(list((tmp_path / "known-calendars").glob("*.toml"))) == 2
    (calendar,) = calendars_of(tmp_path)
    assert [version.recorded_at for version in calendar.versions] == [
        None,
        processes.BEGIN + timedelta(microseconds=1),
    ]


def test_two_importers_and_four_readers_at_once_see_whole_versions_and_lose_nothing(
    tmp_path: Path,
) -> None:
    open_store(tmp_path).upsert(processes.batch(0))
    readers = [start("read", tmp_path, 3) for _ in range(4)]
    writers = [start("write", tmp_path, first, 5) for first in (10, 20)]
    told = [json.loads(said) for said in end(*readers, *writers)[:4]]
    assert [each["torn"] for each in told] == [[], [], [], []]
    head = open_store(tmp_path).head()
    assert (head.version, head.imports) == (11, 11)
    with open_store(tmp_path).snapshot() as snapshot:
        assert snapshot.rows_of("ticket") == (1 + 2 * 6) * processes.BATCH
        assert snapshot.rows_of("ticket_change") == (1 + 2 * 5 * 2) * processes.BATCH


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a disk that is always full")
def test_what_the_system_says_of_a_full_disk_is_said_for_people() -> None:
    def fill() -> None:
        with writing(Path("store")), Path("/dev/full").open("w") as file:
            file.write("more")
            file.flush()

    with pytest.raises(RegardError, match=r"Make room and run this again"):
        fill()
