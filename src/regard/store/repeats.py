"""Which rows may name what another row names: found by hashes, before anybody compares keys."""

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

FEW = 1 << 14
"""So many rows are compared sooner than an engine starts."""


def suspects(rows: pa.Table, key: Sequence[str]) -> npt.NDArray[np.int64]:
    """The places of all rows whose key stands twice, and perhaps of some others, in order.

    Of few rows all are suspect. Of many, those whose keys have one hash: nearly always none.
    """
    if rows.num_rows <= FEW:
        return np.arange(rows.num_rows)
    listed = ", ".join(f'"{name}"' for name in key)
    with duckdb.connect() as engine:
        engine.register("rows", rows.select(list(key)))
        told = engine.sql(f"SELECT hash({listed}) AS hash FROM rows").to_arrow_table()
    hashes = told.column("hash").to_numpy()
    ranked = np.sort(hashes)
    twice = ranked[1:][ranked[1:] == ranked[:-1]]
    return np.flatnonzero(np.isin(hashes, twice)) if len(twice) else np.zeros(0, np.int64)
