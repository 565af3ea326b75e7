"""Tickets drawn by hypothesis, as rows to import and as the oracle's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from facts.oracle import DAY, RUNNING, Event, History, Hours
from worlds import Ticket, Told, thing, ticket

HOUR = 3600
TARGETS = ("first", "next", "periodic", *RUNNING, "resolution")
PRIORITIES = {"normal": 8, "high": 3, "urgent": 1}
POLICIES = {"opening": True, "clock": False}
LENGTHS = {"first": 1800, "next": 3000, "periodic": 5 * HOUR, "pausable": 2 * HOUR,
           "requester_wait": 3 * HOUR, "agent_work": HOUR, "resolution": 4 * HOUR}  # fmt: skip
"""Seconds for what is urgent; eight and three times as long for the others."""
SPANS = {
    "office": ("Europe/Warsaw", ("08:00-12:00", "13:30-18:00"), 5),
    "nights": ("America/New_York", ("21:00-05:00",), 7),
    "london": ("Europe/London", ("09:00-17:30",), 5),
    "sydney": ("Australia/Sydney", ("09:00-17:00",), 5),
}
"""Opening hours: zone, spans of a day, on how many days from Monday."""
BEGINNINGS = ("2026-03-02", "2026-03-23", "2026-10-01", "2026-10-19")
"""Three weeks from each hold a change of clocks: New York's, Warsaw's and London's, Sydney's …"""
GAPS = (0, 1, 59, 600, 2 * HOUR, 9 * HOUR + 7, DAY - 1, DAY, 3 * DAY)
SPEECH = ("asks", "asks", "thanks", "replies", "replies", "notes", "bot", "automatic")
DEEDS = ("open", "pending", "on_hold", "solves", "solves", "lapses", "closes", "calendar",
         "priority", "target")  # fmt: skip
CHOICES = {"calendar": tuple(SPANS), "priority": tuple(PRIORITIES)}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DONE = ("solved", "closed")


@dataclass(frozen=True)
class Happening:
    """One thing that happens to a ticket: when, what, and the value it takes."""

    at: int
    kind: str
    value: Any = ""


@dataclass(frozen=True)
class Plan:
    """A ticket: when it begins, under which opening hours and policy, and what happens to it."""

    created: int
    calendar: str
    policy: str | None
    happenings: tuple[Happening, ...]


def calendars() -> str:
    """The text of `calendars.toml`."""
    said = []
    for name, (zone, spans, days) in SPANS.items():
        week = {day: list(spans) for day in WEEKDAYS[:days]}
        lines = [f"{day} = {hours}" for day, hours in week.items()]
        said += [f'[calendar.{name}]\nzone = "{zone}"', f"[calendar.{name}.week]", *lines]
    return "\n".join(said).replace("'", '"') + "\n"


def hours() -> tuple[tuple[str, Hours], ...]:
    """The same for the oracle."""
    return tuple(
        (name, Hours(zone, tuple(_seconds(spans) if day < days else () for day in range(7))))
        for name, (zone, spans, days) in SPANS.items()
    )


def _seconds(spans: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found = []
    for span in spans:
        start, end = (int(said[:2]) * HOUR + int(said[3:]) * 60 for said in span.split("-"))
        found.append((start, end if end > start else end + DAY))
    return tuple(found)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A ticket whose history could be: nobody writes to a closed one, nobody solves twice."""
    begin = datetime.fromisoformat(draw(st.sampled_from(BEGINNINGS))).replace(tzinfo=UTC)
    created = int(begin.timestamp()) + draw(st.integers(0, 21 * DAY))
    promised = draw(st.sampled_from(("policy", "policy", "targets", "targets", "nothing")))
    story = _Story(created, draw(st.sampled_from(tuple(SPANS))))
    policy = draw(st.sampled_from(tuple(POLICIES))) if promised == "policy" else None
    if promised == "targets":
        for target in draw(st.lists(st.sampled_from(TARGETS), unique=True)):
            story.add("target", (target, draw(_LENGTH), draw(st.booleans())), created)
    if draw(st.integers(0, 5)):
        story.say("asks", 0)
    kinds = st.sampled_from((*SPEECH, *DEEDS))
    for kind, gap in draw(st.lists(st.tuples(kinds, st.sampled_from(GAPS)), max_size=12)):
        if kind == "target":
            value = (draw(st.sampled_from(TARGETS)), draw(_LENGTH | st.none()), draw(st.booleans()))
            story.do(kind, gap, value if promised == "targets" else None)
        elif kind in ("calendar", "priority"):
            story.do(kind, gap, draw(st.sampled_from(CHOICES[kind])))
        elif kind in SPEECH:
            story.say(kind, gap)
        else:
            story.do(kind, gap, kind)
    return Plan(created, story.began["calendar"], policy, tuple(story.happenings))


_LENGTH = st.sampled_from((1800, HOUR, 2 * HOUR, 8 * HOUR, 20 * HOUR, DAY, 2 * DAY))


class _Story:
    """A history as it grows."""

    def __init__(self, created: int, calendar: str) -> None:
        self.now, self.spoken = created, True
        self.answered = -1
        self.began = {"calendar": calendar, "priority": "normal", "status": "new"}
        self.values = dict(self.began)
        self.happenings: list[Happening] = []

    def add(self, kind: str, value: Any, at: int) -> None:
        """It happens."""
        self.happenings.append(Happening(at, kind, value))
        self.now = at

    def say(self, kind: str, gap: int) -> None:
        """Somebody writes; a question opens what was pending or solved."""
        status = self.values["status"]
        if status == "closed" or (kind == "replies" and status == "solved"):
            return
        # A message counts before the changes of its instant: one after them comes later.
        at = self.now + (gap if self.spoken else max(gap, 1))
        if kind == "replies":
            at = max(at, self.answered + 1)
            self.answered = at
        self.add(kind, "", at)
        self.spoken = True
        if kind == "asks" and status in ("pending", "solved"):
            self._turn("status", "open", at)

    def do(self, kind: str, gap: int, value: Any) -> None:
        """Something is changed; in the act of a message, or later."""
        status = self.values["status"]
        at = self.now + (gap if self.spoken else max(gap, 1))
        if kind in ("calendar", "priority"):
            idle = self.values[kind] == value or (kind == "priority" and status in DONE)
            if not idle and status != "closed":
                self._turn(kind, value, at)
        elif kind == "target":
            if value is not None and status not in DONE:
                self.add(kind, value, at)
                self.spoken = False
        elif kind == "closes":
            if status != "closed":
                self._turn("lapses", "closed", at)
        elif status not in DONE and kind != status:
            named = {"solves": ("solves", "solved"), "lapses": ("lapses", "solved")}
            self._turn(*named.get(kind, ("status", kind)), at)

    def _turn(self, kind: str, value: str, at: int) -> None:
        self.values["status" if kind in ("solves", "lapses") else kind] = value
        self.add(kind, value, at)
        self.spoken = False


def policies() -> tuple[Told, ...]:
    """The two policies as rows."""
    return tuple(
        thing("sla_policy", policy_id=name, target=target, priority=priority, seconds=seconds * n,
              opening_hours=opening)
        for name, opening in POLICIES.items()
        for target, seconds in LENGTHS.items()
        for priority, n in PRIORITIES.items()
    )  # fmt: skip


def history(plan: Plan, as_of: int) -> History:
    """What the oracle reads of a ticket, as far as it is known at an instant."""
    events = []
    if plan.policy:
        events += _lengths(plan.policy, "normal", plan.created)
    for one in plan.happenings:
        if one.kind == "priority" and plan.policy:
            events += _lengths(plan.policy, one.value, one.at)
        elif one.kind == "target":
            events.append(Event(one.at, "length", one.value))
        elif one.kind not in ("notes", "bot", "automatic", "priority"):
            events.append(Event(one.at, one.kind, one.value))
    known = tuple(event for event in events if event.at <= as_of)
    return History(plan.created, plan.calendar, known, as_of, hours())


def _lengths(policy: str, priority: str, at: int) -> list[Event]:
    n, opening = PRIORITIES[priority], POLICIES[policy]
    return [
        Event(at, "length", (target, seconds * n, opening)) for target, seconds in LENGTHS.items()
    ]


def rows(name: str, plan: Plan) -> list[Told]:
    """The same as rows to import."""
    told = ticket(name, _said(plan.created), calendar_id=plan.calendar, priority="normal")
    if plan.policy:
        told = told.set("sla_policy", plan.policy, _said(plan.created))
    others: list[Told] = []
    targets = 0
    for one in plan.happenings:
        if one.kind == "target":
            targets += 1
            target, seconds, opening = one.value
            others.append(
                thing("sla_target", ticket_id=name, target=target, ordinal=targets,
                      applied_at=datetime.fromtimestamp(one.at, UTC), seconds=seconds,
                      opening_hours=opening)
            )  # fmt: skip
        else:
            told = _told(told, one)
            if one.kind == "thanks":
                others.append(
                    thing("reading", subject="message", subject_id=name,
                          part=told.rows[-1][1]["message_id"], kind="thanks", version="1",
                          value="yes")
                )  # fmt: skip
    return [told, *others]


def _told(told: Ticket, one: Happening) -> Ticket:
    when = _said(one.at)
    if one.kind in ("calendar", "priority", "status"):
        return told.set(one.kind, one.value, when)
    if one.kind == "solves":
        return told.solved(when)
    if one.kind == "lapses":
        return told.set("status", one.value, when, by="rule")
    says: dict[str, dict[str, Any]] = {
        "replies": {"by": "ann"},
        "notes": {"by": "ann", "public": False},
        "bot": {"by": "robot"},
        "automatic": {"by": "ann", "automatic": True},
    }
    return told.said(when, **says.get(one.kind, {"by": "customer"}))


def _said(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
