"""One row a review on a site, and one a reply of ours to one."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.status_span import DEFAULT_CALENDAR
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.found import with_found

REVIEW = ("source", "review_id")
TOLD = (
    *REVIEW,
    "site",
    "side",
    "subject",
    "invited",
    "stars",
    "scale_max",
    "customer_id",
    "language",
    "posted_at",
)
OURS = "ours"


def by_machine(rows: Relation, agent: Relation) -> Relation:
    """The rows with `automatic`: whether a machine of ours wrote them, by itself or as their
    `agent`.
    """
    bots = agent.filter(agent.bot.fill_null(False))
    bots = bots.select("source", agent=bots.agent_id).distinct().mutate(is_bot=ibis.literal(True))
    told = joined(rows, bots, ("source", "agent"))
    return told.mutate(automatic=told.automatic.fill_null(False) | told.is_bot.fill_null(False))


def review_fact(
    review: Relation,
    review_reply: Relation,
    reading: Relation,
    agent: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Each review with its first reply by a person, and what was found in its words."""
    rows = joined(_told(review), _answers(review_reply, agent), REVIEW)
    rows = with_found(rows, reading, "review", "sentiment", "review_id", "sentiment")
    rows = rows.mutate(
        scale=ibis.ifelse(
            rows.stars.notnull(), ibis.literal("1–") + rows.scale_max.cast("string"), None
        ),
        replies=rows.replies.fill_null(0),
        agent=rows.replied_by,
        calendar_id=ibis.literal(DEFAULT_CALENDAR),
        # A site may date a reply by the day alone: then it comes at once, not before.
        replied_at=ibis.greatest(rows.replied_at, rows.posted_at),
    )
    rows = rows.mutate(replied_at=ibis.ifelse(rows.replies > 0, rows.replied_at, None))
    rows = rows.mutate(reply_seconds=seconds_between(rows.posted_at, rows.replied_at))
    pairs = {"reply_open_seconds": ("posted_at", "replied_at")}
    return add_open_seconds(rows, pairs, clock, editions)


def review_reply_fact(review: Relation, review_reply: Relation, agent: Relation) -> Relation:
    """Each reply with what it replies to."""
    replies = by_machine(review_reply, agent)
    rows = replies.inner_join(_told(review), list(REVIEW))
    order = ibis.window(group_by=REVIEW, order_by=[rows["at"], rows.reply_id])
    return rows.mutate(ordinal=(ibis.row_number().over(order) + 1).cast("int64"))


def _told(review: Relation) -> Relation:
    """The reviews; one that does not say whom it is about is about us."""
    return review.select(
        *[name for name in TOLD if name != "side"], side=review.side.fill_null(OURS)
    )


def _answers(review_reply: Relation, agent: Relation) -> Relation:
    """By review: the first reply by a person, who gave it, and how many there were."""
    said = by_machine(review_reply, agent)
    said = said.filter(~said.automatic)
    order = ibis.window(group_by=REVIEW, order_by=[said["at"], said.reply_id])
    placed = said.mutate(place=ibis.row_number().over(order))
    first = placed.place == 0
    return placed.group_by(*REVIEW).aggregate(
        replied_at=placed["at"].min(where=first),
        replied_by=placed.agent.max(where=first),
        replies=placed.count(),
    )


TOLD_COLUMNS = columns(
    source="text: The system.",
    review_id="text: The review.",
    site="text: The site.",
    side="text: ours or competitor: whom it is about.",
    subject="text: The shop, product or competitor it is about.",
    invited="flag: Whether we asked for it; empty where unknown.",
    stars="whole: The rating.",
    scale_max="whole: The highest rating.",
    customer_id="text: Who, where known.",
    language="text: In which language.",
    posted_at="instant: When it was posted.",
)

COLUMNS = (
    *TOLD_COLUMNS,
    *columns(
        scale="text: The scale of the rating, such as 1–5.",
        sentiment="text: What was found in its words: positive, neutral or negative; empty where "
        "nobody read them, or unsure.",
        replied_at="instant: The first reply by a person.",
        replied_by="text: Who gave it.",
        agent="text: Who replied first.",
        replies="whole: How many replies by people.",
        reply_seconds="whole: From the review to the first reply by a person.",
        reply_open_seconds="whole: From the review to the first reply by a person, in opening "
        "hours.",
        calendar_id="text: The opening hours that hold for it.",
    ),
)

REPLY_COLUMNS = (
    *TOLD_COLUMNS,
    *columns(
        reply_id="text: The reply.",
        at="instant: When.",
        ordinal="whole: 1 for the first reply to the review, 2, 3 …",
        agent="text: By whom.",
        automatic="flag: Whether a machine wrote it.",
    ),
)

DIMENSIONS = {
    name: name
    for name in ("source", "site", "side", "subject", "invited", "stars", "language", "agent")
}

FACTS = [
    Fact(
        "review_fact",
        "Each review in one row: its rating, what was found in its words, and our first reply.",
        one_row_per="review",
        key=REVIEW,
        bucket="review_id",
        reads=("review", "review_reply", "reading", "agent"),
        columns=COLUMNS,
        build=review_fact,
        dimensions={**DIMENSIONS, "scale": "scale", "sentiment": "sentiment"},
        opening_hours=True,
    ),
    Fact(
        "review_reply_fact",
        "Each reply to a review.",
        one_row_per="reply to a review",
        key=(*REVIEW, "reply_id"),
        bucket="review_id",
        reads=("review", "review_reply", "agent"),
        columns=REPLY_COLUMNS,
        build=review_reply_fact,
        dimensions=DIMENSIONS,
    ),
]
