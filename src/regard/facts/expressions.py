"""Small expressions that several facts share."""

from functools import reduce

from ibis.expr.types import BooleanValue, IntegerValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

DAY = 86_400


def seconds_between(start: TimestampValue, end: TimestampValue) -> IntegerValue:
    """Whole seconds from start to end, each cut to the second so that parts add up; null if open.

    A null end is a null duration: a running clock has no length yet.
    """
    return whole_second(end) - whole_second(start)


def whole_second(at: TimestampValue) -> IntegerValue:
    """The second since 1970 in which an instant falls (DuckDB's seconds come with a fraction)."""
    return at.epoch_seconds().cast("float64").floor().cast("int64")


def is_one_of(value: Value, names: tuple[str, ...]) -> BooleanValue:
    """Whether a value is one of some names; false, not null, where there is no value."""
    return value.isin(names).fill_null(False)


def agrees(value: Value, other: Value) -> BooleanValue:
    """Whether two values are the same, two empty ones included."""
    return value.identical_to(other)


def joined(left: Relation, right: Relation, key: tuple[str, ...]) -> Relation:
    """Left join on columns of the same name, without the right side's copies of them."""
    both = left.left_join(right, list(key))
    return both.drop(*[f"{name}_right" for name in key])


def count_where(condition: BooleanValue) -> IntegerValue:
    """How many rows hold, 0 where none (Spark gives null for a condition that is always null)."""
    return condition.fill_null(False).cast("int64").sum().fill_null(0)


def any_of(*conditions: BooleanValue) -> BooleanValue:
    """Whether at least one holds."""
    return reduce(lambda one, other: one | other, conditions)
