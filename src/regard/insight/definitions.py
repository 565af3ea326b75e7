"""A metric beside its variants and other products' ways, over the same days: what differs.

Values and cases alone: what differs between two definitions is no matter of chance.
"""

from dataclasses import dataclass, replace
from typing import Any

from regard.core.errors import UnknownName
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Scope, ask, within_scope
from regard.metrics.engine import Part, measure
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Metric, catalogue, metric
from regard.metrics.query import Query
from regard.metrics.vendor import VendorWay, measure_way, ways_of
from regard.stats.estimate import Estimate, nothing


@dataclass(frozen=True)
class Definition:
    """One way to count the same matter, and what it comes to.

    product: whose way, empty for ours. label: its name, ours marked for translation. differs: in a
    sentence, marked. lacks: what the product looks at and our facts do not hold, if anything.
    """

    key: str
    product: str
    label: str
    unit: str
    estimate: Estimate
    differs: str
    lacks: str = ""

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, in English."""
        said = self.estimate
        return {
            "key": self.key,
            "product": self.product,
            "label": self.label,
            "unit": self.unit,
            "value": said.value,
            "n": said.n,
            "note": said.note,
            "differs": self.differs,
            "lacks": self.lacks,
        }


def definitions(query: Query, reader: Reader, scope: Scope = ALL) -> tuple[Definition, ...]:
    """The metric of an unsplit query first, then its variants, then the ways of products."""
    wanted = metric(query.metric)
    alone = replace(query, by=())
    within = within_scope(alone, scope)
    first = _alone(ask(alone, reader, scope).parts)
    ours = [
        Definition(wanted.key, "", wanted.label, wanted.unit, first, wanted.says),
        *(_ours(one, within, reader) for one in variants(wanted)),
    ]
    theirs = [_theirs(one, within, reader) for one in ways_of(wanted.key)]
    return (*ours, *theirs)


def variants(wanted: Metric) -> tuple[Metric, ...]:
    """The other metrics that ask the same, the one that stands for the question first."""
    root = wanted.variant_of or wanted.key
    return tuple(
        one
        for one in sorted(catalogue().values(), key=lambda one: (one.key != root, one.key))
        if root in (one.key, one.variant_of) and one.key != wanted.key and not one.anonymous
    )


def _ours(one: Metric, query: Query, reader: Reader) -> Definition:
    try:
        said = _alone(measure(replace(query, metric=one.key), _lean(one), reader).parts)
    except UnknownName:
        # A variant over other rows may not know a filter of this question.
        said = nothing()
    return Definition(one.key, "", one.label, one.unit, said, one.says)


def _theirs(way: VendorWay, query: Query, reader: Reader) -> Definition:
    one = way.metric
    said = _alone(measure_way(replace(way, metric=_lean(one)), query, reader).parts)
    return Definition(one.key, way.vendor.name, one.label, one.unit, said, way.differs, way.lacks)


def _lean(one: Metric) -> Metric:
    """The metric without its clusters where only the interval of a curve needs them."""
    return replace(one, cluster=()) if isinstance(one.shape, Incidence) else one


def _alone(parts: tuple[Part, ...]) -> Estimate:
    """The value and the cases of an answer that has one value."""
    if len(parts) != 1:
        return nothing()
    return replace(parts[0].estimate, low=None, high=None)
