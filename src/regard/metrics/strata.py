"""The share of good answers, weighted to the make-up of all who were asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ibis.expr.types import Table as Relation

from regard.metrics.folds import read, sums
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.weighting import Stratum, Weighted, weighted_share


@dataclass(frozen=True)
class PostStratified(Flow):
    """The share of top boxes over invitations, weighted by strata.

    by: the columns that make a stratum, the most telling first. Rows are all who were asked;
    `ratings` and `top_ratings` say what they answered.
    """

    by: tuple[str, ...]

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """By part and stratum: asked, answered, answers, good answers."""
        named = {f"_s_{name}": rows[name].cast("string").fill_null("") for name in self.by}
        told = rows.mutate(**named)
        ratings = told.ratings.fill_null(0)
        return told.group_by(*frame.keys, *named).aggregate(
            asked=told.count(),
            answered=(ratings > 0).cast("int64").sum(),
            ratings=ratings.sum(),
            good=told.top_ratings.fill_null(0).sum(),
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The weighted share of each part; beside it the raw one and what silence could hide."""
        strata: dict[Key, dict[tuple[str, ...], Stratum]] = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            name = tuple(row[f"_s_{each}"] for each in self.by)
            strata.setdefault(frame.key(row), {})[name] = _stratum(row)
        folds = read("heard", lambda: _heard(rows, frame), frame)
        return {
            key: [_found(weighted_share(book, folds.get(key, ())))] for key, book in strata.items()
        }


def _heard(rows: Relation, frame: Frame) -> Relation:
    """Good answers and answers of those who gave any, folded over clusters."""
    heard = rows.filter(rows.ratings.fill_null(0) > 0)
    return sums(heard, frame, heard.top_ratings, heard.ratings)


def _stratum(row: Mapping[str, Any]) -> Stratum:
    return Stratum(*(int(row[name]) for name in ("asked", "answered", "ratings", "good")))


def _found(said: Weighted) -> Found:
    if said.raw is None:
        return Found(said.estimate)
    beside = {
        "raw": said.raw,
        "if_worst": said.if_worst,
        "if_best": said.if_best,
        "kish": round(said.kish, 1),
    }
    return Found(said.estimate, beside=beside)
