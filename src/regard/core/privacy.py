"""Whose a row is: the ways that lead from a row of the event model to a customer."""

from functools import cache

from regard.core.schema import WORDS, Table, tables

CUSTOMER, MESSAGE, VISITOR = "customer", "message", "visitor"
POINTERS = ("subject", "carrier")
"""Columns that say of which table a row is that another column names."""
IDENTITY, POST = "customer_identity", "post"
BY = "customer_id"
ACCOUNT = "account"
"""The column whose account on a network may be a customer's own."""
KIND = "_kind"


@cache
def owners(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By what a row of a table belongs to somebody: kinds of subject, and the columns with its id.

    A kind is `customer`, `visitor`, `account`, or a table whose rows name a customer; one of
    POINTERS stands for what that column of the row says.
    """
    told = {column.name for column in tables()[name].columns}
    found: list[tuple[str, tuple[str, ...]]] = [(CUSTOMER, (BY,))] if BY in told else []
    if name in _named_by():
        found.append((name, (_named_by()[name],)))
    # A column refers to a table by its name; what a table itself goes by refers to no other.
    found += [
        (each, (f"{each}_id",))
        for each in _named_by()
        if each != name and f"{each}_id" in told and tables()[name].identity != (f"{each}_id",)
    ]
    if {"ticket_id", "message_id"} <= told:
        found.append((MESSAGE, ("ticket_id", "message_id")))
    if VISITOR in told:
        found.append((VISITOR, (VISITOR,)))
    if name == POST:
        found.append((ACCOUNT, (ACCOUNT,)))
    found += [(one, (f"{one}_id",)) for one in POINTERS if {one, f"{one}_id"} <= told]
    return tuple(found)


@cache
def carriers() -> dict[str, tuple[str, ...]]:
    """Kinds of subject by the table whose rows are such, with the columns that name one."""
    found = {name: (id_,) for name, id_ in _named_by().items()}
    return found | {MESSAGE: ("ticket_id", "message_id")}


def words_of(declared: Table) -> tuple[str, ...]:
    """The columns of a table that are blanked with a person."""
    return tuple(one.name for one in declared.own_columns if one.personal == WORDS)


def ids_of(declared: Table) -> tuple[str, ...]:
    """The other texts of a table: some of them may be addresses in some systems."""
    return tuple(
        one.name for one in declared.own_columns if one.kind == "text" and not one.personal
    )


@cache
def namers(name: str) -> tuple[tuple[str, str], ...]:
    """Columns of a table that hold ids of customers, each with the column that says so.

    That one is empty where the first always holds a customer's id; else it does where that column
    says `customer`.
    """
    told = {column.name for column in tables()[name].columns}
    found = [(BY, "")] if BY in told else []
    found += [
        (kind.removesuffix(KIND), kind)
        for kind in sorted(told)
        if kind.endswith(KIND) and kind.removesuffix(KIND) in told
    ]
    if {"subject", "subject_id"} <= told:
        found.append(("subject_id", "subject"))
    return tuple(found)


@cache
def _named_by() -> dict[str, str]:
    """Tables whose rows name a customer, and the one column that names the row."""
    return {
        name: one.identity[0]
        for name, one in tables().items()
        if len(one.identity) == 1
        and one.identity[0] != BY
        and BY in (column.name for column in one.own_columns)
    }
