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
MANIFESTS = "manifests"
"""The folder of a store that holds them."""
ERASED = "erased.json"
"""Says before which version nothing is left."""


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
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        said["covers"] = {source: tuple(names) for source, names in said["covers"].items()}
        found = Manifest(**said)
        whole = found.version == version and all(
            isinstance(told, int) for told in (*found.tables.values(), *found.facts.values())
        )
    except FileNotFoundError:
        raise _not_there(folder, version) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        whole = False
    if not whole:
        raise RegardError(
            f"Version {version} of the store cannot be read: its manifest {path.name} is damaged. "
            "Run `regard doctor`, which says which earlier version is whole and how to go back."
        )
    return found


def erased_before(folder: Path) -> int:
    """The first version that was left when customers were erased; 0 where none was, or the file
    that says so is damaged."""
    try:
        return int(json.loads((folder / ERASED).read_bytes())["before"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return 0


def erase_before(folder: Path, version: int) -> None:
    """Take away all manifests before a version; whoever asks for one of them is told why."""
    draft = (folder / ERASED).with_suffix(f".{os.getpid()}{DRAFT}")
    with writing(folder):
        with draft.open("w") as file:
            json.dump({"before": version}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / ERASED)
        sync(folder)
        for one in versions(folder):
            if one < version:
                _path(folder, one).unlink()
        sweep(folder)
        sync(folder)


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
        sync(folder)


def sweep(folder: Path) -> None:
    """Take away the drafts of writers that were killed; for whoever holds the lock of writing."""
    for draft in folder.glob(f"*{DRAFT}"):
        draft.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Bring to the disk which files a folder has."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_there(folder: Path, version: int) -> RegardError:
    """The error of a version that is not there, which says why or which ones are."""
    first, known = erased_before(folder), versions(folder)
    if version < first:
        return RegardError(
            f"Version {version} of the store was erased together with a customer: versions "
            f"before {first} cannot be read any more. Ask the newest instead."
        )
    spoken = f"It holds {known[0]} to {known[-1]}." if known else "It is empty."
    return RegardError(f"The store has no version {version}. {spoken}")


def _path(folder: Path, version: int) -> Path:
    return folder / f"{version:08d}.json"
