"""Who was answered and who was not: later answers, chasers, the waiting and the forgotten."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.catalogue.messages import FIRST_RESPONSE, MESSAGES, PER_TICKET, asked
from regard.metrics.catalogue.resolution import (
    CARE,
    HOUR,
    TIME_TO_RESOLVE,
    young_solve,
)
from regard.metrics.catalogue.volume import AGES, DAY, NOT_SERVICE, SHARE_MARGIN
from regard.metrics.followed import with_followed
from regard.metrics.incidence import Incidence
from regard.metrics.level import Level, LevelAges
from regard.metrics.metric import Counter, Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Mean, Share
from regard.metrics.twins import in_period, with_twins

THANKS = Exclusion(N_("a mere thanks"), lambda t: t.end_kind == "thanks")


def _turn(ticket_id: str, **said: object) -> dict[str, object]:
    return {
        "source": "s",
        "ticket_id": ticket_id,
        "ordinal": 2,
        "starts_at": "2026-03-02T10:00:00Z",
        "first": False,
        "is_waiting": False,
        "chasers": 0,
        "demand": "real",
        **said,
    }


NEXT_RESPONSE = replace(
    FIRST_RESPONSE,
    key="next_response_time",
    label=N_("Next response time"),
    says=N_(
        "The time by which half of all later messages of customers were answered by a person. "
        "A run of messages counts from its first; a mere thanks asks for nothing."
    ),
    raises=N_("Do we answer quickly once and slowly ever after?"),
    fact="turn_fact",
    at="starts_at",
    shape=Incidence(Column("reply_seconds"), Column("ended_seconds"), Column("_age")),
    numerator=N_("later turns answered by a person by that time"),
    denominator=N_("all later turns, unanswered ones among them"),
    counts=lambda t: ~t.first,
    excludes=(*NOT_SERVICE, THANKS),
    waiting=lambda t: t.is_waiting,
    counters=(Counter("first_response_time"),),
    who={"agent": ("answered_by", "agent"), "team": ("answered_team", "team")},
    version=1,
    example=Example(
        rows=(
            _turn("1", reply_seconds=HOUR, end_kind="reply"),
            _turn("2", reply_seconds=2 * HOUR, end_kind="reply"),
            _turn("3", reply_seconds=3 * HOUR, end_kind="reply"),
            _turn("4", ended_seconds=60, end_kind="thanks"),
        ),
        value=2 * HOUR,
    ),
)

CHASERS = replace(
    NEXT_RESPONSE,
    key="chaser_rate",
    settle_seconds=7 * DAY,
    theme=CARE,
    label=N_("Chased turns"),
    says=N_("The share of turns in which a customer had to write again after a day or more."),
    raises=N_("Who had to ask twice?"),
    shape=Share(lambda t: t.chasers > 0),
    unit="share",
    counts=None,
    numerator=N_("turns with a further message a day or more after the last, still unanswered"),
    denominator=N_("all turns"),
    counters=(),
    example=Example(rows=(_turn("1", chasers=1), _turn("2"), _turn("3"), _turn("4")), value=0.25),
)

WAITING = Metric(
    key="waiting_now",
    theme=N_("Backlog"),
    label=N_("Waiting for our answer"),
    says=N_("Customers' turns that wait for an answer by a person at the end of the period."),
    raises=N_("Who is waiting for us at this moment?"),
    fact="turn_fact",
    at="starts_at",
    shape=Level(),
    unit="count",
    better="low",
    numerator=N_("turns neither answered nor ended at the instant"),
    denominator=N_("none: a stock; it is never summed over time"),
    requires=MESSAGES,
    excludes=(*NOT_SERVICE, THANKS),
    counters=(Counter("closed_without_reply"),),
    beside=("waiting_age",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _turn("1", is_waiting=True),
            _turn("2", ends_at="2026-03-02T11:00:00Z", end_kind="reply"),
        ),
        value=1,
    ),
)

WAITING_AGE = replace(
    WAITING,
    key="waiting_age",
    label=N_("Age of waiting turns"),
    says=N_("How long those who wait for our answer have waited, in shares."),
    raises=N_("Whom have we let wait for days?"),
    shape=LevelAges(since="starts_at", edges=AGES),
    unit="share",
    better="none",
    numerator=N_("waiting turns of an age"),
    denominator=N_("turns waiting at the instant"),
    counters=(),
    beside=(),
    example=Example(
        rows=(
            _turn("1", is_waiting=True),
            _turn("2", is_waiting=True, starts_at="2026-03-30T10:00:00Z"),
        ),
        value=0.5,
        by={"age": "< 1 d"},
    ),
)

COHORT = (
    asked("1", first_reply_at="2026-03-02T11:00:00Z", first_reply_seconds=HOUR),
    asked("2", first_reply_at="2026-03-02T12:00:00Z", first_reply_seconds=2 * HOUR),
    asked("3", unanswered_at="2026-03-02T10:03:00Z", unanswered_seconds=180),
    asked("4"),
)

ANSWERED = replace(
    FIRST_RESPONSE,
    key="answered_share",
    settle_seconds=14 * DAY,
    theme=CARE,
    label=N_("Answered"),
    says=N_("The share of customers who wrote and were answered by a person."),
    raises=N_("Who never heard from us?"),
    at="created_at",
    shape=Share(lambda t: t.first_reply_at.notnull()),
    unit="share",
    better="high",
    numerator=N_("tickets answered by a person"),
    denominator=N_("tickets created in which the customer wrote"),
    excludes=NOT_SERVICE,
    counters=(Counter("auto_reply_share", SHARE_MARGIN, relative=False, worse="high"),),
    beside=("never_answered_share", "waiting_now"),
    version=1,
    example=Example(rows=COHORT, value=0.5),
)

NEVER = replace(
    ANSWERED,
    key="never_answered_share",
    variant_of="answered_share",
    label=N_("Never answered"),
    says=N_("The share of customers who wrote and whose ticket ended without a person's answer."),
    raises=N_("Whom did we send away without a word?"),
    shape=Share(lambda t: t.unanswered_at.notnull()),
    better="low",
    numerator=N_("tickets that ended without any answer by a person"),
    counters=(),
    beside=("answered_share", "waiting_now"),
    example=Example(rows=COHORT, value=0.25),
)

AUTO = replace(
    ANSWERED,
    key="auto_reply_share",
    label=N_("Automatic acknowledgements"),
    says=N_("The share of customers who wrote and got an automatic reply. It is no answer."),
    raises=N_("Do we promise by machine what people do not keep?"),
    shape=Share(lambda t: t.auto_reply_at.notnull()),
    better="none",
    numerator=N_("tickets with an automatic reply after the customer wrote"),
    waiting=None,
    counters=(),
    beside=("first_response_time",),
    example=Example(rows=(asked("1", auto_reply_at="2026-03-02T10:00:01Z"), asked("2")), value=0.5),
)

CLOSED_WITHOUT_REPLY = replace(
    ANSWERED,
    key="closed_without_reply",
    label=N_("Closed without a reply"),
    says=N_("Tickets that ended though no person had answered the customer, solved ones too."),
    raises=N_("Were they helped in silence, or dropped?"),
    at="unanswered_at",
    shape=Count(),
    unit="count",
    better="low",
    numerator=N_("tickets that ended without any answer by a person"),
    denominator=N_("none: a count"),
    counts=lambda t: t.unanswered_at.notnull(),
    waiting=None,
    counters=(),
    beside=("never_answered_share",),
    example=Example(rows=COHORT, value=1),
)


def _solved(ticket_id: str, **said: object) -> dict[str, object]:
    return {
        **asked(ticket_id, is_open=False),
        "resolved_at": "2026-03-02T12:00:00Z",
        "resolve_seconds": 2 * HOUR,
        "answered_calls": 0,
        **said,
    }


ONE_TOUCH = replace(
    TIME_TO_RESOLVE,
    key="one_touch_share",
    settle_seconds=7 * DAY,
    theme=CARE,
    label=N_("Solved in one touch"),
    says=N_(
        "The share of tickets solved for good that took exactly one answer or one answered call. "
        "None at all is no touch and not one."
    ),
    raises=N_("What did the others have to be asked for?"),
    at="resolved_at",
    shape=Share(lambda t: t.agent_touches + t.answered_calls.fill_null(0) == 1),
    unit="share",
    better="high",
    numerator=N_("tickets solved with exactly one answer by a person or one answered call"),
    denominator=N_("tickets solved for good"),
    requires=MESSAGES,
    counts=lambda t: t.resolved_at.notnull(),
    waiting=None,
    provisional=young_solve,
    counters=(Counter("reopen_rate", SHARE_MARGIN, relative=False),),
    beside=("closed_without_reply",),
    example=Example(
        rows=(
            _solved("1", agent_touches=1),
            _solved("2", agent_touches=0),
            _solved("3", agent_touches=3),
            _solved("4", agent_touches=0, answered_calls=1),
        ),
        value=0.5,
    ),
)

TOUCHES = replace(
    PER_TICKET,
    key="agent_touches",
    settle_seconds=14 * DAY,
    theme=CARE,
    label=N_("Answers per ticket"),
    says=N_("Public answers by people of ours, for each ticket created."),
    raises=N_("How often must a customer hear from us before it is done?"),
    shape=Mean(lambda t: t.agent_touches),
    numerator=N_("public messages by people of ours"),
    example=Example(
        rows=(
            {**asked("1"), "agent_touches": 1},
            {**asked("2"), "agent_touches": 4},
        ),
        value=2.5,
    ),
)


FOLLOW_UPS = replace(
    TIME_TO_RESOLVE,
    key="follow_up_share",
    theme=CARE,
    label=N_("Follow-up tickets"),
    says=N_(
        "The share of new tickets that continue one solved at most 7 days before: linked to it, or "
        "of the same customer on the same topic."
    ),
    raises=N_("Which matters did we call done that came back under another number?"),
    shape=Share(lambda t: t["_follows_solved"]),
    unit="share",
    better="low",
    numerator=N_("tickets that continue one solved at most 7 days before"),
    denominator=N_("tickets created"),
    requires=("ticket", "ticket_change"),
    waiting=None,
    provisional=None,
    counters=(),
    who={},
    version=2,
    extend=with_followed,
    example=Example(
        rows=(
            _solved("1"),
            _solved("2", customer_id="c", type="refund"),
            {**asked("3"), "created_at": "2026-03-08T10:00:00Z", "follows": "1"},
            {**asked("4"), "created_at": "2026-03-20T10:00:00Z", "follows": "2"},
            {
                **asked("5"),
                "created_at": "2026-03-09T11:00:00Z",
                "customer_id": "c",
                "type": "refund; late",
            },
        ),
        value=0.4,
        note=N_("the third is linked, the fifth on the same topic; the fourth came too late"),
    ),
)

METRICS = [
    *with_twins(
        NEXT_RESPONSE,
        N_("Next response time, finished only"),
        N_("Next response time, mean of finished"),
        N_("Next response time, opening hours"),
    ),
    in_period(NEXT_RESPONSE, N_("Next response time, in the period")),
    CHASERS,
    WAITING,
    WAITING_AGE,
    ANSWERED,
    NEVER,
    AUTO,
    CLOSED_WITHOUT_REPLY,
    ONE_TOUCH,
    TOUCHES,
    FOLLOW_UPS,
]
