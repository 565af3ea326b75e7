"""Another shape over the latest answer of each person: who answers five times counts once."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.folds import Halves, is_linear
from regard.metrics.shape import Found, Frame, Key, Shape
from regard.metrics.shapes import Flow

TIES = ("answered_at", "response_id", "question_id")


@dataclass(frozen=True)
class Latest(Flow):
    """The inner shape over the latest row of each person in each part.

    by: the instant that makes one the latest. Who is unknown is somebody of their own.
    """

    then: Shape
    by: str = "asked_at"

    def uses(self, rows: Relation) -> BooleanValue | None:
        """The latest of each person, as far as the inner shape uses them."""
        latest, inner = self._is_latest(rows, ()), self.then.uses(rows)
        return latest if inner is None else latest & inner

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """The inner shape's, over the latest rows."""
        return self.then.moments(self._latest(rows, frame.keys), frame)

    def halves(self, rows: Relation, frame: Frame) -> Halves | None:
        """The inner shape's, of the latest rows."""
        then = self.then
        return then.halves(self._latest(rows, frame.keys), frame) if is_linear(then) else None

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The inner shape's values, over the latest rows."""
        return self.then.measure(self._latest(rows, frame.keys), frame)

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """The inner shape's value without rows."""
        return self.then.empty(frame, key)

    def _latest(self, rows: Relation, keys: tuple[str, ...]) -> Relation:
        told = rows.mutate(_latest=self._is_latest(rows, keys))
        return told.filter(told["_latest"]).drop("_latest")

    def _is_latest(self, rows: Relation, keys: tuple[str, ...]) -> BooleanValue:
        alone = ibis.literal("?") + rows.source + ibis.literal("/") + rows.response_id
        person = ibis.coalesce(rows.person, alone)
        order = [rows[name].desc() for name in dict.fromkeys((self.by, *TIES))]
        window = ibis.window(group_by=[*[rows[key] for key in keys], person], order_by=order)
        return ibis.row_number().over(window) == 0
