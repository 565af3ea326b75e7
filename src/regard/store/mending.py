"""What of a store is damaged, which version is whole, and two ways back to a store that works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from regard.core.errors import RegardError
from regard.store import deltas, lock, manifest
from regard.store.manifest import Manifest
from regard.store.store import Store

TABLE, FACT = "table", "fact"


@dataclass(frozen=True)
class Damage:
    """One thing that cannot be read. kind: table or fact; what: a sentence without a full stop.

    file: the file it is about; None where the table's log is damaged.
    """

    kind: str
    name: str
    what: str
    file: Path | None = None


def damage_of(store: Store, named: Manifest) -> tuple[Damage, ...]:
    """What of a version is gone, cut or unreadable, tables first. It reads every file's end."""
    found = []
    for kind, versions, path_of in _named(store, named):
        for name, version in versions.items():
            try:
                spoilt = deltas.damage(path_of(name), version)
            except RegardError as error:
                found.append(Damage(kind, name, str(error)))
            else:
                found += [
                    Damage(kind, name, f"{file.relative_to(path_of(name))} {what}", file)
                    for file, what in spoilt.items()
                ]
    return tuple(found)


def last_whole(store: Store) -> int | None:
    """The newest version before the present one all of whose event tables can be read, if any."""
    there = manifest.versions(store.manifests)
    judged: dict[tuple[tuple[str, int], ...], bool] = {}
    for version in reversed(there[:-1]):
        try:
            named = manifest.read(store.manifests, version)
        except RegardError:
            continue
        told = tuple(sorted(named.tables.items()))
        if told not in judged:
            judged[told] = not any(one.kind == TABLE for one in damage_of(store, named))
        if told and judged[told]:
            return version
    return None


def go_back(store: Store, version: int) -> Manifest:
    """Let the store stand as at a version, as a new version; what came later is to come again.

    Facts that cannot be read are left out. Raises RegardError, and changes nothing, where an event
    table of that version is damaged or the version is not there.
    """
    with lock.held(store.folder / "build.lock"), lock.held(store.folder / "write.lock"):
        then = manifest.read(store.manifests, version)
        spoilt = damage_of(store, then)
        for one in spoilt:
            if one.kind == TABLE:
                raise RegardError(
                    f"Version {version} is damaged too: {one.name}: {one.what}. "
                    "Run `regard doctor`, which names one that is whole."
                )
        newest = manifest.versions(store.manifests)[-1]
        # Each import makes a version. A number that was given is not given again.
        imports = then.imports + newest - then.version
        built = then.facts_of == then.imports
        after = replace(
            then, version=newest + 1, imports=imports, facts_of=imports if built else then.facts_of
        )
        if spoilt:
            after = replace(after, facts={}, facts_of=0, code="", calendars="")
        manifest.write(store.manifests, after)
        return after


def leave_out(store: Store) -> tuple[Manifest, int]:
    """Go on without the files of event tables that cannot be read: the new version, and how many.

    Their rows are lost until they are imported again; what is left of a file stays beside it under
    a name that ends in `.spoilt`. The next build is a full one.
    """
    with lock.held(store.folder / "build.lock"), lock.held(store.folder / "write.lock"):
        head = store.head()
        tables, count = dict(head.tables), 0
        for name, version in head.tables.items():
            path = store.table_path(name)
            spoilt = deltas.damage(path, version)
            if spoilt:
                tables[name] = deltas.leave_out(path, version, spoilt)
                deltas.keep(path, version, tables[name])
                count += len(spoilt)
        if not count:
            return head, 0
        # Facts count as current only once they are built from what is left.
        after = replace(
            head,
            version=head.version + 1,
            imports=head.imports + 1,
            tables=tables,
            code="",
        )
        manifest.write(store.manifests, after)
        return after, count


def _named(
    store: Store, named: Manifest
) -> tuple[tuple[str, Mapping[str, int], Callable[[str], Path]], ...]:
    return (
        (TABLE, named.tables, store.table_path),
        (FACT, named.facts, store.fact_path),
    )
