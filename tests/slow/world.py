"""A demo company of 500 tickets: its rows, and the workspace that Regard builds of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from slow.telling import Matter, Row, matters

ZONE = ZoneInfo("Europe/Warsaw")
OUT = ("test", "spam", "merged", "internal", "automated")
"""Demand labels that are no service (METRICS rule 12)."""


@dataclass(frozen=True, eq=False)
class World:
    """The company's rows by table, up to when they are read, and the days asked about."""

    tables: Mapping[str, Sequence[Row]]
    as_of: datetime
    since: date
    until: date

    @cached_property
    def start(self) -> datetime:
        """The first instant of the days asked about."""
        return datetime.combine(self.since, datetime.min.time(), ZONE)

    @cached_property
    def end(self) -> datetime:
        """The first instant after them."""
        return datetime.combine(self.until, datetime.min.time(), ZONE)

    def inside(self, at: datetime | None) -> bool:
        """Whether an instant lies in the days asked about."""
        return at is not None and self.start <= at < self.end

    @cached_property
    def matters(self) -> list[Matter]:
        """The tickets that are service."""
        return [one for one in matters(self.tables).values() if one.demand not in OUT]

    def local_day(self, at: datetime) -> date:
        """The day of an instant in the company's zone."""
        return at.astimezone(ZONE).date()


Slow = Callable[[World], Any]
"""A metric's slow path: a number, None for no value, or numbers by the label of a part."""
