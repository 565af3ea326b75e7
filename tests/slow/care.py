"""The slow paths of what a ticket came with: automatic replies, messages, what it continues."""

from collections import defaultdict

from slow.contacts import persons, topics
from slow.curves import average, part
from slow.telling import WEEK, Matter, by_customer, by_person, took
from slow.tickets import created
from slow.world import Slow, World


def acknowledged(world: World) -> float | None:
    """Of the tickets in which the customer asked, the share with an automatic reply after."""
    found = []
    for one in created(world):
        if one.asked is not None:
            sent = [row for row in one.messages if row["automatic"] and row["public"] is not False]
            ours = [row for row in sent if row["author_kind"] != "customer"]
            found.append(any(row["sent_at"] >= one.asked for row in ours))
    return part(sum(found), len(found))


def a_ticket(world: World) -> float | None:
    """Public messages by customers and people of ours for each ticket."""
    return average(
        [sum(by_customer(row) or by_person(row) for row in m.messages) for m in created(world)]
    )


def follow_ups(world: World) -> float | None:
    """The share of tickets that continue one solved at most seven days before."""
    who, rows = persons(world), created(world)
    by_id = {one.row["ticket_id"]: one for one in world.matters}
    same: dict[tuple[str, str], list[Matter]] = defaultdict(list)
    for one in world.matters:
        customer, topic = one.row["customer_id"], topics(world)[one.row["ticket_id"]]
        if customer and topic:
            same[who[customer], topic].append(one)
    found = []
    for one in rows:
        customer, topic = one.row["customer_id"], topics(world)[one.row["ticket_id"]]
        before = same[who[customer], topic] if customer and topic else []
        linked = by_id.get(one.row["follows"])
        others = [*before, *([linked] if linked else [])]
        found.append(any(_lately_solved(other, one) for other in others if other is not one))
    return part(sum(found), len(found))


def _lately_solved(other: Matter, one: Matter) -> bool:
    """Whether a ticket was solved at most seven days before another was created."""
    return any(
        other.created <= one.created and 0 <= took(span.start, one.created) <= WEEK
        for span in other.solves
    )


SLOW: dict[str, Slow] = {
    "auto_reply_share": acknowledged,
    "messages_per_ticket": a_ticket,
    "follow_up_share": follow_ups,
}
