"""The demo's help centre: who read and searched what, and who wrote or called all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from regard.core.i18n import N_
from regard.demo.chance import Flags, Whole, around, drawn, happens, stream
from regard.demo.clock import DAY, HOUR, SECOND, instant, months_before, whole_seconds
from regard.demo.plants import Days, Planting, plant
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import (
    flags_where,
    instants,
    numbered,
    places,
    same,
    text_at,
    texts,
)
from regard.demo.themes.phrases import LANGUAGES
from regard.demo.themes.service import Served, served
from regard.demo.themes.shelf import (
    POPULAR,
    QUERIES,
    SLUGS,
    TOPIC_OF,
    TOPICS,
    UNREAD,
    WITHOUT,
    Shelf,
    any_of,
    shelf,
)
from regard.demo.themes.told import of_help
from regard.demo.themes.whole import common_stream
from regard.demo.world import Theme, World

READS, KNOWN = 4.0, 0.3
"""Views for each ticket; the share of them whose reader is known."""
BEFORE_TICKETS, BEFORE_CALLS = 0.12, 0.06
"""Tickets and calls whose customer had read an article on it in the day before."""
BEGUN_THERE = 0.45
"""Of those within an hour of reading: contacts started from the article itself."""
FOUND, UNREAD_BEFORE = 0.55, 0.5
"""The unread article: further views for each ticket of its time; tickets after one."""
BY_SEARCH, SEARCHES_MORE, NOTHING = 0.25, 0.35, 0.04
VOTES = 0.08
LANGUAGE_SHARES = (0.34, 0.42, 0.08, 0.08, 0.08)
STRANGERS = 5_000_000


@dataclass(frozen=True)
class Views:
    """One position a view. article: in the shelf. contact: of tickets, then calls; UNKNOWN: none.

    skimmed: opened and left at once.
    """

    at: Whole
    article: Whole
    customer: Whole
    contact: Whole
    skimmed: Flags


def help_centre(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Articles, their views, and searches."""
    rng = stream(world.seed, "help_centre")
    books = shelf(common_stream(world, "articles"), world.window)
    found = served(made)
    spoken = np.maximum(places(made["customer"]["language"], LANGUAGES), 0)
    parts = [
        _by_anybody(rng, world, made, found, spoken),
        _before_contacts(rng, world, made, found, spoken),
    ]
    parts += _of_the_unread(world, made, found, spoken)
    names = vars(parts[0])
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in names}
    order = np.argsort(joined["at"], kind="stable")
    views = Views(**{name: values[order] for name, values in joined.items()})
    visitor = _visitors(rng, views, world)
    contacts = pa.concat_arrays([found.ids, texts(made["call"]["call_id"])])
    return {
        "article": books.table,
        "article_view": _view_rows(rng, world, made, books, views, visitor, contacts),
        "help_search": _search_rows(rng, world, books, views, visitor),
    }


def _when(rng: np.random.Generator, world: World, like: Whole) -> Whole:
    """Instants at which others write, some hours off."""
    at = like + rng.integers(-4 * 3600, 4 * 3600, len(like)) * SECOND
    made: Whole = np.clip(at, world.window.start, world.window.end - HOUR)
    return made


def _by_anybody(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    found: Served,
    spoken: Whole,
) -> Views:
    """Views that are like those of any help centre."""
    size = round(READS * world.tickets)
    at = _when(rng, world, found.created[rng.integers(0, len(found.created), size)])
    slug = drawn(rng, POPULAR, size)
    who = world.customers.some(rng, size)
    known = happens(rng, KNOWN, size) & (instants(made["customer"]["first_seen_at"])[who] <= at)
    language = np.where(known, spoken[who], drawn(rng, LANGUAGE_SHARES, size))
    return Views(
        at=at,
        article=slug * len(LANGUAGES) + language,
        customer=np.where(known, who, UNKNOWN),
        contact=np.full(size, UNKNOWN, dtype=np.int64),
        skimmed=np.zeros(size, dtype=bool),
    )


def _before_contacts(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    found: Served,
    spoken: Whole,
) -> Views:
    """Views on the day before a ticket or call by the same customer on the same matter."""
    call = made["call"]
    caller = places(call["customer_id"], made["customer"]["customer_id"])
    who = np.concatenate([found.customer, caller])
    at = np.concatenate([found.created, instants(call["arrived_at"])])
    topic = np.concatenate([places(found.type, TOPICS), places(call["type"], TOPICS)])
    chance = np.repeat([BEFORE_TICKETS, BEFORE_CALLS], [len(found.ids), len(caller)])
    fits = happens(rng, chance, len(who)) & (who != UNKNOWN) & (topic != UNKNOWN)
    fits[: len(found.ids)] &= found.real & ~same(found.channel, "phone")
    mine = np.flatnonzero(fits)
    return _shortly_before(rng, world, mine, at[mine], who[mine], any_of(rng, topic[mine]), spoken)


def _shortly_before(
    rng: np.random.Generator,
    world: World,
    contact: Whole,
    at: Whole,
    who: Whole,
    slug: Whole,
    spoken: Whole,
) -> Views:
    """A view 2 minutes to 20 hours before each of these; some of the contacts begin there."""
    size = len(at)
    hours = np.exp(rng.uniform(np.log(0.04), np.log(20.0), size))
    read = at - whole_seconds(hours * 3600)
    begun = (hours < 0.95) & happens(rng, BEGUN_THERE, size)
    keep = np.flatnonzero(read >= world.window.start)
    views = Views(
        at=read,
        article=slug * len(LANGUAGES) + spoken[who],
        customer=who,
        contact=np.where(begun, contact, UNKNOWN),
        skimmed=np.zeros(size, dtype=bool),
    )
    return Views(**{name: values[keep] for name, values in vars(views).items()})


def _of_the_unread(
    world: World, made: Mapping[str, pa.Table], found: Served, spoken: Whole
) -> list[Views]:
    """What is planted: an article that many find, leave at once, and then write."""
    story = plant("unread_article", world.plants)
    if story is None:
        return []
    rng = stream(world.seed, "unread_article")
    inside = (found.created >= instant(story.first_day)) & (
        found.created < instant(story.last_day) + DAY
    )
    fits = inside & found.real & (found.customer != UNKNOWN) & ~same(found.channel, "phone")
    fits &= places(found.type, ("login",)) == 0
    mine = np.flatnonzero(fits & happens(rng, UNREAD_BEFORE, len(inside)))
    slug = np.full(len(mine), SLUGS.index(UNREAD))
    written = _shortly_before(
        rng, world, mine, found.created[mine], found.customer[mine], slug, spoken
    )
    like = np.flatnonzero(inside)
    size = round(FOUND * len(like))
    like = like[rng.integers(0, max(len(like), 1), size)] if len(like) else like
    language = drawn(rng, LANGUAGE_SHARES, len(like))
    others = Views(
        at=_when(rng, world, found.created[like]),
        article=SLUGS.index(UNREAD) * len(LANGUAGES) + language,
        customer=np.full(len(like), UNKNOWN, dtype=np.int64),
        contact=np.full(len(like), UNKNOWN, dtype=np.int64),
        skimmed=np.zeros(len(like), dtype=bool),
    )
    return [
        Views(**{**vars(part), "skimmed": np.ones(len(part.at), dtype=bool)})
        for part in (written, others)
    ]


def _visitors(rng: np.random.Generator, views: Views, world: World) -> Whole:
    """A pseudonym's number for each view; a known customer always has the same one."""
    size = len(views.at)
    strangers = STRANGERS + rng.integers(0, max(size // 2, 1), size)
    same_one = (views.customer * 7919 + 101) % STRANGERS
    return np.where(views.customer != UNKNOWN, same_one, strangers)


def _view_rows(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    books: Shelf,
    views: Views,
    visitor: Whole,
    contacts: pa.Array,
) -> pa.Table:
    size = len(views.at)
    part = np.minimum(around(rng, 0.75, 0.75, size), 3.0)
    # Whoever writes afterwards had read less of it.
    part = np.where(views.contact != UNKNOWN, part * 0.7, part)
    part = np.where(views.skimmed, rng.uniform(0.02, 0.09, size), part)
    seconds = np.rint(books.expected(views.article) * part).astype(np.int64)
    scroll = np.clip(np.rint(75 * np.sqrt(part) + 14 * rng.standard_normal(size)), 4, 100)
    scroll = np.where(views.skimmed, np.minimum(scroll, 30), scroll).astype(np.int64)
    votes = happens(rng, VOTES, size)
    liked = happens(rng, np.where(views.skimmed, 0.15, np.clip(0.45 + 0.35 * part, 0, 0.93)), size)
    room = (world.window.end - SECOND - views.at) // SECOND
    seconds = np.minimum(np.clip(seconds, 2, 1800), room)
    return rows_of(
        "article_view",
        views.at + seconds * SECOND,
        view_id=numbered(f"w{world.site}", size),
        article_id=text_at(books.ids, views.article),
        visitor=numbered(f"v{world.site}", visitor, 7),
        customer_id=text_at(texts(made["customer"]["customer_id"]), views.customer),
        at=views.at,
        active_seconds=seconds,
        scroll_percent=scroll,
        helpful=flags_where(votes, liked),
        contact_started=text_at(contacts, views.contact),
    )


def _search_rows(
    rng: np.random.Generator, world: World, books: Shelf, views: Views, visitor: Whole
) -> pa.Table:
    """Searches that led to a view, and those that led nowhere."""
    led = np.flatnonzero(happens(rng, BY_SEARCH, len(views.at)))
    led = led[views.at[led] > world.window.start + HOUR]
    more = round(SEARCHES_MORE * world.tickets)
    other = rng.integers(0, len(views.at), more)
    topics = len(QUERIES)
    topic = np.concatenate(
        [
            TOPIC_OF[views.article[led] // len(LANGUAGES)],
            drawn(rng, (*([1.0] * (topics - len(WITHOUT))), 3.0, 2.0), more),
        ]
    )
    language = np.concatenate([views.article[led], views.article[other]]) % len(LANGUAGES)
    before = rng.integers(4, 40, len(led)) * SECOND
    at = np.concatenate([views.at[led] - before, _when(rng, world, views.at[other])])
    size = len(at)
    results = 1 + rng.poisson(3.0, size)
    in_vain = (np.arange(size) >= len(led)) & (
        (topic >= topics - len(WITHOUT)) | happens(rng, NOTHING, size)
    )
    clicked = np.concatenate([views.article[led], np.full(more, UNKNOWN, dtype=np.int64)])
    queries = [query for found in QUERIES.values() for query in found]
    searcher = np.concatenate([visitor[led], visitor[other]])
    order = np.argsort(at, kind="stable")
    return rows_of(
        "help_search",
        at[order],
        search_id=numbered(f"q{world.site}", size),
        visitor=numbered(f"v{world.site}", searcher[order], 7),
        at=at[order],
        query=text_at(queries, (topic * len(LANGUAGES) + language)[order]),
        results=np.where(in_vain, 0, results)[order],
        clicked=text_at(books.ids, clicked[order]),
    )


def _last_months(until: date) -> Days:
    end = until.replace(day=1)
    return months_before(end, 4), end - timedelta(days=1)


PLANTS = [
    Planting(
        "unread_article",
        N_(
            "An article that many find and hardly anybody reads: they leave it after a few "
            "seconds and write to us."
        ),
        6,
        _last_months,
        {"views_per_ticket": FOUND, "tickets_after_it": UNREAD_BEFORE},
    )
]

THEMES = [Theme("help_centre", 30, help_centre, of_help)]
