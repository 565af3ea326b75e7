"""Threads: rows that answer one another, found from the links that rows tell."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.ingest.batch import Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.mapping import Links
from regard.ingest.values import evaluate


@dataclass(frozen=True)
class Threads:
    """What every row belongs to.

    ids: the thread's id, null where the row has none itself. depth: how many rows of the file
    stand above it.
    """

    ids: pa.Array
    depth: Whole


def find(links: Links, own: pa.Array, frame: Frame, log: Log) -> Threads:
    """The threads of rows: connected by what a row answers or is answered by, in the file or not.

    own: each row's id. A thread is named by its root: the row that answers nothing. Where that is
    not in the file, by what its topmost rows answer. Of several such ids (rows answered by one
    missing row, a circle) the smallest names it, shorter ones being smaller. So a thread keeps its
    name when answers are added below, or its missing root; rows above a root that was missing too
    give it another. Answers to what is not in the file are counted as odd.
    """
    parents = evaluate(links.parent, "text", "links.parent", frame, log)
    children = evaluate(links.children, "text", "links.children", frame, log)
    rows = own.to_pylist()
    above = parents.to_pylist()
    forest = _Forest({})
    for row, parent, below in zip(rows, above, children.to_pylist(), strict=True):
        if row is None:
            continue
        forest.join(row, row if parent is None else parent)
        for child in (below or "").split(links.between):
            if child.strip():
                forest.join(row, child.strip())
    known = {row for row in rows if row is not None}
    pairs = zip(rows, above, strict=True)
    strays = np.array([row is not None and (p or row) not in known for row, p in pairs], bool)
    log.note_rows(frame, strays, "missing_parent", links.parent[0].columns[0], parents)
    names = _names(forest, rows, above, known)
    ids = [None if row is None else names[forest.top(row)] for row in rows]
    return Threads(pa.array(ids, pa.string()), _depths(rows, above))


@dataclass(frozen=True)
class _Forest:
    """Which ids are linked: every id leads towards the top of its thread."""

    leads: dict[str, str]

    def top(self, name: str) -> str:
        """The id that stands for the thread."""
        path = []
        while (upper := self.leads.setdefault(name, name)) != name:
            path.append(name)
            name = upper
        for one in path:
            self.leads[one] = name
        return name

    def join(self, one: str, other: str) -> None:
        """Link two ids."""
        self.leads[self.top(one)] = self.top(other)


def _names(
    forest: _Forest, rows: list[str | None], above: list[str | None], known: set[str]
) -> dict[str, str]:
    """The name of every thread by the id that stands for it."""
    found: dict[str, tuple[int, int, str]] = {}
    for row, parent in zip(rows, above, strict=True):
        if row is None:
            continue
        if parent is None:
            rank, name = 0, row
        elif parent not in known:
            rank, name = 1, parent
        else:
            rank, name = 2, row
        top, claim = forest.top(row), (rank, len(name), name)
        found[top] = min(found.get(top, claim), claim)
    return {top: name for top, (_, _, name) in found.items()}


def _depths(rows: list[str | None], above: list[str | None]) -> Whole:
    """How many rows stand above each: of one instant, what is answered comes first."""
    parent = {row: upper for row, upper in zip(rows, above, strict=True) if row is not None}
    depth: dict[str, int] = {}
    for row in parent:
        path: list[str] = []
        at: str | None = row
        while at in parent and at not in depth:
            depth[at] = 0
            path.append(at)
            at = parent[at]
        start = depth[at] + 1 if at in depth and at not in path else 0
        for place, one in enumerate(reversed(path)):
            depth[one] = start + place
    return np.array([0 if row is None else depth[row] for row in rows], np.int64)
