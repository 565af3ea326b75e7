"""What a source hands over: rows for the store, rows it could not take, and what it noticed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Reject:
    """A row that could not be taken, kept whole so that it can be tried again.

    line: where it stands in the file, from 1. reason: a sentence. column, value: what was
    wrong. raw: the row as read, by column name. kind: a key of `quality.LABELS`.
    """

    line: int
    reason: str
    column: str
    value: str
    raw: Mapping[str, Any]
    kind: str = "broken_row"


@dataclass(frozen=True)
class Finding:
    """Something noticed that kept no row out: what, how often, where, and an example.

    kind: a key of `quality.LABELS`. where: the column or table it was noticed in.
    """

    kind: str
    count: int
    example: str = ""
    where: str = ""


@dataclass(frozen=True)
class Origin:
    """Where rows were read from and how: enough to read rejected ones again.

    file: its name, without folders. mapping: the mapping's name. text: the mapping as it was.
    """

    file: str
    mapping: str = ""
    text: str = ""


@dataclass(frozen=True)
class Parcel:
    """One file's worth of rows.

    source: the name the rows carry. covers: the tables this source fills, so that a metric of
    another table can say that it has no data. rows: by table, in the schema of the event model
    without import numbers. read, kept: rows of the file, not of the store. beside: rows (line,
    raw) that were taken but belong to a case with a reject, needed to try that case again.
    also: parcels of further sources (accounts) that the same file or folder holds. repeats: by
    table, what counts where several rows tell one: see `mapping.Block.repeats`.
    """

    source: str
    covers: tuple[str, ...]
    rows: Mapping[str, pa.Table]
    read: int
    kept: int
    rejects: tuple[Reject, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    origin: Origin | None = None
    beside: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    also: tuple["Parcel", ...] = ()
    repeats: Mapping[str, str] = field(default_factory=dict)

    @property
    def each(self) -> tuple["Parcel", ...]:
        """This parcel and those of further sources with it."""
        return (self, *(part for further in self.also for part in further.each))
