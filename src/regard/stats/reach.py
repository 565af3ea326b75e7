"""How far a 95 % interval reaches: the critical values everything here shares."""

from scipy.special import ndtri, stdtrit

TAIL = 0.025
Z = float(ndtri(1 - TAIL))


def student(df: float) -> float:
    """The two-sided 95 % point of Student's t with df >= 1 degrees of freedom, whole or not."""
    return float(stdtrit(df, 1 - TAIL))
