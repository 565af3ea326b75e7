"""The demo's complaints: what carried them, what they were about, and how they were settled."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Flags, Whole, around, drawn, happens, stream
from regard.demo.clock import NEVER, whole_seconds
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import (
    flags_where,
    followed,
    instants,
    numbered,
    places,
    same,
    text_at,
    texts,
    wholes,
)
from regard.demo.themes.comments import comments, word_rows
from regard.demo.themes.feelings import Feelings, feelings, tongue
from regard.demo.themes.phrases import BAD
from regard.demo.themes.social import mention_ids, mentions
from regard.demo.themes.told import of_complaints
from regard.demo.world import Theme, World

CARRIERS = ("ticket", "call", "review", "post", "response")
ANGRY, ANGRY_SHARE = -1.2, 0.15
"""Tickets on other matters by customers who are that little content: those that are complaints."""
OF_CALLS, OF_REVIEWS, OF_POSTS, OF_ANSWERS = 0.5, 0.3, 0.25, 0.25
"""Of the calls that are about one, of bad reviews, mentions and answers by known customers."""
CAUSES = (
    ("late_delivery", "delivery", "logistics", 0.26, 0.7),
    ("faulty_product", "defect", "technical", 0.22, 0.65),
    ("wrong_invoice", "invoice", "billing", 0.15, 0.6),
    ("slow_answer", "complaint", "first_line", 0.17, 0.75),
    ("refund_refused", "refund", "billing", 0.12, 0.35),
    ("unfriendly", "complaint", "first_line", 0.08, 0.3),
)
"""Name, kind of matter, team, how common, how often right."""
SAME_AGAIN = 0.6
"""Customers who complain about what they always complain about."""
REMEDIES = ("refund", "replacement", "apology", "voucher", "explanation")
IF_UPHELD, IF_NOT = (0.3, 0.25, 0.2, 0.15, 0.1), (0.0, 0.0, 0.25, 0.15, 0.6)
ACKNOWLEDGED, SETTLED = 0.92, 0.9
ACKNOWLEDGE_SECONDS, SETTLE_SECONDS = 7 * 3600.0, 4.5 * 86400


@dataclass(frozen=True)
class Complaints:
    """One position a complaint: who, when, by what; where known, when it was answered and ended.

    place: of the carrier in its table. channel: in CHANNELS.
    """

    carrier: Whole
    place: Whole
    customer: Whole
    at: Whole
    acknowledged: Whole
    settled: Whole
    channel: Whole


CHANNELS = ("email", "web", "chat", "phone", "social", "marketplace", "review", "survey")


def complaints(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The table of complaints, and the words of those that were only spoken."""
    rng = stream(world.seed, "complaints")
    felt = feelings(world, made)
    parts = [
        _of_tickets(rng, felt),
        _of_calls(rng, made),
        _of_reviews(rng, made),
        _of_posts(rng, world, made, felt),
        _of_answers(rng, made),
    ]
    whole = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.argsort(whole["at"], kind="stable")
    found = Complaints(**{name: values[order] for name, values in whole.items()})
    ids = numbered(f"m{world.site}", len(order))
    cause = _causes(rng, len(made["customer"]), found)
    spoken = np.flatnonzero(found.carrier == CARRIERS.index("call"))
    kinds = text_at([name for _, name, _, _, _ in CAUSES], cause[spoken])
    mood = np.full(len(spoken), BAD, dtype=np.int64)
    said = comments(rng, mood, tongue(made, found.customer[spoken]), kinds)
    words = word_rows("complaint", found.at[spoken], ids.take(pa.array(spoken)), "", said)
    return {
        "complaint": _rows(rng, world, made, found, ids, cause),
        "words": followed(made, "words", words),
    }


def _carried(carrier: str, place: Whole, customer: Whole, at: Whole, **known: Whole) -> Complaints:
    """Complaints by one carrier; what is not known of them is NEVER."""
    never = np.full(len(place), NEVER, dtype=np.int64)
    channel = {"call": "phone", "review": "review", "post": "social", "response": "survey"}
    by = np.full(len(place), CHANNELS.index(channel.get(carrier, "email")), dtype=np.int64)
    return Complaints(
        carrier=np.full(len(place), CARRIERS.index(carrier), dtype=np.int64),
        place=place,
        customer=customer,
        at=at,
        acknowledged=known.get("acknowledged", never),
        settled=known.get("settled", never),
        channel=known.get("channel", by),
    )


def _of_tickets(rng: np.random.Generator, felt: Feelings) -> Complaints:
    found = felt.found
    angry = (felt.ticket < ANGRY) & happens(rng, ANGRY_SHARE, len(found.ids))
    mine = np.flatnonzero((same(found.type, "complaint") | angry) & found.real)
    return _carried(
        "ticket",
        mine,
        found.customer[mine],
        found.created[mine],
        acknowledged=found.replied[mine],
        settled=found.solved[mine],
        channel=np.maximum(places(found.channel, CHANNELS)[mine], 0),
    )


def _of_calls(rng: np.random.Generator, made: Mapping[str, pa.Table]) -> Complaints:
    call = made["call"]
    fits = same(call["type"], "complaint") & same(call["outcome"], "answered")
    fits &= call["ticket_id"].is_null().to_numpy()  # else its ticket carries it
    mine = np.flatnonzero(fits & happens(rng, OF_CALLS, len(call)))
    who = places(call["customer_id"], made["customer"]["customer_id"])[mine]
    at = instants(call["arrived_at"])[mine]
    return _carried("call", mine, who, at, acknowledged=instants(call["ended_at"])[mine])


def _of_reviews(rng: np.random.Generator, made: Mapping[str, pa.Table]) -> Complaints:
    review = made["review"]
    low = wholes(review["stars"]) * 5 <= 2 * wholes(review["scale_max"])
    who = places(review["customer_id"], made["customer"]["customer_id"])
    mine = np.flatnonzero(low & (who != UNKNOWN) & happens(rng, OF_REVIEWS, len(who)))
    return _carried("review", mine, who[mine], instants(review["posted_at"])[mine])


def _of_posts(
    rng: np.random.Generator, world: World, made: Mapping[str, pa.Table], felt: Feelings
) -> Complaints:
    found = mentions(world, made, felt)
    known = found.customer != UNKNOWN
    mine = np.flatnonzero((found.mood == BAD) & known & happens(rng, OF_POSTS, len(known)))
    place = places(mention_ids(world, len(known)), made["post"]["post_id"])[mine]
    return _carried("post", place, found.customer[mine], found.at[mine])


def _of_answers(rng: np.random.Generator, made: Mapping[str, pa.Table]) -> Complaints:
    """Bad answers with words: those that were followed up."""
    response = made["response"]
    said = made["words"].filter(pc.equal(made["words"]["subject"], "response"))
    with_words = places(response["response_id"], said["subject_id"]) != UNKNOWN
    bad = places(response["response_id"], made["case"]["response_id"]) != UNKNOWN
    who = places(response["customer_id"], made["customer"]["customer_id"])
    fits: Flags = with_words & bad & (who != UNKNOWN)
    mine = np.flatnonzero(fits & happens(rng, OF_ANSWERS, len(who)))
    return _carried("response", mine, who[mine], instants(response["at"])[mine])


def _causes(rng: np.random.Generator, customers: int, found: Complaints) -> Whole:
    """Why each complains; many customers always about the same."""
    shares = [share for _, _, _, share, _ in CAUSES]
    size = len(found.at)
    usual = drawn(rng, shares, customers)[np.maximum(found.customer, 0)]
    again = (found.customer != UNKNOWN) & happens(rng, SAME_AGAIN, size)
    return np.where(again, usual, drawn(rng, shares, size))


def _rows(
    rng: np.random.Generator,
    world: World,
    made: Mapping[str, pa.Table],
    found: Complaints,
    ids: pa.Array,
    cause: Whole,
) -> pa.Table:
    size, end = len(found.at), world.window.end
    late = whole_seconds(around(rng, ACKNOWLEDGE_SECONDS, 1.0, size))
    seen = np.where(happens(rng, ACKNOWLEDGED, size), found.at + late, NEVER)
    by_ticket = found.carrier == CARRIERS.index("ticket")
    seen = np.where(by_ticket | (found.acknowledged < NEVER), found.acknowledged, seen)
    seen = np.where(seen < end, seen, NEVER)
    long = whole_seconds(around(rng, SETTLE_SECONDS, 0.8, size))
    over = (seen < NEVER) & happens(rng, SETTLED, size)
    ended = np.where(over, np.where(seen < NEVER, seen, 0) + long, NEVER)
    ended = np.where(by_ticket, np.maximum(found.settled, np.where(seen < NEVER, seen, 0)), ended)
    ended = np.where(ended < end, ended, NEVER)
    done = ended < NEVER
    right = happens(rng, np.array([often for *_, often in CAUSES])[cause], size)
    if_right, if_not = drawn(rng, IF_UPHELD, size), drawn(rng, IF_NOT, size)
    remedy = np.where(done, np.where(right, if_right, if_not), UNKNOWN)
    names, kinds, teams, _, _ = zip(*CAUSES, strict=True)
    last = np.where(done, ended, np.where(seen < NEVER, seen, found.at))
    return rows_of(
        "complaint",
        last,
        complaint_id=ids,
        carrier=text_at(CARRIERS, found.carrier),
        carrier_id=_carrier_ids(made, found),
        customer_id=text_at(texts(made["customer"]["customer_id"]), found.customer),
        received_at=found.at,
        acknowledged_at=seen,
        settled_at=ended,
        cause=text_at(names, cause),
        remedy=text_at(REMEDIES, remedy),
        upheld=flags_where(done, right),
        type=text_at(kinds, cause),
        channel=text_at(CHANNELS, found.channel),
        team=text_at(teams, cause),
    )


def _carrier_ids(made: Mapping[str, pa.Table], found: Complaints) -> pa.Array:
    """The id of what carried each."""
    parts = []
    for number, name in enumerate(CARRIERS):
        place = np.where(found.carrier == number, found.place, UNKNOWN)
        parts.append(text_at(texts(made[name][f"{name}_id"]), place))
    return pc.coalesce(*parts)


THEMES = [Theme("complaints", 60, complaints, of_complaints)]
