"""The slow paths of what is said in public: reviews, and posts on networks."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from slow.answers import BOXES
from slow.curves import DONE, WAITS, average, middle, part, reached
from slow.telling import Row, took
from slow.tickets import in_period as by_period
from slow.world import Slow, World

WEEK = 7 * 86_400
Clock = tuple[datetime, datetime | None, datetime | None]


def clocked(
    key: str, clocks: Callable[[World], Sequence[Clock]], in_period: bool = True
) -> dict[str, Slow]:
    """A time that runs until a person answers, with its twins."""

    def ends(world: World) -> list[tuple[int, int, int]]:
        rows = [clock for clock in clocks(world) if world.inside(clock[0])]
        return [(0, took(at, done or world.as_of), DONE if done else WAITS) for at, done, _ in rows]

    def finished(world: World) -> list[int]:
        return [end for _, end, kind in ends(world) if kind == DONE]

    found: dict[str, Slow] = {
        key: lambda world: reached(ends(world)),
        f"{key}_finished": lambda world: middle(finished(world)),
        f"{key}_finished_mean": lambda world: average(finished(world)),
    }
    if in_period:
        found[f"{key}_in_period"] = lambda world: by_period(world, clocks(world))
    return found


def of_us(world: World) -> list[Row]:
    """The reviews of us in the days asked about."""
    rows = world.tables["review"]
    return [row for row in rows if world.inside(row["posted_at"]) and row["side"] == "ours"]


def organic(world: World) -> list[Row]:
    """Those that we had not asked for, or of which nobody says so."""
    return [row for row in of_us(world) if not row["invited"]]


def invited(world: World) -> list[Row]:
    """Those that we had asked for."""
    return [row for row in of_us(world) if row["invited"]]


def rated(rows: Callable[[World], list[Row]], suffix: str) -> dict[str, Slow]:
    """How good the reviews are."""

    def by_scale(world: World) -> dict[str, float | None]:
        scales: dict[str, list[int]] = defaultdict(list)
        for row in rows(world):
            if row["stars"] is not None:
                scales[f"1–{row['scale_max']}"].append(row["stars"])
        return {name: average(stars) for name, stars in scales.items()}

    def share(holds: Callable[[Row], bool]) -> Slow:
        def told(world: World) -> float | None:
            found = [holds(row) for row in rows(world) if row["stars"] is not None]
            return part(sum(found), len(found))

        return told

    return {
        f"reviews{suffix}": lambda world: len(rows(world)),
        f"review_rating{suffix}": by_scale,
        f"five_star_share{suffix}": share(lambda row: bool(row["stars"] == row["scale_max"])),
        f"review_positive_share{suffix}": share(
            lambda row: bool(row["stars"] > row["scale_max"] - BOXES[row["scale_max"]])
        ),
    }


def review_clocks(world: World) -> list[Clock]:
    """When each review of us came, and a person of ours first replied."""
    replies: dict[str, list[datetime]] = defaultdict(list)
    for row in world.tables["review_reply"]:
        if not row["automatic"]:
            replies[row["review_id"]].append(row["at"])
    return [
        (row["posted_at"], min(replies[row["review_id"]], default=None), None)
        for row in world.tables["review"]
        if row["side"] == "ours"
    ]


def reply_rate(world: World) -> float | None:
    """The share of reviews a week old to which a person has replied."""
    rows = [
        done
        for at, done, _ in review_clocks(world)
        if world.inside(at) and took(at, world.as_of) >= WEEK
    ]
    return part(sum(done is not None for done in rows), len(rows))


def replies_sent(world: World) -> int:
    """Replies by people to reviews of us."""
    ours = {row["review_id"] for row in world.tables["review"] if row["side"] == "ours"}
    return sum(
        world.inside(row["at"]) and not row["automatic"] and row["review_id"] in ours
        for row in world.tables["review_reply"]
    )


def came(world: World) -> list[Row]:
    """Customers' posts that are not said on: neither to our replies nor to their own post."""
    posts = {row["post_id"]: row for row in world.tables["post"]}
    found = []
    for row in posts.values():
        parent = posts.get(row["in_reply_to"])
        to_us = parent is not None and parent["side"] == "ours" and parent["in_reply_to"]
        to_self = parent is not None and parent["account"] == row["account"]
        if row["side"] == "customer" and not to_us and not to_self:
            found.append(row)
    return found


def mentions(world: World) -> list[Row]:
    """Those of the days asked about."""
    return [row for row in came(world) if world.inside(row["at"])]


def mention_clocks(world: World) -> list[Clock]:
    """When each mention came, and a person of ours first answered it or what was added to it."""
    posts = {row["post_id"]: row for row in world.tables["post"]}
    first: dict[str, datetime] = {}
    for row in sorted(posts.values(), key=lambda each: each["at"]):
        if row["side"] != "ours" or row["automatic"] or not row["in_reply_to"]:
            continue
        name = row["in_reply_to"]
        while name in posts and posts[name]["in_reply_to"] in posts and _goes_on(posts, name):
            name = posts[name]["in_reply_to"]
        first.setdefault(name, row["at"])
    return [(row["at"], first.get(row["post_id"]), None) for row in came(world)]


def _goes_on(posts: dict[str, Row], name: str) -> bool:
    """Whether a post is added to the customer's own."""
    return bool(posts[posts[name]["in_reply_to"]]["account"] == posts[name]["account"])


def social_replies(world: World) -> int:
    """Answers by people of ours to customers' posts."""
    customers = {row["post_id"] for row in world.tables["post"] if row["side"] == "customer"}
    return sum(
        row["side"] == "ours"
        and not row["automatic"]
        and row["in_reply_to"] in customers
        and world.inside(row["at"])
        for row in world.tables["post"]
    )


def voice(world: World) -> float | None:
    """Our mentions, of ours and those of competitors by others than themselves."""
    theirs = {
        row["account"] for row in world.tables["account_snapshot"] if row["side"] == "competitor"
    }
    others = [
        row
        for row in world.tables["post"]
        if row["side"] == "competitor" and row["account"] not in theirs and world.inside(row["at"])
    ]
    ours = len(mentions(world))
    return part(ours, ours + len(others))


def last_counted(column: str) -> Slow:
    """A number of our accounts at its last count by the end of the days."""

    def told(world: World) -> int | None:
        at = min(world.end - timedelta(microseconds=1), world.as_of)
        last: dict[str, Any] = {}
        for row in sorted(world.tables["account_snapshot"], key=lambda each: each["at"]):
            if row["side"] == "ours" and row["at"] <= at:
                last[row["account"]] = row[column]
        return sum(last.values()) if last else None

    return told


SLOW: dict[str, Slow] = {
    **rated(organic, ""),
    **rated(invited, "_invited"),
    **clocked("review_reply_time", review_clocks),
    "review_reply_rate": reply_rate,
    "review_replies": replies_sent,
    **clocked("social_response_time", mention_clocks),
    "mentions": lambda w: len(mentions(w)),
    "social_replies": social_replies,
    "share_of_voice": voice,
    "followers": last_counted("followers"),
    "likes": last_counted("likes"),
}
