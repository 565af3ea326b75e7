"""Comments put together from phrases: in a language, of a mood, about a kind of matter."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Whole, happens
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import places, text_at, texts
from regard.demo.themes.phrases import CLOSERS, LANGUAGES, OPENERS, TOPICS

TOLD, CLOSED = 0.55, 0.5
"""How many say what it was about; how many end with a sentence more."""


def comments(rng: np.random.Generator, mood: Whole, language: pa.Array, kind: pa.Array) -> pa.Array:
    """A comment for each: mood BAD, MIXED or GOOD; unknown languages are English."""
    size = len(mood)
    spoken = np.maximum(places(language, LANGUAGES), 0)
    first = _one_of(rng, _flat(OPENERS), spoken * 3 + mood)
    about = places(kind, tuple(TOPICS))
    about = np.where(happens(rng, TOLD, size), about, UNKNOWN)
    topic = np.where(about == UNKNOWN, UNKNOWN, about * len(LANGUAGES) + spoken)
    flat = [sentence for spoken_so in TOPICS.values() for sentence in spoken_so]
    last = _one_of(rng, _flat(CLOSERS), spoken * 3 + mood)
    ends: Flags = happens(rng, CLOSED, size)
    parts = [
        first,
        text_at(flat, topic),
        pc.if_else(pa.array(ends), last, pa.scalar(None, last.type)),
    ]
    return texts(pc.binary_join_element_wise(*parts, " ", null_handling="skip"))


def word_rows(subject: str, at: Whole, ids: pa.Array, part: str, said: pa.Array) -> pa.Table:
    """Rows of the table of words."""
    return rows_of("words", at, subject=subject, subject_id=ids, part=part, text=said)


@cache
def _flattened(phrases: tuple[tuple[str, ...], ...]) -> tuple[list[str], int]:
    rows = [text.split("\n") for moods in phrases for text in moods]
    return [sentence for row in rows for sentence in row], len(rows[0])


def _flat(phrases: Mapping[str, tuple[str, ...]]) -> tuple[list[str], int]:
    return _flattened(tuple(phrases[language] for language in LANGUAGES))


def _one_of(rng: np.random.Generator, phrases: tuple[list[str], int], row: Whole) -> pa.Array:
    """One sentence of each row, by chance."""
    sentences, many = phrases
    return text_at(sentences, row * many + rng.integers(0, many, len(row)))
