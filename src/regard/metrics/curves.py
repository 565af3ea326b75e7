"""Curves of cumulative incidence (Aalen–Johansen) from counts per second, of many parts at once.

They can be said in SQL, as they are shown, and as they are made where there are very many parts. Of
few parts the engine counts, and the running sums are numpy's, which take a fraction of the time.
"""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import NumericValue
from ibis.expr.types import Table as Relation
from numpy.typing import NDArray

from regard.metrics.shape import Frame
from regard.stats.incidence import ROUNDING

LEAST_LOG = -745.0
ENTRY = "entry"
MOST_PARTS = 2_000
"""Of more parts the engine makes the running sums too."""
COUNTS = ("t", "d1", "d2", "n")
SUMS = {"y": pa.int64(), "d": pa.int64(), **dict.fromkeys("sfv", pa.float64())}
Column = NDArray[Any]
NONE: Column = np.empty(0)


def drawn(timed: Relation, frame: Frame) -> Relation:
    """The curves of rows (parts, t, kind), as a table that the engine has."""
    keys = frame.keys
    told = frame.table("counts", lambda: counts_of(timed, keys).order_by(*keys, "t"))
    starts = _starts(told, keys)
    if len(starts) > MOST_PARTS:
        return frame.hold("curve", lambda: curve(timed, keys))
    return frame.given("curve", summed(told, starts, keys))


def summed(told: pa.Table, starts: list[int], keys: tuple[str, ...]) -> pa.Table:
    """Counts in the order of parts and seconds as curves. starts: where each part begins.

    The columns are those of `curve`.
    """
    given = {name: told[name].to_numpy() for name in told.schema.names if name not in keys}
    ends = [*starts[1:], told.num_rows][: len(starts)]
    parts = [
        _one({name: column[since:until] for name, column in given.items()})
        for since, until in zip(starts, ends, strict=True)
    ]
    columns = {name: told[name] for name in (*keys, *COUNTS)}
    for name, kind in (
        ("y", pa.int64()),
        ("d", pa.int64()),
        *((one, pa.float64()) for one in "sfv"),
    ):
        columns[name] = pa.array(np.concatenate([part[name] for part in parts] or [NONE]), kind)
    return pa.table(columns)


def _one(given: dict[str, Column]) -> dict[str, Column]:
    """The running sums of one part: at risk, exits, share left before, incidence, variance."""
    n, d1, d = given["n"], given["d1"], given["d1"] + given["d2"]
    entered = np.cumsum(given["entered"]) if "entered" in given else n.sum()
    y = entered - np.cumsum(n) + n
    risk, stays = y.astype(np.float64), y > d
    left = np.where(stays, (y - d) / risk, 1.0)
    logs = np.where(stays, np.log(left), LEAST_LOG)
    s = np.exp(np.concatenate(([0.0], np.cumsum(logs)[:-1])))
    f = np.cumsum(s * d1 / risk)
    f = np.where(f > 1 - ROUNDING, 1.0, f)
    return {"y": y, "d": d, "s": s, "f": f, "v": _variance(risk, d1, d, s, f)}


def _variance(y: Column, d1: Column, d: Column, s: Column, f: Column) -> Column:
    """Marubini and Valsecchi's variance by running sums of its terms, as in stats.incidence."""
    stays = y > d
    a = np.where(stays, d / (y * np.maximum(y - d, 1.0)), 0.0)
    c = np.where(stays, s * d1 / (y * y), 0.0)
    b = s * s * (y - d1) * d1 / (y * y * y)
    squares = f * f * np.cumsum(a) - 2 * f * np.cumsum(a * f) + np.cumsum(a * f * f)
    crossed = f * np.cumsum(c) - np.cumsum(c * f)
    return np.maximum(squares + np.cumsum(b) - 2 * crossed, 0.0)


def _starts(told: pa.Table, keys: tuple[str, ...]) -> list[int]:
    """Where each part begins in rows in the order of parts."""
    if not told.num_rows:
        return []
    new = np.zeros(told.num_rows, dtype=bool)
    new[0] = True
    for key in keys:
        codes = told[key].combine_chunks().dictionary_encode().indices.to_numpy()
        new[1:] |= codes[1:] != codes[:-1]
    return np.flatnonzero(new).tolist()


def counts_of(timed: Relation, keys: tuple[str, ...]) -> Relation:
    """At each second of a part: events, rivals and all exits; with an `entry`, who enters too."""
    counts = timed.group_by(*keys, "t").aggregate(
        d1=(timed.kind == 1).cast("int64").sum(),
        d2=(timed.kind == 2).cast("int64").sum(),
        n=timed.count(),
    )
    return _with_entries(counts, timed, keys) if ENTRY in timed.columns else counts


def curve(timed: Relation, keys: tuple[str, ...]) -> Relation:
    """At each second of a part: at risk, events, rivals, share left before, incidence, variance.

    Rows with an `entry` are at risk from that second on; without the column, from the first.
    """
    counts, late = counts_of(timed, keys), ENTRY in timed.columns
    upto = ibis.window(group_by=keys, order_by=counts.t, preceding=None, following=0)
    whole = ibis.window(group_by=keys)
    entered = counts.entered.sum().over(upto) if late else counts.n.sum().over(whole)
    risk = entered - counts.n.sum().over(upto) + counts.n
    rows = counts.mutate(y=risk.cast("int64"), d=counts.d1 + counts.d2)
    left = (rows.y - rows.d) / rows.y.cast("float64")
    log = ibis.ifelse(rows.y > rows.d, ibis.ifelse(rows.d > 0, left.ln(), 0.0), LEAST_LOG)
    rows = rows.mutate(log=ibis.ifelse(rows.y > rows.d, log, LEAST_LOG))
    past = ibis.window(group_by=keys, order_by=rows.t, preceding=(None, 1))
    rows = rows.mutate(s=rows.log.sum().over(past).fill_null(0.0).exp())
    return _with_variance(_with_incidence(rows, keys), keys)


def _with_entries(counts: Relation, timed: Relation, keys: tuple[str, ...]) -> Relation:
    """The counts of exits with those who enter at each second: a row for every second of either."""
    nought = ibis.literal(0, "int64")
    enters = timed.group_by(*keys, t=timed[ENTRY]).aggregate(entered=timed.count())
    empty = enters.mutate(d1=nought, d2=nought, n=nought)
    columns = [*keys, "t", "d1", "d2", "n", "entered"]
    both = ibis.union(counts.mutate(entered=nought).select(columns), empty.select(columns))
    totals = {name: both[name].sum().cast("int64") for name in columns[-4:]}
    return both.group_by(*keys, "t").aggregate(**totals)


def _with_incidence(rows: Relation, keys: tuple[str, ...]) -> Relation:
    upto = ibis.window(group_by=keys, order_by=rows.t, preceding=None, following=0)
    f = (rows.s * rows.d1 / rows.y.cast("float64")).sum().over(upto)
    return rows.mutate(f=ibis.ifelse(f > 1 - ROUNDING, 1.0, f))


def _with_variance(rows: Relation, keys: tuple[str, ...]) -> Relation:
    """Marubini and Valsecchi's variance by running sums of its terms, as in stats.incidence."""
    y, d = rows.y.cast("float64"), rows.d.cast("float64")
    stays = rows.y > rows.d
    rest = ibis.greatest(y - d, 1.0)
    a = ibis.ifelse(stays, d / (y * rest), 0.0)
    c = ibis.ifelse(stays, rows.s * rows.d1 / (y * y), 0.0)
    b = rows.s * rows.s * (y - rows.d1) * rows.d1 / (y * y * y)
    rows = rows.mutate(a=a, b=b, c=c)
    upto = ibis.window(group_by=keys, order_by=rows.t, preceding=None, following=0)

    def run(term: NumericValue) -> NumericValue:
        return term.sum().over(upto)

    f = rows.f
    variance = (
        f * f * run(rows.a)
        - 2 * f * run(rows.a * f)
        + run(rows.a * f * f)
        + run(rows.b)
        - 2 * (f * run(rows.c) - run(rows.c * f))
    )
    return rows.mutate(v=ibis.greatest(variance, 0.0)).drop("a", "b", "c", "log")
