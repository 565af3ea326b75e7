"""Who is left out and nobody says why, and whether answers are what people meant."""

from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import any_of, is_one_of, seconds_between
from regard.facts.surveyed import WAITS, wait_band
from regard.metrics.across import Across
from regard.metrics.catalogue.survey_funnel import ASKED_SHARE, ELIGIBLE, RESPONSE_RATE
from regard.metrics.catalogue.surveys import CSAT, said
from regard.metrics.metric import Example, Exclusion
from regard.metrics.shapes import Share

AT_ONCE = 1
"""Seconds in which no person opens a mail, reads a question and answers it."""
ON_ARRIVAL = 60
"""Seconds after sending in which a gateway has looked at a mail. A source that keeps no arrival
has it filled in from what came later: of such a mail the opening alone says nothing."""
RATED = ("csat", "nps", "ces")
ORDER = tuple(name for name, _ in WAITS)
RESPONSE = ("source", "response_id")
ONE_TOKEN = (
    "source",
    "survey_id",
    "invitation_id",
    "customer_id",
    "ticket_id",
    "call_id",
    "bot_session_id",
)
"""What tells one asking from another: the invitation, else about what and whom."""


def _went(number: int, *clock: str | None, **more: object) -> dict[str, object]:
    """A row of an example: an invitation by mail with its instants on one day."""
    steps = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at")
    times = [None if time is None else f"2026-03-02T{time}Z" for time in clock]
    return {
        "source": "s",
        "invitation_id": str(number),
        "survey_kind": "csat",
        "channel": "mail",
        "eligible_at": "2026-03-02T09:00:00Z",
        "sampled_out": False,
        **dict(zip(steps, times, strict=False)),
        **more,
    }


def scanned(rows: Relation) -> BooleanValue:
    """Whether a mail was opened and its survey begun in the second it arrived."""
    soon = seconds_between(rows.delivered_at, rows.started_at) <= AT_ONCE
    on_arrival = seconds_between(rows.sent_at, rows.started_at) <= ON_ARRIVAL
    return (soon & on_arrival).fill_null(False)


SCANNED = replace(
    RESPONSE_RATE,
    key="surveys_scanned",
    label=N_("Surveys opened by machines"),
    says=N_(
        "Of the invitations by mail that arrived, the share that was opened and begun in the very "
        "second: gateways of companies follow links to look for harm. They are no interest of "
        "a customer, and no answer."
    ),
    raises=N_("Do we count machines as readers?"),
    shape=Share(scanned),
    better="low",
    numerator=N_("invitations opened and begun within a second of their arrival"),
    denominator=N_("invitations by mail sent in the period that were delivered"),
    counts=lambda t: t.delivered_at.notnull() & is_one_of(t.channel, ("mail",)),
    ripe_seconds=0,
    beside=("surveys_opened", "surveys_started", "response_rate"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _went(1, "09:00:00", "09:00:05", "09:00:05", "09:00:06"),
            _went(2, "09:00:00", "09:00:05", "09:30:00", "09:30:20", "09:31:00"),
            _went(3, "09:00:00", "09:00:05"),
            _went(4, "09:00:00", "11:00:00", "11:00:00", "11:00:00", "11:00:00"),
            _went(5, "09:00:00", "09:00:01", "09:00:01", "09:00:01", channel="web"),
        ),
        value=0.25,
        note=N_("Of the fourth only the answer is kept: nobody knows when it was opened"),
    ),
)

ANSWERED_AT_ONCE = replace(
    SCANNED,
    key="answers_at_once",
    label=N_("Answers given at once"),
    says=N_(
        "The share of answered invitations that were answered within a second of being opened: no "
        "person reads and answers so fast."
    ),
    raises=N_("Which of our answers did a machine give?"),
    at="answered_at",
    shape=Share(lambda t: seconds_between(t.opened_at, t.answered_at) <= AT_ONCE),
    numerator=N_("invitations answered within a second of being opened"),
    denominator=N_("invitations answered of which it is known when they were opened"),
    counts=lambda t: t.answered_at.notnull(),
    excludes=(
        Exclusion(N_("when it was opened is not kept"), lambda t: t.opened_at == t.answered_at),
    ),
    beside=("surveys_scanned", "response_rate"),
    example=Example(
        rows=(
            _went(1, "09:00:00", "09:00:05", "09:30:00", "09:30:01", "09:30:01"),
            _went(2, "09:00:00", "09:00:05", "09:30:00", "09:30:20", "09:31:00"),
            _went(3, "09:00:00", "09:00:05", "09:31:00", "09:31:00", "09:31:00"),
            _went(4, "09:00:00", "09:00:05", "09:30:00", "09:30:20"),
        ),
        value=0.5,
    ),
)


def with_places(rows: Relation) -> Relation:
    """The rows with how many ratings their response has, and whether all stand at one place.

    `_first` tells one row of each response, by which it is counted once.
    """
    rated = is_one_of(rows.kind, RATED) & rows.good.notnull()
    place = (rows.score - rows.scale_min) / (rows.scale_max - rows.scale_min)
    told = rows.mutate(_place=ibis.ifelse(rated, place, None))
    group = ibis.window(group_by=RESPONSE)
    order = ibis.window(group_by=RESPONSE, order_by=[told._place.isnull(), told.question_id])
    return told.mutate(
        _ratings=told._place.count().over(group),
        _same=told._place.max().over(group) == told._place.min().over(group),
        _first=ibis.row_number().over(order) == 0,
    )


def _rated(number: int, *scores: tuple[int, int, int]) -> tuple[dict[str, object], ...]:
    """Rows of an example: the answers of one response, each a score on a scale."""
    return tuple(
        said(number, score, low, high, question_id=f"q{place}")
        for place, (score, low, high) in enumerate(scores)
    )


STRAIGHT = replace(
    CSAT,
    key="answers_straight",
    label=N_("The same box throughout"),
    says=N_(
        "Of the responses that rate several things, the share that ticks the same place of every "
        "scale, as it was given. Some people mean it; that more of them do than before, or after "
        "one survey more than after others, says that the questions are not read."
    ),
    raises=N_("Are our questions too many, or too alike?"),
    shape=Share(lambda t: t._same),
    better="none",
    numerator=N_("responses with all ratings at the same place of their scales"),
    denominator=N_("responses with two ratings or more"),
    counts=lambda t: t._first & (t._ratings > 1),
    excludes=(),
    counters=(),
    extend=with_places,
    beside=("answers_at_once", "csat_distribution"),
    cited=N_("Straight-lining, as survey methodology has it"),
    example=Example(
        rows=(
            *_rated(1, (5, 1, 5), (10, 0, 10)),
            *_rated(2, (3, 1, 5), (10, 0, 10)),
            *_rated(3, (4, 1, 5)),
        ),
        value=0.5,
    ),
)


def with_turns(rows: Relation) -> Relation:
    """The rows with whether somebody had answered the same asking before: `_again`."""
    order = ibis.window(group_by=ONE_TOKEN, order_by=[rows.answered_at, rows.response_id])
    given = rows.filter(~rows.dismissed)
    return given.mutate(_again=ibis.row_number().over(order) > 0)


def _is_about_nothing(rows: Relation) -> BooleanValue:
    return ~any_of(*[rows[name].notnull() for name in ONE_TOKEN[2:]])


def _given(number: int, invitation: str | None, at: str) -> dict[str, object]:
    return {
        "source": "s",
        "response_id": str(number),
        "survey_id": "after",
        "invitation_id": invitation,
        "answered_at": f"2026-03-02T{at}Z",
        "dismissed": False,
    }


AGAIN = replace(
    CSAT,
    key="answers_again",
    label=N_("Answered again"),
    says=N_(
        "The share of responses whose invitation had been answered before; where nobody was "
        "invited, whose customer had answered the same survey about the same matter."
    ),
    raises=N_("Do a few people count several times?"),
    fact="response_fact",
    shape=Share(lambda t: t._again),
    better="none",
    numerator=N_("responses to what had been answered before"),
    denominator=N_("responses that are more than a dismissal"),
    requires=("response",),
    counts=None,
    excludes=(Exclusion(N_("nobody knows who answered, or about what"), _is_about_nothing),),
    counters=(),
    extend=with_turns,
    beside=("satisfied_against_goal", "response_rate"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _given(1, "a", "09:00:00"),
            _given(2, "a", "09:00:01"),
            _given(3, "b", "09:00:00"),
            _given(4, "c", "09:00:00"),
            _given(5, None, "09:00:00"),
        ),
        value=0.25,
    ),
)

BY_WAIT = (
    _went(1, "09:00:00", "09:00:05", "09:30:00", "09:30:20", "09:31:00", wait_seconds=60),
    _went(2, wait_seconds=600),
    _went(3, "09:00:00", "09:00:05", wait_seconds=3_599),
    _went(4, "09:00:00", "09:00:05", wait_seconds=90_000),
    _went(5),
)

ASKED_BY_WAIT = replace(
    ASKED_SHARE,
    key="asked_share_by_wait",
    variant_of="asked_share",
    label=N_("Share asked, by the wait"),
    says=N_(
        "The share of occasions on which a customer was asked, by how long they had waited for the "
        "first answer by a person, or on the telephone."
    ),
    raises=N_("Do we ask those less who waited long?"),
    shape=Across("wait_band", wait_band, Share(lambda t: t.sent_at.notnull()), order=ORDER),
    denominator=N_("occasions after a ticket or call whose wait is known"),
    requires=(*ELIGIBLE.requires, "ticket|call"),
    beside=("asked_share", "csat_by_wait"),
    example=Example(rows=BY_WAIT, value=2 / 3, by={"wait_band": "< 1 h"}),
)

RESPONSE_BY_WAIT = replace(
    RESPONSE_RATE,
    key="response_rate_by_wait",
    variant_of="response_rate",
    label=N_("Response rate, by the wait"),
    says=N_(
        "The share of invitations that was answered, by how long the customer had waited for the "
        "first answer by a person, or on the telephone."
    ),
    raises=N_("Do those who waited long keep silent?"),
    shape=Across("wait_band", wait_band, Share(lambda t: t.answered_at.notnull()), order=ORDER),
    denominator=N_("invitations delivered after a ticket or call whose wait is known"),
    requires=(*ELIGIBLE.requires, "ticket|call"),
    beside=("response_rate", "csat_by_wait"),
    example=Example(rows=BY_WAIT, value=0.5, by={"wait_band": "< 1 h"}),
)


def _has_no_reason(rows: Relation) -> BooleanValue:
    return ~rows.sampled_out & rows.suppressed_reason.isnull() & rows.sent_at.isnull()


NO_REASON = replace(
    ASKED_SHARE,
    key="left_out_without_reason",
    variant_of="",
    label=N_("Left out without a reason"),
    says=N_(
        "Of the occasions on which a customer could be asked, the share on which one was not, "
        "though neither chance nor a quiet time, a refusal or a bounce kept us from it. By team "
        "and by agent it shows who picks whom to ask."
    ),
    raises=N_("Who decided not to ask them, and why?"),
    shape=Share(_has_no_reason),
    better="low",
    numerator=N_("occasions on which nobody was asked and no reason is given"),
    counters=(),
    beside=("asked_share", "surveys_suppressed"),
    example=Example(
        rows=(
            _went(1, "09:00:00"),
            _went(2),
            _went(3, sampled_out=True),
            _went(4, suppressed_reason="quiet_time"),
        ),
        value=0.25,
    ),
)

METRICS = [
    NO_REASON,
    SCANNED,
    ANSWERED_AT_ONCE,
    STRAIGHT,
    AGAIN,
    ASKED_BY_WAIT,
    RESPONSE_BY_WAIT,
]
