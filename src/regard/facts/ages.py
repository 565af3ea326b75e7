"""Facts with the instant they are seen from, and how old what is still running is then."""

from collections.abc import Mapping
from datetime import datetime

import ibis
from ibis.expr.types import BooleanValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import seconds_between
from regard.store.engine import MOMENT

FLAGS = {"is_open": "created_at", "is_waiting": "arrived_at"}
"""Flags that say that a row is still running, and the instant from which it does."""


def with_ages(
    rows: Relation, watermarks: Mapping[str, datetime], as_of: datetime | None
) -> Relation:
    """The rows with `as_of`, and `age_seconds` where the fact knows what is still running.

    as_of: the instant asked for, or where that is later (or None) the last event seen of the
    row's source: nobody knows what happened after it.
    """
    seen: Value = ibis.literal(None, MOMENT)
    for source, mark in sorted(watermarks.items()):
        known = mark if as_of is None else min(mark, as_of)
        seen = ibis.ifelse(rows.source == source, ibis.literal(known, MOMENT), seen)
    rows = rows.mutate(as_of=seen)
    running = _running(rows)
    if running is None:
        return rows
    still, since = running
    age = seconds_between(since, rows.as_of).cast("int64")
    return rows.mutate(age_seconds=ibis.ifelse(still, age, None))


def _running(rows: Relation) -> tuple[BooleanValue, TimestampValue] | None:
    for flag, since in FLAGS.items():
        if flag in rows.columns:
            return rows[flag], rows[since]
    if "ends_at" in rows.columns:
        return rows.ends_at.isnull(), rows.starts_at
    return None
