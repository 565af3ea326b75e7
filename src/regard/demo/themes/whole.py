"""What themes make once for the whole company, however many blocks it is made in."""

import numpy as np

from regard.demo.chance import stream
from regard.demo.world import World

APART = 1 << 32
"""The seeds of two blocks differ by a multiple of this (`regard.demo.company`)."""


def common_stream(world: World, theme: str) -> np.random.Generator:
    """A stream that is the same in every block: for articles and rates."""
    return stream(world.seed % APART, theme)


def is_first(world: World) -> bool:
    """Whether this block also holds what the company has once: its own posts, its workshops."""
    return world.block == 0
