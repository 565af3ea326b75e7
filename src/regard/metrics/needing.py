"""Articles that need work: many come, few read, and more than elsewhere come to us after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.proportion import share, wilson

FEWEST = 10
"""Of fewer readers nobody says whether they came to us more often than others."""


@dataclass(frozen=True)
class NeedingWork(Flow):
    """The share of articles that need work, by three rules that must all hold.

    An article is looked at as often as the one in the middle or more; less than half of its looks
    are reads; and the share of its readers who came to us lies above that of all articles with the
    whole of its interval (Wilson's). It is judged among the articles of its part; in a split by
    article, among those of all parts that differ in that alone.
    """

    of: str = "article_id"
    read: str = "read"
    escaped: str = "escaped_24h"
    names: tuple[str, ...] = ("article", "title")

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """By part and article: looks, those of which is known whether they were reads, reads,
        those of which is known whether the reader came to us, and those who did.
        """
        told = rows.mutate(_article=rows[self.of])
        return told.group_by(*frame.keys, "_article").aggregate(
            looks=told.count(),
            known=count_where(told[self.read].notnull()),
            reads=count_where(told[self.read]),
            tracked=count_where(told[self.escaped].notnull()),
            escaped=count_where(told[self.escaped]),
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part."""
        apart = {f"_by_{name}" for name in self.names}
        peers: dict[Key, list[dict[str, Any]]] = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            group = tuple(row[name] for name in frame.keys if name not in apart)
            peers.setdefault(group, []).append(row)
        counts: dict[Key, list[bool]] = {}
        for articles in peers.values():
            for row, needs in zip(articles, needing(articles), strict=True):
                counts.setdefault(frame.key(row), []).append(needs)
        return {key: [Found(share(sum(told), len(told)))] for key, told in counts.items()}


def needing(articles: Sequence[dict[str, Any]]) -> list[bool]:
    """Which of some articles need work; a row each, as `NeedingWork.moments` counts."""
    if not articles:
        return []
    often = median(int(row["looks"]) for row in articles)
    tracked = sum(int(row["tracked"]) for row in articles)
    usual = sum(int(row["escaped"]) for row in articles) / tracked if tracked else 0.0
    return [
        int(row["looks"]) >= often and _is_unread(row) and _sends_away(row, usual)
        for row in articles
    ]


def _is_unread(row: dict[str, Any]) -> bool:
    return 2 * int(row["reads"]) < int(row["known"])


def _sends_away(row: dict[str, Any], usual: float) -> bool:
    if int(row["tracked"]) < FEWEST:
        return False
    low = wilson(int(row["escaped"]), int(row["tracked"])).low
    return low is not None and low > usual
