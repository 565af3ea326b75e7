"""The store of a workspace: what was imported, under versions that one manifest each names."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from regard.core.schema import Table, table, tables
from regard.store import deltas, lock, manifest
from regard.store.engine import SPILL, Room
from regard.store.manifest import Manifest
from regard.store.snapshot import Snapshot
from regard.store.upsert import Counted, upsert_table, watermarks_of


@dataclass(frozen=True)
class Changes:
    """What an import did: its number, the store version after it, and counts by table."""

    version: int
    number: int
    tables: Mapping[str, Counted]

    @property
    def any(self) -> bool:
        """Whether a row was new or changed."""
        return any(counted.new or counted.changed for counted in self.tables.values())


class Store:
    """The analytic store in a folder. Any number of processes may read while one writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifests = folder / manifest.MANIFESTS

    def head(self) -> Manifest:
        """The newest manifest."""
        return manifest.read_newest(self.manifests)

    def snapshot(self, version: int | None = None, room: Room | None = None) -> Snapshot:
        """The store as it stood at a version, the newest by default.

        room: what its engine may take; None: as much as it wants.
        """
        named = self.head() if version is None else manifest.read(self.manifests, version)
        return Snapshot(self.folder, named, room)

    def upsert(
        self, rows: Mapping[str, pa.Table], covers: Mapping[str, Iterable[str]] | None = None
    ) -> Changes:
        """Take rows by table: new ones in, changed ones replaced, the rest dropped.

        A row replaces the stored one of the same key unless its `updated_at` is older. Rows equal
        to stored ones are dropped, so that importing twice makes no version. All tables change
        together or none does.
        """
        declared = {name: table(name) for name in rows}
        filled = {
            source: [table(name).name for name in names] for source, names in (covers or {}).items()
        }
        with lock.held(self.folder / "write.lock"):
            manifest.sweep(self.manifests)
            head = self.head()
            number = head.imports + 1
            counted: dict[str, Counted] = {}
            versions = dict(head.tables)
            for name, incoming in rows.items():
                found = self._upsert_one(declared[name], incoming, head, number)
                counted[name] = found
                if found.version is not None:
                    versions[name] = found.version
            after = replace(
                head,
                tables=versions,
                covers=_joined(head.covers, filled),
                watermarks=_later(head.watermarks, watermarks_of(rows)),
            )
            if after == head:
                return Changes(head.version, head.imports, counted)
            after = replace(after, version=head.version + 1, imports=number)
            self._write(head, after)
            return Changes(after.version, number, counted)

    def publish(self, change: Callable[[Manifest], Manifest]) -> Manifest:
        """Write the manifest that `change` makes of the newest; it runs while the lock is held."""
        with lock.held(self.folder / "write.lock"):
            manifest.sweep(self.manifests)
            head = self.head()
            after = change(head)
            if after == head:
                return head
            after = replace(after, version=head.version + 1)
            self._write(head, after)
            return after

    def table_path(self, name: str) -> Path:
        """Where an event table lies."""
        return self.folder / "tables" / name

    def fact_path(self, name: str) -> Path:
        """Where a fact lies."""
        return self.folder / "facts" / name

    def spill_of(self, work: str) -> Path:
        """Where some work keeps what has no room in memory: rows, which a killed one may leave."""
        return self.folder / f"{SPILL}{work}"

    def spilt(self) -> tuple[Path, ...]:
        """What any work has left there."""
        return tuple(self.folder.glob(f"{SPILL}*"))

    def _write(self, head: Manifest, after: Manifest) -> None:
        """Write a manifest once all that it names is on the disk."""
        for path_of, before, named in (
            (self.table_path, head.tables, after.tables),
            (self.fact_path, head.facts, after.facts),
        ):
            for name, version in named.items():
                if before.get(name) != version:
                    deltas.keep(path_of(name), before.get(name), version)
        manifest.write(self.manifests, after)

    def _upsert_one(
        self, declared: Table, incoming: pa.Table, head: Manifest, number: int
    ) -> Counted:
        path = self.table_path(declared.name)
        version = head.tables.get(declared.name)
        spill = self.spill_of("importing")
        if spill.exists():
            shutil.rmtree(spill, ignore_errors=True)
        return upsert_table(path, declared, incoming, version, number, spill)


def open_store(workspace: Path) -> Store:
    """The store of a workspace folder."""
    return Store(workspace / "store")


def _joined(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    sources = sorted({*old, *new})
    order = list(tables())
    return {
        source: tuple(sorted({*old.get(source, ()), *new.get(source, ())}, key=order.index))
        for source in sources
    }


def _later(old: Mapping[str, str], new: Mapping[str, datetime]) -> dict[str, str]:
    marks = dict(old)
    for source, at in new.items():
        said = at.isoformat()
        if source not in marks or datetime.fromisoformat(marks[source]) < at:
            marks[source] = said
    return marks
