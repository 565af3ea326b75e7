"""Reading facts: a store version, the workspace's opening hours, and facts as of any instant."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table as Relation

from regard.core.errors import RegardError
from regard.core.settings import Settings
from regard.facts.compute import Scope, clock_of, compute
from regard.facts.fact import Fact, fact, facts
from regard.facts.laid_out import FOLDER
from regard.facts.openings import STAMP, hours_of
from regard.store.manifest import Manifest, read, versions
from regard.store.snapshot import Snapshot
from regard.store.store import Store, open_store
from regard.store.workspace import SETTINGS, read_settings

CACHED = 8


class Reader:
    """One store version and the facts over it, for one thread."""

    def __init__(self, workspace: Path, store: Store, snapshot: Snapshot) -> None:
        self.workspace = workspace
        self.store = store
        self.snapshot = snapshot
        self._clock: tuple[Relation, Relation] | None = None
        self.settings: Settings = read_settings_of(workspace)

    @property
    def version(self) -> int:
        """The store version read."""
        return self.snapshot.manifest.version

    @property
    def watermarks(self) -> dict[str, datetime]:
        """The last event seen of each source."""
        return self.snapshot.watermarks

    def covered(self, table: str) -> tuple[str, ...]:
        """The sources that fill an event table."""
        return self.snapshot.covered(table)

    def fact(self, name: str, as_of: datetime | None = None) -> Relation:
        """The rows of a fact, built from the events until `as_of` (None: all events)."""
        wanted = fact(name)
        if as_of is None or not self._cuts(as_of):
            if self.snapshot.manifest.facts_of != self.snapshot.manifest.imports:
                raise RegardError(
                    "The facts are older than what was imported. Run `regard build` first."
                )
            return self.snapshot.fact(name, wanted.schema)
        name = f"past_{name}_{as_of.astimezone(UTC):{STAMP}}"
        return self.snapshot.read(name, self._past(wanted, as_of), wanted.schema)

    def clock(self) -> tuple[Relation, Relation]:
        """The opening hours as relations: the clock and its editions."""
        if self._clock is None:
            clock, editions = clock_of(self.snapshot, hours_of(self.workspace, self.snapshot))
            # Under names that are the same for every reader, so that SQL that names them is too.
            self._clock = (
                self.snapshot.hold("known_clock", clock),
                self.snapshot.hold("known_editions", editions),
            )
        return self._clock

    def close(self) -> None:
        """Let go of the engine."""
        self.snapshot.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cuts(self, as_of: datetime) -> bool:
        return any(as_of < mark for mark in self.watermarks.values())

    def _past(self, wanted: Fact, as_of: datetime) -> list[str]:
        """The files of a fact as of an earlier instant: built once and kept by version."""
        folder = self.workspace / "cache" / f"{self.version}-{as_of.astimezone(UTC):{STAMP}}"
        file = folder / f"{wanted.name}.parquet"
        if not file.exists():
            _make_room(folder.parent)
            needed = [name for name in facts() if name in _needed(wanted)]
            made = compute(
                self.snapshot,
                hours_of(self.workspace, self.snapshot),
                needed,
                Scope(as_of, self.settings.bots, self.settings.apart),
            )
            _keep(folder, {name: made[name].to_pyarrow() for name in needed})
        # Those asked for lately are the last to make room.
        os.utime(folder)
        return [str(file)]


def _needed(wanted: Fact) -> set[str]:
    """The fact and those it reads, and those they read."""
    return {wanted.name}.union(*(_needed(fact(name)) for name in wanted.reads if name in facts()))


def open_reader(workspace: Path, version: int | None = None, threads: int | None = None) -> Reader:
    """The newest store version of a workspace, or an older one.

    threads: how many cores its engine takes; all of them unless it is said.
    """
    store = open_store(workspace)
    found = newest_built(store) if version is None else _as_built(store, version)
    return Reader(workspace, store, Snapshot(store.folder, found, threads=threads))


def read_settings_of(workspace: Path) -> Settings:
    """The settings that `regard.toml` of the workspace names; the defaults without one."""
    return read_settings(workspace) if (workspace / SETTINGS).exists() else Settings()


def newest_built(store: Store) -> Manifest:
    """The newest version with facts of all its events: the newest that a build made."""
    for version in reversed(versions(store.manifests)):
        found = _as_built(store, version)
        if found.facts and found.facts_of == found.imports:
            return found
    raise RegardError("There are no facts yet. Import something, or run `regard build`.")


def _as_built(store: Store, version: int) -> Manifest:
    """A version; one that a build made, with the events that the build saw.

    While a build runs, imports may land, and its version names their events too: facts and events
    of one answer must belong together.
    """
    found = read(store.manifests, version)
    if found.facts_of == found.imports or not found.facts:
        return found
    earlier = [each for each in versions(store.manifests) if each < version]
    if earlier and read(store.manifests, earlier[-1]).facts == found.facts:
        return found
    for each in reversed(earlier):
        seen = read(store.manifests, each)
        if seen.imports == found.facts_of:
            return replace(
                found,
                tables=seen.tables,
                watermarks=seen.watermarks,
                covers=seen.covers,
                imports=seen.imports,
            )
    return found


def _keep(folder: Path, made: Mapping[str, pa.Table]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(dir=folder))
    for name, rows in made.items():
        pq.write_table(rows, draft / f"{name}.parquet")
        (draft / f"{name}.parquet").replace(folder / f"{name}.parquet")
    shutil.rmtree(draft)


def _make_room(cache: Path) -> None:
    if not cache.exists():
        return
    as_of = [folder for folder in cache.iterdir() if folder.name != FOLDER]
    kept = sorted(as_of, key=lambda path: path.stat().st_mtime)
    for old in kept[: max(0, len(kept) - CACHED + 1)]:
        shutil.rmtree(old, ignore_errors=True)
