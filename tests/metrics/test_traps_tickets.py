"""Classic wrong answers about tickets, each with the right one (METRICS §11 and §12)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import scenes
from metrics.small import (
    DAY,
    HOUR,
    Row,
    add,
    answer,
    at,
    later,
    parts,
    ticket,
    value,
    workspace,
)
from regard.core.calendar_file import parse
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask, rows, sql
from regard.metrics.engine import Part
from regard.metrics.metric import catalogue
from regard.metrics.plan import plan
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.stats.estimate import NOT_REACHED

SOURCE = Path(__file__).resolve().parents[2] / "src" / "regard"
LAYERS = ("stats", "facts/builders", "metrics", "insight")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = "".join(f'{day} = ["09:00-17:00"]\n' for day in WEEKDAYS)
CALENDARS = f'[calendar.default]\nzone = "UTC"\n[calendar.default.week]\n{OFFICE}'
EVER = {"from": "2025-01-01", "to": "2026-07-01"}


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: Any) -> Path:
    events = scenes.everything()
    folder: Path = tmp_path_factory.mktemp("traps") / "w"
    return workspace(folder, events, calendars=CALENDARS)


@pytest.fixture(scope="module", name="reader")
def _reader(folder: Path) -> Iterator[Reader]:
    with open_reader(folder) as reader:
        yield reader


def told(reader: Reader, key: str, scene: str, **said: Any) -> Part:
    """The one part of a question about the tickets of a scene."""
    query = Query.parse(key, {**EVER, "where": f"product={scene}", **said})
    (part,) = ask(query, reader).parts
    return part


def test_averages_do_not_hide_the_never_answered(reader: Reader) -> None:
    part = told(reader, "first_response_time", "hidden")
    assert (part.estimate.value, part.estimate.note) == (None, NOT_REACHED)
    assert part.coverage["served"] == pytest.approx(0.4)
    assert part.estimate.n == 10
    # Five minutes stand only under a name that says whom it leaves out.
    naive = told(reader, "first_response_time_finished", "hidden")
    assert (naive.estimate.value, naive.estimate.n) == (300, 4)
    assert catalogue()["first_response_time_finished"].beside == ("first_response_time",)


DURATIONS = st.lists(
    st.tuples(st.integers(0, 30 * DAY), st.integers(0, 12 * DAY)), min_size=4, max_size=30
)


def _resolved(cases: list[tuple[int, int]], stopped: int) -> list[Row]:
    """Tickets by creation and duration, seen after thirty days; who closes stopped before."""
    found = []
    for n, (born, took) in enumerate(cases):
        solved = born + took <= stopped
        row = ticket(str(n), later("2026-03-01 00:00", born), demand="real", source="s")
        found.append(
            row
            | {
                "resolve_seconds": took if solved else None,
                "resolved_at": later("2026-03-01 00:00", born + took) if solved else None,
                "is_open": not solved,
            }
        )
    return found


@settings(max_examples=6, deadline=None)
@given(cases=DURATIONS)
def test_to_stop_closing_for_a_week_never_improves_the_time_to_resolve(
    cases: list[tuple[int, int]],
) -> None:
    seen = "2026-03-31 00:00"
    worked = parts("time_to_resolve", _resolved(cases, 30 * DAY), as_of=seen)[0].estimate.value
    stopped = parts("time_to_resolve", _resolved(cases, 23 * DAY), as_of=seen)[0].estimate.value
    assert (stopped or float("inf")) >= (worked or 0) or worked is None


def test_the_naive_median_improves_when_nobody_closes_which_is_why_it_stands_beside() -> None:
    # Solved from the newest down, the old ones last; then the old ones are left lying.
    cases = [(28 * DAY, HOUR)] * 5 + [(0, 26 * DAY)] * 5
    naive = "time_to_resolve_finished"
    seen = "2026-04-01 00:00"
    rows_of = _resolved(cases, 30 * DAY)
    left = [
        row
        if row["resolve_seconds"] == HOUR
        else row | {"resolve_seconds": None, "resolved_at": None, "is_open": True}
        for row in rows_of
    ]
    medians = [parts(naive, told, as_of=seen)[0].estimate.value for told in (rows_of, left)]
    headlines = [parts("time_to_resolve", told, as_of=seen)[0] for told in (rows_of, left)]
    assert (medians[1] or 0) < (medians[0] or 0)
    assert headlines[1].estimate.high is None
    assert headlines[1].coverage["open"] == 5


def test_off_hours_answers_took_zero_seconds_and_are_kept(reader: Reader) -> None:
    part = told(reader, "first_response_time_open", "weekend")
    assert (part.estimate.value, part.estimate.n) == (0, 4)
    calendar = told(reader, "first_response_time", "weekend")
    assert (calendar.estimate.value, calendar.estimate.n) == (DAY, 4)
    page = rows(Query.parse("first_response_time_open", {"where": "product=weekend"}), reader)
    assert sorted(row["first_reply_open_seconds"] for row in page.rows) == [0, 0, 0, 2 * HOUR]


def test_no_hours_set_is_unknown_and_never_zero(reader: Reader) -> None:
    part = told(reader, "time_to_resolve_open", "hourless")
    assert part.estimate.value is None
    assert part.coverage["unknown"] == 2
    page = rows(Query.parse("time_to_resolve_open", {"where": "product=hourless"}), reader)
    assert page.total == 0
    answered = told(reader, "first_response_time_open", "hourless")
    assert (answered.estimate.value, answered.estimate.n) == (None, 0)
    assert told(reader, "time_to_resolve", "hourless").estimate.n == 2


def test_open_tickets_have_waited_until_the_last_event_and_no_further(reader: Reader) -> None:
    query = Query.parse("time_to_resolve_open", {"where": "product=last"})
    laid = plan(query, catalogue()["time_to_resolve_open"], reader)
    ages = reader.snapshot.engine.to_pyarrow(laid.rows.select("_age")).to_pylist()
    assert ages == [{"_age": 0}]
    query = Query.parse("time_to_resolve_open", {"where": "product=clicks"})
    laid = plan(query, catalogue()["time_to_resolve_open"], reader)
    (age,) = reader.snapshot.engine.to_pyarrow(laid.rows.select("_age")).to_pylist()
    # Thirteen weeks of forty open hours from Friday to Friday, and the first Friday itself.
    assert age == {"_age": (13 * 40 + 8) * HOUR}
    assert parse({"calendar": {"x": {"zone": "UTC", "always_open": True}}})


def test_a_reopen_of_last_months_ticket_restates_and_leaves_the_published_figure(
    reader: Reader,
) -> None:
    february = {"from": "2026-02-01", "to": "2026-03-01"}
    then = told(reader, "time_to_resolve", "reopened", **february, as_of="2026-03-01T00:00:00Z")
    assert (then.estimate.value, then.coverage["provisional"]) == (DAY, 1)
    now = told(reader, "time_to_resolve", "reopened", **february)
    assert now.estimate.value == 21 * DAY


def test_a_reopen_never_erases_last_month(reader: Reader) -> None:
    solved = {
        month: told(reader, "tickets_solved", "reopened", **{"from": first, "to": end})
        for month, first, end in (
            ("feb", "2026-02-01", "2026-03-01"),
            ("mar", "2026-03-01", "2026-04-01"),
        )
    }
    assert [part.estimate.value for part in solved.values()] == [1, 1]
    assert told(reader, "tickets_solved", "reopened").estimate.value == 1
    assert told(reader, "reopen_rate", "reopened").estimate.value == pytest.approx(1 / 2)


def test_merged_spam_and_test_are_neither_new_nor_solved_and_messages_count_once(
    reader: Reader,
) -> None:
    # What a customer wrote before the merge was said, once.
    messages = told(reader, "messages_in", "labels")
    assert messages.estimate.value == 3
    assert sum(messages.coverage["excluded"].values()) == 3
    for key in ("tickets_new", "tickets_solved"):
        part = told(reader, key, "labels")
        assert part.estimate.value == 2, key
        assert sum(part.coverage["excluded"].values()) == 4
        query = Query.parse(key, {"where": "product=labels"})
        out = rows(query, reader, kind="excluded")
        assert {row["reason"] for row in out.rows} == {
            "spam",
            "test ticket",
            "merged into another ticket",
            "internal ticket",
        }


def test_a_deleted_agent_keeps_the_past_and_the_totals(reader: Reader) -> None:
    query = Query.parse("tickets_solved", {**EVER, "by": "agent", "where": "product=leavers"})
    (part,) = ask(query, reader).parts
    assert (part.by, part.estimate.value) == ({"agent": "gone"}, 1)


def test_no_ticket_is_dropped_because_a_user_row_is_missing(reader: Reader) -> None:
    for key in ("tickets_new", "tickets_solved", "messages_in", "tickets_active"):
        assert told(reader, key, "leavers").estimate.value == 1, key


def test_a_bot_that_closes_a_silent_customer_resolves_nothing(reader: Reader) -> None:
    assert told(reader, "tickets_solved", "silent").estimate.value == 0
    assert told(reader, "closed_without_solve", "silent").estimate.value == 1
    part = told(reader, "time_to_resolve", "silent")
    assert (part.estimate.value, part.estimate.note) == (None, NOT_REACHED)
    # The rival end is dated at the start of the silence.
    (row,) = rows(Query.parse("time_to_resolve", {"where": "product=silent"}), reader).rows
    assert row["lapse_seconds"] == 2 * HOUR


def test_a_status_click_a_note_or_a_machine_is_no_reply(reader: Reader) -> None:
    part = told(reader, "first_response_time", "clicks")
    assert (part.estimate.value, part.coverage["open"]) == (None, 1)
    assert told(reader, "messages_out", "clicks").estimate.value == 0


def test_four_hundred_days_are_four_hundred_days(reader: Reader) -> None:
    assert told(reader, "time_to_resolve", "long").estimate.value == 400 * DAY


def test_closed_in_ten_minutes_and_reopened_is_no_solution(reader: Reader) -> None:
    assert told(reader, "time_to_first_solve", "quick").estimate.value == 600
    part = told(reader, "time_to_resolve", "quick")
    assert (part.estimate.value, part.coverage["served"]) == (None, 0.0)
    assert told(reader, "reopen_rate", "quick").estimate.value == 1.0


def test_ties_on_one_instant_keep_the_order_told(reader: Reader) -> None:
    assert told(reader, "solve_events", "ties").estimate.value == 2
    assert told(reader, "reopen_events", "ties").estimate.value == 1
    assert told(reader, "time_to_resolve", "ties").estimate.value == HOUR
    query = Query.parse("solve_events", {"where": "product=ties"})
    assert [row["place"] for row in rows(query, reader).rows] == [1, 3]


def test_pages_of_rows_are_in_one_order_and_never_overlap(reader: Reader) -> None:
    query = Query.parse("tickets_new", EVER)
    whole = [row["ticket_id"] for row in rows(query, reader, limit=100).rows]
    paged = [
        row["ticket_id"]
        for offset in range(0, len(whole), 7)
        for row in rows(query, reader, limit=7, offset=offset).rows
    ]
    assert whole == paged == sorted(set(whole))


def test_five_minutes_are_not_a_day_and_a_mean_is_of_seconds() -> None:
    took = (300, 25 * HOUR)
    given_rows = [
        ticket(str(n), "2026-03-02 09:00", demand="real", source="s", resolve_seconds=t)
        for n, t in enumerate(took)
    ]
    (one,) = parts("time_to_resolve", given_rows[:1])
    assert one.estimate.value == 300
    (mean,) = parts("time_to_resolve_finished_mean", given_rows)
    # AVG(CEIL(days)) would say a day and a half.
    assert mean.estimate.value == (300 + 25 * HOUR) / 2


def test_zero_seconds_are_kept_and_not_perfect() -> None:
    given_rows = [
        ticket(
            str(n),
            "2026-03-02 09:00",
            demand="real",
            source="s",
            resolve_seconds=0 if n < 2 else 4 * HOUR,
        )
        for n in range(4)
    ]
    (mean,) = parts("time_to_resolve_finished_mean", given_rows)
    assert (mean.estimate.value, mean.estimate.n) == (2 * HOUR, 4)


def test_three_cases_have_an_interval_as_wide_as_three_cases() -> None:
    given_rows = [
        ticket(str(n), "2026-03-02 09:00", demand="real", source="s", redirected=n == 0)
        for n in range(3)
    ]
    (part,) = parts("redirected_share", given_rows)
    assert part.estimate.n == 3
    assert (part.estimate.high or 0) - (part.estimate.low or 0) > 0.6


def test_customers_nobody_knows_are_not_one_customer() -> None:
    solves = [
        {
            "source": "s",
            "ticket_id": str(n),
            "place": 1,
            "demand": "real",
            "change": "solve",
            "starts_at": later("2026-03-02 09:00", n * HOUR),
            "customer_id": None,
            "reopened_at": later("2026-03-02 10:00", n * HOUR) if n % 3 == 0 else None,
        }
        for n in range(300)
    ]
    nobody = parts("reopen_rate", solves)[0].estimate
    somebody = parts("reopen_rate", [r | {"customer_id": r["ticket_id"]} for r in solves])[0]
    assert nobody == somebody.estimate
    assert nobody.note == ""


def test_a_team_does_not_look_fast_by_not_solving() -> None:
    """Split by team, unsolved tickets stay with the team that holds them."""
    given_rows = [
        ticket(
            str(n),
            "2026-03-02 09:00",
            demand="real",
            source="s",
            team="sales",
            is_open=n > 0,
            resolve_seconds=300 if n == 0 else None,
            solved_team="sales" if n == 0 else None,
        )
        for n in range(10)
    ]
    (part,) = parts("time_to_resolve", given_rows, {"by": "team"})
    assert (part.by, part.estimate.value) == ({"team": "sales"}, None)
    assert part.coverage["served"] == pytest.approx(0.1)


def test_when_a_row_was_imported_never_matters(folder: Path, tmp_path: Path) -> None:
    events = {
        "ticket": [ticket("early", "2026-03-02 09:00", updated_at=at("2026-03-02 09:00"))],
        "ticket_change": [],
        "message": [],
        "agent": [],
    }
    made = workspace(tmp_path / "w", events)
    late = ticket("late", "2026-03-03 09:00", updated_at=at("2026-06-30 09:00"))
    add(made, {"ticket": [late, ticket("newest", "2026-06-30 09:00")]})
    (part,) = answer(made, "tickets_new", {"from": "2026-03-01", "to": "2026-04-01"}).parts
    assert part.estimate.value == 2
    (june,) = answer(made, "tickets_new", {"from": "2026-06-01", "to": "2026-07-01"}).parts
    assert june.estimate.value == 1


def test_no_answer_reads_the_clock_on_the_wall(reader: Reader) -> None:
    for key in ("tickets_new", "time_to_resolve_open", "reopen_rate", "backlog", "days_to_clear"):
        said = sql(Query.parse(key, {}), reader).lower()
        assert "select" in said
        assert "now()" not in said
        assert "current_" not in said
    assert value(reader, "tickets_new", **EVER) == 29
    assert ask(Query.parse("tickets_new", {}), reader).as_of == at("2026-06-05 17:00")


def test_no_code_of_answers_asks_what_time_it_is() -> None:
    asking = []
    for path in (file for layer in LAYERS for file in (SOURCE / layer).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow", "time"):
                asking.append(f"{path.name}: {node.attr}")
    assert asking == []


def test_the_backlog_is_a_stock_and_has_no_flow() -> None:
    spans = [
        {
            "source": "s",
            "ticket_id": str(n),
            "place": 0,
            "status": "open",
            "demand": "real",
            "starts_at": at("2026-03-01 10:00"),
            "opened_at": at("2026-03-01 10:00"),
        }
        for n in range(5)
    ]
    said = {"from": "2026-03-01", "to": "2026-04-01"}
    days = parts("backlog", spans, {**said, "by": "day"})
    assert {part.estimate.value for part in days} == {5.0}
    assert parts("backlog", spans, said)[0].estimate.value == 5
    assert isinstance(catalogue()["days_to_clear"].shape, Quotient)
