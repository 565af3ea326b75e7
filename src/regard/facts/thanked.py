"""Tickets reopened by a mere thanks: the source opens them, and nothing is asked for."""

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where, joined, seconds_between
from regard.facts.speech import said_by_customers

TICKET = ("source", "ticket_id")
ROW = (*TICKET, "place")
SHORTLY_BEFORE, SHORTLY_AFTER = 300, 60
"""Seconds around a reopening within which a message counts as what reopened it."""
TURNS = ("created", "solve", "auto_solve", "lapse", "close", "reopen", "thanked")


def with_thanks(rows: Relation, message: Relation, reading: Relation) -> Relation:
    """The rows of tickets' histories, `reopen` being `thanked` where only thanks were said.

    So it is where a mere thanks came with it and nothing else before the ticket was solved or
    closed again. The solve that follows says again what was said before: a `restate`.
    """
    rows = joined(rows, _thanked(rows, message, reading), ROW)
    change = ibis.ifelse(rows.only_thanks.fill_null(False), "thanked", rows.change)
    rows = rows.mutate(change=change).drop("only_thanks")
    before = ibis.window(group_by=TICKET, order_by=rows.place, preceding=(None, 1))
    last = ibis.ifelse(rows.change.isin(TURNS), rows.change, None).last().over(before)
    again = (rows.change == "solve") & (last == "thanked").fill_null(False)
    return rows.mutate(change=ibis.ifelse(again, "restate", rows.change))


def _thanked(rows: Relation, message: Relation, reading: Relation) -> Relation:
    """The places of reopenings with a thanks and no real message, with `only_thanks`."""
    ahead = ibis.window(group_by=TICKET, order_by=rows.place, following=(1, None))
    done = rows.states & rows.status.isin(("solved", "closed"))
    until = ibis.ifelse(done, rows.starts_at, None).first().over(ahead)
    reopened = rows.mutate(open_until=until).filter(rows.change == "reopen")
    reopened = reopened.select(*ROW, began="starts_at", open_until="open_until")
    said = said_by_customers(message, reading).select(*TICKET, "sent_at", "thanks")
    both = reopened.inner_join(said, list(TICKET))
    since = seconds_between(both.began, both.sent_at)
    near: BooleanValue = since >= -SHORTLY_BEFORE
    within = near & (both.open_until.isnull() | (both.sent_at < both.open_until))
    found = both.group_by(*ROW).aggregate(
        thanks=count_where(both.thanks & near & (since <= SHORTLY_AFTER)),
        real=count_where(~both.thanks & within),
    )
    kept = found.filter(found.thanks > 0, found.real == 0)
    return kept.select(*ROW, only_thanks=ibis.literal(True))
