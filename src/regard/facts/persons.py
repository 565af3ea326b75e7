"""Customers of any source who are one person: they share a mail address, a phone or an outer id.

A person is named after the first of their customers, as `source/customer`. An address that more
than SHARED customers of one source have (a family's, a switchboard's, a test account's) joins
nobody, and neither does a handle: the same name on two networks is two people until they say so.
"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import joined
from regard.stats.components import components
from regard.store.engine import MOMENT
from regard.store.snapshot import Snapshot, in_memory

IDENTITY = "customer_identity"
JOINING = ("mail", "phone", "external")
SHARED = 5
PERSONS = pa.schema(
    [("source", pa.string()), ("customer_id", pa.string()), ("person", pa.string())]
)
CUSTOMER = ("source", "customer_id")


def persons_of(
    snapshot: Snapshot, apart: Sequence[str] = (), until: datetime | None = None
) -> Relation:
    """The customers who are one person with another, in PERSONS; all others are by themselves.

    apart: customers, as `source/id`, who are joined with nobody. until: by addresses known then.
    """
    return in_memory(_joined(_addresses(snapshot, apart, until)))


def customers_reached(snapshot: Snapshot, since: int, apart: Sequence[str] = ()) -> pa.Table:
    """The customers whose person the addresses of imports after number `since` may have changed.

    `source`, `customer_id`. All who were one person with one of them are among them, and all who
    are now: an address joined before, or does now, if it is not one of too many in both. Addresses
    are never taken away, so that those that came before hold for both.
    """
    linked = _joined(_addresses(snapshot, apart, None, since))
    if IDENTITY not in snapshot.manifest.tables or not linked.num_rows:
        return linked.select(list(CUSTOMER))
    known = snapshot.table(IDENTITY)
    fresh = known.filter(known.import_number > since).select(*CUSTOMER).distinct()
    every = in_memory(linked)
    theirs = every.semi_join(fresh, list(CUSTOMER)).select("person").distinct()
    return every.semi_join(theirs, "person").select(*CUSTOMER).to_pyarrow()


def with_person(rows: Relation, person: Relation) -> Relation:
    """The rows with the column `person`; empty where the customer is not known."""
    told = joined(rows, person, CUSTOMER)
    own: StringValue = told.source + ibis.literal("/") + told.customer_id
    return told.mutate(person=ibis.coalesce(told.person, own))


def _addresses(
    snapshot: Snapshot, apart: Sequence[str], until: datetime | None, since: int | None = None
) -> pa.Table:
    """Who has which address that may join: source, customer_id, kind, address.

    since: only what was imported up to that number can make an address one of too many.
    """
    if IDENTITY not in snapshot.manifest.tables:
        return pa.table(
            {name: pa.array([], pa.string()) for name in (*CUSTOMER, "kind", "address")}
        )
    known = snapshot.table(IDENTITY)
    known = known.filter(known.kind.isin(JOINING), known.address.notnull())
    if until is not None:
        known = known.filter(
            known.known_at.isnull() | (known.known_at <= ibis.literal(until, MOMENT))
        )
    if apart:
        name = known.source + ibis.literal("/") + known.customer_id
        known = known.filter(name.notin(list(apart)))
    told = _told(known)
    before = told if since is None else _told(known.filter(known.import_number <= since))
    here = before.group_by("source", "kind", "address").aggregate(holders=before.count())
    shared = here.filter(here.holders > SHARED).select("kind", "address").distinct()
    held = told.anti_join(shared, ["kind", "address"])
    several = held.group_by("kind", "address").aggregate(holders=held.count())
    several = several.filter(several.holders > 1)
    return held.semi_join(several, ["kind", "address"]).to_pyarrow()


def _told(known: Relation) -> Relation:
    return known.select(*CUSTOMER, "kind", address=known.address.strip().lower()).distinct()


def _joined(held: pa.Table) -> pa.Table:
    """PERSONS of customers linked by the addresses they share, over any number of steps."""
    if not held.num_rows:
        return PERSONS.empty_table()
    slash = pa.scalar("/")
    name = pc.binary_join_element_wise(held["source"], held["customer_id"], slash)
    who = name.combine_chunks().dictionary_encode()
    at = pc.binary_join_element_wise(held["kind"], held["address"], slash)
    where = at.combine_chunks().dictionary_encode()
    people = len(who.dictionary)
    size = people + len(where.dictionary)
    mine = who.indices.to_numpy().astype(np.int64)
    theirs = where.indices.to_numpy().astype(np.int64) + people
    label = components(size, mine, theirs)[:people]
    names = np.asarray(who.dictionary.to_pylist(), dtype=object)
    order = np.lexsort((names.astype(str), label))
    head = np.empty(people, dtype=object)
    starts = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]])
    head[order] = np.repeat(names[order][starts], np.diff(np.r_[starts, people]))
    first = np.unique(mine, return_index=True)[1]
    once = held.take(pa.array(first))
    rows = pa.table(
        {
            "source": once["source"],
            "customer_id": once["customer_id"],
            "person": pa.array(head, pa.string()),
        },
        schema=PERSONS,
    )
    return rows.sort_by([("source", "ascending"), ("customer_id", "ascending")])
