"""A signal: something judged worth a human's minute, with evidence. It is a value, never sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from regard.core.errors import BadValue
from regard.core.i18n import N_
from regard.insight.sentence import Listed, Sentence
from regard.metrics.query import Query
from regard.stats.estimate import Estimate, nothing

KINDS: Mapping[str, str] = {
    "change": N_("Changed"),
    "price": N_("Improved at a price"),
    "limits": N_("Beyond its limits"),
    "drift": N_("Slowly getting worse"),
    "surge": N_("Surge"),
    "newcomer": N_("New"),
    "riser": N_("Rising"),
    "vanished": N_("Gone"),
    "unnamed": N_("A matter without a name"),
    "hours": N_("Slow hours"),
    "unasked": N_("Not asked"),
    "answers": N_("Answers that nobody gave"),
    "article": N_("Article that needs work"),
    "goal": N_("Goal missed"),
}
"""What a signal can be, in words."""


@dataclass(frozen=True)
class Signal:
    """Something that stands out after everything that was looked at is minded.

    kind: one of KINDS. metric: its key. where: the part it is about, (split, value) pairs; empty:
    the whole. since, until: the local days [since, until) in which it shows; began: the day on
    which it seems to have begun; told: the first day at whose end a daily look would have raised
    it, from what was known by then. seen, usual: what was measured and what it is
    held against, in the metric's unit. chance: of seeing as much by chance alone: a watch gives the
    one of its own question, `warnings` and `changes` the one adjusted for all that were asked
    (Benjamini and Hochberg). good: whether it is for the better; None where
    that is no matter. cost: cases behind it (customers, tickets, calls), None where nothing can
    be counted. others: metrics that went the same way at the same time, of which this is the
    clearest. says, why: sentences: what happened, and the reason it stands out. evidence: the
    query whose rows are behind it; then: the question to ask next.
    """

    kind: str
    metric: str
    since: date
    until: date
    says: Sentence
    why: Sentence
    evidence: Query
    where: tuple[tuple[str, str | None], ...] = ()
    began: date | None = None
    told: date | None = None
    seen: Estimate = field(default_factory=nothing)
    usual: Estimate = field(default_factory=nothing)
    chance: float = 0.0
    good: bool | None = None
    cost: float | None = None
    then: Query | None = None
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadValue("The kind of a signal", self.kind, f"one of {', '.join(KINDS)}")

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; sentences with their holes and what fills them."""
        return {
            "kind": self.kind,
            "metric": self.metric,
            "where": dict(self.where),
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "began": self.began.isoformat() if self.began else None,
            "told": self.told.isoformat() if self.told else None,
            "seen": self.seen.to_json(),
            "usual": self.usual.to_json(),
            "chance": self.chance,
            "good": self.good,
            "cost": self.cost,
            "others": list(self.others),
            "says": self.says.to_json(),
            "why": self.why.to_json(),
            "evidence": self.evidence.to_json(),
            "then": self.then.to_json() if self.then else None,
        }


def others_went(signal: Signal) -> Sentence | None:
    """What went with it, as a sentence; None where nothing did."""
    if not signal.others:
        return None
    return Sentence(WITH_IT, {"metrics": Listed(signal.others)})


WITH_IT = N_("With it went {metrics}.")
