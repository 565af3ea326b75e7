"""Intercom's ways, as its help centre tells them: medians over what was answered."""

from regard.core.i18n import N_
from regard.metrics.catalogue.messages import FIRST_RESPONSE
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Metric
from regard.metrics.picks import Column
from regard.metrics.vendor import Vendor, VendorWay, as_counted_by, without

INTERCOM = Vendor("intercom", "Intercom")
HELP = N_("Intercom help: Responsiveness report; Intercom's forum on the median response time")
HOURS = N_("Intercom help: How to use office hours in reporting")
UNANSWERED = N_("no answer by a person yet")
ANSWERED = N_("conversations in which the customer wrote and a person answered")
NO_PAIR = N_(
    "A conversation closed without an answer, or still waiting, is in none of Intercom's medians. "
    "It counts by the day on which the conversation started, all channels and labels together."
)


def _first(of: str, column: str, label: str) -> Metric:
    return as_counted_by(
        INTERCOM,
        of,
        label=label,
        at="created_at",
        shape=Incidence(Column(column)),
        excludes=(without(UNANSWERED, column),),
        counts=FIRST_RESPONSE.counts,
        numerator=N_("conversations answered by that time"),
        denominator=ANSWERED,
    )


WAYS = [
    VendorWay(
        INTERCOM,
        "first_response_time",
        _first("first_response_time", "first_reply_seconds", "First response time"),
        NO_PAIR,
        HELP,
    ),
    VendorWay(
        INTERCOM,
        "team_first_response_time",
        _first(
            "team_first_response_time",
            "team_first_reply_seconds",
            "First response time, bot inbox time excluded",
        ),
        NO_PAIR,
        HELP,
        N_(
            "Intercom takes off the time spent in its bot inbox; here the clock starts when a bot "
            "passed the ticket on."
        ),
    ),
    VendorWay(
        INTERCOM,
        "first_response_time_open",
        _first(
            "first_response_time_open",
            "first_reply_open_seconds",
            "First response time, within office hours",
        ),
        NO_PAIR,
        HOURS,
        N_("Intercom reads the company's default office hours; here each ticket has its own."),
    ),
    VendorWay(
        INTERCOM,
        "next_response_time",
        as_counted_by(
            INTERCOM,
            "next_response_time",
            label="Response time",
            at="created_at",
            shape=Incidence(Column("reply_seconds")),
            excludes=(without(UNANSWERED, "reply_seconds"),),
            numerator=N_("answers given by that time"),
            denominator=N_("answers by a person to what a customer wrote, first ones too"),
        ),
        N_(
            "Intercom's response time takes every answer, the first ones too, and only answers: "
            "whoever was not answered is left out. It counts by the day on which the "
            "conversation started."
        ),
        HELP,
    ),
]
