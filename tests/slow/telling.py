"""The demo's tickets told one by one from their rows, with nothing of ours but what stands here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import floor
from typing import Any

OPEN = ("new", "open", "pending", "on_hold")
FOLLOWED = ("status", "team", "agent", "priority", "calendar")
MISSED = ("voicemail", "abandoned", "closed_hours", "blocked")
DAY = 86_400
WEEK = 7 * DAY
Row = Mapping[str, Any]


def second(at: datetime) -> int:
    """The whole second since 1970 in which an instant lies."""
    return floor(at.timestamp())


def took(start: datetime, end: datetime) -> int:
    """Whole seconds from one instant to another."""
    return second(end) - second(start)


@dataclass
class Span:
    """A stretch between two happenings of a ticket, and what began it."""

    start: datetime
    status: str
    what: str
    by: str | None = None
    kind: str | None = None
    team: str | None = None
    end: datetime | None = None
    reopened: datetime | None = None
    lapsed: datetime | None = None
    touched: bool = False


@dataclass
class Matter:
    """A ticket with all that was done and said in it (what was merged into it, too)."""

    row: Row
    created: datetime
    demand: str
    spans: list[Span] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    chats: list[Row] = field(default_factory=list)
    handoffs: int = 0
    escalations: int = 0
    redirects: int = 0
    passed_by_bot: datetime | None = None

    @property
    def status(self) -> str:
        """The status now."""
        return self.spans[-1].status

    @property
    def is_open(self) -> bool:
        """Whether it stands open now."""
        return self.status in OPEN

    @cached_property
    def solves(self) -> list[Span]:
        """The solves by people or the customer."""
        return [span for span in self.spans if span.what == "solve"]

    @cached_property
    def resolved(self) -> datetime | None:
        """The first solve that was not undone within seven days."""
        for span in self.solves:
            if span.reopened is None or took(span.start, span.reopened) > WEEK:
                return span.start
        return None

    @cached_property
    def lapsed(self) -> datetime | None:
        """The instant from which it ended without a solve by people, if it did and still stands."""
        ends = [s.lapsed for s in self.spans if s.lapsed is not None and s.reopened is None]
        return min(ends) if ends and not self.is_open else None

    @cached_property
    def last_solved(self) -> datetime | None:
        """The last time that a person said it was solved."""
        said = [
            span.start
            for span in self.spans
            if span.what in ("solve", "restate") and span.kind not in ("bot", "system")
        ]
        return max(said) if said and self.solves else None

    @cached_property
    def questions(self) -> list[datetime]:
        """The instants at which the customer asked, in order."""
        queued = min((c["queued_at"] for c in self.chats if c["queued_at"]), default=None)
        said = [
            row["sent_at"]
            for row in self.messages
            if by_customer(row) and (queued is None or row["sent_at"] >= queued)
        ]
        rang = [
            row["arrived_at"]
            for row in self.calls
            if row["outcome"] in MISSED and row["direction"] in (None, "inbound")
        ]
        return sorted([*said, *rang, *([queued] if queued else [])])

    @cached_property
    def replies(self) -> list[tuple[datetime, str | None]]:
        """The answers by people: instant and by whom."""
        said = [(row["sent_at"], row["author"]) for row in self.messages if by_person(row)]
        lines = [(c["first_line_at"], c["agent"]) for c in self.chats if c["first_line_at"]]
        back = [
            (row["arrived_at"], None)
            for row in self.calls
            if row["direction"] == "outbound" and row["outcome"] == "answered"
        ]
        return sorted([*said, *lines, *back], key=lambda reply: reply[0])

    @property
    def asked(self) -> datetime | None:
        """When the customer first asked."""
        return self.questions[0] if self.questions else None

    @cached_property
    def replied(self) -> datetime | None:
        """The first answer by a person after the customer first asked."""
        if self.asked is None:
            return None
        return next((at for at, _ in self.replies if at >= self.asked), None)

    @cached_property
    def unanswered(self) -> datetime | None:
        """When it ended though nobody had answered."""
        if self.asked is None or self.replied is not None or self.is_open:
            return None
        since = max(
            (
                a.start
                for a, b in zip(self.spans[1:], self.spans, strict=False)
                if a.status != b.status
            ),
            default=self.created,
        )
        return max(self.lapsed or self.last_solved or since, self.asked)

    @property
    def touches(self) -> int:
        """How often people of ours spoke in public."""
        return sum(by_person(row) for row in self.messages)

    @property
    def live(self) -> bool:
        """Whether it was a chat, or a telephone call that somebody took."""
        missed = any(call["outcome"] in MISSED for call in self.calls)
        return self.row["channel"] == "chat" or (self.row["channel"] == "phone" and not missed)


def by_customer(row: Row) -> bool:
    """Whether a message is one of the customer's own, in public."""
    public = row["public"] in (None, True)
    return public and row["author_kind"] == "customer" and not row["automatic"]


def by_person(row: Row) -> bool:
    """Whether a message is a public one by a person of ours."""
    return row["public"] in (None, True) and row["author_kind"] == "agent" and not row["automatic"]


def matters(tables: Mapping[str, Sequence[Row]]) -> dict[str, Matter]:
    """Every ticket by id, those merged into another of the same customer passed on to it."""
    bots = {row["agent_id"] for row in tables["agent"] if row["bot"]}
    tiers = {row["team_id"]: row["tier"] for row in tables["team"]}
    changes, found = _by_ticket(tables["ticket_change"]), {}
    for row in tables["ticket"]:
        told = sorted(changes[row["ticket_id"]], key=lambda c: (c["at"], c["ordinal"]))
        found[row["ticket_id"]] = _walked(row, told, bots, tiers)
    heads = _survivors(found, changes)
    for name, into in (("message", "messages"), ("call", "calls"), ("chat_session", "chats")):
        for row in tables.get(name, ()):
            if row["ticket_id"] in found:
                kind = "bot" if row.get("author") in bots else row.get("author_kind")
                said = {**row, "author_kind": kind}
                getattr(found[heads.get(row["ticket_id"], row["ticket_id"])], into).append(said)
    return found


def _by_ticket(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["ticket_id"]].append(row)
    return found


def _survivors(found: Mapping[str, Matter], changes: Mapping[str, list[Row]]) -> dict[str, str]:
    """Each merged ticket's last survivor of the same customer; survivors begin with the first."""
    into = {}
    for name in found:
        said = [c["value"] for c in changes[name] if c["field"] == "merged_into" and c["value"]]
        if said or found[name].row["merged_into"]:
            into[name] = said[-1] if said else found[name].row["merged_into"]
    heads: dict[str, str] = {}
    for name in into:
        head, seen = name, {name}
        while head in into and into[head] in found and into[head] not in seen:
            mine, theirs = (found[one].row["customer_id"] for one in (head, into[head]))
            if mine is None or mine != theirs:
                break
            head = into[head]
            seen.add(head)
        if head != name:
            heads[name] = head
            survivor = found[head]
            survivor.created = min(survivor.created, found[name].row["created_at"])
            survivor.spans[0].start = survivor.created
    return heads


def _walked(row: Row, told: Sequence[Row], bots: set[str], tiers: Mapping[str, int]) -> Matter:
    """The history of a ticket, happening after happening."""
    made = Matter(row, row["created_at"], _label(row, told))
    status, team, agent = row["status"] or "new", row["team"], row["agent"]
    tier, since, first_touch = tiers.get(team), row["created_at"], None
    kind = "bot" if row["created_by"] in bots else row["created_by_kind"]
    made.spans.append(Span(row["created_at"], status, "created", row["created_by"], kind, team))
    for change in told:
        if change["field"] not in FOLLOWED:
            continue
        at, value = max(change["at"], row["created_at"]), change["value"]
        kind = "bot" if change["actor"] in bots else change["actor_kind"]
        span = Span(at, status, "other", change["actor"], kind, team, touched=kind == "agent")
        if change["field"] == "status":
            span.what = _what(status, value, kind)
            if span.what in ("lapse", "auto_solve"):
                span.lapsed = since if change["reason"] == "inactivity" else at
            since = at if value != status else since
            span.status = status = value
        if change["field"] == "team":
            if team and value and team != value:
                made.redirects += first_touch is not None and first_touch < at
                made.escalations += tier is not None and tiers.get(value, 0) > tier
            span.team = team = value or None
            tier = tiers.get(team, tier) if team else tier
        if change["field"] == "agent":
            made.handoffs += bool(agent and value and agent != value)
            agent = value or None
        if kind == "bot" and change["field"] in ("team", "agent"):
            made.passed_by_bot = made.passed_by_bot or at
        if span.touched and first_touch is None:
            first_touch = at
        made.spans[-1].end = at
        made.spans.append(span)
    _undone(made.spans)
    if made.demand == "real" and made.redirects:
        made.demand = "redirected"
    return made


def _what(old: str, new: str, kind: str | None) -> str:
    machine = kind in ("bot", "system")
    if new == "solved":
        return ("auto_solve" if machine else "solve") if old in OPEN else "restate"
    if new == "closed":
        return "lapse" if old in OPEN else "close"
    return "move" if old in OPEN else "reopen"


def _undone(spans: Sequence[Span]) -> None:
    reopened = None
    for span in reversed(spans):
        if span.what in ("solve", "auto_solve", "lapse"):
            span.reopened = reopened
        if span.what == "reopen":
            reopened = span.start


def _label(row: Row, told: Sequence[Row]) -> str:
    said = [change for change in told if change["field"] == "demand"]
    demand = said[-1]["value"] if said else row["demand"]
    merged = [c["value"] for c in told if c["field"] == "merged_into"]
    if demand in ("test", "spam"):
        return str(demand)
    if (merged[-1] if merged else row["merged_into"]) is not None:
        return "merged"
    return demand or "real"
