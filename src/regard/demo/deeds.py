"""What the demo's people demonstrably did: the calls they took and the messages they wrote."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Whole
from regard.demo.clock import SECOND
from regard.demo.people import Staff

WRITING, RINGING = 1, 20
"""How much a deed weighs when a shift is laid around it: a call needs its person there."""


@dataclass(frozen=True)
class Deeds:
    """Who (position in the staff's ids) did something at which instant, and its weight."""

    who: Whole
    at: Whole
    weight: Whole


@dataclass(frozen=True)
class Talks:
    """Calls people took: who, when it rang, from when to when they spoke, the wrap's end."""

    who: Whole
    rang: Whole
    spoke: Whole
    ended: Whole
    wrapped: Whole


def deeds(staff: Staff, tables: Mapping[str, pa.Table]) -> Deeds:
    """What people did, from the tables `call_leg` and `message`."""
    legs = tables["call_leg"].filter(pc.is_valid(tables["call_leg"]["agent"]))
    by_people = pc.equal(tables["message"]["author_kind"], "agent")
    said = tables["message"].filter(by_people)
    return Deeds(
        who=np.concatenate([_who(staff, legs["agent"]), _who(staff, said["author"])]),
        at=np.concatenate([_whole(legs["starts_at"]), _whole(said["sent_at"])]),
        weight=np.repeat(np.array([RINGING, WRITING]), [len(legs), len(said)]),
    )


def talks(staff: Staff, call_leg: pa.Table, end: int) -> Talks:
    """The calls that people took, from the table `call_leg`; nothing lasts until `end`."""
    legs = call_leg.filter(pc.equal(call_leg["kind"], "agent"))
    rang, ended = _whole(legs["starts_at"]), _whole(legs["ends_at"])
    wrapped = np.minimum(ended + _whole(legs["wrap_seconds"]) * SECOND, end - SECOND)
    return Talks(
        who=_who(staff, legs["agent"]),
        rang=rang,
        spoke=rang + _whole(legs["ring_seconds"]) * SECOND,
        ended=ended,
        wrapped=np.maximum(wrapped, ended),
    )


def _who(staff: Staff, ids: pa.ChunkedArray) -> Whole:
    known = pa.array(staff.ids, pa.string())
    return _whole(pc.index_in(ids, value_set=known))


def _whole(values: pa.ChunkedArray) -> Whole:
    made: Whole = values.cast(pa.int64()).to_numpy()
    return made
