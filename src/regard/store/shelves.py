"""Where the rows of a fact lie: what is new apart from what is old, within each bucket.

What people work on began lately. So a rebuild after an hour's work writes the files of the newest
shelf again, and not those of all years. Shelf 0 holds what began first, and what has no beginning;
each later one begins on a day (UTC). The number of a row's place is its bucket, and eight more for
each shelf before its own: a table without shelves is a table with one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import duckdb

from regard.store import deltas

MANY_ROWS = 500_000
"""A fact of fewer lies on one shelf: its files are written in a moment."""
CUTS = (1 / 2, 3 / 4, 7 / 8, 15 / 16, 31 / 32)
"""Of all rows, what begins before each next shelf: the newest is small, for it is written often."""
FULL = 1 / 16
"""The share of all rows from which the newest shelf is divided."""
Starts = Mapping[int, date]
"""The day on which each shelf but the first begins, by its number: later ones begin later."""


def shelf_of(first: str | None, starts: Starts) -> str:
    """SQL for the number of a row's shelf; first: the column of the instant at which it begins."""
    if first is None or not starts:
        return "0"
    later = " ".join(
        f"WHEN \"{first}\" >= TIMESTAMPTZ '{day.isoformat()} 00:00:00+00' THEN {shelf}"
        for shelf, day in sorted(starts.items(), reverse=True)
    )
    return f"CASE {later} ELSE 0 END"


def place_of(bucket: str, shelf: str) -> str:
    """SQL for the number of a row's place, from SQL for its bucket and its shelf."""
    return f"(({bucket}) + {deltas.BUCKETS} * {shelf})::INTEGER"


def cut(
    engine: duckdb.DuckDBPyConnection, rows: str, first: str, shares: Sequence[float]
) -> tuple[date, ...]:
    """The days before which those shares of rows begin, each once; rows: SQL of a relation."""
    listed = ", ".join(map(str, shares))
    # The day of each row would take longer than to read and order them.
    ((instants,),) = engine.execute(
        f'SELECT quantile_disc("{first}", [{listed}]) FROM {rows} WHERE "{first}" IS NOT NULL'
    ).fetchall()
    return tuple(sorted({_day(at) for at in instants or ()}))


def starts_of(files: Sequence[str], first: str) -> Starts:
    """The beginnings of shelves for rows that begin when those of Parquet files do."""
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        rows = f"read_parquet({deltas.sql_list(files)}, hive_partitioning => false)"
        return dict(enumerate(cut(engine, rows, first, CUTS), 1))


def stored_starts(
    engine: duckdb.DuckDBPyConnection, stored: str, first: str | None
) -> tuple[Starts, Mapping[int, int]]:
    """The beginnings of the shelves of stored rows, and how many rows each shelf holds.

    stored: SQL of a relation with the places as `bucket`.
    """
    begun = "NULL" if first is None else f'min("{first}")'
    found = engine.execute(
        f"SELECT {deltas.BUCKET} // {deltas.BUCKETS}, {begun}, count(*) FROM {stored} GROUP BY 1"
    ).fetchall()
    starts = {shelf: _day(at) for shelf, at, _ in found if shelf and at is not None}
    return starts, {shelf: count for shelf, _, count in found}


def divided(
    engine: duckdb.DuckDBPyConnection,
    rows: str,
    first: str,
    starts: Starts,
    counts: Mapping[int, int],
) -> Starts:
    """The beginnings of shelves where the newest, which holds much, is divided; else the same.

    rows: SQL of the rows of the newest shelf. counts: how many rows each shelf holds.
    """
    newest, total = max(counts, default=0), sum(counts.values())
    if total < MANY_ROWS or counts[newest] <= FULL * total:
        return starts
    begun = starts.get(newest, date.min)
    days = cut(engine, rows, first, CUTS[:1] if starts else CUTS)
    later = [day for day in days if day > begun]
    return {**starts, **{newest + number: day for number, day in enumerate(later, 1)}}


def _day(at: datetime) -> date:
    """The day (UTC) of an instant."""
    return at.astimezone(UTC).date()
