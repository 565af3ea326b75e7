"""All phrases as tables of pieces, so that many texts are put together at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import pyarrow as pa

from regard.core.registry import by_key, declared
from regard.demo.chance import Whole
from regard.demo.kinds import KINDS
from regard.demo.phrases.phrase import Phrases, Texts

GAPS = ("product", "order", "days", "place")
MARK = re.compile(r"\{(" + "|".join(GAPS) + r")\}")
LONG_WORD = re.compile(r"[^\W\d_]{5,}")
NEW_LINE = {"openings", "chasers", "returns", "questions", "solutions", "receipts", "notices"}
"""Pools whose sentences stand below a greeting."""
APART = {"closings", "signs"}
"""Pools whose sentences stand at the end, after an empty line."""


@dataclass(frozen=True)
class Pool:
    """The sentences of one name in all languages, cut at their gaps.

    literals[k]: what stands before gap k; slots[k]: the gap's position in GAPS from 1, 0 for none.
    start, count: by language (and kind, where by_kind): the rows of a group. size: from a sentence
    to its variant with a slip; twice that: to the one without capitals. nothing: an empty row.
    """

    by_kind: bool
    literals: tuple[pa.Array, ...]
    slots: tuple[Whole, ...]
    start: Whole
    count: Whole
    size: int

    @property
    def gaps(self) -> int:
        """The most gaps that a sentence has."""
        return len(self.slots)

    @property
    def nothing(self) -> int:
        """The row of the empty text."""
        return 3 * self.size


@dataclass(frozen=True)
class Book:
    """Every pool by name, and what fills gaps: by language, then by product or place."""

    languages: Texts
    pools: Mapping[str, Pool]
    products: pa.Array
    places: pa.Array

    def pool(self, name: str) -> Pool:
        """The sentences of that name."""
        return self.pools[name]


@cache
def book() -> Book:
    """All languages: the lists called PHRASES in the modules of this package."""
    spoken = by_key(declared("regard.demo.phrases", "PHRASES"), lambda one: one.language)
    found = list(spoken.values())
    names = [name for name in vars(found[0]) if name not in {"language", "products", "places"}]
    return Book(
        tuple(spoken),
        {name: _pool(name, found) for name in names},
        pa.array([text for one in found for text in one.products], pa.string()),
        pa.array([text for one in found for text in one.places], pa.string()),
    )


def _pool(name: str, found: list[Phrases]) -> Pool:
    groups: list[Texts] = []
    by_kind = isinstance(getattr(found[0], name), Mapping)
    for one in found:
        said = getattr(one, name)
        groups += [said[kind.name] for kind in KINDS] if by_kind else [said]
    plain = [_set_off(name, text) for group in groups for text in group]
    rows = [*plain, *map(slipped, plain), *(text.lower() for text in plain), ""]
    cut = [MARK.split(text) for text in rows]
    most = max(len(parts) // 2 for parts in cut)
    count = np.array([len(group) for group in groups], dtype=np.int64)
    return Pool(
        by_kind,
        tuple(
            pa.array([parts[2 * n] if 2 * n < len(parts) else "" for parts in cut], pa.string())
            for n in range(most + 1)
        ),
        tuple(
            np.array(
                [
                    GAPS.index(parts[2 * n + 1]) + 1 if 2 * n + 1 < len(parts) else 0
                    for parts in cut
                ],
                dtype=np.int64,
            )
            for n in range(most)
        ),
        np.cumsum(count) - count,
        count,
        len(plain),
    )


def _set_off(name: str, text: str) -> str:
    """A sentence with what parts it from the one before."""
    if not text:
        return ""
    return ("\n\n" if name in APART else "\n" if name in NEW_LINE else " ") + text


def slipped(text: str) -> str:
    """The text with two letters of a long word exchanged, always the same ones."""
    long = [
        found
        for found in LONG_WORD.finditer(text)
        if found.group() not in GAPS and len(set(found.group()[1:-1])) > 1
    ]
    if not long:
        return text
    dice = crc32(text.encode())
    found = long[dice % len(long)]
    word = found.group()
    inner = [n for n in range(1, len(word) - 2) if word[n] != word[n + 1]]
    if not inner:
        return text
    at = found.start() + inner[dice // 7 % len(inner)]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
