"""What a reading of words is, and the readers that make them, by kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from regard.core.registry import by_key, declared

MESSAGES = ("message",)
JUDGED = ("response", "review", "post", "complaint")
"""Tables in whose rows customers say what they think; their words lie in `words`."""
SPOKEN = ("message", *JUDGED)
"""Tables in whose rows customers speak."""
MATTERS = ("ticket", "post", "call")
"""Tables whose rows are about a matter: a ticket is read by its first message of the customer."""


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
    subjects: the tables in whose words it looks. many: the same for many texts at once, where
    that is quicker.
    """

    kind: str
    version: str
    read: Callable[[str], Reading]
    subjects: tuple[str, ...] = MESSAGES
    many: Callable[[Sequence[str]], list[Reading]] | None = None

    def read_many(self, texts: Sequence[str]) -> list[Reading]:
        """The readings of many texts, in their order: what `read` says of each."""
        if self.many is not None:
            return self.many(texts)
        return [self.read(text) for text in texts]


@cache
def text_readers() -> dict[str, TextReader]:
    """Every shipped reader by kind: the lists called READERS in the modules of `text`."""
    return by_key(declared("regard.text", "READERS"), lambda one: one.kind)
