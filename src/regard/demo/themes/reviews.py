"""Reviews of the demo's company and of two competitors on three sites, and our replies."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Real, Whole, around, drawn, happens, stream
from regard.demo.clock import HOUR, NEVER, SECOND, whole_seconds
from regard.demo.kinds import PRODUCTS
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.answering import score
from regard.demo.themes.columns import flags_where, followed, joined, numbered, text_at, texts
from regard.demo.themes.comments import comments, word_rows
from regard.demo.themes.feelings import Feelings, feelings, tongue
from regard.demo.themes.phrases import BAD, GOOD, LANGUAGES, MIXED
from regard.demo.themes.told import of_reviews
from regard.demo.world import Theme, World

SITES = ("shopvoice", "mapstars", "gadgetbench")
SITE_SHARES = (0.5, 0.35, 0.15)
HIGHEST = (5, 5, 10)
COMPETITORS = ("Nookline", "Domavia")
OF_TICKETS, OF_STRANGERS, OF_RIVALS = 0.07, 0.05, 0.045
"""Reviews for each ticket: by customers after it, by nobody known, and of the competitors."""
INVITED = 0.5
"""Of those who are content after a ticket; nobody else is asked."""
RIVAL_LEVEL = (0.55, 0.15)
OF_SHOP = 0.45
"""Reviews of the shop; the others are of a product."""
REPLIED, REPLIED_BAD, BY_MACHINE = 0.55, 0.85, 0.06
REPLY_SECONDS = 17 * 3600.0
NOISE = 0.6


@dataclass(frozen=True)
class Reviews:
    """One position a review. rival: in COMPETITORS, UNKNOWN for ours. like: its ticket."""

    at: Whole
    customer: Whole
    like: Whole
    felt: Real
    invited: Flags
    rival: Whole
    site: Whole


def reviews(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Reviews, their words, and our replies."""
    rng = stream(world.seed, "reviews")
    felt = feelings(world, made)
    parts = [_ours(rng, world, felt), *_rivals(rng, world, felt)]
    whole = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.argsort(whole["at"], kind="stable")
    found = Reviews(**{name: values[order] for name, values in whole.items()})
    size = len(found.at)
    ids = numbered(f"e{world.site}", size)
    spoken = text_at(LANGUAGES, drawn(rng, (0.4, 0.36, 0.08, 0.08, 0.08), size))
    language = pc.coalesce(tongue(made, found.customer), spoken)
    kinds = text_at(felt.found.type, found.like)
    mood = np.select([found.felt < -0.3, found.felt < 0.4], [BAD, MIXED], GOOD)
    words = word_rows("review", found.at, ids, "", comments(rng, mood, language, kinds))
    return {
        "review": _rows(rng, made, found, ids, language),
        "review_reply": _reply_rows(rng, world, found, ids),
        "words": followed(made, "words", words),
    }


def _ours(rng: np.random.Generator, world: World, felt: Feelings) -> Reviews:
    """Reviews of us, after tickets; the very content and the very angry write more often."""
    found = felt.found
    size = len(found.ids)
    keen = np.clip(0.6 + 0.5 * np.abs(felt.ticket - 0.4), 0.6, 2.0)
    ended = (felt.over < NEVER) & found.real
    known = ended & (found.customer != UNKNOWN) & happens(rng, OF_TICKETS * keen, size)
    strange = ended & happens(rng, OF_STRANGERS * keen, size)
    like = np.concatenate([np.flatnonzero(known), np.flatnonzero(strange)])
    stranger = np.arange(len(like)) >= known.sum()
    late = whole_seconds(rng.uniform(6, 9 * 24, len(like)) * 3600)
    content = felt.ticket[like]
    found_so = Reviews(
        at=np.where(felt.over[like] < NEVER, felt.over[like], 0) + late,
        customer=np.where(stranger, UNKNOWN, found.customer[like]),
        like=like,
        felt=content + NOISE * rng.standard_normal(len(like)),
        invited=~stranger & (content > 0.3) & happens(rng, INVITED, len(like)),
        rival=np.full(len(like), UNKNOWN, dtype=np.int64),
        site=drawn(rng, SITE_SHARES, len(like)),
    )
    return _before_end(world, found_so)


def _rivals(rng: np.random.Generator, world: World, felt: Feelings) -> list[Reviews]:
    parts = []
    for number, level in enumerate(RIVAL_LEVEL):
        size = round(OF_RIVALS * world.tickets)
        like = rng.integers(0, len(felt.found.ids), size)
        at = felt.found.created[like] + rng.integers(0, 2 * 86400, size) * SECOND
        rival = Reviews(
            at=at,
            customer=np.full(size, UNKNOWN, dtype=np.int64),
            like=np.full(size, UNKNOWN, dtype=np.int64),
            felt=level + rng.standard_normal(size),
            invited=np.zeros(size, dtype=bool),
            rival=np.full(size, number, dtype=np.int64),
            site=drawn(rng, SITE_SHARES, size),
        )
        parts.append(_before_end(world, rival))
    return parts


def _before_end(world: World, found: Reviews) -> Reviews:
    keep = np.flatnonzero(found.at < world.window.end)
    return Reviews(**{name: values[keep] for name, values in vars(found).items()})


def _rows(
    rng: np.random.Generator,
    made: Mapping[str, pa.Table],
    found: Reviews,
    ids: pa.Array,
    language: pa.Array,
) -> pa.Table:
    size = len(found.at)
    high = np.array(HIGHEST)[found.site]
    five = score(found.felt, (1, 5, False))
    stars = np.where(high == 10, 2 * five - rng.integers(0, 2, size), five)
    about = np.where(happens(rng, OF_SHOP, size), 0, 1 + rng.integers(0, len(PRODUCTS), size))
    ours = found.rival == UNKNOWN
    known = ("shop", *PRODUCTS, *COMPETITORS)
    subject = np.where(ours, about, 1 + len(PRODUCTS) + found.rival)
    return rows_of(
        "review",
        found.at,
        review_id=ids,
        site=text_at(SITES, found.site),
        side=text_at(("ours", "competitor"), (~ours).astype(np.int64)),
        subject=text_at(known, subject),
        posted_at=found.at,
        stars=stars,
        scale_max=high,
        invited=flags_where(ours, found.invited),
        customer_id=text_at(texts(made["customer"]["customer_id"]), found.customer),
        language=language,
    )


def _reply_rows(rng: np.random.Generator, world: World, found: Reviews, ids: pa.Array) -> pa.Table:
    """Replies by people of the first line, more often to bad reviews; a few by the bot."""
    size = len(found.at)
    chance = np.where(found.felt < -0.3, REPLIED_BAD, REPLIED)
    late = whole_seconds(np.minimum(around(rng, REPLY_SECONDS, 1.0, size), 25 * 86400))
    machine = happens(rng, BY_MACHINE, size)
    at = found.at + np.where(machine, 90 * SECOND, late)
    replies = (found.rival == UNKNOWN) & happens(rng, chance, size) & (at < world.window.end)
    mine = np.flatnonzero(replies)
    team = np.zeros(len(mine), dtype=np.int64)
    person = world.staff.pick(rng, team, np.minimum(at[mine], world.window.end - 2 * HOUR))
    who = np.where(machine[mine], world.staff.bot, person)
    return rows_of(
        "review_reply",
        at[mine],
        review_id=ids.take(pa.array(mine)),
        reply_id=joined(ids.take(pa.array(mine)), "-1"),
        at=at[mine],
        agent=world.staff.ids[who],
        automatic=machine[mine],
    )


THEMES = [Theme("reviews", 50, reviews, of_reviews)]
