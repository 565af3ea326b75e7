"""The history of a ticket: what is a solve, a reopening, an end without a solve, and from when.

Monday 2 March 2026 unless another day is named; all times UTC; opening hours Mon-Fri 9 to 17.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from regard.facts.reader import open_reader
from worlds import agent, at, built, fact_table, some, ticket

NINE = "2026-03-02 09:00"
WORLD = (
    agent("ann"),
    agent("bob"),
    agent("zoe", bot=True),
    ticket("solved once", NINE).opened("09:30").solved("10:00", by="bob"),
    ticket("reopened after exactly 7 days", NINE).solved("10:00").reopened("+7d"),
    ticket("reopened after 7 days and 1 second", NINE).solved("10:00").reopened("+7d 1s"),
    ticket("reopened and solved by another", NINE)
    .solved("10:00", by="ann")
    .reopened("12:00")
    .solved("14:00", by="bob"),
    ticket("solved twice, late", NINE)
    .solved("10:00", by="ann")
    .reopened("+8d")
    .solved("+1h", by="bob"),
    ticket("said again", NINE).solved("10:00", by="ann").solved("12:00", by="bob"),
    ticket("solved by a bot", NINE).solved("10:00", by="robot"),
    ticket("solved by a rule", NINE).solved("10:00", by="rule"),
    ticket("solved by an agent who is a bot", NINE).solved("10:00", by="zoe"),
    ticket("solved by a bot, confirmed", NINE)
    .solved("10:00", by="robot")
    .solved("11:00", by="ann"),
    ticket("solved by a bot, reopened", NINE)
    .solved("10:00", by="robot")
    .reopened("11:00")
    .solved("12:00", by="ann"),
    ticket("left by the customer", NINE)
    .pending("10:00")
    .to_team("second", "11:00")
    .closed("+3d", by="rule", reason="inactivity"),
    ticket("left and solved by a rule", NINE)
    .pending("10:00")
    .solved("+3d", by="rule", reason="inactivity")
    .closed("+4d", by="rule"),
    ticket("left, but came back", NINE)
    .pending("10:00")
    .closed("+3d", by="rule", reason="inactivity")
    .reopened("+1d")
    .solved("+1h", by="ann"),
    ticket("left at once", NINE).closed("10:00", by="rule", reason="inactivity"),
    ticket("closed by an agent", NINE).closed("10:00", by="ann"),
    ticket("closed as spam", NINE).closed("10:00", by="ann", reason="spam"),
    ticket("closed after a solve", NINE).solved("10:00").closed("+4d", by="rule"),
    ticket("closed twice", NINE)
    .closed("10:00", reason="unsolved")
    .reopened("11:00")
    .closed("12:00", reason="cancelled"),
    ticket("came solved", NINE, status="solved", created_by="ann"),
    ticket("came solved by a bot", NINE, status="solved", created_by="robot"),
    ticket("told before it began", NINE)
    .set("status", "pending", "2026-03-01 08:00", ordinal=9)
    .set("status", "open", "2026-03-01 08:30", ordinal=1)
    .solved("2026-03-02 10:00"),
    ticket("all at ten", NINE)
    .solved("10:00", ordinal=3)
    .set("status", "open", "10:00", ordinal=1)
    .set("status", "pending", "10:00", ordinal=2),
    ticket("all at ten, without order", NINE)
    .set("status", "closed", "10:00", ordinal=None)
    .solved("10:00", ordinal=None)
    .set("team", "second", "10:00", ordinal=None),
    ticket("an unknown status", NINE).solved("10:00").set("status", None, "12:00"),
    ticket("by somebody unknown", NINE).solved("10:00", by=None),
    ticket("still open", NINE).opened("09:30").pending("10:00").opened("11:00", by="customer"),
)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("history"), *WORLD)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The tickets by name."""
    found = fact_table(folder, "ticket_fact").to_pylist()
    return {row["ticket_id"]: row for row in found}


SOLVES = "first_solved_at resolved_at last_solved_at lapsed_at solved_by"
Rows = Mapping[str, Mapping[str, Any]]


def _solves(
    first: str | None, resolved: str | None, last: str | None, lapsed: str | None, by: str | None
) -> dict[str, Any]:
    instants = [None if said is None else at(said, at(NINE)) for said in (first, resolved, last)]
    lapse = None if lapsed is None else at(lapsed, at(NINE))
    return dict(zip(SOLVES.split(), (*instants, lapse, by), strict=True))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("solved once", _solves("10:00", "10:00", "10:00", None, "bob")),
        # Within 7 days, the seventh day's same second included, a solve did not hold.
        ("reopened after exactly 7 days", _solves("10:00", None, "10:00", None, "ann")),
        ("reopened after 7 days and 1 second", _solves("10:00", "10:00", "10:00", None, "ann")),
        ("reopened and solved by another", _solves("10:00", "14:00", "14:00", None, "bob")),
        # Credit stays with the solve that held; the last one is another's.
        (
            "solved twice, late",
            _solves("10:00", "10:00", "2026-03-10 11:00", None, "ann"),
        ),
        ("said again", _solves("10:00", "10:00", "12:00", None, "ann")),
        ("solved by a bot", _solves(None, None, None, "10:00", None)),
        ("solved by a rule", _solves(None, None, None, "10:00", None)),
        ("solved by an agent who is a bot", _solves(None, None, None, "10:00", None)),
        ("solved by a bot, confirmed", _solves(None, None, None, "10:00", None)),
        ("solved by a bot, reopened", _solves("12:00", "12:00", "12:00", None, "ann")),
        # Silent since 10:00: that a team changed at 11:00 is no end of the silence.
        ("left by the customer", _solves(None, None, None, "10:00", None)),
        ("left and solved by a rule", _solves(None, None, None, "10:00", None)),
        (
            "left, but came back",
            _solves("2026-03-06 11:00", "2026-03-06 11:00", "2026-03-06 11:00", None, "ann"),
        ),
        # Nobody ever waited for the customer but since the beginning.
        ("left at once", _solves(None, None, None, "09:00", None)),
        ("closed by an agent", _solves(None, None, None, "10:00", None)),
        ("closed after a solve", _solves("10:00", "10:00", "10:00", None, "ann")),
        ("came solved", _solves("09:00", "09:00", "09:00", None, "ann")),
        ("came solved by a bot", _solves(None, None, None, "09:00", None)),
        ("told before it began", _solves("10:00", "10:00", "10:00", None, "ann")),
        ("an unknown status", _solves("10:00", "10:00", "10:00", None, "ann")),
        # Who is not known to be a machine is taken for a person, without a name.
        ("by somebody unknown", _solves("10:00", "10:00", "10:00", None, None)),
        ("still open", _solves(None, None, None, None, None)),
    ],
)
def test_solves_and_ends_are_told_apart(rows: Rows, name: str, expected: dict[str, Any]) -> None:
    assert some(rows[name], SOLVES) == expected


@pytest.mark.parametrize(
    ("name", "status", "is_open", "reason"),
    [
        ("solved once", "solved", False, None),
        ("reopened after exactly 7 days", "open", True, None),
        ("left by the customer", "closed", False, "inactivity"),
        # The close itself gives no reason; the lapse that it follows does.
        ("left and solved by a rule", "closed", False, "inactivity"),
        ("closed by an agent", "closed", False, "unsolved"),
        ("closed as spam", "closed", False, "spam"),
        ("closed after a solve", "closed", False, None),
        ("closed twice", "closed", False, "cancelled"),
        ("an unknown status", "solved", False, None),
        # In the order told: open, pending, solved.
        ("all at ten", "solved", False, None),
        # Without an order the close comes last.
        ("all at ten, without order", "closed", False, None),
    ],
)
def test_the_status_is_that_of_the_last_happening(
    rows: Rows, name: str, status: str, is_open: bool, reason: str | None
) -> None:
    found = some(rows[name], "status is_open close_reason")
    assert found == {"status": status, "is_open": is_open, "close_reason": reason}


def _steps(folder: Path, name: str) -> list[tuple[str, str, int | None]]:
    rows = [r for r in fact_table(folder, "status_span_fact").to_pylist() if r["ticket_id"] == name]
    return [(row["status"], row["change"], row["seconds"]) for row in rows]


def test_every_step_of_a_history_is_named(folder: Path) -> None:
    assert _steps(folder, "left, but came back") == [
        ("new", "created", 3600),
        ("pending", "move", 3 * 86400),
        ("closed", "lapse", 86400),
        ("open", "reopen", 3600),
        ("solved", "solve", None),
    ]


def test_changes_told_before_the_creation_count_from_it_in_the_order_told(folder: Path) -> None:
    # Pending at 8:00, open at 8:30, whatever ordinals say: open when it began.
    assert _steps(folder, "told before it began") == [
        ("new", "created", 0),
        ("pending", "move", 0),
        ("open", "move", 3600),
        ("solved", "solve", None),
    ]


def test_steps_at_one_instant_keep_the_order_of_the_source(folder: Path) -> None:
    assert _steps(folder, "all at ten") == [
        ("new", "created", 3600),
        ("open", "move", 0),
        ("pending", "move", 0),
        ("solved", "solve", None),
    ]


def test_a_reopening_is_dated_on_every_solve_that_it_undoes(folder: Path) -> None:
    rows = fact_table(folder, "status_span_fact").to_pylist()
    undone = {
        row["ticket_id"]: row["reopened_at"] for row in rows if row["reopened_at"] is not None
    }
    assert undone["solved by a bot, reopened"] == at("2026-03-02 11:00")
    assert undone["left, but came back"] == at("2026-03-06 10:00")
    assert undone["reopened after 7 days and 1 second"] == at("2026-03-09 10:00:01")
    assert "said again" not in undone


def test_reopenings_and_solves_are_counted_by_transition(rows: Rows) -> None:
    counted = {name: (row["solves"], row["reopens"]) for name, row in rows.items()}
    assert counted["said again"] == (1, 0)
    assert counted["solved twice, late"] == (2, 1)
    assert counted["solved by a bot, reopened"] == (1, 1)
    assert counted["closed twice"] == (0, 1)


def test_the_age_of_an_open_stretch_counts_from_the_reopening(folder: Path) -> None:
    rows = fact_table(folder, "status_span_fact").to_pylist()
    opened = {row["ticket_id"]: row["opened_at"] for row in rows if row["ends_at"] is None}
    assert opened["reopened after exactly 7 days"] == at("2026-03-09 10:00")
    assert opened["still open"] == at(NINE)


def test_a_fact_as_of_one_instant_is_never_told_as_of_another(tmp_path: Path) -> None:
    told = ticket("1", "2026-03-02 09:00").solved("10:00").reopened("+1d").solved("+2d")
    with open_reader(built(tmp_path / "w", told)) as reader:
        # The first reads the other on its way, and holds it.
        assert reader.fact("ticket_fact", at("2026-03-02 09:30")).to_pyarrow().num_rows == 1
        spans = reader.fact("status_span_fact", at("2026-03-04 09:00")).to_pyarrow()
    assert spans.num_rows == 3
