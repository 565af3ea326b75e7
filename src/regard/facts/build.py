"""Building facts: in full, or only what the changed rows reach, with the same rows either way."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from ibis.expr.types import Table as Relation

from regard.core.calendar import Calendar
from regard.core.settings import Settings
from regard.facts import openings, spark
from regard.facts.compute import Scope, changed_subjects, compute, given_by, touched
from regard.facts.division import lots_of, starts_of
from regard.facts.fact import Fact, can_be, fact, facts, level_of
from regard.facts.reach import changes_of, compute_part, differing, differing_part
from regard.facts.reader import read_settings_of
from regard.store import factbook, shelves
from regard.store.deltas import Lot, is_broken
from regard.store.engine import Room, half_of_memory
from regard.store.lock import held
from regard.store.manifest import Manifest
from regard.store.snapshot import Snapshot
from regard.store.store import Store, open_store

Progress = Callable[[str, int, int], None]
CODE = Path(__file__).parent
FEW_ROWS = 50_000
"""Of a fact of so few rows, finding the part that changed takes longer than computing it."""


@dataclass(frozen=True)
class Built:
    """What a build did: the store version after it, how it went, and rows written by fact."""

    version: int
    how: str
    facts: Mapping[str, int]


def build(
    workspace: Path,
    *,
    full: bool = False,
    restate_calendars: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
    engine: str = spark.DUCKDB,
) -> Built:
    """Bring the facts of a workspace up to its newest import; nothing to do makes no version.

    full: compute every row again. restate_calendars: let corrected opening hours alter finished
    values. now: the instant from which an edited calendars.toml counts as known. engine: what
    computes them: `duckdb`, here, or a Spark by its master (`spark://HOST:PORT`, `local[2]`).

    Raises BadValue for another engine and RegardError where Spark fails: the facts stay then.
    """
    spark.check_engine(engine)
    store = open_store(workspace)
    with held(store.folder / "build.lock"):
        spark.clear_scratch(store.folder)
        if restate_calendars:
            openings.restate(workspace)
        openings.record(workspace, now or datetime.now(UTC))
        head = store.head()
        settings = read_settings_of(workspace)
        if not head.version:
            return Built(head.version, "nothing", {})
        room = room_of(store, settings)
        with store.snapshot(head.version, room) as snapshot:
            hours = openings.hours_of(workspace, snapshot)
            code = code_mark(settings.bots, settings.apart)
            calendars = openings.fingerprint(hours)
            current = head.code == code and head.calendars == calendars
            if current and head.facts_of == head.imports and head.facts and not full:
                return Built(head.version, "nothing", {})
            told = progress or (lambda *_: None)
            with _computing(snapshot, engine) as computing:
                job = _Job(store, computing, hours, settings, told, room, engine != spark.DUCKDB)
                versions, written, how = job.run(full=full or not current or not head.facts)

        def named(newest: Manifest) -> Manifest:
            return replace(
                newest, facts=versions, facts_of=head.imports, code=code, calendars=calendars
            )

        after = store.publish(named)
        return Built(after.version, how, written)


def _computing(snapshot: Snapshot, engine: str) -> AbstractContextManager[Snapshot]:
    """The snapshot as the engine reads it."""
    return nullcontext(snapshot) if engine == spark.DUCKDB else spark.spread(snapshot, engine)


def code_mark(bots: Sequence[str] = (), apart: Sequence[str] = ()) -> str:
    """A mark of the code that builds facts, and of the machines and customers it is told of.

    Facts of other code, or that took others for machines or for one person, are built anew.
    """
    files = sorted([*CODE.rglob("*.py"), *CODE.parent.joinpath("core").rglob("*.py")])
    read = b"".join(path.read_bytes() for path in files)
    told = repr((sorted(bots), sorted(apart)))
    return sha256(read + told.encode()).hexdigest()[:16]


def room_of(store: Store, settings: Settings) -> Room:
    """What the engine of a build may take; what a killed one has spilt is taken away."""
    spill = store.spill_of("building")
    shutil.rmtree(spill, ignore_errors=True)
    return Room(settings.memory or half_of_memory(), spill)


@dataclass(frozen=True)
class _Done:
    """What a build has come to, by fact: Delta versions, rows written, and what finds the subjects
    whose rows may differ from the former ones (None: all may)."""

    versions: dict[str, int]
    written: dict[str, int] = field(default_factory=dict)
    changed: dict[str, Callable[[], pa.Table | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Job:
    """spreads: whether the engine divides what does not fit in memory by itself."""

    store: Store
    snapshot: Snapshot
    calendars: tuple[Calendar, ...]
    settings: Settings
    progress: Progress
    room: Room
    spreads: bool

    def run(self, full: bool) -> tuple[dict[str, int], dict[str, int], str]:
        """Delta versions and rows written by fact, and `full` or `incremental`."""
        groups: dict[tuple[int, str, str], list[Fact]] = {}
        for one in sorted(facts().values(), key=level_of):
            if can_be(one, self.snapshot.manifest.tables):
                groups.setdefault((level_of(one), one.bucket, one.whose), []).append(one)
        done = _Done(dict(self.snapshot.manifest.facts))
        some = False
        for place, ((level, *_), group) in enumerate(groups.items()):
            self.progress(group[0].name, place, len(groups))
            some |= (self._later if level else self._group)(group, full, done)
        self.progress("", len(groups), len(groups))
        return done.versions, done.written, "incremental" if some else "full"

    def _group(self, group: list[Fact], full: bool, done: _Done) -> bool:
        """Build the facts of one kind of subject; whether only a part of them was."""
        subjects = None
        if self._known(group, done) and not full:
            subjects = changed_subjects(self.snapshot, group, self.snapshot.manifest.facts_of)
        for one in group:
            done.changed[one.name] = lambda: subjects
        if subjects is not None:
            if subjects.num_rows:
                made = self._compute(group, done, subjects=subjects)
                for one in group:
                    self._update(one, made[one.name], subjects, done)
            return True
        parts = [None] if self.spreads else lots_of(self.snapshot, group, self.room)
        starts = starts_of(self.snapshot, group, done.written)
        for place, lot in enumerate(parts):
            self._put(group, self._compute(group, done, lot=lot), place == 0, starts, done)
        return False

    def _later(self, group: list[Fact], full: bool, done: _Done) -> bool:
        """Build facts that read those of another kind of subject, where anything has changed.

        Whether only a part of them was.
        """
        known = self._known(group, done) and not full
        if known and not touched(self.snapshot, group, self.snapshot.manifest.facts_of):
            return False
        in_part = known and self._part(group, done)
        if not in_part:
            starts = starts_of(self.snapshot, group, done.written)
            self._put(group, self._compute(group, done), True, starts, done)
        for one in group:
            version = done.versions[one.name]
            done.changed[one.name] = partial(differing, self.snapshot, one, version)
        return in_part

    def _part(self, group: list[Fact], done: _Done) -> bool:
        """Build what changes reach of facts that are divided by whose rows are.

        False, and nothing is done, where that cannot be told or is too much.
        """
        if not all(one.whose for one in group):
            return False
        former = self.snapshot.manifest.facts
        if any(is_broken(self.store.fact_path(one.name), former[one.name]) for one in group):
            # Made whole, it is mended.
            return False
        first = self.snapshot.fact(group[0].name, group[0].schema)
        if int(first.count().to_pyarrow().as_py()) < FEW_ROWS:
            return False
        apart = self.settings.apart
        since = self.snapshot.manifest.facts_of
        changes = changes_of(self.snapshot, group, since, apart, done.changed)
        if changes is None:
            return False
        giving = given_by(self.snapshot, self.calendars, group, self._scope(done))
        found = compute_part(self.snapshot, group, giving, changes)
        if found is None:
            return False
        reach, made = found
        for one in group:
            fresh, gone = differing_part(self.snapshot, one, reach, made[one.name])
            self._update(one, fresh, gone, done)
            done.written[one.name] = int(made[one.name].count().to_pyarrow().as_py())
        return True

    def _known(self, group: list[Fact], done: _Done) -> bool:
        return all(one.name in done.versions for one in group)

    def _put(
        self,
        group: list[Fact],
        made: Mapping[str, Relation],
        fresh: bool,
        starts: shelves.Starts,
        done: _Done,
    ) -> None:
        """Write whole facts, in place of all rows where `fresh`, else beside those there."""
        for one in group:
            path = self.store.fact_path(one.name)
            shelf = shelves.shelf_of(one.first, starts)
            rows = self.snapshot.sorted_rows(made[one.name], one.order, one.bucket, shelf)
            if fresh:
                factbook.settle(path, done.versions.get(one.name))
            done.versions[one.name], count = factbook.put(path, rows, fresh)
            done.written[one.name] = done.written.get(one.name, 0) + count

    def _stored(self, versions: Mapping[str, int], name: str) -> Relation:
        """A fact as this build has left it; no rows where nothing of it was brought."""
        return self.snapshot.fact_at(name, versions.get(name), fact(name).schema)

    def _update(self, one: Fact, made: Relation, gone: pa.Table, done: _Done) -> None:
        """Write the rows made in place of those that agree with a row of `gone`."""
        path = self.store.fact_path(one.name)
        factbook.settle(path, done.versions[one.name])
        rows = self.snapshot.sorted_rows(made, one.order, one.bucket)
        done.versions[one.name], done.written[one.name] = factbook.update(
            path, done.versions[one.name], rows, gone, one.order, one.first, self.room
        )

    def _compute(
        self,
        group: list[Fact],
        done: _Done,
        subjects: pa.Table | None = None,
        lot: Lot | None = None,
    ) -> dict[str, Relation]:
        scope = replace(self._scope(done), subjects=subjects, lot=lot)
        return compute(self.snapshot, self.calendars, [one.name for one in group], scope)

    def _scope(self, done: _Done) -> Scope:
        """All events, as the settings say, and facts as this build has left them."""
        stored = partial(self._stored, done.versions)
        return Scope(bots=self.settings.bots, apart=self.settings.apart, stored=stored)
