"""How many customers there are and for how long: what rates by customer are taken of."""

from regard.core.i18n import N_
from regard.metrics.exposure import Exposure
from regard.metrics.level import Level
from regard.metrics.metric import Example, Metric

CUSTOMERS = N_("Customers")


def _active(name: str, since: str, until: str | None = None) -> dict[str, object]:
    return {"customer_id": name, "ordinal": 1, "starts_at": since, "ends_at": until}


ACTIVE = Metric(
    key="active_customers",
    theme=CUSTOMERS,
    label=N_("Active customers"),
    says=N_("Customers who paid at the end of the period, or had bought within 90 days."),
    raises=N_("Whom do we serve, and whom have we not heard of for long?"),
    fact="active_span_fact",
    at="starts_at",
    shape=Level(),
    unit="count",
    better="none",
    numerator=N_("customers paying, or with a purchase in the 90 days before the instant"),
    denominator=N_("none: a stock; it is never summed over time"),
    requires=("subscription|order",),
    cluster=("customer",),
    beside=("customer_months",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _active("a", "2026-01-01T00:00:00Z"),
            _active("b", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            _active("c", "2026-03-01T00:00:00Z", "2026-05-30T00:00:00Z"),
        ),
        value=2,
    ),
)

MONTHS = Metric(
    key="customer_months",
    theme=CUSTOMERS,
    label=N_("Customer-months"),
    says=N_(
        "For how long customers were active in the period, all together, in months of 30.4375 "
        "days. Rates of contacts and complaints are taken of it."
    ),
    raises=N_("Do more contacts mean worse service, or only more customers?"),
    fact="active_span_fact",
    at="starts_at",
    shape=Exposure(),
    unit="number",
    better="none",
    numerator=N_("seconds in which customers were active"),
    denominator=N_("the seconds of a month of 30.4375 days"),
    requires=("subscription|order",),
    cluster=("customer",),
    beside=("active_customers",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _active("a", "2026-03-01T00:00:00Z", "2026-03-31T10:30:00Z"),
            _active("b", "2026-03-01T00:00:00Z", "2026-03-16T05:15:00Z"),
            _active("c", "2026-03-30T13:30:00Z"),
        ),
        as_of="2026-03-31T10:30:00+00:00",
        value=1.5 + 21 / 24 / 30.4375,
        note=N_("One whole month, half a month, and the 21 hours that are known of the third"),
    ),
)

METRICS = [ACTIVE, MONTHS]
