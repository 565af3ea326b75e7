"""How other products count what a metric counts: ways that are measured beside the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ibis.expr.types import Table as Relation

from regard.core.errors import RegardError, UnknownName
from regard.core.registry import by_key, declared
from regard.facts.reader import Reader
from regard.metrics.engine import Measured, Part, parts_of
from regard.metrics.metric import Example, Exclusion, Metric, metric
from regard.metrics.plan import Plan, missing, plan
from regard.metrics.query import Query
from regard.stats.estimate import nothing

Adds = Callable[[Relation, "Pool"], Relation]


@dataclass(frozen=True)
class Vendor:
    """A product: its key on command lines and in addresses, and its name."""

    key: str
    name: str


@dataclass(frozen=True)
class Pool:
    """What a way may read besides its metric's own fact, all as of one instant.

    fact: the rows of a fact by name; clock: the opening hours as relations.
    """

    fact: Callable[[str], Relation]
    clock: Callable[[], tuple[Relation, Relation]]


@dataclass(frozen=True)
class VendorWay:
    """How a product counts what one of our metrics counts.

    vendor: whose way. of: the key of our metric. metric: the way itself, a metric like ours that
    stands in no catalogue; its label is the product's own name for it. differs: in a sentence,
    how it differs from ours. lacks: what the product looks at and our facts do not hold, if
    anything. cited: where the product says so. adds: further columns from other facts, a row of
    the metric's fact staying a row.
    """

    vendor: Vendor
    of: str
    metric: Metric
    differs: str
    cited: str
    lacks: str = ""
    adds: Adds | None = None


def as_counted_by(vendor: Vendor, of: str, **changes: Any) -> Metric:
    """Our metric of that key with what a product does otherwise, without guards and exclusions."""
    ours = metric(of)
    plain: dict[str, Any] = {
        "key": f"{of}_as_{vendor.key}",
        "excludes": (),
        "counters": (),
        "beside": (),
        "waiting": None,
        "unknown": None,
        "provisional": None,
        "counts": None,
        "ripe_seconds": 0,
        "who": {},
        "example": Example((), None),
    }
    return replace(ours, **(plain | changes))


def without(reason: str, column: str) -> Exclusion:
    """Rows left out because a column has no value."""
    return Exclusion(reason, lambda rows: rows[column].isnull())


@cache
def ways() -> dict[str, VendorWay]:
    """Every way under `VENDOR METRIC`."""
    found = declared("regard.metrics.vendors", "WAYS")
    return by_key(found, lambda one: f"{one.vendor.key} {one.of}")


@cache
def vendors() -> dict[str, Vendor]:
    """Every product by its key."""
    return {one.vendor.key: one.vendor for one in ways().values()}


def ways_of(key: str) -> tuple[VendorWay, ...]:
    """The ways of a metric, by the products' keys."""
    found = [one for one in ways().values() if one.of == key]
    return tuple(sorted(found, key=lambda one: one.vendor.key))


def way(key: str, vendor: str) -> VendorWay:
    """How a product counts a metric; an error with a hint where that is not known."""
    metric(key)
    if vendor not in vendors():
        raise UnknownName("product", vendor, vendors())
    found = ways().get(f"{vendor} {key}")
    if found:
        return found
    name = vendors()[vendor].name
    others = ", ".join(one.vendor.key for one in ways_of(key))
    known = ", ".join(sorted(one.of for one in ways().values() if one.vendor.key == vendor))
    hint = f"It is known of: {others}. " if others else ""
    raise RegardError(
        f"How {name} counts '{key}' is not known here. {hint}Of {name} these are known: {known}."
    )


def plan_way(one: VendorWay, query: Query, reader: Reader) -> Plan:
    """Lay out a query for a way; its metric's needs must be filled."""
    adds = one.adds
    if adds is None:
        return plan(query, one.metric, reader)
    pool = Pool(lambda name: reader.fact(name, query.as_of), reader.clock)
    return plan(query, one.metric, reader, lambda rows: adds(rows, pool))


def measure_way(one: VendorWay, query: Query, reader: Reader) -> Measured:
    """What a product would show for a query, with the interval that it does not show."""
    lacking = missing(one.metric, reader)
    if lacking:
        return Measured((Part({}, nothing()),), {}, missing=lacking)
    laid = plan_way(one, query, reader)
    if not laid.ends:
        return Measured((Part({}, nothing()),), {}, missing=one.metric.requires)
    return Measured(parts_of(laid, reader.snapshot.engine), laid.ends)
