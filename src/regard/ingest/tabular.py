"""From a file and a mapping to a parcel: all is read and judged, nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from regard.core.errors import RegardError
from regard.core.i18n import N_
from regard.ingest import eventlog, lined, plain
from regard.ingest.batch import Batch, Whole, pack, raw_row
from regard.ingest.files import Rows, open_lines, open_records, open_rows, require
from regard.ingest.frame import Frame, Log, number
from regard.ingest.mapping import EventLog, FileMap
from regard.ingest.parcel import Finding, Origin, Parcel, Reject

LARGEST_SPARSE = 1 << 28
"""Cells, most of them empty, of rows that must be held together."""
NO_ROWS = N_("The file holds a header and no rows.")


def parse(path: Path, mapping: FileMap, source: str = "") -> Parcel:
    """The rows of a file as a parcel.

    source: the name the rows carry; the mapping's where it is empty. A file that is not what it
    should be raises BadFile; single rows that cannot be read are rejects of the parcel.
    """
    rows = _open(path, mapping)
    require(path, rows, mapping.reads().difference(mapping.optional))
    return _translate(rows.batches, mapping, source or mapping.source, path.name)


def _open(path: Path, mapping: FileMap) -> Rows:
    if mapping.pattern:
        return open_lines(path, mapping.pattern, mapping.encoding)
    if mapping.records:
        return open_records(path, mapping.records, mapping.encoding)
    return open_rows(path, mapping.encoding, mapping.delimiter)


def parse_rows(
    rows: Iterable[tuple[int, Mapping[str, Any]]], mapping: FileMap, source: str, file: str
) -> Parcel:
    """The same of raw rows (line, row) kept from a file: what `quarantine.retry` reads."""
    batches: list[Batch] = []
    broken: list[Reject] = []
    lines, kept = [], []
    for line, row in rows:
        mended = lined.again(row[""], mapping.pattern) if "" in row and mapping.pattern else None
        if mended is not None:
            lines.append(line)
            kept.append(mended)
        elif "" in row:
            why = N_("the row cannot be split into columns")
            broken.append(Reject(line, why, "", str(row[""]), row))
        else:
            lines.append(line)
            kept.append(row)
    batches.append(pack(kept, lines, broken))
    return _translate(batches, mapping, source, file)


def _translate(batches: Iterable[Batch], mapping: FileMap, source: str, file: str) -> Parcel:
    if isinstance(mapping.form, EventLog) or mapping.numbered:
        batches = [_join(list(batches))]
    rows: dict[str, list[pa.Table]] = {}
    rejects: list[Reject] = []
    beside: list[tuple[int, Mapping[str, Any]]] = []
    log, read = Log(), 0
    for batch in batches:
        log.wrong.clear()
        count = batch.rows.num_rows
        frame = Frame(batch.rows, batch.lines, mapping, np.arange(read, read + count))
        if mapping.numbered:
            frame = number(frame, mapping.numbered)
        if isinstance(mapping.form, EventLog):
            made = eventlog.translate(mapping.form, source, frame, log)
            beside += _beside(mapping.form, frame, log)
        else:
            made = plain.translate(mapping.form, source, frame, log)
        for name, part in made.items():
            rows.setdefault(name, []).append(part)
        rejects += [*batch.rejects, *log.rejects(frame)]
        read += count + len(batch.rejects)
    joined = {name: _whole(name, parts, mapping, log) for name, parts in rows.items()}
    findings = log.findings()
    if not read:
        findings += (Finding("no_rows", 1, NO_ROWS),)
    return Parcel(
        source=source,
        covers=mapping.tables(),
        rows=joined,
        read=read,
        kept=read - len(rejects),
        rejects=tuple(sorted(rejects, key=lambda reject: reject.line)),
        findings=findings,
        origin=Origin(file, mapping.name, mapping.text),
        beside=tuple(beside),
        repeats={name: mapping.repeats(name) for name in joined},
    )


def _join(batches: list[Batch]) -> Batch:
    """All batches as one: cases may be spread over the file."""
    tables = [pa.Table.from_batches([batch.rows]) for batch in batches]
    _check_sparse(batches)
    whole = pa.concat_tables(tables, promote_options="default") if tables else pa.table({})
    lines: Whole = np.concatenate([np.zeros(0, np.int64), *(batch.lines for batch in batches)])
    rejects = tuple(reject for batch in batches for reject in batch.rejects)
    return Batch(whole.combine_chunks(), lines, rejects)


def _check_sparse(batches: Sequence[Batch]) -> None:
    """Raise where rows of ever other columns would make a table far larger than they are."""
    names = {name for batch in batches for name in batch.rows.schema.names}
    cells = len(names) * sum(batch.rows.num_rows for batch in batches)
    held = sum(batch.rows.num_rows * batch.rows.num_columns for batch in batches)
    if cells > LARGEST_SPARSE and cells > 4 * held:
        raise RegardError(
            f"The rows have {len(names):,} columns, of which each has few. Leave out what no "
            "mapping reads; nothing was changed."
        )


def _whole(name: str, parts: list[pa.Table], mapping: FileMap, log: Log) -> pa.Table:
    joined = pa.concat_tables(parts).combine_chunks()
    return plain.drop_repeats(name, joined, log, mapping.repeats(name))


def _beside(form: EventLog, frame: Frame, log: Log) -> list[tuple[int, Mapping[str, Any]]]:
    """The good rows of the cases that have a reject: a case is only tried again as a whole."""
    if not log.wrong:
        return []
    cases, _ = eventlog.cases_of(form, frame, Log())
    ids = cases.dictionary_encode()
    case = ids.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    good = log.good(frame)
    wanted = good & np.isin(case, case[~good & (case >= 0)])
    return [
        (int(frame.lines[row]), raw_row(frame.rows, int(row))) for row in np.flatnonzero(wanted)
    ]
