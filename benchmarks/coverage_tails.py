"""How often nothing is called something: the tails of p-values when two months are alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from coverage_counts import count_case
from coverage_rows import Case, mean_case, rate_case, share_case
from coverage_times import quantile_case
from coverage_worlds import DAYS, UNEVEN

from regard.stats.difference import UNCLEAR, mover, words
from regard.stats.discovery import chance_between, chance_of
from regard.stats.estimate import Estimate

LEVELS = (0.05, 0.01, 0.001)
MOST = (0.07, 0.016, 0.002)
"""Up to which share of nothings may have a p-value as small as each level."""
TIMES = 5
"""So many times the worlds of a coverage: tails are rare."""


@dataclass(frozen=True)
class Tail:
    """shares: of pairs of like months, with a p-value of at most each level. called: up or down."""

    shape: str
    world: str
    way: str
    pairs: int
    shares: tuple[float, ...]
    called: float
    asserted: bool
    holds: bool


def tails(worlds: int, seed: int, only: str) -> Iterator[Tail]:
    """Of every shape, by the ways to make a p-value of an interval."""
    for case, even in _cases():
        if only not in f"tail {case.shape}: {case.world}":
            continue
        random = np.random.default_rng([seed, *f"tail {case.shape} {case.world}".encode()])
        said = case.sample(random, int(TIMES * worlds * case.cost)).said
        pairs = list(zip(said, (*said[1:], said[0]), strict=True))
        gaps = [mover(new, old) for new, old in pairs]
        called = float(np.mean([words(gap).word != UNCLEAR for gap in gaps]))
        df = int(even) - 1
        ways = {
            "normal": [chance_of(gap) for gap in gaps],
            f"t({df})": [chance_of(gap, df) for gap in gaps],
            "chance_between": [_between(new, old, even) for new, old in pairs],
        }
        for way, chances in ways.items():
            yield _tail(case, way, np.array(chances), called, way == "chance_between")


def _between(new: Estimate, old: Estimate, even: float) -> float:
    return chance_between(new, old, even, even)


def _tail(case: Case, way: str, chances: np.ndarray, called: float, asserted: bool) -> Tail:
    shares = tuple(float(np.mean(chances <= level)) for level in LEVELS)
    error = [2 * np.sqrt(most / len(chances)) for most in MOST]
    holds = all(s <= m + e for s, m, e in zip(shares, MOST, error, strict=True))
    return Tail(
        case.shape, case.world, way, len(chances), shares, called, asserted and case.asserted, holds
    )


def _cases() -> Iterator[tuple[Case, float]]:
    """Cases, and how many even clusters stand behind each side."""
    days = DAYS.clusters / (1 + DAYS.uneven + 1 / DAYS.size)
    unequal = UNEVEN.clusters / (1 + UNEVEN.uneven + 1 / UNEVEN.size)
    for law, even in ((DAYS, days), (UNEVEN, unequal)):
        yield share_case(0.7, law), even
        yield mean_case(0.5, law), even
        yield rate_case(1.0, law), even
    yield quantile_case(0.5, DAYS), days
    for told, mean, lumps in (("Poisson, 30 days × 10", 10, 1), ("30 days × 10, × 3", 10, 3)):
        yield count_case(told, mean, lumps, True), 30.0
