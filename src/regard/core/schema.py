"""The event model: what a table, a column and a row of it are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared

INSTANT = pa.timestamp("us", tz="UTC")
KINDS: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "instant": INSTANT,
    "date": pa.date32(),
    "whole": pa.int64(),
    "flag": pa.bool_(),
}
"""Kinds of column. `whole` holds counts, seconds and money in minor units; there are no floats."""

WORDS, NAMED = "words", "named"
PERSONAL = (WORDS, NAMED)
"""How a column is personal: words of or about somebody are blanked when the person is erased; for
what names somebody (an address) a pseudonym stands, so that rows stay apart and joined as before.
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A named value of one kind, with the sentence that says what it is.

    personal: one of PERSONAL where it is erased with a person; empty for all else.
    """

    name: str
    kind: str
    says: str
    personal: str = ""

    @property
    def type(self) -> pa.DataType:
        """The column's Arrow type."""
        return KINDS[self.kind]


SOURCE = Column("source", "text", "The system the row came from; its host where accounts differ.")
UPDATED_AT = Column("updated_at", "instant", "When the source last changed the row: newer wins.")
IMPORT_NUMBER = Column("import_number", "whole", "The import that brought the row.")


@dataclass(frozen=True)
class Table:
    """A table of the event model.

    identity: the columns that, with `source`, name a row. bucket: the identity column whose
    hash says in which partition a row lies for ever (None: the table is small and undivided).
    at: the instant of the event: rows after an as-of are not seen, later instants in a row that
    began before it are hidden (None: the row holds since ever).
    personal: it holds words or addresses of persons and may be erased apart from the rest.
    """

    name: str
    says: str
    identity: tuple[str, ...]
    own_columns: tuple[Column, ...]
    bucket: str | None = None
    at: str | None = None
    personal: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row, `source` first."""
        return (SOURCE.name, *self.identity)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column, `source` first, `updated_at` and `import_number` last."""
        return (SOURCE, *self.own_columns, UPDATED_AT, IMPORT_NUMBER)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of stored rows."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    def column(self, name: str) -> Column:
        """The column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"column of {self.name}", name, [c.name for c in self.columns])

    def row(self, **values: Any) -> Row:
        """A row with these values, unknown ones empty; a wrong name is an error with a hint."""
        names = [column.name for column in self.columns]
        for name in values:
            if name not in names:
                raise UnknownName(f"column of {self.name}", name, names)
        return {name: values.get(name) for name in names}


def columns(**said: str) -> tuple[Column, ...]:
    """Columns from `name="kind: sentence"` or `name="kind personal: sentence"`, in that order."""
    made = []
    for name, text in said.items():
        kind, _, says = text.partition(": ")
        kind, _, personal = kind.partition(" ")
        made.append(Column(name, kind, says, personal))
    return tuple(made)


@cache
def tables() -> dict[str, Table]:
    """Every table of the event model by name."""
    return by_key(declared("regard.core.events", "TABLES"), lambda table: table.name)


def table(name: str) -> Table:
    """The table of that name."""
    if name not in tables():
        raise UnknownName("table of the event model", name, tables())
    return tables()[name]
