"""Who is credited for what a survey asks about: the people who served before it was sent."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Whole
from regard.demo.rows import UNKNOWN
from regard.demo.themes.columns import instants, joined, places, texts
from regard.demo.themes.service import said_by_people


def credited(made: Mapping[str, pa.Table], ticket: Whole, call: Whole, frozen: Whole) -> pa.Array:
    """Ids of people as a JSON list for each invitation.

    ticket, call: positions of what each is about, else UNKNOWN. frozen: senders after this
    instant are not credited.
    """
    said, legs = said_by_people(made), made["call_leg"]
    spoke = legs.filter(pc.equal(legs["kind"], "agent"))
    people = pc.unique(made["agent"]["agent_id"])
    in_ticket = _meant(ticket, len(made["ticket"]))[
        places(said["ticket_id"], made["ticket"]["ticket_id"])
    ]
    on_call = _meant(call, len(made["call"]))[places(spoke["call_id"], made["call"]["call_id"])]
    who = np.concatenate([places(said["author"], people), places(spoke["agent"], people)])
    at = np.concatenate([instants(said["sent_at"]), instants(spoke["starts_at"])])
    of = np.concatenate([in_ticket, on_call])
    fits = (of != UNKNOWN) & (who != UNKNOWN)
    fits &= at < frozen[np.maximum(of, 0)]
    pairs = np.unique(of[fits] * len(people) + who[fits])
    count = np.bincount(pairs // len(people), minlength=len(ticket))
    names = texts(people).take(pa.array(pairs % len(people)))
    offsets = pa.array(np.concatenate([[0], np.cumsum(count)]), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, names)
    some = joined('["', pc.binary_join(lists, '", "'), '"]')
    return pc.if_else(pa.array(count > 0), some, "[]")


def _meant(place: Whole, size: int) -> Whole:
    """The invitation about each ticket or call; the first, where there are two."""
    of = np.full(size, UNKNOWN, dtype=np.int64)
    mine = np.flatnonzero(place != UNKNOWN)[::-1]
    of[place[mine]] = mine
    return of
