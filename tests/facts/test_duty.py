"""Half hours in which people were on duty, and in which they were to be."""

from pathlib import Path

from regard.facts.build import build
from worlds import agent, at, built, fact_table, rows_of, shift, state, take, thing

HALF, HOUR = 1800, 3600


def _there(folder: Path, **wanted: str) -> dict[str, tuple[int, int]]:
    """Seconds on duty and planned, by the beginning of the half hour."""
    return {
        f"{row['starts_at']:%H:%M}": (row["present_seconds"], row["planned_seconds"])
        for row in rows_of(folder, "duty_fact", **wanted)
    }


def test_states_and_shifts_are_cut_at_the_half_hours(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        state("ann", "available", "2026-03-02 09:10", "09:40"),
        state("ann", "handling", "2026-03-02 09:40", "10:00"),
        state("ann", "break", "2026-03-02 10:00", "10:20"),
        state("ann", "wrap", "2026-03-02 10:20", "10:21"),
        state("ann", "away", "2026-03-02 10:21", "12:00"),
        shift("ann", "2026-03-02 09:00", "10:15"),
        shift("ann", "2026-03-02 10:15", "10:30", activity="break"),
        shift("ann", "2026-03-02 10:30", "10:40", activity="training"),
    )
    assert _there(folder) == {
        "09:00": (20 * 60, HALF),
        "09:30": (HALF, HALF),
        "10:00": (60, 15 * 60),
    }
    (row,) = rows_of(folder, "duty_fact", starts_at=at("2026-03-02 09:30"))
    assert row["ends_at"] == at("2026-03-02 10:00")


def test_what_overlaps_counts_once(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        state("ann", "handling", "2026-03-02 09:00", "09:20", channel="phone"),
        state("ann", "handling", "2026-03-02 09:05", "09:10", channel="chat"),
        state("ann", "wrap", "2026-03-02 09:08", "09:25", channel="chat"),
        # After a pause, the same stretch twice.
        state("ann", "available", "2026-03-02 09:27", "09:29"),
        state("ann", "available", "2026-03-02 09:27", "09:29", state_id="again"),
    )
    assert _there(folder) == {"09:00": (27 * 60, 0)}


def test_a_state_that_runs_still_or_never_ended_counts_for_nothing_yet(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", state("ann", "available", "2026-03-02 09:00", None))
    assert fact_table(folder, "duty_fact").num_rows == 0
    take(folder, state("ann", "available", "2026-03-02 09:00", "09:30"))
    build(folder)
    assert _there(folder) == {"09:00": (HALF, 0)}


def test_what_was_not_over_at_an_instant_was_not_known_then(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        state("ann", "available", "2026-03-02 09:00", "11:00"),
        state("ann", "away", "2026-03-02 11:00", "12:00"),
    )
    assert fact_table(folder, "duty_fact", "2026-03-02 10:00").num_rows == 0
    assert fact_table(folder, "duty_fact", "2026-03-02 11:00").num_rows == 4


def test_over_midnight_every_half_hour_has_its_row(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", state("ann", "handling", "2026-03-02 22:45", "2026-03-03 01:15"))
    found = rows_of(folder, "duty_fact")
    assert sum(row["present_seconds"] for row in found) == 2.5 * HOUR
    assert [f"{row['starts_at']:%d %H:%M}" for row in found] == [
        "02 22:30",
        "02 23:00",
        "02 23:30",
        "03 00:00",
        "03 00:30",
        "03 01:00",
    ]


def test_machines_are_not_people(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        agent("robot", bot=True),
        agent("ann"),
        *(state(who, "available", "2026-03-02 09:00", "09:30") for who in ("robot", "rule", "ann")),
        bots="rule",
    )
    assert {row["agent"] for row in rows_of(folder, "duty_fact")} == {"ann"}


def test_the_team_is_that_of_the_shift_else_the_persons_own_at_the_time(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        thing("agent", agent_id="ann", valid_from=None, team="desk"),
        thing("agent", agent_id="ann", valid_from=at("2026-03-03 00:00"), team="lab"),
        state("ann", "available", "2026-03-02 09:00", "09:30"),
        state("ann", "available", "2026-03-03 09:00", "09:30"),
        state("ann", "available", "2026-03-04 09:00", "09:30"),
        state("bob", "available", "2026-03-04 09:00", "09:30"),
        shift("ann", "2026-03-04 09:00", "10:00", team="line"),
    )
    found = {
        (f"{row['starts_at']:%d}", row["agent"]): row["team"]
        for row in rows_of(folder, "duty_fact", planned_seconds=0)
    }
    assert found == {("02", "ann"): "desk", ("03", "ann"): "lab", ("04", "bob"): None}
    assert {row["team"] for row in rows_of(folder, "duty_fact", planned_seconds=HALF)} == {"line"}
