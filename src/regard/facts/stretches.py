"""Open time of a ticket that changed its opening hours on the way: the sum over the stretches."""

from collections.abc import Mapping

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.business_time import open_seconds
from regard.facts.expressions import joined

TICKET = ("source", "ticket_id")


def over_calendars(
    rows: Relation,
    clocks: Mapping[str, tuple[str, str]],
    spans: Relation,
    clock: Relation,
    editions: Relation,
    key: tuple[str, ...] = TICKET,
) -> Relation:
    """Rows with `NAME_open_seconds` (int64) of each clock summed where `calendars` is over 1.

    rows: one a `key`, of tickets. clocks: NAME and its columns of start and end. spans: the
    stretches of the tickets, each with its `calendar_id`. Null where the opening hours of a
    stretch are unknown.
    """
    parts = _parts(rows, clocks, spans, key)
    parts = open_seconds(
        parts, "part_from", "part_to", clock, editions, to="open_part", stop="stopped"
    )
    summed = parts.group_by(*key).aggregate(
        **{
            column: value
            for name in clocks
            for column, value in {
                f"{name}_summed": parts.open_part.sum(where=parts.clock == name).cast("int64"),
                f"{name}_parts": parts.open_part.isnull().sum(where=parts.clock == name),
            }.items()
        }
    )
    found = joined(rows, summed, key)
    # A clock that stopped where it began has no parts, and keeps its nought.
    over = {}
    for name in clocks:
        known = ibis.ifelse(found[f"{name}_parts"] == 0, found[f"{name}_summed"], None)
        column = f"{name}_open_seconds"
        over[column] = ibis.ifelse(found[f"{name}_parts"].isnull(), found[column], known)
    return found.mutate(**over)


def several_calendars(spans: Relation) -> Relation:
    """How many opening hours each ticket went through, as `calendars`: 1, or 2 for several."""
    found = spans.group_by(*TICKET).aggregate(
        least=spans.calendar_id.min(), most=spans.calendar_id.max()
    )
    several = (found.least != found.most).fill_null(False)
    return found.select(*TICKET, calendars=ibis.ifelse(several, 2, 1))


def _parts(
    rows: Relation, clocks: Mapping[str, tuple[str, str]], spans: Relation, key: tuple[str, ...]
) -> Relation:
    """One row for each clock and each stretch that it ran through, with where it did."""
    several = rows.filter(rows.calendars > 1)
    several = several.mutate(clock=ibis.array(list(clocks)).unnest())
    began, stopped = (
        ibis.cases(*[(several.clock == name, several[pair[end]]) for name, pair in clocks.items()])
        for end in (0, 1)
    )
    ran = several.select(*key, "clock", began=began, stopped=stopped)
    ran = ran.filter(ran.began.notnull(), ran.stopped.notnull())
    stretches = spans.select(
        *TICKET,
        stretch="place",
        part_starts="starts_at",
        part_ends="ends_at",
        calendar_id="calendar_id",
    )
    parts = stretches.inner_join(ran, list(TICKET))
    # What came before the first stretch is under its hours too.
    first = parts.stretch == 0
    parts = parts.mutate(
        part_from=ibis.ifelse(first, parts.began, ibis.greatest(parts.part_starts, parts.began)),
        part_to=ibis.least(parts.part_ends, parts.stopped),
    )
    return parts.filter(parts.part_to > parts.part_from)
