"""Goals as people write them, and mistakes that are told with their place."""

from datetime import date

import pytest

from regard.core.errors import RegardError
from regard.core.goal_file import Goal, parse_target, read_goals

WHOLE = """
[[goal]]
metric = "first_response_time"
target = "4 h"
period = "month"
quantile = 0.9
where = { team = "billing" }

[[goal]]
metric = "csat"
target = "85 %"
by = 2026-06-01
baseline = { from = 2025-10-01, to = "2026-01-01" }

[[goal]]
metric = "backlog"
target = 40
direction = "low"
from = 2026-01-01
"""


def test_goals_are_read_with_everything_that_is_said_of_them() -> None:
    first, second, third = read_goals(WHOLE)
    assert first == Goal(
        "first_response_time",
        14_400,
        "seconds",
        period="month",
        where=(("team", "billing"),),
        quantile=0.9,
        place="goal 1 of goals.toml (first_response_time)",
    )
    assert (second.target, second.written) == (0.85, "share")
    assert second.by == date(2026, 6, 1)
    assert second.baseline == (date(2025, 10, 1), date(2026, 1, 1))
    assert (third.target, third.direction, third.since) == (40, "low", date(2026, 1, 1))


def test_no_goals_are_none() -> None:
    assert read_goals("") == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("4 h", (14_400, "seconds")),
        ("1 h 30 min", (5_400, "seconds")),
        ("1.5 d", (129_600, "seconds")),
        ("85 %", (0.85, "share")),
        ("-2.5%", (-0.025, "share")),
        (0.85, (0.85, "number")),
        ("12.5", (12.5, "number")),
    ],
)
def test_a_target_is_a_duration_a_share_or_a_number(
    said: str | float, wanted: tuple[float, str]
) -> None:
    assert parse_target(said, "target") == wanted


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('target = "soon"', "target of goal 2 of goals.toml (csat) is 'soon'"),
        ("target = true", "target of goal 2 of goals.toml (csat) is 'True'"),
        ("aim = 3", "no key of goal 2 of goals.toml called 'aim'"),
        ('target = 1\nperiod = "months"', "Did you mean 'month'?"),
        ('target = 1\nby = "June"', "by of goal 2 of goals.toml (csat) is 'June'"),
        ("target = 1\nquantile = 90", "quantile of goal 2 of goals.toml (csat) is '90'"),
        ('target = 1\nwhere = "billing"', "where of goal 2 of goals.toml (csat)"),
        ('target = 1\nwhere = { team = ["a"] }', "where.team of goal 2 of goals.toml (csat)"),
        ("target = 1\nbaseline = { from = 2026-01-01 }", "baseline of goal 2 of goals.toml (csat)"),
        (
            "target = 1\nbaseline = { from = 2026-01-01, until = 2026-02-01 }",
            "no key of baseline of goal 2 of goals.toml (csat) called 'until'",
        ),
        (
            "target = 1\nfrom = 2026-02-01\nto = 2026-01-01",
            "to of goal 2 of goals.toml (csat) is '2026-01-01', which is not after its start",
        ),
        ('target = 1\nby = 2026-01-01\nperiod = "month"', "by of goal 2 of goals.toml (csat)"),
        ('target = 1\ndirection = "up"', "direction of goal 2 of goals.toml (csat)"),
        ("", "target of goal 2 of goals.toml (csat) is 'None'"),
    ],
)
def test_a_mistake_is_told_with_the_goal_it_stands_in(line: str, said: str) -> None:
    text = f'[[goal]]\nmetric = "nps"\ntarget = 30\n[[goal]]\nmetric = "csat"\n{line}\n'
    with pytest.raises(RegardError) as told:
        read_goals(text)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[goal", "goals.toml cannot be read"),
        ("[goals]", "There is no key of goals.toml called 'goals'. Did you mean 'goal'?"),
        ("[goal]\nmetric = 1", "begin each goal with [[goal]]"),
        ("[[goal]]\ntarget = 1", "metric of goal 1 of goals.toml is 'None'"),
    ],
)
def test_a_file_that_is_none_of_goals_says_so(text: str, said: str) -> None:
    with pytest.raises(RegardError) as told:
        read_goals(text)
    assert said in str(told.value)
