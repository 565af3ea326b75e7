"""One metric divided by another, each from its own fact and dated in its own way."""

from dataclasses import dataclass

from ibis.expr.types import Table as Relation

from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.estimate import Estimate, nothing
from regard.stats.ratio import arriving_half, independent_ratio
from regard.stats.reach import Z


@dataclass(frozen=True)
class Quotient(Flow):
    """`top` ÷ `bottom`, both keys of metrics; by_day: the bottom is taken a day. per: for so much
    of the bottom.

    A split must be known to both metrics; a dimension that one of them lacks is an error.
    """

    top: str
    bottom: str
    by_day: bool = False
    per: float = 1.0

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """None of its own: the engine asks both halves (`engine.measure`, `engine.sql_of`)."""
        raise NotImplementedError(f"{self.top} and {self.bottom} are asked each by itself")

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """As `moments`."""
        raise NotImplementedError(f"{self.top} and {self.bottom} are asked each by itself")


def divide(top: Estimate, bottom: Estimate, days: int, shape: Quotient) -> Estimate:
    """The quotient by the delta method, each count with the variance of its own interval."""
    if top.value is None or not bottom.value:
        return nothing(n=top.n)
    per = shape.per * (days if shape.by_day else 1)
    above = arriving_half(top.value, _variance(top), top.n)
    below = arriving_half(bottom.value, _variance(bottom), bottom.n)
    return independent_ratio(above, below, per)


def _variance(said: Estimate) -> float:
    """The variance that a 95 % interval speaks of."""
    if said.low is None or said.high is None:
        return float(said.value or 0)
    return ((said.high - said.low) / (2 * Z)) ** 2
