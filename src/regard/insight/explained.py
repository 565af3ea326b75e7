"""An explanation in sentences: the change, the ledger, composition, the segments that moved."""

from collections.abc import Iterator

from regard.core.i18n import N_
from regard.insight.ask import Result
from regard.insight.compare import Comparison
from regard.insight.drivers import LEAST_CASES, Driver, Drivers, SplitMix
from regard.insight.ledger import EXCLUDED, Ledger
from regard.insight.sentence import (
    Amount,
    Filling,
    Marked,
    Measured,
    Named,
    Piece,
    Sentence,
    Stretch,
    Way,
)
from regard.stats.difference import DOWN, UP
from regard.stats.estimate import Estimate
from regard.stats.mix import CAME, HIDDEN, REVERSED, SIZES, WENT, Mix

MOST_NAMED = 5
"""Segments that are named in sentences; the tables have all."""
LEAST_SHARE = 0.01
"""A segment that came or went is named where it holds at least so much of the cases."""
THEIR_SHARE = N_("the share served in that time")

HEADLINE = N_("{metric} was {old} in {before} and is {new} in {now}: {word}.")
UNJUDGED = N_("{metric} was {old} in {before} and is {new} in {now}.")
SMALLEST = N_("The smallest change that could have been seen is {amount}.")
UNEQUAL = N_("The stretches are of {days} and {others} days: numbers of cases do not compare.")
PLAIN = N_("{stretch}: {every} rows = {done} done + {open} still open + {out} left out.")
LEDGER = N_(
    "{stretch}: {every} rows = {done} done + {open} still open + {unknown} whose clock is not "
    "known + {unripe} too early to judge + {out} left out."
)
STANDING = N_("{stretch}: {every} rows = {counted} standing at the end + {out} left out.")
SILENT = N_(
    "{stretch}: {rows} of the rows kept are not in the value: there is nothing to count in them, "
    "or a later answer of the same person stands for them."
)
FIXED = N_(
    "Times do not average, so what is taken apart is the share served within {time}: {old} in "
    "{before}, {new} in {now}."
)
MIXES = {
    UP: N_("By {way}, composition alone raised {what} by {amount}."),
    DOWN: N_("By {way}, composition alone lowered {what} by {amount}."),
}
RATES = {
    UP: N_("With the make-up by {way} unchanged, {what} rose by {amount}."),
    DOWN: N_("With the make-up by {way} unchanged, {what} fell by {amount}."),
}
NO_RATE = N_("With the make-up by {way} unchanged, {what} shows no detectable change.")
NO_MIX = N_("Along no way to split that was looked at does composition explain any of it.")
VERDICTS = {
    (REVERSED, UP): N_(
        "Simpson's case by {way}: {what} rose within the segments, clearly fell in none, and yet "
        "it did not rise in all, because their sizes changed."
    ),
    (REVERSED, DOWN): N_(
        "Simpson's case by {way}: {what} fell within the segments, clearly rose in none, and yet "
        "it did not fall in all, because their sizes changed."
    ),
    (HIDDEN, UP): N_(
        "Hidden by composition: {what} rose within the segments by {way} and clearly fell in none, "
        "which the whole does not show, because their sizes changed."
    ),
    (HIDDEN, DOWN): N_(
        "Hidden by composition: {what} fell within the segments by {way} and clearly rose in none, "
        "which the whole does not show, because their sizes changed."
    ),
}
LEANS = {
    UP: N_(
        "Simpson's case by {way}: {what} fell in all, though not within the segments, where it "
        "rather rose: their sizes changed."
    ),
    DOWN: N_(
        "Simpson's case by {way}: {what} rose in all, though not within the segments, where it "
        "rather fell: their sizes changed."
    ),
}
ALONE = N_(
    "By {way}, the change is composition: within the segments no change of {what} can be detected."
)
REMAINDER = N_("{amount} of the change is a remainder: under censoring parts do not quite add up.")
CAME_TEXT = N_("{piece} is new: it holds {share} of the cases.")
WENT_TEXT = N_("{piece} is gone: it held {share} of the cases.")
MOVED_UP = N_(
    "Within {piece}, {what} rose from {old} to {new}, which alone raised the whole by {amount}."
)
MOVED_DOWN = N_(
    "Within {piece}, {what} fell from {old} to {new}, which alone lowered the whole by {amount}."
)
NONE_MOVED = N_("Of {asked} segments asked about, none moved beyond chance.")
MORE_MOVED = N_("{count} more segments moved beyond chance; the table has them all.")
LEAST_REMAINDER = 0.0005


def what_it_says(
    told: Comparison,
    answers: tuple[Result, Result],
    ledgers: tuple[Ledger, Ledger],
    moved: Drivers,
) -> tuple[Sentence, ...]:
    """All that an explanation says, in order. answers, ledgers: of the old and the new stretch."""
    return (
        *_headline(told, answers),
        *_unequal(answers),
        *(said for one in ledgers for said in _ledger(one)),
        *drivers_say(moved),
    )


def drivers_say(told: Drivers) -> tuple[Sentence, ...]:
    """What moved it, in sentences: composition first, then segments that came, went and moved."""
    if told.reason:
        return (Sentence(told.reason),)
    return tuple(_drivers(told))


def _headline(told: Comparison, answers: tuple[Result, Result]) -> Iterator[Sentence]:
    old, new = answers
    unit = new.metric.unit
    filled: dict[str, Filling] = {
        "metric": Named(new.metric.key),
        "old": Measured(old.parts[0].estimate, unit),
        "new": Measured(new.parts[0].estimate, unit),
        "before": _stretch(old),
        "now": _stretch(new),
    }
    if told.judged:
        yield Sentence(HEADLINE, {**filled, "word": Marked(told.word)})
    else:
        yield Sentence(UNJUDGED, filled)
    if told.why:
        yield told.why
    yield from told.notes
    if told.detectable is not None:
        yield Sentence(SMALLEST, {"amount": Amount(told.detectable, told.unit, change=True)})


def _unequal(answers: tuple[Result, Result]) -> Iterator[Sentence]:
    if answers[1].metric.unit != "count" or answers[1].metric.shape.stock:
        return
    days = [_stretch(one) for one in answers]
    lengths = [(one.until - one.since).days for one in days]
    # A month may be a day or three longer than the one before it.
    if abs(lengths[0] - lengths[1]) > max(3, min(lengths) // 10):
        yield Sentence(UNEQUAL, {"days": lengths[1], "others": lengths[0]})


def _ledger(one: Ledger) -> Iterator[Sentence]:
    assert one.query.since is not None
    assert one.query.until is not None
    filled: dict[str, Filling] = {
        "stretch": Stretch(one.query.since, one.query.until),
        "every": one.every,
        "out": one.of(EXCLUDED),
    }
    if any(line.kind == "standing" for line in one.lines):
        yield Sentence(STANDING, {**filled, "counted": one.counted})
        return
    kinds = {kind: one.of(kind) for kind in ("open", "unknown", "unripe")}
    done = one.of("done") + one.of("provisional")
    if kinds["unknown"] or kinds["unripe"]:
        yield Sentence(LEDGER, {**filled, **kinds, "done": done})
    else:
        yield Sentence(PLAIN, {**filled, "open": kinds["open"], "done": done})
    if one.silent:
        yield Sentence(SILENT, {"stretch": filled["stretch"], "rows": one.silent})


def _drivers(told: Drivers) -> Iterator[Sentence]:
    what: Filling = Marked(THEIR_SHARE) if told.seconds else Named(told.query.metric)
    if told.seconds:
        yield _fixed(told)
    mixed = [one for one in told.splits if one.mix and _way(one.mix.mix)]
    if told.splits and all(one.mix for one in told.splits) and not mixed:
        yield Sentence(NO_MIX)
    # The first is the one by which composition weighs most; others say the same less well.
    verdicts = [one for one in mixed if one.mix and one.mix.verdict]
    for one in (*mixed[:1], *(one for one in verdicts[:1] if one is not mixed[0])):
        yield from _mix(one, what, told.unit)
    yield from _new_and_gone(told)
    yield from _moved(told, what)


def _mix(one: SplitMix, what: Filling, unit: str) -> Iterator[Sentence]:
    mix = one.mix
    assert mix is not None
    filled: dict[str, Filling] = {"way": Way(one.split), "what": what}
    if mix.verdict:
        yield _verdict(mix, filled)
    yield Sentence(MIXES[_word(mix.mix)], {**filled, "amount": _size(mix.mix, unit)})
    if _way(mix.rate):
        yield Sentence(RATES[_word(mix.rate)], {**filled, "amount": _size(mix.rate, unit)})
    elif mix.verdict != SIZES:
        yield Sentence(NO_RATE, filled)
    if abs(mix.remainder) >= LEAST_REMAINDER and unit == "share":
        yield Sentence(REMAINDER, {"amount": Amount(mix.remainder, unit, change=True)})


def _verdict(mix: Mix, filled: dict[str, Filling]) -> Sentence:
    if mix.verdict == SIZES:
        return Sentence(ALONE, filled)
    if mix.verdict == REVERSED and not _way(mix.rate):
        return Sentence(LEANS[_word(mix.rate)], filled)
    return Sentence(VERDICTS[mix.verdict, _word(mix.rate)], filled)


def _new_and_gone(told: Drivers) -> Iterator[Sentence]:
    for one in told.splits:
        for value, moved in one.segments.items():
            piece = Piece(one.split, value)
            if moved.fate == CAME and _worth(moved.new_share, moved.new):
                yield Sentence(CAME_TEXT, {"piece": piece, "share": _share(moved.new_share)})
            if moved.fate == WENT and _worth(moved.old_share, moved.old):
                yield Sentence(WENT_TEXT, {"piece": piece, "share": _share(moved.old_share)})


def _moved(told: Drivers, what: Filling) -> Iterator[Sentence]:
    if told.asked and not told.found:
        yield Sentence(NONE_MOVED, {"asked": told.asked})
    for one in told.found[:MOST_NAMED]:
        yield _driver(one, what, told.unit)
    more = len(told.found) - MOST_NAMED
    if more > 0:
        yield Sentence(MORE_MOVED, {"count": more})


def _driver(one: Driver, what: Filling, unit: str) -> Sentence:
    moved = one.moved
    return Sentence(
        MOVED_UP if (moved.own.value or 0) > 0 else MOVED_DOWN,
        {
            "piece": Piece(one.split, one.value),
            "what": what,
            "old": Amount(moved.old.value, unit),
            "new": Amount(moved.new.value, unit),
            "amount": Amount(moved.rate.value, unit, change=True),
        },
    )


def _fixed(told: Drivers) -> Sentence:
    query = told.query
    assert query.since is not None
    assert query.until is not None
    return Sentence(
        FIXED,
        {
            "time": Amount(told.seconds, "seconds"),
            "old": Measured(told.old, told.unit),
            "new": Measured(told.new, told.unit),
            "before": Stretch(*told.against),
            "now": Stretch(query.since, query.until),
        },
    )


def _stretch(one: Result) -> Stretch:
    assert one.query.since is not None
    assert one.query.until is not None
    return Stretch(one.query.since, one.query.until)


def _share(value: float) -> Amount:
    return Amount(value, "share")


def _worth(share: float, said: Estimate) -> bool:
    return share >= LEAST_SHARE and said.n >= LEAST_CASES


def _size(said: Estimate, unit: str) -> Amount:
    return Amount(said.value, unit, change=True)


def _word(said: Estimate) -> str:
    return UP if (said.value or 0) > 0 else DOWN


def _way(said: Estimate) -> bool:
    """Whether the whole interval lies on one side of nought."""
    return (said.low is not None and said.low > 0) or (said.high is not None and said.high < 0)
