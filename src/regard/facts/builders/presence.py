"""One row a stretch in which a person was in one state, and one a planned shift."""

from collections.abc import Mapping

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import DAY, is_one_of, joined, seconds_between, whole_second
from regard.facts.fact import Fact

HANDLING = ("handling", "wrap")
WORKING = ("available", *HANDLING)
STATES = (*WORKING, "break", "away", "offline")
SHIFT = ("source", "agent_id", "shift_id")


def presence_fact(agent_state: Relation) -> Relation:
    """Each state with its length."""
    return agent_state.mutate(
        seconds=seconds_between(agent_state.starts_at, agent_state.ends_at),
        agent=agent_state.agent_id,
    )


def shift_fact(shift: Relation, agent_state: Relation) -> Relation:
    """Each shift with how much of it was spent as planned, and how much on customers."""
    parts = _parts(shift, agent_state)
    works = parts.activity.fill_null("work") == "work"
    # A training or meeting has no state of its own: who is at it is away from contacts.
    other = ibis.ifelse(is_one_of(parts.activity, STATES), parts.activity, "away")
    spent = {
        "known_seconds": ibis.literal(True),
        "planned_state_seconds": (works & is_one_of(parts.state, WORKING))
        | (~works & ((parts.state == other) | (parts.state == parts.activity)).fill_null(False)),
        "handled_seconds": is_one_of(parts.state, HANDLING),
    }
    found = joined(shift, _united(parts, spent), SHIFT)
    return found.mutate(
        agent=found.agent_id,
        seconds=seconds_between(found.starts_at, found.ends_at),
        paid=found.activity.fill_null("work") != "unpaid",
    )


def _parts(shift: Relation, agent_state: Relation) -> Relation:
    """Where a shift and a state of its agent overlap, cut at UTC midnights: an equal join."""
    planned = shift.select(
        *SHIFT,
        "activity",
        shift_from=whole_second(shift.starts_at),
        shift_to=whole_second(shift.ends_at),
    )
    reach = planned.group_by("source", "agent_id").aggregate(
        first=planned.shift_from.min(), last=planned.shift_to.max()
    )
    been = agent_state.filter(agent_state.ends_at.notnull())
    been = been.select(
        *("source", "agent_id", "state", "state_id"),
        state_from=whole_second(been.starts_at),
        state_to=whole_second(been.ends_at),
    ).inner_join(reach, ["source", "agent_id"])
    been = been.mutate(
        state_from=ibis.greatest(been.state_from, been.first),
        state_to=ibis.least(been.state_to, been.last),
    ).drop("first", "last")
    both = _by_day(planned, "shift_from", "shift_to").inner_join(
        _by_day(been, "state_from", "state_to"), ["source", "agent_id", "day"]
    )
    both = both.mutate(
        part_from=ibis.greatest(both.shift_from, both.state_from, both.day * DAY),
        part_to=ibis.least(both.shift_to, both.state_to, (both.day + 1) * DAY),
    )
    return both.filter(both.part_to > both.part_from)


def _by_day(rows: Relation, begins: str, ends: str) -> Relation:
    """One row for each UTC day that a stretch touches."""
    rows = rows.filter(rows[ends] > rows[begins])
    days = ibis.range((rows[begins] // DAY).cast("int64"), (rows[ends] // DAY).cast("int64") + 1, 1)
    return rows.mutate(day=days.unnest())


def _united(parts: Relation, spent: Mapping[str, BooleanValue]) -> Relation:
    """Seconds of each shift for which each condition holds; what overlaps counts once."""
    parts = parts.mutate(
        **{f"{name}_to": ibis.ifelse(holds, parts.part_to, None) for name, holds in spent.items()}
    )
    before = ibis.window(
        group_by=SHIFT,
        order_by=[parts.part_from, parts.part_to, parts.state_id],
        preceding=(None, 1),
    )
    added = {}
    for name in spent:
        until = parts[f"{name}_to"]
        begins = ibis.greatest(parts.part_from, until.max().over(before))
        added[name] = ibis.ifelse(until.notnull(), ibis.greatest(until - begins, 0), 0)
    rows = parts.select(*SHIFT, **added)
    return rows.group_by(*SHIFT).aggregate(
        **{name: rows[name].sum().cast("int64") for name in spent}
    )


PRESENCE_COLUMNS = columns(
    source="text: The system.",
    agent_id="text: Who.",
    state_id="text: The stretch.",
    agent="text: Who.",
    state="text: available, handling, wrap, break, away or offline.",
    channel="text: Phone, chat …",
    starts_at="instant: From.",
    ends_at="instant: Until; empty while it lasts.",
    seconds="whole: How long; empty while it lasts.",
)

SHIFT_COLUMNS = columns(
    source="text: The system.",
    agent_id="text: Who.",
    shift_id="text: The shift.",
    agent="text: Who.",
    team="text: For which team.",
    activity="text: work, break, training …",
    starts_at="instant: From.",
    ends_at="instant: Until.",
    seconds="whole: How long it was planned.",
    paid="flag: Whether it is paid.",
    known_seconds="whole: For how much of it the person's state is known.",
    planned_state_seconds="whole: How much was spent in the state planned.",
    handled_seconds="whole: How much was spent handling contacts and their after-work.",
)

FACTS = [
    Fact(
        "presence_fact",
        "Each stretch during which a person was in one state.",
        one_row_per="stretch of presence",
        key=("source", "agent_id", "state_id"),
        bucket="agent_id",
        reads=("agent_state",),
        columns=PRESENCE_COLUMNS,
        build=presence_fact,
        dimensions={n: n for n in ("source", "agent", "state", "channel")},
    ),
    Fact(
        "shift_fact",
        "Each planned shift, with how it was spent.",
        one_row_per="planned shift",
        key=SHIFT,
        bucket="agent_id",
        reads=("shift", "agent_state"),
        columns=SHIFT_COLUMNS,
        build=shift_fact,
        dimensions={n: n for n in ("source", "agent", "team", "activity")},
    ),
]
