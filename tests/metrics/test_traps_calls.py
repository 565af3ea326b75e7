"""Classic wrong answers about telephone calls and working time, each with the right one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from metrics.small import DAY, Row, at, later, parts, value, workspace
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask, rows
from regard.metrics.catalogue.calls import call
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.stats.estimate import FEW_CLUSTERS, NOT_REACHED

MONDAY = "2026-03-02 09:00"


def _leg(of: str, n: int, start: int, kind: str, **said: Any) -> Row:
    return {
        "call_id": of,
        "leg_id": str(n),
        "ordinal": n,
        "kind": kind,
        "starts_at": later(MONDAY, start),
        **said,
    }


def _call(name: str, outcome: str | None, lasted: int | None, **said: Any) -> Row:
    ended = None if lasted is None else later(MONDAY, lasted)
    return {
        "call_id": name,
        "arrived_at": at(MONDAY),
        "queued_at": at(MONDAY),
        "direction": "inbound",
        "outcome": outcome,
        "ended_at": ended,
        **said,
    }


def _spoken(of: str, wait: int, talk: int, **said: Any) -> list[Row]:
    """A stay in the queue and one with a person."""
    return [
        _leg(of, 1, 0, "queue", queue="front", wait_seconds=wait, outcome="answered"),
        _leg(of, 2, wait, "agent", agent="ann", talk_seconds=talk, outcome="completed", **said),
    ]


def _events() -> dict[str, list[Row]]:
    calls = [
        _call("spoken", "answered", 70),
        _call("rung out", "answered", 120),
        _call("left", "abandoned", 90),
        _call("hung up", "abandoned", 3),
        _call("unknown", "answered", 60),
        _call("called back", "callback", 10),
        _call("outbound", "answered", 60, direction="outbound"),
        _call("menu", "ivr_left", 20, queued_at=None),
    ]
    legs = [
        *_spoken("spoken", 10, 60, hold_seconds=0, wrap_seconds=5),
        _leg("rung out", 1, 0, "queue", queue="front", wait_seconds=15),
        _leg("rung out", 2, 15, "agent", agent="bob", ring_seconds=20, outcome="no_answer"),
        _leg("rung out", 3, 35, "queue", queue="front", wait_seconds=15, outcome="answered"),
        _leg("rung out", 4, 50, "agent", agent="ann", talk_seconds=70, outcome="completed"),
        _leg("left", 1, 0, "queue", queue="front", wait_seconds=90, outcome="abandoned"),
        _leg("hung up", 1, 0, "queue", queue="front", wait_seconds=3, outcome="abandoned"),
        _leg("unknown", 1, 0, "queue", queue="front", outcome="answered"),
        _leg("unknown", 2, 30, "agent", agent="ann", talk_seconds=30, outcome="completed"),
        _leg("called back", 1, 0, "queue", queue="front", wait_seconds=10, outcome="callback"),
        _leg("called back", 2, 1_800, "agent", agent="ann", talk_seconds=100, outcome="completed"),
        *_spoken("outbound", 0, 60),
    ]
    return {"call": calls, "call_leg": legs}


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    folder = workspace(
        tmp_path_factory.mktemp("calls") / "w", _events(), covers=("call", "call_leg")
    )
    with open_reader(folder) as reader:
        yield reader


def test_offered_are_the_inbound_calls_that_reached_people(reader: Reader) -> None:
    assert value(reader, "calls_offered") == 6
    assert value(reader, "calls_answered") == 4


def test_a_leg_that_nobody_picked_up_is_no_answer(reader: Reader) -> None:
    page = rows(Query.parse("calls_answered", {}), reader)
    (rung,) = [row for row in page.rows if row["call_id"] == "rung out"]
    assert (rung["agent"], rung["wait_seconds"], rung["no_answers"]) == ("ann", 30, 1)


def test_a_callback_waits_until_the_connection_and_is_never_in_time(reader: Reader) -> None:
    page = rows(Query.parse("calls_answered", {}), reader)
    (back,) = [row for row in page.rows if row["call_id"] == "called back"]
    assert (back["wait_seconds"], back["callback"]) == (1_800, True)
    # In time: the spoken one alone, of five offered whose wait is known.
    assert value(reader, "service_level_f3") == pytest.approx(1 / 5)


def test_an_unknown_wait_is_unknown_and_never_zero(reader: Reader) -> None:
    (part,) = ask(Query.parse("queue_wait", {}), reader).parts
    assert part.coverage["unknown"] == 1
    assert part.estimate.n == 5
    (level,) = ask(Query.parse("service_level", {}), reader).parts
    assert level.coverage["excluded"]["wait unknown"] == 1


def test_who_hangs_up_within_five_seconds_is_in_neither_half(reader: Reader) -> None:
    (part,) = ask(Query.parse("abandon_rate", {}), reader).parts
    assert (part.estimate.value, part.estimate.n) == pytest.approx((1 / 5, 5))
    assert value(reader, "abandon_rate_with_ivr") == pytest.approx(2 / 6)


def test_an_unknown_hold_is_not_a_hold_of_zero(reader: Reader) -> None:
    (part,) = ask(Query.parse("hold_time_mean", {}), reader).parts
    assert (part.estimate.value, part.estimate.n) == (0, 1)
    assert part.coverage["unknown"] == 3


def test_a_filter_on_a_queue_cuts_callers_and_answers_alike(reader: Reader) -> None:
    (part,) = ask(Query.parse("abandon_rate", {"where": "queue=back"}), reader).parts
    assert (part.estimate.value, part.estimate.n) == (None, 0)
    assert value(reader, "abandon_rate", where="queue=front") == pytest.approx(1 / 5)


def test_the_speed_of_answer_does_not_hide_those_who_left() -> None:
    told = [
        *(call(n, "answered", 10) for n in range(4)),
        *(call(n, "abandoned", 300) for n in range(4, 10)),
    ]
    (wait,) = parts("queue_wait", told)
    assert (wait.estimate.value, wait.estimate.note) == (None, NOT_REACHED)
    assert wait.coverage["served"] == pytest.approx(0.4)
    (speed,) = parts("speed_of_answer", told)
    assert (speed.estimate.value, speed.estimate.n) == (10, 4)
    assert catalogue()["speed_of_answer"].beside == ("abandon_rate",)


def test_whoever_still_waits_counts_with_the_wait_so_far() -> None:
    waiting = [
        call(
            n,
            None,
            None,
            is_waiting=True,
            queued_at=f"2026-03-02T09:{m}:00Z",
            arrived_at="2026-03-02T09:00:00Z",
        )
        for n, m in ((8, "50"), (9, "00"))
    ]
    (part,) = parts("queue_wait", [call(1, "answered", 60), *waiting], as_of="2026-03-02 10:00")
    assert (part.estimate.n, part.coverage["open"]) == (3, 2)
    assert part.coverage["served"] == pytest.approx(1 / 3)


def test_a_good_average_does_not_hide_bad_half_hours() -> None:
    told = [
        *(call(n, "answered", 5) for n in range(90)),
        *(
            call(n, "answered", 60, arrived_at=f"2026-03-02T{10 + n % 5}:30:00Z")
            for n in range(90, 100)
        ),
    ]
    (level,), (met,) = parts("service_level", told), parts("intervals_met", told)
    assert level.estimate.value == pytest.approx(0.9)
    assert (met.estimate.value, met.estimate.n) == pytest.approx((1 / 6, 6))


def test_calls_of_one_bad_half_hour_are_no_independent_witnesses() -> None:
    """Thirty calls in each of twenty half-hours, all good or all bad together."""
    told = [
        call(
            n,
            "answered",
            5 if (n // 30) % 3 else 60,
            arrived_at=later("2026-03-02 08:00", 1_800 * (n // 30) + n % 30).isoformat(),
        )
        for n in range(600)
    ]
    (part,) = parts("service_level", told, {"from": "2026-03-02", "to": "2026-03-03"})
    width = (part.estimate.high or 0) - (part.estimate.low or 0)
    naive = 2 * 1.96 * (2 / 3 * 1 / 3 / 600) ** 0.5
    assert part.estimate.n == 600
    assert width > 4 * naive


def test_a_long_stretch_counts_its_days_and_a_short_one_its_half_hours() -> None:
    told = [
        call(
            n,
            "answered",
            5 if n % 3 else 60,
            arrived_at=later("2026-03-02 08:00", 40 * n).isoformat(),
        )
        for n in range(300)
    ]
    (short,) = parts("service_level", told, {"from": "2026-03-02", "to": "2026-03-03"})
    (long,) = parts("service_level", told, {"from": "2026-03-01", "to": "2026-04-01"})
    assert short.estimate.note == FEW_CLUSTERS  # seven half-hours
    assert long.estimate.note == FEW_CLUSTERS  # one day
    assert (long.estimate.high or 0) - (long.estimate.low or 0) > (
        (short.estimate.high or 0) - (short.estimate.low or 0)
    )


def test_working_time_comes_in_people_and_days_however_short_the_stretch() -> None:
    states = [
        {
            "source": "s",
            "agent": name,
            "agent_id": name,
            "state": state,
            "seconds": 100,
            "state_id": f"{name}{n}",
            "starts_at": at(MONDAY) + timedelta(seconds=200 * n),
        }
        for name in ("ann", "bob")
        for n, state in enumerate(("handling", "available") * 20)
    ]
    (part,) = parts("occupancy", states, {"from": "2026-03-02", "to": "2026-03-03"})
    assert part.estimate.value == pytest.approx(0.5)
    assert part.estimate.note == FEW_CLUSTERS


def test_no_calls_are_no_data_where_nobody_fills_them(reader: Reader) -> None:
    found = ask(Query.parse("tickets_new", {}), reader)
    assert [part.estimate.note for part in found.parts] == ["NO_DATA"]
    assert found.lacking == ("ticket",)
    assert "ticket" in found.why("en")
    asked = ask(Query.parse("occupancy", {"from": "2026-03-01", "to": "2026-04-01"}), reader)
    assert asked.lacking == ("agent_state",)
    assert DAY == 86_400
