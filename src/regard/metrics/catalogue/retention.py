"""Whether customers stay: retention, churn of every kind, and for how long they stay."""

from dataclasses import replace

import ibis

from regard.core.i18n import N_
from regard.metrics.catalogue.volume import SHARE_MARGIN
from regard.metrics.exposure import MONTH_SECONDS
from regard.metrics.level import Level
from regard.metrics.metric import Counter, Example, Exclusion, Metric
from regard.metrics.retained import LeftOrLost, Retained
from regard.metrics.shapes import Count, Share
from regard.metrics.survival import SurvivalAt

RETENTION = N_("Retention")
DAY = 86_400
GRACE_SECONDS = 3 * DAY
BEGAN = "2026-01-01T00:00:00Z"
JOINED = "2026-03-10T00:00:00Z"
LEFT = "2026-03-20T00:00:00Z"
PAYING = N_("customers paying as the period began")


def paid(
    name: str, since: str, until: str | None = None, voluntary: bool | None = None
) -> dict[str, object]:
    """A customer who pays from one instant until another, as a row of an example."""
    return {
        "customer_id": name,
        "subscription_id": name,
        "span_id": since,
        "starts_at": since,
        "access_ends_at": until,
        "ends_at": until,
        "left_at": until,
        "left_voluntary": voluntary,
        "stretch": 1,
        "stretch_starts_at": since,
        "first_paid_at": since,
        "paid": True,
        "is_trial": False,
    }


def _tried(name: str, ended: str, converted: str | None = None) -> dict[str, object]:
    return {
        "customer_id": name,
        "subscription_id": name,
        "span_id": "trial",
        "starts_at": "2026-03-01T00:00:00Z",
        "ends_at": ended,
        "paid": False,
        "is_trial": True,
        "trial_starts_at": "2026-03-01T00:00:00Z",
        "trial_ended_at": ended,
        "converted_at": converted,
        "was_paying": False,
    }


STAYED = tuple(paid(f"stays {n}", BEGAN) for n in range(90))
WENT = tuple(paid(f"goes {n}", BEGAN, LEFT, n < 6) for n in range(10))
CAME = tuple(paid(f"comes {n}", JOINED, LEFT if n < 5 else None) for n in range(20))
BOOK = (*STAYED, *WENT, *CAME)
"""100 at the start, 10 leave, 20 join of whom 5 leave, 0 return (METRICS §9)."""

RATE = Metric(
    key="retention_rate",
    theme=RETENTION,
    label=N_("Retention"),
    says=N_(
        "Of the customers paying as the period began, the share paying as it ended. Who left and "
        "returned in between was kept, and left once; who joined in between is in neither half."
    ),
    raises=N_("Whom do we lose, and what did we do for them before?"),
    fact="subscription_span_fact",
    at="starts_at",
    shape=Retained(top="kept"),
    unit="share",
    better="high",
    numerator=N_("of these, the customers paying as the period ended"),
    denominator=PAYING,
    requires=("subscription",),
    cluster=("customer",),
    counters=(),
    beside=("churn_paid", "paying_customers", "reactivations"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=BOOK,
        value=0.9,
        since="2026-03-01",
        note=N_("100 at the start, 10 leave, 20 join of whom 5 leave: 90 of 100, not 85"),
    ),
)

CHURN = replace(
    RATE,
    key="churn_paid",
    label=N_("Churn of paying customers"),
    says=N_(
        "Of the customers paying as the period began, the share who left in it. A customer leaves "
        "with the last subscription, three days after access ended; a pause is no leaving."
    ),
    raises=N_("Who left, and had they told us why before?"),
    shape=Retained(top="left"),
    better="low",
    numerator=N_("of these, the customers who left in the period, returned or not"),
    counters=(Counter("revenue_retention_net", SHARE_MARGIN, relative=False),),
    beside=("trial_not_converted", "churn_all", "retention_rate"),
    example=Example(rows=BOOK, value=0.1, since="2026-03-01"),
)

VOLUNTARY = replace(
    CHURN,
    key="churn_voluntary",
    label=N_("Churn by choice"),
    says=N_("Of the customers paying as the period began, the share who left because they wished."),
    raises=N_("What did they leave for?"),
    shape=Retained(top="left_voluntary"),
    numerator=N_("of these, the customers who ended it themselves in the period"),
    counters=(),
    beside=("churn_involuntary", "churn_paid"),
    example=Example(rows=BOOK, value=0.06, since="2026-03-01"),
)

INVOLUNTARY = replace(
    VOLUNTARY,
    key="churn_involuntary",
    label=N_("Churn without a choice"),
    says=N_(
        "Of the customers paying as the period began, the share whose access ended without their "
        "wish, such as by a failed payment."
    ),
    raises=N_("How many would have stayed had the payment gone through?"),
    shape=Retained(top="left_involuntary"),
    numerator=N_("of these, the customers who were ended without their wish in the period"),
    beside=("churn_voluntary", "churn_paid"),
    example=Example(rows=BOOK, value=0.04, since="2026-03-01"),
)

EVERYONE = replace(
    CHURN,
    key="churn_all",
    label=N_("Churn, trials among it"),
    says=N_(
        "Customers who left and trials that ended unpaid, of customers paying as the period began "
        "and trials that ended in it."
    ),
    raises=N_("Do we lose those we won, or never win those who try?"),
    shape=LeftOrLost(),
    numerator=N_("paying customers who left, and trials that ended unpaid"),
    denominator=N_("customers paying as the period began, and trials that ended in it"),
    counters=(),
    beside=("churn_paid", "trial_not_converted"),
    example=Example(
        rows=(
            *BOOK,
            *(_tried(f"tries {n}", "2026-03-15T00:00:00Z") for n in range(15)),
            *(_tried(f"buys {n}", "2026-03-15T00:00:00Z", JOINED) for n in range(5)),
        ),
        value=25 / 120,
        since="2026-03-01",
        note=N_("10 of 100 left, 15 of 20 trials ended unpaid: 25 of 120"),
    ),
)

TRIALS = Metric(
    key="trial_not_converted",
    theme=RETENTION,
    label=N_("Trials not bought"),
    says=N_(
        "Of the trials that ended, the share whose customer did not pay by three days after. Who "
        "paid for something already is left out."
    ),
    raises=N_("What did they look for and not find?"),
    fact="trial_fact",
    at="ended_at",
    shape=Share(lambda t: ~t.converted),
    unit="share",
    better="low",
    numerator=N_("trials whose customer did not pay by three days after"),
    denominator=N_("trials that ended"),
    requires=("subscription",),
    excludes=(Exclusion(N_("paid for something already"), lambda t: t.was_paying),),
    ripe_seconds=GRACE_SECONDS,
    cluster=("customer", "day"),
    beside=("churn_paid", "churn_all"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=tuple(
            {
                "customer_id": str(n),
                "subscription_id": str(n),
                "ended_at": "2026-03-15T00:00:00Z",
                "converted": n == 0,
                "was_paying": n == 4,
            }
            for n in range(5)
        ),
        value=0.75,
    ),
)

RETURNS = Metric(
    key="reactivations",
    theme=RETENTION,
    label=N_("Customers who came back"),
    says=N_("Customers who pay again after they had left. Each return counts."),
    raises=N_("What brought them back, and what had sent them away?"),
    fact="paying_fact",
    at="starts_at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("stretches of paying that are not a customer's first"),
    denominator=N_("none: a count"),
    requires=("subscription",),
    counts=lambda t: t.ordinal > 1,
    cluster=("customer", "day"),
    beside=("churn_paid",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            {"customer_id": "a", "ordinal": 1, "starts_at": BEGAN, "ends_at": LEFT},
            {"customer_id": "a", "ordinal": 2, "starts_at": "2026-03-28T00:00:00Z"},
            {"customer_id": "b", "ordinal": 1, "starts_at": BEGAN},
        ),
        value=1,
    ),
)

CURVE = replace(
    RETURNS,
    key="retention_curve",
    label=N_("Retention over time"),
    says=N_(
        "The share of customers still paying so many months after they began, those who still pay "
        "counted as far as they are known. A return begins a stretch of its own and is not in it."
    ),
    raises=N_("When do we lose them: at once, at the first renewal, or slowly?"),
    shape=SurvivalAt(
        lambda t: ibis.ifelse(t.ends_at <= t["_as_of"], t.lasted_seconds, None),
        None,
        lambda t: t["_age"],
        within={str(months): months * MONTH_SECONDS for months in (1, 12, 24, 48, 72)},
    ),
    unit="share",
    better="high",
    numerator=N_("customers still paying after so many months"),
    denominator=N_("customers who began to pay in the period (Kaplan–Meier)"),
    counts=lambda t: t.ordinal == 1,
    cluster=("customer",),
    beside=("retention_rate", "reactivations"),
    example=Example(
        rows=tuple(
            {
                "customer_id": str(n),
                "ordinal": 1,
                "starts_at": "2025-01-01T00:00:00Z",
                "ends_at": "2025-05-01T00:00:00Z" if n < 3 else None,
                "lasted_seconds": 120 * DAY if n < 3 else None,
            }
            for n in range(4)
        ),
        value=0.25,
        by={"months": "12"},
        note=N_("Three of four left after 120 days"),
    ),
)

STOCK = replace(
    RETURNS,
    key="paying_customers",
    label=N_("Paying customers"),
    says=N_("Customers who pay at the end of the period, or who paused. A trial is no paying."),
    raises=N_("Do we grow by keeping, or only by winning?"),
    shape=Level(),
    numerator=N_("customers paying at the instant"),
    denominator=N_("none: a stock; it is never summed over time"),
    counts=None,
    cluster=("customer",),
    beside=("retention_rate", "active_customers"),
    example=Example(rows=RETURNS.example.rows, value=2),
)

METRICS = [RATE, CHURN, VOLUNTARY, INVOLUNTARY, EVERYONE, TRIALS, RETURNS, CURVE, STOCK]
