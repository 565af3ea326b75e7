"""What a reading of words is, and the readers that make them, by kind."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from regard.core.registry import by_key, declared


@dataclass(frozen=True)
class Reading:
    """What was read in some words: a value, None where unsure, and how sure, 0 to 1."""

    value: str | None
    certainty: float


@dataclass(frozen=True)
class TextReader:
    """One way to read words.

    kind: what it looks for, a `reading.kind` of the event model. version: three digits, raised
    whenever the same words may give another reading; the newest is the last as text. read: from
    words to the reading, the same for ever within a version: it looks at nothing but the words.
    """

    kind: str
    version: str
    read: Callable[[str], Reading]


@cache
def text_readers() -> dict[str, TextReader]:
    """Every reader by kind: the lists called READERS in the modules of `text`."""
    return by_key(declared("regard.text", "READERS"), lambda one: one.kind)
