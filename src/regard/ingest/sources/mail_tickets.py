"""Mails as tickets and messages: who wrote to whom, what is public, what a matter adds up to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from regard.core.i18n import N_
from regard.core.schema import Row, table
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.plain import stored_schema
from regard.ingest.sources.mail_headers import hashed
from regard.ingest.sources.mail_letters import Letter, Ours, check_ours, findings_of
from regard.ingest.sources.mail_threads import matters

COVERS = ("ticket", "message", "message_text", "customer", "customer_identity", "agent")
"""Mails say neither when a matter was solved nor who holds it, so no changes of tickets."""
NO_DATE = N_("the mail does not say when it was sent, nor does a server")
NO_AUTHOR = N_("the mail does not say who wrote it")


@dataclass(frozen=True)
class Read:
    """The mails of one box: those that can be told, and what was put aside."""

    letters: Sequence[Letter]
    rejects: Sequence[Reject]
    count: int


def parcel_of(read: Read, ours: Ours, source: str, place: str) -> Parcel:
    """The parcel of a box. place: its name, for errors.

    Raises RegardError where none of the mails has to do with us: nobody is guessed to be ours.
    """
    check_ours(ours, read.letters, place)
    letters, repeated = _each_once(read.letters)
    said = [_Said(letter, ours) for letter in letters]
    messages = [one.message(source) for one in said]
    customers = {
        one.letter.id: customer_id(one.customer) for one in said if one.customer is not None
    }
    homes = {name: one.ticket_id for one in matters(messages) for name in one.messages}
    for message in messages:
        message["ticket_id"] = homes[message["message_id"]]
    words = [_words(letter, source, homes[letter.id]) for letter in letters]
    rows = {
        "ticket": tickets_of(messages, customers),
        "message": messages,
        "message_text": words,
        **_people(said, source),
    }
    return Parcel(
        source=source,
        covers=COVERS,
        rows=tables_of(rows),
        read=read.count,
        kept=read.count - len(read.rejects),
        rejects=tuple(read.rejects),
        findings=(*findings_of(letters), *_machines(said), *repeated),
        origin=Origin(place),
    )


def check_letter(letter: Letter, line: int) -> Reject | None:
    """Why a mail cannot be told, if it cannot."""
    why = NO_DATE if letter.sent_at is None else NO_AUTHOR if not letter.author else None
    if why is None:
        return None
    kind = "no_instant" if letter.sent_at is None else "no_identity"
    column = "Date" if letter.sent_at is None else "From"
    raw = {"Message-ID": letter.id, "From": letter.author, "Subject": letter.subject}
    return Reject(line, why, column, letter.id, raw, kind)


def customer_id(address: str) -> str:
    """The id of a customer who is known by an address: addresses stand in one table only."""
    return hashed(address)


def tables_of(rows: Mapping[str, Sequence[Row]]) -> dict[str, pa.Table]:
    """Rows as Arrow tables in the schemas of parcels."""
    return {
        name: pa.Table.from_pylist(list(found), schema=stored_schema(name))
        for name, found in rows.items()
    }


def tickets_of(messages: Iterable[Row], customers: Mapping[str, str]) -> list[Row]:
    """One ticket for all messages of one `ticket_id`.

    customers: by message id, the customer whom a message is by or to. The ticket is for whoever
    wrote first, machines last; where none wrote, for whom people of ours wrote to first.
    """
    by_ticket: dict[str, list[Row]] = {}
    for message in messages:
        by_ticket.setdefault(message["ticket_id"], []).append(message)
    return [_ticket(found, customers) for found in by_ticket.values()]


def in_order(message: Row) -> tuple[Any, ...]:
    """Where a message stands among those of its ticket."""
    return message["sent_at"], message["message_id"]


def _ticket(messages: list[Row], customers: Mapping[str, str]) -> Row:
    listed = sorted(messages, key=in_order)
    first = listed[0]
    wrote = sorted(
        (one for one in listed if one["author_kind"] == "customer"),
        key=lambda one: (one["automatic"], *in_order(one)),
    )
    told = [customers[one["message_id"]] for one in listed if one["message_id"] in customers]
    return table("ticket").row(
        source=first["source"],
        ticket_id=first["ticket_id"],
        customer_id=wrote[0]["author"] if wrote else told[0] if told else None,
        channel="email",
        created_at=first["sent_at"],
        created_by=first["author"],
        created_by_kind=first["author_kind"],
        status="new",
        demand=_demand(listed),
        updated_at=listed[-1]["sent_at"],
    )


def _demand(messages: Sequence[Row]) -> str | None:
    """internal: no mail of it was by or to anybody else; automated: no person wrote to us."""
    if not any(one["public"] for one in messages):
        kinds = {one["author_kind"] for one in messages}
        return "automated" if kinds == {"system"} else "internal"
    return "automated" if all(one["automatic"] for one in messages) else None


@dataclass(frozen=True)
class _Said:
    """A mail by one side to the other. author: of whom it is, customer: who it is by or to."""

    letter: Letter
    ours: Ours

    @property
    def author(self) -> str:
        """The writer; of what came through a form or a group of ours, whom answers go to."""
        outside = [one for one in self.letter.answers_to if not self.ours.holds(one)]
        return outside[0] if outside and self._within else self.letter.author

    @property
    def customer(self) -> str | None:
        """The address of the one who wrote to us or whom we wrote to, if there is one."""
        if self.kind == "customer":
            return self.author
        outside = [one for one in self.letter.recipients if not self.ours.holds(one)]
        return outside[0] if outside and self.kind == "agent" else None

    @property
    def kind(self) -> str:
        """customer or agent; system for machines of ours, and for servers that send mail back."""
        if self.letter.bounce:
            return "system"
        if not self.ours.holds(self.author):
            return "customer"
        return "system" if self.automatic else "agent"

    @property
    def automatic(self) -> bool:
        """Whether a machine sent it; a form that passes on what somebody wrote is none."""
        return self.letter.bounce or (
            bool(self.letter.automatic) and self.author == self.letter.author
        )

    def message(self, source: str) -> Row:
        """The row, still without its ticket."""
        letter = self.letter
        customer = self.kind == "customer"
        outside = not all(map(self.ours.holds, letter.recipients))
        known = bool(letter.recipients) or customer
        return table("message").row(
            source=source,
            message_id=letter.id,
            sent_at=letter.sent_at,
            author=customer_id(self.author) if customer else self.author,
            author_kind=self.kind,
            public=(customer or (outside and not letter.bounce)) if known else None,
            automatic=self.automatic,
            channel="email",
            in_reply_to=letter.in_reply_to,
            refers_to="\n".join(letter.refers_to) or None,
            updated_at=letter.sent_at,
        )

    @property
    def _within(self) -> bool:
        """Whether it went from us to us."""
        parties = (self.letter.author, *self.letter.recipients)
        return bool(self.letter.recipients) and all(map(self.ours.holds, parties))


def _each_once(letters: Iterable[Letter]) -> tuple[list[Letter], tuple[Finding, ...]]:
    """One mail for each id: the copies of a mail are one. Of different mails the last counts."""
    found: dict[str, Letter] = {}
    differing = []
    for letter in letters:
        other = found.get(letter.id)
        if other is not None and other.author != letter.author:
            differing.append(letter.id)
        if other is None or _age(letter) >= _age(other):
            found[letter.id] = letter
    if not differing:
        return list(found.values()), ()
    noted = Finding("duplicate_id", len(differing), differing[0], "message")
    return list(found.values()), (noted,)


def _age(letter: Letter) -> tuple[Any, ...]:
    return letter.sent_at, letter.automatic != "", letter.refers_to, letter.text


def _words(letter: Letter, source: str, ticket: str) -> Row:
    return table("message_text").row(
        source=source,
        ticket_id=ticket,
        message_id=letter.id,
        subject=letter.subject or None,
        text=letter.text,
        updated_at=letter.sent_at,
    )


def _people(said: Iterable[_Said], source: str) -> dict[str, list[Row]]:
    """Customers with their addresses since the first mail; ours by their address."""
    since: dict[str, Any] = {}
    names: dict[str, tuple[Any, str]] = {}
    for one in said:
        at: Any = one.letter.sent_at
        if one.customer is not None:
            since[one.customer] = min(at, since.get(one.customer, at))
        if one.kind == "agent":
            names[one.author] = max((at, one.letter.name), names.get(one.author, (at, "")))
    customer, identity, agent = (table(n) for n in ("customer", "customer_identity", "agent"))
    return {
        "customer": [
            customer.row(source=source, customer_id=customer_id(who), first_seen_at=at)
            for who, at in since.items()
        ],
        "customer_identity": [
            identity.row(
                source=source, customer_id=customer_id(who), kind="mail", address=who, known_at=at
            )
            for who, at in since.items()
        ],
        "agent": [
            agent.row(source=source, agent_id=who, name=name or who, updated_at=at)
            for who, (at, name) in names.items()
        ],
    }


def _machines(said: Iterable[_Said]) -> list[Finding]:
    """Mails of ours that headers call automatic: they answer nobody, so people must see them."""
    found: dict[str, list[str]] = {}
    for one in said:
        if one.kind == "system" and not one.letter.bounce:
            found.setdefault(one.letter.automatic, []).append(one.letter.author)
    return [
        Finding("automatic", count, Counter(authors).most_common(1)[0][0], header)
        for header, authors in sorted(found.items())
        for count in [len(authors)]
    ]
