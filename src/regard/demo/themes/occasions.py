"""The occasions on which the demo's customers could be asked, and what they feel then."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from regard.demo.chance import happens
from regard.demo.clock import NEVER, SECOND
from regard.demo.rows import UNKNOWN
from regard.demo.themes.asking import (
    LINK,
    MAIL,
    SMS,
    WEB,
    WIDGET,
    Occasions,
    occasions,
    together,
)
from regard.demo.themes.columns import instants, places, same
from regard.demo.themes.feelings import Feelings
from regard.demo.themes.forms import BOT, CALL, EFFORT, NPS, PMF, TICKET
from regard.demo.world import World

QUIET_TEAM = "billing"
BY_CHANNEL = {"chat": WIDGET, "social": LINK, "phone": SMS}
"""How people are asked after a ticket of that channel; by mail after others."""
EASY = 0.18
"""Tickets after which people are asked how easy it was."""
ASKED_NPS, ASKED_PMF = 0.35, 0.3
AFTER_BOT = {"resolved": 1.15, "unconfirmed": 0.15, "abandoned": -0.8, "handed_over": -0.1}


def every_occasion(
    rng: np.random.Generator, world: World, made: Mapping[str, pa.Table], felt: Feelings
) -> Occasions:
    """In order of time, none at the end or later."""
    parts = [
        _after_tickets(rng, felt),
        _after_calls(made, felt),
        _after_bots(rng, made),
        *_about_the_whole(rng, world, made, felt),
    ]
    found = together(parts)
    return found.some(np.flatnonzero(found.at < world.window.end))


def _after_tickets(rng: np.random.Generator, felt: Feelings) -> Occasions:
    """After every matter of a known customer that ended, with or without a solution."""
    found = felt.found
    mine = np.flatnonzero((felt.over < NEVER) & found.real & (found.customer != UNKNOWN))
    easy = happens(rng, EASY, len(mine))
    by = np.array([*BY_CHANNEL.values(), MAIL])[places(found.channel, tuple(BY_CHANNEL))][mine]
    watched = same(found.team, QUIET_TEAM)[mine]
    columns = {"customer": found.customer[mine], "ticket": mine, "channel": by}
    made = occasions(TICKET, felt.over[mine], felt.ticket[mine], watched=watched, **columns)
    return Occasions(**{**vars(made), "form": np.where(easy, EFFORT, TICKET)})


def _after_calls(made: Mapping[str, pa.Table], felt: Feelings) -> Occasions:
    call = made["call"]
    caller = places(call["customer_id"], made["customer"]["customer_id"])
    mine = np.flatnonzero(same(call["outcome"], "answered") & (caller != UNKNOWN))
    at = instants(call["ended_at"])[mine]
    by = np.full(len(mine), SMS)
    return occasions(CALL, at, felt.call[mine], customer=caller[mine], call=mine, channel=by)


def _after_bots(rng: np.random.Generator, made: Mapping[str, pa.Table]) -> Occasions:
    bot = made["bot_session"]
    mine = np.flatnonzero(~same(bot["channel"], "phone"))
    who = places(bot["customer_id"], made["customer"]["customer_id"])[mine]
    better = np.array([*AFTER_BOT.values(), 0.0])
    outcome = places(bot["outcome"], tuple(AFTER_BOT))
    content = better[outcome[mine]] + 0.5 * rng.standard_normal(len(mine))
    at = instants(bot["ended_at"])[mine]
    by = np.full(len(mine), WIDGET)
    return occasions(BOT, at, content, customer=who, bot=mine, channel=by)


def _about_the_whole(
    rng: np.random.Generator, world: World, made: Mapping[str, pa.Table], felt: Feelings
) -> list[Occasions]:
    """Every third month whether people would recommend us, once a year what if we were gone."""
    days, parts = world.window, []
    seen = instants(made["customer"]["first_seen_at"])
    for month in range(1, int(days.month[-1]) + 1):
        rounds = [(NPS, ASKED_NPS)] if month % 3 == 1 else []
        rounds += [(PMF, ASKED_PMF)] if month % 12 == 6 else []
        for form, share in rounds:
            first = np.flatnonzero(days.month == month)[0]
            at = int(days.hours[min(first + 9, len(days.days) - 1), 9])
            mine = np.flatnonzero((seen < at) & happens(rng, share, len(seen)))
            by = np.where(happens(rng, 0.85, len(mine)), MAIL, WEB)
            when = at + rng.integers(0, 6 * 3600, len(mine)) * SECOND
            parts.append(occasions(form, when, felt.customer[mine], customer=mine, channel=by))
    return parts
