"""What stood at instants: open tickets at the end of each day, and how old they were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import seconds_between
from regard.metrics.buckets import WHOLE, Folds, bucketed, folds_by, lasting, shares, undivided
from regard.metrics.laying import Zoned
from regard.metrics.shape import Found, Frame, Key
from regard.stats.clusters import Fold
from regard.stats.distribution import distribution
from regard.stats.estimate import Estimate
from regard.stats.rate import cluster_dispersion, level

Condition = Callable[[Relation], BooleanValue]
Pick = Callable[[Relation, Value], Value]
MOMENT = "timestamp('UTC', 6)"
MOST_APART = 40
"""Of more instants rows are held against the first and the last alone before they are joined."""


@dataclass(frozen=True)
class Level:
    """How many stretches cover an instant: the value at the end of each period.

    Levels are never summed over time. The interval is Garwood's: a stock fed by independent
    arrivals is Poisson, and one of customers with several each comes in lumps. starts, ends: the
    stretch [starts, ends), empty end: it goes on.
    """

    starts: str = "starts_at"
    ends: str = "ends_at"
    stock = True
    additive = False

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Stretches standing at each instant, by part; the squares of what each cluster has."""
        return undivided(self.standing(rows, frame), "_one", frame.keys, lasting(frame))

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The level of each part."""
        folds = folds_by(
            frame.run("moments", lambda: self.moments(rows, frame)), "_one", frame.keys
        )
        return {key: [Found(_lumpy(book[WHOLE]))] for key, book in folds.items()}

    def uses(self, rows: Relation) -> BooleanValue | None:
        """All that stand at the instant."""
        return None

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing stood: 0."""
        return [Found(level(0))]

    def standing(self, rows: Relation, frame: Frame) -> Relation:
        """One row a stretch and instant that it covers, with the instant as `_moment`."""
        moments = frame.told(instants_of)
        kept = rows.drop(frame.moment_key) if frame.moment_key in rows.columns else rows
        kept = kept.filter(self._stands(kept, frame))
        return kept.inner_join(
            moments,
            [kept[self.starts] <= moments["_moment"], self._goes_on(kept, moments["_moment"])],
        )

    def _goes_on(self, rows: Relation, at: Value) -> BooleanValue:
        ended: BooleanValue = rows[self.ends].isnull() | (rows[self.ends] > at)
        return ended

    def _stands(self, rows: Relation, frame: Frame) -> BooleanValue:
        """Whether a stretch may cover any of the instants: most cover none, and need no joining."""
        many, begun = len(frame.moments), rows[self.starts]
        told = [frame.instant(f"moment_{place}") for place in range(many)]
        if not many:
            return ibis.literal(False)
        first: Value = told[0]
        if 1 < many <= MOST_APART:
            # What covers any instant covers the first that comes once it has begun.
            first = ibis.cases(*[(begun <= at, at) for at in told])
        return (begun <= told[-1]) & self._goes_on(rows, first)


@dataclass(frozen=True)
class LevelAges(Level):
    """What stood at instants by age: the share of each bucket. since: the instant ages run from."""

    since: str = "opened_at"
    edges: tuple[tuple[str, int], ...] = ()
    name: str = "age"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Stretches standing at each instant, by part and bucket of age."""
        standing = self.standing(rows, frame)
        age = seconds_between(standing[self.since], standing["_moment"])
        named = standing.mutate(
            _bucket=ibis.cases(
                *[(age < seconds, label) for label, seconds in self.edges[:-1]],
                else_=self.edges[-1][0],
            )
        )
        return bucketed(named, named, "_bucket", frame.keys, lasting(frame))

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each age in each part."""
        folds = folds_by(
            frame.run("moments", lambda: self.moments(rows, frame)), "_bucket", frame.keys
        )
        return {key: self._aged(book) for key, book in folds.items()}

    def _aged(self, book: Folds) -> list[Found]:
        told = shares(book, [label for label, _ in self.edges])
        stocks = {label: int(each[0].y) for label, each in book.items()}
        return [
            Found(said, {self.name: label}, {"stock": stocks.get(label, 0)})
            for label, said in told.items()
        ]

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing stood: no ages."""
        return [
            Found(said, {self.name: label})
            for label, said in distribution(
                dict.fromkeys((label for label, _ in self.edges), 0)
            ).items()
        ]


def instants_of(frame: Frame) -> pa.Table:
    """The instants at which a level is read, by part."""
    schema = pa.schema([(frame.moment_key, pa.string()), ("_moment", Zoned)])
    told = [{frame.moment_key: name, "_moment": at} for name, at in frame.moments]
    return pa.Table.from_pylist(told, schema=schema)


def _lumpy(folds: Sequence[Fold]) -> Estimate:
    n = int(folds[0].y)
    return level(n, max(cluster_dispersion(n, one.yy) for one in folds))
