"""Who is loyal, and whether those we served badly leave sooner."""

from regard.core.i18n import N_
from regard.facts.builders.landmark import LANDMARK_SECONDS
from regard.metrics.catalogue.retention import RETENTION
from regard.metrics.hazard import HazardRatio
from regard.metrics.level import Level
from regard.metrics.metric import Example, Exclusion, Metric

DAY = 86_400


def _served(number: int, failures: int, days: int | None) -> dict[str, object]:
    """A customer past day 90, who left so many days after it or is there still."""
    return {
        "customer_id": str(number),
        "starts_at": "2025-01-01T00:00:00Z",
        "landmark_at": "2025-04-01T00:00:00Z",
        "stayed": True,
        "after_seconds": None if days is None else days * DAY,
        "contacts": 1,
        "failures": failures,
    }


BY_SERVICE = Metric(
    key="retention_by_service",
    theme=RETENTION,
    label=N_("Leaving after bad service"),
    says=N_(
        "How many times as fast customers leave after day 90 who had waited over a day for an "
        "answer, or got none, in their first 90 days, as others who had asked for something then, "
        "within one plan. An association: who waited may differ in other ways too."
    ),
    raises=N_("Do those whom we let wait leave us, and would they have left anyway?"),
    fact="landmark_fact",
    at="starts_at",
    shape=HazardRatio(
        received=lambda t: t.failures > 0,
        done=lambda t: t.after_seconds,
        since="landmark_at",
        stratum=lambda t: t.plan,
    ),
    unit="number",
    better="none",
    numerator=N_("the hazard of leaving of customers with an answer late or missing by day 90"),
    denominator=N_("that of the other customers who had asked for something by day 90"),
    requires=("subscription", "ticket", "message"),
    excludes=(
        Exclusion(N_("left within 90 days"), lambda t: ~t.stayed),
        Exclusion(N_("asked for nothing in the first 90 days"), lambda t: t.contacts == 0),
    ),
    ripe_seconds=LANDMARK_SECONDS,
    cluster=("customer",),
    beside=("retention_curve", "first_response_time"),
    cited=N_("Cox 1972; Anderson, Cain and Gelber 1983 (landmark)"),
    example=Example(
        rows=(
            _served(1, 1, 10),
            _served(2, 0, 20),
            _served(3, 1, None),
            _served(4, 0, None),
        ),
        # Two leave: of 2 and 2, then of 1 and 2. e/(1 + e) + e/(2 + e) = 1: e is the root of 2.
        value=2**0.5,
    ),
)

LOYAL = Metric(
    key="loyal_customers",
    theme=RETENTION,
    label=N_("Loyal customers"),
    says=N_(
        "Customers who have paid for a year without a break, or bought three times within a year, "
        "and are active at the end of the period."
    ),
    raises=N_("What do we do for those who stayed?"),
    fact="loyal_span_fact",
    at="starts_at",
    shape=Level(),
    unit="count",
    better="high",
    numerator=N_("customers paying for 365 days, or with three purchases in 365 days, and active"),
    denominator=N_("none: a stock; it is never summed over time"),
    requires=("subscription|order",),
    cluster=("customer",),
    beside=("active_customers", "retention_rate"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            {"customer_id": "a", "ordinal": 1, "starts_at": "2026-01-01T00:00:00Z"},
            {
                "customer_id": "b",
                "ordinal": 1,
                "starts_at": "2025-01-01T00:00:00Z",
                "ends_at": "2026-02-01T00:00:00Z",
            },
        ),
        value=1,
    ),
)

METRICS = [BY_SERVICE, LOYAL]
