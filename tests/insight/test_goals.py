"""Goals judged on the whole interval, worked by hand, and held to a small company's data."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from regard.core.errors import RegardError
from regard.core.goal_file import Goal, read_goals
from regard.core.schema import table
from regard.facts.aims import goals_of
from regard.facts.reader import Reader, open_reader
from regard.insight.aim import EARLY, MET, MISSED, NO_DATA, OPEN, Aim, judge, stands
from regard.insight.ask import Result, ask
from regard.insight.goals import aim_for, check_goals, goals, stretch_of, whole
from regard.insight.watch import Watched
from regard.insight.watching.goals import look
from regard.metrics.engine import Part
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.report.sentences import say_sentence
from regard.report.tile import say_goal
from regard.stats.estimate import NOT_REACHED, Estimate, nothing
from regard.stats.proportion import wilson
from regard.store.store import open_store

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
LATER = datetime(2026, 8, 1, tzinfo=UTC)
BEFORE = (date(2025, 10, 1), date(2026, 1, 1))


def answer(
    key: str, value: Estimate, as_of: datetime = LATER, days: tuple[date, date] = (MAY, JUNE)
) -> Result:
    """An answer about some days, as if it had been asked."""
    return Result(Query(key, *days), metric(key), (Part({}, value, {}),), 1, as_of, {})


def judged(goal: Goal, value: Estimate, as_of: datetime = LATER) -> Aim:
    """The goal held to a value of May."""
    return judge(goal, answer(goal.metric, value, as_of), "UTC")


def test_a_fall_of_ten_points_among_forty_cannot_be_told() -> None:
    # 32 of 40 were content, now 28 of 40: Wilson's interval 0.546 to 0.819 holds 0.8.
    goal = Goal("csat", 0.8, baseline=BEFORE)
    aim = judge(goal, answer("csat", wilson(28, 40)), "UTC", answer("csat", wilson(32, 40)))
    assert aim.state == OPEN
    assert aim.far == pytest.approx(0.1)
    assert aim.change.value == pytest.approx(-0.1)
    assert aim.progress.value is None, "the baseline stood at the goal: there was no way to go"
    assert [say_sentence(one, "en") for one in aim.sentences][1] == (
        "It lies 10\N{NO-BREAK SPACE}pp off the goal."
    )


def test_a_whole_interval_on_one_side_of_the_goal_is_a_verdict() -> None:
    # 280 of 400: 0.653 to 0.743.
    assert judged(Goal("csat", 0.8), wilson(280, 400)).state == MISSED
    assert judged(Goal("csat", 0.6), wilson(280, 400)).state == MET
    assert judged(Goal("csat", 0.7), wilson(280, 400)).state == OPEN


def test_low_is_good_for_a_time() -> None:
    value = Estimate(7_200, 5_400, 9_000, 200)
    assert judged(Goal("first_response_time", 14_400), value).state == MET
    assert judged(Goal("first_response_time", 3_600), value).state == MISSED
    assert judged(Goal("first_response_time", 7_000), value).state == OPEN


def test_a_time_that_half_never_reach_is_missed_where_even_its_low_end_is_too_long() -> None:
    goal = Goal("first_response_time", 3_600)
    assert judged(goal, Estimate(None, 9_000, None, 50, NOT_REACHED)).state == MISSED
    assert judged(goal, Estimate(None, 1_800, None, 50, NOT_REACHED)).state == OPEN
    assert judged(goal, nothing()).state == NO_DATA


def test_a_value_without_limits_proves_nothing() -> None:
    assert stands(10, Estimate(3, None, None, 3), True) == OPEN
    assert stands(10, Estimate(10, 10, 10, 3), True) == MET
    assert stands(10, Estimate(10, 10, 10, 3), False) == MET


def test_an_unfinished_or_unripe_month_is_judged_later() -> None:
    unfinished = judged(Goal("csat", 0.8), wilson(10, 400), datetime(2026, 5, 20, tzinfo=UTC))
    assert (unfinished.state, unfinished.verdict_on) == (EARLY, JUNE)
    # Answers are waited for fourteen days after asking.
    unripe = judged(Goal("csat_asked", 0.8), wilson(10, 400), datetime(2026, 6, 9, tzinfo=UTC))
    assert (unripe.state, unripe.verdict_on) == (EARLY, date(2026, 6, 15))
    assert "verdict on 15" in say_goal(unripe, "en")
    ripe = judged(Goal("csat_asked", 0.8), wilson(10, 400), datetime(2026, 6, 14, 9, tzinfo=UTC))
    assert ripe.state == MISSED


def test_before_its_day_a_goal_can_be_met_but_not_missed() -> None:
    goal = Goal("csat", 0.8, by=date(2026, 9, 1))
    assert judged(goal, wilson(360, 400)).state == MET
    early = judged(goal, wilson(280, 400))
    assert (early.state, early.verdict_on) == (EARLY, date(2026, 9, 1))
    assert judged(replace(goal, by=JUNE), wilson(280, 400)).state == MISSED


def test_the_way_and_the_pace_are_counted_from_the_baseline() -> None:
    # From 0.6 to 0.7 on the way to 0.8: half; 92 days are left for ten points more.
    goal = Goal("csat", 0.8, by=date(2026, 9, 1), baseline=BEFORE)
    before = answer("csat", wilson(240, 400), days=BEFORE)
    aim = judge(goal, answer("csat", wilson(280, 400)), "UTC", before)
    assert aim.progress.value == pytest.approx(0.5)
    assert aim.progress.low == pytest.approx((aim.change.low or 0) / 0.2)
    assert aim.progress.high == pytest.approx((aim.change.high or 0) / 0.2)
    assert aim.pace == pytest.approx(0.1 * 30 / 92)
    assert aim.paced == pytest.approx(0.1 * 30 / 151)


def test_the_way_to_a_low_goal_is_gone_downwards() -> None:
    goal = Goal("first_response_time", 3_600, baseline=BEFORE)
    before = answer("first_response_time", Estimate(10_800, 10_000, 11_600, 90), days=BEFORE)
    now = answer("first_response_time", Estimate(9_000, 8_400, 9_600, 90))
    aim = judge(goal, now, "UTC", before)
    # 1,800 of 7,200 seconds; the change reaches 1,000 farther and 1,000 less far.
    assert aim.progress.value == pytest.approx(0.25)
    assert aim.progress.low == pytest.approx(800 / 7_200)
    assert aim.progress.high == pytest.approx(2_800 / 7_200)


def test_a_new_scale_has_no_way_from_the_old_one() -> None:
    goal = Goal("csat", 0.9, baseline=BEFORE)
    new = replace(
        answer("csat", wilson(30, 40)), parts=(Part({}, wilson(30, 40), {"scales": ["1–5"]}),)
    )
    old = replace(new, parts=(Part({}, wilson(20, 40), {"scales": ["1–7"]}),))
    assert judge(goal, new, "UTC", old).progress.value is None


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ('metric = "csta"\ntarget = 1', "called 'csta'. Did you mean 'csat'?"),
        ('metric = "agent_satisfaction"\ntarget = 1', "no metric that may have a goal"),
        ('metric = "csat"\ntarget = 85', "is '85', which is not a share such as '85 %' or 0.85"),
        ('metric = "csat"\ntarget = "4 h"', "is '14400 s', which is not a share"),
        ('metric = "first_response_time"\ntarget = "85 %"', "is '0.85', which is not a duration"),
        ('metric = "csat"\ntarget = 1\nwhere = { taem = "a" }', "Did you mean 'team'?"),
        ('metric = "csat"\ntarget = 1\ndirection = "low"', "'high' is; leave it out"),
        ('metric = "tickets_new"\ntarget = 1', "has no good direction of its own"),
    ],
)
def test_a_goal_that_cannot_be_is_named_with_its_place(goal: str, said: str) -> None:
    with pytest.raises(RegardError) as told:
        check_goals(read_goals(f"[[goal]]\n{goal}"))
    assert said in str(told.value)
    assert "goal 1 of goals.toml" in str(told.value)


def test_a_goal_of_every_month_is_judged_on_the_last_one_asked_about() -> None:
    goal = Goal("csat", 0.8, period="month")
    assert stretch_of(goal, date(2026, 3, 1), date(2026, 5, 20)) == (MAY, JUNE)
    assert stretch_of(Goal("csat", 0.8, until=MAY), MAY, JUNE) is None
    assert stretch_of(Goal("csat", 0.8, since=date(2026, 5, 9)), MAY, JUNE) == (
        date(2026, 5, 9),
        JUNE,
    )
    assert whole("week", date(2026, 1, 1)) == (date(2025, 12, 29), date(2026, 1, 5))
    assert whole("quarter", date(2026, 12, 31)) == (date(2026, 10, 1), date(2027, 1, 1))


def test_a_goal_stands_only_on_the_tile_that_asks_just_that() -> None:
    told = (Goal("csat", 0.8, period="month", where=(("team", "a"),)), Goal("nps", 1))
    value = answer("csat", wilson(28, 40))
    asked = Query("csat", MAY, JUNE, where=(("team", "a"),))
    found = aim_for(told, asked, "UTC", lambda query: replace(value, query=query))
    assert found is not None
    assert say_goal(found, "en") == "Goal: 80.0\N{NO-BREAK SPACE}% – cannot be told yet"
    others = (
        replace(asked, where=()),
        replace(asked, since=date(2026, 4, 1)),
        replace(asked, metric="ces_easy"),
        replace(asked, since=None),
    )
    assert [aim_for(told, one, "UTC", lambda query: value) for one in others] == [None] * 4


@pytest.fixture(scope="module", name="aiming")
def _aiming(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A small company with a goal that nobody could meet."""
    folder = tmp_path_factory.mktemp("goals") / "w"
    shutil.copytree(small_demo, folder)
    (folder / "goals.toml").write_text(
        '[[goal]]\nmetric = "first_response_time"\ntarget = "1 s"\nperiod = "month"\n'
    )
    with open_reader(folder) as reader:
        yield reader


def test_goals_that_a_source_brings_count_too(tmp_path: Path) -> None:
    told = {"metric": "tickets_solved", "team": "billing", "value_text": "1"}
    row = table("goal").row(source="desk", goal_id="7", valid_from=date(2026, 1, 1), **told)
    made = {"goal": pa.Table.from_pylist([row], schema=table("goal").schema)}
    store = open_store(tmp_path)
    store.upsert(made, covers={"desk": ("goal",)})
    with store.snapshot() as snapshot:
        (brought,) = goals_of(tmp_path, snapshot)
    assert brought == Goal(
        "tickets_solved",
        1,
        where=(("team", "billing"),),
        since=date(2026, 1, 1),
        place="goal desk/7",
    )


def test_goals_are_held_to_the_data(aiming: Reader) -> None:
    (missed,) = goals(aiming, MAY, JUNE)
    assert missed.state == MISSED
    assert missed.value == ask(Query("first_response_time", MAY, JUNE), aiming).parts[0].estimate
    assert missed.to_json()["state"] == "missed"


def test_misses_in_a_row_are_one_signal_and_every_period_a_question(aiming: Reader) -> None:
    looked = look(Watched(aiming, date(2026, 3, 5), date(2026, 6, 2)))
    (signal,) = looked.signals
    # March, April and May end in the days looked at; a second later each can be told.
    assert (signal.began, signal.since, signal.until) == (date(2026, 3, 1), MAY, JUNE)
    assert signal.told == date(2026, 4, 1)
    assert looked.asked == 3
    assert signal.chance < 0.01
