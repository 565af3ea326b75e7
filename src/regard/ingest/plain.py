"""Plain rows: one row of the file is one row of one or several tables of the event model."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core import schema
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log, holds
from regard.ingest.mapping import Block
from regard.ingest.values import evaluate
from regard.store.repeats import suspects


def translate(
    blocks: tuple[Block, ...], source: str, frame: Frame, log: Log
) -> dict[str, pa.Table]:
    """Rows by table. A row that cannot be read in one block is put aside for all of them."""
    made = [_columns(block, frame, log) for block in blocks]
    rows: dict[str, list[pa.Table]] = {}
    for block, (part, columns) in zip(blocks, made, strict=True):
        good = log.good(part)
        kept = pa.array(good)
        named = {name: column.filter(kept) for name, column in columns.items()}
        rows.setdefault(block.table, []).append(build(block.table, source, named, int(good.sum())))
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


def drop_repeats(name: str, rows: pa.Table, log: Log, repeats: str = "") -> pa.Table:
    """Each identity once; which row of several counts, and what is noticed: see `Block.repeats`."""
    places = suspects(rows, schema.table(name).key)
    if not len(places):
        return rows
    some = rows.take(pa.array(places))
    codes = _codes(some, schema.table(name).key)
    order = np.arange(len(codes))
    taken = np.zeros(len(codes), np.int64)
    # Of several places that are written to, numpy keeps what was written last.
    taken[codes[::-1] if repeats == "first" else codes] = (
        order[::-1] if repeats == "first" else order
    )
    lost = taken[codes] != order
    if not lost.any():
        return rows
    kind = "duplicate_id"
    if repeats == "first":
        kind, told = "told_otherwise", np.flatnonzero(lost)
        noticed = told[_differ(some, told, taken[codes[told]])]
    else:
        noticed = np.flatnonzero(lost) if not repeats else np.zeros(0, np.int64)
    if len(noticed):
        keys = schema.table(name).identity
        first = [str(some.column(key)[int(noticed[0])].as_py()) for key in keys]
        log.note(kind, name, len(noticed), ", ".join(first))
    kept = np.ones(rows.num_rows, bool)
    kept[places[lost]] = False
    return rows.filter(pa.array(kept))


def _codes(rows: pa.Table, keys: tuple[str, ...]) -> Whole:
    """A number by identity for each row."""
    texts = [rows.column(key).combine_chunks().cast(pa.string()) for key in keys]
    joined = pc.binary_join_element_wise(
        *texts, "\x1f", null_handling="replace", null_replacement="\x00"
    )
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.combine_chunks()
    codes: Whole = joined.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


def _differ(rows: pa.Table, some: Whole, others: Whole) -> Mask:
    """Where two rows, by their places, differ in any column."""
    differ = np.zeros(len(some), bool)
    one, two = rows.take(pa.array(some)), rows.take(pa.array(others))
    for name in rows.schema.names:
        a, b = one.column(name), two.column(name)
        same = pc.equal(a, b).fill_null(False)
        same = pc.or_(same, pc.and_(a.is_null(), b.is_null()))
        differ |= ~same.to_numpy(zero_copy_only=False)
    return differ


def _columns(block: Block, frame: Frame, log: Log) -> tuple[Frame, dict[str, pa.Array]]:
    table = schema.table(block.table)
    if block.each:
        frame = frame.each(block.each)
    part = frame.where(holds(block.when, frame))
    columns = {
        name: evaluate(choice, table.column(name).kind, f"{table.name}.{name}", part, log)
        for name, choice in block.columns.items()
    }
    for name in block.needs:
        kind = "no_instant" if table.column(name).kind == "instant" else "missing_value"
        _require(name, kind, columns, part, log)
    for name in table.identity:
        if name in columns and name != "valid_from":
            _require(name, "no_identity", columns, part, log)
    return part, columns


def _require(name: str, kind: str, columns: Mapping[str, pa.Array], part: Frame, log: Log) -> None:
    found = columns.get(name, pa.nulls(len(part)))
    missing = pc.is_null(found).to_numpy(zero_copy_only=False)
    log.reject(part, missing, kind, name, found)
