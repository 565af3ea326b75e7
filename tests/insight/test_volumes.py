"""Volumes are compared per opening day, each day with its like."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from metrics.small import Row, at, ticket, workspace
from regard.core.errors import UnknownName
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.insight.volumes import OPENINGS, ORDINARY, Matched, matched
from regard.metrics.query import Query
from regard.report.sentences import say_sentence

FIRST, DAYS = date(2025, 12, 1), 182
WEEK = (5, 4, 4, 3, 3, 1, 0)
"""Tickets of each weekday; nothing changes but the calendar."""
HOLIDAY = 1
HOURS = """\
[calendar.default]
zone = "UTC"
closed = [2026-04-06, 2026-05-01]
[calendar.default.week]
mon = ["08:00-18:00"]
tue = ["08:00-18:00"]
wed = ["08:00-18:00"]
thu = ["08:00-18:00"]
fri = ["08:00-18:00"]
"""
CLOSED = (date(2026, 4, 6), date(2026, 5, 1))
SURGE = date(2026, 5, 11)
"""From this day on, twice as many."""


def number_of(day: date) -> int:
    usual = HOLIDAY if day in CLOSED else WEEK[day.weekday()]
    return usual * (2 if day >= SURGE else 1)


def events() -> dict[str, list[Row]]:
    rows = [
        ticket(f"{day} {n}", at(f"{day} 09:00") + timedelta(minutes=n))
        for day in (FIRST + timedelta(days=k) for k in range(DAYS))
        for n in range(number_of(day))
    ]
    return {"ticket": rows, "subscription": [paying(n) for n in range(40)]}


def paying(n: int) -> Row:
    """A customer who pays without end; every other one since the day of the surge."""
    since = SURGE if n % 2 else FIRST
    name = {"customer_id": f"c{n}", "subscription_id": f"c{n}", "span_id": "1"}
    return {**name, "starts_at": at(f"{since} 00:00"), "amount_minor": 900, "currency": "EUR"}


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    covers = ("ticket", "subscription")
    folder = workspace(
        tmp_path_factory.mktemp("volumes") / "w", events(), covers=covers, calendars=HOURS
    )
    with open_reader(folder) as reader:
        yield reader


@pytest.fixture(scope="module", name="riyadh")
def _riyadh(reader: Reader, tmp_path_factory: Any) -> Iterator[Reader]:
    """The same numbers in a workspace that keeps Saudi holidays."""
    folder = tmp_path_factory.mktemp("riyadh") / "w"
    shutil.copytree(reader.workspace, folder)
    told = HOURS.replace("closed =", 'country = "SA"\nclosed =')
    (folder / "calendars.toml").write_text(told, encoding="utf-8")
    with open_reader(folder) as other:
        yield other


def asked(since: date, until: date, key: str = "tickets_new", **said: Any) -> Query:
    return Query(key, since=since, until=until, zone="UTC", **said)


def held(reader: Reader, query: Query, before: Query) -> Matched:
    found = matched(query, before, reader)
    assert found is not None
    return found


def test_february_against_march_2026_differs_by_a_tenth_for_nothing_but_weekdays(
    reader: Reader,
) -> None:
    february = asked(date(2026, 2, 1), date(2026, 3, 1))
    march = asked(date(2026, 3, 1), date(2026, 4, 1))
    plain = [ask(one, reader).parts[0].estimate.value or 0 for one in (march, february)]
    assert plain[0] / plain[1] == pytest.approx(1.10, abs=0.02)
    found = held(reader, march, february)
    assert (found.gap.value, found.ratio.value, found.chance) == (0.0, 1.0, 1.0)
    assert found.seen.value == plain[0]
    assert (found.opening_days, found.opening_days_before) == (22, 20)
    assert [one.text for one in found.notes] == [OPENINGS]


@pytest.mark.parametrize("days", [1, 7, 30, 31])
def test_a_flat_series_differs_by_nothing_however_long_the_stretch(
    reader: Reader, days: int
) -> None:
    # Ends on a Wednesday; the day before a Wednesday is a Tuesday like it.
    until = date(2026, 3, 26)
    middle = until - timedelta(days=days)
    found = held(reader, asked(middle, until), asked(middle - timedelta(days=max(days, 7)), middle))
    assert (found.gap.value, found.ratio.value) == (0.0, 1.0)


def test_a_holiday_is_compared_with_holidays_and_else_left_out(reader: Reader) -> None:
    april, march = (
        asked(date(2026, 4, 1), date(2026, 5, 1)),
        asked(date(2026, 3, 1), date(2026, 4, 1)),
    )
    found = held(reader, april, march)
    assert found.left_out == (date(2026, 4, 6),)
    assert (found.ratio.value, found.opening_days) == (1.0, 21)
    week = held(
        reader,
        asked(date(2026, 4, 27), date(2026, 5, 4)),
        asked(date(2026, 4, 1), date(2026, 4, 27)),
    )
    assert week.coarser == (date(2026, 5, 1),)
    assert (week.left_out, week.gap.value) == ((), 0.0)


def test_twice_as_many_are_twice_as_many_and_said_so(reader: Reader) -> None:
    found = held(
        reader,
        asked(date(2026, 5, 11), date(2026, 5, 31)),
        asked(date(2026, 4, 7), date(2026, 4, 30)),
    )
    assert found.ratio.value == 2.0
    assert found.gap.low is not None
    assert found.gap.low > 0
    assert found.chance < 1e-4
    assert found.seen_each.value == 2 * (found.expected_each.value or 0) == 8.0
    says = [say_sentence(one, "en") for one in found.says]
    assert says[0].startswith("120 against the 60 (95\xa0%:")
    assert says[1].startswith("Per opening day: 8 against 4 (95\xa0%:")


def test_a_rate_of_customers_is_matched_by_day_as_well(reader: Reader) -> None:
    # Twice the tickets of twice the customers.
    new = asked(date(2026, 5, 11), date(2026, 5, 31), key="contact_rate")
    found = held(reader, new, asked(date(2026, 4, 7), date(2026, 4, 30), key="contact_rate"))
    assert (found.ratio.value, found.gap.value) == (1.0, 0.0)
    over = replace(new, until=date(2026, 5, 30))
    assert found.seen.value == pytest.approx(ask(over, reader).parts[0].estimate.value)
    assert found.unknown == (date(2026, 5, 30),), "customers are there after the last event, too"
    assert found.seen_each.value is None


def test_days_of_ramadan_are_compared_with_such_and_eid_is_left_out(riyadh: Reader) -> None:
    march = asked(date(2026, 3, 1), date(2026, 4, 1))
    found = held(riyadh, march, asked(date(2026, 2, 1), date(2026, 3, 1)))
    assert found.left_out == tuple(date(2026, 3, day) for day in range(19, 25))
    assert found.ratio.value == 1.0
    said = [say_sentence(one, "en") for one in found.notes]
    assert "Only one of the two stretches contains Eid al-Fitr." in said
    assert "Days left out, as the other stretch has none of their kind: 6." in said


def test_a_stretch_in_ramadan_alone_is_compared_with_ordinary_days_and_says_so(
    riyadh: Reader,
) -> None:
    fast = asked(date(2026, 2, 18), date(2026, 3, 18))
    found = held(riyadh, fast, asked(date(2026, 1, 21), date(2026, 2, 18)))
    assert (found.ratio.value, found.left_out) == (1.0, ())
    assert ORDINARY in [one.text for one in found.notes]


def test_a_day_that_is_not_over_is_unknown_and_one_shut_for_the_day_is_over(
    reader: Reader,
) -> None:
    seen = at("2026-05-07 18:00")
    query = asked(date(2026, 5, 4), date(2026, 5, 9), as_of=seen)
    found = held(reader, query, asked(date(2026, 4, 7), date(2026, 4, 21), as_of=seen))
    assert found.unknown == (date(2026, 5, 8),)
    assert found.ratio.value == 1.0


def test_days_before_the_first_event_are_unknown_and_not_nothing(reader: Reader) -> None:
    found = held(
        reader,
        asked(date(2025, 12, 8), date(2025, 12, 15)),
        asked(date(2025, 11, 20), date(2025, 12, 8)),
    )
    assert found.unknown == tuple(date(2025, 11, 20) + timedelta(days=k) for k in range(11))
    assert found.ratio.value == 1.0
    assert (
        matched(
            asked(date(2025, 12, 8), date(2025, 12, 15)), asked(date(2025, 11, 1), FIRST), reader
        )
        is None
    )


def test_what_is_no_volume_and_what_has_no_ends_is_not_compared(reader: Reader) -> None:
    march = asked(date(2026, 3, 1), date(2026, 4, 1))
    for key in ("backlog", "first_response_time", "sla_attainment"):
        assert matched(replace(march, metric=key), replace(march, metric=key), reader) is None
    assert matched(Query("tickets_new"), march, reader) is None
    assert matched(march, Query("tickets_new"), reader) is None


def test_a_filter_holds_on_both_sides_and_an_unknown_one_is_refused(reader: Reader) -> None:
    where = (("weekday", "1"),)
    found = held(
        reader,
        asked(date(2026, 3, 1), date(2026, 4, 1), where=where),
        asked(date(2026, 2, 1), date(2026, 3, 1), where=where),
    )
    assert (found.seen.value, found.gap.value) == (25, 0)
    bad = asked(date(2026, 3, 1), date(2026, 4, 1), where=(("tem", "x"),))
    with pytest.raises(UnknownName):
        matched(bad, bad, reader)


def test_all_of_it_is_plain_values(reader: Reader) -> None:
    found = held(
        reader,
        asked(date(2026, 3, 1), date(2026, 4, 1)),
        asked(date(2026, 2, 1), date(2026, 3, 1)),
    )
    told: Mapping[str, Any] = json.loads(json.dumps(found.to_json()))
    assert (told["metric"], told["ratio"]["value"], told["left_out"]) == ("tickets_new", 1.0, [])
