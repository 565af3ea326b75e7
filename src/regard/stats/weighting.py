"""Shares weighted to the make-up of all who were asked (post-stratification)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regard.stats.clusters import Fold, few, largest_effect
from regard.stats.estimate import Estimate, nothing
from regard.stats.proportion import score_limits

LEAST = 5
"""Answers that a stratum needs to stand by itself."""


@dataclass(frozen=True)
class Stratum:
    """Those asked who are alike: how many were asked, answered, and answered well.

    asked: people. answered: of these. ratings, good: answers and those in the top boxes (a person
    may have answered two questions).
    """

    asked: int
    answered: int
    ratings: int
    good: int

    @property
    def share(self) -> float:
        """The share of good answers; there is at least one answer."""
        return self.good / self.ratings


@dataclass(frozen=True)
class Weighted:
    """A weighted share, the raw one beside it, and what those who did not answer could make of it.

    kish: the number of answers that equal weights would need for the same precision. if_worst,
    if_best: the share if all who did not answer were like the worst or best stratum.
    """

    estimate: Estimate
    raw: float | None = None
    kish: float = 0.0
    if_worst: float | None = None
    if_best: float | None = None


def weighted_share(
    strata: Mapping[tuple[str, ...], Stratum], folds: Sequence[Fold] = ()
) -> Weighted:
    """The share of good answers as if each stratum had answered in proportion to those asked.

    strata: by their names, the most telling last; those with fewer than LEAST answers are joined
    with their like, dropping names from the end. The interval is Wilson's on Kish's number of
    answers (Kish 1965, §11.7), divided by the largest design effect of the folds (y = good, x =
    answers).
    """
    told = collapsed(strata)
    asked, answered = sum(s.asked for s in told), sum(s.answered for s in told)
    if not answered:
        return Weighted(nothing())
    value = sum(one.asked * one.share for one in told) / asked
    kish = asked**2 / sum(one.asked**2 / one.answered for one in told)
    raw = sum(one.good for one in told) / sum(one.ratings for one in told)
    deff = largest_effect(folds, raw * (1 - raw))
    low, high = score_limits(value, kish / deff)
    silent = asked - answered
    heard = sum(one.answered * one.share for one in told)
    worst, best = min(one.share for one in told), max(one.share for one in told)
    note = few([sums.k for sums in folds], answered)
    said = Estimate(value, max(0.0, min(low, value)), min(1.0, max(high, value)), answered, note)
    bounds = ((heard + silent * each) / asked for each in (worst, best))
    return Weighted(said, raw, kish, *bounds)


def collapsed(strata: Mapping[tuple[str, ...], Stratum]) -> list[Stratum]:
    """Strata with at least LEAST answers each, as far as there are so many at all."""
    stand: list[Stratum] = []
    left = dict(strata)
    names = max((len(key) for key in left), default=0)
    for kept in range(names, -1, -1):
        pooled: dict[tuple[str, ...], Stratum] = {}
        for key in sorted(left):
            short = key[:kept]
            pooled[short] = _joined(pooled[short], left[key]) if short in pooled else left[key]
        stand += [one for _, one in sorted(pooled.items()) if one.answered >= LEAST]
        left = {key: one for key, one in pooled.items() if one.answered < LEAST}
    for one in left.values():
        # The rest of all is too small to stand: it goes with the most of those that do.
        most = max(range(len(stand)), key=lambda place: stand[place].asked, default=None)
        if most is None:
            stand.append(one)
        else:
            stand[most] = _joined(stand[most], one)
    return stand


def _joined(one: Stratum, other: Stratum) -> Stratum:
    return Stratum(
        one.asked + other.asked,
        one.answered + other.answered,
        one.ratings + other.ratings,
        one.good + other.good,
    )
