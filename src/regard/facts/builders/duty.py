"""One row a person and half hour of UTC: how long they were on duty, and how long planned to be.

A state counts once it is over. How long one goes on that still runs nobody knows, and a fact may
not depend on when it is looked at; a state that a system forgot to end counts for nothing.
"""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.presence import WORKING
from regard.facts.expressions import whole_second
from regard.facts.fact import Fact
from regard.store.engine import MOMENT

PERSON = ("source", "agent_id")
SLOT = 1_800
PLACE = (*PERSON, "slot")
EVER = -(2**62)


def duty_fact(shift: Relation, agent_state: Relation, agent: Relation) -> Relation:
    """Half hours with the seconds on duty and the seconds of planned work; machines are not people.

    What overlaps (a chat during a call, two shifts) counts once. The team is the one that the
    shift is for, else the person's own at the time.
    """
    there = agent_state.filter(agent_state.state.isin(WORKING))
    present = _united(there.select(*PERSON, "starts_at", "ends_at"))
    work = shift.filter(shift.activity.fill_null("work") == "work")
    planned = _united(work.select(*PERSON, "starts_at", "ends_at"))
    none = ibis.literal(0, "int64")
    both = ibis.union(
        present.mutate(present_seconds=present.seconds, planned_seconds=none).drop("seconds"),
        planned.mutate(present_seconds=none, planned_seconds=planned.seconds).drop("seconds"),
    )
    rows = both.group_by(*PLACE).aggregate(
        present_seconds=both.present_seconds.sum().cast("int64"),
        planned_seconds=both.planned_seconds.sum().cast("int64"),
    )
    rows = _with_team(rows, work, agent)
    bots = agent.filter(agent.bot.fill_null(False)).select(*PERSON).distinct()
    rows = rows.anti_join(bots, list(PERSON))
    return rows.mutate(
        agent=rows.agent_id,
        starts_at=(rows.slot * SLOT).cast(MOMENT),
        ends_at=((rows.slot + 1) * SLOT).cast(MOMENT),
    )


def _sliced(stretches: Relation) -> Relation:
    """Stretches that are over, cut at the half hours."""
    rows = stretches.filter(stretches.ends_at.notnull()).mutate(
        begins=whole_second(stretches.starts_at), over=whole_second(stretches.ends_at)
    )
    rows = rows.filter(rows.over > rows.begins)
    first = (rows.begins // SLOT).cast("int64")
    last = ((rows.over - 1) // SLOT).cast("int64")
    rows = rows.mutate(slot=ibis.range(first, last + 1, 1).unnest())
    return rows.mutate(
        begins=ibis.greatest(rows.begins, rows.slot * SLOT),
        over=ibis.least(rows.over, (rows.slot + 1) * SLOT),
    )


def _united(stretches: Relation) -> Relation:
    """Seconds of each person and half hour that at least one stretch covers."""
    parts = _sliced(stretches)
    # Pieces that are the same add nothing, so that their order does not matter.
    before = ibis.window(
        group_by=PLACE, order_by=[parts.begins, parts.over], preceding=(None, 1), following=None
    )
    covered = parts.over.max().over(before)
    begins = ibis.greatest(parts.begins, ibis.coalesce(covered, parts.begins))
    told = parts.select(*PLACE, seconds=ibis.greatest(parts.over - begins, 0))
    return told.group_by(*PLACE).aggregate(seconds=told.seconds.sum().cast("int64"))


def _with_team(rows: Relation, work: Relation, agent: Relation) -> Relation:
    for_team = _sliced(work.select(*PERSON, "starts_at", "ends_at", "team"))
    meant = for_team.group_by(*PLACE).aggregate(shift_team=for_team.team.min())
    rows = rows.left_join(meant, list(PLACE)).drop(*[f"{name}_right" for name in PLACE])
    own = agent.mutate(since=whole_second(agent.valid_from).fill_null(EVER))
    after = ibis.window(group_by=PERSON, order_by=own.since)
    spans = own.select(*PERSON, "since", own_team="team", until=own.since.lead().over(after))
    found = rows.left_join(
        spans,
        [
            rows.source == spans.source,
            rows.agent_id == spans.agent_id,
            rows.slot * SLOT >= spans.since,
            spans.until.isnull() | (rows.slot * SLOT < spans.until),
        ],
    )
    found = found.drop("source_right", "agent_id_right")
    return found.mutate(team=ibis.coalesce(found.shift_team, found.own_team))


COLUMNS = columns(
    source="text: The system.",
    agent_id="text: Who.",
    starts_at="instant: From: a full or half hour of UTC.",
    ends_at="instant: Until, half an hour later.",
    agent="text: Who.",
    team="text: The team that the shift is for, else the person's own at the time.",
    present_seconds="whole: How long the person was available, handling or in after-work.",
    planned_seconds="whole: How long the person was to work.",
)

FACTS = [
    Fact(
        "duty_fact",
        "Each half hour in which a person was on duty or was to be.",
        one_row_per="person and half hour",
        key=("source", "agent_id", "starts_at"),
        bucket="agent_id",
        reads=("shift", "agent_state", "agent"),
        made_of=("shift", "agent_state"),
        columns=COLUMNS,
        build=duty_fact,
        dimensions={n: n for n in ("source", "agent", "team")},
    )
]
