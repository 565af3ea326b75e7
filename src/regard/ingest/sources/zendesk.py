"""Recorded answers of Zendesk's interface: each account of a folder becomes a source of its own.

Objects are known by the name they stand under ("tickets", "ticket", …), by their address, or, in
the old export of tickets, by "results". Two accounts number their tickets alike: what tells them
apart is the host in the addresses of an answer; an answer without any is of the account that the
other answers of its folder are of, where that is one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from regard.core.i18n import N_
from regard.core.schema import Row
from regard.ingest.answers import Answer, id_of, instant_of, object_of, read_answers, refuse
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.plain import stored_schema
from regard.ingest.source import Source
from regard.ingest.sources.zendesk_api_account import Account, people
from regard.ingest.sources.zendesk_api_export import exported
from regard.ingest.sources.zendesk_api_history import histories
from regard.ingest.sources.zendesk_api_promises import calendars, events, policies
from regard.ingest.sources.zendesk_api_readings import figures, ratings
from regard.ingest.streams import BadFile

KINDS: Mapping[str, str] = {
    "tickets": "ticket",
    "audits": "audit",
    "comments": "comment",
    "users": "user",
    "groups": "group",
    "ticket_metrics": "ticket_metric",
    "ticket_metric_events": "ticket_metric_event",
    "satisfaction_ratings": "satisfaction_rating",
    "schedules": "schedule",
    "holidays": "holiday",
    "sla_policies": "sla_policy",
    "brands": "brand",
    "results": "",
}
"""What is read: the name of a list in an answer, and that of one object alone."""
ALIKE = {"policies": "sla_policies"}
"""Kinds whose name in an address is another one."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "tickets": ("id", "created_at"),
    "audits": ("id", "ticket_id", "created_at"),
    "comments": ("id", "ticket_id", "created_at"),
    "ticket_metrics": ("ticket_id",),
    "ticket_metric_events": ("id", "ticket_id"),
}
"""What an object must say to be of use; the first or, for a metric, the ticket names it."""
BESIDE = frozenset([
    "count", "next_page", "previous_page", "meta", "links", "end_time", "end_of_stream", "options",
    "after_url", "before_url", "after_cursor", "before_cursor", "field_headers", "facets", "prev",
    "next", "start_time", "page", "per_page", "url",
])  # fmt: skip
"""Names of an answer beside its objects."""
ADDRESS = re.compile(r"/api/v2/(?:[a-z_]+/)*?([a-z_]+)/\d+(?:\.json)?$")
OF_TICKET = re.compile(r"/tickets/(\d+)/(?:comments|audits)")
OF_SCHEDULE = re.compile(r"/schedules/(\d+)/holidays")
NOTHING = "there is no answer of Zendesk in it"
NO_ID = N_("the object has no id")
NO_TIME = N_("the object does not say when it was created")
NO_ACCOUNT = N_("the answer does not say which account it is of")
SAYS = N_("Recorded answers of Zendesk's interface: tickets with audits, users and metrics.")


@dataclass
class Gathered:
    """A folder being read. unknown: objects of names that are not read."""

    accounts: dict[str, Account] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    read: int = 0
    kept: int = 0


def parse(path: Path, source: str = "") -> Parcel:
    """The tickets, their history, people, promises and readings of every account in a folder.

    source: the name of the rows where the folder holds one account; else each account's host.
    What is no answer becomes a reject, and what is not read a finding; a folder without anything
    of Zendesk is a BadFile.
    """
    gathered = _gather(path, source)
    if not gathered.accounts:
        raise BadFile(path, NOTHING, "Name a folder with answers of /api/v2, as JSON")
    first, *others = [_parcel(name, account) for name, account in sorted(gathered.accounts.items())]
    odd = (Finding("unknown_answer", n, name, "") for name, n in sorted(gathered.unknown.items()))
    return Parcel(
        source=first.source,
        covers=first.covers,
        rows=first.rows,
        read=gathered.read,
        kept=gathered.kept,
        rejects=tuple(gathered.rejects),
        findings=(*first.findings, *odd),
        origin=Origin(path.name),
        also=tuple(others),
    )


def _gather(path: Path, source: str) -> Gathered:
    gathered = Gathered()
    answers = []
    for answer in read_answers(path):
        if isinstance(answer, Reject):
            gathered.rejects.append(answer)
            gathered.read += 1
            continue
        found = list(_objects(answer, gathered))
        if found:
            answers.append((answer, _host(answer, [one for _, one in found]), found))
    hosts = sorted({host for _, host, _ in answers if host})
    if source and len(hosts) > 1:
        why = f"it holds answers of several accounts ({', '.join(hosts)})"
        raise BadFile(path, why, "Leave --source out, or import a folder for each account")
    alone = source or (hosts[0] if len(hosts) == 1 else "" if hosts else "zendesk")
    near: dict[str, set[str]] = {}
    for answer, host, _ in answers:
        near.setdefault(_folder(answer), set()).update([host] if host else [])
    for answer, host, found in answers:
        gathered.read += len(found)
        beside = near[_folder(answer)]
        only = next(iter(beside)) if len(beside) == 1 else ""
        _keep(gathered, answer, alone or host or only, found)
    return gathered


def _folder(answer: Answer) -> str:
    return answer.file.rpartition("/")[0]


def _objects(answer: Answer, gathered: Gathered) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of an answer that are read, each with its kind."""
    if isinstance(answer.body, list):
        for one in answer.body:
            yield from _alone(object_of(one), gathered)
        return
    known = False
    for plural, single in KINDS.items():
        for name in filter(None, (plural, single)):
            for one in answer.objects(name):
                yield from _of_kind(answer, plural, one, gathered)
            known = known or name in answer.body
    if not known:
        yield from _alone(answer.body, gathered)
        return
    for name in answer.body.keys() - BESIDE - KINDS.keys() - set(KINDS.values()):
        if objects := answer.objects(name):
            gathered.unknown[name] += len(objects)


def _of_kind(
    answer: Answer, kind: str, one: dict[str, Any], gathered: Gathered
) -> Iterator[tuple[str, dict[str, Any]]]:
    if kind != "results":
        yield kind, _placed(answer, kind, one)
    elif "generated_timestamp" not in one:
        yield from _alone(one, gathered)
    else:
        ticket = exported(one)
        yield "tickets", ticket
        yield "exports", one | {"updated_at": ticket["updated_at"]}


def _alone(one: dict[str, Any], gathered: Gathered) -> Iterator[tuple[str, dict[str, Any]]]:
    """An object that stands for itself, as in exports of one object a line."""
    address = one.get("url")
    match = ADDRESS.search(urlsplit(address).path) if isinstance(address, str) else None
    kind = match[1] if match else ""
    if kind in KINDS:
        yield ALIKE.get(kind, kind), one
        return
    named = kind or next((name for name in one if name not in BESIDE), "")
    gathered.unknown[named] += 1


def _placed(answer: Answer, plural: str, one: dict[str, Any]) -> dict[str, Any]:
    """The object, with what only its request says of where it belongs."""
    for pattern, kinds, name in (
        (OF_TICKET, ("comments", "audits"), "ticket_id"),
        (OF_SCHEDULE, ("holidays",), "schedule_id"),
    ):
        if plural in kinds and name not in one and (match := pattern.search(answer.request)):
            return one | {name: int(match[1])}
    return one


def _host(answer: Answer, found: list[dict[str, Any]]) -> str:
    """The account's host, from the addresses of the objects, else of the pages around them."""
    body = object_of(answer.body)
    links = object_of(body.get("links"))
    beside = [body.get(name) for name in ("url", "next_page", "previous_page", "after_url")]
    users = [one.get("url") for one in answer.objects("users")]
    for address in (*(one.get("url") for one in found), *users, *beside, *links.values()):
        if isinstance(address, str):
            try:
                host = urlsplit(address).hostname
            except ValueError:
                continue
            if host:
                return host
    return ""


def _keep(
    gathered: Gathered, answer: Answer, account: str, found: list[tuple[str, dict[str, Any]]]
) -> None:
    for kind, one in found:
        missing = _missing(kind, one)
        if not account:
            gathered.rejects.append(refuse(answer, NO_ACCOUNT, one, "id", "no_identity"))
        elif missing == "created_at":
            gathered.rejects.append(refuse(answer, NO_TIME, one, missing, "no_instant"))
        elif missing:
            gathered.rejects.append(refuse(answer, NO_ID, one, missing, "no_identity"))
        else:
            name = "ticket_id" if kind == "ticket_metrics" else "id"
            gathered.accounts.setdefault(account, Account()).take(kind, str(id_of(one[name])), one)
            gathered.kept += 1


def _missing(kind: str, one: Mapping[str, Any]) -> str:
    """The first value that the object should have and has not; empty where it has all."""
    for name in NEEDS.get(kind, ("id",)):
        read = instant_of if name == "created_at" else id_of
        if read(one.get(name)) is None:
            return name
    return ""


def _parcel(source: str, account: Account) -> Parcel:
    """The rows of one account."""
    findings: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}

    def note(kind: str, where: str, example: str) -> None:
        findings[kind, where] += 1
        examples.setdefault((kind, where), example)

    schedules = calendars(source, account.all("schedules"), account.all("holidays"), note)
    told = histories(source, account, schedules.ids, note)
    rows: dict[str, list[Row]] = {
        **told.rows,
        **people(source, account, note),
        "calendar": schedules.rows,
        "sla_policy": policies(source, account.all("sla_policies"), note),
        **ratings(source, account.all("satisfaction_ratings"), note),
    }
    rows["sla_target"] = events(source, account.all("ticket_metric_events"), told.targets, note)
    rows["vendor_figure"] = figures(source, account, note)
    made = {
        name: pa.Table.from_pylist(found, schema=stored_schema(name))
        for name, found in rows.items()
        if found or name == "ticket"
    }
    return Parcel(
        source=source,
        covers=tuple(made),
        rows=made,
        read=0,
        kept=0,
        findings=tuple(
            Finding(kind, n, examples[kind, where], where)
            for (kind, where), n in sorted(findings.items())
        ),
    )


FILLS = (
    *("ticket", "ticket_change", "message", "message_text", "customer", "customer_identity"),
    *("agent", "team", "calendar", "sla_policy", "sla_target"),
    *("invitation", "response", "answer", "vendor_figure"),
)
SOURCES = [Source("zendesk", SAYS, parse, FILLS, takes="DIR")]
