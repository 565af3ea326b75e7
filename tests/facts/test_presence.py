"""What people were doing and what they were to do."""

from pathlib import Path

from worlds import built, row_of, rows_of, shift, some, state

HOUR = 3600
SPENT = "seconds known_seconds planned_state_seconds handled_seconds"


def test_a_state_lasts_until_it_ends_and_a_running_one_has_no_length(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        state("ann", "available", "2026-03-02 09:00", "10:00"),
        state("ann", "handling", "2026-03-02 10:00", None),
    )
    found = rows_of(folder, "presence_fact", agent="ann")
    assert [(row["state"], row["seconds"]) for row in found] == [
        ("available", HOUR),
        ("handling", None),
    ]


def test_a_shift_counts_what_was_spent_as_planned(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        shift("ann", "2026-03-02 09:00", "13:00"),
        shift("ann", "2026-03-02 13:00", "13:30", activity="break"),
        shift("bob", "2026-03-02 09:00", "13:00"),
        shift("ann", "2026-03-03 09:00", "10:00", activity="unpaid"),
        # From before the shift until 10, then away until 11, on calls until 12, and nothing known
        # of the last hour.
        state("ann", "available", "2026-03-02 08:00", "10:00"),
        state("ann", "away", "2026-03-02 10:00", "11:00"),
        state("ann", "handling", "2026-03-02 11:00", "11:50"),
        state("ann", "wrap", "2026-03-02 11:50", "12:00"),
        # The break is taken from 13:10.
        state("ann", "available", "2026-03-02 13:00", "13:10"),
        state("ann", "break", "2026-03-02 13:10", "14:00"),
    )
    work = row_of(folder, "shift_fact", shift_id="2026-03-02 09:00", agent="ann")
    assert list(some(work, SPENT).values()) == [4 * HOUR, 3 * HOUR, 2 * HOUR, HOUR]
    pause = row_of(folder, "shift_fact", activity="break")
    assert list(some(pause, SPENT).values()) == [HOUR // 2, HOUR // 2, 20 * 60, 0]
    # Of bob nothing is known, which is not nothing done.
    unknown = row_of(folder, "shift_fact", agent="bob")
    assert list(some(unknown, SPENT).values()) == [4 * HOUR, None, None, None]
    assert row_of(folder, "shift_fact", activity="unpaid")["paid"] is False


def test_a_training_is_kept_by_who_is_away_from_contacts(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        shift("ann", "2026-03-02 10:00", "11:00", activity="training"),
        state("ann", "handling", "2026-03-02 09:00", "10:10"),
        state("ann", "away", "2026-03-02 10:10", "10:40"),
        # A source may have a state of that name.
        state("ann", "training", "2026-03-02 10:40", "10:50"),
        state("ann", "break", "2026-03-02 10:50", "11:00"),
    )
    trained = row_of(folder, "shift_fact", activity="training")
    assert list(some(trained, SPENT).values()) == [HOUR, HOUR, 40 * 60, 10 * 60]


def test_states_that_overlap_count_once(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        shift("ann", "2026-03-02 09:00", "12:00"),
        state("ann", "handling", "2026-03-02 09:00", "10:00", channel="phone"),
        state("ann", "handling", "2026-03-02 09:30", "10:30", channel="chat", state_id="chat 1"),
        # Within the other whole.
        state("ann", "wrap", "2026-03-02 09:40", "09:50", channel="chat", state_id="chat 2"),
        state("ann", "break", "2026-03-02 10:15", "10:45", channel="chat", state_id="chat 3"),
    )
    found = row_of(folder, "shift_fact")
    assert list(some(found, SPENT).values()) == [3 * HOUR, 105 * 60, 90 * 60, 90 * 60]


def test_a_night_shift_and_a_long_absence_meet_over_midnight(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        shift("ann", "2026-03-02 21:00", "+8h"),
        shift("ann", "2026-03-04 00:00", "+1d"),
        state("ann", "available", "2026-03-02 22:00", "+5h"),
        state("ann", "offline", "2026-03-03 05:00", "+30d"),
    )
    found = rows_of(folder, "shift_fact")
    assert [list(some(row, SPENT).values()) for row in found] == [
        [8 * HOUR, 5 * HOUR, 5 * HOUR, 0],
        [24 * HOUR, 24 * HOUR, 0, 0],
    ]
