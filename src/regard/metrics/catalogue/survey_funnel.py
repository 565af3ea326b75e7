"""Who is asked at all, how far invitations come, and who is never asked."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.catalogue.surveys import RIPE, SURVEYS
from regard.metrics.metric import Condition, Example, Metric
from regard.metrics.shapes import Count, Share

NINE = "2026-03-02T09:00:00Z"
STEPS = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at", "commented_at")


def _invited(number: int, steps: int = 0, **more: object) -> dict[str, object]:
    return {
        "source": "s",
        "invitation_id": str(number),
        "survey_kind": "csat",
        "eligible_at": NINE,
        "sampled_out": False,
        **dict.fromkeys(STEPS[:steps], NINE),
        **more,
    }


ROWS = (
    _invited(1, 6),
    _invited(2, 5),
    _invited(3, 4),
    _invited(4, 3),
    _invited(5, 2),
    _invited(6, 1),
    _invited(7, sampled_out=True),
    _invited(8, suppressed_reason="quiet_time"),
)

ELIGIBLE = Metric(
    key="surveys_eligible",
    theme=SURVEYS,
    label=N_("Could be asked"),
    says=N_("Occasions on which a customer could have been asked, asked or not."),
    raises=N_("Whom do we never ask?"),
    fact="invitation_fact",
    at="eligible_at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("occasions on which a customer could be asked"),
    denominator=N_("none: a count"),
    requires=("invitation",),
    cluster=("customer",),
    beside=("asked_share", "response_rate"),
    cited=N_("Regard's own definition"),
    example=Example(rows=ROWS, value=8),
)


def _of(key: str, label: str, says: str, counts: Condition, value: int) -> Metric:
    """A step of the funnel, dated like all of them by when the customer could be asked."""
    return replace(
        ELIGIBLE,
        key=key,
        label=label,
        says=says,
        numerator=says.rstrip("."),
        counts=counts,
        beside=("surveys_eligible", "response_rate"),
        example=Example(rows=ROWS, value=value),
    )


FUNNEL = [
    ELIGIBLE,
    _of(
        "surveys_sampled_out",
        N_("Left out by chance"),
        N_("Occasions on which chance decided not to ask."),
        lambda t: t.sampled_out,
        1,
    ),
    _of(
        "surveys_suppressed",
        N_("Not asked for a reason"),
        N_("Occasions on which a quiet time, a refusal or a bounce kept us from asking."),
        lambda t: t.suppressed_reason.notnull(),
        1,
    ),
    _of(
        "surveys_sent",
        N_("Invitations sent"),
        N_("Invitations that were sent."),
        lambda t: t.sent_at.notnull(),
        6,
    ),
    _of(
        "surveys_delivered",
        N_("Invitations delivered"),
        N_("Invitations that arrived."),
        lambda t: t.delivered_at.notnull(),
        5,
    ),
    _of(
        "surveys_opened",
        N_("Invitations opened"),
        N_("Invitations that were opened, or answered without being seen to be opened."),
        lambda t: t.opened_at.notnull(),
        4,
    ),
    _of(
        "surveys_started",
        N_("Surveys started"),
        N_("Surveys that a customer began, or dismissed."),
        lambda t: t.started_at.notnull(),
        3,
    ),
    _of(
        "surveys_answered",
        N_("Surveys answered"),
        N_("Surveys that a customer answered; one that was only dismissed is not."),
        lambda t: t.answered_at.notnull(),
        2,
    ),
    _of(
        "surveys_commented",
        N_("Surveys with words"),
        N_("Surveys to which a customer added words."),
        lambda t: t.commented_at.notnull(),
        1,
    ),
]

RESPONSE_RATE = replace(
    ELIGIBLE,
    key="response_rate",
    judged=(("transactional", "true"),),
    label=N_("Response rate"),
    says=N_(
        "Of the invitations sent in the period that arrived, the share that was answered. Filters "
        "hold for both halves; fourteen days are waited for answers."
    ),
    raises=N_("For whom do those who answer speak?"),
    at="sent_at",
    shape=Share(lambda t: t.answered_at.notnull()),
    unit="share",
    better="high",
    numerator=N_("invitations answered"),
    denominator=N_("invitations sent in the period that were delivered"),
    counts=lambda t: t.delivered_at.notnull(),
    ripe_seconds=RIPE,
    beside=("asked_share", "csat_weighted"),
    example=Example(rows=ROWS, value=0.4),
)

ASKED_SHARE = replace(
    RESPONSE_RATE,
    key="asked_share",
    variant_of="left_out_without_reason",
    label=N_("Share asked"),
    says=N_(
        "Of the occasions on which a customer could be asked, the share on which one was. By agent "
        "it shows whose customers are not asked."
    ),
    raises=N_("Who is left out, and by whom?"),
    at="eligible_at",
    shape=Share(lambda t: t.sent_at.notnull()),
    numerator=N_("invitations sent"),
    denominator=N_("occasions on which a customer could be asked"),
    counts=None,
    beside=("response_rate", "surveys_suppressed"),
    example=Example(rows=ROWS, value=0.75),
)

METRICS = [*FUNNEL, RESPONSE_RATE, ASKED_SHARE]
