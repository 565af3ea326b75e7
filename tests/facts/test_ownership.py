"""Who held a ticket and who passed it on: teams, persons, tiers, and the credit for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import agent, at, built, fact_table, rows_of, some, team, ticket

NINE = "2026-03-02 09:00"
WORLD = (
    agent("ann", team="first"),
    agent("bob", team="second", left_at=at("2026-03-03 00:00")),
    team("first", tier=1),
    team("second", tier=2),
    # On 10 March the desk becomes a second line.
    team("desk", tier=1),
    team("desk", tier=2, since="2026-03-10 00:00"),
    ticket("never passed on", NINE, team="first", agent="ann").solved("10:00"),
    ticket("sent on unread", NINE, team="first").to_team("second", "10:00", by="rule"),
    ticket("triaged", NINE, team="first").to_team("second", "10:00", by="ann"),
    ticket("read, then sent on", NINE, team="first")
    .opened("09:30", by="ann")
    .to_team("second", "10:00", by="rule"),
    # One act: taken up and sent on at the same instant.
    ticket("sent on in one act", NINE, team="first")
    .opened("10:00", by="ann")
    .to_team("second", "10:00", by="ann"),
    ticket("sent there and back", NINE, team="first")
    .opened("09:30")
    .to_team("second", "10:00")
    .to_team("first", "11:00"),
    ticket("a bot read it", NINE, team="first")
    .opened("09:30", by="robot")
    .to_team("second", "10:00", by="rule"),
    ticket("to the desk in February", "2026-02-16 09:00", team="first").to_team("desk", "10:00"),
    ticket("to the desk in time", "2026-03-10 00:00", team="first").to_team("desk", "00:00"),
    ticket("to nobody's tier", NINE, team="first")
    .to_team("unknown", "10:00")
    .to_team("second", "11:00"),
    ticket("first assigned", NINE).to_agent("ann", "10:00"),
    ticket("from ann to bob", NINE, agent="ann").to_agent("bob", "10:00"),
    ticket("named again", NINE, agent="ann").to_agent("ann", "10:00"),
    ticket("laid down and taken up", NINE, agent="ann")
    .to_agent(None, "10:00")
    .to_agent("bob", "11:00"),
    ticket("laid down", NINE, agent="ann", team="first")
    .to_agent(None, "10:00")
    .to_team(None, "11:00"),
    ticket("laid down and taken up by the same", NINE, agent="ann")
    .to_agent("", "10:00")
    .to_agent("ann", "11:00"),
    ticket("solved by one who left", NINE).solved("10:00", by="bob"),
    ticket("solved by one nobody knows", NINE).solved("10:00", by="x9"),
)
Rows = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("ownership"), *WORLD)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Rows:
    """The tickets by name."""
    return {row["ticket_id"]: row for row in fact_table(folder, "ticket_fact").to_pylist()}


@pytest.mark.parametrize(
    ("name", "moves", "redirects", "escalations"),
    [
        ("never passed on", 0, 0, 0),
        # Sorting what nobody has touched is no redirection; a higher tier it is all the same.
        ("sent on unread", 1, 0, 1),
        ("triaged", 1, 0, 1),
        ("read, then sent on", 1, 1, 1),
        ("sent on in one act", 1, 0, 1),
        # Down again is a redirection, and no escalation.
        ("sent there and back", 2, 2, 1),
        ("a bot read it", 1, 0, 1),
        ("to the desk in February", 1, 0, 0),
        ("to the desk in time", 1, 0, 1),
        # A team without a tier is passed over: 1, unknown, 2. The second move comes after ann's.
        ("to nobody's tier", 2, 1, 1),
    ],
)
def test_moves_between_teams(
    rows: Rows, name: str, moves: int, redirects: int, escalations: int
) -> None:
    found = some(rows[name], "team_moves redirects escalations redirected")
    assert found == {
        "team_moves": moves,
        "redirects": redirects,
        "escalations": escalations,
        "redirected": redirects > 0,
    }


@pytest.mark.parametrize(
    ("name", "handoffs", "holder"),
    [
        ("never passed on", 0, "ann"),
        ("first assigned", 0, "ann"),
        ("from ann to bob", 1, "bob"),
        ("named again", 0, "ann"),
        # From ann to bob, with a pause between the two.
        ("laid down and taken up", 1, "bob"),
        ("laid down", 0, None),
        ("laid down and taken up by the same", 0, "ann"),
    ],
)
def test_hand_offs_are_changes_of_person(
    rows: Rows, name: str, handoffs: int, holder: str | None
) -> None:
    assert some(rows[name], "handoffs agent") == {"handoffs": handoffs, "agent": holder}


def test_a_ticket_laid_down_has_no_team(rows: Rows) -> None:
    assert rows["laid down"]["team"] is None


def test_leavers_and_unknown_ones_keep_their_past(rows: Rows) -> None:
    assert rows["solved by one who left"]["solved_by"] == "bob"
    assert rows["solved by one nobody knows"]["solved_by"] == "x9"


def test_a_world_without_rows_for_agents_loses_no_ticket(tmp_path: Path) -> None:
    told = [one for one in WORLD if one.rows[0][0] == "ticket"]
    without = rows_of(built(tmp_path / "w", *told), "ticket_fact")
    assert len(without) == len(told)
    assert {row["ticket_id"]: row["solved_by"] for row in without}[
        "solved by one who left"
    ] == "bob"


def test_the_tier_is_that_of_the_day(folder: Path) -> None:
    found = {
        (row["ticket_id"], row["place"]): row["tier"]
        for row in rows_of(folder, "status_span_fact", team="desk")
    }
    assert found == {("to the desk in February", 1): 1, ("to the desk in time", 1): 2}
