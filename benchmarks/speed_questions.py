"""How long pages take: boards, a metric by month and team, the rows behind it, an export.

    python benchmarks/speed_questions.py --tickets 2,10 [--folder DIR]

Boards are filled by what fills them on the site, with changes against the month before, small
lines, counter-metrics, guards and intervals, without drawing the page. Cold: the first answer of a
process that has just started, its imports apart. Warm: from the third on, of another month or
another team each time; months of the last two years are read off what the site keeps by month,
teams are asked anew. The wall time of a contender is all its repeats together.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import speed_data
from speed import Stopwatch, Work, quantile, run

REPEATS = 10
FEWER = 3
"""How often a board is filled again, which takes long."""
WARMING = 2
"""The first answer is cold; with the second the SQL is laid out in the columns that it needs."""
READERS = 8
Asked = Callable[[Any, Any], object]
"""A reader and a query of one month: what is done with them is what is timed."""
BARE = """
SELECT team, count(*), avg(resolve_seconds), quantile_disc(resolve_seconds, 0.5)
FROM read_parquet({files}, hive_partitioning = false)
WHERE created_at >= TIMESTAMPTZ '{since}' AND created_at < TIMESTAMPTZ '{until}' GROUP BY team
"""


def board_of(tiles: int, reader: Any, query: Any) -> object:
    """A board of so many tiles: the first of all boards that have data here."""
    from regard.report.boards.board import Board, Section
    from regard.report.boards.filled import Desk, fill
    from regard.report.boards.stretch import data_end
    from regard.web.hands import each
    from regard.web.readers import answer, answer_change, answer_guard

    zone = reader.settings.zone
    end = data_end(reader.watermarks, zone)
    assert end is not None
    who = Desk(
        lambda asked: answer(asked, reader),
        lambda asked: answer_change(asked, reader),
        "en",
        zone,
        end,
        guard=lambda asked: answer_guard(asked, reader),
        each=each,
    )
    keys = with_data(reader)[:tiles]
    assert len(keys) == tiles, f"only {len(keys)} metrics have data"
    return fill(Board("speed", "", "", (Section("", keys, lead=keys[0]),)), query, who)


def with_data(reader: Any) -> tuple[str, ...]:
    """Metrics that the data fill: those of the boards first, then the rest of the catalogue."""
    from regard.metrics.metric import catalogue
    from regard.metrics.plan import missing
    from regard.report.boards.board import boards

    known = catalogue()
    shown = (
        key
        for board in boards().values()
        for section in board.sections
        for key in section.metrics
        if key in known
    )
    return tuple(
        key
        for key in dict.fromkeys([*shown, *known])
        if not known[key].anonymous and not missing(known[key], reader)
    )


def tiles_of(tiles: int, reader: Any, query: Any) -> object:
    """The values of as many tiles with their intervals, and nothing beside them."""
    from regard.insight.ask import ask
    from regard.web.hands import each, own_reader

    def value_of(key: str) -> object:
        return ask(replace(query, metric=key), own_reader(reader))

    return each(value_of, with_data(reader)[:tiles])


def by_month_and_team(reader: Any, query: Any) -> object:
    """Twelve months by team, with intervals."""
    from regard.insight.ask import ask
    from regard.report.boards.stretch import months_before

    since = months_before(query.since, 11)
    return ask(replace(query, since=since, by=("month", "team")), reader)


def drill_down(reader: Any, query: Any) -> object:
    """The first hundred rows behind a month's number, and how many there are."""
    from regard.insight.ask import rows

    return rows(query, reader)


def bare(reader: Any, query: Any) -> object:
    """One plain query over the same files, without intervals and without what is unfinished."""
    from regard.store.deltas import files_of

    store = reader.store
    files = files_of(store.fact_path("ticket_fact"), reader.snapshot.manifest.facts["ticket_fact"])
    sql = BARE.format(files=files, since=query.since, until=query.until)
    return reader.snapshot.engine.con.execute(sql).fetchall()


def queries(reader: Any, metric: str = "time_to_resolve") -> Iterator[Any]:
    """A month each, from the last full one back."""
    from regard.metrics.query import Query
    from regard.report.boards.stretch import data_end, months_before

    end = data_end(reader.watermarks, reader.settings.zone)
    assert end is not None
    for back in range(1, 24):
        yield Query(metric, since=months_before(end, back), until=months_before(end, back - 1))


def of_teams(reader: Any) -> Iterator[Any]:
    """The last full month of one team after another."""
    last = next(queries(reader))
    for team in range(12):
        yield replace(last, where=(("team", f"team{team}"),))


def times(
    does: Asked, home: Path, repeats: int, asked: Callable[[Any], Iterator[Any]] = queries
) -> list[float]:
    """Milliseconds of each answer of a reader that was just opened; opening is in the first."""
    from regard.facts.reader import open_reader
    from regard.metrics.metric import catalogue

    catalogue()
    found = []
    begun = perf_counter()
    with open_reader(home) as reader:
        for query, _ in zip(asked(reader), range(repeats + WARMING), strict=False):
            does(reader, query)
            found.append(1000 * (perf_counter() - begun))
            begun = perf_counter()
    return found


def alone(
    does: Asked,
    repeats: int,
    home: Path,
    watch: Stopwatch,
    asked: Callable[[Any], Iterator[Any]] = queries,
) -> None:
    """One reader."""
    with watch.running():
        told = times(does, home, repeats, asked)
    watch.said |= _said(told[:1], told[WARMING:])


def together(does: Asked, repeats: int, home: Path, watch: Stopwatch) -> None:
    """Eight readers at once, each a process of its own."""
    with ProcessPoolExecutor(READERS, mp_context=get_context("spawn")) as pool, watch.running():
        parts = list(pool.map(times, [does] * READERS, [home] * READERS, [repeats] * READERS))
    watch.said |= _said(
        [part[0] for part in parts], [ms for part in parts for ms in part[WARMING:]]
    )


def export(suffix: str, home: Path, watch: Stopwatch) -> None:
    """Every row of the tickets' fact into a file."""
    from regard.facts.reader import open_reader
    from regard.insight.listing import exported
    from regard.report.files import write_rows

    path = home / f"export{suffix}"
    with watch.running(), open_reader(home) as reader:
        told = exported(reader, "ticket_fact")
        watch.rows = write_rows(path, told.rows.schema, told.rows).rows
    watch.said["file MB"] = round(path.stat().st_size / 1e6)
    path.unlink()


def _said(cold: list[float], warm: list[float]) -> dict[str, float]:
    return {
        "cold ms": round(quantile(cold, 0.5)),
        "warm p50 ms": round(quantile(warm, 0.5)),
        "warm p95 ms": round(quantile(warm, 0.95)),
    }


ASKED: dict[str, Asked] = {
    "bare query": bare,
    "month x team": by_month_and_team,
    "drill-down": drill_down,
    "12 values": partial(tiles_of, 12),
    "30 values": partial(tiles_of, 30),
}
board_of_12 = partial(board_of, 12)
BOARDS: dict[str, Asked] = {
    "board of 12": board_of_12,
    "board of 30": partial(board_of, 30),
}
WORKS = (
    *(
        Work(
            name,
            "one reader",
            partial(alone, does, FEWER if name == "30 values" else REPEATS),
            patient=True,
        )
        for name, does in ASKED.items()
    ),
    *(
        Work(name, "one reader", partial(alone, does, FEWER), patient=True)
        for name, does in BOARDS.items()
    ),
    Work(
        "board of 12, other teams",
        "one reader",
        partial(alone, board_of_12, FEWER, asked=of_teams),
        patient=True,
    ),
    *(
        Work(f"{name}, {READERS} readers", "at once", partial(together, does, FEWER), patient=True)
        for name, does in [*ASKED.items(), ("board of 12", BOARDS["board of 12"])]
        if name != "30 values"
    ),
    *(
        Work(f"export {suffix}", "all tickets", partial(export, suffix), patient=True)
        for suffix in (".parquet", ".csv")
    ),
)


def main(words: list[str]) -> int:
    """Make and build the data, ask, print a table and a JSON line."""
    return run(words, __doc__, "Questions", __file__, WORKS, speed_data.built_of)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
