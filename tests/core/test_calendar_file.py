"""A calendars.toml becomes calendars, or an error that names the place."""

import re
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from regard.core import calendar_file
from regard.core.calendar import ALWAYS, Calendar
from regard.core.calendar_file import parse
from regard.core.errors import BadValue, UnknownName

HOUR = 3600


def one(**version: Any) -> Calendar:
    """A calendar of one version; Warsaw and never open unless said."""
    (made,) = parse({"calendar": {"default": {"zone": "Europe/Warsaw", "week": {}, **version}}})
    return made


def test_the_examples_of_the_module_are_true() -> None:
    blocks = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", calendar_file.__doc__ or "", re.MULTILINE)
    both = [parse(tomllib.loads(re.sub("^    ", "", text, flags=re.MULTILINE))) for text in blocks]
    (office, hotline), (changed,) = both
    assert (office.id, hotline.id) == ("default", "hotline")
    assert office.versions[0].week[4] == ((21 * HOUR, 29 * HOUR),)
    assert office.versions[0].special == ((date(2026, 12, 24), ((9 * HOUR, 13 * HOUR),)),)
    assert hotline.versions[0].week == ALWAYS
    assert [version.valid_from for version in changed.versions] == [None, date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (
            {"zone": "Europe/Warsav"},
            "There is no time zone (zone of calendar 'default') called 'Europe/Warsav'. "
            "Did you mean 'Europe/Warsaw'?",
        ),
        (
            {"week": {"monday": []}},
            "There is no weekday (week of calendar 'default') called 'monday'. Did you mean 'mon'?",
        ),
        (
            {"holiday": ["2026-12-24"]},
            "There is no key of calendar 'default' called 'holiday'. There are: always_open,",
        ),
        (
            {"country": "Poland"},
            "There is no country (country of calendar 'default') called 'Poland'.",
        ),
        (
            {"country": "DE", "subdivision": "BYY"},
            "There is no subdivision of DE (calendar 'default') called 'BYY'. Did you mean 'BY'?",
        ),
    ],
)
def test_a_wrong_name_is_named_with_its_place_and_gets_a_hint(
    version: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        one(**version)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ({"zone": None}, "zone of calendar 'default' is 'None'"),
        ({"week": None}, "week of calendar 'default' is 'None', which is not a table"),
        ({"week": {"mon": "09:00-17:00"}}, "week.mon of calendar 'default' is '09:00-17:00'"),
        ({"week": {"mon": ["9-17"]}}, "week.mon of calendar 'default' is '9-17', which is not a"),
        ({"week": {"mon": ["09:00-25:00"]}}, "week.mon of calendar 'default' is '09:00-25:00'"),
        ({"week": {"mon": ["24:00-02:00"]}}, "week.mon of calendar 'default' is '24:00-02:00'"),
        (
            {"week": {"mon": ["08:00-12:00", "11:00-13:00"]}},
            "week.mon of calendar 'default' is '11:00-13:00', which is not clear of mon "
            "08:00-12:00",
        ),
        (
            {"week": {"sun": ["21:00-05:00"], "mon": ["04:00-06:00"]}},
            "week.mon of calendar 'default' is '04:00-06:00', which is not clear of sun",
        ),
        (
            {"special": {"2026-12-24": ["09:00-13:00", "12:00-14:00"]}},
            "special.2026-12-24 of calendar 'default' is '12:00-14:00'",
        ),
        ({"special": {"24 Dec": []}}, "special of calendar 'default' is '24 Dec', which is not a"),
        ({"closed": ["2026-02-30"]}, "closed of calendar 'default' is '2026-02-30'"),
        ({"closed": ["2026-12-24"], "special": {"2026-12-24": []}}, "special of calendar"),
        ({"valid_from": datetime(2026, 1, 1, 9)}, "valid_from of calendar"),  # noqa: DTZ001
        ({"recorded_at": "2026-01-01T09:00:00"}, "recorded_at of calendar 'default' is '2026-01"),
        ({"recorded_at": date(2026, 1, 1)}, "recorded_at of calendar 'default' is '2026-01-01'"),
        ({"subdivision": "BY"}, "subdivision of calendar 'default' is 'BY'"),
        ({"always_open": "yes"}, "always_open of calendar 'default' is 'yes'"),
        ({"always_open": True}, "week of calendar 'default' is '{}', which is not possible"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(version: dict[str, Any], says: str) -> None:
    with pytest.raises(BadValue) as caught:
        one(**version)
    assert str(caught.value).startswith(says)


def test_versions_that_contradict_each_other_or_are_none_are_refused() -> None:
    usual: dict[str, Any] = {"zone": "UTC", "week": {}}
    with pytest.raises(BadValue, match="valid_from of calendar 'default', version 2 is"):
        parse({"calendar": {"default": {"version": [usual, usual]}}})
    with pytest.raises(BadValue, match="version of calendar 'default' is"):
        parse({"calendar": {"default": {"version": []}}})
    with pytest.raises(UnknownName, match="beside the versions of calendar 'default' called 'zon"):
        parse({"calendar": {"default": {"version": [], "zone": "UTC"}}})
    with pytest.raises(UnknownName, match="Did you mean 'calendar'"):
        parse({"calendars": {}})


def test_days_and_instants_may_be_written_as_text_and_left_empty() -> None:
    (version,) = one(valid_from="2026-03-01", recorded_at="2026-02-20T10:00:00+01:00").versions
    assert version.valid_from == date(2026, 3, 1)
    assert version.recorded_at == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert one(valid_from=None, country=None) == one()
