"""How long a rebuild takes after some of the tickets changed, against a full build.

    python benchmarks/speed_rebuild.py --tickets 2 [--folder DIR]

Of 0.1, 1 and 10 in a hundred tickets each has a new answer and a new solve: the newest ones, as it
goes from day to day, and as many scattered over all the years. Only the build is timed, not the
import before it. The `ratio` is to the full build.
"""

import sys
from functools import partial
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import speed_data
from speed import Stopwatch, Work, run

SHARES = {"0.1 %": 1, "1 %": 10, "10 %": 100}
"""Of a thousand tickets, how many change."""
CHOSEN = {
    "first": "ORDER BY created_at, ticket_id LIMIT {share}",
    "newest": "ORDER BY created_at DESC LIMIT (SELECT count(*) * {share} // 1000 FROM stored)",
    "scattered": "WHERE hash(ticket_id, 77) % 1000 < {share}",
}


def full(home: Path, watch: Stopwatch) -> None:
    """All facts anew."""
    from regard.facts.build import build

    other = speed_data.twin(home, home.with_name(f"{home.name}-again"))
    with watch.running():
        done = build(other, full=True)
    watch.rows = done.facts["ticket_fact"]
    rmtree(other)


def after(share: int, which: str, home: Path, watch: Stopwatch) -> None:
    """The facts that so many of a thousand changed tickets reach: newest or scattered ones."""
    from regard.facts.build import build
    from regard.facts.compute import COMPILED
    from regard.store.store import open_store

    other = speed_data.twin(home, home.with_name(f"{home.name}-changed"))
    # Whoever rebuilds has rebuilt before: what is laid out once lies there.
    open_store(other).upsert(changes(other, 1, "first"))
    build(other)
    COMPILED.clear()
    open_store(other).upsert(changes(other, share, which))
    with watch.running():
        done = build(other)
    watch.rows = done.facts["ticket_fact"]
    watch.said["how"] = done.how
    watch.said["rows by fact"] = dict(done.facts)
    rmtree(other)


def changes(home: Path, share: int, which: str) -> dict[str, pa.Table]:
    """A new message and a new change of so many of a thousand tickets, a minute before the end."""
    import duckdb

    from regard.core.schema import table
    from regard.store.store import open_store

    (last,) = open_store(home).head().watermarks.values()
    at = f"TIMESTAMPTZ '{last}' - INTERVAL 1 MINUTE"
    listed = speed_data.files_of(home, "ticket")
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(f"CREATE VIEW stored AS FROM read_parquet({listed})")
        engine.execute(
            "CREATE TABLE chosen AS SELECT source, ticket_id FROM stored "
            + CHOSEN[which].format(share=share)
        )
        message = engine.sql(
            f"SELECT source, ticket_id, '{which}' AS message_id, 99::BIGINT AS ordinal, "
            f"{at} AS sent_at, 'agent1' AS author, 'agent' AS author_kind, true AS public, "
            "false AS automatic FROM chosen"
        ).to_arrow_table()
        change = engine.sql(
            f"SELECT source, ticket_id, '{which}' AS change_id, 99::BIGINT AS ordinal, "
            f"{at} AS \"at\", 'status' AS field, 'solved' AS value, 'agent1' AS actor, "
            "'agent' AS actor_kind FROM chosen"
        ).to_arrow_table()
    assert set(message.column_names) <= {one.name for one in table("message").columns}
    return {"message": message, "ticket_change": change}


WORKS = (
    Work("full build", "all facts anew", full, patient=True),
    *(
        Work(f"{name} {which}", "only what they reach", partial(after, share, which), patient=True)
        for which in ("newest", "scattered")
        for name, share in SHARES.items()
    ),
)


def main(words: list[str]) -> int:
    """Make and build the data, rebuild, print a table and a JSON line."""
    return run(words, __doc__, "Rebuilds", __file__, WORKS, speed_data.built_of, "full build")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
