"""One row a stretch in which a person was in one state, and one a planned shift."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import is_one_of, joined, seconds_between
from regard.facts.fact import Fact

WORKING = ("available", "handling", "wrap")
SHIFT = ("source", "agent_id", "shift_id")


def presence_fact(agent_state: Relation) -> Relation:
    """Each state with its length."""
    return agent_state.mutate(
        seconds=seconds_between(agent_state.starts_at, agent_state.ends_at),
        agent=agent_state.agent_id,
    )


def shift_fact(shift: Relation, agent_state: Relation) -> Relation:
    """Each shift with how much of it was spent as planned, and how much on customers."""
    states = agent_state.select(
        "source",
        "agent_id",
        "state",
        state_from="starts_at",
        state_to=agent_state.ends_at,
    )
    rows = shift.inner_join(states, ["source", "agent_id"])
    rows = rows.mutate(
        part_from=ibis.greatest(rows.starts_at, rows.state_from),
        part_to=ibis.least(rows.ends_at, rows.state_to),
    )
    rows = rows.filter(rows.state_to.notnull(), rows.part_to > rows.part_from)
    lasted = seconds_between(rows.part_from, rows.part_to)
    works = rows.activity.fill_null("work") == "work"
    as_planned = (works & is_one_of(rows.state, WORKING)) | (~works & (rows.state == rows.activity))
    spent = rows.group_by(*SHIFT).aggregate(
        known_seconds=lasted.sum(),
        planned_state_seconds=lasted.sum(where=as_planned),
        handled_seconds=lasted.sum(where=is_one_of(rows.state, ("handling", "wrap"))),
    )
    found = joined(shift, spent, SHIFT)
    known = found.known_seconds.notnull()
    return found.mutate(
        agent=found.agent_id,
        seconds=seconds_between(found.starts_at, found.ends_at),
        paid=found.activity.fill_null("work") != "unpaid",
        planned_state_seconds=ibis.ifelse(known, found.planned_state_seconds.fill_null(0), None),
        handled_seconds=ibis.ifelse(known, found.handled_seconds.fill_null(0), None),
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
