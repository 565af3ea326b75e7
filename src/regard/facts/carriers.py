"""What carries complaints: tickets, calls, reviews, posts and answers as rows of one shape."""

from typing import Any

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import joined
from regard.facts.found import found_in
from regard.store.engine import MOMENT

CARRIER = ("source", "carrier", "carrier_id")
SHAPE: dict[str, Any] = {
    "source": "string",
    "carrier": "string",
    "carrier_id": "string",
    "customer_id": "string",
    "channel": "string",
    "team": "string",
    "type": "string",
    "demand": "string",
    "country": "string",
    "language": "string",
    "began_at": MOMENT,
    "settled_at": MOMENT,
    "solved_at": MOMENT,
    "lapsed_at": MOMENT,
    "replied_at": MOMENT,
}
"""The columns of every carrier. solved_at: the last solve, where it stands; lapsed_at: the end of a
ticket without one."""
YES = "yes"
SUBJECT = ("source", "subject_id")


def carriers(
    ticket: Relation, call: Relation, review: Relation, post: Relation, response: Relation
) -> Relation:
    """All that can carry a complaint; facts, of reviews and posts only what customers said to us.

    A post is carried by the thread of one person that it belongs to, as its first post.
    """
    said = post.filter(post.role.isin(("mention", "more", "answer")), post.post_id == post.thread)
    told = (
        ticket.mutate(
            carrier=ibis.literal("ticket"),
            carrier_id=ticket.ticket_id,
            began_at=ticket.created_at,
            settled_at=ticket.resolved_at,
            solved_at=ibis.ifelse(ticket.is_open, None, ticket.last_solved_at),
            replied_at=ticket.first_reply_at,
        ),
        call.mutate(
            carrier=ibis.literal("call"),
            carrier_id=call.call_id,
            began_at=call.arrived_at,
            channel=ibis.literal("phone"),
            team=call.queue,
        ),
        review.filter(review.side == "ours").mutate(
            carrier=ibis.literal("review"),
            carrier_id=review.review_id,
            began_at=review.posted_at,
            channel=ibis.literal("review"),
        ),
        said.mutate(
            carrier=ibis.literal("post"),
            carrier_id=said.post_id,
            began_at=said["at"],
            channel=ibis.literal("social"),
        ),
        response.mutate(
            carrier=ibis.literal("response"),
            carrier_id=response.response_id,
            began_at=response.answered_at,
            channel=ibis.literal("survey"),
            settled_at=response.followed_up_at,
            replied_at=response.case_opened_at,
        ),
    )
    return ibis.union(*[_shaped(rows) for rows in told])


def _shaped(rows: Relation) -> Relation:
    """The columns of SHAPE, those that rows lack empty."""
    return rows.select(
        **{
            name: (rows[name] if name in rows.columns else ibis.null()).cast(kind)
            for name, kind in SHAPE.items()
        }
    )


def read_as_complaints(reading: Relation, message: Relation, post: Relation) -> Relation:
    """Carriers in whose words a complaint was found, each once, with `said_at`: when it was said,
    where that is not when the carrier began.
    """
    found = [_whole(reading, carrier) for carrier in ("ticket", "review")]
    found += [_in_messages(reading, message), _in_posts(reading, post), _in_answers(reading)]
    every = ibis.union(*found)
    return every.group_by(*CARRIER).aggregate(said_at=every.said_at.min())


def _yes(reading: Relation, subject: str) -> Relation:
    told = found_in(reading, subject, "complaint")
    return told.filter(told.found == YES)


def _whole(reading: Relation, carrier: str) -> Relation:
    told = _yes(reading, carrier)
    return told.select(
        "source",
        carrier=ibis.literal(carrier),
        carrier_id=told.subject_id,
        said_at=ibis.null(MOMENT),
    )


def _in_answers(reading: Relation) -> Relation:
    return _whole(reading, "response").distinct()


def _in_messages(reading: Relation, message: Relation) -> Relation:
    """Tickets by the messages of their customers."""
    told = _yes(reading, "message")
    told = told.select("source", ticket_id=told.subject_id, message_id=told.part)
    said = message.filter(message.author_kind == "customer", message.public.fill_null(True))
    both = said.inner_join(told, ["source", "ticket_id", "message_id"])
    return both.select(
        "source",
        carrier=ibis.literal("ticket"),
        carrier_id=both.ticket_id,
        said_at=both.sent_at,
    )


def _in_posts(reading: Relation, post: Relation) -> Relation:
    """Threads by the posts in them."""
    told = _yes(reading, "post")
    both = joined(told, post.select("source", "thread", "at", subject_id="post_id"), SUBJECT)
    return both.select(
        "source",
        carrier=ibis.literal("post"),
        carrier_id=ibis.coalesce(both.thread, both.subject_id),
        said_at=both["at"],
    )
