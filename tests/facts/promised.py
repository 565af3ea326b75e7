"""What rows of `turn_fact` and `sla_fact` say, read off by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def state_by_hand(row: Mapping[str, Any], as_of: datetime) -> str:
    """met, missed, running, paused, withdrawn or unknown, as seen at an instant."""
    due, done, stopped = row["due_at"], row["done_at"], row["stopped_at"]
    if row["stop_kind"] == "withdrawn":
        return "withdrawn"
    if due is None:
        return "paused" if row["is_paused"] and stopped is None else "unknown"
    if done is not None:
        return "met" if done <= due else "missed"
    if stopped is not None:
        return "missed" if due <= stopped else "withdrawn"
    return "missed" if due <= as_of else "running"


def took(row: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Seconds and open seconds of a turn, until the reply or an end without one."""
    replied = row["reply_seconds"], row["reply_open_seconds"]
    ended = row["ended_seconds"], row["ended_open_seconds"]
    assert None in (replied[0], ended[0])
    return ended if replied[0] is None else replied
