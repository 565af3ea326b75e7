"""A number that was counted from time to time, such as followers: the last count holds."""

from dataclasses import dataclass

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.level import Level
from regard.metrics.shape import Found, Frame, Key
from regard.stats.estimate import Estimate, nothing


@dataclass(frozen=True)
class Tally(Level):
    """The sum of a column over the stretches that cover an instant; n is how many there are.

    It was counted and not sampled: the limits are the value itself. Where nothing was counted yet
    there is nothing to say.
    """

    of: str = "followers"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Sums at each instant, by part."""
        known = rows.filter(rows[self.of].notnull())
        standing = self.standing(known, frame)
        return standing.group_by(*frame.keys).aggregate(
            n=standing.count(), total=standing[self.of].sum()
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The sum of each part."""
        return {
            frame.key(row): [Found(_known(int(row["total"]), int(row["n"])))]
            for row in frame.run("moments", lambda: self.moments(rows, frame))
        }

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those that hold a count."""
        return rows[self.of].notnull()

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody had counted: unknown, and not 0."""
        return [Found(nothing())]


def _known(total: int, n: int) -> Estimate:
    return Estimate(float(total), float(total), float(total), n)
