"""How the demo's customers were served, ticket by ticket: what other themes follow from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Whole
from regard.demo.clock import DAY, HOUR, NEVER
from regard.demo.rows import UNKNOWN
from regard.demo.themes.columns import instants, places, same, text_at, texts

SLOW_REPLY, SLOW_SOLUTION = 48 * HOUR, 7 * DAY
"""From when on people say that they were served badly."""
NOT_REAL = ("spam", "test", "internal", "merged")


@dataclass(frozen=True)
class Served:
    """One position a ticket, in the order of the table of tickets.

    customer: the position in the table of customers, UNKNOWN for none. replied: the first public
    reply by a person; solved, first_solved: the last and the first solution by one; NEVER for
    none. replies: how many public ones. real: not spam, test, internal or merged.
    """

    ids: pa.Array
    customer: Whole
    created: Whole
    replied: Whole
    first_solved: Whole
    solved: Whole
    replies: Whole
    real: Flags
    type: pa.Array
    channel: pa.Array
    team: pa.Array
    agent: pa.Array


def served(made: Mapping[str, pa.Table]) -> Served:
    """How every ticket was served, from tickets, changes and messages."""
    ticket, change = made["ticket"], made["ticket_change"]
    ids = texts(ticket["ticket_id"])
    size = len(ids)
    at, place = replies(made, ids)
    replied = np.full(size, NEVER, dtype=np.int64)
    np.minimum.at(replied, place, at)
    solved = change.filter(
        pc.and_(_is_field(change, "status"), pc.equal(change["value"], "solved"))
    )
    first, last = np.full(size, NEVER, dtype=np.int64), np.full(size, NEVER, dtype=np.int64)
    which, when = places(solved["ticket_id"], ids), instants(solved["at"])
    np.minimum.at(first, which, when)
    last[which] = when  # in order of time: the last one stays
    real = ~np.isin(places(ticket["demand"], NOT_REAL), range(len(NOT_REAL)))
    labelled = change.filter(_is_field(change, "demand"))
    unreal = places(labelled["value"], NOT_REAL) != UNKNOWN
    real[places(labelled["ticket_id"], ids)[unreal]] = False
    return Served(
        ids=ids,
        customer=places(ticket["customer_id"], made["customer"]["customer_id"]),
        created=instants(ticket["created_at"]),
        replied=replied,
        first_solved=first,
        solved=last,
        replies=np.bincount(place, minlength=size),
        real=real,
        type=texts(ticket["type"]),
        channel=texts(ticket["channel"]),
        team=_latest(change, "team", ids, ticket["team"]),
        agent=_latest(change, "agent", ids, ticket["agent"]),
    )


def replies(made: Mapping[str, pa.Table], ids: pa.Array) -> tuple[Whole, Whole]:
    """Public messages of people: their instants, and the positions of their tickets."""
    said = said_by_people(made)
    return instants(said["sent_at"]), places(said["ticket_id"], ids)


def said_by_people(made: Mapping[str, pa.Table]) -> pa.Table:
    """The public messages that people of ours wrote."""
    message = made["message"]
    return message.filter(pc.and_(pc.equal(message["author_kind"], "agent"), message["public"]))


def _is_field(change: pa.Table, field: str) -> Any:
    return pc.equal(change["field"], field)


def _latest(change: pa.Table, field: str, ids: pa.Array, first: pa.ChunkedArray) -> pa.Array:
    """A field's last value for each ticket; the first where it never changed."""
    mine = change.filter(_is_field(change, field))
    place = np.full(len(ids), UNKNOWN, dtype=np.int64)
    place[places(mine["ticket_id"], ids)] = np.arange(len(mine))
    return pc.coalesce(text_at(texts(mine["value"]), place), texts(first))


def slow_from(found: Served) -> Whole:
    """From which instant on each ticket counts as badly served; NEVER for a good one."""
    late = np.where(found.replied - SLOW_REPLY > found.created, found.created + SLOW_REPLY, NEVER)
    long = np.where(
        found.first_solved - SLOW_SOLUTION > found.created, found.created + SLOW_SOLUTION, NEVER
    )
    made: Whole = np.where(found.real, np.minimum(late, long), NEVER)
    return made


def second_bad(made: Mapping[str, pa.Table]) -> Whole:
    """For each customer, the instant of the second ticket that was served badly, else NEVER."""
    found = served(made)
    bad = slow_from(found)
    mine = np.flatnonzero((bad < NEVER) & (found.customer != UNKNOWN))
    order = mine[np.lexsort((bad[mine], found.customer[mine]))]
    who = found.customer[order]
    second = np.flatnonzero(np.diff(who, prepend=-1) == 0)
    made_so = np.full(len(made["customer"]), NEVER, dtype=np.int64)
    np.minimum.at(made_so, who[second], bad[order][second])
    return made_so


def is_of(column: pa.Array, *names: str) -> Flags:
    """Whether each text is one of these."""
    made: Flags = np.logical_or.reduce([same(column, name) for name in names])
    return made
