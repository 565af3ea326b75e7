"""Charts are drawn without a browser, and say what they show."""

import re

import pytest

from regard.core.errors import UnknownName
from regard.core.i18n import languages
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.chart import Frame, Spec, chart, chart_for, charts
from regard.report.charts.draw import draw
from regard.report.charts.scale import scale_for
from regard.report.charts.spark import draw_spark
from regard.report.charts.trend import is_hollow
from regard.stats.estimate import Estimate
from report.answers import DAY, HOUR, answer, months, teams

SPEED = "time_to_resolve"
FRAME = Frame("en")


def trend(*values: float | None) -> Result:
    return months(SPEED, *(None if value is None else value * DAY for value in values))


def runs_of_line(svg: str) -> int:
    line = re.search(r'class="mark-line.*?<path[^>]* d="([^"]*)"', svg, re.DOTALL)
    assert line
    return line[1].count("M")


def test_a_trend_has_a_name_and_a_sentence() -> None:
    svg = draw(chart("trend"), trend(1, 2, 3), FRAME)
    assert svg.startswith("<svg")
    assert 'role="img"' in svg
    assert "over time: from" in svg
    assert "<title>" in svg


def test_a_gap_stays_a_gap() -> None:
    assert runs_of_line(draw(chart("trend"), trend(1, 2, 3, 4), FRAME)) == 1
    assert runs_of_line(draw(chart("trend"), trend(1, 2, None, 3, 4), FRAME)) == 2


def test_a_band_without_an_end_is_not_drawn_down_to_nought() -> None:
    parts = [Part({"month": f"2026-0{n}"}, Estimate(DAY, DAY / 2, None, 9)) for n in (1, 2, 3)]
    spec = chart("trend").build(answer(SPEED, parts, by=("month",)), FRAME)
    bounds = {(one["low"], one["high"]) for rows in spec["datasets"].values() for one in rows}
    assert bounds == {(None, None)}


def test_a_point_not_final_is_hollow() -> None:
    whole, running = months(SPEED, HOUR, HOUR), months(SPEED, HOUR, HOUR, partial=True)
    assert [is_hollow(part) for part in whole.parts] == [False, False]
    assert [is_hollow(part) for part in running.parts] == [False, True]
    assert "spark-hollow" in draw_spark(running, "en")
    assert "spark-hollow" not in draw_spark(whole, "en")


def test_a_trend_draws_the_axis_in_a_unit_of_good_size() -> None:
    assert ">days<" in draw(chart("trend"), trend(5, 6), FRAME)
    assert ">hours<" in draw(chart("trend"), months(SPEED, 5 * HOUR, 6 * HOUR), FRAME)


@pytest.mark.parametrize(
    ("unit", "largest", "size"),
    [
        ("seconds", 30, 1),
        ("seconds", 600, 60),
        ("seconds", 5 * HOUR, HOUR),
        ("seconds", 5 * DAY, DAY),
        ("share", 0.5, 0.01),
        ("count", 5000, 1),
    ],
)
def test_a_scale_fits_its_values(unit: str, largest: float, size: float) -> None:
    assert scale_for(unit, [None, largest], "en").size == size


def test_time_runs_from_the_right_for_readers_of_arabic() -> None:
    one = chart("trend")
    english, arabic = (one.build(trend(1, 2), Frame(language)) for language in ("en", "ar"))

    def mirrored(spec: Spec) -> set[str]:
        return set(re.findall(r"'reverse': (True|False)", str(spec)))

    assert mirrored(english) == {"False"}
    assert mirrored(arabic) == {"True"}


def test_bars_show_the_largest_first_with_whiskers() -> None:
    svg = draw(chart("bars"), teams(SPEED, billing=HOUR, sales=3 * HOUR), FRAME)
    assert svg.index(">sales<") < svg.index(">billing<")
    assert "mark-rule" in svg


def test_ages_keep_their_order_in_bars() -> None:
    ages = [Part({"age": name}, Estimate(share, n=9)) for name, share in (("1", 0.2), ("2", 0.8))]
    svg = draw(chart("bars"), answer("backlog_age", ages), FRAME)
    assert svg.index(">1<") < svg.index(">2<")


def test_names_from_the_data_cannot_become_markup() -> None:
    svg = draw(chart("bars"), teams(SPEED, **{"<script>x</script>": HOUR, "b": HOUR}), FRAME)
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_a_chart_carries_no_style_that_a_strict_page_would_refuse() -> None:
    for one, result in (("trend", trend(1, 2)), ("bars", teams(SPEED, a=HOUR, b=HOUR))):
        svg = draw(chart(one), result, FRAME)
        assert "style=" not in svg
        assert "<style" not in svg
        assert "http" not in svg.replace("http://www.w3.org/", "")


def test_the_chart_that_fits_is_found() -> None:
    assert chart_for(trend(1, 2)) is charts()["trend"]
    assert chart_for(teams(SPEED, a=HOUR, b=HOUR)) is charts()["bars"]
    assert chart_for(trend(1)) is None


def test_a_wrong_chart_gets_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'trend'"):
        chart("trends")


@pytest.mark.parametrize("language", languages())
def test_every_chart_is_drawn_in_every_language(language: str) -> None:
    frame = Frame(language, 340, 190)
    assert "<svg" in draw(chart("trend"), trend(1, None, 3), frame)
    assert "<svg" in draw(chart("bars"), teams(SPEED, a=HOUR, b=2 * HOUR), frame)


def test_a_small_line_needs_two_points() -> None:
    assert draw_spark(trend(1, None), "en") == ""
    assert draw_spark(trend(1, None, 2), "en").count("<circle") == 2
    assert draw_spark(trend(1, 2, 3), "en").count("<path") == 2
