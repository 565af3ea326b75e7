"""The tables of the demo's tickets: what they are, what changed in them, what was said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from regard.demo.calendars import WRITTEN
from regard.demo.chance import Whole, Words, happens, stream, words
from regard.demo.chats import CHAT, chat_rows
from regard.demo.clock import DAY, HOUR, NEVER
from regard.demo.drafts import Drafts
from regard.demo.histories import TEAM_IDS, Histories
from regard.demo.kinds import BRANDS, CHANNELS, KINDS, PRIORITIES, PRODUCTS
from regard.demo.rows import UNKNOWN, numbers, only, picked, rows_of
from regard.demo.texts import Matters, text_rows
from regard.demo.world import World

FOLLOWS = 0.03
"""Tickets that continue a matter solved in the week before."""
CHANNEL_NAMES = words([*(channel.name for channel in CHANNELS), "phone"])
MESSAGES_BY = words([*(channel.name for channel in CHANNELS), "email"])
"""The channel of a ticket's messages: what began on the line goes on by mail."""
FIRST_NUMBER = 10_001


def linked(rng: np.random.Generator, going: Histories) -> tuple[Drafts, Whole]:
    """The tickets with their customers, and the earlier ticket each continues (else UNKNOWN)."""
    found = going.drafts
    follows = np.full(len(found.created), UNKNOWN, dtype=np.int64)
    free = ~found.by_phone & (found.merged == UNKNOWN) & (found.fate == "solved")
    free &= happens(rng, FOLLOWS, len(free))
    for number in range(len(KINDS)):
        solved = np.flatnonzero((found.kind == number) & (going.solved < NEVER) & ~found.by_phone)
        solved = solved[np.argsort(going.solved[solved], kind="stable")]
        mine = np.flatnonzero(free & (found.kind == number))
        if len(solved) == 0:
            continue
        latest = going.solved[solved]
        place = np.searchsorted(latest, found.created[mine] - HOUR, side="right") - 1
        near = (place >= 0) & (found.created[mine] - latest[np.maximum(place, 0)] < 7 * DAY)
        follows[mine[near]] = solved[place[near]]
    customer = found.customer.copy()
    elder = np.where(follows != UNKNOWN, follows, found.merged)
    for ticket in np.flatnonzero(elder != UNKNOWN):  # the elder's customer is settled before
        customer[ticket] = customer[elder[ticket]]
    return replace(found, customer=customer), follows


def ticket_tables(
    world: World, ids: Words, going: Histories, found: Drafts, follows: Whole
) -> dict[str, pa.Table]:
    """Tickets, changes and messages before the end; ids: of the tickets; `found`: with settled
    customers.
    """
    end = world.window.end
    who = picked(world.customers.ids, found.customer)
    changes, messages = going.changes.before(end), going.messages.before(end)
    updated = found.created.copy()
    for log in (changes, messages):
        np.maximum.at(updated, log["ticket"], log["at"])
    chats = world.named("s", int((found.channel == CHAT).sum()))
    return {
        "ticket": _ticket_rows(world, ids, found, follows, updated),
        "ticket_change": _change_rows(changes, ids, who),
        "message": _message_rows(messages, ids, who, MESSAGES_BY[found.channel]),
        "message_text": text_rows(
            stream(world.seed, "texts"), _matters(world, found), ids, messages
        ),
        "chat_session": chat_rows(
            stream(world.seed, "chats"),
            found,
            going.hours,
            world.staff,
            messages,
            (chats, ids, who),
            end,
        ),
    }


def _matters(world: World, found: Drafts) -> Matters:
    channel = MESSAGES_BY[found.channel]
    return Matters(
        found.kind,
        picked(world.customers.language, found.customer),
        found.product,
        channel == "chat",
        np.isin(channel, ("email", "web")),
    )


def _ticket_rows(
    world: World, ids: Words, found: Drafts, follows: Whole, updated: Whole
) -> pa.Table:
    people, spoken = world.customers, found.by_phone
    who = picked(people.ids, found.customer)
    opener = picked(world.staff.ids, found.agent)
    first = FIRST_NUMBER + world.block * len(ids)
    return rows_of(
        "ticket",
        updated,
        ticket_id=ids,
        number=words([str(first + place) for place in range(len(ids))]),
        customer_id=who,
        channel=CHANNEL_NAMES[found.channel],
        created_at=found.created,
        created_by=np.where(spoken, opener, who),
        created_by_kind=np.where(spoken, "agent", "customer"),
        status=np.where(spoken, "open", "new"),
        type=words([kind.name for kind in KINDS])[found.kind],
        priority=words(PRIORITIES)[found.priority],
        demand=only(np.isin(found.fate, ("test", "internal")), found.fate),
        team=TEAM_IDS[found.team],
        agent=opener,
        product=words(PRODUCTS)[found.product],
        brand=words(BRANDS)[found.product],
        country=picked(people.country, found.customer),
        language=picked(people.language, found.customer),
        follows=picked(ids, follows),
        calendar_id=WRITTEN,
    )


def _change_rows(log: dict[str, Any], ids: Any, who: Any) -> pa.Table:
    ticket, value = log["ticket"], log["value"].copy()
    merges = np.flatnonzero(log["field"] == "merged_into")
    value[merges] = ids[value[merges].astype(np.int64)]
    by_customer = log["actor_kind"] == "customer"
    return rows_of(
        "ticket_change",
        log["at"],
        ticket_id=ids[ticket],
        change_id=numbers(log["ordinal"]),
        ordinal=log["ordinal"],
        at=log["at"],
        field=log["field"],
        value=value,
        raw_value=value,
        actor=np.where(by_customer, who[ticket], log["actor"]),
        actor_kind=log["actor_kind"],
        reason=log["reason"],
    )


def _message_rows(log: dict[str, Any], ids: Any, who: Any, channel: Any) -> pa.Table:
    ticket = log["ticket"]
    by_customer = log["author_kind"] == "customer"
    return rows_of(
        "message",
        log["at"],
        ticket_id=ids[ticket],
        message_id=numbers(log["ordinal"]),
        ordinal=log["ordinal"],
        sent_at=log["at"],
        author=np.where(by_customer, who[ticket], log["author"]),
        author_kind=log["author_kind"],
        public=log["public"],
        automatic=log["automatic"],
        channel=channel[ticket],
    )
