"""Another shape for each value of a column: scales, bands of waiting, which are never averaged."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.metrics.shape import Found, Frame, Key, Shape
from regard.metrics.shapes import Flow
from regard.stats.estimate import Estimate

Pick = Callable[[Relation], Value]
COLUMN = "_across"


@dataclass(frozen=True)
class Across(Flow):
    """The inner shape for each value; `name` tells the values apart, and rows without are left out.

    turn: what an estimate becomes, given the value that it is for. order: of the values, where it
    is not that of their letters.
    """

    name: str
    of: Pick
    then: Shape
    turn: Callable[[Estimate, str], Estimate] | None = None
    order: tuple[str, ...] = ()

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those with a value that the inner shape uses."""
        held, inner = self.of(rows).notnull(), self.then.uses(rows)
        return held if inner is None else held & inner

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """The inner shape's, by part and value."""
        return self.then.moments(self._named(rows), self._frame(frame))

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The inner shape's values, by the column's values in order."""
        found: dict[Key, list[Found]] = {}
        inner = self.then.measure(self._named(rows), self._frame(frame))
        for (*part, value), told in sorted(inner.items(), key=self._place):
            found.setdefault(tuple(part), []).extend(self._found(one, value) for one in told)
        return found

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing to say, of no value."""
        return [replace(one, by={self.name: None, **one.by}) for one in super().empty(frame, key)]

    def _place(self, one: tuple[Key, object]) -> tuple[Key, int, str]:
        *part, value = one[0]
        place = self.order.index(value) if value in self.order else len(self.order)
        return tuple(part), place, value

    def _named(self, rows: Relation) -> Relation:
        told = rows.mutate(**{COLUMN: self.of(rows).cast("string")})
        return told.filter(told[COLUMN].notnull())

    def _frame(self, frame: Frame) -> Frame:
        return replace(
            frame,
            keys=(*frame.keys, COLUMN),
            days=lambda key: frame.days(key[:-1]),
            cover=lambda key, ahead: frame.cover(key[:-1], ahead),
        )

    def _found(self, one: Found, value: str) -> Found:
        said = self.turn(one.estimate, value) if self.turn else one.estimate
        return Found(said, {self.name: value, **one.by}, one.beside)
