"""Surges: days with far more tickets, calls or messages than the days before let expect."""

from regard.core.i18n import N_
from regard.insight.signal import Signal
from regard.insight.straying import Words, courses, held, signal
from regard.insight.strays import looked_at, swells
from regard.insight.watch import Looked, Watch, Watched

WORDS = Words(
    up=N_("{metric} surged in {days}: {seen}, where {usual} were expected."),
    down=N_("{metric} fell away in {days}: {seen}, where {usual} were expected."),
    why=N_(
        "Expected is what the days before say, weekdays and holidays minded. Neither chance nor "
        "a season that sets in explains as much."
    ),
)


def look(watched: Watched) -> Looked:
    """Every count of what happened, in both directions: one question each."""
    signals: list[Signal] = []
    asked = 0
    for course in courses(watched, counts=True):
        found = held(watched, course)
        if not looked_at(found, watched.since, watched.until):
            continue
        asked += 1
        signals += [
            signal("surge", found, stray, watched, WORDS)
            for stray in swells(found, watched.since, watched.until)
        ]
    return Looked(tuple(signals), asked)


WATCHES = [Watch("volumes", N_("Surges and falls of what comes in"), look)]
