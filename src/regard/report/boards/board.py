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
    """A page of tiles for one kind of reader."""

    key: str
    title: str
    says: str
    sections: tuple[Section, ...]


@cache
def boards() -> dict[str, Board]:
    """Every board by key."""
    return by_key(declared("regard.report.boards", "BOARDS"), lambda one: one.key)


def board(key: str) -> Board:
    """The board of that key."""
    if key not in boards():
        raise UnknownName("board", key, boards())
    return boards()[key]
