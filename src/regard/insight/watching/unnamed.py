"""Matters without a name: many tickets without a type that lately say the same thing."""

from datetime import timedelta

from regard.core.i18n import N_
from regard.insight.sentence import Sentence
from regard.insight.signal import Signal
from regard.insight.unnamed import BEFORE, COUNTED, UNTYPED, Unnamed, unnamed
from regard.insight.watch import Looked, Watch, Watched
from regard.metrics.query import Query
from regard.stats.estimate import Estimate
from regard.stats.rate import count

CALLED = 0.01
"""The chance, of one candidate, beyond which it is no signal."""
SAYS = N_(
    "{late} new tickets without a type say the same thing, {before} in the {days} days before."
)
SAYING = N_(
    "{late} new tickets without a type say the same thing, {before} in the {days} days before: "
    "“{typical}”"
)
WHY = N_("Of all tickets without a type, far fewer would fall into these days by chance.")


def look(watched: Watched) -> Looked:
    """Every candidate for a type of its own; what is told was known at the last day's end."""
    found = unnamed(watched.reader, watched.since, watched.until, watched.scope)
    signals = [_signal(one, watched) for one in found if one.chance <= CALLED]
    return Looked(tuple(signals), len(found))


def _signal(one: Unnamed, watched: Watched) -> Signal:
    since = max(one.first, watched.since)
    until = one.last + timedelta(days=1)
    filled = {"late": one.late, "before": len(one.tickets) - one.late, "days": BEFORE}
    says = Sentence(SAYS, filled)
    if one.typical:
        says = Sentence(SAYING, {**filled, "typical": one.typical[0]})
    rows = Query(COUNTED, since, until, where=UNTYPED, zone=watched.zone)
    return Signal(
        "unnamed",
        COUNTED,
        since,
        until,
        says,
        Sentence(WHY),
        rows,
        where=UNTYPED,
        began=one.first,
        told=watched.until - timedelta(days=1),
        seen=count(one.late),
        usual=Estimate(float(len(one.tickets) - one.late)),
        chance=one.chance,
        cost=float(one.late),
        then=Query(COUNTED, since, until, by=("product",), where=UNTYPED, zone=watched.zone),
    )


WATCHES = [
    Watch("unnamed", N_("Tickets without a type that say the same thing"), look),
]
