"""Ask a query, get a result; ask for its rows, get those: the functions behind every door."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from regard.core.errors import UnknownName
from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.anonymity import refuse_rows, released
from regard.insight.lacking import givers_of, say_why
from regard.metrics.engine import Measured, Part, measure, sql_of
from regard.metrics.listed import KINDS, listed
from regard.metrics.metric import Metric, metric
from regard.metrics.plan import missing, plan
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient

NO_SOURCE = N_("No source here fills {tables}, so there is no data, not zero.")
NO_ROWS = N_("Nothing in the data falls under this question.")
MOST_ROWS = 1_000
MOST_ANSWERS = 256


@dataclass(frozen=True)
class Scope:
    """What somebody may see: None is everything. Doors make it, this module holds to it."""

    teams: tuple[str, ...] | None = None
    agents: tuple[str, ...] | None = None
    may_see_text: bool = False


ALL = Scope()
ANSWERS: WeakKeyDictionary[Reader, OrderedDict[Query, "Result"]] = WeakKeyDictionary()
"""The last answers of each reader: it reads one store version, so that they never change."""


@dataclass(frozen=True)
class Result:
    """An answer: the query, the metric that it asks, its parts, and what they were read from.

    as_of: the latest instant read; ends: that of each source. reason: why there is no data, in
    English and marked for translation; lacking: the event tables that no source fills.
    """

    query: Query
    metric: Metric
    parts: tuple[Part, ...]
    store_version: int
    as_of: datetime | None
    ends: Mapping[str, datetime]
    reason: str = ""
    lacking: tuple[str, ...] = ()

    def why(self, language: str) -> str:
        """Why there is no data and what would give it, in a language; empty where there is."""
        return say_why(self.reason, self.lacking, language)

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values: seconds and shares as numbers, instants in ISO form."""
        return {
            "metric": self.metric.key,
            "version": self.metric.version,
            "query": self.query.to_json(),
            "store_version": self.store_version,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "sources": {name: at.isoformat() for name, at in sorted(self.ends.items())},
            "reason": self.why("en"),
            "givers": givers_of(self.lacking),
            "parts": [_part_json(part) for part in self.parts],
        }


@dataclass(frozen=True)
class RowsPage:
    """Some of the rows behind an answer, and how many there are in all."""

    kind: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    total: int


def ask(query: Query, reader: Reader, scope: Scope = ALL) -> Result:
    """The answer to a query, for somebody with a scope."""
    within = within_scope(query, scope)
    known = ANSWERS.setdefault(reader, OrderedDict())
    if within not in known:
        known[within] = _asked(query, within, reader)
        if len(known) > MOST_ANSWERS:
            known.popitem(last=False)
    known.move_to_end(within)
    return known[within]


def _asked(query: Query, within: Query, reader: Reader) -> Result:
    wanted = metric(query.metric)
    measured = released if wanted.anonymous else measure
    return concluded(query, wanted, measured(within, wanted, reader), reader)


def concluded(query: Query, wanted: Metric, told: Measured, reader: Reader) -> Result:
    """What was measured as an answer, with the reason where there is no data."""
    as_of = max(told.ends.values(), default=None)
    empty = all(part.estimate.value is None and not part.estimate.n for part in told.parts)
    reason = NO_SOURCE if told.missing else NO_ROWS if empty else ""
    return Result(query, wanted, told.parts, reader.version, as_of, told.ends, reason, told.missing)


def sql(query: Query, reader: Reader, scope: Scope = ALL) -> str:
    """The SQL behind a query."""
    wanted = metric(query.metric)
    refuse_rows(wanted)
    return sql_of(within_scope(query, scope), wanted, reader)


def rows(
    query: Query,
    reader: Reader,
    scope: Scope = ALL,
    *,
    kind: str = "counted",
    limit: int = 100,
    offset: int = 0,
) -> RowsPage:
    """The rows behind a query: those counted, excluded (with `reason`), or still waiting.

    Ordered by the fact's key, so that pages never overlap.
    """
    if kind not in KINDS:
        raise UnknownName("kind of rows", kind, KINDS)
    wanted = metric(query.metric)
    refuse_rows(wanted)
    if isinstance(wanted.shape, Quotient):
        wanted = metric(wanted.shape.top)
    if missing(wanted, reader):
        return RowsPage(kind, (), (), 0)
    laid = plan(within_scope(replace(query, by=()), scope), wanted, reader)
    found = listed(laid, kind)
    engine = reader.snapshot.engine
    total = int(engine.to_pyarrow(found.count()).as_py())
    ordered = found.order_by(*laid.fact.key).limit(min(limit, MOST_ROWS), offset=offset)
    told = tuple(engine.to_pyarrow(ordered).to_pylist())
    return RowsPage(kind, tuple(found.columns), told, total)


def within_scope(query: Query, scope: Scope) -> Query:
    """The query with the filters that a scope forces on it."""
    forced = [("team", scope.teams)] if scope.teams is not None else []
    forced += [("agent", scope.agents)] if scope.agents is not None else []
    return replace(query, within=(*query.within, *forced)) if forced else query


def _part_json(part: Part) -> dict[str, Any]:
    said = part.estimate
    return {
        "by": dict(part.by),
        "value": _number(said.value),
        "low": _number(said.low),
        "high": _number(said.high),
        "n": said.n,
        "coverage": dict(part.coverage),
        "note": said.note,
    }


def _number(value: float | None) -> float | int | None:
    """Whole numbers without a point; the rest to twelve digits, so that bytes stay the same."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.12g}")
