"""Tickets of Request Tracker as one parcel, whether they were recorded or read just now."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.answers import text_of
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.sources.mail_tickets import tables_of
from regard.ingest.sources.rt_people import People, Person, rows_of
from regard.ingest.sources.rt_tickets import Case, Story
from regard.ingest.sources.rt_words import name_of

COVERS = (
    *("ticket", "ticket_change", "message", "message_text", "customer", "customer_identity"),
    *("agent", "team", "vendor_figure"),
)


@dataclass
class Noticed:
    """Findings being counted, each with its first example."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, kind: str, where: str, example: str) -> None:
        """Count one."""
        self.counts[kind, where] += 1
        self.examples.setdefault((kind, where), example)

    def findings(self) -> tuple[Finding, ...]:
        """What was counted."""
        return tuple(
            Finding(kind, count, self.examples[kind, where], where)
            for (kind, where), count in self.counts.items()
        )


def parcel_of(
    source: str,
    cases: Iterable[Case],
    people: People,
    queues: Iterable[Mapping[str, Any]],
    noticed: Noticed,
    read: int,
    rejects: Sequence[Reject] = (),
    origin: Origin | None = None,
) -> Parcel:
    """The rows of all cases, of the people in them and of the queues.

    read: how many objects were read, of which the rejects could not be taken.
    """
    rows: dict[str, list[Row]] = {name: [] for name in COVERS}
    met: dict[str, tuple[Person, str]] = {}
    for case in cases:
        story = Story(case, people, source, noticed.note)
        for name, found in story.rows().items():
            rows[name] += found
        met |= story.met
    for name, found in rows_of(source, met).items():
        rows[name] += found
    for queue in queues:
        team = name_of(queue.get("id"))
        if team:
            called = text_of(queue.get("Name"))
            rows["team"].append(table("team").row(source=source, team_id=team, name=called))
    return Parcel(
        source=source,
        covers=COVERS,
        rows=tables_of(rows),
        read=read,
        kept=read - len(rejects),
        rejects=tuple(rejects),
        findings=noticed.findings(),
        origin=origin,
    )
