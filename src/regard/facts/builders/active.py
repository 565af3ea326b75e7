"""Purchases, and the stretches in which a customer was active: paying, or lately having bought."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.builders.subscription import (
    CUSTOMER,
    NEVER,
    OF_CUSTOMER,
    WHO,
    after,
    islands,
    known,
)
from regard.facts.fact import Fact
from regard.store.engine import MOMENT

BUYER_SECONDS = 90 * 86_400
"""For how long a purchase keeps a customer active (METRICS §3)."""
YEAR_SECONDS = 365 * 86_400
OFTEN = 3
"""Loyal is who has paid for a year, or bought so many times within one."""


def order_fact(order: Relation, customer: Relation) -> Relation:
    """Each purchase that says whose it is, with its place among the customer's."""
    rows = order.filter(order.customer_id.notnull(), order["at"].notnull())
    placed = ibis.window(group_by=CUSTOMER, order_by=[rows["at"], rows.order_id])
    told = rows.mutate(
        ordinal=(ibis.row_number().over(placed) + 1).cast("int64"),
        net_minor=rows.amount_minor - rows.refunded_minor.fill_null(0),
        previous_at=rows["at"].lag().over(placed),
    )
    return known(told, customer)


def active_span_fact(
    subscription_span_fact: Relation, order_fact: Relation, customer: Relation
) -> Relation:
    """Each stretch in which a customer paid, or had bought within 90 days."""
    never = ibis.literal(NEVER, MOMENT)
    paid = subscription_span_fact.filter(subscription_span_fact.paid)
    paid = paid.select(
        *CUSTOMER,
        "starts_at",
        ends_at=paid.ends_at.fill_null(never),
        thing=ibis.literal("s") + paid.subscription_id,
        part="span_id",
    )
    bought = order_fact.select(
        *CUSTOMER,
        starts_at="at",
        ends_at=after(order_fact["at"], BUYER_SECONDS),
        thing=ibis.literal("o") + order_fact.order_id,
        part=ibis.literal(""),
    )
    rows = islands(ibis.union(paid, bought), ("thing", "part"))
    told = rows.group_by(*CUSTOMER, "island").aggregate(
        starts_at=rows.starts_at.min(), over=rows.ends_at.max()
    )
    told = told.mutate(
        ordinal=told.island, ends_at=ibis.ifelse(told.over < never, told.over, ibis.null(MOMENT))
    )
    plans = customer.select(*CUSTOMER, "plan")
    return known(
        told.left_join(plans, list(CUSTOMER)).drop("source_right", "customer_id_right"), customer
    )


def loyal_span_fact(
    paying_fact: Relation, order_fact: Relation, active_span_fact: Relation
) -> Relation:
    """Each stretch in which a customer was active and loyal: by time paid, or by purchases."""
    never = ibis.literal(NEVER, MOMENT)
    year = after(paying_fact.starts_at, YEAR_SECONDS)
    paid = paying_fact.mutate(from_at=year, upto=paying_fact.ends_at.fill_null(never))
    paid = paid.filter(paid.from_at < paid.upto).select(
        *CUSTOMER, starts_at="from_at", ends_at="upto", thing=ibis.literal("s")
    )
    placed = ibis.window(group_by=CUSTOMER, order_by=order_fact.ordinal)
    bought = order_fact.mutate(
        until=after(order_fact["at"].lag(OFTEN - 1).over(placed), YEAR_SECONDS)
    )
    # With the last of so many it begins; it ends when the first of them is a year old.
    often = bought.filter(bought["until"] > bought["at"]).select(
        *CUSTOMER, starts_at="at", ends_at="until", thing=ibis.literal("o") + bought.order_id
    )
    rows = islands(ibis.union(paid, often), ("thing", "ends_at"))
    told = rows.group_by(*CUSTOMER, "island").aggregate(
        loyal_at=rows.starts_at.min(), over=rows.ends_at.max()
    )
    there = active_span_fact.select(
        *CUSTOMER, *WHO, "plan", begun="starts_at", gone=active_span_fact.ends_at.fill_null(never)
    )
    both = there.inner_join(told, list(CUSTOMER))
    both = both.mutate(
        starts_at=ibis.greatest(both.loyal_at, both.begun), until=ibis.least(both.over, both.gone)
    )
    both = both.filter(both.starts_at < both["until"])
    order = ibis.window(group_by=CUSTOMER, order_by=both.starts_at)
    return both.mutate(
        ordinal=(ibis.row_number().over(order) + 1).cast("int64"),
        ends_at=ibis.ifelse(both["until"] < never, both["until"], ibis.null(MOMENT)),
    )


ORDER_COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Whose.",
    order_id="text: The purchase.",
    at="instant: When.",
    ordinal="whole: 1 for the customer's first, 2, 3 …",
    previous_at="instant: When the one before was; empty for the first.",
    amount_minor="whole: Amount, in minor units.",
    net_minor="whole: What was not given back, in minor units.",
    currency="text: ISO currency.",
    units="whole: How many things.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
)

ACTIVE_COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Who.",
    ordinal="whole: 1, 2 … among the customer's.",
    plan="text: The customer's plan.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    starts_at="instant: From.",
    ends_at="instant: Until; empty while the customer pays.",
)

FACTS = [
    Fact(
        "order_fact",
        "Each purchase, with its place among the customer's.",
        one_row_per="purchase",
        key=(*CUSTOMER, "order_id"),
        bucket="customer_id",
        reads=("order", "customer"),
        columns=ORDER_COLUMNS,
        build=order_fact,
        dimensions={"source": "source", "currency": "currency", **OF_CUSTOMER},
    ),
    Fact(
        "active_span_fact",
        "Each stretch in which a customer paid, or had bought something within 90 days.",
        one_row_per="customer and stretch of being active",
        key=(*CUSTOMER, "ordinal"),
        bucket="customer_id",
        reads=("subscription_span_fact", "order_fact", "customer"),
        made_of=("subscription_span_fact", "order_fact"),
        columns=ACTIVE_COLUMNS,
        build=active_span_fact,
        dimensions={"source": "source", "plan": "plan", **OF_CUSTOMER},
    ),
    Fact(
        "loyal_span_fact",
        "Each stretch in which a customer was active, and had paid for a year or bought often.",
        one_row_per="customer and stretch of being loyal",
        key=(*CUSTOMER, "ordinal"),
        bucket="customer_id",
        reads=("paying_fact", "order_fact", "active_span_fact"),
        made_of=("paying_fact", "order_fact"),
        columns=ACTIVE_COLUMNS,
        build=loyal_span_fact,
        dimensions={"source": "source", "plan": "plan", **OF_CUSTOMER},
    ),
]
