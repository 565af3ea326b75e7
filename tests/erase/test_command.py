"""`regard erase` as it is used, over a small workspace without facts."""

import gzip
import shutil
import zlib
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run, run
from erase.people import (
    ANNA,
    JOANNA,
    MAIL,
    PHONE,
    TYPED,
    WORDS,
    at,
    exchange,
    import_all,
    mailbox,
    network,
    shop,
    told,
)
from erase.searching import found_on_disk, rows_left
from erase.test_erase import erase, searched
from regard.cli.checkup import MISSING, workspace_checks
from regard.core.errors import RegardError
from regard.core.settings import Settings
from regard.facts import build as building
from regard.facts.customers import with_address
from regard.facts.fact import Fact, can_be
from regard.ingest import erasing, quarantine
from regard.ingest.parcel import Parcel
from regard.ingest.run import read_report, run_import
from regard.store import manifest
from regard.store.erasing import find
from regard.store.store import open_store
from regard.store.workspace import change_lists, init_workspace, read_settings

__all__ = ["run"]
BY_PHONE = {PHONE, PHONE[1:], TYPED, TYPED.replace(" ", "-")}
"""What is known of her where the telephone exchange is not."""


@pytest.fixture(name="small_once", scope="module")
def _small_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "once"
    init_workspace(folder, Settings(name="Small"))
    import_all(folder, (mailbox, shop))
    return folder


@pytest.fixture(name="small")
def _small(small_once: Path, tmp_path: Path) -> Path:
    """A workspace without facts."""
    return shutil.copytree(small_once, tmp_path / "small")


def test_examples_of_rows_that_are_kept_no_more_go_with_anybody(small: Path) -> None:
    quarantine.discard(small, 1)
    assert any("Grumbolith" in str(group) for group in read_report(small, 1).quarantined)
    erase(small, "shop/8")
    groups = read_report(small, 1).quarantined
    assert sum(group.count for group in groups) == 4
    assert [group.examples for group in groups] == [()] * len(groups)


def test_a_reader_that_stood_on_a_former_version_is_told_so(small: Path) -> None:
    with open_store(small).snapshot() as snapshot:
        erase(small, "shop/7")
        with pytest.raises(RegardError, match="erased together with a customer"):
            snapshot.table("message_text")
    assert {word for _, word in searched(small)} <= BY_PHONE


def test_a_version_that_is_not_there_is_named_though_what_was_erased_is_not_told(
    tmp_path: Path,
) -> None:
    (tmp_path / manifest.ERASED).write_text("{", encoding="utf-8")
    with pytest.raises(RegardError, match="The store has no version 3"):
        manifest.read(tmp_path, 3)


def test_what_will_be_erased_is_shown_and_asked_about(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "asked"
    init_workspace(folder, Settings(name="Asked"))
    import_all(folder, (mailbox, exchange, shop))
    asked_for: list[str] = []

    def refuse(text: str, **_: Any) -> bool:
        asked_for.append(text)
        return False

    monkeypatch.setattr("typer.confirm", refuse)
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said = run("erase", "shop/7", "--workspace", folder).out.splitlines()
    assert said[0] == f"One person: {ANNA}, phones/{PHONE}, shop/7"
    shown = {line.split()[0]: line.split()[1:] for line in said[2:-3]}
    assert shown["message_text"] == ["4", "5"]
    assert shown["words"] == ["3", "3"]
    assert said[-3] == "Rows in quarantine: 4"
    assert said[-1] == "Nothing was changed."
    assert asked_for == ["Erase their words and addresses for ever?"]
    left = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path.name for path in left.keys() ^ files.keys()} <= {"pseudonym.key"}
    assert left | files == left


def test_files_of_others_that_hold_an_address_are_named(small: Path, run: Run) -> None:
    row = f"{MAIL},3\n".encode()
    (small / "export.csv").write_bytes(row)
    (small / "plain.gz").write_bytes(row)
    (small / "zipped").write_bytes(gzip.compress(row))
    damaged = gzip.compress(row)[:10] + b"\xff" * 20
    with pytest.raises(zlib.error):
        gzip.decompress(damaged)
    (small / "damaged.gz").write_bytes(damaged)
    said = run("erase", ANNA, "--yes", "--workspace", small)
    assert said.code == 0
    assert "still hold an address: export.csv, plain.gz, zipped\n" in said.err
    (small / "damaged.gz").unlink()
    left = {path for path, word in searched(small) if word not in BY_PHONE}
    assert left == {"export.csv", "plain.gz", "zipped"}


def test_who_has_no_address_is_in_no_file_of_others(small: Path, run: Run) -> None:
    ticket = told("desk", ticket=[{"ticket_id": "t1", "customer_id": "11", "created_at": at(0)}])
    run_import([Parcel("desk", tuple(ticket), ticket, 1, 1)], open_store(small), small)
    (small / "export.csv").write_text("11,3\n", encoding="utf-8")
    said = run("erase", "desk/11", "--yes", "--workspace", small)
    assert said.code == 0
    assert "still hold" not in said.err


def test_one_who_is_joined_with_nobody_is_renamed_in_the_settings(small: Path, run: Run) -> None:
    folder = small
    change_lists(folder, {"apart": ("shop/7", f"mailbox/{JOANNA}")})
    said = run("erase", "shop/7", "--yes", "--workspace", folder)
    assert said.out.startswith("One person: shop/7\n")
    assert '"shop/erased-' in (folder / "regard.toml").read_text()
    # The same address is another's too, as far as anybody is told: it stays his.
    assert {word for _, word in searched(folder)} >= {MAIL, WORDS[1].lower()}
    erase(folder)
    assert {word for _, word in searched(folder)} <= BY_PHONE


def test_an_erasure_leaves_facts_of_the_settings_that_stand_after_it(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = partial(_one_fact, name="status_span_fact")
    monkeypatch.setattr(building, "can_be", few)
    change_lists(small, {"apart": ("shop/7",)})
    building.build(small)
    erase(small, "shop/7")
    assert read_settings(small).apart != ("shop/7",)
    assert building.build(small).how == "nothing"


def _one_fact(one: Fact, tables: Collection[str], name: str) -> bool:
    return one.name == name and can_be(one, tables)


def test_what_another_erased_while_one_was_asked_stays_erased(
    small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_lists(small, {"apart": ("shop/7", f"mailbox/{JOANNA}")})

    def agree(*_: object, **__: object) -> bool:
        erase(small, f"mailbox/{JOANNA}")
        return True

    monkeypatch.setattr("typer.confirm", agree)
    assert run("erase", "shop/7", "--workspace", small).code == 0
    left = read_settings(small).apart
    assert len(left) == 2
    assert all("/erased-" in name for name in left)


def test_one_that_was_cut_off_while_another_was_asked_about_is_finished_with_it(
    small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(small)

    def agree(*_: object, **__: object) -> bool:
        head = store.head()
        other = find(store, head, [("shop", "8")], datetime.now(UTC).isoformat())
        erasing.begin(small, store, other, head.version)
        return True

    monkeypatch.setattr("typer.confirm", agree)
    assert run("erase", ANNA, "--workspace", small).code == 0
    assert erasing.pending(small) is None
    assert {word for _, word in searched(small)} <= BY_PHONE
    assert found_on_disk(small, ("bo@mail.example", "A fine thing")) == set()
    for whom in (ANNA, "shop/7", "shop/8"):
        assert "already" in run("erase", whom, "--workspace", small).out


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff"])
@pytest.mark.parametrize("name", ["erased.json", "erasing.json", "pseudonym.key"])
def test_a_damaged_file_of_the_erased_stops_imports_and_says_what_to_do(
    name: str, text: bytes, erased_once: Path, tmp_path: Path, run: Run
) -> None:
    folder = shutil.copytree(erased_once, tmp_path / "w")
    (folder / name).write_bytes(text)
    version = open_store(folder).head().version
    said = run("erase", "shop/8", "--yes", "--workspace", folder)
    assert said.code == 2
    assert name in said.err
    assert "Restore it from a copy" in said.err
    assert open_store(folder).head().version == version
    (check,) = [one for one in workspace_checks(folder) if one.what == "erasure"]
    assert check.verdict == MISSING
    assert name in check.remedy


@pytest.fixture(name="erased_once", scope="module")
def _erased_once(small_once: Path) -> Path:
    """A workspace from which Anna was erased."""
    folder = shutil.copytree(small_once, small_once.with_name("erased once"))
    erase(folder)
    return folder


def test_an_unknown_customer_is_an_error_that_suggests_one(small: Path, run: Run) -> None:
    for wrong, right in ((f"mailbox/{MAIL}x", ANNA), ("shop/88", "shop/8")):
        said = run("erase", wrong, "--yes", "--workspace", small)
        assert said.code == 2
        assert f"Did you mean '{right}'?" in said.err


def test_without_a_customer_it_says_whom_to_name(small: Path, run: Run) -> None:
    said = run("erase", "--workspace", small)
    assert said.code == 2
    assert "`regard erase SOURCE/ID`" in said.err


def test_a_customer_can_be_named_by_an_address_however_it_is_written(
    tmp_path: Path, run: Run
) -> None:
    folder = tmp_path / "w"
    init_workspace(folder, Settings(name="Addressed"))
    import_all(folder, (exchange, network))
    ways = (MAIL.upper(), TYPED, "0048 601-234-567", "@QuaxAnna")
    with open_store(folder).snapshot() as snapshot:
        found = [with_address(snapshot, way) for way in (*ways, "1234567", "X-77", "anna")]
    assert found == [(f"phones/{PHONE}",)] * 3 + [("network/ann-7734",)] + [()] * 3
    said = run("erase", TYPED, "--yes", "--workspace", folder)
    assert said.out.startswith(f"One person: phones/{PHONE}\n")
    for way in ways[:3]:
        again = run("erase", way, "--workspace", folder)
        assert again.out == f"{way} has been erased already; nothing was changed.\n"


def letter(ticket: str, who: str, text: str) -> Parcel:
    """What somebody wrote to a desk that knows people by their addresses and tells no more."""
    rows = told(
        "desk",
        ticket=[{"ticket_id": ticket, "customer_id": who, "created_at": at(0)}],
        message_text=[{"ticket_id": ticket, "message_id": "m1", "text": text}],
    )
    return Parcel("desk", tuple(rows), rows, 1, 1)


def test_one_who_is_known_by_an_address_of_another_is_named_and_can_be_erased_too(
    small: Path, run: Run
) -> None:
    bo = "bo@mail.example"
    run_import([letter("t1", bo, "My Hurlyquib")], open_store(small), small)
    several = run("erase", bo.upper(), "--yes", "--workspace", small).err
    assert f"Several customers have the address {bo.upper()}: desk/{bo}, shop/8" in several
    said = run("erase", "shop/8", "--yes", "--workspace", small)
    assert f"not erased with them: desk/{bo}\n" in said.err
    assert found_on_disk(small, [bo]) == set()
    assert found_on_disk(small, ["Hurlyquib"])
    said = run("erase", f"desk/{bo}", "--yes", "--workspace", small)
    assert said.out.startswith("One person: desk/erased-")
    assert "not erased with them" not in said.err
    assert "already" in run("erase", f"desk/{bo}", "--workspace", small).out
    # Of whom nothing but the pseudonym was known when they were erased.
    later = [letter("t1", bo, "My Hurlyquib"), letter("t2", bo, "Hurlyquib!")]
    run_import(later, open_store(small), small)
    assert len([row for row in rows_left(small)["ticket"] if row["source"] == "desk"]) == 2
    assert found_on_disk(small, ["Hurlyquib", bo]) == set()


def test_whose_id_is_an_address_can_be_named_by_it(small: Path) -> None:
    rows = told(
        "desk",
        ticket=[
            {"ticket_id": name, "customer_id": name, "created_at": at(0)}
            for name in ("cy@mail.example", "+48555666777", "555666778")
        ],
    )
    run_import([Parcel("desk", tuple(rows), rows, 1, 1)], open_store(small), small)
    with open_store(small).snapshot() as snapshot:
        ways = ("CY@mail.example", "555-666-777", "555666778")
        found = [with_address(snapshot, way) for way in ways]
    assert found == [("desk/cy@mail.example",), ("desk/+48555666777",), ()]


def test_an_address_of_several_customers_is_not_enough(small: Path, run: Run) -> None:
    change_lists(small, {"apart": ("shop/7",)})
    said = run("erase", MAIL, "--yes", "--workspace", small)
    assert said.code == 2
    assert f"Several customers have the address {MAIL}: {ANNA}, shop/7." in said.err


def test_with_another_key_nothing_is_imported_that_would_bring_them_back(small: Path) -> None:
    erase(small)
    (small / "pseudonym.key").unlink()
    version = open_store(small).head().version
    with pytest.raises(RegardError, match="Restore it from a copy"):
        import_all(small, (mailbox,))
    assert not (small / "pseudonym.key").exists()
    assert open_store(small).head().version == version
    assert {word for _, word in searched(small)} <= BY_PHONE
