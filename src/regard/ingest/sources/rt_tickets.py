"""One ticket of Request Tracker with its transactions, told as rows of the event model.

The customer is the first requestor, whoever created the ticket. RT records each mail that it
sends: a mail to a requestor that follows no human reply (an auto-reply, the notice of a solve) is
an automatic message; the copy of a reply, and mail to people of the house, is no message of its
own. A ticket merged into another keeps its own transactions, which RT answers under the survivor.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from regard.core.i18n import N_
from regard.core.schema import Row, table
from regard.ingest.answers import instant_of, text_of, whole_of
from regard.ingest.sources.rt_people import People, Person
from regard.ingest.sources.rt_words import Letter, name_of, priority_of, status_of, ticket_of

Note = Callable[[str, str, str], None]
"""Counts a finding: its kind, where it was noticed, and an example."""
Thing = Mapping[str, Any]
"""An object of an answer, of which nothing is certain but that it has an id."""
SAID = frozenset({"Create", "Correspond", "Comment"})
MAILED = "EmailRecord"
RECORDS = frozenset({MAILED, "CommentEmailRecord"})
"""Mail that RT sent: of all but comments, and of comments, which no customer gets."""
FIELDS: Mapping[str, str] = {
    "Status": "status",
    "Queue": "team",
    "Owner": "agent",
    "Priority": "priority",
    "MergedInto": "merged_into",
}
"""Fields of ours by the field of a transaction."""
NO_INSTANT = N_("it does not say which it is, what, and when")
HANDED = ("Take", "Untake", "Steal", "Give", "Force")
"""Types by which older RT tells that a ticket changed hands."""
SAME_ACT = timedelta(seconds=60)
"""Mail that a reply sends is recorded within this time after it."""


@dataclass(frozen=True)
class Case:
    """What is known of one ticket. history: its own transactions by id. letters: by transaction.

    history_known: whether its transactions were read. letters_known: whether what was said was.
    """

    ticket: Thing
    history: Sequence[Thing] = ()
    letters: Mapping[str, Letter] = field(default_factory=dict)
    history_known: bool = True
    letters_known: bool = True


class Story:
    """Tells one case. met: the people in it by id, each with the kind that counts."""

    def __init__(self, case: Case, people: People, source: str, note: Note) -> None:
        self.case, self.people, self.source, self.note = case, people, source, note
        self.id = str(name_of(case.ticket.get("id")))
        self.met: dict[str, tuple[Person, str]] = {}
        listed = case.ticket.get("Requestor")
        found = map(people.find, listed if isinstance(listed, list) else [listed])
        self.requestors = [one for one in found if one is not None and one.kind != "system"]
        for person in self.requestors:
            self._meet(person, person.kind or "customer")

    def rows(self) -> dict[str, list[Row]]:
        """The ticket, its changes, messages and words, and RT's own figures."""
        changes = list(self._changes())
        messages = list(self._messages())
        if not self.case.history_known:
            self.note("no_history", "ticket_change", self.id)
        return {
            "ticket": [self._ticket(changes)],
            "ticket_change": changes,
            "message": [message for message, _letter in messages],
            "message_text": [row for said in messages for row in self._words(*said)],
            "vendor_figure": list(self._figures()),
        }

    def _ticket(self, changes: Sequence[Row]) -> Row:
        ticket, first = self.case.ticket, self._first_values()
        creation = next((one for one in self.case.history if one["Type"] == "Create"), {})
        creator = self.people.find(creation.get("Creator") or ticket.get("Creator"))
        letter = self.case.letters.get(str(name_of(creation.get("id"))))
        word = first.get("Status", ticket.get("Status"))
        merged = name_of(ticket.get("EffectiveId"))
        told = any(row["field"] == "merged_into" for row in changes)
        return self._row(
            "ticket",
            instant_of(ticket.get("LastUpdated")),
            number=self.id,
            customer_id=self.requestors[0].id if self.requestors else None,
            channel=letter.channel if letter else None,
            created_at=instant_of(ticket.get("Created")),
            created_by=creator.id if creator else None,
            created_by_kind=self._kind(creator, "ticket.created_by_kind"),
            status=self._status(word)[0],
            priority=priority_of(whole_of(first.get("Priority", ticket.get("Priority")))),
            team=name_of(first.get("Queue", ticket.get("Queue"))),
            agent=self._holder(first.get("Owner", ticket.get("Owner"))),
            merged_into=None if told or merged in (None, self.id) else merged,
            observed=not self.case.history_known,
        )

    def _first_values(self) -> dict[str, Any]:
        """Of each field that changed, what it was before its first change."""
        first: dict[str, Any] = {}
        for one in self.case.history:
            if one["Type"] in ("Set", "Status", "SetWatcher", *HANDED):
                first.setdefault(str(one.get("Field")), one.get("OldValue"))
        return first

    def _changes(self) -> Iterator[Row]:
        before: tuple[Any, ...] = ()
        for one in self.case.history:
            ours = FIELDS.get(str(one.get("Field")))
            if ours is None or one["Type"] in SAID | RECORDS | {"DeleteLink"}:
                continue
            raw, at = text_of(one.get("NewValue")), instant_of(one["Created"])
            # RT tells a change of the owner twice: as a value and as a role.
            if (ours, raw, at) == before:
                continue
            before = (ours, raw, at)
            value, reason = self._value(ours, raw)
            if value is None and ours != "agent":
                continue
            actor = self.people.find(one.get("Creator"))
            kind = self._kind(actor, "ticket_change.actor_kind")
            if ours == "status" and value in ("solved", "closed") and kind == "system":
                reason = reason or "rule"
            yield self._row(
                "ticket_change",
                at,
                change_id=name_of(one["id"]),
                ordinal=whole_of(one["id"]),
                at=at,
                field=ours,
                value=value,
                raw_value=raw,
                actor=actor.id if actor else None,
                actor_kind=kind,
                reason=reason,
            )

    def _value(self, ours: str, raw: str | None) -> tuple[str | None, str | None]:
        if ours == "status":
            if raw == "deleted":
                self.note("deleted_ticket", "ticket", self.id)
            return self._status(raw)
        if ours == "agent":
            return self._holder(raw), None
        if ours == "priority":
            return priority_of(whole_of(raw)), None
        if ours == "merged_into":
            into = ticket_of(raw)
            return (None if into == self.id else into), None
        return raw, None

    def _messages(self) -> Iterator[tuple[Row, Letter | None]]:
        for place, one in enumerate(self.case.history):
            letter = self.case.letters.get(str(name_of(one["id"])))
            author = self.people.find(one.get("Creator"))
            said = one["Type"] in SAID
            if not said and not self._reaches_customer(place, letter):
                continue
            kind = self._kind(author, "message.author_kind")
            silent = one["Type"] == "Create" and self.case.letters_known and not letter
            # A customer's ticket without words asks all the same, by its subject.
            if silent and kind != "customer":
                continue
            at = instant_of(one["Created"])
            message = self._row(
                "message",
                at,
                message_id=name_of(one["id"]),
                ordinal=whole_of(one["id"]),
                sent_at=at,
                author=author.id if author else None,
                author_kind=kind,
                public=one["Type"] != "Comment",
                automatic=not said or kind == "system" or bool(letter and letter.automatic),
                channel="email" if not said else letter.channel if letter else None,
            )
            yield message, letter

    def _reaches_customer(self, place: int, letter: Letter | None) -> bool:
        """Whether a transaction is a mail that RT wrote by itself to a requestor."""
        one = self.case.history[place]
        if one["Type"] != MAILED:
            return False
        mails = {person.mail for person in self.requestors if person.mail}
        if letter and letter.has_headers and mails and not mails & letter.recipients:
            return False
        return bool(letter and letter.automatic) or not self._is_copy(place, letter)

    def _is_copy(self, place: int, letter: Letter | None) -> bool:
        """Whether a mail carries a reply: it has its words, or follows it directly."""
        at = instant_of(self.case.history[place]["Created"])
        mailed = _squeezed(letter)
        direct = True
        for one in reversed(self.case.history[:place]):
            if not _near(one, at):
                return False
            if one["Type"] == "Correspond":
                said = _squeezed(self.case.letters.get(str(name_of(one["id"]))))
                if direct or (said and said in mailed):
                    return True
            # What RT does by itself, as opening the ticket, is part of the same act.
            person = self.people.find(one.get("Creator"))
            direct = direct and (
                one["Type"] in RECORDS or (person is not None and person.kind == "system")
            )
        return False

    def _words(self, message: Row, letter: Letter | None) -> Iterator[Row]:
        first = message["message_id"] == name_of(self._creation_id())
        subject = letter.subject if letter else None
        if first:
            subject = subject or text_of(self.case.ticket.get("Subject"))
        words = letter.words if letter else None
        if subject or words:
            yield self._row(
                "message_text",
                message["sent_at"],
                message_id=message["message_id"],
                subject=subject,
                text=words,
            )

    def _creation_id(self) -> Any:
        return next((one["id"] for one in self.case.history if one["Type"] == "Create"), None)

    def _figures(self) -> Iterator[Row]:
        ticket = self.case.ticket
        created, resolved = instant_of(ticket.get("Created")), instant_of(ticket.get("Resolved"))
        changed = instant_of(ticket.get("LastUpdated"))
        figures = {"time_worked_minutes": whole_of(ticket.get("TimeWorked")) or None}
        if created and resolved:
            figures["resolved_seconds"] = int((resolved - created).total_seconds())
        for figure, value in figures.items():
            if value is not None:
                yield table("vendor_figure").row(
                    source=self.source,
                    subject="ticket",
                    subject_id=self.id,
                    figure=figure,
                    value=value,
                    at=changed,
                    updated_at=changed,
                )

    def _row(self, name: str, updated_at: datetime | None, **values: Any) -> Row:
        return table(name).row(
            source=self.source, ticket_id=self.id, updated_at=updated_at, **values
        )

    def _status(self, word: Any) -> tuple[str | None, str | None]:
        found = status_of(word)
        if found is None:
            self.note("unknown_value", "ticket_change.status", str(word)[:80])
            return None, None
        return found

    def _holder(self, reference: Any) -> str | None:
        """The owner's id; None for Nobody."""
        person = self.people.find(reference)
        if person is None or person.kind == "system":
            return None
        self._meet(person, person.kind or "agent")
        return person.id

    def _kind(self, person: Person | None, where: str) -> str | None:
        if person is None:
            return None
        kind = person.kind
        if kind is None:
            requested = any(person.id == one.id for one in self.requestors)
            kind = "customer" if requested else "agent"
            self.note("unknown_author", where, person.id)
        self._meet(person, kind)
        return kind

    def _meet(self, person: Person, kind: str) -> None:
        self.met.setdefault(person.id, (person, kind))


"""Types by which older RT tells that a ticket changed hands."""


def _near(one: Thing, at: datetime | None) -> bool:
    before = instant_of(one["Created"])
    return before is not None and at is not None and at - before <= SAME_ACT


def _squeezed(letter: Letter | None) -> str:
    return "".join((letter.words or "").split()) if letter else ""


def is_number(name: str | None) -> TypeGuard[str]:
    """Whether a name is a number, as the ids of RT's tickets and transactions are."""
    return bool(name) and str(name).isascii() and str(name).isdigit() and len(str(name)) < 16


def is_named(one: Any) -> bool:
    """Whether something is an object with a number of RT's."""
    return isinstance(one, dict) and is_number(name_of(one.get("id")))


def is_ticket(ticket: Thing) -> bool:
    """Whether a ticket says which it is and when it began, without which it cannot be told."""
    return is_named(ticket) and instant_of(ticket.get("Created")) is not None


def is_transaction(one: Thing) -> bool:
    """Whether a transaction says which it is, what and when, without which it cannot be told."""
    return is_named(one) and bool(text_of(one.get("Type"))) and bool(instant_of(one.get("Created")))


def object_id(transaction: Thing) -> str | None:
    """The ticket that a transaction says it is of."""
    found = name_of(transaction.get("ObjectId") or transaction.get("Object"))
    return found if is_number(found) else None
