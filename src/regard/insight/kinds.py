"""Types of matter: the share and course of each, and which are new, rising, surging or gone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from regard.core.i18n import N_
from regard.core.period import day_of
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Scope, ask
from regard.metrics.beginnings import first_event
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.emergence import NEWCOMER, SURGE, VANISHED, Emerged, Table
from regard.stats.emergence import newcomers as find_newcomers
from regard.stats.emergence import surges as find_surges
from regard.stats.emergence import vanished as find_vanished
from regard.stats.estimate import Estimate
from regard.stats.forecast import WEEK, YOUNG
from regard.stats.rising import RISER
from regard.stats.rising import risers as find_risers

COUNTED, SHARED = "tickets_new", "tickets_by_type"
TYPE = "type"
YEARS = 3
"""Whole years before that of the first day looked at whose course is known."""
STANDINGS = {
    NEWCOMER: N_("New"),
    SURGE: N_("Surge"),
    VANISHED: N_("Gone"),
    RISER: N_("Rising"),
    "": N_("As usual"),
}
"""What can be said of a type, in words."""


@dataclass(frozen=True)
class Daily:
    """Tickets by type and day: `table` has a row for each of `types`, its first day is `first`.

    untyped: tickets without a type by day. silent_until: the first day of which some source says
    nothing any more; only before it can a type fall silent.
    """

    types: tuple[str, ...]
    first: date
    table: Table
    untyped: tuple[int, ...]
    silent_until: date

    def day(self, place: int) -> date:
        """The day of a place in the table."""
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        """The place of a day in the table; before the first: 0."""
        return max(0, (day - self.first).days)


@dataclass(frozen=True)
class Standing:
    """What has come over a type. what: one of STANDINGS; days as in `stats.emergence.Emerged`."""

    type: str
    what: str
    began: date
    told: date
    ended: date | None
    seen: int
    usual: float
    chance: float


@dataclass(frozen=True)
class Kind:
    """A type of matter over the days asked for.

    share: of new tickets, 0 to 1; tickets: how many; weekly: how many in each seven days up to the
    last, the earliest first. standing: what holds of it at the end, None where it is as usual.
    """

    type: str
    share: Estimate
    tickets: int
    weekly: tuple[int, ...]
    standing: Standing | None


@dataclass(frozen=True)
class Kinds:
    """The types of matter over the days [since, until), the commonest first, and those gone.

    untyped: new tickets without a type. weeks: the first day of each seven days.
    """

    since: date
    until: date
    weeks: tuple[date, ...]
    kinds: tuple[Kind, ...]
    untyped: int
    as_of: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; chances are those of one question each, unadjusted."""
        return {
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "untyped": self.untyped,
            "weeks": [day.isoformat() for day in self.weeks],
            "types": [_kind_json(one) for one in self.kinds],
        }


KNOWN: WeakKeyDictionary[Reader, dict[tuple[date, date, Scope], Daily | None]] = WeakKeyDictionary()
"""The latest tables of each reader: it reads one store version, so that they never change."""
MOST_KNOWN = 4


def types(reader: Reader, since: date, until: date, scope: Scope = ALL) -> Kinds:
    """The types of matter over the local days [since, until), for somebody with a scope.

    A type that has fallen silent is among them for as long as it stays so.
    """
    zone = reader.settings.zone
    shares = ask(Query(SHARED, since, until, zone=zone), reader, scope)
    told = {part.by.get(TYPE): part.estimate for part in shares.parts}
    daily = counted(reader, since, until, scope)
    if daily is None:
        return Kinds(since, until, (), (), 0, shares.as_of)
    standing = {one.type: one for one in standings(daily) if _holds(one, until)}
    start, stop = daily.place(since), daily.table.counts.shape[1]
    weeks = max(0, stop - start) // WEEK
    last = daily.table.counts[:, stop - weeks * WEEK :].reshape(-1, weeks, WEEK).sum(axis=2)
    kinds = [
        Kind(
            name,
            told.get(name, Estimate(0.0)),
            int(daily.table.counts[place, start:].sum()),
            tuple(int(each) for each in last[place]),
            standing.get(name),
        )
        for place, name in enumerate(daily.types)
        if daily.table.counts[place, start:].any() or name in standing
    ]
    return Kinds(
        since,
        until,
        tuple(daily.day(stop - (weeks - each) * WEEK) for each in range(weeks)),
        tuple(sorted(kinds, key=lambda one: (-one.tickets, one.type))),
        sum(daily.untyped[start:]),
        shares.as_of,
    )


def counted(reader: Reader, since: date, until: date, scope: Scope = ALL) -> Daily | None:
    """Tickets by type and day until a day, with the years before `since`, in one question.

    None where no ticket has a type. Each label of a ticket with several counts.
    """
    known = KNOWN.setdefault(reader, {})
    key = (since, until, scope)
    if key not in known:
        if len(known) >= MOST_KNOWN:
            known.pop(next(iter(known)))
        known[key] = _counted(reader, since, until, scope)
    return known[key]


def standings(daily: Daily, since: date | None = None) -> tuple[Standing, ...]:
    """All that has come over types, told from a day on (None: ever), by the day it was told.

    A type in its first quarter is new and nothing else. A surge that stays is told again as a rise.
    """
    place = daily.place(since) if since else 0
    table = daily.table
    cut = max(0, min(table.counts.shape[1], (daily.silent_until - daily.first).days))
    heard = Table(table.counts[:, :cut], table.totals[:cut])
    bursts = find_surges(table)
    found = [
        *find_newcomers(table, place),
        *(one for one in bursts if one.told >= place),
        *find_risers(table, place),
        *find_vanished(heard, place),
    ]
    told = [_standing(one, daily) for one in found]
    return tuple(sorted(told, key=lambda one: (one.told, one.type, one.what)))


def _standing(one: Emerged, daily: Daily) -> Standing:
    return Standing(
        daily.types[one.kind],
        one.what,
        daily.day(one.began),
        daily.day(one.told),
        None if one.ended is None else daily.day(one.ended),
        one.seen,
        one.expected,
        one.chance,
    )


def _holds(one: Standing, until: date) -> bool:
    """Whether it still holds at the end: a rise and what is new do so for a quarter."""
    if one.what in (NEWCOMER, RISER):
        return one.told >= until - timedelta(days=YOUNG)
    return one.ended is None


def _counted(reader: Reader, since: date, until: date, scope: Scope) -> Daily | None:
    zone = reader.settings.zone
    begun = first_event(metric(COUNTED), reader)
    if begun is None:
        return None
    # A fixed first day: what is said of a day must not hang on the day from which it is asked.
    first = max(day_of(begun, zone), date(since.year - YEARS, 1, 1))
    first += timedelta(days=-first.weekday() % WEEK)
    if first >= until:
        return None
    query = Query(COUNTED, first, until, by=("day", TYPE), zone=zone)
    told = ask(query, reader, scope)
    if told.as_of is None or told.lacking:
        return None
    until = min(until, day_of(told.as_of, zone) + timedelta(days=1))
    names = sorted({part.by[TYPE] for part in told.parts if part.by.get(TYPE)} - {None})
    length = (until - first).days
    if not names or length < 1:
        return None
    rows = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(names) + 1, length), dtype=np.int64)
    for part in told.parts:
        place = (date.fromisoformat(str(part.by["day"])) - first).days
        if 0 <= place < length:
            counts[rows.get(part.by.get(TYPE), -1), place] += part.estimate.n
    typed = counts[:-1]
    ends = min(day_of(at, zone) for at in told.ends.values()) + timedelta(days=1)
    table = Table(typed, typed.sum(axis=0))
    untyped = tuple(int(each) for each in counts[-1])
    return Daily(tuple(names), first, table, untyped, min(until, ends))


def _kind_json(one: Kind) -> dict[str, Any]:
    stands = one.standing
    return {
        "type": one.type,
        "share": {"value": one.share.value, "low": one.share.low, "high": one.share.high},
        "tickets": one.tickets,
        "weekly": list(one.weekly),
        "standing": None
        if stands is None
        else {
            "what": stands.what,
            "began": stands.began.isoformat(),
            "told": stands.told.isoformat(),
            "seen": stands.seen,
            "usual": float(f"{stands.usual:.6g}"),
            "chance": float(f"{stands.chance:.6g}"),
        },
    }
