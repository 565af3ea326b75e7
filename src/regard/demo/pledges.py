"""What the demo's company promises its customers, in opening hours."""

import pyarrow as pa

from regard.core.schema import table

HOUR = 3_600
PROMISED = {
    "first": {"": 8 * HOUR, "high": 4 * HOUR, "urgent": 2 * HOUR},
    "next": {"": 10 * HOUR},
    "requester_wait": {"": 60 * HOUR, "urgent": 20 * HOUR},
}
"""By target and priority (empty: every other): seconds of opening hours."""


def pledge_rows(source: str) -> pa.Table:
    """The company's one policy, in force since ever."""
    declared = table("sla_policy")
    rows = [
        declared.row(
            source=source,
            policy_id="default",
            target=target,
            priority=priority,
            seconds=seconds,
            opening_hours=True,
            name="Service promise",
        )
        for target, lengths in PROMISED.items()
        for priority, seconds in lengths.items()
    ]
    return pa.Table.from_pylist(rows, schema=declared.schema)
