"""Plain rows: one row of the file is one row of one or several tables of the event model."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core import schema
from regard.ingest.batch import Mask
from regard.ingest.frame import Frame, Log, holds
from regard.ingest.mapping import Block
from regard.ingest.values import evaluate


def translate(
    blocks: tuple[Block, ...], source: str, frame: Frame, log: Log
) -> dict[str, pa.Table]:
    """Rows by table. A row that cannot be read in one block is put aside for all of them."""
    made = [_columns(block, frame, log) for block in blocks]
    good = log.good(frame)
    rows: dict[str, list[pa.Table]] = {}
    for block, (mask, columns) in zip(blocks, made, strict=True):
        kept = pa.array(good[mask])
        named = {name: column.filter(kept) for name, column in columns.items()}
        count = int(good[mask].sum())
        rows.setdefault(block.table, []).append(build(block.table, source, named, count))
    return {name: pa.concat_tables(parts) for name, parts in rows.items()}


def build(name: str, source: str, columns: Mapping[str, pa.Array], count: int) -> pa.Table:
    """Rows of a table in the schema of the event model; what is not given is null."""
    table = schema.table(name)
    arrays = []
    for column in table.columns[:-1]:
        if column.name == "source":
            arrays.append(pa.repeat(pa.scalar(source, pa.string()), count))
        else:
            given = columns.get(column.name)
            arrays.append(pa.nulls(count, column.type) if given is None else given)
    return pa.table(arrays, schema=stored_schema(name))


def stored_schema(name: str) -> pa.Schema:
    """The schema of a parcel's rows: the table's without the import number."""
    return pa.schema(list(schema.table(name).schema)[:-1])


def drop_repeats(name: str, rows: pa.Table, log: Log) -> pa.Table:
    """Each identity once: the last of the file counts; the others are counted as a finding."""
    keys = schema.table(name).key
    order = pa.array(np.arange(rows.num_rows, dtype=np.int64))
    keyed = rows.select(list(keys)).append_column("_at", order)
    last = keyed.group_by(list(keys), use_threads=False).aggregate([("_at", "max")])
    if last.num_rows == rows.num_rows:
        return rows
    kept = last.column("_at_max").combine_chunks().sort()
    lost = np.setdiff1d(order.to_numpy(), kept.to_numpy())
    first = {key: rows.column(key)[int(lost[0])].as_py() for key in keys[1:]}
    log.note("duplicate_id", name, len(lost), ", ".join(str(value) for value in first.values()))
    return rows.take(kept)


def _columns(block: Block, frame: Frame, log: Log) -> tuple[Mask, dict[str, pa.Array]]:
    table = schema.table(block.table)
    mask = holds(block.when, frame)
    part = frame.where(mask)
    columns = {
        name: evaluate(choice, table.column(name).kind, f"{table.name}.{name}", part, log)
        for name, choice in block.columns.items()
    }
    for name in table.identity:
        if name in columns and name != "valid_from":
            missing = pc.is_null(columns[name]).to_numpy(zero_copy_only=False)
            log.reject(part, missing, "no_identity", name, columns[name])
    return mask, columns
