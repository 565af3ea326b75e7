"""Tickets of one customer that were merged: the survivor speaks for all of them (METRICS rule 12).

The matter began when the first of them did, and what was said in any of them was said in it. A
merge of different customers' tickets is a link: each keeps its own clock and its own words.
"""

from collections.abc import Callable
from datetime import datetime

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.store.engine import MOMENT
from regard.store.snapshot import Snapshot, in_memory

TICKET = ("source", "ticket_id")
SPOKEN_IN = ("message", "call", "chat_session")
"""Tables of what is said in tickets: a row of a merged ticket passes to the survivor."""
PASSED_ON = (*SPOKEN_IN, "reading")
Names = tuple[str, str]
Known = tuple[str | None, datetime | None]
"""A ticket's customer and creation, where they are known."""
SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("merged_id", pa.string()),
        ("survivor", pa.string()),
        ("began_at", pa.timestamp("us", "UTC")),
    ]
)


def kin_of(snapshot: Snapshot, until: datetime | None = None) -> pa.Table:
    """Each merged ticket with its last survivor, and when the first of them all began, if known.

    Only tickets of one customer, and merges and tickets known at `until`. One row a ticket merged.
    """
    pairs = _pairs(snapshot, until)
    if not pairs.num_rows:
        return SCHEMA.empty_table()
    told = {(row["source"], row["ticket_id"]): row for row in _last(pairs)}
    known = _tickets(snapshot, pairs, until)
    heads = {one: _survivor(one, told, known) for one in told if one in known}
    began: dict[Names, datetime | None] = {}
    for one, head in heads.items():
        instants = (known[one][1], known[head][1], began.get(head))
        began[head] = min((at for at in instants if at is not None), default=None)
    rows = [
        {"source": one[0], "merged_id": one[1], "survivor": head[1], "began_at": began[head]}
        for one, head in sorted(heads.items())
        if head != one
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def with_kin(name: str, rows: Relation, kin: pa.Table) -> Relation:
    """The rows of an event table as their matter sees them."""
    if not kin.num_rows:
        return rows
    if name == "ticket":
        return _begun(rows, kin)
    if name in SPOKEN_IN:
        return _passed_on(rows, "ticket_id", "message_id" if name == "message" else "", kin)
    if name == "reading":
        read = _passed_on(rows.filter(rows.subject == "message"), "subject_id", "part", kin)
        return ibis.union(rows.filter(rows.subject != "message"), read)
    return rows


def related(
    snapshot: Snapshot, subjects: pa.Table, former: Callable[[str], Relation] | None = None
) -> pa.Table:
    """The tickets (source, id) and all that were ever merged with them, over any steps.

    former: by name, event tables as they were, where merges are to be taken from these.
    """
    pairs = _pairs(snapshot, None, former).to_pylist()
    column = subjects.schema.names[1]
    links: dict[Names, set[Names]] = {}
    for row in pairs:
        one, other = (row["source"], row["ticket_id"]), (row["source"], row["value"])
        links.setdefault(one, set()).add(other)
        links.setdefault(other, set()).add(one)
    if not links:
        return subjects
    found = set(zip(subjects["source"].to_pylist(), subjects[column].to_pylist(), strict=True))
    fresh = list(found)
    while fresh:
        beyond = links.get(fresh.pop(), set()) - found
        found |= beyond
        fresh += beyond
    listed = sorted(found)
    return pa.table(
        [pa.array([each[place] for each in listed], pa.string()) for place in (0, 1)],
        names=["source", column],
    )


def _pairs(
    snapshot: Snapshot,
    until: datetime | None,
    former: Callable[[str], Relation] | None = None,
) -> pa.Table:
    """Every time a ticket was said to be merged into another: source, ticket_id, value, at."""
    if "ticket" not in snapshot.manifest.tables:
        return pa.table({name: pa.array([], pa.string()) for name in (*TICKET, "value", "at")})
    read = former or snapshot.table
    change, ticket = read("ticket_change"), read("ticket")
    told = change.filter(change.field == "merged_into", change.value.notnull())
    said = ticket.filter(ticket.merged_into.notnull())
    both = ibis.union(
        told.select(*TICKET, "value", "at"),
        said.select(*TICKET, value=said.merged_into, at=ibis.null(MOMENT)),
    )
    if until is not None:
        both = both.filter(both["at"].isnull() | (both["at"] <= ibis.literal(until, MOMENT)))
    return both.order_by(*TICKET, both["at"].asc(nulls_first=True), "value").to_pyarrow()


def _last(pairs: pa.Table) -> list[dict[str, str]]:
    """The last word on each ticket: later rows stand later."""
    return list({(row["source"], row["ticket_id"]): row for row in pairs.to_pylist()}.values())


def _tickets(snapshot: Snapshot, pairs: pa.Table, until: datetime | None) -> dict[Names, Known]:
    """What is known of every ticket named."""
    sources = pa.concat_arrays([*pairs["source"].chunks, *pairs["source"].chunks])
    ids = pa.concat_arrays([*pairs["ticket_id"].chunks, *pairs["value"].chunks])
    named = in_memory(pa.table({"source": sources, "ticket_id": ids}))
    ticket = snapshot.table("ticket")
    found = ticket.semi_join(named, list(TICKET)).select(*TICKET, "customer_id", "created_at")
    if until is not None:
        found = found.filter(found.created_at <= ibis.literal(until, MOMENT))
    rows = found.to_pyarrow().to_pylist()
    return {
        (row["source"], row["ticket_id"]): (row["customer_id"], row["created_at"]) for row in rows
    }


def _survivor(
    one: Names,
    told: dict[Names, dict[str, str]],
    known: dict[Names, Known],
) -> Names:
    """The end of the chain of merges within one customer; a ring ends where it began."""
    seen, head = {one}, one
    while head in told:
        after = (head[0], told[head]["value"])
        if after in seen or after not in known:
            break
        mine, theirs = known[head][0], known[after][0]
        if mine is None or mine != theirs:
            break
        seen.add(after)
        head = after
    return head


def _begun(rows: Relation, kin: pa.Table) -> Relation:
    """Survivors begin when the first of their matter did."""
    began = in_memory(kin.select(["source", "survivor", "began_at"]))
    began = began.group_by("source", "survivor").aggregate(began_at=began.began_at.min())
    both = rows.left_join(
        began, [rows.source == began.source, rows.ticket_id == began.survivor]
    ).drop("source_right", "survivor")
    first: Value = ibis.least(both.created_at, both.began_at.cast(MOMENT))
    return both.mutate(created_at=first).select(*rows.columns)


def _passed_on(rows: Relation, column: str, part: str, kin: pa.Table) -> Relation:
    """Rows of merged tickets under the survivor's id; their own ids stay apart from its own."""
    moved = in_memory(kin.select(["source", "merged_id", "survivor"]))
    both = rows.left_join(
        moved, [rows.source == moved.source, rows[column] == moved.merged_id]
    ).drop("source_right")
    now = {column: ibis.coalesce(both.survivor, both[column])}
    if part:
        own = both[column] + ibis.literal("/") + both[part]
        now[part] = ibis.ifelse(both.survivor.notnull(), own, both[part])
    return both.mutate(**now).select(*rows.columns)
