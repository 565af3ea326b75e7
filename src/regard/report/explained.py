"""An explanation in words and tables: the ledger, composition and rate, segments, definitions."""

import re
from dataclasses import dataclass, field

from regard.core.i18n import N_, direction, translate
from regard.insight.definitions import Definition
from regard.insight.drivers import Driver, Drivers, SplitMix
from regard.insight.explain import Explanation
from regard.insight.ledger import LINES, Ledger
from regard.insight.sentence import Piece
from regard.report.dates import say_stretch
from regard.report.format import (
    CLOSE,
    MINUS,
    SPACE,
    isolate,
    say_change,
    say_count,
    say_estimate,
    say_share,
)
from regard.report.sentences import say_filling, say_sentence
from regard.report.words import split_name, value_name
from regard.stats.estimate import Estimate
from regard.stats.mix import CAME, HIDDEN, REVERSED, SIZES, UNTOLD, WENT, Moved

OURS = "Regard"
NUMBER = re.compile(r"\d(?:[\d.,\u066b\u066c]*\d)?")
LTR = "\N{LEFT-TO-RIGHT ISOLATE}"
VERDICTS = {
    REVERSED: N_("Simpson's case"),
    HIDDEN: N_("hidden by composition"),
    SIZES: N_("composition alone"),
    "": "",
}
FATES = {
    CAME: N_("new"),
    WENT: N_("gone"),
    UNTOLD: N_("no value"),
}


@dataclass(frozen=True)
class Cells:
    """A table in words. numbers: the places of columns of numbers; long: that of one of prose."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    note: str = ""
    long: int | None = None

    @property
    def named_heads(self) -> tuple[tuple[str, str], ...]:
        """The heads, each with the class of its column in a page."""
        return self._named(self.heads)

    @property
    def named_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows, each cell with the class of its column in a page."""
        return tuple(self._named(row) for row in self.rows)

    def _named(self, cells: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        kinds = dict.fromkeys(self.numbers, "number") | {self.long: "quiet"}
        return tuple((cell, kinds.get(place, "")) for place, cell in enumerate(cells))


@dataclass(frozen=True)
class ExplainedShown:
    """An explanation for a reader. headline: the change; says: the other sentences.

    splits: the segments of every way to split, the one by which composition weighs most first.
    Tables without rows are None.
    """

    headline: str
    says: tuple[str, ...]
    ledger: Cells
    mixes: Cells | None = None
    drivers: Cells | None = None
    splits: tuple[Cells, ...] = field(default=())
    definitions: Cells | None = None


def show_explanation(found: Explanation, language: str) -> ExplainedShown:
    """Everything in a language."""
    first, *others = (say_sentence(one, language) for one in found.says)
    told = found.drivers
    return ExplainedShown(
        headline=first,
        says=tuple(others),
        ledger=_ledger(found.ledgers, language),
        mixes=_mixes(told, language),
        drivers=_drivers(told, language),
        splits=tuple(_segments(one, told, language) for one in told.splits),
        definitions=_definitions(found.definitions, language),
    )


def say_signed(value: float | None, unit: str, language: str) -> str:
    """A difference with its sign; one of shares in percentage points; a dash for none."""
    if value is None:
        return "–"
    said = say_change(value, unit, language)
    # What is rounded to nought has no direction.
    if not any(mark in "123456789" for mark in said):
        return said
    sign = MINUS if value < 0 else "+"
    if direction(language) == "ltr":
        return f"{sign}{said}"
    # A sign stands to the left of its number even where words run from right to left.
    return NUMBER.sub(lambda found: f"{LTR}{sign}{found.group()}{CLOSE}", said, count=1)


def say_difference(gap: Estimate, unit: str, language: str) -> str:
    """A difference with its sign and its interval."""
    value = say_signed(gap.value, unit, language)
    if gap.low is None or gap.high is None:
        return value
    interval = translate(
        N_("{level}: {low} – {high}"),
        language,
        level=isolate(f"95{SPACE}%", language),
        low=say_signed(gap.low, unit, language),
        high=say_signed(gap.high, unit, language),
    )
    return f"{value} ({interval})"


def _ledger(ledgers: tuple[Ledger, Ledger], language: str) -> Cells:
    known = dict.fromkeys((line.kind, line.reason) for one in ledgers for line in one.lines)
    order = sorted(known, key=lambda line: list(LINES).index(line[0]))
    books = [{(line.kind, line.reason): line.rows for line in one.lines} for one in ledgers]
    rows = [
        (_kind(*line, language), *(say_count(book.get(line, 0), language) for book in books))
        for line in order
    ]
    totals = (
        (N_("All rows"), [one.every for one in ledgers]),
        (N_("Of these in the value"), [one.counted for one in ledgers]),
    )
    rows += [
        (translate(text, language), *(say_count(n, language) for n in counts))
        for text, counts in totals
    ]
    heads = [_days(one, language) for one in ledgers]
    title = translate(N_("Every row accounted for"), language)
    return Cells(title, (translate(N_("Rows"), language), *heads), tuple(rows), (1, 2))


def _kind(kind: str, reason: str, language: str) -> str:
    said = translate(LINES[kind], language)
    if not reason:
        return said
    return translate(
        N_("{kind}: {reason}"), language, kind=said, reason=translate(reason, language)
    )


def _days(one: Ledger, language: str) -> str:
    since, until = one.query.since, one.query.until
    assert since is not None
    assert until is not None
    return say_stretch(since, until, language)


def _mixes(told: Drivers, language: str) -> Cells | None:
    rows = [
        (
            split_name(one.split, language),
            say_difference(one.mix.mix, told.unit, language),
            say_difference(one.mix.rate, told.unit, language),
            say_signed(one.mix.remainder, told.unit, language) if one.mix.remainder else "–",
            translate(VERDICTS[one.mix.verdict], language),
        )
        for one in told.splits
        if one.mix
    ]
    if not rows:
        return None
    heads = (
        N_("Split by"),
        N_("Composition"),
        N_("Within the segments"),
        N_("Remainder"),
        N_("What it comes to"),
    )
    note = N_(
        "The change of the whole is {change}. Composition is what sizes alone did, at values in "
        "the middle between both stretches; within is what values did at sizes in the middle."
    )
    return Cells(
        translate(N_("Composition or service"), language),
        tuple(translate(text, language) for text in heads),
        tuple(rows),
        (1, 2, 3),
        translate(note, language, change=say_difference(told.change, told.unit, language)),
    )


def _drivers(told: Drivers, language: str) -> Cells | None:
    if not told.found:
        return None
    heads = (
        N_("Segment"),
        N_("Before"),
        N_("Now"),
        N_("Its own change"),
        N_("Moves the whole by"),
    )
    note = N_(
        "Of {asked} segments asked about; on average at most one in twenty named here is named by "
        "chance (Benjamini and Hochberg)."
    )
    return Cells(
        translate(N_("Segments that moved"), language),
        tuple(translate(text, language) for text in heads),
        tuple(_driver(one, told.unit, language) for one in told.found),
        (1, 2, 3, 4),
        translate(note, language, asked=say_count(told.asked, language)),
    )


def _driver(one: Driver, unit: str, language: str) -> tuple[str, ...]:
    moved = one.moved
    return (
        say_filling(Piece(one.split, one.value), language),
        say_estimate(moved.old, unit, language),
        say_estimate(moved.new, unit, language),
        say_difference(moved.own, unit, language),
        say_signed(moved.rate.value, unit, language),
    )


def _segments(one: SplitMix, told: Drivers, language: str) -> Cells:
    name = split_name(one.split, language)
    heads = [name, *(translate(text, language) for text in (N_("Share before"), N_("Share now")))]
    more = [N_("Before"), N_("Now"), N_("Its own change")]
    if one.mix:
        more += [N_("By composition"), N_("By its own change")]
    heads += [translate(text, language) for text in more]
    rows = tuple(
        _segment(one.split, value, moved, told.unit, bool(one.mix), language)
        for value, moved in sorted(one.segments.items(), key=lambda pair: _weight(pair[1]))
    )
    return Cells(name, tuple(heads), rows, tuple(range(1, len(heads))))


def _weight(moved: Moved) -> float:
    """What comes first: whatever moves the whole most, either way."""
    return -abs(moved.mix.value or 0.0) - abs(moved.rate.value or 0.0)


def _segment(
    split: str, value: str | None, moved: Moved, unit: str, mixed: bool, language: str
) -> tuple[str, ...]:
    none = translate(N_("none"), language)
    name = none if value is None else value_name(split, value, language)
    fate = translate(FATES.get(moved.fate, ""), language)
    own = say_difference(moved.own, unit, language)
    parts = (moved.mix, moved.rate) if mixed else ()
    return (
        isolate(name, language),
        say_share(moved.old_share, language),
        say_share(moved.new_share, language),
        say_estimate(moved.old, unit, language),
        say_estimate(moved.new, unit, language),
        fate if fate and mixed else own,
        *(say_signed(part.value, unit, language) for part in parts),
    )


def _definitions(those: tuple[Definition, ...], language: str) -> Cells | None:
    if not those:
        return None
    heads = (N_("Definition"), N_("Counted by"), N_("Value"), N_("Cases"), N_("What differs"))
    return Cells(
        translate(N_("Definitions side by side"), language),
        tuple(translate(text, language) for text in heads),
        tuple(
            (
                # A product's own name for it is in its own language.
                isolate(one.label if one.product else translate(one.label, language), language),
                isolate(one.product or OURS, language),
                say_estimate(one.estimate, one.unit, language),
                say_count(one.estimate.n, language),
                " ".join(translate(text, language) for text in (one.differs, one.lacks) if text),
            )
            for one in those
        ),
        (2, 3),
        long=4,
    )
