"""How long a rebuild takes after some of the tickets changed, against a full build.

    python benchmarks/speed_rebuild.py --tickets 2 [--folder DIR]

Of 0.1, 1 and 10 in a hundred tickets, scattered over all of them, one has a new answer and a new
solve each. Only the build is timed, not the import before it. The `ratio` is to the full build.
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


def full(home: Path, watch: Stopwatch) -> None:
    """All facts anew."""
    from regard.facts.build import build

    other = speed_data.twin(home, home.with_name(f"{home.name}-again"))
    with watch.running():
        done = build(other, full=True)
    watch.rows = done.facts["ticket_fact"]
    rmtree(other)


def after(share: int, home: Path, watch: Stopwatch) -> None:
    """The facts that so many of a thousand changed tickets reach."""
    from regard.facts.build import build
    from regard.store.store import open_store

    other = speed_data.twin(home, home.with_name(f"{home.name}-changed"))
    open_store(other).upsert(changes(other, share))
    with watch.running():
        done = build(other)
    watch.rows = done.facts["ticket_fact"]
    watch.said["how"] = done.how
    watch.said["rows by fact"] = dict(done.facts)
    rmtree(other)


def changes(home: Path, share: int) -> dict[str, pa.Table]:
    """A new message and a new change of so many of a thousand tickets, a minute before the end."""
    import duckdb

    from regard.core.schema import table
    from regard.store.store import open_store

    (last,) = open_store(home).head().watermarks.values()
    at = f"TIMESTAMPTZ '{last}' - INTERVAL 1 MINUTE"
    listed = speed_data.files_of(home, "ticket")
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(
            f"CREATE TABLE chosen AS SELECT source, ticket_id FROM read_parquet({listed}) "
            f"WHERE hash(ticket_id, 77) % 1000 < {share}"
        )
        message = engine.sql(
            f"SELECT source, ticket_id, 'late' AS message_id, 99::BIGINT AS ordinal, "
            f"{at} AS sent_at, 'agent1' AS author, 'agent' AS author_kind, true AS public, "
            "false AS automatic FROM chosen"
        ).to_arrow_table()
        change = engine.sql(
            f"SELECT source, ticket_id, 'late' AS change_id, 99::BIGINT AS ordinal, "
            f"{at} AS \"at\", 'status' AS field, 'solved' AS value, 'agent1' AS actor, "
            "'agent' AS actor_kind FROM chosen"
        ).to_arrow_table()
    assert set(message.column_names) <= {one.name for one in table("message").columns}
    return {"message": message, "ticket_change": change}


WORKS = (
    Work("full build", "all facts anew", full, patient=True),
    *(
        Work(f"{name} changed", "only what they reach", partial(after, share), patient=True)
        for name, share in SHARES.items()
    ),
)


def main(words: list[str]) -> int:
    """Make and build the data, rebuild, print a table and a JSON line."""
    return run(words, __doc__, "Rebuilds", __file__, WORKS, speed_data.built_of, "full build")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
