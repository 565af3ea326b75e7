"""Recorded answers of Freshdesk's interface (v2): tickets, conversations, people and teams.

Freshdesk's answers hold no history. A ticket says when it began, what it is now, and under
`stats`, where that was asked for, when it last changed its status and was last resolved, reopened
and closed. Nothing else of its past is known: who solved it, earlier solves, former teams and
agents. Objects carry no address, so that accounts are told apart by --source alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from regard.core.i18n import N_
from regard.core.schema import Row
from regard.ingest.answers import Answer, id_of, instant_of, object_of, read_answers, refuse
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.plain import stored_schema
from regard.ingest.source import Source
from regard.ingest.sources.freshdesk_people import people
from regard.ingest.sources.freshdesk_tickets import messages, tickets
from regard.ingest.streams import BadFile

Thing = Mapping[str, Any]
SAYS = N_("Recorded answers of Freshdesk's interface: tickets, conversations, people and teams.")
NOTHING = "there is no answer of Freshdesk in it"
NO_ID = N_("the object has no id")
NO_TIME = N_("the object does not say when it was created")
SHAPES: Mapping[str, tuple[frozenset[str], ...]] = {
    "conversation": (frozenset(["ticket_id", "incoming", "private"]),),
    "ticket": (frozenset(["requester_id", "status", "priority"]),),
    "agent": (frozenset(["contact", "ticket_scope"]),),
    "contact": (
        frozenset(["email", "mobile", "active"]),
        frozenset(["email", "mobile", "company_id"]),
    ),
    "company": (frozenset(["name", "domains"]),),
    "group": (frozenset(["name", "unassigned_for"]), frozenset(["name", "escalate_to"])),
}
"""What is read, each kind with the names that show it; the first that fits counts."""
ROLES = "role"
"""Answers about roles look like those about groups; their file or request says what they are."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("id", "created_at"),
    "conversation": ("id", "ticket_id", "created_at"),
}


@dataclass
class Gathered:
    """A folder being read. objects: by kind and id, all that the answers say of each.

    unknown: objects that are not read, by file. twice: different objects of one id, by kind.
    """

    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    twice: Counter[str] = field(default_factory=Counter)
    read: int = 0
    kept: int = 0

    def take(self, kind: str, name: str, one: dict[str, Any]) -> None:
        """Join what is said of an object: the newest answer counts, older ones fill its gaps.

        Objects of one id that began at different instants are different ones: they are counted.
        """
        self.kept += 1
        known = self.objects.setdefault(kind, {})
        before = known.get(name, {})
        newer = _changed_at(before) <= _changed_at(one)
        if before and instant_of(before.get("created_at")) != instant_of(one.get("created_at")):
            self.twice[kind] += 1
            known[name] = one if newer else before
        else:
            known[name] = before | one if newer else one | before


def parse(path: Path, source: str = "freshdesk") -> Parcel:
    """The tickets, what was said in them, people and teams that a folder of answers holds.

    What is no answer becomes a reject, and what is not read a finding, as are tickets whose
    history is not known; a folder without anything of Freshdesk is a BadFile.
    """
    gathered = _gather(path)
    if not gathered.objects:
        raise BadFile(path, NOTHING, "Name a folder with answers of /api/v2, as JSON")
    counted: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}

    def note(kind: str, where: str, example: str) -> None:
        counted[kind, where] += 1
        examples.setdefault((kind, where), example)

    rows = _rows(source, gathered.objects, note)
    made = {
        name: pa.Table.from_pylist(found, schema=stored_schema(name))
        for name, found in rows.items()
        if found or name == "ticket"
    }
    return Parcel(
        source=source,
        covers=tuple(made),
        rows=made,
        read=gathered.read,
        kept=gathered.kept,
        rejects=tuple(gathered.rejects),
        findings=(
            *(Finding(key[0], n, examples[key], key[1]) for key, n in sorted(counted.items())),
            *(Finding("duplicate_id", n, "", name) for name, n in sorted(gathered.twice.items())),
            *(Finding("unknown_answer", n, name) for name, n in sorted(gathered.unknown.items())),
        ),
        origin=Origin(path.name),
    )


def _rows(
    source: str,
    objects: Mapping[str, Mapping[str, Thing]],
    note: Callable[[str, str, str], None],
) -> dict[str, list[Row]]:
    found, agents = people(source, objects)
    told = objects.get("ticket", {})
    said = objects.get("conversation", {}).values()
    return {
        **found,
        **tickets(source, told.values(), agents, note),
        **messages(source, told, said, agents, note),
    }


def _gather(path: Path) -> Gathered:
    gathered = Gathered()
    for answer in read_answers(path):
        if isinstance(answer, Reject):
            gathered.rejects.append(answer)
            gathered.read += 1
            continue
        for one in _listed(answer.body):
            gathered.read += 1
            _keep(gathered, answer, one)
    return gathered


def _listed(body: Any) -> Iterator[Any]:
    """The objects of an answer: a list, the results of a search, or one alone."""
    results = object_of(body).get("results")
    yield from body if isinstance(body, list) else results if isinstance(results, list) else [body]


def _keep(gathered: Gathered, answer: Answer, one: Any) -> None:
    kind = _kind(answer, object_of(one))
    if not kind:
        gathered.unknown[answer.file] += 1
        gathered.kept += 1
        return
    for name in NEEDS.get(kind, ("id",)):
        read = instant_of if name == "created_at" else id_of
        if read(one.get(name)) is None:
            why, of = (NO_TIME, "no_instant") if name == "created_at" else (NO_ID, "no_identity")
            gathered.rejects.append(refuse(answer, why, one, name, of))
            return
    gathered.take(kind, str(id_of(one["id"])), one)
    if kind == "ticket":
        for said in _inner(one):
            gathered.read += 1
            _keep(gathered, answer, {"ticket_id": one["id"], **said})


def _inner(ticket: Thing) -> Iterator[dict[str, Any]]:
    """Conversations that came with their ticket."""
    found = ticket.get("conversations")
    yield from map(object_of, found if isinstance(found, list) else [])


def _kind(answer: Answer, one: Thing) -> str:
    for kind, shapes in SHAPES.items():
        if any(shape <= one.keys() for shape in shapes):
            named = f"{answer.request} {answer.file}".lower()
            return "" if kind == "group" and ROLES in named else kind
    return ""


def _changed_at(one: Thing) -> str:
    at = instant_of(one.get("updated_at"))
    return at.isoformat() if at else ""


FILLS = (
    *("ticket", "ticket_change", "message", "message_text", "customer", "customer_identity"),
    *("agent", "team", "sla_target", "vendor_figure"),
)
SOURCES = [Source("freshdesk", SAYS, parse, FILLS, takes="DIR")]
