"""Making, checking, serving and demonstrating workspaces on the command line."""

import shutil
import socket
from pathlib import Path

import pytest

from regard.store.store import open_store
from regard.store.workspace import read_settings

from .conftest import Run


def test_a_new_workspace_says_what_was_made_and_what_is_next(tmp_path: Path, run: Run) -> None:
    done = run("init", tmp_path / "acme", "--zone", "Asia/Riyadh", "--language", "ar")
    assert done.code == 0
    assert read_settings(tmp_path / "acme").zone == "Asia/Riyadh"
    assert read_settings(tmp_path / "acme").name == "acme"
    assert str(tmp_path / "acme" / "calendars.toml") in done.out


def test_a_workspace_is_not_made_twice(desk: Path, run: Run) -> None:
    done = run("init", desk)
    assert done.code == 2
    assert "is a workspace already" in done.err


def test_a_wrong_zone_makes_nothing(tmp_path: Path, run: Run) -> None:
    done = run("init", tmp_path / "acme", "--zone", "Europe/Warsav")
    assert done.code == 2
    assert "Did you mean 'Europe/Warsaw'?" in done.err
    assert not (tmp_path / "acme").exists()


def test_a_wrong_key_in_the_settings_names_the_file(desk: Path, run: Run) -> None:
    (desk / "regard.toml").write_text('langauge = "en"\n')
    done = run("build", "--workspace", desk)
    assert done.code == 2
    assert str(desk / "regard.toml") in done.err
    assert "Did you mean 'language'?" in done.err


def test_the_doctor_finds_a_whole_workspace_well(filled: Path, run: Run) -> None:
    done = run("doctor", "--workspace", filled)
    lines = {line.split("  ")[0]: line for line in done.out.splitlines()}
    for what in ("Python", "packages", "disk", "workspace", "opening hours", "store"):
        assert " ok " in lines[what]


@pytest.mark.parametrize("kind", ["tables/ticket", "facts/ticket_fact"])
def test_the_doctor_names_a_file_that_is_gone_and_the_way_back(
    kind: str, filled: Path, run: Run
) -> None:
    gone = sorted((filled / "store" / kind).rglob("*.parquet"))[0]
    gone.unlink()
    done = run("doctor", "--workspace", filled)
    assert done.code == 1
    assert gone.name in "".join(done.out.split())
    assert kind.split("/")[1] in done.out


def test_the_doctor_names_a_file_that_was_cut(filled: Path, run: Run) -> None:
    cut = sorted((filled / "store" / "tables" / "ticket").rglob("*.parquet"))[0]
    cut.write_bytes(cut.read_bytes()[:-20])
    done = run("doctor", "--workspace", filled)
    assert done.code == 1
    assert "Restore the folder" in " ".join(done.out.split())


def test_the_doctor_says_when_facts_are_older_than_an_import(desk: Path, run: Run) -> None:
    log, mapping = desk.parent / "log.csv", desk.parent / "map.toml"
    run("import", "tabular", log, "--map", mapping, "--no-build", "--workspace", desk)
    assert "regard build" in run("doctor", "--workspace", desk).out


def test_the_doctor_says_which_expected_source_sent_nothing(filled: Path, run: Run) -> None:
    settings = filled / "regard.toml"
    settings.write_text(settings.read_text().replace("sources = []", 'sources = ["phone"]'))
    assert "no data from phone" in run("doctor", "--workspace", filled).out


def test_a_port_in_use_is_one_clear_error(filled_once: Path, run: Run) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        done = run("serve", "--port", port, "--workspace", filled_once)
    assert done.code == 2
    assert "Choose another with --port" in done.err


@pytest.mark.heavy
def test_the_demo_loads_once_and_answers(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "demo"
    first = run("demo", "--no-serve", "--workspace", folder)
    assert first.code == 0, first.err
    assert "ticket_fact: 3,000 rows" in first.out
    imports = open_store(folder).head().imports
    assert run("demo", "--no-serve", "--workspace", folder).code == 0
    assert open_store(folder).head().imports == imports == 1
    assert run("ask", "time_to_resolve", "--by", "team", "-w", folder).code == 0
    shutil.rmtree(folder)
