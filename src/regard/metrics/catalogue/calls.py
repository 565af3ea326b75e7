"""Telephone calls: how many, how long they wait, how they are handled."""

from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue, IntegerValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import seconds_between
from regard.metrics.catalogue.contacts import CALLERS
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Counter, Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Mean, Share

SHORT = 5
POINTS = 0.02
CALLS = ("call",)
PHONE = N_("Phone")


def offered(rows: Relation) -> BooleanValue:
    """Whether a call reached a human queue."""
    return rows.offered


def arrived(rows: Relation) -> BooleanValue:
    """Whether a call was offered, or was given up in the menu."""
    return rows.offered | (rows.outcome == "ivr_left").fill_null(False)


def answered(rows: Relation) -> BooleanValue:
    """Whether a person took the call."""
    return (rows.outcome == "answered").fill_null(False)


def abandoned(rows: Relation) -> BooleanValue:
    """Whether the caller left before a person took the call."""
    return (rows.outcome == "abandoned").fill_null(False)


def gone_within(seconds: int, rows: Relation) -> BooleanValue:
    """Whether the caller left within so many seconds; one who asked to be called back did not."""
    left = abandoned(rows) & ~rows.callback.fill_null(False)
    return left & (rows.wait_seconds <= seconds).fill_null(False)


def unknown_wait(rows: Relation) -> BooleanValue:
    """Whether the source does not say how long an answered or abandoned caller waited."""
    return (answered(rows) | abandoned(rows)) & rows.wait_seconds.isnull()


def _waited(rows: Relation) -> IntegerValue:
    so_far = seconds_between(rows.queued_at, rows["_as_of"])
    return ibis.ifelse(rows.is_waiting, so_far, None)


def _answered_after(rows: Relation) -> IntegerValue:
    return ibis.ifelse(answered(rows), rows.wait_seconds, None)


def _left_after(rows: Relation) -> IntegerValue:
    return ibis.ifelse(answered(rows) | rows.is_waiting, None, rows.wait_seconds)


def call(n: int, outcome: str | None, wait: int | None = 0, **said: object) -> dict[str, object]:
    """A call of an example."""
    return {
        "source": "s",
        "call_id": str(n),
        "arrived_at": "2026-03-02T10:00:00Z",
        "queued_at": "2026-03-02T10:00:00Z",
        "outcome": outcome,
        "offered": True,
        "is_waiting": False,
        "callback": False,
        "wait_seconds": wait,
        **said,
    }


FIVE = (
    call(1, "answered", 10, handle_seconds=100, transfers=0, hold_seconds=0),
    call(2, "answered", 20, handle_seconds=300, transfers=1, hold_seconds=30),
    call(3, "answered", 60, handle_seconds=200, transfers=0, hold_seconds=60),
    call(4, "abandoned", 3),
    call(5, "abandoned", 40),
)

OFFERED = Metric(
    key="calls_offered",
    theme=PHONE,
    label=N_("Calls offered"),
    says=N_("Calls that reached a human queue, by arrival."),
    raises=N_("Why do customers have to call?"),
    fact="call_fact",
    at="arrived_at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("calls offered to people"),
    denominator=N_("none: a count"),
    requires=CALLS,
    counts=offered,
    cluster=("day",),
    cited=N_("Regard's own definition"),
    example=Example(rows=FIVE, value=5),
)

ANSWERED = replace(
    OFFERED,
    key="calls_answered",
    label=N_("Calls answered"),
    says=N_("Calls that a person took, by arrival."),
    raises=N_("Were the callers helped, or will they call again?"),
    shape=Count(answered),
    better="none",
    numerator=N_("calls that a person took"),
    counters=(Counter("contacts_per_resolution", where=CALLERS),),
    hailed="high",
    example=Example(rows=FIVE, value=3),
)

ABANDON = replace(
    OFFERED,
    key="abandon_rate",
    label=N_("Abandonment rate"),
    says=N_("The share of callers who left the queue; those gone within 5 s are in neither half."),
    raises=N_("When did waiting become too long, and who was on duty then?"),
    shape=Share(abandoned),
    unit="share",
    better="low",
    numerator=N_("callers who left after more than 5 s"),
    denominator=N_("calls offered, without those abandoned within 5 s"),
    excludes=(Exclusion(N_("left within 5 seconds"), lambda t: gone_within(SHORT, t)),),
    waiting=lambda t: t.is_waiting,
    example=Example(rows=FIVE, value=0.25),
)

ABANDON_IVR = replace(
    ABANDON,
    key="abandon_rate_with_ivr",
    variant_of="abandon_rate",
    label=N_("Abandonment rate with menu"),
    says=N_("The same, with callers who gave up in the menu."),
    raises=N_("Does the menu help, or does it turn callers away?"),
    shape=Share(lambda t: abandoned(t) | (t.outcome == "ivr_left")),
    counts=arrived,
    numerator=N_("callers who left the queue after more than 5 s, or the menu"),
    denominator=N_("calls offered and calls given up in the menu, without those within 5 s"),
    example=Example(rows=(*FIVE, call(6, "ivr_left", None, offered=False)), value=0.4),
)

WAIT = replace(
    OFFERED,
    key="queue_wait",
    label=N_("Queue wait"),
    says=N_(
        "The time by which half of all callers were answered. Those who left and those still "
        "waiting count."
    ),
    raises=N_("Have we enough people at the hours when customers call?"),
    shape=Incidence(_answered_after, _left_after, _waited),
    unit="seconds",
    better="low",
    numerator=N_("callers answered by that time"),
    denominator=N_("all callers offered, those who left among them"),
    waiting=lambda t: t.is_waiting,
    unknown=unknown_wait,
    counters=(Counter("abandon_rate", POINTS, relative=False),),
    example=Example(rows=FIVE, value=60),
)

ASA = replace(
    WAIT,
    key="speed_of_answer",
    variant_of="queue_wait",
    label=N_("Speed of answer"),
    says=N_("The median wait of answered callers alone. It hides those who left."),
    raises=N_("How long did the patient ones wait?"),
    shape=Incidence(Column("wait_seconds")),
    counts=lambda t: t.offered & answered(t),
    numerator=N_("answered callers by that time"),
    denominator=N_("answered callers"),
    waiting=None,
    counters=(),
    beside=("abandon_rate",),
    example=Example(rows=FIVE, value=20),
)

ASA_MEAN = replace(
    ASA,
    key="speed_of_answer_mean",
    variant_of="speed_of_answer",
    label=N_("Average speed of answer"),
    says=N_("The mean wait of answered callers alone. It hides those who left."),
    shape=Mean(Column("wait_seconds")),
    example=Example(rows=FIVE, value=30),
)

HOLD = replace(
    ASA,
    key="hold_time",
    variant_of="",
    label=N_("Hold time"),
    says=N_("The median time that answered callers were put on hold in mid-call."),
    raises=N_("What do agents have to go and find out?"),
    shape=Incidence(Column("hold_seconds")),
    numerator=N_("answered callers held no longer than that"),
    unknown=lambda t: t.hold_seconds.isnull(),
    beside=("queue_wait",),
    example=Example(rows=FIVE, value=30),
)

HOLD_MEAN = replace(
    HOLD,
    key="hold_time_mean",
    variant_of="hold_time",
    label=N_("Average hold time"),
    says=N_("The mean time that answered callers were put on hold in mid-call."),
    shape=Mean(Column("hold_seconds")),
    example=Example(rows=FIVE, value=30),
)

HANDLE = replace(
    ASA,
    key="handle_time",
    variant_of="",
    label=N_("Handle time"),
    says=N_("The median of talk, hold and after-call work, over all legs of an answered call."),
    raises=N_("Are calls short because they are easy, or because they are cut short?"),
    shape=Incidence(Column("handle_seconds")),
    better="none",
    numerator=N_("answered calls handled within that time"),
    denominator=N_("answered calls"),
    unknown=lambda t: t.handle_seconds.isnull(),
    hailed="low",
    counters=(
        Counter("repeat_contact_rate", POINTS, relative=False, where=CALLERS),
        Counter("transfer_rate", POINTS, relative=False),
    ),
    beside=("transfer_rate",),
    example=Example(rows=FIVE, value=200),
)

HANDLE_MEAN = replace(
    HANDLE,
    key="handle_time_mean",
    variant_of="handle_time",
    label=N_("Average handle time"),
    says=N_("The mean of talk, hold and after-call work, over all legs of an answered call."),
    shape=Mean(Column("handle_seconds")),
    example=Example(rows=FIVE, value=200),
)

TRANSFER = replace(
    HANDLE,
    key="transfer_rate",
    variant_of="",
    hailed="",
    label=N_("Transfer rate"),
    says=N_("The share of answered calls passed on at least once."),
    raises=N_("Why did they not reach the right person at once?"),
    shape=Share(lambda t: t.transfers > 0),
    unit="share",
    better="low",
    numerator=N_("answered calls passed on"),
    unknown=None,
    counters=(),
    beside=(),
    example=Example(rows=FIVE, value=1 / 3),
)

CALLBACK = replace(
    OFFERED,
    key="callback_rate",
    label=N_("Callback rate"),
    says=N_("The share of callers offered who asked to be called back."),
    raises=N_("Were they called back, and how soon?"),
    shape=Share(lambda t: t.callback),
    unit="share",
    better="none",
    numerator=N_("callers who asked to be called back"),
    denominator=N_("calls offered"),
    example=Example(rows=(*FIVE, call(6, "answered", 900, callback=True)), value=1 / 6),
)

METRICS = [
    OFFERED,
    ANSWERED,
    ABANDON,
    ABANDON_IVR,
    WAIT,
    ASA,
    ASA_MEAN,
    HOLD,
    HOLD_MEAN,
    HANDLE,
    HANDLE_MEAN,
    TRANSFER,
    CALLBACK,
]
