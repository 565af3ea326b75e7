"""The slow paths of contacts and of the issues they belong to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from facts.issues import QUIET, Contact, Episode, episodes_of, shared_persons
from slow import calls as telephone
from slow.curves import part
from slow.telling import DAY, Matter, Row, matters, second, took
from slow.turns import told_of
from slow.world import Slow, World

SHORT = 5
WRITTEN = ("email", "web", "chat", "social", "marketplace", "api", "other")
NO_APPROACH = ("test", "ivr_served", "ivr_unknown")


@dataclass(frozen=True)
class Approach:
    """A contact. over: when it was over in itself, where it was answered."""

    kind: str
    id: str
    at: datetime
    customer: str | None
    topic: str | None
    ticket: str | None = None
    over: datetime | None = None
    channel: str | None = None

    @property
    def name(self) -> str:
        """The name that tells it from others, in the order of kinds and ids."""
        return f"{self.kind} {self.id}"


def persons(world: World) -> dict[str, str]:
    """By customer: the first of those who are one person with them."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in world.tables["customer_identity"]:
        if row["kind"] in ("mail", "phone", "external") and row["address"]:
            holders[row["kind"], row["address"].strip().lower()].add(row["customer_id"])
    groups = [each for each in holders.values() if 1 < len(each) <= 5]
    found = {row["customer_id"]: row["customer_id"] for row in world.tables["customer"]}
    changed = True
    while changed:
        changed = False
        for group in groups:
            first = min(found.get(one, one) for one in group)
            for one in group:
                if found.get(one, one) != first:
                    found[one], changed = first, True
    return found


@cache
def everything(world: World) -> dict[str, Matter]:
    """Every ticket, whatever its label."""
    return matters(world.tables)


@cache
def approaches(world: World) -> list[Approach]:
    """Every contact, one by one."""
    called, rang = _calls(world)
    chatted, chats = _chats(world)
    found = [*_tickets(world, rang, chats), *called, *chatted, *_posts(world)]
    for one in world.matters:
        found += _chasers(world, one)
    return _once_on_networks(world, found)


def _calls(world: World) -> tuple[list[Approach], dict[str, list[Row]]]:
    """Contacts by telephone, and by ticket the calls that are."""
    legs: dict[str, list[Row]] = defaultdict(list)
    for leg in world.tables["call_leg"]:
        legs[leg["call_id"]].append(leg)
    heads = {row["call_id"]: name for name, one in everything(world).items() for row in one.calls}
    found, rang = [], defaultdict(list)
    for row in world.tables["call"]:
        mine = sorted(legs[row["call_id"]], key=lambda leg: (leg["ordinal"], leg["starts_at"]))
        call = telephone.told_of(row, mine)
        short = call.gone(SHORT) and not call.callback
        if row["direction"] not in (None, "inbound") or call.outcome in NO_APPROACH or short:
            continue
        ticket = heads.get(row["call_id"])
        over = row["ended_at"] if call.answered else None
        told = Approach(
            "call", row["call_id"], call.arrived, row["customer_id"], row["type"], ticket, over
        )
        found.append(replace(told, channel="phone"))
        if ticket:
            rang[ticket].append(row)
    return found, rang


def _chats(world: World) -> tuple[list[Approach], dict[str, list[Row]]]:
    """Live chats in which people were asked for, and by ticket the chats."""
    heads = {
        row["session_id"]: name for name, one in everything(world).items() for row in one.chats
    }
    found, chats = [], defaultdict(list)
    for row in world.tables["chat_session"]:
        if not (row["queued_at"] or row["accepted_at"] or row["first_line_at"]):
            continue
        ticket = heads.get(row["session_id"])
        over = (row["ended_at"] or row["left_at"]) if row["first_line_at"] else None
        told = Approach("chat", row["session_id"], row["started_at"], row["customer_id"], None)
        found.append(replace(told, ticket=ticket, over=over, channel="chat"))
        if ticket:
            chats[ticket].append(row)
    return found, chats


def _tickets(
    world: World, rang: dict[str, list[Row]], chats: dict[str, list[Row]]
) -> list[Approach]:
    """Contacts that are tickets, but for those opened by us in writing, and mere records.

    A record is of a call or chat and was opened around it.
    """
    found = []
    for one in world.matters:
        row, name = one.row, one.row["ticket_id"]
        ours = row["created_by_kind"] == "agent"
        if ours and row["channel"] in WRITTEN:
            continue
        by_us = row["created_by_kind"] in ("agent", "bot", "system")
        calls = [(call["arrived_at"], call["ended_at"]) for call in rang[name]]
        talks = [(chat["started_at"], chat["ended_at"] or chat["left_at"]) for chat in chats[name]]
        spoken = (calls if by_us or row["channel"] == "phone" else []) + (
            talks if by_us or row["channel"] == "chat" else []
        )
        around = any(
            took(begun, one.created) >= -300 and took(end or begun, one.created) <= DAY
            for begun, end in spoken
        )
        if not around:
            topic = topics(world)[name]
            told = Approach("ticket", name, one.created, row["customer_id"], topic, name)
            found.append(replace(told, channel=row["channel"]))
    return found


def _chasers(world: World, one: Matter) -> list[Approach]:
    """Messages a day or more after the last, while nobody had answered."""
    name, found, last = one.row["ticket_id"], [], None
    written = {row["message_id"] for row in one.messages}
    for at, _, _, event, kind in told_of(one):
        late = last is not None and took(last, at) >= DAY
        if kind == "asks" and late and event in written:
            topic = topics(world)[name]
            told = Approach(
                "chaser", f"{name}/{event} {at}", at, one.row["customer_id"], topic, name
            )
            found.append(replace(told, channel=one.row["channel"]))
        last = at if kind == "asks" else None
    return found


def _posts(world: World) -> list[Approach]:
    """What customers began on networks."""
    rows = {row["post_id"]: row for row in world.tables.get("post", ())}
    bots = {row["agent_id"] for row in world.tables["agent"] if row["bot"]}
    found = []
    for row in rows.values():
        if row["side"] != "customer":
            continue
        before = rows.get(row["in_reply_to"])
        if before and before["side"] == "ours" and before["in_reply_to"]:
            continue
        if before and before["side"] == "customer" and _same(before, row):
            continue
        thread = [row["post_id"]]
        for other in sorted(rows.values(), key=lambda each: each["at"]):
            mine = other["side"] == "customer" and other["in_reply_to"] in thread
            if mine and _same(rows[other["in_reply_to"]], other):
                thread.append(other["post_id"])
        replies = [
            other["at"]
            for other in rows.values()
            if other["side"] == "ours"
            and other["in_reply_to"] in thread
            and not other["automatic"]
            and other["agent"] not in bots
        ]
        over = min(replies, default=None)
        found.append(
            Approach("post", row["post_id"], row["at"], row["customer_id"], None, None, over)
        )
    return found


def _same(one: Row, other: Row) -> bool:
    known = one["customer_id"] is not None and one["customer_id"] == other["customer_id"]
    return known or (one["account"] is not None and one["account"] == other["account"])


def _once_on_networks(world: World, found: Sequence[Approach]) -> list[Approach]:
    """Without tickets of a network whose person wrote a post in the day before."""
    who = persons(world)
    posts = [one for one in found if one.kind == "post" and one.customer]
    wrote: dict[str, list[datetime]] = defaultdict(list)
    for one in posts:
        wrote[who.get(str(one.customer), str(one.customer))].append(one.at)
    return [
        one
        for one in found
        if not (
            one.kind == "ticket"
            and one.channel == "social"
            and one.customer is not None
            and any(
                at <= one.at and took(at, one.at) <= DAY
                for at in wrote[who.get(one.customer, one.customer)]
            )
        )
    ]


@cache
def topics(world: World) -> dict[str, str | None]:
    """By ticket: what it was last said to be about, of several the first."""
    told = {row["ticket_id"]: row["type"] for row in world.tables["ticket"]}
    changes = [row for row in world.tables["ticket_change"] if row["field"] == "type"]
    for row in sorted(changes, key=lambda row: (row["at"], row["ordinal"])):
        told[row["ticket_id"]] = row["value"]
    return {name: _first(label) for name, label in told.items()}


def _first(label: str | None) -> str | None:
    return (label or "").split(";")[0].strip() or None


@cache
def issues(world: World) -> list[Contact]:
    """The contacts as what episodes are made of."""
    follows = {row["ticket_id"]: row["follows"] for row in world.tables["ticket"]}
    found = []
    for one in approaches(world):
        root, topic = one.ticket, one.topic or (topics(world)[one.ticket] if one.ticket else None)
        while root and follows.get(root):
            root = follows[root]
        if root:
            topic = topics(world).get(root) or topic
        ended = resolved(world, one)
        found.append(
            Contact(
                one.name,
                second(one.at),
                None if one.customer is None else persons(world).get(one.customer, one.customer),
                topic,
                root,
                None if ended is None else second(ended),
            )
        )
    return found


def resolved(world: World, one: Approach) -> datetime | None:
    """When the matter of a contact was resolved."""
    if one.ticket is None:
        return one.over
    matter = everything(world)[one.ticket]
    if matter.resolved and matter.resolved >= one.at:
        return matter.resolved
    last = matter.last_solved
    if matter.is_open or last is None:
        return None
    return last if last >= one.at else one.over


@cache
def known(world: World, joining: str) -> list[tuple[Contact, Episode]]:
    """The episodes of known persons, each with its first contact."""
    named = {one.name: one for one in issues(world)}
    shared = shared_persons(named.values())
    pairs = [(named[each.contacts[0]], each) for each in episodes_of(named.values(), joining)]
    return [
        (first, episode)
        for first, episode in pairs
        if first.person and first.person not in shared and (first.topic or joining != "topic")
    ]


def _over(world: World, joining: str) -> list[Episode]:
    """The episodes begun in the days asked about that are over."""
    return [
        episode
        for first, episode in known(world, joining)
        if second(world.start) <= first.at < second(world.end)
        and episode.over <= second(world.as_of)
    ]


def at_once(joining: str) -> Slow:
    """Issues settled with one contact."""

    def told(world: World) -> float | None:
        rows = _over(world, joining)
        good = [each for each in rows if len(each.contacts) == 1 and each.resolved is not None]
        return part(len(good), len(rows))

    return told


def per_resolution(joining: str) -> Slow:
    """Contacts for each issue resolved."""

    def told(world: World) -> float | None:
        rows = _over(world, joining)
        return part(
            sum(len(each.contacts) for each in rows),
            sum(each.resolved is not None for each in rows),
        )

    return told


def repeats(joining: str) -> Slow:
    """Resolved issues after which the person came again."""

    def told(world: World) -> float | None:
        rows = [
            each
            for _, each in known(world, joining)
            if each.resolved is not None
            and second(world.start) <= each.resolved < second(world.end)
            and second(world.as_of) - each.resolved >= QUIET
        ]
        return part(sum(each.repeats > 0 for each in rows), len(rows))

    return told


def inside(world: World) -> list[Approach]:
    """The contacts of the days asked about."""
    return [one for one in approaches(world) if world.inside(one.at)]


def resolutions(world: World) -> int:
    """Different matters resolved."""
    named = {one.name: one for one in issues(world)}
    return len(
        {
            named[one.name].matter or one.name
            for one in approaches(world)
            if world.inside(resolved(world, one))
        }
    )


SLOW: dict[str, Slow] = {
    "contacts": lambda w: len(inside(w)),
    "identified_share": lambda w: part(
        sum(one.customer is not None for one in inside(w)), len(inside(w))
    ),
    "resolutions": resolutions,
    "first_contact_resolution": at_once("topic"),
    "first_contact_resolution_linked": at_once("linked"),
    "first_contact_resolution_any": at_once("any"),
    "contacts_per_resolution": per_resolution("topic"),
    "contacts_per_resolution_linked": per_resolution("linked"),
    "contacts_per_resolution_any": per_resolution("any"),
    "repeat_contact_rate": repeats("topic"),
    "repeat_contact_rate_linked": repeats("linked"),
    "repeat_contact_rate_any": repeats("any"),
}
