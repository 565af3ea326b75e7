"""A tile: one answer with everything that must stand beside the number, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from regard.core.i18n import N_, translate
from regard.core.period import day_of
from regard.insight.aim import STATES, Aim
from regard.insight.ask import Result
from regard.insight.change import Change
from regard.insight.guard import IMPROVED, PAID, UNSURE, USUAL, WAITING, Guarded
from regard.metrics.engine import Part
from regard.metrics.metric import Counter, Metric, catalogue
from regard.report.charts.interval import Bar, make_bar
from regard.report.coverage import say_cases, say_coverage
from regard.report.dates import say_day, say_instant, say_stretch
from regard.report.format import (
    isolate,
    say_change,
    say_estimate,
    say_interval,
    say_note,
    say_value,
)
from regard.report.sentences import listed
from regard.stats.estimate import FEW_CLUSTERS, SCALES, UNRIPE, nothing

BETTER, WORSE, NEUTRAL = "better", "worse", "neutral"
ARROWS = {"up": "↑", "down": "↓"}


@dataclass(frozen=True)
class Move:
    """A change in words.

    tone: `better`, `worse` or `neutral`. against: what it is compared with. least: where no
    change was seen, the smallest that would have been.
    """

    text: str
    tone: str = NEUTRAL
    arrow: str = ""
    against: str = ""
    least: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the guards of a metric say to its improvement. tone: as that of a move."""

    text: str
    tone: str = NEUTRAL


@dataclass(frozen=True)
class Beside:
    """A counter-metric under a tile: its name, value and own change."""

    key: str
    name: str
    value: str
    move: Move | None


@dataclass(frozen=True)
class Tile:
    """What a tile shows, in the reader's language.

    value: with its unit, or why there is none. interval, bar: the 95 % interval in words and as
    positions. cases, coverage: how many stand behind it, and who is missing. notes: cautions.
    move: the change against the stretch before. verdict: of an improvement, whether it was paid
    for. beside: counter-metrics. goal: the goal that holds for just this, and how it stands; empty
    where none does.
    age: the newest event and sources that end earlier. reason: why there is no data.
    worded: the value is a sentence, not a number.
    """

    key: str
    name: str
    says: str
    value: str
    has_value: bool
    interval: str = ""
    bar: Bar | None = None
    cases: str = ""
    coverage: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    move: Move | None = None
    verdict: Verdict | None = None
    beside: tuple[Beside, ...] = ()
    goal: str = ""
    age: str = ""
    reason: str = ""
    worded: bool = False


Answer = tuple[Result, Change | None]


def make_tile(
    result: Result,
    change: Change | None,
    beside: Sequence[Answer],
    language: str,
    zone: str,
) -> Tile:
    """The tile of an unsplit result; beside: the counter-metrics' results and changes."""
    metric, part = result.metric, only_part(result)
    estimate = part.estimate
    if len(result.parts) > 1 or metric.anonymous:
        return _several(result, language, zone)
    said = say_estimate(estimate, metric.unit, language, part.coverage)
    return Tile(
        key=metric.key,
        name=translate(metric.label, language),
        says=translate(metric.says, language),
        value=said,
        has_value=not nothing_to_show(result),
        interval=say_interval(estimate, metric.unit, language),
        bar=make_bar(estimate, metric.unit),
        cases=say_cases(estimate.n, language) if estimate.n else "",
        coverage=say_coverage(part, language),
        notes=_cautions(part, language),
        move=say_move(change, metric, language) if change else None,
        beside=tuple(_beside(answer, language) for answer in beside),
        age=say_age(result.as_of, result.ends, zone, language),
        reason=result.why(language),
        worded=estimate.value is None,
    )


def _several(result: Result, language: str, zone: str) -> Tile:
    """The tile of a metric that is several numbers by nature: they stand in a table, not here."""
    return Tile(
        key=result.metric.key,
        name=translate(result.metric.label, language),
        says=translate(result.metric.says, language),
        value=translate(N_("Several values"), language),
        has_value=True,
        age=say_age(result.as_of, result.ends, zone, language),
        worded=True,
    )


def with_goal(tile: Tile, aim: Aim | None, language: str) -> Tile:
    """The tile with the goal that holds for it; None: there is none."""
    return replace(tile, goal=say_goal(aim, language)) if aim else tile


VERDICTS: Mapping[str, tuple[str, str]] = {
    PAID: (N_("No success: {counters} got worse"), WORSE),
    IMPROVED: (N_("Nothing that guards it got worse"), BETTER),
    USUAL: (N_("{counters} got worse too, no more than a year ago"), NEUTRAL),
    UNSURE: (N_("What it cost is not yet known"), NEUTRAL),
    WAITING: (N_("Verdict on its cost: {day}"), NEUTRAL),
}
"""What a tile says to an improvement; to anything else it says nothing."""


def improved(change: Change | None, metric: Metric) -> bool:
    """Whether a change is what is taken for an improvement of the metric."""
    if change is None or change.word not in ARROWS or not metric.improves:
        return False
    if metric.better in ("high", "low"):
        return change.good is True
    # A time compared by the shares served within a fixed time goes the other way round.
    turned = bool(change.unit) and change.unit != metric.unit
    return (change.word == "up") == ((metric.improves == "high") != turned)


def with_verdict(tile: Tile, guarded: Guarded | None, language: str) -> Tile:
    """The tile with the verdict of its guards; what was paid for is no longer called better."""
    if guarded is None or guarded.verdict not in VERDICTS:
        return tile
    text, tone = VERDICTS[guarded.verdict]
    names = [translate(catalogue()[key].label, language) for key in guarded.paid]
    counters = listed([isolate(name, language) for name in names], language) if names else ""
    day = say_day(guarded.verdict_on, language) if guarded.verdict_on else ""
    said = translate(text, language, counters=counters, day=day)
    move = tile.move
    if guarded.failure and move is not None:
        move = replace(move, tone=NEUTRAL)
    return replace(tile, move=move, verdict=Verdict(said, tone))


def say_goal(aim: Aim, language: str) -> str:
    """A goal and how it stands, as in: Goal: 4 h – not met."""
    target = say_value(aim.goal.target, aim.metric.unit, language)
    state = translate(STATES[aim.state], language)
    if aim.verdict_on:
        day = say_day(aim.verdict_on, language)
        return translate(N_("Goal: {target} – verdict on {day}"), language, target=target, day=day)
    return translate(N_("Goal: {target} – {state}"), language, target=target, state=state)


def only_part(result: Result) -> Part:
    """The part of an unsplit result; an empty one where there is none."""
    return result.parts[0] if result.parts else Part({}, nothing(), {})


def nothing_to_show(result: Result) -> bool:
    """Whether an unsplit result has neither a value nor cases to speak of."""
    estimate = only_part(result).estimate
    return estimate.value is None and not estimate.n


def say_move(change: Change, metric: Metric, language: str) -> Move:
    """A change against the stretch before, in words; nothing is called better without a sign."""
    stretch = say_stretch(*change.against, language)
    against = translate(N_("against {stretch}"), language, stretch=stretch)
    if change.days:
        days = say_stretch(*change.days, language)
        against = translate(N_("{days} against {stretch}"), language, days=days, stretch=stretch)
    if change.value is None:
        return Move(translate(N_("nothing to compare with"), language), against=against)
    if change.word not in ARROWS:
        said = translate(N_("no detectable change"), language)
        return Move(said, against=against, least=_least(change, metric, language))
    by = say_change(change.value, change.unit or metric.unit, language)
    text = N_("up by {amount}") if change.word == "up" else N_("down by {amount}")
    tone = NEUTRAL if change.good is None else BETTER if change.good else WORSE
    return Move(translate(text, language, amount=by), tone, ARROWS[change.word], against)


def say_age(as_of: datetime | None, ends: Mapping[str, datetime], zone: str, language: str) -> str:
    """The newest event, and the sources that end a day or more before it."""
    if as_of is None:
        return ""
    said = [
        translate(N_("Data to {instant}"), language, instant=say_instant(as_of, zone, language))
    ]
    for source, end in sorted(ends.items()):
        if as_of - end >= timedelta(days=1):
            day = say_day(day_of(end, zone), language)
            said.append(translate(N_("{source} to {day}"), language, source=source, day=day))
    return "; ".join(said)


def counters_of(metric: Metric, known: Mapping[str, Metric]) -> tuple[Counter, ...]:
    """The counter-metrics of a metric that exist in the catalogue."""
    return tuple(counter for counter in metric.counters if counter.key in known)


def _least(change: Change, metric: Metric, language: str) -> str:
    if not change.detectable:
        return ""
    amount = say_change(change.detectable, change.unit or metric.unit, language)
    return translate(N_("{amount} would have shown"), language, amount=amount)


def _beside(answer: Answer, language: str) -> Beside:
    result, change = answer
    metric, part = result.metric, only_part(result)
    return Beside(
        key=metric.key,
        name=translate(metric.label, language),
        value=say_estimate(part.estimate, metric.unit, language, part.coverage),
        move=say_move(change, metric, language) if change else None,
    )


def _cautions(part: Part, language: str) -> tuple[str, ...]:
    found = [
        say_note(note, language)
        for note in (FEW_CLUSTERS, UNRIPE, SCALES)
        if part.estimate.note == note
    ]
    if part.coverage.get("partial"):
        found.append(translate(N_("The period is not over yet"), language))
    return tuple(found)
