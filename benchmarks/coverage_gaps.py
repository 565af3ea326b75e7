"""Coverage of differences, new less old: of independent sides, and of the same customers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
from coverage_counts import burst_case, count_case, regulars_case, weekly_case
from coverage_rows import Case, mean_case, net_case, rate_case, share_case
from coverage_times import HOUR, at_case, clocks, curve_of, quantile_case, served_by
from coverage_worlds import (
    ALONE,
    CUSTOMERS,
    DAYS,
    FEW,
    MANY,
    UNEVEN,
    Columns,
    Floats,
    Ints,
    Law,
    Random,
    Seen,
    folded,
    rows_of,
    seen,
)
from scipy.stats import norm

from regard.stats.clusters import Cross, Fold
from regard.stats.difference import (
    approximate_quantile_difference,
    cluster_difference,
    incidence_difference,
    mover,
    shared_quantile_difference,
)
from regard.stats.estimate import Estimate
from regard.stats.incidence import CENSORED, EVENT, RIVAL, Curve, curve

Make = Callable[[Estimate, Estimate], Estimate]


def apart(name: str, new: Case, old: Case, make: Make = mover) -> Case:
    """The difference of two cases of independent sides."""

    def sample(random: Random, worlds: int) -> Seen:
        sides = (case.sample(random, worlds).said for case in (new, old))
        return seen(make(one, other) for one, other in zip(*sides, strict=False))

    asserted = new.asserted and old.asserted
    world = new.world if new.world == old.world else f"{new.world} − {old.truth:g}"
    return Case(f"{name} difference", world, new.truth - old.truth, sample, asserted)


def nothing(case: Case, make: Make = mover) -> Case:
    """The difference of two periods in which nothing changed."""
    return apart(case.shape, case, case, make)


def shared_case(law: Law, change: float) -> Case:
    """A share of the same customers twice; half of what they have in common lasts."""

    def sample(random: Random, worlds: int) -> Seen:
        lasting = random.normal(size=(worlds, law.clusters))
        sides = [
            _side(random, replace(law, likeness=law.likeness / 2), lasting, at)
            for at in (norm.ppf(0.7 + change), norm.ppf(0.7))
        ]
        return seen(cluster_difference(new, old, cross) for new, old, cross in _paired(*sides))

    told = f"same customers, {100 * change:g} points, {law.name}"
    return Case("cluster_difference", told, change, sample, law.asserted, 0.5)


def shared_quantile_case(law: Law) -> Case:
    """Medians of the same customers' clocks twice, nothing having changed."""

    def sample(random: Random, worlds: int) -> Seen:
        lasting = random.normal(size=(worlds, law.clusters))
        sides = [_lasting_curves(random, law, lasting) for _ in range(2)]
        return seen(
            shared_quantile_difference(new, old, 0.5) for new, old in zip(*sides, strict=True)
        )

    told = f"same customers, {law.name}"
    return Case("Incidence difference", told, 0.0, sample, law.asserted, 0.25)


def _lasting_curves(random: Random, law: Law, lasting: Floats) -> list[Curve]:
    rows = rows_of(random, law, len(lasting))
    share, z = law.likeness, rows.pop("z")
    z = (1 - share) ** 0.5 * z + share**0.5 * lasting[rows["world"], rows["cluster"]]
    rows |= clocks(random, z, random.uniform(0.5, 24, len(z)) * HOUR)
    return list(_curves(rows, len(lasting)))


def _side(random: Random, law: Law, lasting: Floats, at: float) -> tuple[Ints, ...]:
    """Rows whose customers' likeness is the same again as what lasts of it: half of the whole."""
    rows = rows_of(random, law, len(lasting))
    share = law.likeness
    z = (1 - share) ** 0.5 * rows["z"] + share**0.5 * lasting[rows["world"], rows["cluster"]]
    return folded(rows["world"], rows["cluster"], (z < at).astype(np.int64), np.ones_like(z))


def _paired(new: tuple[Ints, ...], old: tuple[Ints, ...]) -> Iterator[tuple[Fold, Fold, Cross]]:
    for y1, x1, y2, x2 in zip(*new, *old, strict=True):
        cross = Cross(*(int(a @ b) for a, b in ((y1, y2), (y1, x2), (x1, y2), (x1, x2))))
        yield _fold(y1, x1), _fold(y2, x2), cross


def _fold(y: Ints, x: Ints) -> Fold:
    sums = (y.sum(), x.sum(), y @ y, x @ x, x @ y)
    return Fold(int(np.count_nonzero(x)), *(int(each) for each in sums))


def reached_case(law: Law) -> Case:
    """The difference of shares served within two hours, by `incidence_difference`."""

    def sample(random: Random, worlds: int) -> Seen:
        curves = (_curves(curve_of(random, law, worlds, by), worlds) for by in (0.3, 0.0))
        return seen(
            incidence_difference(new, old, 2 * HOUR) for new, old in zip(*curves, strict=True)
        )

    told = f"2 h, {law.name}"
    gap = _uncensored(0.3) - served_by(2 * HOUR)
    return Case("incidence_difference", told, gap, sample, law.asserted, 0.25)


def _uncensored(by: float) -> float:
    at = np.linspace(-8, np.log(2), 100_001)
    rival = norm.sf(at - 1.5)
    return float(np.sum(norm.pdf(at - by) * rival) * (at[1] - at[0]))


def _curves(rows: Columns, worlds: int) -> Iterator[Curve]:
    ends = {name: np.ma.filled(rows[name], 10**9) for name in ("done", "rival", "waited")}
    times = np.minimum(np.minimum(ends["done"], ends["rival"]), ends["waited"])
    kinds = np.full(len(times), CENSORED)
    kinds[times == ends["rival"]] = RIVAL
    kinds[times == ends["done"]] = EVENT
    starts = np.searchsorted(rows["world"], np.arange(worlds + 1))
    for start, end in pairwise(starts):
        each = slice(start, end)
        yield curve(times[each], kinds[each], rows["cluster"][each])


def cases() -> Iterator[Case]:
    """All of them."""
    for law in (ALONE, MANY, CUSTOMERS, UNEVEN, DAYS, FEW):
        yield nothing(share_case(0.7, law))
        yield nothing(mean_case(0.5, law))
        yield nothing(quantile_case(0.5, law), approximate_quantile_difference)
    for law in (ALONE, UNEVEN, DAYS):
        yield apart("Share", share_case(0.8, law), share_case(0.6, law))
        yield nothing(net_case(law))
        yield nothing(rate_case(1.0, law))
        yield nothing(at_case(2, law))
    yield nothing(share_case(0.02, MANY, asserted=False))
    yield nothing(mean_case(1.0, MANY, asserted=False))
    yield nothing(quantile_case(0.8, MANY), approximate_quantile_difference)
    for told, mean, lumps in (("Poisson, 30 days × 10", 10, 1), ("30 days × 10, × 3", 10, 3)):
        yield nothing(count_case(told, mean, lumps, True))
    for case in (weekly_case(), burst_case(), regulars_case()):
        yield nothing(case)
    for law in (CUSTOMERS, UNEVEN):
        yield shared_case(law, 0.0)
        yield shared_case(law, 0.1)
        yield shared_quantile_case(law)
    for law in (MANY, UNEVEN, DAYS):
        yield reached_case(law)
