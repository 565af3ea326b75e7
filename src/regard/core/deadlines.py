"""The clock read backwards: at which instant so many open seconds have passed.

`core.calendar.clock_rows` says B(t), the open seconds until an instant. Here stands its reverse,
cut into pieces that lie in one hour of open time each, so that a deadline is an equal join on that
hour and an addition. Of the instants that share one B (closing time and all night after it) the
deadline is the first.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from regard.core.calendar import DAY, Calendar, editions, open_spans

OPEN_HOUR = 3_600
"""Open seconds that one key of the table spans."""
AHEAD = timedelta(days=3 * 366)
"""How far after the last event deadlines are known; a promise may be half as long at most."""
LONGEST = AHEAD.days * DAY // 2
"""The longest promise in seconds of any clock: a longer one has no deadline."""


def deadline_rows(calendars: Sequence[Calendar], first: date, last: date) -> pa.Table:
    """The pieces of open time of UTC days `first` to `last` plus AHEAD.

    Columns: calendar_id, edition (int32), open_hour (int64: B // 3600), opens_after and opens_until
    (int64: B at the piece's ends; it holds B in (opens_after, opens_until]), begins (int64: the
    second since 1970 at opens_after). B counts from `first`, as `clock_rows` from the same day.
    """
    tables = [SCHEMA.empty_table()]
    for calendar in calendars:
        for edition in range(len(editions(calendar)) + 1):
            spans = open_spans(calendar, first, last + AHEAD, edition)
            tables.append(_pieces(calendar.id, edition, spans))
    return pa.concat_tables(tables)


SCHEMA = pa.schema(
    [
        ("calendar_id", pa.string()),
        ("edition", pa.int32()),
        ("open_hour", pa.int64()),
        ("opens_after", pa.int64()),
        ("opens_until", pa.int64()),
        ("begins", pa.int64()),
    ]
)


def _pieces(name: str, edition: int, spans: np.ndarray) -> pa.Table:
    """The spans cut where an hour of open time is full."""
    lasts = spans[:, 1] - spans[:, 0]
    until = np.cumsum(lasts)
    after = until - lasts
    hours = (until - 1) // OPEN_HOUR - after // OPEN_HOUR + 1
    row = np.repeat(np.arange(len(spans)), hours)
    step = np.arange(len(row)) - np.repeat(np.cumsum(hours) - hours, hours)
    hour = after[row] // OPEN_HOUR + step
    low = np.maximum(after[row], hour * OPEN_HOUR)
    high = np.minimum(until[row], (hour + 1) * OPEN_HOUR)
    begins = spans[row, 0] + (low - after[row])
    return pa.Table.from_arrays(
        [
            pa.repeat(pa.scalar(name, pa.string()), len(row)),
            pa.array(np.full(len(row), edition), pa.int32()),
            *(pa.array(numbers, pa.int64()) for numbers in (hour, low, high, begins)),
        ],
        schema=SCHEMA,
    )
