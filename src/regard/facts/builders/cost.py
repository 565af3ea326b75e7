"""One row an amount that service cost, with the rate of its currency on that day."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import joined
from regard.facts.fact import Fact
from regard.store.engine import MOMENT

NOON = 12
"""The hour, in UTC, that stands for a day: it lies in that day nearly everywhere."""


def cost_fact(cost: Relation, exchange_rate: Relation) -> Relation:
    """Each amount, dated, with the last rate of its currency known by then."""
    paid = cost.filter(cost.on.notnull(), cost.amount_minor.notnull())
    rates = exchange_rate.filter(exchange_rate.micro > 0)
    rates = rates.group_by("currency", "on").aggregate(micro=rates.micro.max())
    told = ibis.union(
        rates.mutate(asks=ibis.literal(0, "int64")).select("currency", "on", "micro", "asks"),
        paid.select("currency", "on")
        .distinct()
        .mutate(micro=ibis.null("int64"), asks=ibis.literal(1, "int64")),
    )
    past = ibis.window(
        group_by=told.currency, order_by=[told.on, told.asks], preceding=None, following=0
    )
    told = told.mutate(rate_micro=told.micro.last().over(past))
    known = told.filter(told.asks == 1).select("currency", "on", "rate_micro")
    rows = joined(paid, known, ("currency", "on"))
    return rows.mutate(at=rows.on.cast(MOMENT) + ibis.interval(hours=NOON))


COLUMNS = columns(
    source="text: The system.",
    cost_id="text: The amount.",
    on="date: The day it is booked on.",
    at="instant: Noon of that day in UTC.",
    team="text: Whose.",
    channel="text: Of which channel.",
    amount_minor="whole: Amount, in minor units.",
    currency="text: ISO currency.",
    rate_micro="whole: Millionths of the workspace's currency for one unit, by the last rate of "
    "that day or before; empty where none is known.",
)

FACTS = [
    Fact(
        "cost_fact",
        "Each amount that service cost, with the rate of its currency.",
        one_row_per="amount",
        key=("source", "cost_id"),
        bucket="cost_id",
        reads=("cost", "exchange_rate"),
        columns=COLUMNS,
        build=cost_fact,
        dimensions={name: name for name in ("source", "team", "channel", "currency")},
    )
]
