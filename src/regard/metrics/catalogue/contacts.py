"""How often customers have to approach us, over all channels."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.metric import Counter, Example, Metric
from regard.metrics.picks import Column
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Share

CONTACTS = N_("Contacts")
APPROACHES = ("ticket|call|chat_session|post",)
POINTS = 0.02
CALLERS = (("contact_kind", "call"),)
"""Those who came by telephone: whom the metrics of calls are about."""


def contact(name: str, **said: object) -> dict[str, object]:
    """A contact of an example."""
    return {
        "source": "s",
        "contact_kind": "ticket",
        "contact_id": name,
        "at": "2026-03-02T10:00:00Z",
        "identified": True,
        "shared": False,
        **said,
    }


COUNTED = Metric(
    key="contacts",
    theme=CONTACTS,
    label=N_("Contacts"),
    says=N_(
        "Approaches by customers over all channels, each once: tickets, calls, chats, posts, and "
        "messages that chase an answer a day or more after the last. What the menu or a bot "
        "served, and callers gone within 5 s, are none."
    ),
    raises=N_("What do customers need us for that they would rather not have to ask?"),
    fact="contact_fact",
    at="at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("contacts"),
    denominator=N_("none: a count"),
    requires=APPROACHES,
    beside=("contact_rate",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            contact("1"),
            contact("2", contact_kind="call"),
            contact("1/5", contact_kind="chaser"),
        ),
        value=3,
    ),
)

RATE = replace(
    COUNTED,
    key="contact_rate",
    label=N_("Contacts per 1,000 customer-months"),
    says=N_(
        "Approaches by customers for each thousand months of customers who paid or had lately "
        "bought, whether or not it is known who approached."
    ),
    raises=N_("Do customers need us more often, or are there only more of them?"),
    shape=Quotient("contacts", "customer_months", per=1000),
    unit="number",
    better="low",
    denominator=N_("customer-months, in thousands"),
    requires=(*APPROACHES, "subscription|order"),
    counters=(
        Counter("abandon_rate", POINTS, relative=False),
        Counter("complaint_rate"),
        Counter("escaped_contacts"),
    ),
    beside=("contacts", "customer_months"),
    example=Example(
        rows=tuple(contact(str(n)) for n in range(30)),
        others={
            "active_span_fact": tuple(
                {
                    "customer_id": str(n),
                    "ordinal": 1,
                    "starts_at": "2026-03-01T00:00:00Z",
                    "ends_at": "2026-03-31T10:30:00Z",
                }
                for n in range(200)
            )
        },
        as_of="2026-04-01T00:00:00+00:00",
        value=150.0,
        note=N_("30 contacts in 200 customer-months"),
    ),
)

IDENTIFIED = replace(
    COUNTED,
    key="identified_share",
    label=N_("Identified contacts"),
    says=N_("The share of contacts of which it is known who came."),
    raises=N_("Whom do we serve without knowing that we did before?"),
    shape=Share(Column("identified")),
    unit="share",
    numerator=N_("contacts of known customers"),
    denominator=N_("contacts"),
    beside=("contacts",),
    example=Example(
        rows=(contact("1"), contact("2", identified=False), contact("3"), contact("4")), value=0.75
    ),
)

METRICS = [COUNTED, RATE, IDENTIFIED]
