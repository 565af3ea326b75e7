"""django-helpdesk: recorded answers of its interface, or a running system.

The interface tells less than a history. A ticket has no date of its own: it begins with its first
follow-up, and one without any cannot be told. Follow-ups tell changes of status alone: queue,
owner and priority are the last ones, taken as the first. A status that no follow-up explains counts
from the last one on, and is a finding. A follow-up has a user where somebody signed in wrote it,
who counts as an agent; one without is the submitter's. Names of users and queues, and automatic
mail, are not told at all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    whole_of,
)
from regard.ingest.http import open_client
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.source import Account, Live, Source
from regard.ingest.sources.mail_headers import hashed
from regard.ingest.sources.mail_tickets import tables_of
from regard.ingest.sources.rt_parcels import Noticed
from regard.ingest.streams import BadFile

COVERS = (
    *("ticket", "ticket_change", "message", "message_text", "customer", "customer_identity"),
    *("agent", "team"),
)
Thing = Mapping[str, Any]
STATUSES: Mapping[int, str] = {1: "open", 2: "open", 3: "solved", 4: "closed", 5: "closed"}
"""Ours by theirs: open, reopened, resolved, closed, duplicate."""
OPEN, DUPLICATE = 1, 5
PRIORITIES: Mapping[int, str] = {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"}
TICKETS = "api/tickets/"
NUMBER = re.compile(r"[0-9]{1,15}")
NO_INSTANT = N_("it does not say which it is and when")
NO_TICKET = N_("it does not say which ticket it is of")


@dataclass
class Desk:
    """What was answered: tickets and follow-ups by id."""

    tickets: dict[str, Thing] = field(default_factory=dict)
    followups: dict[str, Thing] = field(default_factory=dict)
    noticed: Noticed = field(default_factory=Noticed)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def take(self, answer: Answer) -> None:
        """Sort in tickets, and follow-ups alone or within their ticket, each once."""
        alone = isinstance(answer.body, dict) and "results" not in answer.body
        for one in answer.objects("results") or list_of(answer.body) or [answer.body] * alone:
            told = object_of(one)
            if "submitter_email" in told or "followup_set" in told:
                self.read += 1
                name = id_of(told.get("id"))
                if name is None:
                    self._refuse(answer, NO_INSTANT, told, "id", "no_identity")
                    continue
                self.tickets[name] = told
                for followup in list_of(told.get("followup_set")):
                    self._followup(answer, object_of(followup), name)
            elif "comment" in told:
                self._followup(answer, told, id_of(told.get("ticket")))
            elif "count" not in told:
                self.noticed.note("unknown_answer", answer.file, str([*told])[:80])

    def histories(self) -> dict[str, list[Thing]]:
        """The follow-ups of each ticket, in order."""
        found: dict[str, list[Thing]] = {}
        for one in sorted(self.followups.values(), key=_place):
            found.setdefault(str(id_of(one["ticket"])), []).append(one)
        return found

    def _followup(self, answer: Answer, one: Thing, ticket: str | None) -> None:
        name = id_of(one.get("id"))
        if name not in self.followups:
            self.read += 1
        if name is None or not NUMBER.fullmatch(name) or instant_of(one.get("date")) is None:
            self._refuse(answer, NO_INSTANT, one, "date", "no_instant")
        elif ticket is None:
            self._refuse(answer, NO_TICKET, one, "ticket", "no_case")
        else:
            self.followups[name] = {**one, "ticket": ticket}

    def _refuse(self, answer: Answer, reason: str, one: Thing, column: str, kind: str) -> None:
        self.rejects.append(refuse(answer, reason, dict(one), column, kind))


def parse(path: Path, source: str = "django-helpdesk") -> Parcel:
    """The tickets in recorded answers of `/api/tickets/` and `/api/followups/`.

    A ticket without a dated follow-up is a reject; a folder without any ticket is a BadFile.
    """
    desk = Desk()
    for answer in read_answers(path):
        if isinstance(answer, Reject):
            desk.read += 1
            desk.rejects.append(answer)
        else:
            desk.take(answer)
    if not desk.tickets and not desk.followups:
        why = "none of its answers is one of django-helpdesk's interface"
        raise BadFile(path, why, "Name another folder")
    return _parcel(desk, source, path.name)


def pull(account: Account) -> Iterator[Parcel]:
    """All tickets: the interface cannot be asked for what changed, and reading again is harmless.

    The address is that below which the interface's `api/tickets/` lies.
    """
    name, password = account.secrets["user"], account.secrets["password"]
    desk = Desk()
    with open_client(account.url, name=name, password=password) as client:
        for page in client.pages(TICKETS, _next, page_size=100):
            desk.take(Answer(str(client.base.host), 1, "GET /api/tickets/", page))
        yield _parcel(desk, account.source, str(client.base.host))


def _next(page: Any) -> str | None:
    """The next page at the same address: behind a proxy the system may not know its own."""
    found = text_of(object_of(page).get("next"))
    return f"{TICKETS}?{urlsplit(found).query}" if found else None


def _parcel(desk: Desk, source: str, origin: str) -> Parcel:
    rows: dict[str, list[Row]] = {name: [] for name in COVERS}
    histories = desk.histories()
    met: dict[str, dict[str, Row]] = {"agent": {}, "customer": {}, "customer_identity": {}}
    for name in histories.keys() - desk.tickets.keys():
        desk.noticed.note("unknown_ticket", "message", name)
    for name, ticket in desk.tickets.items():
        if name not in histories:
            answer = Answer(origin, 1, "", ticket)
            desk.rejects.append(refuse(answer, NO_INSTANT, dict(ticket), "date", "no_instant"))
            continue
        story = Story(name, ticket, histories[name], desk.noticed, source)
        for one, found in story.rows().items():
            rows[one] += found
        for one, people in story.people().items():
            met[one] |= people
    teams = dict.fromkeys(row["team"] for row in rows["ticket"] if row["team"])
    rows["team"] = [table("team").row(source=source, team_id=one) for one in teams]
    for one, people in met.items():
        rows[one] = list(people.values())
    return Parcel(
        source=source,
        covers=COVERS,
        rows=tables_of(rows),
        read=desk.read,
        kept=desk.read - len(desk.rejects),
        rejects=tuple(desk.rejects),
        findings=desk.noticed.findings(),
        origin=Origin(origin),
    )


class Story:
    """Tells one ticket by its follow-ups, of which there is at least one."""

    def __init__(
        self, name: str, ticket: Thing, followups: list[Thing], noticed: Noticed, source: str
    ) -> None:
        self.id, self.ticket, self.followups = name, ticket, followups
        self.noticed, self.source = noticed, source
        self.mail = (text_of(ticket.get("submitter_email")) or "").strip().lower()
        # An address is no id: a hash stands for it.
        self.customer = hashed(self.mail) if self.mail else None

    def rows(self) -> dict[str, list[Row]]:
        """The ticket, its changes, messages and words."""
        changes = list(self._changes())
        said = [one for one in self.followups if text_of(one.get("comment"))]
        return {
            "ticket": [self._ticket()],
            "ticket_change": changes,
            "message": [self._message(one) for one in said],
            "message_text": [self._words(one) for one in said],
        }

    def people(self) -> dict[str, dict[str, Row]]:
        """The customer, the address, and the agents met, by id."""
        agents = {self._author(one) for one in self.followups} | {self._holder()}
        found: dict[str, dict[str, Row]] = {
            "agent": {
                one: table("agent").row(source=self.source, agent_id=one)
                for one in agents
                if one and one != self.customer
            }
        }
        if self.customer:
            known = {"source": self.source, "customer_id": self.customer}
            customer = table("customer").row(kind="person", **known)
            found["customer"] = {self.customer: customer}
            address = table("customer_identity").row(kind="mail", address=self.mail, **known)
            found["customer_identity"] = {self.customer: address}
        return found

    def _ticket(self) -> Row:
        first, last = self.followups[0], self.followups[-1]
        return self._row(
            "ticket",
            last,
            number=self.id,
            customer_id=self.customer,
            created_at=instant_of(first["date"]),
            created_by=self._author(first),
            created_by_kind=self._kind(first),
            status=STATUSES[OPEN],
            priority=PRIORITIES.get(whole_of(self.ticket.get("priority")) or 0),
            demand="duplicate" if self._now() == DUPLICATE else None,
            team=id_of(self.ticket.get("queue")),
            agent=self._holder(),
            merged_into=id_of(self.ticket.get("merged_to")),
        )

    def _changes(self) -> Iterator[Row]:
        status = OPEN
        for one in self.followups:
            # Mail to a reopened ticket says again that it is reopened.
            new = whole_of(one.get("new_status"))
            if new is not None and new != status:
                status = new
                yield from self._change(one, str(id_of(one["id"])), new, told=True)
        now = self._now()
        if now is not None and now != status:
            self.noticed.note("no_history", "ticket_change", self.id)
            last = self.followups[-1]
            yield from self._change(last, f"{id_of(last['id'])}-now", now, told=False)
        if self.ticket.get("on_hold") is True and STATUSES.get(now or OPEN) == "open":
            self.noticed.note("no_history", "ticket_change", self.id)
            yield self._status(self.followups[-1], "on-hold", "on_hold", "on_hold", told=False)

    def _change(self, one: Thing, name: str, status: int, *, told: bool) -> Iterator[Row]:
        value = STATUSES.get(status)
        if value is None:
            self.noticed.note("unknown_value", "ticket_change.status", str(status))
        else:
            yield self._status(one, name, value, str(status), told=told)

    def _status(self, one: Thing, name: str, value: str, raw: str, *, told: bool) -> Row:
        return self._row(
            "ticket_change",
            one,
            change_id=name,
            ordinal=2 * int(one["id"]) + 1,
            at=instant_of(one["date"]),
            field="status",
            value=value,
            raw_value=raw,
            actor=self._author(one) if told else None,
            actor_kind=self._kind(one) if told else None,
        )

    def _message(self, one: Thing) -> Row:
        return self._row(
            "message",
            one,
            message_id=id_of(one["id"]),
            ordinal=2 * int(one["id"]),
            sent_at=instant_of(one["date"]),
            author=self._author(one),
            author_kind=self._kind(one),
            public=one.get("public") is True,
            automatic=False,
        )

    def _words(self, one: Thing) -> Row:
        subject = text_of(self.ticket.get("title")) if one is self.followups[0] else None
        named = {"message_id": id_of(one["id"]), "text": str(one["comment"]).strip()}
        return self._row("message_text", one, subject=subject, **named)

    def _now(self) -> int | None:
        return whole_of(self.ticket.get("status"))

    def _holder(self) -> str | None:
        return id_of(self.ticket.get("assigned_to"))

    def _author(self, one: Thing) -> str | None:
        return id_of(one.get("user")) or self.customer

    def _kind(self, one: Thing) -> str:
        return "agent" if id_of(one.get("user")) else "customer"

    def _row(self, name: str, one: Thing, **values: Any) -> Row:
        at = instant_of(one["date"])
        return table(name).row(source=self.source, ticket_id=self.id, updated_at=at, **values)


def _place(one: Thing) -> tuple[str, int]:
    return str(instant_of(one["date"])), int(one["id"])


SAYS = N_("django-helpdesk: a folder of recorded answers, or a running system.")
SECRETS = {
    "user": ("REGARD_DJANGO_HELPDESK_USER", N_("The name of a member of staff.")),
    "password": ("REGARD_DJANGO_HELPDESK_PASSWORD", N_("That account's password.")),
}
SOURCES = [Source("django-helpdesk", SAYS, parse, COVERS, takes="DIR", live=Live(pull, SECRETS))]
