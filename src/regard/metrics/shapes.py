"""The shapes of counts, shares, means and their kin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.metrics.buckets import bucketed, folds_by, shares
from regard.metrics.folds import Halves, folded, folds_of, is_linear, read, sums
from regard.metrics.shape import Found, Frame, Key, Shape
from regard.stats.estimate import Estimate, nothing
from regard.stats.mean import mean
from regard.stats.netscore import net_score
from regard.stats.proportion import share
from regard.stats.rate import count, day_dispersion
from regard.stats.ratio import ratio

Condition = Callable[[Relation], BooleanValue]
Pick = Callable[[Relation], Value]


@dataclass(frozen=True)
class Flow:
    """What all shapes of things that happened share: a part without rows says nothing."""

    stock = False
    additive = False

    def uses(self, rows: Relation) -> BooleanValue | None:
        """All of them."""
        return None

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nothing to say."""
        return [Found(nothing())]


@dataclass(frozen=True)
class Count(Flow):
    """How many rows there are; the interval is that of a quasi-Poisson process by day."""

    holds: Condition | None = None
    additive = True

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those for which the condition holds."""
        return self.holds(rows) if self.holds else None

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Daily counts folded: days on which any came, their sum, the sum of their squares."""
        held = rows.filter(self.holds(rows)) if self.holds else rows
        return sums(held, _by_day(frame), ibis.literal(1), ibis.literal(1))

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The count of each part."""
        found = read("moments", lambda: self.moments(rows, frame), frame)
        return {
            key: [Found(_count(int(one.y), int(one.yy), max(frame.days(key), one.k)))]
            for key, (one,) in found.items()
        }

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """None happened: 0, with its upper limit."""
        return [Found(_count(0, 0, frame.days(key)))]


@dataclass(frozen=True)
class Distinct(Flow):
    """How many different things there are: a thing counts once however often it comes."""

    of: tuple[str, ...]

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Different things in all, and by day for the dispersion."""
        day = frame.day
        thing = rows.select(*frame.keys, day, *self.of).distinct()
        daily = thing.group_by(*frame.keys, day).aggregate(y=thing.count())
        spread = daily.group_by(*frame.keys).aggregate(
            y=daily.y.sum(), yy=(daily.y * daily.y).sum(), k=daily.count()
        )
        once = thing.select(*frame.keys, *self.of).distinct()
        total = once.group_by(*frame.keys).aggregate(n=once.count())
        both = spread.inner_join(total, list(frame.keys))
        return both.select(*frame.keys, "n", "y", "yy", "k")

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The number of different things of each part."""
        found = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            key = frame.key(row)
            days = max(frame.days(key), int(row["k"]))
            phi = day_dispersion(int(row["y"]), int(row["yy"]), days)
            found[key] = [Found(count(int(row["n"]), phi, days))]
        return found

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """None: 0, with its upper limit."""
        return [Found(_count(0, 0, frame.days(key)))]


@dataclass(frozen=True)
class Share(Flow):
    """The share of rows for which something holds."""

    holds: Condition

    def halves(self, rows: Relation, frame: Frame) -> Halves:
        """Successes and trials of each row."""
        return rows, self.holds(rows).fill_null(False), ibis.literal(1)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Successes and trials, folded over clusters."""
        return folded(self, rows, frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part, Wilson's interval widened by the largest design effect."""
        found = read("moments", lambda: self.moments(rows, frame), frame)
        return {key: [Found(_share(folds))] for key, folds in found.items()}


@dataclass(frozen=True)
class Mean(Flow):
    """The mean of a whole number over rows that have one."""

    of: Pick
    lowest: float | None = 0.0

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those that have the number."""
        return self.of(rows).notnull()

    def halves(self, rows: Relation, frame: Frame) -> Halves:
        """The number and 1 of each row that has it."""
        known = rows.filter(self.of(rows).notnull())
        return known, self.of(known), ibis.literal(1)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Sums and counts, folded over clusters."""
        return folded(self, rows, frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The mean of each part with its cluster t interval."""
        found = read("moments", lambda: self.moments(rows, frame), frame)
        return {key: [Found(mean(folds, self.lowest))] for key, folds in found.items()}


@dataclass(frozen=True)
class Ratio(Flow):
    """One sum over another, both of the same rows: `per` of the first for each of the second."""

    top: Pick
    bottom: Pick
    highest: float | None = None

    def halves(self, rows: Relation, frame: Frame) -> Halves:
        """Both numbers of each row."""
        return rows, self.top(rows).fill_null(0), self.bottom(rows).fill_null(0)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Both sums, folded over clusters."""
        return folded(self, rows, frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The ratio of each part with its linearised interval; n is the rows behind it."""
        told = frame.run("moments", lambda: self.moments(rows, frame))
        n = {frame.key(row): int(row["n"]) for row in told}
        return {
            key: [Found(ratio(folds, n[key], 0.0, self.highest))]
            for key, folds in folds_of(told, frame).items()
        }


@dataclass(frozen=True)
class Net(Flow):
    """Those for minus those against, of all, in points."""

    favours: Condition
    opposes: Condition

    def halves(self, rows: Relation, frame: Frame) -> Halves:
        """1, 0 or −1 of each row, and 1."""
        plus = self.favours(rows).fill_null(False).cast("int64")
        minus = self.opposes(rows).fill_null(False).cast("int64")
        return rows, plus - minus, ibis.literal(1)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Net sums folded, and the three counts."""
        plus = self.favours(rows).fill_null(False).cast("int64")
        minus = self.opposes(rows).fill_null(False).cast("int64")
        net = folded(self, rows, frame)
        counted = rows.group_by(*frame.keys).aggregate(promoters=plus.sum(), detractors=minus.sum())
        both = net.inner_join(counted, list(frame.keys))
        return both.drop(
            *[f"{name}_right" for name in frame.keys if f"{name}_right" in both.columns]
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The net score of each part."""
        told: dict[Key, tuple[int, int]] = {}
        held = frame.run("moments", lambda: self.moments(rows, frame))
        for row in held:
            told[frame.key(row)] = (int(row["promoters"]), int(row["detractors"]))
        folds = folds_of(held, frame)
        return {
            key: [Found(net_score(p, int(folds[key][0].x) - p - d, d, folds[key]))]
            for key, (p, d) in told.items()
        }


@dataclass(frozen=True)
class Rate(Flow):
    """Events for each `per` units of exposure, both whole numbers of the rows."""

    events: Pick
    exposure: Pick
    per: float = 1000.0

    def halves(self, rows: Relation, frame: Frame) -> Halves:
        """Events and exposure of each row."""
        return rows, self.events(rows).fill_null(0), self.exposure(rows).fill_null(0)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Events and exposure, folded over clusters."""
        return folded(self, rows, frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The rate of each part."""
        found = {}
        for key, folds in read("moments", lambda: self.moments(rows, frame), frame).items():
            told = ratio(folds, int(folds[0].y), 0.0)
            found[key] = [Found(_times(told, self.per))]
        return found


@dataclass(frozen=True)
class Distribution(Flow):
    """The share of each bucket; together they make 1."""

    bucket: Pick
    buckets: tuple[str, ...]
    name: str = "bucket"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Rows by bucket, folded over clusters."""
        told = rows.mutate(_bucket=self.bucket(rows))
        told = told.filter(told["_bucket"].notnull())
        return bucketed(told, told, "_bucket", frame.keys, frame.clusters)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each bucket in each part."""
        folds = folds_by(
            frame.run("moments", lambda: self.moments(rows, frame)), "_bucket", frame.keys
        )
        return {
            key: [
                Found(said, {self.name: name}) for name, said in shares(book, self.buckets).items()
            ]
            for key, book in folds.items()
        }


@dataclass(frozen=True)
class Grouped(Flow):
    """Another shape over groups of rows: half-hours, or days of a person.

    group: columns that make a group, besides part and clusters. totals: what is known of each.
    """

    group: Mapping[str, Pick]
    totals: Mapping[str, Pick]
    then: Shape

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """The moments of the inner shape over one row a group."""
        return self.then.moments(self._grouped(rows, frame), frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The inner shape's values."""
        return self.then.measure(self._grouped(rows, frame), frame)

    def halves(self, rows: Relation, frame: Frame) -> Halves | None:
        """The inner shape's, of one row a group."""
        then = self.then
        return then.halves(self._grouped(rows, frame), frame) if is_linear(then) else None

    def _grouped(self, rows: Relation, frame: Frame) -> Relation:
        told = rows.mutate(**{f"_group_{name}": pick(rows) for name, pick in self.group.items()})
        names = [f"_group_{name}" for name in self.group]
        return told.group_by(
            *frame.keys, *dict.fromkeys((*frame.clusters, frame.day)), *names
        ).aggregate(**{name: pick(told) for name, pick in self.totals.items()})


def _by_day(frame: Frame) -> Frame:
    """The frame with days as the only clusters: what dispersion is measured over."""
    return replace(frame, clusters=(frame.day,))


def _count(total: int, squares: int, days: int) -> Estimate:
    return count(total, day_dispersion(total, squares, days), days)


def _share(folds: list) -> Estimate:  # type: ignore[type-arg]
    return share(int(folds[0].y), int(folds[0].x), folds)


def _times(told: Estimate, per: float) -> Estimate:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * per

    return Estimate(scaled(told.value), scaled(told.low), scaled(told.high), told.n, told.note)
