"""Control limits that stand still: computed from a stretch of days, then held against later ones.

Shares and rates have Laney's p′ and u′ charts: the limits of binomial or Poisson chance, widened by
what the series moves besides. Everything else has an individuals chart (XmR) on what is left after
what one point says of the next, AR(1). Expected is the centre, moved by the class of a day (its
weekday, a holiday) as far as the stretch knew that class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf, isfinite, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr

from regard.core.errors import BadValue

Real = NDArray[np.float64]
Classes = Sequence[Sequence[str]]
SHARE, RATE, PLAIN = "share", "rate", "plain"
LEAST = 20
"""Points that limits need (METRICS §1.15)."""
WIDTH = 3.0
"""Limits lie that many standard deviations from what is expected (Shewhart)."""
D2 = 1.128
"""The mean range of two normal values, in standard deviations."""
SEEN = 4
"""Points of a class before it is expected to differ from the others."""
STRONGEST = 0.9
"""The most that a point is taken to say of the next."""
HEAVIEST = 5.0
"""The fewest degrees of freedom that tails are taken to have."""
CUT = 5.0
"""Standard deviations beyond which a residual says no more of the tails: it may be an event."""
NUMBERS = ("centre", "sigma", "carry", "size", "tail")
UNEVEN = 4.0
"""How many times more or less than usual may stand behind a point for its limits to follow."""


@dataclass(frozen=True)
class Limits:
    """What is expected and how far points may stray, as known from the days [since, until).

    kind: SHARE, RATE or PLAIN. points: how many it was computed from. centre: the share, the rate
    for one unit of exposure, or the mean. classes: by class of day, what it adds to the centre.
    sigma: of SHARE and RATE how many times points stray more than chance says (Laney's σ_z), of
    PLAIN the standard deviation of what is left. carry: how much of a point's residual the next
    one repeats, 0 to STRONGEST. size: of PLAIN the cases usually behind a point. tail: degrees of
    freedom of the t whose tails the residuals have, at least HEAVIEST.
    """

    kind: str
    since: date
    until: date
    points: int
    centre: float
    sigma: float
    carry: float = 0.0
    size: float = 1.0
    classes: Mapping[str, float] = field(default_factory=dict)
    tail: float = inf

    def to_json(self) -> dict[str, object]:
        """Plain values, under the names that `parse` reads."""
        return {
            "kind": self.kind,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "points": self.points,
            "centre": self.centre,
            "sigma": self.sigma,
            "carry": self.carry,
            "size": self.size,
            # JSON has no infinity: normal tails are none.
            "tail": self.tail if isfinite(self.tail) else None,
            "classes": dict(self.classes),
        }

    @classmethod
    def parse(cls, said: Mapping[str, object]) -> "Limits":
        """Limits from plain values; BadValue where one is missing or of the wrong kind."""
        try:
            known = {name: inf if said[name] is None else said[name] for name in NUMBERS}
            numbers = {name: float(str(number)) for name, number in known.items()}
            held = said["classes"]
            assert isinstance(held, Mapping)
            return cls(
                kind=str(said["kind"]),
                since=date.fromisoformat(str(said["from"])),
                until=date.fromisoformat(str(said["to"])),
                points=int(str(said["points"])),
                classes={str(name): float(one) for name, one in held.items()},
                **numbers,
            )
        except (KeyError, ValueError, AssertionError):
            need = "what `Limits.to_json` gives; thaw and freeze them anew"
            raise BadValue("Limits", dict(said), need) from None


@dataclass(frozen=True)
class Charted:
    """Points held against limits; shapes (n,), NaN where there is no point.

    expected, low, high: in the unit of the values. z: how far each lies from what was expected, in
    standard deviations as the limits know them.
    """

    expected: Real
    low: Real
    high: Real
    z: Real

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """The points outside their limits."""
        told: NDArray[np.bool_] = np.nan_to_num(np.abs(self.z)) > WIDTH
        return told


def limits(
    kind: str,
    values: ArrayLike,
    sizes: ArrayLike,
    stretch: tuple[date, date],
    classes: Classes | None = None,
) -> Limits | None:
    """Limits from the points of a stretch; None with fewer than LEAST, or where nothing ever moved.

    values: shape (n,), shares, rates or means; NaN in gaps. sizes: trials, units of exposure or
    cases behind each, (n,). classes: of each point what it is like, the finest name first.
    p′ and u′: Laney 2002; XmR on AR(1) residuals: Montgomery 2013, §10.4. Standard deviations are
    from moving ranges. Points beyond the limits they would set themselves are left out once.
    """
    x, n, named = _arrays(values, sizes, classes)
    known = np.isfinite(x) & (n > 0)
    for _ in range(2):
        if int(known.sum()) < LEAST:
            return None
        made = _limits(kind, np.where(known, x, np.nan), n, stretch, named)
        if made.sigma <= 0:
            # Nothing ever moved: how far it may is not known.
            return None
        made = replace(made, tail=_tail(charted(made, x, n, named).z))
        known &= ~charted(made, x, n, named).beyond
    return made


def laney(kind: str, values: ArrayLike, sizes: ArrayLike) -> tuple[float, float]:
    """Centre and σ_z of a plain p′ (SHARE) or u′ (RATE) chart, as published: Laney 2002."""
    x, n, _ = _arrays(values, sizes, None)
    centre = float(np.nansum(x * n) / n[np.isfinite(x)].sum())
    return centre, _moving((x - centre) / _spread(kind, np.full(len(x), centre), n))


def charted(
    found: Limits, values: ArrayLike, sizes: ArrayLike, classes: Classes | None = None
) -> Charted:
    """Points in their order held against limits; what a point says uses none after it."""
    x, n, named = _arrays(values, sizes, classes)
    expected = expectations(found, named)
    if found.kind == PLAIN:
        return _charted_plain(found, x, n, expected)
    reach = found.sigma * _spread(found.kind, expected, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (x - expected) / reach
    gone = ~np.isfinite(z)
    edge = 1.0 if found.kind == SHARE else np.inf
    return Charted(
        np.where(gone, np.nan, expected),
        np.where(gone, np.nan, np.clip(expected - WIDTH * reach, 0.0, None)),
        np.where(gone, np.nan, np.clip(expected + WIDTH * reach, None, edge)),
        z,
    )


def clearer(z: ArrayLike, found: Limits) -> Real:
    """Standardised residuals as normal ones that mind how few points the limits come from.

    A standard deviation from few points makes tails heavy (Student's t), as do the residuals' own
    tails, and a centre from few points is off itself: all are taken out, so that chances read off a
    normal are honest.
    """
    told = np.asarray(z, float)
    df = max(HEAVIEST, min(found.points - 1, found.tail))
    # A t of few degrees of freedom strays more than sigma says: here sigma is already of the whole.
    wide = sqrt(df / (df - 2)) if found.tail < found.points - 1 else 1.0
    tail = stdtr(df, -np.abs(told) * wide / sqrt(1 + 1 / found.points))
    small: Real = np.copysign(-ndtri(np.clip(tail, 1e-300, 0.5)), told)
    return np.where(np.isfinite(told), small, np.nan)


def chance_of_run(z: ArrayLike, found: Limits, places: int) -> float:
    """The chance of a run of residuals as far off together, had one looked at so many places.

    z: those of the run, made clearer. Their sum is held against the spread of a sum of points that
    repeat each other as far as `carry` says, two-sided, times places (Bonferroni).
    """
    told = np.asarray(z, float)
    told = told[np.isfinite(told)]
    if not len(told):
        return 1.0
    tail = float(2 * ndtr(-abs(told.sum()) / sqrt(_run_variance(len(told), found))))
    return min(1.0, tail * places)


def lasting(found: Limits) -> float:
    """By how much sums of many residuals stray more than those of independent ones."""
    left = found.carry if found.kind != PLAIN else 0.0
    return sqrt((1 + left) / (1 - left))


def _run_variance(length: int, found: Limits) -> float:
    left = found.carry if found.kind != PLAIN else 0.0
    alike = sum((length - lag) * left**lag for lag in range(1, length))
    # What the centre is off by is the same in all points of the run.
    return length + 2 * alike + length * length / found.points


def _limits(kind: str, x: Real, n: Real, stretch: tuple[date, date], named: Classes) -> Limits:
    known = np.isfinite(x)
    centre = (
        float((x * n)[known].sum() / n[known].sum()) if kind != PLAIN else float(x[known].mean())
    )
    classes = _classes(x, n if kind != PLAIN else np.ones(len(n)), named, centre)
    size = float(np.median(n[known]))
    made = Limits(kind, *stretch, int(known.sum()), centre, 1.0, 0.0, size, classes)
    expected = expectations(made, named)
    loose = len(classes) and sqrt(made.points / max(1, made.points - len(classes)))
    if kind != PLAIN:
        z = (x - expected) / _spread(kind, expected, n)
        carry = _carry(z)
        # Points alike make ranges of neighbours small: what they hide is put back.
        sigma = _moving(z) / sqrt(1 - carry) * (loose or 1.0)
    else:
        scale = _uneven(n, size)
        left = (x - expected) / scale
        carry = _carry(left)
        before = np.concatenate([[np.nan], left[:-1]])
        sigma = _moving(left - carry * np.nan_to_num(before)) * (loose or 1.0)
    return Limits(kind, *stretch, made.points, centre, sigma, carry, size, classes)


def _charted_plain(found: Limits, x: Real, n: Real, bare: Real) -> Charted:
    scale = _uneven(n, found.size)
    left = (x - bare) / scale
    before = np.concatenate([[np.nan], left[:-1]])
    alone = ~np.isfinite(before)
    expected = bare + found.carry * np.where(alone, 0.0, before) * scale
    # With no point before it, all that an AR(1) process strays counts, not the new part alone.
    wide = np.where(alone, 1 / sqrt(1 - found.carry**2), 1.0)
    reach = found.sigma * scale * wide
    z = (x - expected) / reach
    gone = ~np.isfinite(z)
    low, high = expected - WIDTH * reach, expected + WIDTH * reach
    expected, low, high = (np.where(gone, np.nan, one) for one in (expected, low, high))
    return Charted(expected, low, high, z)


def _spread(kind: str, expected: Real, n: Real) -> Real:
    """The standard deviation that chance alone gives a share or a rate; never none at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == SHARE:
            held = np.clip(expected, 0.5 / np.maximum(n, 1), 1 - 0.5 / np.maximum(n, 1))
            told = np.sqrt(held * (1 - held) / n)
        elif kind == RATE:
            told = np.sqrt(np.maximum(expected, 0.5 / np.maximum(n, 1e-9)) / n)
        else:
            raise BadValue("The kind of limits", kind, f"{SHARE}, {RATE} or {PLAIN}")
    return np.where(n > 0, told, np.nan)


def _classes(x: Real, n: Real, named: Classes, centre: float) -> dict[str, float]:
    """What a class adds to the centre, pooled over its points; those seen too seldom are left."""
    book: dict[str, list[int]] = {}
    for place, names in enumerate(named):
        for name in names if np.isfinite(x[place]) else ():
            book.setdefault(name, []).append(place)
    return {
        name: float((x[at] * n[at]).sum() / n[at].sum() - centre)
        for name, at in sorted(book.items())
        if len(at) >= SEEN
    }


def expectations(found: Limits, classes: Classes) -> Real:
    """What is expected of points by their classes alone: shape (n,), in the unit of the values."""
    return np.array([_expected(found, names) for names in classes])


def _expected(found: Limits, names: Sequence[str]) -> float:
    if not names or not found.classes:
        return found.centre
    # A day unlike any that was seen: nothing is expected of it.
    return found.centre + next((found.classes[one] for one in names if one in found.classes), nan)


def _tail(z: Real) -> float:
    """The t whose fourth moment the residuals have: 4 + 6/excess; normal where there is none."""
    told = z[np.isfinite(z)]
    told = np.clip(told / max(1e-9, float(np.std(told))), -CUT, CUT) if len(told) else told
    square = float((told**2).mean()) if len(told) else 0.0
    excess = float((told**4).mean()) / square**2 - 3 if square > 0 else 0.0
    return max(HEAVIEST, 4 + 6 / excess) if excess > 0 else inf


def _moving(z: Real) -> float:
    """The standard deviation by the mean moving range of neighbours, gaps skipped."""
    ranges = np.abs(np.diff(z[np.isfinite(z)]))
    return float(ranges.mean()) / D2 if len(ranges) else 0.0


def _carry(left: Real) -> float:
    """How much of a residual its neighbour repeats; nothing where that may well be chance."""
    before, after = left[:-1], left[1:]
    both = np.isfinite(before) & np.isfinite(after)
    whole = float(np.nanmean(left**2))
    if int(both.sum()) < LEAST // 2 or whole <= 0:
        return 0.0
    told = float((before[both] * after[both]).mean()) / whole
    return min(STRONGEST, told) if told > 2 / sqrt(both.sum()) else 0.0


def _uneven(n: Real, size: float) -> Real:
    with np.errstate(divide="ignore"):
        scale: Real = np.sqrt(np.clip(size / np.where(n > 0, n, np.nan), 1 / UNEVEN, UNEVEN))
    return scale


def _arrays(
    values: ArrayLike, sizes: ArrayLike, classes: Classes | None
) -> tuple[Real, Real, Classes]:
    x, n = np.asarray(values, float), np.asarray(sizes, float)
    named = classes if classes is not None else [()] * len(x)
    if x.shape != n.shape or len(named) != len(x):
        need = f"one for each of the {len(x)} values"
        raise BadValue("Sizes and classes", f"{n.size} and {len(named)}", need)
    return np.where(n > 0, x, np.nan), n, named
