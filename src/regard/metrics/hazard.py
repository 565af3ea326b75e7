"""How much faster one group leaves than the rest: a ratio of hazards from counts by day."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import seconds_between
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.hazards import hazard_ratio

DAY = 86_400


@dataclass(frozen=True)
class HazardRatio(Flow):
    """The hazard of leaving of those for whom `received` holds, over that of the others.

    done: seconds from the landmark until they left; since: the landmark. stratum: only the like
    are compared with one another. Beside: how many left, and how likely a drift of the ratio over
    time as large would be by chance (small: the ratio is no single number).
    """

    received: Callable[[Relation], BooleanValue]
    done: Callable[[Relation], IntegerValue]
    since: str
    stratum: Callable[[Relation], Value]

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """How many were last seen on each day, by group, stratum and whether they left."""
        done, known = self.done(rows), seconds_between(rows[self.since], rows["_as_of"])
        left = (done <= known).fill_null(False)
        told = rows.select(
            *frame.keys,
            left=left,
            # What is over on its first day was at risk on it.
            day=(ibis.ifelse(left, done, known) // DAY + 1).cast("int64"),
            received=self.received(rows).fill_null(False),
            stratum=self.stratum(rows).cast("string").fill_null(""),
        )
        kinds = ("stratum", "received", "left", "day")
        return told.group_by(*frame.keys, *kinds).aggregate(n=told.count())

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The ratio of each part."""
        books: dict[Key, list[dict[str, Any]]] = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            books.setdefault(frame.key(row), []).append(row)
        return {key: [_found(book)] for key, book in books.items()}


def _found(book: list[dict[str, Any]]) -> Found:
    told = hazard_ratio(
        [0] * len(book),
        [row["day"] for row in book],
        [row["left"] for row in book],
        [row["received"] for row in book],
        [row["stratum"] for row in book],
        [row["n"] for row in book],
    )
    # Rounded, so that the order of rows never moves a digit that is shown.
    drift = {} if told.p is None else {"drift_p": round(told.p, 9)}
    return Found(told.estimate, beside={"left": told.events, **drift})
