"""Fitting weights: logistic regression of each label against the rest, on what heads see."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from regard.text.features import COLUMNS, Array, Counts, weighed
from regard.text.head import centred, linear

FEWEST_TEXTS = 2
MOST_COLUMNS = 20_000
"""Columns looked at: those of two texts or more, the most common where there are more."""
WORDS_COUNT = 2.0
"""How much a word counts against a piece of one."""
FEW_LABELS = 5
LOOSE, TIGHT, VECTOR = 20.0, 3.0, 5.0
"""Inverse strength of the penalty: for n-grams with many labels, with few, and for vectors."""


class Seen(Protocol):
    """What is known of texts before anything is learnt, one row a text."""

    def fit(self, places: Array, truth: Array) -> "Fit":
        """Learn from some texts. truth: those texts × labels, flags."""
        ...

    def scores(self, fit: "Fit", places: Array) -> Array:
        """What a fit says of some texts: texts × labels."""
        ...


@dataclass(frozen=True)
class Fit:
    """What was fitted: the arrays of a head."""

    columns: Array
    scales: Array
    weights: Array
    bias: Array


@dataclass(frozen=True)
class SeenNgrams:
    """Counted pieces of words of texts."""

    counts: Counts

    def fit(self, places: Array, truth: Array) -> Fit:
        """Columns and their worth are chosen from these texts only, without a look at labels."""
        own = self.counts.picked(places)
        texts = np.bincount(own.columns, minlength=2 * COLUMNS)
        columns = np.flatnonzero(texts >= FEWEST_TEXTS)
        if len(columns) > MOST_COLUMNS:
            common = np.argsort(-texts[columns], kind="stable")[:MOST_COLUMNS]
            columns = np.sort(columns[common])
        scales = np.log((1 + own.texts) / (1 + texts[columns])) + 1
        scales = (scales * np.where(columns < COLUMNS, WORDS_COUNT, 1.0)).astype(np.float32)
        rows = _sparse(weighed(own, columns, scales), len(columns))
        strength = TIGHT if truth.shape[1] <= FEW_LABELS else LOOSE
        return Fit(columns.astype(np.int32), scales, *_logistic(rows, truth, strength))

    def scores(self, fit: Fit, places: Array) -> Array:
        """What a fit says of some texts: texts × labels."""
        rows = weighed(self.counts.picked(places), fit.columns, fit.scales)
        return linear(rows.starts, rows.columns, rows.values, fit.weights) + fit.bias


@dataclass(frozen=True)
class SeenVectors:
    """Vectors of the sense of texts: texts × 384."""

    sense: Array

    def fit(self, places: Array, truth: Array) -> Fit:
        """Vectors lie close together: they are taken around their mean."""
        own = self.sense[places]
        scales = np.stack([own.mean(axis=0), own.std(axis=0) + 1e-6]).astype(np.float32)
        rows = centred(own, scales)
        return Fit(np.zeros(0, np.int32), scales, *_logistic(rows, truth, VECTOR))

    def scores(self, fit: Fit, places: Array) -> Array:
        """What a fit says of some texts: texts × labels."""
        found: Array = centred(self.sense[places], fit.scales) @ fit.weights + fit.bias
        return found


def _logistic(rows: Any, truth: Array, strength: float) -> tuple[Array, Array]:
    """Weights (features × labels) and bias; a label without a case, or with none but cases, is
    never said, or always."""
    from sklearn.linear_model import LogisticRegression

    logistic: Any = LogisticRegression
    weights = np.zeros((rows.shape[1], truth.shape[1]), np.float32)
    bias = np.where(truth.all(axis=0), 9.0, -9.0).astype(np.float32)
    for label in np.flatnonzero(truth.any(axis=0) & ~truth.all(axis=0)):
        one = logistic(C=strength, solver="liblinear", random_state=0)
        one.fit(rows, truth[:, label])
        weights[:, label] = one.coef_[0]
        bias[label] = one.intercept_[0]
    # As they are kept in a file, so that what is checked is what is used.
    return weights.astype(np.float16).astype(np.float32), bias


def _sparse(counts: Counts, width: int) -> Any:
    """The counts as sklearn wants them: the kind of matrix that it makes itself."""
    from sklearn.feature_extraction import FeatureHasher

    hasher: Any = FeatureHasher
    kind = type(hasher(n_features=1, input_type="string").transform([["a"]]))
    content = (counts.values.astype(np.float64), counts.columns, counts.starts.astype(np.int32))
    return kind(content, shape=(counts.texts, width))
