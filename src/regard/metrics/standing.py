"""How tickets stand to a metric: counted, left out and why, or not looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import ibis
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.core.period import PERIODS
from regard.metrics.plan import Plan, is_ripe
from regard.metrics.query import Query

TICKET = ("source", "ticket_id")
COUNTED, EXCLUDED, EMPTY, UNRIPE, OUTSIDE = "0", "2 ", "3", "4", "5"
"""Standings in the order in which they are said: what is left out is in no period."""
REASONS = {
    EMPTY: N_("no value"),
    UNRIPE: N_("too early to judge"),
    OUTSIDE: N_("dated into another period"),
}
NONE_OF = N_("not among what it counts, {population}")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Only:
    """Why tickets are counted by one of two metrics alone, and how many.

    reason: marked for translation; population: marked too, what `{population}` in it stands for.
    """

    reason: str
    tickets: int
    population: str = ""


@dataclass(frozen=True)
class Side:
    """A metric's rows in the period asked for, and `wide`: the same over all time."""

    laid: Plan
    wide: Plan


def ever(query: Query) -> Query:
    """The query over all time; of its splits those remain that may let rows in."""
    by = tuple(name for name in query.by if name not in PERIODS)
    return replace(query, since=FIRST_DAY, until=LAST_DAY, by=by)


def standings(ours: Side, theirs: Side) -> Relation:
    """How many `tickets` there are for each pair of standings; empty where one side has no row."""
    both = _standing(ours).outer_join(_standing(theirs).rename(theirs="standing"), list(TICKET))
    return both.group_by("standing", "theirs").aggregate(tickets=both.count())


def reasons(side: Side, counts: Mapping[str | None, int]) -> tuple[Only, ...]:
    """Standings other than counted as reasons, the most frequent first."""
    told = [_reason(side, standing, n) for standing, n in counts.items()]
    return tuple(sorted(told, key=lambda one: (-one.tickets, one.reason)))


def _standing(side: Side) -> Relation:
    """A row a ticket that is ever in the population: the first standing of its rows."""
    rows, one = side.wide.rows, side.wide.metric
    at = rows[one.at]
    cases = [
        (exclusion.when(rows).fill_null(False), f"{EXCLUDED}{place:03d}")
        for place, exclusion in enumerate(one.excludes)
    ]
    uses = one.shape.uses(rows)
    if uses is not None:
        cases.append((~uses.fill_null(False), EMPTY))
    cases.append((~((at >= side.laid.start) & (at < side.laid.end)), OUTSIDE))
    if one.ripens:
        cases.append((~is_ripe(rows, one), UNRIPE))
    named = rows.select(*TICKET, standing=ibis.cases(*cases, else_=COUNTED))
    return named.group_by(*TICKET).aggregate(standing=named.standing.min())


def _reason(side: Side, standing: str | None, n: int) -> Only:
    one = side.wide.metric
    if standing is None:
        return Only(NONE_OF, n, one.denominator)
    if standing.startswith(EXCLUDED):
        return Only(one.excludes[int(standing[len(EXCLUDED) :])].reason, n)
    return Only(REASONS[standing], n)
