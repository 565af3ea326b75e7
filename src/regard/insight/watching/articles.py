"""Articles that need work: many come, hardly anybody reads, and then they come to us."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from regard.core.i18n import N_
from regard.insight.ask import ask
from regard.insight.looking import Alarm, Course, courses, looks, runs, window
from regard.insight.sentence import Filling, Measured, Piece, Sentence, Stretch
from regard.insight.signal import Signal
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.needing import FEWEST, needing
from regard.metrics.query import Query
from regard.stats.difference import mover
from regard.stats.discovery import chance_of
from regard.stats.estimate import Estimate
from regard.stats.pooling import pooled, rest

METRIC = "articles_needing_work"
LOOKS, READ, ESCAPED = "article_views", "read_share", "escaped_contacts"
WEEKS = timedelta(weeks=6)
"""How far back each weekly look goes."""
RIPE = 1
"""Days after which a look at an article can be judged."""
GATE = 1e-4
"""From which chance on a weekly look raises it; what stands is decided over all questions."""
APART = 70
SAYS = N_("{part}: many come to it, {read} read it, and {escaped} come to us after it.")
WHY = N_(
    "In {days} less than half of its looks are reads, elsewhere {usual_read}; after other articles "
    "{usual_escaped} come to us."
)


@dataclass(frozen=True)
class _Article:
    """One article in one look, beside all others."""

    name: str
    row: dict[str, Any]
    read: Estimate
    escaped: Estimate
    read_usual: Estimate
    escaped_usual: Estimate

    @property
    def chance(self) -> float:
        """Of both marks by chance alone: that of the weaker one."""
        unread = mover(self.read, self.read_usual)
        sent = mover(self.escaped, self.escaped_usual)
        if (unread.value or 0.0) >= 0 or (sent.value or 0.0) <= 0:
            return 1.0
        return max(chance_of(unread), chance_of(sent))


def look(watched: Watched) -> Looked:
    """Every week, every article that is looked at: is it found, left unread, and no help?"""
    told = {key: _courses(key, watched) for key in (LOOKS, READ, ESCAPED)}
    alarms: dict[str, list[tuple[Alarm, _Article]]] = {}
    asked = 0
    for until, day in looks(watched.since, watched.until, "week", RIPE):
        since = until - WEEKS
        articles = _articles(told, since, until)
        asked += _often(articles)
        needed = needing([one.row for one in articles])
        for one, needs in zip(articles, needed, strict=True):
            if needs and one.chance <= GATE:
                alarm = Alarm(METRIC, day, since, until, one.escaped, one.escaped_usual, one.chance)
                alarms.setdefault(one.name, []).append((alarm, one))
    signals = []
    for name, found in sorted(alarms.items()):
        pages = {alarm.told: one for alarm, one in found}
        for run in runs([alarm for alarm, _ in found], APART):
            signals.append(_signal(name, run, pages[run[-1].told]))
    return Looked(tuple(signals), asked)


def _often(articles: list[_Article]) -> int:
    """How many are looked at as often as the one in the middle: of those alone it is asked."""
    looked = [int(one.row["looks"]) for one in articles]
    return sum(n >= median(looked) for n in looked)


def _courses(key: str, watched: Watched) -> dict[str, Course]:
    first = watched.since - timedelta(days=RIPE) - WEEKS - timedelta(weeks=1)
    query = Query(key, first, watched.until, by=("week", "article"), zone=watched.zone)
    return courses(ask(query, watched.reader, watched.scope), "week", "article")


def _articles(told: dict[str, dict[str, Course]], since: date, until: date) -> list[_Article]:
    """The articles looked at in some weeks by ten tracked readers or more."""
    names = sorted(told[LOOKS])
    views = {
        name: sum(round(one.value or 0) for one in window(told[LOOKS][name], "week", since, until))
        for name in names
    }
    read = {name: pooled(window(told[READ].get(name, {}), "week", since, until)) for name in names}
    sent = {
        name: pooled(window(told[ESCAPED].get(name, {}), "week", since, until)) for name in names
    }
    all_read, all_sent = pooled(read.values()), pooled(sent.values())
    return [
        _Article(
            name,
            _row(views[name], read[name], sent[name]),
            read[name],
            sent[name],
            rest(all_read, read[name]),
            rest(all_sent, sent[name]),
        )
        for name in names
        if views[name] and sent[name].n >= FEWEST
    ]


def _row(views: int, read: Estimate, sent: Estimate) -> dict[str, Any]:
    """An article as `needing` counts it."""
    return {
        "looks": views,
        "known": read.n,
        "reads": round((read.value or 0.0) * read.n),
        "tracked": sent.n,
        "escaped": round((sent.value or 0.0) * sent.n),
    }


def _signal(name: str, run: list[Alarm], page: _Article) -> Signal:
    last = run[-1]
    where = (("article", name),)
    says: dict[str, Filling] = {
        "part": Piece("article", name),
        "read": Measured(page.read, "share"),
        "escaped": Measured(page.escaped, "share"),
    }
    why: dict[str, Filling] = {
        "days": Stretch(last.since, last.until),
        "usual_read": Measured(page.read_usual, "share"),
        "usual_escaped": Measured(page.escaped_usual, "share"),
    }
    return Signal(
        kind="article",
        metric=METRIC,
        since=last.since,
        until=last.until,
        says=Sentence(SAYS, says),
        why=Sentence(WHY, why),
        evidence=Query(ESCAPED, run[0].since, last.until, where=where),
        where=where,
        began=run[0].since + WEEKS / 2,
        told=run[0].told,
        seen=page.escaped,
        usual=page.escaped_usual,
        chance=min(one.chance for one in run),
        good=False,
        cost=float(page.row["escaped"]),
        then=Query("article_read_time", run[0].since, last.until, where=where),
    )


WATCHES = [Watch("articles", N_("Articles that need work"), look)]
