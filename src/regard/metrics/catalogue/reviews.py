"""What customers say of us on sites of reviews, and whether we reply."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.surveyed import FEW_POINTS, MOST_POINTS
from regard.metrics.across import Across
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Mean, Share
from regard.metrics.twins import in_period, with_twins

REVIEWS = N_("Reviews")
DAY, HOUR = 86_400, 3_600
RIPE = 7 * DAY
"""How old a review must be before its lack of a reply says anything."""
OF_COMPETITOR = Exclusion(
    N_("about a competitor: split by side"), lambda t: t.side == "competitor", ("side", "subject")
)
INVITED = Exclusion(N_("asked for by us: split by invited"), lambda t: t.invited, ("invited",))
NOT_INVITED = Exclusion(N_("not asked for by us"), lambda t: ~t.invited.fill_null(False))
UNRATED = Exclusion(N_("no rating"), lambda t: t.stars.isnull() | t.scale_max.isnull())


def positive(rows: Relation) -> BooleanValue:
    """Whether a review is positive: by its stars, which the customer gave; without any, by what
    was found in its words. Empty where neither is known.

    Stars: the top boxes of METRICS §5 (4 and 5 of 5, 9 and 10 of 10); beyond eleven points no box
    is defined.
    """
    few = rows.scale_max <= FEW_POINTS
    least = ibis.ifelse(few, rows.scale_max, rows.scale_max - 1)
    boxed = ibis.ifelse(rows.scale_max <= MOST_POINTS, rows.stars >= least, None)
    found: BooleanValue = ibis.coalesce(boxed, rows.sentiment == "positive")
    return found


UNREAD = Exclusion(N_("neither rated nor read, or unsure"), lambda t: positive(t).isnull())


def _review(name: str, stars: int | None = 5, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "review_id": name,
        "posted_at": "2026-03-02T10:00:00Z",
        "side": "ours",
        "stars": stars,
        "scale_max": 5,
        "scale": "1–5",
        "calendar_id": "default",
        **said,
    }


SAID = (
    _review("1"),
    _review("2", 2, invited=False),
    _review("3", 5, invited=True),
    _review("4", 1, side="competitor"),
)


def _of_invited(one: Metric, label: str, value: float) -> Metric:
    """The same of the reviews that we asked for."""
    kept = tuple(each for each in one.excludes if each is not INVITED)
    return replace(
        one,
        key=f"{one.key}_invited",
        label=label,
        says=N_(
            "The same of reviews that we asked for. Whoever asks chooses whom, so that these "
            "never stand for all."
        ),
        raises=N_("Whom did we ask, and whom did we spare the question?"),
        excludes=(NOT_INVITED, *kept),
        beside=(one.key,),
        example=replace(one.example, value=value),
    )


COUNTED = Metric(
    key="reviews",
    theme=REVIEWS,
    label=N_("Reviews"),
    says=N_(
        "Reviews of us posted in the period that we had not asked for, or of which nobody says so."
    ),
    raises=N_("Who takes the trouble to write about us, and why now?"),
    fact="review_fact",
    at="posted_at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("reviews posted"),
    denominator=N_("none: a count"),
    requires=("review",),
    excludes=(OF_COMPETITOR, INVITED),
    beside=("reviews_invited",),
    cited=N_("Regard's own definition"),
    example=Example(rows=SAID, value=2),
)

RATING = replace(
    COUNTED,
    key="review_rating",
    label=N_("Rating in reviews"),
    says=N_("The mean rating, for each scale by itself: scales are never averaged together."),
    raises=N_("What do those write who give the lowest rating?"),
    shape=Across("scale", Column("scale"), Mean(lambda t: t.stars, lowest=1.0)),
    unit="number",
    better="high",
    numerator=N_("ratings on a scale, added up"),
    denominator=N_("reviews with a rating on that scale"),
    excludes=(OF_COMPETITOR, INVITED, UNRATED),
    beside=("review_rating_invited", "five_star_share"),
    example=Example(rows=SAID, value=3.5, by={"scale": "1–5"}),
)

FIVE_STARS = replace(
    COUNTED,
    key="five_star_share",
    label=N_("Five-star reviews"),
    says=N_("The share of reviews with the highest rating of their scale, such as five of five."),
    raises=N_("What would the others have needed to be content?"),
    shape=Share(lambda t: t.stars >= t.scale_max),
    unit="share",
    better="high",
    numerator=N_("reviews with the highest rating of their scale"),
    denominator=N_("reviews with a rating"),
    excludes=(OF_COMPETITOR, INVITED, UNRATED),
    beside=("five_star_share_invited", "review_rating"),
    example=Example(rows=SAID, value=0.5),
)

POSITIVE = replace(
    FIVE_STARS,
    key="review_positive_share",
    label=N_("Positive reviews"),
    says=N_(
        "The share of reviews whose rating lies in the top boxes of its scale, such as four and "
        "five of five; of those without a rating, whose words were read as positive."
    ),
    raises=N_("Which of our faults do the others name?"),
    shape=Share(positive),
    numerator=N_("positive reviews"),
    denominator=N_("reviews with a rating, or whose words could be read"),
    excludes=(OF_COMPETITOR, INVITED, UNREAD),
    beside=("review_positive_share_invited", "review_rating"),
    example=Example(
        rows=(
            _review("1", 4),
            _review("2", 3, sentiment="positive"),
            _review("3", None, sentiment="positive"),
            _review("4", None, sentiment="negative"),
            _review("5", None),
            _review("6", 5, invited=True),
        ),
        value=0.5,
        note=N_("2 of 4: the stars of the second say more than its words, the fifth says nothing"),
    ),
)

REPLY_RATE = replace(
    COUNTED,
    key="review_reply_rate",
    label=N_("Reviews replied to"),
    says=N_(
        "The share of reviews to which a person of ours has replied. It belongs to the month in "
        "which the review came, whenever the reply did."
    ),
    raises=N_("Whose words in public did we leave without a reply?"),
    shape=Share(lambda t: t.replied_at.notnull()),
    unit="share",
    better="high",
    numerator=N_("reviews replied to by a person"),
    denominator=N_("reviews posted at least 7 days before"),
    requires=("review", "review_reply"),
    excludes=(OF_COMPETITOR,),
    waiting=lambda t: t.replied_at.isnull(),
    ripe_seconds=RIPE,
    beside=("review_replies", "review_reply_time"),
    example=Example(
        rows=(
            _review("1", replied_at="2026-03-20T10:00:00Z"),
            _review("2", invited=True),
            _review("3", posted_at="2026-03-30T10:00:00Z"),
        ),
        value=0.5,
        note=N_("1 of 2: the third is younger than 7 days"),
    ),
)

REPLY_TIME = replace(
    REPLY_RATE,
    key="review_reply_time",
    label=N_("Time to reply to reviews"),
    says=N_(
        "The time by which a person of ours had replied to half of all reviews; those without any "
        "reply count."
    ),
    raises=N_("Do we reply to praise quickly, and to blame late or never?"),
    shape=Incidence(Column("reply_seconds"), None, Column("_age")),
    unit="seconds",
    better="low",
    numerator=N_("reviews replied to by a person by that time"),
    denominator=N_("all reviews, those without a reply among them"),
    ripe_seconds=0,
    beside=("review_reply_rate",),
    example=Example(
        rows=(
            _review("1", replied_at="2026-03-02T11:00:00Z", reply_seconds=HOUR),
            _review("2", replied_at="2026-03-02T13:00:00Z", reply_seconds=3 * HOUR),
            _review("3"),
        ),
        value=3 * HOUR,
    ),
)


def _reply(name: str, at: str, **said: Any) -> Mapping[str, object]:
    return {
        "source": "s",
        "review_id": "1",
        "reply_id": name,
        "at": at,
        "side": "ours",
        "automatic": False,
        **said,
    }


REPLIES = replace(
    COUNTED,
    key="review_replies",
    label=N_("Replies to reviews"),
    says=N_("Replies to reviews by people of ours, in the month of the reply."),
    raises=N_("Do we reply in our own words, or always in the same ones?"),
    fact="review_reply_fact",
    at="at",
    numerator=N_("replies by people"),
    requires=("review", "review_reply"),
    excludes=(OF_COMPETITOR, Exclusion(N_("written by a machine"), lambda t: t.automatic)),
    beside=("review_reply_rate",),
    example=Example(
        rows=(
            _reply("1", "2026-03-02T10:00:00Z"),
            _reply("2", "2026-03-05T10:00:00Z"),
            _reply("3", "2026-03-05T10:00:00Z", automatic=True),
        ),
        value=2,
    ),
)

METRICS = [
    COUNTED,
    RATING,
    FIVE_STARS,
    POSITIVE,
    _of_invited(COUNTED, N_("Reviews asked for"), 1),
    _of_invited(RATING, N_("Rating in reviews asked for"), 5),
    _of_invited(FIVE_STARS, N_("Five-star reviews asked for"), 1),
    _of_invited(POSITIVE, N_("Positive reviews asked for"), 1),
    REPLY_RATE,
    REPLIES,
    *with_twins(
        REPLY_TIME,
        N_("Time to reply to reviews, finished only"),
        N_("Time to reply to reviews, mean of finished"),
        N_("Time to reply to reviews, opening hours"),
    ),
    in_period(REPLY_TIME, N_("Time to reply to reviews, in the period")),
]
