"""The quality report of an import: what came, what was put aside and why, what looked odd."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.i18n import N_
from regard.core.schema import table
from regard.ingest.batch import plain_of
from regard.ingest.parcel import Finding, Parcel, Reject

LABELS: Mapping[str, str] = {
    "broken_row": N_("Rows that cannot be split into columns"),
    "impossible_date": N_("Impossible dates"),
    "not_whole": N_("Values that should be whole numbers"),
    "not_flag": N_("Values that should be yes or no"),
    "not_mapped": N_("Values that the mapping does not know"),
    "no_case": N_("Rows that do not say their case"),
    "no_instant": N_("Rows that do not say when they happened"),
    "no_identity": N_("Rows without the value that names them"),
    "missing_value": N_("Rows without a value that they must have"),
    "out_of_range": N_("Numbers outside of what is possible"),
    "told_otherwise": N_("Rows that say otherwise than an earlier one of the same thing"),
    "unknown_value": N_("Values that the mapping does not know"),
    "unknown_event": N_("Events that are not known"),
    "impossible_order": N_("Impossible orders of events"),
    "unknown_author": N_("Unknown authors"),
    "duplicate_id": N_("Identities that stand twice"),
    "repeated_row": N_("Repeated rows"),
    "missing_clock": N_("Instants that are not known"),
    "zone_guessed": N_("Instants without a zone, taken as UTC"),
    "time_twice": N_("Local times that the clock showed twice"),
    "time_never": N_("Local times that the clock skipped"),
    "missing_parent": N_("Answers to messages that are not in the file"),
    "no_rows": N_("Files without rows"),
    "date_replaced": N_("Dates that cannot be, replaced by when the mail was received"),
    "broken_text": N_("Words whose encoding is broken"),
    "no_message_id": N_("Mails without a Message-ID, named by their content"),
    "cut_short": N_("Mails of which only the beginning was read"),
    "automatic": N_("Mails of ours that a header calls automatic: they answer nobody"),
    "not_answer": N_("Files that are no answer of the system"),
    "unknown_answer": N_("Answers of a kind that is not read"),
    "unknown_ticket": N_("Events of tickets that are not there"),
    "no_history": N_("Tickets whose history is not known"),
    "unknown_schedule": N_("Opening hours that are not there"),
    "deleted_ticket": N_("Tickets that were deleted"),
    "missing_table": N_("Tables that are not there"),
    "bad_target": N_("Targets of service that cannot be read"),
    "not_minutes": N_("Hours that are no minutes of a week"),
    "machine_named": N_("Requests by machines that say so"),
    "machine_like": N_("Requests by visitors who behave like machines"),
    "address_kept": N_("Telephone numbers without a country that is known, kept as typed"),
    "erased": N_("Rows of customers who were erased, taken without words and addresses"),
    "no_address": N_("Addresses of customers that are none, left out"),
}
"""What each kind of reject and finding is called."""
EXAMPLES = 5
ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "call": (("arrived_at", "ended_at"), ("queued_at", "ended_at")),
    "call_leg": (("starts_at", "ends_at"),),
    "agent_state": (("starts_at", "ends_at"),),
    "shift": (("starts_at", "ends_at"),),
    "chat_session": (("started_at", "ended_at"), ("queued_at", "accepted_at")),
    "bot_session": (("started_at", "ended_at"),),
    "subscription": (("starts_at", "ends_at"),),
    "complaint": (("received_at", "acknowledged_at"), ("received_at", "settled_at")),
    "case": (("opened_at", "closed_at"),),
    "invitation": (("sent_at", "answered_at"),),
}
"""Instants of a row of which the first cannot come after the second."""
AFTER_TICKET = {"ticket_change": "at", "message": "sent_at"}
AUTHORS = {"ticket_change": "actor_kind", "message": "author_kind"}


@dataclass(frozen=True)
class Quarantined:
    """Rows put aside for one kind of reason in one column. examples: (line, value, reason)."""

    kind: str
    column: str
    count: int
    examples: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Loaded:
    """Rows of a table of the store: new, changed, the same as before."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True)
class QualityReport:
    """What an import did. read, kept: rows of files. tables: rows of the store.

    missing_clocks: by `table.column`, rows whose instant is not known though others' is.
    """

    number: int
    version: int
    files: tuple[str, ...]
    read: int
    kept: int
    tables: Mapping[str, Loaded] = field(default_factory=dict)
    quarantined: tuple[Quarantined, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing_clocks: Mapping[str, int] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """How many rows were put aside, or found odd, for a kind of LABELS."""
        aside = sum(group.count for group in self.quarantined if group.kind == kind)
        return aside + sum(found.count for found in self.findings if found.kind == kind)

    @property
    def new(self) -> int:
        """Rows the store did not have."""
        return sum(loaded.new for loaded in self.tables.values())

    @property
    def changed(self) -> int:
        """Rows the store had otherwise."""
        return sum(loaded.changed for loaded in self.tables.values())

    @property
    def same(self) -> int:
        """Rows the store had already."""
        return sum(loaded.same for loaded in self.tables.values())

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "QualityReport":
        """The report that `to_json` wrote."""
        said: dict[str, Any] = json.loads(text)
        said["files"] = tuple(said["files"])
        said["tables"] = {name: Loaded(**loaded) for name, loaded in said["tables"].items()}
        said["findings"] = tuple(Finding(**found) for found in said["findings"])
        said["quarantined"] = tuple(
            Quarantined(
                **group | {"examples": tuple((int(n), v, r) for n, v, r in group["examples"])}
            )
            for group in said["quarantined"]
        )
        return cls(**said)


def group_rejects(rejects: Iterable[Reject]) -> tuple[Quarantined, ...]:
    """Rejects by kind and column, the most frequent first, each with its first examples."""
    groups: dict[tuple[str, str], list[Reject]] = {}
    for reject in rejects:
        groups.setdefault((reject.kind, reject.column), []).append(reject)
    made = [
        Quarantined(
            kind,
            column,
            len(found),
            tuple((one.line, one.value[:200], one.reason) for one in found[:EXAMPLES]),
        )
        for (kind, column), found in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: (-group.count, group.kind, group.column)))


def merge_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of one kind and place as one, with the first example."""
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for found in findings:
        counts[found.kind, found.where] += found.count
        examples.setdefault((found.kind, found.where), found.example)
    return tuple(
        Finding(kind, count, examples[kind, where], where)
        for (kind, where), count in sorted(counts.items())
    )


def inspect(rows: Mapping[str, pa.Table]) -> tuple[Finding, ...]:
    """What looks odd in rows of the event model: orders of instants, unknown authors."""
    found = [
        _order(name, rows[name], *pair) for name in ORDERS for pair in ORDERS[name] if name in rows
    ]
    if "ticket" in rows:
        for name, at in AFTER_TICKET.items():
            if name in rows:
                found.append(_before_ticket(name, rows[name], at, rows["ticket"]))
    for name, kind in AUTHORS.items():
        if name in rows:
            unknown = _by_somebody(name, rows[name], kind).null_count
            found.append(Finding("unknown_author", unknown, where=f"{name}.{kind}"))
    return tuple(finding for finding in found if finding.count)


def _by_somebody(name: str, rows: pa.Table, kind: str) -> pa.ChunkedArray:
    """Who made the rows that somebody must have made: of tags, which come as a state, nobody is
    told."""
    made = rows.column(kind)
    if name != "ticket_change":
        return made
    return made.filter(pc.not_equal(rows.column("field"), "tag"))


def missing_clocks(rows: Mapping[str, pa.Table]) -> dict[str, int]:
    """Rows without an instant that other rows of the table have; tickets never solved."""
    missing = {}
    for name, part in rows.items():
        for column in table(name).own_columns:
            nulls = part.column(column.name).null_count
            # Most customers are never erased.
            wanted = column.kind == "instant" and column.name != "erased_at"
            if wanted and 0 < nulls < part.num_rows:
                missing[f"{name}.{column.name}"] = nulls
    if "ticket" in rows and "ticket_change" in rows:
        unsolved = _unsolved(rows["ticket"], rows["ticket_change"])
        if unsolved:
            missing["ticket.solved"] = unsolved
    return missing


def make_report(
    parcels: Sequence[Parcel],
    rows: Mapping[str, pa.Table],
    number: int,
    version: int,
    tables: Mapping[str, Loaded],
) -> QualityReport:
    """The report of parcels whose rows the store has taken."""
    noticed = (found for parcel in parcels for found in parcel.findings)
    return QualityReport(
        number=number,
        version=version,
        files=tuple(parcel.origin.file for parcel in parcels if parcel.origin),
        read=sum(parcel.read for parcel in parcels),
        kept=sum(parcel.kept for parcel in parcels),
        tables=dict(tables),
        quarantined=group_rejects(reject for parcel in parcels for reject in parcel.rejects),
        findings=merge_findings([*noticed, *inspect(rows)]),
        missing_clocks=missing_clocks(rows),
    )


def _order(name: str, rows: pa.Table, first: str, second: str) -> Finding:
    wrong = pc.greater(rows.column(first), rows.column(second)).fill_null(False)
    example = _identity(name, rows.filter(wrong))
    return Finding("impossible_order", pc.sum(wrong).as_py() or 0, example, f"{name}.{second}")


def _before_ticket(name: str, rows: pa.Table, at: str, tickets: pa.Table) -> Finding:
    created = tickets.column("created_at").take(pc.index_in(_ticket(rows), _ticket(tickets)))
    wrong = pc.less(rows.column(at), created).fill_null(False)
    example = _identity(name, rows.select(table(name).key).filter(wrong))
    return Finding("impossible_order", pc.sum(wrong).as_py() or 0, example, f"{name}.{at}")


def _ticket(rows: pa.Table) -> pa.ChunkedArray:
    """The ticket of each row, as one text."""
    return pc.binary_join_element_wise(rows.column("source"), rows.column("ticket_id"), "\x1f")


def _identity(name: str, rows: pa.Table) -> str:
    if not rows.num_rows:
        return ""
    return ", ".join(str(plain_of(rows.column(key)[0])) for key in table(name).identity)


def _unsolved(tickets: pa.Table, changes: pa.Table) -> int:
    status = pc.equal(changes.column("field"), "status")
    keys = ["source", "ticket_id"]
    solved = pc.and_(status, pc.equal(changes.column("value"), "solved"))
    done = changes.select(keys).filter(solved).group_by(keys, use_threads=False).aggregate([])
    left = tickets.select(keys).join(done, keys, join_type="left anti", use_threads=False)
    return int(left.num_rows)
