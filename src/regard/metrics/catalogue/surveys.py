"""How satisfied customers say they are, and how easy it was."""

from dataclasses import replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import DAY, is_one_of
from regard.facts.surveyed import WAITS, wait_band
from regard.metrics.across import Across
from regard.metrics.latest import Latest
from regard.metrics.metric import Condition, Counter, Example, Exclusion, Metric
from regard.metrics.scales import (
    SCALE_HUNDRED,
    SCALE_MEAN,
    BestBoxes,
    Scores,
    boxless,
    not_on_scale,
)
from regard.metrics.shapes import Count, Share
from regard.metrics.strata import PostStratified

SURVEYS = N_("Surveys")
ANSWERED = ("answer", "response")
BY_ASKING = ("answer", "response|invitation")
"""The same for what is dated by asking: the first thing known may be an invitation."""
RIPE = 14 * DAY
"""How long after asking answers are waited for (METRICS §5)."""
POINTS = 0.02
AFTER_CONTACT, AS_A_WHOLE = ((("transactional", value),) for value in ("true", "false"))


def _reach(asked: tuple[tuple[str, str], ...]) -> tuple[Counter, ...]:
    """Who was asked and who answered, of surveys of one kind: a wave to all is no better asking."""
    return (
        Counter("response_rate", POINTS, relative=False, where=asked),
        Counter("left_out_without_reason", POINTS, relative=False, where=asked),
    )


REACH = _reach(AFTER_CONTACT)
REACH_OF_WAVES = _reach(AS_A_WHOLE)
"""Whoever asks only the happy ones gets better answers."""
OFF_SCALE = Exclusion(N_("score outside its scale, or scale not known"), not_on_scale)
NO_BOXES = Exclusion(N_("a scale whose best boxes are not defined"), boxless)


def with_bot(rows: Relation) -> BooleanValue:
    """Whether an answer is about a conversation with a bot alone."""
    return rows.bot_session_id.notnull() & rows.ticket_id.isnull() & rows.call_id.isnull()


BY_BOT = Exclusion(N_("about a conversation with a bot"), with_bot)


def of_kind(*kinds: str) -> Condition:
    """The condition that an answer is to a question of some kinds."""
    return lambda rows: is_one_of(rows.kind, kinds)


def said(
    number: int, score: int | None, low: int = 1, high: int = 5, **more: object
) -> dict[str, object]:
    """A row of an example: an answer on a scale of which high is good."""
    least = high - (1 if high - low > 2 else 0)
    boxes = {} if score is None else {"top_box": score >= least, "met_goal": score >= least}
    return {
        "source": "s",
        "response_id": str(number),
        "question_id": "q",
        "kind": "csat",
        "person": f"s/{number}",
        "asked_at": "2026-03-02T10:00:00Z",
        "answered_at": "2026-03-03T10:00:00Z",
        "score": score,
        "good": score,
        "scale": f"{low}–{high}",
        "scale_min": low,
        "scale_max": high,
        **boxes,
        **more,
    }


ROWS = (said(1, 5), said(2, 4), said(3, 5), said(4, 2))

CSAT = Metric(
    key="csat",
    theme=SURVEYS,
    label=N_("Satisfied customers"),
    says=N_(
        "The share of answers in the best boxes of their scale: thumbs up, 3 of 3, 4 and 5 of 5, "
        "6 and 7 of 7. Dated by the answer; a survey that was dismissed is no answer."
    ),
    raises=N_("What did those who were not satisfied have in common?"),
    fact="answer_fact",
    at="answered_at",
    shape=BestBoxes(lambda t: t.top_box),
    unit="share",
    better="high",
    numerator=N_("answers in the best boxes of their scale"),
    denominator=N_("answers about satisfaction"),
    requires=ANSWERED,
    counts=of_kind("csat"),
    excludes=(BY_BOT, OFF_SCALE, NO_BOXES),
    counters=REACH,
    cluster=("customer",),
    beside=("csat_asked", "csat_mean", "csat_distribution", "csat_weighted"),
    cited=N_("Best boxes as usual in practice; interval by Wilson (1927), customers as clusters"),
    example=Example(rows=ROWS, value=0.75),
)

ASKED = replace(
    CSAT,
    key="csat_asked",
    variant_of="csat",
    label=N_("Satisfied customers, by when they were asked"),
    says=N_(
        "The same share, dated by when the customer was asked, so that an answer tells of the days "
        "it is about. Fourteen days are waited for answers."
    ),
    at="asked_at",
    requires=BY_ASKING,
    ripe_seconds=RIPE,
    beside=("csat",),
)

MEAN = replace(
    CSAT,
    key="csat_mean",
    variant_of="csat",
    label=N_("Mean satisfaction"),
    says=N_(
        "The mean score, each scale by itself: scales are never averaged together. Where low is "
        "good the scale is turned."
    ),
    raises=N_("Is it the very unhappy or the lukewarm who pull it down?"),
    shape=SCALE_MEAN,
    unit="number",
    numerator=N_("sum of the scores on a scale"),
    denominator=N_("answers on that scale"),
    excludes=(BY_BOT, OFF_SCALE),
    beside=("csat",),
    example=Example(rows=(*ROWS, said(5, 7, 1, 7)), value=4, by={"scale": "1–5"}),
)

SCORES = replace(
    MEAN,
    key="csat_distribution",
    label=N_("Scores of satisfaction"),
    says=N_("The share of every score as it was given, each scale by itself."),
    raises=N_("Are opinions divided where the mean looks mild?"),
    shape=Scores(),
    unit="share",
    better="none",
    numerator=N_("answers with that score"),
    denominator=N_("answers on that scale"),
    counters=(),
    example=Example(rows=ROWS, value=0.5, by={"scale": "1–5", "score": "5"}),
)

BY_WAIT = replace(
    CSAT,
    key="csat_by_wait",
    label=N_("Satisfied customers by their wait"),
    says=N_(
        "The share of answers in the best boxes, by how long the customer had waited for the first "
        "answer by a person, or on the telephone."
    ),
    raises=N_("From which wait on do we lose them?"),
    shape=Across(
        "wait_band", wait_band, Share(lambda t: t.top_box), order=tuple(name for name, _ in WAITS)
    ),
    requires=(*ANSWERED, "ticket|call"),
    denominator=N_("answers about a ticket or call whose wait is known"),
    beside=("csat", "first_response_time"),
    example=Example(
        rows=(
            said(1, 5, wait_seconds=60),
            said(2, 2, wait_seconds=3_599),
            said(3, 1, wait_seconds=3_600),
        ),
        value=0.5,
        by={"wait_band": "< 1 h"},
    ),
)

GOAL = replace(
    CSAT,
    key="satisfied_against_goal",
    label=N_("Customers at the goal"),
    says=N_(
        "The share of customers whose latest answer in the period meets the survey's goal; without "
        "one, lies in the best boxes."
    ),
    raises=N_("How many people, not answers, are content with us?"),
    shape=Latest(Share(lambda t: t.met_goal), "answered_at"),
    numerator=N_("customers whose latest answer meets the goal"),
    denominator=N_("customers who answered"),
    beside=("customers_at_goal", "csat"),
    example=Example(
        rows=(
            said(1, 5, person="s/a"),
            said(2, 1, person="s/a", answered_at="2026-03-09T10:00:00Z"),
            said(3, 4, person="s/b"),
        ),
        value=0.5,
    ),
)

AT_GOAL = replace(
    GOAL,
    key="customers_at_goal",
    variant_of="satisfied_against_goal",
    label=N_("Customers at the goal, number"),
    says=N_("How many customers' latest answer in the period meets the survey's goal."),
    shape=Latest(Count(lambda t: t.met_goal), "answered_at"),
    unit="count",
    denominator=N_("none: a count"),
    beside=("satisfied_against_goal",),
    example=Example(rows=GOAL.example.rows, value=1),
)

EASE = tuple(said(n, score, 1, 7, kind="ces") for n, score in enumerate((7, 4, 6, 1)))

CES = replace(
    MEAN,
    key="ces",
    variant_of="ces_easy",
    label=N_("Ease"),
    says=N_(
        "How easy customers say it was, from 0 to 100, each scale by itself: 100 is the easiest "
        "score of the scale, 0 the hardest."
    ),
    raises=N_("What did we make hard?"),
    shape=SCALE_HUNDRED,
    numerator=N_("sum of the steps above the hardest score, as parts of 100"),
    denominator=N_("answers about ease on that scale"),
    counts=of_kind("ces"),
    beside=("ces_easy",),
    cited=N_("Dixon, Freeman and Toman 2010, stored so that high is easy"),
    example=Example(rows=EASE, value=100 * (6 + 3 + 5 + 0) / 24, by={"scale": "1–7"}),
)

EASY = replace(
    CSAT,
    key="ces_easy",
    label=N_("Found it easy"),
    says=N_("The share of answers about ease in the best boxes of their scale."),
    raises=N_("What did we make hard?"),
    numerator=N_("answers in the easiest boxes of their scale"),
    denominator=N_("answers about ease"),
    counts=of_kind("ces"),
    beside=("ces",),
    cited=N_("Dixon, Freeman and Toman 2010, stored so that high is easy"),
    example=Example(rows=EASE, value=0.5),
)


def _asked(number: int, channel: str, good: bool | None) -> dict[str, object]:
    rated = {} if good is None else {"ratings": 1, "top_ratings": int(good)}
    return {
        "source": "s",
        "invitation_id": str(number),
        "survey_kind": "csat",
        "channel": channel,
        "sent_at": "2026-03-02T10:00:00Z",
        "delivered_at": "2026-03-02T10:00:00Z",
        **rated,
    }


OF_MAIL = [
    _asked(n, "mail", {0: True, 1: True, 2: True, 3: True, 4: False}.get(n)) for n in range(15)
]
OF_SMS = [_asked(20 + n, "sms", n == 0) for n in range(5)]

WEIGHTED = replace(
    CSAT,
    key="csat_weighted",
    variant_of="csat",
    label=N_("Satisfied customers, weighted"),
    says=N_(
        "The share as if every channel, kind of matter and outcome had answered in proportion to "
        "those asked, beside the share as counted, and what it would be if those who did not "
        "answer were like the worst or the best group."
    ),
    raises=N_("Do those who answer speak for those who do not?"),
    fact="invitation_fact",
    at="sent_at",
    shape=PostStratified(("channel", "type", "resolved")),
    numerator=N_("answers in the best boxes, each weighted by those asked for every answer"),
    denominator=N_("all who were asked, by channel, kind and outcome"),
    requires=(*ANSWERED, "invitation"),
    counts=lambda t: (t.survey_kind == "csat") & t.delivered_at.notnull(),
    excludes=(BY_BOT,),
    ripe_seconds=RIPE,
    beside=("csat_asked", "response_rate"),
    cited=N_("Post-stratification, effective size by Kish (1965); interval by Wilson (1927)"),
    example=Example(
        rows=(*OF_MAIL, *OF_SMS),
        value=(15 * 0.8 + 5 * 0.2) / 20,
        note=N_("15 asked by mail, 4 of 5 content; 5 by SMS, 1 of 5 content: as counted 50 %"),
    ),
)

METRICS = [CSAT, ASKED, MEAN, SCORES, WEIGHTED, BY_WAIT, GOAL, AT_GOAL, CES, EASY]
