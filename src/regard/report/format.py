"""Values as words: durations, shares, counts and intervals in the reader's language."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from regard.core.i18n import N_, direction, translate
from regard.stats.estimate import NO_DATA, NOT_REACHED, NOTES, Estimate

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
OPEN, CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

# Day before month and a clock of 24 hours, which every reader of English understands.
LOCALES: Mapping[str, str] = {"en": "en_GB"}

STEPS = (
    (86400, N_("{n} d")),
    (3600, N_("{n} h")),
    (60, N_("{n} min")),
    (1, N_("{n} s")),
)
SAID_UNITS: Mapping[str, str] = {
    "per_agent": N_("{n} per agent"),
    "points": N_("{n} points"),
    "days": N_("{n} days"),
}


@cache
def locale_of(language: str) -> Locale:
    """The number and date habits that go with a language."""
    return Locale.parse(LOCALES.get(language, language))


TURNS = "[\u202a-\u202e\u2066-\u2069]"
"""Signs that turn the direction of all that follows in a line."""


def shield(text: str) -> str:
    """The text isolated from what stands beside it where it holds signs that turn directions.

    Every such sign that the text leaves open is closed within it.
    """
    if not re.search(TURNS, text):
        return text
    opened: list[str] = []
    kept = []
    for sign in text:
        if sign in "\u202a\u202b\u202d\u202e":
            opened.append("\u202c")
        elif sign in "\u2066\u2067\u2068":
            opened.append("\u2069")
        elif sign == "\u202c":
            if opened[-1:] != [sign]:
                continue
            opened.pop()
        elif sign == "\u2069":
            if sign not in opened:
                continue
            while opened.pop() != sign:
                pass
        kept.append(sign)
    return f"{OPEN}{''.join(kept)}{''.join(reversed(opened))}{CLOSE}"


def isolate(text: str, language: str) -> str:
    """The text shielded from its surroundings where these run from right to left, or it turns."""
    shielded = shield(text)
    if shielded != text or not text or direction(language) != "rtl":
        return shielded
    return f"{OPEN}{text}{CLOSE}"


def say_number(value: float, language: str, places: int = 2) -> str:
    """A number with the language's own marks, Western digits, at most so many decimals."""
    pattern = "#,##0" + ("." + "#" * places if places else "")
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    said = format_decimal(abs(rounded), pattern, locale_of(language))
    return f"{MINUS}{said}" if rounded < 0 else said


def say_count(value: float, language: str) -> str:
    """A count: whole, with the language's grouping."""
    return isolate(say_number(value, language, 0), language)


def say_share(value: float, language: str) -> str:
    """A share (0..1) in per cent; what is not quite none or all is not rounded to it."""
    percent, sign = abs(value) * 100, MINUS if value < 0 else ""
    if 0 < percent < 0.05:
        sign, percent = f"< {sign}", 0.1
    elif 99.95 <= percent < 100:
        sign, percent = f"> {sign}", 99.9
    pattern = "0.0" if 0 < percent < 100 else "0"
    said = format_decimal(
        Decimal(str(percent)).quantize(Decimal("0.1"), ROUND_HALF_UP), pattern, locale_of(language)
    )
    return isolate(f"{sign}{said}{SPACE}%", language)


def say_duration(seconds: float, language: str) -> str:
    """A duration in its two largest units: 6 d 15 h, 3 min 20 s, 0.4 s."""
    size, sign = abs(seconds), MINUS if seconds < 0 else ""
    if size < 10 and size != int(size):
        said = translate(N_("{n} s"), language, n=say_number(size, language, 1))
        return isolate(sign + _bound(said), language)
    said = SPACE.join(
        _bound(translate(text, language, n=say_number(n, language, 0)))
        for n, text in _parts(round(size))
    )
    return isolate(sign + said, language)


def say_value(value: float | None, unit: str, language: str) -> str:
    """A value in its metric's unit; None is no data, never nought."""
    if value is None:
        return translate(NOTES[NO_DATA], language)
    if unit == "seconds":
        return say_duration(value, language)
    if unit == "share":
        return say_share(value, language)
    if unit == "count":
        return say_count(value, language)
    said = say_number(value, language, 1 if unit in SAID_UNITS else 2)
    if unit in SAID_UNITS:
        said = _bound(translate(SAID_UNITS[unit], language, n=said))
    return isolate(said, language)


def say_change(value: float, unit: str, language: str) -> str:
    """A difference without its sign; a difference of shares is in percentage points."""
    if unit != "share":
        return say_value(abs(value), unit, language)
    points = say_number(abs(value) * 100, language, 1)
    return isolate(_bound(translate(N_("{n} pp"), language, n=points)), language)


def say_estimate(
    estimate: Estimate, unit: str, language: str, coverage: Mapping[str, Any] | None = None
) -> str:
    """An estimate's value, or in words why it has none."""
    if estimate.value is not None:
        return say_value(estimate.value, unit, language)
    if estimate.note == NOT_REACHED:
        return _say_not_reached(estimate, language, coverage or {})
    return translate(NOTES.get(estimate.note, NOTES[NO_DATA]), language)


def say_interval(estimate: Estimate, unit: str, language: str) -> str:
    """The 95 % interval; empty where there is none, open where a bound was not reached."""
    low, high = estimate.low, estimate.high
    level = isolate(f"95{SPACE}%", language)
    if low is None and high is None:
        return ""
    if high is None:
        return translate(
            N_("{level}: {low} or more"), language, level=level, low=say_value(low, unit, language)
        )
    if low is None:
        return translate(
            N_("{level}: up to {high}"), language, level=level, high=say_value(high, unit, language)
        )
    return translate(
        N_("{level}: {low} – {high}"),
        language,
        level=level,
        low=say_value(low, unit, language),
        high=say_value(high, unit, language),
    )


def say_note(note: str, language: str) -> str:
    """What an estimate's note means; empty for a note that needs no words."""
    return translate(NOTES.get(note, ""), language)


def _say_not_reached(estimate: Estimate, language: str, coverage: Mapping[str, Any]) -> str:
    share = _served(estimate.n, coverage)
    if share is None:
        return translate(N_("not reached"), language)
    said = isolate(f"{say_number(share * 100, language, 0)}{SPACE}%", language)
    return translate(N_("not reached; {share} served so far"), language, share=said)


def _served(n: int, coverage: Mapping[str, Any]) -> float | None:
    if "served" in coverage:
        return float(coverage["served"])
    if not n or "done" not in coverage:
        return None
    return min(1.0, int(coverage["done"]) / n)


def _parts(seconds: int) -> tuple[tuple[int, str], ...]:
    """The two largest neighbouring units; the second one rounded, left out where nought."""
    for place, (size, text) in enumerate(STEPS):
        if seconds < size and size > 1:
            continue
        if size == 1:
            return ((seconds, text),)
        smaller, smaller_text = STEPS[place + 1]
        units = round(seconds / smaller)
        many, rest = divmod(units * smaller, size)
        if place and many * size >= STEPS[place - 1][0]:
            return _parts(STEPS[place - 1][0])
        return ((many, text), (rest // smaller, smaller_text))[: 2 if rest else 1]
    return ((0, STEPS[-1][1]),)


def _bound(text: str) -> str:
    return text.replace(" ", SPACE)
