"""How long an import takes, against DuckDB reading and writing the same files.

    python benchmarks/speed_import.py --tickets 1 [--folder DIR]

Parquet: tickets, changes and messages as the event model has them, by `regard import events`.
CSV: an event log of status changes, one row each, by a mapping of the tabular importer. Both stop
before the facts. DuckDB reads the same files, sorts them by what names a row, and writes Parquet.
"""

import sys
from pathlib import Path
from shutil import rmtree

import speed_data
from speed import Stopwatch, Work, run

TABLES = ("ticket", "ticket_change", "message")
CODEC = "(COMPRESSION zstd)"
MAPPING = """\
says = "A log of status changes"
form = "events"
layout = "published"
source = "bench_log"
case = "ticket"
at = "at"
activity = "status"

[ticket]
customer_id = "customer"
type = "type"

[[change]]
field = "status"
value = "status"
actor = "agent"
actor_kind = { value = "agent" }

[[change]]
field = "agent"
value = "agent"
actor = "agent"
actor_kind = { value = "agent" }
"""


def files(folder: Path, tickets: int) -> Path:
    """The files of so many tickets in a folder: `events/*.parquet` and `log.csv`."""
    import duckdb
    import pyarrow.parquet as pq

    home = folder / f"{tickets}-files"
    if (home / "ready").exists():
        return home
    rmtree(home, ignore_errors=True)
    (home / "events").mkdir(parents=True)
    with duckdb.connect() as engine:
        speed_data.made_in(engine, tickets)
        for name in TABLES:
            sql = speed_data.rows_sql(name, tickets)
            file = home / "events" / f"{name}.parquet"
            engine.execute(
                f"COPY (SELECT * EXCLUDE (import_number) FROM ({sql})) TO '{file}' {CODEC}"
            )
        changes = speed_data.rows_sql("ticket_change", tickets)
        born = speed_data.rows_sql("ticket", tickets)
        engine.execute(
            'COPY (SELECT ticket_id AS ticket, strftime("at", \'%Y-%m-%dT%H:%M:%SZ\') AS "at", '
            f"value AS status, actor AS agent, customer_id AS customer, type FROM ({changes}) "
            f"JOIN (SELECT ticket_id, customer_id, type FROM ({born})) USING (ticket_id) "
            f"WHERE field = 'status' ORDER BY ticket_id, ordinal) TO '{home / 'log.csv'}' (HEADER)"
        )
    for name, rows in speed_data.people().items():
        pq.write_table(rows.drop_columns(["import_number"]), home / "events" / f"{name}.parquet")
    (home / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (home / "ready").touch()
    return home


def bare_parquet(home: Path, watch: Stopwatch) -> None:
    """DuckDB reads, sorts and writes the Parquet files."""
    import duckdb

    from regard.core.schema import table

    with duckdb.connect() as engine, watch.running():
        for name in TABLES:
            key = ", ".join(table(name).key)
            told = engine.execute(
                f"COPY (FROM '{home / 'events' / name}.parquet' ORDER BY {key}) "
                f"TO '{home / 'bare.parquet'}' {CODEC}"
            ).fetchone()
            watch.rows += told[0] if told else 0


def bare_csv(home: Path, watch: Stopwatch) -> None:
    """DuckDB reads the CSV, sorts it and writes Parquet."""
    import duckdb

    with duckdb.connect() as engine, watch.running():
        told = engine.execute(
            f"COPY (FROM read_csv('{home / 'log.csv'}') ORDER BY ticket, \"at\") "
            f"TO '{home / 'bare.parquet'}' {CODEC}"
        ).fetchone()
        watch.rows = told[0] if told else 0


def events(home: Path, watch: Stopwatch) -> None:
    """`regard import events`, without the build."""
    from regard.ingest.sources.events import parse

    _take(home, watch, lambda: parse(home / "events"))


def tabular(home: Path, watch: Stopwatch) -> None:
    """`regard import tabular`, without the build."""
    from regard.ingest.grammar import load_mapping
    from regard.ingest.tabular import parse

    _take(home, watch, lambda: parse(home / "log.csv", load_mapping(str(home / "mapping.toml"))))


def again(home: Path, watch: Stopwatch) -> None:
    """`regard import events` of what is there already, which makes no version."""
    from regard.ingest.sources.events import parse

    _take(home, Stopwatch(), lambda: parse(home / "events"), keep=True)
    _take(home, watch, lambda: parse(home / "events"))


def _take(home: Path, watch: Stopwatch, parse: object, keep: bool = False) -> None:
    from regard.core.settings import Settings
    from regard.ingest.run import run_import
    from regard.store.store import open_store
    from regard.store.workspace import SETTINGS, init_workspace

    folder = home / "workspace"
    if not (folder / SETTINGS).exists():
        init_workspace(folder, Settings(name="Bench", zone="Europe/Warsaw"))
    assert callable(parse)
    with watch.running():
        parcel = parse()
        report = run_import([parcel], open_store(folder), folder)
    watch.rows = parcel.read
    watch.said |= {"new": report.new, "put aside": len(parcel.rejects)}
    if not keep:
        rmtree(folder)


WORKS = (
    Work("DuckDB, Parquet", "read, sort, write", bare_parquet, patient=True),
    Work("regard, Parquet", "import events", events, patient=True),
    Work("regard, Parquet again", "nothing new in it", again, patient=True),
    Work("DuckDB, CSV", "read, sort, write", bare_csv, patient=True),
    Work("regard, CSV", "import tabular", tabular, patient=True),
)


def main(words: list[str]) -> int:
    """Make the files, import them, print a table and a JSON line."""
    return run(words, __doc__, "Imports", __file__, WORKS, files, "DuckDB, Parquet")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
