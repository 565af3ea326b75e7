"""A tile says everything that must stand beside a number."""

from datetime import timedelta

import pytest

from regard.core.i18n import languages
from regard.metrics.engine import Part
from regard.report.charts.interval import draw_bar, make_bar
from regard.report.coverage import say_coverage
from regard.report.tile import BETTER, NEUTRAL, WORSE, make_tile, say_age, say_move
from regard.stats.estimate import FEW_CLUSTERS, NOT_REACHED, Estimate, nothing
from report.answers import DAY, HOUR, NEWEST, answer, months, moved

SPEED = "time_to_resolve"


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_tile_says_value_interval_cases_and_coverage() -> None:
    value = Estimate(4 * HOUR, 3 * HOUR, 5 * HOUR, 380)
    result = answer(SPEED, value=value, coverage={"done": 339, "open": 41, "excluded": {"spam": 7}})
    tile = make_tile(result, None, (), "en", "UTC")
    assert plain(tile.value) == "4 h"
    assert plain(tile.interval) == "95 %: 3 h – 5 h"
    assert tile.cases == "380 cases"
    assert tile.coverage == ("41 of 380 still waiting", "7 left out")
    assert tile.has_value
    assert plain(tile.age) == "Data to 31 Mar 2026, 16:04"


def test_a_tile_without_data_says_why_and_shows_no_nought() -> None:
    reason = "No source here fills call."
    tile = make_tile(answer(SPEED, value=nothing(), reason=reason), None, (), "en", "UTC")
    assert not tile.has_value
    assert tile.value == "No data"
    assert tile.reason == reason
    assert tile.bar is None


def test_a_time_not_reached_is_a_value_with_an_open_bar() -> None:
    value = Estimate(None, 3 * DAY, None, 10, NOT_REACHED)
    tile = make_tile(answer(SPEED, value=value, coverage={"served": 0.4}), None, (), "en", "UTC")
    assert tile.has_value
    assert tile.worded
    assert plain(tile.value) == "not reached; 40 % served so far"


def test_a_source_that_ends_earlier_is_named() -> None:
    ends = {"phone": NEWEST - timedelta(days=3), "helpdesk": NEWEST - timedelta(hours=3)}
    said = plain(say_age(NEWEST, ends, "UTC", "en"))
    assert said == "Data to 31 Mar 2026, 16:04; phone to 28 Mar 2026"


@pytest.mark.parametrize(
    ("word", "good", "tone"),
    [("up", True, BETTER), ("up", False, WORSE), ("down", True, BETTER), ("up", None, NEUTRAL)],
)
def test_a_change_says_whether_it_is_for_the_better(
    word: str, good: bool | None, tone: str
) -> None:
    move = say_move(moved(word, 2 * HOUR, good=good), answer(SPEED).metric, "en")
    assert move.tone == tone
    assert plain(move.text) == f"{word} by 2 h"
    assert plain(move.against) == "against Feb 2026"


def test_no_detectable_change_says_what_would_have_shown() -> None:
    metric = answer(SPEED).metric
    move = say_move(moved("no detectable change", 60.0, detectable=2 * HOUR), metric, "en")
    assert (move.text, plain(move.least)) == ("no detectable change", "2 h would have shown")
    assert move.tone == NEUTRAL


def test_nothing_to_compare_with_is_said() -> None:
    move = say_move(moved("no data", None), answer(SPEED).metric, "en")
    assert move.text == "nothing to compare with"


def test_the_counter_metric_stands_beside_with_its_own_change() -> None:
    share = Estimate(0.12, 0.1, 0.14, 400)
    beside = ((answer("reopen_rate", value=share), moved("up", 0.02, good=False)),)
    tile = make_tile(answer(SPEED), moved("down", -HOUR), beside, "en", "UTC")
    (counter,) = tile.beside
    assert plain(counter.value) == "12.0 %"
    assert counter.move is not None
    assert (plain(counter.move.text), counter.move.tone) == ("up by 2 pp", WORSE)


def test_cautions_are_words() -> None:
    value = Estimate(1.0, 0.5, 1.5, 9, FEW_CLUSTERS)
    tile = make_tile(answer(SPEED, value=value, coverage={"partial": True}), None, (), "en", "UTC")
    assert tile.notes == (
        "Few independent groups: the interval is rough",
        "The period is not over yet",
    )


def test_a_metric_of_several_values_is_sent_to_its_table() -> None:
    tile = make_tile(months(SPEED, HOUR, HOUR), None, (), "en", "UTC")
    assert (tile.value, tile.worded, tile.bar) == ("Several values", True, None)


def test_every_kind_of_missing_row_is_a_sentence() -> None:
    part = Part(
        {}, nothing(n=2), {"open": 1, "done": 1, "unripe": 2, "unknown": 3, "provisional": 4}
    )
    assert say_coverage(part, "en") == (
        "1 of 2 still waiting",
        "2 too recent to judge",
        "3 without a known time",
        "4 may still be reopened",
    )


@pytest.mark.parametrize("language", languages())
def test_a_tile_can_be_made_in_every_language(language: str) -> None:
    tile = make_tile(answer(SPEED), moved("up", HOUR), (), language, "UTC")
    assert tile.name
    assert tile.value
    assert tile.move


def test_a_share_lies_between_none_and_all() -> None:
    bar = make_bar(Estimate(0.5, 0.4, 0.7, 9), "share")
    assert bar is not None
    assert (bar.low, bar.value, bar.high) == (40.0, 50.0, 70.0)


def test_the_bar_mirrors_for_readers_of_arabic() -> None:
    bar = make_bar(Estimate(0.2, 0.1, 0.3, 9), "share")
    assert bar is not None
    assert 'class="bar-range" x="10"' in draw_bar(bar, "en")
    assert 'class="bar-range" x="70"' in draw_bar(bar, "ar")
