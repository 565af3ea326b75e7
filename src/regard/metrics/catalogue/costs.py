"""What service costs, for each contact and for each matter resolved."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.metrics.catalogue.contacts import APPROACHES, COUNTED, contact
from regard.metrics.metric import Example, Metric
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Distinct
from regard.metrics.spend import Spend

COSTS = N_("Costs")


def _cost(name: str, amount: int, currency: str = "EUR", **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "cost_id": name,
        "at": "2026-03-31T12:00:00Z",
        "amount_minor": amount,
        "currency": currency,
        **said,
    }


AS_OF = "2026-04-01T00:00:00+00:00"

SPENT = Metric(
    key="service_costs",
    theme=COSTS,
    label=N_("Costs of service"),
    says=N_(
        "What service cost, in the workspace's currency: other currencies by the last rate known "
        "on that day. An amount without a rate is not summed, and said."
    ),
    raises=N_("What do we pay for, and what of it do customers notice?"),
    fact="cost_fact",
    at="at",
    shape=Spend(),
    unit="number",
    better="none",
    numerator=N_("amounts booked"),
    denominator=N_("none: a sum"),
    requires=("cost",),
    cluster=("day",),
    beside=("cost_per_contact",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _cost("1", 120_000),
            _cost("2", 10_000, "GBP", rate_micro=1_150_000),
            _cost("3", 99_000, "JPY"),
        ),
        as_of=AS_OF,
        value=1315.0,
        note=N_("1200 and 100 at 1.15; the third has no rate"),
    ),
)


def with_thing(rows: Relation) -> Relation:
    """The contacts with `_thing`: their matter, or they themselves where there is no ticket."""
    own = rows.contact_kind + ibis.literal("/") + rows.contact_id
    return rows.mutate(_thing=ibis.coalesce(rows.matter, own))


RESOLUTIONS = replace(
    COUNTED,
    key="resolutions",
    theme=COSTS,
    label=N_("Matters resolved"),
    says=N_(
        "Different matters resolved: tickets, with all that continues them, and answered calls, "
        "chats and posts without a ticket."
    ),
    raises=N_("How much of what was asked is settled?"),
    at="resolved_at",
    shape=Distinct(("source", "_thing")),
    numerator=N_("different matters resolved"),
    denominator=N_("none: a count of different matters"),
    counts=lambda t: t.resolved_at.notnull(),
    extend=with_thing,
    beside=("contacts",),
    example=Example(
        rows=(
            contact("1", matter="1", resolved_at="2026-03-03T10:00:00Z"),
            contact("2", matter="1", resolved_at="2026-03-04T10:00:00Z"),
            contact("3", contact_kind="call", resolved_at="2026-03-02T10:05:00Z"),
            contact("4", matter="4"),
        ),
        value=2,
    ),
)

PER_CONTACT = replace(
    SPENT,
    key="cost_per_contact",
    label=N_("Cost per contact"),
    says=N_("Costs of service for each contact of the period, over all channels."),
    raises=N_("Which contacts are dear, and which of those need not have been?"),
    shape=Quotient("service_costs", "contacts"),
    denominator=N_("contacts"),
    requires=("cost", *APPROACHES),
    beside=("cost_per_resolution", "contacts"),
    example=Example(
        rows=(_cost("1", 120_000), _cost("2", 80_000)),
        others={"contact_fact": tuple(contact(str(n)) for n in range(250))},
        as_of=AS_OF,
        value=8.0,
    ),
)

PER_RESOLUTION = replace(
    PER_CONTACT,
    key="cost_per_resolution",
    label=N_("Cost per matter resolved"),
    says=N_("Costs of service for each different matter resolved in the period."),
    raises=N_("Does it cost more because it is harder, or because it is done twice?"),
    shape=Quotient("service_costs", "resolutions"),
    denominator=N_("different matters resolved"),
    beside=("cost_per_contact", "resolutions"),
    example=Example(
        rows=(_cost("1", 120_000), _cost("2", 80_000)),
        others={
            "contact_fact": tuple(
                contact(str(n), matter=str(n // 2), resolved_at="2026-03-03T10:00:00Z")
                for n in range(250)
            )
        },
        as_of=AS_OF,
        value=16.0,
        note=N_("250 contacts of 125 matters"),
    ),
)

METRICS = [SPENT, RESOLUTIONS, PER_CONTACT, PER_RESOLUTION]
