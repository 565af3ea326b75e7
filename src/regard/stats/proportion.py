"""Shares with Wilson's interval, on as many rows as the clusters leave independent."""

from collections.abc import Sequence
from math import sqrt

from regard.core.errors import BadValue
from regard.stats.clusters import Fold, few, largest_effect
from regard.stats.estimate import Estimate, nothing
from regard.stats.reach import Z


def wilson(
    successes: int, trials: int, deff: float = 1.0, z: float = Z, note: str = ""
) -> Estimate:
    """The share successes/trials (0 to 1) with Wilson's score interval (Wilson 1927).

    The interval is that of trials ÷ max(1, deff) independent trials; value and n stay those
    counted. No trials: nothing. More successes than trials: BadValue.
    """
    if not 0 <= successes <= trials:
        raise BadValue("A number of successes", successes, f"between 0 and {trials}")
    if trials == 0:
        return nothing()
    share = successes / trials
    low, high = score_limits(share, trials / max(1.0, deff), z)
    # At the ends the exact limit is the end itself; rounding must not miss it.
    low = 0.0 if successes == 0 else min(low, share)
    high = 1.0 if successes == trials else max(high, share)
    return Estimate(share, low, high, trials, note)


def share(successes: int, trials: int, folds: Sequence[Fold] = ()) -> Estimate:
    """The share with the largest design effect of the folds (y = successes, x = trials).

    Where all or none succeed, see `row_effect`: clusters then count by Kish's mean size.
    """
    if trials == 0:
        return wilson(successes, trials)
    p = successes / trials
    deff = largest_effect(folds, p * (1 - p))
    return wilson(successes, trials, deff, note=few([sums.k for sums in folds], trials))


def score_limits(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's limits of a share over n trials, which need not be whole; n > 0."""
    square = z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return middle - reach, middle + reach
