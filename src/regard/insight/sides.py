"""Comparison over parts: each part of a split with itself before, or with all others together.

Many parts are looked at, so that each difference is called one only after all are minded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from regard.core.errors import BadValue, UnknownName
from regard.core.i18n import N_
from regard.core.period import PERIODS
from regard.facts.reader import Reader
from regard.insight.against import BEFORE, OTHERS, YEAR, stretch_against
from regard.insight.ask import ALL, Scope
from regard.insight.compare import (
    NO_VALUE,
    TOO_EARLY,
    UNALIKE,
    Comparison,
    alike,
    chance,
    compare_at,
    worded,
)
from regard.insight.desk import Desk, desk
from regard.insight.sentence import Sentence, Stretch
from regard.insight.span import Span, judged_span
from regard.insight.volumes import is_volume
from regard.metrics.engine import Part
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.metrics.sides import Tie
from regard.metrics.splits import splits_of
from regard.stats.difference import DOWN, UNCLEAR, UP, mover
from regard.stats.discovery import FALSE_CALLS, adjusted

MOST_PARTS = 60
"""More than so many parts are a list of names: a filter says which of them are meant."""
NOBODY_ELSE = N_("There is nobody else to be compared with.")


@dataclass(frozen=True)
class Sides:
    """The parts of one split, each held against something.

    parts: in the order of the answer; the chance of each is adjusted for all that were asked
    (Benjamini and Hochberg), and its word is `up` or `down` only where that still stands. asked:
    how many had something to be compared with. left_out: how many parts were beyond MOST_PARTS.
    """

    query: Query
    metric: Metric
    way: str
    split: str
    parts: tuple[Comparison, ...]
    asked: int = 0
    left_out: int = 0

    @property
    def moved(self) -> tuple[Comparison, ...]:
        """The parts that differ, all that were looked at minded."""
        return tuple(one for one in self.parts if one.word in (UP, DOWN))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "metric": self.metric.key,
            "query": self.query.to_json(),
            "against": self.way,
            "by": self.split,
            "asked": self.asked,
            "left_out": self.left_out,
            "parts": [one.to_json() for one in self.parts],
        }


def sides(query: Query, reader: Reader, against: str = BEFORE, scope: Scope = ALL) -> Sides:
    """Each part of a query split one way, against before, year, `FROM..TO` or others.

    The query must have a start and an end. Raises BadValue for several splits, for periods, and
    for a count held against others: parts of different sizes differ by that alone.
    """
    return sides_at(desk(reader, scope), query, against)


def sides_at(at: Desk, query: Query, against: str = BEFORE) -> Sides:
    """The same as `sides`, asked at a desk."""
    wanted = metric(query.metric)
    split = _split(query, wanted)
    if query.since is None or query.until is None:
        raise BadValue("The stretch", "without a start or an end", "two days: --from and --to")
    whole = at.answer(replace(query, by=()))
    if whole.lacking or whole.as_of is None:
        why = Sentence(NO_VALUE, {"stretch": Stretch(query.since, query.until)})
        bare = Comparison(query, wanted, against, query.since, query.until, None, why=why)
        return Sides(query, wanted, against, split, (bare,))
    if against == OTHERS:
        return _minded(query, wanted, OTHERS, split, _beside_others(at, query, wanted, split))
    way, other = stretch_against(replace(query, by=()), against)
    other = replace(other, by=query.by)
    return _minded(query, wanted, way, split, _beside_before(at, query, other, way, split))


def _split(query: Query, wanted: Metric) -> str:
    if len(query.by) != 1:
        raise BadValue("--by", ",".join(query.by), "one way to split, such as team")
    (split,) = query.by
    if split in PERIODS:
        raise BadValue("--by", split, "a way to split besides periods, such as team")
    if split not in splits_of(wanted):
        raise UnknownName(f"way to split {wanted.key}", split, splits_of(wanted))
    return split


def _minded(
    query: Query, wanted: Metric, way: str, split: str, found: Iterable[Comparison]
) -> Sides:
    """All parts together: what stood out by chance alone, of so many, stands out no more."""
    told = list(found)
    kept, asked = told[:MOST_PARTS], [one for one in told[:MOST_PARTS] if one.judged]
    chances = dict(
        zip(map(id, asked), adjusted([one.chance for one in asked], len(asked)), strict=True)
    )
    parts = tuple(_held(one, chances[id(one)]) if one.judged else one for one in kept)
    return Sides(query, wanted, way, split, parts, len(asked), len(told) - len(kept))


def _held(one: Comparison, chance: float) -> Comparison:
    if chance <= FALSE_CALLS or one.word not in (UP, DOWN):
        return replace(one, chance=chance)
    low, high = one.gap.low, one.gap.high
    least = None if low is None or high is None else (high - low) / 2
    return replace(one, chance=chance, word=UNCLEAR, good=None, detectable=least)


def _beside_before(
    at: Desk, query: Query, other: Query, way: str, split: str
) -> Iterable[Comparison]:
    wanted = metric(query.metric)
    spans = new_span, old_span = _spans(at, wanted, query, other)
    on = max((one.whole_on for one in spans if one.whole_on), default=None)
    bare = Comparison(
        query,
        wanted,
        way,
        new_span.since,
        new_span.until,
        (old_span.since, old_span.until),
        unit=wanted.unit,
        whole_on=on,
    )
    if not (new_span.enough and old_span.enough):
        assert on is not None
        yield replace(bare, why=Sentence(TOO_EARLY, {"day": on}))
        return
    asked = [
        replace(one, since=span.since, until=span.until)
        for one, span in ((query, new_span), (other, old_span))
    ]
    new, old = (_by_value(at.answer(each).parts, split, wanted) for each in asked)
    for value in dict.fromkeys((*new, *old)):
        told = replace(bare, part={split: value})
        yield _compared(at, told, new.get(value), old.get(value), _again(way, other))


def _again(way: str, other: Query) -> str:
    """The words that mean the same stretch again."""
    return way if way in (BEFORE, YEAR) else f"{other.since}..{other.until}"


def _compared(
    at: Desk, bare: Comparison, new: Part | None, old: Part | None, against: str
) -> Comparison:
    """One part against itself; what needs days or curves is compared as the whole would be."""
    (split,) = bare.part
    value = bare.part[split]
    if value is not None and (is_volume(bare.metric) or _unreached(new) or _unreached(old)):
        where = (*_elsewhere(bare.query, split), (split, str(value)))
        told = compare_at(at, replace(bare.query, by=(), where=where), against)
        return replace(told, part=bare.part)
    return _gap(bare, new, old, bare.before)


def _gap(
    bare: Comparison, new: Part | None, old: Part | None, days: tuple[date, date] | None
) -> Comparison:
    for part, stretch in ((new, (bare.since, bare.until)), (old, days or (bare.since, bare.until))):
        if part is None or part.estimate.value is None:
            bare = replace(
                bare,
                new=new.estimate if new else bare.new,
                old=old.estimate if old else bare.old,
            )
            return replace(bare, why=Sentence(NO_VALUE, {"stretch": Stretch(*stretch)}))
    assert new is not None
    assert old is not None
    bare = replace(bare, new=new.estimate, old=old.estimate)
    if not alike(new, old):
        return replace(bare, why=Sentence(UNALIKE))
    gap = mover(new.estimate, old.estimate)
    return worded(replace(bare, gap=gap, chance=chance(bare, gap, Tie())))


def _beside_others(at: Desk, query: Query, wanted: Metric, split: str) -> Iterable[Comparison]:
    """Each part against all rows of the other parts together, over the same days."""
    if is_volume(wanted) or wanted.unit == "count":
        raise BadValue("A count against others", wanted.key, "a comparison: use --against before")
    span = _span(at, wanted, query)
    bare = Comparison(
        query,
        wanted,
        OTHERS,
        span.since,
        span.until,
        None,
        unit=wanted.unit,
        whole_on=span.whole_on,
    )
    if not span.enough:
        assert span.whole_on is not None
        yield replace(bare, why=Sentence(TOO_EARLY, {"day": span.whole_on}))
        return
    asked = replace(query, since=span.since, until=span.until)
    parts = _by_value(at.answer(asked).parts, split, wanted)
    named = [str(value) for value in parts if value is not None][: MOST_PARTS + 1]
    for value in named:
        others = tuple((split, one) for one in named if one != value)
        told = replace(bare, part={split: value})
        if not others:
            yield replace(told, new=parts[value].estimate, why=Sentence(NOBODY_ELSE))
            continue
        rest = replace(asked, by=(), where=(*_elsewhere(query, split), *others))
        found = at.answer(rest).parts
        yield _gap(told, parts[value], found[0] if len(found) == 1 else None, None)


def _elsewhere(query: Query, split: str) -> tuple[tuple[str, str], ...]:
    """The filters by anything but the split."""
    return tuple(pair for pair in query.where if pair[0] != split)


def _span(at: Desk, wanted: Metric, query: Query) -> Span:
    """The days that can be judged."""
    as_of = at.answer(replace(query, by=())).as_of
    assert as_of is not None
    return judged_span(query, wanted, as_of, at.zone(query))


def _spans(at: Desk, wanted: Metric, query: Query, other: Query) -> tuple[Span, Span]:
    """The days that can be judged on both sides, equally many from the start of each."""
    new, old = _span(at, wanted, query), _span(at, wanted, other)
    if new.whole_on is None and old.whole_on is None:
        return new, old
    days = min(new.days, old.days)
    return _first(new, days), _first(old, days)


def _by_value(found: Sequence[Part], split: str, wanted: Metric) -> dict[str | None, Part]:
    """The parts by the value of the split."""
    if any(set(one.by) != {split} for one in found):
        raise BadValue("The metric", wanted.key, "one with a single value for each part")
    return {one.by[split]: one for one in found}


def _first(span: Span, days: int) -> Span:
    return replace(span, until=span.since + timedelta(days=days))


def _unreached(part: Part | None) -> bool:
    return part is not None and part.estimate.value is None and part.estimate.n > 0
