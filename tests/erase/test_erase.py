"""`regard erase`: the disk is searched for what was erased, and every number is as it was."""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run, run
from erase.litter import copied, strew
from erase.people import (
    ANNA,
    HANDLE,
    JOANNA,
    MAIL,
    NETWORK_ID,
    PHONE,
    SOUGHT,
    WORDS,
    import_all,
)
from erase.searching import found_on_disk, rows_left
from regard.cli import main
from regard.cli.checkup import FINE, MISSING, OPTIONAL, workspace_checks
from regard.core.errors import RegardError
from regard.core.schema import Row
from regard.core.settings import Settings
from regard.facts.build import build
from regard.facts.fact import facts
from regard.facts.reader import open_reader
from regard.ingest import quarantine
from regard.ingest.erased import key_text
from regard.ingest.run import read_report
from regard.insight.ask import ask
from regard.metrics.query import Query
from regard.store import marks
from regard.store.store import open_store
from regard.store.workspace import init_workspace

__all__ = ["run"]
METRICS = (
    "abandon_rate",
    "csat_mean",
    "customers_in_contact",
    "first_response_time",
    "reviews",
    "time_to_resolve",
)
searched = partial(found_on_disk, sought=SOUGHT, but=(JOANNA, f"{HANDLE}by"))


@dataclass(frozen=True)
class World:
    """A workspace: rows by table, rows by fact, the answers of some metrics, and its version."""

    folder: Path
    rows: dict[str, list[Row]]
    facts: dict[str, list[Row]]
    answers: dict[str, Any]
    version: int


def seen(folder: Path) -> World:
    """All that a workspace says."""
    with open_reader(folder) as reader:
        answers = {name: ask(Query(name), reader).to_json() for name in METRICS}
        stored = {
            name: reader.snapshot.fact(name, one.schema).to_pyarrow().to_pylist()
            for name, one in facts().items()
        }
    for said in answers.values():
        del said["store_version"]
    return World(folder, rows_left(folder), stored, answers, open_store(folder).head().version)


def erase(folder: Path, whom: str = ANNA) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["erase", whom, "--yes", "--workspace", str(folder)])
    assert ended.value.code == 0


@pytest.fixture(name="before", scope="module")
def _before(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A workspace with Anna in four systems, the facts of now and of an earlier instant."""
    folder = tmp_path_factory.mktemp("erase") / "before"
    init_workspace(folder, Settings(name="Before"))
    import_all(folder)
    build(folder)
    with open_reader(folder) as reader:
        reader.fact("status_span_fact", datetime(2026, 3, 2, 5, tzinfo=UTC))
    found = seen(folder)
    assert (folder / "cache").exists()
    strew(folder)
    return found


@pytest.fixture(name="world", scope="module")
def _world(before: World) -> World:
    """The same after `regard erase`."""
    folder = copied(before.folder, "after")
    erase(folder)
    return seen(folder)


def test_before_the_erasure_the_search_finds_every_word_and_address(before: World) -> None:
    found = searched(before.folder)
    assert {word for _, word in found} >= {
        text.lower() for text in (*WORDS, MAIL, PHONE, HANDLE, NETWORK_ID)
    }
    assert {path.split("/")[0] for path, _ in found} == {
        ".tmp",
        "cache",
        "erasing.json.77.draft",
        "imports",
        "quarantine",
        "store",
    }


def test_after_the_erasure_nothing_is_found_on_the_disk(world: World) -> None:
    assert searched(world.folder) == set()


def test_what_no_version_names_is_gone(world: World) -> None:
    for path in strew(copied(world.folder, "strewn")):
        assert not (world.folder / path.relative_to(world.folder.with_name("strewn"))).exists()
    assert not (world.folder / "cache").exists()
    assert not (world.folder / "erasing.json").exists()
    assert [path.stem for path in (world.folder / "store/manifests").glob("[0-9]*")] == [
        f"{world.version:08d}"
    ]


def test_every_fact_is_what_it_was_under_pseudonyms(before: World, world: World) -> None:
    key = key_text(world.folder)
    gone = {MAIL, PHONE, "7", NETWORK_ID, HANDLE, "QuaxAnna"}
    stands = {text: marks.stand_in(key, text) for text in gone}
    persons = {
        f"{one}/{text}": f"{one}/{stand}"
        for one in ("mailbox", "phones", "shop", "network")
        for text, stand in stands.items()
    }

    def told(rows: list[Row], under: dict[str, str]) -> list[str]:
        left = [
            {
                name: under.get(value, value) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in rows
        ]
        return sorted(json.dumps(row, default=str, sort_keys=True) for row in left)

    assert sum(map(len, before.facts.values())) > 50
    for name, rows in before.facts.items():
        assert told(world.facts[name], {}) == told(rows, stands | persons), name


def test_metrics_say_what_they_said(before: World, world: World) -> None:
    assert not any(said["reason"] for said in before.answers.values())
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
    theirs = {MAIL, PHONE, "7", NETWORK_ID, "QuaxAnna", "r1", "c2", "v7", "p1", "p4"}
    for name in ("ticket", "customer", "customer_identity", "call", "order", "post", "words"):
        others = [row for row in before.rows[name] if not theirs & {*map(str, row.values())}]
        if name == "words":
            # One of ours and one of another name her account.
            others = [row for row in others if row["subject_id"] not in {"p2", "p3"}]
        assert others
        assert all(row in world.rows[name] for row in others)


def test_no_row_names_one_of_her_customers(world: World) -> None:
    for name, rows in world.rows.items():
        for row in rows:
            told = {row["source"], *map(str, row.values())}
            assert not {("shop", "7"), ("network", NETWORK_ID)} & {
                (row["source"], value) for value in told
            }, name


def test_anothers_words_keep_all_but_the_address(world: World) -> None:
    texts = {
        (row["source"], row.get("ticket_id") or row["subject_id"], row.get("message_id")): row[
            "text"
        ]
        for name in ("message_text", "words")
        for row in world.rows[name]
    }
    assert texts["mailbox", "t2", "m1"] == "My friend [erased] ([erased]) has one too"
    assert texts["network", "p2", None] == "Hello [erased], is it the new one?"
    assert texts["network", "p3", None] == f"Ask [erased], not @{HANDLE}by"
    assert texts["mailbox", "t2", "m2"] is None
    assert texts["network", "p4", None] is None
    assert texts["phones", "r2", None] == "Very kind people"


def test_her_customers_are_still_one_person_under_pseudonyms(world: World) -> None:
    held = [row for row in world.rows["customer_identity"] if row["address"].startswith("erased-")]
    assert {row["source"] for row in held} == {"mailbox", "phones", "shop", "network"}
    assert all(re.fullmatch(marks.STOOD, row["customer_id"]) for row in held)
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
        (10, False),
        (3, False),
    ]
    assert told[0].reason == "the customer was erased"


def test_reports_of_imports_keep_their_counts(before: World, world: World) -> None:
    for number in range(1, 5):
        was, now = (read_report(each.folder, number) for each in (before, world))
        assert (now.read, now.kept, now.tables) == (was.read, was.kept, was.tables)
        assert [group.count for group in now.quarantined] == [
            group.count for group in was.quarantined
        ]


def test_the_doctor_is_content_and_names_an_erasure_that_was_interrupted(world: World) -> None:
    found = {check.what: check.verdict for check in workspace_checks(world.folder)}
    assert found["store"] == FINE
    assert "erasure" not in found
    assert set(found.values()) <= {FINE, OPTIONAL}
    folder = copied(world.folder, "doctor")
    gone = {"at": "2026-03-02T00:00:00+00:00", "subjects": [], "values": [], "needles": {}}
    (folder / "erasing.json").write_text(json.dumps({**gone, "addresses": [], "since": []}))
    assert {one.what: one.verdict for one in workspace_checks(folder)}["erasure"] == MISSING


def test_who_asks_for_a_former_version_is_told_that_it_was_erased(
    before: World, world: World
) -> None:
    with pytest.raises(RegardError, match=f"Version {before.version} .* erased together with a"):
        open_reader(world.folder, before.version)


def test_erasing_again_changes_nothing(world: World, run: Run) -> None:
    files = {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    said = run("erase", ANNA, "--workspace", world.folder)
    assert (said.code, said.out) == (
        0,
        f"{ANNA} has been erased already; nothing was changed.\n",
    )
    assert files == {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    for other in ("shop/7", f"phones/{PHONE}", f"network/{NETWORK_ID}"):
        assert "already" in run("erase", other, "--workspace", world.folder).out


def test_importing_all_files_again_brings_nothing_back(world: World) -> None:
    folder = copied(world.folder, "again")
    reports = import_all(folder)
    assert searched(folder) == set()
    assert rows_left(folder) == world.rows
    assert open_store(folder).head().version == world.version
    assert all(report.new == report.changed == 0 for report in reports)
    assert [report.count("erased") > 0 for report in reports] == [True] * 4


def test_importing_all_files_into_a_store_made_anew_brings_nothing_back(world: World) -> None:
    folder = copied(world.folder, "anew")
    for name in ("store", "quarantine", "imports"):
        shutil.rmtree(folder / name)
    import_all(folder)
    assert searched(folder) == set()
    left = rows_left(folder)
    for name, rows in world.rows.items():
        for row in (*rows, *left[name]):
            # Imports have other numbers, and who was erased was so when that was asked.
            del row["import_number"]
        assert left[name] == rows


def test_new_rows_of_hers_come_in_without_words_in_whatever_order(world: World) -> None:
    from erase.people import at, told
    from regard.ingest.parcel import Parcel, Reject
    from regard.ingest.run import run_import

    folder = copied(world.folder, "later")
    store = open_store(folder)
    ticket = {"ticket_id": "t9001", "customer_id": MAIL, "created_at": at(80)}
    words = {"ticket_id": "t9001", "message_id": "m1", "text": f"Another {WORDS[0]}"}
    moved = {"customer_id": "a1", "kind": "phone", "address": PHONE}
    note = {"ticket_id": "n1", "customer_id": "a1", "created_at": at(80)}
    spoken = {"ticket_id": "n1", "message_id": "m1", "text": f"Still {WORDS[1]}"}
    post = {"post_id": "p9", "side": "customer", "account": "QuaxAnna", "at": at(80)}
    posted = {"subject": "post", "subject_id": "p9", "part": "", "text": f"Yet {WORDS[2]}"}
    aside = Reject(5, "no instant", "at", "x", {"Vorgang": "t9001", "Text": WORDS[3]})
    for source, rows, rejects in (
        ("mailbox", {"ticket": [ticket]}, (aside,)),
        ("mailbox", {"message_text": [words]}, ()),
        ("new desk", {"customer_identity": [moved], "ticket": [note]}, ()),
        ("new desk", {"message_text": [spoken]}, ()),
        ("network", {"post": [post], "words": [posted]}, ()),
    ):
        made = told(source, **rows)
        run_import([Parcel(source, tuple(made), made, 1, 1, rejects)], store, folder)
    assert searched(folder) == set()
    assert len(rows_left(folder)["ticket"]) == len(world.rows["ticket"]) + 2
