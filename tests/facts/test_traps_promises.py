"""Classic wrong answers about turns and promises, each fallen into by nobody here."""

from pathlib import Path
from typing import Any

import ibis
import pytest

from facts.promised import state_by_hand, took
from regard.facts.build import build
from regard.facts.promises import judged
from regard.facts.reader import open_reader
from worlds import NINE_TO_FIVE, Told, at, built, fact_table, row_of, rows_of, thing, ticket

NINE = "2026-03-02 09:00"
HOUR = 3600
WEEK = """
[calendar.here.week]
mon = {0}
tue = {0}
wed = {0}
thu = {0}
fri = {0}
"""


def promise(
    seconds: int = 4 * HOUR, target: str = "first", opening: bool = False, **more: Any
) -> Told:
    """The promise that holds for every ticket whose source applies none."""
    said: dict[str, Any] = {"policy_id": "default", "priority": ""} | more
    return thing("sla_policy", target=target, seconds=seconds, opening_hours=opening, **said)


def hours(zone: str, spans: str = '["09:00-17:00"]') -> str:
    """Opening hours called `here`, Monday to Friday."""
    return f'[calendar.here]\nzone = "{zone}"\n{WEEK.format(spans)}'


def states(folder: Path, as_of: str) -> dict[str, str]:
    """By ticket."""
    rows = fact_table(folder, "sla_fact").to_pylist()
    return {row["ticket_id"]: state_by_hand(row, at(as_of)) for row in rows}


def test_when_it_is_looked_at_does_not_matter(tmp_path: Path) -> None:
    # Due 13:00. Both were closed long before anybody looked, a day later.
    world = (
        promise(),
        ticket("in time", NINE).asked("09:00").said("12:59:59").solved("12:59:59"),
        ticket("late", NINE).asked("09:00").said("13:00:01").solved("13:00:01"),
        ticket("another", "2026-03-03 13:09"),
    )
    found = states(built(tmp_path / "w", *world), "2026-03-03 13:09")
    assert found == {"in time": "met", "late": "missed"}


def test_of_the_last_eight_hours_only_what_is_due_is_judged(tmp_path: Path) -> None:
    # Promised within 8 h. At 17:30 the answer of 10:00 is known and the silence of 09:30 not yet
    # missed: judging would count the quick and leave out the slow.
    world = (
        promise(8 * HOUR),
        ticket("quick", "2026-03-02 09:45").asked("09:45").said("10:00"),
        ticket("silent", "2026-03-02 09:40").asked("09:40"),
        ticket("due", NINE).asked("09:00"),
        ticket("now", "2026-03-02 17:30"),
    )
    with open_reader(built(tmp_path / "w", *world)) as reader:
        rows = reader.fact("sla_fact")
        now = ibis.literal(at("2026-03-02 17:30"))
        counted = rows.filter(judged(rows, now)).ticket_id.to_pyarrow().to_pylist()
        later = rows.filter(judged(rows, ibis.literal(at("2026-03-02 17:45"))))
        assert counted == ["due"]
        assert sorted(later.ticket_id.to_pyarrow().to_pylist()) == ["due", "quick", "silent"]


def test_a_final_thanks_does_not_wait_for_ever(tmp_path: Path) -> None:
    world = (
        promise(),
        promise(target="next"),
        ticket("1", NINE).asked("09:00").said("10:00").solved("10:00").asked("11:00"),
        thing("reading", subject="message", subject_id="1", part="0003", kind="thanks",
              version="1", value="yes"),
        ticket("2", NINE).asked("09:00").said("10:00").asked("11:00"),
        ticket("now", "2026-03-12 09:00"),
    )  # fmt: skip
    folder = built(tmp_path / "w", *world)
    assert [row["end_kind"] for row in rows_of(folder, "turn_fact", ticket_id="1")] == [
        "reply",
        "thanks",
    ]
    missed = [
        (row["ticket_id"], row["target"])
        for row in fact_table(folder, "sla_fact").to_pylist()
        if state_by_hand(row, at("2026-03-12 09:00")) == "missed"
    ]
    # An unsure reading is a question: ticket 2 waits.
    assert missed == [("2", "next")]


def test_tickets_solved_without_a_reply_are_judged(tmp_path: Path) -> None:
    world = (
        promise(),
        ticket("solved late", NINE).asked("09:00").solved("14:00"),
        ticket("closed late", NINE).asked("09:00").closed("14:00", by="rule", reason="rule"),
        ticket("solved in time", NINE).asked("09:00").solved("10:00"),
    )
    assert states(built(tmp_path / "w", *world), "2026-03-02 14:00") == {
        "solved late": "missed",
        "closed late": "missed",
        "solved in time": "withdrawn",
    }


def test_what_is_still_waiting_has_no_length(tmp_path: Path) -> None:
    world = (ticket("1", NINE).asked("09:00"), ticket("now", "2026-06-02 09:00"))
    row = row_of(built(tmp_path / "w", *world), "turn_fact")
    assert (row["ends_at"], *took(row)) == (None, None, None)


@pytest.mark.parametrize(
    ("zone", "friday", "monday"),
    [
        # Asked on Friday 16:40 of the wall, due on Monday 09:20 of it.
        ("America/New_York", "2026-03-06 21:40", "2026-03-09 13:20"),
        ("America/New_York", "2026-10-30 20:40", "2026-11-02 14:20"),
        ("Europe/London", "2026-03-27 16:40", "2026-03-30 08:20"),
        ("Europe/London", "2026-10-23 15:40", "2026-10-26 09:20"),
        ("Europe/Warsaw", "2026-03-27 15:40", "2026-03-30 07:20"),
        ("Europe/Warsaw", "2026-10-23 14:40", "2026-10-26 08:20"),
        ("Europe/Sofia", "2026-03-27 14:40", "2026-03-30 06:20"),
        ("Europe/Sofia", "2026-10-23 13:40", "2026-10-26 07:20"),
        ("Asia/Riyadh", "2026-03-27 13:40", "2026-03-30 06:20"),
        ("Asia/Kuala_Lumpur", "2026-10-23 08:40", "2026-10-26 01:20"),
        # Monday morning is Sunday in UTC.
        ("Australia/Sydney", "2026-04-03 05:40", "2026-04-05 23:20"),
        ("Australia/Sydney", "2026-10-02 06:40", "2026-10-04 22:20"),
    ],
)
def test_forty_minutes_over_a_change_of_clocks(
    tmp_path: Path, zone: str, friday: str, monday: str
) -> None:
    told = ticket("1", friday, calendar_id="here").asked(friday).said(monday)
    world = built(tmp_path / "w", promise(2400, opening=True), told, calendars=hours(zone))
    assert took(row_of(world, "turn_fact"))[1] == 2400
    row = row_of(world, "sla_fact")
    assert (row["due_at"], state_by_hand(row, at(monday))) == (at(monday), "met")


@pytest.mark.parametrize(
    ("spans", "asked", "minutes", "due"),
    [
        # At night, from 23:50 until 00:30; over the closed day from 04:50 until 21:10.
        ('["21:00-05:00"]', "2026-03-03 23:50", 40, "2026-03-04 00:30"),
        ('["21:00-05:00"]', "2026-03-03 04:50", 20, "2026-03-03 21:10"),
        # Over lunch, from 11:50 until 13:40; within it nothing runs.
        ('["08:00-12:00", "13:30-18:00"]', "2026-03-03 11:50", 20, "2026-03-03 13:40"),
        ('["08:00-12:00", "13:30-18:00"]', "2026-03-03 12:10", 20, "2026-03-03 13:50"),
    ],
)
def test_deadlines_over_the_night_and_over_lunch(
    tmp_path: Path, spans: str, asked: str, minutes: int, due: str
) -> None:
    told = ticket("1", asked, calendar_id="here").asked(asked).said(due)
    rule = promise(minutes * 60, opening=True)
    world = built(tmp_path / "w", rule, told, calendars=hours("UTC", spans))
    assert took(row_of(world, "turn_fact"))[1] == minutes * 60
    row = row_of(world, "sla_fact")
    assert (row["due_at"], state_by_hand(row, at(due))) == (at(due), "met")


def test_hours_corrected_later_move_no_deadline(tmp_path: Path) -> None:
    told = ticket("1", NINE, calendar_id="default").asked("09:00").said("11:00")
    folder = built(tmp_path / "w", promise(3 * HOUR, opening=True), told)
    before = row_of(folder, "sla_fact")
    (folder / "calendars.toml").write_text(NINE_TO_FIVE.replace("09:00-17", "11:00-17"))
    build(folder, now=at("2026-03-09 09:00"))
    assert row_of(folder, "sla_fact") == before
    assert before["due_at"] == at("2026-03-02 12:00")


def test_a_stricter_policy_moves_no_deadline_and_a_priority_does(tmp_path: Path) -> None:
    world = (
        promise(4 * HOUR, priority="normal"),
        promise(HOUR, priority="normal", valid_from=at("2026-03-02 10:00")),
        promise(2 * HOUR, priority="high"),
        ticket("policy", NINE, priority="normal").asked("09:00").said("12:00"),
        ticket("priority", NINE, priority="normal")
        .asked("09:00")
        .set("priority", "high", "10:00")
        .said("12:00"),
    )
    folder = built(tmp_path / "w", *world)
    due = {
        name: row_of(folder, "sla_fact", ticket_id=name)["due_at"]
        for name in ("policy", "priority")
    }
    assert due == {"policy": at("2026-03-02 13:00"), "priority": at("2026-03-02 11:00")}


def test_an_answer_in_the_same_second_keeps_its_promise(tmp_path: Path) -> None:
    # 0 s is a length and a promise kept; to lose it makes quick teams look worse.
    world = (promise(), ticket("1", NINE).asked("09:00").said("09:00"))
    assert states(built(tmp_path / "w", *world), NINE) == {"1": "met"}


@pytest.mark.parametrize("opening", [True, False], ids=["opening hours", "calendar"])
@pytest.mark.parametrize("target", ["agent_work", "requester_wait", "pausable"])
def test_a_clock_that_never_ran_missed_nothing(tmp_path: Path, target: str, opening: bool) -> None:
    # It stood still from its start until the solve.
    told = (
        ticket("1", NINE, status="pending", created_by="ann", calendar_id="default")
        .said("09:00")
        .asked("09:30")
        .said("10:00")
        .solved("18:00")
    )
    found = rows_of(built(tmp_path / "w", promise(HOUR, target, opening), told), "sla_fact")
    assert found
    assert {state_by_hand(row, at("2026-03-02 18:00")) for row in found} <= {"met", "withdrawn"}
