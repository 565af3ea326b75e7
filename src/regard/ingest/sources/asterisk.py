"""Asterisk's queue_log: calls, their stays with queues and people, and who was available.

A line is `epoch|call id|queue|agent|event|parameters`; the events and their parameters are those
of Asterisk's documentation (Operation, Logging, Queue Logs). The log knows a call only while a
queue has it: a call that leaves for elsewhere (timeout, key, transfer) has an outcome and no end.
The caller's number is kept with the addresses of customers alone; elsewhere a pseudonym under the
workspace's own key stands for it. Who hides their number, and an extension of the house, is nobody.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from regard.core.errors import BadValue
from regard.core.events.calls import OUTCOMES
from regard.core.i18n import N_
from regard.core.schema import Row, table
from regard.ingest.addresses import phone_of
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.plain import stored_schema
from regard.ingest.pseudonyms import key_of, keyed, unkeyed
from regard.ingest.source import Source
from regard.ingest.sources.presence import Presence
from regard.ingest.streams import BadFile, Checked

if TYPE_CHECKING:
    from regard.store.store import Store

COVERS = ("call", "call_leg", "agent_state", "customer", "customer_identity")
CALLERS = ("call", "customer", "customer_identity")
NOBODY = frozenset({"", "NONE", "REALTIME", "CLI", "MANAGER"})
SILENT = frozenset(
    ["QUEUESTART", "CONFIGRELOAD", "PENALTY", "RINGINUSE", "MEMBERRINGINUSE", "COMPAT", "INFO"]
)
"""Events that say nothing of a call or of a person's presence."""
NOT_LINE = N_("the line is not `epoch|call|queue|agent|event|…`")
FIRST, LAST = 0, 4_133_980_800
"""Epoch seconds of 1970 and of the end of 2100."""
DIGITS = 9
"""More of them are no seconds and no place in a queue."""


@dataclass(frozen=True)
class Line:
    """One line of the log. parameters: what follows the event."""

    at: datetime
    call: str
    queue: str
    agent: str
    event: str
    parameters: tuple[str, ...]

    def text(self, place: int) -> str | None:
        """A parameter, from 0 or (negative) from the end; None where it is not given."""
        if -len(self.parameters) <= place < len(self.parameters):
            return self.parameters[place] or None
        return None

    def whole(self, place: int) -> int | None:
        """A parameter as a whole number; None where it is none."""
        text = self.text(place)
        known = text is not None and len(text) <= DIGITS and text.isascii() and text.isdigit()
        return int(text) if text is not None and known else None


@dataclass
class Call:
    """A call being read. waiting, talking: its open legs. held_at: since when it is on hold.
    number: who calls, where they show it."""

    row: Row
    legs: list[Row] = field(default_factory=list)
    waiting: Row | None = None
    talking: Row | None = None
    held_at: datetime | None = None
    number: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

    def open_leg(self, line: Line, kind: str, starts_at: datetime) -> Row:
        """Begin a leg."""
        ordinal = len(self.legs) + 1
        leg = table("call_leg").row(
            source=self.row["source"],
            call_id=line.call,
            leg_id=str(ordinal),
            ordinal=ordinal,
            kind=kind,
            queue=line.queue,
            agent=None if kind == "queue" else line.agent,
            starts_at=starts_at,
            updated_at=line.at,
        )
        self.legs.append(leg)
        return leg

    def queue_leg(self, line: Line, waited: int | None) -> Row:
        """The open stay in a queue; one that began before the log did is made up for."""
        leg = self.waiting or self.open_leg(line, "queue", line.at - timedelta(seconds=waited or 0))
        if self.row["queued_at"] is None:
            self.row["queued_at"] = leg["starts_at"]
            self.row["arrived_at"] = min(self.row["arrived_at"], leg["starts_at"])
        return leg


def parse(
    path: Path,
    source: str = "asterisk",
    keys: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> Parcel:
    """The calls, legs and presence of a queue_log, plain or gzip.

    keys: what a key that leaves the queue is for, as in {"1": "callback", "2": "voicemail"};
    others flow out. Calls that are not over at the file's end have neither end nor outcome.
    Lines that are none become rejects; a file without a single line of a log is a BadFile.
    """
    for outcome in (keys or {}).values():
        if outcome not in OUTCOMES:
            raise BadValue("The outcome of a key", outcome, f"one of {', '.join(OUTCOMES)}")
    calls: dict[str, Call] = {}
    presence = Presence(source)
    strange: Counter[str] = Counter()
    rejects: list[Reject] = []
    read = 0
    for number, text in _texts(path, encoding):
        read += 1
        line = read_line(text)
        if line is None:
            rejects.append(Reject(number, NOT_LINE, "", text[:200], {"": text}))
        elif not _take(line, calls, presence, source, keys or {}):
            strange[line.event] += 1
    if read and len(rejects) == read:
        raise BadFile(path, "none of its lines is one of a queue_log", "Check the file")
    events = tuple(Finding("unknown_event", n, name, "event") for name, n in strange.items())
    return Parcel(
        source=source,
        covers=COVERS,
        rows=_rows(calls, presence),
        read=read,
        kept=read - len(rejects),
        rejects=tuple(rejects),
        findings=events,
        origin=Origin(path.name),
    )


def read_line(text: str) -> Line | None:
    """A line of the log; None where it is none."""
    parts = text.split("|")
    if len(parts) < 5 or not parts[4]:
        return None
    try:
        epoch = float(parts[0])
    except ValueError:
        return None
    if not FIRST <= epoch < LAST:
        return None
    at = datetime.fromtimestamp(int(epoch), UTC) + timedelta(
        microseconds=round((epoch - int(epoch)) * 1_000_000)
    )
    return Line(at, parts[1], parts[2], parts[3], parts[4].upper(), tuple(parts[5:]))


def _texts(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    with Checked(path, encoding) as stream:
        file = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline=None)
        empty = True
        for number, text in enumerate(file, start=1):
            empty = False
            if text.strip():
                yield number, text.rstrip("\n")
    if empty:
        raise BadFile(path, "the file is empty", "Export it again")


def _take(
    line: Line, calls: dict[str, Call], presence: Presence, source: str, keys: Mapping[str, str]
) -> bool:
    """Let a line tell what it has to; False where the event is not known."""
    if line.event in SILENT:
        return True
    if presence.take(line.event, line.agent, line.queue, line.at):
        return True
    act = ACTS.get(line.event)
    if act is None:
        return False
    if line.call in NOBODY:
        return True
    if line.call not in calls:
        row = table("call").row(
            source=source, call_id=line.call, direction="inbound", arrived_at=line.at
        )
        calls[line.call] = Call(row, keys=keys)
    act(calls[line.call], line)
    calls[line.call].row["updated_at"] = line.at
    return True


def _rows(calls: Mapping[str, Call], presence: Presence) -> dict[str, pa.Table]:
    rows = {
        "call": [call.row for call in calls.values()],
        "call_leg": [leg for call in calls.values() for leg in call.legs],
        "agent_state": presence.rows,
    }
    numbers = {call.row["customer_id"]: call.number for call in calls.values() if call.number}
    rows["customer"] = [
        table("customer").row(source=presence.source, customer_id=who) for who in numbers
    ]
    rows["customer_identity"] = [
        table("customer_identity").row(
            source=presence.source, customer_id=who, kind="phone", address=number
        )
        for who, number in numbers.items()
    ]
    return {
        name: pa.Table.from_pylist(found, schema=stored_schema(name))
        for name, found in rows.items()
    }


# --- what each event tells of a call ---------------------------------------------------------


def _dial(call: Call, line: Line) -> None:
    """DID(number)."""
    call.row["number_called"] = line.text(0)


def _enter(call: Call, line: Line) -> None:
    """ENTERQUEUE(url|caller|position): also of a call that was passed on: it is not over."""
    call.row["queued_at"] = call.row["queued_at"] or line.at
    call.row["ended_at"] = None
    call.number = call.number or phone_of(line.text(1))
    call.row["customer_id"] = unkeyed(call.number) if call.number else None
    if call.row["outcome"] != "answered":
        call.row["outcome"] = None
    call.waiting = call.open_leg(line, "queue", line.at)


def _connect(call: Call, line: Line) -> None:
    """CONNECT(held|channel|ring)."""
    _leave(call, line, "answered", line.whole(0))
    call.talking = call.open_leg(line, "agent", line.at)
    call.talking["ring_seconds"] = line.whole(2)
    call.row["outcome"] = "answered"


def _ring(outcome: str) -> Callable[[Call, Line], None]:
    def act(call: Call, line: Line) -> None:
        """RINGNOANSWER(milliseconds), RINGCANCELED(milliseconds)."""
        rung = line.whole(0)
        leg = call.open_leg(line, "ring", line.at - timedelta(milliseconds=rung or 0))
        leg["ends_at"], leg["outcome"] = line.at, outcome
        leg["ring_seconds"] = None if rung is None else round(rung / 1000)

    return act


def _abandon(call: Call, line: Line) -> None:
    """ABANDON(position|first position|waited)."""
    _leave(call, line, "abandoned", line.whole(2))
    _settle(call, "abandoned")
    call.row["ended_at"] = line.at


def _flow_out(call: Call, line: Line) -> None:
    """EXITWITHTIMEOUT, EXITEMPTY(position|first position|waited)."""
    _leave(call, line, "flowed_out", line.whole(2))
    _settle(call, "flowed_out")


def _press(call: Call, line: Line) -> None:
    """EXITWITHKEY(key|position|first position|waited); older ones lack the last two."""
    outcome = call.keys.get(line.text(0) or "", "flowed_out")
    _leave(call, line, outcome, line.whole(3))
    _settle(call, outcome)


def _complete(call: Call, line: Line) -> None:
    """COMPLETEAGENT, COMPLETECALLER(held|talked|first position)."""
    _hang_up(call, line, line.whole(1), "completed")
    call.row["ended_at"] = line.at


def _pass_on(call: Call, line: Line) -> None:
    """TRANSFER, BLINDTRANSFER(extension|context|held|talked|first position)."""
    _hang_up(call, line, line.whole(3), "transferred")["transferred_to"] = line.text(0)


def _hand_over(call: Call, line: Line) -> None:
    """ATTENDEDTRANSFER(method|its one or two data|held|talked|first position)."""
    _hang_up(call, line, line.whole(-2), "transferred")["transferred_to"] = line.text(1)


def _hold(call: Call, line: Line) -> None:
    """HOLD: written by dialplans, with UNHOLD."""
    call.held_at = line.at


def _unhold(call: Call, line: Line) -> None:
    """UNHOLD."""
    if call.talking and call.held_at:
        held = (line.at - call.held_at) // timedelta(seconds=1)
        call.talking["hold_seconds"] = (call.talking["hold_seconds"] or 0) + max(held, 0)
        call.talking["holds"] = (call.talking["holds"] or 0) + 1
    call.held_at = None


def _drop(call: Call, line: Line) -> None:
    """SYSCOMPAT, AGENTDUMP: a person was reached, and the call was dropped all the same."""
    if line.event == "SYSCOMPAT":
        _leave(call, line, None, None)
        _settle(call, "blocked")
        call.row["ended_at"] = line.at


def _leave(call: Call, line: Line, outcome: str | None, waited: int | None) -> None:
    """The stay in the queue ends. A wait that is not said is not known, never 0."""
    leg = call.queue_leg(line, waited)
    leg["ends_at"], leg["outcome"], leg["wait_seconds"] = line.at, outcome, waited
    leg["updated_at"] = line.at
    call.waiting = None


def _settle(call: Call, outcome: str) -> None:
    """The call's outcome, unless a person had answered it before."""
    if call.row["outcome"] != "answered":
        call.row["outcome"] = outcome


def _hang_up(call: Call, line: Line, talked: int | None, outcome: str) -> Row:
    """The talk ends. Time on hold is taken off the talk where it is known."""
    if call.held_at:
        _unhold(call, line)
    leg = call.talking or call.open_leg(line, "agent", line.at - timedelta(seconds=talked or 0))
    leg["ends_at"], leg["outcome"], leg["updated_at"] = line.at, outcome, line.at
    held = leg["hold_seconds"] or 0
    leg["talk_seconds"] = None if talked is None else max(talked - held, 0)
    call.row["arrived_at"] = min(call.row["arrived_at"], leg["starts_at"])
    call.row["outcome"] = "answered"
    call.talking = None
    return leg


ACTS: Mapping[str, Callable[[Call, Line], None]] = {
    "DID": _dial,
    "ENTERQUEUE": _enter,
    "CONNECT": _connect,
    "RINGNOANSWER": _ring("no_answer"),
    "RINGCANCELED": _ring("abandoned"),
    "ABANDON": _abandon,
    "EXITWITHTIMEOUT": _flow_out,
    "EXITEMPTY": _flow_out,
    "EXITWITHKEY": _press,
    "COMPLETEAGENT": _complete,
    "COMPLETECALLER": _complete,
    "TRANSFER": _pass_on,
    "BLINDTRANSFER": _pass_on,
    "ATTENDEDTRANSFER": _hand_over,
    "HOLD": _hold,
    "UNHOLD": _unhold,
    "SYSCOMPAT": _drop,
    "AGENTDUMP": _drop,
}
"""What each event does to its call."""


def settle(parcels: Sequence[Parcel], store: "Store") -> list[Parcel]:
    """The parcels with pseudonyms of callers under the workspace's key."""
    key = key_of(store.folder.parent)
    return [
        replace(
            parcel,
            rows={
                name: keyed(rows, ("customer_id",), key) if name in CALLERS else rows
                for name, rows in parcel.rows.items()
            },
        )
        for parcel in parcels
    ]


SAYS = N_("The queue_log of an Asterisk telephone exchange.")
SOURCES = [Source("asterisk-queue-log", SAYS, parse, COVERS, settle=settle)]
