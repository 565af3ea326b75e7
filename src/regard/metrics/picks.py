"""What a shape takes from a row: a column by its name."""

from dataclasses import dataclass

from ibis.expr.types import Table as Relation
from ibis.expr.types import Value


@dataclass(frozen=True)
class Column:
    """The value of a column; unlike a lambda it can be asked for its name."""

    name: str

    def __call__(self, rows: Relation) -> Value:
        return rows[self.name]
