"""Erasing a customer from a workspace: in steps of which each can be run again."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from regard.core.errors import RegardError
from regard.ingest import quality, quarantine
from regard.ingest.erased import (
    ERASED,
    FILE,
    OURS_ALONE,
    Book,
    as_book,
    blank,
    enter,
    key_text,
    lock_of,
    read_book,
    scrubbed,
    speaks_of,
)
from regard.ingest.parcel import Reject
from regard.ingest.quarantine import write_whole
from regard.store import marks
from regard.store.belonging import Gone
from regard.store.erasing import find, rewrite
from regard.store.lock import held
from regard.store.marks import Needles
from regard.store.purging import purge, take_away
from regard.store.store import Store
from regard.store.workspace import SETTINGS, change_lists, read_settings

PENDING = "erasing.json"
OURS = ("store", "quarantine", "imports", "cache", "models")
CHUNK = 1 << 24
GZIPPED = b"\x1f\x8b"
"""How a gzipped file begins, whatever its name."""


def pending(workspace: Path) -> Gone | None:
    """What an interrupted erasure has still to do away with; None where none was interrupted.

    Raises RegardError where the note of it is damaged.
    """
    path = workspace / PENDING
    if not path.exists():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        needles = {name: tuple(texts) for name, texts in said.pop("needles").items()}
        pairs = {
            name: tuple(tuple(one) for one in said.pop(name))
            for name in ("subjects", "addresses", "since")
        }
        return Gone(said["at"], values=tuple(said["values"]), needles=Needles(**needles), **pairs)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RegardError(
            f"The file {PENDING} of the workspace, which says what is still to be erased, is "
            "damaged. Restore it from a copy. Nothing was changed."
        ) from None


def begin(workspace: Path, store: Store, gone: Gone, version: int) -> None:
    """Erase from the events: note what is gone, then write its tables anew in one version.

    version: of the store in which `gone` was found; what came of theirs since is erased too. From
    the note on, the erasure will be finished, whatever happens; one that was interrupted before is
    gone on with together with this one. Facts still know ids until they are built; former versions
    are on the disk until `finish`.
    """
    with held(lock_of(workspace)):
        unfinished = pending(workspace)
        if unfinished:
            gone = gone.with_more(unfinished)
        if unfinished or store.head().version != version:
            gone = gone.with_more(find(store, store.head(), gone.customers, gone.at))
        write_whole(workspace / PENDING, json.dumps(asdict(gone), ensure_ascii=False), OURS_ALONE)
        book = enter(workspace, gone)
        rewrite(store, gone, book.key)
        # Before facts are built, which ask who is joined with nobody.
        _rename_apart(workspace, gone, book.key)


def finish(workspace: Path, store: Store) -> tuple[Path, ...]:
    """Erase from all else, and everything older than the newest version of the store.

    Gives the files below the workspace that are none of Regard's and still hold an address.
    """
    with held(lock_of(workspace)):
        gone, book = pending(workspace), read_book(workspace)
        if gone is None or book is None:
            return ()
        with held(quarantine.lock_of(workspace)):
            wiped = dict(_wipe_quarantine(workspace, book))
        _wipe_reports(workspace, book, wiped, tuple(store.head().covers))
        purge(store)
        # Last: whoever reads a former version may keep facts of it there until it is gone.
        take_away(workspace / "cache")
        for path in (*store.spilt(), *_drafts(workspace)):
            take_away(path)
        left = tuple(_strangers(workspace, gone.needles))
        take_away(workspace / PENDING)
    return left


def in_quarantine(workspace: Path, gone: Gone) -> int:
    """How many rows in quarantine speak of what is gone, before anything is erased."""
    book = as_book(gone, key_text(workspace))
    return sum(
        speaks_of(book, _sources(rows)[row["origin"]], _told(row))
        for _, rows in _kept(workspace)
        for row in rows[1:]
    )


def _wipe_quarantine(workspace: Path, book: Book) -> Iterator[tuple[int, set[int]]]:
    """Blank rows put aside; by import, the lines that were."""
    for path, rows in _kept(workspace):
        head, *others = rows
        sources = _sources(rows)
        left, lines = [], set()
        for row in others:
            if row.get("reason") == ERASED:
                lines.add(int(row["line"]))
            elif speaks_of(book, sources[row["origin"]], _told(row)):
                lines.add(int(row["line"]))
                if "reason" not in row:
                    continue
                own = {name: value for name, value in row.items() if name != "origin"}
                row = {"origin": row["origin"]} | asdict(blank(Reject(**own)))
            left.append(row)
        for origin in head["origins"]:
            origin["file"] = scrubbed(book, origin["file"], sources)
        written = [json.dumps(row, ensure_ascii=False) for row in (head, *left)]
        write_whole(path, "\n".join([*written, ""]))
        yield int(path.stem), lines


def _wipe_reports(
    workspace: Path, book: Book, wiped: Mapping[int, set[int]], sources: Sequence[str]
) -> None:
    """Take examples that are theirs out of the reports of imports.

    Of rows that are not kept any more nobody knows whose they were: those examples go all.
    """
    for path in sorted((workspace / "imports").glob("[0-9]*.json")):
        report = quality.QualityReport.from_json(path.read_text("utf-8"))
        lines = wiped.get(report.number)
        groups = tuple(
            replace(
                group,
                examples=()
                if lines is None
                else tuple(_example(book, one, lines) for one in group.examples),
            )
            for group in report.quarantined
        )
        findings = tuple(
            replace(one, example=scrubbed(book, one.example, sources)) for one in report.findings
        )
        files = tuple(scrubbed(book, name, sources) for name in report.files)
        after = replace(report, quarantined=groups, findings=findings, files=files)
        if after != report:
            write_whole(path, after.to_json())


def _example(book: Book, example: tuple[int, str, str], lines: set[int]) -> tuple[int, str, str]:
    line, value, reason = example
    told = {"value": value, "reason": reason}
    if line in lines or speaks_of(book, "", told):
        return line, "", ERASED
    return example


def _rename_apart(workspace: Path, gone: Gone, key: str) -> None:
    """Name those whom regard.toml joins with nobody by their pseudonyms."""
    told = read_settings(workspace).apart
    named = {
        f"{source}/{id_}": f"{source}/{marks.stand_in(key, id_)}" for source, id_ in gone.customers
    }
    apart = tuple(named.get(name, name) for name in told)
    if apart != told:
        change_lists(workspace, {"apart": apart})


def _strangers(workspace: Path, needles: Needles) -> Iterator[Path]:
    """Files that are none of ours and hold an address: exports, mail boxes, copies."""
    handles = (f"@{handle}" for handle in needles.handles)
    wanted = [text.encode() for text in (*needles.mails, *needles.phones, *handles)]
    if not wanted:
        return
    for path in sorted(workspace.rglob("*")):
        part = path.relative_to(workspace)
        if path.is_file() and part.parts[0] not in (*OURS, PENDING) and _holds(path, wanted):
            yield part


def _holds(path: Path, wanted: Sequence[bytes]) -> bool:
    longest = max(map(len, wanted))
    before = b""
    try:
        with path.open("rb") as stored:
            packed = stored.read(len(GZIPPED)) == GZIPPED
            stored.seek(0)
            file: io.BufferedIOBase = gzip.GzipFile(fileobj=stored) if packed else stored
            while chunk := file.read(CHUNK):
                told = before + chunk.lower()
                if any(one in told for one in wanted):
                    return True
                before = told[-longest:]
    except (OSError, EOFError, zlib.error):
        return False
    return False


def _kept(workspace: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    for path in sorted((workspace / quarantine.FOLDER).glob("[0-9]*.jsonl")):
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        yield path, rows


def _sources(rows: list[dict[str, Any]]) -> list[str]:
    return [origin.get("source", "") for origin in rows[0]["origins"]]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    told = [row["raw"], {row.get("column", ""): row.get("value")}, row.get("reason")]
    return {"": told}


def _drafts(workspace: Path) -> Iterator[Path]:
    """What killed processes left half written, and what the engine had put aside for them."""
    for name in (PENDING, FILE, SETTINGS):
        yield from workspace.glob(f"*{name}.*draft")
    for name in OURS:
        yield from (workspace / name).glob("*.draft")
    yield from workspace.glob(".tmp/duckdb_temp_*")
