"""Watching a workspace: everything that looks for signals, and which of them stand together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from regard.core.registry import by_key, declared
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Scope
from regard.insight.signal import Signal
from regard.stats.discovery import FALSE_CALLS, adjusted

GATHERED: Mapping[str, int] = {"surge": 2, "limits": 7, "drift": 14}
"""How many days apart signals of a kind are told that are taken for one happening."""


@dataclass(frozen=True)
class Watched:
    """What is looked at: a workspace over the local days [since, until), for a scope.

    Nothing that happened later may be used: what is said of a day is what could be told at its
    end.
    """

    reader: Reader
    since: date
    until: date
    scope: Scope = ALL

    @property
    def zone(self) -> str:
        """Whose days are meant."""
        return self.reader.settings.zone


@dataclass(frozen=True)
class Looked:
    """What a watch found, each signal with the chance of its own question, and how many it asked.

    asked counts every question, those that found nothing among them; it depends on what is
    declared and on what data there are, never on the answers.
    """

    signals: tuple[Signal, ...] = ()
    asked: int = 0


@dataclass(frozen=True)
class Watch:
    """One thing to look for. says: what it looks for, marked for translation."""

    name: str
    says: str
    look: Callable[[Watched], Looked]


@cache
def watches() -> Mapping[str, Watch]:
    """Every watch by name."""
    return by_key(declared("regard.insight.watching", "WATCHES"), lambda one: one.name)


def warnings(watched: Watched, names: tuple[str, ...] = ()) -> tuple[Signal, ...]:
    """The signals that stand after all questions are minded, the least likely chance first.

    names: of the watches to look through; empty: all. An unknown name: KeyError of `watches`.
    """
    return standing(looked_through(watched, names))


def looked_through(watched: Watched, names: tuple[str, ...] = ()) -> tuple[Looked, ...]:
    """What each watch found, unadjusted."""
    return tuple(watches()[name].look(watched) for name in names or tuple(watches()))


def standing(looked: Sequence[Looked]) -> tuple[Signal, ...]:
    """The signals that stand when the questions of all watches are minded."""
    found = [signal for one in looked for signal in one.signals]
    chances = adjusted([one.chance for one in found], sum(one.asked for one in looked))
    told = [replace(one, chance=p) for one, p in zip(found, chances, strict=True)]
    kept = gathered([one for one in told if one.chance <= FALSE_CALLS])
    return tuple(sorted(kept, key=lambda one: (one.chance, one.metric, str(one.where))))


def gathered(signals: Sequence[Signal]) -> list[Signal]:
    """Metrics that strayed as wholes at one time as one signal: the clearest, the others named.

    Those of a kind, a few days apart, gather around the clearest of them.
    """
    groups: list[list[Signal]] = []
    for one in sorted(signals, key=lambda each: (each.chance, each.metric)):
        home = next((group for group in groups if _together(group[0], one)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return [_led(group) for group in groups]


def _together(first: Signal, one: Signal) -> bool:
    if first.kind != one.kind or one.kind not in GATHERED or first.where or one.where:
        return False
    days = GATHERED[one.kind]
    return abs(((first.told or first.until) - (one.told or one.until)).days) <= days


def _led(group: Sequence[Signal]) -> Signal:
    first = group[0]
    names = dict.fromkeys(one.metric for one in group if one.metric != first.metric)
    return replace(first, others=tuple(names)) if names else first
