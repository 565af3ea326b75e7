"""Frappe Helpdesk's ways, as its open code has them: averages of working time by creation."""

import ibis
from ibis.expr.types import Table as Relation
from ibis.expr.types import Value

from regard.core.i18n import N_
from regard.facts.business_time import add_open_seconds
from regard.facts.expressions import is_one_of, joined, whole_second
from regard.metrics.catalogue.volume import DAY, NO_HISTORY
from regard.metrics.metric import Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Mean, Share
from regard.metrics.vendor import Pool, Vendor, VendorWay, as_counted_by, without
from regard.metrics.vendors.happenings import TICKET, ends, with_answers, with_ends

FRAPPE = Vendor("frappe", "Frappe Helpdesk")
CODE = N_("Frappe Helpdesk's open code: its service level agreements and its dashboard")
PAUSED = ("pending", "on_hold")
OPEN_NOW = Exclusion(N_("open now"), lambda rows: rows.is_open)


def with_response(rows: Relation, pool: Pool) -> Relation:
    """Tickets with `_responded_at`, and the opening hours until then as `_responded_open_seconds`.

    Responded is what sets the status to one that waits or, of an open ticket, ends it: an answer
    does, and so does a click.
    """
    rows = with_answers(rows, pool)
    spans = pool.fact("status_span_fact").filter(lambda span: span.place > 0)
    clicked = spans.filter(is_one_of(spans.status, PAUSED) | ends(spans))
    told = clicked.group_by(*TICKET).aggregate(_clicked_at=clicked.starts_at.min())
    rows = joined(rows, told, TICKET)
    rows = rows.mutate(
        _responded_at=ibis.least(
            ibis.coalesce(rows["_answered_at"], rows["_clicked_at"]),
            ibis.coalesce(rows["_clicked_at"], rows["_answered_at"]),
        )
    )
    pairs = {"_responded_open_seconds": ("created_at", "_responded_at")}
    return add_open_seconds(rows, pairs, *pool.clock())


def with_agreement(rows: Relation, pool: Pool) -> Relation:
    """Tickets with whether something was `_promised` and whether all of it was `_fulfilled`."""
    rows = with_ends(with_response(rows, pool), pool)
    said = pool.fact("sla_fact")
    said = said.filter(said.target.isin(("first", "resolution")))
    told = said.group_by(*TICKET).aggregate(
        _first_due=said.due_at.min(where=said.target == "first"),
        _end_due=said.due_at.max(where=said.target == "resolution"),
    )
    rows = joined(rows, told.mutate(_promised=ibis.literal(True)), TICKET)
    answered, ended = whole_second(rows["_responded_at"]), whole_second(rows["_last_end"])
    first = (answered <= whole_second(rows["_first_due"])).fill_null(False)
    whole = (ended <= whole_second(rows["_end_due"])).fill_null(False)
    return rows.mutate(
        _promised=rows["_promised"].fill_null(False),
        _fulfilled=first & (rows["_end_due"].isnull() | whole),
    )


def worked_seconds(rows: Relation) -> Value:
    """Opening hours in which the ticket was new or open."""
    return rows.requester_wait_open_seconds - rows.on_hold_open_seconds


def in_whole_days(rows: Relation) -> Value:
    """The same in days of 24 hours, each one begun counted whole, as seconds."""
    return (worked_seconds(rows) + DAY - 1) // DAY * DAY


def _response(of: str) -> Metric:
    return as_counted_by(
        FRAPPE,
        of,
        label="Avg. First Response",
        at="created_at",
        clock="opening",
        shape=Mean(Column("_responded_open_seconds")),
        excludes=(
            NO_HISTORY,
            without(N_("nobody has answered or changed the status yet"), "_responded_at"),
        ),
        unknown=lambda rows: rows["_responded_open_seconds"].isnull(),
        numerator=N_("opening hours to the first answer or change of status"),
        denominator=N_("tickets created and answered, or set to waiting or solved"),
    )


RESPONSE = N_(
    "Frappe Helpdesk averages, in opening hours, from the ticket's creation to its first answer, "
    "and a click is one: setting the status to waiting or solved without a word counts as a "
    "response. Whoever waits still is left out."
)
HOURS = N_(
    "Frappe Helpdesk reads the working hours of the agreement; here the ticket's opening hours."
)
WAYS = [
    *(
        VendorWay(FRAPPE, of, _response(of), RESPONSE, CODE, HOURS, with_response)
        for of in ("first_response_time", "first_response_time_open")
    ),
    VendorWay(
        FRAPPE,
        "time_to_resolve",
        as_counted_by(
            FRAPPE,
            "time_to_resolve",
            label="Avg. Resolution",
            at="created_at",
            clock="opening",
            shape=Mean(in_whole_days),
            excludes=(NO_HISTORY, OPEN_NOW),
            unknown=lambda rows: worked_seconds(rows).isnull(),
            numerator=N_("opening hours in new and open, rounded up to days of 24 hours"),
            denominator=N_("tickets created and solved or closed now"),
        ),
        N_(
            "Frappe Helpdesk averages opening hours without those spent waiting for the customer "
            "or others, rounding each ticket up to whole days of 24 hours: ten minutes are a day, "
            "and three working days of eight hours are one too. Whoever waits still is left out, "
            "and a reopening erases the resolution."
        ),
        CODE,
        HOURS,
    ),
    VendorWay(
        FRAPPE,
        "sla_attainment",
        as_counted_by(
            FRAPPE,
            "sla_attainment",
            label="% SLA Fulfilled",
            fact="ticket_fact",
            at="created_at",
            shape=Share(lambda rows: rows["_fulfilled"]),
            counts=lambda rows: rows["_promised"],
            excludes=(NO_HISTORY, OPEN_NOW),
            numerator=N_("tickets answered, by a click too, and solved in time"),
            denominator=N_("tickets created to which something was promised, solved or closed now"),
        ),
        N_(
            "Frappe Helpdesk counts tickets that are solved now: an overdue ticket that nobody "
            "solves is in neither half, and solving one without a word counts as its first "
            "response."
        ),
        CODE,
        N_(
            "Frappe Helpdesk moves the deadline of a resolution while the ticket waits for the "
            "customer; here the deadline is the one that was promised."
        ),
        with_agreement,
    ),
]
