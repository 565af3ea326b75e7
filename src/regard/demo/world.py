"""What every theme of the demo starts from, and what a theme is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from regard.core.registry import by_key, declared
from regard.demo.chance import Words
from regard.demo.clock import Window
from regard.demo.customers import Customers
from regard.demo.people import Staff
from regard.demo.plants import Plant
from regard.demo.rows import named


@dataclass(frozen=True)
class World:
    """What every theme of the demo starts from; a theme draws from a stream of its own.

    A large company is made in blocks, each with customers and people of its own, one after the
    other. tickets: of this block. block: its number from 0. blocks: how many there are; ids that
    must differ between them come from `named`. Rows of undivided tables (surveys, articles) that
    two blocks name alike are kept once.
    """

    seed: int
    tickets: int
    window: Window
    plants: tuple[Plant, ...]
    staff: Staff
    customers: Customers
    block: int = 0
    blocks: int = 1

    def named(self, prefix: str, size: int) -> Words:
        """That many ids, found in no other block."""
        return named(f"{prefix}{self.site}", size)

    @property
    def site(self) -> str:
        """What ids of this block hold after their letter: nothing, where there is one block."""
        return site(self.block, self.blocks)


def site(block: int, blocks: int) -> str:
    """What ids of a block hold after their letter: nothing, where there is one block."""
    return f"{block + 1:03d}-" if blocks > 1 else ""


Truth = Mapping[str, Mapping[str, int]]
"""Counts as they were meant, by name, then by what they are split by; they add over blocks."""


def no_truth(_world: World, _made: Mapping[str, pa.Table]) -> Truth:
    """Nothing to tell beyond the tables."""
    return {}


@dataclass(frozen=True)
class Theme:
    """Tables that are made from those made before: surveys from tickets, money from customers.

    name: of its stream of chance. ordinal: themes are made in this order, then by name. make:
    from the world and all tables made so far to further tables; it changes none of those. truth:
    counts for truth.json, from all tables once they are made.
    """

    name: str
    ordinal: int
    make: Callable[[World, Mapping[str, pa.Table]], Mapping[str, pa.Table]]
    truth: Callable[[World, Mapping[str, pa.Table]], Truth] = no_truth


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme in order: the lists called THEMES in the modules of `demo/themes`."""
    found = by_key(declared("regard.demo.themes", "THEMES"), lambda one: one.name)
    return tuple(sorted(found.values(), key=lambda one: (one.ordinal, one.name)))
