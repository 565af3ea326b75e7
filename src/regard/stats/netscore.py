"""Net promoter scores: promoters less detractors, in points, with an adjusted interval."""

from collections.abc import Sequence
from math import sqrt

from regard.core.errors import BadValue
from regard.stats.clusters import Fold, few, largest_effect
from regard.stats.estimate import Estimate, nothing
from regard.stats.reach import Z


def net_score(
    promoters: int, passives: int, detractors: int, folds: Sequence[Fold] = ()
) -> Estimate:
    """The score in points, −100 to 100, over all answers (METRICS §5).

    The value is raw. The interval adds ¾ of an answer to promoters, passives and detractors (an
    adjusted Wald interval, after Agresti and Min 2005), shrinks the answers by the largest
    design effect of the folds (y = promoters − detractors, x = answers) and stops at ±100.
    """
    if min(promoters, passives, detractors) < 0:
        counts = (promoters, passives, detractors)
        raise BadValue("A count of answers", min(counts), "0 or more")
    n = promoters + passives + detractors
    if n == 0:
        return nothing()
    net, polar = (promoters - detractors) / n, (promoters + detractors) / n
    deff = largest_effect(folds, polar - net * net)
    low, high = net_limits(promoters / deff, detractors / deff, n / deff)
    note = few([sums.k for sums in folds], n)
    return Estimate(100 * net, 100 * min(low, net), 100 * max(high, net), n, note)


def net_limits(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """The adjusted limits of a net score, −1 to 1, over n answers, which need not be whole."""
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    net = up - down
    reach = Z * sqrt((up + down - net * net) / (n + 3))
    return max(-1.0, net - reach), min(1.0, net + reach)
