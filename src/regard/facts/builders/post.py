"""One row a post on a network: a mention of us, our answer, or what is said of a competitor.

A customer's post is a mention unless it answers a reply of ours. What somebody adds to their own
unanswered post belongs to that: a thread has one head, and an answer anywhere in it answers it.
"""

import ibis
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.review import by_machine
from regard.facts.builders.status_span import DEFAULT_CALENDAR
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.found import with_found

POST = ("source", "post_id")
DOUBLINGS = 4
"""Threads of one person are followed up to their head over 2 ** DOUBLINGS posts."""


def post_fact(
    post: Relation,
    reading: Relation,
    agent: Relation,
    clock: Relation,
    editions: Relation,
) -> Relation:
    """Each post with what it is and, for a mention, our first answer by a person."""
    rows = _with_parents(by_machine(post, agent))
    rows = rows.mutate(role=_role(rows))
    rows = joined(rows, _heads(rows), POST)
    rows = joined(rows, _answers(rows), POST)
    asks = rows.role == "mention"
    rows = rows.mutate(
        replied_at=ibis.ifelse(asks, rows.replied_at, None),
        replied_by=ibis.ifelse(asks, rows.replied_by, None),
        is_mention=asks,
        calendar_id=ibis.literal(DEFAULT_CALENDAR),
    )
    rows = with_found(rows, reading, "post", "sentiment", "post_id", "sentiment")
    rows = rows.mutate(reply_seconds=seconds_between(rows["at"], rows.replied_at))
    return add_open_seconds(rows, {"reply_open_seconds": ("at", "replied_at")}, clock, editions)


def _with_parents(post: Relation) -> Relation:
    """The posts with what they answer: its side, and whether it is the same person's."""
    parent = post.select(
        "source",
        in_reply_to="post_id",
        parent_side="side",
        parent_customer="customer_id",
        parent_account="account",
        parent_at="at",
        parent_answers=post.in_reply_to.notnull(),
    )
    rows = joined(post, parent, ("source", "in_reply_to"))
    own = (rows.customer_id == rows.parent_customer).fill_null(False)
    own = own | (rows.account == rows.parent_account).fill_null(False)
    own = own & (rows.parent_at <= rows["at"]) & (rows.in_reply_to != rows.post_id)
    theirs = (rows.side == "customer") & (rows.parent_side == "customer")
    return rows.mutate(continues=(own & theirs).fill_null(False))


def _role(rows: Relation) -> StringValue:
    """mention, more (of a mention), answer (by a customer to our reply), reply (by us), post
    (by us),
    rival; empty where nobody says whose it is.
    """
    theirs, ours = rows.side == "customer", rows.side == "ours"
    # Who comments on what we began comes to us; who answers our reply is with us already.
    to_reply = (rows.parent_side == "ours") & rows.parent_answers
    return ibis.cases(
        (theirs & rows.continues, "more"),
        (theirs & to_reply.fill_null(False), "answer"),
        (theirs, "mention"),
        (ours & (rows.parent_side == "customer").fill_null(False), "reply"),
        (ours, "post"),
        ((rows.side == "competitor") & (rows.account == rows.about).fill_null(False), "rival_post"),
        (rows.side == "competitor", "rival"),
        else_=None,
    )


def _heads(rows: Relation) -> Relation:
    """By post: the head of the thread that it continues; the post itself where it continues none.

    Each step doubles how far the heads lie ahead.
    """
    up = rows.select(*POST, thread=ibis.ifelse(rows.continues, rows.in_reply_to, rows.post_id))
    for _ in range(DOUBLINGS):
        ahead = up.select("source", thread="post_id", further="thread")
        both = joined(up, ahead, ("source", "thread"))
        up = both.select(*POST, thread=ibis.coalesce(both.further, both.thread))
    return up


def _answers(rows: Relation) -> Relation:
    """By head of a thread: the first answer by a person of ours to anything in it."""
    said = rows.filter(rows.role == "reply", ~rows.automatic, rows["at"] >= rows.parent_at)
    heads = rows.select("source", in_reply_to="post_id", answers="thread")
    told = joined(said.drop("thread"), heads, ("source", "in_reply_to"))
    order = ibis.window(group_by=("source", "answers"), order_by=[told["at"], told.post_id])
    placed = told.mutate(place=ibis.row_number().over(order))
    first = placed.filter(placed.place == 0)
    return first.select(
        "source", post_id=first.answers, replied_at=first["at"], replied_by=first.agent
    )


def snapshot_fact(account_snapshot: Relation) -> Relation:
    """Each count of an account, good until the next."""
    account = ("source", "network", "account")
    rows = account_snapshot.mutate(side=account_snapshot.side.fill_null("ours"))
    order = ibis.window(group_by=account, order_by=rows["at"])
    return rows.mutate(starts_at=rows["at"], ends_at=rows["at"].lead().over(order))


COLUMNS = columns(
    source="text: The system.",
    post_id="text: The post.",
    network="text: The network.",
    account="text: The account.",
    side="text: ours, customer or competitor.",
    role="text: mention, more (of a mention), answer (by a customer to our reply), reply (by us), "
    "post (by us), rival_post (by a competitor) or rival (about one).",
    about="text: The account or brand that it is about, where known.",
    at="instant: When.",
    customer_id="text: Who, where known.",
    in_reply_to="text: The post it answers.",
    thread="text: The first post of the thread of one person that it belongs to.",
    agent="text: By whom of ours.",
    automatic="flag: Whether a machine of ours wrote it.",
    sentiment="text: What was found in its words: positive, neutral or negative; empty where "
    "nobody read them, or unsure.",
    likes="whole: How many liked it.",
    is_mention="flag: Whether a customer began it: no answer to us and no addition.",
    replied_at="instant: For a mention: the first answer by a person of ours.",
    replied_by="text: Who gave it.",
    reply_seconds="whole: From the mention to the first answer by a person.",
    reply_open_seconds="whole: From the mention to the first answer by a person, in opening hours.",
    calendar_id="text: The opening hours that hold for it.",
)

SNAPSHOT_COLUMNS = columns(
    source="text: The system.",
    account="text: The account.",
    network="text: The network.",
    side="text: ours or competitor.",
    at="instant: When it was counted.",
    starts_at="instant: From when this count is the newest.",
    ends_at="instant: Until the next; empty for the last.",
    followers="whole: Followers.",
    likes="whole: Likes.",
)

FACTS = [
    Fact(
        "post_fact",
        "Each post on a network: what it is, what was found in its words, and our answer to it.",
        one_row_per="post",
        key=POST,
        bucket="post_id",
        reads=("post", "reading", "agent"),
        columns=COLUMNS,
        build=post_fact,
        dimensions={
            name: name
            for name in (
                "source",
                "network",
                "account",
                "side",
                "about",
                "role",
                "sentiment",
                "agent",
            )
        },
        opening_hours=True,
        whole=True,
    ),
    Fact(
        "snapshot_fact",
        "Each count of the followers and likes of an account, good until the next.",
        one_row_per="count of an account",
        key=("source", "account", "at"),
        bucket="account",
        reads=("account_snapshot",),
        columns=SNAPSHOT_COLUMNS,
        build=snapshot_fact,
        dimensions={name: name for name in ("source", "network", "account", "side")},
    ),
]
