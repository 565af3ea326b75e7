"""What a board is: tiles in sections, declared once."""

from dataclasses import dataclass
from functools import cache

from regard.core.errors import UnknownName
from regard.core.registry import by_key, declared


@dataclass(frozen=True)
class Section:
    """Tiles under a title (marked for translation); lead: the metric drawn large above them."""

    title: str
    metrics: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True)
class Board:
    """A page of tiles for one kind of reader; boards are listed by ordinal, the first is home."""

    key: str
    title: str
    says: str
    sections: tuple[Section, ...]
    ordinal: int = 0


@cache
def boards() -> dict[str, Board]:
    """Every board by key, in their order."""
    found = by_key(declared("regard.report.boards", "BOARDS"), lambda one: one.key)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].ordinal, pair[0])))


def board(key: str) -> Board:
    """The board of that key."""
    if key not in boards():
        raise UnknownName("board", key, boards())
    return boards()[key]
