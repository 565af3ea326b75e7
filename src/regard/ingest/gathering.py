"""Rows gathered one by one into batches, of bounded width and size however sparse they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from regard.ingest.batch import ROWS, Batch, pack
from regard.ingest.parcel import Reject
from regard.ingest.streams import check_width

CELLS = 1 << 22
"""Cells in a batch, the empty ones with them: rows that share no column would fill memory."""


@dataclass
class Gathering:
    """What was read since the last batch was given, and the columns of all rows so far."""

    path: Path
    names: dict[str, None] = field(default_factory=dict)
    rows: list[Mapping[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, line: int, row: Mapping[str, str]) -> None:
        """A row; more columns than a table has are a BadFile."""
        self.names.update(dict.fromkeys(row))
        check_width(self.path, len(self.names))
        self.rows.append(row)
        self.lines.append(line)

    @property
    def full(self) -> bool:
        """Whether a batch should be given before more is read."""
        held = len(self.rows) + len(self.rejects)
        return held >= ROWS or len(self.rows) * len(self.names) >= CELLS

    def give(self) -> Batch:
        """The batch, and begin another."""
        batch = pack(self.rows, self.lines, self.rejects)
        self.rows, self.lines, self.rejects = [], [], []
        return batch
