"""Whether those who stay pay more or less: revenue retention, gross and net."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.catalogue.retention import RATE, paid
from regard.metrics.metric import Example
from regard.metrics.revenue import Revenue

BEGAN, CHANGED = "2026-01-01T00:00:00Z", "2026-03-15T00:00:00Z"


def _pays(
    name: str, minor: int, later: int | None, currency: str = "EUR"
) -> list[dict[str, object]]:
    """A customer who pays one price until the 15th and another after, or nothing."""
    price = {"monthly_minor": minor, "currency": currency}
    if later is None:
        return [paid(name, BEGAN, CHANGED) | price]
    first = paid(name, BEGAN) | price | {"ends_at": CHANGED, "access_ends_at": CHANGED}
    then = paid(name, BEGAN) | price | {"monthly_minor": later, "starts_at": CHANGED}
    return [first, then | {"span_id": CHANGED}]


EXAMPLE = Example(
    rows=(
        *_pays("same", 1000, 1000),
        *_pays("more", 1000, 1500),
        *_pays("less", 2000, 1400),
        *_pays("gone", 1000, None),
        *_pays("abroad", 1200, 1200, "USD"),
        # No rate of that currency is known: in neither half.
        *_pays("unknown", 9000, 9000, "CHF"),
    ),
    value=44 / 60,
    since="2026-03-01",
    others={"rate_fact": ({"currency": "USD", "on": "2026-02-27", "micro": 833_333},)},
    note=N_("Of 60 a month at the start, 44 without what is paid more, 49 with it"),
)

GROSS = replace(
    RATE,
    key="revenue_retention_gross",
    label=N_("Revenue kept"),
    says=N_(
        "What the customers paying as the period began pay a month at its end, of what they paid "
        "then; what somebody pays more is left out. Currencies count at the rate of the first day."
    ),
    raises=N_("How much do we lose by those who leave or take less?"),
    shape=Revenue(gross=True),
    numerator=N_("the lesser of what each of these paid a month at the start and at the end"),
    denominator=N_("what customers paid a month as the period began"),
    counters=(),
    beside=("revenue_retention_net", "retention_rate"),
    reads=("rate_fact",),
    example=EXAMPLE,
)

NET = replace(
    GROSS,
    key="revenue_retention_net",
    label=N_("Revenue kept, with growth"),
    says=N_(
        "What the customers paying as the period began pay a month at its end, of what they paid "
        "then. Over 100 % those who stay make up for those who leave."
    ),
    raises=N_("Do a few who pay more hide the many who leave?"),
    shape=Revenue(),
    unit="share",
    numerator=N_("what each of these pays a month at the end"),
    beside=("revenue_retention_gross", "retention_rate"),
    example=replace(EXAMPLE, value=49 / 60),
)

METRICS = [GROSS, NET]
