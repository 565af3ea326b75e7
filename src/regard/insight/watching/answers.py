"""Answers that nobody gave: machines that open what was sent, or answer in the same second."""

from datetime import timedelta

from regard.core.i18n import N_
from regard.insight.ask import ask
from regard.insight.looking import Alarm, Course, courses, looks, runs, window
from regard.insight.sentence import Filling, Measured, Named, Sentence, Stretch
from regard.insight.signal import Signal
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.query import Query
from regard.stats.difference import mover
from regard.stats.discovery import chance_of
from regard.stats.estimate import Estimate
from regard.stats.pooling import pooled

METRICS = ("surveys_scanned", "answers_at_once")
LATELY, BEFORE = timedelta(days=7), timedelta(days=56)
"""The days each daily look is about, and those before it that they are held against."""
FEWEST = 30
"""Of fewer cases in either nothing is asked."""
LEAST = 0.02
"""By how much the share must have risen to be worth a word."""
GATE = 1e-4
"""From which chance on a daily look raises it; what stands is decided over all questions."""
STILL = 0.05
"""From which chance on an alarm is over."""
APART = 28
SAYS = N_("{metric}: {seen}, before {usual}.")
WHY = N_(
    "Since {days} more of them came within a second than before. Machines that follow links look "
    "like interest: what is opened and begun says less than it seems to."
)


def look(watched: Watched) -> Looked:
    """Every day, by both marks of machines: the last week against the eight weeks before."""
    signals: list[Signal] = []
    asked = 0
    for key in METRICS:
        first = watched.since - LATELY - BEFORE
        query = Query(key, first, watched.until, by=("day",), zone=watched.zone)
        course = courses(ask(query, watched.reader, watched.scope), "day").get("", {})
        questions = _questions(key, course, watched)
        asked += len(questions)
        alarms = [one for one, lasts in questions if lasts]
        signals += [_signal(course, run) for run in runs(alarms, APART)]
    return Looked(tuple(signals), asked)


def _questions(key: str, course: Course, watched: Watched) -> list[tuple[Alarm, bool]]:
    """The last week of each look beside the weeks before it, and whether an alarm lasts.

    While an alarm lasts, it is held against the weeks before it began, for as long as those are:
    what is wrong must not become usual.
    """
    found: list[tuple[Alarm, bool]] = []
    began: Alarm | None = None
    for until, day in looks(watched.since, watched.until, "day", 0):
        since = until - LATELY
        before = since - BEFORE
        if began and since - began.since < BEFORE:
            before = began.since - BEFORE
        seen = pooled(window(course, "day", since, until))
        usual = pooled(window(course, "day", before, before + BEFORE))
        if min(seen.n, usual.n) < FEWEST:
            continue
        one = Alarm(key, day, since, until, seen, usual, chance_of(mover(seen, usual)))
        lasts = _stands_out(one, STILL if began else GATE)
        began = (began or one) if lasts else None
        found.append((one, lasts))
    return found


def _stands_out(one: Alarm, gate: float) -> bool:
    rise = (one.seen.value or 0.0) - (one.usual.value or 0.0)
    return rise >= LEAST and one.chance <= gate


def _signal(course: Course, run: list[Alarm]) -> Signal:
    key = run[0].metric
    worst, last = min(run, key=lambda one: one.chance), run[-1]
    days = [run[0].since + timedelta(days=n) for n in range(LATELY.days)]
    usual = run[0].usual.high or 0.0
    began = next((one for one in days if _is_beyond(course.get(f"{one}"), usual)), days[0])
    filled: dict[str, Filling] = {
        "metric": Named(key),
        "seen": Measured(worst.seen, "share"),
        "usual": Measured(worst.usual, "share"),
    }
    whole = pooled(window(course, "day", run[0].since, last.until))
    return Signal(
        kind="answers",
        metric=key,
        since=worst.since,
        until=worst.until,
        says=Sentence(SAYS, filled),
        why=Sentence(WHY, {"days": Stretch(began, last.until)}),
        evidence=Query(key, began, last.until),
        began=began,
        told=run[0].told,
        seen=worst.seen,
        usual=worst.usual,
        chance=worst.chance,
        good=False,
        cost=float(round((whole.value or 0.0) * whole.n)),
        then=Query("response_rate", began, last.until, by=("channel",)),
    )


def _is_beyond(day: Estimate | None, usual: float) -> bool:
    return day is not None and day.value is not None and day.value > usual


WATCHES = [Watch("answers", N_("Answers that nobody gave"), look)]
