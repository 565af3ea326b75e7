"""Counts, rates and stocks: Garwood's exact Poisson interval, widened where events come in lumps.

`phi` is the dispersion: how many times the variance exceeds Poisson's. The interval is the exact
one of count/phi, times phi.
"""

from fractions import Fraction

from scipy.special import gammaincinv

from regard.core.errors import BadValue
from regard.stats.clusters import Number, few
from regard.stats.estimate import Estimate, nothing
from regard.stats.reach import TAIL, Z, student


def garwood(events: float, phi: float = 1.0) -> tuple[float, float]:
    """The 95 % limits for the expected number of events (Garwood 1936); χ² halves are gammas."""
    if events < 0:
        raise BadValue("A number of events", events, "0 or more")
    lumps = events / phi
    low = phi * float(gammaincinv(lumps, TAIL)) if events > 0 else 0.0
    return low, phi * float(gammaincinv(lumps + 1, 1 - TAIL))


def day_dispersion(events: int, squares: Number, days: int) -> float:
    """Dispersion of counts by day, at least 1: Pearson's X²/(days − 1) of a constant mean.

    events: over all days. squares: the sum over days of squared counts. days: all days of the
    period, those without events included. One day or no events: 1.
    """
    if days < 2 or events == 0:
        return 1.0
    mean = Fraction(events, days)
    variance = (Fraction(squares) - events * mean) / (days - 1)
    return max(1.0, float(variance / mean))


def cluster_dispersion(events: int, squares: Number) -> float:
    """Dispersion of a count whose customers arrive at random with several events each.

    squares: the sum over customers of squared counts. A compound Poisson total has the
    variance Σy², so the dispersion is Σy²/Σy; one event a customer: 1.
    """
    return max(1.0, float(Fraction(squares) / events)) if events else 1.0


def count(events: int, phi: float = 1.0, periods: int | None = None) -> Estimate:
    """A number of events with the interval of its expectation.

    periods: over how many days (half-hours …) the dispersion was measured; few are noted, and
    limits are those of Student's t with one degree less. A count of 0 is 0 with an upper limit:
    whether anybody looked is the caller's to know.
    """
    low, high = garwood(events, _uncertain(phi, periods))
    return Estimate(float(events), low, high, events, _note(events, periods))


def rate(
    events: int,
    exposure: Number,
    per: float = 1000.0,
    phi: float = 1.0,
    periods: int | None = None,
) -> Estimate:
    """Events per `per` units of exposure (customer-months, hours); n is the events.

    The exposure is taken as known. None of it: nothing. 0 events of it: 0 with an upper limit.
    """
    if exposure < 0:
        raise BadValue("An exposure", exposure, "0 or more")
    if exposure == 0:
        return nothing(n=events)
    unit = per / float(exposure)
    low, high = garwood(events, _uncertain(phi, periods))
    return Estimate(events * unit, low * unit, high * unit, events, _note(events, periods))


def level(stock: int, phi: float = 1.0) -> Estimate:
    """A stock at an instant (open tickets) with the interval of the process behind it."""
    return count(stock, phi)


def _uncertain(phi: float, periods: int | None) -> float:
    """A dispersion with what is measured of it, all over 1, widened as a design effect is."""
    if periods is None or periods < 2:
        return phi
    return 1 + (phi - 1) * (student(periods - 1) / Z) ** 2


def _note(events: int, periods: int | None) -> str:
    return "" if periods is None else few([periods], events)
