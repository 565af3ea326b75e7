"""Kinds of days, against dates that are known from elsewhere."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from regard.core.calendar import ALWAYS, Calendar, CalendarVersion
from regard.core.day_kinds import (
    EASTER,
    EID_AL_ADHA,
    EID_AL_FITR,
    EXTRA,
    HOLIDAY,
    OPEN,
    RAMADAN,
    REST,
    SHORT,
    TURN_OF_YEAR,
    day_kinds,
    feasts,
    likeness,
    shut_for_the_day,
)

OFFICE = (((28800, 64800),),) * 5 + ((),) * 2
"""From 8 to 18 on weekdays."""


def office(country: str | None = "PL", zone: str = "Europe/Warsaw", **more: object) -> Calendar:
    return Calendar("default", (CalendarVersion(zone, OFFICE, country=country, **more),))  # type: ignore[arg-type]


def feast_days(country: str, feast: str, year: int) -> list[date]:
    found = feasts(date(year, 1, 1), date(year + 1, 1, 1), [office(country)])
    return sorted(day for day, name in found.items() if name == feast)


@pytest.mark.parametrize(
    ("country", "year", "sunday"),
    [
        ("PL", 2024, date(2024, 3, 31)),
        ("GB", 2024, date(2024, 3, 31)),
        ("BG", 2024, date(2024, 5, 5)),
        ("GR", 2026, date(2026, 4, 12)),
        ("PL", 2026, date(2026, 4, 5)),
        ("BG", 2025, date(2025, 4, 20)),
    ],
)
def test_easter_is_the_one_that_the_country_keeps(country: str, year: int, sunday: date) -> None:
    expected = [sunday + timedelta(days=k) for k in (-2, -1, 0, 1)]
    assert feast_days(country, EASTER, year) == expected


@pytest.mark.parametrize("country", ["SA", "EG", "MY"])
@pytest.mark.parametrize("begins", [date(2024, 3, 11), date(2025, 3, 1), date(2026, 2, 18)])
def test_ramadan_begins_on_its_day_give_or_take_one_by_country(country: str, begins: date) -> None:
    days = feast_days(country, RAMADAN, begins.year)
    assert abs((days[0] - begins).days) <= 1
    assert len(days) == 29


@pytest.mark.parametrize("country", ["SA", "EG", "MY", "TR"])
def test_both_eids_lie_on_their_known_dates(country: str) -> None:
    assert date(2026, 3, 20) in feast_days(country, EID_AL_FITR, 2026)
    assert date(2025, 3, 31) in feast_days(country, EID_AL_FITR, 2025)
    assert date(2024, 6, 17) in feast_days(country, EID_AL_ADHA, 2024)
    assert date(2026, 5, 27) in feast_days(country, EID_AL_ADHA, 2026)


def test_a_year_with_two_ends_of_ramadan_has_both() -> None:
    days = feast_days("SA", EID_AL_FITR, 2033)
    assert {days[0].month, days[-1].month} == {1, 12}


def test_a_feast_that_no_country_of_the_calendars_keeps_is_none() -> None:
    assert feast_days("PL", RAMADAN, 2026) == []
    assert feast_days("SA", EASTER, 2026) == []
    assert feast_days("SA", TURN_OF_YEAR, 2026) == []
    assert feasts(date(2026, 1, 1), date(2027, 1, 1), [office(None)]) == {}


def test_a_month_in_poland_has_its_holiday_its_weekends_and_its_opening_days() -> None:
    kinds = day_kinds(date(2026, 5, 1), date(2026, 6, 1), "Europe/Warsaw", [office()])
    assert Counter(one.opens for one in kinds) == {OPEN: 20, REST: 10, HOLIDAY: 1}
    assert kinds[0].opens == HOLIDAY, "1 May, a Friday"
    assert kinds[2].opens == REST, "3 May is a holiday, but a Sunday"


def test_a_shortened_day_a_day_off_and_a_day_opened_out_of_turn_are_kinds_of_their_own() -> None:
    morning = ((28800, 46800),)
    calendar = office(
        None,
        closed=frozenset({date(2026, 6, 2)}),
        special=((date(2026, 6, 3), morning), (date(2026, 6, 6), morning)),
    )
    kinds = day_kinds(date(2026, 6, 1), date(2026, 6, 8), "Europe/Warsaw", [calendar])
    assert [one.opens for one in kinds] == [OPEN, HOLIDAY, SHORT, OPEN, OPEN, EXTRA, REST]
    assert kinds[2].share == 0.5
    assert likeness(kinds[2]) == ("short 0.5 3", "short 0.5")


def test_days_on_which_clocks_change_are_open_as_usual() -> None:
    always = Calendar("default", (CalendarVersion("Europe/Warsaw", ALWAYS),))
    for first in (date(2026, 3, 28), date(2026, 10, 24)):
        kinds = day_kinds(first, first + timedelta(days=3), "Europe/Warsaw", [always])
        assert {one.opens for one in kinds} == {OPEN}


def test_opening_hours_seen_from_another_zone_fall_on_that_zones_days() -> None:
    # Friday 8–18 in Kuala Lumpur is Thursday 14 to Friday 0 o'clock in Honolulu.
    calendar = office(None, zone="Asia/Kuala_Lumpur")
    kinds = day_kinds(date(2026, 6, 1), date(2026, 6, 8), "Pacific/Honolulu", [calendar])
    assert [one.opens for one in kinds] == [OPEN] * 4 + [REST] * 2 + [OPEN]


def test_a_day_is_shut_when_no_opening_time_is_left() -> None:
    # Monday 8–18 in Warsaw is 6–16 UTC in summer.
    for hour, shut in ((15, False), (16, True), (22, False)):
        at = datetime(2026, 6, 1, hour, tzinfo=UTC)
        assert shut_for_the_day(at, "Europe/Warsaw", [office()]) == shut, hour
    assert not shut_for_the_day(datetime(2026, 6, 1, 22, tzinfo=UTC), "UTC", [])


def test_without_calendars_every_day_is_open_as_usual() -> None:
    kinds = day_kinds(date(2026, 4, 1), date(2026, 4, 8), "UTC", [])
    assert {(one.opens, one.feast) for one in kinds} == {(OPEN, "")}


def test_before_hours_are_known_days_are_open_as_usual() -> None:
    calendar = office(None, valid_from=date(2026, 6, 4))
    kinds = day_kinds(date(2026, 6, 1), date(2026, 6, 8), "Europe/Warsaw", [calendar])
    assert [one.opens for one in kinds] == [OPEN] * 5 + [REST] * 2


def test_the_default_calendar_rules_and_the_countries_of_all_count() -> None:
    other = Calendar("a_phone", (CalendarVersion("Asia/Riyadh", ALWAYS, country="SA"),))
    kinds = day_kinds(date(2026, 3, 14), date(2026, 3, 22), "Europe/Warsaw", [other, office()])
    assert kinds[0].opens == REST
    assert [one.feast for one in kinds] == [RAMADAN] * 5 + [EID_AL_FITR] * 3


def test_no_open_day_is_ever_like_a_closed_one_and_days_of_a_feast_only_like_their_own() -> None:
    kinds = day_kinds(date(2024, 1, 1), date(2027, 1, 1), "Asia/Kuala_Lumpur", [office("MY")])
    for one in kinds:
        labels = likeness(one)
        assert all(one.opens in label.split() for label in labels)
        assert all((one.feast in label.split()) == bool(one.feast) for label in labels)
