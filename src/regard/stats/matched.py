"""Volumes of two stretches, each day compared with its like: direct standardisation of counts.

What the new stretch's days would have brought at the old stretch's pace, class by class, is held
against what they brought. Daily counts are quasi-Poisson: one dispersion for both stretches,
measured within classes around `level of the class × ratio`, the squared residuals summed before
they are divided, as a total's variance is their sum. Days are taken as independent. Each side's
limits are gamma quantiles of count + ½ (Jeffreys) with Student's tails for the degrees of freedom
behind the dispersion; the difference joins them by square and add (Zou and Donner 2008), and the
ratio is where such a difference is nought (Donner and Zou 2012), so that both agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from scipy.special import gammainccinv, gammaincinv, ndtr, stdtr, stdtrit

from regard.core.errors import BadValue
from regard.stats.clusters import ENOUGH, Number
from regard.stats.estimate import FEW_CLUSTERS, Estimate, nothing
from regard.stats.reach import TAIL

FARTHEST = 37.0
"""Beyond this many standard errors a normal tail is no float any more."""
Labels = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Alike:
    """Days of one class: how many, what they brought, what they were expected to bring."""

    label: str
    new_days: int
    old_days: int
    seen: float
    expected: float


@dataclass(frozen=True)
class MatchedVolume:
    """The new stretch against the old one's pace on the same kinds of days.

    ratio: seen ÷ expected. gap: seen − expected, over the new days that were matched. seen,
    expected: these totals, each with limits of its own. exposure: of the matched new days (their
    number, where none is given). classes: what was matched. coarser: the places of new days that
    found their like in a coarser class only; left_out: those that found none, in no total;
    unused: old days never compared with. dispersion: how many times the days vary more than
    Poisson's; freedom: its degrees of freedom, below 1 where there are too few days for any
    limits. chance: the two-sided p-value of no change, 1 where unknown; below 0.05 exactly where
    the limits exclude it.
    """

    ratio: Estimate
    gap: Estimate
    seen: Estimate
    expected: Estimate
    exposure: float
    classes: tuple[Alike, ...] = ()
    coarser: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    dispersion: float = 1.0
    freedom: float = 0.0
    chance: float = 1.0


@dataclass(frozen=True)
class Days:
    """Daily counts of a stretch, days without events among them.

    counts: one a day. labels: the classes of each day, the finest first, as texts that mean the
    same on both sides; one with no like in all of them is left out. exposure: of each day, such
    as customer-months; None: 1 each.
    """

    counts: Sequence[Number]
    labels: Labels
    exposure: Sequence[Number] | None = None

    def __post_init__(self) -> None:
        sides = [self.labels] if self.exposure is None else [self.labels, self.exposure]
        for side in sides:
            if len(side) != len(self.counts):
                raise BadValue("The number of days", len(side), f"{len(self.counts)}, as of counts")
        if any(count < 0 for count in self.counts):
            raise BadValue("A daily count", min(self.counts), "0 or more")

    def lasts(self, place: int) -> Fraction:
        """The exposure of the day in that place."""
        return Fraction(1) if self.exposure is None else Fraction(self.exposure[place])

    def total(self, places: Sequence[int]) -> Fraction:
        """What those days brought."""
        return sum((Fraction(self.counts[place]) for place in places), Fraction(0))

    def over(self, places: Sequence[int]) -> Fraction:
        """The exposure of those days."""
        return sum((self.lasts(place) for place in places), Fraction(0))


@dataclass(frozen=True)
class _Pair:
    """The places of new and of old days that are compared."""

    label: str
    new: list[int]
    old: list[int]


@dataclass
class _Matching:
    """Who is compared with whom; coarser and left out are places of new days."""

    pairs: list[_Pair] = field(default_factory=list)
    coarser: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


def matched(new: Days, old: Days) -> MatchedVolume:
    """The new stretch against the old one's pace, day matched with its like.

    Where classes agree, a flat series is exactly 0 (ratio 1). No old day like any new one:
    nothing. Expected 0: no ratio.
    """
    found = _match(new, old)
    if not found.pairs:
        unused = tuple(range(len(old.counts)))
        left = tuple(found.left_out)
        none = nothing()
        return MatchedVolume(none, none, none, none, 0.0, left_out=left, unused=unused)
    seen = sum((new.total(pair.new) for pair in found.pairs), Fraction(0))
    weights = _weights(found.pairs, new, old)
    expected = sum((w * Fraction(old.counts[d]) for d, w in weights.items()), Fraction(0))
    phi, freedom = _dispersion(found.pairs, new, old, seen, expected)
    sides = _Sides(float(seen), float(expected), _lump(weights, old, expected), phi, freedom)
    n = round(seen + old.total(sorted(weights)))
    compared = sum(len(pair.new) for pair in found.pairs)
    note = FEW_CLUSTERS if min(compared, len(weights)) < ENOUGH else ""
    return MatchedVolume(
        ratio=_ratio(seen, expected, sides, n, note),
        gap=_gap(float(seen - expected), sides, n, note),
        seen=_side(sides.seen, sides.phi, sides, n, note),
        expected=_side(sides.expected, sides.phi * sides.lump, sides, n, note),
        exposure=float(sum((new.over(pair.new) for pair in found.pairs), Fraction(0))),
        classes=tuple(_alike(pair, new, old) for pair in found.pairs),
        coarser=tuple(sorted(found.coarser)),
        left_out=tuple(sorted(found.left_out)),
        unused=tuple(d for d in range(len(old.counts)) if d not in weights),
        dispersion=phi,
        freedom=freedom,
        chance=_chance(sides),
    )


def _match(new: Days, old: Days) -> _Matching:
    """Each new day with the old days of the finest class that both sides have."""
    found = _Matching()
    waiting = [place for place in range(len(new.counts)) if new.lasts(place) > 0]
    for depth in range(max(map(len, new.labels), default=0)):
        ours, theirs = _by_label(new, waiting, depth), _by_label(old, range(len(old.counts)), depth)
        waiting = []
        for label, places in ours.items():
            like = theirs.get(label, [])
            if not label or not old.over(like):
                waiting += places
                continue
            found.pairs.append(_Pair(label, places, like))
            found.coarser += places if depth else []
    found.left_out = waiting
    return found


def _by_label(side: Days, places: Sequence[int] | range, depth: int) -> Mapping[str, list[int]]:
    """Places by their label of that depth; those that have none so coarse under an empty one."""
    book: dict[str, list[int]] = {}
    for place in places:
        labels = side.labels[place]
        book.setdefault(labels[depth] if depth < len(labels) else "", []).append(place)
    return book


def _weights(pairs: Sequence[_Pair], new: Days, old: Days) -> dict[int, Fraction]:
    """How many times each old day stands in what was to be expected."""
    weights: dict[int, Fraction] = {}
    for pair in pairs:
        share = new.over(pair.new) / old.over(pair.old)
        for day in pair.old:
            weights[day] = weights.get(day, Fraction(0)) + share
    return weights


def _lump(weights: Mapping[int, Fraction], old: Days, expected: Fraction) -> float:
    """What one old event adds to the expected total, as its variance sees it: Σw²y ÷ Σwy."""
    if not expected:
        return float(max(weights.values()))
    return float(sum(w * w * Fraction(old.counts[d]) for d, w in weights.items()) / expected)


def _dispersion(
    pairs: Sequence[_Pair], new: Days, old: Days, seen: Fraction, expected: Fraction
) -> tuple[float, float]:
    """How many times days vary more than Poisson's, at least 1, and its degrees of freedom.

    The latter after Satterthwaite: where few days bring most, those few say how they vary.
    """
    times = float(seen / expected) if expected else 1.0
    taken: set[int] = set()
    means: list[float] = []
    squares = 0.0
    for pair in pairs:
        theirs = [day for day in pair.old if day not in taken]
        taken.update(theirs)
        over = times * float(new.over(pair.new)) + float(old.over(theirs))
        level = float(new.total(pair.new) + old.total(theirs)) / over if over else 0.0
        for side, places, scale in ((new, pair.new, times * level), (old, theirs, level)):
            for place in places:
                mean = scale * float(side.lasts(place))
                means.append(mean)
                squares += (float(side.counts[place]) - mean) ** 2
    days, free = len(means), len(means) - len(pairs) - 1
    total = sum(means)
    if free < 1 or not total:
        return 1.0, float(max(0, free))
    freedom = free * total**2 / (days * sum(mean * mean for mean in means))
    return max(1.0, days / free * squares / total), max(1.0, freedom)


@dataclass(frozen=True)
class _Sides:
    """Both totals and what their limits hang on; lump: what one old event adds to `expected`."""

    seen: float
    expected: float
    lump: float
    phi: float
    freedom: float

    @property
    def reach(self) -> float:
        """Student's 95 % point."""
        return float(stdtrit(self.freedom, 1 - TAIL))

    def distances(self, reach: float) -> tuple[float, float, float, float]:
        """How far the limits of seen lie below and above it, then those of expected."""
        low, high = _limits(self.seen, self.phi, reach)
        old_low, old_high = _limits(self.expected, self.phi * self.lump, reach)
        far = (self.seen - low, high - self.seen, self.expected - old_low, old_high - self.expected)
        return far[0], far[1], far[2], far[3]


def _limits(total: float, lump: float, reach: float) -> tuple[float, float]:
    """Limits of the expectation behind a total of lumps, so many standard errors away."""
    shape, tail = total / lump + 0.5, float(ndtr(-reach))
    low = lump * float(gammaincinv(shape, tail)) if total > 0 else 0.0
    return min(low, total), max(total, lump * float(gammainccinv(shape, tail)))


def _side(total: float, lump: float, sides: _Sides, n: int, note: str) -> Estimate:
    if sides.freedom < 1:
        return Estimate(total, None, None, n, FEW_CLUSTERS)
    return Estimate(total, *_limits(total, lump, sides.reach), n, note)


def _gap(value: float, sides: _Sides, n: int, note: str) -> Estimate:
    if sides.freedom < 1:
        return Estimate(value, None, None, n, FEW_CLUSTERS)
    down, up, old_down, old_up = sides.distances(sides.reach)
    low, high = value - sqrt(down**2 + old_up**2), value + sqrt(up**2 + old_down**2)
    return Estimate(value, low, high, n, note)


def _ratio(seen: Fraction, expected: Fraction, sides: _Sides, n: int, note: str) -> Estimate:
    """Where seen − ratio × expected has a limit at nought."""
    if not expected:
        return nothing(n=n)
    value = float(seen / expected)
    if sides.freedom < 1:
        return Estimate(value, None, None, n, FEW_CLUSTERS)
    y, e = sides.seen, sides.expected
    down, up, old_down, old_up = sides.distances(sides.reach)
    below = (y * e) ** 2 - (e**2 - old_up**2) * (y**2 - down**2)
    low = (y**2 - down**2) / (y * e + sqrt(max(0.0, below))) if y else 0.0
    above = (y * e) ** 2 - (e**2 - old_down**2) * (y**2 - up**2)
    room = e**2 - old_down**2
    high = (y * e + sqrt(max(0.0, above))) / room if room > 0 else None
    return Estimate(value, low, high, n, note)


def _chance(sides: _Sides) -> float:
    """The two-sided p-value of no change: of the widest limits that still exclude it."""
    gap = sides.seen - sides.expected
    if sides.freedom < 1 or gap == 0:
        return 1.0
    near, far = 0.0, FARTHEST
    for _ in range(40):
        middle = (near + far) / 2
        down, up, old_down, old_up = sides.distances(middle)
        excluded = abs(gap) > (sqrt(down**2 + old_up**2) if gap > 0 else sqrt(up**2 + old_down**2))
        near, far = (middle, far) if excluded else (near, middle)
    return float(2 * stdtr(sides.freedom, -near))


def _alike(pair: _Pair, new: Days, old: Days) -> Alike:
    seen = new.total(pair.new)
    expected = old.total(pair.old) * new.over(pair.new) / old.over(pair.old)
    return Alike(pair.label, len(pair.new), len(pair.old), float(seen), float(expected))
