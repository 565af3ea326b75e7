"""Columns of Arrow tables as arrays to reckon with, and back: ids, texts and instants."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Whole
from regard.demo.clock import NEVER
from regard.demo.rows import UNKNOWN


def texts(column: Any) -> pa.Array:
    """A text column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def instants(column: Any) -> Whole:
    """Instants in microseconds, NEVER for none."""
    made: Whole = pc.fill_null(texts(column).cast(pa.int64()), NEVER).to_numpy(zero_copy_only=False)
    return made


def wholes(column: Any) -> Whole:
    """Whole numbers, UNKNOWN for none."""
    made: Whole = pc.fill_null(texts(column), UNKNOWN).to_numpy(zero_copy_only=False)
    return made


def places(column: Any, known: Any) -> Whole:
    """The position of each text among the known ones; UNKNOWN for others and for none."""
    values = known if isinstance(known, (pa.Array, pa.ChunkedArray)) else pa.array(list(known))
    found = pc.index_in(texts(column), value_set=texts(values), skip_nulls=True)
    made: Whole = pc.fill_null(found.cast(pa.int64()), UNKNOWN).to_numpy(zero_copy_only=False)
    return made


def same(column: Any, text: str) -> Flags:
    """Whether each text is that one."""
    found = pc.fill_null(pc.equal(texts(column), text), False)
    made: Flags = found.to_numpy(zero_copy_only=False)
    return made


def text_at(known: Any, place: Whole) -> pa.Array:
    """Texts by position; empty where the position is UNKNOWN."""
    values = known if isinstance(known, pa.Array) else pa.array(list(known), pa.string())
    return values.take(pa.array(place, mask=place == UNKNOWN))


def text_where(keep: Flags, column: pa.Array) -> pa.Array:
    """The texts to keep; empty in place of the others."""
    return pc.if_else(pa.array(keep), column, pa.scalar(None, pa.string()))


def flags_where(keep: Flags, flags: Flags) -> pa.Array:
    """The flags to keep; empty in place of the others."""
    return pa.array(np.asarray(flags, dtype=bool), mask=~keep)


def numbered(prefix: str, number: Whole | int, width: int = 6) -> pa.Array:
    """Ids from numbers, all of one length; for a count: from 1 to it."""
    of = np.arange(1, number + 1) if isinstance(number, int) else number
    padded = pc.utf8_lpad(pa.array(of).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def joined(*parts: Any) -> pa.Array:
    """Texts put together row by row; a part is a column or one text for all."""
    return pc.binary_join_element_wise(*parts, "")


def followed(made: Any, of: str, table: pa.Table) -> pa.Table:
    """The rows of a table made so far, if any, and further ones."""
    return pa.concat_tables([made[of], table]) if of in made else table


def in_one(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables one below the other."""
    return pa.concat_tables(tables).combine_chunks()
