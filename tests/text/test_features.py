"""Pieces of words are counted as a plain loop counts them, and no word can be read back."""

import random
import re
from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regard.text import features
from regard.text.features import COLUMNS, Counts, counted, counted_plain, plain, weighed

SAID = [
    "hello my friend :)",
    "",
    "za 0000 pln!!",
    "кирилица и това и това",
    "a",
    "🙏 ok",
    "شكرا لكم",
]


def pieces(text: str) -> Counter[tuple[str, str]]:
    """What a text consists of, by a plain loop."""
    words = re.findall(r"\w+|[^\w\s]", text)
    found = Counter(("word", word) for word in words)
    found.update(("pair", f"{one} {other}") for one, other in pairwise(words))
    for word in words:
        around = f" {word} "
        for size in (3, 4, 5):
            found.update(
                (f"piece {size}", around[at : at + size]) for at in range(len(around) - size + 1)
            )
    return found


def of(counts: Counts, place: int) -> dict[int, float]:
    """Column and count of one text."""
    own = slice(counts.starts[place], counts.starts[place + 1])
    return dict(zip(counts.columns[own].tolist(), counts.values[own].tolist(), strict=True))


def test_every_piece_is_counted_once_for_each_time_it_stands_there() -> None:
    counts = counted_plain(SAID)
    for place, text in enumerate(SAID):
        told = pieces(text)
        assert sorted(of(counts, place).values()) == sorted(map(float, told.values())), text
        words = sum(column < COLUMNS for column in of(counts, place))
        assert words == sum(kind in ("word", "pair") for kind, _ in told)


@given(st.lists(st.text(alphabet="abc дж!ع\u0000\n", max_size=30), max_size=6), st.integers(1, 50))
def test_a_text_has_the_same_columns_whatever_is_counted_with_it(texts: list[str], at: int) -> None:
    once, before = counted_plain(texts), features.SIGNS_AT_ONCE
    try:
        features.SIGNS_AT_ONCE = at
        parts = counted_plain(texts)
    finally:
        features.SIGNS_AT_ONCE = before
    assert once.texts == parts.texts == len(texts)
    for place, text in enumerate(texts):
        alone = of(counted_plain([text]), 0)
        assert of(once, place) == of(parts, place) == alone


def column(text: str, more: int = 0) -> int:
    """The column of a stretch of signs in plain whole numbers: a power sum, mixed, its top bits."""
    whole, base, mix = 1 << 64, 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
    value: int = sum(ord(sign) * base**place for place, sign in enumerate(text)) + more
    value %= whole
    value = (value ^ (value >> 32)) * mix % whole
    value = (value ^ (value >> 29)) * base % whole
    return value >> 46


def test_the_hashing_is_the_same_in_every_version_of_the_product() -> None:
    # Heads that are stored point at these columns: another hashing would need another version.
    own = {column("ab"), *(COLUMNS + column(one, len(one)) for one in (" ab", "ab ", " ab "))}
    assert set(of(counted_plain(["ab"]), 0)) == own
    assert own == {451, 387_275, 398_239, 429_225}


def test_letters_typed_otherwise_and_numbers_are_seen_alike() -> None:
    assert plain("DZIĘKUJĘ za nr 12") == plain("dziekuje ZA NR 98")
    assert plain("Hello\n> quoted") == "hello"
    one, other = (counted((text,)) for text in ("Order 17", "order 42"))
    assert np.array_equal(one.columns, other.columns)


def test_weights_are_those_of_the_textbook_formula() -> None:
    rng = random.Random(5)
    texts = [" ".join(rng.choices(["abc", "def", "ghi", "jkl"], k=6)) for _ in range(20)]
    counts = counted_plain(texts)
    columns = np.unique(counts.columns)[::2]
    scales = np.arange(1, len(columns) + 1) / 7
    rows = weighed(counts, columns, scales)
    for place in range(len(texts)):
        worth = {
            index: (1 + np.log(of(counts, place)[column])) * scales[index]
            for index, column in enumerate(columns.tolist())
            if column in of(counts, place)
        }
        length = np.sqrt(sum(value**2 for value in worth.values()))
        found = of(rows, place)
        assert list(found) == list(worth)
        assert np.allclose(list(found.values()), np.array(list(worth.values())) / length, rtol=1e-5)


def test_texts_picked_again_are_those_texts() -> None:
    counts = counted_plain(SAID)
    picked = counts.picked(np.array([4, 2, 1]))
    assert [of(picked, place) for place in range(3)] == [of(counts, place) for place in (4, 2, 1)]
