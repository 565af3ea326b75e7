"""Worlds of known truth, thousands at once: rows that come in clusters, asked through the engine.

A row of a world has a mood z, standard normal over rows; what share of its variance rows of a
cluster have in common is the cluster's likeness. Whatever is counted is made of z, so that the
truth is known in closed form, however the rows come.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regard.metrics.framing import instants, plain_frame
from regard.metrics.shape import Found, Frame, Key, Shape
from regard.metrics.week import Cover
from regard.stats.estimate import Estimate
from regard.store.engine import connect
from regard.store.snapshot import in_memory

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]
Random = np.random.Generator
ZERO = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Law:
    """How rows come. clusters: how many; size: rows of one, on average; likeness: see above.

    uneven: the variance of clusters' own pace, relative to its mean. tilt: how much more rows a
    cluster with high z has (busy days are worse). asserted: whether coverage is promised here.
    """

    name: str
    clusters: int
    size: float = 1.0
    likeness: float = 0.0
    uneven: float = 0.0
    tilt: float = 0.0
    asserted: bool = True


ALONE = Law("independent, n = 100", 100)
MANY = Law("independent, n = 400", 400)
CUSTOMERS = Law("by customer, 30 × 4, alike", 30, 4, 0.4)
UNEVEN = Law("by customer, 60 × 4, unequal", 60, 4, 0.4, 1.0)
DAYS = Law("by day, 30 × 10, busy days worse", 30, 10, 0.15, 0.1, 1.0)
FEW = Law("8 clusters × 4", 8, 4, 0.4, asserted=False)
TWENTY = Law("independent, n = 20", 20, asserted=False)
LAWS = (ALONE, MANY, CUSTOMERS, UNEVEN, DAYS, FEW, TWENTY)


@dataclass(frozen=True)
class Seen:
    """Estimates of many worlds. low, high: infinite where not reached; k: clusters; n: rows."""

    value: Floats
    low: Floats
    high: Floats
    said: tuple[Estimate, ...] = field(repr=False, default=())


def rows_of(random: Random, law: Law, worlds: int) -> Columns:
    """Rows of so many worlds: `world`, `cluster` (its number within the world) and z."""
    shape = (worlds, law.clusters)
    lasting = random.normal(0, law.likeness**0.5, shape)
    pace = np.ones(shape)
    if law.uneven:
        pace = random.gamma(1 / law.uneven, law.uneven, shape)
    if law.tilt:
        pace = pace * np.exp(law.tilt * lasting - law.tilt**2 * law.likeness / 2)
    sizes = np.ones(shape, np.int64) if law.size == 1 else random.poisson(law.size * pace)
    world, cluster = (np.repeat(each.ravel(), sizes.ravel()) for each in np.indices(shape))
    own = random.normal(0, (1 - law.likeness) ** 0.5, len(world))
    # A cluster's pace rises with its mood, so that a row's mood lies higher by just so much.
    z = np.repeat(lasting.ravel(), sizes.ravel()) + own - law.tilt * law.likeness
    return {"world": world, "cluster": cluster, "z": z}


def names(worlds: Ints) -> pa.Array:
    """The worlds' names as texts that sort as their numbers."""
    most = int(worlds.max()) + 1 if len(worlds) else 1
    book = pa.array([f"{number:06d}" for number in range(most)])
    return pa.DictionaryArray.from_arrays(pa.array(worlds.astype(np.int32)), book).cast(pa.string())


def table(columns: Mapping[str, Any]) -> pa.Table:
    """Rows as the engine takes them: texts from `world`, other columns as they are."""
    told = {name: _column(each) for name, each in columns.items() if name != "world"}
    return pa.table({"world": names(np.asarray(columns["world"])), **told})


def asked(
    shape: Shape, rows: pa.Table, clusters: tuple[str, ...] = ("cluster",), **more: Any
) -> dict[Key, list[Found]]:
    """What the shape says of every world, by the real engine. more: of the frame.

    `others` are rows, and so is `whole`. Worlds that are stocks have their moment in the key.
    """
    engine = connect()
    hours = more.pop("hours", 24)
    days = int(more.pop("days", 1))
    given = {name: in_memory(each) for name, each in more.pop("others", {}).items()}
    whole = more.pop("whole", None)

    seen = instants(more.get("moments", ()), more.get("spans", ()))
    make = partial(
        Frame,
        keys=more.pop("keys", ("world",)),
        clusters=clusters,
        quantile=more.pop("quantile", 0.5),
        days=lambda _: days,
        whole=None if whole is None else lambda: in_memory(whole),
        others=given,
        cover=lambda key, ahead: Cover(days, days * hours * 3_600),
        **more,
    )
    try:
        frame = plain_frame(engine, make, seen, [])
        return shape.measure(in_memory(rows), frame)
    finally:
        engine.disconnect()  # type: ignore[no-untyped-call]


def seen(said: Iterable[Estimate]) -> Seen:
    """Estimates side by side; those that say nothing are left out."""
    kept = tuple(one for one in said if one.value is not None or one.low is not None)
    return Seen(
        np.array([np.inf if one.value is None else one.value for one in kept]),
        np.array([-np.inf if one.low is None else one.low for one in kept]),
        np.array([np.inf if one.high is None else one.high for one in kept]),
        kept,
    )


def first(found: Mapping[Key, Sequence[Found]], **by: str) -> Seen:
    """The estimates of all worlds in their order; of those values that are told apart `by`."""
    return seen(
        one.estimate
        for _, each in sorted(found.items())
        for one in each
        if all(one.by.get(name) == value for name, value in by.items())
    )


def folded(world: Ints, cluster: Ints, *sums: Ints) -> tuple[Ints, ...]:
    """Totals by world and cluster, a row a world; clusters without rows are nought."""
    width = int(cluster.max()) + 1
    worlds = int(world.max()) + 1
    place = world * width + cluster
    return tuple(
        np.bincount(place, each, worlds * width).reshape(worlds, width).astype(np.int64)
        for each in sums
    )


Sample = Callable[[Random, int], Seen]


def _column(values: Any) -> pa.Array:
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, mask=np.ma.getmaskarray(values))
    return pa.array(values)
