"""The slow paths of what service costs, and of how well reviewed work was done."""

from collections import defaultdict
from fractions import Fraction

from slow.contacts import inside as approached
from slow.contacts import resolutions
from slow.curves import average
from slow.telling import Row
from slow.world import Slow, World


def spent(world: World) -> Fraction | None:
    """The amounts booked on the days, in the workspace's currency."""
    rates: dict[str, list[Row]] = defaultdict(list)
    for row in world.tables["exchange_rate"]:
        rates[row["currency"]].append(row)
    total, any_booked = Fraction(0), False
    for row in world.tables["cost"]:
        if not world.since <= row["on"] < world.until:
            continue
        known = [rate for rate in rates[row["currency"]] if rate["on"] <= row["on"]]
        micro = max(known, key=lambda rate: rate["on"])["micro"]
        total += Fraction(row["amount_minor"], 100) * Fraction(micro, 1_000_000)
        any_booked = True
    return total if any_booked else None


def over(world: World, count: int) -> float | None:
    """The amounts booked for each of a count."""
    total = spent(world)
    return None if total is None or not count else float(total / count)


def reviewed(world: World) -> list[Row]:
    """The reviews of work in the days."""
    return [row for row in world.tables["quality_review"] if world.inside(row["at"])]


def score(world: World) -> float | None:
    """The mean score of work drawn by chance, each as a share of its scale."""
    rows = [row for row in reviewed(world) if row["sampled"]]
    total = sum((Fraction(row["score"], row["scale_max"]) for row in rows), Fraction(0))
    return float(total / len(rows)) if rows else None


def agreement(world: World) -> float | None:
    """The mean distance of the scores of work that several people reviewed, in points."""
    works: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in reviewed(world):
        works[row["ticket_id"], row["call_id"]].append(row)
    found = []
    for rows in works.values():
        scores = [Fraction(100 * row["score"], row["scale_max"]) for row in rows]
        if len({row["rater"] for row in rows}) > 1:
            found.append(float(max(scores) - min(scores)))
    return average(found)


def total(world: World) -> float | None:
    """All amounts booked."""
    amount = spent(world)
    return None if amount is None else float(amount)


SLOW: dict[str, Slow] = {
    "service_costs": total,
    "cost_per_contact": lambda w: over(w, len(approached(w))),
    "cost_per_resolution": lambda w: over(w, resolutions(w)),
    "qa_score": score,
    "qa_agreement": agreement,
}
