"""The words of the demo's messages: sentences drawn by what is said, with their gaps filled."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Whole, drawn, words
from regard.demo.kinds import KINDS, PRODUCTS
from regard.demo.phrases.book import GAPS, Pool, book
from regard.demo.rows import numbers, rows_of
from regard.demo.sayings import Saying

FRAMES = {
    Saying.OPENING: ("greetings", "openings", "details", "pleas", "closings"),
    Saying.ADDITION: ("additions",),
    Saying.ANSWER: ("answers",),
    Saying.CHASER: ("greetings", "chasers", "closings"),
    Saying.THANKS: ("thanks",),
    Saying.RETURN: ("greetings", "returns", "closings"),
    Saying.QUESTION: ("salutes", "questions", "signs"),
    Saying.SOLUTION: ("salutes", "solutions", "signs"),
    Saying.NOTE: ("notes",),
    Saying.RECEIPT: ("salutes", "receipts", "signs"),
    Saying.BOT: ("bot",),
    Saying.NOTICE: ("salutes", "notices", "signs"),
    Saying.SPAM: ("spam",),
    Saying.TEST: ("tests",),
    Saying.INTERNAL: ("internal",),
}
"""The parts of a message, each drawn from the pool of that name, in order."""
FORMAL = {"greetings", "closings", "salutes", "signs", "pleas"}
"""Parts that nobody writes in a chat."""
WRITTEN_AS = (0.80, 0.13, 0.07)
"""Shares of customers' sentences as they should be, with a slip of the pen, without capitals."""
FIRST_ORDER, ORDERS, STEP = 100_000, 900_000, 7_919
DAYS_AGO = 13


@dataclass(frozen=True)
class Matters:
    """What the words of a ticket depend on, one position a ticket.

    language: its code. product: its position in PRODUCTS. brief: whether it is a chat. titled:
    whether its first message has a subject line.
    """

    kind: Whole
    language: Any
    product: Whole
    brief: Flags
    titled: Flags


def text_rows(
    rng: np.random.Generator, matters: Matters, ids: Any, log: dict[str, Any]
) -> pa.Table:
    """The table of the words of messages; log: messages as `Log.before` gives them."""
    said = log["said"].astype(np.int64)
    language = _languages(matters)
    gaps = _gaps(rng, matters, language)
    order, texts, subjects = [], [], []
    for saying, frame in FRAMES.items():
        mine = np.flatnonzero(said == saying)
        if not len(mine):
            continue
        ticket = log["ticket"][mine]
        order.append(mine)
        texts.append(_written(rng, frame, matters, language, gaps, ticket, saying))
        subjects.append(_subjects(rng, matters, language, gaps, ticket, saying))
    place = np.empty(len(said), dtype=np.int64)
    place[np.concatenate(order)] = np.arange(len(said))
    taken = pa.array(place)
    return rows_of(
        "message_text",
        log["at"],
        ticket_id=ids[log["ticket"]],
        message_id=numbers(log["ordinal"]),
        subject=pa.concat_arrays(subjects).take(taken),
        text=pa.concat_arrays(texts).take(taken),
    )


def _languages(matters: Matters) -> Whole:
    """Positions of the tickets' languages in the book."""
    known = book().languages
    made = np.zeros(len(matters.kind), dtype=np.int64)
    for number, code in enumerate(known):
        made[matters.language == code] = number
    return made


def _gaps(rng: np.random.Generator, matters: Matters, language: Whole) -> dict[str, pa.Array]:
    """What stands in the gaps of each ticket's sentences."""
    size = len(language)
    known = book()
    number = FIRST_ORDER + (np.arange(size) * STEP + int(rng.integers(ORDERS))) % ORDERS
    places = len(known.places) // len(known.languages)
    return {
        "product": known.products.take(pa.array(language * len(PRODUCTS) + matters.product)),
        "order": pa.array(words([f"R{n}" for n in number]), pa.string()),
        "days": pa.array(words([str(n) for n in range(2, DAYS_AGO + 2)]), pa.string()).take(
            pa.array(rng.integers(0, DAYS_AGO, size))
        ),
        "place": known.places.take(pa.array(language * places + rng.integers(0, places, size))),
    }


def _written(
    rng: np.random.Generator,
    frame: tuple[str, ...],
    matters: Matters,
    language: Whole,
    gaps: dict[str, pa.Array],
    ticket: Whole,
    saying: Saying,
) -> pa.Array:
    """One text a message, from its parts."""
    pieces: list[pa.Array] = []
    slips = saying <= Saying.RETURN and saying != Saying.THANKS
    for name in frame:
        pool = book().pool(name)
        chosen = _drawn(rng, pool, matters, language, ticket)
        if slips:
            chosen = chosen + drawn(rng, WRITTEN_AS, len(ticket)) * pool.size
        if name in FORMAL:
            chosen = np.where(matters.brief[ticket], pool.nothing, chosen)
        pieces += _filled(pool, chosen, gaps, ticket)
    joined = pc.binary_join_element_wise(*pieces, "") if len(pieces) > 1 else pieces[0]
    return pc.utf8_ltrim_whitespace(joined)


def _drawn(
    rng: np.random.Generator, pool: Pool, matters: Matters, language: Whole, ticket: Whole
) -> Whole:
    """A sentence of the pool for each ticket, in its language and on its kind of matter."""
    row = language[ticket]
    if pool.by_kind:
        row = row * len(KINDS) + matters.kind[ticket]
    lot = rng.random(len(ticket)) * pool.count[row]
    made: Whole = pool.start[row] + lot.astype(np.int64)
    return made


def _filled(pool: Pool, chosen: Whole, gaps: dict[str, pa.Array], ticket: Whole) -> list[pa.Array]:
    """The pieces of these sentences in order: literal, gap, literal …, as far as any has gaps."""
    taken = pa.array(chosen)
    pieces = [pool.literals[0].take(taken)]
    at = pa.array(ticket)
    for number in range(pool.gaps):
        slot = pool.slots[number][chosen]
        here = [pa.repeat(pa.scalar(""), len(chosen))]
        here += [gaps[name].take(at) for name in GAPS]
        pieces.append(pc.choose(pa.array(slot), *here))
        pieces.append(pool.literals[number + 1].take(taken))
    return pieces


def _subjects(
    rng: np.random.Generator,
    matters: Matters,
    language: Whole,
    gaps: dict[str, pa.Array],
    ticket: Whole,
    saying: Saying,
) -> pa.Array:
    """A subject line for what is written as a letter; none for all else."""
    none = pa.nulls(len(ticket), pa.string())
    if saying != Saying.OPENING:
        return none
    pool = book().pool("subjects")
    chosen = _drawn(rng, pool, matters, language, ticket)
    pieces = _filled(pool, chosen, gaps, ticket)
    said = pc.utf8_ltrim_whitespace(pc.binary_join_element_wise(*pieces, ""))
    return pc.if_else(pa.array(matters.titled[ticket]), said, none)
