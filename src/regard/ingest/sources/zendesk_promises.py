"""Targets of service in Zendesk's tables: as promised to a ticket, and as policies say.

Where a ticket's history tells its targets (`first_reply_time` and its kin with minutes), those are
what was promised to it. Where it tells none, the policy that was applied to the ticket is a change
of the ticket, and the policy's own history says what it promised.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Log
from regard.ingest.sources.zendesk_folder import (
    Desk,
    flags_of,
    instants_of,
    micros,
    need_ids,
    to_instants,
    whole,
    wholes_of,
    words,
)
from regard.ingest.sources.zendesk_words import TARGETS, priority_of, target_of

NOTHING = frozenset({"", "null", "none", "{}"})
LONGEST = 100 * 366 * 24 * 60
"""Minutes beyond which a target is none."""


@lru_cache(maxsize=1 << 12)
def promise_in(text: str) -> tuple[int | None, bool | None] | None:
    """The minutes and whether they count in opening hours; None where that cannot be read.

    Minutes are None where a target was withdrawn.
    """
    if text.strip().lower() in NOTHING:
        return None, None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    minutes, hours = said.get("minutes"), said.get("in_business_hours")
    if isinstance(minutes, float) and minutes.is_integer():
        minutes = int(minutes)
    if minutes is None:
        return None, None
    if type(minutes) is not int or not 0 <= minutes <= LONGEST or type(hours) is not bool:
        return None
    return minutes, hours


def unreadable(field: pa.Array, value: pa.Array) -> Mask:
    """Which rows of a history are targets whose value cannot be read."""
    mine = pc.is_in(field, pa.array(list(TARGETS)))
    verdict = words(
        pc.if_else(mine, value, pa.scalar(None, pa.string())),
        lambda text: None if promise_in(text) else "bad",
    )
    found: Mask = verdict.is_valid().to_numpy(zero_copy_only=False)
    return found


def add_targets(
    desk: Desk, ids: pa.Array, field: pa.Array, at: Whole, value: pa.Array, applied: "Applied"
) -> frozenset[str]:
    """The targets that a history tells, as rows; the tickets that have one."""
    mine = pc.is_in(field, pa.array(list(TARGETS))).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(mine)
    names = ids.take(pa.array(rows)).to_pylist()
    targets = words(field.take(pa.array(rows)), target_of).to_pylist()
    said = value.take(pa.array(rows)).to_pylist()
    steps = sorted(
        (owner, target, int(at[row]), n, text)
        for n, (row, owner, target, text) in enumerate(
            zip(rows.tolist(), names, targets, [one or "" for one in said], strict=True)
        )
    )
    made: dict[str, list[Any]] = {name: [] for name in ("owner", "target", "at", "n", "text")}
    before: tuple[Any, ...] = ()
    for owner, target, then, _, text in steps:
        if before[:4] == (owner, target, then, text):
            continue
        place = before[4] + 1 if before[:2] == (owner, target) else 1
        before = (owner, target, then, text, place)
        for name, one in zip(made, (owner, target, then, place, text), strict=True):
            made[name].append(one)
    read = [promise_in(text) or (None, None) for text in made["text"]]
    instants = to_instants(np.array(made["at"], np.int64))
    columns = {
        "ticket_id": pa.array(made["owner"], pa.string()),
        "target": pa.array(made["target"], pa.string()),
        "ordinal": pa.array(made["n"], pa.int64()),
        "policy_id": pa.array(
            [applied.policy(*one) for one in zip(made["owner"], made["at"], strict=True)],
            pa.string(),
        ),
        "applied_at": instants,
        "seconds": pa.array([None if m is None else m * 60 for m, _ in read], pa.int64()),
        "opening_hours": pa.array([hours for _, hours in read], pa.bool_()),
        "updated_at": instants,
    }
    desk.add("sla_target", columns, len(read))
    return frozenset(made["owner"])


class Applied:
    """Which policy was applied to which ticket when: rows of `ticket_sla_policy`."""

    def __init__(self, found: Mapping[str, list[tuple[int, str]]]) -> None:
        self._found = {name: sorted(set(steps)) for name, steps in found.items()}

    def policy(self, ticket: str, at: int) -> str | None:
        """The policy that held for a ticket at an instant (microseconds)."""
        held = [policy for then, policy in self._found.get(ticket, ()) if then <= at]
        return held[-1] if held else None

    def rows(self, without: frozenset[str]) -> list[tuple[str, int, str]]:
        """Ticket, instant and policy, of all tickets but these."""
        return [
            (name, at, policy)
            for name, steps in sorted(self._found.items())
            if name not in without
            for at, policy in steps
        ]


def read_applied(desk: Desk) -> Applied:
    """The table `ticket_sla_policy`."""
    name, log = "ticket_sla_policy", Log()
    frame = whole(desk, name)
    owner, policy = need_ids(frame, "ticket_id", log), need_ids(frame, "sla_policy_id", log)
    at = micros(instants_of(frame, "policy_applied_at", log, needed=True))
    good = desk.settle(name, frame, log)
    found: dict[str, list[tuple[int, str]]] = {}
    said = zip(owner.to_pylist(), at.tolist(), policy.to_pylist(), good.tolist(), strict=True)
    for ticket, then, which, taken in said:
        if taken:
            found.setdefault(ticket, []).append((then, which))
    return Applied(found)


def add_policies(desk: Desk) -> None:
    """What policies promise, from each of their updates on."""
    name, log = "sla_policy_metric_history", Log()
    frame = whole(desk, name)
    policy = need_ids(frame, "sla_policy_id", log)
    since = instants_of(frame, "sla_policy_updated_at", log, needed=True)
    seconds = wholes_of(frame, "target", log, times=60)
    hours = flags_of(frame, "business_hours", log)
    target, priority = frame.text("metric"), frame.text("priority")
    ours, level = words(target, target_of), words(priority, priority_of)
    for said, read, column in ((target, ours, "metric"), (priority, level, "priority")):
        strange = pc.and_(read.is_null(), said.is_valid()).to_numpy(zero_copy_only=False)
        log.reject(frame, strange, "not_mapped", column, said)
    log.reject(
        frame, target.is_null().to_numpy(zero_copy_only=False), "no_identity", "metric", target
    )
    kept = pa.array(desk.settle(name, frame, log))
    columns = {
        "policy_id": policy,
        "target": ours,
        "priority": level,
        "valid_from": since,
        "seconds": seconds,
        "opening_hours": hours,
        "updated_at": since,
    }
    columns = {key: column.filter(kept) for key, column in columns.items()}
    desk.add("sla_policy", columns, len(columns["policy_id"]))
