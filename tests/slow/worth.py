"""The slow path of what a customer with a contract is worth: a life table, times the price."""

from datetime import datetime

from slow.curves import average
from slow.paying import MONTH, monthly, paying, stretches
from slow.telling import took
from slow.world import Slow, World

MONTHS, YEAR, DEARER = 36, 12, 1.1


def lived(world: World, at: datetime) -> list[tuple[int, bool]]:
    """Of each first stretch begun before an instant: full months by then, and whether it ended."""
    found = []
    for rows in stretches(world).values():
        if rows and rows[0].start < at:
            end = rows[0].end
            left = end is not None and end <= at
            found.append((took(rows[0].start, end if left and end else at) // MONTH, left))
    return found


def leaving(told: list[tuple[int, bool]]) -> tuple[list[float], float]:
    """The chance to leave in each month seen, and in all months together (Cutler and Ederer)."""
    chances, left, exposed = [], 0, 0.0
    for month in range(max((age for age, _ in told), default=-1) + 1):
        there = [(age, gone) for age, gone in told if age >= month]
        gone = sum(age == month and ended for age, ended in there)
        unseen = sum(age == month and not ended for age, ended in there)
        if unseen == len(there):
            break  # Nobody has been seen through this month, only at its beginning.
        at_risk = len(there) - unseen / 2
        chances.append(gone / at_risk)
        left, exposed = left + gone, exposed + at_risk
    return chances, left / exposed if exposed else 0.0


def value(world: World) -> float | None:
    """What a new customer brings in over 36 months, later money worth less."""
    end = min(world.end, world.as_of)
    chances, later = leaving(lived(world, end))
    if len(chances) < YEAR:
        return None
    stays, worth = 1.0, 0.0
    for month in range(MONTHS):
        after = stays * (1 - (chances[month] if month < len(chances) else later))
        worth += (stays + after) / 2 * DEARER ** (-(month + 0.5) / YEAR)
        stays = after
    pays = [monthly(world, name, end) / 1000 for name in sorted(paying(world, end))]
    price = average(pays)
    return None if price is None else worth * price


SLOW: dict[str, Slow] = {"customer_value": value}
