"""The quarantine: rows that could not be taken, kept whole until they are tried again."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from regard.core.errors import RegardError
from regard.ingest.grammar import load_mapping, mapping_names, parse_mapping
from regard.ingest.mapping import FileMap
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.tabular import parse_rows
from regard.store.lock import held
from regard.store.manifest import sync

FOLDER = "quarantine"
State = tuple[int, int, int]


@dataclass(frozen=True)
class Kept:
    """What one import left in quarantine. rejects: how many rows."""

    number: int
    origins: tuple[Origin, ...]
    rejects: int


def keep(workspace: Path, number: int, parcels: Sequence[Parcel]) -> Path | None:
    """Write the rejects of an import, whole or not at all; None where there are none.

    An import of which the store took nothing new has the number of the one before: what that
    one left is kept too.
    """
    parcels = [parcel for parcel in parcels if parcel.rejects]
    if not parcels:
        return None
    with held(lock_of(workspace)):
        return _add(workspace, number, parcels)


def _add(workspace: Path, number: int, parcels: Sequence[Parcel]) -> Path:
    """The rejects of an import, and what is kept of it already, in one file."""
    path = _path(workspace, number)
    head, *rows = _read(workspace, number) if path.exists() else [{"origins": []}]
    origins: list[dict[str, Any]] = head["origins"]
    lines = dict.fromkeys(json.dumps(row, ensure_ascii=False) for row in rows)
    for parcel in parcels:
        origin = asdict(parcel.origin or Origin("")) | {"source": parcel.source}
        if origin not in origins:
            origins.append(origin)
        at = {"origin": origins.index(origin)}
        more = [at | asdict(reject) for reject in parcel.rejects]
        more += [at | {"line": line, "raw": dict(raw)} for line, raw in parcel.beside]
        lines |= dict.fromkeys(json.dumps(row, ensure_ascii=False) for row in more)
    first = json.dumps({"number": number, "origins": origins}, ensure_ascii=False)
    return write_whole(path, "\n".join([first, *lines, ""]))


def list_kept(workspace: Path) -> tuple[Kept, ...]:
    """What is in quarantine, by import, oldest first."""
    numbers = sorted(int(path.stem) for path in (workspace / FOLDER).glob("[0-9]*.jsonl"))
    return tuple(_kept(workspace, number) for number in numbers)


def show(workspace: Path, number: int) -> tuple[Reject, ...]:
    """The rows that an import put aside, with the reasons."""
    _head, *rows = _read(workspace, number)
    return tuple(_reject(row) for row in rows if "reason" in row)


def retry(workspace: Path, number: int, mapping: FileMap | None = None) -> tuple[Parcel, ...]:
    """The rows of an import read again, a parcel a file.

    With `mapping`, else with the shipped mapping as it is now, else with the one they came with.
    Rows of an event log are read together with all rows of their cases. Nothing is written: give
    the parcels to `run_import`, then `discard` the import's quarantine as its state was before.
    """
    head, *rows = _read(workspace, number)
    parcels = []
    for at, origin in enumerate(head["origins"]):
        # Of a row that was erased nothing is left to read.
        mine = (row for row in rows if row["origin"] == at and row["raw"])
        own = sorted(mine, key=lambda row: int(row["line"]))
        raw = ((int(row["line"]), row["raw"]) for row in own)
        using = mapping or _mapping_now(origin, number)
        parcels.append(parse_rows(raw, using, origin["source"], origin["file"]))
    return tuple(parcels)


def state_of(workspace: Path, number: int) -> State | None:
    """What is another one as soon as anything is added to what an import put aside."""
    path = _path(workspace, number)
    if not path.exists():
        return None
    told = path.stat()
    return told.st_ino, told.st_mtime_ns, told.st_size


def discard(workspace: Path, number: int, state: State | None = None) -> None:
    """Forget what an import put aside; state: unless something was added since it was so."""
    with held(lock_of(workspace)):
        if state in (None, state_of(workspace, number)):
            _path(workspace, number).unlink(missing_ok=True)


def lock_of(workspace: Path) -> Path:
    """The lock of whoever changes a file of the quarantine."""
    return workspace / "store" / "quarantine.lock"


def write_whole(path: Path, text: str, mode: int = 0o666) -> Path:
    """Write a file that appears whole or not at all. mode: who may read it, less the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)
    return path


def _mapping_now(origin: dict[str, Any], number: int) -> FileMap:
    if origin["mapping"] in mapping_names():
        return load_mapping(origin["mapping"])
    if not origin["text"]:
        raise RegardError(
            f"The rows of import {number} came from {origin['file']} without a mapping. "
            "Import the mended file again."
        )
    return parse_mapping(origin["text"], origin["mapping"])


def _kept(workspace: Path, number: int) -> Kept:
    head, *rows = _read(workspace, number)
    origins = tuple(
        Origin(origin["file"], origin["mapping"], origin["text"]) for origin in head["origins"]
    )
    return Kept(number, origins, sum("reason" in row for row in rows))


def _reject(row: dict[str, Any]) -> Reject:
    return Reject(**{name: value for name, value in row.items() if name != "origin"})


def _read(workspace: Path, number: int) -> Iterator[dict[str, Any]]:
    path = _path(workspace, number)
    if not path.exists():
        known = sorted(int(p.stem) for p in path.parent.glob("[0-9]*.jsonl"))
        there = f"There are: {', '.join(map(str, known))}." if known else "The quarantine is empty."
        raise RegardError(f"Import {number} has nothing in quarantine. {there}")
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _path(workspace: Path, number: int) -> Path:
    return workspace / FOLDER / f"{number}.jsonl"
