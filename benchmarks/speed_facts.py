"""How long the facts of tickets take: stretches, turns and tickets, against what else makes them.

    python benchmarks/speed_facts.py --tickets 0.1,1,2,10 [--folder DIR] [--patience 120]

Tickets are given in millions, with 5 messages and 4 to 7 changes each. Contenders: the bound
(the same columns read, one group-by a ticket of each table, nothing else), hand-written SQL,
Regard's three facts, Regard's whole build, Polars and pandas where installed, which make fewer
columns and no opening hours. All write what they make. The last line of each size says how far
their numbers agree on a sample. Then opening hours alone, against `businesstimedelta`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

import speed_data
import speed_frames
import speed_sql
from speed import Stopwatch, Work, run

MADE = ("status_span_fact", "turn_fact", "ticket_fact")
READ = ("ticket", "ticket_change", "message", "team")
SAMPLE = 20_000
DATED = (date(2023, 12, 29), date(2027, 1, 2))
BOUND = """
SELECT sum(n), max(a), max(b) FROM (
  SELECT ticket_id, count(*) AS n, min(created_at) AS a, max(customer_id || channel || type
         || priority || country) AS b FROM ticket GROUP BY ticket_id)
UNION ALL
SELECT sum(n), max(a), max(b) FROM (
  SELECT ticket_id, count(*) + sum(ordinal) AS n, min("at") AS a,
         max(field || value || actor || actor_kind) AS b FROM ticket_change GROUP BY ticket_id)
UNION ALL
SELECT sum(n), max(a), max(b) FROM (
  SELECT ticket_id, count(*) FILTER (public AND NOT automatic) + sum(ordinal) AS n,
         min(sent_at) AS a, max(author || author_kind) AS b FROM message GROUP BY ticket_id)
"""


def bound(home: Path, watch: Stopwatch) -> None:
    """Read the columns and group each table once by ticket."""
    with _engine(home) as engine, watch.running():
        engine.execute(BOUND).fetchall()
    watch.rows = _tickets(home)


def by_hand(home: Path, watch: Stopwatch) -> None:
    """The three facts in hand-written SQL."""
    from regard.core.calendar import clock_rows

    clock = clock_rows(speed_data.hours(home), *DATED)
    with _engine(home) as engine, watch.running():
        watch.rows = speed_sql.write(engine, clock, home / "out-sql")


def regard(home: Path, watch: Stopwatch) -> None:
    """The three facts as a build makes and writes them, and nothing else."""
    rmtree(home / "cache", ignore_errors=True)
    _build(home, watch)


def laid_out(home: Path, watch: Stopwatch) -> None:
    """The same in a workspace that has built before: their SQL lies there."""
    from regard.facts.compute import COMPILED, Scope, compute

    with _opened(home) as (snapshot, room):
        _, lots, _ = _divided(snapshot, room)
        compute(snapshot, speed_data.hours(home), MADE, Scope(lot=lots[0]))
    COMPILED.clear()
    _build(home, watch)


def _build(home: Path, watch: Stopwatch) -> None:
    from regard.facts.compute import Scope, compute
    from regard.store import factbook, shelves

    rmtree(home / "out-regard", ignore_errors=True)
    calendars = speed_data.hours(home)
    with watch.running(), _opened(home) as (snapshot, room):
        group, lots, starts = _divided(snapshot, room)
        for place, lot in enumerate(lots):
            made = compute(snapshot, calendars, MADE, Scope(lot=lot))
            for one in group:
                shelf = shelves.shelf_of(one.first, starts)
                rows = snapshot.sorted_rows(made[one.name], one.order, one.bucket, shelf)
                _, count = factbook.put(home / "out-regard" / one.name, rows, not place)
        watch.rows = snapshot.rows_of("ticket")
    watch.said["tickets of the last part"] = count
    watch.said["lots"] = len(lots)


@contextmanager
def _opened(home: Path) -> Iterator[tuple[Any, Any]]:
    """The workspace's rows as a build opens them, and what its engine may take."""
    from regard.facts.build import room_of
    from regard.facts.reader import read_settings_of
    from regard.store.store import open_store

    store = open_store(home)
    room = room_of(store, read_settings_of(home))
    with store.snapshot(None, room) as snapshot:
        yield snapshot, room


def _divided(snapshot: Any, room: Any) -> tuple[Any, Any, Any]:
    """The facts, what of them is computed at once, and where their shelves begin: as in a build."""
    from regard.facts.division import lots_of, starts_of
    from regard.facts.fact import fact

    group = [fact(name) for name in MADE]
    return group, lots_of(snapshot, group, room), starts_of(snapshot, group, {})


def every_fact(home: Path, watch: Stopwatch) -> None:
    """`regard build --full`: these three and the five that follow from them."""
    from regard.facts.build import build

    other = speed_data.twin(home, home.with_name(f"{home.name}-full"))
    with watch.running():
        done = build(other, full=True)
    watch.rows = done.facts["ticket_fact"]
    watch.said["rows by fact"] = dict(done.facts)
    rmtree(other)


def polars(home: Path, watch: Stopwatch) -> None:
    """The core columns with Polars."""
    import polars as _  # noqa: F401

    files = _files(home)
    with watch.running():
        watch.rows = speed_frames.with_polars(files, home / "out-polars.parquet")


def pandas(home: Path, watch: Stopwatch) -> None:
    """The core columns with pandas."""
    import pandas as _  # noqa: F401

    files = _files(home)
    with watch.running():
        watch.rows = speed_frames.with_pandas(files, home / "out-pandas.parquet")


def agreement(home: Path, watch: Stopwatch) -> None:
    """How many of the first tickets differ from Regard's in any column that both have."""
    import duckdb

    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for name, key in zip(MADE, ("place", "ordinal", "ticket_id"), strict=True):
            ours = home / "out-regard" / name / "*" / "*.parquet"
            short = {"status_span_fact": "span", "turn_fact": "turn", "ticket_fact": "made"}[name]
            theirs = {"sql": home / "out-sql" / f"{short}.parquet"}
            if name == "ticket_fact":
                theirs |= {rival: home / f"out-{rival}.parquet" for rival in ("polars", "pandas")}
            for rival, file in theirs.items():
                if file.exists():
                    watch.said[f"{rival}, {name}"] = _differing(engine, ours, file, key)


def _differing(engine: Any, ours: Path, theirs: Path, key: str) -> str:
    sample = f"WHERE ticket_id < 't{SAMPLE:09d}'"
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE ours AS FROM read_parquet('{ours}', "
        f"hive_partitioning = false) {sample}"
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE theirs AS FROM '{theirs}' {sample}")
    names = {one: set(engine.table(one).columns) for one in ("ours", "theirs")}
    both = sorted(names["ours"] & names["theirs"] - {"ticket_id", key, "import_number"})
    on = " AND ".join(f"o.{one} = t.{one}" for one in dict.fromkeys(("ticket_id", key)))
    # A library that knows no nulls among whole numbers, or no rows, says 0 for what is empty.
    told = ", ".join(
        f'count(*) FILTER ("o"."{one}" IS DISTINCT FROM "t"."{one}" AND NOT '
        f"(coalesce(CAST(o.\"{one}\" AS VARCHAR), '0') IN ('0', 'false') AND "
        f"coalesce(CAST(t.\"{one}\" AS VARCHAR), '0') IN ('0', '0.0', 'false')))"
        for one in both
    )
    row = engine.execute(
        f"SELECT count(*), {told} FROM ours o FULL JOIN theirs t ON {on}"
    ).fetchone()
    odd = {one: count for one, count in zip(both, row[1:], strict=True) if count}
    return f"{len(both)} columns of {row[0]:,} rows; different: {odd or 'none'}"


def our_hours(home: Path, watch: Stopwatch) -> None:
    """Open seconds of every pair of instants, by joins on the clock."""
    from regard.facts.business_time import open_seconds
    from regard.facts.compute import clock_of
    from regard.store.store import open_store

    calendars = speed_data.hours(home)
    with open_store(home).snapshot() as snapshot:
        clock, editions = clock_of(snapshot, calendars)
        pairs = snapshot.engine.con
        pairs.execute(f"CREATE TABLE pairs AS {_pairs(home)}")
        rows = snapshot.engine.table("pairs")
        with watch.running():
            found = open_seconds(rows, "starts", "ends", clock, editions, to="open_seconds")
            told = snapshot.engine.to_pyarrow(found)
        watch.rows = told.num_rows
    import pyarrow.parquet as pq

    pq.write_table(told, home / "out-hours.parquet")


def their_hours(home: Path, watch: Stopwatch) -> None:
    """The same by `businesstimedelta`, pair by pair: at most 20,000 of them."""
    import businesstimedelta as rival
    import duckdb
    import holidays
    import pytz

    zoned: Any = pytz.timezone
    zone = zoned("Europe/Warsaw")
    week = rival.WorkDayRule(
        start_time=time(8),
        end_time=time(18),
        working_days=[0, 1, 2, 3, 4],
        tz=zone,
    )
    off = rival.HolidayRule(holidays.country_holidays("PL", years=range(2023, 2028)), tz=zone)
    rules = rival.Rules([week, off])
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        file = home / "out-hours.parquet"
        pairs = engine.execute(
            f"SELECT epoch(starts), epoch(ends), open_seconds FROM '{file}' "
            f"ORDER BY ticket_id LIMIT {SAMPLE}"
        ).fetchall()
    differing = 0
    with watch.running():
        for start, end, ours in pairs:
            begun = datetime.fromtimestamp(start, UTC)
            found = rules.difference(begun, begun + timedelta(seconds=end - start))
            differing += found.hours * 3600 + found.seconds != ours
    watch.rows = len(pairs)
    watch.said["pairs that differ from ours"] = differing


def _pairs(home: Path) -> str:
    listed = speed_data.files_of(home, "ticket")
    return (
        "SELECT ticket_id, created_at AS starts, 'default' AS calendar_id, created_at + "
        "to_seconds((hash(ticket_id) % 1048576)::BIGINT) AS ends "
        f"FROM read_parquet({listed}) WHERE created_at < TIMESTAMPTZ '2025-12-01'"
    )


def _engine(home: Path) -> Any:
    """An engine that shows the event tables."""
    import duckdb

    made = duckdb.connect(config={"preserve_insertion_order": False})
    made.execute("SET TimeZone = 'UTC'")
    for name in READ:
        listed = speed_data.files_of(home, name)
        made.execute(
            f"CREATE VIEW {name} AS FROM read_parquet({listed}, hive_partitioning = false)"
        )
    return made


def _files(home: Path) -> dict[str, list[str]]:
    return {name: speed_data.files_of(home, name) for name in READ}


def _tickets(home: Path) -> int:
    return int(home.name)


WORKS = (
    Work("sql", "hand-written SQL", by_hand, patient=True),
    Work("bound", "scan and one group-by", bound, patient=True),
    Work("regard", "Regard, three facts", regard, patient=True),
    Work("regard, SQL known", "in a workspace that built before", laid_out, patient=True),
    Work("regard, every fact", "Regard's whole build", every_fact, patient=True),
    Work("polars", "Polars", polars, needs=("polars",)),
    Work("pandas", "pandas", pandas, needs=("pandas",)),
    Work("agreement", "do they agree", agreement, patient=True),
    Work("open hours: regard", "joins on the clock", our_hours, patient=True),
    Work(
        "open hours: businesstimedelta",
        "pair by pair",
        their_hours,
        needs=("businesstimedelta", "holidays", "pytz"),
    ),
)


def main(words: list[str]) -> int:
    """Make the data of every size, run everybody, print a table and a JSON line."""
    return run(words, __doc__, "Facts of tickets", __file__, WORKS, speed_data.workspace_of, "sql")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
