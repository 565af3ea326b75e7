"""How a metric is counted: the engine sums what a shape asks for, Python concludes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa
from ibis.expr.types import BooleanValue, TimestampValue
from ibis.expr.types import Table as Relation

from regard.metrics.week import Cover
from regard.stats.estimate import Estimate

Key = tuple[str, ...]
Lays = Callable[[], Relation]


@dataclass(frozen=True)
class Found:
    """One value of a part: its estimate, the names that tell it from others, what to add."""

    estimate: Estimate
    by: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What a shape works in.

    keys: the columns of `rows` (texts, never empty) whose values name a part. clusters: columns
    that name what rows come in, several ways. quantile: which one. days: how many local days a
    part covers; cover: the days and seconds of a part of which anything can be known, or with
    True all of them, the future among them; day: the column that names a row's day. moments: per
    part, the instants at which a level is read, by the column `moment_key`; spans: from when
    until when each part runs, and whole: all rows of the fact, for what is measured over a stretch.
    others: further facts that the metric reads. currency, zone: the workspace's and the query's.
    run: the rows of a relation, table: the same as columns; hold: the relation computed once. All
    are given a name, unlike
    any other of the shape, and how to lay it out: that is done once, and must depend on nothing
    but the shape and this frame's names. told: a table that a function makes of the frame; given:
    a table of what was found before, under a name. instant: of the `moments`, `moment_0` and so
    on; of the `spans`, where the first begins (`since`) and the last ends (`until`).
    """

    keys: tuple[str, ...]
    clusters: tuple[str, ...]
    quantile: float
    days: Callable[[Key], int]
    run: Callable[[str, Lays], list[dict[str, Any]]]
    hold: Callable[[str, Lays], Relation]
    table: Callable[[str, Lays], pa.Table]
    told: Callable[["Tabled"], Relation]
    instant: Callable[[str], TimestampValue]
    given: Callable[[str, pa.Table], Relation]
    day: str = "_day"
    moments: Sequence[tuple[str, datetime]] = ()
    moment_key: str = ""
    spans: Sequence[tuple[str, datetime, datetime]] = ()
    whole: Lays | None = None
    others: Mapping[str, Relation] = field(default_factory=dict)
    currency: str = "EUR"
    zone: str = "UTC"
    cover: Callable[[Key, bool], Cover] = lambda key, ahead: Cover(0, 0)

    def key(self, row: Mapping[str, Any]) -> Key:
        """The part that a row of moments belongs to."""
        return tuple(row[name] for name in self.keys)


Tabled = Callable[[Frame], pa.Table]


class Shape(Protocol):
    """A way to count. `stock` shapes read what stood at instants, the others what happened."""

    stock: bool
    additive: bool

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """What the engine is asked for first: one row a part or more (shown as the SQL)."""

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The values of every part that has rows."""

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Which of the counted rows the value is made of; None: all of them."""

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """The value of a part without rows."""
