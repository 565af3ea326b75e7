"""What changed against the stretch before: equal calendar length, a difference with interval."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from regard.core.period import day_of
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask
from regard.metrics.beginnings import first_event
from regard.metrics.engine import Part
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.difference import UNCLEAR, approximate_quantile_difference, mover, words
from regard.stats.estimate import Estimate, nothing

WORDS = {"high": "high", "low": "low", "none": ""}


@dataclass(frozen=True)
class Change:
    """A difference in words: new less old, in the metric's unit.

    word: `up`, `down` or `no detectable change`; detectable: then the smallest change that could
    have been seen. good: whether it is for the better; None where unclear or no matter. against:
    the days compared with, the last excluded.
    """

    word: str
    value: float | None
    low: float | None
    high: float | None
    detectable: float | None
    good: bool | None
    against: tuple[date, date]


def change(query: Query, reader: Reader, scope: Scope = ALL) -> Change | None:
    """How an unsplit query's value differs from that of the equally long stretch before it.

    None where the query has no start or end, and where the data do not reach so far back or do
    not yet cover the period (an unfinished month is not compared with a whole one), and for
    metrics of several values.
    """
    return change_by(query, reader, lambda asked: ask(asked, reader, scope))


def change_by(query: Query, reader: Reader, answer: Callable[[Query], Result]) -> Change | None:
    """The same as `change`, with the two answers taken from wherever they are kept."""
    if query.since is None or query.until is None:
        return None
    before = earlier(query)
    new, old = answer(replace(query, by=())), answer(before)
    if len(new.parts) != 1 or len(old.parts) != 1:
        return None
    if not (_whole(new, query, reader) and _whole(old, before, reader)):
        return None
    return compared(new, old)


def earlier(query: Query) -> Query:
    """The unsplit query about the stretch before; whole months compare with whole months."""
    assert query.since is not None
    assert query.until is not None
    since, until = query.since, query.until
    if since.day == 1 and until.day == 1:
        months = (until.year - since.year) * 12 + until.month - since.month
        first = since.year * 12 + since.month - 1 - months
        start = date(first // 12, first % 12 + 1, 1)
    else:
        start = since - (until - since)
    return replace(query, since=start, until=since, by=())


def compared(new: Result, old: Result) -> Change:
    """The difference of two unsplit results of one metric."""
    wanted = metric(new.query.metric)
    one, other = new.parts[0].estimate, old.parts[0].estimate
    if not _alike(new.parts[0], old.parts[0]):
        other = nothing()
    gap = _difference(one, other, wanted.unit)
    verdict = words(gap, WORDS[wanted.better])
    since, until = old.query.since, old.query.until
    assert since is not None
    assert until is not None
    word = verdict.word if gap.value is not None else UNCLEAR
    return Change(
        word, gap.value, gap.low, gap.high, verdict.detectable, verdict.good, (since, until)
    )


def _alike(new: Part, old: Part) -> bool:
    """Whether both are of the same scales: a new scale starts a new series."""
    scales = [(part.by.get("scale"), part.coverage.get("scales")) for part in (new, old)]
    return scales[0] == scales[1]


def _difference(new: Estimate, old: Estimate, unit: str) -> Estimate:
    """Times are quantiles: their difference is the normal approximation from both intervals."""
    return approximate_quantile_difference(new, old) if unit == "seconds" else mover(new, old)


def _whole(result: Result, query: Query, reader: Reader) -> bool:
    """Whether the data cover the whole period: begun before it, seen to its end."""
    assert query.since is not None
    assert query.until is not None
    zone = query.zone or reader.settings.zone
    first = first_event(result.metric, reader)
    if first is None or result.as_of is None:
        return False
    begun = day_of(first, zone) <= query.since
    seen = day_of(result.as_of, zone) >= query.until - timedelta(days=1)
    return begun and seen and result.parts[0].estimate.value is not None
