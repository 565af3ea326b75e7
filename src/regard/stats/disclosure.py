"""Which cells of a tree may be published so that no difference of any two is about a few people.

The published cells of a tree are laminar: every set of people that can be computed from them is a
union of remainders, a remainder being a published cell less the published cells directly beneath
it. So it is enough that every remainder is empty or holds LEAST people who do not all agree
(complementary suppression; Hundepool et al. 2012, Statistical Disclosure Control, §4.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
BANDS = (5, 10, 20, 50, 100, 200, 500, 1000)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """What people of a cell answered: how many people, and answers for, against and neither."""

    people: int = 0
    up: int = 0
    down: int = 0
    neither: int = 0

    @property
    def answers(self) -> int:
        """All answers."""
        return self.up + self.down + self.neither

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.people + other.people,
            self.up + other.up,
            self.down + other.down,
            self.neither + other.neither,
        )

    def less(self, other: "Tally") -> "Tally":
        """The rest without the other."""
        return Tally(
            self.people - other.people,
            self.up - other.up,
            self.down - other.down,
            self.neither - other.neither,
        )

    @property
    def is_safe(self) -> bool:
        """Whether so many stand behind it, and disagree, that nobody can be made out."""
        agreed = max(self.up, self.down, self.neither) == self.answers
        return self.people >= LEAST and not agreed


def totals(leaves: Mapping[Path, Tally]) -> dict[Path, Tally]:
    """Every cell of the tree by its path, the whole at (): each holds all that lies beneath it."""
    found: dict[Path, Tally] = {}
    for path, tally in leaves.items():
        for depth in range(len(path) + 1):
            above = path[:depth]
            found[above] = found.get(above, Tally()).plus(tally)
    return found


def publishable(leaves: Mapping[Path, Tally]) -> dict[Path, Tally]:
    """The cells that may be published together.

    Where a cell and the only one published beneath it differ by too few, both are withheld; where
    there are several beneath it, the smallest of them is withheld with the few it would give away.
    """
    cells = totals(leaves)
    shown = {path for path, tally in cells.items() if tally.is_safe}
    while True:
        bad = [path for path in sorted(shown) if not _is_kept(path, shown, cells)]
        if not bad:
            return {path: cells[path] for path in sorted(shown)}
        below = beneath(bad[0], shown)
        shown.discard(min(below, key=lambda path: (cells[path].people, path)))
        if len(below) == 1:
            shown.discard(bad[0])


def remainder(path: Path, shown: set[Path], cells: Mapping[Path, Tally]) -> Tally:
    """A cell less the published cells directly beneath it."""
    left = cells[path]
    for below in beneath(path, shown):
        left = left.less(cells[below])
    return left


def beneath(path: Path, shown: set[Path]) -> list[Path]:
    """The highest published cells beneath one."""
    under = [one for one in shown if len(one) > len(path) and one[: len(path)] == path]
    return [
        one
        for one in sorted(under)
        if not any(len(other) < len(one) and one[: len(other)] == other for other in under)
    ]


def _is_kept(path: Path, shown: set[Path], cells: Mapping[Path, Tally]) -> bool:
    left = remainder(path, shown, cells)
    return left.is_safe or left == Tally()


def band(people: int) -> tuple[int, str]:
    """The band that a number of people lies in: its lower end, and as it is said: 5–9, 10–19 …"""
    places = [place for place, low in enumerate(BANDS) if low <= people]
    low = BANDS[places[-1]]
    last = places[-1] == len(BANDS) - 1
    return low, f"{low}+" if last else f"{low}–{BANDS[places[-1] + 1] - 1}"
