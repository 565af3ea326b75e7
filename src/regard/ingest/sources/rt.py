"""Request Tracker 5: recorded answers of its REST 2.0 interface, or a running system.

Queues are teams; `stalled` is pending, `rejected` a close without a solve, `deleted` a close that
was cancelled. In recordings an attachment asked for alone is base64, one in a list is plain text.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.ingest.answers import Answer, list_of, object_of, read_answers, refuse, text_of
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.source import Live, Source
from regard.ingest.sources.rt_live import pull
from regard.ingest.sources.rt_parcels import COVERS, Noticed, parcel_of
from regard.ingest.sources.rt_people import People
from regard.ingest.sources.rt_tickets import (
    NO_INSTANT,
    Case,
    Thing,
    is_named,
    is_number,
    is_ticket,
    is_transaction,
    object_id,
)
from regard.ingest.sources.rt_words import Letter, name_of
from regard.ingest.streams import BadFile

OF_TICKET = re.compile(r"/ticket/(\d+)/(?:history|attachments)")
NO_TICKET = N_("it does not say which ticket it is of")
STUB = frozenset({"id", "type", "_url"})
"""All that RT says of an object in a list when not asked for more."""
KINDS: Mapping[str, frozenset[str]] = {
    "attachment": frozenset({"TransactionId", "ContentType"}),
    "queue": frozenset({"Lifecycle"}),
    "user": frozenset({"Privileged"}),
    "ticket": frozenset({"Status", "Queue"}),
    "transaction": frozenset({"Type", "Created", "Creator"}),
}
"""The kind of an object that does not say it, by what it has."""


@dataclass
class Recorded:
    """What a folder holds, by id."""

    tickets: dict[str, Thing] = field(default_factory=dict)
    transactions: dict[str, tuple[str, Thing]] = field(default_factory=dict)
    parts: dict[str, dict[str, Thing]] = field(default_factory=dict)
    queues: dict[str, Thing] = field(default_factory=dict)
    people: People = field(default_factory=People)
    noticed: Noticed = field(default_factory=Noticed)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def take(self, answer: Answer) -> None:
        """Sort in what an answer says."""
        body = answer.body
        listed = list_of(body) or list_of(object_of(body).get("items"))
        alone = not listed and isinstance(body, dict) and "items" not in body
        of = OF_TICKET.search(answer.request)
        for one in [body] if alone else listed:
            if not isinstance(one, dict):
                self.read += 1
                self._refuse(answer, NO_INSTANT, {"": one}, "no_identity")
                continue
            kind = _kind(one)
            if kind is None:
                if alone and not is_named(one) and "Version" not in one:
                    self.noticed.note("unknown_answer", answer.file, answer.request)
                continue
            self.read += 1
            self._sort(answer, kind, one, of[1] if of else None, alone=alone)

    def cases(self) -> list[Case]:
        """Each ticket with its transactions and what was said in them."""
        letters = {
            name: Letter([parts[one] for one in sorted(parts, key=int)])
            for name, parts in self.parts.items()
        }
        history: dict[str, list[Thing]] = {}
        for name in sorted(self.transactions, key=int):
            ticket, one = self.transactions[name]
            history.setdefault(ticket, []).append(one)
        for ticket in history.keys() - self.tickets.keys():
            self.noticed.note("unknown_ticket", "ticket_change", ticket)
        cases = []
        for name, ticket_row in self.tickets.items():
            own = history.get(name, [])
            self._bind_owner(ticket_row, own)
            spoken = any(str(name_of(one["id"])) in letters for one in own)
            cases.append(Case(ticket_row, own, letters, bool(own), spoken))
        return cases

    def _sort(
        self, answer: Answer, kind: str, one: Thing, ticket: str | None, *, alone: bool
    ) -> None:
        if kind == "user":
            self.people.learn(one)
            return
        name = name_of(one.get("id"))
        if not is_number(name):
            self._refuse(answer, NO_INSTANT, one, "no_identity")
        elif kind == "queue":
            self.queues[name] = {**self.queues.get(name, {}), **one}
        elif kind == "attachment":
            transaction = str(name_of(one.get("TransactionId")))
            # Alone it comes with its headers, in a list with plain words: each has its worth.
            known = self.parts.setdefault(transaction, {}).get(name, {})
            told = {**one, "Content": _decoded(one.get("Content"))} if alone else one
            self.parts[transaction][name] = {**known, **told}
        elif kind == "ticket":
            if not is_ticket(one):
                self._refuse(answer, NO_INSTANT, one, "no_instant", "Created")
                return
            known = self.tickets.get(name, {})
            older = str(one.get("LastUpdated")) < str(known.get("LastUpdated", ""))
            self.tickets[name] = {**one, **known} if older else {**known, **one}
        else:
            self._transaction(answer, name, one, ticket)

    def _transaction(self, answer: Answer, name: str, one: Thing, ticket: str | None) -> None:
        ticket = object_id(one) or ticket
        if not is_transaction(one):
            self._refuse(answer, NO_INSTANT, one, "no_instant", "Created")
        elif ticket is None:
            self._refuse(answer, NO_TICKET, one, "no_case", "Object")
        else:
            known = self.transactions.get(name, (ticket, {}))[1]
            self.transactions[name] = (ticket, {**known, **one})

    def _bind_owner(self, ticket: Thing, history: list[Thing]) -> None:
        """The owner by name is the last one by number: changes of owner are told by number only."""
        login = text_of(object_of(ticket.get("Owner")).get("id"))
        told = [one for one in history if one.get("Field") == "Owner"]
        number = name_of(told[-1].get("NewValue")) if told else None
        if login and is_number(number) and not is_number(login):
            self.people.bind(number, login)

    def _refuse(self, answer: Answer, reason: str, one: Any, kind: str, column: str = "id") -> None:
        self.rejects.append(refuse(answer, reason, one, column, kind))


def parse(path: Path, source: str = "rt") -> Parcel:
    """The tickets in recorded answers of RT's REST 2.0 interface.

    What stands in several answers is one object; what only names an object says nothing of it.
    A ticket without recorded transactions is told as it last was, and counted as a finding.
    Objects that cannot be told are rejects; a folder without any of RT's is a BadFile.
    """
    recorded = Recorded()
    for answer in read_answers(path):
        if isinstance(answer, Reject):
            recorded.read += 1
            recorded.rejects.append(answer)
        else:
            recorded.take(answer)
    if not (recorded.tickets or recorded.transactions or recorded.queues):
        why = "none of its answers is one of Request Tracker's REST 2.0 interface"
        raise BadFile(path, why, "Name another folder")
    return parcel_of(
        source,
        recorded.cases(),
        recorded.people,
        recorded.queues.values(),
        recorded.noticed,
        recorded.read,
        recorded.rejects,
        Origin(path.name),
    )


def _kind(one: Thing) -> str | None:
    """What an object of an answer is; None where it only names one, or is nothing we read."""
    if one.keys() <= STUB:
        return None
    said = one.get("type")
    if isinstance(said, str):
        return said if said in KINDS else None
    return next((kind for kind, has in KINDS.items() if has <= one.keys()), None)


def _decoded(content: Any) -> str | None:
    """The words of an attachment that was asked for alone; None where it is no text."""
    text = text_of(content)
    if text is None:
        return None
    try:
        return base64.b64decode(text.encode("ascii", "replace")).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None


SAYS = N_("Request Tracker 5: a folder of recorded REST 2.0 answers, or a running system.")
SECRETS = {
    "token": (
        "REGARD_RT_TOKEN",
        N_("A token of an account that sees all tickets."),
    ),
    "user": ("REGARD_RT_USER", N_("The name of an account that sees all tickets.")),
    "password": ("REGARD_RT_PASSWORD", N_("That account's password.")),
}
LIVE = Live(pull, SECRETS, enough=(("token",), ("user", "password")))
SOURCES = [Source("rt", SAYS, parse, COVERS, takes="DIR", live=LIVE)]
