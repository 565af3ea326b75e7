"""Types of matter that are new, rising, surging or gone."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from math import ceil

from regard.core.i18n import N_
from regard.insight.kinds import COUNTED, TYPE, Daily, Standing, counted, standings
from regard.insight.sentence import Filling, Piece, Sentence
from regard.insight.signal import Signal
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.query import Query
from regard.stats.emergence import APART, NEWCOMER, SURGE, VANISHED
from regard.stats.estimate import Estimate
from regard.stats.forecast import YEAR, YOUNG
from regard.stats.rate import count
from regard.stats.rising import RISER

SAYS: Mapping[str, tuple[str, str]] = {
    NEWCOMER: (
        N_("A new type of ticket since {began}: {type}, {seen} so far."),
        N_("None of the tickets before was of this type; that many since are beyond chance."),
    ),
    SURGE: (
        N_("{type} surges from {began} on: {seen} tickets where about {usual} are usual."),
        N_(
            "So many in seven days are more than its own weeks before, the busyness of all types "
            "and, where two years are known, its season explain."
        ),
    ),
    RISER: (
        N_("{type} comes more often since {began}: {seen} tickets where about {usual} are usual."),
        N_(
            "Whole weeks of it lie more than a quarter above the year before, in number and as a "
            "share of all types."
        ),
    ),
    VANISHED: (
        N_("{type} has not come since {began}, where about {usual} tickets would be usual."),
        N_("It came in many weeks of the year before; chance alone makes no silence so long."),
    ),
}
"""Of each kind of signal: what happened, and why it stands out."""
STRETCHES = {NEWCOMER: None, SURGE: APART, RISER: APART, VANISHED: YEAR}
"""Days that one question about a type is about; None: all of them."""


def look(what: str, watched: Watched) -> Looked:
    """Each type, in each stretch of the days looked at that one question is about."""
    daily = counted(watched.reader, watched.since, watched.until, watched.scope)
    if daily is None:
        return Looked()
    found = [
        _signal(one, daily, watched)
        for one in standings(daily, watched.since)
        if one.what == what and one.told < watched.until
    ]
    days, stretch = (watched.until - watched.since).days, STRETCHES[what]
    asked = len(daily.types) * (1 if stretch is None else ceil(days / stretch))
    return Looked(tuple(found), max(asked, len(found)))


def _signal(one: Standing, daily: Daily, watched: Watched) -> Signal:
    until = min(watched.until, daily.day(daily.table.counts.shape[1]))
    end = one.ended if one.ended is not None and one.ended > one.began else until
    where = ((TYPE, one.type),)
    rows = (one.began - timedelta(days=YOUNG), one.began) if one.what == VANISHED else None
    filled: dict[str, Filling] = {
        "type": Piece(TYPE, one.type),
        "began": one.began,
        "seen": one.seen,
        "usual": round(one.usual),
    }
    says, why = SAYS[one.what]
    usual = Estimate(one.usual) if one.what != NEWCOMER else Estimate(0.0)
    return Signal(
        one.what,
        COUNTED,
        one.began,
        max(end, one.began + timedelta(days=1)),
        Sentence(says, {name: each for name, each in filled.items() if f"{{{name}}}" in says}),
        Sentence(why),
        _rows(where, *(rows or (one.began, max(end, one.began + timedelta(days=1)))), watched.zone),
        where=where,
        began=one.began,
        told=one.told,
        seen=count(one.seen),
        usual=usual,
        chance=one.chance,
        cost=one.usual if one.what == VANISHED else float(one.seen),
        then=Query(
            COUNTED,
            one.began,
            max(end, one.told + timedelta(days=1)),
            by=("product",),
            where=where,
            zone=watched.zone,
        )
        if one.what != VANISHED
        else None,
    )


def _rows(where: tuple[tuple[str, str], ...], since: date, until: date, zone: str) -> Query:
    return Query(COUNTED, since, until, where=where, zone=zone)


WATCHES = [
    Watch("newcomers", N_("Types of tickets that are new"), partial(look, NEWCOMER)),
    Watch("surges", N_("Types of tickets that suddenly come far more often"), partial(look, SURGE)),
    Watch("risers", N_("Types of tickets that come more often for good"), partial(look, RISER)),
    Watch("vanished", N_("Types of tickets that no longer come"), partial(look, VANISHED)),
]
