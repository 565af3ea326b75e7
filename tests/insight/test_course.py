"""A month read off a course is the month asked for alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.insight.course import course_of, read_off
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from worlds import built, ticket

END = date(2026, 5, 31)


@pytest.fixture(scope="module")
def reader(small_demo: Path) -> Iterator[Reader]:
    with open_reader(small_demo) as opened:
        yield opened


@pytest.mark.parametrize(
    "key",
    [
        "tickets_solved",
        "backlog",
        "time_to_resolve",
        "reopen_rate",
        "service_level",
        "resolved_within_days",
        "days_to_clear",
    ],
)
def test_a_month_off_a_course_equals_the_month_asked_for_alone(key: str, reader: Reader) -> None:
    assert key in catalogue()
    alone = Query(key, since=date(2026, 3, 1), until=date(2026, 4, 1))
    course = course_of(alone, END)
    assert course is not None
    asked, read = ask(alone, reader), read_off(ask(course, reader), alone)
    assert read.to_json() == asked.to_json()


def test_only_whole_months_of_the_last_twenty_five_are_read_off_a_course() -> None:
    query = Query("backlog", since=date(2026, 3, 1), until=date(2026, 4, 1))
    assert course_of(query, END) == Query(
        "backlog", since=date(2024, 5, 1), until=date(2026, 6, 1), by=("month",)
    )
    assert course_of(Query("backlog"), END) is None
    assert course_of(Query("backlog", date(2026, 3, 2), date(2026, 4, 1)), END) is None
    assert course_of(Query("backlog", date(2024, 4, 1), date(2024, 5, 1)), END) is None
    assert course_of(Query("backlog", date(2026, 3, 1), date(2026, 5, 1)), END) is None
    assert course_of(Query("backlog", date(2026, 3, 1), date(2026, 4, 1), ("team",)), END) is None


def test_a_month_that_no_source_fills_says_so_as_it_does_alone(tmp_path: Path) -> None:
    workspace = built(tmp_path / "w", ticket("1", "2026-03-02 09:00").solved("10:00"))
    alone = Query("service_level", since=date(2026, 3, 1), until=date(2026, 4, 1))
    course = course_of(alone, date(2026, 3, 31))
    assert course is not None
    with open_reader(workspace) as opened:
        read = read_off(ask(course, opened), alone)
        assert read.to_json() == ask(alone, opened).to_json()
        assert read.lacking == ("call",)
