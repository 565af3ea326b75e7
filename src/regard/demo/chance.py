"""Chance from a seed: one stream a theme, so that a new theme leaves the others as they were."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]


def stream(seed: int, theme: str) -> np.random.Generator:
    """The generator of a theme: same seed and theme, same numbers."""
    return np.random.default_rng([seed, crc32(theme.encode())])


def drawn(rng: np.random.Generator, shares: Sequence[float] | Real, size: int) -> Whole:
    """That many positions in `shares`, each as often as its share says (they need not sum to 1)."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    made: Whole = np.minimum(found, len(edges) - 1).astype(np.int64)
    return made


def around(rng: np.random.Generator, median: float | Real, spread: float, size: int) -> Real:
    """Log-normal numbers around a median; spread is the deviation of their logarithm."""
    made: Real = median * np.exp(spread * rng.standard_normal(size))
    return made


def happens(rng: np.random.Generator, chance: float | Real, size: int) -> Flags:
    """That many flags, each true with that chance."""
    made: Flags = rng.random(size) < chance
    return made


def words(texts: Sequence[Any]) -> Words:
    """Texts as an array that can be picked from by position."""
    made = np.empty(len(texts), dtype=object)
    made[:] = list(texts)
    return made
