"""Chatwoot's ways, as its open code has them: averages over events, and promises looked at by poll.

Each answer and each resolution writes an event with its seconds; reports take their average over
the events written in the period.
"""

from typing import Any

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Value
from ibis.expr.types import Table as Relation

from regard.core.events.tickets import OPEN_STATUSES
from regard.core.i18n import N_
from regard.facts.expressions import is_one_of, joined, seconds_between, whole_second
from regard.metrics.catalogue.volume import NO_HISTORY
from regard.metrics.picks import Column
from regard.metrics.shapes import Mean, Share
from regard.metrics.vendor import Pool, Vendor, VendorWay, as_counted_by
from regard.metrics.vendors.happenings import TICKET, ends, with_answers

CHATWOOT = Vendor("chatwoot", "Chatwoot")
EVENTS = N_("Chatwoot's open code: what is written for reports at each answer and resolution")
POLL_SECONDS = 300
"""How often Chatwoot looks at its promises, on whole five minutes of the clock."""
PROMISED = ("first", "next", "resolution")


def with_first_word(rows: Relation, pool: Pool) -> Relation:
    """Tickets with `_word_seconds` to the first public word of ours, and since when it ran.

    It runs from the last time before that word at which the ticket was opened again or a bot
    passed it on, else from creation.
    """
    rows = with_answers(rows, pool)
    spans = pool.fact("status_span_fact").filter(lambda span: span.place > 0)
    opened = (spans.status == "open") & is_one_of(
        spans.old_status, ("pending", "on_hold", "solved", "closed")
    )
    passed = is_one_of(spans.field, ("team", "agent")) & (spans.by_kind == "bot").fill_null(False)
    turns = spans.filter(opened | passed).select(*TICKET, "starts_at")
    both = turns.inner_join(rows.select(*TICKET, "_spoken_at"), list(TICKET))
    before = both.filter(both.starts_at <= both["_spoken_at"])
    last = before.group_by(*TICKET).aggregate(_passed_at=before.starts_at.max())
    rows = joined(rows, last, TICKET)
    since = ibis.coalesce(rows["_passed_at"], rows.created_at)
    return rows.mutate(_word_seconds=seconds_between(since, rows["_spoken_at"]))


def resolutions(spans: Relation) -> BooleanValue:
    """Whether a stretch begins with a resolution of a conversation that was open."""
    return ends(spans) & is_one_of(spans.old_status, OPEN_STATUSES)


def with_misses(rows: Relation) -> Relation:
    """Promises with `_tells` (the row that stands for its ticket) and `_missed` (any was noticed).

    A first answer that is late is noticed whenever; the rest only if a look falls between the
    deadline and the end.
    """
    now = whole_second(rows["_as_of"])
    due, done, stopped = (whole_second(rows[name]) for name in ("due_at", "done_at", "stopped_at"))
    end = ibis.coalesce(done, stopped, now)
    look = ((end - 1) // POLL_SECONDS) * POLL_SECONDS
    ended = (ibis.coalesce(stopped, now) + POLL_SECONDS - 1) // POLL_SECONDS * POLL_SECONDS
    first = ibis.ifelse(done.notnull(), done > due, due <= ibis.least(ended, now))
    noticed = ibis.ifelse(rows.target == "first", first, look >= due).fill_null(False)
    taken = rows.target.isin(PROMISED)
    missed: IntegerValue = (noticed & taken).cast("int64")
    group: dict[str, Any] = {"group_by": [*TICKET, taken]}
    order = [rows.applied_at, rows.target, rows.ordinal]
    return rows.mutate(
        _missed=missed.max().over(ibis.window(**group)) == 1,
        _tells=taken & (ibis.row_number().over(ibis.window(order_by=order, **group)) == 0),
    )


def _took(rows: Relation) -> Value:
    return seconds_between(rows.created_at, rows.starts_at)


WAYS = [
    VendorWay(
        CHATWOOT,
        "first_response_time",
        as_counted_by(
            CHATWOOT,
            "first_response_time",
            label="First response time",
            at="_spoken_at",
            shape=Mean(Column("_word_seconds")),
            numerator=N_("seconds to the first public words of ours"),
            denominator=N_("first public words of ours, said in the period"),
            who={"agent": ("first_reply_by", "agent"), "team": "team"},
        ),
        N_(
            "Chatwoot averages the first public words of agents, from the conversation's start or "
            "its last passing on by a bot or reopening, by the day on which they were said: "
            "whoever was not answered is left out, an old ticket answered now counts now, and a "
            "conversation that we open ourselves counts as answered at once."
        ),
        EVENTS,
        N_("Campaign messages, which Chatwoot leaves out, are not told apart here."),
        with_first_word,
    ),
    VendorWay(
        CHATWOOT,
        "next_response_time",
        as_counted_by(
            CHATWOOT,
            "next_response_time",
            label="Customer waiting time",
            at="replied_at",
            shape=Mean(Column("reply_seconds")),
            counts=lambda rows: ~rows.first,
            numerator=N_("seconds from a later message to the answer"),
            denominator=N_("later answers by a person, given in the period"),
        ),
        N_(
            "Chatwoot averages the answers that came after the first one, by the day on which "
            "they were given: whoever was not answered is left out."
        ),
        EVENTS,
        N_(
            "In Chatwoot a bot's answer ends the wait too, and a mere thanks waits for an answer; "
            "here neither does."
        ),
    ),
    VendorWay(
        CHATWOOT,
        "time_to_resolve",
        as_counted_by(
            CHATWOOT,
            "time_to_resolve",
            label="Resolution time",
            fact="status_span_fact",
            at="starts_at",
            shape=Mean(_took),
            counts=resolutions,
            excludes=(NO_HISTORY,),
            numerator=N_("seconds from creation to each resolution"),
            denominator=N_("resolutions in the period, each time anew"),
        ),
        N_(
            "Chatwoot averages over resolutions, bots' and rules' too, by the day on which they "
            "came: a ticket solved twice counts twice, each time from its creation, and whoever "
            "waits still is left out."
        ),
        EVENTS,
    ),
    VendorWay(
        CHATWOOT,
        "sla_attainment",
        as_counted_by(
            CHATWOOT,
            "sla_attainment",
            label="Hit rate",
            at="applied_at",
            shape=Share(lambda rows: ~rows["_missed"]),
            counts=lambda rows: rows["_tells"],
            extend=with_misses,
            numerator=N_("conversations of which no miss was noticed"),
            denominator=N_("conversations to which something was promised"),
        ),
        N_(
            "Chatwoot counts conversations, not promises, and takes whatever it has not seen "
            "missed for kept: what is not due yet, and what came late but was done before its "
            "next look, every five minutes. A conversation resolved before it was due counts as "
            "kept though nobody answered."
        ),
        N_("Chatwoot's open code: how promises are looked at, and the hit rate of its report"),
        N_(
            "When Chatwoot looked is not known: whole five minutes are taken. After a resolution "
            "Chatwoot looks no more; here later promises count."
        ),
    ),
]
