"""What we do about bad answers: followed up, how soon, and whether it helped."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import is_one_of
from regard.metrics.catalogue.surveys import BY_BOT, CSAT, RIPE, said
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Share
from regard.metrics.twins import with_twins

DAY = 86_400
RATED = ("csat", "nps", "ces")


def _bad(number: int, **more: object) -> dict[str, object]:
    return {
        "source": "s",
        "response_id": str(number),
        "answered_at": "2026-03-02T10:00:00Z",
        "dismissed": False,
        "is_bad": True,
        **more,
    }


ROWS = (
    _bad(1, cases=1, followed_up_at="2026-03-03T10:00:00Z", follow_up_seconds=DAY),
    _bad(2, cases=1, followed_up_at="2026-03-04T10:00:00Z", follow_up_seconds=2 * DAY),
    _bad(3, cases=1, followed_up_at="2026-03-05T10:00:00Z", follow_up_seconds=3 * DAY),
    _bad(4, cases=1, dropped_seconds=DAY),
    _bad(5),
)

CLOSED = Metric(
    key="loop_closed_rate",
    theme=CSAT.theme,
    label=N_("Bad answers followed up"),
    says=N_(
        "The share of bad answers (the worst boxes of their scale, 0 to 6 of 10) that became a "
        "case of ours which ended with an outcome."
    ),
    raises=N_("Whom did we ask, and then not listen to?"),
    fact="response_fact",
    at="answered_at",
    shape=Share(lambda t: t.followed_up_at.notnull()),
    unit="share",
    better="high",
    numerator=N_("bad answers with a case that ended with an outcome"),
    denominator=N_("bad answers"),
    requires=("answer", "response", "case"),
    counts=lambda t: t.is_bad & ~t.dismissed,
    waiting=lambda t: t.followed_up_at.isnull() & t.dropped_seconds.isnull(),
    ripe_seconds=RIPE,
    cluster=("customer",),
    beside=("time_to_follow_up", "recovery_rate"),
    cited=N_("Regard's own definition"),
    example=Example(rows=ROWS, value=0.6),
)

TIME = replace(
    CLOSED,
    key="time_to_follow_up",
    label=N_("Time to follow up a bad answer"),
    says=N_(
        "The time by which half of all bad answers had been followed up: a case of ours about them "
        "ended with an outcome. A case that ends without one ends the wait otherwise."
    ),
    raises=N_("Do we call back while it still matters?"),
    shape=Incidence(Column("follow_up_seconds"), Column("dropped_seconds"), Column("_age")),
    unit="seconds",
    better="low",
    numerator=N_("bad answers followed up by that time"),
    denominator=N_("all bad answers, those never followed up among them"),
    ripe_seconds=0,
    beside=("loop_closed_rate",),
    cluster=("customer", "day"),
    example=Example(rows=ROWS, value=3 * DAY),
)


def with_next(rows: Relation) -> Relation:
    """Answers with `_next_good`: the customer's next score on a question of the kind and scale."""
    window = ibis.window(
        group_by=["source", "customer_id", "kind", "scale"],
        order_by=[rows.answered_at, rows.response_id, rows.question_id],
    )
    after = rows.good.lead().over(window)
    return rows.mutate(_next_good=ibis.ifelse(rows.customer_id.notnull(), after, None))


def _again(number: int, score: int, day: int, who: str) -> dict[str, object]:
    at = f"2026-03-{day:02d}T10:00:00Z"
    return said(number, score, customer_id=who, answered_at=at, bad_box=score <= 2)


RECOVERY = replace(
    CSAT,
    key="recovery_rate",
    label=N_("Won back"),
    says=N_(
        "Of the bad answers whose customer answered the same kind of question again, the share "
        "after which the next score was better."
    ),
    raises=N_("Does what we do about it change anything?"),
    shape=Share(lambda t: t["_next_good"] > t.good),
    numerator=N_("bad answers followed by a better one"),
    denominator=N_("bad answers followed by another"),
    counts=lambda t: t.bad_box & is_one_of(t.kind, RATED),
    excludes=(BY_BOT, Exclusion(N_("not answered again"), lambda t: t["_next_good"].isnull())),
    counters=(),
    beside=("loop_closed_rate",),
    cited=N_("Regard's own definition"),
    extend=with_next,
    example=Example(
        rows=(
            _again(1, 1, 2, "a"),
            _again(2, 4, 9, "a"),
            _again(3, 2, 3, "b"),
            _again(4, 1, 8, "b"),
            _again(5, 1, 4, "c"),
        ),
        value=0.5,
    ),
)

METRICS = [
    CLOSED,
    *with_twins(
        TIME,
        N_("Time to follow up a bad answer, finished only"),
        N_("Time to follow up a bad answer, mean of finished"),
    ),
    RECOVERY,
]
