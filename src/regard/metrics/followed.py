"""Tickets that continue another: linked to it, or of the same customer on the same topic."""

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import DAY, any_of, seconds_between
from regard.store.engine import MOMENT

WEEK_SECONDS = 7 * DAY
SOLVED = ("first_solved_at", "resolved_at", "last_solved_at")


def with_followed(rows: Relation) -> Relation:
    """The tickets with `_follows_solved`: whether they continue one solved in the week before.

    They do where they are linked to it, or where the same customer asks about the same topic.
    """
    before = rows.select("source", follows="ticket_id", **{f"_{n}": rows[n] for n in SOLVED})
    named = rows.filter(rows["_asked"], rows.follows.notnull()).select("source", "follows")
    before = before.semi_join(named, ["source", "follows"])
    both = rows.left_join(before, ["source", "follows"]).drop("source_right", "follows_right")
    linked = any_of(*(_within_week(both, f"_{name}") for name in SOLVED))
    both = both.mutate(_linked=linked).drop(*[f"_{name}" for name in SOLVED])
    again = _asked_again(rows)
    both = both.left_join(again, ["source", "ticket_id"]).drop("source_right", "ticket_id_right")
    follows = both["_linked"] | both["_asked_again"].fill_null(False)
    return both.mutate(_follows_solved=follows).drop("_linked", "_asked_again")


def _asked_again(rows: Relation) -> Relation:
    """The tickets of customers of whom another on the same topic was solved in the week before."""
    known = rows.filter(rows.customer_id.notnull(), rows.type.notnull())
    topic = ("source", "customer_id", "_topic")
    known = known.mutate(_topic=known.type.split(";")[0].strip())
    # Few topics of all years come in one month: of the others nothing need be looked at.
    known = known.semi_join(known.filter(known["_asked"]).select(*topic).distinct(), topic)
    solved = [
        known.filter(known[name].notnull()).select(
            *topic,
            "ticket_id",
            _at=known[name],
            _solved=known[name],
            _asks=ibis.literal(1, "int64"),
        )
        for name in SOLVED
    ]
    asks = known.select(
        *topic,
        "ticket_id",
        _at=known.created_at,
        _solved=ibis.null(MOMENT),
        _asks=ibis.literal(0, "int64"),
    )
    told = ibis.union(asks, *solved)
    # A ticket comes before its own solves, so those that lie before it are another's.
    order = [told["_at"], told["_asks"], told.ticket_id]
    past = ibis.window(group_by=topic, order_by=order, preceding=None, following=0)
    told = told.mutate(_last=told["_solved"].max().over(past))
    told = told.filter(told["_asks"] == 0)
    since = seconds_between(told["_last"], told["_at"])
    again = told.filter((since <= WEEK_SECONDS).fill_null(False))
    return again.select("source", "ticket_id", _asked_again=ibis.literal(True)).distinct()


def _within_week(rows: Relation, solved: str) -> BooleanValue:
    since = seconds_between(rows[solved], rows.created_at)
    return ((since >= 0) & (since <= WEEK_SECONDS)).fill_null(False)
