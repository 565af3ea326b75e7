"""Days and periods as words."""

from datetime import UTC, date, datetime

import pytest

from regard.core.i18n import languages
from regard.report.dates import say_day, say_instant, say_period, say_stretch

EVERY = pytest.mark.parametrize("language", languages())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2026-03", "Mar 2026"),
        ("2026-W10", "W10 2026"),
        ("2026-Q1", "Q1 2026"),
        ("2026-03-01", "1 Mar 2026"),
        ("2026", "2026"),
        ("2026-03-01T14:00+0100", "1 Mar 14:00"),
    ],
)
def test_a_period_is_said_as_readers_write_it(label: str, said: str) -> None:
    assert say_period(label, "en") == said


def test_a_stretch_names_its_last_day_not_the_first_after_it() -> None:
    days = say_stretch(date(2026, 3, 2), date(2026, 4, 1), "en")
    assert plain(days) == "2 Mar 2026 – 31 Mar 2026"
    assert plain(say_stretch(date(2026, 3, 1), date(2026, 3, 2), "en")) == "1 Mar 2026"


def test_whole_months_are_said_by_name() -> None:
    assert plain(say_stretch(date(2026, 3, 1), date(2026, 4, 1), "en")) == "Mar 2026"
    assert plain(say_stretch(date(2025, 12, 1), date(2026, 3, 1), "en")) == "Dec 2025 – Feb 2026"


def test_an_instant_is_said_on_the_clock_of_the_zone() -> None:
    instant = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert plain(say_instant(instant, "Europe/Warsaw", "en")) == "1 Apr 2026, 01:30"


@EVERY
def test_every_language_writes_a_day_with_western_digits(language: str) -> None:
    said = say_day(date(2026, 3, 31), language)
    assert "31" in said
    assert "2026" in said
