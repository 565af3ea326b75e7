"""Explain a change: every row accounted for, composition against rate, which segments, which words.

Four things stand side by side: the ledger of both stretches, what of the change is composition
along each way to split (Simpson's case named), the segments that moved, and other definitions of
the same matter over the same days.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regard.core.errors import BadValue, RegardError
from regard.facts.reader import Reader
from regard.insight.against import BEFORE, DASH, stretch_against
from regard.insight.anonymity import refuse_rows
from regard.insight.ask import ALL, Result, Scope
from regard.insight.compare import Comparison, compare_at
from regard.insight.definitions import Definition, definitions
from regard.insight.desk import Desk, desk
from regard.insight.drivers import (
    Drivers,
    SplitMix,
    driver_json,
    drivers,
    moved_json,
)
from regard.insight.explained import what_it_says
from regard.insight.ledger import Ledger, ledger
from regard.insight.sentence import Sentence
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query

Against = str | tuple[date, date]
"""What to compare with: before, year, `FROM..TO`, or two days, the second not counted."""


@dataclass(frozen=True)
class Explanation:
    """Why a metric's value differs from that of another stretch.

    compared: the fair comparison, over the days that both sides can be judged by. old, new: the
    answers about both stretches whole; ledgers: of both. drivers: composition, rate and segments,
    over the days compared. definitions: the same matter counted otherwise over the new stretch.
    says: all of it in sentences, the change itself first.
    """

    query: Query
    metric: Metric
    compared: Comparison
    old: Result
    new: Result
    ledgers: tuple[Ledger, Ledger]
    drivers: Drivers
    definitions: tuple[Definition, ...]
    says: tuple[Sentence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; sentences with their holes and what fills them."""
        told = self.drivers
        return {
            "metric": self.metric.key,
            "query": self.query.to_json(),
            "store_version": self.new.store_version,
            "as_of": self.new.as_of.isoformat() if self.new.as_of else None,
            "old": self.old.parts[0].estimate.to_json(),
            "new": self.new.parts[0].estimate.to_json(),
            "compared": self.compared.to_json(),
            "ledgers": [one.to_json() for one in self.ledgers],
            "parts": {
                "unit": told.unit,
                "seconds": told.seconds,
                "old": told.old.to_json(),
                "new": told.new.to_json(),
                "change": told.change.to_json(),
                "reason": told.reason,
                "splits": [_split_json(one) for one in told.splits],
                "asked": told.asked,
                "drivers": [driver_json(one) for one in told.found],
            },
            "definitions": [one.to_json() for one in self.definitions],
            "says": [one.to_json() for one in self.says],
        }


def explain(
    query: Query,
    reader: Reader,
    scope: Scope = ALL,
    against: Against = BEFORE,
    side_by_side: bool = True,
) -> Explanation:
    """Why an unsplit query's value differs from another stretch's.

    The query needs a start and an end, the metric one value a stretch, and the stretches must not
    overlap; else an error says what to do. side_by_side: whether other definitions are measured
    too, which takes longer than all the rest.
    """
    return explain_at(desk(reader, scope), query, against, side_by_side)


def explain_at(
    at: Desk, query: Query, against: Against = BEFORE, side_by_side: bool = True
) -> Explanation:
    """The same as `explain`, asked at a desk."""
    wanted = metric(query.metric)
    refuse_rows(wanted)
    if query.since is None or query.until is None:
        raise RegardError("An explanation needs a period. Say with from and to which days.")
    query = replace(query, by=())
    words = against if isinstance(against, str) else DASH.join(day.isoformat() for day in against)
    _, before = stretch_against(query, words)
    _refuse_overlap(query, before)
    new, old = at.answer(query), at.answer(before)
    if len(new.parts) != 1 or len(old.parts) != 1 or set(new.parts[0].by) != set(old.parts[0].by):
        raise BadValue("The metric", wanted.key, "one with a single value, to be explained")
    told = compare_at(at, query, words)
    ledgers = (ledger(old, at.reader, at.scope), ledger(new, at.reader, at.scope))
    moved = _drivers(at, told, query, before)
    return Explanation(
        query=query,
        metric=wanted,
        compared=told,
        old=old,
        new=new,
        ledgers=ledgers,
        drivers=moved,
        definitions=definitions(query, at.reader, at.scope) if side_by_side else (),
        says=what_it_says(told, (old, new), ledgers, moved),
    )


def _refuse_overlap(query: Query, before: Query) -> None:
    """A row that stands on both sides would be held against itself."""
    stretches = [(one.since or date.min, one.until or date.max) for one in (query, before)]
    if max(since for since, _ in stretches) < min(until for _, until in stretches):
        days = DASH.join(day.isoformat() for day in stretches[1])
        raise BadValue("The stretch to compare with", days, "outside the period itself")


def _drivers(at: Desk, told: Comparison, query: Query, before: Query) -> Drivers:
    """What moved it, over the days that both sides can be judged by."""
    assert before.since is not None
    assert before.until is not None
    days = (before.since, before.until)
    if told.judged and told.before is not None:
        query, days = replace(query, since=told.since, until=told.until), told.before
    return drivers(query, at.reader, at.scope, days)


def _split_json(one: SplitMix) -> dict[str, Any]:
    mix = one.mix
    return {
        "split": one.split,
        "mix": mix.mix.to_json() if mix else None,
        "rate": mix.rate.to_json() if mix else None,
        "remainder": mix.remainder if mix else None,
        "verdict": mix.verdict if mix else "",
        "segments": [{"value": value} | moved_json(moved) for value, moved in one.segments.items()],
    }
