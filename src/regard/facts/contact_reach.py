"""Which persons' contacts a change reaches, and what these contacts are made of.

A contact depends on its own record, on its ticket and on those that this follows, on the calls and
chats about that ticket, on what was read in it, on complaints about it, on its customer, and on
the other contacts and customers of its person. So all tickets of a chain are reached together, and
all contacts of a person; a contact of which nobody knows whose it is stands alone.
"""

from collections.abc import Mapping

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table as Relation

from regard.facts.approaches import CALL, TICKET
from regard.facts.expressions import joined
from regard.facts.persons import CUSTOMER, customers_reached, with_person
from regard.facts.reach import Changes, Reach, held
from regard.stats.components import components
from regard.store.snapshot import Snapshot, in_memory

MOST = 0.3
"""Where more of all contacts are reached, they are all computed."""
CONTACT = ("source", "contact_kind", "contact_id")
NAMED = pa.schema([(name, pa.string()) for name in (*CONTACT, "ticket_id", "customer_id")])
OWNED = NAMED.append(pa.field("person", pa.string()))
TICKETS = pa.schema([(name, pa.string()) for name in TICKET])
SPOKEN = ("call", "chat")
OF_TICKETS = ("ticket_fact", "chaser_fact")


def contact_reach(
    changes: Changes, given: Mapping[str, Relation], former: Relation
) -> tuple[Reach, dict[str, Relation]] | None:
    """Whose contacts may differ from the `former`, and what of `given` they are made of.

    None where that is more than MOST of all.
    """
    snapshot = changes.snapshot
    person = given["person"]
    now = held(snapshot, "reach_now", with_person(_records(given), person), OWNED)
    every = ibis.union(now, former.select(*OWNED.names))
    chains = _chains(given["ticket_fact"])
    named = _named(changes)
    tickets = _linked(_tickets(changes, every, named, former), chains)
    tickets = held(snapshot, "reach_changed", tickets, TICKETS)
    customers = _customers(changes)
    met = ibis.union(
        every.semi_join(tickets, list(TICKET)),
        every.semi_join(named, list(CONTACT)),
        every.semi_join(customers, list(CUSTOMER)),
    )
    owners = ibis.union(met.select("person"), with_person(customers, person).select("person"))
    reach = Reach(
        owners.filter(owners.person.notnull()).distinct().to_pyarrow(),
        met.filter(met.person.isnull()).select(*CONTACT).distinct().to_pyarrow(),
    )
    mine = held(snapshot, "reach_mine", reach.of(now), OWNED)
    if _count(mine) > MOST * _count(now):
        return None
    return reach, {**given, **_narrowed(snapshot, given, reach, now, mine, chains)}


def _records(given: Mapping[str, Relation]) -> Relation:
    """All that may be a contact, in NAMED."""
    calls = joined(
        given["call_fact"].drop("ticket_id"), given["call"].select(*CALL, "ticket_id"), CALL
    )
    chasers = given["chaser_fact"]
    return ibis.union(
        _record(given["ticket_fact"], "ticket", "ticket_id"),
        _record(
            chasers.mutate(chaser_id=chasers.ticket_id + ibis.literal("/") + chasers.message_id),
            "chaser",
            "chaser_id",
        ),
        _record(calls, "call", "call_id"),
        _record(given["chat_session"], "chat", "session_id"),
        _record(given["post_fact"].mutate(ticket_id=ibis.null("string")), "post", "post_id"),
    )


def _record(rows: Relation, kind: str, own: str) -> Relation:
    return rows.select(
        "source",
        contact_kind=ibis.literal(kind),
        contact_id=rows[own],
        ticket_id=rows.ticket_id,
        customer_id=rows.customer_id,
    )


def _named(changes: Changes) -> Relation:
    """CONTACT of those whose own records changed, or what was read in them."""
    read = changes.fresh("reading")
    read = read.filter(read.subject.isin(("ticket", "call", "post")))
    told = (
        ("call", changes.of("call_fact"), "call_id"),
        ("chat", changes.fresh("chat_session"), "session_id"),
        ("post", changes.of("post_fact"), "post_id"),
    )
    return ibis.union(
        read.select("source", contact_kind="subject", contact_id="subject_id"),
        *(
            rows.select("source", contact_kind=ibis.literal(kind), contact_id=own)
            for kind, rows, own in told
        ),
    ).distinct()


def _tickets(changes: Changes, every: Relation, named: Relation, former: Relation) -> Relation:
    """The tickets that changed, and those of which what is known from elsewhere did.

    every: CONTACT with their tickets, before and now.
    """
    changed = ibis.union(*(changes.of(name).select(*TICKET) for name in OF_TICKETS))
    # What is said in a merged ticket passes to another one with it.
    spoken = every.filter(every.contact_kind.isin(SPOKEN))
    heard = ibis.union(
        spoken.semi_join(changed, list(TICKET)).select(*CONTACT),
        named.select(*CONTACT),
    )
    about = every.semi_join(heard, list(CONTACT)).select(*TICKET)
    complaint = changes.fresh("complaint")
    complained = complaint.filter(complaint.carrier == "ticket")
    # Of a complaint that changed nobody knows any more what it was about.
    paid = former.filter(former.outcome == "refunded").select(*TICKET)
    paid = paid.cross_join(complaint.aggregate(_rows=complaint.count()))
    every_one = ibis.union(
        changed,
        about,
        complained.select("source", ticket_id="carrier_id"),
        paid.filter(paid["_rows"] > 0).select(*TICKET),
        named.filter(named.contact_kind == "ticket").select("source", ticket_id="contact_id"),
    )
    return every_one.filter(every_one.ticket_id.notnull()).distinct()


def _customers(changes: Changes) -> Relation:
    """The customers who changed, or with whom they are one person."""
    joined_ = in_memory(customers_reached(changes.snapshot, changes.since, changes.apart))
    return ibis.union(changes.fresh("customer").select(*CUSTOMER), joined_).distinct()


def _chains(tickets: Relation) -> pa.Table:
    """The tickets that follow another or are followed: TICKETS and `chain`, a number."""
    links = tickets.filter(tickets.follows.notnull()).select(*TICKET, "follows").to_pyarrow()
    source = pa.chunked_array([*links["source"].chunks, *links["source"].chunks], pa.string())
    ids = pa.chunked_array([*links["ticket_id"].chunks, *links["follows"].chunks], pa.string())
    if not links.num_rows:
        return pa.table([source, ids, pa.array([], pa.int64())], names=[*TICKET, "chain"])
    names = pc.binary_join_element_wise(source, ids, "/").combine_chunks().dictionary_encode()
    places = names.indices.to_numpy().astype(np.int64)
    label = components(len(names.dictionary), *np.split(places, 2))[places]
    found = pa.table([source, ids, pa.array(label, pa.int64())], names=[*TICKET, "chain"])
    return found.group_by(found.column_names).aggregate([])


def _linked(tickets: Relation, chains: pa.Table) -> Relation:
    """The tickets and all of their chains."""
    if not chains.num_rows:
        return tickets
    every = in_memory(chains)
    met = every.semi_join(tickets, list(TICKET)).select("chain").distinct()
    return ibis.union(tickets, every.semi_join(met, "chain").select(*TICKET)).distinct()


def _narrowed(
    snapshot: Snapshot,
    given: Mapping[str, Relation],
    reach: Reach,
    now: Relation,
    mine: Relation,
    chains: pa.Table,
) -> dict[str, Relation]:
    """Of what is given, as much as the contacts `mine` are made of, and some more."""
    own = mine.filter(mine.ticket_id.notnull()).select(*TICKET).distinct()
    tickets = held(snapshot, "reach_tickets", _linked(own, chains), TICKETS)
    # Others may ring about a ticket: then it is but the record of that.
    calls = now.filter(now.contact_kind.isin(SPOKEN)).semi_join(tickets, list(TICKET))
    wanted = ibis.union(mine.select(*CONTACT), calls.select(*CONTACT)).distinct()
    wanted = held(snapshot, "reach_wanted", wanted, NAMED.empty_table().select(CONTACT).schema)
    customers = with_person(given["customer"], given["person"])
    owners = in_memory(reach.owners)
    read = ibis.union(
        tickets.select("source", subject_id="ticket_id"),
        wanted.select("source", subject_id="contact_id"),
    )
    parts = {
        **{name: given[name].semi_join(tickets, list(TICKET)) for name in OF_TICKETS},
        "call_fact": _of(given["call_fact"], wanted, "call", "call_id"),
        "call": _of(given["call"], wanted, "call", "call_id"),
        "chat_session": _of(given["chat_session"], wanted, "chat", "session_id"),
        "post_fact": _of(given["post_fact"], wanted, "post", "post_id"),
        "reading": given["reading"].semi_join(read.distinct(), ["source", "subject_id"]),
        "customer": customers.semi_join(owners, "person").select(*given["customer"].columns),
    }
    return {
        name: held(snapshot, f"reached_{name}", rows, rows.schema().to_pyarrow())
        for name, rows in parts.items()
    }


def _of(rows: Relation, wanted: Relation, kind: str, own: str) -> Relation:
    named = wanted.filter(wanted.contact_kind == kind).select("source", **{own: "contact_id"})
    return rows.semi_join(named, ["source", own])


def _count(rows: Relation) -> int:
    return int(rows.count().to_pyarrow().as_py())
