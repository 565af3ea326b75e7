"""How content the demo's customers are with each ticket and call: what they will say of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Real, Whole, stream
from regard.demo.clock import DAY, HOUR, NEVER
from regard.demo.kinds import KINDS
from regard.demo.rows import UNKNOWN
from regard.demo.themes.columns import instants, places, same, text_at, texts, wholes
from regard.demo.themes.service import Served, served
from regard.demo.world import World

CONTENT = 1.1
"""0 lies between good and bad; one unit is about what people differ by."""
BY_CUSTOMER, BY_CONTACT = 0.45, 0.55
BY_WAIT, USUAL_WAIT = -0.2, 3.0
"""For each doubling of the wait for an answer, against so many hours; minutes in a chat."""
BY_REPLY, REOPENED, LONG, UNSOLVED = -0.08, -0.6, -0.45, -1.7
BY_KIND = {
    "refund": -0.25,
    "defect": -0.2,
    "complaint": -0.55,
    "cancellation": -0.2,
    "outage": -0.5,
}
BY_LANGUAGE = {"pl": -0.08, "ms": 0.15, "ar": 0.1, "bg": -0.12}
BY_TEAM = {"billing": -0.15, "technical": 0.1}
CALL_AGAIN, BY_MINUTE = -1.1, -0.12
UNSERVED = ("unsolved", "inactivity", "bot")
BY_PLAN = {"business": 0.15, "plus": 0.1, "free": -0.15}


@dataclass(frozen=True)
class Feelings:
    """Contentment by position of the customer, ticket and call; about −3 to 3.

    over: when each ticket ended: solved, or closed without it; NEVER while it goes on. again:
    calls after which the customer called about the same within a week.
    """

    found: Served
    customer: Real
    ticket: Real
    call: Real
    over: Whole
    again: Flags


def feelings(world: World, made: Mapping[str, pa.Table]) -> Feelings:
    """The same for every theme that asks."""
    rng = stream(world.seed, "feelings")
    found = served(made)
    size = len(made["customer"])
    mood = BY_CUSTOMER * rng.standard_normal(size) + _by(made["customer"]["language"], BY_LANGUAGE)
    over = np.where(found.solved < NEVER, found.solved, _closed(made, found))
    ticket = _of_tickets(found) + BY_CONTACT * rng.standard_normal(len(found.ids))
    call, again = _of_calls(made)
    call = call + BY_CONTACT * rng.standard_normal(len(call))
    ticket = ticket + _felt(mood, found.customer)
    caller = places(made["call"]["customer_id"], made["customer"]["customer_id"])
    call = call + _felt(mood, caller)
    met = np.concatenate([found.customer, caller])
    known = met != UNKNOWN
    total = np.bincount(met[known], np.concatenate([ticket, call])[known], minlength=size)
    count = np.bincount(met[known], minlength=size)
    whole = 0.45 * (total + 2 * CONTENT) / (count + 2) + 0.2 + mood
    whole = whole + _by(made["customer"]["plan"], BY_PLAN)
    return Feelings(found, whole, ticket, call, over, again)


def _felt(mood: Real, customer: Whole) -> Real:
    return np.where(customer != UNKNOWN, mood[np.maximum(customer, 0)], 0.0)


def _by(column: object, effects: Mapping[str, float]) -> Real:
    """The effect of each text; 0 for those that have none."""
    made: Real = np.array([*effects.values(), 0.0])[places(column, tuple(effects))]
    return made


def _of_tickets(found: Served) -> Real:
    chat = same(found.channel, "chat")
    until = np.where(found.replied < NEVER, found.replied, found.created + 5 * DAY)
    hours = np.maximum((until - found.created) / HOUR, 0.01) * np.where(chat, 60.0, 1.0)
    wait = np.clip(np.log2(hours / USUAL_WAIT), -3, 5)
    long = (found.first_solved < NEVER) & (found.first_solved - found.created > 4 * DAY)
    reopened = (found.solved < NEVER) & (found.solved > found.first_solved)
    made: Real = (
        CONTENT
        + BY_WAIT * wait
        + BY_REPLY * np.clip(found.replies - 1, 0, 6)
        + LONG * long
        + REOPENED * reopened
        + UNSOLVED * (found.solved == NEVER)
        + _by(found.type, BY_KIND)
        + _by(found.team, BY_TEAM)
    )
    return made


def _closed(made: Mapping[str, pa.Table], found: Served) -> Whole:
    """When tickets were closed without being solved."""
    change = made["ticket_change"]
    reasons = pa.array(UNSERVED)
    shut = change.filter(
        pc.and_(pc.equal(change["value"], "closed"), pc.is_in(change["reason"], value_set=reasons))
    )
    at = np.full(len(found.ids), NEVER, dtype=np.int64)
    at[places(shut["ticket_id"], found.ids)] = instants(shut["at"])
    return at


def _of_calls(made: Mapping[str, pa.Table]) -> tuple[Real, Flags]:
    call, legs = made["call"], made["call_leg"]
    queued = legs.filter(pc.equal(legs["kind"], "queue"))
    place, wait = places(queued["call_id"], call["call_id"]), wholes(queued["wait_seconds"])
    minutes = np.bincount(place, np.maximum(wait, 0), minlength=len(call)) / 60
    again = called_again(call)
    kind = _by(call["type"], BY_KIND)
    return CONTENT - 0.1 + BY_MINUTE * np.minimum(minutes, 12) + CALL_AGAIN * again + kind, again


def called_again(call: pa.Table) -> Flags:
    """Whether the caller called about the same kind of matter within the next seven days."""
    names = tuple(kind.name for kind in KINDS)
    kind, at = places(call["type"], names), instants(call["arrived_at"])
    known = pc.unique(call["customer_id"]).drop_null()
    who = places(call["customer_id"], known)
    order = np.lexsort((at, kind, who))
    follows = (who[order][1:] == who[order][:-1]) & (kind[order][1:] == kind[order][:-1])
    follows &= (who[order][1:] != UNKNOWN) & (at[order][1:] - at[order][:-1] <= 7 * DAY)
    again = np.zeros(len(at), dtype=bool)
    again[order[:-1]] = follows
    return again


def tongue(made: Mapping[str, pa.Table], customer: Whole) -> pa.Array:
    """The language of each customer."""
    return text_at(texts(made["customer"]["language"]), customer)
