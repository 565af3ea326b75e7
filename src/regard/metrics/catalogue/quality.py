"""How well work was done in the eyes of those who reviewed it, and whether they agree."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.i18n import N_
from regard.facts.expressions import joined
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.shapes import Mean, Ratio

QUALITY = N_("Quality")
POINTS_A_SCALE = 10_000
POINTS_A_PERCENT = 100
WORK = ("source", "work")
CHOSEN = Exclusion(N_("chosen by the rater, not drawn by chance"), lambda t: ~t.sampled)
OUTSIDE = Exclusion(N_("score outside its scale"), lambda t: t.points.isnull())


def _review(name: str, points: int, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "review_id": name,
        "work": f"ticket {name}",
        "agent": "ann",
        "rater": "lea",
        "at": "2026-03-02T10:00:00Z",
        "points": points,
        "sampled": True,
        **said,
    }


def _whole(rows: Relation) -> Value:
    return ibis.ifelse(rows.points.notnull(), POINTS_A_SCALE, 0)


SCORE = Metric(
    key="qa_score",
    theme=QUALITY,
    label=N_("Quality score"),
    says=N_(
        "The mean score of reviewed work as a share of the highest there is; only work drawn by "
        "chance, since what a rater picks is not like the rest."
    ),
    raises=N_("Where do the good ones do it otherwise?"),
    fact="quality_fact",
    at="at",
    shape=Ratio(lambda t: t.points, _whole, highest=1.0),
    unit="share",
    better="high",
    numerator=N_("scores, each as a share of its scale"),
    denominator=N_("scores of work drawn by chance"),
    requires=("quality_review",),
    excludes=(CHOSEN, OUTSIDE),
    cluster=("agent", "day"),
    beside=("qa_agreement",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(_review("1", 8000), _review("2", 6000), _review("3", 10_000, sampled=False)),
        value=0.7,
    ),
)


def with_gaps(rows: Relation) -> Relation:
    """The scores with `_gap`: on the first of each piece of work that several people reviewed.

    It is how far the highest and the lowest score are apart, in percent of the scale.
    """
    known = rows.filter(rows.points.notnull(), rows.work.notnull())
    told = known.group_by(*WORK).aggregate(
        _highest=known.points.max(), _lowest=known.points.min(), _raters=known.rater.nunique()
    )
    order = ibis.window(group_by=WORK, order_by=[known["at"], known.review_id])
    first = known.mutate(_place=ibis.row_number().over(order))
    first = first.filter(first["_place"] == 0).select("source", "review_id", "work")
    both = first.inner_join(told, list(WORK))
    both = both.filter(both["_raters"] > 1)
    gap = (both["_highest"] - both["_lowest"]) // POINTS_A_PERCENT
    gaps = both.select("source", "review_id", _gap=gap)
    return joined(rows, gaps, ("source", "review_id"))


AGREEMENT = replace(
    SCORE,
    key="qa_agreement",
    label=N_("How far raters are apart"),
    says=N_(
        "Of work that several people reviewed: the mean distance between the highest and the "
        "lowest score, in percentage points of the scale. None is full agreement."
    ),
    raises=N_("Do scores tell of the work or of who judged it?"),
    shape=Mean(lambda t: t["_gap"]),
    counts=lambda t: t["_gap"].notnull(),
    extend=with_gaps,
    unit="points",
    better="low",
    numerator=N_("distances between the highest and the lowest score"),
    denominator=N_("pieces of work that several people reviewed"),
    excludes=(),
    cluster=("agent",),
    beside=("qa_score",),
    example=Example(
        rows=(
            _review("1", 8000),
            _review("2", 6000, work="ticket 1", rater="max"),
            _review("3", 5000),
            _review("4", 5000, work="ticket 3", rater="max"),
            _review("5", 1000),
        ),
        value=10.0,
        note=N_("20 points and none; the fifth was reviewed once"),
    ),
)

METRICS = [SCORE, AGREEMENT]
