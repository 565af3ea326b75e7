"""Building: in full or in part, at once or bucket by bucket, the same rows bit for bit."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.accidents import BEGIN, DAYS, altered, company, seen
from regard.core.errors import RegardError
from regard.core.schema import Row, table
from regard.facts import build as building
from regard.facts import division
from regard.facts import reader as reading
from regard.facts.build import build
from regard.facts.fact import fact, facts
from regard.facts.reader import open_reader
from regard.store import snapshot as snapshots
from regard.store.deltas import BUCKETS, files_of
from regard.store.lock import is_held
from regard.store.store import open_store
from worlds import (
    NINE_TO_FIVE,
    Told,
    agent,
    at,
    built,
    fact_table,
    row_of,
    rows_of,
    take,
    take_tables,
    team,
    thing,
    ticket,
)

NIGHT = '[calendar.night]\nzone = "UTC"\n[calendar.night.week]\nmon = ["20:00-06:00"]\n'
HOURS = NINE_TO_FIVE + NIGHT
NINE = "2026-03-02 09:00"
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def few(examples: int) -> settings:
    """Settings for tests of which every example builds several workspaces."""
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


@contextmanager
def fresh() -> Iterator[Path]:
    """A folder of its own for an example."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def tabled(rows: list[tuple[str, Row]]) -> dict[str, pa.Table]:
    """Rows as event tables."""
    names = sorted({name for name, _ in rows})
    return {
        name: pa.Table.from_pylist([r for n, r in rows if n == name], schema=table(name).schema)
        for name in names
    }


def all_facts(folder: Path, as_of: str | None = None) -> dict[str, pa.Table]:
    """Every fact of a workspace, sorted."""
    return {name: fact_table(folder, name, as_of) for name in facts()}


def same(found: dict[str, pa.Table], wanted: dict[str, pa.Table]) -> None:
    """Fail with the first rows that differ."""
    for name, rows in wanted.items():
        if not found[name].equals(rows):
            ours, theirs = found[name].to_pylist(), rows.to_pylist()
            assert len(ours) == len(theirs), name
            for one, other in zip(ours, theirs, strict=True):
                assert one == other, name
        key = fact(name).key
        assert len({tuple(row[k] for k in key) for row in rows.to_pylist()}) == rows.num_rows


@pytest.mark.heavy
@few(2)
@given(seed=SEEDS, parts=st.integers(min_value=2, max_value=3))
def test_imports_in_any_order_and_parts_build_what_one_import_builds(seed: int, parts: int) -> None:
    rows = altered(company(seed), seed)
    dice = random.Random(seed)
    cuts = [dice.randrange(parts) for _ in rows]
    with fresh() as folder:
        hows = []
        built(folder / "parts", calendars=HOURS)
        for part in range(parts):
            taken = [row for row, cut in zip(rows, cuts, strict=True) if cut == part]
            take_tables(folder / "parts", tabled(taken))
            hows.append(build(folder / "parts").how)
        built(folder / "once", calendars=HOURS)
        take_tables(folder / "once", tabled(rows))
        build(folder / "once")
        found = all_facts(folder / "parts")
        same(found, all_facts(folder / "once"))
        assert build(folder / "parts", full=True).how == "full"
        same(all_facts(folder / "parts"), found)
        assert "incremental" in hows


@pytest.mark.heavy
@few(2)
@given(seed=SEEDS, minutes=st.integers(min_value=0, max_value=DAYS * 1440))
def test_as_of_an_instant_is_what_a_store_would_hold_that_saw_no_more(
    seed: int, minutes: int
) -> None:
    told = company(seed)
    until = BEGIN.replace(minute=minutes % 60, hour=minutes // 60 % 24)
    until = until.replace(day=min(2 + minutes // 1440, 30))
    with fresh() as folder:
        built(folder / "all", *told, calendars=HOURS)
        built(folder / "then", *seen(told, until), calendars=HOURS)
        then = {name: fact_table(folder / "then", name) for name in facts()}
        same(all_facts(folder / "all", f"{until:%Y-%m-%d %H:%M}"), then)


@pytest.mark.parametrize("bytes_a_row", [1, 10**9])
def test_lot_by_lot_the_same_rows_are_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bytes_a_row: int
) -> None:
    """In whole buckets, and in pieces of them."""
    told = company(11, tickets=40)
    once = all_facts(built(tmp_path / "once", *told, calendars=HOURS))
    monkeypatch.setattr(division, "MANY_ROWS", 1)
    monkeypatch.setattr(division, "BYTES_A_ROW", bytes_a_row)
    monkeypatch.setattr(division, "PIECES", 4)
    monkeypatch.setattr(snapshots, "OF_IDS", 1)
    monkeypatch.setattr(building, "half_of_memory", lambda: "10 GB")
    folder = built(tmp_path / "parts", *told, calendars=HOURS)
    same(all_facts(folder), once)
    store = open_store(folder)
    files = files_of(store.fact_path("ticket_fact"), store.head().facts["ticket_fact"])
    assert (len(files) > BUCKETS) == (bytes_a_row > 1)


def test_nothing_to_do_makes_no_version(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    before = open_store(folder).head()
    again = build(folder)
    assert (again.how, again.version, again.facts) == ("nothing", before.version, {})
    assert open_store(folder).head() == before


def test_only_what_changed_is_built_again(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", *(ticket(str(n), NINE) for n in range(50)))
    take(folder, ticket("7", NINE).solved("10:00"))
    again = build(folder)
    assert (again.how, again.facts["ticket_fact"]) == ("incremental", 1)
    assert again.facts["status_span_fact"] == 2
    assert len(rows_of(folder, "ticket_fact")) == 50


def test_a_late_change_of_an_old_ticket_is_built_in(tmp_path: Path) -> None:
    first = ticket("1", NINE).solved("10:00")
    folder = built(tmp_path / "w", first, ticket("2", NINE).solved("11:00"))
    take(folder, first.set("status", "open", "09:30", change_id="late"))
    build(folder)
    assert [row["status"] for row in rows_of(folder, "status_span_fact", ticket_id="1")] == [
        "new",
        "open",
        "solved",
    ]


def test_a_tier_that_changes_reaches_every_ticket(tmp_path: Path) -> None:
    world = (team("first", tier=1), team("second", tier=1))
    moved = ticket("1", NINE, team="first").to_team("second", "10:00")
    folder = built(tmp_path / "w", *world, moved)
    assert row_of(folder, "ticket_fact")["escalations"] == 0
    take(folder, team("second", tier=2))
    build(folder)
    assert row_of(folder, "ticket_fact")["escalations"] == 1
    assert row_of(folder, "status_span_fact", place=1)["tier"] == 2


def test_an_agent_who_turns_out_to_be_a_bot_solved_nothing(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", agent("zoe"), ticket("1", NINE).solved("10:00", by="zoe"))
    assert row_of(folder, "ticket_fact")["solved_by"] == "zoe"
    take(folder, agent("zoe", bot=True))
    build(folder)
    assert row_of(folder, "ticket_fact")["solved_by"] is None


def test_a_bot_newly_named_in_the_settings_is_built_in(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE).solved("10:00", by="hal"))
    (folder / "regard.toml").write_text('bots = ["hal"]\n', encoding="utf-8")
    assert build(folder).how == "full"
    assert row_of(folder, "ticket_fact")["solved_by"] is None


def test_who_reads_while_a_build_runs_sees_the_former_facts(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    take(folder, ticket("2", NINE))
    before = open_store(folder).head().version - 1
    found = []

    def look(*_: object) -> None:
        with open_reader(folder) as reader:
            found.append((reader.version, reader.fact("ticket_fact").count().to_pyarrow().as_py()))

    build(folder, progress=look)
    assert set(found) == {(before, 1)}
    assert len(rows_of(folder, "ticket_fact")) == 2


def test_what_lands_while_a_build_runs_waits_for_the_next_build(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    take(folder, ticket("2", NINE))
    landed: list[Told] = [ticket("3", "2026-03-05 09:00")]

    def meanwhile(*_: object) -> None:
        if landed:
            take(folder, landed.pop())

    after = build(folder, progress=meanwhile)
    with open_reader(folder) as reader:
        # New facts at once, with the watermark and the events that belong to them.
        assert reader.version == after.version
        assert reader.fact("ticket_fact").count().to_pyarrow().as_py() == 2
        assert reader.watermarks == {"desk": at(NINE)}
        assert reader.snapshot.rows_of("ticket") == 2
    assert build(folder).how == "incremental"
    assert len(rows_of(folder, "ticket_fact")) == 3


def test_a_version_read_again_has_the_facts_of_then(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    then = open_store(folder).head().version
    take(folder, ticket("1", NINE).solved("10:00"))
    build(folder)
    with open_reader(folder, then) as reader:
        (row,) = reader.fact("ticket_fact").to_pyarrow().to_pylist()
    assert (row["status"], row["solves"]) == ("new", 0)


def test_facts_of_a_version_that_was_not_built_are_refused(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    unbuilt = take(folder, ticket("2", NINE)).version
    with (
        open_reader(folder, unbuilt) as reader,
        pytest.raises(RegardError, match="Run `regard build` first"),
    ):
        reader.fact("ticket_fact")


def test_a_store_without_facts_says_what_to_do(tmp_path: Path) -> None:
    take(tmp_path, ticket("1", NINE))
    with pytest.raises(RegardError, match="run `regard build`"):
        open_reader(tmp_path)


def test_the_lock_is_held_while_building_and_let_go_after_it(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", NINE))
    take(folder, ticket("2", NINE))
    lock, found = open_store(folder).folder / "build.lock", []
    build(folder, progress=lambda *_: found.append(is_held(lock)))
    assert set(found) == {True}
    assert not is_held(lock)


def test_an_instant_with_an_offset_is_another_instant(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w", ticket("1", NINE).solved("11:00"), ticket("2", "2026-03-03 09:00")
    )
    ten = at("2026-03-02 10:00")
    noon = ten.fromisoformat("2026-03-02 10:00-02:00")
    with open_reader(folder) as reader:
        statuses = [
            reader.fact("ticket_fact", as_of).select("status").to_pyarrow().to_pylist()
            for as_of in (ten, noon)
        ]
    assert statuses == [[{"status": "new"}], [{"status": "solved"}]]


def test_old_instants_make_room_and_are_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CACHED", 2)
    days = range(2, 6)
    folder = built(tmp_path / "w", *(ticket(f"{n}", f"2026-03-0{n} 09:00") for n in range(1, 8)))
    for _ in range(2):
        with open_reader(folder) as reader:
            late = reader.fact("ticket_fact", at("2026-03-06 12:00"))
            assert late.count().to_pyarrow().as_py() == 6
        assert [len(rows_of(folder, "ticket_fact", f"2026-03-0{n} 12:00")) for n in days] == [*days]
    assert len(list((folder / "cache").iterdir())) == 2


def test_what_is_first_brought_later_is_built_then(tmp_path: Path) -> None:
    asked = ticket("1", NINE).asked(NINE).said("10:00")
    promised = thing("sla_policy", policy_id="default", target="first", priority="", seconds=3600)
    once = all_facts(built(tmp_path / "once", asked, promised))
    folder = built(tmp_path / "w", asked)
    assert fact_table(folder, "sla_fact").num_rows == 0
    take(folder, promised)
    build(folder)
    assert fact_table(folder, "sla_fact").num_rows == 1
    same(all_facts(folder), once)
