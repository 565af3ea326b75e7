"""What of a change is composition and what happened within segments: Kitagawa's two parts.

An aggregate is R = Σ w·r over segments, w their shares of the weight and r their values. Of the
change R₁ − R₀ the composition (mix) is Σ (w₁ − w₀)·(r₁ + r₀)/2 and the rest (rate)
Σ (r₁ − r₀)·(w₁ + w₀)/2: Kitagawa 1955, which is also the Shapley value of the two factors (Das
Gupta 1993), so that neither comes first. Both add up exactly, segment by segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from regard.core.errors import BadValue
from regard.stats.difference import mover
from regard.stats.estimate import Estimate, nothing
from regard.stats.reach import Z

Floats = NDArray[np.float64]
Name = TypeVar("Name")

STAYED, CAME, WENT, UNTOLD = "stayed", "came", "went", "untold"
"""What became of a segment. UNTOLD: it has rows on a side of which no value can be told."""
REVERSED, HIDDEN, SIZES = "reversed", "hidden", "sizes"
"""Where composition decides what the whole shows: see `verdict`. REVERSED is Simpson's case."""
MOST = 0.5
"""More than this share of the weight must be of segments that move, by value, as all within do."""


@dataclass(frozen=True)
class Segment:
    """One segment on one side: its weight (cases, exposure) and its value."""

    weight: float
    value: Estimate


@dataclass(frozen=True)
class Moved:
    """A segment's part in a change.

    old_share, new_share: of the weight, 0 to 1. old, new: its own values; own: new less old.
    mix, rate: what it adds to the whole's change by its size and by its own value: mix is counted
    from the whole, so that a segment above it adds by growing. both: mix + rate. fate: one of
    STAYED, CAME, WENT, UNTOLD; one that came or went has no change of its own, all it adds is mix.
    """

    fate: str
    old_share: float
    new_share: float
    old: Estimate
    new: Estimate
    own: Estimate
    mix: Estimate
    rate: Estimate
    both: float


@dataclass(frozen=True)
class Mix:
    """A change taken apart: change = mix.value + rate.value + remainder.

    change: of the wholes as they were measured. remainder: what the weighted segments do not add
    up to: nought for shares, means and ratios; under censoring a curve of all is only nearly the
    weighted curves of its parts. verdict: REVERSED, HIDDEN, SIZES, or empty.
    """

    change: Estimate
    mix: Estimate
    rate: Estimate
    remainder: float
    verdict: str = ""


def taken_apart(
    old: Mapping[Name, Segment], new: Mapping[Name, Segment], change: Estimate, effect: float = 1.0
) -> tuple[Mix, dict[Name, Moved]]:
    """The change of a whole by segment and in all, segments in the order of their names.

    old, new: the segments of both sides. change: new less old of the wholes, with its interval.
    Intervals by the delta method, the segments' own limits joined by square-and-add (MOVER) and
    the shares multinomial over the cases; segments are taken as independent of each other. effect:
    how many times the shares vary more than a multinomial's. No segments with a value: BadValue.
    """
    names = sorted({*old, *new}, key=lambda name: (name is None, str(name)))
    fates = {name: _fate(old.get(name), new.get(name)) for name in names}
    told = [name for name in names if fates[name] != UNTOLD]
    if not told or not all(sum(_weight(side.get(n)) for n in told) for side in (old, new)):
        raise BadValue("The segments", len(told), "some with cases and a value on both sides")
    sides = _sides(old, new, told)
    # The last of each is the whole's.
    *mixes, mix = _estimates(_with_sum(_mixed(sides)), sides, effect)
    *rates, rate = _estimates(_with_sum(_rated(sides)), sides, effect)
    found = {}
    for place, name in enumerate(told):
        found[name] = _moved(place, fates[name], sides, mixes[place], rates[place])
    for name in names:
        if name not in found:
            found[name] = _untold(old.get(name), new.get(name))
    remainder = (change.value or 0.0) - (mix.value or 0.0) - (rate.value or 0.0)
    whole = Mix(change, mix, rate, 0.0 if abs(remainder) < 1e-12 else remainder)
    return replace(whole, verdict=verdict(whole, found)), found


def verdict(whole: Mix, segments: Mapping[Name, Moved]) -> str:
    """What composition does to the reading of the whole, by intervals; empty: nothing much.

    In every case the mix is clear of nought. REVERSED (Simpson's case): the segments move one way
    and the whole the other, at least one of them clear of nought. HIDDEN: the segments move, clear
    of nought, and the whole goes their way but not clear of it. SIZES: the whole moves as its
    composition does, clear of nought, and within nothing is. The segments move the way of the rate
    where none that stayed is clear of nought against it, and those with more than MOST of their
    weight go its way by value: of small ones some stray by chance, and asking each of them to be
    clear would find no case at all.
    """
    mixed, seen, within = _way(whole.mix), _way(whole.change), _way(whole.rate)
    gap, rate = whole.change.value, whole.rate.value
    if not mixed or gap is None or not rate:
        return SIZES if mixed and seen == mixed else ""
    way = 1 if rate > 0 else -1
    if way == -mixed and (seen or within) and _agree(way, segments):
        if gap * way < 0:
            return REVERSED
        if not seen:
            return HIDDEN
    return SIZES if seen == mixed and not within else ""


def _agree(way: int, segments: Mapping[Name, Moved]) -> bool:
    stayed = [one for one in segments.values() if one.fate == STAYED]
    weights = [one.old_share + one.new_share for one in stayed]
    along = [way * (one.own.value or 0.0) > 0 for one in stayed]
    if any(_way(one.own) == -way for one in stayed):
        return False
    held = sum(weight for weight, goes in zip(weights, along, strict=True) if goes)
    return held > MOST * sum(weights)


@dataclass(frozen=True)
class _Sides:
    """Shares w, values r and cases of both sides, as arrays over the told segments."""

    w0: Floats
    w1: Floats
    r0: Floats
    r1: Floats
    old: list[Estimate]
    new: list[Estimate]
    cases: tuple[float, float]
    one_sided: NDArray[np.bool_]


def _sides(old: Mapping[Name, Segment], new: Mapping[Name, Segment], told: list[Name]) -> _Sides:
    weights = [np.array([_weight(side.get(name)) for name in told]) for side in (old, new)]
    here = [[side[n].value if _weight(side.get(n)) else None for n in told] for side in (old, new)]
    # Where a segment is on one side alone its value there stands for both: no change of its own.
    olds = [a or b or nothing() for a, b in zip(*here, strict=True)]
    news = [b or a or nothing() for a, b in zip(*here, strict=True)]
    cases = tuple(float(sum(one.n for one in side if one is not None)) for side in here)
    return _Sides(
        w0=weights[0] / weights[0].sum(),
        w1=weights[1] / weights[1].sum(),
        r0=np.array([one.value or 0.0 for one in olds]),
        r1=np.array([one.value or 0.0 for one in news]),
        old=olds,
        new=news,
        cases=(cases[0], cases[1]),
        one_sided=np.array([a is None or b is None for a, b in zip(*here, strict=True)]),
    )


Parts = tuple[Floats, Floats, Floats, Floats, Floats]
"""Values, and their slopes by r0, r1, w0 and w1: one row a part, one column a segment."""


def _mixed(s: _Sides) -> Parts:
    """(w₁ − w₀)·(r̄ − R̄) of each segment; over all segments R̄ cancels."""
    grown, between = s.w1 - s.w0, (s.r0 + s.r1) / 2
    wholes = (float(s.w0 @ s.r0), float(s.w1 @ s.r1))
    apart = between - sum(wholes) / 2
    here, all_grown = np.eye(len(s.w0)), grown[:, None]
    return (
        grown * apart,
        all_grown * (here - s.w0) / 2,
        all_grown * (here - s.w1) / 2,
        -here * apart[:, None] - all_grown * s.r0 / 2,
        here * apart[:, None] - all_grown * s.r1 / 2,
    )


def _rated(s: _Sides) -> Parts:
    """(r₁ − r₀)·(w₁ + w₀)/2 of each segment."""
    here = np.eye(len(s.w0))
    between, moved = here * ((s.w0 + s.w1) / 2)[:, None], here * ((s.r1 - s.r0) / 2)[:, None]
    return (s.r1 - s.r0) * (s.w0 + s.w1) / 2, -between, between, moved, moved


def _with_sum(parts: Parts) -> Parts:
    """The parts, and after them their sum."""
    values, *slopes = (np.concatenate([one, one.sum(axis=0, keepdims=True)]) for one in parts)
    return values, slopes[0], slopes[1], slopes[2], slopes[3]


def _estimates(parts: Parts, s: _Sides, effect: float) -> list[Estimate]:
    """The parts with their limits."""
    values, by_r0, by_r1, by_w0, by_w1 = parts
    # A segment on one side alone has one value, whose slopes are joined.
    joint = by_r0 + by_r1
    olds = np.where(s.one_sided, joint, by_r0)
    news = np.where(s.one_sided, 0.0, by_r1)
    shares = _multinomial(by_w0, s.w0, s.cases[0]) + _multinomial(by_w1, s.w1, s.cases[1])
    n, made = int(sum(s.cases)), []
    for place, value in enumerate(values):
        sizes = Z * Z * effect * float(shares[place])
        down = up = sizes
        for slopes, sides in ((olds[place], s.old), (news[place], s.new)):
            fall, rise = _reaches(slopes, sides)
            down, up = down + fall, up + rise
        low, high = float(value) - sqrt(down), float(value) + sqrt(up)
        limits = (low if isfinite(low) else None, high if isfinite(high) else None)
        made.append(Estimate(float(value), *limits, n))
    return made


def _multinomial(slopes: Floats, shares: Floats, cases: float) -> Floats:
    """The variance of a sum of slopes times the shares that so many cases have."""
    spread: Floats = np.maximum((slopes * slopes) @ shares - (slopes @ shares) ** 2, 0.0)
    return spread / max(cases, 1.0)


def _reaches(slopes: Floats, sides: list[Estimate]) -> tuple[float, float]:
    """Squared reaches down and up of a sum of slopes times values, from the values' limits."""
    down = up = 0.0
    for slope, one in zip(slopes.tolist(), sides, strict=True):
        if not slope or one.value is None:
            continue
        below = inf if one.low is None else max(0.0, one.value - one.low)
        above = inf if one.high is None else max(0.0, one.high - one.value)
        fall, rise = (below, above) if slope > 0 else (above, below)
        down, up = down + (slope * fall) ** 2, up + (slope * rise) ** 2
    return down, up


def _moved(place: int, fate: str, s: _Sides, mix: Estimate, rate: Estimate) -> Moved:
    old = s.old[place] if s.w0[place] else nothing()
    new = s.new[place] if s.w1[place] else nothing()
    own = mover(new, old) if fate == STAYED else nothing(n=old.n + new.n)
    both = (mix.value or 0.0) + (rate.value or 0.0)
    return Moved(fate, float(s.w0[place]), float(s.w1[place]), old, new, own, mix, rate, both)


def _untold(old: Segment | None, new: Segment | None) -> Moved:
    sides = [one.value if one else nothing() for one in (old, new)]
    none = nothing(n=sum(one.n for one in sides))
    return Moved(UNTOLD, 0.0, 0.0, sides[0], sides[1], none, none, none, 0.0)


def _fate(old: Segment | None, new: Segment | None) -> str:
    here = [one for one in (old, new) if one is not None and one.weight > 0]
    if not here or any(one.value.value is None for one in here):
        return UNTOLD
    if len(here) == 2:
        return STAYED
    return WENT if old in here else CAME


def _weight(one: Segment | None) -> float:
    return 0.0 if one is None else max(0.0, one.weight)


def _way(one: Estimate) -> int:
    """1 or −1 where the whole interval lies above or below nought, else 0."""
    if one.low is not None and one.low > 0:
        return 1
    return -1 if one.high is not None and one.high < 0 else 0
