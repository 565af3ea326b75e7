"""Local time in whole-number arithmetic: what a zone's clock is ahead of UTC, as plain cases."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import ibis
from ibis.expr.types import IntegerValue

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
Changes = Sequence[tuple[IntegerValue, IntegerValue]]


def local_second(second: IntegerValue, changes: Changes) -> IntegerValue:
    """What a zone's clock shows, as a second since 1970, at a UTC second.

    changes: from which UTC second on it is how many seconds ahead, in order; see `offsets`.
    """
    first, *later = changes
    ahead: IntegerValue = first[1]
    if later:
        # The latest change that has come decides.
        cases = [(second >= since, seconds) for since, seconds in reversed(later)]
        ahead = ibis.cases(*cases, else_=ahead).cast("int64")
    return second + ahead


@lru_cache(maxsize=256)
def offsets(start: datetime, end: datetime, zone: str) -> tuple[tuple[int, int], ...]:
    """From which UTC second on a zone was how many seconds ahead, over [start, end)."""
    local = ZoneInfo(zone)
    at, seen = start.astimezone(UTC), _ahead(start, local)
    found = [(int(at.timestamp()), seen)]
    while at < end:
        after = at + timedelta(days=1)
        now = _ahead(after, local)
        if now != seen:
            found.append((_changed(at, after, local), now))
            seen = now
        at = after
    return tuple(found)


def _changed(before: datetime, after: datetime, local: ZoneInfo) -> int:
    """The second at which the clock changed between two instants."""
    old = _ahead(before, local)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(datetime.fromtimestamp(middle, UTC), local) == old:
            low = middle
        else:
            high = middle
    return high


def _ahead(at: datetime, local: ZoneInfo) -> int:
    ahead = at.astimezone(local).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0
