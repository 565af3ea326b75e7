"""Fair comparison: new less old with its own interval, over days that both sides can be judged by.

METRICS §1.6 and §1.14: equal calendar length, both finished or cut at the same age; volumes per
opening day, matched by weekday and holidays; times that were not reached by the share served at a
fixed time; customers who stand on both sides minded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from regard.core.errors import BadValue
from regard.core.i18n import N_
from regard.core.period import day_of
from regard.facts.reader import Reader
from regard.insight.against import BEFORE, stretch_against
from regard.insight.ask import ALL, Scope, within_scope
from regard.insight.desk import Desk, desk
from regard.insight.sentence import Marked, Sentence, Stretch
from regard.insight.span import Span, earliest, judged_span
from regard.insight.volumes import is_volume, matched
from regard.metrics.beginnings import first_event
from regard.metrics.engine import Part, measure
from regard.metrics.incidence import Incidence, IncidenceAt
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.metrics.sides import Tie
from regard.metrics.stretch import OverTime
from regard.stats.difference import mover, words
from regard.stats.discovery import chance_between, chance_of
from regard.stats.estimate import NOT_REACHED, Estimate, nothing

GOOD: Mapping[str, str] = {"high": "high", "low": "low", "none": ""}
HORIZONS = (7 * 86_400, 3 * 86_400, 86_400, 4 * 3600, 3600)
"""Where a quantile was not reached, two curves are compared at the first of these that can be."""
NO_OLD = N_("The data do not reach back to {stretch}, so there is nothing to compare with.")
NO_VALUE = N_("There is no value for {stretch}.")
TOO_EARLY = N_("Too early to judge: the verdict comes on {day}.")
CUT = N_("Judged over {stretch} on both sides; the whole can be judged on {day}.")
UNALIKE = N_("The two sides are on different scales: a new scale starts a new series.")
SERVED = N_("The {name} was not reached, so the shares served within a fixed time are compared.")
DIFFERENCE, MATCHED, AT_A_TIME = "difference", "matched", "served"
METHODS: Mapping[str, str] = {
    DIFFERENCE: N_("difference of the two values"),
    MATCHED: N_("per opening day, days of one kind with days of the same kind"),
    AT_A_TIME: N_("shares served within a fixed time"),
}
"""How two sides were compared, in words."""


@dataclass(frozen=True)
class Comparison:
    """A value held against another.

    way: of `against.WAYS`. since, until: the days judged; before: the other side's, None where it
    is a figure. new, old: both values; gap: new less old, in `unit` (that of the metric, but for
    shares served within `within` seconds). ratio: new ÷ old, of volumes alone. chance: the
    two-sided p-value of no change. word: `up`, `down`, `no detectable change`, or empty where
    nothing can be said; good: whether it is for the better; detectable: with no detectable change
    the smallest that could have been seen. method: of METHODS. whole_on: the first day on which
    all of the stretch can be judged, where that is still to come. why: what stands in the way;
    notes: what a reader must know. part: of the splits asked for.
    """

    query: Query
    metric: Metric
    way: str
    since: date
    until: date
    before: tuple[date, date] | None
    new: Estimate = field(default_factory=nothing)
    old: Estimate = field(default_factory=nothing)
    gap: Estimate = field(default_factory=nothing)
    unit: str = ""
    ratio: Estimate | None = None
    chance: float = 1.0
    word: str = ""
    good: bool | None = None
    detectable: float | None = None
    method: str = DIFFERENCE
    within: int | None = None
    whole_on: date | None = None
    why: Sentence | None = None
    notes: tuple[Sentence, ...] = ()
    part: Mapping[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether anything could be said."""
        return bool(self.word)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; sentences with their holes and what fills them."""
        return {
            "metric": self.metric.key,
            "query": self.query.to_json(),
            "against": self.way,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "before": [day.isoformat() for day in self.before] if self.before else None,
            "part": dict(self.part),
            "unit": self.unit,
            **{name: getattr(self, name).to_json() for name in ("new", "old", "gap")},
            "ratio": self.ratio.to_json() if self.ratio else None,
            "chance": self.chance,
            "word": self.word,
            "good": self.good,
            "detectable": self.detectable,
            "method": self.method,
            "within": self.within,
            "whole_on": self.whole_on.isoformat() if self.whole_on else None,
            "why": self.why.to_json() if self.why else None,
            "notes": [one.to_json() for one in self.notes],
        }


def compare(
    query: Query,
    reader: Reader,
    against: str = BEFORE,
    scope: Scope = ALL,
    together: tuple[str, ...] = (),
) -> Comparison:
    """An unsplit query's value against that of another stretch: before, year or `FROM..TO`.

    together: keys of further metrics that must be ripe on the same days (counter-metrics). The
    query must have a start and an end. Raises BadValue for metrics of several values.
    """
    return compare_at(desk(reader, scope), query, against, together)


def compare_at(
    at: Desk, query: Query, against: str = BEFORE, together: tuple[str, ...] = ()
) -> Comparison:
    """The same as `compare`, asked at a desk."""
    wanted = metric(query.metric)
    query = replace(query, by=())
    way, other = stretch_against(query, against)
    assert query.since is not None
    assert query.until is not None
    assert other.since is not None
    assert other.until is not None
    bare = Comparison(
        query, wanted, way, query.since, query.until, (other.since, other.until), unit=wanted.unit
    )
    whole = at.answer(query)
    if whole.lacking or whole.as_of is None:
        return replace(bare, why=Sentence(NO_VALUE, {"stretch": _days(query)}))
    if len(whole.parts) != 1:
        raise BadValue("The metric", wanted.key, "one with a single value; split it or filter it")
    spans = _spans(query, other, (wanted, *map(metric, together)), whole.as_of, at)
    return _judged(bare, query, other, spans, at)


def _spans(
    query: Query, other: Query, wanted: tuple[Metric, ...], as_of: datetime, at: Desk
) -> tuple[Span, Span]:
    """The days judged on both sides, equally many from the start of each."""
    zone = at.zone(query)
    new, old = (
        earliest([judged_span(one, each, as_of, zone) for each in wanted]) for one in (query, other)
    )
    lasting = any(isinstance(each.shape, OverTime) for each in wanted)
    if new.whole_on is None and old.whole_on is None and not lasting:
        return new, old
    # Of what is kept or lost over a stretch, a shorter one loses less: February is no success.
    days = min(new.days, old.days)
    return (
        replace(new, until=new.since + timedelta(days=days)),
        replace(old, until=old.since + timedelta(days=days)),
    )


def _judged(
    bare: Comparison, query: Query, other: Query, spans: tuple[Span, Span], at: Desk
) -> Comparison:
    new, old = spans
    on = max((one.whole_on for one in spans if one.whole_on), default=None)
    bare = replace(bare, since=new.since, until=new.until, before=(old.since, old.until))
    bare = replace(bare, whole_on=on)
    if not (new.enough and old.enough):
        assert on is not None
        back = (query.since or new.since, query.until or new.until)
        bare = replace(bare, since=back[0], until=back[1])
        return replace(bare, why=Sentence(TOO_EARLY, {"day": on}))
    if on is not None:
        said = Sentence(CUT, {"stretch": Stretch(new.since, new.until), "day": on})
        bare = replace(bare, notes=(*bare.notes, said))
    one = replace(query, since=new.since, until=new.until)
    two = replace(other, since=old.since, until=old.until)
    begun = first_event(bare.metric, at.reader)
    if begun is None or day_of(begun, at.zone(query)) > old.since:
        return replace(bare, why=Sentence(NO_OLD, {"stretch": _days(two)}))
    if is_volume(bare.metric):
        return _volume(bare, one, two, at)
    return _difference(bare, one, two, at)


def _volume(bare: Comparison, one: Query, two: Query, at: Desk) -> Comparison:
    """Day by day with its like; where no day has one, nothing can be said."""
    found = matched(one, two, at.reader, at.scope, at.answer)
    if found is None or found.gap.value is None:
        return replace(bare, method=MATCHED, why=Sentence(NO_VALUE, {"stretch": _days(two)}))
    bare = replace(
        bare,
        new=found.seen,
        old=found.expected,
        ratio=found.ratio,
        method=MATCHED,
        notes=(*bare.notes, *found.notes),
    )
    return worded(replace(bare, gap=found.gap, chance=found.chance))


def _difference(bare: Comparison, one: Query, two: Query, at: Desk) -> Comparison:
    results = at.answer(one), at.answer(two)
    new, old = (result.parts[0] for result in results)
    bare = replace(bare, new=new.estimate, old=old.estimate)
    for query, part in ((one, new), (two, old)):
        unreached = part.estimate.note == NOT_REACHED and part.estimate.n
        if part.estimate.value is None and not unreached:
            return replace(bare, why=Sentence(NO_VALUE, {"stretch": _days(query)}))
    if not alike(new, old):
        return replace(bare, why=Sentence(UNALIKE))
    if new.estimate.value is None or old.estimate.value is None:
        return _at_a_time(bare, one, two, at)
    tie = at.tie(one, two)
    gap = mover(new.estimate, old.estimate, tie.correlation)
    return worded(replace(bare, gap=gap, chance=chance(bare, gap, tie)))


def alike(new: Part, old: Part) -> bool:
    """Whether both are of the same scales: a new scale starts a new series."""
    scales = [(part.by.get("scale"), part.coverage.get("scales")) for part in (new, old)]
    return scales[0] == scales[1]


def chance(bare: Comparison, gap: Estimate, tie: Tie) -> float:
    """The two-sided p-value of no change, with t's tails of the groups behind each side."""
    days = float((bare.until - bare.since).days) if "day" in bare.metric.cluster else None
    even = [days if known is None else known for known in (tie.new_even, tie.old_even)]
    if even[0] is None or even[1] is None:
        return chance_of(gap)
    if tie.correlation:
        return chance_of(gap, max(1, int(min(even[0], even[1])) - 1))
    return chance_between(bare.new, bare.old, even[0], even[1])


def worded(told: Comparison) -> Comparison:
    """The comparison with its difference in words."""
    verdict = words(told.gap, GOOD[told.metric.better])
    good = verdict.good
    if told.method == AT_A_TIME and good is not None:
        # More served within a time is what a shorter time means.
        good = (told.gap.value or 0) > 0 if told.metric.better == "low" else not good
    return replace(told, word=verdict.word, good=good, detectable=verdict.detectable)


def _at_a_time(bare: Comparison, one: Query, two: Query, at: Desk) -> Comparison:
    """The shares served within the longest fixed time that both sides were watched for."""
    shape = bare.metric.shape
    if not isinstance(shape, Incidence):
        return replace(bare, why=Sentence(NO_VALUE, {"stretch": _days(two)}))
    for seconds in HORIZONS:
        sides = [_served(shape, bare.metric, each, seconds, at) for each in (one, two)]
        if all(side.value is not None for side in sides):
            gap = mover(sides[0], sides[1])
            said = Sentence(SERVED, {"name": Marked(QUANTILES.get(one.quantile, QUANTILE))})
            bare = replace(
                bare,
                new=sides[0],
                old=sides[1],
                gap=gap,
                unit="share",
                method=AT_A_TIME,
                within=seconds,
                notes=(*bare.notes, said),
            )
            return worded(replace(bare, chance=chance(bare, gap, Tie())))
    return replace(bare, why=Sentence(NO_VALUE, {"stretch": _days(two)}))


def _served(shape: Incidence, wanted: Metric, query: Query, seconds: int, at: Desk) -> Estimate:
    within = IncidenceAt(shape.done, shape.rival, shape.waited, {"": seconds})
    asked = replace(wanted, shape=within, unit="share")
    told = measure(within_scope(query, at.scope), asked, at.reader)
    return told.parts[0].estimate


QUANTILE = N_("quantile")
QUANTILES = {0.5: N_("median")}


def _days(query: Query) -> Stretch:
    assert query.since is not None
    assert query.until is not None
    return Stretch(query.since, query.until)
