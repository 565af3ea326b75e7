"""Goals and the survey funnel on the command line, and what `regard doctor` says of goals."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regard.cli.aims import _show as show_goals
from regard.cli.checkup import workspace_checks
from regard.cli.unasked import _show as show_unasked
from regard.core.goal_file import Goal
from regard.core.settings import Settings
from regard.insight.aim import judge
from regard.insight.ask import Result
from regard.insight.unasked import RATES, Chosen, Rate, Unasked, Weighting
from regard.metrics.engine import Part
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.report.boards.filled import Desk, show
from regard.report.tile import with_goal
from regard.stats.difference import mover
from regard.stats.proportion import wilson
from regard.store.workspace import init_workspace

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
GOAL = Goal("csat", 0.85, where=(("team", "billing"),), baseline=(date(2026, 1, 1), MAY))


def answer(query: Query) -> Result:
    """Seven of ten are content, as early as can be."""
    part = Part({}, wilson(280, 400), {})
    at = datetime(2026, 7, 1, tzinfo=UTC)
    return Result(query, metric(query.metric), (part,), 1, at, {})


def test_goals_are_a_table_and_a_sentence_each(capsys: pytest.CaptureFixture[str]) -> None:
    query = Query("csat", MAY, JUNE)
    aim = judge(GOAL, answer(query), "UTC", answer(query))
    show_goals((aim,), "en")
    said = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "Team: billing" in said
    assert "not met" in said
    assert "the goal of 85.0 % is missed: 70.0 %" in said
    assert "15 pp off the goal" in " ".join(said.split())


def test_a_tile_of_a_board_shows_the_goal_of_just_what_it_asks() -> None:
    desk = Desk(answer, lambda query: None, "en", "UTC", date(2026, 5, 31), (GOAL,))
    part = Query("csat", MAY, JUNE, where=(("team", "billing"),))
    shown = show(metric("csat"), part, desk, line=False).tile
    assert shown.goal.replace("\N{NO-BREAK SPACE}", " ") == "Goal: 85.0 % – not met"
    whole = show(metric("csat"), replace(part, where=()), desk, line=False).tile
    assert whole.goal == ""
    assert with_goal(whole, None, "en") is whole


def test_who_differs_is_marked_in_the_table_of_the_funnel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, others = wilson(30, 100), wilson(300, 500)
    rates = {key: Rate(key, one, others, mover(one, others), 0.9) for key in RATES}
    rates["asked_share"] = replace(rates["asked_share"], chance=0.001)
    steps = {"eligible": 100, "sampled_out": 5, "suppressed": 9, "sent": 30, "answered": 11}
    part = Chosen("team", "billing", steps, rates)
    band = Chosen("wait_band", "< 1 h", {}, {"asked_share": rates["asked_share"]})
    whole = Chosen("", None, steps, {key: Rate(key, one) for key in RATES})
    quality = {"surveys_scanned": wilson(2, 100)}
    weighting = Weighting(wilson(70, 100), 0.72, 0.2, 0.9)
    found = Unasked(MAY, JUNE, whole, (part, band), weighting, quality)
    show_unasked(found, "en")
    lines = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    (row,) = [line for line in lines if line.startswith("Team: billing ")]
    assert row.count("!") == 1
    assert any(line.startswith("Team: billing: 30.0 %") for line in lines)
    assert any("As counted 72.0 % are satisfied" in line for line in lines)
    assert found.to_json()["weighting"]["if_worst"] == 0.2


def test_doctor_names_the_goal_that_cannot_be(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    init_workspace(folder, Settings(name="Small", zone="UTC"), "")
    assert not [one for one in workspace_checks(folder) if one.what == "goals"]
    (folder / "goals.toml").write_text('[[goal]]\nmetric = "csta"\ntarget = 0.8\n')
    (check,) = [one for one in workspace_checks(folder) if one.what == "goals"]
    assert check.verdict == "missing"
    assert "goal 1 of goals.toml (csta)" in check.remedy
    assert "Did you mean 'csat'?" in check.remedy
    (folder / "goals.toml").write_text('[[goal]]\nmetric = "csat"\ntarget = 0.8\n')
    (check,) = [one for one in workspace_checks(folder) if one.what == "goals"]
    assert (check.verdict, check.found) == ("ok", "csat")
