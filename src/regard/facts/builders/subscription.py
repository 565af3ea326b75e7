"""Who paid when: stretches of subscriptions, stretches in which a customer paid, and trials.

A customer pays until access ends with nothing after it, and GRACE beyond: until then a renewal
makes it one stretch, so that no later event alters who was paying at an instant. A pause is no
leaving, a free plan no paying.
"""

from datetime import UTC, datetime

import ibis
from ibis.expr.types import BooleanValue, TimestampValue, Value
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.store.engine import MOMENT

CUSTOMER = ("source", "customer_id")
WHO = ("country", "language", "kind")
SPAN = ("subscription_id", "span_id")
TRIED = (*CUSTOMER, "subscription_id")
GRACE_SECONDS = 3 * 86_400
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for an end that has not come while ends are compared; never stored."""


LEFT = {
    "stretch": "int64",
    "stretch_starts_at": MOMENT,
    "first_paid_at": MOMENT,
    "left_at": MOMENT,
    "left_voluntary": "boolean",
}
TRIAL = {
    "trial_starts_at": MOMENT,
    "trial_ended_at": MOMENT,
    "converted_at": MOMENT,
    "was_paying": "boolean",
}
"""Columns of stretches that are paid for alone, and of trials alone."""


def after(at: TimestampValue, seconds: int) -> TimestampValue:
    """So many seconds after an instant."""
    later: TimestampValue = at + ibis.interval(seconds=seconds)
    return later


def known(rows: Relation, customer: Relation) -> Relation:
    """The rows with what is known of their customer."""
    return joined(rows, customer.select(*CUSTOMER, *WHO), CUSTOMER)


def islands(rows: Relation, order: tuple[str, ...]) -> Relation:
    """Stretches with `island`: the number of the run, among their customer's, that they lie in.

    rows: `starts_at` and `ends_at`, never empty. A run is left where nothing covers an instant;
    what touches goes on. order: columns that tell stretches of one start from one another.
    """
    placed = [rows.starts_at, *[rows[name] for name in order]]
    past = ibis.window(group_by=CUSTOMER, order_by=placed, preceding=(None, 1))
    rows = rows.mutate(reach=rows.ends_at.max().over(past))
    placed = [rows.starts_at, *[rows[name] for name in order]]
    upto = ibis.window(group_by=CUSTOMER, order_by=placed, preceding=None, following=0)
    begins = (rows.reach.isnull() | (rows.starts_at > rows.reach)).cast("int64")
    return rows.mutate(island=begins.sum().over(upto)).drop("reach")


def is_paid(rows: Relation) -> BooleanValue:
    """Whether a stretch is paid for: no trial and no free plan; one whose price is unknown is."""
    paused = rows.paused.fill_null(False)
    return ~rows.trial.fill_null(False) & (paused | (rows.amount_minor.fill_null(1) > 0))


def subscription_span_fact(subscription: Relation, customer: Relation) -> Relation:
    """Each stretch of a subscription, with the customer's whole stretch of paying around it."""
    rows = _spans(subscription)
    paid = _paid(rows.filter(rows.paid))
    unpaid = rows.filter(~rows.paid)
    trials = _trials(unpaid.filter(unpaid.is_trial), paid)
    told = joined(unpaid, trials, TRIED)
    told = told.mutate(ends_at=told.access_ends_at)
    return known(ibis.union(_whole(paid), _whole(told)), customer)


def _whole(rows: Relation) -> Relation:
    """The rows with the columns of either kind of stretch, empty where they are not theirs."""
    lacking = {n: ibis.null(k) for n, k in {**LEFT, **TRIAL}.items() if n not in rows.columns}
    every = rows.mutate(**lacking)
    return every.select(*sorted(every.columns))


def _paid(rows: Relation) -> Relation:
    """Stretches paid for, with until when each counts and the stretch of paying around it."""
    spans = islands(rows.mutate(ends_at=rows.access_ends_at.fill_null(_never())), SPAN)
    told = joined(spans.drop("ends_at"), _stretches(spans), (*CUSTOMER, "island"))
    inside = told.access_ends_at < told.island_ends_at
    told = told.mutate(
        ends_at=ibis.ifelse(inside, told.access_ends_at, _stored(told.island_until)),
        left_at=_stored(told.left_at),
    ).drop("island", "island_ends_at", "island_until")
    # Whoever leaves does so as the last of the stretch ended.
    held = (*CUSTOMER, "stretch")
    last = ibis.window(group_by=held, order_by=_last_first(told))
    ranked = told.mutate(rank=ibis.row_number().over(last))
    gone = ranked.filter(ranked["rank"] == 0, ranked.left_at.notnull())
    told = joined(told, gone.select(*held, left_voluntary="voluntary"), held)
    first = told.group_by(*CUSTOMER).aggregate(first_paid_at=told.starts_at.min())
    return joined(told, first, CUSTOMER)


def _last_first(rows: Relation) -> list[Value]:
    far = rows.access_ends_at.fill_null(_never())
    return [far.desc(), rows.starts_at.desc(), *[rows[name].desc() for name in SPAN]]


def _spans(subscription: Relation) -> Relation:
    """The stretches that say whose they are and last at all."""
    rows = subscription.filter(
        subscription.customer_id.notnull(),
        subscription.starts_at.notnull(),
        subscription.ends_at.isnull() | (subscription.ends_at > subscription.starts_at),
    )
    paused = rows.paused.fill_null(False)
    return rows.select(
        *CUSTOMER,
        "subscription_id",
        "span_id",
        "plan",
        "currency",
        "starts_at",
        access_ends_at=rows.ends_at,
        # A pause brings in nothing, whatever price stands beside it.
        monthly_minor=ibis.ifelse(paused, 0, rows.amount_minor).cast("int64"),
        is_trial=rows.trial.fill_null(False),
        is_paused=paused,
        voluntary=rows.voluntary,
        paid=is_paid(rows),
    )


def _never() -> TimestampValue:
    return ibis.literal(NEVER, MOMENT)


def _stored(at: TimestampValue) -> TimestampValue:
    return ibis.ifelse(at < _never(), at, ibis.null(MOMENT))


def _stretches(spans: Relation) -> Relation:
    """One row an island: until when it pays, and the stretch that it is part of.

    island_ends_at: the last end of access. island_until: with the grace, or the next island's
    start within it. stretch: 1, 2 … among the customer's, with its start and end (`left_at`).
    """
    rows = spans.group_by(*CUSTOMER, "island").aggregate(
        begins=spans.starts_at.min(), island_ends_at=spans.ends_at.max()
    )
    order = ibis.window(group_by=CUSTOMER, order_by=rows.island)
    limit = after(rows.island_ends_at, GRACE_SECONDS)
    follows = rows.begins.lead().over(order)
    rows = rows.mutate(
        bridged=(follows <= limit).fill_null(False),
        island_until=ibis.ifelse((follows <= limit).fill_null(False), follows, limit),
    )
    order = ibis.window(group_by=CUSTOMER, order_by=rows.island)
    rows = rows.mutate(fresh=(~rows.bridged.lag().over(order).fill_null(False)).cast("int64"))
    upto = ibis.window(group_by=CUSTOMER, order_by=rows.island, preceding=None, following=0)
    rows = rows.mutate(stretch=rows.fresh.sum().over(upto))
    whole = rows.group_by(*CUSTOMER, "stretch").aggregate(
        stretch_starts_at=rows.begins.min(), left_at=rows.island_until.max()
    )
    both = joined(rows, whole, (*CUSTOMER, "stretch"))
    return both.drop("begins", "bridged", "fresh")


def _trials(tried: Relation, paid: Relation) -> Relation:
    """One row a subscription that was tried: the trial, and whether its customer then paid."""
    trials = tried.group_by(*TRIED).aggregate(
        trial_starts_at=tried.starts_at.min(),
        over=tried.access_ends_at.fill_null(_never()).max(),
    )
    came = paid.select(*CUSTOMER, "stretch_starts_at", "left_at", paid_at="starts_at")
    both = trials.inner_join(came, list(CUSTOMER))
    limit = ibis.ifelse(both.over < _never(), after(both.over, GRACE_SECONDS), _never())
    bought = (both.paid_at >= both.trial_starts_at) & (both.paid_at <= limit)
    had = (both.stretch_starts_at < both.trial_starts_at) & (
        both.left_at.isnull() | (both.left_at > both.trial_starts_at)
    )
    found = both.group_by(*TRIED).aggregate(
        converted_at=both.paid_at.min(where=bought), had=had.cast("int64").max()
    )
    told = joined(trials, found, TRIED)
    # Who pays before the trial is over has ended it.
    over = ibis.least(told.over, told.converted_at.fill_null(_never()))
    return told.mutate(trial_ended_at=_stored(over), was_paying=told.had.fill_null(0) == 1).drop(
        "over", "had"
    )


def paying_fact(subscription_span_fact: Relation) -> Relation:
    """Each stretch in which a customer paid for anything."""
    rows = subscription_span_fact.filter(subscription_span_fact.paid)
    held = (*CUSTOMER, "stretch")
    first = ibis.window(group_by=held, order_by=[rows[name] for name in ("starts_at", *SPAN)])
    last = ibis.window(group_by=held, order_by=_last_first(rows))
    rows = rows.mutate(
        from_first=ibis.row_number().over(first), from_last=ibis.row_number().over(last)
    )
    begun = rows.filter(rows.from_first == 0).select(
        *held,
        *WHO,
        "plan",
        starts_at="stretch_starts_at",
        ends_at="left_at",
        voluntary="left_voluntary",
    )
    done = rows.filter(rows.from_last == 0).select(*held, "access_ends_at", last_plan="plan")
    told = joined(begun, done, held)
    order = ibis.window(group_by=CUSTOMER, order_by=told.stretch)
    return told.mutate(
        ordinal=told.stretch,
        lasted_seconds=seconds_between(told.starts_at, told.ends_at),
        previous_ended_at=told.ends_at.lag().over(order),
    )


def trial_fact(subscription_span_fact: Relation) -> Relation:
    """Each trial: when it ended, and whether its customer then paid."""
    rows = subscription_span_fact.filter(subscription_span_fact.is_trial)
    same = (*TRIED, "converted_at", "was_paying", *WHO)
    told = rows.group_by(*same).aggregate(
        plan=rows.plan.min(),
        starts_at=rows.trial_starts_at.min(),
        ended_at=rows.trial_ended_at.max(),
    )
    return told.mutate(converted=told.converted_at.notnull())


OF_CUSTOMER = {"country": "country", "language": "language", "kind": "kind"}

SPAN_COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Whose.",
    subscription_id="text: The subscription.",
    span_id="text: The stretch.",
    plan="text: The plan.",
    currency="text: ISO currency of the price.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    starts_at="instant: From.",
    access_ends_at="instant: End of access; empty while it lasts.",
    ends_at="instant: Until when it counts: with it ends what the customer has, after the grace.",
    monthly_minor="whole: Price a month, in minor units; 0 in a pause, empty where unknown.",
    is_trial="flag: Whether a free trial.",
    is_paused="flag: Whether a pause.",
    paid="flag: Whether it is paid for: neither trial nor free plan.",
    voluntary="flag: Whether the customer ended it.",
    stretch="whole: The customer's stretch of paying in which it lies: 1, 2 …",
    stretch_starts_at="instant: When that stretch began.",
    first_paid_at="instant: When the customer's first stretch of paying began.",
    left_at="instant: When it ended, after the grace; empty while it lasts.",
    left_voluntary="flag: Whether the customer ended it; empty where unknown or not ended.",
    trial_starts_at="instant: When the trial began.",
    trial_ended_at="instant: When it ended, or was paid for before; empty while it lasts.",
    converted_at="instant: When the customer began to pay, at the latest after the grace.",
    was_paying="flag: Whether the customer paid for something already as the trial began.",
)

PAYING_COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Who.",
    ordinal="whole: 1 for the first time, 2, 3 … for returns.",
    plan="text: The plan at the start.",
    last_plan="text: The plan at the end.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    starts_at="instant: From.",
    access_ends_at="instant: End of the last access paid for; empty while it lasts.",
    ends_at="instant: When the customer left, after the grace; empty while it lasts.",
    lasted_seconds="whole: How long; empty while it lasts.",
    previous_ended_at="instant: When the stretch before ended; empty for the first.",
    voluntary="flag: Whether the customer ended it; empty where unknown or not ended.",
)

TRIAL_COLUMNS = columns(
    source="text: The system.",
    customer_id="text: Who.",
    subscription_id="text: The subscription tried.",
    plan="text: The plan tried.",
    country="text: The customer's country.",
    language="text: The customer's language.",
    kind="text: person or company.",
    starts_at="instant: From.",
    ended_at="instant: When it ended, or was paid for before; empty while it lasts.",
    converted_at="instant: When the customer began to pay, at the latest after the grace.",
    converted="flag: Whether the customer did.",
    was_paying="flag: Whether the customer paid for something already.",
)

FACTS = [
    Fact(
        "subscription_span_fact",
        "Each stretch of a subscription, with the customer's stretch of paying around it.",
        one_row_per="stretch of a subscription",
        key=(*CUSTOMER, *SPAN),
        bucket="customer_id",
        reads=("subscription", "customer"),
        columns=SPAN_COLUMNS,
        build=subscription_span_fact,
        dimensions={"source": "source", "plan": "plan", "currency": "currency", **OF_CUSTOMER},
    ),
    Fact(
        "paying_fact",
        "Each stretch in which a customer paid for anything.",
        one_row_per="customer and stretch of paying",
        key=(*CUSTOMER, "ordinal"),
        bucket="customer_id",
        reads=("subscription_span_fact",),
        columns=PAYING_COLUMNS,
        build=paying_fact,
        dimensions={"source": "source", "plan": "plan", **OF_CUSTOMER},
    ),
    Fact(
        "trial_fact",
        "Each free trial, and whether the customer paid after it.",
        one_row_per="trial",
        key=(*CUSTOMER, "subscription_id"),
        bucket="customer_id",
        reads=("subscription_span_fact",),
        columns=TRIAL_COLUMNS,
        build=trial_fact,
        dimensions={"source": "source", "plan": "plan", **OF_CUSTOMER},
    ),
]
