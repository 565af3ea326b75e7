"""Judgements of a stretch of days as the site shows them: made once a store version, then kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.changes import changes_at, ranked
from regard.insight.guard import guarded, guards_at
from regard.insight.watch import Watched, warnings
from regard.metrics.query import Query
from regard.web.readers import desk_here, known, remembered

Made = tuple[Any, ...]


@dataclass(frozen=True)
class Judging:
    """One kind of judgement: its title and what it is, marked, and what makes it."""

    name: str
    title: str
    says: str
    make: Callable[[Reader, date, date], Made]


def _guards(reader: Reader, since: date, until: date) -> Made:
    return guards_at(desk_here(reader), Query(guarded()[0].key, since, until))


def _changes(reader: Reader, since: date, until: date) -> Made:
    return ranked([changes_at(desk_here(reader), since, until)])


def _warnings(reader: Reader, since: date, until: date) -> Made:
    return warnings(Watched(reader, since, until))


GUARD, CHANGES, WARNINGS = "guard", "changes", "warnings"
JUDGINGS: Mapping[str, Judging] = {
    one.name: one
    for one in (
        Judging(
            GUARD,
            N_("Improvements and what they cost"),
            N_("Each metric with counter-metrics: improved, and at what price."),
            _guards,
        ),
        Judging(
            CHANGES,
            N_("Changes against the stretch before"),
            N_("What changed beyond chance, all that was looked at minded."),
            _changes,
        ),
        Judging(
            WARNINGS,
            N_("Warnings"),
            N_("What stands out in these days and wants a look."),
            _warnings,
        ),
    )
}


def judged(name: str, reader: Reader, since: date, until: date) -> Made:
    """What one of JUDGINGS finds in the days [since, until); made when it is not there."""
    key = _key(name, reader, since, until)
    return remembered(key, lambda: JUDGINGS[name].make(reader, since, until))


def judged_already(name: str, reader: Reader, since: date, until: date) -> Made | None:
    """The same where it was made before, else None: nobody waits."""
    found: Made | None = known(_key(name, reader, since, until))
    return found


def _key(name: str, reader: Reader, since: date, until: date) -> tuple[object, ...]:
    return (str(reader.workspace), reader.version, since, until, "judged", name)
