"""Teams and people whose customers are asked far less often than those of all others."""

from collections.abc import Iterator
from datetime import timedelta

from regard.core.i18n import N_
from regard.insight.ask import ask
from regard.insight.looking import Alarm, courses, looks, runs, window
from regard.insight.sentence import Filling, Measured, Piece, Sentence, Stretch
from regard.insight.signal import Signal
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.query import Query
from regard.stats.difference import mover
from regard.stats.discovery import chance_of
from regard.stats.pooling import pooled, rest

ASKED, NO_REASON = "asked_share", "left_out_without_reason"
WORSE = {ASKED: -1, NO_REASON: 1}
"""By which metrics it shows, and in which direction."""
SPLITS = ("team", "agent")
WEEKS = timedelta(weeks=4)
"""How far back each weekly look goes."""
RIPE = 14
"""Days after which an occasion can be judged."""
FEWEST = 30
"""Of fewer occasions, or with fewer elsewhere, nothing is asked."""
LEAST = 0.05
"""By how much a share must differ from that of the others to be worth a word."""
GATE = 1e-4
"""From which chance on a weekly look raises it; what stands is decided over all questions."""
APART = 35
SAYS = {
    ASKED: N_("{part}: customers are asked less often: {seen}, elsewhere {usual}."),
    NO_REASON: N_("{part}: customers are left out without a reason: {seen}, elsewhere {usual}."),
}
WHY = N_(
    "In {days} both shares are of the same weeks, so that what kept everybody from asking is in "
    "both. Whoever is not asked cannot be unhappy."
)


def look(watched: Watched) -> Looked:
    """Every week, every team and person: four weeks against those of everybody else."""
    signals: list[Signal] = []
    asked = 0
    for split in SPLITS:
        alarms: dict[str, list[Alarm]] = {}
        for key in WORSE:
            for name, one in _questions(key, split, watched):
                asked += 1
                if _stands_out(one):
                    alarms.setdefault(name, []).append(one)
        for name, found in sorted(alarms.items()):
            signals += [_signal(split, name, run) for run in runs(found, APART)]
    return Looked(tuple(signals), asked)


def _questions(key: str, split: str, watched: Watched) -> Iterator[tuple[str, Alarm]]:
    """The share of each part in each look beside that of all other parts."""
    first = watched.since - timedelta(days=RIPE) - WEEKS - timedelta(weeks=1)
    query = Query(key, first, watched.until, by=("week", split), zone=watched.zone)
    told = courses(ask(query, watched.reader, watched.scope), "week", split)
    for until, day in looks(watched.since, watched.until, "week", RIPE):
        since = until - WEEKS
        parts = {name: pooled(window(one, "week", since, until)) for name, one in told.items()}
        whole = pooled(parts.values())
        for name, seen in parts.items():
            others = rest(whole, seen)
            if min(seen.n, others.n) >= FEWEST:
                chance = chance_of(mover(seen, others))
                yield name, Alarm(key, day, since, until, seen, others, chance)


def _stands_out(one: Alarm) -> bool:
    worse = WORSE[one.metric] * ((one.seen.value or 0.0) - (one.usual.value or 0.0))
    return worse >= LEAST and one.chance <= GATE


def _signal(split: str, name: str, run: list[Alarm]) -> Signal:
    worst, last = min(run, key=lambda one: one.chance), run[-1]
    where = ((split, name),)
    filled: dict[str, Filling] = {
        "part": Piece(split, name),
        "seen": Measured(worst.seen, "share"),
        "usual": Measured(worst.usual, "share"),
    }
    missing = abs((worst.usual.value or 0.0) - (worst.seen.value or 0.0)) * worst.seen.n
    return Signal(
        kind="unasked",
        metric=worst.metric,
        since=worst.since,
        until=worst.until,
        says=Sentence(SAYS[worst.metric], filled),
        why=Sentence(WHY, {"days": Stretch(worst.since, worst.until)}),
        evidence=Query(worst.metric, run[0].since, last.until, where=where),
        where=where,
        # What the first look saw began on its way.
        began=run[0].since + WEEKS / 2,
        told=run[0].told,
        seen=worst.seen,
        usual=worst.usual,
        chance=worst.chance,
        good=False,
        cost=float(round(missing)),
        then=Query("csat_asked", run[0].since, last.until, where=where),
    )


WATCHES = [Watch("unasked", N_("Whose customers are not asked"), look)]
