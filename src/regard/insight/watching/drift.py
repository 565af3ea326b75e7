"""Slow burns: a metric that gets a little worse each week, found before any day stands out."""

from datetime import date, timedelta

from regard.core.i18n import N_
from regard.insight.signal import Signal
from regard.insight.straying import Words, courses, held, signal
from regard.insight.strays import burns, looked_at
from regard.insight.trends import LEAD_DAYS, Held, before, hold
from regard.insight.watch import Looked, Watch, Watched
from regard.stats.control import LEAST

WORDS = Words(
    up=N_("{metric} has been too high for long, since about {began}: {seen}, not {usual}."),
    down=N_("{metric} has been too low for long, since about {began}: {seen}, not {usual}."),
    why=N_(
        "Its points keep to one side, each a little: chance would hardly ever add up to as much. "
        "What is usual comes from {points} points of {base}."
    ),
)


def look(watched: Watched) -> Looked:
    """Every metric with a good direction, towards the bad: one question each."""
    signals: list[Signal] = []
    asked = 0
    for course in courses(watched, counts=False):
        if not course.metric.improves:
            continue
        found, lead = _led(watched, held(watched, course))
        if found.limits is None or not looked_at(found, watched.since, watched.until):
            continue
        asked += 1
        upwards = course.metric.improves == "low"
        signals += [
            signal("drift", found, stray, watched, WORDS)
            for stray in burns(found, watched.since, watched.until, lead, upwards)
        ]
    return Looked(tuple(signals), asked)


def _led(watched: Watched, found: Held) -> tuple[Held, date]:
    """The series held against limits from before the days in which a drift may have set out."""
    lead = watched.since - timedelta(days=LEAD_DAYS)
    if not found.provisional:
        return found, max(lead, found.limits.until) if found.limits else lead
    earlier = before(found.series, lead)
    if earlier is None or earlier.points < 2 * LEAST:
        return found, watched.since
    return hold(found.series, lead), lead


WATCHES = [Watch("drift", N_("Metrics that slowly get worse"), look)]
