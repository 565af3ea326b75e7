"""Values as words, in five languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.i18n import languages
from regard.report.format import (
    CLOSE,
    OPEN,
    say_change,
    say_count,
    say_duration,
    say_estimate,
    say_interval,
    say_share,
    say_value,
)
from regard.stats.estimate import NOT_REACHED, Estimate, nothing

DAY, HOUR, MINUTE = 86400, 3600, 60
EVERY = pytest.mark.parametrize("language", languages())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace(OPEN, "").replace(CLOSE, "")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.44, "0.4 s"),
        (45, "45 s"),
        (200, "3 min 20 s"),
        (HOUR, "1 h"),
        (HOUR - 1, "59 min 59 s"),
        (DAY - 10, "1 d"),
        (6 * DAY + 15 * HOUR, "6 d 15 h"),
        (6 * DAY + 14 * HOUR + 40 * MINUTE, "6 d 15 h"),
        (400 * DAY, "400 d"),
        (-2 * HOUR - 5 * MINUTE, "−2 h 5 min"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert plain(say_duration(seconds, "en")) == said


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**8))
def test_a_duration_is_never_off_by_more_than_half_its_smaller_unit(seconds: int) -> None:
    sizes = {"d": DAY, "h": HOUR, "min": MINUTE, "s": 1}
    words = plain(say_duration(seconds, "en")).replace(",", "").split()
    pairs = list(zip(words[::2], words[1::2], strict=True))
    back = sum(int(n) * sizes[unit] for n, unit in pairs)
    units = list(sizes.values())
    smallest = units[min(units.index(sizes[pairs[0][1]]) + 1, 3)]
    assert abs(back - seconds) <= smallest / 2
    assert len(pairs) <= 2


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.412, "41.2 %"),
        (0.5, "50.0 %"),
        (0.9999, "> 99.9 %"),
        (0.0001, "< 0.1 %"),
        (-0.05, "−5.0 %"),
    ],
)
def test_a_share_that_is_not_all_is_not_rounded_to_all(share: float, said: str) -> None:
    assert plain(say_share(share, "en")) == said


def test_counts_are_grouped_as_the_language_does() -> None:
    said = {language: plain(say_count(1234567, language)) for language in languages()}
    assert said == {
        "en": "1,234,567",
        "pl": "1 234 567",
        "ms": "1,234,567",
        "ar": "1,234,567",
        "bg": "1 234 567",
    }


@EVERY
def test_every_language_uses_western_digits(language: str) -> None:
    for said in (say_share(0.412, language), say_duration(6 * DAY, language)):
        assert any(digit in said for digit in "0123456789")
        assert not any(digit in said for digit in "٠١٢٣٤٥٦٧٨٩")


@EVERY
def test_values_in_arabic_stand_apart_from_the_words_around_them(language: str) -> None:
    said = say_interval(Estimate(0.5, 0.4, 0.6, 100), "share", language)
    isolated = said.count(OPEN), said.count(CLOSE)
    assert isolated == ((3, 3) if language == "ar" else (0, 0))


def test_none_is_no_data_and_nought_is_nought() -> None:
    assert say_value(None, "share", "en") == "No data"
    assert say_value(0, "count", "en") == "0"
    assert plain(say_value(0, "share", "en")) == "0 %"
    assert say_estimate(nothing(), "count", "en") == "No data"


def test_a_time_not_reached_says_how_many_were_served() -> None:
    waiting = Estimate(None, 3 * HOUR, None, 10, NOT_REACHED)
    assert plain(say_estimate(waiting, "seconds", "en", {"served": 0.4})) == (
        "not reached; 40 % served so far"
    )
    assert plain(say_estimate(waiting, "seconds", "en", {"done": 4, "open": 6})) == (
        "not reached; 40 % served so far"
    )
    assert say_estimate(waiting, "seconds", "en") == "not reached"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (3 * HOUR, 5 * HOUR, "95 %: 3 h – 5 h"),
        (3 * HOUR, None, "95 %: 3 h or more"),
        (None, 5 * HOUR, "95 %: up to 5 h"),
        (None, None, ""),
    ],
)
def test_an_open_interval_says_which_end_is_open(
    low: float | None, high: float | None, said: str
) -> None:
    assert plain(say_interval(Estimate(4 * HOUR, low, high, 9), "seconds", "en")) == said


def test_a_difference_of_shares_is_in_percentage_points() -> None:
    assert plain(say_change(-0.031, "share", "en")) == "3.1 pp"
    assert plain(say_change(-9000, "seconds", "en")) == "2 h 30 min"


def test_rates_a_head_and_points_carry_their_unit() -> None:
    assert plain(say_value(12.34, "per_agent", "en")) == "12.3 per agent"
    assert plain(say_value(-7, "points", "en")) == "−7 points"
