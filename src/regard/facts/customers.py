"""Customers over all channels: who is joined with whom, and what each went through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as Relation

from regard.core.errors import UnknownName
from regard.core.schema import Table, tables
from regard.facts.persons import CUSTOMER, IDENTITY, JOINING, persons_of, with_person
from regard.store.marks import DIGITS, digits_of, is_phone
from regard.store.snapshot import Snapshot

BY, WHO = "customer_id", "person"
SOME = 10_000
"""How many names of customers are looked through for one that was mistyped."""


@dataclass(frozen=True)
class Coverage:
    """How far the customers of a source can be told, and found in others.

    customers: different ones among its rows. addressed: those with an address that may join.
    joined: those who are one person with a customer of any source. rows, identified: its rows that
    tell of a customer's doings, and how many of them say whose.
    """

    source: str
    customers: int
    addressed: int
    joined: int
    rows: int
    identified: int


@dataclass(frozen=True)
class Person:
    """Customers who are one person: `source/id` each, and the kinds of address they share."""

    name: str
    customers: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One thing that a person did or met: when, in which table, under which id."""

    at: datetime
    table: str
    source: str
    id: str


def coverage(snapshot: Snapshot, apart: Sequence[str] = ()) -> tuple[Coverage, ...]:
    """The coverage of every source that knows customers, by name."""
    deeds = [_deeds(snapshot, one) for one in _telling(snapshot)]
    if not deeds:
        return ()
    every = ibis.union(*deeds) if len(deeds) > 1 else deeds[0]
    counted = every.group_by("source").aggregate(
        rows=every.n.sum(), identified=every.n.sum(where=every[BY].notnull())
    )
    known = _known(snapshot, every)
    totals = known.group_by("source").aggregate(customers=known.count())
    joined = persons_of(snapshot, apart)
    found = {row["source"]: row for row in counted.to_pyarrow().to_pylist()}
    sizes = _by_source(totals, "customers")
    with_address = _by_source(_addressed(snapshot), "n")
    together = _by_source(joined.group_by("source").aggregate(n=joined.count()), "n")
    return tuple(
        Coverage(
            source,
            sizes.get(source, 0),
            with_address.get(source, 0),
            together.get(source, 0),
            int(found.get(source, {}).get("rows", 0)),
            int(found.get(source, {}).get("identified") or 0),
        )
        for source in sorted({*found, *sizes})
    )


def people(snapshot: Snapshot, apart: Sequence[str] = (), limit: int = 50) -> tuple[Person, ...]:
    """Those who are customers more than once, those with most customers first."""
    joined = persons_of(snapshot, apart)
    grouped = joined.group_by(WHO).aggregate(n=joined.count())
    first = grouped.order_by(grouped.n.desc(), WHO).limit(limit)
    rows = joined.semi_join(first, WHO).order_by(WHO, *CUSTOMER).to_pyarrow().to_pylist()
    if not rows:
        return ()
    kinds = _kinds(snapshot, joined.semi_join(first, WHO))
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row[WHO], []).append(f"{row['source']}/{row[BY]}")
    order = sorted(names, key=lambda name: (-len(names[name]), name))
    return tuple(Person(name, tuple(names[name]), kinds.get(name, ())) for name in order)


def timeline(snapshot: Snapshot, customer: str, apart: Sequence[str] = ()) -> tuple[Step, ...]:
    """Everything that the person whose customer is `source/id` did or met, in order of time.

    Words stand elsewhere and are not read. Raises UnknownName for a customer of no source.
    """
    steps = []
    joined = persons_of(snapshot, apart)
    person = _person_of(joined, customer)
    for one in _telling(snapshot):
        named = with_person(snapshot.table(one.name), joined)
        mine = named.filter(named[WHO] == person)
        at, key = str(one.at), one.identity
        told = mine.select("source", at=mine[at], id=mine[key[0]].cast("string"))
        for row in told.filter(told["at"].notnull()).to_pyarrow().to_pylist():
            steps.append(Step(row["at"], one.name, row["source"], row["id"]))
    if not steps:
        raise UnknownName("customer", customer, some_customers(snapshot))
    return tuple(sorted(steps, key=lambda step: (step.at, step.table, step.source, step.id)))


def same_person(
    snapshot: Snapshot, customer: str, apart: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The customers, as (source, id), who are one person with `source/id`, itself among them.

    Raises UnknownName for a customer of no source.
    """
    joined = persons_of(snapshot, apart)
    person = _person_of(joined, customer)
    telling = _naming(snapshot)
    found: set[tuple[str, str]] = set()
    for rows in telling:
        named = with_person(rows, joined)
        own = named.filter(named[WHO] == person).select(*CUSTOMER).distinct()
        found |= {(row["source"], row[BY]) for row in own.to_pyarrow().to_pylist()}
    if not found:
        raise UnknownName("customer", customer, _some_of(telling))
    return tuple(sorted(found))


def with_address(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """The customers, as `source/id`, who have a mail address, a telephone or an account's name.

    Also those whose id is that mail address or telephone. A telephone may be written in any way:
    its last digits count.
    """
    wanted = text.strip().lower()
    found = []
    if "@" in wanted.strip("@") or is_phone(wanted):
        found += [rows.filter(_is_address(rows[BY], wanted)) for rows in _naming(snapshot)]
    if IDENTITY in snapshot.manifest.tables:
        rows = snapshot.table(IDENTITY)
        told = rows.address.strip().lower()
        held = told.isin([wanted, wanted.removeprefix("@")]) & (rows.kind != "external")
        if is_phone(wanted):
            held |= (rows.kind == "phone") & (_last_digits(told) == digits_of(wanted))
        found.append(rows.filter(held))
    names = {
        (row["source"], row[BY])
        for rows in found
        for row in rows.select(*CUSTOMER).distinct().to_pyarrow().to_pylist()
    }
    return tuple(f"{source}/{id_}" for source, id_ in sorted(names))


def _is_address(id_: StringValue, wanted: str) -> BooleanValue:
    told: StringValue = id_.strip().lower()
    same: BooleanValue = told == wanted
    if "@" not in wanted:
        same = told.startswith("+") & (_last_digits(told) == digits_of(wanted))
    return same


def _last_digits(told: StringValue) -> StringValue:
    found: StringValue = told.re_replace(r"x.*|\D", "").right(DIGITS)
    return found


def known_customers(snapshot: Snapshot, names: Sequence[str]) -> set[str]:
    """Those of some names (`source/id`) that any table knows."""
    deeds = [_deeds(snapshot, one) for one in _telling(snapshot)]
    if not deeds:
        return set()
    known = _known(snapshot, ibis.union(*deeds) if len(deeds) > 1 else deeds[0])
    named = known.select(name=known.source + ibis.literal("/") + known[BY])
    rows = named.filter(named.name.isin(list(names))).to_pyarrow()["name"].to_pylist()
    return set(rows)


def _naming(snapshot: Snapshot) -> list[Relation]:
    """The tables that are there whose rows name a customer."""
    return [
        snapshot.table(name)
        for name, one in tables().items()
        if name in snapshot.manifest.tables and BY in one.schema.names
    ]


def _telling(snapshot: Snapshot) -> list[Table]:
    """The tables that are there whose rows are dated doings of a customer."""
    return [
        one
        for name, one in tables().items()
        if name in snapshot.manifest.tables
        and one.at is not None
        and not one.personal
        and BY in (column.name for column in one.own_columns)
    ]


def _deeds(snapshot: Snapshot, one: Table) -> Relation:
    rows = snapshot.table(one.name)
    return rows.group_by("source", BY).aggregate(n=rows.count())


def _known(snapshot: Snapshot, every: Relation) -> Relation:
    """Each customer once: of the rows, and of the customers described."""
    told = every.filter(every[BY].notnull()).select(*CUSTOMER)
    if "customer" in snapshot.manifest.tables:
        told = ibis.union(told, snapshot.table("customer").select(*CUSTOMER))
    return told.distinct()


def _addressed(snapshot: Snapshot) -> Relation:
    rows = snapshot.table(IDENTITY)
    rows = rows.filter(rows.kind.isin(JOINING), rows.address.notnull())
    once = rows.select(*CUSTOMER).distinct()
    return once.group_by("source").aggregate(n=once.count())


def _by_source(rows: Relation, column: str) -> dict[str, int]:
    return {row["source"]: int(row[column]) for row in rows.to_pyarrow().to_pylist()}


def _kinds(snapshot: Snapshot, joined: Relation) -> dict[str, tuple[str, ...]]:
    """By person, the kinds of address that two or more of their customers have alike."""
    held = snapshot.table(IDENTITY)
    held = held.filter(held.kind.isin(JOINING))
    told = held.select(*CUSTOMER, "kind", address=held.address.strip().lower()).distinct()
    both = told.inner_join(joined, list(CUSTOMER))
    alike = both.group_by(WHO, "kind", "address").aggregate(n=both.count())
    rows: list[dict[str, Any]] = alike.filter(alike.n > 1).to_pyarrow().to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row[WHO], set()).add(row["kind"])
    return {name: tuple(sorted(kinds)) for name, kinds in found.items()}


def _person_of(joined: Relation, customer: str) -> str:
    name = joined.source + ibis.literal("/") + joined[BY]
    rows = joined.filter(name == customer).to_pyarrow()[WHO].to_pylist()
    return str(rows[0]) if rows else customer


def _some_of(tables_: Sequence[Relation]) -> set[str]:
    """Names of customers of any table, the first of each."""
    known = set()
    for rows in tables_:
        first = rows.filter(rows[BY].notnull()).select(*CUSTOMER).distinct()
        first = first.order_by(*CUSTOMER).limit(SOME)
        known |= {f"{row['source']}/{row[BY]}" for row in first.to_pyarrow().to_pylist()}
    return known


def some_customers(snapshot: Snapshot) -> list[str]:
    """Names of customers to choose from: the first of them, for there may be millions."""
    rows = snapshot.table("customer").select(*CUSTOMER).order_by(*CUSTOMER).limit(SOME)
    return [f"{row['source']}/{row[BY]}" for row in rows.to_pyarrow().to_pylist()]
