"""What customers are worth: those with a contract, and those who buy as they please."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.buyers import BuyerValue
from regard.metrics.catalogue.retention import paid
from regard.metrics.metric import Example, Metric
from regard.metrics.worth import ContractValue

BEGAN = "2025-01-01T00:00:00Z"
PRICE = {"monthly_minor": 2000, "currency": "EUR"}

CONTRACT = Metric(
    key="customer_value",
    theme=N_("Value"),
    label=N_("Value of a customer"),
    says=N_(
        "What a customer who begins to pay brings in over 36 months, in revenue and not in margin: "
        "the retention curve times what customers pay a month, money of a year later worth 10 % "
        "less. In months that nobody was seen for yet they leave as in all months together; a year "
        "must have been seen."
    ),
    raises=N_("What may it cost to keep one?"),
    fact="subscription_span_fact",
    at="starts_at",
    shape=ContractValue(),
    unit="number",
    better="high",
    numerator=N_("months a customer stays, discounted, times the price a month"),
    denominator=N_("one customer"),
    requires=("subscription",),
    cluster=("customer",),
    beside=("retention_curve", "revenue_retention_net"),
    cited=N_("Cutler and Ederer 1958 for the table"),
    reads=("rate_fact",),
    example=Example(
        rows=tuple(paid(f"stays {n}", BEGAN) | PRICE for n in range(4)),
        value=sum(20 * 1.1 ** (-(month + 0.5) / 12) for month in range(36)),
        note=N_("All pay 20 a month and none has left in 14 months"),
    ),
)


def _bought(who: int, day: int, minor: int) -> dict[str, object]:
    return {
        "customer_id": str(who),
        "order_id": f"{who}/{day}",
        "at": f"2026-01-{day:02d}T00:00:00Z",
        "net_minor": minor,
        "currency": "EUR",
    }


BUYERS = replace(
    CONTRACT,
    key="customer_value_buyers",
    label=N_("Value of a buyer"),
    says=N_(
        "What a buyer without a contract will still bring in over 36 months on average, in revenue "
        "and not in margin, money of a year later worth 10 % less: from how often and how much is "
        "bought so far, by the models BG/NBD and Gamma–Gamma."
    ),
    raises=N_("Whom do we lose without their telling us?"),
    fact="order_fact",
    at="at",
    shape=BuyerValue(),
    numerator=N_("purchases expected in 36 months, discounted, times what is spent at one"),
    denominator=N_("customers who ever bought and never paid for a contract"),
    requires=("order",),
    beside=("customer_value", "loyal_customers"),
    cited=N_("Fader, Hardie and Lee 2005; Fader and Hardie 2013"),
    reads=("rate_fact", "subscription_span_fact"),
    example=Example(
        rows=(_bought(1, 1, 1000), _bought(1, 20, 1500), _bought(2, 3, 900)),
        value=None,
        note=N_("Under 30 buyers of more than one day nothing is fitted"),
    ),
)

METRICS = [CONTRACT, BUYERS]
