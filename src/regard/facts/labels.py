"""What a ticket was last told to be: its label, its kind, what it was merged into."""

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where, joined

TICKET = ("source", "ticket_id")


def with_last_told(ticket: Relation, change: Relation, *fields: str) -> Relation:
    """The tickets, each of these fields as last told by a change, else as the ticket came.

    A value taken back is no value, whatever the ticket came with. Of changes at one instant the
    last by the source's order counts, then by id.
    """
    told = change.filter(change.field.isin(fields))
    late = [told.at.desc(), told.ordinal.fill_null(0).desc(), told.change_id.desc()]
    by_field = ibis.window(group_by=(*TICKET, told.field), order_by=late)
    told = told.mutate(back=ibis.row_number().over(by_field))
    told = told.filter(told.back == 0)
    last = told.group_by(*TICKET).aggregate(
        **{f"last_{name}": told.value.max(where=told.field == name) for name in fields},
        **{f"told_{name}": count_where(told.field == name) for name in fields},
    )
    rows = joined(ticket, last, TICKET)
    return rows.mutate(
        **{
            name: ibis.ifelse(rows[f"told_{name}"] > 0, rows[f"last_{name}"], rows[name])
            for name in fields
        }
    )
