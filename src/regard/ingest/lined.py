"""Lines of text that a pattern splits: logs, columns of fixed width, files without a header."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.i18n import N_
from regard.ingest.batch import ROWS, Batch
from regard.ingest.parcel import Reject
from regard.ingest.streams import BadFile, Checked

NO_FIT = N_("the line does not have the form that the mapping says")


def columns(pattern: str) -> tuple[str, ...]:
    """The columns that a pattern names, in its order."""
    return tuple(re.compile(pattern).groupindex)


def read(path: Path, pattern: str, encoding: str = "utf-8") -> Iterator[Batch]:
    """Batches of the lines, split by the pattern's named groups; lines it does not fit are rejects.

    Empty lines are passed over. A file of which no line fits is a BadFile.
    """
    fitted = read_any = False
    with Checked(path, encoding) as stream:
        text = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline=None)
        numbered = enumerate(text, start=1)
        while lines := list(islice(numbered, ROWS)):
            batch = split(lines, pattern)
            read_any = read_any or bool(batch.rows.num_rows or batch.rejects)
            fitted = fitted or bool(batch.rows.num_rows)
            yield batch
    if read_any and not fitted:
        raise BadFile(path, "no line of it has the form that the mapping says", "Choose another")


def split(lines: Sequence[tuple[int, str]], pattern: str) -> Batch:
    """Lines with their numbers as one batch."""
    full = [(number, line.rstrip("\r\n")) for number, line in lines if line.strip()]
    numbers = np.array([number for number, _ in full], np.int64)
    texts = pa.array([line for _, line in full], pa.string())
    found = pc.extract_regex(texts, _whole(pattern))
    fits = found.is_valid()
    names = columns(pattern)
    kept = found.filter(fits)
    rows = pa.RecordBatch.from_arrays([kept.field(name) for name in names], names=list(names))
    good = fits.to_numpy(zero_copy_only=False)
    rejects = tuple(
        Reject(number, NO_FIT, "", line, {"": line})
        for (number, line), one in zip(full, good, strict=True)
        if not one
    )
    return Batch(rows, numbers[good], rejects)


def again(line: str, pattern: str) -> Mapping[str, Any] | None:
    """The row of a line that was put aside, where the pattern as it is now fits it."""
    rows = split([(1, line)], pattern).rows.to_pylist()
    return rows[0] if rows else None


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"
