"""`regard erase`: the disk is searched for what was erased, and every number is as it was."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run, run
from erase.people import (
    ANNA,
    JOANNA,
    MAIL,
    PHONE,
    SOUGHT,
    WORDS,
    found_on_disk,
    import_all,
    rows_left,
)
from regard.core.errors import RegardError
from regard.core.schema import Row
from regard.core.settings import Settings
from regard.facts.build import build
from regard.facts.reader import open_reader
from regard.ingest import quarantine
from regard.ingest.run import read_report
from regard.insight.ask import ask
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace

__all__ = ["run"]
METRICS = 36


@dataclass(frozen=True)
class World:
    """A workspace before and after: rows by table, and the answers of metrics."""

    folder: Path
    rows: dict[str, list[Row]]
    answers: dict[str, Any]
    version: int


def asked(folder: Path) -> dict[str, Any]:
    """What some metrics say that have something to say, by name."""
    found: dict[str, Any] = {}
    with open_reader(folder) as reader:
        for name in sorted(catalogue()):
            said = ask(Query(name), reader).to_json() if len(found) < METRICS else {}
            if said.pop("store_version", 0) and not said["reason"]:
                found[name] = said
    return found


@pytest.fixture(name="before", scope="module")
def _before(tmp_path_factory: pytest.TempPathFactory, small_demo: Path) -> World:
    """Anna's workspace before she is erased: her systems beside those of a small company."""
    folder = tmp_path_factory.mktemp("erase") / "before"
    shutil.copytree(small_demo, folder)
    import_all(folder)
    build(folder)
    with open_reader(folder) as reader:
        reader.fact("ticket_fact", datetime(2026, 3, 2, 5, tzinfo=UTC))
    return World(folder, rows_left(folder), asked(folder), open_store(folder).head().version)


@pytest.fixture(name="world", scope="module")
def _world(before: World) -> World:
    """The same after `regard erase`."""
    from regard.cli import main

    folder = before.folder.with_name("after")
    shutil.copytree(before.folder, folder)
    with pytest.raises(SystemExit) as ended:
        main(["erase", ANNA, "--yes", "--workspace", str(folder)])
    assert ended.value.code == 0
    return World(folder, rows_left(folder), asked(folder), open_store(folder).head().version)


def test_before_the_erasure_the_search_finds_every_word_and_address(before: World) -> None:
    found = {word for _, word in found_on_disk(before.folder)}
    assert found >= {text.lower() for text in (*WORDS, MAIL, PHONE)}
    assert {path.split("/")[0] for path, _ in found_on_disk(before.folder)} >= {
        "store",
        "quarantine",
        "imports",
    }


def test_after_the_erasure_nothing_is_found_on_the_disk(world: World) -> None:
    assert found_on_disk(world.folder) == set()


def test_the_former_versions_the_cache_and_the_plan_of_the_erasure_are_gone(world: World) -> None:
    assert not (world.folder / "cache").exists()
    assert not (world.folder / "erasing.json").exists()
    assert [path.stem for path in (world.folder / "store/manifests").glob("[0-9]*")] == [
        f"{world.version:08d}"
    ]


def test_every_metric_says_what_it_said_before(before: World, world: World) -> None:
    assert len(before.answers) >= 30
    assert world.answers == before.answers


def test_no_row_is_lost_and_no_instant_or_number_changed(before: World, world: World) -> None:
    def kept(rows: list[Row]) -> list[str]:
        left = [
            {
                name: value
                for name, value in row.items()
                if not isinstance(value, str) and value is not None and name != "erased_at"
            }
            for row in rows
        ]
        return sorted(json.dumps(row, default=str) for row in left)

    assert {name: kept(rows) for name, rows in world.rows.items()} == {
        name: kept(rows) for name, rows in before.rows.items()
    }


def test_the_rows_of_others_stay_as_they_were(before: World, world: World) -> None:
    for name in ("ticket", "customer", "customer_identity", "call", "order", "words"):
        others = [
            row
            for row in before.rows[name]
            if MAIL not in row.values()
            and PHONE not in row.values()
            and row.get("customer_id") != "7"
            and row.get("subject_id") not in {"r1", "c2", "v7"}
        ]
        assert others
        assert all(row in world.rows[name] for row in others)


def test_anothers_letter_keeps_its_words_but_for_the_address(world: World) -> None:
    (row,) = (
        row
        for row in world.rows["message_text"]
        if row["source"] == "mailbox" and (row["ticket_id"], row["message_id"]) == ("t2", "m1")
    )
    assert row["text"].startswith("My friend [erased]")
    assert row["text"].endswith("has one too")


def test_her_customers_are_still_one_person_under_pseudonyms(world: World) -> None:
    held = [row for row in world.rows["customer_identity"] if row["address"].startswith("erased-")]
    assert {row["source"] for row in held} == {"mailbox", "phones", "shop"}
    assert len({row["address"] for row in held if row["kind"] == "mail"}) == 1
    gone = [row for row in world.rows["customer"] if row["erased_at"]]
    assert {row["source"] for row in gone} == {"mailbox", "phones"}


def test_quarantine_keeps_the_lines_of_hers_without_their_content(world: World) -> None:
    numbers = [one.number for one in quarantine.list_kept(world.folder)]
    told = [one for number in numbers for one in quarantine.show(world.folder, number)]
    assert [(one.line, bool(one.raw)) for one in told] == [
        (7, False),
        (8, False),
        (9, True),
        (3, False),
    ]
    assert told[0].reason == "the customer was erased"


def test_reports_of_imports_keep_their_counts(before: World, world: World) -> None:
    for number in range(2, 5):
        was, now = (read_report(each.folder, number) for each in (before, world))
        assert (now.read, now.kept, now.tables) == (was.read, was.kept, was.tables)
        assert [group.count for group in now.quarantined] == [
            group.count for group in was.quarantined
        ]


def test_who_asks_for_a_former_version_is_told_that_it_was_erased(
    before: World, world: World
) -> None:
    with pytest.raises(RegardError, match=f"Version {before.version} .* erased together with a"):
        open_reader(world.folder, before.version)


def test_a_reader_that_stood_on_a_former_version_is_told_so(before: World, tmp_path: Path) -> None:
    from regard.cli import main

    folder = tmp_path / "open"
    init_workspace(folder, Settings(name="Open"))
    import_all(folder)
    with open_store(folder).snapshot() as snapshot:
        with pytest.raises(SystemExit):
            main(["erase", "shop/7", "--yes", "--workspace", str(folder)])
        with pytest.raises(RegardError, match="erased together with a customer"):
            snapshot.table("message_text")
    assert found_on_disk(folder) == set()


def test_erasing_again_changes_nothing(world: World, run: Run) -> None:
    files = {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    said = run("erase", ANNA, "--workspace", world.folder)
    assert (said.code, said.out) == (
        0,
        f"{ANNA} has been erased already; nothing was changed.\n",
    )
    assert files == {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    for other in ("shop/7", f"phones/{PHONE}"):
        assert "already" in run("erase", other, "--workspace", world.folder).out


def test_importing_all_files_again_brings_nothing_back(world: World) -> None:
    folder = world.folder.with_name("again")
    shutil.copytree(world.folder, folder)
    reports = import_all(folder)
    assert found_on_disk(folder) == set()
    assert rows_left(folder) == world.rows
    assert open_store(folder).head().version == world.version
    assert all(report.new == report.changed == 0 for report in reports)
    assert [report.count("erased") > 0 for report in reports] == [True, True, True]


def test_new_rows_of_hers_come_in_without_words_in_whatever_order(world: World) -> None:
    from erase.people import at, told
    from regard.ingest.parcel import Parcel
    from regard.ingest.run import run_import

    folder = world.folder.with_name("later")
    shutil.copytree(world.folder, folder)
    store = open_store(folder)
    ticket = {"ticket_id": "t9", "customer_id": MAIL, "created_at": at(80)}
    words = {"ticket_id": "t9", "message_id": "m1", "text": f"Another {WORDS[0]}"}
    moved = {"customer_id": "a1", "kind": "phone", "address": PHONE}
    note = {"ticket_id": "n1", "customer_id": "a1", "created_at": at(80)}
    spoken = {"ticket_id": "n1", "message_id": "m1", "text": f"Still {WORDS[1]}"}
    for source, rows in (
        ("mailbox", {"ticket": [ticket]}),
        ("mailbox", {"message_text": [words]}),
        ("new desk", {"customer_identity": [moved], "ticket": [note]}),
        ("new desk", {"message_text": [spoken]}),
    ):
        made = told(source, **rows)
        run_import([Parcel(source, tuple(made), made, 1, 1)], store, folder)
    assert found_on_disk(folder, (MAIL, PHONE, *WORDS)) == set()
    assert len(rows_left(folder)["ticket"]) == len(world.rows["ticket"]) + 2


def test_what_will_be_erased_is_shown_and_asked_about(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "asked"
    init_workspace(folder, Settings(name="Asked"))
    import_all(folder)
    asked_for: list[str] = []

    def refuse(text: str, **_: Any) -> bool:
        asked_for.append(text)
        return False

    monkeypatch.setattr("typer.confirm", refuse)
    said = run("erase", "shop/7", "--workspace", folder).out.splitlines()
    assert said[0] == f"One person: {ANNA}, phones/{PHONE}, shop/7"
    shown = {line.split()[0]: line.split()[1:] for line in said[2:-2]}
    assert shown["message_text"] == ["4", "5"]
    assert shown["words"] == ["3", "3"]
    assert said[-2:] == ["Rows in quarantine: 3", "Nothing was changed."]
    assert asked_for == ["Erase their words and addresses for ever?"]
    assert {word for _, word in found_on_disk(folder)} >= {word.lower() for word in WORDS}


def test_files_of_others_that_hold_an_address_are_named(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "copies"
    init_workspace(folder, Settings(name="Copies", apart=(f"mailbox/{JOANNA}",)))
    import_all(folder)
    (folder / "export.csv").write_text(f"{MAIL},3\n", encoding="utf-8")
    said = run("erase", ANNA, "--yes", "--workspace", folder)
    assert "still hold an address: export.csv" in said.err
    assert {path for path, _ in found_on_disk(folder, SOUGHT)} == {"export.csv"}


def test_one_who_is_joined_with_nobody_is_renamed_in_the_settings(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "apart"
    init_workspace(folder, Settings(name="Apart", apart=(ANNA,)))
    import_all(folder)
    said = run("erase", ANNA, "--yes", "--workspace", folder)
    assert said.out.startswith(f"One person: {ANNA}\n")
    assert 'apart = ["mailbox/erased-' in (folder / "regard.toml").read_text()


def test_an_unknown_customer_is_an_error_that_suggests_one(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "unknown"
    init_workspace(folder, Settings(name="Unknown"))
    import_all(folder)
    said = run("erase", f"mailbox/{MAIL}x", "--yes", "--workspace", folder)
    assert said.code == 2
    assert f"Did you mean '{ANNA}'?" in said.err
