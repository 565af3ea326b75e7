"""A folder of the event model itself: a Parquet file a table, as `regard demo data` writes them.

A table is `TABLE.parquet`, or a folder `TABLE` of Parquet files, in any order. Columns are those
of the event model by their names and types; one that is left out is empty, the import's number is
not read. Everything else in the folder is left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.errors import did_you_mean
from regard.core.i18n import N_
from regard.core.schema import IMPORT_NUMBER, SOURCE, Column, Table, tables
from regard.ingest import clock
from regard.ingest.batch import Mask, plain_of, raw_row
from regard.ingest.frame import REASONS, Log
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.parquet import decoded, opened
from regard.ingest.plain import build, drop_repeats
from regard.ingest.source import Source
from regard.ingest.streams import BadFile

ENDING = ".parquet"
ROWS_AT_ONCE = 1 << 17
EPOCH = date(1970, 1, 1)
YEARS = (clock.EARLIEST, clock.LATEST + 1)
WANTED = {
    "text": "text",
    "instant": "instants with a zone, such as timestamp[us, tz=UTC]",
    "date": "days (date32)",
    "whole": "whole numbers (int64)",
    "flag": "yes or no (bool)",
}
"""What a column of each kind holds, in words for who has to write it again."""


@dataclass
class _Taken:
    """What has been read of a folder: rows by table, those put aside, and what was noticed."""

    rows: dict[str, pa.Table] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    read: int = 0


def parse(path: Path, /, source: str = "") -> Parcel:
    """Rows of all tables of the folder; source: in place of the one that the rows say.

    A table or column that the event model does not know, and a column of another type, are a
    BadFile; rows without a value that names them are put aside.
    """
    found = _files(path)
    taken = _Taken()
    for name in sorted(found):
        _take(taken, tables()[name], found[name], source)
    sources = _sources(taken)
    first, *others = sources or [source or path.name]
    covers = tuple(name for name in tables() if name in found)
    return Parcel(
        source=first,
        covers=covers,
        rows=taken.rows,
        read=taken.read,
        kept=taken.read - len(taken.rejects),
        rejects=tuple(taken.rejects),
        findings=taken.log.findings(),
        origin=Origin(path.name),
        also=tuple(Parcel(one, covers, {}, 0, 0) for one in others),
    )


def _files(folder: Path) -> dict[str, list[Path]]:
    """The files of each table in the folder, in order."""
    if not folder.exists():
        raise BadFile(folder, "there is no such folder", "Check the path")
    if not folder.is_dir():
        raise BadFile(folder, "that is a file", "Name the folder it lies in")
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            parts = sorted(part for part in path.glob(f"*{ENDING}") if part.is_file())
        else:
            parts = [path] if path.suffix == ENDING else []
        name = path.name.removesuffix(ENDING)
        if parts and name not in tables():
            hint = did_you_mean(name, tables()).rstrip(".?")
            why = f"the event model has no table '{name}'. {hint}"
            raise BadFile(path, why, "Give it the name of its table, or take it away")
        if parts:
            found.setdefault(name, []).extend(parts)
    if not found:
        why = f"no table of the event model lies in it, such as ticket{ENDING}"
        raise BadFile(folder, why, "Name another folder")
    return found


def _take(taken: _Taken, described: Table, paths: Sequence[Path], source: str) -> None:
    """Read a table whole, each identity once."""
    parts = [build(described.name, source, {}, 0)]
    for path in paths:
        with opened(path, path) as file, file:
            _check(path, described, file.schema_arrow, source)
            first = 1
            for batch in decoded(path, file, ROWS_AT_ONCE):
                parts.append(_kept(taken, path, described, batch, source, first))
                first += batch.num_rows
    rows = pa.concat_tables(parts)
    taken.rows[described.name] = drop_repeats(described.name, rows, taken.log)


def _check(path: Path, described: Table, schema: pa.Schema, source: str) -> None:
    """Raise BadFile that says the first thing wrong with the columns."""
    known = [column.name for column in described.columns]
    for name in schema.names:
        if name not in known:
            hint = did_you_mean(name, known).rstrip(".?")
            why = f"table {described.name} has no column '{name}'. {hint}"
            raise BadFile(path, why, "Rename the column or leave it out")
    for name in schema.names:
        if schema.names.count(name) > 1:
            raise BadFile(path, f"it has the column '{name}' twice", "Rename one or leave it out")
    needed = [name for name in described.key if name != "valid_from"]
    for name in needed:
        if name not in schema.names and not (name == SOURCE.name and source):
            why = f"it lacks the column '{name}', which names a row of {described.name}"
            step = "Add it, or say --source NAME" if name == SOURCE.name else "Add it"
            raise BadFile(path, why, step)
    for field_ in schema:
        column = described.column(field_.name)
        if column.name != IMPORT_NUMBER.name and not _fits(column, field_.type):
            why = f"column '{column.name}' holds {field_.type}, not {WANTED[column.kind]}"
            raise BadFile(path, why, "Write it with that type")


def _fits(column: Column, kind: pa.DataType) -> bool:
    """Whether values of that type can be those of the column, without a guess."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind):
        return True
    if column.kind == "instant":
        return bool(pa.types.is_timestamp(kind)) and kind.tz is not None
    fits = {
        "text": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        "date": (pa.types.is_date,),
        "whole": (pa.types.is_integer,),
        "flag": (pa.types.is_boolean,),
    }
    return any(test(kind) for test in fits[column.kind])


def _kept(
    taken: _Taken, path: Path, described: Table, batch: pa.RecordBatch, source: str, first: int
) -> pa.Table:
    """The rows of a batch that say which they are, in the schema of the event model."""
    columns: dict[str, pa.Array] = {}
    for column in described.columns:
        if column.name in batch.schema.names and column.name != IMPORT_NUMBER.name:
            columns[column.name] = _cast(path, column, batch.column(column.name))
    if source:
        columns[SOURCE.name] = pa.repeat(pa.scalar(source, pa.string()), batch.num_rows)
    taken.read += batch.num_rows
    good = np.ones(batch.num_rows, dtype=bool)
    for name in described.key:
        good &= _said(described, name, columns)
    possible = np.ones(batch.num_rows, dtype=bool)
    for name, values in columns.items():
        if described.column(name).kind in ("instant", "date"):
            possible &= _possible(values)
    for place in np.flatnonzero(good & ~possible).tolist():
        taken.rejects.append(_undated(described, batch, columns, place, first))
    for place in np.flatnonzero(~good).tolist():
        taken.rejects.append(_reject(described, batch, columns, place, first))
    made = build(described.name, source, columns, batch.num_rows)
    where = made.schema.get_field_index(SOURCE.name)
    made = made.set_column(where, made.schema.field(where), columns[SOURCE.name])
    kept = good & possible
    return made if kept.all() else made.filter(pa.array(kept))


def _cast(path: Path, column: Column, values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    try:
        return values.cast(column.type)
    except pa.ArrowInvalid as error:
        why = f"a value of '{column.name}' does not fit ({str(error).splitlines()[0]})"
        raise BadFile(path, why, f"Write {WANTED[column.kind]}") from None


def _said(described: Table, name: str, columns: Mapping[str, pa.Array]) -> Mask | bool:
    """Where a row says this part of what names it.

    An instant may be empty, for ever. Later parts may be an empty text: some promises hold for
    every priority.
    """
    values = columns.get(name)
    if values is None or pa.types.is_timestamp(values.type):
        return True
    there = pc.is_valid(values)
    if name in (SOURCE.name, described.identity[0]) and pa.types.is_string(values.type):
        there = pc.and_(there, pc.fill_null(pc.not_equal(values, ""), False))
    made: Mask = there.to_numpy(zero_copy_only=False)
    return made


def _possible(values: pa.Array) -> Mask:
    """Where an instant or a day lies in the years that are read, or is not said."""
    days = pa.types.is_date(values.type)
    # Days are counted as days: as instants those of wild years are beyond what can be held.
    plain = values.cast(pa.date32()).cast(pa.int32()) if days else values.cast(pa.int64())
    told = plain.fill_null(0).to_numpy(zero_copy_only=False)
    one = 1 if days else clock.DAY
    first, last = ((date(y, 1, 1) - EPOCH).days * one for y in YEARS)
    made: Mask = (told >= first) & (told < last)
    return made


def _undated(
    described: Table,
    batch: pa.RecordBatch,
    columns: Mapping[str, pa.Array],
    place: int,
    first: int,
) -> Reject:
    """The reject of a row with an instant that cannot be."""
    one = {name: values.slice(place, 1) for name, values in columns.items()}
    dated = (name for name in one if described.column(name).kind in ("instant", "date"))
    name = next(name for name in dated if not _possible(one[name]).all())
    value = str(plain_of(one[name][0]))
    reason = REASONS["impossible_date"].format(value=value)
    raw = raw_row(batch, place)
    return Reject(first + place, reason, f"{described.name}.{name}", value, raw, "impossible_date")


def _reject(
    described: Table,
    batch: pa.RecordBatch,
    columns: Mapping[str, pa.Array],
    place: int,
    first: int,
) -> Reject:
    one = {name: values.slice(place, 1) for name, values in columns.items()}
    lacks = next(name for name in described.key if not np.all(_said(described, name, one)))
    raw = raw_row(batch, place)
    reason = f"the row of {described.name} has no {lacks}, which names it"
    column = f"{described.name}.{lacks}"
    return Reject(first + place, reason, column, "", raw, "no_identity")


def _sources(taken: _Taken) -> list[str]:
    """The names that the rows carry, in order."""
    named: set[str] = set()
    for rows in taken.rows.values():
        named.update(pc.unique(rows.column(SOURCE.name)).to_pylist())
    return sorted(named)


SOURCES = [
    Source(
        "events",
        N_("A folder of the event model's own tables in Parquet, as `regard demo data` writes it."),
        parse,
        tuple(tables()),
        takes="DIR",
    )
]
