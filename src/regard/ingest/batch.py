"""A batch of rows as read: text columns, the line of each row, and lines that are no rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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


def name_columns(found: Sequence[str]) -> tuple[str, ...]:
    """Names for the columns, each once: the nameless get their number, the repeated a suffix."""
    names: dict[str, None] = {}
    told: Counter[str] = Counter()
    for number, text in enumerate(found, start=1):
        name = said = text.strip() or f"column {number}"
        told[said] += 1
        while name in names:
            name = f"{said}#{told[said]}"
            told[said] += name in names
        names[name] = None
    return tuple(names)


def raw_row(rows: pa.RecordBatch | pa.Table, index: int) -> dict[str, Any]:
    """One row as read, by column name, as plain JSON values."""
    return {name: plain_of(rows.column(name)[index]) for name in rows.schema.names}


def plain_of(scalar: pa.Scalar) -> str | int | bool | None:
    """One value as plain JSON; an instant is its ISO form, beyond all years its number."""
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):
        return f"{scalar.value} {scalar.type}"
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)
