"""Where the same topic ends otherwise by one channel than by another."""

from dataclasses import dataclass

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.conflict import Conflict, conflicts
from regard.stats.estimate import nothing
from regard.stats.proportion import wilson


@dataclass(frozen=True)
class Conflicting(Flow):
    """The share of topics whose outcomes differ by channel beyond noise.

    of, way, outcome: the columns of the thing, the ways it comes by and how it ends. Compared are
    things with two ways of at least ten cases each.
    """

    of: str = "topic"
    way: str = "channel"
    outcome: str = "outcome"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """How many rows of each part, thing, way and outcome."""
        told = rows.filter(self._known(rows)).select(
            *frame.keys, _of=rows[self.of], _way=rows[self.way], _end=rows[self.outcome]
        )
        return told.group_by(*frame.keys, "_of", "_way", "_end").aggregate(n=told.count())

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part."""
        return {
            key: [
                Found(wilson(sum(one.beyond_noise for one in told.values()), len(told)))
                if told
                else Found(nothing())
            ]
            for key, told in self._compared(rows, frame).items()
        }

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Rows of which thing, way and end are known."""
        return self._known(rows)

    def _known(self, rows: Relation) -> BooleanValue:
        known: BooleanValue = (
            rows[self.of].notnull() & rows[self.way].notnull() & rows[self.outcome].notnull()
        )
        return known

    def _compared(self, rows: Relation, frame: Frame) -> dict[Key, dict[str, Conflict]]:
        books: dict[Key, dict[str, dict[str, dict[str, int]]]] = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            ways = books.setdefault(frame.key(row), {}).setdefault(str(row["_of"]), {})
            ways.setdefault(str(row["_way"]), {})[str(row["_end"])] = int(row["n"])
        return {key: conflicts(dict(sorted(book.items()))) for key, book in books.items()}


@dataclass(frozen=True)
class Gaps(Conflicting):
    """For each topic the outcome that one channel has furthest above the others, and by how much.

    Beside it stands whether outcomes differ beyond noise at all.
    """

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The largest gap of every topic of each part, the surest first."""
        return {
            key: [
                Found(
                    one.gap,
                    {self.of: name, self.way: one.way, self.outcome: one.outcome},
                    {"conflict": one.beyond_noise},
                )
                for name, one in sorted(told.items(), key=lambda each: each[1].adjusted)
            ]
            or [Found(nothing())]
            for key, told in self._compared(rows, frame).items()
        }
