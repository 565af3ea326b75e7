"""Beyond limits: days or weeks of a metric that lie farther off than its own past explains."""

from regard.core.i18n import N_
from regard.insight.signal import Signal
from regard.insight.straying import Words, courses, held, signal
from regard.insight.strays import beyond, looked_at
from regard.insight.watch import Looked, Watch, Watched

WORDS = Words(
    up=N_("{metric} was above its limits in {days}: {seen}, where {usual} was expected."),
    down=N_("{metric} was below its limits in {days}: {seen}, where {usual} was expected."),
    why=N_(
        "The farthest point lies {far} standard deviations off. The limits come from {points} "
        "points of {base}, weekdays and holidays minded."
    ),
)


def look(watched: Watched) -> Looked:
    """Every metric that is not a count, in both directions: one question each."""
    signals: list[Signal] = []
    asked = 0
    for course in courses(watched, counts=False):
        found = held(watched, course)
        if not looked_at(found, watched.since, watched.until):
            continue
        asked += 1
        signals += [
            signal("limits", found, stray, watched, WORDS)
            for stray in beyond(found, watched.since, watched.until)
        ]
    return Looked(tuple(signals), asked)


WATCHES = [Watch("limits", N_("Days and weeks beyond a metric's control limits"), look)]
