"""What products read from a ticket's history: public answers, and ends of whatever kind."""

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.facts.expressions import is_one_of, joined
from regard.metrics.vendor import Pool

TICKET = ("source", "ticket_id")
ENDED = ("solved", "closed")


def with_answers(rows: Relation, pool: Pool) -> Relation:
    """Tickets with what people of ours said in public since their creation.

    `_spoken_at`: the first, an opening by us included. `_answered_at`: the first that does not
    open a ticket of our own; `_answers`: how many of those there are, 0 for none.
    """
    said = pool.fact("ticket_event_fact")
    said = said.filter(said.kind == "message")
    begun = said.group_by(*TICKET).aggregate(_begun_at=said["at"].min())
    ours = said.filter(said.by_kind == "agent", said.public, ~said.automatic)
    ours = joined(ours.select(*TICKET, "at", "event_id"), begun, TICKET)
    ours = ours.inner_join(rows.select(*TICKET, "created_at", "created_by_kind"), list(TICKET))
    ours = ours.filter(ours["at"] >= ours.created_at)
    order = ibis.window(group_by=TICKET, order_by=[ours["at"], ours.event_id])
    numbered = ours.mutate(_place=ibis.row_number().over(order))
    by_us = (numbered.created_by_kind == "agent").fill_null(False)
    opens = by_us & (numbered["_place"] == 0) & (numbered["at"] == numbered["_begun_at"])
    told = numbered.group_by(*TICKET).aggregate(
        _spoken_at=numbered["at"].min(),
        _answered_at=numbered["at"].min(where=~opens),
        _answers=(~opens).cast("int64").sum(),
    )
    found = joined(rows, told, TICKET)
    return found.mutate(_answers=found["_answers"].fill_null(0))


def ends(spans: Relation) -> BooleanValue:
    """Whether a stretch begins with the ticket's being solved or closed, by whomever."""
    was_open = is_one_of(spans.old_status, OPEN_STATUSES)
    return is_one_of(spans.status, ENDED) & (was_open | spans.old_status.isnull())


def with_ends(rows: Relation, pool: Pool) -> Relation:
    """Tickets with when they were first and last solved or closed: `_first_end`, `_last_end`."""
    spans = pool.fact("status_span_fact")
    done = spans.filter(ends(spans))
    told = done.group_by(*TICKET).aggregate(
        _first_end=done.starts_at.min(), _last_end=done.starts_at.max()
    )
    return joined(rows, told, TICKET)
