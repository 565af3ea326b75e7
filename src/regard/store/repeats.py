"""Which rows may name what another row names: found by hashes, before anybody compares keys."""

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int64]
FEW = 1 << 14
"""So many rows are compared sooner than an engine starts."""


def suspects(rows: pa.Table, key: Sequence[str]) -> Places:
    """The places of all rows whose key stands twice, in order, and perhaps of some others.

    Of few rows all are suspect.
    """
    if rows.num_rows <= FEW:
        return np.arange(rows.num_rows)
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        return alike(engine, "rows", key)


def alike(engine: duckdb.DuckDBPyConnection, name: str, key: Sequence[str]) -> Places:
    """The same of the rows that an engine knows by a name, however few: those whose keys have one
    hash, which are nearly always none."""
    listed = ", ".join(f'"{column}"' for column in key)
    told = engine.sql(f"SELECT hash({listed}) AS hash FROM {name}").to_arrow_table()
    hashes = told.column("hash").to_numpy()
    ranked = np.sort(hashes)
    twice = ranked[1:][ranked[1:] == ranked[:-1]]
    return np.flatnonzero(np.isin(hashes, twice)) if len(twice) else np.zeros(0, np.int64)
