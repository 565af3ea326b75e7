"""One row a currency and day with a rate, as its source gave it."""

from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.fact import Fact


def rate_fact(exchange_rate: Relation) -> Relation:
    """The rates that say something."""
    rate = exchange_rate
    return rate.filter(rate.micro > 0)


COLUMNS = columns(
    source="text: The system.",
    currency="text: ISO currency.",
    on="date: The day.",
    micro="whole: Millionths of the workspace's currency for one unit.",
)

FACTS = [
    Fact(
        "rate_fact",
        "Each rate of a currency on a day.",
        one_row_per="currency and day",
        key=("source", "currency", "on"),
        bucket="currency",
        reads=("exchange_rate",),
        columns=COLUMNS,
        build=rate_fact,
        dimensions={"source": "source", "currency": "currency"},
    )
]
