"""Learning a head from texts whose reading is known, and how well it would do on others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from regard.text import checks
from regard.text.features import NGRAMS, VECTORS, Array, counted_plain, vectors
from regard.text.fitting import Seen, SeenNgrams, SeenVectors
from regard.text.head import Head
from regard.text.lessons import RECIPE, Lessons

MOST_VECTORS = 2_000
"""Texts whose vectors are made: they cost a hundred times as much as n-grams."""
MARGIN = 0.03
"""For that they must be right on so many more of the texts, 0 to 1."""
CHANCE = 1.96
AIM = checks.Aim(precision=0.8, least=0.5)
"""The thresholds follow from it. What is more likely wrong than right is never said."""
NEWEST = 5
"""One text in so many, the newest, is held out to see whether matters change with time."""

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trial:
    """One way to see the texts, tried: what each fold says by what was learnt from the others."""

    features: str
    seen: Seen
    lessons: Lessons
    scores: Array


def learn(
    kind: str,
    lessons: Lessons,
    told: Told = lambda *_: None,
    compare: bool = True,
    aim: checks.Aim = AIM,
) -> Head:
    """The head of a kind of reading. Same lessons, same head.

    N-grams of all texts are tried and, where `compare`, vectors of up to 2,000 of them, each by
    five-fold cross-validation. Vectors are taken only where they are right on 3 of 100 texts more
    than n-grams are on the same texts, and beyond chance (McNemar's test at 5 %).
    """
    chosen = _tried(NGRAMS, SeenNgrams(counted_plain(lessons.plain)), lessons, told)
    compared: dict[str, Any] = {}
    if compare:
        places = _spread(len(lessons.texts), MOST_VECTORS)
        some = lessons.picked(places)
        other = _tried(VECTORS, SeenVectors(_sensed(some, told)), some, told)
        compared = _compared(checks.right(chosen.scores, lessons.truth)[places], other)
        chosen = other if compared["vectors_win"] else chosen
    return _made(kind, chosen, lessons, compared, aim)


def _tried(features: str, seen: Seen, lessons: Lessons, told: Told) -> Trial:
    def step(_: str, done: int, total: int) -> None:
        told(features, done, total)

    return Trial(features, seen, lessons, checks.across(seen, lessons.truth, step))


def _sensed(lessons: Lessons, told: Told) -> Array:
    step, count = 50, len(lessons.texts)
    parts = []
    for start in range(0, count, step):
        told(VECTORS, start, count)
        parts.append(vectors(lessons.texts[start : start + step]))
    return np.concatenate(parts)


def _spread(count: int, most: int) -> Array:
    """At most so many places, evenly spread: lessons lie in the order of their labels."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _compared(by_ngrams: Array, other: Trial) -> dict[str, Any]:
    by_vectors = checks.right(other.scores, other.lessons.truth)
    won, lost = int((by_vectors & ~by_ngrams).sum()), int((by_ngrams & ~by_vectors).sum())
    count = len(by_vectors)
    return {
        "texts": count,
        "ngrams_right": int(by_ngrams.sum()),
        "vectors_right": int(by_vectors.sum()),
        "vectors_win": won - lost > max(MARGIN * count, CHANCE * float(np.sqrt(won + lost))),
    }


def _made(
    kind: str, trial: Trial, lessons: Lessons, compared: dict[str, Any], aim: checks.Aim
) -> Head:
    """The head of all lessons of the trial, with what the trial found."""
    truth, several = trial.lessons.truth, trial.lessons.several
    slope, offset = checks.calibrate(trial.scores, truth, several)
    fit = trial.seen.fit(np.arange(len(truth)), truth)
    draft = Head(
        kind,
        trial.features,
        lessons.labels,
        several,
        fit.columns,
        fit.scales,
        fit.weights,
        fit.bias,
        slope,
        offset,
    )
    sure = draft.certainties(trial.scores)
    texts, said, good = checks.checked(sure, truth, several, aim)
    about: dict[str, Any] = {
        "recipe": RECIPE,
        "digest": lessons.digest,
        "lessons": len(lessons.texts),
        "labels": lessons.counts,
        "left_out": dict(lessons.left_out),
        "tried": len(truth),
        "right": int(checks.right(trial.scores, truth).sum()),
        "precision": aim.precision,
        "covered": texts,
        "said": said,
        "said_right": good,
        "compared": compared,
        "newest": _on_newest(trial),
    }
    thresholds = checks.thresholds_of(sure, truth, several, aim)
    return draft.speaking_from(thresholds.round(6), about)


def _on_newest(trial: Trial) -> dict[str, int]:
    """How many of the newest fifth a fit on the older texts gets right; empty without instants."""
    at = trial.lessons.at
    known = np.array([place for place, one in enumerate(at) if one is not None], np.int64)
    if 2 * len(known) < len(at):
        return {}
    instants = [one.timestamp() for one in at if one is not None]
    order = known[np.argsort(instants, kind="stable")]
    cut = len(order) - len(order) // NEWEST
    old, new = np.sort(order[:cut]), np.sort(order[cut:])
    truth = trial.lessons.truth
    scores = trial.seen.scores(trial.seen.fit(old, truth[old]), new)
    return {"tried": len(new), "right": int(checks.right(scores, truth[new]).sum())}
