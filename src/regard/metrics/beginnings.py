"""Since when anything is known: before the first event there is no data, which is not 0."""

from datetime import datetime
from weakref import WeakKeyDictionary

from regard.core.schema import table
from regard.facts.reader import Reader
from regard.metrics.metric import Metric
from regard.store.snapshot import Snapshot

SEEN: WeakKeyDictionary[Snapshot, dict[str, datetime | None]] = WeakKeyDictionary()
"""The first event of each table of a store version: it never changes."""


def first_event(wanted: Metric, reader: Reader) -> datetime | None:
    """The first event of the tables that a metric needs; None where they hold none."""
    known = SEEN.setdefault(reader.snapshot, {})
    needed = [each for name in wanted.requires for each in name.split("|")]
    for name in needed:
        if name not in known:
            known[name] = _first(name, reader.snapshot)
    found = [at for at in (known[name] for name in needed) if at is not None]
    return min(found) if found else None


def _first(name: str, snapshot: Snapshot) -> datetime | None:
    # A shift is no event yet, but before the first one nobody knows of any plan.
    at = "starts_at" if name == "shift" else table(name).at
    if at is None or name not in snapshot.manifest.tables:
        return None
    first: datetime | None = snapshot.table(name)[at].min().to_pyarrow().as_py()
    return first
