"""The rows behind a value: those counted, those left out and why, those still waiting."""

from dataclasses import replace

from ibis.expr.types import Table as Relation

from regard.metrics.entering import PeriodIncidence
from regard.metrics.level import Level
from regard.metrics.plan import Plan, counted, excluded, moments, spans
from regard.metrics.stretch import OverTime

KINDS = ("counted", "excluded", "waiting")


def listed(laid: Plan, kind: str) -> Relation:
    """The rows of a kind with the fact's own columns."""
    columns = [column.name for column in laid.fact.columns]
    if kind == "excluded":
        out = excluded(laid)
        if laid.metric.shape.stock:
            out = _standing(laid, out)
        # Why it is left out comes before a reason of the row's own, such as why it was closed.
        own = [name for name in columns if name != "reason"]
        return out.select(*own, reason="_reason")
    held = counted(laid)
    if laid.metric.shape.stock:
        held = _standing(laid, held)
    if kind == "waiting":
        held = _waiting(laid, held)
    else:
        uses = laid.metric.shape.uses(held)
        held = held if uses is None else held.filter(uses)
    return held.select(*columns)


def _waiting(laid: Plan, held: Relation) -> Relation:
    """Those still open, without those whose clock is unknown: the same as coverage says."""
    waiting, unknown = laid.metric.waiting, laid.metric.unknown
    if waiting is None:
        return held.limit(0)
    if unknown is not None:
        held = held.filter(~unknown(held).fill_null(False))
    return held.filter(waiting(held))


def _standing(laid: Plan, held: Relation) -> Relation:
    shape, whole = laid.metric.shape, replace(laid, periods=(), period="")
    if isinstance(shape, OverTime | PeriodIncidence):
        ((_, start, end),) = spans(whole) or [("", laid.start, laid.start)]
        return held.filter(shape.behind(held, start, end))
    assert isinstance(shape, Level)
    ((_, at),) = moments(whole)
    return held.filter(
        held[shape.starts] <= at, held[shape.ends].isnull() | (held[shape.ends] > at)
    )
