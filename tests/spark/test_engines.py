"""Which engines may be named, and what is said where one cannot be had. No cluster is needed."""

import socket
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.cli import main
from regard.core.errors import BadValue, RegardError
from regard.facts.build import build
from regard.facts.spark import check_engine, shared_parts
from regard.store.store import open_store
from spark.cluster import HOST
from worlds import built, ticket

NINE = "2026-03-02 09:00"
SOME_SECONDS = 20.0
WORDS = st.text(alphabet="ab()'`, \\", max_size=12)


@pytest.mark.parametrize(
    "name", ["duckdb", "spark://host:7077", "spark://a:1,b:2", "local", "local[2]", "local[*]"]
)
def test_an_engine_is_named_by_its_address(name: str) -> None:
    check_engine(name)


@pytest.mark.parametrize(
    "name", ["", "spark", "spark://host", "spark://h:7077/x", "yarn", "local[0x]", "duckdb "]
)
def test_another_engine_is_refused_before_anything_is_done(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="The engine is"):
        build(tmp_path / "none", engine=name)
    assert not (tmp_path / "none").exists()


def test_without_pyspark_the_way_to_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    monkeypatch.setitem(sys.modules, "pyspark", None)
    # Taken before, it would be found on its package without being sought.
    monkeypatch.delattr("regard.facts.spark_engine", raising=False)
    for name in ("regard.facts.spark_engine", "ibis.backends.pyspark"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(RegardError, match=r"pip install 'regard\[spark\]'"):
        build(folder, full=True, engine="local[2]")


def test_a_wrong_master_leaves_the_former_version(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    folder = built(tmp_path / "w", ticket("1", NINE))
    before = open_store(folder).head()
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        nobody = f"spark://{HOST}:{free.getsockname()[1]}"
        with pytest.raises(RegardError, match="No Spark master answers"):
            build(folder, full=True, engine=nobody)
    assert open_store(folder).head() == before
    assert list((folder / "store").glob("scratch/*")) == []


def test_what_a_killed_build_left_behind_goes_with_the_next(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    left = folder / "store" / "scratch" / "spark-left" / "1-built_ticket_fact"
    left.mkdir(parents=True)
    (left / "part.parquet").write_bytes(b"left")
    build(folder)
    assert not (folder / "store" / "scratch").exists()


def test_sql_without_parts_is_itself() -> None:
    assert shared_parts("SELECT * FROM `with`") == ([], "SELECT * FROM `with`")


@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_sql_is_cut_into_its_parts_whatever_words_stand_in_it(words: list[str]) -> None:
    told = ["'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'" for word in words]
    inner = [f"SELECT (COUNT({text})) AS `a)`" for text in told]
    parts = [(f"t{place}", sql) for place, sql in enumerate(inner)]
    said = "WITH " + ", ".join(f"`{name}` AS ({sql})" for name, sql in parts)
    assert shared_parts(f"{said} SELECT * FROM `t0`") == (parts, "SELECT * FROM `t0`")


@pytest.mark.parametrize("place", [f"{HOST}:1", f"{HOST}:70001"])
def test_the_command_says_in_seconds_that_nobody_answers(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    folder = built(tmp_path / "w", ticket("1", NINE))
    begun = time.monotonic()
    words = ["build", "--full", "--engine", f"spark://{place}", "--workspace", str(folder)]
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert time.monotonic() - begun < SOME_SECONDS
    said = capsys.readouterr()
    assert said.out == ""
    assert f"No Spark master answers at spark://{place}" in said.err
    assert "build without --engine" in said.err
