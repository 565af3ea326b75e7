"""Rows out of the engine in batches, for what is too much to hold at once."""

from collections.abc import Sequence

import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

BATCH_ROWS = 50_000
VIEW = "streamed"


def sorted_batches(
    engine: Backend, rows: Relation, key: Sequence[str], size: int = BATCH_ROWS
) -> pa.RecordBatchReader:
    """The rows sorted by `key`, at most `size` a batch; the engine spills what memory lacks.

    Ibis 12 asks DuckDB 2.0 for a stream by a name it no longer has, so this asks the engine.
    """
    engine.create_view(VIEW, rows, overwrite=True)
    order = ", ".join(f'"{name}"' for name in key)
    return engine.con.table(VIEW).order(order).to_arrow_reader(batch_size=size)
