"""What was spent: amounts summed in the workspace's currency, others by the rate of their day."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where
from regard.metrics.revenue import thousandths
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.estimate import Estimate, nothing

MICRO, THOUSAND = 1_000_000, 1_000
WIDE = "decimal(38, 0)"


@dataclass(frozen=True)
class Spend(Flow):
    """The sum of amounts, in whole units of the workspace's currency.

    Rows have `amount_minor`, `currency` and `rate_micro`. An amount in another currency without a
    rate is not summed but counted as unknown. What is booked is known, not sampled: the limits
    are the value itself.
    """

    additive = True

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Per part: the sum, in millionths of thousandths; amounts summed and amounts not."""
        own = (rows.currency == frame.currency).fill_null(False)
        micro = ibis.ifelse(own, MICRO, rows.rate_micro).cast(WIDE)
        amount = (rows.amount_minor * thousandths(rows)).cast(WIDE) * micro
        told = rows.select(*frame.keys, amount=amount)
        return told.group_by(*frame.keys).aggregate(
            total=told.amount.sum(),
            n=count_where(told.amount.notnull()),
            unknown=count_where(told.amount.isnull()),
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The sum of each part, with how many amounts have no rate beside it."""
        found = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            n, unknown = int(row["n"]), int(row["unknown"])
            said = nothing(n=0)
            if n:
                value = int(row["total"]) / (MICRO * THOUSAND)
                said = Estimate(value, value, value, n)
            found[frame.key(row)] = [Found(said, beside={"unknown": unknown} if unknown else {})]
        return found
