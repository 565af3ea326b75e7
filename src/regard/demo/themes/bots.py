"""The demo's bot: what it was asked, what came of it, and who wrote or called all the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Whole, Words, around, drawn, happens, stream, words
from regard.demo.clock import HOUR, NEVER, SECOND, whole_seconds
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import instants, numbered, places, same, text_at, texts
from regard.demo.themes.service import Served, served
from regard.demo.themes.told import of_bots
from regard.demo.world import Theme, World

FROM_CHAT = 0.65
"""Chats with people that began with the bot."""
IN_VAIN_TICKETS, IN_VAIN_CALLS = 0.05, 0.08
"""Tickets and calls whose customer had tried the bot in the week before."""
ALONE = 0.4
"""Sessions that nothing follows by design, for each ticket."""
IDENTIFIED = 0.72
OUTCOMES = ("resolved", "unconfirmed", "abandoned", "handed_over")
IN_VAIN_SHARES = (0.12, 0.62, 0.26, 0.0)
ALONE_SHARES = (0.42, 0.35, 0.19, 0.04)
"""The last: handed over when nobody was there, and nobody came."""
SAID_NO = 0.2
"""Of the unconfirmed: those who said that it was not solved."""
CHANNELS = ("chat", "phone", "social")
CHANNEL_SHARES = (0.7, 0.2, 0.1)
SECONDS = 95.0


@dataclass(frozen=True)
class Sessions:
    """One position a session; `ticket`: the position of the ticket it became, else UNKNOWN.

    like: the ticket or call whose kind of matter it has, as a position in `kinds`.
    """

    started: Whole
    customer: Whole
    ticket: Whole
    outcome: Words
    channel: Whole
    like: Whole


def bots(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The table of bot sessions."""
    rng = stream(world.seed, "bots")
    found = served(made)
    call = made["call"]
    kinds = pa.concat_arrays([found.type, texts(call["type"])])
    parts = [
        _before_chats(rng, found),
        _in_vain(rng, world, found, made),
        _alone(rng, world, found, made),
    ]
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.argsort(joined["started"], kind="stable")
    everything = Sessions(**{name: values[order] for name, values in joined.items()})
    return {"bot_session": _rows(rng, world, made, found, everything, kinds)}


def _before_chats(rng: np.random.Generator, found: Served) -> Sessions:
    """Chats that the bot handed to people: they become tickets."""
    chats = np.flatnonzero(same(found.channel, "chat") & found.real & (found.customer != UNKNOWN))
    chats = chats[happens(rng, FROM_CHAT, len(chats))]
    asked = rng.integers(40, 360, len(chats)) * SECOND
    return Sessions(
        started=found.created[chats] - asked,
        customer=found.customer[chats],
        ticket=chats,
        outcome=words(["handed_over"] * len(chats)),
        channel=np.zeros(len(chats), dtype=np.int64),
        like=chats,
    )


def _in_vain(
    rng: np.random.Generator, world: World, found: Served, made: Mapping[str, pa.Table]
) -> Sessions:
    """Sessions after which the same customer wrote or called within a week."""
    call = made["call"]
    caller = places(call["customer_id"], made["customer"]["customer_id"])
    arrived = instants(call["arrived_at"])
    who, at = np.concatenate([found.customer, caller]), np.concatenate([found.created, arrived])
    chance = np.repeat([IN_VAIN_TICKETS, IN_VAIN_CALLS], [len(found.created), len(arrived)])
    lucky = happens(rng, chance, len(who)) & (who != UNKNOWN)
    lucky[: len(found.created)] &= found.real & ~same(found.channel, "chat")
    some = np.flatnonzero(lucky)
    started = at[some] - whole_seconds(rng.uniform(0.3, 6 * 24, len(some)) * 3600)
    keep = started >= world.window.start
    some, started = some[keep], started[keep]
    return Sessions(
        started=started,
        customer=who[some],
        ticket=np.full(len(some), UNKNOWN, dtype=np.int64),
        outcome=words(OUTCOMES)[drawn(rng, IN_VAIN_SHARES, len(some))],
        channel=drawn(rng, CHANNEL_SHARES, len(some)),
        like=some,
    )


def _alone(
    rng: np.random.Generator, world: World, found: Served, made: Mapping[str, pa.Table]
) -> Sessions:
    """Sessions by anybody, when others write: about what they write about."""
    size = round(ALONE * world.tickets)
    like = rng.integers(0, len(found.created), size)
    started = found.created[like] + rng.integers(-3 * 3600, 3 * 3600, size) * SECOND
    started = np.clip(started, world.window.start, world.window.end - 2 * HOUR)
    who = world.customers.some(rng, size)
    known = instants(made["customer"]["first_seen_at"])[who] <= started
    known &= happens(rng, IDENTIFIED, size)
    return Sessions(
        started=started,
        customer=np.where(known, who, UNKNOWN),
        ticket=np.full(size, UNKNOWN, dtype=np.int64),
        outcome=words(OUTCOMES)[drawn(rng, ALONE_SHARES, size)],
        channel=drawn(rng, CHANNEL_SHARES, size),
        like=like,
    )


def _rows(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    found: Served,
    sessions: Sessions,
    kinds: pa.Array,
) -> pa.Table:
    size = len(sessions.started)
    end = world.window.end
    became = sessions.ticket != UNKNOWN
    place = np.maximum(sessions.ticket, 0)
    over = sessions.started + whole_seconds(np.clip(around(rng, SECONDS, 0.7, size), 8, 3000))
    over = np.where(became, found.created[place], np.minimum(over, end - SECOND))
    handed = np.where(sessions.outcome == "handed_over", over, NEVER)
    human = np.where(became, np.maximum(found.replied[place], handed), NEVER)
    human = np.where(human < end, human, NEVER)
    solved = sessions.outcome == "resolved"
    said_no = (sessions.outcome == "unconfirmed") & happens(rng, SAID_NO, size)
    customers = made["customer"]
    spoken = text_at(texts(customers["language"]), sessions.customer)
    tickets = made["ticket"]
    guessed = text_at(texts(tickets["language"]), np.minimum(sessions.like, len(tickets) - 1))
    return rows_of(
        "bot_session",
        np.where(human < NEVER, human, over),
        session_id=numbered(f"b{world.site}", size),
        customer_id=text_at(texts(customers["customer_id"]), sessions.customer),
        started_at=sessions.started,
        ended_at=over,
        handed_over_at=handed,
        human_at=human,
        channel=text_at(CHANNELS, sessions.channel),
        type=kinds.take(pa.array(sessions.like)),
        language=pc.coalesce(spoken, guessed),
        confirmed=pa.array(solved, mask=~(solved | said_no)),
        ticket_id=text_at(found.ids, sessions.ticket),
        outcome=sessions.outcome,
    )


THEMES = [Theme("bots", 20, bots, of_bots)]
