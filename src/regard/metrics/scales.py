"""Shapes of scores on scales: their mean, their distribution, and their best boxes together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.across import Across
from regard.metrics.buckets import Folds, bucketed, folds_by, shares
from regard.metrics.picks import Column
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow, Mean, Share
from regard.stats.estimate import SCALES, Estimate

DASH = "–"
SCALE = Column("scale")


def ends(scale: str) -> tuple[int, int]:
    """The lowest and highest score of a scale by its name, 1–5 or 5–1."""
    first, _, last = scale.partition(DASH)
    low, high = sorted((int(first), int(last)))
    return low, high


def on_scale(said: Estimate, scale: str) -> Estimate:
    """A mean of steps above the lowest score as a mean score."""
    low, high = ends(scale)
    return _moved(said, low, 1.0, high)


def of_hundred(said: Estimate, scale: str) -> Estimate:
    """A mean of steps above the lowest score as 0 to 100."""
    low, high = ends(scale)
    return _moved(said, 0, 100 / (high - low), 100)


def _moved(said: Estimate, start: float, step: float, most: float) -> Estimate:
    def told(value: float | None) -> float | None:
        return None if value is None else min(start + value * step, most)

    return Estimate(told(said.value), told(said.low), told(said.high), said.n, said.note)


STEPS = Mean(lambda t: t.good - t.scale_min)
SCALE_MEAN = Across("scale", SCALE, STEPS, on_scale)
"""The mean score of each scale, high being good on all of them."""
SCALE_HUNDRED = Across("scale", SCALE, STEPS, of_hundred)
"""The mean of each scale as 0 to 100."""


@dataclass(frozen=True)
class BestBoxes(Share):
    """The share in the best boxes. Over several scales they are counted together, which is said."""

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part, with its scales beside it."""
        found = super().measure(rows, frame)

        def told() -> Relation:
            return rows.group_by(*frame.keys, "scale").aggregate(n=rows.count())

        scales: dict[Key, list[str]] = {}
        for row in frame.run("scales", told):
            scales.setdefault(frame.key(row), []).append(row["scale"])
        return {key: [_noted(one, scales[key]) for one in each] for key, each in found.items()}


def _noted(one: Found, scales: list[str]) -> Found:
    said = one.estimate
    if len(scales) > 1 and not said.note:
        said = replace(said, note=SCALES)
    return Found(said, one.by, {"scales": sorted(scales)})


@dataclass(frozen=True)
class Scores(Flow):
    """The share of each score, scale by scale; the scores of a scale together make 1."""

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those on a known scale."""
        return rows.scale.notnull()

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Answers by part, scale and score, folded over clusters."""
        told = rows.mutate(_score=rows.score.cast("string"))
        return bucketed(told, told, "_score", (*frame.keys, "scale"), frame.clusters)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of every score that a scale has, given or not."""
        scales: dict[Key, dict[str, Folds]] = {}
        told = frame.run("moments", lambda: self.moments(rows, frame))
        for (*part, scale), book in folds_by(told, "_score", (*frame.keys, "scale")).items():
            scales.setdefault(tuple(part), {})[scale] = book
        return {key: _scored(each) for key, each in scales.items()}

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing to say, of no scale and score."""
        return [
            replace(one, by={"scale": None, "score": None}) for one in super().empty(frame, key)
        ]


def _scored(scales: Mapping[str, Folds]) -> list[Found]:
    return [
        Found(said, {"scale": scale, "score": score})
        for scale, book in sorted(scales.items())
        for score, said in shares(book, _scores(scale)).items()
    ]


def _scores(scale: str) -> list[str]:
    low, high = ends(scale)
    return [str(score) for score in range(low, high + 1)]


def not_on_scale(rows: Relation) -> BooleanValue:
    """Whether a score lies outside its scale, or the scale is not known."""
    return rows.good.isnull()


def boxless(rows: Relation) -> BooleanValue:
    """Whether the best boxes of a scale are not defined, as of 0 to 100."""
    return rows.good.notnull() & rows.top_box.isnull()


def is_recommendation(rows: Relation) -> BooleanValue:
    """Whether an answer is on the scale of recommendation, 0 to 10."""
    known = (rows.scale_min == 0) & (rows.scale_max == 10)
    return known.fill_null(False) & rows.good.notnull()
