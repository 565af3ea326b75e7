"""What a fact is: one wide row per thing, made from event tables by one expression."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared
from regard.core.schema import INSTANT, Column

LASTING = (
    "CASE WHEN ends_at < starts_at + INTERVAL 1 DAY THEN 2 "
    "WHEN ends_at < starts_at + INTERVAL 30 DAY THEN 1 ELSE 0 END"
)
"""How long a stretch lasts, roughly: what goes on still is 0."""
STANDING = "CASE WHEN ends_at < starts_at + INTERVAL 30 DAY THEN '' ELSE status END"
"""Of long stretches the status: most are of what is closed for good, and nobody asks for them."""


@dataclass(frozen=True)
class Fact:
    """One wide row per thing.

    key: the columns that name a row. bucket: the id by whose hash rows and the tables behind
    them are divided. reads: the event tables (and earlier facts) that `build` takes as keyword
    arguments, besides `clock` and `editions` where `opening_hours` says so and `deadlines` where
    `promises` does, and `person` where `persons` does. A fact of another bucket among them makes
    this one of a later level (`level_of`), computed whole but for `whose`. merges: whether merged
    tickets of one customer are one matter to it. persons: whether it looks at people over all
    sources. whole: its rows depend on those of other subjects, so that it too is always computed
    whole. whose: the column that says whose a row is, of a fact of a later level whose rows depend
    only on what is of the same one, and those of nobody each on itself alone. Of such a fact a
    rebuild makes the part that changes reach. reach: what finds that part (`facts/reach.py`); a
    fact without one takes the part of those it reads, which must be all of its bucket and `whose`.
    Rows are stored in the `order` of their first instant, so that a month is read without the rest.
    made_of: of these tables and facts its rows are made (left out: of the first it reads): where
    nobody has brought any, there are none, and nothing is computed.
    dimensions: the ways to split it, by name, and the column of each. words:
    further ways to split, computed when asked from the columns and `_as_of`. several: dimensions
    whose column holds any number of values parted by `;`: a row counts under each. columns: in
    stored order. anonymous: rows are of people who were promised that nobody sees them; no door
    shows or exports any.
    """

    name: str
    says: str
    one_row_per: str
    key: tuple[str, ...]
    bucket: str
    reads: tuple[str, ...]
    columns: tuple[Column, ...]
    build: Callable[..., Relation]
    dimensions: Mapping[str, str] = field(default_factory=dict)
    opening_hours: bool = False
    promises: bool = False
    merges: bool = False
    persons: bool = False
    whole: bool = False
    whose: str = ""
    reach: Callable[..., Any] | None = None
    made_of: tuple[str, ...] = ()
    words: Mapping[str, Callable[[Relation], Value]] = field(default_factory=dict)
    several: tuple[str, ...] = ()
    anonymous: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of stored rows."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def first(self) -> str | None:
        """The column of the instant at which a row begins; None where no column is an instant."""
        return next((one.name for one in self.columns if one.type == INSTANT), None)

    @property
    def order(self) -> tuple[str, ...]:
        """What rows are stored by, as terms of SQL: the first instant among them, then the key.

        Stretches come by how long they last first: of the short ones, those that stand at an
        instant began shortly before it, and only of the long ones, which come by their status, all
        must be looked at.
        """
        names = [column.name for column in self.columns]
        first = () if self.first is None else (self.first,)
        terms = tuple(f'"{name}"' for name in (*first, *self.key))
        if not {"starts_at", "ends_at"} <= set(names):
            return terms
        return (LASTING, *([STANDING] if "status" in names else []), *terms)

    def column(self, name: str) -> Column:
        """The column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"column of {self.name}", name, [c.name for c in self.columns])


@cache
def facts() -> dict[str, Fact]:
    """Every fact by name, in an order in which each comes after those it reads."""
    found = by_key(declared("regard.facts.builders", "FACTS"), lambda one: one.name)
    order: dict[str, Fact] = {}
    while len(order) < len(found):
        for name, one in found.items():
            needs = [read for read in one.reads if read in found]
            if name not in order and all(need in order for need in needs):
                order[name] = one
    return order


def fact(name: str) -> Fact:
    """The fact of that name."""
    if name not in facts():
        raise UnknownName("fact", name, facts())
    return facts()[name]


def level_of(one: Fact) -> int:
    """0 for what is made of events; one more than the highest fact of another bucket it reads.

    What is computed whole begins at 1.
    """
    found = [int(one.whole)]
    for name in one.reads:
        if name in facts():
            read = fact(name)
            found.append(level_of(read) + (read.bucket != one.bucket))
    return max(found)


def can_be(one: Fact, tables: Collection[str]) -> bool:
    """Whether there may be rows of a fact where these event tables have been brought."""
    return any(
        can_be(fact(name), tables) if name in facts() else name in tables
        for name in one.made_of or one.reads[:1]
    )
