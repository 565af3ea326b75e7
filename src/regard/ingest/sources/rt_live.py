"""A running Request Tracker 5, read through its REST 2.0 interface.

A ticket counts as changed when it has a transaction since the last event that the store has seen,
and is then read whole, with all tickets merged into it. RT's search hides some tickets: those
that were merged are answered where the question names `EffectiveId`; those that were deleted are
found by the transaction that deleted them. An account without the right ShowOutgoingEmail is
shown no mail that RT sent, and so no auto-reply; one without ShowTicketComments no comment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from regard.core.errors import RegardError
from regard.ingest.answers import list_of, object_of, whole_of
from regard.ingest.http import Client, Unanswered, open_client
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.source import Account
from regard.ingest.sources.rt_parcels import Noticed, parcel_of
from regard.ingest.sources.rt_people import People
from regard.ingest.sources.rt_tickets import (
    MAILED,
    NO_INSTANT,
    SAID,
    Case,
    Thing,
    is_named,
    is_number,
    is_ticket,
    is_transaction,
    object_id,
)
from regard.ingest.sources.rt_words import Letter, name_of

ROOT = "/REST/2.0"
PAGE = 100
"""Objects a page: the most that RT gives."""
TICKETS_AT_ONCE = 100
"""Tickets in one parcel."""
NAMED_AT_ONCE = 50
"""Tickets named in one question: its address must stay short."""
SLACK = timedelta(minutes=10)
"""Read again before the last event seen: transactions of several servers come in any order."""
TICKET = {
    "fields": "Subject,Status,Queue,Owner,Requestor,Creator,Created,LastUpdated,EffectiveId,"
    "Priority,Resolved,TimeWorked,Type",
    "fields[Owner]": "id,Name",
    "fields[Requestor]": "id,Name,EmailAddress",
    "fields[Creator]": "id,Name",
    "orderby": "id",
}
TRANSACTION = {
    "fields": "Type,Creator,Created,Field,OldValue,NewValue,ObjectId",
    "fields[Creator]": "id,Name",
    "orderby": "id",
}
OBJECT = {"fields": "ObjectId", "orderby": "id"}
# RT fails when asked for `Parent`.
ATTACHMENT = {
    "fields": "TransactionId,ContentType,Content,Filename,Headers,Subject",
    "orderby": "id",
}
WORDS: tuple[dict[str, Any], ...] = (
    {"field": "ContentType", "operator": "=", "value": "text/plain"},
    {"field": "ContentType", "operator": "=", "value": "text/html", "entry_aggregator": "OR"},
    {"field": "ContentType", "operator": "LIKE", "value": "multipart/%", "entry_aggregator": "OR"},
)
"""Parts with words or headers: what else was attached stays there."""


def pull(account: Account) -> Iterator[Parcel]:
    """The tickets that changed since `account.since`, each whole, a hundred a parcel."""
    secrets = account.secrets
    headers = {"Authorization": f"token {secrets['token']}"} if "token" in secrets else {}
    url = account.url.rstrip("/").removesuffix(ROOT) + ROOT
    with open_client(url, headers, secrets.get("user", ""), secrets.get("password", "")) as client:
        desk = Desk(client)
        desk.check()
        queues = list(desk.items("/queues/all", {"fields": "Name", "find_disabled_rows": "1"}))
        found = desk.changed(account.since) if account.since else desk.all_tickets()
        for some in _lists(found, TICKETS_AT_ONCE):
            yield desk.parcel(account.source, {name: found[name] for name in some}, queues)
            queues = []
        if queues:
            yield desk.parcel(account.source, {}, queues)


@dataclass
class Desk:
    """The interface of one RT: what can be asked of it."""

    client: Client
    people: People = field(default_factory=People)

    def __post_init__(self) -> None:
        """Ask for people here."""
        self.people.fetch = self.user

    def check(self) -> None:
        """Whether an RT answers that speaks REST 2.0; else the error says what to do."""
        version = object_of(self.client.get("/rt")).get("Version")
        if not isinstance(version, str):
            raise RegardError(f"{self.client.base.host} answers, but not as a Request Tracker 5.")

    def items(self, path: str, query: Mapping[str, str]) -> Iterator[Thing]:
        """The objects of a list, page after page.

        RT says how many pages there are only to those who may see all; to others it gives pages
        of which some objects are missing, so that an empty page alone is surely behind the last.
        """
        page: int = 1
        before: list[Thing] | None = None
        while True:
            answer = object_of(self.client.get(path, **query, per_page=PAGE, page=page))
            found: list[Thing] = [one for one in list_of(answer.get("items")) if is_named(one)]
            if found == before:
                return
            yield from found
            pages = whole_of(answer.get("pages"))
            if (not found) if pages is None else page >= pages:
                return
            page, before = page + 1, found

    def user(self, who: str) -> Thing | None:
        """What RT says of a user by number or name; None where it says nothing."""
        return self._one(f"/user/{quote(who, safe='')}")

    def all_tickets(self) -> dict[str, Thing]:
        """All tickets by id."""
        rows = _by_id(self._search("EffectiveId > 0"))
        told = self._transactions(OBJECT, Type=("=", "Status"), NewValue=("=", "deleted"))
        return rows | self._hidden(one for one in _tickets_of(told) if one not in rows)

    def changed(self, since: datetime) -> dict[str, Thing]:
        """The tickets with a transaction since then, by id, and all that were merged with them."""
        begins = (since - SLACK).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        wanted = _tickets_of(self._transactions(OBJECT, Created=(">=", begins)))
        rows = _by_id(self._named("id", wanted))
        rows |= self._hidden(one for one in wanted if one not in rows)
        survivors = dict.fromkeys(name_of(row.get("EffectiveId")) for row in rows.values())
        return rows | _by_id(self._named("EffectiveId", filter(is_number, survivors)))

    def parcel(self, source: str, rows: Mapping[str, Thing], queues: Iterable[Thing]) -> Parcel:
        """The parcel of some tickets, by id."""
        history: dict[str, list[Thing]] = {name: [] for name in rows}
        rejects: list[Reject] = [_reject(row) for row in rows.values() if not is_ticket(row)]
        read = len(rows)
        spoken: list[str] = []
        for one in self._transactions(TRANSACTION, ObjectId=("IN", list(rows))):
            read += 1
            ticket = object_id(one)
            if ticket not in history or not is_transaction(one):
                rejects.append(_reject(one))
                continue
            history[ticket].append(one)
            if one["Type"] in SAID | {MAILED}:
                spoken.append(str(name_of(one["id"])))
        letters = self._letters(spoken)
        cases = [
            Case(row, history[name], letters, history_known=bool(history[name]))
            for name, row in rows.items()
            if is_ticket(row)
        ]
        origin = Origin(str(self.client.base.host))
        return parcel_of(source, cases, self.people, queues, Noticed(), read, rejects, origin)

    def _letters(self, transactions: Iterable[str]) -> dict[str, Letter]:
        parts: dict[str, list[Thing]] = {}
        for some in _lists(transactions, NAMED_AT_ONCE):
            limits = [{"field": "TransactionId", "operator": "IN", "value": some}, *WORDS]
            for one in self.items("/attachments", ATTACHMENT | {"query": json.dumps(limits)}):
                parts.setdefault(str(name_of(one.get("TransactionId"))), []).append(one)
        return {transaction: Letter(listed) for transaction, listed in parts.items()}

    def _search(self, question: str) -> Iterator[Thing]:
        """Tickets by RT's search, in pages by id: none is missed when others change meanwhile."""
        last = 0
        while True:
            query = f"({question}) AND id > {last}"
            answer = self.client.get("/tickets", query=query, per_page=PAGE, **TICKET)
            found = [one for one in list_of(object_of(answer).get("items")) if is_named(one)]
            yield from found
            newest = max((int(str(name_of(one["id"]))) for one in found), default=last)
            if newest <= last:
                return
            last = newest

    def _named(self, column: str, ids: Iterable[str]) -> Iterator[Thing]:
        for some in _lists(ids, NAMED_AT_ONCE):
            either = " OR ".join(f"{column} = {one}" for one in some)
            yield from self._search(f"EffectiveId > 0 AND ({either})")

    def _hidden(self, ids: Iterable[str]) -> dict[str, Thing]:
        """Tickets that no search finds (deleted ones), one by one; other objects are none."""
        rows = filter(None, (self._one(f"/ticket/{one}") for one in ids))
        return _by_id(row for row in rows if row.get("Type") == "ticket")

    def _transactions(
        self, asked: Mapping[str, str], **wanted: tuple[str, str | list[str]]
    ) -> Iterator[Thing]:
        limits: list[dict[str, Any]] = [{"field": "ObjectType", "value": "RT::Ticket"}]
        for name, (operator, value) in wanted.items():
            limits.append({"field": name, "operator": operator, "value": value})
        return self.items("/transactions", {**asked, "query": json.dumps(limits)})

    def _one(self, path: str) -> Thing | None:
        try:
            return object_of(self.client.get(path)) or None
        except Unanswered as refused:
            if refused.status in (403, 404):
                return None
            raise


def _by_id(rows: Iterable[Thing]) -> dict[str, Thing]:
    return {str(name_of(row.get("id"))): row for row in rows if is_named(row)}


def _tickets_of(transactions: Iterable[Thing]) -> dict[str, None]:
    """The tickets that transactions are of, each once, in order."""
    return dict.fromkeys(filter(None, map(object_id, transactions)))


def _lists(names: Iterable[str], size: int) -> Iterator[list[str]]:
    listed = list(names)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def _reject(one: Thing) -> Reject:
    raw = {"object": json.dumps(one, ensure_ascii=False)}
    value = f"ticket {object_id(one)}, {name_of(one.get('id'))}"
    return Reject(1, NO_INSTANT, "Created", value, raw, "no_instant")
