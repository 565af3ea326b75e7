"""A folder of Zendesk's tables as a warehouse holds them: which file is which table, and its rows.

A table is `NAME.csv`, `NAME.parquet`, `NAME_data.csv` or `NAME_data.parquet`, plain or gzip. What
is kept for one engine alone (`NAME_data_snowflake.csv`) is read where nothing else is there.
Columns are known by their names in lower case, whatever an engine made of them; one that never
had a value may be missing. Instants without a zone are UTC, as the connector writes them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.errors import did_you_mean
from regard.core.i18n import N_
from regard.core.schema import INSTANT
from regard.ingest.batch import Batch, Mask, Whole
from regard.ingest.files import open_rows
from regard.ingest.frame import Frame, Log
from regard.ingest.mapping import FileMap, Value
from regard.ingest.parcel import Finding, Reject
from regard.ingest.plain import build, stored_schema
from regard.ingest.streams import BadFile
from regard.ingest.values import evaluate

MAPPING = FileMap("zendesk-tables", "", "zendesk", (), missing=("", "\\N"), zone="UTC")
ENGINES = ("snowflake", "postgres", "bigquery", "redshift", "databricks")
ENDINGS = (".csv", ".parquet", ".csv.gz", ".parquet.gz")
ROWS_AT_ONCE = 1 << 18
BYTES_AT_ONCE = 256 << 20
"""How much of a long table is held at a time; text of one column must stay below 2 GiB."""
LONGEST_RAW = 2_000

NEEDED: Mapping[str, tuple[str, ...]] = {
    "ticket": ("id", "created_at", "updated_at", "requester_id", "status"),
    "ticket_field_history": ("ticket_id", "field_name", "updated", "user_id", "value"),
    "ticket_comment": ("id", "ticket_id", "created", "public", "user_id"),
    "ticket_tag": ("ticket_id", "tag"),
    "ticket_schedule": ("ticket_id", "schedule_id", "created_at"),
    "ticket_sla_policy": ("ticket_id", "sla_policy_id", "policy_applied_at"),
    "sla_policy_metric_history": (
        *("sla_policy_id", "sla_policy_updated_at", "business_hours"),
        *("metric", "priority", "target"),
    ),
    "user": ("id", "role"),
    "group": ("id", "name"),
    "brand": ("id", "name"),
    "organization": ("id", "name"),
    "schedule": ("id", "start_time", "end_time", "time_zone"),
    "schedule_holiday": ("schedule_id", "start_date", "end_date"),
    "audit_log": ("created_at", "source_type", "source_id", "change_description"),
    "ticket_chat": ("chat_id", "ticket_id"),
    "ticket_chat_event": ("chat_id", "created_at", "actor_id", "type"),
}
"""The tables that are read, with the columns without which they say nothing."""
OFFERED: Mapping[str, tuple[str, ...]] = {
    "ticket": (
        *("assignee_id", "brand_id", "group_id", "priority", "submitter_id", "subject", "type"),
        *("via_channel", "merged_ticket_ids", "followup_ids", "via_followup_source_id"),
    ),
    "ticket_comment": ("body", "voice_comment", "facebook_comment", "tweet"),
    "user": (
        *("active", "created_at", "email", "external_id", "locale", "name", "organization_id"),
        *("phone", "suspended", "updated_at"),
    ),
    "group": ("updated_at",),
    "schedule": ("created_at",),
    "ticket_chat_event": ("message", "chat_index", "original_message"),
    "ticket_chat": ("channel",),
}
"""Further columns that are read where they are there."""
NAMES_STAY = frozenset({"group", "brand", "user", "organization"})
"""Tables whose deleted rows still name what the past speaks of."""
READ_TWICE = frozenset({"audit_log"})
"""Tables that tell of several matters: they are kept once read."""
DELETED = "_fivetran_deleted"


@dataclass
class Desk:
    """The folder being read. files: by table. rows: made so far, by table of the event model.

    kept: tables of READ_TWICE. read: rows of the files. odd: what was noticed that kept no row out.
    """

    folder: Path
    source: str
    files: Mapping[str, Path]
    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    kept: dict[str, Frame] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    odd: Log = field(default_factory=Log)
    read: int = 0

    def has(self, name: str) -> bool:
        """Whether the folder holds that table."""
        return name in self.files

    def add(self, name: str, columns: Mapping[str, pa.Array], count: int) -> None:
        """Rows of the event model."""
        if count:
            self.rows.setdefault(name, []).append(build(name, self.source, columns, count))

    def add_rows(self, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """The same, from a few rows by column name."""
        schema = stored_schema(name)
        made = [{"source": self.source, **row} for row in rows]
        if made:
            self.rows.setdefault(name, []).append(pa.Table.from_pylist(made, schema))

    def settle(self, name: str, frame: Frame, log: Log) -> Mask:
        """Put aside what the log says of rows of a table; which rows are left."""
        self.odd.take_odd(log)
        self.rejects += [
            replace(reject, column=f"{name}.{reject.column}") for reject in log.rejects(frame)
        ]
        return log.good(frame)

    def findings(self) -> tuple[Finding, ...]:
        """What was noticed."""
        return self.odd.findings()


def find(folder: Path, source: str) -> Desk:
    """The tables of a folder; a BadFile where it is none, or one table stands in two files."""
    if folder.is_file():
        step = "Name the folder that holds it"
        raise BadFile(folder, "it is a file, and Zendesk's tables lie in a folder", step)
    if not folder.is_dir():
        raise BadFile(folder, "there is no such folder", "Check the path")
    there = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    files = {name: path for name in NEEDED if (path := _file_of(name, there, folder))}
    if "ticket" not in files:
        step = "Name the folder that the tables were exported to"
        raise BadFile(folder, "it holds no table 'ticket' (ticket.csv or ticket.parquet)", step)
    return Desk(folder, source, files)


def _file_of(name: str, there: Mapping[str, Path], folder: Path) -> Path | None:
    plain = [f"{name}{middle}{ending}" for middle in ("", "_data") for ending in ENDINGS]
    found = [there[file] for file in plain if file in there]
    if not found:
        for engine in ENGINES:
            stems = (f"{name}_{engine}", f"{name}_data_{engine}")
            files = [f"{stem}{ending}" for stem in stems for ending in ENDINGS]
            found = found or [there[file] for file in files if file in there]
    if len(found) > 1:
        both = " and ".join(path.name for path in found[:2])
        raise BadFile(folder, f"both {both} hold the table '{name}'", "Leave one of them there")
    return found[0] if found else None


# --- rows ------------------------------------------------------------------------------------

Wanted = Callable[[pa.RecordBatch], pa.Array]


def whole(desk: Desk, name: str, wanted: Wanted | None = None) -> Frame:
    """A table at once, without deleted rows and those not wanted; empty where it is not there."""
    if name in desk.kept:
        return desk.kept[name]
    parts = list(_batches(desk, name, wanted)) if desk.has(name) else []
    frame = _frame(parts, name)
    if name in READ_TWICE:
        desk.kept[name] = frame
    return frame


def in_parts(desk: Desk, name: str) -> Iterator[Frame]:
    """A long table, some hundred thousand rows or megabytes at a time."""
    held: list[Batch] = []
    rows = size = 0
    for batch in _batches(desk, name, None) if desk.has(name) else ():
        held.append(batch)
        rows += batch.rows.num_rows
        size += batch.rows.nbytes
        if rows >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield _frame(held, name)
            held, rows, size = [], 0, 0
    if held:
        yield _frame(held, name)


def _batches(desk: Desk, name: str, wanted: Wanted | None) -> Iterator[Batch]:
    path = desk.files[name]
    rows = open_rows(path)
    _require(path, name, rows.columns)
    for batch in rows.batches:
        desk.read += batch.rows.num_rows + len(batch.rejects)
        desk.rejects += [_shortened(reject, name) for reject in batch.rejects]
        part = _selected(batch.rows, name)
        kept = _living(part, name)
        if wanted is not None:
            kept = pc.and_(kept, wanted(part))
        lines = batch.lines[kept.to_numpy(zero_copy_only=False)]
        part = part.filter(kept).select(_columns_of(part, name))
        yield Batch(part, lines)


def _frame(parts: Sequence[Batch], name: str) -> Frame:
    tables = [pa.Table.from_batches([part.rows]) for part in parts]
    empty = pa.table({column: pa.array([], pa.string()) for column in NEEDED[name]})
    rows = pa.concat_tables(tables, promote_options="default") if tables else empty
    lines: Whole = np.concatenate([np.zeros(0, np.int64), *(part.lines for part in parts)])
    return Frame(rows.combine_chunks(), lines, MAPPING, np.arange(len(lines)))


def _require(path: Path, name: str, columns: Sequence[str]) -> None:
    known = [_plain(column) for column in columns]
    missing = [column for column in NEEDED[name] if column not in known]
    if missing:
        named = ", ".join(f"'{column}'" for column in missing)
        noun = "the column" if len(missing) == 1 else "the columns"
        why = f"it lacks {noun} {named} of Zendesk's table '{name}'. "
        why += did_you_mean(missing[0], known)
        raise BadFile(path, why.strip().rstrip("."), "Export the table as the connector wrote it")


def _plain(column: str) -> str:
    return column.strip().strip('"').lower()


def _selected(rows: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """The rows with the columns that are read, by their plain names; of two alike the first."""
    wanted = {*NEEDED[name], *OFFERED.get(name, ()), DELETED}
    found: dict[str, pa.Array] = {}
    for column, values in zip(rows.schema.names, rows.columns, strict=True):
        if _plain(column) in wanted:
            found.setdefault(_plain(column), values)
    return pa.RecordBatch.from_arrays(list(found.values()), names=list(found))


def _columns_of(rows: pa.RecordBatch, name: str) -> list[str]:
    order = (*NEEDED[name], *OFFERED.get(name, ()))
    return [column for column in order if column in rows.schema.names]


def _living(rows: pa.RecordBatch, name: str) -> pa.Array:
    if name in NAMES_STAY or DELETED not in rows.schema.names:
        return pa.array(np.ones(rows.num_rows, bool))
    said = pc.utf8_lower(rows.column(DELETED).cast(pa.string())).fill_null("")
    return pc.invert(pc.is_in(said, pa.array(["true", "t", "1"])))


def _shortened(reject: Reject, name: str) -> Reject:
    return replace(reject, column=name, value=reject.value[:LONGEST_RAW])


# --- values ----------------------------------------------------------------------------------


def ids_of(frame: Frame, column: str) -> pa.Array:
    """Ids as text; a number that some program wrote as 12.0 is 12."""
    text = frame.text(column)
    return pc.replace_substring_regex(text, r"^(\d+)\.0+$", r"\1")


def instants_of(frame: Frame, column: str, log: Log, needed: bool = False) -> pa.Array:
    """Instants; an impossible one, or a missing one that is needed, puts its row aside."""
    found = evaluate((Value((column,)),), "instant", column, frame, log)
    if needed:
        missing = found.is_null().to_numpy(zero_copy_only=False)
        log.reject(frame, missing, "no_instant", column, frame.text(column))
    return found


def flags_of(frame: Frame, column: str, log: Log) -> pa.Array:
    """Yes or no; anything else puts its row aside."""
    return evaluate((Value((column,)),), "flag", column, frame, log)


def wholes_of(frame: Frame, column: str, log: Log, times: int = 1) -> pa.Array:
    """Whole numbers; anything else puts its row aside."""
    return evaluate((Value((column,), times=times),), "whole", column, frame, log)


def need_ids(frame: Frame, column: str, log: Log) -> pa.Array:
    """Ids without which a row names nothing: rows that lack theirs are put aside."""
    found = ids_of(frame, column)
    missing = found.is_null().to_numpy(zero_copy_only=False)
    log.reject(frame, missing, "no_identity", column, found)
    return found


def micros(instants: pa.Array) -> Whole:
    """Instants as microseconds since 1970; -1 where there is none."""
    found: Whole = instants.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return found


def to_instants(us: Whole) -> pa.Array:
    """Microseconds since 1970 as instants; null where negative."""
    return pa.array(us, pa.int64(), mask=us < 0).cast(INSTANT)


def places(ids: pa.Array, among: pa.Array) -> Whole:
    """Where each id stands among unique ones; -1 where it does not."""
    found: Whole = (
        pc.index_in(ids, among).fill_null(-1).cast(pa.int64()).to_numpy(zero_copy_only=False)
    )
    # A null among the ids would find a null among the others.
    return np.where(ids.is_null().to_numpy(zero_copy_only=False), -1, found)


def words(text: pa.Array, read: Callable[[str], str | None]) -> pa.Array:
    """Each different text read once; null stays null."""
    encoded = text.dictionary_encode()
    known = pa.array([read(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return known.take(encoded.indices)


MISSING: Mapping[str, str] = {
    "ticket_field_history": N_("when tickets were solved, passed on and closed is not known"),
    "ticket_comment": N_("what was said, and so every answer, is not known"),
    "user": N_("who is a customer and who an agent is only known of requesters"),
    "group": N_("teams go by their numbers"),
    "schedule": N_("the opening hours of the account are not known"),
    "sla_policy_metric_history": N_("what the service policies promised is not known"),
}
"""What cannot be known without a table."""


def note_missing(desk: Desk) -> None:
    """Say what cannot be known because a table is not there."""
    for name, lost in MISSING.items():
        if not desk.has(name):
            desk.odd.note("missing_table", name, 1, lost)
