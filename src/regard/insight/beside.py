"""A metric beside another product's way of counting it: both values, and whom only one counts."""

from dataclasses import dataclass
from typing import Any

from regard.core.i18n import translate
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask, concluded, within_scope
from regard.metrics.metric import metric
from regard.metrics.plan import missing, plan
from regard.metrics.query import Query
from regard.metrics.standing import COUNTED, Only, Side, ever, reasons, standings
from regard.metrics.vendor import VendorWay, measure_way, plan_way, way


@dataclass(frozen=True)
class Beside:
    """Both answers to one query, and the tickets that both or only one of the two count.

    ours, theirs: the answers; the metric of theirs stands in no catalogue. both: tickets counted
    by both; only_ours, only_theirs: the others by why the other does not count them.
    """

    way: VendorWay
    ours: Result
    theirs: Result
    both: int = 0
    only_ours: tuple[Only, ...] = ()
    only_theirs: tuple[Only, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, sentences in English."""
        return {
            "metric": self.way.of,
            "as": self.way.vendor.key,
            "product": self.way.vendor.name,
            "called": self.way.metric.label,
            "differs": self.way.differs,
            "lacks": self.way.lacks,
            "cited": self.way.cited,
            "ours": self.ours.to_json(),
            "theirs": self.theirs.to_json(),
            "tickets": {
                "both": self.both,
                "only_ours": [_only_json(one) for one in self.only_ours],
                "only_theirs": [_only_json(one) for one in self.only_theirs],
            },
        }


def beside(query: Query, vendor: str, reader: Reader, scope: Scope = ALL) -> Beside:
    """Our answer to a query and a product's.

    An unknown product, or one whose way of the metric is not known, is an error with a hint.
    """
    found = way(query.metric, vendor)
    within = within_scope(query, scope)
    ours = ask(query, reader, scope)
    theirs = concluded(query, found.metric, measure_way(found, within, reader), reader)
    if missing(ours.metric, reader) or missing(found.metric, reader):
        return Beside(found, ours, theirs)
    return Beside(found, ours, theirs, *_tickets(found, within, reader))


def why_only(one: Only, language: str) -> str:
    """Why tickets are counted by one of the two alone, in a language."""
    if not one.population:
        return translate(one.reason, language)
    population = translate(one.population, language)
    return translate(one.reason, language, population=population)


def _tickets(
    found: VendorWay, query: Query, reader: Reader
) -> tuple[int, tuple[Only, ...], tuple[Only, ...]]:
    """How many tickets both count, and how many only one of the two, and why."""
    wide, wanted = ever(query), metric(query.metric)
    ours = Side(plan(query, wanted, reader), plan(wide, wanted, reader))
    theirs = Side(plan_way(found, query, reader), plan_way(found, wide, reader))
    told = reader.snapshot.engine.to_pyarrow(standings(ours, theirs)).to_pylist()
    book = {(row["standing"], row["theirs"]): int(row["tickets"]) for row in told}
    only_ours = {there: n for (here, there), n in book.items() if here == COUNTED != there}
    only_theirs = {here: n for (here, there), n in book.items() if there == COUNTED != here}
    both = book.get((COUNTED, COUNTED), 0)
    return both, reasons(theirs, only_ours), reasons(ours, only_theirs)


def _only_json(one: Only) -> dict[str, Any]:
    return {"reason": why_only(one, "en"), "tickets": one.tickets}
