"""A change is a difference over equal stretches, with its interval."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from metrics.small import HOUR, Row, at, ticket, workspace
from metrics.small import change as changed
from regard.facts.reader import Reader, open_reader
from regard.insight.change import change, earlier
from regard.metrics.query import Query
from regard.stats.difference import DOWN, UNCLEAR, UP

FIRST, DAYS = date(2025, 10, 15), 247
SPANS = (1, 7, 30, 31, 90)


def _flat() -> dict[str, list[Row]]:
    """Four tickets a day, each solved in two hours; from 1 May on there are twelve."""
    events: dict[str, list[Row]] = {"ticket": [], "ticket_change": []}
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for n in range(12 if day >= date(2026, 5, 1) else 4):
            name, born = f"{day} {n:02d}", at(f"{day} 09:00") + timedelta(minutes=n)
            events["ticket"].append(ticket(name, born))
            events["ticket_change"].append(
                changed(name, 1, born + timedelta(hours=2, minutes=n), "solved")
            )
    return events


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    covers = ("ticket", "ticket_change")
    folder = workspace(tmp_path_factory.mktemp("flat") / "w", _flat(), covers=covers)
    with open_reader(folder) as reader:
        yield reader


def asked(key: str, since: date, until: date, **said: Any) -> Query:
    return Query(key, since=since, until=until, **said)


@pytest.mark.parametrize("days", SPANS)
def test_a_flat_series_does_not_change(reader: Reader, days: int) -> None:
    until = date(2026, 4, 30)
    for key in ("tickets_new", "time_to_resolve", "tickets_solved"):
        found = change(asked(key, until - timedelta(days=days), until), reader)
        assert found is not None
        assert (found.word, found.value, found.good) == (UNCLEAR, 0.0, None)
        assert found.against == (until - timedelta(days=2 * days), until - timedelta(days=days))


@pytest.mark.parametrize("days", SPANS)
def test_the_stretch_before_is_never_a_day_shorter(days: int) -> None:
    until = date(2026, 4, 30)
    before = earlier(asked("tickets_new", until - timedelta(days=days), until))
    assert before.until == until - timedelta(days=days)
    assert before.until - (before.since or until) == timedelta(days=days)


def test_whole_months_are_compared_with_whole_months() -> None:
    before = earlier(asked("tickets_new", date(2026, 3, 1), date(2026, 4, 1)))
    assert (before.since, before.until) == (date(2026, 2, 1), date(2026, 3, 1))
    quarter = earlier(asked("tickets_new", date(2026, 1, 1), date(2026, 4, 1)))
    assert (quarter.since, quarter.until) == (date(2025, 10, 1), date(2026, 1, 1))


def test_three_times_as_many_are_up_and_so_is_the_interval(reader: Reader) -> None:
    found = change(asked("tickets_new", date(2026, 5, 1), date(2026, 6, 1)), reader)
    assert found is not None
    # Twelve a day for 31 days, where as many days brought four each: not against April's 30.
    assert found.word == UP
    assert found.value == pytest.approx(31 * 12 - 31 * 4)
    assert found.low is not None
    assert found.low > 0
    assert found.good is None  # more tickets are neither good nor bad
    slower = change(asked("time_to_resolve", date(2026, 5, 1), date(2026, 6, 1)), reader)
    assert slower is not None
    assert slower.value == pytest.approx(4 * 60, abs=61)


def test_fewer_are_down(reader: Reader) -> None:
    back = change(asked("tickets_new", date(2026, 5, 1), date(2026, 5, 2)), reader)
    assert back is not None
    assert back.word in (UP, UNCLEAR)
    solved = change(asked("tickets_solved", date(2026, 5, 1), date(2026, 6, 1)), reader)
    assert solved is not None
    assert (solved.word, solved.good) == (UP, True)
    assert DOWN != UP


def test_what_cannot_be_compared_is_not_compared(reader: Reader) -> None:
    assert change(Query("tickets_new"), reader) is None
    # No data before October; a month that has hardly begun; one that has not begun.
    assert change(asked("tickets_new", FIRST, date(2026, 1, 1)), reader) is None
    early = at("2026-06-05 00:00")
    begun = asked("tickets_new", date(2026, 6, 1), date(2026, 7, 1), as_of=early)
    assert change(begun, reader) is None
    assert change(asked("tickets_new", date(2027, 6, 1), date(2027, 7, 1)), reader) is None


def test_a_month_that_is_not_over_is_compared_with_as_many_days_of_the_one_before(
    reader: Reader,
) -> None:
    found = change(asked("tickets_new", date(2026, 6, 1), date(2026, 7, 1)), reader)
    assert found is not None
    assert found.days == (date(2026, 6, 1), date(2026, 6, 18))
    assert found.against == (date(2026, 5, 1), date(2026, 5, 18))
    assert (found.word, found.value) == (UNCLEAR, 0.0)


def test_as_of_holds_for_both_sides(reader: Reader) -> None:
    seen = asked("tickets_new", date(2026, 4, 1), date(2026, 4, 8), as_of=at("2026-04-20 00:00"))
    found = change(seen, reader)
    assert found is not None
    assert (found.value, HOUR) == (0.0, 3_600)
