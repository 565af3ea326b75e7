"""From arrays to rows of the event model: schema, source and empty values."""

from typing import Any

import numpy as np
import pyarrow as pa

from regard.core.schema import SOURCE, UPDATED_AT, Column, table
from regard.demo.chance import Flags, Whole, Words, words
from regard.demo.clock import NEVER

DEMO = "demo"
UNKNOWN = -1
"""In a whole column: not known, so empty."""


def rows_of(of: str, updated_at: Whole, /, **arrays: Any) -> pa.Table:
    """A table of the event model from its columns, one array each; those left out are empty.

    Instants are microseconds, NEVER for none; wholes are empty where UNKNOWN; texts where None.
    One text or flag in place of an array holds for all rows; an Arrow array is taken as it is.
    """
    described = table(of)
    for given in arrays:
        described.column(given)
    size = len(updated_at)
    arrays |= {SOURCE.name: DEMO, UPDATED_AT.name: updated_at}
    made = [_filled(column, arrays.get(column.name), size) for column in described.columns]
    return pa.Table.from_arrays(made, schema=described.schema)


def _filled(column: Column, values: Any, size: int) -> pa.Array:
    if values is None:
        return pa.nulls(size, column.type)
    if isinstance(values, str | bool):
        return pa.repeat(pa.scalar(values, column.type), size)
    if isinstance(values, pa.Array):
        return values
    if column.kind == "instant":
        return pa.array(values, pa.int64(), mask=values == NEVER).cast(column.type)
    if column.kind == "whole":
        return pa.array(values, column.type, mask=values == UNKNOWN)
    return pa.array(values, column.type, from_pandas=False)


def named(prefix: str, size: int) -> Words:
    """Ids from 1, all of one length."""
    return words([f"{prefix}{n:06d}" for n in range(1, size + 1)])


def numbers(of: Whole) -> Words:
    """Whole numbers, small ones many times, as texts."""
    known = words([str(number) for number in range(int(of.max(initial=0)) + 1)])
    made: Words = known[of]
    return made


def picked(texts: Words, position: Whole) -> Words:
    """Texts by position; None where the position is UNKNOWN."""
    return only(position != UNKNOWN, texts[np.maximum(position, 0)])


def only(keep: Flags, texts: Words) -> Words:
    """The texts to keep; None in place of the others."""
    found = texts.copy()
    found[~keep] = None
    return found
