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
    thanked = _thanked(rows, message, reading)
    told = ibis.union(
        thanked.mutate(instead=ibis.literal("thanked")),
        _restated(rows, thanked).mutate(instead=ibis.literal("restate")),
    )
    rows = joined(rows, told, ROW)
    return rows.mutate(change=ibis.coalesce(rows.instead, rows.change)).drop("instead")


def _thanked(rows: Relation, message: Relation, reading: Relation) -> Relation:
    """ROW of reopenings with a thanks and no real message."""
    ahead = ibis.window(group_by=TICKET, order_by="place", following=(1, None))
    done = rows.states & rows.status.isin(("solved", "closed"))
    until = ibis.ifelse(done, rows.starts_at, None)
    # Few tickets are reopened, and what orders the rows of all takes as long as to compute them.
    few = rows.select(*ROW, "change", began="starts_at", until=until)
    few = few.semi_join(rows.filter(rows.change == "reopen").select(*TICKET), list(TICKET))
    few = few.mutate(open_until=few.until.first().over(ahead))
    reopened = few.filter(few.change == "reopen").select(*ROW, "began", "open_until")
    said = said_by_customers(message, reading).select(*TICKET, "sent_at", "thanks")
    both = reopened.inner_join(said, list(TICKET))
    since = seconds_between(both.began, both.sent_at)
    near: BooleanValue = since >= -SHORTLY_BEFORE
    within = near & (both.open_until.isnull() | (both.sent_at < both.open_until))
    found = both.group_by(*ROW).aggregate(
        thanks=count_where(both.thanks & near & (since <= SHORTLY_AFTER)),
        real=count_where(~both.thanks & within),
    )
    return found.filter(found.thanks > 0, found.real == 0).select(*ROW)


def _restated(rows: Relation, thanked: Relation) -> Relation:
    """ROW of solves of which the last turn before was but a thanks."""
    before = ibis.window(group_by=TICKET, order_by="place", preceding=(None, 1))
    few = rows.select(*ROW, "change").semi_join(thanked.select(*TICKET), list(TICKET))
    few = joined(few, thanked.mutate(only_thanks=ibis.literal(True)), ROW)
    change = ibis.ifelse(few.only_thanks.fill_null(False), "thanked", few.change)
    few = few.mutate(change=change)
    turn = ibis.ifelse(few.change.isin(TURNS), few.change, None)
    few = few.mutate(last=turn.last().over(before))
    return few.filter(few.change == "solve", few["last"] == "thanked").select(*ROW)
