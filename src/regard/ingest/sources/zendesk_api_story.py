"""One ticket of Zendesk being told: what is known so far of its values, and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.answers import id_of
from regard.ingest.sources.zendesk_api_account import Note, Thing
from regard.ingest.sources.zendesk_words import (
    DELETED,
    SPAM_TAGS,
    SYSTEM_USERS,
    priority_of,
    status_of,
)

MERGED_TAG = "closed_by_merge"


@dataclass
class Story:
    """One ticket being told. firsts, nows: the first and the last known value of each field."""

    source: str
    ticket_id: str
    requester: str | None
    roles: dict[str, str]
    subject: str | None
    note: Note
    firsts: dict[str, str | None] = field(default_factory=dict)
    nows: dict[str, str | None] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    ordinal: int = 0
    created: Thing | None = None

    def add(self, name: str, **values: Any) -> None:
        """Add a row of this ticket."""
        row = table(name).row(source=self.source, ticket_id=self.ticket_id, **values)
        self.rows.setdefault(name, []).append(row)

    def next(self) -> int:
        """The place of the next event in the ticket's history."""
        self.ordinal += 1
        return self.ordinal

    def kind_of(self, author: str | None, where: str) -> str | None:
        """customer, agent or system; who is not known is the customer only as the requester."""
        if author is None:
            return None
        if author in SYSTEM_USERS:
            return "system"
        if author in self.roles:
            return self.roles[author]
        if author == self.requester:
            return "customer"
        self.note("unknown_author", where, author)
        return "agent"


def value_of(field: str, raw: Any, note: Note) -> str | None:
    """A field's value in our words; a word that is not known is none, and counted."""
    if raw is None or raw == "":
        return None
    if field in ("team", "agent"):
        return id_of(raw)
    word = str(raw)[:200].strip().lower()
    if field == "status":
        found = "closed" if word == DELETED else status_of(word)
    else:
        found = priority_of(word) if field == "priority" else word
    if found is None:
        note("unknown_value", f"ticket.{field}", word)
    return found


def label_of(tags: Sequence[str]) -> str | None:
    """The label that tags make of a ticket."""
    if SPAM_TAGS.intersection(tags):
        return "spam"
    return "merged" if MERGED_TAG in tags else None
