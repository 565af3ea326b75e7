"""Redmine: recorded answers of its REST interface, issues with their journals.

Projects are teams, trackers are types. Redmine's answers do not say who works for the house. Who
is a member of a project (where memberships were recorded), is assigned, writes private notes or
changes fields counts as an agent: strangers may not do that. Whoever else opened an issue is its
customer. A closed status is a solve, unless it is `Rejected` or follows a solve. The interface
names a status where an issue has it now; numbers that no answer names are read as Redmine sets
them up, and counted as a finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.core.schema import Row, table
from regard.ingest.answers import (
    Answer,
    id_of,
    instant_of,
    list_of,
    object_of,
    read_answers,
    refuse,
    text_of,
)
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.source import Source
from regard.ingest.sources.mail_tickets import tables_of
from regard.ingest.sources.rt_parcels import Noticed
from regard.ingest.streams import BadFile

COVERS = ("ticket", "ticket_change", "message", "message_text", "customer", "agent", "team")
Thing = Mapping[str, Any]
STATUSES: Mapping[str, tuple[str, str | None]] = {
    "new": ("new", None),
    "in progress": ("open", None),
    "assigned": ("open", None),
    "feedback": ("pending", None),
    "resolved": ("solved", None),
    "rejected": ("closed", "unsolved"),
}
"""Our status and reason by a status's name; other names count as closed or open."""
PRIORITIES: Mapping[str, str] = {
    "low": "low",
    "normal": "normal",
    "high": "high",
    "urgent": "urgent",
    "immediate": "urgent",
}
USUAL: Mapping[str, Mapping[str, str]] = {
    "status": {
        "1": "New",
        "2": "In Progress",
        "3": "Resolved",
        "4": "Feedback",
        "5": "Closed",
        "6": "Rejected",
    },
    "priority": {"1": "Low", "2": "Normal", "3": "High", "4": "Urgent", "5": "Immediate"},
}
"""Names by number as Redmine's own set-up gives them."""
FIELDS: Mapping[str, str] = {
    "status_id": "status",
    "assigned_to_id": "agent",
    "priority_id": "priority",
    "project_id": "team",
    "tracker_id": "type",
}
"""Fields of ours by the field of a journal."""
HELD_BY: Mapping[str, str] = {
    "status": "status",
    "agent": "assigned_to",
    "priority": "priority",
    "team": "project",
    "type": "tracker",
}
"""Where an issue says what it now is, by field of ours."""
NO_INSTANT = N_("it does not say which it is, what, and when")


@dataclass
class Recorded:
    """What a folder holds. issues: by id. names: by kind and number. house: who works there."""

    issues: dict[str, Thing] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    closed: dict[str, bool] = field(default_factory=dict)
    house: set[str] = field(default_factory=set)
    noticed: Noticed = field(default_factory=Noticed)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def take(self, answer: Answer) -> None:
        """Sort in what an answer says."""
        for one in answer.objects("issue") + answer.objects("issues"):
            self.read += 1
            name = id_of(one.get("id"))
            if name is None or instant_of(one.get("created_on")) is None:
                self.rejects.append(refuse(answer, NO_INSTANT, one, "created_on", "no_instant"))
                continue
            known = self.issues.get(name, {})
            # A list tells no journals: what an answer of its own told of them stays.
            self.issues[name] = {**known, **one, "journals": self._journals(answer, one, known)}
        for one in answer.objects("issue_statuses"):
            self._name("status", one)
        for one in answer.objects("issue_priorities"):
            self._name("priority", one)
        for one in answer.objects("memberships"):
            self.house |= {str(id_of(object_of(one.get("user")).get("id")))}

    def learn(self) -> None:
        """Find names and people of the house in all issues."""
        for issue in self.issues.values():
            for ours, theirs in HELD_BY.items():
                self._name(ours, object_of(issue.get(theirs)))
            for person in ("author", "assigned_to"):
                self._name("person", object_of(issue.get(person)))
            self.house.add(str(id_of(object_of(issue.get("assigned_to")).get("id"))))
            for journal in issue["journals"] or ():
                writer = object_of(journal.get("user"))
                self._name("person", writer)
                details = [object_of(one) for one in list_of(journal.get("details"))]
                if journal.get("private_notes") is True or any(map(_ours, details)):
                    self.house.add(str(id_of(writer.get("id"))))
                for one in details:
                    if one.get("name") == "assigned_to_id":
                        self.house.add(str(id_of(one.get("new_value"))))
        self.house.discard("None")

    def status(self, number: str | None, *, solved: bool) -> tuple[str | None, str | None]:
        """Our status and the reason of a close. solved: whether the issue is solved already."""
        name = self._named("status", number)
        if name is None:
            return None, None
        found = STATUSES.get(name.lower())
        if found:
            return found
        if self.closed.get(number or "", name.lower() == "closed"):
            return ("closed" if solved else "solved"), None
        self.noticed.note("unknown_value", "ticket_change.status", name[:80])
        return "open", None

    def priority(self, number: str | None) -> str | None:
        """Our priority; None where its name is not known."""
        return PRIORITIES.get((self._named("priority", number) or "").lower())

    def _named(self, kind: str, number: str | None) -> str | None:
        if number is None:
            return None
        found = self.names.get(kind, {}).get(number)
        if found is None:
            self.noticed.note("unknown_value", f"ticket_change.{kind}", number)
        return found or USUAL[kind].get(number)

    def _name(self, kind: str, one: Thing) -> None:
        number, name = id_of(one.get("id")), text_of(one.get("name"))
        if number and name:
            self.names.setdefault(kind, {})[number] = name
            if isinstance(one.get("is_closed"), bool):
                self.closed[number] = one["is_closed"]

    def _journals(self, answer: Answer, issue: Thing, known: Thing) -> list[Thing] | None:
        if "journals" not in issue:
            before: list[Thing] | None = known.get("journals")
            return before
        good = []
        for one in list_of(issue["journals"]):
            self.read += 1
            told = object_of(one)
            if id_of(told.get("id")) and instant_of(told.get("created_on")):
                good.append(told)
            else:
                self.rejects.append(
                    refuse(answer, NO_INSTANT, {"": one} | told, "created_on", "no_instant")
                )
        return sorted(good, key=lambda one: (str(instant_of(one["created_on"])), _place(one)))


def parse(path: Path, source: str = "redmine") -> Parcel:
    """The issues in recorded answers of Redmine's REST interface, as in `/issues/1.json`.

    An issue whose journals were not recorded is told as it last was, and counted as a finding.
    Objects that cannot be told are rejects; a folder without any issue is a BadFile.
    """
    recorded = Recorded()
    for answer in read_answers(path):
        if isinstance(answer, Reject):
            recorded.read += 1
            recorded.rejects.append(answer)
        else:
            recorded.take(answer)
    if not recorded.issues:
        raise BadFile(path, "none of its answers holds an issue of Redmine", "Name another folder")
    recorded.learn()
    rows: dict[str, list[Row]] = {name: [] for name in COVERS}
    for issue in recorded.issues.values():
        for name, found in Story(issue, recorded, source).rows().items():
            rows[name] += found
    for name, found in _people(source, recorded).items():
        rows[name] += found
    return Parcel(
        source=source,
        covers=COVERS,
        rows=tables_of(rows),
        read=recorded.read,
        kept=recorded.read - len(recorded.rejects),
        rejects=tuple(recorded.rejects),
        findings=recorded.noticed.findings(),
        origin=Origin(path.name),
    )


class Story:
    """Tells one issue."""

    def __init__(self, issue: Thing, recorded: Recorded, source: str) -> None:
        self.issue, self.recorded, self.source = issue, recorded, source
        self.id = str(id_of(issue.get("id")))
        self.author = id_of(object_of(issue.get("author")).get("id"))
        self.journals: list[Thing] = issue.get("journals") or []
        if issue.get("journals") is None:
            recorded.noticed.note("no_history", "ticket_change", self.id)

    def rows(self) -> dict[str, list[Row]]:
        """The ticket, its changes, messages and words."""
        messages, texts = [], []
        for message, subject, text in self._messages():
            messages.append(message)
            if subject or text:
                named = {"message_id": message["message_id"], "subject": subject, "text": text}
                texts.append(self._row("message_text", message["updated_at"], **named))
        return {
            "ticket": [self._ticket()],
            "ticket_change": list(self._changes()),
            "message": messages,
            "message_text": texts,
        }

    def _ticket(self) -> Row:
        first = {
            ours: id_of(object_of(self.issue.get(theirs)).get("id"))
            for ours, theirs in HELD_BY.items()
        }
        for ours, before in reversed([(o, id_of(b)) for _k, _j, o, b, _a in self._details()]):
            first[ours] = before
        kind = self._kind(self.author, "ticket.created_by_kind")
        return self._row(
            "ticket",
            self.issue.get("updated_on"),
            number=self.id,
            customer_id=self.author if kind == "customer" else None,
            created_at=instant_of(self.issue.get("created_on")),
            created_by=self.author,
            created_by_kind=kind,
            status=self.recorded.status(first["status"], solved=False)[0],
            priority=self.recorded.priority(first["priority"]),
            team=first["team"],
            agent=first["agent"],
            type=self._type(first["type"]),
            demand="duplicate" if self._duplicates() else None,
        )

    def _changes(self) -> Iterator[Row]:
        solved = False
        for number, journal, ours, _before, now in self._details():
            after = id_of(now)
            value, reason = after, None
            if ours == "status":
                value, reason = self.recorded.status(after, solved=solved)
                solved = value in ("solved", "closed")
            elif ours == "priority":
                value = self.recorded.priority(after)
            elif ours == "type":
                value = self._type(after)
            if value is None and ours != "agent":
                continue
            actor = id_of(object_of(journal.get("user")).get("id"))
            yield self._row(
                "ticket_change",
                journal["created_on"],
                change_id=f"{id_of(journal['id'])}-{ours}",
                ordinal=number * 100 + 1 + [*FIELDS.values()].index(ours),
                at=instant_of(journal["created_on"]),
                field=ours,
                value=value,
                raw_value=after,
                actor=actor,
                actor_kind=self._kind(actor, "ticket_change.actor_kind"),
                reason=reason,
            )

    def _messages(self) -> Iterator[tuple[Row, str | None, str | None]]:
        hidden = self.issue.get("is_private") is True
        opened = self._said("description", 0, self.issue.get("created_on"), self.author, hidden)
        yield opened, text_of(self.issue.get("subject")), text_of(self.issue.get("description"))
        for number, journal in enumerate(self.journals, start=1):
            words = text_of(journal.get("notes"))
            if words:
                writer = id_of(object_of(journal.get("user")).get("id"))
                private = hidden or journal.get("private_notes") is True
                name = str(id_of(journal["id"]))
                said = self._said(name, number * 100, journal["created_on"], writer, private)
                yield said, None, words

    def _said(self, name: str, ordinal: int, at: Any, author: str | None, private: bool) -> Row:
        return self._row(
            "message",
            at,
            message_id=name,
            ordinal=ordinal,
            sent_at=instant_of(at),
            author=author,
            author_kind=self._kind(author, "message.author_kind"),
            public=not private,
            automatic=False,
        )

    def _details(self) -> Iterator[tuple[int, Thing, str, Any, Any]]:
        """Each change that we keep: number and journal, our field, before and after."""
        for number, journal in enumerate(self.journals, start=1):
            for one in map(object_of, list_of(journal.get("details"))):
                if _ours(one):
                    ours = FIELDS[one["name"]]
                    yield number, journal, ours, one.get("old_value"), one.get("new_value")

    def _kind(self, person: str | None, where: str) -> str | None:
        if person is None:
            return None
        if person in self.recorded.house:
            return "agent"
        if person == self.author:
            return "customer"
        self.recorded.noticed.note("unknown_author", where, person)
        return "agent"

    def _type(self, number: str | None) -> str | None:
        return self.recorded.names.get("type", {}).get(number or "", number)

    def _duplicates(self) -> bool:
        relations = map(object_of, list_of(self.issue.get("relations")))
        return any(
            one.get("relation_type") == "duplicates" and id_of(one.get("issue_id")) == self.id
            for one in relations
        )

    def _row(self, name: str, updated_at: Any, **values: Any) -> Row:
        at = updated_at if not isinstance(updated_at, str) else instant_of(updated_at)
        return table(name).row(source=self.source, ticket_id=self.id, updated_at=at, **values)


def _people(source: str, recorded: Recorded) -> dict[str, list[Row]]:
    customers = {
        author: None
        for issue in recorded.issues.values()
        if (author := id_of(object_of(issue.get("author")).get("id"))) not in recorded.house
    }
    named = recorded.names
    return {
        "agent": [
            table("agent").row(source=source, agent_id=one, name=named.get("person", {}).get(one))
            for one in sorted(recorded.house)
        ],
        "customer": [
            table("customer").row(source=source, customer_id=one, kind="person")
            for one in customers
            if one
        ],
        "team": [
            table("team").row(source=source, team_id=one, name=name)
            for one, name in named.get("team", {}).items()
        ],
    }


def _ours(detail: Thing) -> bool:
    return detail.get("property") == "attr" and detail.get("name") in FIELDS


def _place(journal: Thing) -> tuple[int, str]:
    name = str(id_of(journal["id"]))
    return len(name), name


SAYS = N_("Redmine: a folder of recorded REST answers, issues with their journals.")
SOURCES = [Source("redmine", SAYS, parse, COVERS, takes="DIR")]
