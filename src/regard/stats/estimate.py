"""The one thing statistics gives back: a value with its interval and what stands behind it."""

from dataclasses import asdict, dataclass
from typing import Any

from regard.core.i18n import N_

NO_DATA = "NO_DATA"
NOT_REACHED = "NOT_REACHED"
FEW_CLUSTERS = "FEW_CLUSTERS"
TOO_FEW = "TOO_FEW"
UNRIPE = "UNRIPE"
SCALES = "SCALES"
WITHHELD = "WITHHELD"

NOTES = {
    NO_DATA: N_("No data"),
    NOT_REACHED: N_("Not reached"),
    FEW_CLUSTERS: N_("Few independent groups: the interval is rough"),
    TOO_FEW: N_("Too few cases to publish"),
    UNRIPE: N_("Too early to judge"),
    SCALES: N_("Answers on several scales: their best boxes are counted together"),
    WITHHELD: N_("Withheld, so that nobody can be made out"),
}


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    value, low, high: in the metric's unit; None where there is nothing to say or, with the
    note NOT_REACHED, where the bound lies beyond what was seen. n: how many cases stand behind
    it. note: one of NOTES, or empty.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The estimate as plain values, None where a number is missing."""
        return asdict(self)


def nothing(note: str = NO_DATA, n: int = 0) -> Estimate:
    """The estimate that says nothing, and why."""
    return Estimate(None, None, None, n, note)
