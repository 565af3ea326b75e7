"""Manifests: one small file that names a version of every table, written in one step."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from regard.core.errors import RegardError
from regard.store.trouble import writing

SPOKEN = re.compile(r"\d{8,}\.json")
DRAFT = ".draft"


@dataclass(frozen=True)
class Manifest:
    """A store version: which Delta version of each table belongs together.

    tables, facts: Delta versions by name. watermarks: the last event seen of each source, as ISO
    instants. covers: the tables that each source fills. imports: how many imports were taken.
    facts_of: the version whose events the facts were built from; code, calendars: what built them.
    """

    version: int = 0
    tables: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    watermarks: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imports: int = 0
    facts_of: int = 0
    code: str = ""
    calendars: str = ""


def read_newest(folder: Path) -> Manifest:
    """The newest manifest, or the empty one of a new store."""
    found = versions(folder)
    return read(folder, found[-1]) if found else Manifest()


def versions(folder: Path) -> list[int]:
    """The versions there are, oldest first. Copies beside them, of whatever name, do not count."""
    there = folder.glob("[0-9]*.json")
    return sorted(int(path.stem) for path in there if SPOKEN.fullmatch(path.name))


def read(folder: Path, version: int) -> Manifest:
    """The manifest of a version; a version that is not there is an error that says which are.

    Raises RegardError too where the file is cut or says what no manifest says.
    """
    path = _path(folder, version)
    if not path.exists():
        known = versions(folder)
        spoken = f"It holds {known[0]} to {known[-1]}." if known else "It is empty."
        raise RegardError(f"The store has no version {version}. {spoken}")
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        said["covers"] = {source: tuple(names) for source, names in said["covers"].items()}
        found = Manifest(**said)
        whole = found.version == version and all(
            isinstance(told, int) for told in (*found.tables.values(), *found.facts.values())
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        whole = False
    if not whole:
        raise RegardError(
            f"Version {version} of the store cannot be read: its manifest {path.name} is damaged. "
            "Run `regard doctor`, which says which earlier version is whole and how to go back."
        )
    return found


def write(folder: Path, manifest: Manifest) -> None:
    """Write a new version. It appears whole or not at all, and never replaces another."""
    path = _path(folder, manifest.version)
    draft = path.with_suffix(f".{os.getpid()}{DRAFT}")
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        except FileExistsError:
            raise RegardError(
                f"Version {manifest.version} of the store was written by somebody else meanwhile. "
                "Nothing was changed; run the command again."
            ) from None
        finally:
            draft.unlink(missing_ok=True)
        _sync(folder)


def sweep(folder: Path) -> None:
    """Take away the drafts of writers that were killed; for whoever holds the lock of writing."""
    for draft in folder.glob(f"*{DRAFT}"):
        draft.unlink(missing_ok=True)


def _path(folder: Path, version: int) -> Path:
    return folder / f"{version:08d}.json"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
