"""The share to whom something has not happened by a time, counting the unfinished."""

from dataclasses import dataclass

from ibis.expr.types import Table as Relation

from regard.metrics.incidence import IncidenceAt
from regard.metrics.shape import Found, Frame, Key
from regard.stats.estimate import Estimate


@dataclass(frozen=True)
class SurvivalAt(IncidenceAt):
    """The share of all to whom it has not happened by some times: Kaplan–Meier without rivals."""

    name: str = "months"

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """What is left at each time, in each part."""
        return {
            key: [Found(_left(one.estimate), {self.name: one.by["days"]}) for one in found]
            for key, found in super().measure(rows, frame).items()
        }


def _left(gone: Estimate) -> Estimate:
    def rest(share: float | None) -> float | None:
        return None if share is None else 1 - share

    return Estimate(rest(gone.value), rest(gone.high), rest(gone.low), gone.n, gone.note)
