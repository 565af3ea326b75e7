"""Rows laid out once for all instants: what differs from one asking to the next has a name.

Making SQL takes many times as long as computing what it asks for. The days, the as-of and the
filters of a question are therefore values under names: as literals, where the SQL is to be read,
or as variables of the engine's connection, so that the SQL of a question is made once.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.expr.types import IntegerValue, StringValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

from regard.metrics.offsets import Changes, offsets
from regard.store.engine import MOMENT

NEVER = 2**62
"""A second that no clock reaches."""
EQUALLY_MANY = 3
"""Changes of a zone's clock come in so many: a year has no more."""
Zoned = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Values:
    """Everything of a question that is a value. moments: instants. numbers: whole ones.

    texts: what is filtered by. tables: small ones, such as periods, without instants of other
    zones than UTC.
    """

    moments: Mapping[str, datetime] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, pa.Table] = field(default_factory=dict)

    def also(self, other: "Values") -> "Values":
        """Both together; names of the other come first."""
        names = [one.name for one in fields(self)]
        return Values(**{name: {**getattr(self, name), **getattr(other, name)} for name in names})


class Given(Protocol):
    """The values of a question, as expressions."""

    def moment(self, name: str) -> TimestampValue:
        """An instant."""

    def number(self, name: str) -> IntegerValue:
        """A whole number."""

    def text(self, name: str) -> StringValue:
        """A text."""

    def table(self, name: str) -> Relation:
        """A small table."""

    def within(self, rows: Relation, at: str, name: str) -> Relation:
        """Rows beside what is told of the stretch [_from, _until) of a table that holds `at`.

        Stretches do not overlap; rows of none are left out.
        """


@dataclass(frozen=True)
class Plainly:
    """Values as literals and tables in memory: SQL that says everything."""

    values: Values

    def moment(self, name: str) -> TimestampValue:
        """The instant itself."""
        return ibis.literal(self.values.moments[name], MOMENT)

    def number(self, name: str) -> IntegerValue:
        """The number itself."""
        return ibis.literal(self.values.numbers[name], "int64")

    def text(self, name: str) -> StringValue:
        """The text itself."""
        return ibis.literal(self.values.texts[name], "string")

    def table(self, name: str) -> Relation:
        """The rows themselves."""
        return zoned(ibis.memtable(self.values.tables[name]))

    def within(self, rows: Relation, at: str, name: str) -> Relation:
        """Joined by both ends, which every engine can."""
        told = self.table(name)
        both = rows.inner_join(told, [rows[at] >= told["_from"], rows[at] < told["_until"]])
        return both.drop("_from", "_until")


@ibis.udf.scalar.builtin(name="getvariable", signature=((dt.string,), MOMENT))
def _moment(of: str) -> Any: ...


@ibis.udf.scalar.builtin(name="getvariable", signature=((dt.string,), dt.int64))
def _number(of: str) -> Any: ...


@ibis.udf.scalar.builtin(name="getvariable", signature=((dt.string,), dt.string))
def _text(of: str) -> Any: ...


@dataclass(frozen=True)
class ByName:
    """Values as variables of the engine's connection. at: what stands before every name.

    table: a table that the engine knows, by its name and the rows that tell its columns.
    """

    values: Values
    at: str
    known: Callable[[str, pa.Table], Relation]

    def moment(self, name: str) -> TimestampValue:
        """The variable."""
        return _moment(f"{self.at}_{name}")

    def number(self, name: str) -> IntegerValue:
        """The variable."""
        return _number(f"{self.at}_{name}")

    def text(self, name: str) -> StringValue:
        """The variable."""
        return _text(f"{self.at}_{name}")

    def table(self, name: str) -> Relation:
        """The table under its name."""
        return zoned(self.known(f"{self.at}_{name}", self.values.tables[name]))

    def within(self, rows: Relation, at: str, name: str) -> Relation:
        """The last that has begun, looked up: a tenth of what joining by both ends takes."""
        told = self.table(name)
        both = rows.asof_join(told, rows[at] >= told["_from"])
        return both.filter(both[at] < both["_until"]).drop("_from", "_until")


Built = Callable[[Given], Relation]


@dataclass(frozen=True)
class Laying:
    """How rows are laid out. mark: what tells their SQL from any other, values aside.

    Without a mark it is made anew each time. whole: the fact's rows before any filter.
    """

    mark: Hashable | None
    values: Values
    rows: Built
    whole: Built

    def then(
        self, step: Hashable, values: Values, change: Callable[[Relation, Given], Relation]
    ) -> "Laying":
        """The same with a change of the rows, which `step` tells from any other change."""
        before = self.rows
        return replace(
            self,
            mark=None if self.mark is None else (self.mark, step),
            values=self.values.also(values),
            rows=lambda given: change(before(given), given),
        )

    def plainly(self) -> Relation:
        """The rows with every value as a literal."""
        return self.rows(Plainly(self.values))


def zoned(rows: Relation) -> Relation:
    """The rows with their instants in the type that instants have here."""
    kinds = rows.schema().items()
    casts = {name: rows[name].cast(MOMENT) for name, kind in kinds if kind.is_timestamp()}
    return rows.mutate(**casts) if casts else rows


def clock_changes(start: datetime, end: datetime, zone: str) -> Values:
    """What a zone's clock is ahead of UTC over [start, end), as numbers under names.

    Changes that never come fill up their number, so that most ranges have equally many.
    """
    found = offsets(start, end, zone)
    never = (NEVER, found[-1][1])
    numbers: dict[str, int] = {}
    for place, (since, ahead) in enumerate((*found, *[never] * (-len(found) % EQUALLY_MANY))):
        numbers |= {f"since_{place}": since, f"ahead_{place}": ahead}
    return Values(numbers=numbers)


def changes_of(values: Values, given: Given) -> Changes:
    """The same as expressions, for `local_second`."""
    many = sum(name.startswith("since_") for name in values.numbers)
    return [(given.number(f"since_{n}"), given.number(f"ahead_{n}")) for n in range(many)]


def in_sql(value: datetime | int | str) -> str:
    """A value as a literal of SQL."""
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{value.isoformat()}'"
    if isinstance(value, int):
        return f"{value}::BIGINT"
    return "'" + value.replace("'", "''") + "'"


def mark_of(value: Any) -> Hashable:
    """Something that can be looked up by, equal for what is declared alike.

    Functions stand for themselves, so that one made anew is another one.
    """
    if isinstance(value, Mapping):
        return tuple((mark_of(key), mark_of(one)) for key, one in value.items())
    if isinstance(value, tuple | list):
        return tuple(mark_of(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(mark_of(getattr(value, one.name)) for one in fields(value)))
    assert not isinstance(value, Value)
    return value
