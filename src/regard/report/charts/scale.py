"""Axes fit for readers: units of a good size, plain ticks, marks of the language."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from regard.core.i18n import N_, translate
from regard.report.format import locale_of

SIZES = (
    (2 * 86400, 86400, N_("days")),
    (2 * 3600, 3600, N_("hours")),
    (2 * 60, 60, N_("minutes")),
    (0, 1, N_("seconds")),
)
TITLES = {
    "count": N_("number"),
    "per_agent": N_("per agent"),
    "points": N_("points"),
    "days": N_("days"),
    "number": N_("value"),
}


@dataclass(frozen=True)
class Scale:
    """How values are drawn: divided by `size`, under a translated title; from nought or not."""

    size: float
    title: str
    from_nought: bool


def scale_for(unit: str, values: Iterable[float | None], language: str) -> Scale:
    """The scale for values of a unit: durations in days, hours, minutes or seconds."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if unit == "seconds":
        for least, size, title in SIZES:
            if largest >= least:
                return Scale(size, translate(title, language), True)
    if unit == "share":
        return Scale(0.01, "%", False)
    return Scale(1, translate(TITLES.get(unit, TITLES["number"]), language), unit != "points")


@cache
def number_format(language: str) -> dict[str, object]:
    """The decimal and grouping marks of a language, in the form that D3 reads."""
    locale = locale_of(language)
    return {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", ""],
    }
