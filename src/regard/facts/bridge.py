"""The bridge between two builds: which finished values a restatement changed, and by how much."""

from dataclasses import dataclass

from regard.facts.fact import Fact, facts
from regard.store.snapshot import Snapshot, in_memory
from regard.store.store import Store


@dataclass(frozen=True)
class Restated:
    """A column of a fact that a restatement changed.

    rows: how many rows differ. before, after: the column's sum over those rows, in its own unit
    (seconds for open time); a value that came or went counts as 0 on the other side.
    """

    fact: str
    column: str
    rows: int
    before: int
    after: int


def bridge(store: Store, old: int, new: int) -> tuple[Restated, ...]:
    """What changed in open time between two store versions, column by column.

    Only rows that stand in both versions are compared: what was imported in between is news, no
    restatement.
    """
    with store.snapshot(old) as before, store.snapshot(new) as after:
        found = [
            told
            for one in facts().values()
            for column in _open_columns(one)
            if one.name in before.manifest.facts
            if (told := _compared(one, column, before, after)).rows
        ]
    return tuple(found)


def _open_columns(one: Fact) -> list[str]:
    return [c.name for c in one.columns if c.name.endswith("open_seconds")]


def _compared(one: Fact, column: str, before: Snapshot, after: Snapshot) -> Restated:
    was = before.fact(one.name, one.schema).select(*one.key, was=column).to_pyarrow()
    now = after.fact(one.name, one.schema).select(*one.key, now=column)
    both = now.inner_join(in_memory(was), list(one.key))
    differ = both.filter(~both.now.identical_to(both.was))
    sums = differ.aggregate(
        rows=differ.count(),
        before=differ.was.fill_null(0).sum().fill_null(0),
        after=differ.now.fill_null(0).sum().fill_null(0),
    )
    (row,) = after.engine.to_pyarrow(sums).to_pylist()
    return Restated(one.name, column, int(row["rows"]), int(row["before"]), int(row["after"]))
