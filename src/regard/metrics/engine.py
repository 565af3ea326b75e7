"""From a query to values with intervals: the engine counts, the shapes conclude."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.metrics.framing import framed, plainly_framed
from regard.metrics.metric import Metric
from regard.metrics.metric import metric as metric_of
from regard.metrics.plan import (
    Plan,
    counted,
    is_ripe,
    label_of,
    missing,
    plan,
)
from regard.metrics.population import EMPTY
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient, divide
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.week import allowed, cell_of, is_weekly, key_of
from regard.stats.estimate import TOO_FEW, Estimate, nothing

NO_SOURCE = N_("No source here fills {tables}.")


@dataclass(frozen=True)
class Part:
    """One value of an answer.

    by: the names that tell it from the others. coverage: done, open, unknown, unripe,
    provisional (counts), excluded (counts by reason), partial (the period is not over yet),
    served (share of all, for times); what is 0 is left out.
    """

    by: Mapping[str, Any]
    estimate: Estimate
    coverage: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """An answer: its parts, and how far each source was read."""

    parts: tuple[Part, ...]
    ends: Mapping[str, datetime]
    missing: tuple[str, ...] = ()


def measure(query: Query, wanted: Metric, reader: Reader) -> Measured:
    """The parts of a query, every period of its range among them."""
    lacking = missing(wanted, reader)
    if lacking:
        return Measured((Part({}, nothing()),), {}, missing=lacking)
    if isinstance(wanted.shape, Quotient):
        return _quotient(query, wanted, reader)
    laid = plan(query, wanted, reader)
    if not laid.ends:
        return Measured((Part({}, nothing()),), {}, missing=wanted.requires)
    return Measured(parts_of(laid, reader.snapshot.engine), laid.ends)


def parts_of(laid: Plan, engine: Backend) -> tuple[Part, ...]:
    """The parts of a plan, every period of its range among them."""
    with framed(laid, engine) as seen:
        found = laid.metric.shape.measure(seen.counted, seen.frame)
        covers = _coverage(seen.laid, seen.frame)
    return tuple(_parts(laid, seen.frame, found, covers))


def sql_of(query: Query, wanted: Metric, reader: Reader) -> str:
    """The SQL that the engine is asked for a query; two statements where it divides two metrics."""
    if missing(wanted, reader):
        return ""
    if isinstance(wanted.shape, Quotient):
        halves = (wanted.shape.top, wanted.shape.bottom)
        return ";\n\n".join(sql_of(query, metric_of(key), reader) for key in halves)
    laid = plan(query, wanted, reader)
    with plainly_framed(laid, reader.snapshot.engine) as frame:
        return str(ibis.to_sql(wanted.shape.moments(counted(laid), frame), dialect="duckdb"))


def values(laid: Plan, engine: Backend) -> tuple[dict[Key, list[Found]], Frame]:
    """The values of every part of a plan that has rows."""
    with framed(laid, engine) as seen:
        return laid.metric.shape.measure(seen.counted, seen.frame), seen.frame


def _parts(
    laid: Plan,
    frame: Frame,
    found: Mapping[Key, list[Found]],
    covers: Mapping[Key, dict[str, Any]],
) -> Iterator[Part]:
    """Every part in order, periods without rows among them."""
    shape, limit = laid.metric.shape, laid.as_of or laid.end
    over = {period.label: period.end <= limit for period in laid.periods}
    by_label = {period.label: period for period in laid.periods}
    weekly = is_weekly(laid.query) and not shape.stock
    place = laid.query.by.index(laid.period) if laid.period else None
    for key in _keys(laid, found, covers):
        label = key[place] if place is not None else ""
        named = {name: label_of(name, text) for name, text in zip(laid.query.by, key, strict=False)}
        cover = dict(covers.get(key, {}))
        if place is not None and not over[label]:
            cover["partial"] = True
        period = by_label.get(label)
        cell = cell_of(laid.query.by, key)
        if not laid.seen(period) or (weekly and not laid.cover(period, cell).seconds):
            values = [Found(nothing())]
        else:
            values = found.get(key) or shape.empty(frame, key)
        for one in values:
            said = {**cover, **one.beside}
            yield Part({**named, **one.by}, _published(one.estimate, laid.metric), said)


def _published(said: Estimate, wanted: Metric) -> Estimate:
    if said.value is not None and said.n < wanted.least:
        return nothing(TOO_FEW, said.n)
    return said


def _keys(laid: Plan, found: Mapping[Key, Any], covers: Mapping[Key, Any]) -> list[Key]:
    """Those found, and with them every period and every hour of the week that was asked for."""
    by = laid.query.by
    if not by:
        return [("all",)]
    always = {name: keys for name, keys in allowed(laid.query).items() if name in by}
    if laid.period:
        always[laid.period] = tuple(period.label for period in laid.periods)
    loose = [place for place, name in enumerate(by) if name not in always]
    others = {tuple(key[place] for place in loose) for key in (*found, *covers)}
    seen = set()
    for rest, fixed in product(others if loose else {()}, product(*always.values())):
        told = {**dict(zip(always, fixed, strict=True)), **_named_by(by, loose, rest)}
        seen.add(tuple(told[name] for name in by))
    return sorted(seen, key=lambda key: [(text == EMPTY, text) for text in key])


def _named_by(by: tuple[str, ...], loose: list[int], rest: Key) -> dict[str, str]:
    return {by[place]: text for place, text in zip(loose, rest, strict=True)}


def _coverage(laid: Plan, frame: Frame) -> dict[Key, dict[str, Any]]:
    """Per part: how many rows are done, open, unknown, unripe, provisional, excluded and why."""
    if laid.metric.shape.stock:
        return {}

    def totals() -> Relation:
        told = _covered(laid)
        return told.group_by(*laid.keys, "_cover").aggregate(n=told.count())

    reasons = {f"excluded {place}": e.reason for place, e in enumerate(laid.metric.excludes)}
    found: dict[Key, dict[str, Any]] = {}
    for row in sorted(frame.run("coverage", totals), key=lambda row: str(row["_cover"])):
        cover = found.setdefault(frame.key(row), {})
        name, n = row["_cover"], int(row["n"])
        if name in reasons:
            cover.setdefault("excluded", {})[reasons[name]] = n
        else:
            cover[name] = n
    return found


def _covered(laid: Plan) -> Relation:
    wanted, rows = laid.metric, laid.rows
    cases: list[tuple[Any, Any]] = [
        (exclusion.when(rows).fill_null(False), f"excluded {place}")
        for place, exclusion in enumerate(wanted.excludes)
    ]
    if wanted.ripens:
        cases.append((~is_ripe(rows, wanted), "unripe"))
    # A row whose clock nobody kept is in no value, open or not: that is said first.
    named = (
        ("unknown", wanted.unknown),
        ("open", wanted.waiting),
        ("provisional", wanted.provisional),
    )
    for name, condition in named:
        if condition is not None:
            cases.append((condition(rows).fill_null(False), name))
    label = ibis.cases(*cases, else_="done") if cases else ibis.literal("done")
    return rows.mutate(_cover=label)


def _quotient(query: Query, wanted: Metric, reader: Reader) -> Measured:
    """A metric that divides two others, part by part."""
    shape = wanted.shape
    assert isinstance(shape, Quotient)
    top = measure(query, metric_of(shape.top), reader)
    bottom = measure(query, metric_of(shape.bottom), reader)
    laid = plan(query, metric_of(shape.bottom), reader)
    below = {tuple(sorted(part.by.items(), key=str)): part for part in bottom.parts}
    by_label = {period.label: period for period in laid.periods}
    parts = []
    for part in top.parts:
        under = below.get(tuple(sorted(part.by.items(), key=str)))
        key = tuple(key_of(name, part.by.get(name)) for name in query.by)
        days = laid.days(by_label.get(str(part.by.get(laid.period))), cell_of(query.by, key))
        said = divide(part.estimate, under.estimate if under else nothing(), days, shape)
        parts.append(Part(part.by, said, part.coverage))
    return Measured(tuple(parts), top.ends)
