"""The map of a week: days in the reader's order, hours from where reading begins, gaps as gaps."""

import re
from itertools import product
from typing import Any

import pytest

from regard.core.i18n import languages
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.chart import Frame, Spec, chart, chart_for
from regard.report.charts.draw import draw
from regard.report.charts.week import marking
from regard.report.weekdays import say_cell, say_weekday, weekdays
from regard.stats.estimate import Estimate, nothing
from report.answers import HOUR, answer

SPEED = "time_to_resolve"
WIDE, NARROW = Frame("en", 1100, 230), Frame("en", 340, 190)


def week(**values: float | None) -> Result:
    """A week in which each hour has so many hours of its number, but for those named `d3h14`."""
    parts = []
    for weekday, hour in product(range(1, 8), range(24)):
        value = values.get(f"d{weekday}h{hour}", HOUR * (1 + hour))
        known = nothing() if value is None else Estimate(value, value / 2, value * 2, 30)
        parts.append(Part({"weekday": weekday, "hour": hour}, known))
    return answer(SPEED, parts, by=("weekday", "hour"))


def rows(spec: Spec) -> list[dict[str, Any]]:
    return [row for held in spec["datasets"].values() for row in held]


def axis_of(spec: Spec, name: str) -> dict[str, Any]:
    found: dict[str, Any] = spec["layer"][1]["encoding"][name]
    return found


def places(svg: str, words: list[str]) -> list[tuple[float, float]]:
    """Where words stand in a drawing."""
    found = []
    for word in words:
        spot = re.search(
            rf'<text[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)[^>]*>{word}<', svg
        )
        assert spot, word
        found.append((float(spot[1]), float(spot[2])))
    return found


def test_a_split_by_weekday_and_hour_is_drawn_as_a_week() -> None:
    kind = chart_for(week())
    assert kind is not None
    assert kind.key == "week"
    turned = answer(SPEED, [Part({"hour": 1, "weekday": 2}, nothing())], by=("hour", "weekday"))
    assert chart("week").fits(turned)
    more = [Part({"hour": 1, "weekday": 2, "team": "a"}, nothing())]
    assert not chart("week").fits(answer(SPEED, more, by=("hour", "weekday", "team")))


def test_each_hour_of_the_week_has_its_words() -> None:
    told = rows(chart("week").build(week(d1h9=None), WIDE))
    assert len(told) == 168
    by_name = {row["label"]: row for row in told}
    monday = by_name["Monday, 09:00\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}10:00"]
    assert (monday["said"], monday["step"]) == ("No data", None)
    tuesday = by_name["Tuesday, 09:00\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}10:00"]
    assert tuesday["said"] == "10\N{NO-BREAK SPACE}h"
    assert "20\N{NO-BREAK SPACE}h" in tuesday["interval"]


def test_larger_values_are_drawn_stronger_and_equal_ones_alike() -> None:
    told = rows(chart("week").build(week(), WIDE))
    by_hour = {row["hour"]: row["step"] for row in told}
    assert [by_hour[f"{hour:02}"] for hour in range(24)] == sorted(by_hour.values())
    assert set(by_hour.values()) == {0, 1, 2, 3, 4}
    nights = week(**{f"d{day}h{hour}": 0.0 for day in range(1, 8) for hour in range(16)})
    told = rows(chart("week").build(nights, WIDE))
    assert {row["step"] for row in told if row["hour"] < "16"} == {0}
    assert {row["step"] for row in told if row["hour"] >= "16"} == {1, 2, 3, 4}
    same = week(**{f"d{day}h{hour}": 5.0 for day in range(1, 8) for hour in range(24)})
    assert {row["step"] for row in rows(chart("week").build(same, WIDE))} == {0}


def test_a_week_without_any_value_is_drawn_and_said() -> None:
    none = week(**{f"d{day}h{hour}": None for day in range(1, 8) for hour in range(24)})
    assert "no data in this period" in draw(chart("week"), none, WIDE)


def test_hours_that_are_marked_have_more_than_a_colour() -> None:
    plain, marked = (draw(marking(found), week(), WIDE) for found in ((), {(1, 9), (2, 10)}))
    triangle = 'aria-roledescription="point"'
    assert marked.count(triangle) - plain.count(triangle) == 2
    told = rows(marking({(1, 9)}).build(week(), WIDE))
    assert [row["hour"] for row in told if row["marked"]] == ["09"]


def test_the_sentence_names_the_extremes() -> None:
    said = chart("week").describe(week(d3h14=90 * HOUR), "en")
    assert said.startswith("Time to resolve by hour of the week: most at Wednesday, 14:00")
    assert "least at Monday, 00:00" in said


def test_hours_run_along_on_wide_pages_and_down_on_narrow_ones() -> None:
    wide, narrow = chart("week").build(week(), WIDE), chart("week").build(week(), NARROW)
    assert (axis_of(wide, "x")["field"], axis_of(wide, "y")["field"]) == ("hour", "day")
    assert (axis_of(narrow, "x")["field"], axis_of(narrow, "y")["field"]) == ("day", "hour")
    first, second, last = places(draw(chart("week"), week(), WIDE), ["00", "01", "23"])
    assert first[0] < second[0] < last[0]
    first, second, last = places(draw(chart("week"), week(), NARROW), ["00", "01", "23"])
    assert first[1] < second[1] < last[1]


def test_in_arabic_midnight_stands_at_the_right() -> None:
    first, second, last = places(
        draw(chart("week"), week(), Frame("ar", 1100, 230)), ["00", "01", "23"]
    )
    assert first[0] > second[0] > last[0]
    day = say_weekday(weekdays("ar")[0], "ar", short=True)
    other = say_weekday(weekdays("ar")[6], "ar", short=True)
    right, left = places(draw(chart("week"), week(), Frame("ar", 340, 190)), [day, other])
    assert right[0] > left[0]


def test_the_week_begins_as_in_the_readers_country() -> None:
    assert {language: weekdays(language)[0] for language in languages()} == {
        "en": 1,
        "pl": 1,
        "ms": 1,
        "ar": 6,
        "bg": 1,
    }
    assert sorted(weekdays("ar")) == list(range(1, 8))
    assert [say_weekday(1, language) for language in ("en", "pl", "ms", "ar", "bg")] == [
        "Monday",
        "poniedziałek",
        "Isnin",
        "الاثنين",
        "понеделник",
    ]


def test_days_and_hours_alone_are_said_as_such() -> None:
    assert say_cell(6, None, "en") == "Saturday, all day"
    assert say_cell(None, 23, "en").replace("\N{NO-BREAK SPACE}", " ") == "23:00 – 24:00, every day"


@pytest.mark.parametrize(
    ("key", "values", "first", "last"),
    [("weekday", range(1, 8), "Monday", "Sunday"), ("hour", range(24), "00:00", "24:00")],
)
def test_bars_of_weekdays_and_hours_keep_their_order(
    key: str, values: range, first: str, last: str
) -> None:
    parts = [Part({key: value}, Estimate(value % 5 + 1.0, 0.5, 9.0, 9)) for value in values]
    result = answer("tickets_new", parts, by=(key,))
    kind = chart_for(result)
    assert kind is not None
    assert kind.key == "bars"
    told = [row["label"] for row in rows(kind.build(result, WIDE))]
    assert len(told) == len(values)
    assert told[0].startswith(first)
    assert told[-1].endswith(last)
    assert kind.describe(result, "en").endswith(" 1")
