"""Complaints: how many, how soon settled, whether right, and whether they come again."""

from dataclasses import replace
from typing import Any

from regard.core.i18n import N_
from regard.metrics.catalogue.volume import NOT_SERVICE
from regard.metrics.incidence import Incidence
from regard.metrics.labels import Labelled
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Share
from regard.metrics.twins import in_period, with_twins

COMPLAINTS = N_("Complaints")
ISO = N_("ISO 10002")
DAY, HOUR = 86_400, 3_600
AGAIN = 90 * DAY
"""Within how long a complaint of the same person and kind is the same fault again."""
THING = ("source", "complaint_id")


def _complaint(name: str, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "complaint_id": name,
        "recorded": True,
        "carrier": "ticket",
        "received_at": "2026-03-02T10:00:00Z",
        "acknowledges": True,
        "settles": True,
        "calendar_id": "default",
        **said,
    }


COUNTED = Metric(
    key="complaints",
    theme=COMPLAINTS,
    label=N_("Complaints"),
    says=N_(
        "Expressions of dissatisfaction where a response is expected, in a ticket, call, review, "
        "post or answer, each once: recorded ones, and those read in what customers wrote."
    ),
    raises=N_("Do more customers have a reason to complain, or do more know where?"),
    fact="complaint_fact",
    at="received_at",
    shape=Count(),
    unit="count",
    better="low",
    numerator=N_("complaints received"),
    denominator=N_("none: a count"),
    requires=("complaint|reading",),
    excludes=NOT_SERVICE,
    beside=("complaint_rate",),
    cited=ISO,
    example=Example(
        rows=(_complaint("1"), _complaint("2", recorded=False), _complaint("3", demand="spam")),
        value=2,
    ),
)

RATE = replace(
    COUNTED,
    key="complaint_rate",
    label=N_("Complaints per 1,000 customer-months"),
    says=N_("Complaints for each thousand months of customers who paid or had lately bought."),
    raises=N_("Do we have more complaints, or only more customers?"),
    shape=Quotient("complaints", "customer_months", per=1000),
    unit="number",
    denominator=N_("customer-months, in thousands"),
    requires=("complaint|reading", "subscription|order"),
    beside=("complaints", "customer_months"),
    example=Example(
        rows=(_complaint("1"), _complaint("2")),
        # Four hundred customers who were active for a whole month.
        others={
            "active_span_fact": tuple(
                {
                    "customer_id": str(n),
                    "ordinal": 1,
                    "starts_at": "2026-03-01T00:00:00Z",
                    "ends_at": "2026-03-31T10:30:00Z",
                }
                for n in range(400)
            )
        },
        as_of="2026-04-01T00:00:00+00:00",
        value=5.0,
        note=N_("2 complaints in 400 customer-months"),
    ),
)

ACKNOWLEDGE = replace(
    COUNTED,
    key="complaint_time_to_acknowledge",
    label=N_("Time to acknowledge complaints"),
    says=N_(
        "The time by which half of all complaints were acknowledged; those never acknowledged "
        "count. What was only read is acknowledged by a person's answer."
    ),
    raises=N_("Who complained and does not know whether anybody heard?"),
    shape=Incidence(
        Column("acknowledge_seconds"), Column("unacknowledged_seconds"), Column("_age")
    ),
    unit="seconds",
    numerator=N_("complaints acknowledged by that time"),
    denominator=N_("all complaints, unacknowledged ones among them"),
    excludes=(
        *NOT_SERVICE,
        Exclusion(N_("its source keeps no acknowledgements"), lambda t: ~t.acknowledges),
    ),
    waiting=lambda t: t.acknowledged_at.isnull() & t.unacknowledged_at.isnull(),
    beside=("complaint_time_to_settle",),
    example=Example(
        rows=(
            _complaint("1", acknowledge_seconds=HOUR, acknowledged_at="2026-03-02T11:00:00Z"),
            _complaint("2", acknowledge_seconds=5 * HOUR, acknowledged_at="2026-03-02T15:00:00Z"),
            _complaint("3"),
        ),
        value=5 * HOUR,
    ),
)

SETTLE = replace(
    ACKNOWLEDGE,
    key="complaint_time_to_settle",
    label=N_("Time to settle complaints"),
    says=N_("The time by which half of all complaints were settled; those still open count."),
    raises=N_("Which complaints did we let lie?"),
    shape=Incidence(Column("settle_seconds"), Column("drop_seconds"), Column("_age")),
    numerator=N_("complaints settled by that time"),
    denominator=N_("all complaints, open ones among them"),
    excludes=(
        *NOT_SERVICE,
        Exclusion(N_("nobody keeps when it is settled"), lambda t: ~t.settles),
    ),
    waiting=lambda t: t.settled_at.isnull() & t.dropped_at.isnull(),
    beside=("complaint_upheld_share", "complaint_repeat_share"),
    example=Example(
        rows=(
            _complaint("1", settle_seconds=DAY, settled_at="2026-03-03T10:00:00Z"),
            _complaint("2", settle_seconds=9 * DAY, settled_at="2026-03-11T10:00:00Z"),
            _complaint("3", drop_seconds=2 * DAY, dropped_at="2026-03-04T10:00:00Z"),
        ),
        value=9 * DAY,
        note=N_("Two of three were settled, the second on the ninth day; one was dropped"),
    ),
)

UPHELD = replace(
    COUNTED,
    key="complaint_upheld_share",
    label=N_("Complaints upheld"),
    says=N_("The share of complaints settled in the period in which the customer was right."),
    raises=N_("Do we uphold what is right, or what is cheap?"),
    at="settled_at",
    shape=Share(lambda t: t.upheld),
    unit="share",
    better="none",
    numerator=N_("complaints upheld"),
    denominator=N_("complaints settled of which it was decided whether they were right"),
    requires=("complaint",),
    excludes=(*NOT_SERVICE, Exclusion(N_("not decided"), lambda t: t.upheld.isnull())),
    beside=("complaint_remedies",),
    example=Example(
        rows=(
            _complaint("1", settled_at="2026-03-03T10:00:00Z", upheld=True),
            _complaint("2", settled_at="2026-03-03T10:00:00Z", upheld=False),
            _complaint("3", settled_at="2026-03-03T10:00:00Z"),
        ),
        value=0.5,
    ),
)

CAUSES = replace(
    COUNTED,
    key="complaint_causes",
    label=N_("Causes of complaints"),
    says=N_("The share of complaints of each cause, of those whose cause is known."),
    raises=N_("Which cause did we know of a year ago?"),
    shape=Labelled("cause", THING, "cause"),
    unit="share",
    better="none",
    numerator=N_("complaints of the cause"),
    denominator=N_("complaints whose cause is known"),
    requires=("complaint",),
    excludes=(*NOT_SERVICE, Exclusion(N_("cause not known"), lambda t: t.cause.isnull())),
    beside=("complaints", "complaint_remedies"),
    example=Example(
        rows=(
            _complaint("1", cause="late"),
            _complaint("2", cause="late"),
            _complaint("3", cause="broken"),
            _complaint("4", cause="late"),
            _complaint("5"),
        ),
        value=0.75,
        by={"cause": "late"},
    ),
)

REMEDIES = replace(
    CAUSES,
    key="complaint_remedies",
    label=N_("Remedies of complaints"),
    says=N_("The share of settled complaints with each remedy, of those whose remedy is known."),
    raises=N_("Do words cost us less than what they are given for?"),
    at="settled_at",
    shape=Labelled("remedy", THING, "remedy"),
    numerator=N_("complaints settled by the remedy"),
    denominator=N_("complaints settled whose remedy is known"),
    excludes=(*NOT_SERVICE, Exclusion(N_("remedy not known"), lambda t: t.remedy.isnull())),
    beside=("complaint_upheld_share", "complaint_causes"),
    example=Example(
        rows=(
            _complaint("1", remedy="refund", settled_at="2026-03-03T10:00:00Z"),
            _complaint("2", remedy="apology", settled_at="2026-03-03T10:00:00Z"),
        ),
        value=0.5,
        by={"remedy": "refund"},
    ),
)

REPEATS = replace(
    COUNTED,
    key="complaint_repeat_share",
    label=N_("Complaints that came again"),
    says=N_(
        "The share of complaints after which the same person complained of the same kind of "
        "matter within 90 days. Judged 90 days after."
    ),
    raises=N_("Did we settle the complaint and leave its cause?"),
    shape=Share(lambda t: t.again_seconds <= AGAIN),
    unit="share",
    numerator=N_("complaints followed by another of the same person and kind within 90 days"),
    denominator=N_("complaints at least 90 days old, of a known person and kind"),
    excludes=(
        *NOT_SERVICE,
        Exclusion(N_("nobody knows who complained"), lambda t: t.person.isnull()),
        Exclusion(N_("no kind of matter"), lambda t: t.type.isnull()),
    ),
    ripe_seconds=AGAIN,
    beside=("complaint_time_to_settle",),
    example=Example(
        rows=(
            _complaint("1", person="s/a", type="x", again_seconds=30 * DAY),
            _complaint("2", person="s/a", type="x", received_at="2026-04-01T10:00:00Z"),
            _complaint("3", person="s/b", type="x", again_seconds=91 * DAY),
            _complaint("4", type="x"),
        ),
        as_of="2026-06-15T00:00:00+00:00",
        value=0.5,
        note=N_("1 of 2: the second is younger than 90 days, of the fourth nobody knows who it is"),
    ),
)

METRICS = [
    COUNTED,
    RATE,
    *with_twins(
        ACKNOWLEDGE,
        N_("Time to acknowledge complaints, finished only"),
        N_("Time to acknowledge complaints, mean of finished"),
        N_("Time to acknowledge complaints, opening hours"),
    ),
    *with_twins(
        SETTLE,
        N_("Time to settle complaints, finished only"),
        N_("Time to settle complaints, mean of finished"),
        N_("Time to settle complaints, opening hours"),
    ),
    in_period(SETTLE, N_("Time to settle complaints, in the period")),
    UPHELD,
    CAUSES,
    REMEDIES,
    REPEATS,
]
