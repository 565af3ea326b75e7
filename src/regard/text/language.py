"""In which of a workspace's languages some words are; unsure where they are few or of another."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from regard.core.i18n import languages as spoken
from regard.text.quotes import cut_quotes
from regard.text.reading import SPOKEN, Reading, TextReader
from regard.text.wording import clean

VERSION = "001"
FEWEST_LETTERS = 8
SURE = 0.9
"""Below this certainty nothing is said."""
FOREIGN_LETTERS = 25
"""Letters from which on a language that the workspace does not have is believed."""
KIN: Mapping[str, tuple[str, ...]] = {"ar": ("arz", "ary"), "ms": ("id",)}
"""What is close to a language of ours: written so, it counts as ours."""
LONGEST = 2_000
NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|\d+")


def language_reader(languages: tuple[str, ...], version: str) -> TextReader:
    """A reader that tells these languages (ISO codes) apart."""
    ours = tuple(sorted(languages))
    return TextReader("language", version, _reading(ours), SPOKEN)


def _reading(languages: tuple[str, ...]) -> Callable[[str], Reading]:
    def read(text: str) -> Reading:
        return read_language(text, languages)

    return read


def read_language(text: str, languages: tuple[str, ...]) -> Reading:
    """The language of the words that the writer wrote: one of `languages`, in alphabetical order.

    Addresses, numbers and names of accounts say nothing. With fewer than eight letters, a
    certainty below 0.9, or words that are surely of a language that is not listed, the value is
    None.
    """
    own = NO_WORDS.sub(" ", clean(cut_quotes(text))[:LONGEST])
    letters = sum(sign.isalpha() for sign in own)
    if letters < FEWEST_LETTERS:
        return Reading(None, 0.0)
    ours, certainty = _identifier(languages).classify(own)
    certainty = min(float(certainty), 1.0)
    if certainty < SURE or (letters >= FOREIGN_LETTERS and _is_foreign(own, languages)):
        return Reading(None, certainty if certainty < SURE else 1 - SURE)
    return Reading(str(ours), certainty)


def _is_foreign(own: str, languages: tuple[str, ...]) -> bool:
    """Whether the words are surely of none of the languages, nor of one close to them."""
    found, certainty = _identifier(()).classify(own)
    known = {*languages, *(kin for one in languages for kin in KIN.get(one, ()))}
    return found not in known and float(certainty) >= SURE


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    """What tells the languages apart; all that there are where none is named."""
    from py3langid import langid

    load: Any = langid.LanguageIdentifier.from_model_file
    one = load(langid.MODEL_FILE, norm_probs=True)
    if languages:
        one.set_languages(languages)
    return one


READERS = [language_reader(spoken(), VERSION)]
