"""What the demo's company promises its customers: to be there, and to answer in open hours."""

import json
import tomllib

import numpy as np
import pyarrow as pa

from regard.demo.calendars import CALENDARS_TOML
from regard.demo.chance import words
from regard.demo.clock import Window
from regard.demo.rows import rows_of

HOUR = 3_600
PROMISED = {
    "first": {"": 8 * HOUR, "high": 4 * HOUR, "urgent": 2 * HOUR},
    "next": {"": 10 * HOUR},
    "requester_wait": {"": 60 * HOUR, "urgent": 20 * HOUR},
}
"""By target and priority (empty: every other): seconds of opening hours."""


def pledge_rows(window: Window) -> pa.Table:
    """The company's one policy, written down before its first ticket and in force since ever."""
    promises = [
        (target, priority, seconds)
        for target, lengths in PROMISED.items()
        for priority, seconds in lengths.items()
    ]
    targets, priorities, seconds = zip(*promises, strict=True)
    size = len(promises)
    return rows_of(
        "sla_policy",
        np.full(size, window.start, np.int64),
        policy_id="default",
        target=words(list(targets)),
        priority=words(list(priorities)),
        seconds=np.array(seconds, np.int64),
        opening_hours=np.ones(size, bool),
        name="Service promise",
    )


def calendar_rows(window: Window) -> pa.Table:
    """Its opening hours, as calendars.toml says them, in force since ever."""
    told = tomllib.loads(CALENDARS_TOML)["calendar"]
    size = len(told)
    rules = [{name: said[name] for name in said if name != "zone"} for said in told.values()]
    return rows_of(
        "calendar",
        np.full(size, window.start, np.int64),
        calendar_id=words(list(told)),
        version=np.ones(size, np.int64),
        zone=words([said["zone"] for said in told.values()]),
        rules=words([json.dumps(rule, sort_keys=True) for rule in rules]),
    )
