"""What is said on networks of the demo's company and of two competitors, and who follows whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.i18n import N_
from regard.demo.chance import Real, Whole, around, drawn, happens, stream, words
from regard.demo.clock import HOUR, SECOND, instant, months_before, whole_seconds
from regard.demo.plants import Days, Plant, Planting, plant
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import (
    followed,
    in_one,
    instants,
    joined,
    numbered,
    text_at,
    texts,
)
from regard.demo.themes.comments import comments, word_rows
from regard.demo.themes.feelings import Feelings, feelings, tongue
from regard.demo.themes.phrases import BAD, GOOD, LANGUAGES, MIXED
from regard.demo.themes.told import of_social
from regard.demo.themes.whole import is_first
from regard.demo.world import Theme, World

NETWORKS = ("chirp", "framebook")
NETWORK_SHARES = (0.6, 0.4)
OURS = ("regarddemo", "regarddemo.home")
RIVALS = (("nookline", "nookline.home"), ("domavia", "domavia.home"))
"""Accounts on each network."""
MENTIONS, RIVAL_MENTIONS = 0.16, 0.06
"""Posts about us, and about each competitor, for each ticket."""
KNOWN, ADDED, ANSWERED_US = 0.55, 0.07, 0.6
"""Mentions by customers whom we know; with a further post; customers' answers to each of ours."""
REPLIED, BY_MACHINE, REPLY_SECONDS = 0.66, 0.05, 1.6 * 3600
IN_PUBLIC = -0.65
"""How much less content people are who say it in public."""
POSTS_A_WEEK = 2
CAMPAIGN_MENTIONS, CAMPAIGN_FOLLOWERS = 4.0, 1.2
FOLLOWERS = ((5200, 8100), (7400, 6900), (3100, 4800))
"""Of us and the competitors on each network, at the beginning."""
A_WEEK = (1.004, 1.0035, 1.002)
"""How followers grow in a week."""


@dataclass(frozen=True)
class Mentions:
    """Posts in which customers began to speak of us. customer: UNKNOWN where not known."""

    at: Whole
    customer: Whole
    network: Whole
    felt: Real
    like: Whole

    @property
    def mood(self) -> Whole:
        """What the words are like."""
        made: Whole = np.select([self.felt < -0.3, self.felt < 0.5], [BAD, MIXED], GOOD)
        return made


def mentions(world: World, made: Mapping[str, pa.Table], felt: Feelings) -> Mentions:
    """The mentions, in order of time; always the same."""
    rng = stream(world.seed, "mentions")
    size = round(MENTIONS * world.tickets)
    like = np.sort(rng.integers(0, len(felt.found.created), size))
    at = felt.found.created[like] + rng.integers(-3 * 3600, 3 * 3600, size) * SECOND
    at = np.clip(at, world.window.start, world.window.end - HOUR)
    who = world.customers.some(rng, size)
    known = happens(rng, KNOWN, size) & (instants(made["customer"]["first_seen_at"])[who] <= at)
    content = IN_PUBLIC + felt.customer[who] + 0.8 * rng.standard_normal(size)
    order = np.argsort(at, kind="stable")
    found = Mentions(
        at, np.where(known, who, UNKNOWN), drawn(rng, NETWORK_SHARES, size), content, like
    )
    return Mentions(**{name: values[order] for name, values in vars(found).items()})


def mention_ids(world: World, size: int) -> pa.Array:
    """The ids of the mentions, in their order."""
    return numbered(f"p{world.site}", size)


def social(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Posts, their words, and counts of followers."""
    rng = stream(world.seed, "social")
    felt = feelings(world, made)
    found = mentions(world, made, felt)
    ids = mention_ids(world, len(found.at))
    customers = texts(made["customer"]["customer_id"])
    authors = _authors(rng, found, customers)
    own, own_ids = _own_posts(rng, world)
    posts = [
        _mention_rows(rng, found, ids, customers, authors),
        *_added(rng, world, found, ids, customers, authors),
        _replies(rng, world, found, ids),
        own,
        _answers_to_us(rng, world, own, own_ids),
        *_rival_posts(rng, world, felt),
    ]
    spoken = text_at(LANGUAGES, drawn(rng, (0.4, 0.36, 0.08, 0.08, 0.08), len(found.at)))
    language = pc.coalesce(tongue(made, found.customer), spoken)
    kinds = text_at(felt.found.type, found.like)
    said = joined("@regarddemo ", comments(rng, found.mood, language, kinds))
    return {
        "post": in_one(posts),
        "words": followed(made, "words", word_rows("post", found.at, ids, "", said)),
        "account_snapshot": _snapshot_rows(stream(world.seed, "followers"), world),
    }


def _authors(rng: np.random.Generator, found: Mentions, customers: pa.Array) -> pa.Array:
    """The accounts of those who wrote."""
    strangers = numbered("user", rng.integers(1, 90_000, len(found.at)), 5)
    return pc.coalesce(joined("of-", text_at(customers, found.customer)), strangers)


def _post_rows(at: Whole, **said: Any) -> pa.Table:
    return rows_of("post", at, at=at, **said)


def _liked(rng: np.random.Generator, mean: float, size: int) -> Whole:
    made: Whole = rng.negative_binomial(0.7, 0.7 / (0.7 + mean), size).astype(np.int64)
    return made


def _mention_rows(
    rng: np.random.Generator, found: Mentions, ids: pa.Array, customers: pa.Array, authors: pa.Array
) -> pa.Table:
    return _post_rows(
        found.at,
        post_id=ids,
        network=text_at(NETWORKS, found.network),
        account=authors,
        side="customer",
        about=text_at(OURS, found.network),
        customer_id=text_at(customers, found.customer),
        likes=_liked(rng, 2.5, len(found.at)),
        automatic=False,
    )


def _added(
    rng: np.random.Generator,
    world: World,
    found: Mentions,
    ids: pa.Array,
    customers: pa.Array,
    authors: pa.Array,
) -> list[pa.Table]:
    """What people add to their own posts."""
    at = found.at + whole_seconds(rng.uniform(120, 20_000, len(found.at)))
    more = (found.customer != UNKNOWN) & happens(rng, ADDED, len(found.at))
    mine = np.flatnonzero(more & (at < world.window.end))
    return [
        _post_rows(
            at[mine],
            post_id=joined(ids.take(pa.array(mine)), "-m"),
            network=text_at(NETWORKS, found.network[mine]),
            account=authors.take(pa.array(mine)),
            side="customer",
            about=text_at(OURS, found.network[mine]),
            in_reply_to=ids.take(pa.array(mine)),
            customer_id=text_at(customers, found.customer[mine]),
            likes=_liked(rng, 0.5, len(mine)),
            automatic=False,
        )
    ]


def _replies(rng: np.random.Generator, world: World, found: Mentions, ids: pa.Array) -> pa.Table:
    """Our answers to mentions, by people of the first line; a few by the bot."""
    size = len(found.at)
    machine = happens(rng, BY_MACHINE, size)
    late = whole_seconds(np.minimum(around(rng, REPLY_SECONDS, 1.2, size), 20 * 86400))
    at = found.at + np.where(machine, 20 * SECOND, late)
    mine = np.flatnonzero(happens(rng, REPLIED, size) & (at < world.window.end))
    person = world.staff.pick(
        rng, np.zeros(len(mine), dtype=np.int64), np.minimum(at[mine], world.window.end - 2 * HOUR)
    )
    return _post_rows(
        at[mine],
        post_id=joined(ids.take(pa.array(mine)), "-r"),
        network=text_at(NETWORKS, found.network[mine]),
        account=text_at(OURS, found.network[mine]),
        side="ours",
        in_reply_to=ids.take(pa.array(mine)),
        likes=_liked(rng, 0.4, len(mine)),
        agent=world.staff.ids[np.where(machine[mine], world.staff.bot, person)],
        automatic=machine[mine],
    )


def _own_posts(rng: np.random.Generator, world: World) -> tuple[pa.Table, pa.Array]:
    """What we post of ourselves, on both networks."""
    at, network = _regular(rng, world)
    ids = numbered(f"po{world.site}", len(at))
    lead = world.staff.ids[np.zeros(len(at), dtype=np.int64)]
    table = _post_rows(
        at,
        post_id=ids,
        network=text_at(NETWORKS, network),
        account=text_at(OURS, network),
        side="ours",
        about=text_at(OURS, network),
        likes=_liked(rng, 35.0, len(at)),
        agent=words(list(lead)),
        automatic=False,
    )
    return table, ids


def _regular(rng: np.random.Generator, world: World) -> tuple[Whole, Whole]:
    """Instants and networks of posts as a company makes them, some a week."""
    window = world.window
    weeks = -(-len(window.days) // 7) if is_first(world) else 0
    size = weeks * POSTS_A_WEEK * len(NETWORKS)
    day = np.repeat(np.arange(weeks) * 7, POSTS_A_WEEK * len(NETWORKS)) + rng.integers(0, 5, size)
    day = np.minimum(day, len(window.days) - 1)
    at = window.instants(day, rng.integers(8, 18, size), rng.integers(0, 3600, size))
    network = np.tile(np.arange(len(NETWORKS)), weeks * POSTS_A_WEEK)
    order = np.argsort(at, kind="stable")
    return at[order], network[order]


def _answers_to_us(
    rng: np.random.Generator, world: World, own: pa.Table, own_ids: pa.Array
) -> pa.Table:
    """What customers answer to our own posts: no mention."""
    many = rng.poisson(ANSWERED_US, len(own))
    of = np.repeat(np.arange(len(own)), many)
    at = instants(own["at"])[of] + whole_seconds(rng.uniform(60, 2 * 86400, len(of)))
    keep = at < world.window.end
    of, at = of[keep], at[keep]
    return _post_rows(
        at,
        post_id=numbered(f"pa{world.site}", len(of)),
        network=texts(own["network"]).take(pa.array(of)),
        account=numbered("user", rng.integers(1, 90_000, len(of)), 5),
        side="customer",
        in_reply_to=own_ids.take(pa.array(of)),
        likes=_liked(rng, 0.8, len(of)),
        automatic=False,
    )


def _rival_posts(rng: np.random.Generator, world: World, felt: Feelings) -> list[pa.Table]:
    """Posts by competitors and about them; in a campaign many more about the first."""
    parts = []
    for number, accounts in enumerate(RIVALS):
        at, network = _regular(rng, world)
        parts.append(_of_rival(rng, world, f"pc{number}", accounts, at, network, official=True))
        size = round(RIVAL_MENTIONS * world.tickets)
        like = felt.found.created[rng.integers(0, len(felt.found.created), size)]
        at = np.clip(
            like + rng.integers(-7200, 7200, size) * SECOND,
            world.window.start,
            world.window.end - HOUR,
        )
        network = drawn(rng, NETWORK_SHARES, size)
        parts.append(_of_rival(rng, world, f"pm{number}", accounts, at, network, official=False))
    story = plant("campaign", world.plants)
    if story is not None:
        lot = stream(world.seed, "campaign")
        first, days = instant(story.first_day), (story.last_day - story.first_day).days + 1
        usual = RIVAL_MENTIONS * world.tickets * days / len(world.window.days)
        size = round((story.sizes["mentions"] - 1) * usual)
        at = first + lot.integers(0, days * 86400, size) * SECOND
        network = drawn(lot, NETWORK_SHARES, size)
        parts.append(_of_rival(lot, world, "pk", RIVALS[0], np.sort(at), network, official=False))
    return parts


def _of_rival(
    rng: np.random.Generator,
    world: World,
    prefix: str,
    accounts: tuple[str, ...],
    at: Whole,
    network: Whole,
    *,
    official: bool,
) -> pa.Table:
    """Posts by a competitor, or by others about it."""
    size = len(at)
    strangers = numbered("user", rng.integers(1, 90_000, size), 5)
    return _post_rows(
        at,
        post_id=numbered(f"{prefix}-{world.site}", size),
        network=text_at(NETWORKS, network),
        account=text_at(accounts, network) if official else strangers,
        side="competitor",
        about=text_at(accounts, network),
        likes=_liked(rng, 30.0 if official else 2.0, size),
        automatic=False,
    )


def _snapshot_rows(rng: np.random.Generator, world: World) -> pa.Table:
    """A count of each account a week, in the morning."""
    at = world.window.hours[::7, 6] if is_first(world) else np.zeros(0, dtype=np.int64)
    parts = []
    story = plant("campaign", world.plants)
    for number, (accounts, begun) in enumerate(zip((OURS, *RIVALS), FOLLOWERS, strict=True)):
        for network, name in enumerate(accounts):
            noise = 1 + 0.0015 * rng.standard_normal(len(at))
            level = begun[network] * A_WEEK[number] ** np.arange(len(at)) * noise
            if story is not None and number == 1:
                level = level * _risen(at, story)
            followers = np.rint(level).astype(np.int64)
            parts.append(
                rows_of(
                    "account_snapshot",
                    at,
                    account=name,
                    network=NETWORKS[network],
                    side="ours" if number == 0 else "competitor",
                    at=at,
                    followers=followers,
                    likes=followers * 7 // 10,
                )
            )
    return in_one(parts)


def _risen(at: Whole, story: Plant) -> Real:
    """How many times more followers, from the campaign's beginning to its end and after it."""
    over = instant(story.last_day + timedelta(days=1))
    made: Real = np.interp(at, [instant(story.first_day), over], [1.0, story.sizes["followers"]])
    return made


def _a_month(until: date) -> Days:
    end = months_before(until.replace(day=1), 1)
    return months_before(end, 1), end - timedelta(days=1)


PLANTS = [
    Planting(
        "campaign",
        N_(
            "A competitor's campaign: for a month it is talked about four times as much and wins "
            "a fifth more followers; our share of voice falls."
        ),
        3,
        _a_month,
        {"mentions": CAMPAIGN_MENTIONS, "followers": CAMPAIGN_FOLLOWERS},
    )
]

THEMES = [Theme("social", 55, social, of_social)]
