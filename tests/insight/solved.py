"""Months of tickets solved after so many hours, some of which come back."""

from datetime import date, timedelta

from metrics.small import Row, at, ticket
from metrics.small import change as changed


def solved_month(
    told: dict[str, list[Row]], kind: str, first: date, hours: int, again: int, size: int
) -> None:
    """Tickets of a month, each solved after so many hours; some are opened once more."""
    for n in range(size):
        name = f"{kind} {first:%y%m} {n:03d}"
        born = at(f"{first + timedelta(days=n % 28)} 09:00") + timedelta(minutes=n)
        solved = born + timedelta(hours=hours)
        told["ticket"].append({**ticket(name, born), "type": kind, "customer_id": f"of {name}"})
        if kind == "fine" and n % 50 == 0:
            # Now and then somebody has the same matter again.
            then = solved + timedelta(days=3)
            row = {**ticket(f"{name} again", then), "type": kind, "customer_id": f"of {name}"}
            told["ticket"].append(row)
            told["ticket_change"].append(
                changed(f"{name} again", 1, then + timedelta(hours=hours), "solved")
            )
        steps = [(solved, "solved")]
        if n < again:
            back = solved + timedelta(days=2)
            steps += [(back, "open"), (back + timedelta(hours=1), "solved")]
        told["ticket_change"] += [
            changed(name, place, when, status) for place, (when, status) in enumerate(steps, 1)
        ]
