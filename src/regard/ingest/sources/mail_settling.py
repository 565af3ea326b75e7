"""Mails of one import made to agree with those of earlier ones: a matter keeps its ticket.

A mail that joins a stored matter goes to its ticket; one that shows two stored tickets to be one
matter merges the others into the one that bears the matter's name, else into the earliest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import Row
from regard.ingest.parcel import Parcel
from regard.ingest.sources.mail_threads import Matter, matters, named_by
from regard.ingest.sources.mail_tickets import in_order, tables_of, tickets_of
from regard.store.snapshot import Snapshot, in_memory
from regard.store.store import Store

SEEN = {
    "customer": (("customer_id",), "first_seen_at"),
    "customer_identity": (("customer_id", "kind", "address"), "known_at"),
}
"""Tables of which each row says since when somebody is known: the earliest counts."""


@dataclass(frozen=True)
class _Stored:
    """What the store holds of the matters that new mails belong to.

    tickets: by id. messages: their rows. since: the rows of the tables SEEN, by table.
    """

    tickets: Mapping[str, Row]
    messages: Sequence[Row]
    since: Mapping[str, Sequence[Row]]

    def survivor(self, ticket_id: str) -> str:
        """The ticket that a ticket was merged into, or itself."""
        return str(self.tickets[ticket_id]["merged_into"] or ticket_id)


def settle(parcels: Sequence[Parcel], store: Store) -> list[Parcel]:
    """The parcels of one import with one ticket a matter, those of the store kept.

    The rows of all parcels of a source come with the first of them, each mail once.
    """
    settled: list[Parcel] = []
    done: set[str] = set()
    with store.snapshot() as snapshot:
        for parcel in parcels:
            rows: Mapping[str, pa.Table] = {}
            if parcel.source not in done:
                done.add(parcel.source)
                same = [one for one in parcels if one.source == parcel.source]
                rows = tables_of(_together(same, snapshot))
            settled.append(replace(parcel, rows=rows))
    return settled


def _together(parcels: Sequence[Parcel], snapshot: Snapshot) -> dict[str, list[Row]]:
    """The rows of parcels of one source, and those of the store that must change with them."""
    fresh: dict[str, list[Row]] = {}
    hints: dict[str, str] = {}
    for parcel in parcels:
        listed = {name: rows.to_pylist() for name, rows in parcel.rows.items()}
        hints |= _hints(listed.get("ticket", ()), listed.get("message", ()))
        for name, rows in listed.items():
            fresh.setdefault(name, []).extend(rows)
    messages = _newest(fresh.get("message", ()))
    words = _newest(fresh.get("message_text", ()))
    stored = _stored(parcels[0].source, messages, fresh, snapshot)
    homes = {one["message_id"]: one["ticket_id"] for one in stored.messages}
    tickets, places = _tickets(messages, stored, homes, hints)
    for name, row in messages.items():
        row["ticket_id"] = homes.get(name, places[name])
    for name, row in words.items():
        row["ticket_id"] = messages[name]["ticket_id"]
    people = {
        name: _earliest([*fresh.get(name, ()), *stored.since[name]], *of)
        for name, of in SEEN.items()
    }
    agents = {"agent": list(_by(fresh.get("agent", ()), ("agent_id",)).values())}
    said = {"message": list(messages.values()), "message_text": list(words.values())}
    return {"ticket": tickets, **said, **people, **agents}


def _tickets(
    messages: Mapping[str, Row],
    stored: _Stored,
    homes: Mapping[str, str],
    hints: Mapping[str, str],
) -> tuple[list[Row], dict[str, str]]:
    """The rows of tickets, and by message id the ticket of its matter."""
    old = {one["message_id"]: one for one in stored.messages}
    newer = {
        name: row
        for name, row in messages.items()
        if name not in old or row["sent_at"] >= old[name]["sent_at"]
    }
    every = [*newer.values(), *(row for name, row in old.items() if name not in newer)]
    hints = {**_hints(stored.tickets.values(), stored.messages), **hints}
    known = {name: stored.survivor(home) for name, home in homes.items()}
    places: dict[str, str] = {}
    merged: list[Row] = []
    for matter in matters(every, known):
        before = {known[name] for name in matter.messages if name in known}
        place = _place(matter, before, stored)
        places |= dict.fromkeys(matter.messages, place)
        merged += _merge(before, place, stored)
    told = tickets_of(({**row, "ticket_id": places[row["message_id"]]} for row in every), hints)
    return [*told, *merged], places


def _place(matter: Matter, before: Iterable[str], stored: _Stored) -> str:
    """The ticket of a matter, given the stored tickets that it has been so far."""
    if not before or matter.ticket_id in before:
        return matter.ticket_id
    return min(before, key=lambda one: (stored.tickets[one]["created_at"], one))


def _merge(before: Iterable[str], place: str, stored: _Stored) -> list[Row]:
    """The rows of stored tickets that are another's from now on."""
    return [
        {**row, "merged_into": place}
        for name, row in stored.tickets.items()
        if name != place and stored.survivor(name) in before and row["merged_into"] != place
    ]


def _hints(tickets: Iterable[Row], messages: Iterable[Row]) -> dict[str, str]:
    """By message id, whom the first public mail of ours in a ticket was to.

    Where the customer never wrote, the ticket is for that one.
    """
    first: dict[str, Row] = {}
    for message in messages:
        if message["author_kind"] == "agent" and message["public"]:
            ticket = message["ticket_id"]
            first[ticket] = min(message, first.get(ticket, message), key=in_order)
    return {
        first[row["ticket_id"]]["message_id"]: row["customer_id"]
        for row in tickets
        if row["ticket_id"] in first and row["customer_id"] is not None
    }


def _newest(rows: Iterable[Row]) -> dict[str, Row]:
    """By message id, the row last sent; of equals the last."""
    found: dict[str, Row] = {}
    for row in rows:
        other = found.get(row["message_id"])
        if other is None or row["updated_at"] >= other["updated_at"]:
            found[row["message_id"]] = row
    return found


def _by(rows: Iterable[Row], key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    """By key, the row last changed."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        if name not in found or row["updated_at"] >= found[name]["updated_at"]:
            found[name] = row
    return found


def _earliest(rows: Iterable[Row], key: Sequence[str], at: str) -> list[Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        if name not in found or row[at] < found[name][at]:
            found[name] = row
    return list(found.values())


# --- what the store holds ------------------------------------------------------------------------


def _stored(
    source: str,
    messages: Mapping[str, Row],
    fresh: Mapping[str, Sequence[Row]],
    snapshot: Snapshot,
) -> _Stored:
    names = {*messages, *(one for row in messages.values() for one in named_by(row))}
    touched = _touched(source, names, snapshot)
    merged = _rows("ticket", source, snapshot, ("ticket_id", "merged_into"))
    heads = pc.coalesce(merged["merged_into"], merged["ticket_id"])
    wanted = heads.filter(pc.is_in(merged["ticket_id"], touched)).unique()
    members = merged["ticket_id"].filter(pc.is_in(heads, wanted))
    tickets = _where("ticket", source, snapshot, "ticket_id", members)
    since = {
        name: _where(
            name,
            source,
            snapshot,
            "customer_id",
            pa.array([row["customer_id"] for row in fresh.get(name, ())], pa.string()),
        )
        for name in SEEN
    }
    return _Stored(
        {row["ticket_id"]: row for row in tickets},
        _where("message", source, snapshot, "ticket_id", members),
        since,
    )


def _touched(source: str, names: Iterable[str], snapshot: Snapshot) -> pa.Array:
    """The stored tickets of which a message is or names one of these mails."""
    wanted = pa.array(sorted(names), pa.string())
    rows = _rows("message", source, snapshot, ("ticket_id", "message_id", "refers_to"))
    rows = rows.combine_chunks()
    own = pc.is_in(rows["message_id"], wanted)
    split = pc.split_pattern(pc.fill_null(rows["refers_to"], ""), "\n").combine_chunks()
    hits = pc.is_in(pc.list_flatten(split), wanted)
    naming = rows["ticket_id"].take(pc.list_parent_indices(split).filter(hits))
    both = [*rows["ticket_id"].filter(own).chunks, *naming.chunks]
    return pa.chunked_array(both, pa.string()).unique()


def _rows(name: str, source: str, snapshot: Snapshot, columns: Sequence[str]) -> pa.Table:
    rows = snapshot.table(name)
    return rows.filter(rows.source == source).select(*columns).to_pyarrow()


def _where(
    name: str, source: str, snapshot: Snapshot, column: str, wanted: pa.Array | pa.ChunkedArray
) -> list[Row]:
    """The stored rows of a source whose column is one of those wanted, as parcels have them."""
    if not len(wanted):
        return []
    rows = snapshot.table(name)
    listed = in_memory(pa.table({column: wanted.unique()}))
    found = rows.filter(rows.source == source).semi_join(listed, [column])
    return list(found.drop("import_number").to_pyarrow().to_pylist())
