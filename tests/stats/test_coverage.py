"""The intervals hold the truth as often as they say, in worlds where rows come in clusters."""

from collections.abc import Callable

import numpy as np
import pytest

from regard.stats.clusters import fold
from regard.stats.estimate import Estimate
from regard.stats.incidence import at, curve
from regard.stats.mean import mean
from regard.stats.proportion import share, wilson
from regard.stats.quantile import quantile
from regard.stats.rate import count, day_dispersion

CUSTOMERS = 60
WORLDS = 1500


def moods(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Who answers and how, standard normal, half of it the customer's own lasting mood."""
    who = np.repeat(np.arange(CUSTOMERS), 1 + random.poisson(3, CUSTOMERS))
    lasting = random.normal(0, 0.5**0.5, CUSTOMERS)[who]
    return who, lasting + random.normal(0, 0.5**0.5, len(who))


def clustered_share(random: np.random.Generator) -> Estimate:
    who, mood = moods(random)
    happy = (mood < 0.6744898).astype(np.int64)
    return share(int(happy.sum()), len(happy), [fold(who, happy)])


def naive_share(random: np.random.Generator) -> Estimate:
    _, mood = moods(random)
    return wilson(int((mood < 0.6744898).sum()), len(mood))


def clustered_mean(random: np.random.Generator) -> Estimate:
    who, mood = moods(random)
    return mean([fold(who, np.round(1000 * mood).astype(np.int64))])


def count_by_day(random: np.random.Generator) -> Estimate:
    # Three times as lumpy as Poisson, mean 10 a day.
    days = random.negative_binomial(5, 1 / 3, CUSTOMERS)
    events = int(days.sum())
    return count(events, day_dispersion(events, int((days**2).sum()), CUSTOMERS), CUSTOMERS)


def waiting(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    who, mood = moods(random)
    times = np.round(1000 * np.exp(mood)).astype(np.int64)
    watched = random.integers(500, 6000, len(times))
    return np.minimum(times, watched), (times <= watched).astype(np.int64), who


def clustered_median(random: np.random.Generator) -> Estimate:
    return quantile(curve(*waiting(random)), 0.5)


def clustered_incidence(random: np.random.Generator) -> Estimate:
    return at(curve(*waiting(random)), 1000)


def coverage(sample: Callable[[np.random.Generator], Estimate], truth: float) -> float:
    random = np.random.default_rng(20261122)
    found = [sample(random) for _ in range(WORLDS)]
    held = [
        (one.low is not None and one.low <= truth) and (one.high is None or truth <= one.high)
        for one in found
    ]
    return float(np.mean(held))


@pytest.mark.parametrize(
    ("sample", "truth"),
    [
        (clustered_share, 0.75),
        (clustered_mean, 0.0),
        (count_by_day, 10 * CUSTOMERS),
        (clustered_median, 1000),
        (clustered_incidence, 0.5),
    ],
)
def test_intervals_hold_the_truth_nineteen_times_in_twenty(
    sample: Callable[[np.random.Generator], Estimate], truth: float
) -> None:
    assert 0.93 <= coverage(sample, truth) <= 0.97


def test_the_naive_interval_does_not() -> None:
    assert coverage(naive_share, 0.75) < 0.88
