"""Facts built on a real cluster: the rows that DuckDB gives, or else the former version."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from regard.core.errors import RegardError
from regard.facts.build import build
from regard.facts.fact import facts
from regard.facts.reader import open_reader
from regard.insight.ask import Scope, ask
from regard.metrics.query import Query
from regard.store.store import open_store
from spark.cluster import Cluster
from worlds import built, take, ticket

pytestmark = [
    pytest.mark.heavy,
    # Of pyspark's own making.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NINE = "2026-03-02 09:00"
ASKED = ("tickets_new", "resolutions", "one_touch_share")


def all_facts(folder: Path) -> dict[str, pa.Table]:
    """Every fact of the newest version, sorted."""
    with open_reader(folder) as reader:
        return {
            name: reader.fact(name).order_by(*one.key).to_pyarrow() for name, one in facts().items()
        }


def small(folder: Path) -> Path:
    """A workspace with few tables, built by DuckDB; one instant is before 1970, one far away."""
    told = [ticket(f"t{n}", NINE).solved("10:00").reopened("+7d") for n in range(30)]
    odd = [ticket("old", "1969-12-31 23:59").solved("+59s"), ticket("new", "9998-03-02 09:00")]
    return built(folder, *told, *odd)


def test_every_fact_of_the_demo_has_the_rows_that_duckdb_gives(
    spark: Cluster, small_demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a demo"
    shutil.copytree(small_demo, folder)
    wanted = all_facts(folder)
    made = build(folder, full=True, engine=spark.master)
    assert made.how == "full"
    found = all_facts(folder)
    for name, rows in wanted.items():
        assert found[name].to_pylist() == rows.to_pylist(), name
    assert sum(rows.num_rows for rows in found.values()) == sum(made.facts.values())
    assert list((folder / "store").glob("scratch/*")) == []
    with open_reader(small_demo) as here, open_reader(folder) as there:
        for name in ASKED:
            query = Query.parse(name, {})
            assert ask(query, there, Scope()).parts == ask(query, here, Scope()).parts


def test_a_build_of_which_a_worker_is_killed_ends_with_the_same_rows(
    spark: Cluster, tmp_path: Path
) -> None:
    folder = small(tmp_path / "w")
    wanted = all_facts(folder)
    killed = []

    def told(_fact: str, place: int, _of: int) -> None:
        if place == 1:
            spark.workers[0].kill()
            killed.append(spark.workers[0].wait())

    build(folder, full=True, engine=spark.master, progress=told)
    assert killed == [-9]
    assert all_facts(folder) == wanted


def test_a_build_that_fails_on_the_way_leaves_the_former_version(
    spark: Cluster, tmp_path: Path
) -> None:
    folder = small(tmp_path / "w")
    wanted, before = all_facts(folder), open_store(folder).head()
    take(folder, ticket("late", NINE))
    imported = open_store(folder).head()

    def told(_fact: str, place: int, _of: int) -> None:
        if place == 1:
            shutil.rmtree(folder / "store" / "tables" / "ticket_change")

    kept = tmp_path / "kept"
    shutil.copytree(folder / "store" / "tables" / "ticket_change", kept)
    with pytest.raises(RegardError):
        build(folder, full=True, engine=spark.master, progress=told)
    assert open_store(folder).head() == imported
    shutil.copytree(kept, folder / "store" / "tables" / "ticket_change")
    with open_store(folder).snapshot(before.version) as former:
        for name, rows in wanted.items():
            one = facts()[name]
            found = former.fact(name, one.schema).order_by(*one.key).to_pyarrow()
            assert found.to_pylist() == rows.to_pylist(), name
    build(folder)
    assert all_facts(folder)["ticket_fact"].num_rows == wanted["ticket_fact"].num_rows + 1
