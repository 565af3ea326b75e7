"""Matters without a name: tickets without a type whose customers wrote the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from regard.core.period import day_of
from regard.facts.found import found_in
from regard.facts.reader import Reader
from regard.ingest.first_words import texts_by_ticket
from regard.insight.ask import ALL, MOST_ROWS, Scope, rows
from regard.metrics.query import Query
from regard.stats.emergence import chance_of_late
from regard.text.clusters import clusters

UNTYPED = (("type", ""),)
COUNTED = "tickets_new"
BEFORE = 91
"""Days before those asked for whose tickets are looked at too: what is new is new against them."""
MOST = 400
"""Tickets whose words are looked at, spread evenly over the days: each takes 17 to 42 ms."""
MOST_PAGES = 20
SHOWN = 300
"""Signs of a text that are shown."""
KEY = ("source", "ticket_id")

Key = tuple[str, str]


@dataclass(frozen=True)
class Unnamed:
    """Tickets without a type that say the same thing: a candidate for a type of its own.

    tickets: source and id; first, last: local days of the first and the last. late: how many
    came in the days asked for, the others before; chance: of so many by their share of all that
    were looked at. typical: the words of up to three, the most typical first; empty for those who
    may not see text.
    """

    tickets: tuple[Key, ...]
    first: date
    last: date
    late: int
    chance: float
    typical: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "size": len(self.tickets),
            "late": self.late,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "chance": float(f"{self.chance:.6g}"),
            "typical": list(self.typical),
            "tickets": [list(one) for one in self.tickets],
        }


def unnamed(
    reader: Reader, since: date, until: date, scope: Scope = ALL, most: int = MOST
) -> tuple[Unnamed, ...]:
    """The candidates among tickets of the local days [since, until) and a quarter before them.

    Looked at are those without a type from their source and from a reader of words, `most` of
    them. The largest candidate first; one whose tickets all came before is none.
    """
    zone = reader.settings.zone
    days = _spread(_untyped(reader, since - timedelta(days=BEFORE), until, scope), most)
    words = _words(reader, list(days))
    said = [one for one in days if words.get(one, "").strip()]
    found = clusters([words[one] for one in said])
    late = [day_of(days[one], zone) >= since for one in said]
    made = []
    for cluster in found:
        members = [said[place] for place in cluster.places]
        own = sum(late[place] for place in cluster.places)
        if own:
            at = [day_of(days[one], zone) for one in members]
            chance = chance_of_late(own, len(members), sum(late) / len(late))
            shown = [words[said[place]].strip()[:SHOWN] for place in cluster.typical]
            typical = tuple(shown) if scope.may_see_text else ()
            made.append(Unnamed(tuple(members), min(at), max(at), own, chance, typical))
    return tuple(made)


def _untyped(reader: Reader, since: date, until: date, scope: Scope) -> dict[Key, datetime]:
    """When the tickets without a type were created."""
    query = Query(COUNTED, since, until, where=UNTYPED, zone=reader.settings.zone)
    found: dict[Key, datetime] = {}
    for page in range(MOST_PAGES):
        told = rows(query, reader, scope, limit=MOST_ROWS, offset=page * MOST_ROWS)
        found |= {(row["source"], row["ticket_id"]): row["created_at"] for row in told.rows}
        if len(found) >= told.total:
            break
    read = _read(reader) if found else set()
    return {one: at for one, at in found.items() if one not in read}


def _read(reader: Reader) -> set[Key]:
    """Tickets whose type a reader of words has found."""
    if "reading" not in reader.snapshot.manifest.tables:
        return set()
    told = found_in(reader.snapshot.table("reading"), "ticket", "type")
    listed = told.filter(told.found.notnull()).select("source", "subject_id").to_pyarrow()
    return {(row["source"], row["subject_id"]) for row in listed.to_pylist()}


def _spread(found: dict[Key, datetime], most: int) -> dict[Key, datetime]:
    """At most so many, evenly by when they were created."""
    order = sorted(found, key=lambda one: (found[one], one))
    if len(order) > most:
        order = [order[place * len(order) // most] for place in range(most)]
    return {one: found[one] for one in order}


def _words(reader: Reader, tickets: Sequence[Key]) -> dict[Key, str]:
    """The first words of tickets, where any are known."""
    snapshot = reader.snapshot
    if not tickets or not {"message", "message_text"} <= {*snapshot.manifest.tables}:
        return {}
    wanted = pa.table(
        {
            name: pa.array([one[place] for one in tickets], pa.string())
            for place, name in enumerate(KEY)
        }
    )
    return texts_by_ticket(
        {name: snapshot.rows_like(name, wanted) for name in ("message", "message_text")}
    )
