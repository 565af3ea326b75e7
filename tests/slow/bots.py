"""The slow paths of conversations with bots."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from facts.issues import QUIET, shared_persons
from slow.contacts import approaches, everything, issues, persons
from slow.curves import DONE, RIVAL, WAITS, Exit, average, middle, part, reached
from slow.telling import Row, took
from slow.world import Slow, World


def sessions(world: World) -> list[Row]:
    """The conversations with bots of the days asked about."""
    return [row for row in world.tables["bot_session"] if world.inside(row["started_at"])]


def bot_share(holds: Callable[[Row], bool]) -> Slow:
    """The share of conversations for which something holds."""
    return lambda world: part(sum(map(holds, sessions(world))), len(sessions(world)))


def contained(world: World) -> float | None:
    """Conversations of known persons that nobody had to follow up."""
    who = persons(world)
    came: dict[str, list[datetime]] = defaultdict(list)
    for one in approaches(world):
        if one.customer is not None:
            came[who.get(one.customer, one.customer)].append(one.at)
    shared = shared_persons(issues(world))
    good, rows = 0, 0
    for row in sessions(world):
        if row["customer_id"] is None or took(row["started_at"], world.as_of) < QUIET:
            continue
        person = str(who.get(row["customer_id"], row["customer_id"]))
        if person in shared:
            continue
        rows += 1
        again = [
            at
            for at in came[person]
            if at >= row["started_at"] and took(row["started_at"], at) <= QUIET
        ]
        good += not (again or row["handed_over_at"] or row["ticket_id"])
    return part(good, rows)


def to_people(world: World) -> list[Exit]:
    """From hand-over to a person's first words, to an end without, or until now."""
    found = []
    for row in world.tables["bot_session"]:
        begun = row["handed_over_at"]
        if not world.inside(begun):
            continue
        matter = everything(world).get(row["ticket_id"])
        human = row["human_at"] or (matter.replied if matter else None)
        gone = matter.unanswered if matter else row["ended_at"]
        if matter is not None and matter.demand == "merged":
            human, gone = row["human_at"], None
        if human is not None and human >= begun:
            found.append((0, took(begun, human), DONE))
        elif gone is not None and gone >= begun:
            found.append((0, took(begun, gone), RIVAL))
        else:
            found.append((0, took(begun, world.as_of), WAITS))
    return found


def _done(world: World) -> list[int]:
    return [age for _, age, kind in to_people(world) if kind == DONE]


def _silent(row: Row) -> bool:
    said = row["confirmed"] is not None or row["handed_over_at"] is not None
    return not said and row["outcome"] != "abandoned"


SLOW: dict[str, Slow] = {
    "bot_sessions": lambda w: len(sessions(w)),
    "bot_containment": contained,
    "bot_resolution": bot_share(lambda row: row["confirmed"] is True),
    "bot_unconfirmed_share": bot_share(_silent),
    "bot_handover_rate": bot_share(lambda row: row["handed_over_at"] is not None),
    "bot_abandon": bot_share(lambda row: row["outcome"] == "abandoned"),
    "time_to_human": lambda w: reached(to_people(w)),
    "time_to_human_finished": lambda w: middle(_done(w)),
    "time_to_human_finished_mean": lambda w: average(_done(w)),
}
