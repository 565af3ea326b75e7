"""Words in the reader's language: the mark for strings, and their translation."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"
NAMES = {"en": "English", "pl": "Polski", "ms": "Bahasa Melayu", "ar": "العربية", "bg": "Български"}
RIGHT_TO_LEFT = frozenset({"ar"})


def N_(text: str) -> str:
    """Mark a string for translation where it is declared; it is translated where it is shown."""
    return text


def languages() -> tuple[str, ...]:
    """The languages of the product, English first."""
    return tuple(NAMES)


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def translate(text: str, language: str, **values: object) -> str:
    """The text in the language, with `{name}` filled from values; English where none is known."""
    said = catalogue(language).gettext(text) if text else ""
    return said.format(**values) if values else said


def translate_count(one: str, many: str, n: int, language: str, **values: object) -> str:
    """The form of the text that fits the number n (Polish has three, Arabic six)."""
    return catalogue(language).ngettext(one, many, n).format(n=n, **values)


@cache
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language (`make setup` compiles it); English has none."""
    path = LOCALE / language / "LC_MESSAGES" / "django.mo"
    if language == "en" or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)
