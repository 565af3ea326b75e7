"""How long things were there during a stretch: the seconds of all, in units such as months."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import seconds_between
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.stretch import OverTime, within
from regard.stats.estimate import Estimate

MONTH_SECONDS = 2_629_800
"""A month of 30.4375 days: a twelfth of 365.25."""


@dataclass(frozen=True)
class Exposure(OverTime):
    """The seconds that stretches lie within each part, in units of `unit_seconds`.

    It is what rates are taken of and is known, not sampled: the limits are the value itself. n is
    how many different things there were. What goes on does so as far as its source is read.
    """

    thing: tuple[str, ...] = ("source", "customer_id")
    unit_seconds: int = MONTH_SECONDS

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Seconds and different things of each part."""
        both = within(rows, frame, self.starts, self.ends)
        begins = ibis.greatest(both[self.starts], both["_from"])
        ends = ibis.least(both[self.ends].fill_null(both["_as_of"]), both["_until"], both["_as_of"])
        lasted = seconds_between(begins, ends)
        told = both.select(*frame.keys, *self.thing, seconds=lasted)
        told = told.filter(told.seconds > 0)
        each = told.group_by(*frame.keys, *self.thing).aggregate(seconds=told.seconds.sum())
        return each.group_by(*frame.keys).aggregate(n=each.count(), seconds=each.seconds.sum())

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The exposure of each part."""
        return {
            frame.key(row): [Found(self._said(int(row["seconds"]), int(row["n"])))]
            for row in frame.run("moments", lambda: self.moments(rows, frame))
        }

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing was there: nought."""
        return [Found(self._said(0, 0))]

    def _said(self, seconds: int, n: int) -> Estimate:
        value = seconds / self.unit_seconds
        return Estimate(value, value, value, n)
