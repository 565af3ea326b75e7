"""Tickets for the speed benchmarks: made in the engine from their numbers, once a folder.

Every ticket has 2 to 8 messages (5 on average) and 4 to 7 changes, over two years, with 12 teams,
240 people and one bot. Two in a hundred are open still. All is a function of the ticket's number,
so that a size is the same on every machine with the same DuckDB. Rows go into Delta tables bucket
by bucket, as an import would leave them; imports are measured by `speed_import.py`.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from regard.core.calendar import Calendar
from regard.core.schema import Table, table
from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.facts.openings import hours_of
from regard.store import deltas, manifest
from regard.store.engine import TYPES
from regard.store.manifest import Manifest
from regard.store.store import open_store
from regard.store.workspace import init_workspace

SOURCE = "bench"
MEMORY = "2 GB"
"""What the engine of a build may hold, whatever the machine has."""
FIRST, SECONDS = 1_704_067_200, 730 * 86_400
"""2024-01-01 UTC, and two years."""
AT_ONCE = 200_000

TICKETS = """
SELECT n, 't' || lpad(n::VARCHAR, 9, '0') AS ticket_id,
       {first} + (n * {span} // {tickets}) AS born,
       draw(n, 1, 7) + 2 AS said, draw(n, 2, 4) + 4 AS changes,
       600 + draw(n, 3, 100) * draw(n, 14, 100) * 12 AS pace,
       draw(n, 4, 50) = 0 AS unfinished, draw(n, 5, 10) = 0 AS machine,
       'team' || draw(n, 6, 12) AS team,
       'agent' || (draw(n, 6, 12) + 12 * draw(n, 7, 20)) AS person,
       'agent' || (draw(n, 6, 12) + 12 * draw(n, 8, 20)) AS other
FROM range({tickets}) AS given(n)
"""
NEEDED: dict[str, str] = {
    "ticket": """
SELECT ticket_id, n::VARCHAR AS number, 'c' || draw(n, 9, greatest({tickets} // 3, 1))
       AS customer_id, ['email', 'web', 'chat', 'phone'][1 + draw(n, 10, 4)] AS channel,
       to_timestamp(born) AS created_at, 'customer' AS created_by_kind,
       'type' || draw(n, 11, 20) AS type, 'new' AS status,
       ['low', 'normal', 'high', 'urgent'][1 + draw(n, 12, 4)] AS priority,
       ['PL', 'DE', 'GB'][1 + draw(n, 13, 3)] AS country,
       to_timestamp(born) AS updated_at
FROM made WHERE {within}
""",
    "ticket_change": """
SELECT ticket_id, place::VARCHAR AS change_id, place AS ordinal, to_timestamp(moment) AS "at",
       CASE WHEN place = 0 THEN 'team' WHEN status IS NULL THEN 'agent' ELSE 'status' END AS field,
       CASE place WHEN 0 THEN team WHEN 1 THEN person ELSE coalesce(status, other) END AS value,
       CASE WHEN place = 0 THEN 'bot' WHEN status = 'open' AND place > 2 THEN ticket_id
            ELSE person END AS actor,
       CASE WHEN place = 0 THEN 'bot' WHEN status = 'open' AND place > 2 THEN 'customer'
            ELSE 'agent' END AS actor_kind,
       to_timestamp(moment) AS updated_at
FROM (SELECT *, born + 30 + place * pace + draw(n, 20 + place, pace) AS moment,
             CASE WHEN unfinished AND place = changes - 1 THEN 'on_hold'
                  ELSE (CASE changes WHEN 4 THEN ['open', 'solved']
                        WHEN 5 THEN ['open', 'solved', 'closed']
                        WHEN 6 THEN ['open', NULL, 'solved', 'closed']
                        ELSE ['open', 'pending', 'solved', 'open', 'solved'] END)[place - 1]
             END AS status
      FROM (SELECT *, unnest(range(changes::BIGINT)) AS place FROM made WHERE {within}))
""",
    "message": """
SELECT ticket_id, place::VARCHAR AS message_id, place AS ordinal,
       to_timestamp(born + place * pace + draw(n, 30 + place, pace // 2) * (place > 0)::INT)
       AS sent_at,
       CASE WHEN robot THEN 'bot' WHEN ours THEN person ELSE ticket_id END AS author,
       CASE WHEN robot THEN 'bot' WHEN ours THEN 'agent' ELSE 'customer' END AS author_kind,
       draw(n, 40 + place, 33) > 0 AS public, robot AS automatic, 'email' AS channel,
       to_timestamp(born + place * pace) AS updated_at
FROM (SELECT *, machine AND place = 1 AS robot,
             draw(n, 50 + place, 5) < 3 AND place > 0 AS ours
      FROM (SELECT *, unnest(range(said::BIGINT)) AS place FROM made WHERE {within}))
""",
}


def workspace_of(folder: Path, tickets: int) -> Path:
    """The workspace of that many tickets in a folder, not built; one made before is taken."""
    home = folder / f"{tickets}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        init_workspace(
            home,
            Settings(name="Bench", zone="Europe/Warsaw", sources=(SOURCE,), memory=MEMORY),
            CALENDARS_TOML,
        )
        _fill(home, tickets)
        (home / "ready").touch()
    return home


def built(home: Path) -> Path:
    """A workspace beside this one with its facts; one built before is taken."""
    from regard.facts.build import build, code_mark

    other = home.with_name(f"{home.name}-built")
    # Facts of other code would be built anew by the first rebuild that is measured.
    if not (other / "built").exists() or open_store(other).head().code != code_mark():
        shutil.rmtree(other, ignore_errors=True)
        twin(home, other)
        build(other)
        (other / "built").touch()
    return other


def built_of(folder: Path, tickets: int) -> Path:
    """The workspace of that many tickets in a folder with its facts; one made before is taken."""
    return built(workspace_of(folder, tickets))


def twin(home: Path, other: Path) -> Path:
    """The workspace again under another name; what is never written twice is shared on disk."""
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(home, other, copy_function=_share)
    return other


def rows_of(home: Path) -> dict[str, int]:
    """How many rows each event table of a workspace has."""
    with open_store(home).snapshot() as snapshot:
        return {name: snapshot.rows_of(name) for name in snapshot.manifest.tables}


def files_of(home: Path, name: str) -> list[str]:
    """The Parquet files of an event table of a workspace."""
    store = open_store(home)
    return deltas.files_of(store.table_path(name), store.head().tables[name])


def hours(home: Path) -> tuple[Calendar, ...]:
    """The opening hours of a workspace."""
    with open_store(home).snapshot() as snapshot:
        return hours_of(home, snapshot)


def made_in(engine: duckdb.DuckDBPyConnection, tickets: int) -> None:
    """Lay out the tickets in an engine under the name `made`."""
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute("CREATE MACRO draw(n, salt, many) AS (hash(n, salt) % many)::BIGINT")
    laid = TICKETS.format(first=FIRST, span=SECONDS, tickets=tickets)
    bucket = deltas.bucket_of("ticket_id")
    engine.execute(f"CREATE TABLE made AS SELECT *, {bucket} AS bucket FROM ({laid})")


def rows_sql(name: str, tickets: int, within: str = "true") -> str:
    """SQL for the rows of an event table, in its schema, of the tickets in `made`."""
    declared = table(name)
    told = NEEDED[name].format(tickets=tickets, within=within)
    given = {"source": f"'{SOURCE}'", "import_number": "1"}
    there = _columns_of(name)
    listed = ", ".join(
        f'CAST({given.get(one.name, _known(one.name, there))} AS {TYPES[one.type]}) AS "{one.name}"'
        for one in declared.columns
    )
    return f"SELECT {listed} FROM ({told})"


def people() -> dict[str, pa.Table]:
    """The teams and the people of ours, as event tables."""
    ever = datetime(1970, 1, 1, tzinfo=UTC)
    teams = [
        table("team").row(
            source=SOURCE,
            team_id=f"team{place}",
            valid_from=ever,
            tier=1 + place % 3,
            import_number=1,
        )
        for place in range(12)
    ]
    agents = [
        table("agent").row(
            source=SOURCE,
            agent_id=f"agent{place}",
            valid_from=ever,
            role="agent",
            team=f"team{place % 12}",
            bot=False,
            import_number=1,
        )
        for place in range(240)
    ]
    agents.append(
        table("agent").row(
            source=SOURCE, agent_id="bot", valid_from=ever, bot=True, import_number=1
        )
    )
    return {
        "team": pa.Table.from_pylist(teams, schema=table("team").schema),
        "agent": pa.Table.from_pylist(agents, schema=table("agent").schema),
    }


def _fill(home: Path, tickets: int) -> None:
    """Write all event tables and the manifest that names them."""
    store = open_store(home)
    versions = {}
    with duckdb.connect() as engine:
        engine.execute("SET memory_limit = '3GB'")
        engine.execute("SET enable_progress_bar = false")
        engine.execute(f"SET temp_directory = '{home / 'spill'}'")
        made_in(engine, tickets)
        for name in NEEDED:
            for bucket in range(deltas.BUCKETS):
                rows = _bucket_rows(engine, table(name), tickets, bucket)
                path = store.table_path(name)
                if bucket:
                    versions[name] = deltas.append_all(path, rows)
                else:
                    versions[name] = deltas.replace(path, rows, divided=True)
        marks = " UNION ALL ".join(
            f'SELECT max("{at}") AS moment FROM ({rows_sql(name, tickets)})'
            for name, at in (("message", "sent_at"), ("ticket_change", "at"))
        )
        ((last,),) = engine.execute(f"SELECT max(moment) FROM ({marks})").fetchall()
    for name, rows in people().items():
        versions[name] = deltas.append(store.table_path(name), rows, divided=False)
    shutil.rmtree(home / "spill", ignore_errors=True)
    covers = {SOURCE: tuple(versions)}
    head = Manifest(1, versions, {}, {SOURCE: last.isoformat()}, covers, imports=1)
    manifest.write(store.manifests, head)


def _bucket_rows(
    engine: duckdb.DuckDBPyConnection, declared: Table, tickets: int, bucket: int
) -> pa.RecordBatchReader:
    key = ", ".join(declared.key)
    told = rows_sql(declared.name, tickets, f"bucket = {bucket}")
    found = engine.sql(f"SELECT *, {bucket}::INTEGER AS bucket FROM ({told}) ORDER BY {key}")
    schema = pa.schema([*declared.schema, pa.field(deltas.BUCKET, pa.int32())])
    batches = (batch.cast(schema) for batch in found.to_arrow_reader(batch_size=AT_ONCE))
    return pa.RecordBatchReader.from_batches(schema, batches)


def _columns_of(name: str) -> Sequence[str]:
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        made_in(engine, 1)
        return list(engine.sql(NEEDED[name].format(tickets=1, within="true")).columns)


def _known(name: str, there: Sequence[str]) -> str:
    return f'"{name}"' if name in there else "NULL"


def _share(one: str, other: str) -> None:
    """Parquet files are never altered, so that a second name is enough; the rest is copied."""
    if one.endswith(".parquet"):
        Path(other).hardlink_to(one)
    else:
        shutil.copy2(one, other)
