"""What a metric is: one declaration that says everything about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared
from regard.metrics.shape import Shape

Condition = Callable[[Relation], BooleanValue]


@dataclass(frozen=True)
class Exclusion:
    """Rows left out of both halves, counted under a reason.

    unless: ways to split; where a query splits or filters by one of them, the rows stay in.
    """

    reason: str
    when: Condition
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counter:
    """A metric that must not get worse while this one improves (METRICS §1.7).

    margin: by how much it may: a share of its value where relative, else in its own unit. where:
    filters that keep to those whom the guarded metric is about, as callers are. worse: the bad
    direction (`high`, `low`), for metrics that have no good one of their own.
    """

    key: str
    margin: float = 0.05
    relative: bool = True
    where: tuple[tuple[str, str], ...] = ()
    worse: str = ""


@dataclass(frozen=True)
class Example:
    """A worked example: rows of the fact (columns left out are empty) and what they come to.

    as_of: the instant looked from, ISO. by: for shapes with several values, which one. since: the
    first day meant, where not that of the first row. others: rows of further facts, by name.
    """

    rows: tuple[Mapping[str, Any], ...]
    value: float | None
    as_of: str = "2026-03-31T00:00:00+00:00"
    by: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    since: str = ""
    others: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """One measure of service.

    label, says, raises: its name, what it is, and the question it raises; marked for
    translation. numerator, denominator: in words. at: the column whose instant puts a row into
    a period. counts: the population; excludes: rows taken out of it, with reasons, in order.
    waiting: rows not finished yet; unknown: rows whose clock the source did not keep;
    provisional: rows that later events may still alter.
    requires: event tables without which there is no data; `one|other` where either will do.
    extend: further columns, computed from all rows of the fact, `_as_of`, and `_asked` (whether a
    row lies in the range: of others nothing need be told) before any filter. who: what `agent` and
    `team` mean where it is not the fact's own: a column, or several of which the first with a value
    counts (the solver, else the holder). ripe_seconds: how long after `at` a row can be judged;
    ripe_at: the column that says from when on, where that differs from row to row; ripe_within: the
    seconds after `at` by which all of them are. settle_seconds: how long a row keeps moving after
    `at`, as a ticket gathers messages: comparisons leave younger days out on both sides.
    better: `high`, `low` or `none`. cluster: see plan. least: under how many cases the value is
    withheld. cited: where the definition comes from. anonymous: published as a whole or not at
    all: no dates, filters, splits, rows or SQL (METRICS §5). reads: further facts in which the
    shape looks things up. variant_of: the metric that asks the same otherwise, by which judgements
    are made. hailed: where no direction is good in itself, the one that people take for success
    (`high` or `low`), so that its counter-metrics are looked at. judged: filters with which
    lists of changes ask, where the whole is a mixture: surveys after a contact and waves to all
    are never judged as one.
    """

    key: str
    theme: str
    label: str
    says: str
    raises: str
    fact: str
    at: str
    shape: Shape
    unit: str
    better: str
    numerator: str
    denominator: str
    requires: tuple[str, ...]
    example: Example
    cited: str
    version: int = 1
    clock: str = "calendar"
    counts: Condition | None = None
    excludes: tuple[Exclusion, ...] = ()
    waiting: Condition | None = None
    unknown: Condition | None = None
    provisional: Condition | None = None
    ripe_seconds: int = 0
    ripe_at: str = ""
    ripe_within: int = 0
    settle_seconds: int = 0
    counters: tuple[Counter, ...] = ()
    cluster: tuple[str, ...] = ("customer", "day")
    who: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    least: int = 0
    beside: tuple[str, ...] = ()
    anonymous: bool = False
    extend: Callable[[Relation], Relation] | None = None
    reads: tuple[str, ...] = ()
    variant_of: str = ""
    hailed: str = ""
    judged: tuple[tuple[str, str], ...] = ()

    @property
    def improves(self) -> str:
        """The direction that is taken for an improvement: `high`, `low`, or empty for neither."""
        return self.hailed or (self.better if self.better in ("high", "low") else "")

    @property
    def ripens(self) -> bool:
        """Whether its rows can be judged only some time after they happened."""
        return bool(self.ripe_seconds or self.ripe_at)


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by key."""
    return by_key(declared("regard.metrics.catalogue", "METRICS"), lambda one: one.key)


def metric(key: str) -> Metric:
    """The metric of that key."""
    if key not in catalogue():
        raise UnknownName("metric", key, catalogue())
    return catalogue()[key]
