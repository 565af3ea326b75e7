"""The slow paths of the help centre: what is read there, and who comes all the same."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from fractions import Fraction
from functools import cache
from math import sqrt
from statistics import median

from slow.contacts import approaches, persons, topics
from slow.contacts import inside as approached
from slow.curves import DONE, part, reached
from slow.telling import DAY, Row, took
from slow.world import Slow, World

A_MINUTE, A_PICTURE = 200, 5
"""Words read in a minute, and seconds for a picture (METRICS §7)."""
FEWEST = 10
"""Looks by known persons below which chance may do anything."""
QUANTILE = 1.959963984540054


def looks(world: World, ripe: int = 0) -> list[Row]:
    """The looks at articles in the days, at least so many seconds ago."""
    return [
        row
        for row in world.tables["article_view"]
        if world.inside(row["at"]) and took(row["at"], world.as_of) >= ripe
    ]


def article(world: World, name: str, at: datetime) -> Row | None:
    """The version of an article that stood at an instant."""
    rows = [
        row
        for row in world.tables["article"]
        if row["article_id"] == name and row["valid_from"] <= at
    ]
    return max(rows, key=lambda row: row["valid_from"], default=None)


def is_read(world: World, row: Row) -> bool | None:
    """Whether a look was a read; None where that cannot be known."""
    told = article(world, row["article_id"], row["at"])
    if told is None or None in (row["active_seconds"], row["scroll_percent"], told["words"]):
        return None
    takes = Fraction(60 * told["words"], A_MINUTE) + A_PICTURE * (told["pictures"] or 0)
    return bool(2 * row["active_seconds"] >= takes and row["scroll_percent"] >= 50)


def read_share(world: World) -> float | None:
    """The share of looks that were reads."""
    found = [is_read(world, row) for row in looks(world)]
    known = [each for each in found if each is not None]
    return part(sum(known), len(known))


def readers(world: World) -> int:
    """Different persons, or visitors of whom nobody knows the person."""
    who = persons(world)
    return len(
        {
            ("person", who[row["customer_id"]]) if row["customer_id"] else ("", row["visitor"])
            for row in looks(world)
            if row["customer_id"] or row["visitor"]
        }
    )


def helpful(world: World) -> float | None:
    """The share of votes that say that it helped."""
    votes = [row["helpful"] for row in looks(world) if row["helpful"] is not None]
    return part(sum(votes), len(votes))


@cache
def came(world: World) -> dict[str, list[datetime]]:
    """When each person came to us."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for one in approaches(world):
        if one.customer:
            found[persons(world)[one.customer]].append(one.at)
    return found


def escapes(world: World, rows: Iterable[Row], within: int) -> list[bool]:
    """Of each look by a known person, whether that person came to us soon after."""
    who, found = persons(world), []
    for row in rows:
        if row["customer_id"]:
            times = came(world)[who[row["customer_id"]]]
            found.append(any(row["at"] <= at and took(row["at"], at) <= within for at in times))
    return found


def escaped(within: int) -> Slow:
    """The share of looks after which the same person came to us."""

    def told(world: World) -> float | None:
        found = escapes(world, looks(world, ripe=within), within)
        return part(sum(found), len(found))

    return told


def needing_work(world: World) -> float | None:
    """The share of articles much looked at, seldom read, and after which more come to us."""
    by_article: dict[str, list[Row]] = defaultdict(list)
    for row in looks(world, ripe=DAY):
        by_article[row["article_id"]].append(row)
    if not by_article:
        return None
    often = median(len(rows) for rows in by_article.values())
    everyone = escapes(world, looks(world, ripe=DAY), DAY)
    usual = sum(everyone) / len(everyone) if everyone else 0.0
    found = []
    for rows in by_article.values():
        reads = [each for each in (is_read(world, row) for row in rows) if each is not None]
        sent_on = escapes(world, rows, DAY)
        unread = bool(reads) and 2 * sum(reads) < len(reads)
        found.append(len(rows) >= often and unread and _lowest(sent_on) > usual)
    return part(sum(found), len(found))


def _lowest(found: Collection[bool]) -> float:
    """The lower limit of a share by Wilson (1927)."""
    n, z = len(found), QUANTILE
    if n < FEWEST:
        return 0.0
    share = sum(found) / n
    middle = share + z * z / (2 * n)
    return (middle - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def started(world: World) -> int:
    """Contacts that began at an article: opened there, or calls to its own number."""
    opened = {row["contact_started"] for row in world.tables["article_view"]}
    numbers = {row["number"] for row in world.tables["article"] if row["number"]}
    calls = {
        row["call_id"]
        for row in world.tables["call"]
        if row["call_id"] in opened or row["article_id"] or row["number_called"] in numbers
    }
    found = sum(
        world.inside(row["arrived_at"]) for row in world.tables["call"] if row["call_id"] in calls
    )
    found += sum(
        world.inside(row["created_at"])
        for row in world.tables["ticket"]
        if row["ticket_id"] in opened
    )
    return found


def searches(world: World) -> list[Row]:
    """The searches of the days."""
    return [row for row in world.tables["help_search"] if world.inside(row["at"])]


def in_vain(world: World) -> float | None:
    """The share of searches without a result."""
    rows = [row["results"] for row in searches(world) if row["results"] is not None]
    return part(sum(results == 0 for results in rows), len(rows))


def came_inside(world: World) -> int:
    """Different persons who came to us."""
    return len({persons(world)[one.customer] for one in approached(world) if one.customer})


def untold(world: World) -> float | None:
    """The share of contacts on topics of which no article was at the time."""
    found = []
    names = {row["article_id"] for row in world.tables["article"]}
    for one in approached(world):
        versions = [article(world, name, one.at) for name in names]
        told = {row["topic"] for row in versions if row is not None and row["topic"]}
        topic = one.topic or topics(world).get(one.ticket or "")
        if topic and told:
            steps = topic.split("/")
            found.append(not any("/".join(steps[: n + 1]) in told for n in range(len(steps))))
    return part(sum(found), len(found))


SLOW: dict[str, Slow] = {
    "article_views": lambda w: len(looks(w)),
    "article_readers": readers,
    "article_read_time": lambda w: reached(
        [(0, row["active_seconds"], DONE) for row in looks(w) if row["active_seconds"] is not None]
    ),
    "read_share": read_share,
    "helpful_share": helpful,
    "escaped_contacts": escaped(DAY),
    "escaped_contacts_7d": escaped(7 * DAY),
    "articles_needing_work": needing_work,
    "article_contacts": started,
    "searches": lambda w: len(searches(w)),
    "searches_without_result": in_vain,
    "customers_in_contact": came_inside,
    "self_service_ratio": lambda w: part(readers(w), came_inside(w)),
    "articles_to_contacts": lambda w: part(len(looks(w)), len(approached(w))),
    "topics_without_article": untold,
}
