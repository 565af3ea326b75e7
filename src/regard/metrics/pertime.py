"""Shapes of what is there at a time, on average: seconds of presence over seconds of the part."""

from dataclasses import dataclass
from fractions import Fraction

import ibis
from ibis.expr.types import Table as Relation

from regard.metrics.folds import WIDE
from regard.metrics.offsets import HOUR_SECONDS
from regard.metrics.shape import Found, Frame, Key, Lays
from regard.metrics.shapes import Flow, Pick
from regard.metrics.week import Cover
from regard.stats.clusters import Fold
from regard.stats.estimate import Estimate, nothing
from regard.stats.ratio import ratio


@dataclass(frozen=True)
class PerTime(Flow):
    """How many are there on average: the seconds of all, for each second of the part.

    of: seconds of a row. thing: the columns that name who is counted; n is how many different
    ones there were. ahead: whether what lies after the as-of is known too (what is planned).
    The interval is by day: each local day of the part is a cluster, those without rows are nought.
    """

    of: Pick
    thing: tuple[str, ...]
    ahead: bool = False

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Seconds by day folded: days with rows, their sum, the sum of their squares, who."""
        told = rows.mutate(_seconds=self.of(rows).fill_null(0).cast("int64"))
        return _folded(told.filter(told["_seconds"] > 0), frame, self.thing)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The average of each part."""
        return _found(lambda: self.moments(rows, frame), frame, self.ahead)

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody was there: nought."""
        return [Found(average(Fold(0, 0, 0, 0, 0, 0), 0, frame.cover(key, self.ahead)))]


@dataclass(frozen=True)
class PerHour(Flow):
    """How many different ones came up in an hour, on average over the hours of the part.

    thing: the columns that name who is counted. An hour is one of the local clock.
    """

    thing: tuple[str, ...]

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Different ones in each hour, an hour's seconds each, folded by day."""
        once = rows.select(*frame.keys, frame.day, "_hour", *self.thing).distinct()
        return _folded(once.mutate(_seconds=ibis.literal(HOUR_SECONDS)), frame, self.thing)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The average of each part."""
        return _found(lambda: self.moments(rows, frame), frame, ahead=False)

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody came up: nought."""
        return [Found(average(Fold(0, 0, 0, 0, 0, 0), 0, frame.cover(key, False)))]


def average(sums: Fold, n: int, cover: Cover) -> Estimate:
    """Seconds of all over the seconds of a part, with t limits from its days.

    sums: over the days with rows: how many (k), their seconds (y), the squares (yy). The part's
    seconds are taken to lie evenly over its days.
    """
    if not cover.seconds:
        return nothing(n=n)
    days = max(cover.days, sums.k)
    each = Fraction(cover.seconds, days)
    whole = Fold(
        k=days,
        y=sums.y,
        x=cover.seconds,
        yy=sums.yy,
        xx=each * cover.seconds,
        xy=each * Fraction(sums.y),
    )
    return ratio([whole], n, lowest=0.0)


def _folded(told: Relation, frame: Frame, thing: tuple[str, ...]) -> Relation:
    """One row a part: n different things, and k, y, yy of the seconds by day."""
    daily = told.group_by(*frame.keys, frame.day).aggregate(y=told["_seconds"].sum().cast(WIDE))
    spread = daily.group_by(*frame.keys).aggregate(
        k=daily.count(), y=daily.y.sum(), yy=(daily.y * daily.y).sum()
    )
    once = told.select(*frame.keys, *thing).distinct()
    total = once.group_by(*frame.keys).aggregate(n=once.count())
    return spread.inner_join(total, list(frame.keys)).select(*frame.keys, "n", "k", "y", "yy")


def _found(moments: Lays, frame: Frame, ahead: bool) -> dict[Key, list[Found]]:
    found = {}
    for row in frame.run("moments", moments):
        key = frame.key(row)
        sums = Fold(int(row["k"]), int(row["y"]), 0, int(row["yy"]), 0, 0)
        found[key] = [Found(average(sums, int(row["n"]), frame.cover(key, ahead)))]
    return found
