"""A growing list of what happened in tickets, and its order."""

from typing import Any

import numpy as np

from regard.demo.chance import Whole


class Log:
    """Events of tickets, added in any order; of one instant, those added first come first."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Any]] = []

    def add(self, ticket: Whole, at: Whole, **columns: Any) -> None:
        """One event for each of these tickets; a single value holds for all of them."""
        self._parts.append({"ticket": ticket, "at": at, **columns})

    def before(self, end: int) -> dict[str, Any]:
        """The events before that instant by ticket and time, `ordinal` from 1 in each ticket."""
        names = sorted({name for part in self._parts for name in part})
        found = {name: self._column(name) for name in names}
        keep = np.flatnonzero(found["at"] < end)
        order = keep[np.lexsort((found["at"][keep], found["ticket"][keep]))]
        found = {name: values[order] for name, values in found.items()}
        return found | {"ordinal": ordinals(found["ticket"])}

    def _column(self, name: str) -> Any:
        return np.concatenate(
            [
                np.broadcast_to(np.asarray(part.get(name)), len(part["ticket"]))
                for part in self._parts
            ]
        )


def ordinals(of: Whole) -> Whole:
    """The place of each row among those of the same value, from 1; these stand together."""
    place = np.arange(len(of))
    begins = np.concatenate([[True], of[1:] != of[:-1]]) if len(of) else place > 0
    made: Whole = place - np.maximum.accumulate(np.where(begins, place, 0)) + 1
    return made
