"""Days, instants and periods as words in the reader's language and zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from regard.core.i18n import N_, translate
from regard.report.format import SPACE, isolate, locale_of


def say_day(day: date, language: str) -> str:
    """A day with its month in words: 31 Mar 2026."""
    said = format_date(day, "d MMM y", locale_of(language))
    return isolate(said.replace(" ", SPACE), language)


def say_instant(instant: datetime, zone: str, language: str) -> str:
    """An instant on the clock of a zone: 31 Mar 2026, 18:04."""
    local = instant.astimezone(ZoneInfo(zone))
    day = say_day(local.date(), language)
    return translate(N_("{day}, {time}"), language, day=day, time=f"{local:%H:%M}")


def say_stretch(since: date, until: date, language: str) -> str:
    """The days [since, until): whole months by name, else first and last day, or the one day."""
    last = until - timedelta(days=1)
    if since.day == until.day == 1:
        return _say_months(since, last, language)
    if last <= since:
        return say_day(since, language)
    return translate(
        N_("{first} – {last}"),
        language,
        first=say_day(since, language),
        last=say_day(last, language),
    )


def say_period(label: str, language: str, short: bool = False) -> str:
    """A period's label (2026-03, 2026-W10, 2026-Q1, 2026-03-01, an hour) as readers write it.

    short: a day without its year, for axes.
    """
    locale = locale_of(language)
    if "T" in label:
        return format_datetime(datetime.fromisoformat(label), "d MMM HH:mm", locale=locale)
    if "-W" in label:
        year, _, week = label.partition("-W")
        return translate(N_("W{week} {year}"), language, week=int(week), year=year)
    if "-Q" in label:
        year, _, quarter = label.partition("-Q")
        return translate(N_("Q{quarter} {year}"), language, quarter=quarter, year=year)
    if len(label) == len("2026-03"):
        return format_date(date.fromisoformat(f"{label}-01"), "LLL y", locale)
    if len(label) == len("2026-03-01"):
        return format_date(date.fromisoformat(label), "d MMM" if short else "d MMM y", locale)
    return label


def _say_months(first: date, last: date, language: str) -> str:
    said = [
        isolate(say_period(f"{day:%Y-%m}", language).replace(" ", SPACE), language)
        for day in (first, last)
    ]
    if said[0] == said[1]:
        return said[0]
    return translate(N_("{first} – {last}"), language, first=said[0], last=said[1])
