"""What every theme of the demo starts from, and what a theme is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from regard.core.registry import by_key, declared
from regard.demo.clock import Window
from regard.demo.customers import Customers
from regard.demo.people import Staff
from regard.demo.plants import Plant


@dataclass(frozen=True)
class World:
    """What every theme of the demo starts from; a theme draws from a stream of its own."""

    seed: int
    tickets: int
    window: Window
    plants: tuple[Plant, ...]
    staff: Staff
    customers: Customers


@dataclass(frozen=True)
class Theme:
    """Tables that are made from those made before: surveys from tickets, money from customers.

    name: of its stream of chance. ordinal: themes are made in this order, then by name. make:
    from the world and all tables made so far to further tables; it changes none of those.
    """

    name: str
    ordinal: int
    make: Callable[[World, Mapping[str, pa.Table]], Mapping[str, pa.Table]]


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme in order: the lists called THEMES in the modules of `demo/themes`."""
    found = by_key(declared("regard.demo.themes", "THEMES"), lambda one: one.name)
    return tuple(sorted(found.values(), key=lambda one: (one.ordinal, one.name)))
