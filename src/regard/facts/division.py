"""How facts are divided: what is computed at once, and what lies apart from the rest."""

from collections.abc import Mapping, Sequence

from regard.core.schema import table
from regard.facts.compute import subject_of
from regard.facts.fact import Fact, facts
from regard.store import shelves
from regard.store.deltas import BUCKETS, Lot
from regard.store.engine import Room
from regard.store.snapshot import Snapshot

MANY_ROWS = 4_000_000
BYTES_A_ROW = 1_000
"""What computing facts takes of memory for each row of the largest table, at most."""
PIECES = 32
"""Into how many lots a bucket is divided at most."""


def lots_of(snapshot: Snapshot, group: Sequence[Fact], room: Room) -> Sequence[Lot | None]:
    """What is computed at once: the whole (None), or lot by lot where it would not fit in memory.

    group: facts of one kind of subject, which are made together. room: what the engine may take.
    """
    names = sorted(
        name
        for name in _tables_of(group)
        # What is undivided (rates) cannot be taken in parts, and is small.
        if table(name).bucket is not None
    )
    # Every row has an id of its own: so few bytes cannot be so many rows.
    if sum(map(snapshot.bytes_of, names)) <= MANY_ROWS // 4:
        return [None]
    rows = {name: snapshot.rows_of(name) for name in names}
    largest = max(names, key=rows.__getitem__)
    most = room.bytes // BYTES_A_ROW
    if rows[largest] <= min(MANY_ROWS, most):
        return [None]
    pieces = 1
    while rows[largest] > BUCKETS * pieces * most and pieces < PIECES:
        pieces *= 2
    # Ids are told by a table that is divided by them: a call's ticket does not tell tickets.
    divided = [name for name in names if table(name).bucket == group[0].bucket]
    told = max(divided or [largest], key=rows.__getitem__)
    own = subject_of(table(told), group[0].bucket)
    return snapshot.lots(told, own or "", pieces if own else 1)


def starts_of(
    snapshot: Snapshot, group: Sequence[Fact], written: Mapping[str, int]
) -> shelves.Starts:
    """On which days the shelves of facts begin: as the largest table that they are made of has it.

    One shelf, and no beginning, where that is small. written: how many rows earlier facts have.
    """
    facts_read = [name for one in group for name in one.reads if name in facts()]
    tables = _tables_of(group)
    if not facts_read and sum(map(snapshot.bytes_of, tables)) <= shelves.MANY_ROWS // 4:
        return {}
    rows = {name: snapshot.rows_of(name) for name in tables}
    most = max([*rows.values(), *(written.get(name, 0) for name in facts_read)], default=0)
    if most < shelves.MANY_ROWS:
        return {}
    return snapshot.starts()


def _tables_of(group: Sequence[Fact]) -> set[str]:
    """The event tables that facts read."""
    return {name for one in group for name in one.reads if name not in facts()}
