"""Zendesk's ways, as its help centre tells them: native durations, and one-touch tickets."""

from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import seconds_between
from regard.metrics.catalogue.volume import NO_HISTORY, labelled
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Share
from regard.metrics.vendor import Pool, Vendor, VendorWay, as_counted_by, without
from regard.metrics.vendors.happenings import with_answers, with_ends

ZENDESK = Vendor("zendesk", "Zendesk")
DURATIONS = N_("Zendesk help: About native Support time duration metrics")
SPAM = Exclusion(N_("spam, which Zendesk deletes"), labelled("spam"))
OPEN_NOW = Exclusion(N_("open now"), lambda rows: rows.is_open)
UNANSWERED = without(N_("no public answer by a person yet"), "_answered_at")


def with_reply(rows: Relation, pool: Pool) -> Relation:
    """Tickets with `_reply_seconds` from creation to the first answer, `_reply_open_seconds` too.

    A comment by which one of ours opened the ticket is no answer.
    """
    rows = with_answers(rows, pool)
    rows = rows.mutate(_reply_seconds=seconds_between(rows.created_at, rows["_answered_at"]))
    pairs = {"_reply_open_seconds": ("created_at", "_answered_at")}
    return add_open_seconds(rows, pairs, *pool.clock())


def with_resolutions(rows: Relation, pool: Pool) -> Relation:
    """Tickets with the seconds from creation to their first and their last end."""
    rows = with_ends(rows, pool)
    return rows.mutate(
        _first_seconds=seconds_between(rows.created_at, rows["_first_end"]),
        _last_seconds=seconds_between(rows.created_at, rows["_last_end"]),
    )


def with_touches(rows: Relation, pool: Pool) -> Relation:
    """Tickets with their public answers by people and their last end."""
    return with_ends(with_answers(rows, pool), pool)


def _reply(of: str, column: str, label: str) -> Metric:
    return as_counted_by(
        ZENDESK,
        of,
        label=label,
        at="created_at",
        shape=Incidence(Column(column)),
        excludes=(SPAM, UNANSWERED),
        numerator=N_("tickets answered in public by that time"),
        denominator=N_("tickets created and answered in public by a person"),
    )


def _resolution(of: str, column: str, label: str, at: str) -> Metric:
    return as_counted_by(
        ZENDESK,
        of,
        label=label,
        at=at,
        shape=Incidence(Column(column)),
        excludes=(NO_HISTORY, SPAM, OPEN_NOW, without(N_("never solved or closed"), column)),
        numerator=N_("tickets solved by that time"),
        denominator=N_("tickets solved or closed now"),
    )


FIRST_REPLY = N_(
    "Zendesk counts from the ticket's creation to the first public comment by an agent, over the "
    "tickets that have one: whoever waits still, or was never answered, is left out. Tickets that "
    "we open count as well, and all channels together."
)
CREATED = N_(
    "Zendesk keeps whole minutes, and a report there may take another average or date; here it is "
    "the median of seconds, by the day of creation."
)
SOLVED = N_(
    "Zendesk keeps whole minutes, and a report there may take another average or date; here it is "
    "the median of seconds, by the day of the last solve."
)
FULL = N_(
    "Zendesk counts to the last time a ticket was solved, by whomever, bots and rules among them, "
    "over the tickets that are solved now. Whoever waits still is left out, and a reopening takes "
    "the ticket out of the month in which it was solved before."
)
FIRST_END = N_(
    "Zendesk counts to the first time a ticket was solved, by whomever, bots and rules among "
    "them, over the tickets that are solved now. Whoever waits still is left out."
)
WAYS = [
    VendorWay(
        ZENDESK,
        "first_response_time",
        _reply("first_response_time", "_reply_seconds", "First reply time"),
        FIRST_REPLY,
        N_("Zendesk help: Calculating first reply time"),
        CREATED,
        with_reply,
    ),
    VendorWay(
        ZENDESK,
        "first_response_time_open",
        _reply("first_response_time_open", "_reply_open_seconds", "First reply time, business"),
        FIRST_REPLY,
        N_("Zendesk help: Calculating first reply time"),
        CREATED,
        with_reply,
    ),
    VendorWay(
        ZENDESK,
        "time_to_resolve",
        _resolution("time_to_resolve", "_last_seconds", "Full resolution time", "_last_end"),
        FULL,
        DURATIONS,
        SOLVED,
        with_resolutions,
    ),
    VendorWay(
        ZENDESK,
        "time_to_last_solve",
        _resolution("time_to_last_solve", "_last_seconds", "Full resolution time", "_last_end"),
        FULL,
        DURATIONS,
        SOLVED,
        with_resolutions,
    ),
    VendorWay(
        ZENDESK,
        "time_to_first_solve",
        _resolution("time_to_first_solve", "_first_seconds", "First resolution time", "_last_end"),
        FIRST_END,
        DURATIONS,
        SOLVED,
        with_resolutions,
    ),
    VendorWay(
        ZENDESK,
        "one_touch_share",
        as_counted_by(
            ZENDESK,
            "one_touch_share",
            label="One-touch tickets",
            at="_last_end",
            shape=Share(lambda rows: rows["_answers"] < 2),
            excludes=(NO_HISTORY, SPAM, OPEN_NOW),
            numerator=N_("tickets solved with at most one public answer, none among them"),
            denominator=N_("tickets solved or closed now"),
        ),
        N_(
            "Zendesk calls every solved ticket with fewer than two public answers a one-touch "
            "ticket, so those that nobody answered count as successes; calls do not count, nor "
            "does it matter who solved the ticket."
        ),
        N_("Zendesk help: How are one-touch resolutions calculated?"),
        adds=with_touches,
    ),
]
