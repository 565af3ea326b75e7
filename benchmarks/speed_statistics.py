"""How long statistics by 50 groups take: incidence, clustered intervals, quantiles.

    python benchmarks/speed_statistics.py --rows 10 [--folder DIR]

Rows (in millions) are tickets' facts written as such, of 50 products, with 20 tickets a customer
on average; one in ten is not solved. Contenders: what the same files cost without any statistics
(counts, means and quantiles in bare DuckDB), the incidence in numpy by `stats.incidence`, and
Regard's metrics. The time is that of the first question; of those after it, p50 is said.
"""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from shutil import rmtree
from time import perf_counter

import pyarrow as pa
import speed_data
from speed import Stopwatch, Work, quantile, run

AGAIN = 4
GROUPS = 50
VALUES: Mapping[str, str] = {
    "source": f"'{speed_data.SOURCE}'",
    "ticket_id": "'t' || lpad(n::VARCHAR, 9, '0')",
    "number": "n::VARCHAR",
    "customer_id": "'c' || draw(n, 1, greatest({rows} // 20, 1))",
    "channel": "['email', 'web', 'chat'][1 + draw(n, 2, 3)]",
    "product": f"'p' || draw(n, 3, {GROUPS})",
    "demand": "'real'",
    "created_by_kind": "'customer'",
    "created_at": "to_timestamp(born)",
    "first_message_at": "to_timestamp(born)",
    "team_asked_at": "to_timestamp(born)",
    "first_reply_at": "to_timestamp(born + lasted // 10)",
    "first_solved_at": "CASE WHEN solved THEN to_timestamp(born + lasted) END",
    "resolved_at": "CASE WHEN solved THEN to_timestamp(born + lasted) END",
    "last_solved_at": "CASE WHEN solved THEN to_timestamp(born + lasted) END",
    "status": "CASE WHEN solved THEN 'solved' ELSE 'open' END",
    "status_since": "to_timestamp(born + lasted)",
    "last_event_at": "to_timestamp(born + lasted)",
    "is_open": "NOT solved",
    "redirected": "false",
    "observed": "false",
    "solves": "solved::BIGINT",
    "reopens": "(solved AND draw(n, 5, 20) = 0)::BIGINT",
    "handoffs": "draw(n, 6, 4)",
    "escalations": "(draw(n, 8, 9) = 0)::BIGINT",
    "redirects": "0",
    "first_reply_seconds": "lasted // 10",
    "first_solve_seconds": "CASE WHEN solved THEN lasted END",
    "resolve_seconds": "CASE WHEN solved THEN lasted END",
    "last_solve_seconds": "CASE WHEN solved THEN lasted END",
    "requester_wait_seconds": "CASE WHEN solved THEN lasted // 2 END",
}
BARE = {
    "bare quantiles": "count(*), quantile_disc(resolve_seconds, [0.5, 0.9])",
    "bare counts and means": "count(*), avg(resolve_seconds), avg((reopens > 0)::INT)",
}
ASKED = {
    "incidence, median": ("time_to_resolve", 0.5),
    "incidence, 90 %": ("time_to_resolve", 0.9),
    "share, clustered": ("escalation_rate", 0.5),
    "mean, clustered": ("handoffs", 0.5),
    "quantile of waits": ("requester_wait", 0.9),
}


def workspace_of(folder: Path, rows: int) -> Path:
    """A workspace of so many tickets' facts and nothing else; one made before is taken."""
    import duckdb

    from regard.core.settings import Settings
    from regard.demo.calendars import CALENDARS_TOML
    from regard.facts.fact import fact
    from regard.store import deltas, manifest
    from regard.store.manifest import Manifest
    from regard.store.store import open_store
    from regard.store.workspace import init_workspace

    home = folder / f"{rows}-facts"
    if (home / "ready").exists():
        return home
    rmtree(home, ignore_errors=True)
    source = speed_data.SOURCE
    init_workspace(
        home, Settings(name="Bench", zone="Europe/Warsaw", sources=(source,)), CALENDARS_TOML
    )
    store, declared = open_store(home), fact("ticket_fact")
    path = store.fact_path("ticket_fact")
    schema = pa.schema([*declared.schema, pa.field(deltas.BUCKET, pa.int32())])
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute("CREATE MACRO draw(n, salt, many) AS (hash(n, salt) % many)::BIGINT")
        version = 0
        for part in range(deltas.BUCKETS):
            found = engine.sql(_part(rows, part, schema.names)).to_arrow_reader(
                batch_size=speed_data.AT_ONCE
            )
            batches = (batch.cast(schema) for batch in found)
            stream = pa.RecordBatchReader.from_batches(schema, batches)
            write = deltas.append_all if part else partial(deltas.replace, divided=True)
            version = write(path, stream)
    marks = {source: "2026-06-01T00:00:00+00:00"}
    covers = {source: ("ticket", "ticket_change", "message", "agent", "team")}
    made = Manifest(1, {}, {"ticket_fact": version}, marks, covers, imports=1, facts_of=1)
    manifest.write(store.manifests, made)
    (home / "ready").touch()
    return home


def _part(rows: int, part: int, names: list[str]) -> str:
    """SQL for one part of the rows, by their number: each part is a bucket here."""
    from regard.store import deltas

    given = dict(VALUES) | {"bucket": f"{part}::INTEGER"}
    listed = ", ".join(f'{given.get(name, "NULL")} AS "{name}"' for name in names)
    inner = (
        f"SELECT n, {speed_data.FIRST} + (n * {speed_data.SECONDS} // {rows}) AS born, "
        "60 + draw(n, 7, 1000) * draw(n, 9, 1000) AS lasted, draw(n, 4, 10) > 0 AS solved "
        f"FROM range({part}, {rows}, {deltas.BUCKETS}) AS given(n)"
    )
    return f"SELECT {listed.format(rows=rows)} FROM ({inner}) ORDER BY ticket_id"


def bare(wanted: str, home: Path, watch: Stopwatch) -> None:
    """The same files grouped in DuckDB, without intervals."""
    import duckdb

    from regard.store.deltas import files_of
    from regard.store.store import open_store

    store = open_store(home)
    files = files_of(store.fact_path("ticket_fact"), store.head().facts["ticket_fact"])
    with duckdb.connect() as engine, watch.running():
        engine.execute(
            f"SELECT product, {wanted} FROM read_parquet({files}) GROUP BY product"
        ).fetchall()
    watch.rows = _rows(home)


def in_numpy(home: Path, watch: Stopwatch) -> None:
    """The curve of each group with its clusters, as `stats.incidence` makes it."""
    import duckdb
    import numpy as np

    from regard.stats.incidence import CENSORED, EVENT, curve, served
    from regard.store.deltas import files_of
    from regard.store.store import open_store

    store = open_store(home)
    files = files_of(store.fact_path("ticket_fact"), store.head().facts["ticket_fact"])
    with duckdb.connect() as engine, watch.running():
        told = engine.execute(
            "SELECT substr(product, 2)::INT AS part, substr(customer_id, 2)::BIGINT AS who, "
            "coalesce(resolve_seconds, 1000000) AS lasted, resolve_seconds IS NOT NULL AS done "
            f"FROM read_parquet({files})"
        ).fetchnumpy()
        for part in range(GROUPS):
            own = np.flatnonzero(told["part"] == part)
            kinds = np.where(told["done"][own], EVENT, CENSORED)
            served(curve(told["lasted"][own], kinds, told["who"][own]))
    watch.rows = _rows(home)


def asked(key: str, share: float, home: Path, watch: Stopwatch) -> None:
    """A metric by product, with intervals; then again of fewer days, so that it is counted anew."""
    from datetime import date, timedelta

    from regard.facts.reader import open_reader
    from regard.insight.ask import ask
    from regard.metrics.metric import catalogue
    from regard.metrics.query import Query

    catalogue()
    query = Query(key, date(2024, 1, 1), date(2026, 3, 1), ("product",), quantile=share)
    later = []
    with open_reader(home) as reader:
        with watch.running():
            found = ask(query, reader)
        assert found.parts, f"{key} has no rows here"
        for days in range(1, AGAIN + 1):
            begun = perf_counter()
            ask(
                Query(
                    key, date(2024, 1, 1) + timedelta(days), query.until, query.by, quantile=share
                ),
                reader,
            )
            later.append(perf_counter() - begun)
    watch.rows = _rows(home)
    watch.said |= {
        "parts": len(found.parts),
        "p50 of later ones, s": round(quantile(later, 0.5), 3),
    }


def _rows(home: Path) -> int:
    return int(home.name.partition("-")[0])


WORKS = (
    *(
        Work(name, "no statistics", partial(bare, wanted), patient=True)
        for name, wanted in BARE.items()
    ),
    Work("incidence in numpy", "stats.incidence", in_numpy),
    *(
        Work(name, f"{key} by product", partial(asked, key, share), patient=True)
        for name, (key, share) in ASKED.items()
    ),
)


def main(words: list[str]) -> int:
    """Make the facts, ask, print a table and a JSON line."""
    return run(
        words, __doc__, "Statistics", __file__, WORKS, workspace_of, "bare quantiles", unit="rows"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
