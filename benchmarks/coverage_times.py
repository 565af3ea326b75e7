"""Coverage of shapes of times: quantiles and shares of incidence, survival, periods, hazards."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from coverage_rows import Case
from coverage_worlds import (
    ALONE,
    CUSTOMERS,
    DAYS,
    FEW,
    MANY,
    TWENTY,
    UNEVEN,
    ZERO,
    Columns,
    Floats,
    Law,
    Random,
    Seen,
    asked,
    first,
    rows_of,
    seen,
    table,
)
from scipy.stats import norm

from regard.metrics.entering import PeriodIncidence
from regard.metrics.hazard import HazardRatio
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.picks import Column
from regard.metrics.survival import SurvivalAt
from regard.stats.estimate import UNRIPE

HOUR, DAY = 3_600, 86_400
SHAPE = Incidence(Column("done"), Column("rival"), Column("waited"))
LAWS = (ALONE, MANY, CUSTOMERS, UNEVEN, DAYS, FEW, TWENTY)
LATER = 1.5
"""How many standard deviations a rival end's median lies above that of the event."""
MONTH = 30


def clocks(random: Random, z: Floats, watched: Floats) -> Columns:
    """Seconds until served, until another end, or waited: log-normal, of a median of an hour."""
    served = np.round(HOUR * np.exp(z))
    other = np.round(HOUR * np.exp(LATER + random.normal(size=len(z))))
    over = np.round(watched)
    end = np.minimum(np.minimum(served, other), over)
    return {
        "done": _known(served, (served <= other) & (served <= over)),
        "rival": _known(other, (other < served) & (other <= over)),
        "waited": _known(over, end == over),
    }


def _known(seconds: Floats, known: np.ndarray) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(seconds.astype(np.int64), mask=~known)


def curve_of(random: Random, law: Law, worlds: int, by: float = 0.0) -> Columns:
    """Rows with clocks, each watched for half an hour to a day; `by`: slower by so many sigmas."""
    rows = rows_of(random, law, worlds)
    z = rows.pop("z")
    return rows | clocks(random, z + by, random.uniform(0.5, 24, len(z)) * HOUR)


@cache
def _incidence() -> tuple[Floats, Floats]:
    """Logarithms of hours and the share served by then: the integral of f(s)·S(s) of the rival."""
    at = np.linspace(-8, 8, 160_001)
    steps = norm.pdf(at) * norm.sf(at - LATER) * (at[1] - at[0])
    return at, np.cumsum(steps)


def served_by(seconds: float) -> float:
    """The true share served within so many seconds."""
    at, share = _incidence()
    return float(np.interp(np.log(seconds / HOUR), at, share))


def time_by(q: float) -> float:
    """The true time by which a share q was served."""
    at, share = _incidence()
    return float(HOUR * np.exp(np.interp(q, share, at)))


def quantile_case(q: float, law: Law, asserted: bool = True) -> Case:
    """The time by which a share q of all was served."""

    def sample(random: Random, worlds: int) -> Seen:
        return first(asked(SHAPE, table(curve_of(random, law, worlds)), quantile=q))

    told = f"{100 * q:g} %, {law.name}"
    return Case("Incidence", told, time_by(q), sample, asserted and law.asserted)


def at_case(hours: float, law: Law, asserted: bool = True) -> Case:
    """The share served within so many hours."""
    seconds = int(hours * HOUR)
    shape = IncidenceAt(Column("done"), Column("rival"), Column("waited"), {"x": seconds})

    def sample(random: Random, worlds: int) -> Seen:
        found = first(asked(shape, table(curve_of(random, law, worlds))))
        return seen(one for one in found.said if one.note != UNRIPE)

    told = f"{hours:g} h, {law.name}"
    return Case("IncidenceAt", told, served_by(seconds), sample, asserted and law.asserted)


def survival_case(law: Law, asserted: bool = True) -> Case:
    """The share to whom it has not happened, without rivals."""
    shape = SurvivalAt(Column("done"), None, Column("waited"), {"x": 2 * HOUR})

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        left, over = HOUR * np.exp(rows.pop("z")), random.uniform(0.5, 24, len(rows["world"]))
        over = over * HOUR
        rows["done"] = _known(np.round(left), left <= over)
        rows["waited"] = _known(np.round(over), over < left)
        return first(asked(shape, table(rows)))

    truth = float(norm.sf(np.log(2)))
    return Case("SurvivalAt", law.name, truth, sample, asserted and law.asserted)


def period_case(q: float, law: Law) -> Case:
    """All open in a month, those from before entering at their age; clocks of days."""
    shape = PeriodIncidence(Column("done"), Column("rival"), Column("waited"), at="created_at")
    spans = [("month", ZERO, ZERO.fromtimestamp(ZERO.timestamp() + MONTH * DAY, ZERO.tzinfo))]

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, replace(law, size=2 * law.size), worlds)
        z = rows.pop("z")
        born = np.floor(random.uniform(-MONTH, MONTH, len(z)) * DAY)
        told = clocks(random, z, np.full(len(z), 1e9) / 24)
        rows |= {name: each * 24 for name, each in told.items()}
        start = np.datetime64("2026-03-01", "s") + born.astype("timedelta64[s]")
        created = start.astype("datetime64[us]")
        frame: dict[str, Any] = {"spans": spans, "moment_key": "part", "quantile": q}
        rows_in = table(rows).append_column("created_at", _instants(created))
        return first(asked(shape, rows_in, **frame))

    told = f"{100 * q:g} %, {law.name}"
    return Case("PeriodIncidence", told, 24 * time_by(q), sample, law.asserted)


def _instants(when: np.ndarray) -> pa.Array:
    return pa.array(when, pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))


def hazard_case(ratio: float, law: Law, asserted: bool = True) -> Case:
    """How much faster one half leaves than the other, in two strata of unlike pace."""
    shape = HazardRatio(
        received=lambda t: t.given, done=lambda t: t.done, since="since", stratum=lambda t: t.kind
    )

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z, n = rows.pop("z"), len(rows["world"])
        given, kind = random.random(n) < 0.5, random.random(n) < 0.5
        pace = np.where(given, ratio, 1.0) * np.where(kind, 2.0, 1.0)
        days = -norm.logcdf(z) / pace * 200
        since = np.datetime64("2026-03-01", "us")
        rows |= {"given": given, "kind": kind, "done": (days * DAY).astype(np.int64)}
        told = table(rows).append_column("since", _instants(np.full(n, since)))
        ends = since + (random.uniform(30, 400, n) * DAY).astype("timedelta64[s]")
        told = told.append_column("_as_of", _instants(ends.astype("datetime64[us]")))
        return first(asked(shape, told))

    told = f"ratio {ratio:g}, {law.name}"
    return Case("HazardRatio", told, ratio, sample, asserted and law.asserted, 0.5)


def cases() -> Iterator[Case]:
    """All of them."""
    for law in LAWS:
        yield quantile_case(0.5, law)
        yield at_case(2, law)
    for law in (MANY, UNEVEN, DAYS):
        yield quantile_case(0.8, law)
    for law in (ALONE, MANY, UNEVEN):
        yield at_case(0.1, law, asserted=False)
    for law in (ALONE, CUSTOMERS, UNEVEN, DAYS, FEW):
        yield survival_case(law)
    for law in (ALONE, CUSTOMERS, UNEVEN, DAYS, FEW):
        yield period_case(0.5, law)
    for ratio in (1.0, 2.0):
        yield hazard_case(ratio, MANY)
    yield hazard_case(1.0, ALONE)
    yield hazard_case(1.0, UNEVEN, asserted=False)
