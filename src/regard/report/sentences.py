"""Sentences of judgements in the reader's language: numbers in their units, names in words."""

from collections.abc import Sequence
from datetime import date

from babel.lists import format_list

from regard.core.i18n import N_, translate
from regard.insight.sentence import (
    Amount,
    Filling,
    Listed,
    Marked,
    Measured,
    Named,
    Piece,
    Sentence,
    Stretch,
    Way,
)
from regard.metrics.metric import metric
from regard.report.dates import say_day, say_stretch
from regard.report.format import (
    isolate,
    locale_of,
    say_change,
    say_count,
    say_estimate,
    say_interval,
    say_value,
)
from regard.report.words import split_name, value_name


def say_sentence(sentence: Sentence, language: str) -> str:
    """The sentence with everything that fills it, in the language."""
    filled = {name: say_filling(one, language) for name, one in sentence.filled.items()}
    return translate(sentence.text, language, **filled)


def say_filling(one: Filling, language: str) -> str:
    """What fills a sentence, in the language."""
    if isinstance(one, Amount):
        if one.change and one.value is not None:
            return say_change(one.value, one.unit, language)
        return say_value(one.value, one.unit, language)
    if isinstance(one, Measured):
        interval = say_interval(one.estimate, one.unit, language)
        value = say_estimate(one.estimate, one.unit, language)
        return f"{value} ({interval})" if interval else value
    if isinstance(one, Named):
        return isolate(translate(metric(one.key).label, language), language)
    if isinstance(one, Listed):
        return listed([say_filling(Named(key), language) for key in one.keys], language)
    if isinstance(one, Stretch):
        return say_stretch(one.since, one.until, language)
    return _say_plain(one, language)


def listed(words: Sequence[str], language: str) -> str:
    """Words one after another, the last joined as the language does."""
    return format_list(list(words), style="standard", locale=locale_of(language))


def _say_plain(one: Piece | Way | Marked | date | int | str, language: str) -> str:
    if isinstance(one, Way):
        return isolate(split_name(one.split, language), language)
    if isinstance(one, Piece):
        none = translate(N_("none"), language)
        value = none if one.value is None else value_name(one.split, one.value, language)
        told = {"split": split_name(one.split, language), "value": isolate(value, language)}
        return translate(N_("{split}: {value}"), language, **told)
    if isinstance(one, Marked):
        return translate(one.text, language)
    if isinstance(one, date):
        return say_day(one, language)
    return say_count(one, language) if isinstance(one, int) else isolate(one, language)
