"""Texts that say the same thing: clusters, with the texts most typical of each.

The sense of each text (a vector) is taken around the mean of all texts of its language, so that
what is said counts and not in which words; dense regions are clusters (HDBSCAN: Campello, Moulavi
and Sander 2013), and what lies in none belongs to none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regard.core.i18n import languages
from regard.text.features import (
    COLUMNS,
    VECTORS,
    Array,
    counted_plain,
    plain,
    vectors,
    weighed,
)
from regard.text.language import read_language

FEWEST = 6
"""Texts that make a cluster, where there are few; of many, one in fifty."""
ONE_IN = 50
TYPICAL = 3
SPEAKERS = 8
"""Texts of a language that have a mean of their own."""
DIMENSIONS = 100
"""To which counted pieces of words are folded."""
WORDS_COUNT = 2.0


@dataclass(frozen=True)
class Cluster:
    """Texts that say the same thing. places: of these among the texts given, ascending.

    typical: places of those nearest to the middle, the nearest first; texts that differ by nothing
    but signs and digits stand once.
    """

    places: tuple[int, ...]
    typical: tuple[int, ...]


def clusters(texts: Sequence[str], features: str = VECTORS) -> tuple[Cluster, ...]:
    """The clusters of some texts, the largest first. Same texts in the same order, same clusters.

    features: `vectors` (17 to 42 ms a text, right far more often) or `ngrams` (of any number).
    """
    if len(texts) < 2 * FEWEST:
        return ()
    seen = _sense(texts) if features == VECTORS else _pieces(texts)
    found = []
    labels = _dense(seen)
    for label in range(int(labels.max()) + 1):
        places = np.flatnonzero(labels == label)
        found.append(Cluster(tuple(places.tolist()), _typical(texts, seen, places)))
    return tuple(sorted(found, key=lambda one: (-len(one.places), one.places)))


def _dense(seen: Array) -> Array:
    """The cluster of each row; −1 where it lies in none."""
    from sklearn.cluster import HDBSCAN

    kind: Any = HDBSCAN
    fewest = max(FEWEST, round(len(seen) / ONE_IN))
    size = {"min_cluster_size": fewest, "min_samples": fewest // 2}
    made = kind(**size, cluster_selection_method="leaf", copy=True, n_jobs=1)
    found: Array = made.fit(seen).labels_
    return found


def _sense(texts: Sequence[str]) -> Array:
    """Vectors lie close together, and closer in one language: they are taken around its mean."""
    seen = vectors(texts).astype(np.float64)
    seen -= seen.mean(axis=0)
    spoken = np.array([read_language(text, languages()).value or "" for text in texts])
    for one in np.unique(spoken):
        own = spoken == one
        if own.sum() >= SPEAKERS:
            seen[own] -= seen[own].mean(axis=0)
    return _unit(seen)


def _pieces(texts: Sequence[str]) -> Array:
    """Pieces of words that two texts have, folded to fewer dimensions."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction import FeatureHasher

    counts = counted_plain([plain(text) for text in texts])
    often = np.bincount(counts.columns, minlength=2 * COLUMNS)
    columns = np.flatnonzero(often >= 2)
    if len(columns) <= 1:
        return np.zeros((len(texts), 1))
    scales = np.log((1 + counts.texts) / (1 + often[columns])) + 1
    scales = scales * np.where(columns < COLUMNS, WORDS_COUNT, 1.0)
    told = weighed(counts, columns, scales.astype(np.float32))
    hasher: Any = FeatureHasher
    kind = type(hasher(n_features=1, input_type="string").transform([["a"]]))
    shape = (len(texts), len(columns))
    rows = kind((told.values.astype(np.float64), told.columns, told.starts), shape=shape)
    fold: Any = TruncatedSVD
    folded = fold(min(DIMENSIONS, len(columns) - 1), random_state=0).fit_transform(rows)
    return _unit(folded)


def _unit(rows: Array) -> Array:
    made: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return made


def _typical(texts: Sequence[str], seen: Array, places: Array) -> tuple[int, ...]:
    near = seen[places] @ seen[places].mean(axis=0)
    found: dict[str, int] = {}
    for at in np.argsort(-near, kind="stable"):
        found.setdefault(plain(texts[places[at]]), int(places[at]))
        if len(found) == TYPICAL:
            break
    return tuple(found.values())
