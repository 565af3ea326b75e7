"""`regard demo data`: the demo as files, and back again by `regard import events`."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regard.store.store import open_store

from .conftest import Run


def test_the_plants_are_listed_with_their_days(run: Run) -> None:
    done = run("demo", "data", "--list-plants")
    assert done.code == 0
    lines = {line.split()[0]: line for line in done.out.splitlines()[1:]}
    assert lines["seed001"].split()[1:3] == ["2026-05-01", "2026-05-31"]
    assert "failure that looks like success" in lines["seed001"]
    fewer = run("demo", "data", "--list-plants", "--without", "seed001,surge")
    assert not {"seed001", "surge"} & {line.split()[0] for line in fewer.out.splitlines()}


def test_a_company_is_written_as_it_is_said(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "out"
    said = ("--seed", 3, "--tickets", 50, "--months", 2, "--until", "2026-03-01")
    done = run("demo", "data", *said, "--without", "all", "--out", folder)
    assert done.code == 0, done.err
    assert f"regard import events {folder}" in done.out.replace("\n", "")
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    assert (truth["seed"], truth["tickets"], truth["months"]) == (3, 50, 2)
    assert (truth["until"], truth["plants"]) == ("2026-03-01", [])
    assert pq.read_metadata(folder / "ticket.parquet").num_rows == 50


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--without", "serge", "--out", "new"), "Did you mean 'surge'"),
        ((), "Name the folder to make with --out DIR"),
        (("--out", "full"), "is not empty"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_left(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    done = run("demo", "data", *words)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@pytest.mark.heavy
def test_what_was_written_is_taken_in_and_answers(tmp_path: Path, run: Run) -> None:
    folder, space = tmp_path / "out", tmp_path / "space"
    assert run("demo", "data", "--tickets", 40, "--months", 2, "--out", folder).code == 0
    assert run("init", space, "--zone", "Europe/Warsaw").code == 0
    done = run("import", "events", folder, "--workspace", space)
    assert done.code == 0, done.err
    assert "ticket_fact: 40 rows" in done.out
    with open_store(space).snapshot() as snapshot:
        stored = {name for name in snapshot.manifest.tables if name != "reading"}
    assert stored == {path.stem for path in folder.glob("*.parquet")}
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    days = ("--from", "2026-05-01", "--to", "2026-06-01", "--format", "json")
    answer = json.loads(run("ask", "tickets_new", *days, "--workspace", space).out)
    (part,) = answer["parts"]
    left_out = sum(part["coverage"]["excluded"].values())
    assert part["value"] + left_out == truth["counts"]["tickets"]["2026-05"]
