"""Zendesk as a data warehouse holds it: a folder of the tables that the usual connector writes.

Only `ticket` must be there; what cannot be known without another table is said, and the tables of
the event model that it would fill are not covered. Rows of tickets that are not there are kept and
counted. `zendesk_folder` says how files are named, and each neighbour how its tables are read.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from regard.core.i18n import N_
from regard.ingest.frame import Log
from regard.ingest.parcel import Finding, Origin, Parcel
from regard.ingest.plain import drop_repeats
from regard.ingest.source import Source
from regard.ingest.sources import zendesk_history as history
from regard.ingest.sources.zendesk_chats import add_chats
from regard.ingest.sources.zendesk_comments import add_messages
from regard.ingest.sources.zendesk_ends import FIRST, Added, add_ends, read_ends, read_merged
from regard.ingest.sources.zendesk_folder import Desk, find, note_missing
from regard.ingest.sources.zendesk_hours import add_calendars, follow_schedules, read_schedules
from regard.ingest.sources.zendesk_people import SYSTEM, People, read_people, read_teams
from regard.ingest.sources.zendesk_promises import add_policies, add_targets, read_applied
from regard.ingest.sources.zendesk_tickets import Tickets, add_tickets, read_tickets

NO_TICKETS = N_("The table of tickets holds no rows.")
COVERS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("ticket",),
    "ticket_field_history": ("ticket_change", "sla_target"),
    "ticket_comment": ("message", "message_text"),
    "user": ("customer", "customer_identity", "agent"),
    "group": ("team",),
    "schedule": ("calendar",),
    "sla_policy_metric_history": ("sla_policy",),
    "ticket_chat_event": ("chat_session",),
}
"""The tables of the event model that each of Zendesk's fills."""


def parse(path: Path, source: str = "zendesk") -> Parcel:
    """The tickets, changes, messages, promises, people and opening hours of a folder of tables.

    A folder without tickets, a table without a column that it cannot do without, and a damaged
    file are a BadFile; single rows that cannot be read are rejects, named by table and column.
    """
    desk = find(path, source)
    people = read_people(desk)
    read_teams(desk)
    tickets = read_tickets(desk, people)
    schedules = read_schedules(desk)
    add_calendars(desk, schedules)
    calendar = follow_schedules(desk, tickets, schedules)
    _read_history(desk, tickets, people, calendar)
    add_policies(desk)
    add_messages(desk, tickets, people)
    add_chats(desk, tickets, people)
    note_missing(desk)
    covers = [name for held, names in COVERS.items() if desk.has(held) for name in names]
    log = Log()
    rows = {name: _whole(name, parts, log) for name, parts in sorted(desk.rows.items())}
    desk.odd.take_odd(log)
    empty = () if len(tickets) else (Finding("no_rows", 1, NO_TICKETS),)
    return Parcel(
        source=source,
        covers=tuple(covers),
        rows=rows,
        read=desk.read,
        kept=desk.read - len(desk.rejects),
        rejects=tuple(sorted(desk.rejects, key=lambda one: (one.column, one.line))),
        findings=desk.findings() + empty,
        origin=Origin(path.resolve().name),
    )


def _read_history(desk: Desk, tickets: Tickets, people: People, calendar: pa.Array) -> None:
    """The changes and targets of tickets, and then the tickets as they began."""
    told = history.load(desk)
    steps = history.order(desk, told, tickets, people)
    first, folded = history.first_values(steps, tickets)
    merged, ends = read_merged(desk, tickets), read_ends(steps, tickets)
    history.add_changes(desk, steps, folded, tickets, merged)
    add_ends(desk, steps, ends, tickets, merged)
    silent = (ends.last_at < 0) & (tickets.status.to_numpy(zero_copy_only=False) != FIRST)
    known = {**first, "calendar_id": calendar, "observed": pa.array(silent)}
    add_tickets(desk, tickets, people, known)
    applied = read_applied(desk)
    value = told.frame.text("value")
    promised = add_targets(desk, told.ids, told.field, told.at, value, applied)
    applications = applied.rows(without=promised)
    unknown = tickets.find(pa.array([ticket for ticket, _, _ in applications], pa.string())) < 0
    example = applications[int(unknown.argmax())][0] if unknown.any() else ""
    desk.odd.note("unknown_ticket", "ticket_sla_policy", int(unknown.sum()), example)
    added = Added()
    for ticket, at, policy in applications:
        added.add(
            ticket_id=ticket,
            change_id=f"sla_policy/{at}/{policy}",
            ordinal=0,
            at=at,
            field="sla_policy",
            value=policy,
            raw_value=policy,
            actor=None,
            kind=SYSTEM,
            reason=None,
        )
    added.hand_over(desk)


def _whole(name: str, parts: list[pa.Table], log: Log) -> pa.Table:
    """The rows of a table, each identity once."""
    return drop_repeats(name, pa.concat_tables(parts), log)


SAYS = N_("A folder of Zendesk's tables as a data warehouse holds them, CSV or Parquet.")
FILLS = tuple(name for names in COVERS.values() for name in names)
SOURCES = [Source("zendesk-tables", SAYS, parse, FILLS, takes="DIR")]
