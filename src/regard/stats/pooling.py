"""Shares put together and taken apart again from what was said of them: value, interval, cases."""

from collections.abc import Iterable

from regard.stats.estimate import FEW_CLUSTERS, Estimate, nothing
from regard.stats.proportion import wilson
from regard.stats.reach import Z


def effect_of(share: Estimate) -> float:
    """The design effect (at least 1) that Wilson's interval of a share was widened by.

    From the limit farther inside (0, 1), which solves (p − limit)² = z² limit (1 − limit) ÷ n.
    1 where the interval says nothing.
    """
    if share.value is None or share.low is None or share.high is None or not share.n:
        return 1.0
    limit = share.low if share.value > 0.5 else share.high
    gap = share.value - limit
    if not gap or not 0 < limit < 1:
        return 1.0
    size = Z * Z * limit * (1 - limit) / (gap * gap)
    return max(1.0, share.n / size)


def pooled(shares: Iterable[Estimate]) -> Estimate:
    """The share of all rows of several parts that have none in common, such as weeks.

    Its design effect is that of the parts by their rows: clusters that reach over several parts
    are not seen. Nothing where there are no rows.
    """
    told = [one for one in shares if one.value is not None and one.n]
    rows = sum(one.n for one in told)
    if not rows:
        return nothing()
    deff = sum(effect_of(one) * one.n for one in told) / rows
    note = FEW_CLUSTERS if all(one.note == FEW_CLUSTERS for one in told) else ""
    return wilson(sum(_hits(one) for one in told), rows, deff, note=note)


def rest(whole: Estimate, part: Estimate) -> Estimate:
    """The share of the rows of a whole that lie outside a part of it, as clustered as the whole.

    Nothing where the part is the whole, or either has no value.
    """
    rows = whole.n - part.n
    if whole.value is None or part.value is None or rows <= 0:
        return nothing()
    hits = min(max(0, _hits(whole) - _hits(part)), rows)
    return wilson(hits, rows, effect_of(whole))


def _hits(share: Estimate) -> int:
    return round((share.value or 0.0) * share.n)
