"""Facts lie on shelves by when they begin: a change writes the shelf it is on, and no other."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.facts.build import build
from regard.store import deltas, factbook, shelves
from regard.store.store import open_store
from worlds import built, fact_table, take, ticket

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("begun", pa.timestamp("us", "UTC")),
        ("said", pa.int64()),
        (deltas.BUCKET, pa.int32()),
    ]
)
ORDER = ('"begun"', '"name"')
Rows = Mapping[str, tuple[int | None, int]]
"""The day on which a row begins, if any, and what it says, by its name."""
NAMES = st.sampled_from([f"n{number}" for number in range(12)])
DAYS = st.none() | st.integers(min_value=-400, max_value=400)
STATES = st.dictionaries(NAMES, st.tuples(DAYS, st.integers(0, 9)), max_size=12)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MANY_ROWS", 1)


def stream(rows: Rows, starts: shelves.Starts | None = None) -> pa.RecordBatchReader:
    """Rows with their places, in stored order."""
    begun = [None if day is None else BEGIN + timedelta(days=day) for day, _ in rows.values()]
    told = pa.table(
        {"name": list(rows), "begun": begun, "said": [said for _, said in rows.values()]},
        schema=pa.schema(list(SCHEMA)[:-1]),
    )
    place = shelves.place_of(deltas.bucket_of("name"), shelves.shelf_of("begun", starts or {}))
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("told", told)
        found = engine.sql(f"SELECT *, {place} AS {deltas.BUCKET} FROM told ORDER BY ALL")
        return found.to_arrow_table().cast(SCHEMA).to_reader()


def stored(path: Path, version: int) -> dict[str, tuple[int | None, int]]:
    """All rows of a version; none may be there twice."""
    files = deltas.files_of(path, version)
    listed = [] if not files else pa.concat_tables(map(_read, files)).to_pylist()
    found = {
        row["name"]: (None if row["begun"] is None else (row["begun"] - BEGIN).days, row["said"])
        for row in listed
    }
    assert len(found) == len(listed)
    return found


def _read(file: str) -> pa.Table:
    from pyarrow.parquet import read_table

    return read_table(file, partitioning=None)


def names(ids: Sequence[str]) -> pa.Table:
    """The ids as a table of what goes."""
    return pa.table({"name": pa.array(ids, pa.string())})


@settings(max_examples=20, deadline=None)
@given(first=STATES, changes=st.lists(STATES, min_size=1, max_size=4), data=st.data())
def test_whatever_comes_and_goes_every_row_is_there_once(
    tmp_path_factory: pytest.TempPathFactory,
    first: Rows,
    changes: list[Rows],
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("fact") / "fact"
    days = data.draw(st.sets(st.integers(-400, 400), max_size=4))
    starts = {
        number: (BEGIN + timedelta(days=day)).date() for number, day in enumerate(sorted(days), 1)
    }
    version, _ = factbook.put(path, stream(first, starts), True)
    wanted = dict(first)
    for change in changes:
        gone = data.draw(st.lists(NAMES, max_size=3)) + list(change)
        version, _ = factbook.update(path, version, stream(change), names(gone), ORDER, "begun")
        wanted = {name: row for name, row in wanted.items() if name not in gone} | dict(change)
        assert stored(path, version) == wanted


def test_each_shelf_begins_where_the_one_before_it_ends(tmp_path: Path) -> None:
    """Even after the newest was divided: a month is read without the rest."""
    path = tmp_path / "fact"
    version, _ = factbook.put(path, stream({f"a{n}": (n, 0) for n in range(64)}), True)
    for day in range(64, 96):
        added = {f"a{day}": (day, 1)}
        version, _ = factbook.update(path, version, stream(added), names([]), ORDER, "begun")
    spans: dict[int, list[datetime]] = {}
    for file in deltas.files_of(path, version):
        shelf = int(Path(file).parent.name.partition("=")[2]) // deltas.BUCKETS
        spans.setdefault(shelf, []).extend(_read(file).column("begun").to_pylist())
    assert len(spans) > 6
    for before, after in pairwise(sorted(spans)):
        assert max(spans[before]) < min(spans[after])
    assert len(spans[max(spans)]) <= 96 * shelves.FULL + 1


def test_what_has_no_beginning_lies_on_the_first_shelf() -> None:
    with duckdb.connect() as engine:
        shelf = shelves.shelf_of("begun", {1: date(2026, 1, 1), 2: date(2026, 2, 1)})
        told = "(VALUES (NULL), ('2025-12-31'), ('2026-01-01'), ('2026-02-01')) AS told(text)"
        found = engine.execute(
            f"SELECT {shelf} FROM (SELECT text::TIMESTAMPTZ AS begun FROM {told})"
        ).fetchall()
    assert found == [(0,), (0,), (1,), (2,)]


def _files(folder: Path) -> dict[str, set[str]]:
    store = open_store(folder)
    head = store.head()
    return {
        name: set(deltas.files_of(store.fact_path(name), version))
        for name, version in head.facts.items()
    }


def test_a_change_of_a_late_ticket_writes_no_file_of_earlier_ones(tmp_path: Path) -> None:
    told = [
        ticket(f"t{n}", f"2026-{1 + n // 25:02}-{1 + n % 25:02} 09:00").solved("10:00")
        for n in range(100)
    ]
    folder = built(tmp_path / "w", *told)
    before = _files(folder)
    take(folder, ticket("t99", "2026-04-25 09:00").solved("11:00"))
    done = build(folder)
    assert (done.how, done.facts["ticket_fact"]) == ("incremental", 1)
    after = _files(folder)
    for name in ("ticket_fact", "status_span_fact"):
        assert len(before[name] & after[name]) >= 0.8 * len(before[name]), name
        assert len(after[name] - before[name]) in range(1, 9), name
    found = fact_table(folder, "ticket_fact")
    build(folder, full=True)
    assert found.equals(fact_table(folder, "ticket_fact"))


def test_a_workspace_that_grows_is_laid_on_shelves_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MANY_ROWS", 10**9)
    told = [ticket(f"t{n}", f"2026-01-{1 + n % 28:02} 09:00") for n in range(60)]
    folder = built(tmp_path / "w", *told)
    assert {_shelf(file) for file in _files(folder)["ticket_fact"]} == {0}
    monkeypatch.setattr(shelves, "MANY_ROWS", 1)
    take(folder, ticket("late", "2026-02-01 09:00"))
    assert build(folder).how == "incremental"
    assert {_shelf(file) for file in _files(folder)["ticket_fact"]} > {0, 1, 2}
    found = fact_table(folder, "ticket_fact")
    build(folder, full=True)
    assert found.equals(fact_table(folder, "ticket_fact"))


def _shelf(file: str) -> int:
    return int(Path(file).parent.name.partition("=")[2]) // deltas.BUCKETS
