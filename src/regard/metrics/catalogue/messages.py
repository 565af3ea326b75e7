"""What was said in tickets: messages in and out, and the first answer."""

from dataclasses import replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.metrics.catalogue.resolution import HOUR, TIME_TO_RESOLVE
from regard.metrics.catalogue.volume import DAY, NOT_SERVICE
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Counter, Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Mean
from regard.metrics.twins import in_period, with_twins

MESSAGES = ("ticket", "message")


def _said(kind: str, public: bool = True, automatic: bool = False) -> dict[str, object]:
    return {
        "ticket_id": "1",
        "at": "2026-03-02T10:00:00Z",
        "kind": "message",
        "by_kind": kind,
        "public": public,
        "automatic": automatic,
        "demand": "real",
    }


SAID = (
    _said("customer"),
    _said("agent"),
    _said("agent", public=False),
    _said("system", automatic=True),
    _said("customer"),
)

MESSAGES_IN = Metric(
    key="messages_in",
    theme=N_("Volume"),
    label=N_("Messages in"),
    says=N_("Public messages by customers."),
    raises=N_("How much must customers write before they are helped?"),
    fact="ticket_event_fact",
    at="at",
    shape=Count(lambda t: t.by_kind == "customer"),
    unit="count",
    better="none",
    numerator=N_("public messages by customers"),
    denominator=N_("none: a count"),
    requires=MESSAGES,
    counts=lambda t: (t.kind == "message") & t.public & ~t.automatic,
    excludes=NOT_SERVICE,
    cited=N_("Regard's own definition"),
    example=Example(rows=SAID, value=2),
)

MESSAGES_OUT = replace(
    MESSAGES_IN,
    key="messages_out",
    label=N_("Messages out"),
    says=N_("Public messages by people of ours; automatic ones are not among them."),
    raises=N_("Do we answer more, or do we ask more?"),
    shape=Count(lambda t: t.by_kind == "agent"),
    numerator=N_("public messages by people of ours"),
    example=Example(rows=SAID, value=1),
)

PER_TICKET = replace(
    TIME_TO_RESOLVE,
    key="messages_per_ticket",
    settle_seconds=14 * DAY,
    theme=N_("Volume"),
    label=N_("Messages per ticket"),
    says=N_("Public messages by customers and by people of ours, for each ticket created."),
    raises=N_("Which matters need so much talk, and why?"),
    shape=Mean(lambda t: t.customer_messages + t.agent_touches),
    unit="number",
    better="low",
    numerator=N_("public messages"),
    denominator=N_("tickets created"),
    requires=MESSAGES,
    waiting=lambda t: t.is_open,
    provisional=None,
    counters=(),
    who={},
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            {
                "ticket_id": "1",
                "customer_messages": 2,
                "agent_touches": 1,
                "demand": "real",
                "created_at": "2026-03-02T10:00:00Z",
            },
            {
                "ticket_id": "2",
                "customer_messages": 1,
                "agent_touches": 0,
                "demand": "real",
                "created_at": "2026-03-02T10:00:00Z",
            },
        ),
        value=2.0,
    ),
)


def asked(ticket_id: str, **said: object) -> dict[str, object]:
    """A ticket in which a customer wrote, for examples."""
    return {
        "source": "s",
        "ticket_id": ticket_id,
        "created_at": "2026-03-02T10:00:00Z",
        "first_message_at": "2026-03-02T10:00:00Z",
        "team_asked_at": "2026-03-02T10:00:00Z",
        "demand": "real",
        "is_open": True,
        **said,
    }


def at_once(rows: Relation) -> BooleanValue:
    """Whether it was a live chat, or a call that somebody took: these have clocks of their own."""
    called = (rows.channel == "phone") & (rows.missed_calls.fill_null(0) == 0)
    return (rows.channel == "chat") | called


SYNCHRONOUS = Exclusion(N_("telephone or live chat: split by channel"), at_once, ("channel",))

FIRST_RESPONSE = replace(
    TIME_TO_RESOLVE,
    key="first_response_time",
    label=N_("First response time"),
    says=N_(
        "The time by which half of all customers who wrote were first answered by a person. "
        "Automatic replies are no answer; those never answered count."
    ),
    raises=N_("Who was never answered, and when are answers slowest?"),
    at="first_message_at",
    shape=Incidence(Column("first_reply_seconds"), Column("unanswered_seconds"), Column("_age")),
    numerator=N_("tickets answered by a person by that time"),
    denominator=N_("all tickets with a customer's message, unanswered ones among them"),
    requires=MESSAGES,
    counts=lambda t: t.first_message_at.notnull(),
    waiting=lambda t: t.first_reply_at.isnull() & t.unanswered_seconds.isnull(),
    provisional=None,
    counters=(Counter("next_response_time"), Counter("csat_asked", 0.02, relative=False)),
    excludes=(*NOT_SERVICE, SYNCHRONOUS),
    who={"agent": ("first_reply_by", "agent"), "team": ("first_reply_team", "team")},
    beside=("never_answered_share", "waiting_now"),
    version=2,
    example=Example(
        rows=(
            *(asked(str(n), first_reply_seconds=300) for n in range(4)),
            *(asked(str(n), unanswered_seconds=180, is_open=False) for n in range(4, 10)),
        ),
        value=None,
        note=N_("4 of 10 answered in 5 min, 6 closed unanswered: not reached, 40 % served"),
    ),
)

_SOME = Example(
    rows=(
        asked("1", first_reply_seconds=HOUR),
        asked("2", first_reply_seconds=2 * HOUR),
        asked("3", first_reply_seconds=3 * HOUR),
    ),
    value=2 * HOUR,
)

_HANDED_OVER = Example(
    rows=tuple(
        asked(str(n), team_first_reply_seconds=n * HOUR, first_reply_seconds=n * HOUR + 600)
        for n in (1, 2, 3)
    ),
    value=2 * HOUR,
)

TEAM_FIRST_RESPONSE = replace(
    FIRST_RESPONSE,
    key="team_first_response_time",
    variant_of="first_response_time",
    label=N_("Team's first response time"),
    says=N_(
        "The same from the instant at which a bot passed the customer to people; without a bot, "
        "from the first message."
    ),
    raises=N_("Is it the bot or are it we who let customers wait?"),
    at="team_asked_at",
    shape=Incidence(
        Column("team_first_reply_seconds"), Column("team_unanswered_seconds"), Column("_age")
    ),
    beside=("first_response_time",),
    version=1,
    example=_HANDED_OVER,
)

METRICS = [
    MESSAGES_IN,
    MESSAGES_OUT,
    PER_TICKET,
    FIRST_RESPONSE,
    *with_twins(
        replace(FIRST_RESPONSE, example=_SOME),
        N_("First response time, finished only"),
        N_("First response time, mean of finished"),
        N_("First response time, opening hours"),
    )[1:],
    in_period(replace(FIRST_RESPONSE, example=_SOME), N_("First response time, in the period")),
    *with_twins(
        TEAM_FIRST_RESPONSE,
        N_("Team's first response time, finished only"),
        N_("Team's first response time, mean of finished"),
        N_("Team's first response time, opening hours"),
    ),
]
