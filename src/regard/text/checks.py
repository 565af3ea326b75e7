"""How well a head would do on texts it has not seen: certainties, thresholds, and counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from regard.text.features import Array
from regard.text.fitting import FEW_LABELS, Seen
from regard.text.head import NEVER

FOLDS = 5
STEEPEST = 20.0

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Aim:
    """What is asked of what a head says, 0 to 1.

    precision: the share of it that is right. least: the certainty of each reading.
    """

    precision: float
    least: float


def folds_of(texts: int) -> Array:
    """The fold of each text: texts lie in the order of their labels, so every fold has of each."""
    return np.arange(texts) % FOLDS


def across(seen: Seen, truth: Array, told: Told) -> Array:
    """Scores of each text by a fit on the other folds: texts × labels."""
    folds = folds_of(len(truth))
    scores = np.zeros(truth.shape, np.float32)
    for fold in range(FOLDS):
        told("", fold, FOLDS + 1)
        rest, own = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        scores[own] = seen.scores(seen.fit(rest, truth[rest]), own)
    return scores


def right(scores: Array, truth: Array) -> Array:
    """Whether the label that most speaks for is one of the text's: a flag a text."""
    found: Array = truth[np.arange(len(truth)), scores.argmax(axis=1)]
    return found


def calibrate(scores: Array, truth: Array, several: bool) -> tuple[float, float]:
    """Slope and offset from a score to the certainty that the label is right (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    said, hit, _ = _said(scores, truth, several)
    if hit.all() or not hit.any():
        return 1.0, 0.0
    logistic: Any = LogisticRegression
    fitted = logistic(C=1e6, solver="lbfgs").fit(said[:, None], hit)
    # The surer a score, the surer the reading: never the other way round.
    slope = float(np.clip(fitted.coef_[0, 0], 0.01, STEEPEST))
    return round(slope, 6), round(float(fitted.intercept_[0]), 6)


def thresholds_of(sure: Array, truth: Array, several: bool, aim: Aim) -> Array:
    """For each label the lowest certainty from which on enough of what is said is right.

    NEVER where there is none. Few labels have a threshold each, since one may be rare and hard;
    many share one.
    """
    said, hit, label = _said(sure, truth, several)
    labels = truth.shape[1]
    if labels > FEW_LABELS:
        return np.full(labels, _threshold(said, hit, aim))
    return np.array([_threshold(said[label == n], hit[label == n], aim) for n in range(labels)])


def _threshold(said: Array, hit: Array, aim: Aim) -> float:
    order = np.argsort(-said, kind="stable")
    said, hit = said[order], hit[order]
    share = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    # Equal certainties are said together or not at all.
    last = np.append(said[1:] < said[:-1], True)[: len(said)]
    good = np.flatnonzero(last & (share >= aim.precision) & (said >= aim.least))
    if not len(good):
        return NEVER
    # Where all that was seen may be said, so may what is less sure than any of it.
    return aim.least if good[-1] == (said >= aim.least).sum() - 1 else float(said[good[-1]])


def checked(sure: Array, truth: Array, several: bool, aim: Aim) -> tuple[int, int, int]:
    """Texts of which something is said, labels said, and those of them that are right.

    The thresholds of each fold come from the others.
    """
    folds = folds_of(len(truth))
    texts = said = good = 0
    for fold in range(FOLDS):
        rest, own = folds != fold, folds == fold
        flags = sure[own] >= thresholds_of(sure[rest], truth[rest], several, aim)
        if not several:
            best = np.zeros_like(flags)
            best[np.arange(len(flags)), sure[own].argmax(axis=1)] = True
            flags &= best
        texts += int(flags.any(axis=1).sum())
        said += int(flags.sum())
        good += int((flags & truth[own]).sum())
    return texts, said, good


def _said(scores: Array, truth: Array, several: bool) -> tuple[Array, Array, Array]:
    """What may be said, whether it is right, and its label: the best of a text, or every one."""
    if several:
        return scores.ravel(), truth.ravel(), np.tile(np.arange(truth.shape[1]), len(truth))
    return scores.max(axis=1), right(scores, truth), scores.argmax(axis=1)
