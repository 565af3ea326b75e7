"""Who was asked, who was not, and what those who kept silent could hide: the funnel as a choice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, ask
from regard.insight.sentence import Amount, Filling, Measured, Named, Piece, Sentence
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.difference import mover
from regard.stats.discovery import FALSE_CALLS, adjusted, chance_of
from regard.stats.estimate import Estimate, nothing
from regard.stats.pooling import pooled, rest

STEPS = {
    "eligible": "surveys_eligible",
    "sampled_out": "surveys_sampled_out",
    "suppressed": "surveys_suppressed",
    "sent": "surveys_sent",
    "delivered": "surveys_delivered",
    "answered": "surveys_answered",
}
"""The steps of the funnel that are shown, and what counts them."""
RATES = ("asked_share", "left_out_without_reason", "response_rate")
"""What each part is compared with everybody else by."""
SPLITS = ("team", "agent", "channel", "type", "resolved")
BY_WAIT = {"asked_share": "asked_share_by_wait", "response_rate": "response_rate_by_wait"}
WAIT = "wait_band"
"""Slow or fast: the band that the wait for the first answer lies in."""
QUALITY = ("surveys_scanned", "answers_at_once", "answers_straight", "answers_again")
FEWEST = 20
"""Of fewer cases, or with fewer elsewhere, nobody says whether a part differs."""
LEAST, MOST = 0.05, 10
"""How large a gap is said in words, and how many of them."""
WEIGHTED = "csat_weighted"

Asked = Callable[..., Result]
"""The answer about a metric by its key, and ways to split it."""


@dataclass(frozen=True)
class Rate:
    """A share of one part beside that of everybody else.

    gap: the part less the others, with its interval. chance: of a gap as large by chance alone,
    adjusted for all parts and shares looked at (Benjamini and Hochberg); 1 where too few stand
    behind it.
    """

    metric: str
    value: Estimate
    others: Estimate = field(default_factory=nothing)
    gap: Estimate = field(default_factory=nothing)
    chance: float = 1.0


@dataclass(frozen=True)
class Chosen:
    """One part of those who could be asked: how far each step came, and its shares.

    split, value: which part; both empty for the whole. steps: counts by the names of STEPS; empty
    where a split does not know them. rates: by metric.
    """

    split: str
    value: str | None
    steps: Mapping[str, int]
    rates: Mapping[str, Rate]

    @property
    def differs(self) -> tuple[Rate, ...]:
        """The shares in which it differs from everybody else beyond chance."""
        return tuple(one for one in self.rates.values() if one.chance <= FALSE_CALLS)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "split": self.split or None,
            "value": self.value,
            "steps": dict(self.steps),
            "rates": {
                key: {
                    "value": one.value.to_json(),
                    "others": one.others.to_json(),
                    "gap": one.gap.to_json(),
                    "chance": one.chance,
                }
                for key, one in self.rates.items()
            },
        }


@dataclass(frozen=True)
class Weighting:
    """Satisfaction as counted and as if all who were asked had answered in proportion.

    raw: as counted, of the same answers; weighted: by channel, kind of matter and outcome. worst,
    best: what it would be if those who did not answer were like the worst or the best group.
    """

    weighted: Estimate
    raw: float | None = None
    worst: float | None = None
    best: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        told = {"raw": self.raw, "if_worst": self.worst, "if_best": self.best}
        return {"weighted": self.weighted.to_json(), **told}


@dataclass(frozen=True)
class Unasked:
    """The survey funnel of the days [since, until) as a choice of whom to hear.

    whole: of everybody; parts: by every way to split, of each those asked least first; what is
    about none (no team, no matter) last, and held against nobody. quality: the marks of answers
    that are none, by metric.
    """

    since: date
    until: date
    whole: Chosen
    parts: tuple[Chosen, ...]
    weighting: Weighting
    quality: Mapping[str, Estimate]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What stands out: who is asked less, what weighting does, what answers are none."""
        return (*_of_parts(self), *_of_weighting(self.weighting), *_of_quality(self.quality))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, sentences with their holes."""
        return {
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "whole": self.whole.to_json(),
            "parts": [one.to_json() for one in self.parts],
            "weighting": self.weighting.to_json(),
            "quality": {key: one.to_json() for key, one in self.quality.items()},
            "says": [one.to_json() for one in self.sentences],
        }


def unasked(reader: Reader, since: date, until: date, scope: Scope = ALL) -> Unasked:
    """Who was not asked in the days [since, until), by every way to split, and what it does."""

    def asked(key: str, *by: str) -> Result:
        return ask(Query(key, since, until, by=by), reader, scope)

    def value(key: str) -> Estimate:
        return _only(asked(key))

    steps = {name: _count(value(key)) for name, key in STEPS.items()}
    whole = Chosen("", None, steps, {key: Rate(key, value(key)) for key in RATES})
    parts = [one for split in SPLITS for one in _split(split, asked)]
    parts += _by_wait(asked)
    told = asked(WEIGHTED)
    cover = told.parts[0].coverage if len(told.parts) == 1 else {}
    weighting = Weighting(
        _only(told), cover.get("raw"), cover.get("if_worst"), cover.get("if_best")
    )
    quality = {key: value(key) for key in QUALITY}
    return Unasked(since, until, whole, _judged(parts), weighting, quality)


def _split(split: str, asked: Asked) -> list[Chosen]:
    """Every part of a split with its funnel, its shares beside those of all other named parts.

    A survey about the whole is about no team and no matter: it would drown the others.
    """
    counts = {name: _by(asked(key, split), split) for name, key in STEPS.items()}
    rates = {key: _by(asked(key, split), split) for key in RATES}
    found = []
    for part in counts["eligible"]:
        steps = {name: _count(told.get(part, nothing())) for name, told in counts.items()}
        found.append(Chosen(split, part, steps, _rates(rates, part)))
    return sorted(found, key=_place)


def _by_wait(asked: Asked) -> list[Chosen]:
    """The bands of waiting, in their order; of them only the shares are known."""
    rates = {of: _by(asked(key), WAIT) for of, key in BY_WAIT.items()}
    bands = [band for band in rates["asked_share"] if band is not None]
    return [Chosen(WAIT, band, {}, _rates(rates, band)) for band in bands]


def _rates(rates: Mapping[str, Mapping[str | None, Estimate]], part: str | None) -> dict[str, Rate]:
    found = {}
    for key, told in rates.items():
        value = told.get(part, nothing())
        whole = pooled(one for name, one in told.items() if name is not None)
        others = nothing() if part is None else rest(whole, value)
        found[key] = Rate(key, value, others, mover(value, others))
    return found


def _place(one: Chosen) -> tuple[bool, float, str]:
    gap = one.rates["asked_share"].gap.value
    return gap is None, gap or 0.0, str(one.value)


def _judged(parts: list[Chosen]) -> tuple[Chosen, ...]:
    """The parts with the chances of their gaps, adjusted over all that were looked at."""
    places = [
        (place, key)
        for place, part in enumerate(parts)
        for key, one in part.rates.items()
        if min(one.value.n, one.others.n) >= FEWEST
    ]
    chances = adjusted([chance_of(parts[place].rates[key].gap) for place, key in places])
    found = list(parts)
    for (place, key), chance in zip(places, chances, strict=True):
        part = found[place]
        told = replace(part.rates[key], chance=chance)
        found[place] = replace(part, rates={**part.rates, key: told})
    return tuple(found)


def _by(result: Result, split: str) -> dict[str | None, Estimate]:
    """The values of a split answer; none where no source fills what it needs."""
    return {part.by[split]: part.estimate for part in result.parts if split in part.by}


def _only(result: Result) -> Estimate:
    return result.parts[0].estimate if len(result.parts) == 1 else nothing()


def _count(said: Estimate) -> int:
    return round(said.value or 0)


LESS = {
    "asked_share": N_("{part}: {value} of those who could be asked were; of all others {others}."),
    "left_out_without_reason": N_(
        "{part}: {value} were left out without a reason; of all others {others}."
    ),
    "response_rate": N_("{part}: {value} of those asked answered; of all others {others}."),
}


def _of_parts(told: Unasked) -> Iterator[Sentence]:
    """Who is asked less, left out more, or answers less than the others: the surest first."""
    worse = [(part, one) for part in told.parts for one in part.differs if _is_worse(one)]
    for part, one in sorted(worse, key=lambda each: each[1].chance)[:MOST]:
        filled: dict[str, Filling] = {
            "part": Piece(part.split, part.value),
            "value": Measured(one.value, "share"),
            "others": Measured(one.others, "share"),
        }
        yield Sentence(LESS[one.metric], filled)


def _is_worse(one: Rate) -> bool:
    better = 1 if metric(one.metric).better == "high" else -1
    return one.gap.value is not None and better * one.gap.value <= -LEAST


def _of_weighting(told: Weighting) -> Iterator[Sentence]:
    if told.raw is None or told.weighted.value is None:
        return
    filled: dict[str, Filling] = {
        "raw": Amount(told.raw, "share"),
        "weighted": Measured(told.weighted, "share"),
    }
    yield Sentence(
        N_(
            "As counted {raw} are satisfied; {weighted}, if every channel, kind of matter and "
            "outcome had answered alike."
        ),
        filled,
    )
    if told.worst is not None and told.best is not None:
        ends: dict[str, Filling] = {
            "worst": Amount(told.worst, "share"),
            "best": Amount(told.best, "share"),
        }
        yield Sentence(
            N_(
                "If those who kept silent were like the worst group it would be {worst}, like the "
                "best {best}. Weights say nothing of those who were never asked."
            ),
            ends,
        )


def _of_quality(told: Mapping[str, Estimate]) -> Iterator[Sentence]:
    for key, one in told.items():
        if one.value:
            filled: dict[str, Filling] = {"metric": Named(key), "value": Measured(one, "share")}
            yield Sentence(N_("{metric}: {value}."), filled)
