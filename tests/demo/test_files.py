"""The demo as files: whole or not at all, the same for the same seed, and of any size."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from regard.core.errors import RegardError, UnknownName
from regard.core.schema import table, tables
from regard.demo import company as made
from regard.demo.company import blocks, company
from regard.demo.files import Recipe, names_of, write_company
from regard.demo.plants import planted

SMALL = Recipe(seed=5, tickets=300, months=6)
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "demo"
    write_company(folder, SMALL)
    return folder


@pytest.fixture(scope="module", name="truth")
def _truth(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return found


def test_every_table_is_a_file_with_the_rows_of_the_company(folder: Path) -> None:
    rows = company(SMALL.seed, SMALL.tickets, SMALL.months)
    assert {path.stem for path in folder.glob("*.parquet")} == set(rows)
    for name, found in rows.items():
        assert pq.read_table(folder / f"{name}.parquet") == found.drop_columns(["import_number"])


def test_every_table_of_the_event_model_is_filled_but_those_of_outside(folder: Path) -> None:
    filled = {path.stem for path in folder.glob("*.parquet")}
    assert {"ticket", "message", "message_text", "call", "chat_session", "calendar"} <= filled
    assert filled <= set(tables())


def test_truth_says_what_was_made_and_planted(truth: dict[str, Any]) -> None:
    assert (truth["seed"], truth["tickets"], truth["months"]) == (5, 300, 6)
    assert truth["zone"] == "Europe/Warsaw"
    named = {found["name"]: found for found in truth["plants"]}
    for plant in planted(6):
        said = named[plant.name]
        assert date.fromisoformat(said["first_day"]) == plant.first_day
        assert date.fromisoformat(said["last_day"]) == plant.last_day
        assert said["sizes"] == dict(plant.sizes)


def test_truth_counts_what_the_files_hold(folder: Path, truth: dict[str, Any]) -> None:
    counts = truth["counts"]
    tickets = pq.read_table(folder / "ticket.parquet").to_pylist()
    calls = pq.read_table(folder / "call.parquet").to_pylist()
    assert counts["tickets"] == by_month(tickets, "created_at", counts["tickets"])
    assert counts["calls"] == by_month(calls, "arrived_at", counts["calls"])
    answered = [call for call in calls if call["outcome"] == "answered"]
    assert counts["calls_answered"] == by_month(answered, "arrived_at", counts["calls"])
    offered = [call for call in calls if call["queued_at"]]
    assert counts["calls_offered"] == by_month(offered, "arrived_at", counts["calls"])
    kinds = Counter(f"{month(row['created_at'])} {row['type']}" for row in tickets)
    assert counts["tickets_by_type"] == dict(kinds)
    changes = pq.read_table(folder / "ticket_change.parquet").to_pylist()
    solved = [row for row in changes if (row["field"], row["value"]) == ("status", "solved")]
    assert counts["tickets_solved"] == by_month(solved, "at", counts["tickets"])
    for name, rows in truth["rows"].items():
        assert pq.read_metadata(folder / f"{name}.parquet").num_rows == rows


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_company(tmp_path / "again", SMALL)
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_large_company_is_made_in_blocks_that_share_no_ids(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(made, "BLOCK", 150)
    write_company(tmp_path / "one", Recipe(5, 440, 6))
    found = list(blocks(5, 440, 6))
    assert [block.world.tickets for block in found] == [146, 147, 147]
    for path in sorted((tmp_path / "one").glob("*.parquet")):
        name = path.stem
        rows = pq.read_table(path)
        keys = [tuple(row.values()) for row in rows.select(table(name).key).to_pylist()]
        assert len(set(keys)) == len(keys), name
        if table(name).bucket is not None and name in found[0].tables:
            assert rows.num_rows == sum(block.tables[name].num_rows for block in found), name
    truth = json.loads((tmp_path / "one" / "truth.json").read_text("utf-8"))
    assert sum(truth["counts"]["tickets"].values()) == 440
    agents = pq.read_table(tmp_path / "one" / "agent.parquet")["agent_id"].to_pylist()
    assert len(set(agents)) == 3 * 23 + 1
    phones = pq.read_table(tmp_path / "one" / "customer_identity.parquet")["address"].to_pylist()
    assert len(set(phones)) == len(phones)


def test_nobody_answers_more_than_a_person_can() -> None:
    found = list(blocks(7, 5_000, 1))
    assert len(found) == 2
    for block in found:
        done = Counter(
            (row["author"], row["sent_at"].date())
            for row in block.tables["message"].to_pylist()
            if row["author_kind"] == "agent"
        )
        assert max(done.values()) < 120


def test_twice_the_tickets_are_twice_the_rows() -> None:
    one, two = company(tickets=4000), company(tickets=8000)
    for name in ("ticket", "ticket_change", "message", "message_text", "call", "customer"):
        assert two[name].num_rows / one[name].num_rows == pytest.approx(2, rel=0.04), name


def test_five_messages_come_with_a_ticket() -> None:
    rows = company(tickets=6000, months=24)
    assert rows["message"].num_rows / 6000 == pytest.approx(5, abs=0.3)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(RegardError, match=r"is not empty\. Name a folder"):
        write_company(tmp_path, SMALL)
    with pytest.raises(RegardError, match="is a file"):
        write_company(tmp_path / "mine", SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_company(tmp_path / "empty", Recipe(tickets=20, months=2))
    assert (tmp_path / "empty" / "truth.json").exists()


def test_an_unknown_plant_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'surge'"):
        write_company(tmp_path / "demo", Recipe(tickets=20, without=("serge",)))
    assert list(tmp_path.iterdir()) == []


def test_names_are_said_one_by_one_or_parted_by_commas() -> None:
    assert names_of(["surge, seed001", "surge", ""]) == ("surge", "seed001")


def test_a_run_that_is_killed_leaves_no_folder_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", MANY, str(tmp_path / "demo")], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline().strip() == "writing"
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert not (tmp_path / "demo").exists()
    assert len(list(tmp_path.iterdir())) == 1
    write_company(tmp_path / "demo", Recipe(tickets=20, months=2))
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


MANY = """
import sys
from pathlib import Path
from regard.demo.files import Recipe, write_company

def told(done, of):
    if done == 1:
        print("writing", flush=True)

write_company(Path(sys.argv[1]), Recipe(tickets=200_000), told)
"""

PEAK = """
import sys
from pathlib import Path
from regard.demo import company
from regard.demo.files import Recipe, write_company

company.BLOCK = 4_000
write_company(Path(sys.argv[1]), Recipe(tickets=int(sys.argv[2])))
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""


def test_memory_stays_as_it_is_when_the_company_grows(tmp_path: Path) -> None:
    peaks = [peak(tmp_path / str(tickets), tickets) for tickets in (12_000, 36_000)]
    assert peaks[1] / peaks[0] < 1.3
    assert max(peaks) < 2 * 1024 * 1024


def peak(folder: Path, tickets: int) -> int:
    """KiB that writing a company of that size took at most.

    Read off the process itself: `ru_maxrss` begins with what the process that started it held.
    """
    said = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder), str(tickets)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    return int(said.stdout)


def month(at: datetime) -> str:
    """The company's month."""
    return f"{at.astimezone(WARSAW):%Y-%m}"


def by_month(rows: list[dict[str, Any]], at: str, months: dict[str, int]) -> dict[str, int]:
    """Rows by month, every month of the truth."""
    found = Counter(month(row[at]) for row in rows)
    return {name: found[name] for name in months}
