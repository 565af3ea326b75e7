"""SQL that is laid out once gives every later question its own answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from metrics.small import change, workspace
from regard.facts.reader import Reader, open_reader
from regard.metrics import framing
from regard.metrics.curves import COUNTS, counts_of, curve, summed
from regard.metrics.engine import measure
from regard.metrics.laying import ByName, Plainly, Values, Zoned, clock_changes, zoned
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.metrics.shapes import Count
from regard.store.engine import connect
from regard.store.snapshot import in_memory

MONTHS = [date(2026, month, 1) for month in range(2, 6)]
RANKED = pa.schema([("n", pa.int64()), ("at", Zoned)])
KEYS = ("tickets_new", "time_to_resolve", "reopen_rate", "backlog", "tickets_solved")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    tickets, changes = [], []
    for n in range(60):
        at = datetime(2026, 1 + n % 6, 1 + n % 27, 8, tzinfo=UTC)
        name, team = f"t{n}", "ab'c"[n % 3 :]
        tickets.append({"ticket_id": name, "customer_id": f"c{n % 7}", "created_at": at})
        changes += [
            {**change(name, 1, at, team), "field": "team"},
            change(name, 2, at.replace(hour=9 + n % 12), "solved"),
        ]
    folder = tmp_path_factory.mktemp("laid") / "w"
    workspace(folder, {"ticket": tickets, "ticket_change": changes}, zone="Europe/Warsaw")
    with open_reader(folder) as found:
        yield found


def answers(reader: Reader, queries: list[Query]) -> list[object]:
    return [measure(query, metric(query.metric), reader).parts for query in queries]


def asked() -> list[Query]:
    """Months one by one, of two teams, in two orders of filters, split and whole."""
    return [
        Query(key, since=since, until=until, by=by, where=where)
        for key in KEYS
        for by in ((), ("team",))
        for where in ((), (("team", "b'c,"),), (("team", "c,b'c"),))
        for since, until in pairwise(MONTHS)
    ]


def test_kept_sql_and_new_sql_answer_alike(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = asked()
    kept = answers(reader, queries)
    monkeypatch.setattr(framing, "MOST_KEPT", 0)
    assert answers(reader, queries) == kept
    assert len({str(one) for one in kept}) > len(KEYS) * 3


def test_another_readers_answers_are_the_same(reader: Reader) -> None:
    queries = asked()[:20]
    with open_reader(reader.workspace) as other:
        assert answers(other, queries) == answers(reader, queries)


def test_threads_that_ask_in_the_same_words_at_once_get_their_own_answers(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "PROVING", False)
    queries = asked()[::5]
    expected = answers(reader, queries)

    def alone(turned: int) -> list[object]:
        mine = queries[turned:] + queries[:turned]
        with open_reader(reader.workspace) as other:
            found = answers(other, mine)
        return found[len(mine) - turned :] + found[: len(mine) - turned]

    framing.TEMPLATES.clear()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(alone, range(3))) == [expected] * 3


def test_a_statement_that_another_thread_asked_meanwhile_has_the_columns_that_it_needs(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = asked()[::5]
    expected = answers(reader, queries)
    for template in framing.TEMPLATES.values():
        template.few = None

    def before(template: framing.Template) -> list[frozenset[str]]:
        assert template.counted is not None
        return [template.needs(template.counted) or frozenset()]

    monkeypatch.setattr(framing.Template, "columns", before)
    with open_reader(reader.workspace) as other:
        assert answers(other, queries) == expected


def test_nothing_is_left_behind_in_the_engine(reader: Reader) -> None:
    con = reader.snapshot.engine.con
    asked_ = "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'laid_%'"
    answers(reader, asked()[:12])
    assert con.execute(asked_).fetchall() == []


def test_the_number_of_kept_questions_is_bounded(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "MOST_KEPT", 3)
    answers(reader, asked())
    assert len(framing.TEMPLATES) <= 3


def test_an_error_in_a_shape_lets_go_of_everything(reader: Reader) -> None:
    broken = replace(metric("tickets_new"), shape=Count(lambda rows: rows.no_such_column))
    with pytest.raises(AttributeError):
        measure(Query("tickets_new", since=MONTHS[0], until=MONTHS[1]), broken, reader)
    assert answers(reader, [Query("tickets_new", since=MONTHS[0], until=MONTHS[1])])


def test_equally_many_changes_of_the_clock_are_told_of_most_years() -> None:
    for month in range(1, 12):
        start = datetime(2026, month, 1, tzinfo=UTC)
        told = clock_changes(start, datetime(2026, month + 1, 1, tzinfo=UTC), "Europe/Warsaw")
        assert len(told.numbers) == 6


CASES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 2), st.integers(0, 9)),
    max_size=40,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Backend]:
    made = connect(threads=1)
    yield made
    made.disconnect()  # type: ignore[no-untyped-call]


@settings(max_examples=60, deadline=None)
@given(CASES, st.booleans())
def test_numpys_running_sums_are_the_engines(
    engine: Backend, cases: list[tuple[str, int, int, int]], late: bool
) -> None:
    rows = [(part, t, kind, min(entry, t)) for part, t, kind, entry in cases]
    names = ("part", "t", "kind", "entry")[: 4 if late else 3]
    kinds = (pa.string(), pa.int64(), pa.int64(), pa.int64())
    held = {n: pa.array([r[i] for r in rows], kinds[i]) for i, n in enumerate(names)}
    timed = in_memory(pa.table(held))
    counts = engine.to_pyarrow(counts_of(timed, ("part",)).order_by("part", "t"))
    parts = counts["part"].to_pylist()
    starts = [n for n, part in enumerate(parts) if n == 0 or part != parts[n - 1]]
    ours = summed(counts, starts, ("part",))
    theirs = engine.to_pyarrow(curve(timed, ("part",)).order_by("part", "t"))
    for name in ("part", *COUNTS, "y", "d"):
        assert ours[name].to_pylist() == theirs[name].to_pylist(), name
    for name in "sfv":
        assert np.allclose(ours[name].to_numpy(), theirs[name].to_numpy(), rtol=1e-12, atol=1e-13)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-5, 60), max_size=30),
    st.lists(st.integers(0, 50), unique=True, max_size=8).map(sorted),
    st.integers(0, 3),
)
def test_an_instant_lies_in_the_same_period_however_it_is_looked_up(
    engine: Backend, instants: list[int], edges: list[int], gap: int
) -> None:
    def at(n: int) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)

    stretches = [(one, max(one, after - gap)) for one, after in pairwise(edges)]
    told = [
        {"_by_week": f"{since}", "_from": at(since), "_until": at(until)}
        for since, until in stretches
    ]
    schema = pa.schema([("_by_week", pa.string()), ("_from", Zoned), ("_until", Zoned)])
    values = Values(tables={"periods": pa.Table.from_pylist(told, schema=schema)})
    rows = zoned(
        in_memory(pa.table({"n": instants, "at": pa.array(map(at, instants), Zoned)}, RANKED))
    )
    ways = (
        Plainly(values),
        ByName(values, "x", lambda _, table: in_memory(table)),
    )
    expected = sorted(
        (n, f"{since}") for n in instants for since, until in stretches if since <= n < until
    )
    for way in ways:
        found = engine.to_pyarrow(way.within(rows, "at", "periods").select("n", "_by_week"))
        assert sorted(zip(*found.to_pydict().values(), strict=True)) == expected
