"""One row an issue episode: the contacts of one person that are about one thing."""

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.schema import columns
from regard.facts.builders.contact import CONTACT, DIMENSIONS
from regard.facts.expressions import count_where
from regard.facts.fact import Fact
from regard.facts.joining import CHAIN as NUMBERED
from regard.facts.joining import end_of, in_time, with_episodes
from regard.store.engine import MOMENT

CHAIN = ("joining", "person", "thread")
"""What tells apart the contacts of which none may be of one episode with another's."""
OF_FIRST = (
    *CONTACT,
    "at",
    "person",
    "customer_id",
    "channel",
    "topic",
    "team",
    "agent",
    "article_id",
    "product",
    "country",
    "language",
    "kind",
    "plan",
    "identified",
    "shared",
)
"""What an episode has from its first contact."""
OF_ALL = ("contacts", "channels", "observed", "resolved_at", "repeats", "repeated_at")
"""What it has from all of them."""


def episode_fact(contact_fact: Relation) -> Relation:
    """Episodes by each way of joining: by topic, by links alone, and of any topic."""
    contacts = contact_fact.mutate(topic=contact_fact.matter_topic)
    threads: dict[str, Value] = {
        "topic": contacts.topic,
        "linked": contacts.source + ibis.literal("/") + contacts.matter,
        "any": ibis.literal(""),
    }
    known = contacts.identified & ~contacts.shared
    told = ibis.union(
        *(
            contacts.select(
                *CONTACT,
                "at",
                "person",
                "resolved_at",
                "matter",
                "channel",
                "observed",
                joining=ibis.literal(name),
                thread=ibis.ifelse(known, thread, None),
            )
            for name, thread in threads.items()
        )
    )
    # Most contacts come alone, and what follows is dear.
    keyed = told.filter(told.thread.notnull())
    sizes = keyed.group_by(*CHAIN).aggregate(size=keyed.count())
    several = sizes.filter(sizes.size > 1)
    # Sorting by a number is much cheaper than by three texts, again and again.
    number = ibis.row_number().over(ibis.window(order_by=[several[name] for name in CHAIN]))
    several = several.select(*CHAIN, chain=number.cast("int64"))
    found = ibis.union(
        _together(told.inner_join(several, list(CHAIN)).drop("person", "thread")),
        _alone(told.anti_join(several, list(CHAIN))),
    )
    return _concluded(found.inner_join(contacts.select(*OF_FIRST), list(CONTACT)))


def _together(rows: Relation) -> Relation:
    """The episodes of contacts that may be joined with others."""
    found = with_episodes(rows)
    whole = ibis.window(group_by=(*NUMBERED, "episode"))
    first = ibis.ifelse(found.begins, found.solved_at, None)
    found = found.mutate(solved=first.max().over(whole))
    again = (found["at"] > found.solved).fill_null(False)
    firsts = {name: found[name].max(where=found.begins) for name in CONTACT}
    told = found.group_by(*NUMBERED, "episode").aggregate(
        joining=found.joining.max(),
        **firsts,
        contacts=found.count(),
        channels=found.channel.nunique(),
        observed=found.observed.max(),
        resolved_at=found.solved.max(),
        repeats=count_where(again),
        repeated_at=found["at"].min(where=again),
    )
    return told.select("joining", *CONTACT, *OF_ALL)


def _alone(rows: Relation) -> Relation:
    """Contacts that nothing joins with another: each is an episode."""
    one, none = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    return rows.select(
        "joining",
        *CONTACT,
        contacts=one,
        channels=one,
        observed=rows.observed,
        resolved_at=in_time(rows["at"], rows.resolved_at),
        repeats=none,
        repeated_at=ibis.null(MOMENT),
    )


def _concluded(rows: Relation) -> Relation:
    """What an episode came to, in the order of the declared columns."""
    rows = rows.mutate(
        ripe_at=end_of(rows["at"], rows.resolved_at),
        one_contact=(rows.contacts == 1) & rows.resolved_at.notnull(),
    )
    kinds = ibis.Schema.from_pyarrow(FACTS[0].schema)
    return rows.select(**{name: rows[name].cast(kind) for name, kind in kinds.items()})


COLUMNS = columns(
    joining="text: topic: contacts on one topic, or linked; linked: only by a ticket or one that "
    "follows it; any: whatever they are about.",
    source="text: The system of the first contact.",
    contact_kind="text: ticket, call, chat, post or chaser: the first contact.",
    contact_id="text: The first contact's id.",
    person="text: Who, over all systems; empty where nobody knows.",
    customer_id="text: Who, in the system of the first contact.",
    at="instant: The first contact.",
    channel="text: Its channel.",
    topic="text: What it is about.",
    team="text: The team credited with the first contact.",
    agent="text: The person credited with the first contact.",
    article_id="text: The article it was started from.",
    product="text: The product.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    plan="text: The customer's plan.",
    contacts="whole: How many contacts.",
    channels="whole: Over how many channels.",
    observed="flag: Whether the history of a ticket among them is not known.",
    resolved_at="instant: The first resolution among them, within 30 days of the first contact.",
    ripe_at="instant: When it is over: 7 days after that, else 30 days after it began.",
    one_contact="flag: Whether it was resolved with a single contact.",
    repeats="whole: Contacts that came after the resolution.",
    repeated_at="instant: The first of these.",
    identified="flag: Whether it is known who it was.",
    shared="flag: Whether the identity has more than 20 contacts within some week.",
)

FACTS = [
    Fact(
        "episode_fact",
        "Each issue: the contacts of one person on one topic, or linked, until it is over.",
        one_row_per="way of joining and issue episode",
        key=("joining", *CONTACT),
        bucket="contact_id",
        reads=("contact_fact",),
        columns=COLUMNS,
        build=episode_fact,
        whose="person",
        dimensions={
            name: name
            for name in (
                "joining",
                *(name for name in DIMENSIONS if name not in ("outcome",)),
            )
        }
        | {"type": "topic"},
    )
]
