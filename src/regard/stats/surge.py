"""Counts far above or below their expected course: how likely chance alone brings as much."""

from scipy.special import gammainc, gammaincc

from regard.core.errors import BadValue

TOLERATED = 1.5
"""How far the course itself may be off, as a factor: seasons set in within days (a December after
a November), and that is no surge."""


def chance_of_count(
    count: float, expected: float, phi: float, upwards: bool, tolerated: float = TOLERATED
) -> float:
    """The one-sided p-value of a count where up to `tolerated` times `expected` would be no news.

    phi: dispersion, at least 1: the count has phi times Poisson's variance; its tail is that of
    count/phi events, as for intervals (`rate.garwood`). Downwards: `expected` over `tolerated`.
    """
    if expected < 0 or phi < 1 or tolerated < 1:
        need = "an expected count of 0 or more, phi and tolerance of at least 1"
        raise BadValue("A count to judge", f"{expected}, {phi}, {tolerated}", need)
    level = (expected * tolerated if upwards else expected / tolerated) / phi
    if upwards:
        # P(X >= x) of a Poisson of this level is the lower gamma of x.
        return float(gammainc(count / phi, level)) if count > 0 else 1.0
    return float(gammaincc(count / phi + 1, level))
