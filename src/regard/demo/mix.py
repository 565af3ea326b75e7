"""Which kinds of matter come on which day."""

import numpy as np

from regard.demo.chance import Real, Whole
from regard.demo.clock import Window
from regard.demo.kinds import HARD, KINDS
from regard.demo.plants import Plant
from regard.demo.stories import ending, growth, hardness, swelling

NAMES = tuple(kind.name for kind in KINDS)


def kind_shares(window: Window, plants: tuple[Plant, ...], surge: float) -> Real:
    """The share of each kind (columns, as in KINDS) on each day (rows); a row sums to 1.

    surge: how many times the usual number come by this way in an outage.
    """
    usual = np.array([kind.share for kind in KINDS])
    weights = np.tile(usual, (len(window.days), 1))
    hard = np.isin(NAMES, HARD)
    weights[:, hard] *= hardness(plants, window.hours[:, 12])[:, None]
    shares: Real = weights / weights.sum(axis=1, keepdims=True)
    for name, share in (
        ("old-app", ending(window, plants)),
        ("pairing", growth(window, plants)),
        ("outage", 1 - 1 / swelling(window, plants, surge)),
    ):
        shares *= 1 - share[:, None]
        shares[:, NAMES.index(name)] = share
    return shares


def kinds_at(
    rng: np.random.Generator, window: Window, plants: tuple[Plant, ...], at: Whole, surge: float
) -> Whole:
    """A kind (position in KINDS) for each instant."""
    edges = np.cumsum(kind_shares(window, plants, surge), axis=1)[window.day_of(at)]
    lot = rng.random(len(at))[:, None] * edges[:, -1:]
    made: Whole = np.minimum((lot >= edges).sum(axis=1), len(KINDS) - 1).astype(np.int64)
    return made
