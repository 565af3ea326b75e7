"""Times to something, counted one by one: Aalen and Johansen's estimate in fractions."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

DONE, RIVAL, WAITS = 1, 2, 0
Exit = tuple[int, int, int]
"""From which age seen, age at the end, and how it ended: DONE, RIVAL or WAITS."""


def incidence(exits: Iterable[Exit]) -> list[tuple[int, Fraction]]:
    """The share served by each age at which anything ended, ages rising."""
    rows = sorted(exits, key=lambda row: row[1])
    left, served, found = Fraction(1), Fraction(0), []
    for age in sorted({end for _, end, kind in rows if kind != WAITS}):
        at_risk = sum(entry <= age <= end for entry, end, _ in rows)
        done = sum(end == age and kind == DONE for _, end, kind in rows)
        gone = sum(end == age and kind == RIVAL for _, end, kind in rows)
        served += left * Fraction(done, at_risk)
        left *= 1 - Fraction(done + gone, at_risk)
        found.append((age, served))
    return found


def reached(exits: Iterable[Exit], share: Fraction = Fraction(1, 2)) -> float | None:
    """The first age by which the share was served; midway to where it rises, where it is met."""
    steps = incidence(exits)
    for place, (age, served) in enumerate(steps):
        if served < share:
            continue
        later = [when for when, more in steps[place + 1 :] if more > served]
        if served == share and later:
            return (age + later[0]) / 2
        return float(age)
    return None


def served_by(exits: Sequence[Exit], age: int) -> float | None:
    """The share served by an age; None where nobody was followed so long and some were left."""
    rows = list(exits)
    if not rows:
        return None
    last = max(end for _, end, _ in rows)
    left = any(end == last and kind == WAITS for _, end, kind in rows)
    if age > last and left:
        return None
    steps = [served for when, served in incidence(rows) if when <= age]
    return float(steps[-1]) if steps else 0.0


def middle(numbers: Iterable[int]) -> float | None:
    """The median."""
    rows = sorted(numbers)
    if not rows:
        return None
    return (rows[(len(rows) - 1) // 2] + rows[len(rows) // 2]) / 2


def average(numbers: Iterable[float]) -> float | None:
    """The mean."""
    rows = list(numbers)
    return float(sum(map(Fraction, rows)) / len(rows)) if rows else None


def part(some: int, of: int) -> float | None:
    """One count over another; None over nothing."""
    return float(Fraction(some, of)) if of else None
