"""Whether groups leave at the same pace: the log-rank test (Mantel 1966; Peto and Peto 1972)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from statsmodels.duration.survfunc import survdiff

from regard.core.errors import BadValue


@dataclass(frozen=True)
class Logrank:
    """chi2: the statistic; df: groups less one; p: how often chance alone would give as much."""

    chi2: float
    df: int
    p: float


def logrank(times: ArrayLike, happened: ArrayLike, groups: Sequence[object]) -> Logrank:
    """The log-rank test of two groups or more.

    times: of the event, or until last seen. happened: whether it came. groups: one label a row.
    """
    labels = np.asarray([str(group) for group in groups])
    different = len(np.unique(labels))
    if different < 2:
        raise BadValue("The number of groups", different, "2 or more; compare at least two")
    chi2, p = survdiff(np.asarray(times), np.asarray(happened, dtype=int), labels)
    return Logrank(float(chi2), different - 1, float(p))
