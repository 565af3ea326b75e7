"""Lessons: texts whose reading is known, made ready to be learnt from."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from regard.core.errors import RegardError
from regard.text.features import Array, plain

RECIPE = 1
"""Raised when the same lessons would make another head."""
FEWEST, FEWEST_LESSONS = 10, 100
"""Texts that a label needs, and that a head needs."""
MOST = 30_000
"""Texts learnt from: the newest where there are more."""


class TooFewLessons(RegardError):
    """Too few texts, or labels, to learn from."""

    def __init__(self, texts: int, labels: int) -> None:
        super().__init__(
            f"There is too little to learn from: {texts} different texts, and {labels} labels with "
            f"{FEWEST} or more of them. {FEWEST_LESSONS} texts and 2 such labels are needed."
        )


@dataclass(frozen=True)
class Lesson:
    """A text, what it should be read as, and when it was written."""

    text: str
    labels: tuple[str, ...]
    at: datetime | None = None


@dataclass(frozen=True)
class Lessons:
    """Lessons made ready: each text once, in the order of their labels, then of their hashes.

    texts: as written. plain: as `plain` makes them. labels: all there are. truth: texts × labels,
    flags. left_out: labels with too few texts, and how many they have.
    """

    texts: tuple[str, ...]
    plain: tuple[str, ...]
    labels: tuple[str, ...]
    truth: Array
    at: tuple[datetime | None, ...]
    left_out: Mapping[str, int]

    @property
    def several(self) -> bool:
        """Whether a text has more than one label."""
        return bool((self.truth.sum(axis=1) > 1).any())

    @property
    def counts(self) -> dict[str, int]:
        """How many texts each label has."""
        found = self.truth.sum(axis=0).tolist()
        return dict(zip(self.labels, found, strict=True))

    @property
    def digest(self) -> str:
        """The same for the same texts and labels, whatever order they came in."""
        found = hashlib.sha256(str(RECIPE).encode())
        for text, flags, at in zip(self.plain, self.truth, self.at, strict=True):
            said = [label for label, flag in zip(self.labels, flags, strict=True) if flag]
            found.update(repr((text, said, at)).encode("utf-8", "replace"))
        return found.hexdigest()

    def picked(self, places: Array) -> "Lessons":
        """Some of the lessons."""
        return Lessons(
            tuple(self.texts[place] for place in places),
            tuple(self.plain[place] for place in places),
            self.labels,
            self.truth[places],
            tuple(self.at[place] for place in places),
            self.left_out,
        )


def prepare(lessons: Iterable[Lesson]) -> Lessons:
    """Lessons made ready. Texts that stand twice count once, by the labels most often given.

    Labels with fewer than ten texts are left out, and texts that have no other. TooFewLessons
    where fewer than a hundred texts or two labels remain.
    """
    made = _newest(_once(lessons))
    counts = Counter(label for one in made for label in one[1].labels)
    labels = tuple(sorted(label for label, count in counts.items() if count >= FEWEST))
    kept = [(key, one) for key, one in made if {*one.labels} & {*labels}]
    if len(labels) < 2 or len(kept) < FEWEST_LESSONS:
        raise TooFewLessons(len(kept), len(labels))
    kept.sort(key=lambda pair: (pair[1].labels, _hash(pair[0]), pair[0]))
    return Lessons(
        tuple(one.text for _, one in kept),
        tuple(key for key, _ in kept),
        labels,
        np.array([[label in one.labels for label in labels] for _, one in kept]),
        tuple(one.at for _, one in kept),
        {label: count for label, count in sorted(counts.items()) if count < FEWEST},
    )


def _once(lessons: Iterable[Lesson]) -> list[tuple[str, Lesson]]:
    """Each text under its plain form, with the labels most often given and its last instant."""
    by_text: dict[str, list[Lesson]] = {}
    for one in lessons:
        key = plain(one.text).strip()
        if key and one.labels:
            by_text.setdefault(key, []).append(one)
    made = []
    for key, same in by_text.items():
        given = Counter(tuple(sorted({*one.labels})) for one in same)
        labels = min(given, key=lambda each: (-given[each], each))
        at = max((one.at for one in same if one.at is not None), default=None)
        made.append((key, Lesson(min(one.text for one in same), labels, at)))
    return made


def _newest(made: list[tuple[str, Lesson]]) -> list[tuple[str, Lesson]]:
    if len(made) <= MOST:
        return made

    def age(pair: tuple[str, Lesson]) -> tuple[float, str]:
        at = pair[1].at
        return (-at.timestamp() if at else 0.0, _hash(pair[0]))

    return sorted(made, key=age)[:MOST]


def _hash(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
