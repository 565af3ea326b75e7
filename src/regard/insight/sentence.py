"""A sentence before it is worded: a marked text, and what fills it as values, not as words.

Judgements are made here, where no language is known; `report.sentences` says them in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from regard.stats.estimate import Estimate


@dataclass(frozen=True)
class Amount:
    """A number in a metric's unit. change: it is a difference, said without its sign."""

    value: float | None
    unit: str
    change: bool = False


@dataclass(frozen=True)
class Measured:
    """A value with its interval, in a metric's unit."""

    estimate: Estimate
    unit: str


@dataclass(frozen=True)
class Named:
    """A metric, said by its label."""

    key: str


@dataclass(frozen=True)
class Piece:
    """A part of the whole: the value that a way to split has (None: none), as in team billing."""

    split: str
    value: str | None


@dataclass(frozen=True)
class Way:
    """A way to split, said by its name, as in team."""

    split: str


@dataclass(frozen=True)
class Stretch:
    """The days [since, until)."""

    since: date
    until: date


@dataclass(frozen=True)
class Marked:
    """Words of our own that are marked for translation themselves."""

    text: str


@dataclass(frozen=True)
class Listed:
    """Several metrics, one after another."""

    keys: tuple[str, ...]


Filling = Listed | Amount | Measured | Named | Piece | Way | Stretch | Marked | date | int | str


@dataclass(frozen=True)
class Sentence:
    """text: marked for translation, with `{name}` where a filling goes; filled: these by name.

    A plain `str` among the fillings is a name that no language changes.
    """

    text: str
    filled: Mapping[str, Filling] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The text in English with its holes, and what fills them as plain values."""
        return {"text": self.text, "filled": {k: _plain(v) for k, v in self.filled.items()}}


def _plain(one: Filling) -> Any:
    if isinstance(one, Amount):
        return {"value": one.value, "unit": one.unit}
    if isinstance(one, Measured):
        said = one.estimate
        return {"value": said.value, "low": said.low, "high": said.high, "unit": one.unit}
    if isinstance(one, Named):
        return {"metric": one.key}
    if isinstance(one, Listed):
        return {"metrics": list(one.keys)}
    if isinstance(one, Piece):
        return {one.split: one.value}
    if isinstance(one, Way):
        return {"split": one.split}
    if isinstance(one, Stretch):
        return {"from": one.since.isoformat(), "to": one.until.isoformat()}
    if isinstance(one, Marked):
        return one.text
    return one.isoformat() if isinstance(one, date) else one
