"""Stretches laid over one another: what shows of each, so that no two overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regard.demo.chance import Flags, Whole
from regard.demo.clock import DAY, Window


@dataclass(frozen=True)
class Axis:
    """One line of time for everybody: one person's days lie behind the other's."""

    start: int
    span: int

    def along(self, who: Whole, at: Whole) -> Whole:
        """Positions on the line."""
        made: Whole = who * self.span + (at - self.start)
        return made

    def back(self, position: Whole) -> tuple[Whole, Whole]:
        """Who and when, from positions."""
        who, at = np.divmod(position, self.span)
        return who, at + self.start


@dataclass(frozen=True)
class Layer:
    """Stretches in one state, as positions on the axis; they may overlap or be empty."""

    state: str
    channel: str | None
    starts: Whole
    ends: Whole


@dataclass(frozen=True)
class Stretches:
    """What shows, in order: positions from and until, and the number of the layer."""

    starts: Whole
    ends: Whole
    layer: Whole


def axis(window: Window) -> Axis:
    """The axis of the window, with a day to spare on both sides."""
    return Axis(window.start - DAY, window.end - window.start + 2 * DAY)


def seen(layers: Sequence[Layer]) -> Stretches:
    """What shows of layers seen from above, the last one on top; equal neighbours are one."""
    edges = np.sort(np.concatenate([part for la in layers for part in (la.starts, la.ends)]))
    edges = edges[np.diff(edges, prepend=-1) != 0]
    top = np.full(len(edges), -1, dtype=np.int64)
    for number, layer in enumerate(layers):
        top[_covered(edges, layer)] = number
    begins = np.flatnonzero(np.diff(top, prepend=-1) != 0)
    over = np.append(begins[1:], len(edges) - 1) if len(begins) else begins
    shows = top[begins] >= 0
    return Stretches(edges[begins[shows]], edges[over[shows]], top[begins[shows]])


def _covered(edges: Whole, layer: Layer) -> Flags:
    """For each edge, whether the layer covers what follows it."""
    lasts = layer.ends > layer.starts
    size = len(edges)
    steps = np.bincount(np.searchsorted(edges, layer.starts[lasts]), minlength=size)
    steps = steps - np.bincount(np.searchsorted(edges, layer.ends[lasts]), minlength=size)
    made: Flags = np.cumsum(steps) > 0
    return made
