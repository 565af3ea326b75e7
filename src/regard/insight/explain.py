"""Explain a change: every row accounted for, composition against rate, which segments, which words.

Four things stand side by side: the ledger of both stretches, what of the change is composition
along each way to split (Simpson's case named), the segments that moved, and other definitions of
the same matter over the same days.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from regard.core.errors import BadValue, RegardError
from regard.core.period import day_of, parse_day
from regard.facts.reader import Reader
from regard.insight.anonymity import refuse_rows
from regard.insight.ask import ALL, Result, Scope, ask
from regard.insight.change import Change, compared, earlier
from regard.insight.definitions import Definition, definitions
from regard.insight.drivers import (
    Drivers,
    SplitMix,
    driver_json,
    drivers,
    estimate_json,
    moved_json,
)
from regard.insight.explained import what_it_says
from regard.insight.ledger import Ledger, ledger
from regard.insight.sentence import Sentence
from regard.metrics.beginnings import first_event
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query

BEFORE, YEAR = "before", "year"
Answer = Callable[[Query], Result]


@dataclass(frozen=True)
class Explanation:
    """Why a metric's value differs from that of another stretch.

    old, new: the answers about both. ledgers: of both. drivers: composition, rate and segments.
    definitions: the same matter counted otherwise over the new stretch. says: all of it in
    sentences, the change itself first. partial: stretches that the data do not wholly cover.
    """

    query: Query
    metric: Metric
    old: Result
    new: Result
    change: Change
    ledgers: tuple[Ledger, Ledger]
    drivers: Drivers
    definitions: tuple[Definition, ...]
    partial: tuple[tuple[date, date], ...]
    says: tuple[Sentence, ...] = ()

    @property
    def against(self) -> tuple[date, date]:
        """The days of the old stretch, the last excluded."""
        return self.change.against

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; sentences with their holes and what fills them."""
        told, moved = self.drivers, self.change
        return {
            "metric": self.metric.key,
            "query": self.query.to_json(),
            "against": {"from": moved.against[0].isoformat(), "to": moved.against[1].isoformat()},
            "store_version": self.new.store_version,
            "as_of": self.new.as_of.isoformat() if self.new.as_of else None,
            "old": estimate_json(self.old.parts[0].estimate),
            "new": estimate_json(self.new.parts[0].estimate),
            "change": {
                "word": moved.word,
                "value": moved.value,
                "low": moved.low,
                "high": moved.high,
                "detectable": moved.detectable,
                "good": moved.good,
            },
            "ledgers": [one.to_json() for one in self.ledgers],
            "parts": {
                "unit": told.unit,
                "seconds": told.seconds,
                "old": estimate_json(told.old),
                "new": estimate_json(told.new),
                "change": estimate_json(told.change),
                "reason": told.reason,
                "splits": [_split_json(one) for one in told.splits],
                "asked": told.asked,
                "drivers": [driver_json(one) for one in told.found],
            },
            "definitions": [one.to_json() for one in self.definitions],
            "partial": [
                {"from": since.isoformat(), "to": until.isoformat()}
                for since, until in self.partial
            ],
            "says": [one.to_json() for one in self.says],
        }


def explain(
    query: Query,
    reader: Reader,
    scope: Scope = ALL,
    against: tuple[date, date] | None = None,
    answer: Answer | None = None,
    side_by_side: bool = True,
) -> Explanation:
    """Why an unsplit query's value differs from another stretch's, else the one before it.

    The query needs a start and an end, and the metric one value a stretch; else an error says what
    to do. answer: where answers are kept, if not asked anew. side_by_side: whether other
    definitions are measured too, which takes longer than all the rest.
    """
    wanted = metric(query.metric)
    refuse_rows(wanted)
    if query.since is None or query.until is None:
        raise RegardError("An explanation needs a period. Say with from and to which days.")
    first, last = query.since, query.until
    query = replace(query, by=())
    asked = answer or (lambda one: ask(one, reader, scope))
    since, until = against or days_before(query)
    if max(since, first) < min(until, last):
        raise BadValue("The stretch to compare with", f"{since}..{until}", "outside the period")
    before = replace(query, since=since, until=until)
    new, old = asked(query), asked(before)
    if len(new.parts) != 1 or len(old.parts) != 1 or set(new.parts[0].by) != set(old.parts[0].by):
        raise BadValue("The metric", wanted.key, "one with a single value, to be explained")
    found = Explanation(
        query=query,
        metric=wanted,
        old=old,
        new=new,
        change=compared(new, old),
        ledgers=(ledger(old, reader, scope), ledger(new, reader, scope)),
        drivers=drivers(query, reader, scope, (since, until)),
        definitions=definitions(query, reader, scope) if side_by_side else (),
        partial=tuple(_partial((old, new), reader)),
    )
    return replace(
        found,
        says=what_it_says(found.change, (old, new), found.ledgers, found.drivers, found.partial),
    )


def days_before(query: Query) -> tuple[date, date]:
    """The days of the equally long stretch before a query's."""
    before = earlier(query)
    assert before.since is not None
    assert before.until is not None
    return before.since, before.until


def parse_against(said: str | None, query: Query) -> tuple[date, date] | None:
    """The stretch meant by `before`, `year` (the same days a year earlier) or `FROM..TO`.

    None where nothing is said or the query has no days; anything else: BadValue.
    """
    if query.since is None or query.until is None or not said:
        return None
    if said == BEFORE:
        return days_before(query)
    if said == YEAR:
        return _year_before(query.since), _year_before(query.until)
    first, dots, last = said.partition("..")
    since, until = (parse_day("against", text.strip()) for text in (first, last))
    if not dots or since is None or until is None or since >= until:
        raise BadValue("'against'", said, "before, year or days such as 2026-01-01..2026-02-01")
    return since, until


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


def _partial(answers: tuple[Result, Result], reader: Reader) -> Iterator[tuple[date, date]]:
    """The stretches that began before the data or ended after them."""
    for one in answers:
        since, until = one.query.since, one.query.until
        assert since is not None
        assert until is not None
        zone = one.query.zone or reader.settings.zone
        first = first_event(one.metric, reader)
        begun = first is not None and day_of(first, zone) <= since
        seen = one.as_of is not None and day_of(one.as_of, zone) >= until - timedelta(days=1)
        if not (begun and seen):
            yield since, until


def _split_json(one: SplitMix) -> dict[str, Any]:
    mix = one.mix
    return {
        "split": one.split,
        "mix": estimate_json(mix.mix) if mix else None,
        "rate": estimate_json(mix.rate) if mix else None,
        "remainder": mix.remainder if mix else None,
        "verdict": mix.verdict if mix else "",
        "segments": [{"value": value} | moved_json(moved) for value, moved in one.segments.items()],
    }
