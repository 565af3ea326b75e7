"""What Zendesk's ticket table says that the history does not: ends, merges, spam, tags of now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from regard.ingest.batch import Whole
from regard.ingest.sources.zendesk_folder import Desk, to_instants
from regard.ingest.sources.zendesk_history import OURS, STATUS, TAG, Steps
from regard.ingest.sources.zendesk_people import named
from regard.ingest.sources.zendesk_tickets import Tickets, listed
from regard.ingest.sources.zendesk_words import DELETED

FIRST = "new"
"""The status of a ticket whose history does not say it: nothing has to be added for it."""


@dataclass
class Added:
    """Changes to be added, column by column."""

    columns: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, **row: Any) -> None:
        """One change; `at` in microseconds."""
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)

    def hand_over(self, desk: Desk) -> None:
        """All of them as rows."""
        if not self.columns:
            return
        instants = to_instants(np.array(self.columns.pop("at"), np.int64))
        kinds = named(np.array(self.columns.pop("kind"), np.int64))
        columns = {
            name: pa.array(values, pa.int64() if name == "ordinal" else pa.string())
            for name, values in self.columns.items()
        }
        columns |= {"at": instants, "actor_kind": kinds, "updated_at": instants}
        desk.add("ticket_change", columns, len(instants))


@dataclass(frozen=True)
class Ends:
    """By place of the ticket. last: its last status, last_at its instant (-1: none is told).

    closing: the step that closed it first (-1: none).
    """

    last: list[str | None]
    last_at: Whole
    closing: Whole


def read_merged(desk: Desk, tickets: Tickets) -> dict[int, str]:
    """The surviving ticket by the place of each ticket that was merged into it."""
    merged: dict[int, str] = {}
    for place, others in listed(desk, tickets, "merged_ticket_ids"):
        survivor = tickets.ids[place].as_py()
        found = tickets.find(pa.array(others, pa.string())).tolist()
        for second, name in zip(found, others, strict=True):
            if second >= 0 and second != place:
                merged[second] = survivor
            elif second < 0:
                desk.odd.note("unknown_ticket", "ticket.merged_ticket_ids", 1, name)
    return merged


def read_ends(steps: Steps, tickets: Tickets) -> Ends:
    """The last status that the history tells of each ticket, and what closed it."""
    last: list[str | None] = [None] * len(tickets)
    last_at = np.full(len(tickets), -1, np.int64)
    closing = np.full(len(tickets), -1, np.int64)
    rows, values = steps.texts(STATUS)
    for row, value in zip(rows.tolist(), values, strict=True):
        place = steps.place[row]
        last_at[place] = steps.at[row]
        if value is not None:
            last[place] = value
        if value == "closed" and closing[place] < 0:
            closing[place] = row
    return Ends(last, last_at, closing)


def add_ends(
    desk: Desk, steps: Steps, ends: Ends, tickets: Tickets, merged: Mapping[int, str]
) -> None:
    """The changes that only the ticket table tells of."""
    added = Added()
    _add_statuses(desk, added, ends, tickets, merged)
    for place, survivor in sorted(merged.items()):
        _add_labelled(added, steps, ends, tickets, place, "merged_into", survivor)
    for place in np.flatnonzero(tickets.spam).tolist():
        _add_labelled(added, steps, ends, tickets, place, "demand", "spam")
    _add_tags(added, steps, tickets)
    added.hand_over(desk)


def _add_statuses(
    desk: Desk, added: Added, ends: Ends, tickets: Tickets, merged: Mapping[int, str]
) -> None:
    """The status of now where the history ends in another, or tells none."""
    statuses = tickets.status.to_pylist()
    silent = short = 0
    example = ("", "")
    for place, now in enumerate(statuses):
        told = ends.last[place]
        unknown = ends.last_at[place] < 0
        if unknown:
            silent += 1
            example = (example[0] or tickets.ids[place].as_py(), example[1])
        if now is None or now == (told or FIRST):
            continue
        if not unknown:
            short += 1
            example = (example[0], example[1] or tickets.ids[place].as_py())
        reason = _reason(tickets, place, merged) if now == "closed" else None
        at = max(int(tickets.updated[place]), int(ends.last_at[place]))
        solved = ["solved"] if unknown and now == "closed" and reason is None else []
        for number, value in enumerate([*solved, now]):
            added.add(
                ticket_id=tickets.ids[place].as_py(),
                change_id=f"status/now/{value}",
                ordinal=number,
                at=at,
                field="status",
                value=value,
                raw_value=DELETED if tickets.deleted[place] else now,
                actor=None,
                kind=-1,
                reason=reason if value == "closed" else None,
            )
    desk.odd.note("no_history", "ticket", silent, example[0])
    desk.odd.note("no_history", "ticket.status", short, example[1])


def _reason(tickets: Tickets, place: int, merged: Mapping[int, str]) -> str | None:
    if tickets.spam[place]:
        return "spam"
    if place in merged:
        return "merged"
    return "cancelled" if tickets.deleted[place] else None


def _add_labelled(
    added: Added, steps: Steps, ends: Ends, tickets: Tickets, place: int, name: str, value: str
) -> None:
    """A label that a ticket got when it was closed; without history, by its last update."""
    row = int(ends.closing[place])
    added.add(
        ticket_id=tickets.ids[place].as_py(),
        change_id=f"{name}/{value}",
        ordinal=0,
        at=int(steps.at[row] if row >= 0 else tickets.updated[place]),
        field=name,
        value=value,
        raw_value=value,
        actor=steps.user[row].as_py() if row >= 0 else None,
        kind=int(steps.kind[row]) if row >= 0 else -1,
        reason=None,
    )


def _add_tags(added: Added, steps: Steps, tickets: Tickets) -> None:
    """The tags of now where the history ends in others, or tells none."""
    rows, values = steps.texts(TAG)
    told = dict(zip(steps.place[rows].tolist(), values, strict=True))
    for place, tags in sorted(tickets.tags.items()):
        if told.get(place) == " ".join(tags):
            continue
        added.add(
            ticket_id=tickets.ids[place].as_py(),
            change_id="tag/now",
            ordinal=0,
            at=int(tickets.updated[place]),
            field=OURS[TAG],
            value=" ".join(tags),
            raw_value=None,
            actor=None,
            kind=-1,
            reason=None,
        )
