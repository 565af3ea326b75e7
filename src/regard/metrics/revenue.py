"""How much of what customers paid a month as a part began they still paid as it ended."""

from dataclasses import dataclass, replace
from datetime import timedelta

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, IntegerValue
from ibis.expr.types import Table as Relation

from regard.core.currency import THOUSANDTHS, WITHOUT
from regard.core.period import day_of
from regard.facts.expressions import joined
from regard.metrics.folds import folds_of, sums
from regard.metrics.retained import CUSTOMER, at_end, at_start, everywhere, whole_key
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.stretch import OverTime, within
from regard.stats.estimate import nothing
from regard.stats.ratio import ratio

MICRO = 1_000_000
STALE = timedelta(days=31)
"""A rate older than this says nothing of the day."""


@dataclass(frozen=True)
class Revenue(OverTime):
    """What the customers there as a part begins pay a month at its end, of what they paid then.

    gross: what a customer pays more than at the start is left out. Currencies count at the rate of
    the day the part begins, at both ends; whoever pays in one without a rate, or an unknown price,
    is in neither half (`unpriced` beside). Where all pay in one currency no rate is needed.
    """

    gross: bool = False

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Sums of both halves over customers, in thousandths of the workspace's currency."""
        there = within(rows.filter(rows.paid), frame, "starts_at", "ends_at", touching=True)
        there = there.filter(at_start(there)).select(*frame.keys, *CUSTOMER).distinct()
        same = whole_key(frame)
        each = joined(there, paid_monthly(frame), tuple(same))
        each = each.mutate(_who=each.source + ibis.literal("/") + each.customer_id)
        known = each.filter(each.unknown == 0)
        kept = ibis.least(known.after, known.before) if self.gross else known.after
        told = sums(known, replace(frame, clusters=("_who",)), kept, known.before)
        lost = each.group_by(*frame.keys).aggregate(unknown=each.unknown.sum())
        return joined(lost, told, frame.keys)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The ratio of each part with its linearised interval by customer."""
        told = frame.run("moments", lambda: self.moments(rows, frame))
        folds = folds_of([row for row in told if row["way"]], frame)
        found = {}
        for row in told:
            key, unknown = frame.key(row), int(row["unknown"] or 0)
            said = nothing()
            if key in folds:
                said = ratio(folds[key], int(row["n"]), 0.0, 1.0 if self.gross else None)
            found[key] = [Found(said, beside={"unpriced": unknown} if unknown else {})]
        return found

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Stretches that are paid for."""
        paid: BooleanValue = rows.paid
        return paid

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody was there."""
        return [Found(nothing())]


def paid_monthly(frame: Frame) -> Relation:
    """What each customer pays a month as each part in time begins and ends, in thousandths."""
    seen = everywhere(frame)
    seen = seen.mutate(currency=seen.currency.fill_null(frame.currency), minor=seen.monthly_minor)
    both = joined(seen, rates_of(frame), (frame.moment_key, "currency"))
    told = both.mutate(value=in_thousandths(both, frame), before=at_start(both), after=at_end(both))
    told = told.filter(told.before | told.after)
    return told.group_by(*whole_key(frame)).aggregate(
        before=told.value.sum(where=told.before).fill_null(0),
        after=told.value.sum(where=told.after).fill_null(0),
        unknown=told.value.isnull().cast("int64").max(),
    )


def in_thousandths(rows: Relation, frame: Frame) -> IntegerValue:
    """`minor` in thousandths of the workspace's currency, by `currency` and its rate `micro`.

    Empty where the rate or the amount is not known. Nought needs no rate, and neither does any
    amount where all are of one currency.
    """
    every = ibis.window()
    alone = rows.currency.min().over(every) == rows.currency.max().over(every)
    micro = ibis.ifelse(alone | (rows.currency == frame.currency), MICRO, rows.micro)
    value = (rows.minor * thousandths(rows) * micro + MICRO // 2) // MICRO
    told: IntegerValue = ibis.ifelse(rows.minor == 0, 0, value).cast("int64")
    return told


def rates_of(frame: Frame) -> Relation:
    """The last rate of each currency by the day that each part in time begins."""
    key, given = frame.moment_key, frame.told(rate_days)
    rates = frame.others["rate_fact"]
    both = given.inner_join(rates, [rates.on <= given["_on"], rates.on >= given["_oldest"]])
    last = ibis.window(group_by=[both[key], both.currency], order_by=[both.on.desc(), both.source])
    ranked = both.mutate(_rank=ibis.row_number().over(last))
    return ranked.filter(ranked["_rank"] == 0).select(key, "currency", "micro")


def rate_days(frame: Frame) -> pa.Table:
    """The day on which each part in time begins, and the oldest whose rate says anything of it."""
    key = frame.moment_key
    schema = pa.schema([(key, pa.string()), ("_on", pa.date32()), ("_oldest", pa.date32())])
    days = [(name, day_of(start, frame.zone)) for name, start, _ in frame.spans]
    rows = [{key: name, "_on": day, "_oldest": day - STALE} for name, day in days]
    return pa.Table.from_pylist(rows, schema=schema)


def thousandths(rows: Relation) -> IntegerValue:
    """By how much a minor unit of a row's currency is to be taken for thousandths of a unit."""
    told: IntegerValue = ibis.cases(
        (rows.currency.isin(WITHOUT.split()), 1000),
        (rows.currency.isin(THOUSANDTHS.split()), 1),
        else_=10,
    )
    return told.cast("int64")
