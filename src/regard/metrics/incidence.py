"""Time to something, with the unfinished censored and rival ends counted: Aalen–Johansen in SQL.

The curve is made in the engine: counts per second, numbers at risk by cumulative sums, its
variance terms as running sums. `stats.incidence` says the same in numpy and is what tests hold
this against.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import BooleanValue, IntegerValue, NumericValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import any_of, joined
from regard.metrics.curves import ENTRY, curve, drawn
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.clusters import design_effect, even_clusters, few
from regard.stats.estimate import NOT_REACHED, UNRIPE, Estimate, nothing
from regard.stats.incidence import ROUNDING, band
from regard.stats.reach import TAIL, Z

Pick = Callable[[Relation], Value]
Condition = Callable[[Relation], BooleanValue]
NEVER = -1
"""Where nothing has happened yet."""


@dataclass(frozen=True)
class Incidence(Flow):
    """The time by which a share of all was served.

    done: seconds to the event, empty where it has not come. rival: seconds to a competing end.
    waited: seconds waited so far by those with neither. Rows with none of the three are left out.
    """

    done: Pick
    rival: Pick | None = None
    waited: Pick | None = None

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Those with any of the three."""
        known = [pick(rows).notnull() for pick in (self.done, self.rival, self.waited) if pick]
        return any_of(*known)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """The curve: one row a part and second."""
        return curve(self._timed(rows, frame), frame.keys)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The quantile of each part, with the share served beside it."""
        timed = frame.hold("timed", lambda: self._timed(rows, frame))
        held = drawn(timed, frame)
        told = {
            frame.key(row): row for row in frame.run("crossings", lambda: crossings(held, frame))
        }
        points = [(key, "", row["t_at"], row["f_at"]) for key, row in told.items()]
        deffs = effects(timed, held, points, frame)
        given = frame.given("widths", _widths(points, deffs, frame))
        bands = frame.run("limits", lambda: limits(held, given, frame))
        bounds = {frame.key(row): row for row in bands}
        return {
            key: [_quantile_found(row, bounds[key], deffs[key, ""].note, frame.quantile)]
            for key, row in told.items()
        }

    def ended(self, rows: Relation) -> tuple[IntegerValue, IntegerValue]:
        """Seconds to the end of each row, and its kind: 1 served, 2 otherwise, 0 waiting still."""
        served = self.done(rows)
        other = self.rival(rows) if self.rival else ibis.null("int64")
        waiting = self.waited(rows) if self.waited else ibis.null("int64")
        first = served.notnull() & (other.isnull() | (served <= other))
        kind = ibis.cases((first, 1), (other.notnull(), 2), (waiting.notnull(), 0))
        t = ibis.cases((first, served), (other.notnull(), other), else_=waiting)
        return t.cast("int64"), kind.cast("int64")

    def _timed(self, rows: Relation, frame: Frame) -> Relation:
        """Rows as (t, kind)."""
        t, kind = self.ended(rows)
        timed = rows.select(*frame.keys, *frame.clusters, t=t, kind=kind)
        return timed.filter(timed.kind.notnull(), timed.t >= 0)


@dataclass(frozen=True)
class IncidenceAt(Incidence):
    """The share of all served within some times; `within` maps a label to seconds."""

    within: Mapping[str, int] | None = None

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share served by each time, in each part."""
        timed = frame.hold("timed", lambda: self._timed(rows, frame))
        held = drawn(timed, frame)
        horizons = self.within or {}
        found = frame.run("shares", lambda: shares_at(held, horizons, frame))
        told = {frame.key(row): row for row in found}
        points = [
            (key, label, row[f"t_at_{place}"], row[f"f_at_{place}"])
            for key, row in told.items()
            for place, label in enumerate(horizons)
        ]
        deffs = effects(timed, held, points, frame)
        return {
            key: [
                Found(_share_found(row, place, seconds, deffs[key, label]), {"days": label})
                for place, (label, seconds) in enumerate(horizons.items())
            ]
            for key, row in told.items()
        }


@dataclass(frozen=True)
class Effect:
    """What clusters do to the variance of a curve at a point."""

    deff: float = 1.0
    note: str = ""


Point = tuple[Key, str, int | None, float | None]


def crossings(held: Relation, frame: Frame) -> Relation:
    """One row a part: where the curve crosses the quantile, and where it ends."""
    q = frame.quantile
    steps = held.d > 0
    reached = steps & (held.f >= q - ROUNDING)
    at = held.group_by(*frame.keys).aggregate(
        n=held.n.sum(),
        events=held.d1.sum(),
        last=held.t.max(),
        served=held.f.max(),
        t_q=held.t.min(where=reached),
        t_next=held.t.min(where=steps & (held.f > q + ROUNDING)),
        t_end=held.t.max(where=steps),
        f_q=held.f.argmin(held.t, where=reached),
        f_end=held.f.argmax(held.t, where=steps),
        risk_first=(held.y / held.s).argmin(held.t, where=steps),
    )
    return at.mutate(
        t_at=ibis.coalesce(at.t_q, at.t_end), f_at=ibis.coalesce(at.f_q, at.f_end)
    ).drop("f_q", "f_end")


def shares_at(held: Relation, horizons: Mapping[str, int], frame: Frame) -> Relation:
    """One row a part: the curve at so many seconds; columns end in the place of each horizon."""
    watched = held.n - held.d
    totals: dict[str, Value] = {"n": held.n.sum(), "last": held.t.max()}
    for place, seconds in enumerate(horizons.values()):
        before = (held.t <= seconds) & (held.d > 0)
        totals[f"t_at_{place}"] = held.t.max(where=before)
        for name in ("f", "v", "s", "y", "d"):
            totals[f"{name}_at_{place}"] = held[name].argmax(held.t, where=before)
        here = watched.sum(where=held.t >= seconds).fill_null(0)
        later = held.d.sum(where=held.t > seconds).fill_null(0)
        totals[f"watched_{place}"] = here + later
    return held.group_by(*frame.keys).aggregate(**totals)


def effects(
    timed: Relation, held: Relation, points: Sequence[Point], frame: Frame
) -> dict[tuple[Key, str], Effect]:
    """The largest design effect of the clusters at each point, by the infinitesimal jackknife."""
    found: dict[tuple[Key, str], Effect] = {(key, label): Effect() for key, label, *_ in points}
    if not points or not frame.clusters:
        return found
    given = frame.given("points", _point_table(points, frame))
    sums = frame.run("pushed", lambda: _pushed(timed, held, given, frame))
    for row in sums:
        place = (frame.key(row), row["label"])
        old, new = found[place], _effect(row)
        found[place] = Effect(max(old.deff, new.deff), old.note or new.note)
    return found


def _effect(row: Mapping[str, Any]) -> Effect:
    n, k = int(row["n"]), int(row["k"])
    note = few([k], n)
    naive, f = float(row["v_at"] or 0.0), float(row["f_at"])
    if n < 2:
        return Effect(1.0, note)
    if naive <= 0 or not 0 < f < 1 or k < 2:
        return Effect(max(1.0, float(row["sizes"]) / n), note)
    variance, even = k / (k - 1) * float(row["squares"]), even_clusters(k, n, int(row["sizes"]))
    # Rounded, so that the order in which an engine adds never moves a limit.
    return Effect(round(design_effect(variance, naive * n / (n - 1), even, n), 9), note)


def _point_table(points: Sequence[Point], frame: Frame) -> pa.Table:
    rows = [
        dict(zip(frame.keys, key, strict=True))
        | {"label": label, "t_at": NEVER if t is None else t, "f_at": f or 0.0}
        for key, label, t, f in points
    ]
    schema = pa.schema(
        [(name, pa.string()) for name in (*frame.keys, "label")]
        + [("t_at", pa.int64()), ("f_at", pa.float64())]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _pushed(timed: Relation, held: Relation, points: Relation, frame: Frame) -> Relation:
    """Per part, point and way to cluster: k, n, the sum of squared pushes and of squared sizes."""
    steps = _steps(held, points, frame)
    part = [*frame.keys, "label"]
    whole = steps.group_by(*part).aggregate(all=steps.expected.argmax(steps.t))
    last = joined(points, whole, tuple(part))
    last = last.select(*part, "f_at", at=last.t_at, all=last["all"].fill_null(0.0))
    rows = timed.inner_join(last, list(frame.keys))
    spot = steps.select(*part, "t", "expected", "push1", "push2")
    rows = rows.left_join(spot, [*part, "t"])
    own = ibis.cases((rows.kind == 1, rows.push1), (rows.kind == 2, rows.push2), else_=0.0)
    # Where nothing has happened yet nobody pushes: the sizes of clusters alone are of use.
    here = own.fill_null(0.0) - rows.expected.fill_null(0.0)
    push = ibis.ifelse(rows.t > rows["at"], -rows["all"], here)
    if ENTRY in timed.columns:
        push, rows = _unexpected(push, rows, steps, frame.clusters, part)
    told = rows.select(*part, *frame.clusters, push=push)
    ways = [_squared(told, part, cluster) for cluster in frame.clusters]
    folded = ibis.union(*ways) if len(ways) > 1 else ways[0]
    spots = joined(points, held.select(*frame.keys, t_at="t", v_at="v"), (*frame.keys, "t_at"))
    spots = spots.select(*part, "f_at", "v_at")
    both = folded.inner_join(spots, part)
    return both.select(*folded.columns, "f_at", "v_at")


def _unexpected(
    push: NumericValue, rows: Relation, steps: Relation, ways: tuple[str, ...], part: list[str]
) -> tuple[NumericValue, Relation]:
    """The pushes without what came before a row entered: it was not there to be expected."""
    rows = rows.select(*part, *ways, ENTRY, "at", "all", _push=push)
    before = steps.select(*part, **{ENTRY: steps.t}, missed=steps.expected - steps.term)
    both = joined(rows, before, (*part, ENTRY))
    missed = ibis.ifelse(both[ENTRY] > both["at"], both["all"], both.missed.fill_null(0.0))
    return both["_push"] + missed, both


def _squared(told: Relation, part: list[str], cluster: str) -> Relation:
    one = told.group_by(*part, cluster).aggregate(push=told.push.sum(), size=told.count())
    return one.group_by(*part).aggregate(
        k=one.count(),
        n=one["size"].sum(),
        squares=(one.push * one.push).sum(),
        sizes=(one["size"] * one["size"]).sum(),
    )


def _steps(held: Relation, points: Relation, frame: Frame) -> Relation:
    """The curve up to each point, with what a row gains by an exit there and was expected to."""
    rows = held.inner_join(points, list(frame.keys))
    rows = rows.filter(rows.t <= rows.t_at)
    y = rows.y.cast("float64")
    rest = ibis.greatest(y - rows.d, 1.0)
    ahead = ibis.ifelse(rows.y > rows.d, (rows.f_at - rows.f) * y / rest, 0.0)
    h1, h2 = rows.s - ahead, -ahead
    rows = rows.mutate(push1=h1 / y, push2=h2 / y, term=(h1 * rows.d1 + h2 * rows.d2) / (y * y))
    part = (*frame.keys, "label")
    upto = ibis.window(group_by=part, order_by=rows.t, preceding=None, following=0)
    return rows.mutate(expected=rows.term.sum().over(upto))


def _widths(
    points: Sequence[Point], deffs: Mapping[tuple[Key, str], Effect], frame: Frame
) -> pa.Table:
    """The design effect of each part."""
    rows = [
        dict(zip(frame.keys, key, strict=True)) | {"deff": deffs[key, label].deff}
        for key, label, *_ in points
    ]
    schema = pa.schema([*[(n, pa.string()) for n in frame.keys], ("deff", pa.float64())])
    return pa.Table.from_pylist(rows, schema=schema)


def limits(held: Relation, given: Relation, frame: Frame) -> Relation:
    """One row a part: the first seconds at which upper and lower band reach the quantile.

    given: the design effect `deff` of each part.
    """
    both = held.filter(held.d > 0).inner_join(given, list(frame.keys))
    low, high = _band(both)
    reach = frame.quantile - ROUNDING
    found = both.group_by(*frame.keys).aggregate(
        low=both.t.min(where=high >= reach), high=both.t.min(where=low >= reach)
    )
    every = given.left_join(found, list(frame.keys))
    return every.select(*frame.keys, "deff", "low", "high")


def _band(rows: Relation) -> tuple[NumericValue, NumericValue]:
    """The log-log band of stats.incidence.band, widened by the design effect."""
    inner = (rows.f > 0) & (rows.f < 1)
    left = ibis.ifelse(inner, 1.0 - rows.f, 0.5)
    error = (rows.v * rows.deff).sqrt() / (left * left.ln()).abs()
    error = ibis.least(error, 300.0)
    low = 1.0 - (left.ln() * (error * -Z).exp()).exp()
    high = 1.0 - (left.ln() * (error * Z).exp()).exp()
    independent = ibis.greatest(rows.y / rows.s, ROUNDING)
    edge = (ibis.literal(float(np.log(TAIL))) * rows.deff / independent).exp()
    return (
        ibis.cases((inner, low), (rows.f >= 1, edge), else_=0.0),
        ibis.cases((inner, high), (rows.f >= 1, 1.0), else_=1.0 - edge),
    )


def _quantile_found(row: Mapping[str, Any], bound: Mapping[str, Any], note: str, q: float) -> Found:
    n, served = int(row["n"]), round(float(row["served"] or 0.0), 9)
    beside = {"served": served}
    if not n:
        return Found(nothing())
    low, high = bound["low"], bound["high"]
    first = row["risk_first"]
    if first is not None and 1 - TAIL ** (bound["deff"] / first) >= q:
        low = 0
    value = _crossing(row, q)
    beyond = value is None or high is None
    low, high = (None if each is None else float(each) for each in (low, high))
    said = Estimate(value, low, high, n, NOT_REACHED if beyond else note)
    return Found(said, beside=beside)


def _crossing(row: Mapping[str, Any], q: float) -> float | None:
    start, after = row["t_q"], row["t_next"]
    if start is None:
        return None
    exactly = abs(float(row["f_at"]) - q) <= ROUNDING
    return (start + after) / 2 if exactly and after is not None else float(start)


def _share_found(row: Mapping[str, Any], place: int, horizon: int, effect: Effect) -> Estimate:
    n = int(row["n"])
    t, f, v, s, y, d = (row[f"{name}_at_{place}"] for name in ("t", "f", "v", "s", "y", "d"))
    known = t is not None
    left = float(s) * (1 - float(d) / float(y)) if known else 1.0
    if horizon > int(row["last"]) and left > ROUNDING:
        return nothing(UNRIPE, n)
    share = round(float(f), 12) if known else 0.0
    watched = float(row[f"watched_{place}"])
    alone = watched / left if left > ROUNDING else float(y) / float(s)
    variance = float(v) if known else 0.0
    low, high = band(np.array([share]), np.array([variance]), np.array([alone]), effect.deff)
    return Estimate(share, float(low[0]), float(high[0]), n, effect.note)
