"""A shape for each value of a column by itself and never over all of them: ratings by scale."""

from dataclasses import dataclass, replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.shape import Found, Frame, Key, Shape
from regard.metrics.shapes import Flow

APART = "_apart"


@dataclass(frozen=True)
class Apart(Flow):
    """The inner shape's values, one for each value of the column `of`, those of most rows first.

    Rows without a value are in none. name: what tells the values apart.
    """

    of: str
    then: Shape
    name: str = "scale"

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those with a value of which the inner shape makes use."""
        inner = self.then.uses(rows)
        known: BooleanValue = rows[self.of].notnull()
        return known if inner is None else known & inner

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """The inner shape's moments, by value too."""
        return self.then.moments(*self._parted(rows, frame))

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The inner shape's values."""
        found: dict[Key, list[Found]] = {}
        for (*key, value), told in self.then.measure(*self._parted(rows, frame)).items():
            said = [replace(one, by={self.name: value, **one.by}) for one in told]
            found.setdefault(tuple(key), []).extend(said)
        return {key: sorted(told, key=_frequent) for key, told in found.items()}

    def _parted(self, rows: Relation, frame: Frame) -> tuple[Relation, Frame]:
        told = rows.filter(rows[self.of].notnull())
        told = told.mutate(**{APART: told[self.of].cast("string")})
        return told, replace(frame, keys=(*frame.keys, APART))


def _frequent(one: Found) -> tuple[int, str]:
    return -one.estimate.n, str(sorted(one.by.items()))
