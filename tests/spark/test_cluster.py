"""Facts built on a real cluster: the rows that DuckDB gives, or else the former version."""

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest

from regard.core.errors import RegardError
from regard.core.schema import table
from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.facts.build import Built, build
from regard.facts.fact import facts
from regard.facts.reader import open_reader
from regard.insight.ask import Scope, ask
from regard.metrics import engine as measuring
from regard.metrics.metric import catalogue, metric
from regard.metrics.plan import missing
from regard.metrics.query import Query
from regard.store import shelves
from regard.store.deltas import files_of
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from spark.cluster import WORKERS, Cluster
from spark.odd import SOURCE, odd
from worlds import at

pytestmark = [
    pytest.mark.heavy,
    # Of pyspark's own making.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NINE = "2026-03-02 09:00"
LONG_SECONDS = 120.0
ASKED = ("tickets_new", "resolutions", "one_touch_share")


@dataclass(frozen=True)
class Twins:
    """One store, its facts built by either engine, and what the build on Spark said."""

    duckdb: Path
    spark: Path
    built: Built


@pytest.fixture(scope="module", name="twins")
def _twins(spark: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """A small demo, and beside it a source of odd rows."""
    folder = tmp_path_factory.mktemp("twins")
    here, there = folder / "duckdb", folder / "by spark"
    init_workspace(here, Settings(name="Small", zone="Europe/Warsaw"), CALENDARS_TOML)
    rows = company(tickets=120, months=3)
    for source, each in (("demo", rows), (SOURCE, odd(rows, seed=1))):
        open_store(here).upsert(each, covers={source: tuple(each)})
    with pytest.MonkeyPatch.context() as patch:
        # Few rows are many: both lay them on shelves.
        patch.setattr(shelves, "MANY_ROWS", 1)
        build(here)
        shutil.copytree(here, there)
        return Twins(here, there, build(there, full=True, engine=spark.master))


@pytest.fixture(scope="module", name="both")
def _both(twins: Twins) -> tuple[Mapping[str, pa.Table], Mapping[str, pa.Table]]:
    return all_facts(twins.duckdb), all_facts(twins.spark)


def places(folder: Path) -> dict[str, set[str]]:
    """In which folders the files of each fact lie: their buckets and shelves."""
    store = open_store(folder)
    return {
        name: {Path(file).parent.name for file in files_of(store.fact_path(name), version)}
        for name, version in store.head().facts.items()
    }


@pytest.fixture(name="whole")
def _whole(spark: Cluster) -> Iterator[Cluster]:
    """The cluster, whose workers may be killed."""
    try:
        yield spark
    finally:
        spark.make_whole()


def all_facts(folder: Path) -> dict[str, pa.Table]:
    """Every fact of the newest version, sorted."""
    with open_reader(folder) as reader:
        return {
            name: reader.fact(name).order_by(*one.key).to_pyarrow() for name, one in facts().items()
        }


def small(folder: Path) -> Path:
    """A workspace with few tables, built by DuckDB: shifts, states and costs."""
    init_workspace(folder, Settings(name="Small", zone="Europe/Warsaw"), CALENDARS_TOML)
    rows = company(tickets=120, months=1)
    few = {name: rows[name] for name in ("cost", "agent", "shift", "agent_state", "exchange_rate")}
    open_store(folder).upsert(few, covers={"demo": tuple(few)})
    build(folder)
    return folder


def take_late(folder: Path) -> None:
    """Import what somebody new did for an hour, from another source."""
    state = table("agent_state")
    hour = {"starts_at": at(NINE), "ends_at": at("+1h", at(NINE))}
    row = state.row(source="late", agent_id="late", state_id="1", state="available", **hour)
    late = {state.name: pa.Table.from_pylist([row], schema=state.schema)}
    open_store(folder).upsert(late, covers={"late": tuple(late)})


def at_work(deed: Callable[[], Any]) -> tuple[Callable[[str, int, int], None], list[Any]]:
    """Something to do in mid-build, while the cluster computes: a progress, and what came of it."""
    from pyspark import SparkContext

    done: list[Any] = []

    def wait() -> None:
        context = SparkContext._active_spark_context
        assert context is not None
        until = time.monotonic() + LONG_SECONDS
        while not context.statusTracker().getActiveStageIds() and time.monotonic() < until:
            time.sleep(0.01)
        done.append(deed())

    def told(_fact: str, place: int, _of: int) -> None:
        if place == 1:
            Thread(target=wait, daemon=True).start()

    return told, done


def test_rows_lie_on_the_same_shelves_whichever_engine_computes_them(twins: Twins) -> None:
    found = places(twins.spark)
    assert found == places(twins.duckdb)
    assert len(found["ticket_fact"]) > 8


@pytest.mark.parametrize("name", facts())
def test_a_fact_has_the_rows_that_duckdb_gives(
    name: str, twins: Twins, both: tuple[Mapping[str, pa.Table], Mapping[str, pa.Table]]
) -> None:
    wanted, found = both[0][name], both[1][name]
    assert found.num_rows == wanted.num_rows == twins.built.facts[name]
    assert wanted.num_rows > 0
    differ = {
        column: _first_difference(wanted[column], found[column])
        for column in wanted.column_names
        if not found[column].equals(wanted[column])
    }
    assert differ == {}
    assert found.schema == wanted.schema


def _first_difference(wanted: pa.ChunkedArray, found: pa.ChunkedArray) -> tuple[int, Any, Any]:
    pairs = zip(wanted.to_pylist(), found.to_pylist(), strict=True)
    return next((place, one, two) for place, (one, two) in enumerate(pairs) if one != two)


def test_nothing_of_a_build_stays_but_the_facts(twins: Twins) -> None:
    assert twins.built.how == "full"
    assert not list((twins.spark / "store").glob("scratch/*"))


def test_every_metric_has_the_same_moments_over_both_builds(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with open_reader(twins.duckdb) as here, open_reader(twins.spark) as there:
        for name, one in facts().items():
            here.fact(name)
            files = there.snapshot._files("facts", name, there.snapshot.manifest.facts[name])
            here.snapshot.read(f"other_{name}", files, one.schema)

        def compared(rows: Any, **_: Any) -> str:
            sql = here.snapshot.compiled(rows)
            other = re.sub(r'"fact_(\w+)"', r'"other_\1"', sql)
            run = here.snapshot.engine.con.sql
            first, second = (sorted(run(each).fetchall(), key=repr) for each in (sql, other))
            asked.append(sql)
            assert first == second, sql
            return sql

        monkeypatch.setattr("regard.metrics.engine.ibis.to_sql", compared)
        for key in catalogue():
            wanted = metric(key)
            assert bool(measuring.sql_of(Query.parse(key, {}), wanted, here)) != bool(
                missing(wanted, here)
            )
    assert sum('"fact_' in sql for sql in asked) > 0.95 * len(catalogue())


def test_the_site_answers_from_what_spark_has_built(twins: Twins) -> None:
    with open_reader(twins.duckdb) as here, open_reader(twins.spark) as there:
        assert there.version == here.version + 1
        for name in ASKED:
            query = Query.parse(name, {})
            found = ask(query, there, Scope()).parts
            assert found == ask(query, here, Scope()).parts
            assert found[0].estimate.n > 0


def test_a_build_of_which_a_worker_is_killed_ends_with_the_same_rows(
    whole: Cluster, tmp_path: Path
) -> None:
    folder = small(tmp_path / "w")
    wanted = all_facts(folder)
    told, killed = at_work(whole.kill_one)
    made = build(folder, full=True, engine=whole.master, progress=told)
    assert killed == [-9]
    assert made.how == "full"
    assert whole.alive() < WORKERS
    assert all_facts(folder) == wanted


def test_what_came_later_is_built_by_spark_as_by_duckdb(spark: Cluster, tmp_path: Path) -> None:
    folder = small(tmp_path / "w")
    take_late(folder)
    shutil.copytree(folder, tmp_path / "by duckdb")
    assert build(tmp_path / "by duckdb").how == "incremental"
    made = build(folder, engine=spark.master)
    assert made.how == "incremental"
    assert made.facts["presence_fact"] == 1
    assert all_facts(folder) == all_facts(tmp_path / "by duckdb")
    assert build(folder, engine=spark.master).how == "nothing"


def test_a_build_all_of_whose_workers_die_leaves_the_former_version(
    whole: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regard.facts import spark_engine

    folder = small(tmp_path / "w")
    wanted, before = all_facts(folder), open_store(folder).head()
    take_late(folder)
    imported = open_store(folder).head()

    def kill() -> list[int]:
        monkeypatch.setattr(spark_engine, "WORKERS_SECONDS", 2.0)
        return whole.kill()

    told, killed = at_work(kill)
    with pytest.raises(RegardError, match=r"No worker of spark://.* was left for 2 seconds"):
        build(folder, full=True, engine=whole.master, progress=told)
    assert killed == [[-9] * WORKERS]
    assert open_store(folder).head() == imported
    with open_store(folder).snapshot(before.version) as former:
        for name, one in facts().items():
            found = former.fact(name, one.schema).order_by(*one.key).to_pyarrow()
            assert found == wanted[name], name
    assert not list((folder / "store").glob("scratch/*"))
    with pytest.raises(RegardError, match="took up work within 2 seconds"):
        build(folder, full=True, engine=whole.master)
    assert open_store(folder).head() == imported
    build(folder)
    assert all_facts(folder)["presence_fact"].num_rows == wanted["presence_fact"].num_rows + 1
