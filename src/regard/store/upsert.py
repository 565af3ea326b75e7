"""Taking rows into one table: new in, changed replaced, equal dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.schema import IMPORT_NUMBER, INSTANT, SOURCE, UPDATED_AT, Column, Table, table
from regard.store import deltas
from regard.store.repeats import alike
from regard.store.trouble import first_line, unreadable

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Counted:
    """Rows of one import: new, changed, the same as stored, older than stored; table version."""

    new: int
    changed: int
    same: int
    older: int = 0
    version: int | None = None


def upsert_table(
    path: Path, declared: Table, incoming: pa.Table, version: int | None, number: int, spill: Path
) -> Counted:
    """Take `incoming` into the Delta table at `path`, which stands at `version` (None: not yet).

    spill: the folder for what has no room in memory.
    """
    deltas.settle(path, version)
    with duckdb.connect(config={"temp_directory": str(spill)}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("incoming", _conformed(declared, incoming, number))
        _keep_last(engine, declared)
        stored = deltas.files_of(path, version) if version is not None else []
        _compare(engine, declared, path, stored)
        counts = dict(
            engine.execute("SELECT verdict, count(*) FROM judged GROUP BY verdict").fetchall()
        )
        ((rows,),) = engine.execute("SELECT count(*) FROM fresh").fetchall()
        kept = _kept(engine, declared)
    same = rows - sum(counts.values())
    found = Counted(counts.get("new", 0), counts.get("changed", 0), same, counts.get("older", 0))
    if not kept.num_rows:
        return found
    written = _write(path, declared, kept, version, merges=bool(found.changed))
    return Counted(found.new, found.changed, found.same, found.older, written)


def watermarks_of(rows: Mapping[str, pa.Table]) -> dict[str, datetime]:
    """The last event of each source among these rows: the newest instant at which one happened."""
    marks: dict[str, datetime] = {}
    for name, incoming in rows.items():
        at = table(name).at
        if at is None or not incoming.num_rows:
            continue
        for column in (at, "ended_at"):
            if column not in incoming.column_names:
                continue
            instants = incoming.select([SOURCE.name]).append_column(
                "at", incoming[column].cast(INSTANT)
            )
            for row in instants.group_by(SOURCE.name).aggregate([("at", "max")]).to_pylist():
                source, seen = row[SOURCE.name], row["at_max"]
                if seen is not None and (source not in marks or marks[source] < seen):
                    marks[source] = seen
    return marks


def _conformed(declared: Table, incoming: pa.Table, number: int) -> pa.Table:
    known = [column.name for column in declared.columns]
    for name in incoming.column_names:
        if name not in known:
            raise UnknownName(f"column of table {declared.name}", name, known)
    arrays = []
    for column in declared.columns:
        if column.name == IMPORT_NUMBER.name:
            arrays.append(pa.repeat(pa.scalar(number, pa.int64()), incoming.num_rows))
        elif column.name in incoming.column_names:
            values = _cast(declared, column, incoming[column.name])
            arrays.append(_filled(declared, column.name, values))
        else:
            empty = pa.nulls(incoming.num_rows, column.type)
            arrays.append(_filled(declared, column.name, empty))
    return pa.Table.from_arrays(arrays, schema=declared.schema)


def _cast(declared: Table, column: Column, values: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return values.cast(column.type)
    except pa.ArrowInvalid as error:
        what = f"A value of {column.name} for table {declared.name}"
        wanted = f"possible in a column of kind {column.kind}"
        raise BadValue(what, str(error).splitlines()[0], wanted) from None


def _filled(declared: Table, name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    if name not in declared.key or not values.null_count:
        return values
    if pa.types.is_timestamp(values.type):
        return pc.fill_null(values, pa.scalar(EVER, values.type))
    raise RegardError(
        f"{values.null_count} rows for table {declared.name} have no {name}, which names them. "
        "Say in the mapping where it stands, or leave those rows out."
    )


def _keep_last(engine: duckdb.DuckDBPyConnection, declared: Table) -> None:
    """Of rows with one key, keep the newest; of equally new ones, the last."""
    if not len(alike(engine, "incoming", declared.key)):
        # Most files name a row once: to look for that takes a fraction of ordering all of them.
        engine.execute("CREATE TEMP VIEW fresh AS SELECT * FROM incoming")
        return
    engine.execute(
        "CREATE TEMP TABLE fresh AS SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER () "
        f"AS place FROM incoming) QUALIFY row_number() OVER (PARTITION BY {_listed(declared.key)} "
        f"ORDER BY {UPDATED_AT.name} DESC NULLS LAST, place DESC) = 1"
    )


def _compare(
    engine: duckdb.DuckDBPyConnection, declared: Table, path: Path, stored: list[str]
) -> None:
    if not stored:
        engine.execute("CREATE TEMP VIEW judged AS SELECT *, 'new' AS verdict FROM fresh")
        return
    try:
        engine.execute(
            "CREATE TEMP VIEW stored AS SELECT * FROM "
            f"read_parquet({deltas.sql_list(stored)}, union_by_name => true)"
        )
    except duckdb.Error as error:
        raise unreadable(path, None, first_line(error)) from error
    known = {row[0] for row in engine.execute("DESCRIBE stored").fetchall()}
    told = [c.name for c in declared.own_columns] + [UPDATED_AT.name]
    # A column that the stored files lack is empty there.
    differs = " OR ".join(
        f'new."{c}" IS DISTINCT FROM old."{c}"' if c in known else f'new."{c}" IS NOT NULL'
        for c in told
    )
    same = " AND ".join(f'new."{c}" = old."{c}"' for c in declared.key)
    updated = UPDATED_AT.name
    # Most rows that come again are the same: only what differs is kept.
    engine.execute(
        f"CREATE TEMP TABLE judged AS SELECT * FROM (SELECT new.*, CASE "
        f"WHEN old.{SOURCE.name} IS NULL THEN 'new' "
        f"WHEN new.{updated} < old.{updated} THEN 'older' "
        f"WHEN {differs} THEN 'changed' ELSE 'same' END AS verdict "
        f"FROM fresh AS new LEFT JOIN stored AS old ON {same}) WHERE verdict <> 'same'"
    )


def _kept(engine: duckdb.DuckDBPyConnection, declared: Table) -> pa.Table:
    bucket = deltas.bucket_of(f'"{declared.bucket}"') if declared.bucket else "0"
    wanted = [c.name for c in declared.columns]
    listed = _listed([*wanted, deltas.BUCKET] if declared.bucket else wanted)
    kept = engine.sql(
        f"SELECT {listed} FROM (SELECT *, {bucket} AS {deltas.BUCKET} FROM judged "
        f"WHERE verdict IN ('new', 'changed')) ORDER BY {deltas.BUCKET}, {_listed(declared.key)}"
    ).to_arrow_table()
    extra = [pa.field(deltas.BUCKET, pa.int32())] if declared.bucket else []
    return kept.cast(pa.schema([*declared.schema, *extra]))


def _write(path: Path, declared: Table, kept: pa.Table, version: int | None, merges: bool) -> int:
    divided = declared.bucket is not None
    if version is not None and merges:
        deltas.merge(path, kept, declared.key, divided)
    else:
        deltas.append(path, kept, divided)
    return deltas.compact(path)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
