"""Weekdays and hours as readers write them, in the order in which their week runs."""

from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_day_names

from regard.core.i18n import N_, translate
from regard.report.format import SPACE, isolate, locale_of


@cache
def weekdays(language: str) -> tuple[int, ...]:
    """The weekdays (Monday is 1) from the first of a reader's week: Monday or Saturday, say.

    A language without a country means the one where most of its readers live, as Unicode has it.
    """
    locale = locale_of(language)
    if not locale.territory:
        likely = get_global("likely_subtags").get(str(locale), str(locale))
        locale = Locale.parse(likely)
    first = locale.first_week_day
    return tuple((first + place) % 7 + 1 for place in range(7))


def say_weekday(weekday: int, language: str, short: bool = False) -> str:
    """The name of a weekday, Monday being 1; short: as on axes."""
    locale = locale_of(language)
    names = get_day_names("abbreviated" if short else "wide", "stand-alone", locale)
    return str(names[weekday - 1])


def say_hour(hour: int, language: str) -> str:
    """An hour of the day from its beginning to its end: 09:00 – 10:00."""
    said = translate(
        N_("{first} – {last}"), language, first=f"{hour:02}:00", last=f"{hour + 1:02}:00"
    )
    return isolate(said.replace(" ", SPACE), language)


def say_cell(weekday: int | None, hour: int | None, language: str) -> str:
    """A weekday, an hour, or an hour of a weekday: Monday, 09:00 – 10:00."""
    day = (
        translate(N_("every day"), language) if weekday is None else say_weekday(weekday, language)
    )
    time = translate(N_("all day"), language) if hour is None else say_hour(hour, language)
    text = N_("{time}, {day}") if weekday is None else N_("{day}, {time}")
    return translate(text, language, day=day, time=time)
