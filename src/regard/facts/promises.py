"""Promises of service: how long was promised for a ticket from when on, and how it stands.

What was promised comes from the source's own rows (`sla_target`), else from the policy that the
source applied, else from the source's policy called `default`, in force since the ticket's
creation. A policy is looked up when it is applied and when the priority changes: a later version of
it moves nothing by itself.
"""

import ibis
from ibis.expr.types import BooleanValue, StringValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import whole_second

TICKET = ("source", "ticket_id")
TERM = (*TICKET, "target")
DEFAULT_POLICY = "default"
STATES = ("met", "missed", "running", "paused", "withdrawn", "unknown")


def state(rows: Relation, as_of: Value) -> StringValue:
    """How a row of `sla_fact` stands at an instant: one of STATES.

    met: done by the deadline. missed: the deadline passed without. withdrawn: it ended before the
    deadline without being done, or was taken back. paused: its clock stands and no deadline is
    known. unknown: the opening hours are.
    """
    due, now = whole_second(rows.due_at), whole_second(as_of)
    done, stopped = whole_second(rows.done_at), whole_second(rows.stopped_at)
    withdrawn = (rows.stop_kind == "withdrawn").fill_null(False)
    return ibis.cases(
        (withdrawn, "withdrawn"),
        (rows.is_paused, "paused"),
        (due.isnull(), "unknown"),
        ((done <= due).fill_null(False), "met"),
        ((stopped < due).fill_null(False), "withdrawn"),
        (due <= now, "missed"),
        else_="running",
    )


def judged(rows: Relation, as_of: Value) -> BooleanValue:
    """Whether a promise was met or missed, and its deadline lies not after the instant."""
    past = (whole_second(rows.due_at) <= whole_second(as_of)).fill_null(False)
    return state(rows, as_of).isin(("met", "missed")) & past


def terms(
    sla_target: Relation, sla_policy: Relation, change: Relation, spans: Relation
) -> Relation:
    """What was promised: ticket, target, `applied_at` until `changed_at`, seconds and whose clock.

    Seconds are empty from where a promise was taken back. One row an instant at which it changed.
    """
    said = sla_target.select(
        *TERM,
        "applied_at",
        "ordinal",
        "policy_id",
        promised="seconds",
        opening_hours=sla_target.opening_hours.fill_null(False),
    )
    own = said.select(*TERM).distinct()
    by_policy = _by_policy(sla_policy, change, spans)
    by_policy = by_policy.anti_join(own, list(TERM))
    both = ibis.union(said, by_policy.select(*said.columns))
    order = ibis.window(group_by=TERM, order_by=[both.applied_at, both.ordinal])
    upto = ibis.window(
        group_by=TERM, order_by=[both.applied_at, both.ordinal], preceding=None, following=0
    )
    numbered = both.mutate(
        term=ibis.row_number().over(order).cast("int64"),
        changed_at=both.applied_at.lead().over(order),
        ever=both.promised.notnull().cast("int64").sum().over(upto),
    )
    # Before anything was promised nothing can be taken back.
    return numbered.filter(numbered.ever > 0).drop("ordinal", "ever")


def _by_policy(policy: Relation, change: Relation, spans: Relation) -> Relation:
    """What the policies in force say at each instant at which policy or priority changed."""
    moments = _moments(change, spans)
    versions = _versions(policy)
    # A policy that lacks a target which another has takes it back.
    targets = versions.select("source", "target").distinct()
    asked = moments.inner_join(targets, ["source"])
    found = asked.left_join(
        versions,
        [
            asked.source == versions.source,
            asked.policy_id == versions.policy_id,
            asked.target == versions.target,
            versions.valid_from.isnull() | (versions.valid_from <= asked["at"]),
            versions.valid_until.isnull() | (asked["at"] < versions.valid_until),
            versions.priority.isnull() | (versions.priority == asked.held_priority),
        ],
    )
    exact = found.priority.notnull()
    told = found.group_by(*TERM, "at", "ordinal", "policy_id").aggregate(
        exact_seconds=found.seconds.max(where=exact),
        other_seconds=found.seconds.max(where=~exact),
        exact_clock=found.opening_hours.max(where=exact),
        other_clock=found.opening_hours.max(where=~exact),
        exacts=exact.cast("int64").sum().fill_null(0),
    )
    named = told.exacts > 0
    return told.select(
        *TERM,
        "policy_id",
        "ordinal",
        applied_at=told["at"],
        promised=ibis.ifelse(named, told.exact_seconds, told.other_seconds),
        opening_hours=ibis.ifelse(named, told.exact_clock, told.other_clock).fill_null(False),
    )


def _versions(policy: Relation) -> Relation:
    """Each version of a policy's promise for a priority, with until when it stands."""
    rows = policy.mutate(priority=policy.priority.nullif(""))
    order = ibis.window(
        group_by=("source", "policy_id", "target", rows.priority),
        order_by=rows.valid_from.asc(nulls_first=True),
    )
    return rows.select(
        "source",
        "policy_id",
        "target",
        "valid_from",
        "seconds",
        "opening_hours",
        priority=rows.priority,
        valid_until=rows.valid_from.lead().over(order),
    )


def _moments(change: Relation, spans: Relation) -> Relation:
    """The instants at which a ticket's policy or priority became another, with both."""
    applied = change.filter(change.field == "sla_policy")
    named = spans.filter((spans.place == 0) | (spans.field == "priority").fill_null(False))
    told = ibis.union(
        named.select(
            *TICKET,
            at=named.starts_at,
            ordinal=named.place,
            policy=ibis.ifelse(named.place == 0, DEFAULT_POLICY, ibis.null("string")),
            held_priority=named.priority,
        ),
        applied.select(
            *TICKET,
            at=applied["at"],
            # What is applied in the act of creation comes after it.
            ordinal=applied.ordinal.fill_null(0) + 1,
            policy=applied.value.fill_null(""),
            held_priority=ibis.null("string"),
        ),
    )
    past = ibis.window(
        group_by=TICKET,
        order_by=[told["at"], told.ordinal, told.policy],
        preceding=None,
        following=0,
    )
    return told.select(
        *TICKET,
        "at",
        "ordinal",
        policy_id=told.policy.last().over(past),
        held_priority=told.held_priority.last().over(past),
    )
