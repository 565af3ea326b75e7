"""Kinds of matter that appear, rise, surge or fall silent: judged on counts by day, one-sided.

What is said of a day uses no later day. Of surges: the one-sided, over-dispersed forecast of
Farrington et al. (1996) with former outbreaks weighed down as Noufaily et al. (2013) do, here with
a discounted gamma-Poisson level (Harvey and Fernandes 1989) in place of a regression; onset and
end are the stretch of greatest likelihood of a raised rate (Page 1954; two states as in Kleinberg
2002). A finding has to hold both against the kind's own counts and against its share of all
(an intersection-union test, Berger 1982): a busy December is no surge of every kind, and a kind
that stays while others fall is none either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc

from regard.core.errors import BadValue
from regard.stats.forecast import WEEK, YEAR, YOUNG, Forecast, firsts, forecast, rolled

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

NEWCOMER, SURGE, VANISHED = "newcomer", "surge", "vanished"
LEAST = 5
"""Cases below which nothing is said of a kind."""
SURGES, NEWCOMERS, SILENCES = 1e-4, 1e-3, 1e-3
"""Chances at which each is told: of one look, of one kind, of one kind and year."""
APART = 28
"""Days between two surges of a kind; closer ones are one."""
CLUMP = 2.0
"""Cases that may come of one cause (a customer who writes twice) while a kind is new."""
ESTABLISHED = 8
"""Weeks of the last year in which a kind must have come for its silence to mean anything."""
RAISED = 2.0
"""How many times the usual rate a day of a surge has, where its onset and end are sought."""


@dataclass(frozen=True)
class Emerged:
    """Something that came over a kind. kind, told, began, ended: places in the table given.

    what: newcomer, surge, vanished or riser. told: the day at whose end it was first beyond chance;
    began: the day on which it seems to have begun, from what was known then; ended: the first day
    after it, None while it lasts. seen, expected: cases from `began` on (before `ended`) and what
    would have been usual. chance: of the one question behind it, all its looks minded.
    """

    what: str
    kind: int
    began: int
    told: int
    ended: int | None
    seen: int
    expected: float
    chance: float


@dataclass(frozen=True)
class Table:
    """Cases by kind and day, and of all kinds together by day (others are those less the kind's).

    counts: kinds × days; totals: days. A total below its kinds' largest count: BadValue.
    """

    counts: Whole
    totals: Whole

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.shape[1:] != self.totals.shape:
            raise BadValue("The days of the counts", self.counts.shape, f"{self.totals.shape}")
        if self.counts.size and bool((self.counts > self.totals).any()):
            raise BadValue("A count of a kind", int(self.counts.max()), "at most the day's total")

    @property
    def first(self) -> Whole:
        """The first day of each kind; the number of days where it never came."""
        return firsts(self.counts)

    @cached_property
    def weekly(self) -> Whole:
        """Cases of the seven days to each day."""
        return rolled(self.counts)

    @cached_property
    def own(self) -> Forecast:
        """The course of each kind by itself, a week as its exposure."""
        return forecast(self.weekly, np.ones_like(self.weekly, dtype=float))

    @cached_property
    def share(self) -> Forecast:
        """The course of each kind against all others of the same week."""
        return forecast(self.weekly, (rolled(self.totals)[None] - self.weekly).astype(float))


def surge_chances(table: Table) -> tuple[Real, Real]:
    """Of each kind and day: the chance of so many in the seven days to it, and what is usual.

    The larger chance of both views. 1 where nothing can be said: in the first YOUNG days of the
    data and of a kind, and below LEAST cases.
    """
    weekly, own = table.weekly, table.own
    chances = np.maximum(_tail(weekly, own), _tail(weekly, table.share))
    days = np.arange(weekly.shape[1])
    ripe = (days >= YOUNG + WEEK) & (days[None] >= table.first[:, None] + YOUNG)
    return np.where(ripe & (weekly >= LEAST), chances, 1.0), own.mean


def surges(table: Table, since: int = 0) -> tuple[Emerged, ...]:
    """Surges told from a day on. One question is a kind and 28 days: a look for each day."""
    chances, usual = surge_chances(table)
    weekdays = _weekday_weights(table.totals)
    found = []
    for kind in range(len(table.counts)):
        alarmed = np.flatnonzero(chances[kind] <= SURGES)
        for stretch in _stretches(alarmed):
            told, last = int(stretch[0]), int(stretch[-1])
            if told < since:
                continue
            daily = np.maximum(usual[kind] / WEEK, 1e-3) * weekdays
            began = _rise(table.counts[kind], daily, max(0, told - APART + 1), told + 1)[0]
            ended = _rise(table.counts[kind], daily, began, last + 1)[1]
            on = last + WEEK >= table.counts.shape[1]
            stop = table.counts.shape[1] if on else ended
            found.append(
                Emerged(
                    SURGE,
                    kind,
                    began,
                    told,
                    None if on else ended,
                    int(table.counts[kind, began:stop].sum()),
                    float(daily[began:stop].sum()),
                    min(1.0, float(chances[kind][stretch].min()) * APART),
                )
            )
    return tuple(found)


def newcomers(table: Table, since: int = 0) -> tuple[Emerged, ...]:
    """Kinds first seen so late that chance would not have it, told from a day on.

    Were a kind as old as the data, each of its k cases would as soon stand among the N before its
    first as among the n since: all among the latter has the chance (n/(N + n))^k. Cases may come
    in clumps, so k/CLUMP count; looks are daily, the j-th spends 1/(j(j + 1)) of the chance.
    """
    found = []
    before = np.concatenate([[0], np.cumsum(table.totals)])
    for kind, first in enumerate(table.first):
        days = np.arange(first, min(first + YOUNG, table.counts.shape[1]))
        if first < YOUNG or not len(days):
            continue
        cases = np.cumsum(table.counts[kind, days])
        since_then = before[days + 1] - before[first]
        look = days - first + 1.0
        with np.errstate(over="ignore"):
            chance = (since_then / before[days + 1]) ** (cases / CLUMP) * look * (look + 1)
        told = np.flatnonzero((chance <= NEWCOMERS) & (cases >= LEAST))
        if len(told) and days[told[0]] >= since:
            seen = int(table.counts[kind, first:].sum())
            least = float(chance[told].min())
            at = int(days[told[0]])
            after = int(np.flatnonzero(table.counts[kind])[-1]) + 1
            ended = after if table.counts.shape[1] - after >= APART else None
            found.append(Emerged(NEWCOMER, kind, int(first), at, ended, seen, 0.0, least))
    return tuple(found)


def vanished(table: Table, since: int = 0) -> tuple[Emerged, ...]:
    """Kinds that have fallen silent for longer than chance allows, told from a day on.

    The chance of none where so many were usual, with over-dispersion and an uncertain level, times
    the days of the last year on which the kind came: of such a silence in a year at all. Only
    kinds that came in ESTABLISHED weeks of the year before are asked about.
    """
    own, share = table.own, table.share
    found = []
    for kind in range(len(table.counts)):
        for last, after in _silences(table.counts[kind]):
            silent = np.arange(last + 1, after)
            year = table.counts[kind, max(0, last + 1 - YEAR) : last + 1]
            usual = float(own.rate[kind, last] * len(silent) / WEEK)
            # A Poisson count of none is the least likely of all with that mean.
            if usual < -np.log(SILENCES) or _weeks_seen(year) < ESTABLISHED:
                continue
            others = np.cumsum(table.totals[silent]).astype(float)
            weeks = np.arange(1, len(silent) + 1) / WEEK
            none = np.maximum(_none(own, kind, last, weeks), _none(share, kind, last, others))
            chance = none * np.count_nonzero(year)
            past = _came_before(table.counts[kind], last, len(silent))
            chance = np.where(past, chance, 1.0)
            told = np.flatnonzero(chance <= SILENCES)
            if len(told) and silent[told[0]] >= since:
                ended = None if after == table.counts.shape[1] else int(after)
                at = int(silent[told[0]])
                least = float(chance.min())
                found.append(Emerged(VANISHED, kind, last + 1, at, ended, 0, usual, least))
    return tuple(found)


def tail(count: Real, mean: Real, variance: Real) -> Real:
    """The chance of so many or more of a negative binomial of that mean and variance.

    A variance no larger than the mean: Poisson.
    """
    mean = np.maximum(mean, 1e-9)
    spare = variance - mean
    size = mean * mean / np.where(spare > 1e-9 * mean, spare, np.inf)
    some = np.maximum(count, 1.0)
    wide = np.where(size > 0, size, 1.0)
    found = np.where(size > 0, betainc(some, wide, mean / (mean + wide)), gammainc(some, mean))
    return np.where(count <= 0, 1.0, found)


def _tail(weekly: Whole, told: Forecast) -> Real:
    return tail(weekly.astype(float), told.mean, told.variance)


def _none(told: Forecast, kind: int, day: int, exposure: Real) -> Real:
    """The chance of no case over an exposure, by what was known at the end of a day."""
    mean = told.rate[kind, day] * exposure
    spread = told.spread[kind, day]
    over = spread - 1 + spread * mean / told.weight[kind, day]
    size = mean / np.maximum(over, 1e-9)
    return np.asarray(np.exp(-size * np.log1p(mean / np.maximum(size, 1e-12))))


def _silences(counts: Whole) -> Iterator[tuple[int, int]]:
    """The last day with a case before each silence, and the day of the next case."""
    seen = np.flatnonzero(counts)
    ends = np.append(seen, len(counts))[1:]
    for last, after in zip(seen, ends, strict=True):
        if after - last > 1:
            yield int(last), int(after)


def _came_before(counts: Whole, last: int, length: int) -> npt.NDArray[np.bool_]:
    """Of each length of a silence, whether the kind came in those days of the year before.

    True where the kind was not known yet: then no season is known to be silent.
    """
    start = last + 1 - YEAR
    first = int(np.flatnonzero(counts)[0])
    if start < 0 or first > start - YOUNG:
        return np.ones(length, dtype=bool)
    return np.asarray(np.cumsum(counts[start : start + length]) > 0)


def _weeks_seen(counts: Whole) -> int:
    spare = (-len(counts)) % WEEK
    return int((np.pad(counts, (spare, 0)).reshape(-1, WEEK).sum(axis=1) > 0).sum())


def _stretches(days: Whole) -> list[Whole]:
    """Days as runs, those closer than APART together."""
    if not len(days):
        return []
    return list(np.split(days, np.flatnonzero(np.diff(days) >= APART) + 1))


def _rise(counts: Whole, usual: Real, start: int, stop: int) -> tuple[int, int]:
    """The days [first, after) of a range in which a raised rate is likeliest."""
    gains = counts[start:stop] * np.log(RAISED) - usual[start:stop] * (RAISED - 1)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums[:-1])
    after = int(np.argmax(sums[1:] - lowest)) + 1
    first = int(np.flatnonzero(sums[:after] == lowest[after - 1])[-1])
    return start + first, start + after


def _weekday_weights(totals: Whole) -> Real:
    """How busy each day usually is by its weekday, from the eight weeks before it; mean 1."""
    days = len(totals)
    made = np.ones(days)
    for day in range(YOUNG, days):
        past = totals[day - 8 * WEEK : day].reshape(8, WEEK).sum(axis=0)
        made[day] = (past[0] + 1) / (past.mean() + 1)
    return made


def chance_of_late(late: int, cases: int, share: float) -> float:
    """The chance that so many of some cases fall into a late stretch which has a share of all.

    Binomial, with cases that come in clumps of CLUMP. share: 0 to 1; 1: nothing can be said.
    """
    if not 0 <= late <= cases:
        raise BadValue("A number of late cases", late, f"between 0 and {cases}")
    if late == 0 or share >= 1:
        return 1.0
    return float(betainc(late / CLUMP, (cases - late) / CLUMP + 1, share))
