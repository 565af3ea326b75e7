"""A batch of rows as read: text columns, the line of each row, and lines that are no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regard.ingest.parcel import Reject

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
ROWS = 1 << 14
"""Rows in a batch of the readers that build theirs row by row."""


@dataclass(frozen=True)
class Batch:
    """rows: columns as read, text or (Parquet) instants. lines: where each stands, from 1."""

    rows: pa.RecordBatch
    lines: Whole
    rejects: tuple[Reject, ...] = ()


def pack(
    rows: Sequence[Mapping[str, str]], lines: Sequence[int], rejects: Sequence[Reject] = ()
) -> Batch:
    """A batch of text columns from rows as mappings; what a row lacks is null."""
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    columns = [pa.array([row.get(name) for row in rows], pa.string()) for name in names]
    packed = pa.RecordBatch.from_arrays(columns, names=list(names))
    return Batch(packed, np.array(lines, np.int64), tuple(rejects))


def raw_row(rows: pa.RecordBatch | pa.Table, index: int) -> dict[str, Any]:
    """One row as read, by column name, as plain JSON values."""
    found = {name: rows.column(name)[index].as_py() for name in rows.schema.names}
    return {
        name: value if value is None or isinstance(value, str) else value.isoformat()
        for name, value in found.items()
    }
