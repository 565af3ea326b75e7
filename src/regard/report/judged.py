"""Judgements in words: comparisons, parts of one, verdicts of guards, signals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from regard.core.i18n import N_, translate
from regard.insight.against import BEFORE, WAYS, YEAR
from regard.insight.compare import AT_A_TIME, MATCHED, METHODS, Comparison
from regard.insight.guard import (
    BARE,
    IMPROVED,
    PAID,
    SAME,
    SILENT,
    UNSURE,
    USUAL,
    WAITING,
    Guarded,
)
from regard.insight.guard import WORSE as GOT_WORSE
from regard.insight.sides import Sides
from regard.insight.signal import KINDS, Signal, others_went
from regard.report.dates import say_day, say_stretch
from regard.report.definition import Line
from regard.report.explained import Cells, say_difference
from regard.report.format import (
    isolate,
    say_change,
    say_count,
    say_duration,
    say_estimate,
    say_interval,
    say_number,
    say_value,
)
from regard.report.sentences import say_sentence
from regard.report.tile import BETTER, NEUTRAL, WORSE
from regard.report.words import split_name, value_name
from regard.stats.difference import DOWN, UP
from regard.stats.estimate import Estimate

LEAST_CHANCE = 0.001
CHANGES: Mapping[tuple[str, bool | None], str] = {
    (UP, True): N_("{metric}: up by {amount}, for the better."),
    (UP, False): N_("{metric}: up by {amount}, for the worse."),
    (UP, None): N_("{metric}: up by {amount}."),
    (DOWN, True): N_("{metric}: down by {amount}, for the better."),
    (DOWN, False): N_("{metric}: down by {amount}, for the worse."),
    (DOWN, None): N_("{metric}: down by {amount}."),
}
"""A value against itself in other days."""
GAPS: Mapping[tuple[str, bool | None], str] = {
    (UP, True): N_("{metric}: {amount} above {against}, which is good."),
    (UP, False): N_("{metric}: {amount} above {against}, which is bad."),
    (UP, None): N_("{metric}: {amount} above {against}."),
    (DOWN, True): N_("{metric}: {amount} below {against}, which is good."),
    (DOWN, False): N_("{metric}: {amount} below {against}, which is bad."),
    (DOWN, None): N_("{metric}: {amount} below {against}."),
}
"""A value against a figure or against others."""
VERDICTS: Mapping[tuple[str, bool | None], str] = {
    (UP, True): N_("up, for the better"),
    (UP, False): N_("up, for the worse"),
    (UP, None): N_("up"),
    (DOWN, True): N_("down, for the better"),
    (DOWN, False): N_("down, for the worse"),
    (DOWN, None): N_("down"),
}
UNMOVED = N_("{metric}: no detectable change.")
UNMOVED_LEAST = N_("{metric}: no detectable change; {amount} would have shown.")
UNTOLD = N_("{metric}: no detectable difference from {against}.")
ASKED = N_(
    "Of {asked} parts asked about; on average at most one in twenty said to differ is so by chance "
    "(Benjamini and Hochberg)."
)
LEFT_OUT = N_("Parts left out, as there are so many: {count}. Filter with --where.")
ORDER = (PAID, GOT_WORSE, USUAL, UNSURE, WAITING, IMPROVED, BARE, SAME, SILENT)
"""Verdicts, the most pressing first."""
TONES: Mapping[str, str] = {PAID: WORSE, GOT_WORSE: WORSE, IMPROVED: BETTER}
NO_FAILURE = N_("No improvement was paid for.")
RED = N_("The board is red. Improvements that were paid for: {count}.")


@dataclass(frozen=True)
class ComparedShown:
    """A comparison for a reader: the headline, its figures by name, and what must be known."""

    headline: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class GuardShown:
    """A verdict for a reader. tone: better, worse or neutral; lines: change and counter-metrics.

    failure: it looks like a success and was paid for. still: no change is seen in it.
    """

    key: str
    verdict: str
    tone: str
    failure: bool
    still: bool
    lines: tuple[str, ...]
    told: Guarded


@dataclass(frozen=True)
class SignalShown:
    """A signal for a reader. began: since when; chance: its p-value; cost: cases behind it."""

    kind: str
    text: str
    why: str
    began: str
    chance: str
    cost: str
    tone: str
    told: Signal


def show_comparison(told: Comparison, language: str) -> ComparedShown:
    """Everything of a comparison in a language."""
    notes = tuple(say_sentence(one, language) for one in told.notes)
    if not told.judged:
        return ComparedShown(_unjudged(told, language), _figures(told, language), notes)
    lines = [*_figures(told, language)]
    lines.append(_said(N_("Difference"), say_difference(told.gap, told.unit, language), language))
    if told.ratio is not None and told.ratio.value is not None:
        ratio = _measured(told.ratio, "number", language)
        lines.append(_said(N_("Ratio"), ratio, language))
    lines.append(_said(N_("p-value"), say_chance(told.chance, language), language))
    lines.append(_said(N_("Compared by"), translate(METHODS[told.method], language), language))
    if told.within is not None:
        lines.append(_said(N_("Served within"), say_duration(told.within, language), language))
    return ComparedShown(_headline(told, language), tuple(lines), notes)


def show_sides(told: Sides, language: str) -> Cells:
    """The parts of a comparison as a table."""
    itself = all(one.before for one in told.parts)
    other = N_("Before") if itself else N_("Others")
    heads = (N_("Now"), other, N_("Difference"), N_("p-value"), N_("Verdict"))
    notes = [translate(ASKED, language, asked=say_count(told.asked, language))]
    if told.left_out:
        notes.append(translate(LEFT_OUT, language, count=say_count(told.left_out, language)))
    days = {(one.since, one.until, one.before) for one in told.parts}
    stretch = [_stretches(*one, language) for one in days] if len(days) == 1 else []
    return Cells(
        ": ".join([translate(told.metric.label, language), *stretch]),
        (split_name(told.split, language), *(translate(one, language) for one in heads)),
        tuple(_part(one, told.split, language) for one in told.parts),
        (1, 2, 3, 4),
        " ".join(notes),
    )


def show_guards(told: Iterable[Guarded], language: str) -> tuple[GuardShown, ...]:
    """Verdicts, failures first."""
    ranked = sorted(told, key=lambda one: ORDER.index(one.verdict))
    return tuple(show_guard(one, language) for one in ranked)


def show_guard(told: Guarded, language: str) -> GuardShown:
    """A verdict with its figures."""
    return GuardShown(
        told.metric.key,
        say_sentence(told.says(), language),
        TONES.get(told.verdict, NEUTRAL),
        told.failure,
        told.verdict in (SAME, SILENT),
        tuple(say_sentence(one, language) for one in told.lines()),
        told,
    )


def say_failures(told: Sequence[GuardShown], language: str) -> str:
    """Whether any improvement was paid for, in one sentence."""
    failures = sum(one.failure for one in told)
    if not failures:
        return translate(NO_FAILURE, language)
    return translate(RED, language, count=say_count(failures, language))


def show_signal(told: Signal, language: str) -> SignalShown:
    """A signal in words."""
    tone = NEUTRAL if told.good is None else BETTER if told.good else WORSE
    cost = "" if told.cost is None else say_count(told.cost, language)
    also = others_went(told)
    why = (told.why, also) if also else (told.why,)
    return SignalShown(
        translate(KINDS[told.kind], language),
        say_sentence(told.says, language),
        " ".join(say_sentence(one, language) for one in why),
        say_day(told.began or told.since, language),
        say_chance(told.chance, language),
        cost,
        tone,
        told,
    )


def say_chance(chance: float, language: str) -> str:
    """A p-value, to three places; the smallest only as less than these tell."""
    if chance < LEAST_CHANCE:
        return isolate(f"< {say_number(LEAST_CHANCE, language, 3)}", language)
    return isolate(say_number(chance, language, 3), language)


def say_against(way: str, language: str) -> str:
    """What a value is held against."""
    return translate(WAYS[way], language)


def _headline(told: Comparison, language: str) -> str:
    name = _name(told, language)
    against = say_against(told.way, language)
    if told.word not in (UP, DOWN):
        if told.before is None:
            return translate(UNTOLD, language, metric=name, against=against)
        if not told.detectable:
            return translate(UNMOVED, language, metric=name)
        least = say_change(told.detectable, told.unit, language)
        return translate(UNMOVED_LEAST, language, metric=name, amount=least)
    texts = GAPS if told.before is None else CHANGES
    amount = say_change(told.gap.value or 0.0, told.unit, language)
    text = texts[told.word, told.good]
    return translate(text, language, metric=name, amount=amount, against=against)


def _unjudged(told: Comparison, language: str) -> str:
    why = say_sentence(told.why, language) if told.why else ""
    return translate(N_("{metric}: {why}"), language, metric=_name(told, language), why=why)


def _name(told: Comparison, language: str) -> str:
    name = isolate(translate(told.metric.label, language), language)
    if told.within is None:
        return name
    within = say_duration(told.within, language)
    return translate(N_("{metric}, share served within {time}"), language, metric=name, time=within)


def _figures(told: Comparison, language: str) -> tuple[Line, ...]:
    """Both values, each with its days or with what it is."""
    found = []
    if told.new.value is not None or told.new.n:
        name = say_stretch(told.since, told.until, language)
        found.append(Line(name, _measured(told.new, told.unit, language)))
    if told.old.value is not None or told.old.n:
        found.append(Line(_other(told, language), _old(told, language)))
    return tuple(found)


def _other(told: Comparison, language: str) -> str:
    if told.before is None:
        return say_against(told.way, language)
    days = say_stretch(*told.before, language)
    if told.method == MATCHED:
        return translate(N_("Expected from {stretch}"), language, stretch=days)
    if told.way in (BEFORE, YEAR):
        way = say_against(told.way, language)
        return translate(N_("{stretch} ({way})"), language, stretch=days, way=way)
    return days


def _old(told: Comparison, language: str) -> str:
    """The other value; a figure has no interval."""
    if told.old.low == told.old.high == told.old.value:
        return say_value(told.old.value, told.unit, language)
    return _measured(told.old, told.unit, language)


def _measured(value: Estimate, unit: str, language: str) -> str:
    said, interval = say_estimate(value, unit, language), say_interval(value, unit, language)
    return f"{said} ({interval})" if interval else said


def _said(name: str, text: str, language: str) -> Line:
    return Line(translate(name, language), text)


def _stretches(since: date, until: date, before: tuple[date, date] | None, language: str) -> str:
    days = say_stretch(since, until, language)
    if before is None:
        return days
    old = say_stretch(*before, language)
    return translate(N_("{days} against {stretch}"), language, days=days, stretch=old)


def _part(one: Comparison, split: str, language: str) -> tuple[str, ...]:
    name = translate(N_("All"), language)
    if split in one.part:
        value = one.part[split]
        none = translate(N_("none"), language)
        name = none if value is None else value_name(split, value, language)
    values = tuple(
        say_estimate(side, one.unit, language) if side.value is not None or side.n else "–"
        for side in (one.new, one.old)
    )
    gap = say_difference(one.gap, one.unit, language) if one.judged else "–"
    chance = say_chance(one.chance, language) if one.judged else "–"
    return (isolate(name, language), *values, gap, chance, _verdict(one, language))


def _verdict(one: Comparison, language: str) -> str:
    if one.why is not None:
        return say_sentence(one.why, language)
    text = VERDICTS.get((one.word, one.good), one.word)
    said = translate(text, language)
    if one.method == AT_A_TIME and one.within is not None:
        within = say_duration(one.within, language)
        return translate(
            N_("{verdict}; share served within {time}"), language, verdict=said, time=within
        )
    return said
