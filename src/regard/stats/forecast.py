"""The course of a count by week: its level, spread and season, forecast from the past alone."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

WEEK, YEAR = 7, 364
KEPT = 1 - 1 / 13
"""What a week counts against the next one: a memory of a quarter."""
KEPT_SPREAD = 1 - 1 / 52
PRIOR_CASES, PRIOR_WEEKS = 0.5, 0.25
PRIOR_SPREAD, PRIOR_LOOKS = 1.5, 8.0
FAR, OUTLYING = 2.58, 5.0
"""Errors beyond which a week is weighed down (Noufaily et al. 2013), and cut for the spread."""
LASTING = 13
"""Weeks of a former outbreak that are weighed down; one that lasts longer is the new level."""
YOUNG = 91
"""Days for which a kind is new."""
BEGINNING = 28
"""Days before a kind's forecasts rest on anything."""
AROUND = 14
"""Days before and after the same day of former years that count as its season."""


@dataclass(frozen=True)
class Forecast:
    """Forecasts of counts of the seven days to each day: kinds × days.

    mean, variance: of the count, from days before these seven alone; level: the mean without the
    season. rate, weight, spread: what is known at the end of the day: cases a unit of exposure,
    how many cases it rests on, and the over-dispersion (1: Poisson).
    """

    mean: Real
    variance: Real
    level: Real
    rate: Real
    weight: Real
    spread: Real


def rolled(daily: Whole) -> Whole:
    """Sums of the seven days to each day, of fewer in the first days."""
    sums = np.cumsum(daily, axis=-1)
    made = sums.copy()
    made[..., WEEK:] -= sums[..., :-WEEK]
    return made


def forecast(weekly: Whole, exposure: Real) -> Forecast:
    """The forecasts of weekly counts (kinds × days) over an exposure of the same shape.

    A gamma-Poisson level that forgets (Harvey and Fernandes 1989), a spread from its own forecast
    errors. The season: by how much the same days stood above their forecasts in the former years,
    the lowest of two, the middle of three; 1 in the first two years.
    """
    kinds, days = weekly.shape
    made = {name: np.ones((kinds, days)) for name in Forecast.__dataclass_fields__}
    cases, weeks = np.zeros((kinds, days)), np.zeros((kinds, days))
    errors, looks = np.zeros((kinds, days)), np.zeros((kinds, days))
    spell, first = np.zeros((kinds, days)), firsts(weekly)
    for day in range(days):
        past = day - WEEK
        known = past >= WEEK - 1
        if known:
            rate, weight, spread = (made[n][:, past] for n in ("rate", "weight", "spread"))
            level = rate * exposure[:, day]
            season = _season(weekly, made["level"], day)
            mean = level * season
            plain = mean + mean * mean / weight
            error = (weekly[:, day] - mean) / np.sqrt(np.maximum(plain, 1e-9))
            made["level"][:, day], made["mean"][:, day] = level, mean
            made["variance"][:, day] = spread * plain
            beyond = error / np.sqrt(spread)
            # A kind's first weeks are no outbreak of it, and say nothing of how it errs.
            far = (beyond > FAR) & (day >= first + YOUNG)
            spell[:, day] = np.where(far, spell[:, past] + 1, 0)
            former = far & (spell[:, day] <= LASTING)
            keep = np.where(former, (FAR / np.maximum(beyond, FAR)) ** 2, 1.0)
            cut = np.minimum(np.abs(error), OUTLYING * np.sqrt(spread)) ** 2
            seen = day >= first + BEGINNING
            errors[:, day] = KEPT_SPREAD * errors[:, past] + np.where(seen, cut, 0.0)
            looks[:, day] = KEPT_SPREAD * looks[:, past] + seen
        else:
            season, keep = np.ones(kinds), np.ones(kinds)
        old = (cases[:, past], weeks[:, past]) if past >= 0 else (0.0, 0.0)
        if day >= WEEK - 1:
            # A level is that of a kind that has begun to come.
            keep = np.where(day >= first, keep, 0.0)
            cases[:, day] = KEPT * old[0] + keep * weekly[:, day]
            weeks[:, day] = KEPT * old[1] + keep * exposure[:, day] * season
        _know(made, cases, weeks, errors, looks, exposure, day)
    return Forecast(**made)


def _know(
    made: dict[str, Real],
    cases: Real,
    weeks: Real,
    errors: Real,
    looks: Real,
    exposure: Real,
    day: int,
) -> None:
    """What is known at the end of a day; the spread is that of the last seven ways to cut weeks."""
    # The prior weighs a part of one week, whatever the exposure's unit is.
    usual = np.maximum(exposure[:, max(0, day - 6 * WEEK) : day + 1].mean(axis=1), 1e-9)
    made["weight"][:, day] = cases[:, day] + PRIOR_CASES
    made["rate"][:, day] = made["weight"][:, day] / (weeks[:, day] + PRIOR_WEEKS * usual)
    recent = slice(max(0, day - WEEK + 1), day + 1)
    total = errors[:, recent].mean(axis=1) + PRIOR_LOOKS * PRIOR_SPREAD
    spread = total / (looks[:, recent].mean(axis=1) + PRIOR_LOOKS)
    made["spread"][:, day] = np.maximum(1.0, spread)


def firsts(counts: Whole) -> Whole:
    """The first day with a case of each kind; the number of days where it never came."""
    seen = counts > 0
    return np.asarray(np.where(seen.any(axis=1), seen.argmax(axis=1), counts.shape[1]))


def _season(weekly: Whole, level: Real, day: int) -> Real:
    """By how much the same days of former years stood above their forecasts; at least 1."""
    told = []
    for back in (1, 2, 3):
        start = day - back * YEAR - AROUND
        if start < 2 * WEEK:
            break
        days = slice(start, start + 2 * AROUND + 1)
        told.append(((weekly[:, days] + 2.0) / (level[:, days] + 2.0)).max(axis=1))
    if len(told) < 2:
        return np.ones(len(weekly))
    return np.asarray(np.maximum(1.0, np.sort(np.stack(told), axis=0)[-2]))
