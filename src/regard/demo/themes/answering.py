"""What the demo's customers answer: scores on the scale of the day, choices and comments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Flags, Real, Whole, happens
from regard.demo.clock import NEVER
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import in_one, text_at
from regard.demo.themes.forms import CHOICES, FORMS, Ask, Scale
from regard.demo.themes.phrases import BAD, GOOD, MIXED

NOISE = 0.5
LEVELS: dict[tuple[int, int], tuple[float, ...]] = {
    (1, 5): (-1.6, -0.95, -0.3, 0.65),
    (1, 7): (-1.8, -1.4, -1.05, -0.65, -0.3, 0.65),
    (0, 10): (-2.3, -2.0, -1.7, -1.4, -1.1, -0.75, -0.3, 0.1, 0.55, 1.15),
}
"""Contentment from which on the next higher score is given."""
CHOICE_LEVELS = (-0.25, 0.7)
SOLVED_AT_ONCE, SAID_SO_ALL_THE_SAME = 0.92, 0.12


@dataclass(frozen=True)
class Answers:
    """One position a response. form, version; invitation: its position, UNKNOWN for none.

    felt: contentment when answering. first_time: for calls, whether it was solved. comments:
    whether there are words; gone: closed without an answer.
    """

    form: Whole
    version: Whole
    invitation: Whole
    customer: Whole
    ticket: Whole
    call: Whole
    bot: Whole
    session: Whole
    channel: Whole
    at: Whole
    felt: Real
    first_time: Flags
    comments: Flags
    gone: Flags

    @property
    def mood(self) -> Whole:
        """What the words are like."""
        made: Whole = np.select([self.felt < -0.35, self.felt < 0.35], [BAD, MIXED], GOOD)
        return made

    def some(self, keep: Whole) -> "Answers":
        """Those at these positions."""
        return Answers(**{name: values[keep] for name, values in vars(self).items()})


def all_of(parts: Sequence[Answers]) -> Answers:
    """One after the other."""
    names = vars(parts[0])
    return Answers(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in names})


def score(felt: Real, scale: Scale) -> Whole:
    """The score that this contentment gives on a scale."""
    low, high, inverted = scale
    found = low + np.searchsorted(LEVELS[low, high], felt, side="right")
    made: Whole = (low + high - found if inverted else found).astype(np.int64)
    return made


def answer_rows(rng: np.random.Generator, found: Answers, ids: pa.Array) -> pa.Table:
    """The table of answers: a row a question; of text only those that have words."""
    parts = []
    for number, form in enumerate(FORMS):
        for version in range(1, form.versions + 1):
            mine = np.flatnonzero((found.form == number) & (found.version == version) & ~found.gone)
            for ask in form.asks:
                parts.append(_rows(rng, found, mine, ask, version, ids))
    return in_one(parts)


def _rows(
    rng: np.random.Generator, found: Answers, mine: Whole, ask: Ask, version: int, ids: pa.Array
) -> pa.Table:
    """The answers to one question in one version."""
    if ask.kind == "text":
        mine = mine[found.comments[mine]]
    given: dict[str, object] = {}
    if ask.kind == "pmf":
        choice = np.searchsorted(CHOICE_LEVELS, found.felt[mine], side="right")
        given["choice"] = text_at(CHOICES, choice)
    elif ask.kind == "fcr":
        chance = np.where(found.first_time[mine], SOLVED_AT_ONCE, SAID_SO_ALL_THE_SAME)
        given = _scored(happens(rng, chance, len(mine)).astype(np.int64), (0, 1, False))
    elif ask.scale:
        scale = ask.older if ask.older and version == 1 else ask.scale
        given = _scored(score(found.felt[mine], scale), scale)
    return rows_of(
        "answer",
        found.at[mine],
        response_id=ids.take(pa.array(mine)),
        question_id=ask.question,
        kind=ask.kind,
        **given,
    )


def _scored(scores: Whole, scale: Scale) -> dict[str, object]:
    low, high, inverted = scale
    return {
        "score": scores,
        "scale_min": np.full(len(scores), low, dtype=np.int64),
        "scale_max": np.full(len(scores), high, dtype=np.int64),
        "scale_inverted": inverted,
    }


def bad(found: Answers) -> Flags:
    """Who gave an answer that asks for a follow-up: the two lowest of five, a detractor."""
    low = np.where(np.array([form.kind for form in FORMS])[found.form] == "nps", -0.3, -0.95)
    made: Flags = (found.felt < low) & ~found.gone & (found.customer != UNKNOWN)
    return made & (found.at < NEVER)
