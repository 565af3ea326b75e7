"""The oracle of turns and promises says what was worked out by hand."""

from datetime import UTC, datetime

import pytest

from facts.oracle import (
    DAY,
    Event,
    History,
    Hours,
    Promise,
    Turn,
    promises_of,
    seconds_of,
    turns_of,
)

HOUR = 3600
OFFICE = ((8 * HOUR, 12 * HOUR), (13 * HOUR + 1800, 18 * HOUR))
NIGHT = ((21 * HOUR, 29 * HOUR),)
HOURS = (
    ("office", Hours("Europe/Warsaw", (*(OFFICE,) * 5, (), ()))),
    ("nights", Hours("America/New_York", (NIGHT,) * 7)),
)


def at(said: str) -> int:
    return int(datetime.fromisoformat(f"2026-{said}").replace(tzinfo=UTC).timestamp())


def history(created: str, *events: tuple[str, str, object], as_of: str = "04-20 00:00") -> History:
    told = tuple(Event(at(when), kind, value) for when, kind, value in events)  # type: ignore[arg-type]
    return History(at(created), "office", told, at(as_of), HOURS)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "seconds"),
    [
        # Warsaw, Mon 11:30 → 14:00 CET: half an hour on either side of lunch.
        ("office", "03-02 10:30", "03-02 13:00", HOUR),
        # Fri 17:00 CET → Mon 09:00 CEST: 1 h + 1 h; the clock jumped between.
        ("office", "03-27 16:00", "03-30 07:00", 2 * HOUR),
        # Sat 10:00 → Sun 10:00.
        ("office", "03-07 09:00", "03-08 09:00", 0),
        # New York, the night of the change: 21:00 EST → 05:00 EDT is 7 h, not 8.
        ("nights", "03-08 00:00", "03-08 12:00", 7 * HOUR),
        # An ordinary night, with seconds: 23:30:10 → 00:30:50 EST.
        ("nights", "03-05 04:30:10", "03-05 05:30:50", HOUR + 40),
    ],
)
def test_open_seconds_by_the_wall(calendar: str, start: str, end: str, seconds: int) -> None:
    moved = history(start, ("02-01 00:00", "calendar", calendar))
    assert seconds_of(moved, at(start), at(end)) == seconds


def test_open_seconds_over_a_change_of_calendar() -> None:
    # Warsaw 17:00 → 18:00 CET, then New York from 20:00 UTC: 21:00 EST is 02:00 UTC, until 03:00.
    moved = history("03-02 16:00", ("03-02 20:00", "calendar", "nights"))
    assert seconds_of(moved, at("03-02 16:00"), at("03-03 03:00")) == 2 * HOUR


def test_a_run_of_messages_is_a_turn() -> None:
    told = history(
        "03-02 09:00",
        ("03-02 09:00", "thanks", ""),
        ("03-03 09:00", "asks", ""),
        ("03-03 10:00", "replies", ""),
        ("03-04 10:00", "thanks", ""),
        ("03-04 10:01", "thanks", ""),
        ("03-04 11:00", "solves", "solved"),
        ("03-05 10:00", "asks", ""),
        ("03-05 10:00", "status", "open"),
        ("03-05 12:00", "lapses", "closed"),
        ("03-06 10:00", "thanks", ""),
        ("03-07 11:00", "asks", ""),
    )
    found = turns_of(told)
    assert found == [
        Turn(
            at("03-02 09:00"),
            at("03-03 10:00"),
            "reply",
            (at("03-02 09:00"), at("03-03 09:00")),
            (at("03-03 09:00"),),
        ),
        Turn(
            at("03-04 10:00"), at("03-04 10:01"), "thanks", (at("03-04 10:00"), at("03-04 10:01"))
        ),
        Turn(at("03-05 10:00"), at("03-05 12:00"), "lapse", (at("03-05 10:00"),)),
        Turn(
            at("03-07 11:00"),
            None,
            None,
            (at("03-06 10:00"), at("03-07 11:00")),
            (at("03-07 11:00"),),
        ),
    ]


def promise(told: History) -> Promise:
    (found,) = promises_of(told)
    return found


@pytest.mark.parametrize(
    ("reply", "due", "state"),
    [
        # 2 h in opening hours from 11:30 CET: 30 min, then 13:30 + 1 h 30 = 15:00 CET.
        ("03-02 13:59:59", "03-02 14:00", "met"),
        ("03-02 14:00:00", "03-02 14:00", "met"),
        ("03-02 14:00:01", "03-02 14:00", "missed"),
    ],
)
def test_a_deadline_to_the_second(reply: str, due: str, state: str) -> None:
    told = history(
        "03-02 10:30",
        ("03-02 10:30", "length", ("first", 2 * HOUR, True)),
        ("03-02 10:30", "asks", ""),
        (reply, "replies", ""),
    )
    assert promise(told) == Promise("first", at("03-02 10:30"), at(reply), "reply", at(due), state)


@pytest.mark.parametrize(
    ("changed", "seconds", "due", "state"),
    [
        # Shorter in time; shorter than what had passed; after the deadline; withdrawn.
        ("03-02 11:00", 2 * HOUR, "03-02 12:00", "missed"),
        ("03-02 13:00", 2 * HOUR, "03-02 13:00", "missed"),
        ("03-02 14:30", 9 * HOUR, "03-02 14:00", "missed"),
        ("03-02 13:00", 9 * HOUR, "03-02 19:00", "met"),
        ("03-02 13:00", None, None, "withdrawn"),
        ("03-02 14:30", None, "03-02 14:00", "missed"),
    ],
)
def test_a_new_length_holds_from_its_instant(
    changed: str, seconds: int | None, due: str | None, state: str
) -> None:
    told = history(
        "03-02 10:00",
        ("03-02 10:00", "length", ("first", 4 * HOUR, False)),
        ("03-02 10:00", "asks", ""),
        (changed, "length", ("first", seconds, False)),
        ("03-02 15:00", "replies", ""),
    )
    found = promise(told)
    assert (found.due, found.state) == (at(due) if due else None, state)


@pytest.mark.parametrize(
    ("target", "minutes", "due", "state"),
    [
        # 60 open, 60 pending, 30 on hold, 30 open until the solve at 12:00.
        ("requester_wait", 130, "03-02 12:10", "met"),
        ("requester_wait", 119, "03-02 11:59", "missed"),
        ("agent_work", 100, "03-02 12:10", "met"),
        ("agent_work", 61, "03-02 11:31", "missed"),
        ("resolution", 170, "03-02 11:50", "missed"),
    ],
)
def test_pauses_move_the_deadline(target: str, minutes: int, due: str, state: str) -> None:
    told = history(
        "03-02 09:00",
        ("03-02 09:00", "length", (target, minutes * 60, False)),
        ("03-02 10:00", "status", "pending"),
        ("03-02 11:00", "status", "on_hold"),
        ("03-02 11:30", "status", "open"),
        ("03-02 12:00", "solves", "solved"),
    )
    found = promise(told)
    assert (found.due, found.state) == (at(due), state)


def test_a_clock_that_stands_has_no_deadline() -> None:
    told = history(
        "03-02 09:00",
        ("03-02 09:00", "length", ("requester_wait", 2 * HOUR, False)),
        ("03-02 10:00", "status", "pending"),
    )
    assert (promise(told).due, promise(told).state) == (None, "paused")


def test_a_reopening_resumes_the_wait() -> None:
    # 1 h on the first day; a day later 30 min; 30 min of 2 h are left.
    told = history(
        "03-02 09:00",
        ("03-02 09:00", "length", ("requester_wait", 2 * HOUR, False)),
        ("03-02 10:00", "solves", "solved"),
        ("03-03 10:00", "status", "open"),
        ("03-03 10:30", "solves", "solved"),
    )
    assert (promise(told).due, promise(told).state) == (at("03-03 11:00"), "met")


def test_updates_are_promised_from_each_reply_until_the_next_or_the_solve() -> None:
    told = history(
        "03-02 09:00",
        ("03-02 09:00", "length", ("periodic", DAY, False)),
        ("03-02 09:00", "asks", ""),
        ("03-02 10:00", "replies", ""),
        ("03-03 11:00", "replies", ""),
        ("03-03 12:00", "solves", "solved"),
    )
    assert [(found.due, found.state) for found in promises_of(told)] == [
        (at("03-03 10:00"), "missed"),
        (at("03-04 11:00"), "withdrawn"),
    ]
